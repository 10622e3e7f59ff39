"""What the modules of `schoolcrm lessons` share: the group its commands are added to, and how a lesson is named."""

from typing import Annotated

import typer

from schoolcrm.core.language import _
from schoolcrm.lazy import group

app = group(_("Lessons: hold them and mark who came."))

LessonRef = Annotated[
    str,
    typer.Argument(
        metavar="GROUP|LESSON", help=_("The group, the student of an individual lesson, or a lesson's number.")
    ),
]
OnDay = Annotated[str, typer.Argument(metavar="[DATE]", help=_("Day; default: today."))]
At = Annotated[str, typer.Option("--at", metavar="HH:MM", help=_("Which lesson of the day."))]
EvenSo = Annotated[bool, typer.Option("--even-so", help=_("Also a lesson after today."))]
