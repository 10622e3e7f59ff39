"""`schoolcrm lessons`: hold them and mark who came."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands import lesson_changes, lessons_import
from schoolcrm.commands.asked import owner_asked
from schoolcrm.commands.lesson_named import holiday_remark, lesson_meant, mark_json
from schoolcrm.commands.lessons_group import At, EvenSo, LessonRef, OnDay, app
from schoolcrm.commands.people_options import Columns, Limit, Offset, OwnFields, Query, Sort, wish_of
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.questions import can_ask
from schoolcrm.commands.session import choose, done, reading, say, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.store.cells import student_name
from schoolcrm.lazy import Changing, Showing

if TYPE_CHECKING:
    from schoolcrm.core.learning.attendance import Attendance, MarkWritten
    from schoolcrm.core.learning.lessons import Expected, Held
    from schoolcrm.core.store.database import School

__all__ = ["app", "lesson_changes", "lessons_import"]


@app.command(cls=Changing, help=_("Hold a lesson: mark every student, charge them. On a terminal it asks one by one."))
def hold(
    ctx: typer.Context,
    lesson: LessonRef,
    on: OnDay = "",
    at: At = "",
    present: Annotated[list[str], typer.Option("--present", help=_("Who came: names or ids, with commas."))] = [],  # noqa: B006
    absent: Annotated[
        list[str], typer.Option("--absent", help=_("Who didn't: NAME or NAME:REASON, with commas."))
    ] = [],  # noqa: B006
    all_present: Annotated[bool, typer.Option("--all-present", help=_("All members came but those absent."))] = False,
    topic: Annotated[str, typer.Option("--topic", help=_("What the lesson was about."))] = "",
    own: OwnFields = [],  # noqa: B006
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.commands.roll_call import call_roll
    from schoolcrm.core.learning.lessons import expected_students, require_due, trial_guests
    from schoolcrm.core.learning.lessons import hold as hold_lesson
    from schoolcrm.core.people.custom_fields import set_values, told_values

    with reading(ctx) as school:
        meant, remark = lesson_meant(school, lesson, on, at)
        holiday = holiday_remark(school, meant)
        if not even_so:
            require_due(meant, school.today)
        members = expected_students(school.db, meant)
        attendances = _attendances(school, members, present, absent, all_present=all_present)
        custom = told_values(school.db, "lesson", own, [], school.today)
        named = {attendance.student_id for attendance in attendances}
        waiting = [one for one in members if not one.marked and one.student_id not in named]
        guests = [one for one in trial_guests(school.db, meant) if one.student_id not in named]
    for sentence in filter(None, (remark, holiday)):
        say(ctx, sentence)
    if (waiting or guests) and not ctx.obj.yes and can_ask():
        attendances += call_roll(ctx, meant, [*waiting, *guests])
    elif guests:
        names = ", ".join(one.name for one in guests)
        say(ctx, _("Booked for a trial at this lesson: {names}; --present or --absent marks them.").format(names=names))
    with writing(ctx) as school:
        held = hold_lesson(school, meant, attendances, topic=topic, even_so=even_so)
        set_values(school, "lesson", held.id, custom)
        message = _told(school, held, topic)
        marks = [mark_json(school, mark) for mark in held.marks]
    done(ctx, message, id=held.id, date=held.on, time=held.time, marks=marks)


@app.command("list", cls=Showing, help=_("Lessons of a period that answer to all terms: planned, held, cancelled."))
def list_(
    ctx: typer.Context,
    query: Query = [],  # noqa: B006
    group: Annotated[str, typer.Option("--group", help=_("Only this group's."))] = "",
    student: Annotated[str, typer.Option("--student", help=_("Only this student's."))] = "",
    unheld: Annotated[bool, typer.Option("--unheld", help=_("Only those past and still to be held."))] = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
    columns: Columns = "",
    sort: Sort = "",
    limit: Limit = 0,
    offset: Offset = 0,
) -> None:
    from schoolcrm.reports import lessons as report

    wish = wish_of(query, columns, sort, limit=limit, offset=offset, archived=False, everything=False)
    with reading(ctx) as school:
        span = period_of(school, first, last, period)
        asked = owner_asked(school, group, student)
        if any(wish[:-1]):
            listing = report.find_listing(school.db, span, school.today, wish, **asked, unheld=unheld)
            table = report.lessons_listing(listing, wish, span)
        else:
            rows = report.find_lessons(school.db, span, school.today, **asked, unheld=unheld)
            table = report.lessons_table(rows, span)
    show(ctx, table)


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
            _("{student} is named twice.").format(student=student_name(school.db, twice)),
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
        return _('Lesson {id} of {day} {time} is held already; its topic is now "{topic}".').format(
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
        names = [student_name(school.db, mark.student_id) for mark in marks if mark.basis == basis]
        if names:
            parts.append(text.format(names=", ".join(names)))
    return "; ".join(parts) + "."
