"""How large the schools of the benchmark are."""

from dataclasses import dataclass
from datetime import date

TODAY = date(2026, 9, 1)
"""The day that counts as today in the made schools: a Tuesday, two days after their last lessons."""


@dataclass(frozen=True)
class Scale:
    """A size of school. Besides its clients: 1.3 students a client, 0.08 groups, 12.5 lessons, about 50 marks,
    15 payments and 4 subscriptions, over three years."""

    name: str
    clients: int

    @property
    def groups(self) -> int:
        """How many groups learn at the school, one lesson a week each."""
        return self.clients * 8 // 100


SCALES = {scale.name: scale for scale in (Scale("S", 300), Scale("M", 10_000), Scale("L", 100_000))}
