"""R60–R65: whole files moved into real databases, all or nothing."""

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import dump, make_school, reading_school, run_cli, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.importing.clients import ClientFile, Imported, Wishes, import_clients
from schoolcrm.core.importing.rejects import rejects_path

TODAY = date(2026, 9, 1)
HEAD = [
    "ФИО клиента",
    "Имя заказчика",
    "Дата рождения",
    "Мобильный телефон",
    "Email",
    "Статус",
    "Остаток",
    "Группы",
    "Стоимость 1 урока",
    "Предмет",
    "Последнее посещение",
    "Последняя покупка",
    "Примечание",
]


def row(student: str, **cells: str) -> list[str]:
    known = {
        "payer": "Имя заказчика",
        "birthday": "Дата рождения",
        "phone": "Мобильный телефон",
        "email": "Email",
        "status": "Статус",
        "balance": "Остаток",
        "groups": "Группы",
        "price": "Стоимость 1 урока",
        "subject": "Предмет",
        "visit": "Последнее посещение",
        "purchase": "Последняя покупка",
        "note": "Примечание",
    }
    filled = {known[key]: value for key, value in cells.items()} | {"ФИО клиента": student}
    return [filled.get(heading, "") for heading in HEAD]


def write_file(path: Path, rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> Path:
    with path.open("w", encoding="cp1251", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])
    return path


def move_in(school: Path, file: Path, **wishes: Any) -> Imported:
    return import_clients(school, ClientFile(file, Wishes(**wishes), []), TODAY, user="olga")


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school, TODAY) as open_school:
        return open_school.db.execute(query).fetchall()


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def test_r61_payer_is_client_and_fio_the_student(school: Path, tmp_path: Path) -> None:
    file = write_file(
        tmp_path / "c.csv",
        [
            row("Пётр Иванов", payer="Анна  Иванова", phone="8 (916) 123-45-67"),
            row("Олег Взрослый", phone="89161112233"),
        ],
    )
    tally = move_in(school, file).tally
    assert (tally.clients, tally.students) == (2, 2)
    assert rows_of(school, "SELECT client.name, student.name FROM client JOIN student ON client_id = client.id") == [
        ("Анна Иванова", "Пётр Иванов"),
        ("Олег Взрослый", "Олег Взрослый"),
    ]
    assert rows_of(school, "SELECT kind, value FROM contact ORDER BY id") == [
        ("mobile", "+79161234567"),
        ("mobile", "+79161112233"),
    ]


def test_r62_everything_a_row_says_becomes_records(school: Path, tmp_path: Path) -> None:
    file = write_file(
        tmp_path / "c.csv",
        [
            row(
                "Пётр Иванов",
                payer="Анна Иванова",
                phone="89161234567",
                balance="-1 250,50",
                groups="Робо 1, Робо 2",
                price="700,00",
                subject="Робототехника",
                visit="20.08.2026",
                purchase="01.07.2026",
            )
        ],
    )
    tally = move_in(school, file).tally
    assert (tally.groups, tally.subscriptions, tally.balances, tally.balance) == (2, 1, 1, -125050)
    assert rows_of(school, "SELECT kind, amount, effect, on_date FROM payment") == [
        ("adjustment", -125050, -125050, "2026-09-01")
    ]
    assert rows_of(school, "SELECT first_on, last_on FROM membership") == [("2026-09-01", None)] * 2
    assert rows_of(school, "SELECT origin, kind, price, first_on FROM subscription") == [
        ("import", "lesson", 70000, "2026-09-01")
    ]
    assert rows_of(
        school,
        "SELECT base, trial_spent, last_visit_on, last_purchase_on, studies FROM client JOIN status"
        " ON status.id = status_id",
    ) == [("bought", 1, "2026-08-20", "2026-07-01", 1)]
    # R62: a subscription made by import is no purchase.
    assert rows_of(school, "SELECT count(*) FROM purchase") == [(0,)]
    assert rows_of(school, "SELECT scale, reason FROM status_change ORDER BY id") == [
        ("funnel", "import"),
        ("loyalty", "import"),
    ]


