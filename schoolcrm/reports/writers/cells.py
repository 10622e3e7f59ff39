"""What one cell becomes: words for people, plain values for programs. One formatter is made per column."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from schoolcrm.core.language import _, current_language
from schoolcrm.core.rules.dates import Period, human_date, human_weekday
from schoolcrm.core.rules.money import human_money, machine_money
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.reports.table import Column, Fact, Kind

Shown = Callable[[Any], str]
Converted = Callable[[Any], Any]

REMEMBERED = 4096  # sums and dates repeat; a bounded memory keeps long tables quick and flat


def for_people(column: Column, clean: Callable[[str], str] = one_line) -> Shown:
    """Return what turns a cell of the column into text for people; absent cells become empty text.

    ``clean`` is applied to text from data: ``safetext.one_line`` or ``safetext.printable``.
    """
    if column.kind is Kind.LIST:
        item = for_people(column._replace(kind=column.items), clean)
        return lambda cells: ", ".join(map(item, cells)) if cells else ""
    if column.kind is Kind.TEXT:
        return _shown_text(clean)
    if column.kind is Kind.INTEGER:
        return lambda cell: "" if cell is None else str(cell)
    show = _shown_code(column.words, clean) if column.kind is Kind.CODE else _PEOPLE[column.kind]
    return lru_cache(REMEMBERED)(lambda cell: "" if cell is None else show(cell))


def fact_for_people(fact: Fact, clean: Callable[[str], str] = one_line) -> str:
    """Return the value of the fact as people read it."""
    return for_people(fact.column, clean)(fact.value)


def for_machines(column: Column) -> Converted | None:
    """Return what turns a cell of the column into its JSON value; None: the cell is that value already."""
    if column.kind is Kind.LIST:
        return _list_for_machines(for_machines(column._replace(kind=column.items)))
    convert = _MACHINES.get(column.kind)
    if convert is None:
        return None
    return lru_cache(REMEMBERED)(lambda cell: None if cell is None else convert(cell))


def fact_for_machines(fact: Fact) -> Any:
    """Return the value of the fact as JSON has it."""
    convert = for_machines(fact.column)
    return convert(fact.value) if convert else fact.value


def as_date(cell: date | str) -> date:
    """Return the day of a DATE cell, which may be ISO text."""
    return date.fromisoformat(cell) if isinstance(cell, str) else cell


def as_time(cell: time | str) -> time:
    """Return the time of a TIME cell, which may be ISO text."""
    return time.fromisoformat(cell) if isinstance(cell, str) else cell


def as_moment(cell: datetime | str) -> datetime:
    """Return the moment of a MOMENT cell, which may be ISO text."""
    return datetime.fromisoformat(cell) if isinstance(cell, str) else cell


def decimal_mark(text: str) -> str:
    """Return the digits with the decimal mark of the language in use."""
    return text.replace(".", ",") if current_language() == "ru" else text


def _shown_text(clean: Callable[[str], str]) -> Shown:
    def show(cell: Any) -> str:
        if cell is None:
            return ""
        text = cell if type(cell) is str else str(cell)
        return text if text.isprintable() else clean(text)

    return show


def _shown_code(words: Mapping[str, str], clean: Callable[[str], str]) -> Shown:
    return lambda code: clean(words.get(code) or str(code))


def _list_for_machines(item: Converted | None) -> Converted:
    if item is None:
        return lambda cells: None if cells is None else list(cells)
    return lambda cells: None if cells is None else [item(cell) for cell in cells]


def _human_phone(e164: str) -> str:
    from schoolcrm.core.rules.phones import human_phone

    return one_line(human_phone(e164))


def _human_number(cell: Any) -> str:
    if isinstance(cell, int):
        return str(cell)
    return decimal_mark(f"{cell:.2f}".rstrip("0").rstrip("."))


def _human_share(cell: Any) -> str:
    percent = decimal_mark(f"{cell * 100:.1f}".removesuffix(".0"))
    return _("{number}%").format(number=percent)


def _human_moment(cell: datetime | str) -> str:
    moment = as_moment(cell)
    return f"{human_date(moment.date())} {moment:%H:%M}"


def _machine_moment(cell: datetime | str) -> str:
    """Return the moment in UTC, so that programs read one form everywhere: 2026-09-01T15:00:00Z."""
    moment = as_moment(cell)
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _human_period(period: Period) -> str:
    first = human_date(period.first) if period.first else ""
    last = human_date(period.last) if period.last else ""
    if first and last:
        return first if first == last else f"{first} – {last}"
    if first:
        return _("from {date}").format(date=first)
    return _("to {date}").format(date=last) if last else _("all time")


def _plain_number(cell: Any) -> int | float:
    return cell if isinstance(cell, int) else float(cell)


def _iso_period(period: Period) -> dict[str, str | None]:
    return {
        "from": period.first.isoformat() if period.first else None,
        "to": period.last.isoformat() if period.last else None,
    }


_PEOPLE: dict[Kind, Shown] = {
    Kind.PHONE: _human_phone,
    Kind.MONEY: human_money,
    Kind.DATE: lambda cell: human_date(as_date(cell)),
    Kind.TIME: lambda cell: f"{as_time(cell):%H:%M}",
    Kind.MOMENT: _human_moment,
    Kind.NUMBER: _human_number,
    Kind.SHARE: _human_share,
    Kind.BOOL: lambda cell: _("yes") if cell else _("no"),
    Kind.WEEKDAY: human_weekday,
    Kind.PERIOD: _human_period,
}

_MACHINES: dict[Kind, Converted] = {
    Kind.MONEY: machine_money,
    Kind.DATE: lambda cell: as_date(cell).isoformat(),
    Kind.TIME: lambda cell: f"{as_time(cell):%H:%M}",
    Kind.MOMENT: _machine_moment,
    Kind.NUMBER: _plain_number,
    Kind.SHARE: lambda cell: round(float(cell), 4),
    Kind.BOOL: bool,
    Kind.PERIOD: _iso_period,
}
