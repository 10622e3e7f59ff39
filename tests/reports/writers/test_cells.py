"""One cell in words for people and as a value for programs."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from schoolcrm.core.language import use_language
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.table import Column, Fact, Kind
from schoolcrm.reports.writers.cells import fact_for_machines, fact_for_people, for_machines, for_people

_DAY = date(2026, 9, 1)
_MOMENT = datetime(2026, 9, 1, 18, 30, 5)  # noqa: DTZ001  the school's own time has no zone


@pytest.mark.parametrize(
    ("kind", "cell", "english", "russian"),
    [
        (Kind.TEXT, "a\x1b[1m\nb", "a[1m b", "a[1m b"),
        (Kind.TEXT, 12, "12", "12"),
        (Kind.PHONE, "+79161234567", "+7 916 123-45-67", "+7 916 123-45-67"),
        (Kind.MONEY, -125050, "-1,250.50", "-1\u00a0250,50"),
        (Kind.DATE, _DAY, "2026-09-01", "01.09.2026"),
        (Kind.DATE, "2026-09-01", "2026-09-01", "01.09.2026"),
        (Kind.TIME, time(9, 5), "09:05", "09:05"),
        (Kind.TIME, "18:00", "18:00", "18:00"),
        (Kind.MOMENT, _MOMENT, "2026-09-01 18:30", "01.09.2026 18:30"),
        (Kind.MOMENT, "2026-09-01T18:30:05", "2026-09-01 18:30", "01.09.2026 18:30"),
        (Kind.INTEGER, 12345, "12345", "12345"),
        (Kind.NUMBER, 30.5, "30.5", "30,5"),
        (Kind.NUMBER, Decimal("4.00"), "4", "4"),
        (Kind.NUMBER, 100, "100", "100"),
        (Kind.NUMBER, 13 / 3, "4.33", "4,33"),
        (Kind.SHARE, 2 / 3, "66.7%", "66,7\xa0%"),
        (Kind.CODE, "unknown", "unknown", "unknown"),
        (Kind.PERIOD, Period(_DAY, date(2026, 9, 30)), "2026-09-01 – 2026-09-30", "01.09.2026 – 30.09.2026"),
        (Kind.PERIOD, Period(_DAY, _DAY), "2026-09-01", "01.09.2026"),
    ],
)
def test_people_read_cells_in_their_language(kind: Kind, cell: Any, english: str, russian: str) -> None:
    column = Column("key", "Label", kind)
    assert for_people(column)(cell) == english
    use_language("ru")
    assert for_people(column)(cell) == russian


def test_open_periods_yes_and_no_and_weekdays_in_words() -> None:
    shown = [fact_for_people(Fact("p", "P", Kind.PERIOD, Period(*days))) for days in ((_DAY, None), (None, _DAY))]
    assert shown == ["from 2026-09-01", "to 2026-09-01"]
    assert fact_for_people(Fact("p", "P", Kind.PERIOD, Period(None, None))) == "all time"
    assert [for_people(Column("b", "B", Kind.BOOL))(cell) for cell in (True, 0)] == ["yes", "no"]
    assert for_people(Column("w", "W", Kind.WEEKDAY))(1) != for_people(Column("w", "W", Kind.WEEKDAY))(7)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PERIOD])
def test_an_absent_cell_is_empty_for_people_and_null_for_programs(kind: Kind) -> None:
    column = Column("key", "Label", kind)
    convert = for_machines(column)
    assert for_people(column)(None) == ""
    assert convert is None or convert(None) is None


def test_codes_are_words_for_people_and_codes_for_programs() -> None:
    column = Column("state", "State", Kind.CODE, {"held": "состоялось"})
    assert for_people(column)("held") == "состоялось"
    assert for_machines(column) is None


def test_a_list_follows_the_kind_of_its_items() -> None:
    dates = Column("dates", "Dates", Kind.LIST, items=Kind.DATE)
    convert = for_machines(dates)
    assert for_people(dates)((_DAY, "2026-09-08")) == "2026-09-01, 2026-09-08"
    assert convert is not None
    assert convert((_DAY,)) == ["2026-09-01"]
    assert convert(()) == []


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        (Kind.MONEY, -125050, "-1250.50"),
        (Kind.DATE, _DAY, "2026-09-01"),
        (Kind.TIME, "18:00:00", "18:00"),
        (Kind.MOMENT, _MOMENT, "2026-09-01T18:30:05"),
        (Kind.NUMBER, Decimal("30.5"), 30.5),
        (Kind.NUMBER, 7, 7),
        (Kind.SHARE, 2 / 3, 0.6667),
        (Kind.BOOL, 1, True),
        (Kind.PERIOD, Period(_DAY, None), {"from": "2026-09-01", "to": None}),
        (Kind.TEXT, "x", "x"),
    ],
)
def test_programs_read_the_same_whatever_the_language(kind: Kind, cell: Any, expected: Any) -> None:
    use_language("ru")
    assert fact_for_machines(Fact("key", "Label", kind, cell)) == expected
