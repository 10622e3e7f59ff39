"""What the modules of `schoolcrm schedule` share: the group its commands are added to, and whose lessons are meant."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import entry_named
from schoolcrm.commands.session import choose
from schoolcrm.core.language import _
from schoolcrm.lazy import group

if TYPE_CHECKING:
    from schoolcrm.core.store.database import School
    from schoolcrm.core.store.transaction import WritableSchool
    from schoolcrm.reports.schedule import Scope

app = group(_("The regular schedule of groups and students."))

OfClient = Annotated[str, typer.Option("--client", help=_("Only this client's students."))]
OfStudent = Annotated[str, typer.Option("--student", help=_("Only this student."))]
OfGroup = Annotated[str, typer.Option("--group", help=_("Only this group."))]
OfTeacher = Annotated[str, typer.Option("--teacher", help=_("Only this teacher."))]
OfRoom = Annotated[str, typer.Option("--room", help=_("Only this room."))]


def scope_of(school: "School", client: str, student: str, group: str, teacher: str, room: str) -> "Scope":
    """Return whose lessons are asked for, each named as people name them."""
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_client, find_student
    from schoolcrm.reports.schedule import Scope

    return Scope(
        client_id=choose(find_client, school.db, client) if client else None,
        student_id=choose(find_student, school.db, student) if student else None,
        group_id=choose(find_group, school.db, group) if group else None,
        teacher_id=choose(find_entry, school.db, "teachers", teacher) if teacher else None,
        room_id=choose(find_entry, school.db, "rooms", room) if room else None,
    )


def entries(
    school: "WritableSchool", subject: str, teacher: str, room: str, lesson_type: str, *, new: bool
) -> dict[str, int | None]:
    """Return the catalogue entries that a line is given by their columns; None for an empty name."""
    return {
        "subject_id": entry_named(school, "subjects", subject, new=new),
        "teacher_id": entry_named(school, "teachers", teacher, new=new),
        "room_id": entry_named(school, "rooms", room, new=new),
        "lesson_type_id": entry_named(school, "lesson-types", lesson_type, new=new),
    }
