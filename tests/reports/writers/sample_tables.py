"""Small tables that the tests of the writers print: a reconciliation, a journal in sections, hostile text."""

from datetime import date, datetime, time
from decimal import Decimal

from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.table import Chart, Column, Fact, Kind, Sections, Table

HOSTILE = (
    "[red]x[/]",
    "[/]",
    ":smile:",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "#N/A",
    " =1+1",
    "\x1b[31mred",
    "\x9b31mred",
    "abc\u202edcb",
    "\u2066x\u2069",
    "<script>alert('x')</script>",
    "a|b",
    "one\ntwo\r\nthree",
    "tab\there",
    'quo"te; and, comma',
    "nul\x00bell\x07",
    "lone \ud800 surrogate",
    "line\u2028separator",
    "%s {0} {name}",
    "*bold* _it_ `code`",
    "😀 семья",
    "ё́ж",
)
UNSAFE = frozenset("\x00\x07\x08\x1b\x7f\x9b\u200b\u200e\u200f\u202a\u202d\u202e\u2066\u2069\ufeff\u2028\ud800")


def reconciliation() -> Table:
    """The worked example of the domain's reconciliation: 500 + 4000 − 1630 = 2870."""
    rows = [
        (date(2026, 9, 3), "income", "Оплата", None, 400000, None, 450000),
        (date(2026, 9, 5), "lesson", "Занятие", "Аня", None, 70000, 380000),
        (date(2026, 9, 12), "lesson", "Занятие", "Аня", None, 63000, 317000),
        (date(2026, 9, 19), "lesson", "Занятие", "Аня", None, 0, 317000),
        (date(2026, 9, 20), "refund", "Возврат", None, None, 30000, 287000),
    ]
    words = {"income": "оплата", "lesson": "занятие", "refund": "возврат"}
    return Table(
        "reconciliation",
        "Сверка",
        [
            Column("date", "Дата", Kind.DATE),
            Column("kind", "Вид", Kind.CODE, words, hidden=True),
            Column("operation", "Операция"),
            Column("student", "Ученик"),
            Column("income", "Приход", Kind.MONEY),
            Column("expense", "Расход", Kind.MONEY),
            Column("balance", "Остаток", Kind.MONEY),
        ],
        iter(rows),
        parameters=[
            Fact("client", "Клиент", Kind.TEXT, "Иванова Мария"),
            Fact("period", "Период", Kind.PERIOD, Period(date(2026, 9, 1), date(2026, 9, 30))),
            Fact("student", "Ученик", Kind.TEXT, None),
        ],
        head=[Fact("opening", "Остаток на начало", Kind.MONEY, 50000)],
        totals=[
            Fact("income", "Приход", Kind.MONEY, 400000),
            Fact("expense", "Расход", Kind.MONEY, 163000),
            Fact("closing", "Остаток на конец", Kind.MONEY, 287000),
        ],
        notes=["УП — уважительная причина."],
    )


def journal() -> Table:
    """A journal in two sections, the first with a note."""
    words = {"attended": "был", "missed": "пропуск"}
    return Table(
        "journal",
        "Журнал",
        [
            Column("date", "Дата", Kind.DATE),
            Column("state", "Отметка", Kind.CODE, words),
            Column("grade", "ДЗ", Kind.INTEGER),
            Column("lesson_type", "Тип"),
        ],
        iter(
            [
                ("2026-09-05", "attended", 5, "Групповое"),
                ("2026-09-12", "missed", None, "Групповое"),
                ("2026-09-08", "cancelled", None, None),
            ]
        ),
        totals=[Fact("attended", "Посещено", Kind.INTEGER, 1), Fact("missed", "Пропущено", Kind.INTEGER, 1)],
        sections=Sections("lesson_type", {"Групповое": "средняя 5"}),
    )


