"""`schoolcrm lessons plan|mark|cancel|move|edit`: single lessons and single marks."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.asked import owner_asked
from schoolcrm.commands.clash_warnings import clashes_of_lesson, warn
from schoolcrm.commands.lesson_named import cancelled_meant, existing_lesson, lesson_text, mark_json, mark_sentence
from schoolcrm.commands.lessons_group import At, EvenSo, LessonRef, OnDay, app
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import OwnFields, Unset, given
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.session import choose, day, done, say, writing
from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.learning.timetable import PlannedLesson
    from schoolcrm.core.store.transaction import WritableSchool

Teacher = Annotated[str, typer.Option("--teacher", help=_("Teacher."))]
Room = Annotated[str, typer.Option("--room", help=_("Room."))]
Note = Annotated[str, typer.Option("--note", help=_("A note."))]


@app.command(cls=Changing, help=_("Put a single lesson into the timetable, of a group or of one student."))
def plan(
    ctx: typer.Context,
    group: Annotated[str, typer.Argument(metavar="[GROUP]", help=_("The group."))] = "",
    student: Annotated[str, typer.Option("--student", help=_("Instead of a group: the one student."))] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Day."))] = "",
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help=_("Time."))] = "",
    minutes: Annotated[
        int, typer.Option("--minutes", help=_("Length; default: as the group's other lessons, 60."), show_default=False)
    ] = 0,
    subject: Annotated[str, typer.Option("--subject", help=_("Subject."))] = "",
    teacher: Teacher = "",
    room: Room = "",
    lesson_type: Annotated[str, typer.Option("--type", help=_("Lesson type."))] = "",
    own: OwnFields = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.learning.lesson_changes import plan_lesson
    from schoolcrm.core.people.custom_fields import set_values, told_values
    from schoolcrm.core.rules.dates import parse_time

    _require_owner_and_time(group, student, on, at)
    with writing(ctx) as school:
        blank = _blank(school, group, student, day(school, on), parse_time(at))
        lesson = replace(
            blank,
            minutes=minutes if given(ctx, "minutes") else blank.minutes,
            subject_id=entry_named(school, "subjects", subject, new=new) or blank.subject_id,
            teacher_id=entry_named(school, "teachers", teacher, new=new) or blank.teacher_id,
            room_id=entry_named(school, "rooms", room, new=new) or blank.room_id,
            lesson_type_id=entry_named(school, "lesson-types", lesson_type, new=new) or blank.lesson_type_id,
        )
        custom = told_values(school.db, "lesson", own, [], school.today)
        with telling_balances(school) as repriced:
            lesson_id = plan_lesson(school, lesson)
        set_values(school, "lesson", lesson_id, custom)
        warnings = clashes_of_lesson(school, lesson_id, lesson.on)
        text = lesson_text(school, lesson)
    warn(ctx, warnings)
    say_balances(ctx, repriced)
    done(ctx, _("Lesson {id} planned: {lesson}.").format(id=lesson_id, lesson=text), id=lesson_id)


def _require_owner_and_time(group: str, student: str, on: str, at: str) -> None:
    """Raise WrongUsage unless a new lesson is told one owner, a day and a time."""
    example = _("For example: schoolcrm lessons plan 'Robo 1' --on 2026-09-05 --at 12:00")
    if bool(group) == bool(student):
        raise WrongUsage(_("Say whose lesson it is: a group, or --student, not both."), example)
    if not (on and at):
        raise WrongUsage(_("Say when the lesson is: --on DATE --at HH:MM."), example)


@app.command(cls=Changing, help=_("Mark one student at a lesson: present or absent, with a reason, grades, a note."))
def mark(
    ctx: typer.Context,
    lesson: LessonRef,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help=_("Student: id or name."))],
    attendance: Annotated[str, typer.Argument(metavar="present|absent", help=_("Whether the student came."))],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Day; default: today."))] = "",
    at: At = "",
    reason: Annotated[str, typer.Option("--reason", help=_("Why the student was absent."))] = "",
    grade: Annotated[str, typer.Option("--grade", help=_("Grade for the lesson."))] = "",
    homework_grade: Annotated[str, typer.Option("--homework-grade", help=_("Grade for the homework."))] = "",
    note: Note = "",
    makes_up: Annotated[
        str, typer.Option("--makes-up", metavar="DATE|LESSON", help=_("The missed lesson this one makes up for."))
    ] = "",
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.learning.attendance import Attendance
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.learning.lessons import hold
    from schoolcrm.core.learning.make_ups import missed_lesson, note_mark
    from schoolcrm.core.learning.members import find_pupil

    came = _came(attendance)
    if came and reason:
        raise WrongUsage(_("A reason is for an absence."), _("Leave --reason out, or mark the student absent."))
    if makes_up and not came:
        raise WrongUsage(
            _("Who was absent makes up for nothing."), _("Leave --makes-up out, or mark the student present.")
        )
    with writing(ctx) as school:
        meant = existing_lesson(school, lesson, on, at)
        student_id = choose(find_pupil, school.db, meant, student)
        told = Attendance(
            student_id,
            came,
            find_entry(school.db, "absence-reasons", reason) if reason else None,
            missed_lesson(school.db, student_id, makes_up, school.today) if makes_up else None,
        )
        held = hold(school, meant, [told], even_so=even_so, one_by_one=True)
        texts = {"grade": grade.strip(), "homework_grade": homework_grade.strip(), "note": note.strip()}
        note_mark(school, held.id, student_id, {name: text for name, text in texts.items() if text})
        made = mark_json(school, held.marks[0])
        message = mark_sentence(school, meant, held.marks[0])
    done(ctx, message, id=held.id, date=held.on, time=held.time, **made)


@app.command(cls=Changing, help=_("Cancel a lesson; of a held one the charges are taken back."))
def cancel(
    ctx: typer.Context,
    lesson: LessonRef,
    on: OnDay = "",
    at: At = "",
    reason: Annotated[str, typer.Option("--reason", help=_("Why; kept as the lesson's note."))] = "",
) -> None:
    from schoolcrm.core.learning.lesson_changes import cancel_lesson
    from schoolcrm.core.rules.money import human_money, machine_money

    with writing(ctx) as school:
        meant = existing_lesson(school, lesson, on, at)
        text = lesson_text(school, meant)
        with telling_balances(school) as repriced:
            cancelled = cancel_lesson(school, meant, reason.strip())
    say_balances(ctx, repriced)
    message = _("Lesson {id} cancelled: {lesson}.")
    for client in cancelled.trials:
        say(ctx, _("The trial lesson of {client} booked for it is cancelled too.").format(client=client))
    if cancelled.marks:
        message = _("Lesson {id} cancelled: {lesson}. Marks taken back: {marks}, charges {amount}.")
    amount = human_money(cancelled.amount)
    done(
        ctx,
        message.format(id=cancelled.id, lesson=text, marks=cancelled.marks, amount=amount),
        id=cancelled.id,
        marks=cancelled.marks,
        amount=machine_money(cancelled.amount),
        trials=cancelled.trials,
    )


@app.command(cls=Changing, help=_("Let a cancelled lesson take place again."))
def restore(ctx: typer.Context, lesson: LessonRef, on: OnDay = "", at: At = "") -> None:
    from schoolcrm.core.learning.lesson_changes import restore_lesson

    with writing(ctx) as school:
        with telling_balances(school) as repriced:
            restored = restore_lesson(school, cancelled_meant(school, lesson, on, at))
        text = lesson_text(school, restored)
    say_balances(ctx, repriced)
    message = _("Lesson {id} takes place again: {lesson}.").format(id=restored.lesson_id, lesson=text)
    done(ctx, message, id=restored.lesson_id, date=restored.on, time=restored.time)


@app.command(cls=Changing, help=_("Move a lesson to another day or time; a held one is charged anew."))
def move(
    ctx: typer.Context,
    lesson: LessonRef,
    on: OnDay = "",
    to: Annotated[str, typer.Option("--to", "--on", metavar="DATE", help=_("To which day; default: the same."))] = "",
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help=_("To which time; default: the same."))] = "",
    which: Annotated[str, typer.Option("--which", metavar="HH:MM", help=_("Which lesson of the day."))] = "",
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.learning.lesson_changes import move_lesson
    from schoolcrm.core.rules.dates import parse_time

    if not (to or at):
        raise WrongUsage(
            _("Say where the lesson is to be moved: --to DATE, --at HH:MM."),
            _("For example: schoolcrm lessons move 'Robo 1' 2026-09-05 --to 2026-09-06 --at 13:00"),
        )
    with writing(ctx) as school:
        meant = existing_lesson(school, lesson, on, which)
        new_day = day(school, to, meant.on)
        new_time = parse_time(at) if at else meant.time
        former = lesson_text(school, meant)
        with telling_balances(school) as repriced:
            lesson_id = move_lesson(school, meant, new_day, new_time, even_so=even_so)
        warnings = clashes_of_lesson(school, lesson_id, new_day)
        text = lesson_text(school, replace(meant, on=new_day, time=new_time))
    warn(ctx, warnings)
    say_balances(ctx, repriced)
    message = _("Lesson {id} moved: {former} → {lesson}.").format(id=lesson_id, former=former, lesson=text)
    done(ctx, message, id=lesson_id, date=new_day, time=new_time)


@app.command(cls=Changing, help=_("Write down what a lesson was or will be about, homework, who teaches it."))
def edit(
    ctx: typer.Context,
    lesson: LessonRef,
    on: OnDay = "",
    at: At = "",
    topic: Annotated[str, typer.Option("--topic", help=_("What the lesson is about."))] = "",
    homework: Annotated[str, typer.Option("--homework", help=_("The homework."))] = "",
    note: Note = "",
    teacher: Teacher = "",
    room: Room = "",
    minutes: Annotated[int, typer.Option("--minutes", help=_("Length in minutes."), show_default=False)] = 0,
    own: OwnFields = [],  # noqa: B006
    unset: Unset = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.learning.lesson_changes import edit_lesson
    from schoolcrm.core.people.custom_fields import set_values, told_values

    with writing(ctx) as school:
        meant = existing_lesson(school, lesson, on, at)
        told = {
            "topic": topic.strip(),
            "homework": homework.strip(),
            "note": note.strip(),
            "teacher_id": entry_named(school, "teachers", teacher, new=new),
            "room_id": entry_named(school, "rooms", room, new=new),
            "minutes": minutes if given(ctx, "minutes") else None,
        }
        facts = _emptied(unset) | {name: value for name, value in told.items() if value not in (None, "")}
        custom = told_values(school.db, "lesson", own, unset, school.today)
        if not (facts or custom):
            raise WrongUsage(_("There is nothing to change."), _("Say what: --topic, --homework, --teacher, --room…"))
        lesson_id = edit_lesson(school, meant, facts)
        set_values(school, "lesson", lesson_id, custom)
        may_clash = {"teacher_id", "room_id", "minutes"} & facts.keys()
        warnings = clashes_of_lesson(school, lesson_id, meant.on) if may_clash else []
        text = lesson_text(school, meant)
    warn(ctx, warnings)
    done(ctx, _("Lesson {id} changed: {lesson}.").format(id=lesson_id, lesson=text), id=lesson_id)


def _emptied(unset: list[str]) -> dict[str, str | int | None]:
    """Return column → None of the lesson's own facts to be emptied; BadValue for one that can't be lists those."""
    from schoolcrm.core.learning.lesson_changes import CAN_BE_EMPTIED
    from schoolcrm.core.people.custom_fields import is_own
    from schoolcrm.core.people.facts import columns_emptied

    plain = [name for name in unset if not is_own(name)]
    return columns_emptied(CAN_BE_EMPTIED, plain, ["field.NAME"])


def _blank(school: "WritableSchool", group: str, student: str, on: "date", at: str) -> "PlannedLesson":
    """Return the lesson as the owner's other lessons are, on that day at that time."""
    from schoolcrm.core.learning.lesson_lookup import blank_lesson

    return blank_lesson(school.db, on, at, **owner_asked(school, group, student))


def _came(text: str) -> bool:
    """Return whether the student came, by the code or the word for it in either language."""
    from schoolcrm.core.rules.names import fold

    word = fold(text)
    if word in {"present", "+", "был", "была", "присутствовал", "присутствовала"}:
        return True
    if word in {"absent", "-", "−", "не был", "не была", "отсутствовал", "отсутствовала", "нет"}:
        return False
    raise BadValue(_('"{value}" is neither present nor absent.').format(value=text), _("Write present or absent."))
