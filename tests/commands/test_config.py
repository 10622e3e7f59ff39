"""`schoolcrm config`: settings of the school and of the operator, and that each has its effect."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from answers import answer, refusal
from builders import (
    USER,
    add_client,
    add_plan,
    make_school,
    reading_school,
    run_cli,
    run_installed,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.commands.settings import NAMES
from schoolcrm.core.rules.settings import SETTINGS
from schoolcrm.core.store.database import setting
from schoolcrm.core.store.journal import read_changes

START = date(2026, 1, 31)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_school(tmp_path)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "settings.toml"
    monkeypatch.setenv("SCHOOLCRM_CONFIG", str(path))
    return path


def config(db: Path, *words: str, **how: Any) -> str:
    """Run `schoolcrm config …`, which must end well; return what it printed."""
    code, out, err = run_cli("config", *words, db=db, **how)
    assert code == 0, err
    return out


def kept(db: Path, key: str) -> str | None:
    with reading_school(db) as school:
        row = school.db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


# Listing and reading --------------------------------------------------------------------------------------


def test_every_setting_is_listed_with_its_value_and_default(db: Path, file: Path) -> None:
    config(db, "set", "refusal_months", "6")
    found = answer(db, "config", "list")
    assert [each["key"] for each in found["columns"]] == ["key", "value", "default", "kept", "meaning"]
    assert found["parameters"] == {"database": str(db), "file": str(file)}
    rows = {row["key"]: row for row in found["rows"]}
    assert list(rows) == [*SETTINGS, *NAMES]
    assert (rows["refusal_months"]["value"], rows["refusal_months"]["default"]) == ("6", "5")
    assert (rows["time_zone"]["value"], rows["time_zone"]["default"]) == ("Europe/Moscow", None)
    assert [rows[key]["kept"] for key in ("currency", "csv")] == ["school", "file"]
    assert all(row["meaning"] for row in rows.values())
    for form in ("table", "csv", "jsonl", "html", "md"):
        assert "refusal_months" in config(db, "list", "--format", form).replace("\\", "")


@pytest.mark.parametrize(
    ("key", "value"),
    [("refusal-months", "5"), ("ACTIVE_DEFINITION", "attended"), ("currency", "RUB"), ("csv", "plain"), ("lang", "en")],
)
def test_get_prints_the_bare_value(db: Path, key: str, value: str) -> None:
    assert config(db, "get", key) == f"{value}\n"


def test_without_a_database_own_settings_are_there_and_the_schools_are_refused(tmp_path: Path, file: Path) -> None:
    absent = tmp_path / "absent.db"
    config(absent, "set", "csv", "excel")
    assert config(absent, "get", "csv") == "excel\n"
    assert [row["key"] for row in answer(absent, "config", "list")["rows"]] == list(NAMES)
    assert "There is no database" in config(absent, "list")
    for words in (["get", "currency"], ["set", "currency", "EUR"], ["unset", "currency"]):
        assert f"There is no database at {absent}" in refusal(absent, "config", *words)
    assert not absent.exists()


@pytest.mark.parametrize("command", ["get", "set", "unset"])
def test_a_misspelt_name_is_suggested(db: Path, command: str) -> None:
    value = ["1"] if command == "set" else []
    said = refusal(db, "config", command, "refusal-month", *value)
    assert 'There is no setting "refusal-month".' in said
    assert "Did you mean: refusal_months?" in said
    assert "Known settings: refusal_months, " in refusal(db, "config", command, "today", *value)


# Setting the school's -------------------------------------------------------------------------------------


def test_a_setting_is_kept_tidied_journalled_and_taken_back(db: Path) -> None:
    made = answer(db, "config", "set", "Refusal-Months", " 06 ")
    assert made == {"id": "refusal_months", "value": "6", "kept": "school"}
    assert kept(db, "refusal_months") == "6"
    config(db, "set", "refusal_months", "7")
    assert kept(db, "refusal_months") == "7"
    assert answer(db, "config", "unset", "refusal_months")["value"] == "5"
    assert kept(db, "refusal_months") is None
    config(db, "unset", "refusal_months")
    with reading_school(db) as school:
        operations = school.db.execute("SELECT id, command, user FROM operation").fetchall()
        changed = {
            number: [(change.entity, change.before, change.after) for change in read_changes(school.db, number)]
            for number, _command, _user in operations
        }
    assert operations[1:4] == [(2, "config set", USER), (3, "config set", USER), (4, "config unset", USER)]
    six, seven = ({"key": "refusal_months", "value": value} for value in "67")
    assert [changed[number] for number in (2, 3, 4)] == [
        [("setting", None, six)],
        [("setting", six, seven)],
        [("setting", seven, None)],
    ]


def test_a_dry_run_changes_nothing(db: Path, file: Path) -> None:
    for words in (["set", "currency", "EUR"], ["unset", "currency"], ["set", "csv", "excel"]):
        assert "nothing was changed" in run_cli("config", *words, "--dry-run", db=db)[2]
    assert kept(db, "currency") == "RUB"
    assert not file.exists()


@pytest.mark.parametrize(
    ("key", "value", "sentence", "hint"),
    [
        ("refusal_months", "пять", '"пять" is not a whole number from 1 to 120.', "from 1 to 120"),
        ("interval_drop_extremes", "maybe", '"maybe" is neither yes nor no.', "yes or no"),
        ("active_definition", "all", '"all" is none of the values it can have.', "attended, paid"),
        ("currency", "рубль", '"рубль" is not a currency code.', "RUB, EUR, KZT"),
        ("currency", "RUR", 'There is no currency "RUR" in use.', "Did you mean: RUB"),
        ("language", "de", '"de" is none of the values it can have.', "ru, en"),
        ("time_zone", "Europe/Moskow", 'There is no time zone "Europe/Moskow".', "Europe/Moscow"),
        ("time_zone", "omsk", 'There is no time zone "omsk".', "Asia/Omsk"),
        ("time_zone", "qqqqqq", 'There is no time zone "qqqqqq".', "Europe/Moscow"),
        ("csv", "xls", '"xls" is none of the values it can have.', "plain, excel"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(
    db: Path, file: Path, key: str, value: str, sentence: str, hint: str
) -> None:
    before = db.read_bytes()
    said = refusal(db, "config", "set", key, value).splitlines()
    assert said[0] == f"error: {sentence}"
    assert hint in said[1]
    assert db.read_bytes() == before
    assert not file.exists()


# What they do ---------------------------------------------------------------------------------------------


def sold_on_start(db: Path, name: str = "Анна", purchases: int = 1) -> int:
    with writing_school(db, START) as school:
        client_id = add_client(school, name)
        plan_id = add_plan(school, "package", 4000_00, 4, name=name)
        for _each in range(purchases):
            sell_plan(school, student_of(school, client_id), plan_id, START, last_on=START)
    return int(client_id)


def standing(db: Path, client_id: int, today: str) -> dict[str, str]:
    """The client's base status and stage after the recompute of that day."""
    code, _out, err = run_cli("status", "recompute", "--strict", db=db, today=today)
    assert code == 0, err
    row = answer(db, "clients", "list", f"id:{client_id}", "--columns", "base,stage", today=today)["rows"][0]
    return dict(row)


