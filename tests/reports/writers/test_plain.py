"""Aligned plain text for pipes and files."""

import io

from sample_tables import HOSTILE, UNSAFE, every_kind, hostile, journal, payments, reconciliation

from schoolcrm.core.language import use_language
from schoolcrm.reports.table import Column, Fact, Kind, Table
from schoolcrm.reports.writers.page import MEASURED_ROWS
from schoolcrm.reports.writers.plain import write_plain


def _written(table: Table, *, colour: bool = False) -> str:
    stream = io.StringIO()
    write_plain(table, stream, colour=colour)
    return stream.getvalue()


def test_a_russian_reconciliation() -> None:
    use_language("ru")
    text = _written(reconciliation()).replace("Total", "Итого")
    assert text == (
        "Сверка\n"
        "Клиент: Иванова Мария\n"
        "Период: 01.09.2026 – 30.09.2026\n"
        "\n"
        "Остаток на начало: 500,00\n"
        "\n"
        "Дата        Операция  Ученик    Приход    Расход   Остаток\n"
        "----------  --------  ------  --------  --------  --------\n"
        "03.09.2026  Оплата            4 000,00            4 500,00\n"
        "05.09.2026  Занятие   Аня                 700,00  3 800,00\n"
        "12.09.2026  Занятие   Аня                 630,00  3 170,00\n"
        "19.09.2026  Занятие   Аня                   0,00  3 170,00\n"
        "20.09.2026  Возврат                       300,00  2 870,00\n"
        "----------  --------  ------  --------  --------  --------\n"
        "Итого                         4 000,00  1 630,00\n"
        "\n"
        "Остаток на конец:  2 870,00\n"
        "\n"
        "УП — уважительная причина.\n"
    )


def test_the_same_in_english_figures() -> None:
    assert "2026-09-05  Занятие   Аня                 700.00  3,800.00\n" in _written(reconciliation())


def test_sections_stand_under_their_headings() -> None:
    lines = _written(journal()).splitlines()
    assert lines[2:] == [
        "Дата        Отметка    ДЗ",
        "----------  ---------  --",
        "Групповое: средняя 5",
        "2026-09-05  был         5",
        "2026-09-12  пропуск",
        "",
        "—",
        "2026-09-08  cancelled",
        "",
        "Посещено:   1",
        "Пропущено:  1",
    ]


def test_each_row_is_one_line_as_wide_as_its_content() -> None:
    text = _written(Table("t", "", [Column("note", "Note"), Column("n", "N")], [("x" * 300, "a\nb"), ("y", "c")]))
    assert text.splitlines()[2:] == [f"{'x' * 300}  a b", f"y{' ' * 301}c"]


def test_hostile_text_is_shown_as_text_on_its_line() -> None:
    text = _written(hostile(numbered=True))
    assert not UNSAFE & set(text)
    lines = text.splitlines()
    assert len([line for line in lines if line.endswith("second")]) == len(HOSTILE)
    assert "[red]x[/]" in text
    assert ":smile:" in text
    assert "[31mred" in text


def test_wide_and_combining_characters_keep_the_columns_aligned() -> None:
    table = Table("t", "", [Column("a", "A"), Column("b", "B")], [("😀", "x"), ("и\u0306", "x"), ("ab", "x")])
    assert _written(table).splitlines()[2:] == ["😀  x", "и\u0306   x", "ab  x"]


def test_a_longer_cell_far_down_is_printed_whole() -> None:
    rows = ((f"{'w' * (40 if number == MEASURED_ROWS else 3)}", "end") for number in range(MEASURED_ROWS + 2))
    lines = _written(Table("t", "", [Column("a", "A"), Column("b", "B")], rows)).splitlines()
    assert lines[-3:] == ["www  end", f"{'w' * 40}  end", "www  end"]


def test_an_empty_table_says_so() -> None:
    assert _written(payments(0)) == "Платежи\n\nNothing found.\n"


def test_numbered_rows_and_the_word_total_in_the_first_free_column() -> None:
    columns = [Column("id", "Id", Kind.INTEGER), Column("client", "Client"), Column("debt", "Debt", Kind.MONEY)]
    totals = [Fact("debt", "Debt", Kind.MONEY, -300)]
    table = Table("debtors", "", columns, [(7, "Anna", -300)], totals=totals, numbered=True)
    assert _written(table).splitlines() == [
        "No.  Id  Client   Debt",
        "---  --  ------  -----",
        "  1   7  Anna    -3.00",
        "---  --  ------  -----",
        "         Total   -3.00",
    ]


def test_colour_only_repeats_the_minus() -> None:
    plain, coloured = _written(payments(2)), _written(payments(2), colour=True)
    assert "\x1b[31m-0.01\x1b[0m" in coloured
    assert coloured.replace("\x1b[31m", "").replace("\x1b[1m", "").replace("\x1b[0m", "") == plain


def test_every_kind_is_shown() -> None:
    line = _written(every_kind()).splitlines()[4]
    assert line.split("  ")[0] == "Анна"
    assert line.endswith("2026-09-01, 2026-09-08")


def _half_empty(count: int) -> Table:
    columns = [Column("a", "A"), Column("b", "B"), Column("c", "C", Kind.MONEY), Column("d", "D", Kind.BOOL)]
    rows = (("x", None if number % 2 else "", None, False) for number in range(count))
    return Table("t", "", columns, rows, totals=[Fact("c", "C", Kind.MONEY, 0)])


def test_a_column_that_no_row_fills_is_left_out_unless_a_total_stands_under_it() -> None:
    assert _written(_half_empty(2)).splitlines()[0].split() == ["A", "C", "D"]


def test_without_rows_or_with_more_than_are_measured_every_column_stays() -> None:
    assert _written(_half_empty(MEASURED_ROWS)).splitlines()[0].split() == ["A", "C", "D"]
    assert _written(_half_empty(MEASURED_ROWS + 1)).splitlines()[0].split() == ["A", "B", "C", "D"]
    empty = Table("t", "", [Column("a", "A"), Column("b", "B")], [(None, "")])
    assert _written(empty).splitlines()[0].split() == ["A", "B"]
