"""The lists the school edits (R20)."""

from collections.abc import Iterator
from typing import Any

import pytest
from builders import TODAY, make_school, writing_school

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound, Refused
from schoolcrm.core.learning.absence_reasons import edit_reason, read_percent
from schoolcrm.core.learning.catalogues import (
    CATALOGUES,
    add_entry,
    archive_entry,
    entry_name,
    entry_or_new,
    find_entry,
    rename_entry,
    set_location,
)


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


@pytest.mark.parametrize("kind", CATALOGUES)
def test_every_catalogue_takes_finds_renames_and_archives(school: Any, kind: str) -> None:
    number = add_entry(school, kind, "  Новая   запись ")
    assert entry_name(school.db, kind, number) == "Новая запись"
    assert find_entry(school.db, kind, "НОВАЯ запись") == find_entry(school.db, kind, str(number)) == number
    rename_entry(school, kind, number, "Ещё одна")
    assert find_entry(school.db, kind, "еще") == number
    archive_entry(school, kind, number)
    with pytest.raises(NotFound) as refusal:
        find_entry(school.db, kind, "Ещё одна")
    assert "Ещё одна" in refusal.value.sentence
    assert find_entry(school.db, kind, "Ещё одна", include_archived=True) == number


def test_an_entry_is_named_by_a_part_unless_several_have_it(school: Any) -> None:
    first = add_entry(school, "teachers", "Пётр Сидоров")
    add_entry(school, "teachers", "Пётр Ильин")
    assert find_entry(school.db, "teachers", "сидор") == first
    with pytest.raises(Ambiguous) as several:
        find_entry(school.db, "teachers", "петр")
    assert [label for _number, label in several.value.candidates] == ["Пётр Ильин", "Пётр Сидоров"]


def test_the_same_name_is_refused_whatever_its_case_and_spelling(school: Any) -> None:
    add_entry(school, "subjects", "Счёт")
    for name in ("счет", " СЧЁТ "):
        with pytest.raises(Refused, match='"Счёт"'):
            add_entry(school, "subjects", name, even_so=True)


def test_a_nearly_same_name_is_offered_and_added_even_so(school: Any) -> None:
    known = add_entry(school, "subjects", "Математика")
    with pytest.raises(Refused, match='"Математика" already, nearly the same as "Матиматика"'):
        add_entry(school, "subjects", "Матиматика")
    assert add_entry(school, "subjects", "Матиматика", even_so=True) != known
    with pytest.raises(Refused, match='"Математика"'):
        rename_entry(school, "subjects", find_entry(school.db, "subjects", "Матиматика"), "математика")


def test_an_entry_may_be_renamed_to_its_own_name_in_another_writing(school: Any) -> None:
    number = add_entry(school, "subjects", "шахматы")
    rename_entry(school, "subjects", number, "Шахматы")
    assert entry_name(school.db, "subjects", number) == "Шахматы"


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_an_entry_needs_a_name(school: Any, name: str) -> None:
    with pytest.raises(BadValue):
        add_entry(school, "levels", name)


def test_adding_an_archived_name_brings_it_back(school: Any) -> None:
    number = add_entry(school, "sources", "Листовка")
    archive_entry(school, "sources", number)
    assert add_entry(school, "sources", "листовка") == number
    assert find_entry(school.db, "sources", "Листовка") == number


def test_lesson_types_of_the_program_are_renamed_but_not_archived(school: Any) -> None:
    trial = find_entry(school.db, "lesson-types", "Пробное")
    with pytest.raises(Refused, match='"Пробное"'):
        archive_entry(school, "lesson-types", trial)
    rename_entry(school, "lesson-types", trial, "Первое занятие")
    assert find_entry(school.db, "lesson-types", "Первое") == trial


def test_a_room_is_in_a_location(school: Any) -> None:
    here, there = (add_entry(school, "locations", name) for name in ("Ленина 1", "Садовая 5"))
    room = add_entry(school, "rooms", "101", location_id=here)
    query = "SELECT location_id FROM room WHERE id = ?"
    assert school.db.execute(query, (room,)).fetchone() == (here,)
    set_location(school, room, there)
    assert school.db.execute(query, (room,)).fetchone() == (there,)


# Names used in other commands ---------------------------------------------------------------------------


