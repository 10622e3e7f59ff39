"""What the modules of `schoolcrm schedule` share: the group of its commands, an option, what a line is given by."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import entry_named
from schoolcrm.core.language import _
from schoolcrm.lazy import group

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("The regular schedule of groups and students."))

Hide = Annotated[str, typer.Option("--hide", metavar="COLUMNS", help=_("Leave out columns: room,teacher,subject."))]


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
