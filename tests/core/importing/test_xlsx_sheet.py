"""Workbooks: typed cells as exact text, hostile and damaged files refused (R60)."""

import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from html import unescape
from pathlib import Path

import pytest

from schoolcrm.core.errors import BadValue, SchoolError, WrongUsage
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.reading import Source, open_source
from schoolcrm.core.importing.xlsx_sheet import cell_text

WriteXlsx = Callable[..., Path]
CLIENTS = [["ФИО", "Телефон", "Дата рождения"], ["Ли Юн", 79161234567.0, date(2016, 5, 1)]]


def open_clients(path: Path, **options: str) -> Source:
    return open_source(path, known=CLIENT_FIELDS.headings, **options)


def rebuild(path: Path, changed: dict[str, bytes]) -> None:
    """Write the workbook again with some of its parts changed or added."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()} | changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("Ли", "Ли"),
        ("раз_x000D_\nдва", "раз\nдва"),
        (79161234567.0, "79161234567"),
        (79161234567, "79161234567"),
        (1250.5, "1250.5"),
        (0.1 + 0.2, "0.3"),
        (1e22, "10000000000000000000000"),
        (True, "TRUE"),
        (datetime.fromisoformat("2026-09-01"), "2026-09-01"),
        (datetime.fromisoformat("2026-09-01 18:30"), "2026-09-01 18:30:00"),
        (date(2026, 9, 1), "2026-09-01"),
        (time(18, 30), "18:30:00"),
        (float("inf"), "inf"),
    ],
)
def test_r63_a_typed_cell_becomes_the_text_it_stands_for(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_r60_a_workbook_is_read_like_text(write_xlsx: WriteXlsx) -> None:
    with open_clients(write_xlsx({"Клиенты": CLIENTS})) as source:
        assert (source.kind, source.sheet, source.encoding, source.heading_line) == ("xlsx", "Клиенты", "", 1)
        assert list(source.rows()) == list(source.rows()) == [(2, ["Ли Юн", "79161234567", "2016-05-01"])]


def test_a_workbook_is_known_by_its_content_not_its_name(write_xlsx: WriteXlsx) -> None:
    with open_clients(write_xlsx({"1": CLIENTS}, name="clients.csv")) as source:
        assert source.kind == "xlsx"


def test_texts_kept_apart_from_the_sheet_are_read(write_xlsx: WriteXlsx) -> None:
    """As Excel itself writes them; openpyxl puts them into the cells."""
    path = write_xlsx({"1": [["ФИО", "Группы"], ["Ли", "Робо 1"]]})
    texts = ["ФИО", "Группы", "Ли", "Робо 1"]
    with zipfile.ZipFile(path) as archive:
        sheet = unescape(archive.read("xl/worksheets/sheet1.xml").decode())
        types = archive.read("[Content_Types].xml").decode()
    for number, text in enumerate(texts):
        sheet = sheet.replace(f't="inlineStr"><is><t>{text}</t></is>', f't="s"><v>{number}</v>')
    assert "inlineStr" not in sheet
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    rebuild(
        path,
        {
            "xl/worksheets/sheet1.xml": sheet.encode(),
            "[Content_Types].xml": types.replace("</Types>", override).encode(),
            "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>'.encode(),
        },
    )
    with open_clients(path) as source:
        assert source.headings == ("ФИО", "Группы")
        assert list(source.rows()) == [(2, ["Ли", "Робо 1"])]


def test_the_first_sheet_with_rows_is_taken_or_the_named_one(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"Пусто": [], "Клиенты": CLIENTS, "Ещё": [["ФИО"], ["Цой"]]})
    for wanted, sheet in [(None, "Клиенты"), ("еще", "Ещё"), ("3", "Ещё")]:
        with open_source(path, known=CLIENT_FIELDS.headings, sheet=wanted) as source:
            assert source.sheet == sheet


def test_a_hidden_sheet_is_only_taken_by_its_name(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"Списки": [["Города"], ["Тверь"]], "Клиенты": CLIENTS})
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml")
    rebuild(path, {"xl/workbook.xml": book.replace(b'state="visible"', b'state="hidden"', 1)})
    with open_clients(path) as source:
        assert source.sheet == "Клиенты"
    with open_clients(path, sheet="Списки") as source:
        assert source.headings == ("Города",)


def test_an_unknown_sheet_is_refused_with_the_known_ones(write_xlsx: WriteXlsx) -> None:
    with pytest.raises(BadValue, match='no sheet "Нет"') as refusal:
        open_clients(write_xlsx({"Клиенты": CLIENTS}), sheet="Нет")
    assert "Клиенты" in refusal.value.hint


@pytest.mark.parametrize("option", ["encoding", "delimiter"])
def test_options_of_text_are_wrong_usage(write_xlsx: WriteXlsx, option: str) -> None:
    with pytest.raises(WrongUsage, match=f"--{option}"):
        open_clients(write_xlsx({"1": CLIENTS}), **{option: ";"})


def test_an_empty_workbook_is_refused(write_xlsx: WriteXlsx) -> None:
    with pytest.raises(BadValue, match="has no rows"):
        open_clients(write_xlsx({"1": [], "2": []}))


def test_formulas_that_were_never_calculated_are_refused(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"1": [["ФИО", "Остаток"], ["Ли", "=1+1"]]})
    with pytest.raises(BadValue, match="formulas without a stored value"):
        open_clients(path)


def test_formulas_are_read_as_the_value_stored_with_them(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"1": [["ФИО", "Остаток"], ["Ли", "=1+1"]]})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    for stored, text in [(b"<v>2</v></c>", "2"), (b"<v></v></c>", None)]:
        changed = sheet.replace(b"<v /></c>", stored).replace(b"<v/></c>", stored).replace(b"<v></v></c>", stored)
        rebuild(path, {"xl/worksheets/sheet1.xml": changed})
        if text:
            with open_clients(path) as source:
                assert list(source.rows()) == [(2, ["Ли", text])]


def test_wrong_dimensions_lose_no_cells(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"1": CLIENTS})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:C2"' in sheet
    rebuild(path, {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:C2"', b'ref="A1"')})
    with open_clients(path) as source:
        assert list(source.rows()) == [(2, ["Ли Юн", "79161234567", "2016-05-01"])]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"a.txt": b"1"}, "a zip archive"),
        ({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}, "an OpenDocument file"),
        ({"xl/workbook.bin": b"1", "[Content_Types].xml": b"<x/>"}, "a binary Excel workbook"),
        ({"[Content_Types].xml": b"<x/>"}, "is damaged"),
        ({"[Content_Types].xml": b"not xml"}, "is damaged"),
    ],
)
def test_other_zip_files_are_refused(tmp_path: Path, parts: dict[str, bytes], sentence: str) -> None:
    path = tmp_path / "clients.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(BadValue, match=sentence):
        open_clients(path)


@pytest.mark.parametrize(
    ("part", "size"), [("xl/worksheets/sheet1.xml", 600), ("xl/sharedStrings.xml", 60), ("xl/styles.xml", 20)]
)
def test_a_workbook_that_would_fill_the_memory_is_refused_unopened(write_xlsx: WriteXlsx, part: str, size: int) -> None:
    path = write_xlsx({"1": CLIENTS})
    name = part.replace(".xml", "2.xml")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as bomb,
    ):
        for _ in range(size):
            bomb.write(b"\0" * (1 << 20))
    with pytest.raises(BadValue, match="too large when unpacked"):
        open_clients(path)


def test_entities_that_multiply_are_refused(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"1": CLIENTS})
    lines = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]
    laughs = f'<!DOCTYPE x [<!ENTITY l0 "ha">{"".join(lines)}]>'
    with zipfile.ZipFile(path) as archive:
        sheet = unescape(archive.read("xl/worksheets/sheet1.xml").decode())
    rebuild(path, {"xl/worksheets/sheet1.xml": (laughs + sheet.replace("Ли Юн", "&l11;")).encode()})
    with pytest.raises(BadValue, match="is damaged"):
        open_clients(path)


def test_a_damaged_workbook_is_refused_wherever_the_damage_is(write_xlsx: WriteXlsx) -> None:
    path = write_xlsx({"1": [CLIENTS[0], *[[f"Ли {n}", n, date(2016, 5, 1)] for n in range(50)]]})
    whole = path.read_bytes()
    chance = random.Random(60)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 3, 30])):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        cut = chance.choice([len(damaged), chance.randrange(4, len(damaged))])
        path.write_bytes(damaged[:cut])
        try:
            with open_clients(path) as source:
                for _line, cells in source.rows():
                    assert all(isinstance(cell, str) for cell in cells)
        except SchoolError as refusal:
            assert refusal.sentence
