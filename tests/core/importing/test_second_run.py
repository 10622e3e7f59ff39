"""R64: a file imported twice changes nothing the second time, whoever is in it and in whichever mode."""

import csv
from datetime import date
from pathlib import Path

import pytest
from builders import dump, make_school, reading_school, run_cli, writing_school
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.importing.clients import ClientFile, Imported, Wishes, client_fields, import_clients
from schoolcrm.core.importing.tally import LeftOut

TODAY = date(2026, 9, 1)
HEADINGS = ("ФИО", "Заказчик", "Дата рождения", "Телефон", "Email", "Примечание", "Школа", "Группа")
Row = dict[str, str]
ROWS = st.fixed_dictionaries(
    {
        "ФИО": st.sampled_from(["Пётр Иванов", "Петр Иванов", "Маша Иванова"]),
        "Заказчик": st.sampled_from(["", "Анна Иванова", "Пётр Иванов"]),
        "Дата рождения": st.sampled_from(["", "", "01.02.2015", "03.04.2016"]),
        "Телефон": st.sampled_from(["", "", "89161234567", "89162223344", "89161234567, 89163334455"]),
        "Email": st.sampled_from(["", "a@b.ru", "c@d.ru"]),
        "Примечание": st.sampled_from(["", "тихий", "бойкий"]),
        "Школа": st.sampled_from(["", "5", "6"]),
        "Группа": st.sampled_from(["", "Робо 1", "Танцы"]),
    }
)
FILES = st.lists(ROWS, min_size=1, max_size=5)