@pytest.mark.parametrize(
    ("cells", "base", "trial_spent"),
    [
        ({}, "new", 0),
        ({"balance": "0,00"}, "new", 0),
        ({"balance": "100"}, "new", 1),
        ({"visit": "01.08.2026"}, "new", 1),
        ({"price": "700"}, "bought", 1),
        ({"price": "0,00"}, "new", 0),
        ({"groups": "Робо 1"}, "bought", 1),
        ({"purchase": "01.08.2026"}, "bought", 1),
        ({"purchase": "01.08.2026", "status": "отказался"}, "refused", 1),
        ({"status": "Прошел пробное"}, "trial-done", 0),
        ({"status": "in-work"}, "in-work", 0),
    ],
)
def test_r62_status_and_trial(school: Path, tmp_path: Path, cells: dict[str, str], base: str, trial_spent: int) -> None:
    move_in(school, write_file(tmp_path / "c.csv", [row("Пётр Иванов", phone="89161234567", **cells)]))
    assert rows_of(school, "SELECT base, trial_spent FROM client JOIN status ON status.id = status_id") == [
        (base, trial_spent)
    ]


def test_r62_an_unknown_status_rejects_the_row_and_offers_the_nearest(school: Path, tmp_path: Path) -> None:
    file = write_file(tmp_path / "c.csv", [row("Пётр Иванов", status="Отказалса"), row("Анна Иванова", status="Новый")])
    imported = move_in(school, file)
    assert imported.tally.rejected == 1
    assert "Отказалса" in imported.reasons[0][1]
    assert "Отказался" in imported.reasons[0][1]


def test_r62_a_price_of_zero_makes_no_plan(school: Path, tmp_path: Path) -> None:
    imported = move_in(school, write_file(tmp_path / "c.csv", [row("Пётр Иванов", price="0")]))
    assert (imported.tally.students, imported.tally.subscriptions) == (1, 0)
    assert rows_of(school, "SELECT count(*) FROM plan") == [(0,)]


def test_r62_one_plan_for_one_price(school: Path, tmp_path: Path) -> None:
    rows = [
        row(f"Ученик {name}", phone=f"8916123450{n}", price=price)
        for n, (name, price) in enumerate([("Раз", "700"), ("Два", "700,00"), ("Три", "850")])
    ]
    move_in(school, write_file(tmp_path / "c.csv", rows))
    assert rows_of(school, "SELECT price, count(*) FROM subscription GROUP BY plan_id ORDER BY price") == [
        (70000, 2),
        (85000, 1),
    ]
    later = write_file(tmp_path / "d.csv", [row("Новый Ученик", phone="89161234599", price="850")])
    move_in(school, later)
    assert rows_of(school, "SELECT count(*) FROM plan") == [(2,)]


def test_r62_a_plan_of_that_name_on_other_terms_is_left_alone(school: Path, tmp_path: Path) -> None:
    with writing_school(school, TODAY) as open_school:
        open_school.db.execute(
            "INSERT INTO plan (name, name_key, kind, price, billing, separate, burn, stop_at_end)"
            " VALUES ('Lesson at 700.00', 'lesson at 700.00', 'lesson', 70000, 'by-lesson', 1, 0, 0)"
        )
    move_in(school, write_file(tmp_path / "c.csv", [row("Пётр Иванов", phone="89161234567", price="700")]))
    assert rows_of(school, "SELECT name, separate FROM plan ORDER BY id") == [
        ("Lesson at 700.00", 1),
        ("Lesson at 700.00 (2)", 0),
    ]


def test_r64_same_payer_and_phone_is_one_family(school: Path, tmp_path: Path) -> None:
    file = write_file(
        tmp_path / "c.csv",
        [
            row(
                "Пётр Иванов",
                payer="Анна Иванова",
                phone="8 916 123-45-67",
                status="Отказался",
                note="тихий",
                visit="01.05.2026",
            ),
            row(
                "Маша Иванова",
                payer="анна  Иванова",
                phone="+79161234567",
                price="700",
                note="бойкая",
                visit="01.08.2026",
                balance="500",
            ),
        ],
    )
    tally = move_in(school, file).tally
    assert (tally.clients, tally.students, len(tally.families)) == (1, 2, 1)
    assert rows_of(
        school,
        "SELECT base, note, last_visit_on, trial_spent, studies FROM client JOIN status ON status.id = status_id",
    ) == [("bought", "тихий; бойкая", "2026-08-01", 1, 1)]
    assert rows_of(school, "SELECT student.name FROM payment JOIN student ON student.id = student_id") == [
        ("Маша Иванова",)
    ]


