"""What the modules of `schoolcrm report` share: the group their commands are added to, and an option."""

from typing import Annotated

import typer

from schoolcrm.core.language import _
from schoolcrm.lazy import elsewhere, group

app = group(_("Reports: reconciliation, forecast, journal, debtors."))
SkipArchived = Annotated[bool, typer.Option("--skip-archived", help=_("Leave archived clients out."))]
# In the order of the help page; the module of the one that is asked for declares it.
REPORTS = {
    "report_contracts": ("contracts",),
    "report_school": ("who-pays", "at-risk", "no-subscription", "schedule"),
    "report_statuses": ("funnel", "renewals"),
    "report_visitors": ("attendees", "tests", "ltv"),
}
for module, reports in REPORTS.items():
    for report in reports:
        app.command(report)(elsewhere(module))
