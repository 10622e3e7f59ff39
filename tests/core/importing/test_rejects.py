"""Rejected rows beside the input, ready to fix and import again (R65)."""

import csv
import io
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from schoolcrm.core.errors import DiskTrouble
from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import map_headings
from schoolcrm.core.importing.reading import open_source
from schoolcrm.core.importing.rejects import RejectsFile, rejects_path
from schoolcrm.core.importing.rows import read_rows

WriteText = Callable[..., Path]
ReadClients = Callable[..., list[ClientRow | RejectedRow]]


def reject(path: Path) -> tuple[Path, int]:
    """Read the file and write its rejected rows; return where they went and how many."""
    with open_source(path, known=CLIENT_FIELDS.headings) as source:
        headings = map_headings(source.headings)
        with RejectsFile(source, headings) as rejects:
            for row in read_rows(source, headings, date(2026, 9, 1)):
                if isinstance(row, RejectedRow):
                    rejects.write(row)
        return rejects.path, rejects.count


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_r65_rejects_have_the_encoding_delimiter_and_line_ends_of_the_input(
    write_text: WriteText, codec: str, delimiter: str
) -> None:
    lines = [
        delimiter.join(cells)
        for cells in [("ФИО", "Телефон", "Примечание"), ("Ли", "12", '"а ""б"""'), ("Ким", "", "")]
    ]
    path, count = reject(write_text(*lines, encoding=codec, end="\r\n"))
    assert (path.name, count) == ("clients.rejected.csv", 1)
    text = path.read_bytes().decode(codec)
    assert text.count("\r\n") == text.count("\n") == 2
    heading, bad = csv.reader(text.splitlines(), delimiter=delimiter)
    assert heading == ["Reason", "ФИО", "Телефон", "Примечание"]
    assert bad[0].startswith("Телефон: ")
    assert bad[1:] == ["Ли", "12", 'а "б"']


def test_r65_a_fixed_file_of_rejects_imports(write_text: WriteText, read_clients: ReadClients) -> None:
    path, _count = reject(write_text("ФИО;Телефон;Остаток", "Ли;12;5", "Ким;;1,000", encoding="cp1251"))
    path.write_bytes(path.read_bytes().replace(b";12;", b";89161234567;"))
    fixed, still_bad = read_clients(path)
    assert isinstance(fixed, ClientRow)
    assert isinstance(still_bad, RejectedRow)
    again, count = reject(path)
    assert (again.name, count) == ("clients.rejected.rejected.csv", 1)
    heading, bad = csv.reader(again.read_text("cp1251").splitlines(), delimiter=";")
    assert heading == ["Reason", "ФИО", "Телефон", "Остаток"]
    assert bad[1:] == ["Ким", "", "1,000"]


def test_r65_rejects_of_a_workbook_are_text_for_excel(write_xlsx: Callable[..., Path]) -> None:
    path = write_xlsx({"1": [["ФИО", "Дата рождения", "Остаток"], ["12", date(2016, 9, 1), 1250.5]]})
    rejects, _count = reject(path)
    lines = rejects.read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Reason;ФИО;Дата рождения;Остаток"
    assert lines[1].endswith(";12;2016-09-01;1250.5")


def test_cells_are_not_changed(write_text: WriteText) -> None:
    path, _count = reject(write_text("ФИО;Телефон;Примечание", '  12 ;=1+1;"@a\nb"', "13;5"))
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode()), delimiter=";"))
    assert rows[1][1:] == ["  12 ", "=1+1", "@a\nb"]
    assert rows[2][1:] == ["13", "5"]


def test_all_reasons_stand_in_the_first_cell(write_text: WriteText) -> None:
    path, _count = reject(write_text("ФИО;Пол;Остаток", "12;?;x"))
    reason = path.read_text("utf-8").splitlines()[1].partition(";12;")[0]
    assert all(heading in reason for heading in ("ФИО: ", "Пол: ", "Остаток: "))


def test_r65_without_rejects_there_is_no_file(write_text: WriteText) -> None:
    path, count = reject(write_text("ФИО", "Ли"))
    assert (path.exists(), count) == (False, 0)


def test_the_file_is_readable_for_its_owner_only(write_text: WriteText) -> None:
    path, _count = reject(write_text("ФИО", "12"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_import_leaves_no_rejects(write_text: WriteText, tmp_path: Path) -> None:
    path = write_text("ФИО", "12")
    with open_source(path, known=CLIENT_FIELDS.headings) as source:
        headings = map_headings(source.headings)
        with pytest.raises(KeyboardInterrupt), RejectsFile(source, headings) as rejects:
            rejects.write(RejectedRow(2, ["12"], ()))
            raise KeyboardInterrupt
    assert [each.name for each in tmp_path.iterdir()] == ["clients.csv"]


def test_an_older_file_of_rejects_is_kept_aside_unless_it_is_the_same(write_text: WriteText) -> None:
    path = write_text("ФИО", "12")
    rejects, _count = reject(path)
    reject(path)
    kept = rejects.with_name("clients.rejected.csv.bak")
    assert not kept.exists()
    rejects.write_text("somebody was fixing this")
    reject(path)
    assert kept.read_text() == "somebody was fixing this"
    assert rejects.read_text().startswith("Reason")


def test_a_folder_that_may_not_be_written_is_trouble_with_the_disk(write_text: WriteText) -> None:
    path = write_text("ФИО", "12")
    rejects_path(path).mkdir()
    with pytest.raises(DiskTrouble, match=r"clients\.rejected\.csv: there is a folder of that name") as refused:
        reject(path)
    assert refused.value.hint == "Copy clients.csv to a folder that you may write to, and import it from there."


def test_reasons_in_letters_the_encoding_lacks_do_not_fail(write_text: WriteText) -> None:
    path, count = reject(write_text("name;phone", "José;12", "Ли;1", encoding="utf-8"))
    assert count == 2
    assert path.exists()
