"""`schoolcrm lessons`: hold them and mark who came."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.questions import can_ask
from schoolcrm.commands.session import choose, day, done, reading, say, show, writing
from schoolcrm.core.errors import Ambiguous, NotFound, Refused, WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.learning.attendance import Attendance, MarkWritten
    from schoolcrm.core.learning.lessons import Expected, Held
    from schoolcrm.core.learning.timetable import PlannedLesson
    from schoolcrm.core.store.database import School

app = group(_("Lessons: hold them and mark who came."))


@app.command(cls=Changing, help=_("Hold a lesson: mark every student, charge them. On a terminal it asks one by one."))
def hold(
    ctx: typer.Context,
    lesson: Annotated[
        str,
        typer.Argument(
            metavar="GROUP|LESSON", help=_("The group, the student of an individual lesson, or a lesson's number.")
        ),
    ],
    on: Annotated[str, typer.Argument(metavar="[DATE]", help=_("Day; default: today."))] = "",
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help=_("Which lesson of the day."))] = "",
    present: Annotated[list[str], typer.Option("--present", help=_("Who came: names or ids, with commas."))] = [],  # noqa: B006
    absent: Annotated[
        list[str], typer.Option("--absent", help=_("Who didn't: NAME or NAME:REASON, with commas."))
    ] = [],  # noqa: B006
    all_present: Annotated[bool, typer.Option("--all-present", help=_("All members came but those absent."))] = False,
    topic: Annotated[str, typer.Option("--topic", help=_("What the lesson was about."))] = "",
    even_so: Annotated[bool, typer.Option("--even-so", help=_("Also a lesson after today."))] = False,
) -> None:
    from schoolcrm.commands.roll_call import call_roll
    from schoolcrm.core.learning.lessons import expected_students, require_due
    from schoolcrm.core.learning.lessons import hold as hold_lesson

    with reading(ctx) as school:
        meant, remark = _lesson_meant(school, lesson, on, at)
        if not even_so:
            require_due(meant, school.today)
        members = expected_students(school.db, meant)
        attendances = _attendances(school, members, present, absent, all_present=all_present)
        named = {attendance.student_id for attendance in attendances}
        waiting = [one for one in members if not one.marked and one.student_id not in named]
    if remark:
        say(ctx, remark)
    if waiting and not ctx.obj.yes and can_ask():
        attendances += call_roll(ctx, meant, waiting)
    with writing(ctx) as school:
        held = hold_lesson(school, meant, attendances, topic=topic, even_so=even_so)
        message = _told(school, held, topic)
        marks = [_mark_json(school, mark) for mark in held.marks]
    done(ctx, message, id=held.id, date=held.on, time=held.time, marks=marks)


@app.command("list", cls=Showing, help=_("Lessons of a period: planned, held and cancelled."))
def list_(
    ctx: typer.Context,
    group: Annotated[str, typer.Option("--group", help=_("Only this group's."))] = "",
    student: Annotated[str, typer.Option("--student", help=_("Only this student's."))] = "",
    unheld: Annotated[bool, typer.Option("--unheld", help=_("Only those past and still to be held."))] = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_student
    from schoolcrm.reports.lessons import find_lessons, lessons_table

    with reading(ctx) as school:
        span = period_of(school, first, last, period)
        rows = find_lessons(
            school.db,
            span,
            school.today,
            group_id=choose(find_group, school.db, group) if group else None,
            student_id=choose(find_student, school.db, student) if student else None,
            unheld=unheld,
        )
    show(ctx, lessons_table(rows, span))


def _lesson_meant(school: "School", ref: str, on: str, at: str) -> tuple["PlannedLesson", str]:
    """Return the lesson named by its number (when no day is given), by its group, or by its one student.

    The text beside it says what may not have been meant; empty: nothing.
    """
    from schoolcrm.core.learning.lessons import lesson_of_group
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.listing.lookup import read_id
    from schoolcrm.core.rules.dates import parse_time

    number = read_id(ref)
    if number is not None and not (on or at):
        lesson = _numbered(school, number)
        if lesson is not None:
            return lesson, ""
    that_day, time = day(school, on), parse_time(at).strftime("%H:%M") if at else ""
    try:
        group_id = choose(find_group, school.db, ref)
    except NotFound:
        own = None if number is not None else _own_lesson(school, ref, that_day, time)
        if own is None:
            raise
        return own, ""
    choice = lesson_of_group(school.db, group_id, that_day, time)
    return choice.lesson, _of_extra(choice.lesson) if choice.extra else ""


def _own_lesson(school: "School", ref: str, on: "date", time: str) -> "PlannedLesson | None":
    """Return the individual lesson of the student called so; None if nobody is, Refused if there is no lesson."""
    from schoolcrm.core.learning.lessons import lesson_of_student
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
                student=_student_name(school, student_id), day=human_date(on)
            ),
            _("Name the group instead, or see 'schoolcrm schedule list --student'."),
        )
    return lesson


def _numbered(school: "School", number: int) -> "PlannedLesson | None":
    """Return the stored lesson of that number; None: there is none, or the group of that number means the same.

    Raises Ambiguous where a group has the number too and another lesson may be meant.
    """
    from schoolcrm.core.learning.lessons import stored_lesson

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


def _group_or_lesson(school: "School", number: int, group: str, lesson: "PlannedLesson") -> Ambiguous:
    from shlex import quote

    from schoolcrm.core.rules.dates import human_date

    whose = (
        _group_name(school, lesson.group_id) if lesson.student_id is None else _student_name(school, lesson.student_id)
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


def _group_name(school: "School", group_id: int | None) -> str:
    return str(school.db.execute("SELECT name FROM study_group WHERE id = ?", (group_id,)).fetchone()[0])


def _of_extra(lesson: "PlannedLesson") -> str:
    from schoolcrm.core.learning.lessons import UNKNOWN_TIME
    from schoolcrm.core.rules.dates import human_date

    if lesson.time == UNKNOWN_TIME:
        sentence = _(
            "The schedule has no lesson of this group on {day}: an extra one, its time unknown (--at gives it)."
        )
    else:
        sentence = _("The schedule has no lesson of this group on {day} at {time}: an extra one.")
    return sentence.format(day=human_date(lesson.on), time=lesson.time)


def _attendances(
    school: "School", members: list["Expected"], present: list[str], absent: list[str], *, all_present: bool
) -> list["Attendance"]:
    """Return who came and who didn't by the options; a named student who is no member comes as a guest (R23)."""
    from schoolcrm.core.learning.attendance import Attendance
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.people.own_students import find_among

    ids = [one.student_id for one in members]
    found = [Attendance(choose(find_among, school.db, ids, name), attended=True) for name in _names(present)]
    for entry in _names(absent):
        name, _colon, reason = entry.partition(":")
        reason_id = find_entry(school.db, "absence-reasons", reason.strip()) if reason.strip() else None
        student_id = choose(find_among, school.db, ids, name.strip())
        found.append(Attendance(student_id, attended=False, reason_id=reason_id))
    named = [attendance.student_id for attendance in found]
    twice = next((number for number in named if named.count(number) > 1), None)
    if twice is not None:
        raise WrongUsage(
            _("{student} is named twice.").format(student=_student_name(school, twice)),
            _("Name each student once, in --present or in --absent."),
        )
    if all_present:
        found += [Attendance(number, attended=True) for number in ids if number not in named]
    return found


