"""The neutral table: what a report says, not how it is printed.

A report builds one :class:`Table`; the writers print it in every format. Cells are plain values, what they
mean is said by the :class:`Kind` of their column, and ``None`` is an absent value in any column.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What the cells of a column hold; the value is the ``type`` of the column in JSON.

    Dates, times and moments may also be the ISO text that the database holds.
    """

    TEXT = "text"
    PHONE = "phone"  # E.164 text: "+79161234567"
    MONEY = "money"  # int, kopecks
    DATE = "date"  # datetime.date
    TIME = "time"  # datetime.time
    MOMENT = "moment"  # datetime.datetime, in the school's time
    INTEGER = "integer"  # int; identifiers too: digits are not grouped
    NUMBER = "number"  # int, float or Decimal; never money
    SHARE = "share"  # number from 0 to 1, shown to people in percent
    BOOL = "bool"  # bool, or 0 and 1
    CODE = "code"  # English code, shown to people by the column's ``words``
    WEEKDAY = "weekday"  # int, 1 (Monday) to 7
    LIST = "list"  # sequence of cells of the kind ``items``
    PERIOD = "period"  # core.rules.dates.Period; for parameters


class Column(NamedTuple):
    """A column: its key in csv and JSON, its heading in the language in use, what its cells hold.

    ``words`` translates the codes of a CODE column (or of a LIST of codes) for people; a code without a
    word is shown as it is. A ``hidden`` column is for programs: csv and JSON have it, people don't see it.
    A column that stands ``beside`` those that scripts rely on follows them in csv and JSON, wherever people see it.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    words: Mapping[str, str] = MappingProxyType({})
    items: Kind = Kind.TEXT
    hidden: bool = False
    beside: bool = False


class Fact(NamedTuple):
    """One named value beside the rows: a parameter, an opening balance, a total.

    Its key is its key in JSON. A total whose key is also the key of a visible column stands under it.
    """

    key: str
    label: str
    kind: Kind
    value: Any
    words: Mapping[str, str] = MappingProxyType({})
    items: Kind = Kind.TEXT

    @property
    def column(self) -> Column:
        """The column that such values would make: key, label and meaning without the value."""
        return Column(self.key, self.label, self.kind, self.words, self.items)


class Sections(NamedTuple):
    """Rows put together under headings: by the column with the key ``column``.

    The rows must already come in that order. ``notes`` are texts printed beside the heading of the section
    with that cell, an average for example; ``absent`` is the heading of the rows without that cell. The column
    stays an ordinary one in csv, JSON and XLSX.
    """

    column: str
    notes: Mapping[Any, str] = MappingProxyType({})
    absent: str = "—"


class Chart(NamedTuple):
    """A picture of bars beside the figures, for people: on a terminal, in HTML and in XLSX.

    Of rows: ``values`` are keys of columns, each a panel of its own scale with a bar for every row, named by the
    column with the key ``label``. Without a ``label``, of totals: ``values`` are the keys of totals that follow
    one another and are of one kind, all in one panel. Figures below 0 and absent ones have no bar.
    """

    title: str
    values: Sequence[str]
    label: str = ""


class Table(NamedTuple):
    """A report or list: title, parameters that made it, rows, totals, foot text.

    ``rows`` are sequences in the order of ``columns``; they may come from an iterator and are read once.
    ``head`` holds the totals that people read before the rows (an opening balance); JSON has head and totals
    together under ``totals``. ``notes`` are lines of foot text: a legend, what was left out.
    """

    report: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    parameters: Sequence[Fact] = ()
    head: Sequence[Fact] = ()
    totals: Sequence[Fact] = ()
    notes: Sequence[str] = ()
    sections: Sections | None = None
    numbered: bool = False  # people see a first column that counts the rows: №
    chart: Chart | None = None  # of rows: for tables of moderate length, whose rows are then held in memory


def in_machine_order(table: Table) -> Table:
    """Return the table with the columns that stand beside the others behind them: as programs read it."""
    if not any(column.beside for column in table.columns):
        return table
    places = sorted(range(len(table.columns)), key=lambda place: table.columns[place].beside)
    rows = ([row[place] for place in places] for row in table.rows)
    return table._replace(columns=[table.columns[place] for place in places], rows=rows)
