"""What a new school holds from the first day."""

import stat
from pathlib import Path

import pytest
from builders import USER, make_school, reading_school

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.rules.settings import currency_code
from schoolcrm.core.rules.status import FUNNEL, LOYALTY
from schoolcrm.core.store.defaults import new_database
from schoolcrm.core.store.journal import read_changes


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with reading_school(path) as school:
        return school.db.execute(query).fetchall()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_r1_r2_one_automatic_status_per_base_in_order(tmp_path: Path, language: str) -> None:
    path = make_school(tmp_path, language)
    found = rows(path, "SELECT scale, base, automatic FROM status ORDER BY id")
    assert found == [("funnel", base, 1) for base in FUNNEL] + [("loyalty", base, 1) for base in LOYALTY]


def test_r1_russian_names_are_those_of_the_rule(tmp_path: Path) -> None:
    names = [name for (name,) in rows(make_school(tmp_path, "ru"), "SELECT name FROM status ORDER BY id")]
    assert names == [
        "Для администратора", "Новый", "В работе", "Записался на пробное занятие", "Посетил пробное занятие",
        "Подбор группы", "Купил абонемент", "Резерв", "Отказался", "Удалён",
        "Новый", "Рабочий", "Постоянный", "Спящий", "Бывший",
    ]  # fmt: skip


def test_english_school_has_no_russian_names(tmp_path: Path) -> None:
    path = make_school(tmp_path, "en")
    tables = ("status", "lesson_type", "absence_reason", "account")
    names = [name for table in tables for (name,) in rows(path, f"SELECT name FROM {table}")]
    assert len(names) == 23
    assert all(name.isascii() for name in names)


def test_r20_default_absence_reasons(tmp_path: Path) -> None:
    query = "SELECT short, short_key, excused, charged FROM absence_reason ORDER BY id"
    assert rows(make_school(tmp_path, "ru"), query) == [("УП", "уп", 1, 0), ("НП", "нп", 0, 100)]


def test_r20_every_lesson_type_the_program_works_with_is_there(tmp_path: Path) -> None:
    codes = rows(make_school(tmp_path), "SELECT code FROM lesson_type ORDER BY id")
    assert codes == [("group",), ("individual",), ("trial",), ("make-up",)]


def test_settings_of_the_school(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "school.db"
    new_database(path, USER, "ru", "eur", "Asia/Omsk")
    found = dict(rows(path, "SELECT key, value FROM setting"))
    assert found == {"currency": "EUR", "time_zone": "Asia/Omsk", "language": "ru"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_defaults_are_one_operation_of_the_user(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    assert rows(path, "SELECT id, user, command FROM operation") == [(1, USER, "init")]
    with reading_school(path) as school:
        changed = list(read_changes(school.db, 1))
    assert {change.entity for change in changed} == {
        "status", "lesson_type", "absence_reason", "account", "setting",
    }  # fmt: skip


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    path.write_text("mine")
    with pytest.raises(Refused, match=r"school\.db"):
        new_database(path, USER, "ru")
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "RU", "RUBL", "₽₽₽", "12A"])
def test_what_is_no_currency(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadValue):
        currency_code(text)
    with pytest.raises(BadValue):
        new_database(tmp_path / "school.db", USER, "ru", text)
    assert not list(tmp_path.iterdir())
