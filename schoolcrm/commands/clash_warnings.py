"""Warnings of what a change of the schedule, of a lesson or of a group clashes with (R22)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from schoolcrm.commands.session import say
from schoolcrm.core.language import _

if TYPE_CHECKING:
    import typer

    from schoolcrm.core.store.database import School

LOOK_FOR_CLASHES = timedelta(weeks=5)


def clashes_of_line(school: "School", slot_id: int, first: date) -> list[str]:
    """Return what a line of the schedule clashes with in its first weeks from today."""
    from schoolcrm.core.learning.clashes import clashes_of_slot
    from schoolcrm.reports.clashes import clash_sentences

    begin = max(first, school.today)
    return clash_sentences(school.db, clashes_of_slot(school.db, slot_id, begin, begin + LOOK_FOR_CLASHES))


def clashes_of_lesson(school: "School", lesson_id: int, on: date) -> list[str]:
    """Return what a stored lesson clashes with on its day."""
    from schoolcrm.core.learning import lesson_changes
    from schoolcrm.reports.clashes import clash_sentences

    return clash_sentences(school.db, lesson_changes.clashes_of_lesson(school.db, lesson_id, on))


def clashes_of_member(
    school: "School", group_id: int, student_id: int, first: date, last: date | None = None
) -> list[str]:
    """Return where else a new member has to be at the group's lessons of the first weeks from today."""
    from schoolcrm.core.learning import clashes
    from schoolcrm.reports.clashes import clash_sentences

    begin = max(first, school.today)
    end = min(last or date.max, begin + LOOK_FOR_CLASHES)
    return clash_sentences(school.db, clashes.clashes_of_member(school.db, group_id, student_id, begin, end))


def warn(ctx: "typer.Context", sentences: Iterable[str]) -> None:
    """Say each sentence as a warning."""
    for sentence in sentences:
        say(ctx, _("warning: {sentence}").format(sentence=sentence))
