"""Lines of the regular schedule changed from a day on: what was before stays as it is (R22)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.groups import require_active_student, require_open_group
from schoolcrm.core.learning.lines import stored_lessons
from schoolcrm.core.learning.schedule import check_slot, find_slot, insert_slot, require_free_time, students_of
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.timetable import DAYS_IN_WEEK, Slot, occurrences, weekday_mask

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

_ONE_DAY = timedelta(days=1)
_CAN_BE_EMPTIED = {"subject": "subject_id", "teacher": "teacher_id", "room": "room_id", "to": "last_on"}
_CHANGE = """
UPDATE schedule SET weekdays = ?, time = ?, minutes = ?, every_weeks = ?, lesson_type_id = ?, subject_id = ?,
       teacher_id = ?, room_id = ?, first_on = ?, last_on = ?
 WHERE id = ?"""


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did: the line from `first_on` on, and the one that ended before it (None: changed in place).

    `staying` are the lessons stored from that day on; `changed` False: everything was so already.
    """

    id: int
    former_id: int | None
    first_on: date
    staying: list[str]
    changed: bool = True


def emptied(names: Iterable[str]) -> dict[str, Any]:
    """Return field → None of what a line is to have no more; BadValue for what it can't do without."""
    for name in names:
        if name not in _CAN_BE_EMPTIED:
            raise BadValue(
                _("The field {name} can't be emptied.").format(name=quoted(name)),
                _("Those that can: {names}.").format(names=", ".join(_CAN_BE_EMPTIED)),
            )
    return {_CAN_BE_EMPTIED[name]: None for name in names}


def edit_line(school: "WritableSchool", slot_id: int, facts: Mapping[str, Any], on: date) -> Edited:
    """Change a line of the schedule from `on` on: `facts` are fields of `Slot` with their new values (R22).

    A line that had lessons before that day ends the day before, and another begins, in the same rhythm unless that
    changes. Lessons stored from that day on stay, each in the place of the new line's lesson of its day. Month plans
    are priced anew (R31). Raises BadValue for a length, rhythm or period that can't be and a day before today;
    Refused for a line that is over by then, another first day of one that has begun, an archived group or student,
    and a time that the group or student has a lesson at already.
    """
    former = find_slot(school.db, slot_id)
    _require_running(former, on, school.today)
    wanted = replace(former, **facts)
    if wanted == former:
        return Edited(slot_id, None, on, [], changed=False)
    _require_owner(school, former)
    if occurrences(former, former.first_on, on - _ONE_DAY):
        edited = _edit_begun(school, former, wanted, on)
    else:
        edited = _edit_waiting(school, former, wanted, on)
    price_months_anew(school, students_of(school.db, former), min(on, edited.first_on))
    return replace(edited, staying=stored_lessons(school.db, edited.id, on))


def _edit_begun(school: "WritableSchool", former: Slot, wanted: Slot, on: date) -> Edited:
    """Change a line that had lessons before `on`: it ends the day before and another begins."""
    if wanted.first_on != former.first_on:
        raise Refused(
            _("Line {id} of the schedule has begun on {first}, its first day stays.").format(
                id=former.id, first=human_date(former.first_on)
            ),
            _("Say with --on from which day on the change holds."),
        )
    begin = _in_rhythm(former, on) if wanted.every_weeks == former.every_weeks else on
    rest = replace(wanted, first_on=begin)
    require_free_time(school.db, rest)
    if wanted == replace(former, last_on=wanted.last_on):
        _require_end(wanted, on)
        _change(school, wanted)
        return Edited(former.id, None, on, [])
    check_slot(rest)
    _change(school, replace(former, last_on=on - _ONE_DAY))
    number = insert_slot(school, rest)
    school.db.execute(
        "UPDATE lesson SET schedule_id = ? WHERE schedule_id = ? AND occurrence_on >= ?",
        (number, former.id, on.isoformat()),
    )
    return Edited(number, former.id, begin, [])


def _edit_waiting(school: "WritableSchool", former: Slot, wanted: Slot, on: date) -> Edited:
    """Change a line that had no lesson before `on` in its place."""
    if wanted.first_on != former.first_on and wanted.first_on < school.today:
        raise BadValue(
            _("A change of the schedule can't hold from {day}, before today.").format(day=human_date(wanted.first_on)),
            _("Give today or a later day with --from."),
        )
    if wanted.first_on == former.first_on < on:
        wanted = replace(wanted, first_on=_in_rhythm(former, on))
    check_slot(wanted)
    require_free_time(school.db, wanted)
    _change(school, wanted)
    return Edited(former.id, None, wanted.first_on, [])


def _require_running(line: Slot, on: date, today: date) -> None:
    if on < today:
        raise BadValue(
            _("A change of the schedule can't hold from {day}, before today.").format(day=human_date(on)),
            _("Give today or a later day with --on; 'schoolcrm lessons move' and 'edit' change single lessons."),
        )
    if line.last_on is not None and line.last_on < on:
        raise Refused(
            _("Line {id} of the schedule ends on {last}, before {day}.").format(
                id=line.id, last=human_date(line.last_on), day=human_date(on)
            ),
            _("Give an earlier day with --on, or add another line: 'schoolcrm schedule add'."),
        )


def _require_end(line: Slot, on: date) -> None:
    """Refuse a last day before the day on which the change of it holds."""
    if line.last_on is not None and line.last_on < on:
        raise BadValue(
            _("The line would end on {last}, before {day}.").format(last=human_date(line.last_on), day=human_date(on)),
            _("Give a later day with --to, or end it as of the past: 'schoolcrm schedule end {id}'.").format(
                id=line.id
            ),
        )


def _require_owner(school: "WritableSchool", line: Slot) -> None:
    if line.group_id is not None:
        require_open_group(school.db, line.group_id)
    else:
        require_active_student(school.db, line.student_id)


def _in_rhythm(line: Slot, on: date) -> date:
    """Return the first day from `on` on at which another line may begin and keep the weeks of this one."""
    monday = line.first_on - timedelta(days=line.first_on.weekday())
    weeks = (on - monday).days // DAYS_IN_WEEK
    missing = -weeks % line.every_weeks
    return on if not missing else monday + timedelta(weeks=weeks + missing)


def _change(school: "WritableSchool", line: Slot) -> None:
    school.db.execute(
        _CHANGE,
        (
            weekday_mask(line.weekdays),
            line.time,
            line.minutes,
            line.every_weeks,
            line.lesson_type_id,
            line.subject_id,
            line.teacher_id,
            line.room_id,
            line.first_on.isoformat(),
            line.last_on.isoformat() if line.last_on else None,
            line.id,
        ),
    )