def test_r64_without_phones_an_email_must_agree(school: Path, tmp_path: Path) -> None:
    file = write_file(
        tmp_path / "c.csv",
        [
            row("Пётр Иванов", payer="Анна Иванова", email="a@example.com"),
            row("Маша Иванова", payer="Анна Иванова", email="A@example.com"),
            row("Олег Иванов", payer="Анна Иванова"),
        ],
    )
    tally = move_in(school, file).tally
    assert (tally.clients, tally.students) == (2, 3)


def test_r64_the_same_file_twice_changes_nothing(school: Path, tmp_path: Path) -> None:
    file = write_file(
        tmp_path / "c.csv",
        [
            row("Пётр Иванов", payer="Анна Иванова", phone="89161234567", balance="10", groups="Робо 1", price="700"),
            row("Маша Иванова", payer="Анна Иванова", phone="89161234567", birthday="01.02.2015"),
            row("Олег Безтелефонный"),
        ],
    )
    move_in(school, file)
    before = dump(school)
    tally = move_in(school, file).tally
    assert (tally.clients, tally.students, tally.skipped) == (0, 0, 3)
    assert dump(school) == before


def test_r64_a_new_child_joins_the_client_who_is_there(school: Path, tmp_path: Path) -> None:
    move_in(school, write_file(tmp_path / "a.csv", [row("Пётр Иванов", payer="Анна Иванова", phone="89161234567")]))
    later = write_file(
        tmp_path / "b.csv", [row("Маша Иванова", payer="Анна Иванова", phone="89161234567, 89169998877", note="новая")]
    )
    tally = move_in(school, later).tally
    assert (tally.clients, tally.students) == (0, 1)
    assert rows_of(school, "SELECT count(DISTINCT client_id) FROM student") == [(1,)]
    assert rows_of(school, "SELECT count(*) FROM contact") == [(2,)]
    assert rows_of(school, "SELECT note FROM student WHERE name = 'Маша Иванова'") == [("новая",)]


def test_r64_create_and_fail(school: Path, tmp_path: Path) -> None:
    file = write_file(tmp_path / "c.csv", [row("Пётр Иванов", phone="89161234567")])
    move_in(school, file)
    with pytest.raises(Refused, match="Пётр Иванов"):
        move_in(school, file, on_duplicate="fail")
    assert move_in(school, file, on_duplicate="create").tally.students == 1


def test_a_student_twice_in_a_file_is_one_with_all_groups(school: Path, tmp_path: Path) -> None:
    rows = [
        row("Пётр Иванов", phone="89161234567", groups="Робо 1", price="700", balance="10"),
        row("Пётр Иванов", phone="89161234567", groups="Робо 1; Танцы", price="700", balance="10"),
        row("Пётр Иванов", phone="89161234567", balance="20"),
    ]
    imported = move_in(school, write_file(tmp_path / "c.csv", rows))
    assert (imported.tally.students, imported.tally.skipped, imported.tally.rejected) == (1, 1, 1)
    assert rows_of(school, "SELECT count(*) FROM membership") == [(2,)]
    assert rows_of(school, "SELECT count(*) FROM subscription") == [(1,)]
    assert rows_of(school, "SELECT sum(effect) FROM payment") == [(1000,)]


def test_r65_bad_rows_go_to_a_file_that_imports_again_after_mending(school: Path, tmp_path: Path) -> None:
    file = write_file(
        tmp_path / "c.csv",
        [
            row("Пётр Иванов", phone="89161234567"),
            row("Анна Петрова", phone="123", balance="1,000", birthday="32.01.2015"),
        ],
    )
    imported = move_in(school, file)
    assert imported.rejects == rejects_path(file)
    with imported.rejects.open(encoding="cp1251", newline="") as stream:
        head, bad = csv.reader(stream, delimiter=";")
    assert head[1:] == HEAD
    assert bad[1:] == row("Анна Петрова", phone="123", balance="1,000", birthday="32.01.2015")
    for heading in ("Мобильный телефон", "Остаток", "Дата рождения"):
        assert heading in bad[0]
    mended = [bad[0], *row("Анна Петрова", phone="89161234500", balance="1 000", birthday="31.01.2015")]
    again = move_in(school, write_file(imported.rejects, [mended], head))
    assert (again.tally.students, again.tally.rejected) == (1, 0)


