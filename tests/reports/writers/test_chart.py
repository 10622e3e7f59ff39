"""Charts of tables: bars on a terminal, pictures in HTML, charts of a workbook, and nothing of them elsewhere."""

import io
import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_tables import UNSAFE, ageing, funnel, funnel_by_source, hostile_chart

from schoolcrm.core.rules.safetext import one_line
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers import Output, write
from schoolcrm.reports.writers.bars import picture_lines
from schoolcrm.reports.writers.html import write_html
from schoolcrm.reports.writers.layout import width_of
from schoolcrm.reports.writers.panels import MOST_BARS, Bar, Panel, Part, panels_of, with_kept_rows
from schoolcrm.reports.writers.screen import Screen
from schoolcrm.reports.writers.terminal import write_terminal

TABLES = [funnel, funnel_by_source, ageing]


def _panels(table: Table) -> list[Panel]:
    return panels_of(with_kept_rows(table), one_line)


def _shown(table: Table, width: int = 60, *, colour: bool = False) -> list[str]:
    stream = io.StringIO()
    write_terminal(table, stream, Screen(True, colour, width, 10_000))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


# What is drawn ------------------------------------------------------------------------------------------


def test_a_panel_for_each_column_in_the_words_of_people() -> None:
    entered, now = _panels(funnel())
    assert (entered.title, now.title) == ("Клиенты: Пришли", "Клиенты: На конец")
    assert list(entered.bars) == [Bar("Новый", 40, "40"), Bar("В работе", 20, "20"), Bar("Купил абонемент", 0, "0")]
    assert (entered.most, now.most) == (40, 300)


def test_sections_part_the_bars() -> None:
    (panel,) = _panels(funnel_by_source())
    assert panel.title == "Пришли"
    assert [part.heading for part in panel.parts] == ["Сайт", "Без источника"]
    assert [[bar.figure for bar in part.bars] for part in panel.parts] == [[4, 2], [8, 0]]


def test_totals_are_one_panel() -> None:
    (panel,) = _panels(ageing())
    assert [bar.name for bar in panel.bars] == ["0–30 дней", "31–60 дней", "больше 90"]
    assert [bar.text for bar in panel.bars] == ["1,000.00", "250.00", "0.00"]


def test_nothing_to_show_is_no_panel() -> None:
    empty = funnel()._replace(rows=[("new", 0, None, None)])
    assert _panels(empty) == []
    assert _panels(funnel()._replace(rows=[])) == []
    assert _panels(funnel()._replace(rows=[("new", 1, 1, None)] * (MOST_BARS + 1))) == []
    assert _panels(funnel()._replace(chart=None)) == []


@pytest.mark.parametrize(("figure", "length"), [(None, 0), (0, 0), (-5, 0), (1, 1), (1000, 20), (500, 10), (2.5, 1)])
def test_the_length_of_a_bar(figure: float | None, length: int) -> None:
    assert Bar("", figure, "").length(1000, 20) == length
    assert Bar("", Decimal(500), "").length(Decimal(1000), 20) == 10


# A terminal ---------------------------------------------------------------------------------------------


def test_bars_stand_below_the_table_to_the_scale_of_the_terminal() -> None:
    lines = _shown(funnel(), 50)
    at = lines.index("Клиенты: Пришли")
    assert lines[at - 1 :] == [
        "",
        "Клиенты: Пришли",
        f"Новый            {'█' * 29} 40",
        f"В работе         {'█' * 14} 20",
        "Купил абонемент  0",
        "",
        "Клиенты: На конец",
        "Новый            █ 1",
        "В работе",
        f"Купил абонемент  {'█' * 29} 300",
    ]


def test_headings_of_sections_stand_over_their_bars() -> None:
    lines = _shown(funnel_by_source(), 40)
    assert lines[-7:] == [
        "Пришли",
        "Сайт",
        f"new     {'█' * 15} 4",
        f"bought  {'█' * 8} 2",
        "Без источника",
        f"new     {'█' * 30} 8",
        "bought  0",
    ]


def test_the_picture_is_the_same_with_and_without_colour() -> None:
    coloured = "\n".join(_shown(funnel(), colour=True))
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured).split("\n") == _shown(funnel())
    assert "\x1b" not in "".join(_shown(funnel()))


