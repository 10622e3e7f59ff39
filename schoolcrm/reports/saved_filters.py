"""The filters of lists that are saved under a name (R52)."""

from collections.abc import Sequence

from schoolcrm.core.language import _
from schoolcrm.core.listing.saved_filters import SavedFilter
from schoolcrm.reports.table import Column, Kind, Table


def saved_filters_table(saved: Sequence[SavedFilter]) -> Table:
    """Return the saved filters of one kind of list as a table."""
    columns = [
        Column("name", _("Name"), Kind.TEXT),
        Column("terms", _("Query"), Kind.LIST),
        Column("columns", _("Columns"), Kind.LIST),
        Column("sort", _("Sorted by"), Kind.LIST),
    ]
    return Table(report="filters", title=_("Saved filters"), columns=columns, rows=saved)
