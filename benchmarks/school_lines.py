"""How quickly the program works through a whole school: its reports, lessons left and Expires of everybody."""

from benchmarks.contest import Contest, Rival
from benchmarks.scales import TODAY
from benchmarks.workshop import Workshop

DAY = TODAY.isoformat()
AS_OF = "2026-03-01"
MONTH = ("2026-08-01", "2026-08-31")
EVER = ("0001-01-01", "9999-12-31")
BOUND = 1.5


def debtors_as_of(shop: Workshop, scale: str) -> Contest:
    """Debts as they were half a year ago, against those of today."""
    db = shop.school(scale)
    return Contest(
        shop.ours("report", "debtors", "--as-of", AS_OF, "--format", "csv", db=db),
        [Rival("floor: SQL by hand, today's", shop.floor("debtors", db, DAY), BOUND, after_startup=True)],
    )


def coverage(shop: Workshop, scale: str) -> Contest:
    """How many lessons everybody's money covers, and until when."""
    words = ("clients", "list", "--columns", "name,lessons_left,expires", "--limit", "0")
    return _against(shop, scale, "coverage", (DAY,), *words, at_most=BOUND)


def who_pays(shop: Workshop, scale: str) -> Contest:
    """Who has a lesson today and no money for the next; the floor follows everybody's money."""
    return _against(shop, scale, "coverage", (DAY,), "report", "who-pays")


def at_risk(shop: Workshop, scale: str) -> Contest:
    """Who missed the last three lessons."""
    return _against(shop, scale, "at_risk", (DAY,), "report", "at-risk", at_most=BOUND)


def last_visit(shop: Workshop, scale: str) -> Contest:
    """When everybody came last."""
    words = ("clients", "list", "--columns", "name,last_visit", "--limit", "0")
    return _against(shop, scale, "last_visit", (), *words, at_most=BOUND)


def ltv_of_a_month(shop: Workshop, scale: str) -> Contest:
    """What everybody paid in a month."""
    return _against(shop, scale, "ltv", MONTH, "report", "ltv", "--period", "2026-08", at_most=BOUND)


def ltv(shop: Workshop, scale: str) -> Contest:
    """What everybody ever paid."""
    return _against(shop, scale, "ltv", EVER, "report", "ltv", "--period", "all", at_most=BOUND)


def attendees_of_a_month(shop: Workshop, scale: str) -> Contest:
    """Who came in a month."""
    return _against(shop, scale, "attendees", MONTH, "report", "attendees", "--period", "2026-08")


def attendees(shop: Workshop, scale: str) -> Contest:
    """Who ever came."""
    return _against(shop, scale, "attendees", EVER, "report", "attendees", "--period", "all")


def funnel(shop: Workshop, scale: str) -> Contest:
    """How everybody ever came through the funnel."""
    return _against(shop, scale, "funnel", (), "report", "funnel", "--period", "all")


def renewals(shop: Workshop, scale: str) -> Contest:
    """When everybody is expected to buy next."""
    return _against(shop, scale, "renewals", (), "report", "renewals")


def _against(
    shop: Workshop, scale: str, floor: str, asked: tuple[str, ...], *words: str, at_most: float | None = None
) -> Contest:
    db = shop.school(scale)
    by_hand = Rival("floor: SQL by hand", shop.floor(floor, db, *asked), at_most, after_startup=True)
    return Contest(shop.ours(*words, "--format", "csv", db=db), [by_hand])
