"""`schoolcrm students edit|subject`: what is known about a student, changed; registered in commands/students.py."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import Birthday, Note, OwnFields, Sex, StudentName, Unset
from schoolcrm.commands.session import choose, done, writing
from schoolcrm.core.errors import NotFound, WrongUsage
from schoolcrm.core.language import _

if TYPE_CHECKING:
    from schoolcrm.core.people.students import NewStudent
    from schoolcrm.core.store.transaction import WritableSchool

Teachers = Annotated[list[str], typer.Option("--teacher", metavar="NAME", help=_("A responsible teacher; repeatable."))]
Subjects = Annotated[
    list[str], typer.Option("--subject", metavar="SUBJECT[:LEVEL]", help=_("A subject, with the level; repeatable."))
]
_TEACHER = ("teacher", "teachers", "responsible_teacher")


def edit_student(
    ctx: typer.Context,
    student: StudentName,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help=_("Another name."))] = "",
    birthday: Birthday = "",
    sex: Sex = "",
    note: Note = "",
    teacher: Teachers = [],  # noqa: B006
    subject: Subjects = [],  # noqa: B006
    own: OwnFields = [],  # noqa: B006
    unset: Unset = [],  # noqa: B006
    new: New = False,
) -> None:
    """Change what is known about a student; what isn't named stays."""
    from schoolcrm.core.people import students
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.store.journal import last_change

    texts = {"name": name, "birthday": birthday, "sex": sex, "note": note}
    with writing(ctx) as school:
        student_id = choose(find_student, school.db, student, include_archived=True)
        told = _told(school, texts, teacher, subject, own, unset, new=new)
        forgotten = any(_is_teacher(field) for field in unset)
        if not (told.facts or told.teacher_ids or told.subjects or told.custom or forgotten):
            raise WrongUsage(_("There is nothing to change."), _("Say what: --name, --birthday, --note, --unset…"))
        before = last_change(school.db)
        students.edit_student(school, student_id, told, forgotten_teachers=forgotten)
        known_as, client_id = _known_as(school, student_id)
        is_changed = last_change(school.db) > before
    message = (
        _("Student {id} changed: {name}.")
        if is_changed
        else _("Nothing to change: student {id}, {name}, has these values already.")
    ).format(id=student_id, name=known_as)
    done(ctx, message, id=student_id, client_id=client_id)


def student_subject(
    ctx: typer.Context,
    student: StudentName,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help=_("What the student learns."))],
    level: Annotated[str, typer.Argument(metavar="[LEVEL]", help=_("How far the student has come."))] = "",
    remove: Annotated[bool, typer.Option("--remove", help=_("The student does not learn it any more."))] = False,
    new: New = False,
) -> None:
    """Write which subject a student learns, at which level."""
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.people.students import remove_subject, set_subject

    with writing(ctx) as school:
        student_id = choose(find_student, school.db, student, include_archived=True)
        known_as, _client_id = _known_as(school, student_id)
        if remove:
            if not remove_subject(school, student_id, choose(find_entry, school.db, "subjects", subject)):
                raise NotFound(
                    _('{name} does not learn "{subject}".').format(name=known_as, subject=subject),
                    _("'schoolcrm students show {id}' names the subjects.").format(id=student_id),
                )
            message = _('{name} does not learn "{subject}" any more.')
        else:
            subject_id = entry_named(school, "subjects", subject, new=new)
            assert subject_id is not None
            set_subject(school, student_id, subject_id, entry_named(school, "levels", level, new=new))
            message = _('{name} learns "{subject}", level "{level}".') if level else _('{name} learns "{subject}".')
    done(ctx, message.format(name=known_as, subject=subject, level=level), id=student_id)


def _told(
    school: "WritableSchool",
    texts: dict[str, str],
    teachers: list[str],
    subjects: list[str],
    own: list[str],
    unset: list[str],
    *,
    new: bool,
) -> "NewStudent":
    from schoolcrm.core.listing.student_fields import STUDENTS
    from schoolcrm.core.people.custom_fields import is_own, own_names, told_values, with_own_named
    from schoolcrm.core.people.facts import can_be_emptied, emptied, read_facts
    from schoolcrm.core.people.students import NewStudent

    unset = with_own_named(school.db, "student", unset, [*can_be_emptied(STUDENTS), *_TEACHER])
    plain = [field for field in unset if not is_own(field) and not _is_teacher(field)]
    numbers = (entry_named(school, "teachers", name, new=new) for name in teachers)
    return NewStudent(
        {
            **emptied(STUDENTS, plain, ["teacher", *own_names(school.db, "student")]),
            **read_facts(STUDENTS, texts, school.today),
        },
        subjects_named(school, subjects, new=new),
        [number for number in numbers if number is not None],
        told_values(school.db, "student", own, unset, school.today),
    )


def subjects_named(school: "WritableSchool", texts: list[str], *, new: bool) -> list[tuple[int, int | None]]:
    """Return the subjects and levels of SUBJECT or SUBJECT:LEVEL."""
    pairs: dict[int, int | None] = {}
    for text in texts:
        subject, _colon, level = text.partition(":")
        subject_id = entry_named(school, "subjects", subject.strip(), new=new)
        if subject_id is not None:
            pairs[subject_id] = entry_named(school, "levels", level.strip(), new=new)
    return list(pairs.items())


def _is_teacher(field: str) -> bool:
    return field.strip().casefold().replace("-", "_") in _TEACHER


def _known_as(school: "WritableSchool", student_id: int) -> tuple[str, int]:
    name, client_id = school.db.execute("SELECT name, client_id FROM student WHERE id = ?", (student_id,)).fetchone()
    return str(name), int(client_id)
