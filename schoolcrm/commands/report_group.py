"""The group `schoolcrm report`, to which the modules of reports add their commands."""

from schoolcrm.core.language import _
from schoolcrm.lazy import elsewhere, group

app = group(_("Reports: reconciliation, forecast, journal, debtors."))
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