def test_a_name_used_for_the_first_time_is_offered_by_spelling(school: Any) -> None:
    add_entry(school, "subjects", "Робототехника")
    with pytest.raises(NotFound) as refusal:
        entry_or_new(school, "subjects", "Робототехнека", new=False)
    assert '"Робототехнека"' in refusal.value.sentence
    assert "Робототехника" in refusal.value.hint
    assert "--new" in refusal.value.hint


def test_new_adds_the_name_as_it_is_written(school: Any) -> None:
    known = add_entry(school, "subjects", "Математика для взрослых")
    assert entry_or_new(school, "subjects", "Математика", new=False) == known
    added = entry_or_new(school, "subjects", "Математика", new=True)
    assert added != known
    assert entry_or_new(school, "subjects", "математика", new=False) == added


def test_new_brings_an_archived_entry_back(school: Any) -> None:
    number = add_entry(school, "accounts", "Сейф")
    archive_entry(school, "accounts", number)
    with pytest.raises(NotFound, match='"сейф"'):
        entry_or_new(school, "accounts", "сейф", new=False)
    assert entry_or_new(school, "accounts", "сейф", new=True) == number
    assert find_entry(school.db, "accounts", "сейф") == number


def test_digits_are_an_id_first_then_a_name(school: Any) -> None:
    first = add_entry(school, "rooms", "Зал")
    assert entry_or_new(school, "rooms", str(first), new=True) == first
    room = entry_or_new(school, "rooms", "101", new=True)
    assert entry_name(school.db, "rooms", room) == "101"
    assert entry_or_new(school, "rooms", "101", new=False) == room


# Absence reasons ----------------------------------------------------------------------------------------


def reason(school: Any, number: int) -> tuple[Any, ...]:
    row = school.db.execute("SELECT name, short, excused, charged FROM absence_reason WHERE id = ?", (number,))
    return tuple(row.fetchone())


def test_r20_an_absence_reason_is_found_by_its_short_name(school: Any) -> None:
    assert reason(school, find_entry(school.db, "absence-reasons", "уп"))[0] == "Уважительная причина"
    assert reason(school, find_entry(school.db, "absence-reasons", "НП"))[3] == 100


def test_an_absence_reason_is_charged_whole_unless_excused_or_said(school: Any) -> None:
    add = lambda name, **details: reason(school, add_entry(school, "absence-reasons", name, **details))  # noqa: E731
    assert add("Отпуск") == ("Отпуск", "Отпуск", 0, 100)
    assert add("Болезнь", short="Б", excused=True) == ("Болезнь", "Б", 1, 0)
    assert add("Карантин", short="К", excused=True, charged=50) == ("Карантин", "К", 1, 50)


def test_two_absence_reasons_have_no_short_name_in_common(school: Any) -> None:
    with pytest.raises(Refused, match='"уп" belongs to "Уважительная причина"'):
        add_entry(school, "absence-reasons", "Удалённо", short="уп")


def test_editing_an_absence_reason_leaves_what_is_not_said(school: Any) -> None:
    number = find_entry(school.db, "absence-reasons", "НП")
    edit_reason(school, number, charged=50)
    assert reason(school, number) == ("Неуважительная причина", "НП", 0, 50)
    edit_reason(school, number, short="Н", excused=True)
    assert reason(school, number) == ("Неуважительная причина", "Н", 1, 50)
    assert find_entry(school.db, "absence-reasons", "н") == number


def test_an_archived_absence_reason_comes_back_with_new_terms(school: Any) -> None:
    number = add_entry(school, "absence-reasons", "Карантин", short="К")
    archive_entry(school, "absence-reasons", number)
    assert add_entry(school, "absence-reasons", "Карантин", short="КР", charged=30) == number
    assert reason(school, number) == ("Карантин", "КР", 0, 30)


@pytest.mark.parametrize(("text", "percent"), [("0", 0), ("50%", 50), (" 100 % ", 100)])
def test_a_percent(text: str, percent: int) -> None:
    assert read_percent(text) == percent


@pytest.mark.parametrize("text", ["", "-1", "101", "12.5", "abc", "٣", "9999999999"])
def test_what_is_no_percent(text: str) -> None:
    with pytest.raises(BadValue, match="percent"):
        read_percent(text)


def test_the_day_of_archiving_is_today(school: Any) -> None:
    number = add_entry(school, "levels", "A1")
    archive_entry(school, "levels", number)
    assert school.db.execute("SELECT archived_on FROM level").fetchall() == [(TODAY.isoformat(),)]
