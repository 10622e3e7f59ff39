"""Renewals to come: when each client is expected to buy next, by the usual interval between purchases (R13)."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.rules.renewals import Renewal, Rhythm, next_renewal
from schoolcrm.reports.table import Column, Fact, Kind, Table

MOST_DAYS_AHEAD = 3650

# The days of one client after the other, in the order in which they lie: nothing is kept of those who were looked at.
_PURCHASES = """
    SELECT id, name, name_key, last_purchase_on,
           (SELECT group_concat(sold_on) FROM purchase WHERE client_id = visible_client.id)
      FROM visible_client
"""


class ExpectedClient(NamedTuple):
    """A client and what is expected of them."""

    client_id: int
    client: str
    renewal: Renewal


def find_renewals(
    db: sqlite3.Connection, today: date, rhythm: Rhythm, *, due_within: int | None = None
) -> list[ExpectedClient]:
    """Return the clients who are expected to buy again, the soonest first, then by name (R13).

    `due_within`: only who is expected up to so many days from today, overdue ones too. An imported last purchase
    counts as one. Archived and deleted clients are never there, nor who leaves no interval to count.
    """
    latest = today + timedelta(days=due_within) if due_within is not None else date.max
    found = []
    for client_id, name, name_key, days in _purchase_days(db):
        renewal = next_renewal(days, today, rhythm)
        if renewal and (expected_on := renewal.expected_on) <= latest:
            found.append((expected_on, name_key, client_id, ExpectedClient(client_id, name, renewal)))
    found.sort()
    return [client for *_order, client in found]


def _purchase_days(db: sqlite3.Connection) -> Iterator[tuple[int, str, str, list[date]]]:
    """Yield each client's id, name, folded name and the days of their purchases; who has but one is left out."""
    day_of = cache(date.fromisoformat)
    for client_id, name, name_key, imported_on, sold_on in db.execute(_PURCHASES):
        days = set(sold_on.split(",")) if sold_on else set()
        if imported_on and days:
            days.add(imported_on)
        if len(days) > 1:
            yield client_id, name, name_key, [day_of(day) for day in days]


def renewals_table(found: list[ExpectedClient], today: date, rhythm: Rhythm, *, due_within: int | None = None) -> Table:
    """Return the renewals as a table whose head tells the settings in force."""
    parameters = [Fact("today", _("Today"), Kind.DATE, today)]
    if due_within is not None:
        parameters.append(Fact("due_within", _("Expected within, days"), Kind.INTEGER, due_within))
    return Table(
        report="renewals",
        title=_("Renewals to come"),
        parameters=[*parameters, *_choices(rhythm)],
        columns=(
            Column("client_id", _("No."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("last_purchase", _("Last purchase"), Kind.DATE),
            Column("interval_days", _("Average interval, days"), Kind.NUMBER),
            Column("expected", _("Expected"), Kind.DATE),
        ),
        rows=[
            (client_id, name, renewal.last_on, renewal.average_days, renewal.expected_on)
            for client_id, name, renewal in found
        ],
        notes=[_("Clients with fewer than two days of purchases to count are not listed.")],
    )


def _choices(rhythm: Rhythm) -> list[Fact]:
    return [
        Fact(
            "interval_longest_days",
            _("Longest interval that counts, days (0: any)"),
            Kind.INTEGER,
            rhythm.longest_days,
        ),
        Fact(
            "interval_drop_extremes",
            _("Without the shortest and the longest interval"),
            Kind.BOOL,
            rhythm.drop_extremes,
        ),
        Fact(
            "interval_look_back_days",
            _("Purchases of the last days that count (0: all)"),
            Kind.INTEGER,
            rhythm.look_back_days,
        ),
        Fact(
            "interval_forget_days",
            _("Left out after days without a purchase (0: never)"),
            Kind.INTEGER,
            rhythm.forget_days,
        ),
    ]
