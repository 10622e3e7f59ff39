"""What one line of the page says."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """What was tried, how often, and what went wrong: `bad` counts it by kind, all of them to be 0.

    `told` are figures to be read beside it; `examples` say what exactly went wrong.
    """

    what: str
    tried: int
    bad: Mapping[str, int]
    told: str = ""
    examples: tuple[str, ...] = field(default=())
    reach: int = 0
    """How often it was to be tried."""

    @property
    def holds(self) -> bool:
        """Whether nothing went wrong, and it was tried at all."""
        return self.tried > 0 and not any(self.bad.values())

    def cells(self) -> tuple[str, ...]:
        """Return the row of the page."""
        bad = ", ".join(f"{count} {kind}" for kind, count in self.bad.items())
        tried = f"{self.tried:,}" if self.tried >= self.reach else f"{self.tried:,} (of {self.reach:,})"
        return self.what, tried, bad, self.told, "yes" if self.holds else "NO"


class Tally:
    """Counts what goes wrong, and keeps the first few in words."""

    MOST = 3

    def __init__(self, *kinds: str) -> None:
        self.bad = dict.fromkeys(kinds, 0)
        self.examples: list[str] = []

    def note(self, kind: str, example: object) -> None:
        """Count one more of that kind."""
        self.bad[kind] += 1
        if self.bad[kind] <= self.MOST:
            self.examples.append(f"{kind}: {example}")
