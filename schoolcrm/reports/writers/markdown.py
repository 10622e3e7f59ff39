"""A table as Markdown (GitHub flavour): one table, or one under each section heading."""

import re
from typing import TextIO

from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.page import Heading, NamedText, Page, Row, nothing_found, without_empty_columns

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&])")
_MARKUP_AT_START = re.compile(r"^(\d*)([-+#=.)])")


def write_markdown(table: Table, stream: TextIO) -> None:
    """Write title, parameters, rows, totals and notes; text from data is escaped."""
    page = Page(without_empty_columns(table))
    if page.title:
        stream.write(f"# {_escape(page.title)}\n\n")
    _write_facts(page.parameters, stream)
    _write_facts(page.head, stream)
    _write_rows(page, stream)
    stream.write("\n")
    _write_facts(page.foot, stream)
    for note in page.notes:
        stream.write(f"{_escape_line(note)}\n\n")


def _write_rows(page: Page, stream: TextIO) -> None:
    headed = False
    empty = True
    for row in page.rows():
        if isinstance(row, Heading):
            between = "" if empty else "\n"
            stream.write(f"{between}## {_escape(str(row))}\n\n")
            headed = False
        else:
            if not headed:
                _write_heading(page, stream)
                headed = True
            stream.write(_line(row))
        empty = False
    if empty:
        stream.write(f"{nothing_found()}\n")
    elif page.totals:
        stream.write("".join(f"| {f'**{_escape(cell)}**' if cell else ''} " for cell in page.totals) + "|\n")


def _write_heading(page: Page, stream: TextIO) -> None:
    stream.write(_line(page.labels))
    stream.write("".join("| ---: " if right else "| --- " for right in page.right) + "|\n")


def _line(cells: Row) -> str:
    return f"| {' | '.join(map(_escape, cells))} |\n"


def _write_facts(facts: list[NamedText], stream: TextIO) -> None:
    for label, value in facts:
        stream.write(f"- {_escape(label)}: **{_escape(value)}**\n")
    if facts:
        stream.write("\n")


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _escape_line(text: str) -> str:
    """Escape a text that stands at the start of a line, where lists and headings begin."""
    return _MARKUP_AT_START.sub(r"\1\\\2", _escape(text))
