"""R64: `--on-duplicate update` changes what the file fills, empties nothing, and does nothing twice."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import dump, hold, make_school, reading_school, run_cli, writing_school
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schoolcrm.core.importing.clients import ClientFile, Imported, RowsRefused, Wishes, client_fields, import_clients
from schoolcrm.core.importing.tally import LeftOut

TODAY = date(2026, 9, 1)
FULL = {
    "ФИО": "Пётр Иванов",
    "Заказчик": "Анна Иванова",
    "Дата рождения": "01.02.2015",
    "Телефон": "8 916 123-45-67",
    "Статус": "Новый",
    "Остаток": "500",
    "Группа": "Робо 1",
    "Стоимость урока": "700",
    "Предмет": "Робототехника",
    "Уровень": "A1",
    "Педагог": "Ольга Белова",
    "Источник": "Сайт",
    "Менеджер": "Вера Тихая",
    "Примечание": "тихий",
    "Школа": "№ 5",
    "Последнее посещение": "20.08.2026",
}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def bring(school: Path, *rows: Mapping[str, str], today: date = TODAY, **wishes: Any) -> Imported:
    """Import a file of the rows, whose keys are the headings; `update` unless the wishes say else."""
    wishes = {"on_duplicate": "update", "new_fields": True, **wishes}
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    path = school.with_name("c.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    with reading_school(school, today) as open_school:
        fields = client_fields(open_school.db)
    return import_clients(school, ClientFile(path, Wishes(**wishes), fields), today, user="olga")


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school, TODAY) as open_school:
        return open_school.db.execute(query).fetchall()


def test_r64_the_same_file_again_changes_nothing(school: Path) -> None:
    sister = {**FULL, "ФИО": "Маша Иванова", "Дата рождения": "03.04.2017", "Примечание": "бойкая", "Школа": "№ 6"}
    assert bring(school, FULL, sister).tally.students == 2
    before = dump(school)
    again = bring(school, FULL, sister).tally
    assert (again.students, again.updated, again.skipped) == (0, 0, 2)
    assert not again.left_out
    assert dump(school) == before


def test_r64_what_the_file_fills_is_changed(school: Path) -> None:
    bring(school, FULL)
    changed = {
        **FULL,
        "Телефон": "8 916 999-88-77",
        "Статус": "Отказался",
        "Группа": "Танцы",
        "Стоимость урока": "800",
        "Уровень": "A2",
        "Педагог": "Ирина Зимина",
        "Источник": "Подруга",
        "Менеджер": "Лев Громкий",
        "Примечание": "говорит",
        "Школа": "№ 7",
        "Последнее посещение": "25.08.2026",
    }
    tally = bring(school, changed).tally
    assert (tally.clients, tally.students, tally.updated, tally.skipped) == (0, 0, 1, 0)
    assert rows_of(school, "SELECT value FROM contact ORDER BY id") == [("+79161234567",), ("+79169998877",)]
    assert rows_of(
        school,
        "SELECT base, source.name, manager, note, last_visit_on FROM client JOIN status ON status.id = status_id"
        " JOIN source ON source.id = source_id",
    ) == [("refused", "Подруга", "Лев Громкий", "говорит", "2026-08-25")]
    assert rows_of(school, "SELECT reason, from_id IS NULL FROM status_change WHERE scale = 'funnel'") == [
        ("import", 1),
        ("import", 0),
    ]
    assert rows_of(school, "SELECT study_group.name FROM membership JOIN study_group ON study_group.id = group_id") == [
        ("Робо 1",),
        ("Танцы",),
    ]
    assert rows_of(school, "SELECT price FROM subscription ORDER BY id") == [(70000,), (80000,)]
    assert rows_of(school, "SELECT level.name FROM student_subject JOIN level ON level.id = level_id") == [("A2",)]
    assert rows_of(school, "SELECT teacher.name FROM student_teacher JOIN teacher ON teacher.id = teacher_id") == [
        ("Ирина Зимина",)
    ]
    assert rows_of(school, "SELECT value FROM client_field") == [("№ 7",)]
    before = dump(school)
    assert bring(school, changed).tally.updated == 0
    assert dump(school) == before


def test_r64_nothing_is_emptied(school: Path) -> None:
    bring(school, FULL)
    before = dump(school)
    bare = dict.fromkeys(FULL, "") | {key: FULL[key] for key in ("ФИО", "Телефон")}
    assert bring(school, bare).tally.updated == 0
    assert dump(school) == before


def test_r64_a_changed_birth_date_is_also_the_clients_who_is_the_student(school: Path) -> None:
    bring(school, {"ФИО": "Олег Взрослый", "Телефон": "89161112233"})
    later = {"ФИО": "Олег Взрослый", "Телефон": "89161112233", "Дата рождения": "05.05.1990", "Пол": "м"}
    assert bring(school, later).tally.updated == 1
    assert rows_of(school, "SELECT client.birthday, client.sex, student.birthday FROM client JOIN student") == [
        ("1990-05-05", "m", "1990-05-05")
    ]


def test_r64_an_opening_balance_is_never_booked_twice(school: Path) -> None:
    bring(school, FULL)
    tally = bring(school, {**FULL, "Остаток": "900"}).tally
    assert (tally.balances, tally.updated, tally.left_out[LeftOut.BALANCE]) == (0, 0, 1)
    assert rows_of(school, "SELECT amount FROM payment") == [(50000,)]


def test_r64_a_group_that_was_left_is_joined_again_and_one_still_to_begin_is_not(school: Path) -> None:
    bring(school, FULL)
    with writing_school(school, TODAY) as open_school:
        open_school.db.execute("UPDATE membership SET last_on = '2026-09-05'")
    bring(school, FULL, today=date(2026, 9, 5))
    assert rows_of(school, "SELECT count(*) FROM membership") == [(1,)]
    assert bring(school, FULL, today=date(2026, 9, 6)).tally.updated == 1
    assert rows_of(school, "SELECT first_on FROM membership ORDER BY id") == [("2026-09-01",), ("2026-09-06",)]


def test_r64_a_new_child_of_a_known_client_joins_and_completes_the_client(school: Path) -> None:
    bring(school, {"ФИО": "Пётр Иванов", "Заказчик": "Анна Иванова", "Телефон": "89161234567"})
    sister = {"ФИО": "Маша Иванова", "Заказчик": "Анна Иванова", "Телефон": "89161234567", "Примечание": "новая"}
    tally = bring(school, sister).tally
    assert (tally.clients, tally.students, tally.updated) == (0, 1, 0)
    assert rows_of(school, "SELECT client.note, student.note FROM client JOIN student WHERE student.id = 2") == [
        ("новая", None)
    ]
    before = dump(school)
    bring(school, sister)
    assert dump(school) == before


def test_r64_a_new_phone_in_the_file_brings_the_next_child_of_the_same_payer(school: Path) -> None:
    bring(school, {"ФИО": "Пётр Иванов", "Заказчик": "Анна Иванова", "Дата рождения": "01.02.2015"})
    both = [
        {**FULL, "Телефон": "89169998877"},
        {**FULL, "ФИО": "Маша Иванова", "Дата рождения": "", "Телефон": "89169998877"},
    ]
    tally = bring(school, *both).tally
    assert (tally.clients, tally.students, tally.updated) == (0, 1, 1)


def test_r7_people_in_the_archive_are_left_as_they_are(school: Path) -> None:
    bring(school, FULL)
    with writing_school(school, TODAY) as open_school:
        open_school.db.execute("UPDATE client SET archived_on = '2026-09-01'")
    before = dump(school)
    tally = bring(school, {**FULL, "Примечание": "другое"}).tally
    assert (tally.updated, tally.skipped, tally.left_out[LeftOut.HIDDEN]) == (0, 1, 1)
    assert dump(school) == before


def test_another_name_of_the_client_is_reported_and_not_taken(school: Path) -> None:
    bring(school, FULL)
    assert bring(school, {**FULL, "Заказчик": "Анна Петрова"}).tally.left_out[LeftOut.PAYER] == 1
    assert rows_of(school, "SELECT name FROM client") == [("Анна Иванова",)]


def test_r31_a_month_plan_is_priced_anew_when_an_update_joins_a_group(school: Path) -> None:
    from builders import add_group, add_plan, add_schedule, sell_plan

    with writing_school(school, TODAY) as open_school:
        groups = [add_group(open_school, name) for name in ("Робо 1", "Танцы")]
        for group, days in zip(groups, ("tue", "wed"), strict=True):
            add_schedule(open_school, group_id=group, days=days, first_on=TODAY)
    bring(school, {**FULL, "Стоимость урока": "", "Статус": ""})
    with writing_school(school, TODAY) as open_school:
        sell_plan(open_school, 1, add_plan(open_school, "month", 500000), TODAY)
        hold(open_school, groups[0], TODAY, present=[1])
    assert rows_of(school, "SELECT charge FROM mark") == [(100000,)]
    bring(school, {**FULL, "Стоимость урока": "", "Группа": "Танцы", "Статус": ""})
    assert rows_of(school, "SELECT charge FROM mark") == [(50000,)]


def test_r64_the_command_counts_what_was_updated(school: Path, tmp_path: Path) -> None:
    bring(school, FULL)
    bring(school, {**FULL, "Примечание": "новое", "Остаток": "1", "Заказчик": "Анна"}, dry_run=True)
    words = ("import-csv", str(tmp_path / "c.csv"), "--on-duplicate", "update")
    code, _out, err = run_cli(*words, "--dry-run", db=school)
    assert (code, "updated: 1; skipped, already there: 0" in err) == (0, True)
    assert "1 opening balance was left out" in err
    assert "1 client has another name" in err
    assert '"updated": 1, "skipped": 0' in run_cli(*words, "--format", "json", db=school)[1]
    assert '"updated": 0, "skipped": 1' in run_cli(*words, "--format", "json", db=school)[1]


CONTRACT = {
    "ФИО": "Пётр Иванов",
    "Заказчик": "Анна Иванова",
    "Телефон": "89161234567",
    "Номер договора": "12/3",
    "Дата договора": "01.02.2026",
    "Договор до": "31.12.2026",
    "Сумма договора": "10 000",
}
CONTRACTS = "SELECT number, school_number, amount, signed_on, first_on, last_on FROM contract ORDER BY school_number"


def test_r62_a_contract_of_the_family_is_one(school: Path) -> None:
    imported = bring(school, CONTRACT, {**CONTRACT, "ФИО": "Маша Иванова"}, on_duplicate="skip")
    assert imported.tally.contracts == 1
    assert rows_of(school, CONTRACTS) == [("12/3", 1, 1000000, "2026-02-01", "2026-02-01", "2026-12-31")]
    other = {**CONTRACT, "ФИО": "Лев Иванов", "Номер договора": "13"}
    assert bring(school, CONTRACT, other, on_duplicate="skip").tally.contracts == 1
    assert [row[:2] for row in rows_of(school, CONTRACTS)] == [("12/3", 1), ("13", 2)]


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ({"Дата договора": "", "Договор до": "", "Сумма договора": ""}, ("12/3", 0, "2026-09-01", None)),
        ({"Номер договора": "—", "Договор до": ""}, (None, 1000000, "2026-02-01", None)),
        ({"Дата договора": "", "Договор до": "01.03.2026"}, ("12/3", 1000000, "2026-03-01", "2026-03-01")),
    ],
)
def test_r62_a_contract_needs_neither_number_nor_days(
    school: Path, cells: dict[str, str], kept: tuple[Any, ...]
) -> None:
    bring(school, {**CONTRACT, **cells})
    assert rows_of(school, "SELECT number, amount, first_on, last_on FROM contract") == [kept]
    before = dump(school)
    assert bring(school, {**CONTRACT, **cells}, today=date(2026, 9, 2)).tally.contracts == 0
    if kept[0]:
        assert dump(school) == before


def test_r62_a_row_without_contract_cells_makes_none(school: Path) -> None:
    bring(school, {**dict.fromkeys(CONTRACT, ""), "ФИО": "Пётр Иванов", "Сумма договора": "0"})
    assert rows_of(school, "SELECT count(*) FROM contract") == [(0,)]


def test_r63_a_contract_that_ends_before_it_begins_rejects_its_row(school: Path) -> None:
    imported = bring(school, {**CONTRACT, "Договор до": "31.01.2026"}, FULL)
    assert "2026-01-31" in imported.reasons[0][1]
    assert rows_of(school, "SELECT count(*) FROM contract") == [(0,)]


def test_r64_an_update_changes_the_contract_of_that_number(school: Path) -> None:
    bring(school, CONTRACT)
    tally = bring(school, {**CONTRACT, "Договор до": "31.05.2027", "Сумма договора": "12 000"}).tally
    assert (tally.contracts, tally.updated) == (0, 1)
    assert rows_of(school, CONTRACTS) == [("12/3", 1, 1200000, "2026-02-01", "2026-02-01", "2027-05-31")]
    assert bring(school, {**CONTRACT, "Номер договора": "14"}).tally.contracts == 1


NAMES = ["Пётр Иванов", "Маша Иванова", "Лев Ким", "Ева Ли"]
PAYERS = {"Пётр Иванов": "Анна Иванова", "Маша Иванова": "Анна Иванова", "Лев Ким": "", "Ева Ли": "Ли Вера"}
PHONES = {"Пётр Иванов": "89161234567", "Маша Иванова": "89161234567", "Лев Ким": "89162223344", "Ева Ли": ""}
CELLS: dict[str, Sequence[str]] = {
    "Дата рождения": ["", "", "01.02.2015"],
    "Статус": ["", "Новый", "bought", "Отказался", "ерунда"],
    "Остаток": ["", "0", "100", "-5"],
    "Группа": ["", "Робо 1", "Танцы", "Робо 1, Танцы"],
    "Стоимость урока": ["", "700", "800"],
    "Предмет": ["", "Робо", "Танцы"],
    "Уровень": ["", "A1", "A2"],
    "Педагог": ["", "Ольга Белова", "Ирина Зимина, Ольга Белова"],
    "Источник": ["", "Сайт", "Подруга"],
    "Примечание": ["", "тихий", "бойкий"],
    "Школа": ["", "5", "6"],
    "Последняя покупка": ["", "01.07.2026", "01.08.2026"],
    "Номер договора": ["", "1", "2"],
    "Договор до": ["", "31.12.2026", "31.12.2027"],
}
SAID = st.builds(
    lambda name, cells: {"ФИО": name, "Заказчик": PAYERS[name], "Телефон": PHONES[name], **cells},
    st.sampled_from(NAMES),
    st.fixed_dictionaries({heading: st.sampled_from(values) for heading, values in CELLS.items()}),
)
FILES = st.lists(SAID, min_size=1, max_size=6)


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FILES, FILES)
def test_r64_a_second_update_with_any_file_changes_nothing(
    tmp_path: Path, first: list[dict[str, str]], second: list[dict[str, str]]
) -> None:
    school = make_school(tmp_path)
    for rows in (first, second):
        sound = [{**row, "Статус": row["Статус"].replace("ерунда", "")} for row in rows]
        with suppress(RowsRefused):  # a file may have no row that can be read
            bring(school, *sound)
        before = dump(school)
        with suppress(RowsRefused):
            assert bring(school, *sound).tally.updated == 0
        assert dump(school) == before
