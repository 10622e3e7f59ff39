"""Which client, student, group… is meant, where a command may be told one or none."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.session import choose
from schoolcrm.core.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from schoolcrm.core.store.database import School
    from schoolcrm.reports.schedule import Scope

OneClient = Annotated[str, typer.Argument(metavar="[CLIENT]", help=_("Only this client's."))]
OfClient = Annotated[str, typer.Option("--client", help=_("Only this client's students."))]
OfStudent = Annotated[str, typer.Option("--student", help=_("Only this student."))]
OfGroup = Annotated[str, typer.Option("--group", help=_("Only this group."))]
OfTeacher = Annotated[str, typer.Option("--teacher", help=_("Only this teacher."))]
OfRoom = Annotated[str, typer.Option("--room", help=_("Only this room."))]
OfSubjects = Annotated[list[str], typer.Option("--subject", help=_("Only these subjects; repeatable."))]
OfTypes = Annotated[list[str], typer.Option("--type", help=_("Only these lesson types; repeatable."))]


def record_asked(find: "Callable[..., int]", school: "School", *ref: str, include_archived: bool = False) -> int | None:
    """Return the record that the finder finds by the name, which comes last; None for an empty name.

    Raises Ambiguous, NotFound, BadValue.
    """
    return choose(find, school.db, *ref, include_archived=include_archived) if ref[-1] else None


def client_asked(school: "School", ref: str, *, include_archived: bool = True) -> tuple[int | None, str]:
    """Return the client named (by a student's name too) and the client's name; None and "" for an empty name.

    Raises Ambiguous, NotFound, BadValue.
    """
    if not ref:
        return None, ""

    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    client_id = choose(find_client, school.db, ref, include_archived=include_archived)
    return client_id, client_name(school.db, client_id)


def owner_asked(school: "School", group: str, student: str) -> dict[str, int | None]:
    """Return whose lessons are named, by column: the group's or a student's own.

    Raises Ambiguous, NotFound, BadValue.
    """
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_student

    return {
        "group_id": record_asked(find_group, school, group),
        "student_id": record_asked(find_student, school, student),
    }


def scope_asked(
    school: "School", client: str, student: str, group: str, teacher: str, room: str, *, include_archived: bool = False
) -> "Scope":
    """Return whose lessons are asked for; with `include_archived` also of groups, teachers and rooms put away since.

    Raises Ambiguous, NotFound, BadValue.
    """
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_client, find_student
    from schoolcrm.reports.schedule import Scope

    return Scope(
        client_id=record_asked(find_client, school, client),
        student_id=record_asked(find_student, school, student),
        group_id=record_asked(find_group, school, group, include_archived=include_archived),
        teacher_id=record_asked(find_entry, school, "teachers", teacher, include_archived=include_archived),
        room_id=record_asked(find_entry, school, "rooms", room, include_archived=include_archived),
    )
