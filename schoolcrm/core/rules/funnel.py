"""The funnel: who came into each base status, who went on, how long they stayed (R1, R10)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter

from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.status import FUNNEL

CHAIN = ("new", "in-work", "trial-booked", "trial-done", "bought")
"""The way to a subscription; the other bases of the funnel lie beside it."""

_PLACE = {base: place for place, base in enumerate(CHAIN)}
_LAST_PLACE = len(CHAIN) - 1


Step = tuple[int, int | None, str, date]
"""One change of a client's status: the client, the line it is counted in (a source), the base, the day."""


@dataclass(slots=True)
class Tally:
    """What is counted of one base: clients who entered, those of them who went further, clients standing in it,
    and how many of the stays that ended took how many days."""

    entered: int = 0
    went_further: int = 0
    now: int = 0
    days: Counter[int] = field(default_factory=Counter)

    def share(self, base: str) -> float | None:
        """Return the share from 0 to 1 of those entered who went further; None where nothing is further, or nobody."""
        if _PLACE.get(base, _LAST_PLACE) == _LAST_PLACE or not self.entered:
            return None
        return self.went_further / self.entered

    def median_days(self) -> int | float | None:
        """Return the median length of the stays that ended: whole days, or with a half; None without any."""
        count = self.days.total()
        if not count:
            return None
        low, high = _nth(self.days, (count - 1) // 2), _nth(self.days, count // 2)
        return (low + high) // 2 if (low + high) % 2 == 0 else (low + high) / 2


def count_funnel(steps: Iterable[Step], period: Period) -> Mapping[int | None, Mapping[str, Tally]]:
    """Return line → base → what is counted in the period; a line in which nothing is counted is left out.

    `steps` are the whole histories, client after client, each in its order. Open on a side, the period has no
    bound there; clients stand in a base at the end of its last day.
    """
    bounds = period.first or date.min, period.last or date.max
    lines: dict[int | None, dict[str, Tally]] = defaultdict(lambda: {base: Tally() for base in FUNNEL})
    for (_client_id, line), history in groupby(steps, key=itemgetter(0, 1)):
        entries = _entries(history)
        if entries[0][1] <= bounds[1]:
            _count_client(entries, *bounds, lines[line])
    return lines


def _entries(history: Iterable[Step]) -> list[tuple[str, date]]:
    """Return each base that the client came into from outside it, and the day: moves within a base are left out."""
    entries = []
    previous = None
    for _client_id, _line, base, on in history:
        if base != previous:
            entries.append((base, on))
            previous = base
    return entries


def _count_client(entries: Sequence[tuple[str, date]], first: date, last: date, counted: Mapping[str, Tally]) -> None:
    """Count one client, from the latest entry back: then what came later is known."""
    furthest, ended, standing = -1, None, ""
    entered: dict[str, bool] = {}  # base → went further; the first entry in the period has the last word
    for base, began in reversed(entries):
        if began <= last:
            standing = standing or base
            if first <= began:
                entered[base] = furthest > _PLACE.get(base, _LAST_PLACE)
                if ended is not None:
                    counted[base].days[(ended - began).days] += 1
        furthest = max(furthest, _PLACE.get(base, -1))
        ended = began
    for base, went_further in entered.items():
        counted[base].entered += 1
        counted[base].went_further += went_further
    if standing:
        counted[standing].now += 1


def _nth(counted: Counter[int], place: int) -> int:
    """Return the value at that place, from 0, when all counted values stand in order."""
    for value in sorted(counted):
        place -= counted[value]
        if place < 0:
            return value
    raise IndexError(place)
