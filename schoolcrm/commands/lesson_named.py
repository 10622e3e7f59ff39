"""Which lesson a command means: by its number, by its group, or by the student of an individual lesson and a day."""

from typing import TYPE_CHECKING

from schoolcrm.commands.session import choose, day
from schoolcrm.core.errors import Ambiguous, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.store.cells import group_name, student_name

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.learning.attendance import MarkWritten
    from schoolcrm.core.learning.timetable import PlannedLesson
    from schoolcrm.core.store.database import School


def lesson_meant(school: "School", ref: str, on: str, at: str) -> tuple["PlannedLesson", str]:
    """Return the lesson named by its number (when no day is given), by its group, or by its one student.

    The text beside it says what may not have been meant; empty: nothing.
    """
    from schoolcrm.core.learning.lesson_lookup import lesson_of_group
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.listing.lookup import read_id
    from schoolcrm.core.rules.dates import parse_time

    number = read_id(ref)
    if number is not None and not (on or at):
        lesson = _numbered(school, number)
        if lesson is not None:
            return lesson, ""
    that_day, time = day(school, on), parse_time(at) if at else ""
    try:
        group_id = choose(find_group, school.db, ref)
    except NotFound:
        if number is not None and not (on or at):
            raise _no_such_number(number) from None
        own = None if number is not None else _own_lesson(school, ref, that_day, time)
        if own is None:
            raise
        return own, ""
    choice = lesson_of_group(school.db, group_id, that_day, time)
    return choice.lesson, _of_extra(school, choice.lesson) if choice.extra else ""


def existing_lesson(school: "School", ref: str, on: str, at: str) -> "PlannedLesson":
    """Return the lesson as `lesson_meant` does, but a bare number is a lesson's before it is a group's.

    Raises NotFound when the timetable has none that day.
    """
    from schoolcrm.core.learning.lesson_lookup import cancelled_lesson, stored_lesson
    from schoolcrm.core.listing.lookup import read_id
    from schoolcrm.core.rules.dates import human_date

    number = read_id(ref)
    if number is not None and not (on or at):
        numbered = stored_lesson(school.db, number)
        if numbered is not None:
            return numbered
    lesson, remark = lesson_meant(school, ref, on, at)
    if remark:
        gone = cancelled_lesson(school.db, lesson.on, group_id=lesson.group_id)
        if gone is not None:
            stored_lesson(school.db, gone)  # says that it was cancelled, and how it comes back
        raise NotFound(
            _("{name} has no lesson on {day}.").format(
                name=group_name(school.db, lesson.group_id), day=human_date(lesson.on)
            ),
            _("'schoolcrm lessons list --group {group}' shows the lessons of this month with their numbers.").format(
                group=lesson.group_id
            ),
        )
    return lesson


def cancelled_meant(school: "School", ref: str, on: str, at: str) -> int:
    """Return the number of the cancelled lesson named by number, or by group or student and day; NotFound."""
    from schoolcrm.core.learning.lesson_lookup import cancelled_lesson
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.listing.lookup import read_id
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.dates import human_date, parse_time

    number = read_id(ref)
    if number is not None and not (on or at):
        return number
    that_day, time = day(school, on), parse_time(at) if at else ""
    try:
        found = cancelled_lesson(school.db, that_day, time, group_id=choose(find_group, school.db, ref))
    except NotFound:
        found = cancelled_lesson(school.db, that_day, time, student_id=choose(find_student, school.db, ref))
    if found is None:
        raise NotFound(
            _('No lesson of "{name}" was cancelled on {day}.').format(name=ref, day=human_date(that_day)),
            _("'schoolcrm lessons list' shows the lessons of this month with their numbers."),
        )
    return found


def lesson_text(school: "School", lesson: "PlannedLesson") -> str:
    """Return whose lesson it is, and when."""
    from schoolcrm.core.rules.dates import human_date

    whose = (
        group_name(school.db, lesson.group_id)
        if lesson.student_id is None
        else student_name(school.db, lesson.student_id)
    )
    return f"{whose} · {human_date(lesson.on)} {lesson.time}"


def _own_lesson(school: "School", ref: str, on: "date", time: str) -> "PlannedLesson | None":
    """Return the individual lesson of the student called so; None if nobody is, Refused if there is no lesson."""
    from schoolcrm.core.learning.lesson_lookup import lesson_of_student
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.dates import human_date

    try:
        student_id = choose(find_student, school.db, ref)
    except NotFound:
        return None
    lesson = lesson_of_student(school.db, student_id, on, time)
    if lesson is None:
        raise Refused(
            _("{student} has no individual lesson on {day}.").format(
                student=student_name(school.db, student_id), day=human_date(on)
            ),
            _("Name the group instead, or see 'schoolcrm schedule list --student'."),
        )
    return lesson


