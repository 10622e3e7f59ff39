"""The HTML page, read back with html.parser."""

import io
from html.parser import HTMLParser

from sample_tables import HOSTILE, UNSAFE, every_kind, hostile, journal, payments, reconciliation

from schoolcrm.core.language import use_language
from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.html import write_html


class _Page(HTMLParser):
    """Collects tags, and the texts of cells row by row."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.tags: list[str] = []
        self.open: list[str] = []
        self.language: str | None = None
        self.rows: list[list[str]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs)["lang"]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def _page(table: Table) -> _Page:
    stream = io.StringIO()
    write_html(table, stream)
    return _Page(stream.getvalue())


def test_a_russian_reconciliation_as_a_page() -> None:
    use_language("ru")
    page = _page(reconciliation())
    assert page.language == "ru"
    assert page.open == []
    assert page.rows[0] == ["Дата", "Операция", "Ученик", "Приход", "Расход", "Остаток"]
    assert page.rows[2] == ["05.09.2026", "Занятие", "Аня", "", "700,00", "3\u00a0800,00"]
    assert page.rows[-1][3:] == ["4\u00a0000,00", "1\u00a0630,00", ""]
    assert "<dt>Период</dt><dd>01.09.2026 – 30.09.2026</dd>" in page.source
    assert "<dt>Остаток на конец</dt><dd>2\u00a0870,00</dd>" in page.source
    assert "УП — уважительная причина." in page.source


def test_the_page_stands_alone_and_prints() -> None:
    page = _page(reconciliation())
    assert not {"script", "link", "img"} & set(page.tags)
    assert "http" not in page.source.replace("http-equiv", "")
    assert "@media print" in page.source
    assert "size: A4 portrait" in page.source
    assert "display: table-header-group" in page.source


def test_hostile_text_is_escaped_and_arrives_whole() -> None:
    page = _page(hostile())
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert not UNSAFE & set(page.source)
    assert [row[1] for row in page.rows[1:]] == [printable(text) for text in HOSTILE]


def test_sections_are_bodies_with_a_heading() -> None:
    page = _page(journal())
    assert page.tags.count("tbody") == 2
    assert ["Групповое: средняя 5"] in page.rows
    assert ["2026-09-05", "был", "5"] in page.rows


def test_an_empty_page_says_so() -> None:
    assert _page(payments(0)).rows[-1] == ["Nothing found."]


def test_figures_dates_and_phones_do_not_wrap() -> None:
    source = _page(every_kind()).source
    assert '<td class="w">+7 916 123-45-67</td>' in source
    assert '<td class="w">2026-09-01</td>' in source
    assert '<td class="n minus">-1,250.50</td>' in source
    assert "<td>Анна</td>" in source
    assert ".w { white-space: nowrap; }" in source
