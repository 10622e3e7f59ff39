"""Plans: the catalogue of what the school sells (R30)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import fold, tidy
from schoolcrm.core.store.transaction import WritableSchool

KINDS = ("lesson", "package", "month")
BILLINGS = ("by-lesson", "upfront")
_TERMS = (
    "kind",
    "price",
    "lessons",
    "length_days",
    "length_months",
    "billing",
    "separate",
    "burn",
    "stop_at_end",
)


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
    _require_free_name(school.db, offer.name)
    from schoolcrm.core.store.models import Plan

    plan = school.add(Plan, **_columns(offer))
    assert plan.id is not None
    _cover(school, plan.id, offer)
    return plan.id


def is_flat(kind: str, billing: str) -> bool:
    """Tell whether one price pays for all lessons: of a `lesson` plan charged upfront, which charges it once (R31)."""
    return kind == "lesson" and billing == "upfront"


def read_offer(db: sqlite3.Connection, plan_id: int) -> Offer:
    """Return the terms of a plan as they are now."""
    name, kind, price, lessons, days, months, billing, separate, burn, stop_at_end = db.execute(
        "SELECT name, kind, price, lessons, length_days, length_months, billing, separate, burn, stop_at_end"
        "  FROM plan WHERE id = ?",
        (plan_id,),
    ).fetchone()

    def covered(kind: str) -> list[int]:
        query = f"SELECT {kind}_id FROM plan_{kind} WHERE plan_id = ? ORDER BY 1"  # noqa: S608
        return [number for (number,) in db.execute(query, (plan_id,))]

    return Offer(
        name=name,
        kind=kind,
        price=price,
        lessons=lessons,
        length_days=days,
        length_months=months,
        billing=billing,
        separate=bool(separate),
        burn=bool(burn),
        stop_at_end=bool(stop_at_end),
        subject_ids=covered("subject"),
        lesson_type_ids=covered("lesson_type"),
    )


def edit_plan(school: WritableSchool, plan_id: int, offer: Offer) -> None:
    """Give the plan other terms for the sales to come; what was sold keeps the terms it was sold on (R30).

    Raises BadValue for terms that don't fit together, Refused for a name that is taken.
    """
    check_offer(offer)
    _require_free_name(school.db, offer.name, but=plan_id)
    columns = _columns(offer)
    changes = ", ".join(f"{column} = :{column}" for column in columns)
    school.db.execute(f"UPDATE plan SET {changes} WHERE id = :id", {**columns, "id": plan_id})  # noqa: S608
    now = read_offer(school.db, plan_id)
    if (sorted(now.subject_ids), sorted(now.lesson_type_ids)) != (
        sorted(offer.subject_ids),
        sorted(offer.lesson_type_ids),
    ):
        school.db.execute("DELETE FROM plan_subject WHERE plan_id = ?", (plan_id,))
        school.db.execute("DELETE FROM plan_lesson_type WHERE plan_id = ?", (plan_id,))
        _cover(school, plan_id, offer)


def archive_plan(school: WritableSchool, plan_id: int) -> None:
    """Take the plan out of the catalogue: it is sold no more, what was sold goes on. Refused if it is out already."""
    _require_archived(school.db, plan_id, False)
    school.db.execute("UPDATE plan SET archived_on = ? WHERE id = ?", (school.today.isoformat(), plan_id))


def restore_plan(school: WritableSchool, plan_id: int) -> None:
    """Take the plan back into the catalogue; Refused if it is there."""
    _require_archived(school.db, plan_id, True)
    school.db.execute("UPDATE plan SET archived_on = NULL WHERE id = ?", (plan_id,))


def _require_archived(db: sqlite3.Connection, plan_id: int, archived: bool) -> None:
    name, archived_on = db.execute("SELECT name, archived_on FROM plan WHERE id = ?", (plan_id,)).fetchone()
    if (archived_on is not None) == archived:
        return
    sentence = _('The plan "{name}" is not archived.') if archived else _('The plan "{name}" is archived already.')
    raise Refused(sentence.format(name=name), _("'schoolcrm subscription plans list --all' shows all plans."))


def _require_free_name(db: sqlite3.Connection, name: str, but: int | None = None) -> None:
    query = "SELECT archived_on FROM plan WHERE name_key = ? AND id IS NOT ?"
    taken = db.execute(query, (fold(tidy(name)), but)).fetchone()
    if taken:
        raise Refused(
            _('There is a plan "{name}" already.').format(name=tidy(name)),
            _("It is archived: 'schoolcrm subscription plans restore' brings it back.")
            if taken[0]
            else _("Choose another name, or sell that one."),
        )


def _columns(offer: Offer) -> dict[str, Any]:
    terms = {name: getattr(offer, name) for name in _TERMS}
    return {"name": tidy(offer.name), "name_key": fold(tidy(offer.name)), **terms}


def _cover(school: WritableSchool, plan_id: int, offer: Offer) -> None:
    from schoolcrm.core.store.models import PlanLessonType, PlanSubject

    for subject_id in offer.subject_ids:
        school.add(PlanSubject, plan_id=plan_id, subject_id=subject_id)
    for lesson_type_id in offer.lesson_type_ids:
        school.add(PlanLessonType, plan_id=plan_id, lesson_type_id=lesson_type_id)


def check_offer(offer: Offer) -> None:
    """Raise BadValue, with what to give, when the terms of a plan don't fit together (R30)."""
    if not tidy(offer.name):
        raise BadValue(_("A plan needs a name."), _("Give the plan a name."))
    _check_code(offer.kind, KINDS, _('There is no kind of plan "{value}".'))
    _check_code(offer.billing, BILLINGS, _('There is no billing "{value}".'))
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
        _('"{text}" is not a length of time.').format(text=text),
        _("Give days or months, for example 30d or 1m."),
    )