def _names(options: list[str]) -> list[str]:
    return [name.strip() for option in options for name in option.split(",") if name.strip()]


def _told(school: "School", held: "Held", topic: str) -> str:
    """Return what was done: a lesson held, or only its topic changed."""
    from schoolcrm.core.rules.dates import human_date

    lesson = {"id": held.id, "day": human_date(held.on), "time": held.time}
    if not held.marks:
        return _("Lesson {id} of {day} {time} is held already; its topic is now «{topic}».").format(
            **lesson, topic=topic
        )
    return _("Lesson {id} of {day} {time} held. {summary}").format(**lesson, summary=_summary(school, held.marks))


def _summary(school: "School", marks: list["MarkWritten"]) -> str:
    """Return the lesson in a few words: who came, what was charged, what is out of the ordinary."""
    from schoolcrm.core.rules.money import human_money

    came = sum(mark.attended for mark in marks)
    parts = [
        ngettext("{count} student came", "{count} students came", came).format(count=came),
        _("{count} missed").format(count=len(marks) - came),
        _("charged {amount}").format(amount=human_money(sum(mark.charge for mark in marks))),
    ]
    for basis, text in (
        ("trial", _("free trial: {names}")),
        ("none", _("no subscription: {names}")),
        ("over", _("subscription used up, charged into debt: {names}")),
    ):
        names = [_student_name(school, mark.student_id) for mark in marks if mark.basis == basis]
        if names:
            parts.append(text.format(names=", ".join(names)))
    return "; ".join(parts) + "."


def _student_name(school: "School", student_id: int) -> str:
    return str(school.db.execute("SELECT name FROM student WHERE id = ?", (student_id,)).fetchone()[0])


def _mark_json(school: "School", mark: "MarkWritten") -> dict[str, object]:
    from schoolcrm.core.rules.money import machine_money

    reason = school.db.execute("SELECT short FROM absence_reason WHERE id = ?", (mark.reason_id,)).fetchone()
    return {
        "student_id": mark.student_id,
        "student": _student_name(school, mark.student_id),
        "attended": mark.attended,
        "reason": reason[0] if reason else None,
        "charge": machine_money(mark.charge),
        "basis": mark.basis,
    }
