"""Text files as people have them: recognised, read row by row, or refused in one sentence (R60)."""

import os
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, DiskTrouble, SchoolError, WrongUsage
from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import map_headings
from schoolcrm.core.importing.reading import Source, open_source
from schoolcrm.core.importing.rows import read_rows

WriteText = Callable[..., Path]


def open_clients(path: Path, **options: str) -> Source:
    return open_source(path, known=CLIENT_FIELDS.headings, **options)


def test_r60_what_was_recognised_is_told(write_text: WriteText) -> None:
    path = write_text("ФИО клиента;Телефон", "Иванов Иван;89161234567", encoding="cp1251", end="\r\n")
    source = open_clients(path)
    assert (source.kind, source.encoding, source.delimiter, source.line_end) == ("csv", "cp1251", ";", "\r\n")
    assert (source.heading_line, source.headings, source.title_lines) == (1, ("ФИО клиента", "Телефон"), 0)
    assert list(source.rows()) == [(2, ["Иванов Иван", "89161234567"])]


def test_rows_can_be_read_again(write_text: WriteText) -> None:
    source = open_clients(write_text("ФИО;Телефон", "Ли;1", "Цой;2"))
    assert list(source.rows()) == list(source.rows()) == [(2, ["Ли", "1"]), (3, ["Цой", "2"])]


def test_quoted_line_breaks_stay_and_rows_are_those_of_a_spreadsheet(write_text: WriteText) -> None:
    path = write_text("ФИО;Примечание", 'Ли;"одна', 'две ""три"""', "Цой;")
    assert list(open_clients(path).rows()) == [(2, ["Ли", 'одна\nдве "три"']), (3, ["Цой", ""])]


def test_title_lines_above_the_headings_are_left_out_and_counted(write_text: WriteText) -> None:
    path = write_text("Наши клиенты;;", ";;", "№;ФИО;Телефон", "1;Ли;2")
    source = open_clients(path)
    assert (source.heading_line, source.title_lines) == (3, 1)
    assert list(source.rows()) == [(4, ["1", "Ли", "2"])]


def test_the_line_that_tells_excel_the_delimiter_is_obeyed(write_text: WriteText) -> None:
    path = write_text("sep=|", "ФИО|Телефон", "Ли|1")
    source = open_clients(path)
    assert (source.delimiter, source.heading_line, list(source.rows())) == ("|", 1, [(2, ["Ли", "1"])])


def test_options_win_over_what_is_recognised(write_text: WriteText) -> None:
    path = write_text("ФИО,x;Телефон", "Ли,y;1")
    assert open_clients(path, delimiter=",").headings == ("ФИО", "x;Телефон")
    path = write_text("Имя;Телефон", "Ли;1", encoding="koi8-r")
    assert open_clients(path, encoding="cp1251").headings[0] == "йНС"


def test_a_mark_before_utf8_is_no_part_of_the_first_heading(write_text: WriteText) -> None:
    path = write_text("ФИО;Телефон", "Ли;1", encoding="utf-8-sig")
    assert open_clients(path, encoding="utf-8").headings[0] == "ФИО"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(write_text: WriteText, end: str) -> None:
    path = write_text("ФИО;Телефон", "Ли;1", "Цой;2", end=end)
    assert [cells for _line, cells in open_clients(path).rows()] == [["Ли", "1"], ["Цой", "2"]]


def test_an_unclosed_quotation_mark_is_refused_with_its_line(write_text: WriteText) -> None:
    path = write_text("ФИО;Телефон", "Ли;1", '"Цой;2', "Ким;3")
    with pytest.raises(BadValue, match=r"A quotation mark in the row at line 3 of .*clients\.csv is never closed"):
        list(open_clients(path).rows())


def test_an_unclosed_quotation_mark_does_not_swallow_a_large_file(write_text: WriteText) -> None:
    path = write_text("ФИО;Телефон", "Ли;1", '"Цой;2', *["Ким Ким Ким;3"] * 20_000)
    with pytest.raises(BadValue, match=r"row at line 3 .* is too long: a quotation mark may be left open"):
        list(open_clients(path).rows())


