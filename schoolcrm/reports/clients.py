"""The list of clients (R52)."""

import sqlite3
from datetime import date

from schoolcrm.core.language import _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Listing, Wish, list_rows
from schoolcrm.reports.listings import listing_table
from schoolcrm.reports.table import Table


def find_clients(db: sqlite3.Connection, today: date, wish: Wish) -> Listing:
    """Return the clients that answer to the query, as rows of the columns asked for; raises BadValue."""
    return list_rows(db, today, CLIENTS, wish)


def clients_table(listing: Listing, wish: Wish) -> Table:
    """Return the list of clients as a table."""
    return listing_table(listing, wish, report="clients", title=_("Clients"))
