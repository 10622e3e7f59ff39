"""Freezing students and whole groups, and taking freezes back (R25)."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.learning.freezes import Freeze, get_freeze, overlapping, words_of
from schoolcrm.core.learning.groups import require_active_student
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.dates import human_date, human_day
from schoolcrm.core.rules.names import shortened, tidy
from schoolcrm.core.store.cells import group_name, student_name

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

MOST_NAMED = 10


class MovedEnd(NamedTuple):
    """A subscription whose last day was moved, and where to."""

    subscription_id: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Changed:
    """What freezing or taking a freeze back did: the freeze, and the subscriptions whose end it moved."""

    freeze: Freeze
    ends: list[MovedEnd]


def freeze_student(school: "WritableSchool", freeze: Freeze) -> Changed:
    """Freeze a student (R25); an excused freeze extends the subscriptions running during it by its days.

    Raises BadValue when it ends before it begins; Refused for an archived or deleted student, for a freeze that
    overlaps another, naming it, and where there are marks inside, listing them.
    """
    _check_days(freeze.first_on, freeze.last_on)
    require_active_student(school.db, freeze.student_id)
    _require_no_overlap(school.db, freeze)
    _require_no_marks(school.db, freeze)
    return _freeze_all(school, [freeze])[0]


def freeze_group(school: "WritableSchool", freeze: Freeze) -> list[Changed]:
    """Freeze all members of the group `freeze.group_id`, each for those of the days that they are members (R25).

    `freeze.student_id` is not looked at. Raises BadValue as for one student; Refused for a group without members
    in these days, and, naming all of them, for members who are frozen then already or have marks then.
    """
    _check_days(freeze.first_on, freeze.last_on)
    freezes = _of_members(school.db, freeze)
    group = quoted(group_name(school.db, freeze.group_id))
    if not freezes:
        raise Refused(
            _("Nobody is a member of {group} from {first} to {last}.").format(
                group=group, first=human_date(freeze.first_on), last=human_date(freeze.last_on)
            ),
            _("'schoolcrm groups show' lists the members with their days."),
        )
    conflicts = [text for one in freezes for text in _conflicts(school.db, one)]
    if conflicts:
        raise Refused(
            _("The group {group} can't be frozen: {conflicts}.").format(
                group=group, conflicts=shortened(conflicts, MOST_NAMED)
            ),
            _("Choose days without them, or freeze the others one by one: 'schoolcrm subscription freeze'."),
        )
    return _freeze_all(school, freezes)


def unfreeze(school: "WritableSchool", freeze_id: int) -> Changed:
    """Take a freeze back: its lessons are planned again, and subscriptions lose the days it gave them (R25).

    Raises Refused when one of them has paid a lesson on those days, naming the lessons.
    """
    freeze = get_freeze(school.db, freeze_id)
    extended = school.db.execute(
        "SELECT subscription.id, first_on, last_on, days FROM freeze_extension"
        " JOIN subscription ON subscription.id = subscription_id"
        " WHERE freeze_id = ? AND last_on IS NOT NULL AND deleted_on IS NULL ORDER BY subscription.id",
        (freeze_id,),
    ).fetchall()
    ends = []
    for number, first_on, last_on, days in extended:
        earlier = max(date.fromisoformat(first_on), date.fromisoformat(last_on) - timedelta(days=days))
        _require_unused(school.db, number, earlier, days)
        ends.append(MovedEnd(number, earlier))
    school.db.execute("DELETE FROM freeze_extension WHERE freeze_id = ?", (freeze_id,))
    school.db.execute("DELETE FROM freeze WHERE id = ?", (freeze_id,))
    _move_ends(school, ends)
    _price_anew(school, [Changed(freeze, ends)])
    return Changed(freeze, ends)


def other_groups(db: sqlite3.Connection, freeze: Freeze) -> str:
    """Return the other groups that members of a frozen group are in on these days, where they are missed too."""
    asked = {"group": freeze.group_id, "first": freeze.first_on.isoformat(), "last": freeze.last_on.isoformat()}
    rows = db.execute(_OTHER_GROUPS, asked)
    return ", ".join(quoted(name) for (name,) in rows)


# What forbids it ----------------------------------------------------------------------------------------

_MARKS = """
SELECT mark.on_date, lesson.time, ifnull(study_group.name, owner.name)
  FROM mark
  JOIN lesson ON lesson.id = mark.lesson_id
  LEFT JOIN study_group ON study_group.id = lesson.group_id
  LEFT JOIN student AS owner ON owner.id = lesson.student_id
 WHERE mark.student_id = ? AND mark.on_date BETWEEN ? AND ?
 ORDER BY mark.on_date, lesson.time"""


def _check_days(first_on: date, last_on: date) -> None:
    if last_on < first_on:
        raise BadValue(
            _("A freeze can't end on {last} before it begins on {first}.").format(
                first=human_date(first_on), last=human_date(last_on)
            ),
            _("Exchange --from and --to."),
        )


def _require_no_overlap(db: sqlite3.Connection, freeze: Freeze) -> None:
    other = overlapping(db, freeze.student_id, freeze.first_on, freeze.last_on)
    if other is not None:
        raise Refused(
            _("{student} is frozen already from {first} to {last} (freeze {id}).").format(
                student=quoted(student_name(db, freeze.student_id)), **words_of(other)
            ),
            _("Choose other days, or take that one back first: 'schoolcrm subscription unfreeze {id}'.").format(
                id=other.id
            ),
        )


def _require_no_marks(db: sqlite3.Connection, freeze: Freeze) -> None:
    marks = _marks_inside(db, freeze)
    if marks:
        sentence = ngettext(
            "{student} has {count} mark inside the freeze: {lessons}.",
            "{student} has {count} marks inside the freeze: {lessons}.",
            len(marks),
        )
        name = quoted(student_name(db, freeze.student_id))
        raise Refused(
            sentence.format(student=name, count=len(marks), lessons=shortened(marks, MOST_NAMED)),
            _("Choose days without them, before or after these lessons."),
        )


def _conflicts(db: sqlite3.Connection, freeze: Freeze) -> list[str]:
    """Return why one member can't be frozen: at most two short texts."""
    name = quoted(student_name(db, freeze.student_id))
    texts = []
    if other := overlapping(db, freeze.student_id, freeze.first_on, freeze.last_on):
        sentence = _("{student} is frozen from {first} to {last} (freeze {id})")
        texts.append(sentence.format(student=name, **words_of(other)))
    if marks := _marks_inside(db, freeze):
        texts.append(_("{student} has marks: {lessons}").format(student=name, lessons=shortened(marks, MOST_NAMED)))
    return texts