def every_kind() -> Table:
    """One row of every kind of cell, one of absent cells."""
    columns = [
        Column("text", "Text"),
        Column("phone", "Phone", Kind.PHONE),
        Column("money", "Money", Kind.MONEY),
        Column("date", "Date", Kind.DATE),
        Column("time", "Time", Kind.TIME),
        Column("moment", "Moment", Kind.MOMENT),
        Column("integer", "Integer", Kind.INTEGER),
        Column("number", "Number", Kind.NUMBER),
        Column("share", "Share", Kind.SHARE),
        Column("bool", "Bool", Kind.BOOL),
        Column("code", "Code", Kind.CODE, {"held": "состоялось"}),
        Column("weekday", "Weekday", Kind.WEEKDAY),
        Column("dates", "Dates", Kind.LIST, items=Kind.DATE),
    ]
    full = (
        "Анна",
        "+79161234567",
        -125050,
        date(2026, 9, 1),
        time(18, 0),
        datetime(2026, 9, 1, 18, 30, 5),  # noqa: DTZ001  the school's own time has no zone
        12345,
        Decimal("30.5"),
        0.6666667,
        True,
        "held",
        1,
        (date(2026, 9, 1), date(2026, 9, 8)),
    )
    return Table("kinds", "Kinds", columns, [full, (None,) * len(columns)])


def hostile(*, numbered: bool = False) -> Table:
    """Hostile text in every place where text from data can stand."""
    bad = "<b>|=1\x1b[31m\u202e[/]"
    return Table(
        "hostile",
        f"title {bad}",
        [Column("id", "№", Kind.INTEGER), Column("name", f"label {bad}"), Column("names", "names", Kind.LIST)],
        ((number, text, (text, "second")) for number, text in enumerate(HOSTILE)),
        parameters=[Fact("client", f"parameter {bad}", Kind.TEXT, bad)],
        totals=[Fact("last", f"total {bad}", Kind.TEXT, bad)],
        notes=[f"note {bad}"],
        numbered=numbered,
    )


def payments(count: int) -> Table:
    """A list of so many payments, made while it is read."""
    columns = [Column("id", "№", Kind.INTEGER), Column("client", "Клиент"), Column("amount", "Сумма", Kind.MONEY)]
    return Table("payments", "Платежи", columns, ((number, f"Клиент {number}", -number) for number in range(count)))


def funnel() -> Table:
    """Three bases of a funnel in numbers, with a chart of two columns."""
    words = {"new": "Новый", "in-work": "В работе", "bought": "Купил абонемент"}
    return Table(
        "funnel",
        "Воронка",
        [
            Column("base", "Статус", Kind.CODE, words),
            Column("entered", "Пришли", Kind.INTEGER),
            Column("now", "На конец", Kind.INTEGER),
            Column("share", "Дальше", Kind.SHARE),
        ],
        iter([("new", 40, 1, 0.5), ("in-work", 20, None, 0.3333), ("bought", 0, 300, None)]),
        chart=Chart("Клиенты", ("entered", "now"), label="base"),
    )


def funnel_by_source() -> Table:
    """The same two bases under two headings, one of them of rows without a source."""
    rows = [("Сайт", "new", 4), ("Сайт", "bought", 2), (None, "new", 8), (None, "bought", 0)]
    return Table(
        "funnel",
        "Воронка",
        [Column("source", "Источник"), Column("base", "Статус"), Column("entered", "Пришли", Kind.INTEGER)],
        iter(rows),
        sections=Sections("source", absent="Без источника"),
        chart=Chart("Пришли", ("entered",), label="base"),
    )


def ageing() -> Table:
    """Debtors whose totals by age are the chart."""
    return Table(
        "debtors",
        "Должники",
        [Column("client", "Клиент"), Column("debt", "Долг", Kind.MONEY)],
        iter([("Анна", 100000), ("Борис", 25000)]),
        totals=[
            Fact("debt", "Долг", Kind.MONEY, 125000),
            Fact("age_0_30", "0–30 дней", Kind.MONEY, 100000),
            Fact("age_31_60", "31–60 дней", Kind.MONEY, 25000),
            Fact("age_over_90", "больше 90", Kind.MONEY, 0),
        ],
        chart=Chart("Долг по давности", ("age_0_30", "age_31_60", "age_over_90")),
    )


def hostile_chart() -> Table:
    """A table with a chart whose names try to steer what shows them."""
    rows = [(text, number) for number, text in enumerate(HOSTILE)]
    return Table(
        "hostile",
        "title",
        [Column("name", "name <b>"), Column("count", "count", Kind.INTEGER)],
        rows,
        chart=Chart("chart <b>\x1b[31m\u202e", ("count",), label="name"),
    )
