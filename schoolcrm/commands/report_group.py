"""The group `schoolcrm report`, to which the modules of reports add their commands."""

from schoolcrm.core.language import _
from schoolcrm.lazy import group

app = group(_("Reports: reconciliation, forecast, journal, debtors."))