def _marks_inside(db: sqlite3.Connection, freeze: Freeze) -> list[str]:
    rows = db.execute(_MARKS, (freeze.student_id, freeze.first_on.isoformat(), freeze.last_on.isoformat()))
    return [f"{human_day(on)} {time} {name}" for on, time, name in rows]


def _require_unused(db: sqlite3.Connection, subscription_id: int, last_on: date, days: int) -> None:
    """Refuse to take days from a subscription on which it has paid lessons."""
    rows = db.execute(
        "SELECT DISTINCT on_date FROM mark WHERE subscription_id = ? AND on_date > ? ORDER BY on_date",
        (subscription_id, last_on.isoformat()),
    )
    paid = [human_day(on) for (on,) in rows]
    if paid:
        raise Refused(
            _("The subscription {id} has paid lessons on days that the freeze gave it: {days}.").format(
                id=subscription_id, days=shortened(paid, MOST_NAMED)
            ),
            _("Let it keep them first: 'schoolcrm subscription extend {id} --days {days}'.").format(
                id=subscription_id, days=days
            ),
        )


# Writing ------------------------------------------------------------------------------------------------

_MEMBERS = """
SELECT membership.student_id, max(membership.first_on, :first), min(ifnull(membership.last_on, :forever), :last)
  FROM membership
  JOIN student ON student.id = membership.student_id AND student.archived_on IS NULL
  JOIN visible_client ON visible_client.id = student.client_id
 WHERE membership.group_id = :group AND membership.first_on <= :last
   AND ifnull(membership.last_on, :forever) >= :first
 ORDER BY student.name_key, student.id, membership.first_on"""
