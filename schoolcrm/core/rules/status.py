"""The funnel: base statuses and how they are named, what events do to them, when silence is a refusal (R1, R7, R8)."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.dates import add_months
from schoolcrm.core.rules.names import fold

FUNNEL: Mapping[str, str] = {
    "for-admin": N_("For the administrator"),
    "new": N_("New"),
    "in-work": N_("In work"),
    "trial-booked": N_("Booked a trial lesson"),
    "trial-done": N_("Attended a trial lesson"),
    "group-search": N_("Choosing a group"),
    "bought": N_("Bought a subscription"),
    "reserve": N_("Reserve"),
    "refused": N_("Refused"),
    "deleted": N_("Deleted"),
}
LOYALTY: Mapping[str, str] = {
    "newcomer": N_("Newcomer"),
    "active": N_("Active"),
    "regular": N_("Regular"),
    "sleeping": N_("Sleeping"),
    "former": N_("Former"),
}
SCALES: Mapping[str, Mapping[str, str]] = {"funnel": FUNNEL, "loyalty": LOYALTY}

# What people write for a base status beside its code and its English name, already folded (ё is е).
_OTHER_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "funnel": {
        "for-admin": ("для администратора", "for administrator", "for admin"),
        "new": ("новый", "новая"),
        "in-work": ("в работе", "in progress"),
        "trial-booked": (
            *("записался на пробное занятие", "записался на пробное", "записался на пробный урок"),
            *("записалась на пробное занятие", "записалась на пробное", "записан на пробное"),
            *("booked a trial", "trial booked", "записался", "записалась"),
        ),
        "trial-done": (
            *("посетил пробное занятие", "посетил пробное", "посетил пробный урок", "посетила пробное"),
            *("прошел пробное занятие", "прошел пробное", "прошел пробный урок", "прошла пробное"),
            *("посетила пробное занятие", "прошла пробное занятие", "посетил", "посетила", "прошел", "прошла"),
            *("attended a trial", "attended trial", "trial attended", "trial done"),
        ),
        "group-search": ("подбор группы", "group search", "looking for a group"),
        "bought": ("купил абонемент", "купила абонемент", "купил", "купила", "bought subscription"),
        "reserve": ("резерв", "в резерве"),
        "refused": ("отказался", "отказалась", "отказ"),
        "deleted": ("удален", "удалена"),
    },
    "loyalty": {
        "newcomer": ("новый", "новая", "new"),
        "active": ("рабочий",),
        "regular": ("постоянный", "постоянная"),
        "sleeping": ("спящий", "спящая"),
        "former": ("бывший", "бывшая"),
    },
}
_SCALE_WORDS = {"воронка": "funnel", "статус": "funnel", "status": "funnel"}
_SCALE_WORDS |= {"лояльность": "loyalty", "этап": "loyalty", "stage": "loyalty"}
_SCALE_WORDS |= {scale: scale for scale in SCALES}


@cache
def bases_named(scale: str) -> Mapping[str, str]:
    """Return the base codes of a scale by folded code or name, in either language and every spelling of R1."""
    names = {fold(name): base for base, name in SCALES[scale].items()}
    names |= {base.replace("-", " "): base for base in SCALES[scale]}
    names |= {name: base for base, others in _OTHER_NAMES[scale].items() for name in others}
    return names | {base: base for base in SCALES[scale]}


def base_name(scale: str, base: str) -> str:
    """Return the base status's own name in the language in use."""
    return _(SCALES[scale][base])


def base_named(text: str, scale: str | None = None) -> tuple[str, str] | None:
    """Return the scale and base that a code or base name means, in any language and spelling (R1).

    A name that both scales have means the funnel, unless ``scale`` is given. None: no such base.
    """
    key = fold(text)
    for candidate in (scale,) if scale else SCALES:
        base = bases_named(candidate).get(key) or bases_named(candidate).get(key.replace("_", "-"))
        if base:
            return candidate, base
    return None


def split_scale(text: str) -> tuple[str | None, str]:
    """Return the scale and the name of ``scale:name`` (R1); the scale is None for a plain name."""
    before, colon, name = text.partition(":")
    scale = _SCALE_WORDS.get(fold(before)) if colon else None
    return (scale, name) if scale else (None, text)


class Event(StrEnum):
    """What happens to a client who is already recorded (R7)."""

    STUDENT_ADDED = "student-added"
    TRIAL_BOOKED = "trial-booked"
    TRIAL_ATTENDED = "trial-attended"
    TRIAL_MISSED = "trial-missed"
    TRIAL_WITHDRAWN = "trial-withdrawn"
    SOLD = "sold"
    SALE_WITHDRAWN = "sale-withdrawn"


