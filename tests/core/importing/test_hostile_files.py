"""Files that no table was ever meant to be: an import, rejected rows or one clear error, in little memory."""

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from builders import add_client, add_group, dump, join, make_school, reading_school, run_cli, writing_school

TODAY = date(2026, 9, 1)
COMMANDS = [("import-csv",), ("import-csv", "--on-duplicate", "update"), ("payments", "import"), ("lessons", "import")]
# One heading for each command, and a row that all of them can read.
HEAD = "ФИО;Дата;Сумма;Посещение;Примечание"
ROW = "Лев Ким;01.08.2026;100;да;"
TABLE = f"{HEAD}\n{ROW}\n"
NAUGHTY = [
    "undefined", "null", "NaN", "1E400", "0x10", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1",
    "'; DROP TABLE client; --",
    "<script>alert(1)</script>", "%s%n%x", "{0}", "{name}", "../../etc/passwd", "\\", "\\n", "$HOME", "`id`",
    "[red]x[/red]",
    "\u202eabc", "\u200b", "\ufeff", "\u2028", "\x7f", "\x1b[31mred", "\x07", "\t", "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤", "👩‍👩‍👧‍👦", "🇷🇺",
    "ﷺ", "İ", "ß", "ﬁ", "１２３", "٣", "Ⅷ", "½",
    "人", "الله", "\U0010ffff", "ё" * 5000, "a" * 40000, "9" * 400,
    "-" * 100, "99.99.9999",
]  # fmt: skip


def workbook(rows: list[list[object]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def cut_workbook() -> bytes:
    whole = workbook([HEAD.split(";"), ROW.split(";")])
    return whole[: len(whole) // 2]


def formulas() -> bytes:
    return workbook([HEAD.split(";"), ["=CONCATENATE(1,2)", "01.08.2026", "=1+1", "да", ""]])


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    return kept.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "only a mark": lambda: b"\xef\xbb\xbf",
    "blank lines": lambda: b"\r\n\r\n \t\r\n",
    "only headings": lambda: f"{HEAD}\n".encode(),
    "random bytes": lambda: bytes((n * 2654435761 >> 13) & 255 for n in range(4096)),
    "NUL bytes": lambda: TABLE.encode().replace(b"100", b"1\x0000"),
    "NUL bytes alone": lambda: bytes(1000),
    "unclosed quotation mark": lambda: f'{HEAD}\n"{ROW}\n{ROW}\n'.encode(),
    "quotation marks without end": lambda: (HEAD + "\n" + '"' * 9999 + f";{ROW}\n").encode(),
    "quotation mark inside": lambda: f'{HEAD}\nЛев "Ким";01.08.2026;100;да;a"b\n'.encode(),
    "mixed line ends": lambda: f"{HEAD}\r\n{ROW}\n{ROW}\r{ROW}\r\r\n{ROW}".encode(),
    "UTF-16 without a mark": lambda: TABLE.encode("utf-16-le"),
    "UTF-16 big endian without a mark": lambda: TABLE.encode("utf-16-be"),
    "UTF-16 cut": lambda: TABLE.encode("utf-16")[:-1],
    "UTF-8 cut": lambda: TABLE.encode()[:-7] + b"\xd0",
    "koi8-r": lambda: TABLE.encode("koi8-r"),
    "cp866": lambda: TABLE.encode("cp866"),
    "mac": lambda: TABLE.encode("mac-cyrillic"),
    "a cell of 10 MB": lambda: f"{HEAD}\n{'я' * (5 << 20)};01.08.2026;100;да;\n".encode(),
    "a note of 1 MB": lambda: f"{HEAD}\n{ROW}{'я' * (1 << 19)}\n".encode(),
    "10,000 columns": lambda: f"{HEAD};{';'.join(map(str, range(10_000)))}\n{ROW}{';1' * 10_000}\n".encode(),
    "10,000 unnamed columns": lambda: f"{HEAD}{';' * 10_000}\n{ROW}{';' * 10_000}\n".encode(),
    "a row too wide": lambda: f"{HEAD}\n{ROW}{';1' * 10_000}\n".encode(),
    "headings twice": lambda: f"{HEAD};Дата;ФИО\n{ROW};;\n".encode(),
    "a workbook cut": cut_workbook,
    "formulas": formulas,
    "a zip bomb": bomb,
    "a zip": lambda: b"PK\x03\x04" + b"\x00" * 100,
    "a database": lambda: b"SQLite format 3\0" + bytes(100),
    "a page": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as open_school:
        add_client(open_school, "Лев Ким")
        join(open_school, add_group(open_school, "Робо 1"), 1, date(2026, 8, 1))
    return path


def ends_well(school: Path, *words: str) -> int:
    """Run the command; tell its exit code when it ended as it may, and the database is whole."""
    before = dump(school)
    code, out, err = run_cli(*words, db=school)
    assert code in (0, 1, 3), err
    assert "Traceback" not in out + err
    assert "did not expect" not in err
    assert "\x1b" not in out + err
    if code == 1:
        assert err.count("error:") == 1
        assert dump(school) == before
    db = sqlite3.connect(school)
    try:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        db.close()
    return int(code)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_ends_in_an_import_or_one_error_for_each_command(
    school: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(FILES[name]())
    for command in COMMANDS:
        ends_well(school, *command, str(file))


@pytest.mark.parametrize("name", ["UTF-16 without a mark", "UTF-16 big endian without a mark", "koi8-r", "cp866"])
def test_r60_a_table_in_a_rare_encoding_is_read_by_each_command(school: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "rare.csv"
    file.write_bytes(FILES[name]())
    for command in COMMANDS:
        assert ends_well(school, *command, str(file)) == 0


@pytest.mark.parametrize("heading", ["ФИО", "Дата", "Сумма", "Посещение", "Примечание"])
def test_naughty_values_are_kept_as_they_are_or_reject_their_rows(school: Path, tmp_path: Path, heading: str) -> None:
    file = tmp_path / "naughty.csv"
    headings = HEAD.split(";")
    with file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened, delimiter=";")
        table.writerow(headings)
        for number, value in enumerate(NAUGHTY):
            row = dict(zip(headings, ROW.split(";"), strict=True)) | {"ФИО": f"Лев Ким{'' if number % 2 else ' ' * 3}"}
            table.writerow(list((row | {heading: value}).values()))
    for command in COMMANDS:
        ends_well(school, *command, str(file))


def test_a_naughty_note_reads_back_equal(school: Path, tmp_path: Path) -> None:
    from schoolcrm.core.rules.personal import read_note

    file = tmp_path / "notes.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened, delimiter=";")
        table.writerow(["ФИО", "Телефон", "Примечание"])
        table.writerows(["Ким Ян", f"8900{number:07}", value] for number, value in enumerate(NAUGHTY))
    run_cli("import-csv", str(file), db=school)
    with reading_school(school) as open_school:
        query = "SELECT contact.value, client.note FROM client JOIN contact ON contact.client_id = client.id"
        kept = dict(open_school.db.execute(query).fetchall())
    assert len(kept) > len(NAUGHTY) // 2
    for phone, note in kept.items():
        assert note == (read_note(NAUGHTY[int(phone[-7:])]) or None)
