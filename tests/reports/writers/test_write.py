"""The one entry: which format, and where it goes."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sample_tables import payments, reconciliation

from schoolcrm.core.errors import BadValue, DiskTrouble, WrongUsage
from schoolcrm.reports.writers import Format, Output, format_of, write


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (Output(), Format.TABLE),
        (Output(format="JSON"), Format.JSON),
        (Output(file=Path("a.csv")), Format.CSV),
        (Output(file=Path("a.XLSX")), Format.XLSX),
        (Output(file=Path("a.htm")), Format.HTML),
        (Output(file=Path("a.txt")), Format.TABLE),
        (Output(format="jsonl", file=Path("a.log")), Format.JSONL),
        (Output(format="csv", file=Path("a.txt")), Format.CSV),
        (Output(usual_format="csv"), Format.CSV),
        (Output(file=Path("a.md"), usual_format="csv"), Format.MD),
        (Output(excel=True), Format.CSV),
        (Output(excel=True, file=Path("a.csv")), Format.CSV),
        (Output(file=Path("-")), Format.TABLE),
    ],
)
def test_the_format_comes_from_the_option_then_the_ending_then_the_setting(output: Output, expected: Format) -> None:
    assert format_of(output) is expected


@pytest.mark.parametrize(
    ("output", "named"),
    [
        (Output(format="xml"), "xml"),
        (Output(file=Path("debtors.pdf")), "debtors.pdf"),
        (Output(file=Path("debtors")), "debtors"),
        (Output(format="json", excel=True), "json"),
        (Output(usual_format="word"), "word"),
    ],
)
def test_what_is_not_known_is_named_with_what_is(output: Output, named: str) -> None:
    with pytest.raises(WrongUsage if output.excel else BadValue, match=named) as refusal:
        format_of(output)
    assert "csv" in refusal.value.hint


@pytest.mark.parametrize(
    ("format", "file"), [("csv", "z.xlsx"), ("json", "z.csv"), ("table", "z.html"), ("xlsx", "z.txt"), ("md", "z.HTM")]
)
def test_a_format_and_an_ending_that_contradict_one_another_are_refused(format: str, file: str) -> None:
    with pytest.raises(WrongUsage, match=file) as refusal:
        format_of(Output(format=format, file=Path(file)))
    assert format in str(refusal.value)
    assert f".{'txt' if format == 'table' else format}" in refusal.value.hint


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "xlsx", "html", "md", "txt"])
def test_every_ending_writes_a_whole_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report.{ending}"
    write(reconciliation(), Output(file=path))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    if ending == "xlsx":
        assert load_workbook(path).active.max_row == 14
    else:
        assert "Занятие" in path.read_text(encoding="utf-8")


def test_csv_is_for_excel_when_asked_or_usual(tmp_path: Path) -> None:
    for output in (Output("csv", tmp_path / "a", excel=True), Output(file=tmp_path / "a.csv", usual_excel=True)):
        write(reconciliation(), output)
        assert output.file is not None
        assert output.file.read_bytes().startswith("\ufeffДата;".encode())
    write(reconciliation(), Output(file=tmp_path / "b.csv"))
    assert (tmp_path / "b.csv").read_bytes().startswith(b"date,kind,")


def test_off_a_terminal_a_table_is_plain_and_on_one_it_is_drawn() -> None:
    pipe, terminal = io.StringIO(), _Terminal()
    write(payments(1), Output(), pipe)
    write(payments(1), Output(), terminal)
    assert "─" not in pipe.getvalue()
    assert "─" in terminal.getvalue()


def test_machine_formats_are_utf8_whatever_the_terminal_reads() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1251")
    write(payments(1), Output("json"), stream)
    assert json.loads(raw.getvalue().decode("utf-8"))["title"] == "Платежи"


def test_a_table_is_readable_in_a_poor_encoding() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(payments(1), Output(), stream)
    assert b"-----" in raw.getvalue()


def test_a_workbook_goes_into_a_pipe_but_not_on_a_terminal() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    write(payments(1), Output("xlsx"), stream)
    assert load_workbook(io.BytesIO(raw.getvalue())).active.title == "Платежи"
    with pytest.raises(WrongUsage, match="terminal") as refusal:
        write(payments(1), Output("xlsx"), _Terminal())
    assert "-o" in refusal.value.hint


def test_a_dash_is_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    write(payments(1), Output("jsonl", Path("-")))
    assert json.loads(capsys.readouterr().out) == {"id": 0, "client": "Клиент 0", "amount": "0.00"}


def test_without_standard_output_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    write(payments(1))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("name", ["table", "csv", "json"])
def test_a_full_disk_behind_the_standard_output_is_a_sentence(name: str) -> None:
    stream = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115  closing it fails, as it must
    with pytest.raises(DiskTrouble, match="the disk is full"):
        write(payments(10), Output(name), stream)
    with pytest.raises(OSError, match="space"):
        stream.close()


@pytest.mark.parametrize("name", ["csv", "json", "jsonl", "table"])
def test_the_quick_formats_import_no_heavy_library(name: str) -> None:
    program = (
        "import sys\n"
        "from schoolcrm.reports.table import Column, Kind, Table\n"
        "from schoolcrm.reports.writers import Output, write\n"
        "table = Table('t', 'T', [Column('a', 'A', Kind.MONEY), Column('b', 'B', Kind.DATE)], [(1, '2026-09-01')])\n"
        f"write(table, Output({name!r}))\n"
        "heavy = {'rich', 'openpyxl', 'dateutil', 'phonenumbers', 'sqlalchemy', 'pydantic', 'typer'}\n"
        "print(heavy & set(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "set()\n"


def test_a_reader_that_leaves_is_the_business_of_the_caller() -> None:
    program = (
        "import os, sys\n"
        "from schoolcrm.reports.table import Column, Table\n"
        "from schoolcrm.reports.writers import Output, write\n"
        "try:\n"
        "    write(Table('t', 'T', [Column('a', 'A')], (('x' * 100,) for _ in range(100_000))), Output('csv'))\n"
        "except BrokenPipeError:\n"
        "    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())\n"
        "    sys.exit(7)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 7
