"""Lists whose columns the operator chooses: a listing of the registry of fields as a table (R52)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schoolcrm.core.language import _, translated
from schoolcrm.core.listing.fields import CUSTOM, Field
from schoolcrm.reports.table import Column, Fact, Kind, Table

if TYPE_CHECKING:
    from schoolcrm.core.listing.rows import Listing, Wish


def listing_table(listing: "Listing", wish: "Wish", *, report: str, title: str) -> Table:
    """Return the rows with the columns asked for; the head says what was asked."""
    return Table(
        report=report,
        title=title,
        columns=[column_of(field) for field in listing.fields],
        rows=listing.rows,
        parameters=list(_parameters(listing, wish)),
    )


def column_of(field: Field) -> Column:
    """Return the column that a field makes, with its heading in the language in use."""
    words = translated(field.words)
    return Column(field.key, label_of(field), Kind(field.kind), words, Kind(field.items))


def label_of(field: Field) -> str:
    """Return the field's name in the language in use; what the school has named stays as it is."""
    return field.label if field.key.startswith(CUSTOM) else _(field.label)


def _parameters(listing: "Listing", wish: "Wish") -> Iterator[Fact]:
    if wish.query:
        yield Fact("query", _("Query"), Kind.LIST, list(wish.query))
    if wish.sort:
        yield Fact("sort", _("Sorted by"), Kind.LIST, list(wish.sort))
    if listing.scope != "visible":
        words = {"deleted": _("deleted too"), "archived": _("archived"), "all": _("all, archived and deleted too")}
        yield Fact("scope", _("Shown"), Kind.CODE, listing.scope, words)
