"""Plans: the catalogue of what the school sells (R30)."""

from collections.abc import Sequence
from dataclasses import dataclass

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import fold, tidy
from schoolcrm.core.store.transaction import WritableSchool

KINDS = ("lesson", "package", "month")
BILLINGS = ("by-lesson", "upfront")


@dataclass(frozen=True, slots=True)
class Offer:
    """The terms of a plan: `price` in kopecks (of a lesson, a package of `lessons`, or a calendar month)."""

    name: str
    kind: str
    price: int
    lessons: int | None = None
    length_days: int | None = None
    length_months: int | None = None
    billing: str = "by-lesson"
    separate: bool = False
    burn: bool = False
    stop_at_end: bool = False
    subject_ids: Sequence[int] = ()
    lesson_type_ids: Sequence[int] = ()


def add_plan(school: WritableSchool, offer: Offer) -> int:
    """Add a plan to the catalogue and return its id (R30).

    Raises BadValue for terms that don't fit together, Refused for a name that is taken.
    """
    check_offer(offer)
    name = tidy(offer.name)
    if school.db.execute("SELECT 1 FROM plan WHERE name_key = ?", (fold(name),)).fetchone():
        raise Refused(
            _("There is a plan «{name}» already.").format(name=name),
            _("Choose another name, or sell that one."),
        )
    from schoolcrm.core.store.models import Plan, PlanLessonType, PlanSubject

    plan = school.add(
        Plan,
        name=name,
        name_key=fold(name),
        kind=offer.kind,
        price=offer.price,
        lessons=offer.lessons,
        length_days=offer.length_days,
        length_months=offer.length_months,
        billing=offer.billing,
        separate=offer.separate,
        burn=offer.burn,
        stop_at_end=offer.stop_at_end,
    )
    assert plan.id is not None
    for subject_id in offer.subject_ids:
        school.add(PlanSubject, plan_id=plan.id, subject_id=subject_id)
    for lesson_type_id in offer.lesson_type_ids:
        school.add(PlanLessonType, plan_id=plan.id, lesson_type_id=lesson_type_id)
    return plan.id


def check_offer(offer: Offer) -> None:
    """Raise BadValue, with what to give, when the terms of a plan don't fit together (R30)."""
    if not tidy(offer.name):
        raise BadValue(_("A plan needs a name."))
    _check_code(offer.kind, KINDS, _("There is no kind of plan «{value}»."))
    _check_code(offer.billing, BILLINGS, _("There is no billing «{value}»."))
    if offer.price < 0:
        raise BadValue(_("A price can't be below 0."), _("Give 0 or more, for example 700 or 700.50."))
    if offer.kind == "package" and (offer.lessons or 0) < 1:
        raise BadValue(_("A package needs the number of its lessons."), _("Give it with --lessons."))
    if offer.kind != "package" and offer.lessons is not None:
        raise BadValue(_("Only a package has a number of lessons."), _("Leave --lessons out, or use --kind package."))


def _check_code(value: str, known: Sequence[str], sentence: str) -> None:
    if value not in known:
        raise BadValue(sentence.format(value=value), _("It is one of: {known}.").format(known=", ".join(known)))


def parse_length(text: str) -> tuple[int | None, int | None]:
    """Return a length as (days, months): `30d` or `1m`, also д and м; (None, None) for an empty one.

    Raises BadValue for anything else.
    """
    if not text:
        return None, None
    number, unit = text[:-1].strip(), text[-1].casefold()
    if number.isascii() and number.isdigit() and int(number) > 0:
        if unit in "dд":
            return int(number), None
        if unit in "mм":
            return None, int(number)
    raise BadValue(
        _("«{text}» is not a length of time.").format(text=text),
        _("Give days or months, for example 30d or 1m."),
    )