BACK = "back"
"""In place of a base: the status that the client had before."""


class Move(NamedTuple):
    """What an event does: the bases it moves a client from, the base it moves to (or BACK), and the
    reason code kept in the history (R10)."""

    origins: frozenset[str]
    to: str
    reason: str


_ANY = frozenset(FUNNEL) - {"deleted"}
MOVES: Mapping[Event, Move] = {
    Event.STUDENT_ADDED: Move(frozenset({"for-admin"}), "new", "student-added"),
    Event.TRIAL_BOOKED: Move(_ANY - {"bought", "trial-done"}, "trial-booked", "trial"),
    Event.TRIAL_ATTENDED: Move(_ANY - {"bought"}, "trial-done", "trial"),
    Event.TRIAL_MISSED: Move(frozenset({"trial-booked"}), BACK, "trial-missed"),
    Event.TRIAL_WITHDRAWN: Move(frozenset({"trial-done"}), BACK, "trial-missed"),
    Event.SOLD: Move(_ANY, "bought", "sale"),
    Event.SALE_WITHDRAWN: Move(frozenset({"bought"}), BACK, "sale-withdrawn"),
}


def base_after(event: Event, base: str) -> str | None:
    """Return the base that the event moves a client of ``base`` to, BACK, or None: it stays (R7).

    A client already in the right base stays too, in whichever of its statuses (R6).
    """
    move = MOVES[event]
    return move.to if base in move.origins and base != move.to else None


def first_base(*, outside: bool, has_students: bool) -> str:
    """Return the base of a newly recorded client (R7); ``outside``: recorded as not of this school."""
    return "for-admin" if outside and not has_students else "new"


REFUSABLE = frozenset({"bought", "trial-booked", "trial-done", "group-search"})
REFUSABLE_STRICTLY = frozenset(FUNNEL) - {"deleted", "refused", "for-admin"}


class Silence(NamedTuple):
    """What R8 looks at: a client's base and the last days of purchase, attended mark, change by hand.

    `trial_on`: the day of the trial lesson that is booked and neither attended nor missed, passed or to come.
    """

    base: str
    bought_on: date | None = None
    attended_on: date | None = None
    decided_on: date | None = None
    trial_on: date | None = None

    def anchor(self, *, strict: bool = False) -> date | None:
        """Return the day the silence is counted from; None if there is nothing to count from."""
        used_on = latest(self.bought_on, self.attended_on)
        if strict:
            return used_on
        decided_on = latest(used_on, self.decided_on)
        return latest(decided_on, self.trial_on) if self.base == "trial-booked" else decided_on


def latest(one: date | None, other: date | None) -> date | None:
    """Return the later of two days, either of which may be missing."""
    return one if other is None or (one is not None and one > other) else other


def refusal_due(facts: Silence, today: date, months: int, *, strict: bool = False) -> bool:
    """Tell whether nothing was bought, attended or decided by hand for over ``months`` months (R8).

    ``strict`` takes every base but deleted, refused and for-admin, and leaves decisions by hand out.
    """
    if facts.base not in (REFUSABLE_STRICTLY if strict else REFUSABLE):
        return False
    anchor = facts.anchor(strict=strict)
    return anchor is not None and anchor <= last_silent_day(today, months)


@lru_cache(maxsize=8)
def last_silent_day(today: date, months: int) -> date:
    """Return the latest anchor that lies more than ``months`` calendar months before today (R8).

    Months are counted from the anchor: `today > anchor + months`, which this turns round once for a
    whole school, since a later anchor never ends its months earlier.
    """
    day = add_months(today, -months) + timedelta(days=3)
    while not today > add_months(day, months):
        day -= timedelta(days=1)
    return day


def refusal_starts_on(anchor: date, months: int) -> date:
    """Return the first day on which the silence since ``anchor`` is a refusal (R8)."""
    return add_months(anchor, months) + timedelta(days=1)


class Skip(StrEnum):
    """Why a client whose refusal is due is left alone (R8); the value is the code in JSON."""

    MONEY = "money-on-account"
    SUBSCRIPTION = "subscription-not-ended"


def skip_reason(*, has_money: bool, has_subscription: bool) -> Skip | None:
    """Return why the client isn't refused: money on any account, or a subscription not yet ended (R8)."""
    if has_money:
        return Skip.MONEY
    return Skip.SUBSCRIPTION if has_subscription else None