def test_refusal_months_move_the_refusal(db: Path) -> None:
    first, second, third = (sold_on_start(db, name) for name in ("Анна", "Борис", "Вера"))
    config(db, "set", "refusal_months", "6")
    assert standing(db, first, "2026-07-01")["base"] == "bought"
    assert standing(db, second, "2026-07-31")["base"] == "bought"
    assert standing(db, third, "2026-08-01")["base"] == "refused"


def test_refusal_months_unset_are_five_again(db: Path) -> None:
    client_id = sold_on_start(db)
    config(db, "set", "refusal_months", "6")
    config(db, "unset", "refusal_months")
    assert standing(db, client_id, "2026-06-30")["base"] == "bought"
    assert standing(db, client_id, "2026-07-01")["base"] == "refused"


def test_loyalty_numbers_have_their_effect(db: Path) -> None:
    client_id = sold_on_start(db, purchases=2)
    assert standing(db, client_id, "2026-02-10")["stage"] == "active"
    config(db, "set", "regular_purchases", "2")
    assert standing(db, client_id, "2026-02-10")["stage"] == "regular"
    config(db, "set", "sleeping_days", "9")
    assert standing(db, client_id, "2026-02-10")["stage"] == "sleeping"
    config(db, "unset", "sleeping_days")
    config(db, "unset", "regular_purchases")
    assert standing(db, client_id, "2026-02-10")["stage"] == "active"