@pytest.mark.parametrize("wishes", [{"strict": True}, {"dry_run": True}])
def test_r65_strict_and_dry_run_write_nothing(school: Path, tmp_path: Path, wishes: dict[str, bool]) -> None:
    file = write_file(tmp_path / "c.csv", [row("Пётр Иванов", groups="Робо 1"), row("Анна Петрова", phone="123")])
    before = dump(school)
    if "strict" in wishes:
        with pytest.raises(Refused, match="123"):
            move_in(school, file, **wishes)
    else:
        assert move_in(school, file, **wishes).tally.students == 1
    assert dump(school) == before
    assert not rejects_path(file).exists()


def test_r65_no_good_row_refuses_and_leaves_the_database(school: Path, tmp_path: Path) -> None:
    file = write_file(tmp_path / "c.csv", [row("Анна Петрова", phone="123"), row("", phone="89161234567")])
    before = dump(school)
    with pytest.raises(Refused):
        move_in(school, file)
    assert dump(school) == before


def test_r65_an_import_is_one_operation(school: Path, tmp_path: Path) -> None:
    rows = [row(f"Ученик {'абвгд'[n]}", phone=f"8916123450{n}", groups="Робо 1", price="700") for n in range(5)]
    operations = rows_of(school, "SELECT count(*) FROM operation")
    move_in(school, write_file(tmp_path / "c.csv", rows))
    assert rows_of(school, "SELECT command, user FROM operation ORDER BY id DESC LIMIT 1") == [("import-csv", "olga")]
    assert rows_of(school, "SELECT count(*) FROM operation") == [(operations[0][0] + 1,)]
    changed = rows_of(
        school,
        "SELECT entity, count(*) FROM change WHERE operation_id = (SELECT max(id) FROM operation) GROUP BY entity",
    )
    assert dict(changed)["client"] == dict(changed)["student"] == 5


def test_a_writer_in_between_makes_the_import_plan_anew(
    school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from schoolcrm.core.importing import clients

    file = write_file(tmp_path / "c.csv", [row("Пётр Иванов", phone="89161234567")])
    plan = clients._plan
    plans = []

    def plan_while_another_writes(*arguments: Any) -> Any:
        planned = plan(*arguments)
        if not plans:
            with writing_school(school, TODAY) as other:
                other.db.execute(
                    "INSERT INTO client (name, name_key, status_id, stage_id, created_on)"
                    " SELECT 'Другой', 'другой', 2, id, '2026-09-01' FROM status WHERE base = 'newcomer'"
                )
        plans.append(planned)
        return planned

    monkeypatch.setattr(clients, "_plan", plan_while_another_writes)
    assert move_in(school, file).tally.clients == 1
    assert len(plans) == 2
    assert rows_of(school, "SELECT name FROM client ORDER BY id") == [("Другой",), ("Пётр Иванов",)]


def test_the_command_creates_the_database_and_takes_it_away_when_nothing_is_good(tmp_path: Path) -> None:
    db = tmp_path / "new" / "school.db"
    bad = write_file(tmp_path / "bad.csv", [row("Анна Петрова", phone="123")])
    code, out, err = run_cli("import-csv", str(bad), db=db)
    assert (code, out) == (1, "")
    assert "123" in err
    assert "hint:" in err
    assert not db.exists()
    good = write_file(tmp_path / "good.csv", [row("Анна Петрова", phone="89161234567"), row("Пётр", phone="5")])
    code, out, err = run_cli("import-csv", str(good), "--format", "json", db=db)
    assert code == 3
    assert json.loads(out)["students"] == 1
    assert oct(db.stat().st_mode & 0o777) == "0o600"
    assert "cp1251" in err


def many_bad(path: Path, bad: int, good: int = 1) -> Path:
    rows = [row("Пётр Иванов", phone="89161234567", groups="Робо 1")] * good
    return write_file(path, rows + [row(f"Ученик {'абвгдежзиклмн'[n]}", phone="12") for n in range(bad)])


def test_r65_rejected_rows_are_named_in_one_line_even_when_quiet(school: Path, tmp_path: Path) -> None:
    file = many_bad(tmp_path / "c.csv", 3)
    code, out, err = run_cli("import-csv", str(file), "-q", "--dry-run", db=school)
    assert (code, out, err) == (3, "", "3 rows were rejected.\n")
    code, out, err = run_cli("import-csv", str(file), "-q", db=school)
    assert (code, out, err) == (3, "", f"3 rows were rejected; they are in {rejects_path(file)}.\n")
    good = write_file(tmp_path / "good.csv", [row("Анна Петрова", phone="89161234500")])
    assert run_cli("import-csv", str(good), "-q", db=school) == (0, "", "")


def test_r65_off_a_terminal_every_reason_is_shown(school: Path, tmp_path: Path) -> None:
    file = many_bad(tmp_path / "c.csv", 13)
    for words in (["--dry-run"], ["--strict"], []):
        err = run_cli("import-csv", str(file), *words, db=school)[2]
        assert len(re.findall(r"^row \d+ rejected: ", err, re.MULTILINE)) == 13
        assert "more" not in err


def test_r65_on_a_terminal_the_first_ten_reasons_are_shown_also_before_a_refusal(school: Path, tmp_path: Path) -> None:
    file = many_bad(tmp_path / "c.csv", 13)
    err = on_terminal("import-csv", str(file), "--strict", db=school)
    assert len(re.findall(r"row \d+ rejected: ", err)) == 10
    assert err.index("… and 3 more") < err.index("Nothing was written: 13 rows are bad.")
    dry = on_terminal("import-csv", str(file), "--dry-run", db=school)
    assert len(re.findall(r"row \d+ rejected: ", dry)) == 13


def on_terminal(*words: str, db: Path) -> str:
    """Return what the program prints on stderr when that is a terminal."""
    ours, theirs = os.openpty()
    environment = os.environ | {"SCHOOLCRM_DB": str(db), "SCHOOLCRM_LANG": "en", "SCHOOLCRM_TODAY": "2026-09-01"}
    command = [sys.executable, "-m", "schoolcrm", *words]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=theirs, env=environment):
        os.close(theirs)
        printed = b""
        # The end of a terminal is an error on Linux and nothing more to read elsewhere.
        with suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
            while block := terminal.read(4096):
                printed += block
    return printed.decode()


