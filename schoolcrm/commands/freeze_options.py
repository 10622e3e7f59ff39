"""What freezing a student and freezing a group have in common on the command line (R25)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.session import say
from schoolcrm.core.language import _

if TYPE_CHECKING:
    from schoolcrm.core.learning.freezing import Changed

FirstDay = Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day without lessons."))]
LastDay = Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day without lessons."))]
Excused = Annotated[bool, typer.Option("--excused", help=_("Subscriptions running then end later by its days."))]
Reason = Annotated[str, typer.Option("--reason", help=_("Why, in your own words."))]


def say_ends(ctx: typer.Context, changes: Iterable["Changed"]) -> None:
    """Say which subscriptions end on another day now."""
    from schoolcrm.core.rules.dates import human_date

    if ctx.obj.result_format:
        return
    for number, last_on in dict(end for one in changes for end in one.ends).items():
        say(ctx, _("Subscription {id} is valid to {last} now.").format(id=number, last=human_date(last_on)))


def freeze_json(changed: "Changed") -> dict[str, object]:
    """Return a freeze made or taken back as --format json prints it, with the new ends of subscriptions."""
    freeze = changed.freeze
    return {
        "id": freeze.id,
        "student_id": freeze.student_id,
        "from": freeze.first_on,
        "to": freeze.last_on,
        "days": freeze.days,
        "excused": freeze.excused,
        "subscriptions": [{"id": number, "last": str(last_on)} for number, last_on in changed.ends],
    }
