"""What an import makes and leaves, in numbers (R65)."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """What an import makes and leaves; `balance` is the sum of opening balances in kopecks.

    `group_names` are those of the new groups, in the order of the file.
    """

    clients: int = 0
    students: int = 0
    group_names: tuple[str, ...] = ()
    subscriptions: int = 0
    balances: int = 0
    balance: int = 0
    skipped: int = 0
    rejected: int = 0
    families: set[int] = field(default_factory=set)

    @property
    def groups(self) -> int:
        """How many groups are new."""
        return len(self.group_names)

    @property
    def good(self) -> int:
        """Rows that were understood: new students and those there already."""
        return self.students + self.skipped
