"""What an import makes and leaves, in numbers (R65)."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class LeftOut(StrEnum):
    """What an import doesn't take over from the file, and says so (R64)."""

    BALANCE = "balance"  # an opening balance of a student who is there already
    PAYER = "payer"  # another name of the client
    REPEATED = "repeated"  # a further row of a student but for groups, subjects, contacts and contracts
    HIDDEN = "hidden"  # anything of a person in the archive or deleted


class FamiliesMet:
    """Clients of a file who have several students, each counted once; new ones are numbered on from `first_client`."""

    def __init__(self, first_client: int = 1) -> None:
        self._first_client = first_client
        self._met = bytearray()
        self._count = 0

    def add(self, client: int) -> None:
        """Count the new client."""
        place = client - self._first_client
        if place >= len(self._met):
            self._met.extend(bytes(place + 1 - len(self._met)))
        self._count += not self._met[place]
        self._met[place] = 1

    def __len__(self) -> int:
        return self._count


@dataclass
class Tally:
    """What an import makes and leaves; `balance` is the sum of opening balances in kopecks.

    `group_names` are those of the new groups, in the order of the file; `left_out` counts what was left out.
    """

    clients: int = 0
    students: int = 0
    group_names: tuple[str, ...] = ()
    subscriptions: int = 0
    balances: int = 0
    balance: int = 0
    contracts: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    families: FamiliesMet = field(default_factory=FamiliesMet)
    left_out: Counter[LeftOut] = field(default_factory=Counter)

    @property
    def groups(self) -> int:
        """How many groups are new."""
        return len(self.group_names)

    @property
    def good(self) -> int:
        """Rows that were understood: new students and those there already."""
        return self.students + self.skipped + self.updated
