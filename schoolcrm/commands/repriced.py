"""What a change of lessons did to balances: month plans share their price among the month's lessons (R31)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schoolcrm.core.language import _

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


@contextmanager
def telling_balances(school: "WritableSchool", student_ids: Iterable[int]) -> Iterator[list[str]]:
    """Yield a list that is filled, at the end, with a sentence for each client whose balance has changed meanwhile."""
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money
    from schoolcrm.reports.names import client_name

    owner = "SELECT client_id FROM student WHERE id = ?"
    clients = {school.db.execute(owner, (student_id,)).fetchone()[0] for student_id in student_ids}
    before = {client_id: balance(school.db, client_id) for client_id in sorted(clients)}
    sentences: list[str] = []
    yield sentences
    for client_id, former in before.items():
        now = balance(school.db, client_id)
        if now != former:
            sentences.append(
                _("Lessons held this month are priced anew: the balance of {client} was {former} and is {now}.").format(
                    client=client_name(school.db, client_id), former=human_money(former), now=human_money(now)
                )
            )
