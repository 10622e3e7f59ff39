"""The writers: the one place that knows how a table is printed in each format."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TextIO

from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _
from schoolcrm.reports.table import Fact, Kind, Table


class Format(StrEnum):
    """What ``--format`` takes."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    XLSX = "xlsx"
    HTML = "html"
    MD = "md"


_ENDINGS = {f".{each.value}": each for each in Format if each is not Format.TABLE} | {
    ".txt": Format.TABLE,
    ".htm": Format.HTML,
    ".markdown": Format.MD,
}
_STANDARD_OUTPUT = Path("-")
_TAKEN_AWAY = (Format.HTML, Format.XLSX, Format.MD)


class Output(NamedTuple):
    """What the operator asked for: ``--format``, ``-o``, ``--excel``, and what the settings say is usual.

    ``currency`` is the code of the school's: what is printed for people to take away names it above its sums.
    """

    format: str | None = None
    file: Path | None = None
    excel: bool = False
    usual_format: str = Format.TABLE.value
    usual_excel: bool = False
    currency: str = ""


TO_STDOUT = Output()
TextWriter = Callable[[Table, TextIO], None]


def write(table: Table, output: Output = TO_STDOUT, stdout: TextIO | None = None) -> None:
    """Write the table where and how the operator asked.

    Raises BadValue for a format or ending that is not known, Refused and DiskTrouble when it can't be
    written. BrokenPipeError of the standard output is left to the caller.
    """
    chosen = format_of(output)
    if output.currency and chosen in _TAKEN_AWAY:
        table = _with_currency(table, output.currency)
    if output.file is None or output.file == _STANDARD_OUTPUT:
        stream = stdout or sys.stdout
        if stream is not None:  # closed by whoever started the program: nobody wants the output
            _write_out(table, chosen, output, stream)
    else:
        _write_file(table, chosen, output, output.file)


def _with_currency(table: Table, currency: str) -> Table:
    """Return the table with the currency in its head, if there is any money in it."""
    kinds = [each.kind for each in table.columns]
    kinds += [each.kind for each in (*table.parameters, *table.head, *table.totals)]
    if Kind.MONEY not in kinds:
        return table
    return table._replace(parameters=[*table.parameters, Fact("currency", _("Currency"), Kind.TEXT, currency)])


def format_of(output: Output) -> Format:
    """Return the format asked for: by name, else by the ending of the file, else the usual one."""
    if output.format:
        chosen = _format_named(output.format)
        _require_fitting(chosen, output.file)
    elif output.file is not None and output.file != _STANDARD_OUTPUT:
        chosen = _format_of_ending(output.file)
    elif output.excel:
        chosen = Format.CSV
    else:
        chosen = _format_named(output.usual_format)
    if output.excel and chosen is not Format.CSV:
        raise WrongUsage(
            _("--excel is a way of writing csv, not {format}.").format(format=chosen.value),
            _("Leave --excel out, or write --format csv."),
        )
    return chosen


def _require_fitting(chosen: Format, file: Path | None) -> None:
    """Refuse an ending that promises another format; any text may stand in a .txt."""
    promised = _ENDINGS.get(file.suffix.lower(), chosen) if file else chosen
    if promised is chosen or (promised is Format.TABLE and chosen is not Format.XLSX):
        return
    raise WrongUsage(
        _("--format {format} and the ending of {file} contradict one another.").format(format=chosen.value, file=file),
        _("Leave --format out, or let the name end in .{ending}.").format(
            ending="txt" if chosen is Format.TABLE else chosen.value
        ),
    )


def _format_named(name: str) -> Format:
    try:
        return Format(name.strip().lower())
    except ValueError:
        raise BadValue(
            _("There is no format {name}.").format(name=name),
            _("Known formats: {formats}.").format(formats=", ".join(Format)),
        ) from None


def _format_of_ending(file: Path) -> Format:
    chosen = _ENDINGS.get(file.suffix.lower())
    if chosen is None:
        raise BadValue(
            _("The ending of {file} does not tell the format.").format(file=file),
            _("Known endings: {endings}; or name the format with --format.").format(endings=" ".join(_ENDINGS)),
        )
    return chosen


def _write_file(table: Table, chosen: Format, output: Output, path: Path) -> None:
    from schoolcrm.reports.writers.destination import new_file, text_into

    with new_file(path) as file:
        if chosen is Format.XLSX:
            from schoolcrm.reports.writers.xlsx import write_xlsx

            write_xlsx(table, file)
        else:
            with text_into(file) as text:
                _text_writer(chosen, output)(table, text)


def _write_out(table: Table, chosen: Format, output: Output, stream: TextIO) -> None:
    from schoolcrm.reports.writers.destination import standard_output

    if chosen is Format.XLSX:
        _write_workbook_out(table, stream)
        return
    with standard_output(stream, utf8=chosen is not Format.TABLE) as out:
        if chosen is Format.TABLE:
            _write_table_out(table, out)
        else:
            _text_writer(chosen, output)(table, out)


def _write_table_out(table: Table, stream: TextIO) -> None:
    """Write for a person: drawn on a terminal, plain aligned text into a pipe."""
    from schoolcrm.reports.writers.screen import look_at

    screen = look_at(stream)
    if screen.terminal:
        from schoolcrm.reports.writers.terminal import write_terminal

        write_terminal(table, stream, screen)
    else:
        from schoolcrm.reports.writers.plain import write_plain

        write_plain(table, stream, colour=screen.colour)


def _write_workbook_out(table: Table, stream: TextIO) -> None:
    if stream.isatty():
        raise WrongUsage(_("A workbook can't be shown on a terminal."), _("Write it to a file: -o FILE.xlsx."))
    from schoolcrm.reports.writers.destination import standard_output
    from schoolcrm.reports.writers.xlsx import write_xlsx

    with standard_output(stream, utf8=True):
        write_xlsx(table, stream.buffer)


def _text_writer(chosen: Format, output: Output) -> TextWriter:
    """Return the writer of a text format; each is imported only when it is used."""
    if chosen is Format.CSV:
        from schoolcrm.reports.writers.csv_file import write_csv, write_excel_csv

        return write_excel_csv if output.excel or output.usual_excel else write_csv
    if chosen in (Format.JSON, Format.JSONL):
        from schoolcrm.reports.writers.json_file import write_json, write_jsonl

        return write_json if chosen is Format.JSON else write_jsonl
    if chosen is Format.HTML:
        from schoolcrm.reports.writers.html import write_html

        return write_html
    if chosen is Format.MD:
        from schoolcrm.reports.writers.markdown import write_markdown

        return write_markdown
    from schoolcrm.reports.writers.plain import write_plain

    return write_plain