_OTHER_GROUPS = """
SELECT DISTINCT study_group.name
  FROM freeze
  JOIN membership ON membership.student_id = freeze.student_id AND membership.group_id <> freeze.group_id
   AND membership.first_on <= freeze.last_on AND ifnull(membership.last_on, freeze.first_on) >= freeze.first_on
  JOIN study_group ON study_group.id = membership.group_id AND study_group.archived_on IS NULL
 WHERE freeze.group_id = :group AND freeze.first_on BETWEEN :first AND :last AND freeze.last_on BETWEEN :first AND :last
 ORDER BY study_group.name_key"""
_RUNNING = """
SELECT id, last_on FROM subscription
 WHERE student_id = ? AND deleted_on IS NULL AND first_on <= ? AND last_on >= ?
 ORDER BY id"""


def _of_members(db: sqlite3.Connection, freeze: Freeze) -> list[Freeze]:
    asked = {
        "group": freeze.group_id,
        "first": freeze.first_on.isoformat(),
        "last": freeze.last_on.isoformat(),
        "forever": date.max.isoformat(),
    }
    return [
        replace(
            freeze, student_id=student_id, first_on=date.fromisoformat(first_on), last_on=date.fromisoformat(last_on)
        )
        for student_id, first_on, last_on in db.execute(_MEMBERS, asked)
    ]


def _freeze_all(school: "WritableSchool", freezes: Iterable[Freeze]) -> list[Changed]:
    changed = [_write(school, freeze) for freeze in freezes]
    _price_anew(school, changed)
    return changed


def _write(school: "WritableSchool", freeze: Freeze) -> Changed:
    from schoolcrm.core.store.models import Freeze as Record

    record = school.add(
        Record,
        student_id=freeze.student_id,
        group_id=freeze.group_id,
        first_on=freeze.first_on,
        last_on=freeze.last_on,
        excused=freeze.excused,
        reason=tidy(freeze.reason) or None,
    )
    assert record.id is not None
    freeze = replace(freeze, id=record.id)
    return Changed(freeze, _extend(school, freeze) if freeze.excused else [])


def _extend(school: "WritableSchool", freeze: Freeze) -> list[MovedEnd]:
    """Extend the subscriptions that run on any day of the freeze by its length, and note it."""
    running = school.db.execute(
        _RUNNING, (freeze.student_id, freeze.last_on.isoformat(), freeze.first_on.isoformat())
    ).fetchall()
    school.db.executemany(
        "INSERT INTO freeze_extension (freeze_id, subscription_id, days) VALUES (?, ?, ?)",
        [(freeze.id, number, freeze.days) for number, _last_on in running],
    )
    ends = [MovedEnd(number, date.fromisoformat(last_on) + timedelta(days=freeze.days)) for number, last_on in running]
    _move_ends(school, ends)
    return ends


def _move_ends(school: "WritableSchool", ends: Iterable[MovedEnd]) -> None:
    from schoolcrm.core.money.sales import charge_upfront

    for number, last_on in ends:
        school.db.execute("UPDATE subscription SET last_on = ? WHERE id = ?", (last_on.isoformat(), number))
        charge_upfront(school, number)


def _price_anew(school: "WritableSchool", changed: Iterable[Changed]) -> None:
    """Price month plans anew: fewer or more lessons share a month, and another end may tell who pays (R31, R32)."""
    first_days: dict[int, date] = {}
    for freeze, ends in ((one.freeze, one.ends) for one in changed):
        begins = [_first_day(school.db, number) for number, _last_on in ends]
        first = min(freeze.first_on, *begins) if begins else freeze.first_on
        first_days[freeze.student_id] = min(first, first_days.get(freeze.student_id, first))
    for student_id, first in first_days.items():
        price_months_anew(school, [student_id], first)


def _first_day(db: sqlite3.Connection, subscription_id: int) -> date:
    return date.fromisoformat(
        db.execute("SELECT first_on FROM subscription WHERE id = ?", (subscription_id,)).fetchone()[0]
    )