def test_the_first_ten_new_groups_are_named(school: Path, tmp_path: Path) -> None:
    names = [f"Робо {n} (пн, ср)" for n in range(1, 12)]
    file = write_file(tmp_path / "c.csv", [row("Пётр Иванов", groups=", ".join(names))])
    for words in (["--dry-run"], []):
        err = run_cli("import-csv", str(file), *words, db=school)[2]
        assert f"New groups: {', '.join(names[:10])}, …\n" in err
        assert "new groups: 11;" in err
    later = write_file(tmp_path / "d.csv", [row("Олег Новый", groups=names[0])])
    assert "New groups" not in run_cli("import-csv", str(later), db=school)[2]


def test_seconds_have_the_decimal_mark_of_the_language(school: Path, tmp_path: Path) -> None:
    file = write_file(tmp_path / "c.csv", [row("Пётр Иванов")])
    assert re.search(r"\d,\d с", run_cli("import-csv", str(file), db=school, lang="ru")[2])
    assert re.search(r"\d\.\d s", run_cli("import-csv", str(file), db=school)[2])


def test_the_command_names_unknown_headings_and_makes_fields_of_them(school: Path, tmp_path: Path) -> None:
    file = write_file(tmp_path / "c.csv", [["Пётр Иванов", "Гимназия № 2"]], ["ФИО", "Школа"])
    code, _out, err = run_cli("import-csv", str(file), "--dry-run", db=school)
    assert code == 0
    assert "Школа → NOT IMPORTED" in err
    assert run_cli("import-csv", str(file), "--new-fields", db=school)[0] == 0
    assert rows_of(school, "SELECT field.name, value FROM client_field JOIN field ON field.id = field_id") == [
        ("Школа", "Гимназия № 2")
    ]


TEXTS = st.text(st.sampled_from("аяё,; \"'\n=-1290.xXФ\x00№\u202e"), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(TEXTS, min_size=len(HEAD), max_size=len(HEAD)), min_size=1, max_size=6))
def test_any_rows_end_in_records_rejects_or_one_refusal(tmp_path: Path, rows: list[list[str]]) -> None:
    """Whatever the cells hold, the database is sound and a second import of the file adds nothing."""
    school = make_school(tmp_path)
    file = tmp_path / "any.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([HEAD, *rows])
    code = run_cli("import-csv", str(file), db=school)[0]
    assert code in (0, 1, 3)
    before = dump(school)
    run_cli("import-csv", str(file), db=school)
    assert dump(school) == before
    with sqlite3.connect(school) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()
