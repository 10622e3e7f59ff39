"""The funnel («Воронка продаж»): how clients come through the base statuses in a period, from the history (R1, R10)."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.funnel import Step, Tally, count_funnel
from schoolcrm.core.rules.status import FUNNEL, base_name
from schoolcrm.reports.table import Chart, Column, Fact, Kind, Sections, Table

# The order of the client's rows and of the index: nothing is sorted, nothing is kept but the client at hand.
_HISTORY = """
    SELECT client.id, iif(:by_source, client.source_id, NULL), status.base, status_change.on_date
      FROM client
     CROSS JOIN status_change ON status_change.client_id = client.id
     CROSS JOIN status ON status.id = status_change.to_id
     WHERE status_change.scale = 'funnel'
       AND (NOT :skip_archived OR client.archived_on IS NULL)
     ORDER BY client.id, status_change.on_date, status_change.id
"""


class FunnelRow(NamedTuple):
    """One base of the funnel, of one source or of all; `to_next` is a share from 0 to 1."""

    source: str | None
    base: str
    entered: int
    now: int
    to_next: float | None
    median_days: int | float | None


def find_funnel(
    db: sqlite3.Connection, period: Period, today: date, *, by_source: bool = False, skip_archived: bool = False
) -> list[FunnelRow]:
    """Return a row for each base in the order of R1; with `by_source`, for each source and base.

    Sources come by name, clients without one last; a source without anybody in the funnel is left out.
    A period open at its end lasts up to today. Deleted clients are counted, archived ones on demand not (R7).
    """
    asked = {"by_source": by_source, "skip_archived": skip_archived}
    counted = count_funnel(_steps(db, asked), period._replace(last=period.last or today))
    if not by_source:
        return list(_rows(None, counted.get(None, {})))
    names = db.execute("SELECT id, name FROM source ORDER BY name_key").fetchall()
    sources = [*names, (None, None)]
    return [row for number, name in sources if number in counted for row in _rows(name, counted[number])]


def _steps(db: sqlite3.Connection, asked: Mapping[str, bool]) -> Iterator[Step]:
    day = lru_cache(maxsize=4096)(date.fromisoformat)
    for client_id, line, base, on in db.execute(_HISTORY, asked):
        yield client_id, line, base, day(on)


def _rows(source: str | None, counted: Mapping[str, Tally]) -> Iterator[FunnelRow]:
    for base in FUNNEL:
        tally = counted.get(base) or Tally()
        yield FunnelRow(source, base, tally.entered, tally.now, tally.share(base), tally.median_days())


def funnel_table(
    found: list[FunnelRow], period: Period, *, by_source: bool = False, skip_archived: bool = False
) -> Table:
    """Return the funnel as a table with its picture; the source is a column only `by_source`."""
    parameters = [Fact("period", _("Period"), Kind.PERIOD, period)]
    if by_source:
        parameters.append(Fact("by_source", _("By source"), Kind.BOOL, True))
    if skip_archived:
        parameters.append(Fact("skip_archived", _("Without archived clients"), Kind.BOOL, True))
    columns = (
        Column("source", _("Source"), beside=True),
        Column("base", _("Base status"), Kind.CODE, words={base: base_name("funnel", base) for base in FUNNEL}),
        Column("entered", _("Entered"), Kind.INTEGER),
        Column("now", _("On the last day"), Kind.INTEGER),
        Column("to_next", _("Went further"), Kind.SHARE),
        Column("median_days", _("Median days"), Kind.NUMBER),
    )
    return Table(
        report="funnel",
        title=_("Sales funnel"),
        parameters=parameters,
        columns=columns if by_source else columns[1:],
        rows=found if by_source else [row[1:] for row in found],
        notes=[
            _("Went further: the share of those who entered and later came to a further status on the way to buying.")
        ],
        sections=Sections("source", absent=_("No source")) if by_source else None,
        chart=Chart(_("Clients"), ("entered", "now"), label="base"),
    )
