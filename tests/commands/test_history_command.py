"""`history`: every change of every record in words; whose it is, and what is asked for (R54)."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from answers import answer, refusal
from builders import make_school, run_cli

from schoolcrm.core.office.belongings import NAMED_BY, OF_CLIENT, OF_STUDENT
from schoolcrm.core.office.record_words import ENTITIES, read_entity
from schoolcrm.core.store.journal import OWNER, columns_of, journaled_tables
from schoolcrm.reports.history_labels import LABELS
from schoolcrm.reports.history_words import KEYS

OF_THE_SCHOOL = {
    *("setting", "subject", "level", "location", "room", "teacher", "lesson_type", "absence_reason", "source"),
    *("account", "status", "field", "study_group", "plan", "plan_subject", "plan_lesson_type", "holiday"),
    *("saved_filter", "saved_mapping", "automation", "print_form", "print_form_content"),
}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    answer(path, "clients", "add", "Анна Иванова", "--student", "Петя", "--phone", "89161234567")
    answer(path, "clients", "edit", "Анна", "--name", "Анна Петрова", "--source", "сайт", "--new")
    answer(path, "payments", "add", "Анна", "1500.50")
    answer(path, "clients", "contact", "remove", "Анна", "1", "--yes")
    return path


def told(db: Path, *words: str) -> list[dict[str, Any]]:
    return list(answer(db, "history", *words)["rows"])


def test_an_unknown_kind_of_record_is_answered_with_the_kinds_of_records(db: Path) -> None:
    said = refusal(db, "history", "--entity", "чушь")
    assert 'There is no kind of record "чушь".' in said
    assert "Kinds of records: client, student, contact, payment" in said


def test_rows_have_the_keys_of_the_contract(db: Path) -> None:
    assert list(told(db, "Анна")[0]) == ["op", "at", "user", "entity", "id", "field", "before", "after"]


def test_r54_a_changed_field_is_a_row_with_both_values(db: Path) -> None:
    found = [(row["field"], row["before"], row["after"]) for row in told(db, "Анна", "--op", "3", "--entity", "client")]
    assert sorted(found) == [("name", "Анна Иванова", "Анна Петрова"), ("source", None, "сайт")]


def test_r54_a_removed_contact_is_told_whole(db: Path) -> None:
    (row,) = told(db, "Анна", "--op", "5")
    assert (row["entity"], row["id"], row["field"], row["after"]) == ("contact", 1, None, None)
    assert "value: +79161234567" in row["before"]


def test_history_of_a_client_holds_what_is_theirs_the_newest_first(db: Path) -> None:
    answer(db, "clients", "add", "Борис Котов")
    found = told(db, "Анна")
    assert [row["op"] for row in found] == sorted((row["op"] for row in found), reverse=True)
    assert {row["entity"] for row in found} == {"client", "contact", "student", "payment", "status_change"}
    assert "Борис" not in str(found)


@pytest.mark.parametrize("name", ["Анна", "Петя", "Иванова", "1", "client:1", "89160000000"])
def test_a_client_is_named_also_by_a_former_name(db: Path, name: str) -> None:
    answer(db, "clients", "contact", "add", "Анна", "mobile:89160000000")
    assert [row["op"] for row in told(db, name, "--entity", "payment")] == [4]


def test_a_client_who_is_gone_still_has_a_history(db: Path) -> None:
    answer(db, "clients", "add", "Борис Котов", "--phone", "89160000001", "--student", "Вася")
    answer(db, "undo", "--yes")
    for name in ("Борис", "2", "client:2"):
        entities = {row["entity"] for row in told(db, name, "--op", "7")}
        assert {"client", "contact", "student"} <= entities


def test_one_record_is_named_by_kind_and_number(db: Path) -> None:
    (row,) = told(db, "payment:1")
    assert "amount: 1500.50" in row["after"]
    assert "never a record" in refusal(db, "history", "payment:9")
    assert "Did you mean: payment" in refusal(db, "history", "paymnt:1")


def test_filters_by_user_day_kind_and_number(db: Path) -> None:
    run_cli("payments", "add", "Анна", "5", db=db, env={"SCHOOLCRM_USER": "olga"})
    assert {row["op"] for row in told(db, "--by", "olga")} == {6}
    assert {row["op"] for row in told(db, "--entity", "payments")} == {4, 6}
    assert told(db, "--to", "2020-01-01") == []
    assert told(db, "--from", "2099-01-01") == []
    assert {row["op"] for row in told(db, "--from", "2020-01-01", "--limit", "1")} == {6}
    assert {row["op"] for row in told(db, "--op", "4")} == {4}


def test_without_a_name_it_shows_the_newest_fifty_and_says_there_is_more(db: Path) -> None:
    for number in range(60):
        answer(db, "payments", "add", "Анна", str(number + 1))
    assert len(told(db)) == 50
    assert len(told(db, "--limit", "55")) == 55
    _code, out, _err = run_cli("history", db=db)
    assert "There is more" in out


def test_people_read_words_and_the_command(db: Path) -> None:
    _code, out, _err = run_cli("history", "Анна", db=db)
    assert "4: payments add" in out
    assert "Amount: 1,500.50" in out
    assert "Value: +7 916 123-45-67" in out
    assert "clients contact restore" in out


def test_an_undone_operation_says_so(db: Path) -> None:
    answer(db, "undo", "--op", "4", "--yes")
    answer(db, "redo", "--yes")
    answer(db, "undo", "--op", "4", "--yes")
    _code, out, _err = run_cli("history", "--entity", "payment", db=db)
    assert "4: payments add, undone by operation 8" in out
    assert "6: undo of operation 4" in out
    assert "7: redo: operation 4 done again" in out


def test_r50_passport_data_are_hidden_unless_asked_for(db: Path) -> None:
    answer(db, "clients", "edit", "Анна", "--passport", "4500 123456")
    answer(db, "clients", "edit", "Анна", "--passport", "4500 654321")
    for words in (["history"], ["history", "Анна"], ["history", "--format", "json"], ["history", "--format", "csv"]):
        _code, out, _err = run_cli(*words, db=db)
        assert "passport" in out.casefold()
        assert "4500" not in out
    assert [row["after"] for row in told(db, "Анна", "--op", "7", "--passport")] == ["4500 654321"]


def test_r54_whose_an_own_field_is_and_what_it_holds_are_words_for_people_and_codes_for_programs(db: Path) -> None:
    answer(db, "fields", "add", "Школа", "--type", "bool", "--of", "student")
    _code, out, _err = run_cli("history", "--entity", "field", db=db)
    assert "Of: students" in out
    assert "Type: yes or no" in out
    (row,) = told(db, "--entity", "field")
    assert "entity: student; " in row["after"]
    assert "type: bool" in row["after"]


def test_an_own_field_is_told_by_its_name(db: Path) -> None:
    answer(db, "fields", "add", "Школа", "--type", "text")
    answer(db, "clients", "edit", "Анна", "--field", "Школа=5")
    answer(db, "clients", "edit", "Анна", "--field", "Школа=6")
    (row, earlier) = told(db, "Анна", "--entity", "client_field")
    assert (row["field"], row["before"], row["after"]) == ("field.Школа", "5", "6")
    assert (earlier["before"], earlier["after"]) == (None, "5")


def test_bad_requests_are_told(db: Path) -> None:
    assert "Did you mean: contact" in refusal(db, "history", "--entity", "contcts")
    assert "-3" in refusal(db, "history", "--limit", "-3")
    assert "Зоя" in refusal(db, "history", "Зоя")


# Nothing is left out ------------------------------------------------------------------------------------


def test_every_table_and_column_has_a_name_for_people(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        tables = journaled_tables(connection)
        assert set(tables) == set(ENTITIES)
        columns = {name for table in tables for name in columns_of(connection, table)}
    assert columns - KEYS - LABELS.keys() == set()


def test_every_table_is_a_clients_or_the_schools(db: Path) -> None:
    hanging = {part for parts in NAMED_BY.values() for part in parts}
    theirs = {"client", "student", "upfront_charge", *OF_CLIENT, *OF_STUDENT, *hanging}
    assert theirs | OF_THE_SCHOOL == set(ENTITIES)
    assert not theirs & OF_THE_SCHOOL


def test_what_belonged_to_somebody_is_found_by_an_index(db: Path) -> None:
    query = f"SELECT record FROM change WHERE entity = 'contact' AND before IS NOT NULL AND {OWNER} = 1"
    with closing(sqlite3.connect(db)) as connection:
        (plan,) = connection.execute(f"EXPLAIN QUERY PLAN {query}")
    assert "change_of_owner" in plan[3]


@pytest.mark.parametrize(
    ("written", "entity"),
    [("client", "client"), ("Payments", "payment"), ("group", "study_group"), ("trial lesson", "trial")],
)
def test_kinds_of_records_are_read_in_several_writings(written: str, entity: str) -> None:
    assert read_entity(written) == entity


def test_r54_people_read_whose_record_a_changed_field_is_of_and_programs_its_number(db: Path) -> None:
    answer(db, "clients", "edit", "Анна", "--manager", "Света")
    answer(db, "payments", "void", "1", "--reason", "ошибка")
    name = told(db, "--op", "5")[0]
    assert name["id"] == 1
    _code, out, _err = run_cli("history", "--limit", "3", db=db)
    assert re.search(r"client +1 \(Анна[^)]*\) +Manager +Света", out)
    assert re.search(r"payment +1 \([^)]+\) +Reason of voiding +ошибка", out)


def test_r54_moments_are_in_the_schools_time_and_not_told_twice(db: Path) -> None:
    answer(db, "clients", "add", "Борис Котов")
    _code, out, _err = run_cli("history", "--entity", "status_change", db=db)
    assert "Scale: Stage; To status: " in out
    assert "UTC" not in out
    assert not re.search(r"\d{4}-\d\d-\d\dT", out)


def test_r54_a_number_given_to_another_since_does_not_change_the_name_in_what_was_before(db: Path) -> None:
    answer(db, "clients", "add", "Борис Котов", "--phone", "+79160000007")
    answer(db, "clients", "merge", "Анна", "Борис", "--yes")
    answer(db, "clients", "add", "Вера Лис", "--phone", "+79160000008")
    moved = [row for row in told(db, "--entity", "contact") if row["field"] == "client"]
    assert [(row["before"], row["after"]) for row in moved] == [("Борис Котов", moved[0]["after"])]
    assert moved[0]["after"].startswith("Анна")
    made = [row["after"] for row in told(db, "--entity", "contact") if row["before"] is None]
    assert ["client: Вера Лис" in made[0], "client: Борис Котов" in made[1]] == [True, True]


@pytest.mark.parametrize(
    ("ref", "form"),
    [
        ("mark:1", "mark:STUDENT/LESSON"),
        ("mark:5/5/5", "mark:STUDENT/LESSON"),
        ("mark:x", "mark:STUDENT/LESSON"),
        ("mark:5/5", "mark:STUDENT/LESSON"),
        ("mark:1/99999999999999999999", "mark:STUDENT/LESSON"),
        ("client_field:1", "client_field:CLIENT/FIELD"),
        ("student_teacher:1", "student_teacher:STUDENT/TEACHER"),
        ("discount_subject:1", "discount_subject:DISCOUNT/SUBJECT"),
        ("plan_subject:1", "plan_subject:PLAN/SUBJECT"),
        ("lesson_field:1", "lesson_field:LESSON/FIELD"),
        ("freeze_extension:1", "freeze_extension:FREEZE/SUBSCRIPTION"),
    ],
)
def test_a_record_of_two_numbers_that_never_was_is_told_with_how_it_is_written(db: Path, ref: str, form: str) -> None:
    said = refusal(db, "history", ref)
    assert "There was never a record" in said
    assert ref.partition(":")[2] in said
    assert f"Its number is written {form};" in said


@pytest.mark.parametrize("number", ["777777", "-1", "0", "99999999999999999999"])
def test_an_operation_that_never_was_is_told(db: Path, number: str) -> None:
    for command in ("history", "undo"):
        assert f"There is no operation {number}." in refusal(db, command, "--op", number)


def test_help_shows_no_numbers_that_mean_nothing(db: Path) -> None:
    for command in ("history", "undo"):
        assert "[default" not in run_cli(command, "--help", db=db)[1]


def test_moments_are_utc_in_every_output_for_programs(db: Path) -> None:
    moment = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    info = answer(db, "db", "info")["totals"]
    found = [row["at"] for row in told(db)] + [row["at"] for row in answer(db, "status", "history", "Анна")["rows"]]
    found += [info["created"], info["last_change"]]
    assert len(found) > 5
    assert [at for at in found if not moment.fullmatch(at)] == []
    (newest, *_others) = told(db, "--limit", "1")
    assert newest["at"] == info["last_change"]
    out = run_cli("history", "--limit", "1", "--format", "csv", db=db)[1]
    assert newest["at"] in out
