"""The neutral table: what a report says, whatever prints it."""

from datetime import date

from schoolcrm.reports.table import Column, Fact, Kind, Table


def test_a_fact_has_the_meaning_of_a_column() -> None:
    fact = Fact("state", "State", Kind.CODE, "held", {"held": "took place"})
    assert fact.column == Column("state", "State", Kind.CODE, {"held": "took place"})


def test_columns_are_text_and_visible_unless_said_otherwise() -> None:
    column = Column("name", "Name")
    assert column.kind is Kind.TEXT
    assert not column.hidden


def test_rows_may_be_an_iterator_that_is_read_once() -> None:
    table = Table("days", "Days", [Column("day", "Day", Kind.DATE)], iter([(date(2026, 9, 1),)]))
    assert list(table.rows) == [(date(2026, 9, 1),)]
    assert list(table.rows) == []


def test_every_kind_names_itself_in_json() -> None:
    assert [kind.value for kind in (Kind.MONEY, Kind.DATE, Kind.CODE)] == ["money", "date", "code"]