def bring(school: Path, rows: list[Row], mode: str) -> Imported:
    """Import a file of the rows."""
    path = school.with_name("c.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    with reading_school(school, TODAY) as open_school:
        fields = client_fields(open_school.db)
    wishes = Wishes(on_duplicate=mode, new_fields=True)
    return import_clients(school, ClientFile(path, wishes, fields), TODAY, user="olga")


def changes_nothing(school: Path, rows: list[Row], mode: str) -> Imported:
    before = dump(school)
    again = bring(school, rows, mode)
    assert (again.tally.students, again.tally.updated) == (0, 0)
    assert dump(school) == before
    return again


@pytest.mark.parametrize("mode", ["skip", "update", "fail"])
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(FILES, FILES, st.sampled_from(["", "client", "student"]))
def test_r64_any_file_twice_brings_nobody_new_and_by_default_changes_nothing(
    tmp_path: Path, mode: str, first: list[Row], second: list[Row], archived: str
) -> None:
    school = make_school(tmp_path)
    bring(school, first, "skip")
    if archived:
        with writing_school(school, TODAY) as open_school:
            open_school.db.execute(f"UPDATE {archived} SET archived_on = '2026-09-01' WHERE id = 1")
    if mode == "fail":
        before = dump(school)
        with pytest.raises(Refused):
            bring(school, first, mode)
        assert dump(school) == before
        return
    bring(school, second, mode)
    changes_nothing(school, second, mode)


PETER: Row = {"ФИО": "Пётр Иванов", "Заказчик": "Анна Иванова", "Телефон": "89161234567", "Дата рождения": "01.02.2015"}


def test_r64_a_further_row_with_another_birth_date_is_rejected(tmp_path: Path) -> None:
    school = make_school(tmp_path)
    rows = [PETER, PETER | {"Дата рождения": "03.04.2016", "Группа": "Робо 1"}]
    for mode in ("skip", "update"):
        imported = bring(school, rows, mode)
        assert imported.tally.groups == 0
        assert [line for line, _reason in imported.reasons] == [3] * (mode == "update" or imported.tally.students)
    assert "different birth dates: 2015-02-01 and 2016-04-03" in imported.reasons[0][1]


def test_r64_a_bare_row_is_no_guess_between_a_student_of_the_school_and_one_of_the_file(tmp_path: Path) -> None:
    school = make_school(tmp_path)
    himself = {"ФИО": "Пётр Иванов", "Телефон": "89161234567"}
    bring(school, [himself, PETER | {"Телефон": "", "Заказчик": "Анна Иванова"}], "skip")
    rows = [
        himself | {"Заказчик": "Анна Иванова"},
        {"ФИО": "Пётр Иванов", "Заказчик": "Анна Иванова", "Группа": "Робо"},
    ]
    before = dump(school)
    assert "Several students answer to the names" in bring(school, rows, "skip").reasons[0][1]
    assert dump(school) == before


def test_r64_a_birth_date_that_an_update_replaced_is_nobodys(tmp_path: Path) -> None:
    school = make_school(tmp_path)
    bring(school, [PETER], "skip")
    other = {"ФИО": "Пётр Иванов", "Заказчик": "Иванов Олег", "Дата рождения": "01.02.2015"}
    both = [PETER | {"Дата рождения": "03.04.2016"}, other]
    assert bring(school, both, "update").tally.students == 1
    changes_nothing(school, both, "update")


def test_r64_an_archived_client_gets_the_phone_of_a_new_child_who_is_found_by_it_again(tmp_path: Path) -> None:
    school = make_school(tmp_path)
    bring(school, [PETER | {"Телефон": "", "Email": "a@b.ru"}], "skip")
    with writing_school(school, TODAY) as open_school:
        open_school.db.execute("UPDATE client SET archived_on = '2026-09-01'")
    sister = [PETER | {"ФИО": "Маша Иванова", "Дата рождения": "", "Email": "a@b.ru"}]
    assert bring(school, sister, "update").tally.students == 1
    changes_nothing(school, sister, "update")


def test_r64_a_phone_that_comes_later_makes_no_second_student_of_the_same_name(tmp_path: Path) -> None:
    school = make_school(tmp_path)
    bare = PETER | {"Телефон": "", "Дата рождения": "", "Email": "a@b.ru"}
    rows = [bare, bare | {"Телефон": "89161234567"}, bare | {"Телефон": "89161234567", "Группа": "Робо 1"}]
    assert bring(school, rows[:1], "skip").tally.students == 1
    again = bring(school, rows, "update").tally
    assert (again.students, again.updated) == (0, 1)
    changes_nothing(school, rows, "update")


def test_r64_a_new_students_birth_date_is_the_clients_who_is_the_student(tmp_path: Path) -> None:
    school = make_school(tmp_path)
    bring(school, [{"ФИО": "Маша Иванова", "Заказчик": "Пётр Иванов", "Телефон": "89161234567"}], "skip")
    himself = [PETER | {"Заказчик": ""}]
    tally = bring(school, himself, "update").tally
    assert (tally.students, tally.updated, tally.skipped) == (1, 0, 0)
    changes_nothing(school, himself, "update")


def test_what_a_further_row_of_a_student_says_otherwise_is_not_dropped_silently(tmp_path: Path) -> None:
    rows = [PETER, PETER | {"Примечание": "бойкий"}]
    school = make_school(tmp_path)
    assert bring(school, rows, "skip").tally.left_out[LeftOut.REPEATED] == 1
    assert bring(school, rows, "update").tally.left_out[LeftOut.REPEATED] == 1


def test_r62_a_level_without_a_subject_rejects_its_row(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("ФИО;Предмет;Уровень\nПётр Иванов;;A1\nМаша Иванова;Танцы;A1\n", "utf-8")
    code, _out, err = run_cli("import-csv", str(tmp_path / "c.csv"), db=make_school(tmp_path))
    assert code == 3
    assert 'row 2 rejected: Уровень: The level "A1" is that of no subject.' in err


def test_r61_r62_several_subjects_in_a_cell_and_in_columns(tmp_path: Path) -> None:
    lines = [
        "ФИО;Предметы;Предмет 2;Группа;Цена",
        "Пётр Иванов;Танцы, Шахматы;танцы;Кружок;700",
        "Маша Иванова;;Шахматы;Шахматы 1;700",
    ]
    (tmp_path / "c.csv").write_text("\n".join(lines), "utf-8")
    school = make_school(tmp_path)
    code, _out, err = run_cli("import-csv", str(tmp_path / "c.csv"), "--yes", db=school)
    assert code == 0, err
    query = (
        "SELECT student.name, group_concat(subject.name) FROM student_subject"
        " JOIN student ON student.id = student_id JOIN subject ON subject.id = subject_id GROUP BY student_id"
    )
    with reading_school(school) as read:
        assert sorted(read.db.execute(query)) == [("Маша Иванова", "Шахматы"), ("Пётр Иванов", "Танцы,Шахматы")]
        groups = read.db.execute("SELECT name, subject_id IS NOT NULL FROM study_group ORDER BY id").fetchall()
        assert groups == [("Кружок", 0), ("Шахматы 1", 1)]
        assert read.db.execute("SELECT count(*), min(price) FROM subscription").fetchone() == (2, 700_00)


def test_r62_a_level_beside_several_subjects_rejects_its_row(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "ФИО;Предмет;Уровень\nПётр Иванов;Танцы, Шахматы;A1\nМаша Иванова;Танцы;A1\n", "utf-8"
    )
    code, _out, err = run_cli("import-csv", str(tmp_path / "c.csv"), db=make_school(tmp_path))
    assert code == 3
    assert 'row 2 rejected: Уровень: The level "A1" stands beside several subjects: Танцы, Шахматы.' in err
