"""The table that Rich draws on a terminal."""

import io
import re
from pathlib import Path

import pytest
from sample_tables import HOSTILE, UNSAFE, hostile, journal, payments, reconciliation

from schoolcrm.core.language import use_language
from schoolcrm.reports.table import Column, Fact, Kind, Table
from schoolcrm.reports.writers.screen import Screen
from schoolcrm.reports.writers.terminal import MOST_DRAWN_ROWS, write_terminal


def _shown(table: Table, width: int = 100, *, colour: bool = False) -> str:
    stream = io.StringIO()
    write_terminal(table, stream, Screen(True, colour, width, 10_000))
    return stream.getvalue()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_a_russian_reconciliation_on_a_terminal() -> None:
    use_language("ru")
    assert _lines(_shown(reconciliation()).replace("\u00a0", " ").replace("Total", "Итого")) == [
        "Сверка",
        "Клиент: Иванова Мария",
        "Период: 01.09.2026 – 30.09.2026",
        "",
        "Остаток на начало: 500,00",
        "",
        "Дата        Операция  Ученик    Приход    Расход   Остаток",
        "──────────────────────────────────────────────────────────",
        "03.09.2026  Оплата            4 000,00            4 500,00",
        "05.09.2026  Занятие   Аня                 700,00  3 800,00",
        "12.09.2026  Занятие   Аня                 630,00  3 170,00",
        "19.09.2026  Занятие   Аня                   0,00  3 170,00",
        "20.09.2026  Возврат                       300,00  2 870,00",
        "──────────────────────────────────────────────────────────",
        "Итого                         4 000,00  1 630,00",
        "",
        "Остаток на конец:  2 870,00",
        "",
        "УП — уважительная причина.",
    ]


def test_sections_on_a_terminal() -> None:
    lines = _lines(_shown(journal()))
    assert lines[4:9] == ["Групповое: средняя 5", "2026-09-05  был         5", "2026-09-12  пропуск", "", "—"]


def test_a_narrow_terminal_wraps_prose_between_words_and_leaves_figures_whole() -> None:
    rows = [("Занятие: Робототехника, группа «Робо 1»", "+79161234567", -123456789)]
    columns = [Column("a", "Операция"), Column("b", "Телефон", Kind.PHONE), Column("c", "Остаток", Kind.MONEY)]
    lines = _lines(_shown(Table("t", "", columns, rows), 46))
    assert max(map(len, lines)) <= 46
    assert "Робототехника," in "\n".join(lines)
    assert "-1,234,567.89" in "\n".join(lines)
    assert "123-45-67" in "\n".join(lines)


def test_a_table_that_cannot_fit_becomes_records() -> None:
    columns = [Column("c", "Остаток", Kind.MONEY), Column("d", "Дата", Kind.DATE), Column("n", "Имя")]
    rows = [(-123456789, "2026-09-01", "Анна Мария"), (5, "2026-09-02", None)]
    total = [Fact("c", "Остаток", Kind.MONEY, -123456784)]
    assert _lines(_shown(Table("t", "", columns, rows, totals=total), 24)) == [
        "Остаток:  -1,234,567.89",
        "Дата:     2026-09-01",
        "Имя:      Анна Мария",
        "",
        "Остаток:  0.05",
        "Дата:     2026-09-02",
        "",
        "Total",
        "Остаток:  -1,234,567.84",
    ]


def _family(count: int) -> Table:
    columns = [
        Column("client", "Клиент"),
        Column("phone", "Телефон", Kind.PHONE),
        Column("students", "Ученики", Kind.LIST),
        Column("place", "Аудитория"),
        Column("visit", "Последнее посещение", Kind.DATE),
    ]
    row = ("Медведева Ксения Андреевна", "+79160000000", ("Медведева Ева", "Медведева Злата"), None, "2026-09-01")
    return Table("t", "", columns, [row] * count)


@pytest.mark.parametrize("count", [2, MOST_DRAWN_ROWS + 1])
@pytest.mark.parametrize("width", [20, 40, 50, 56, 60, 64, 70, 80, 100])
def test_nothing_is_wider_than_the_terminal_and_no_word_is_broken(width: int, count: int) -> None:
    text = _shown(_family(count), width)
    assert max(map(len, _lines(text))) <= width
    assert not re.search("Аудитория", text)
    for word in ("Медведева", "Андреевна", "Клиент", "Телефон", "Ученики", "Последнее", "посещение", "2026-09-01"):
        assert re.search(rf"\b{word}\b", text)
    assert "+7 916 000-00-00" in text or width == 20
    assert ("Клиент:" in text) == (width < 50)


def test_a_long_heading_wraps_over_short_figures() -> None:
    table = Table("t", "", [Column("d", "Последний визит", Kind.DATE), Column("a", "Имя")], [("2026-09-01", "Аня")])
    assert _lines(_shown(table, 15))[:2] == ["Последний", "визит       Имя"]


@pytest.mark.parametrize("colour", [False, True])
def test_markup_in_data_is_shown_as_text_and_nothing_steers_the_terminal(colour: bool) -> None:
    text = _shown(hostile(), 200, colour=colour)
    assert "[red]x[/]" in text
    assert ":smile:" in text
    assert not (UNSAFE - ({"\x1b"} if colour else set())) & set(text)
    assert "\x1b[31m" not in text
    assert text.count("second") == len(HOSTILE)


def test_without_colour_there_is_no_escape_and_with_it_the_same_text() -> None:
    plain, coloured = _shown(payments(3)), _shown(payments(3), colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31m-0.02\x1b[0m" in coloured


def test_an_empty_table_on_a_terminal() -> None:
    assert _lines(_shown(payments(0))) == ["Платежи", "", "Nothing found."]


def test_a_very_long_list_is_plain_and_complete() -> None:
    lines = _lines(_shown(payments(MOST_DRAWN_ROWS + 1)))
    assert lines[3].startswith("-")
    last = str(MOST_DRAWN_ROWS)
    assert lines[-1].split() == [last, "Клиент", last, f"-{MOST_DRAWN_ROWS / 100:.2f}"]


def test_rules_are_hyphens_where_the_encoding_has_no_lines() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1251", newline="")
    write_terminal(payments(1), stream, Screen(True, False, 80, 100))
    stream.flush()
    assert "\r\n---" in raw.getvalue().decode("cp1251").replace("\n", "\r\n")


def test_a_table_longer_than_the_screen_goes_through_the_pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setenv("PAGER", f"sh -c 'cat > {seen}'")
    stream = io.StringIO()
    write_terminal(payments(30), stream, Screen(True, False, 80, 24))
    assert stream.getvalue() == ""
    assert len(seen.read_text(encoding="utf-8").splitlines()) == 34
