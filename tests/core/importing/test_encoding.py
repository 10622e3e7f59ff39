"""Encodings are told from the bytes, never guessed into the wrong letters (R60)."""

from pathlib import Path

import pytest

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.encoding import check_text, named_encoding, recognise_encoding

SAMPLES = [
    "ФИО\nИванов\n",
    "ФИО клиента;Телефон\nИванов Иван;1\n",
    "ИВАНОВ ИВАН;1",
    "иванов иван;1",
    "Ученик\nЛи Юн\n",
    "name,phone\nЛев,1\n",
    "name\nЯна Цой\n",
    "student;sex\nAnna;ж\n",
    'name;note\nEva;"Ёлка" № 5\n',
    "Имя\nЩукин Ждан\n",
    *("Глеб\n", "Эля\n", "Цой\n", "Дарья\n", "Беляев\n", "Лебедев\n"),
    "ФИО клиента;Дата рождения;Email\nЩербаков Егор;1.9.16;a@example.com\n",
]


@pytest.mark.parametrize("text", SAMPLES)
@pytest.mark.parametrize(
    "codec",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r", "cp866"],
)
def test_r60_every_usual_encoding_is_told_from_short_samples(tmp_path: Path, text: str, codec: str) -> None:
    try:
        content = text.encode(codec)
    except UnicodeEncodeError:
        pytest.skip("the encoding lacks a letter of the sample")
    path = tmp_path / "clients.csv"
    path.write_bytes(content)
    assert recognise_encoding(path) == codec


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("name;phone\nJosé;1\n", "latin-1"),
        ("name\nÉcole\n", "cp1252"),
        ("name\nMüller\n", "cp1252"),
        ("name\nGłowacki Żółć\n", "cp1250"),
    ],
)
def test_western_letters_are_not_taken_for_russian_ones(tmp_path: Path, text: str, codec: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(text.encode(codec))
    with pytest.raises(BadValue, match=r"clients\.csv can't be recognised") as refusal:
        recognise_encoding(path)
    assert "--encoding" in refusal.value.hint


def test_broken_utf8_is_refused_with_its_line_instead_of_read_as_cp1251(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes("ФИО;Телефон\nИванов Иван;1\nПетрова Анна;2\n".encode() + b"\xff\xfe;3\n")
    with pytest.raises(BadValue, match=r"line 4 has bytes that are not"):
        recognise_encoding(path)


def test_a_letter_that_comes_late_still_counts(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(b"name;phone\n" * 200_000 + "Иванов Иван Петрович;1\n".encode("cp1251"))
    assert recognise_encoding(path) == "cp1251"


def test_a_nul_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(b"name;phone\nAnna;1\nBo\0b;2\n")
    with pytest.raises(BadValue, match=r"Line 3 of .* has a NUL byte"):
        check_text(path, "utf-8")


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(b"name\n" + b"x" * 6_000_000)
    with pytest.raises(BadValue, match=r"Line 2 of .* is too long"):
        check_text(path, "utf-8")


@pytest.mark.parametrize(
    ("name", "codec"),
    [("windows-1251", "cp1251"), ("UTF8", "utf-8"), ("utf_16", "utf-16"), (" KOI8-R ", "koi8-r")],
)
def test_encodings_have_many_names(name: str, codec: str) -> None:
    assert named_encoding(name) == codec


@pytest.mark.parametrize("name", ["klingon", "rot13", "base64", "idna", "undefined", "", "utf-8\0", "a" * 500])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(BadValue) as refusal:
        named_encoding(name)
    assert "cp1251" in refusal.value.hint
