"""A row of a client file: read (R62), or rejected with every reason (R63)."""

from typing import Any, NamedTuple

from schoolcrm.core.importing.numbers_by_key import Key
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt

Contact = tuple[str, str, str, str | None]
"""Kind (mobile, home, email, address, skype, link, metro), value, its key, and whose it is («мама»)."""
PHONE_KINDS = frozenset(("mobile", "home"))


class ClientRow(NamedTuple):
    """One row of a client file, read. Sums are kopecks, days ISO; names are folded in keys; None: not given.

    ``client`` is the payer or, without one, the student; ``student_is_client`` then says that they
    are one person. Whose row it is is found by the keys (R64): those of the student, and those of the client by
    phones, and by emails and address. ``phones`` are E.164 and also stand among the ``contacts``. ``custom`` and
    ``student_custom`` hold pairs of a custom field's name and its value (str, Decimal, date or bool). The last
    three say what the row means (R62): the client has bought something, the free trial is used up, there is a contract.
    """

    line: int
    student: str
    student_key: str
    client: str
    client_key: str
    student_is_client: bool
    keys_of_student: tuple[Key, ...]
    key_by_names: Key
    keys_by_phone: tuple[Key, ...]
    keys_by_post: tuple[Key, ...]
    phones: tuple[str, ...]
    contacts: tuple[Contact, ...]
    custom: tuple[tuple[str, Any], ...]
    birthday: str | None = None
    sex: str = ""
    source: str = ""
    status: str = ""
    balance: int | None = None
    note: str = ""
    groups: tuple[str, ...] = ()
    price: int | None = None
    subject: tuple[str, ...] = ()
    level: str = ""
    responsible_teacher: tuple[str, ...] = ()
    manager: str = ""
    last_visit: str | None = None
    last_purchase: str | None = None
    contract_number: str = ""
    contract_from: str | None = None
    contract_to: str | None = None
    contract_amount: int | None = None
    student_custom: tuple[tuple[str, Any], ...] = ()
    is_buyer: bool = False
    has_used_trial: bool = False
    has_contract: bool = False


class Problem(NamedTuple):
    """Why a row can't be imported: the heading of the column ("" for the row), the value, the reason."""

    heading: str
    value: str
    reason: str

    def sentence(self) -> str:
        """Return heading and reason as one text for the file of rejected rows."""
        if not self.heading:
            return self.reason
        return _("{heading}: {reason}").format(heading=excerpt(self.heading), reason=self.reason)


class RejectedRow(NamedTuple):
    """A row that can't be imported, as it stands in the file, with everything that is wrong with it."""

    line: int
    cells: list[str]
    problems: tuple[Problem, ...]

    @property
    def reasons(self) -> list[str]:
        """The problems as sentences."""
        return [problem.sentence() for problem in self.problems]
