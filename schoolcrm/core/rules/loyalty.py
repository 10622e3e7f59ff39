"""The stages of loyalty, counted from purchases (R9)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from schoolcrm.core.rules.status import latest


class Purchases(NamedTuple):
    """A client's purchases: how many, and the day of the last; an imported last purchase counts as one."""

    made: int = 0
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The school's numbers: regular from so many purchases, sleeping after more than so many days."""

    regular_purchases: int = 3
    sleeping_days: int = 180


def count_purchases(sales: int, last_sale_on: date | None, imported_on: date | None) -> Purchases:
    """Return the purchases made here and the imported one together (R9)."""
    return Purchases(sales + (imported_on is not None), latest(last_sale_on, imported_on))


def stage_due(purchases: Purchases, today: date, thresholds: Thresholds, terminated_on: date | None = None) -> str:
    """Return the base of the loyalty scale that the client belongs to today (R9).

    `terminated_on`: when the last running contract was terminated, if nothing was bought since.
    """
    if terminated_on is not None and terminated_on <= today:
        return "former"
    if purchases.last_on is None:
        return "newcomer"
    if (today - purchases.last_on).days > thresholds.sleeping_days:
        return "sleeping"
    return "regular" if purchases.made >= thresholds.regular_purchases else "active"


def stage_after_sale(stage: str, purchases: Purchases, *, terminated: bool = False) -> str:
    """Return the base right after a sale: the rest of R9 waits for the recompute.

    The first purchase makes `active` at once, as does one that ends being `former`; `terminated`: the sale is
    dated before the termination that made `former`, and ends nothing.
    """
    return "active" if not terminated and (purchases.made == 1 or stage == "former") else stage


def sleeping_from(purchases: Purchases, thresholds: Thresholds) -> date | None:
    """Return the day from which the client is asleep unless something is bought; None without a purchase."""
    if purchases.last_on is None:
        return None
    return purchases.last_on + timedelta(days=thresholds.sleeping_days + 1)