def test_the_time_zone_says_what_day_it_is(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def school_day(time_zone: str) -> date:
        asked.append(time_zone)
        return START

    monkeypatch.setattr("schoolcrm.core.store.database.school_day", school_day)
    config(db, "set", "time_zone", "asia/omsk")
    for change in ([], ["unset", "time_zone"]):
        if change:
            config(db, *change)
        assert run_cli("status", "list", db=db, today="")[0] == 0
    assert asked == ["Asia/Omsk", ""]


def test_settings_without_a_reader_yet_are_there_for_one(db: Path) -> None:
    for key, value in (("active_definition", "paid"), ("language", "en"), ("currency", "KZT")):
        config(db, "set", key, value)
        with reading_school(db) as school:
            assert setting(school.db, key) == value
        config(db, "unset", key)
        with reading_school(db) as school:
            assert setting(school.db, key) == SETTINGS[key].default


def test_a_value_from_other_hands_is_refused_by_name_and_can_be_mended(db: Path) -> None:
    with writing_school(db) as school:
        school.db.execute("INSERT INTO setting VALUES ('interval_longest_days', 'все')")
    said = refusal(db, "report", "renewals")
    assert 'The setting interval_longest_days is "все"' in said
    assert "schoolcrm config set interval_longest_days 0" in said
    config(db, "set", "interval_longest_days", "0")
    assert run_cli("report", "renewals", db=db)[0] == 0


# The operator's own ---------------------------------------------------------------------------------------


def csv_of(db: Path, *words: str, **how: Any) -> str:
    return run_cli("status", "list", *words, db=db, **how)[1]


def test_csv_excel_makes_excel_the_usual_way_of_csv(db: Path, file: Path, tmp_path: Path) -> None:
    plain, excel = csv_of(db, "--format", "csv"), csv_of(db, "--excel")
    assert excel.startswith("\ufeff")
    config(db, "set", "csv", "excel")
    assert csv_of(db, "--format", "csv") == excel
    target = tmp_path / "statuses.csv"
    csv_of(db, "-o", str(target))
    assert target.read_bytes().decode() == excel
    assert csv_of(db, "--format", "csv", env={"SCHOOLCRM_CSV": "plain"}) == plain
    assert csv_of(db).splitlines()[0] != excel.splitlines()[0]  # the format itself is as it was
    config(db, "unset", "csv")
    assert csv_of(db, "--format", "csv") == plain


def test_a_csv_setting_from_other_hands_is_refused_by_name(db: Path, file: Path) -> None:
    file.parent.mkdir()
    file.write_text('csv = "exel"\n', "utf-8")
    assert 'The setting csv is "exel"' in refusal(db, "status", "list")
    config(db, "set", "csv", "excel")
    assert csv_of(db, "--format", "csv").startswith("\ufeff")


@pytest.mark.parametrize(
    ("key", "value", "seen"),
    [
        ("format", "md", lambda db: csv_of(db).startswith("# ")),
        (
            "lang",
            "ru",
            lambda db: "Usage" not in run_cli("config", db=db, env={"SCHOOLCRM_LANG": "", "LC_ALL": "en_US.UTF-8"})[1],
        ),
    ],
)
def test_other_own_settings_have_their_effect(
    db: Path, file: Path, key: str, value: str, seen: Callable[[Path], bool]
) -> None:
    assert not seen(db)
    config(db, "set", key, value)
    assert seen(db)
    config(db, "unset", key)
    assert not seen(db)


def test_database_and_user_from_the_file(db: Path, file: Path) -> None:
    nobody = {"SCHOOLCRM_USER": "", "SCHOOLCRM_DB": "", "SCHOOLCRM_CONFIG": str(file)}
    for key, value in (("db", str(db)), ("user", "Анна")):
        assert run_installed("config", "set", key, value, env=nobody)[0] == 0
    assert run_installed("config", "set", "currency", "EUR", env=nobody)[0] == 0
    assert kept(db, "currency") == "EUR"
    with reading_school(db) as school:
        assert school.db.execute("SELECT user FROM operation ORDER BY id DESC").fetchone() == ("Анна",)
    assert run_installed("config", "get", "user", env=nobody)[1] == "Анна\n"


def test_the_currency_is_named_above_what_is_printed_with_sums(db: Path) -> None:
    with writing_school(db) as school:
        add_client(school)
    config(db, "set", "currency", "KZT")
    for how in ("html", "md"):
        _code, out, _err = run_cli("clients", "list", "--format", how, db=db, lang="en")
        assert "KZT" in out
        _code, out, _err = run_cli("clients", "list", "--columns", "name", "--format", how, db=db, lang="en")
        assert "KZT" not in out
    for how in ("table", "csv", "json"):
        _code, out, _err = run_cli("clients", "list", "--format", how, db=db, lang="en")
        assert "KZT" not in out