def test_a_row_of_endless_quoted_cells_is_refused(write_text: WriteText) -> None:
    path = write_text("ФИО;Телефон", "Ли;1", '"b', *['";"b'] * 1_000_000, '"')
    with pytest.raises(BadValue, match=r"row at line 3 .* is too long"):
        list(open_clients(path).rows())


def test_quotation_marks_that_do_not_match_are_refused_with_their_line(write_text: WriteText) -> None:
    path = write_text("ФИО;Группа", "Ли;1", '"Робо" кружок;2')
    with pytest.raises(BadValue, match=r"quotation marks in the row at line 3 of .* don't match"):
        list(open_clients(path).rows())


def test_a_huge_cell_is_refused_with_its_line(write_text: WriteText) -> None:
    path = write_text("ФИО;Примечание", "Ли;1", "Цой;" + "x" * 200_000)
    with pytest.raises(BadValue, match=r"row at line 3 .* too long"):
        list(open_clients(path).rows())


def test_bytes_outside_the_named_encoding_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes("ФИО;Телефон\nЛи;1\n".encode("cp1251") + b"\x98;2\n")
    with pytest.raises(BadValue, match=r"Line 3 of .* can't be read in the encoding cp1251"):
        list(open_clients(path, encoding="cp1251").rows())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "has no rows"),
        (b"\n\n\n", "has no rows"),
        (b"\n;;\n", "has (headings but )?no rows"),
        ("ФИО;Телефон\n".encode(), "has headings but no rows"),
        ("ФИО;Телефон\n;;\n \n".encode(), "has headings but no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, r"an old Excel workbook \(\.xls\)"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"\x1f\x8b\x08\0\0\0", "packed with gzip"),
        (b"SQLite format 3\0" + b"\0" * 100, "a database"),
        (b"<html><table><tr><td>1</td></tr></table>", "a web page"),
        (b"  <!DOCTYPE html>", "a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document"),
        (bytes(range(256)) * 40, "NUL byte|can't be recognised"),
        (b"ab\0cd\nef", "NUL byte"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(content)
    with pytest.raises(BadValue, match=sentence) as refusal:
        list(open_clients(path).rows())
    assert "clients.csv" in refusal.value.sentence


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"There is no file .*nowhere"):
        open_clients(tmp_path / "nowhere.csv")
    with pytest.raises(BadValue, match="is a folder"):
        open_clients(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such files")
def test_a_file_that_never_ends_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clients.csv")
    with pytest.raises(BadValue, match="not an ordinary file"):
        open_clients(tmp_path / "clients.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_trouble_with_the_disk(write_text: WriteText) -> None:
    path = write_text("ФИО", "Ли")
    path.chmod(0)
    with pytest.raises(DiskTrouble):
        open_clients(path)


def test_a_name_no_disk_takes_is_trouble_with_the_disk(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble, match="can't be read"):
        open_clients(tmp_path / ("x" * 300))


def test_a_sheet_of_a_text_file_is_wrong_usage(write_text: WriteText) -> None:
    with pytest.raises(WrongUsage, match="--sheet"):
        open_clients(write_text("ФИО", "Ли"), sheet="Клиенты")


def read_everything(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clients.csv"
        path.write_bytes(content)
        try:
            with open_clients(path) as source:
                headings = map_headings(source.headings, new_fields=True)
                for row in read_rows(source, headings, date(2026, 9, 1)):
                    assert isinstance(row, ClientRow | RejectedRow)
        except SchoolError as refusal:
            assert refusal.sentence


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_end_in_rows_or_a_refusal(content: bytes) -> None:
    read_everything(content)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r"]),
    st.lists(
        st.one_of(
            st.sampled_from(["\n", "\r\n", ";", ",", "\t", '"', '""', "Ли", "8 916 123-45-67", "1,000", "#N/A"]),
            st.text(max_size=4),
        ),
        max_size=40,
    ),
)
def test_any_text_under_good_headings_ends_in_rows_or_a_refusal(codec: str, parts: list[str]) -> None:
    headings = "ФИО;Заказчик;Телефон;Дата рождения;Остаток;Группы;Email;Пол;Школа\n"
    read_everything((headings + "".join(parts)).encode(codec, "ignore"))
