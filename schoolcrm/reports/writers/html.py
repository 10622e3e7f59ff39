"""A table as one self-contained HTML page that also prints well on A4."""

from collections.abc import Iterable
from html import escape
from typing import TextIO

from schoolcrm.core.language import current_language
from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.page import Heading, NamedText, Page, Row, nothing_found, without_empty_columns
from schoolcrm.reports.writers.panels import panels_of, with_kept_rows

_WIDE = 6  # more columns than this are printed on a page laid on its side

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # nothing is loaded, no script runs
_STYLE = """
body { font: 14px/1.4 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; color: #1b1b1b;
  margin: 2rem auto; padding: 0 1rem; max-width: 75rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
dl { margin: 0 0 1rem; display: grid; grid-template-columns: max-content auto; gap: .1rem .75rem; }
dt { color: #555; } dt::after { content: ":"; } dd { margin: 0; font-weight: 600; white-space: pre-line; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd;
  white-space: pre-line; }
thead th { border-bottom: 2px solid #333; vertical-align: bottom; }
thead th.n { white-space: pre-line; }
tbody th { background: #f2f2f2; } tbody tr:hover { background: #f8f8f4; }
tfoot td { border-top: 2px solid #333; border-bottom: 0; font-weight: 600; }
.w { white-space: nowrap; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.minus { color: #b00020; }
p.note { color: #555; margin: .2rem 0; white-space: pre-line; }
@page { size: A4 ORIENTATION; margin: 12mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #555; } }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 10pt; }
  th, td { padding: .2rem .5rem; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  tr { break-inside: avoid; } tbody tr:hover { background: none; } tbody th { break-after: avoid; }
}
"""


def write_html(table: Table, stream: TextIO) -> None:
    """Write the page; rows are streamed, those of a table with a chart after the picture was made of them."""
    table = without_empty_columns(with_kept_rows(table))
    page = Page(table, printable)
    figures = _figures(table)
    stream.write(_opening(page, drawn=bool(figures)))
    stream.write(f"<table>\n<thead>\n{_line(page, page.labels, 'th')}</thead>\n")
    _write_rows(page, stream)
    if page.totals:
        stream.write(f"<tfoot>\n{_line(page, page.totals, 'td')}</tfoot>\n")
    stream.write("</table>\n")
    stream.write(_facts(page.foot))
    stream.write(figures)
    for note in page.notes:
        stream.write(f'<p class="note">{escape(note)}</p>\n')
    stream.write("</body>\n</html>\n")


def _figures(table: Table) -> str:
    """Return the pictures of the table's chart, or nothing."""
    if table.chart is None:
        return ""
    from schoolcrm.reports.writers.svg import figures_of

    return "".join(figures_of(panels_of(table, printable)))


def _opening(page: Page, *, drawn: bool) -> str:
    style = _STYLE.replace("ORIENTATION", "landscape" if len(page.columns) > _WIDE else "portrait")
    if drawn:
        from schoolcrm.reports.writers.svg import STYLE

        style += STYLE.lstrip()
    title = escape(page.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{current_language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"{_facts(page.parameters)}{_facts(page.head)}"
    )


def _facts(facts: Iterable[NamedText]) -> str:
    lines = [f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>\n" for label, value in facts]
    return f"<dl>\n{''.join(lines)}</dl>\n" if lines else ""


def _write_rows(page: Page, stream: TextIO) -> None:
    """Write the rows, a body for each section; an empty table says so."""
    empty = True
    stream.write("<tbody>\n")
    for row in page.rows():
        if isinstance(row, Heading):
            body = "" if empty else "</tbody>\n<tbody>\n"
            stream.write(f"{body}{_across(page, 'th', str(row))}")
        else:
            stream.write(_line(page, row, "td"))
        empty = False
    if empty:
        stream.write(_across(page, "td", nothing_found()))
    stream.write("</tbody>\n")


def _across(page: Page, tag: str, text: str) -> str:
    return f'<tr><{tag} colspan="{len(page.columns)}">{escape(text)}</{tag}></tr>\n'


def _line(page: Page, cells: Row, tag: str) -> str:
    whole = [tag == "td" and not prose for prose in page.prose]  # headings may wrap
    opened = (_tag(cell, tag, *how) for cell, *how in zip(cells, page.right, whole, strict=True))
    return f"<tr>{''.join(opened)}</tr>\n"


def _tag(cell: str, tag: str, right: bool, whole: bool) -> str:
    if not right:
        how = ' class="w"' if whole else ""
        return f"<{tag}{how}>{escape(cell)}</{tag}>"
    minus = " minus" if cell.startswith("-") else ""
    return f'<{tag} class="n{minus}">{escape(cell)}</{tag}>'