@pytest.mark.parametrize("make", TABLES)
@pytest.mark.parametrize("width", [10, 16, 20, 24, 30, 40, 60, 200])
def test_no_line_is_wider_than_the_terminal(make: Any, width: int) -> None:
    lines = list(picture_lines(_panels(make()), width))
    assert all(width_of(line) <= width for line, _title in lines)
    assert lines or width < 40
    assert not lines or width > 10


def test_bars_are_no_longer_than_the_eye_compares() -> None:
    assert f"Новый            {'█' * 60} 40" in _shown(funnel(), 200)


def test_a_terminal_without_blocks_gets_signs_it_has() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1251", newline="")
    write_terminal(funnel(), stream, Screen(True, False, 60, 100))
    stream.flush()
    assert "Новый            ####" in raw.getvalue().decode("cp1251")


def test_hostile_names_do_not_steer_the_terminal() -> None:
    text = "".join(_shown(hostile_chart(), 100))
    assert not UNSAFE & set(text)
    assert "[red]x[/]" in text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.one_of(st.none(), st.integers(-10, 10**9))), min_size=1, max_size=6),
    st.integers(1, 120),
)
def test_any_names_and_figures_fit_any_terminal(rows: list[tuple[str, int | None]], width: int) -> None:
    bars = [Bar(one_line(name), figure, "" if figure is None else str(figure)) for name, figure in rows]
    most = max((bar.figure or 0 for bar in bars), default=0)
    lines = list(picture_lines([Panel("Clients", [Part("", bars)], most)], width)) if most > 0 else []
    assert all(width_of(line) <= max(width, 2) for line, _title in lines)


# HTML ---------------------------------------------------------------------------------------------------


def _pictures(table: Table) -> tuple[str, list[ElementTree.Element]]:
    stream = io.StringIO()
    write_html(table, stream)
    source = stream.getvalue()
    return source, [ElementTree.fromstring(svg) for svg in re.findall("<svg.*?</svg>", source, re.DOTALL)]


def test_the_page_has_a_well_formed_picture_that_is_told_in_words() -> None:
    source, pictures = _pictures(funnel())
    assert len(pictures) == 2
    entered = pictures[0]
    assert entered.get("role") == "img"
    title, told = entered.find("title"), entered.find("desc")
    assert title is not None
    assert told is not None
    assert (title.text, told.text) == ("Клиенты: Пришли", "Новый 40, В работе 20, Купил абонемент 0")
    assert (entered.get("aria-labelledby"), entered.get("aria-describedby")) == (title.get("id"), told.get("id"))
    lengths = [int(rect.get("width", "")) for rect in entered.iter("rect")]
    assert lengths[0] == pytest.approx(lengths[1] * 2, abs=1)
    assert len(lengths) == 2
    assert source.index("</table>") < source.index("<svg")
    ids = re.findall(' id="([^"]+)"', source)
    assert len(ids) == len(set(ids))


def test_bars_and_texts_stay_inside_the_picture() -> None:
    for make in (*TABLES, hostile_chart):
        for picture in _pictures(make())[1]:
            _x, _y, width, height = map(int, picture.get("viewBox", "").split())
            for rect in picture.iter("rect"):
                assert int(rect.get("x", "")) + int(rect.get("width", "")) < width
                assert int(rect.get("y", "")) + int(rect.get("height", "")) <= height
            assert all(0 <= int(text.get("x", "")) < width for text in picture.iter("text"))


def test_each_section_is_a_picture_to_the_same_scale() -> None:
    _source, pictures = _pictures(funnel_by_source())
    assert len(pictures) == 2
    first, second = ([int(rect.get("width", "")) for rect in picture.iter("rect")] for picture in pictures)
    assert first[0] == pytest.approx(second[0] / 2, abs=1)


def test_the_page_with_a_picture_has_no_script_and_loads_nothing() -> None:
    source, _found = _pictures(hostile_chart())
    assert "<script" not in source
    assert "http" not in source.replace("http-equiv", "")
    assert not UNSAFE & set(source)
    assert "<b>" not in source


def test_a_page_without_a_chart_is_as_it_was() -> None:
    source, pictures = _pictures(funnel()._replace(chart=None))
    assert pictures == []
    assert "svg" not in source
    assert "figure" not in source


# Elsewhere ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl", "md"])
@pytest.mark.parametrize("make", TABLES)
def test_what_goes_into_a_pipe_has_no_picture(make: Any, form: str) -> None:
    def written(table: Table) -> str:
        stream = io.StringIO()
        write(table, Output(form), stream)
        return stream.getvalue()

    assert "█" not in written(make())
    assert written(make()) == written(make()._replace(chart=None))
