"""The options that name a period: --from, --to, --period."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _

if TYPE_CHECKING:
    from schoolcrm.core.rules.dates import Period
    from schoolcrm.core.store.database import School

From = Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day."))]
To = Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day."))]
PeriodName = Annotated[
    str,
    typer.Option(
        "--period", metavar="PERIOD", help=_("2026-09, 2026, 2026-Q3, this-month, last-month, this-week, all.")
    ),
]


def period_of(school: "School", first: str, last: str, period: str, *, default: str = "this-month") -> "Period":
    """Return the period asked for; `default` when nothing is.

    Raises WrongUsage when --period stands beside --from or --to, BadValue when the first day is after the last.
    """
    from schoolcrm.core.rules.dates import Period, human_date, parse_date, parse_period

    if period and (first or last):
        raise WrongUsage(_("--period can't stand beside --from or --to."), _("Give the one or the others."))
    if not (first or last):
        return parse_period(period or default, school.today)
    begins = parse_date(first, school.today) if first else None
    ends = parse_date(last, school.today) if last else None
    if begins and ends and begins > ends:
        raise BadValue(
            _("The period would begin on {first}, after its end on {last}.").format(
                first=human_date(begins), last=human_date(ends)
            ),
            _("Exchange --from and --to."),
        )
    return Period(begins, ends)