def _numbered(school: "School", number: int) -> "PlannedLesson | None":
    """Return the stored lesson of that number; None: there is none, or the group of that number means the same.

    Raises Ambiguous where a group has the number too and another lesson may be meant.
    """
    from schoolcrm.core.learning.lesson_lookup import stored_lesson

    group = school.db.execute("SELECT name FROM study_group WHERE id = ? AND archived_on IS NULL", (number,)).fetchone()
    if group is None:
        return stored_lesson(school.db, number)
    try:
        lesson = stored_lesson(school.db, number)
    except Refused:  # it was cancelled: the group is meant
        return None
    if lesson is None or (lesson.group_id, lesson.on) == (number, school.today):
        return None
    raise _group_or_lesson(school, number, group[0], lesson)


def _no_such_number(number: int) -> NotFound:
    return NotFound(
        _("There is no lesson {id}, nor a group of that number.").format(id=number),
        _("'schoolcrm lessons list' shows the lessons of this month with their numbers."),
    )


def _group_or_lesson(school: "School", number: int, group: str, lesson: "PlannedLesson") -> Ambiguous:
    from shlex import quote

    from schoolcrm.core.rules.dates import human_date

    whose = (
        group_name(school.db, lesson.group_id)
        if lesson.student_id is None
        else student_name(school.db, lesson.student_id)
    )
    day = {"day": human_date(lesson.on), "time": lesson.time}
    return Ambiguous(
        _("{number} is the group {group} and also the lesson of {day} {time}.").format(
            number=number, group=group, **day
        ),
        _("For the group: lessons hold {number} {today}; for the lesson: lessons hold {whose} {on} --at {time}").format(
            number=number, today=school.today, whose=quote(whose), on=lesson.on, time=lesson.time
        ),
        [
            (number, _("group {name}").format(name=group)),
            (number, _("lesson of {day} {time}: {name}").format(name=whose, **day)),
        ],
    )


def _of_extra(school: "School", lesson: "PlannedLesson") -> str:
    from schoolcrm.core.learning.lesson_lookup import UNKNOWN_TIME, cancelled_lesson
    from schoolcrm.core.rules.dates import human_date

    cancelled = cancelled_lesson(school.db, lesson.on, group_id=lesson.group_id)
    if cancelled is not None:
        return _(
            "The lesson {id} of {day} was cancelled ('schoolcrm lessons restore {id}'): this is an extra one."
        ).format(id=cancelled, day=human_date(lesson.on))
    if lesson.time == UNKNOWN_TIME:
        sentence = _(
            "The schedule has no lesson of this group on {day}: an extra one, its time unknown (--at gives it)."
        )
    else:
        sentence = _("The schedule has no lesson of this group on {day} at {time}: an extra one.")
    return sentence.format(day=human_date(lesson.on), time=lesson.time)


def holiday_remark(school: "School", lesson: "PlannedLesson") -> str:
    """Return a sentence that names the holidays on the lesson's day; empty: there is none."""
    from schoolcrm.core.learning.holidays import find_holidays

    holidays = find_holidays(school.db, lesson.on, lesson.on)
    if not holidays:
        return ""
    return _("The lesson falls on a holiday: {holidays}.").format(holidays="; ".join(one.label for one in holidays))


def mark_sentence(school: "School", lesson: "PlannedLesson", mark: "MarkWritten") -> str:
    """Return what was written about one student at a lesson, and what it costs."""
    from schoolcrm.core.rules.money import human_money

    sentence = _("{student} was at the lesson {lesson}; charged {charge}.")
    if not mark.attended:
        sentence = _("{student} missed the lesson {lesson}; charged {charge}.")
    return sentence.format(
        student=student_name(school.db, mark.student_id),
        lesson=lesson_text(school, lesson),
        charge=human_money(mark.charge),
    )


def mark_json(school: "School", mark: "MarkWritten") -> dict[str, object]:
    """Return a mark as --format json prints it."""
    from schoolcrm.core.rules.money import machine_money

    reason = school.db.execute("SELECT short FROM absence_reason WHERE id = ?", (mark.reason_id,)).fetchone()
    return {
        "student_id": mark.student_id,
        "student": student_name(school.db, mark.student_id),
        "attended": mark.attended,
        "reason": reason[0] if reason else None,
        "charge": machine_money(mark.charge),
        "basis": mark.basis,
    }
