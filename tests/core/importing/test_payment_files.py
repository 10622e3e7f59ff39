"""R66: payments from a file: whose they are, what is there already, what the rules of R37 refuse."""

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_phone, add_student, dump, make_school, pay, reading_school, run_cli, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.importing.payments import PAYMENTS, ImportedPayments, import_payments
from schoolcrm.core.importing.rejects import rejects_path
from schoolcrm.core.importing.transfer import TableFile, Wishes

TODAY = date(2026, 9, 1)
HEAD = ["Дата", "Клиент", "Ученик", "Телефон", "Сумма", "Вид", "Касса", "Плательщик", "Примечание"]


@pytest.fixture
def school(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as open_school:
        add_client(open_school, "Анна Иванова", student="Пётр Иванов", phone="89161234567")
        add_client(open_school, "Анна Иванова", student="Ева Иванова", phone="89169998877")
        add_client(open_school, "Лев Ким")
    return path


def row(**cells: str) -> list[str]:
    known = ("on", "client", "student", "phone", "amount", "kind", "account", "payer", "note")
    filled = {"on": "01.08.2026", "amount": "100", **cells}
    return [filled.get(key, "") for key in known]


def bring(school: Path, rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, **wishes: Any) -> ImportedPayments:
    path = school.with_name("p.csv")
    with path.open("w", encoding="cp1251", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])
    return import_payments(school, TableFile(PAYMENTS, path, Wishes(**wishes)), TODAY, user="olga")


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school) as open_school:
        return open_school.db.execute(query).fetchall()


def test_r66_a_payment_has_all_that_its_row_says(school: Path) -> None:
    said = row(client="Ким Лев", amount="1 250,50", kind="Приход", account="наличные", payer="Ли Ева", note="за май")
    imported = bring(school, [said])
    assert (imported.payments, imported.amount) == (1, 125050)
    query = (
        "SELECT client_id, student_id, kind, on_date, amount, effect, account.name, payer, note FROM payment"
        " LEFT JOIN account ON account.id = account_id"
    )
    assert rows_of(school, query) == [(3, None, "income", "2026-08-01", 125050, 125050, "Наличные", "Ли Ева", "за май")]


def test_r66_who_paid_is_the_client_where_nobody_else_is_named(school: Path) -> None:
    head = ["Дата", "Плательщик", "Сумма"]
    imported = bring(school, [["01.08.2026", "Ким Лев", "500"], ["02.08.2026", "Бабушка Зоя", "70"]], head)
    assert imported.payments == 1
    assert rows_of(school, "SELECT client_id, payer FROM payment") == [(3, None)]
    refused = rejects_path(school.with_name("p.csv")).read_text("cp1251").splitlines()
    assert refused[1].endswith(";02.08.2026;Бабушка Зоя;70")
    bring(school, [row(student="Пётр Иванов", payer="Ким Лев"), row(payer="Ким Лев"), row(payer="8 916 999-88-77")])
    assert rows_of(school, "SELECT client_id, payer FROM payment WHERE id > 1") == [
        (1, "Ким Лев"),
        (3, None),
        (2, None),
    ]


def test_r63_who_paid_for_another_has_a_name(school: Path) -> None:
    with pytest.raises(Refused, match="it has no letter"):
        bring(school, [row(client="Лев Ким", payer="7")])


@pytest.mark.parametrize(
    ("said", "client", "student"),
    [
        ({"client": "лев  ким"}, 3, None),
        ({"student": "Пётр Иванов"}, 1, 1),
        ({"student": "Иванова Ева"}, 2, 2),
        ({"client": "Анна Иванова", "phone": "8 916 999-88-77"}, 2, None),
        ({"phone": "+79161234567"}, 1, None),
        ({"client": "Пётр Иванов"}, 1, None),
        ({"client": "Лев Ким", "phone": "89160000000"}, 3, None),
    ],
)
def test_r66_whose_payment_it_is(school: Path, said: dict[str, str], client: int, student: int | None) -> None:
    bring(school, [row(**said)])
    assert rows_of(school, "SELECT client_id, student_id FROM payment") == [(client, student)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"client": "Анна Иванова"}, "Several people answer"),
        ({"client": "Лев"}, "Did you mean: Лев Ким"),
        ({"client": "Пётр Иванов", "phone": "89169998877"}, "No client is called"),
        ({"client": "Лев Ким", "student": "Пётр Иванов"}, "is no student of"),
        ({}, "neither a client nor a student"),
        ({"client": "Лев Ким", "on": "02.09.2026"}, "in the future"),
        ({"client": "Лев Ким", "on": ""}, "does not say: date"),
        ({"client": "Лев Ким", "amount": ""}, "does not say: amount"),
        ({"client": "Лев Ким", "amount": "-100"}, "not above 0"),
        ({"client": "Лев Ким", "amount": "1,000"}, "1,000"),
        ({"client": "Лев Ким", "kind": "кража"}, '"кража"'),
        ({"client": "Лев Ким", "account": "Сейф"}, "--new"),
        ({"client": "Лев Ким", "kind": "возврат"}, "larger than the balance"),
    ],
)
def test_r66_what_can_not_be_read_rejects_its_row(school: Path, said: dict[str, str], reason: str) -> None:
    imported = bring(school, [row(**said), row(client="Ким Лев", amount="1")])
    assert imported.payments == 1
    assert reason in imported.transferred.reasons[0][1]
    assert imported.transferred.rejects == rejects_path(school.with_name("p.csv"))


def test_an_id_must_be_that_of_the_name_beside_it(school: Path) -> None:
    head = ["client_id", "client", "date", "amount"]
    rows = [["3", "Лев Ким", "01.08.2026", "5"], ["1", "Лев Ким", "01.08.2026", "6"], ["9", "", "01.08.2026", "7"]]
    imported = bring(school, rows, head)
    assert imported.payments == 1
    assert ["is that of Анна" in reason or "no client 9" in reason for _line, reason in imported.transferred.reasons]


def test_r66_the_same_file_twice_changes_nothing(school: Path) -> None:
    twice = row(client="Лев Ким", note="две", account="Карта")
    rows = [twice, twice, row(client="Лев Ким"), row(client="Лев Ким", kind="refund", amount="50")]
    assert bring(school, rows).payments == 4
    before = dump(school)
    imported = bring(school, rows)
    assert (imported.payments, imported.skipped) == (0, 4)
    assert dump(school) == before
    assert bring(school, [*rows, twice]).payments == 1


def test_a_void_payment_does_not_come_back(school: Path) -> None:
    bring(school, [row(client="Лев Ким")])
    run_cli("payments", "void", "1", "--reason", "x", db=school)
    assert bring(school, [row(client="Лев Ким")]).payments == 0
    head = ["date", "client", "amount", "voided"]
    lines = [["01.08.2026", "Лев Ким", "7", "2026-08-02"], ["01.08.2026", "Лев Ким", "8", ""]]
    assert bring(school, lines, head).payments == 1


def test_r37_a_refund_may_be_as_large_as_what_comes_in(school: Path) -> None:
    with writing_school(school) as open_school:
        pay(open_school, 3, 1000, TODAY)
    rows = [
        row(client="Лев Ким", kind="Возврат", amount="60", on="02.08.2026"),
        row(client="Лев Ким", kind="Возврат", amount="51", on="01.08.2026"),
        row(client="Лев Ким", amount="100", on="03.08.2026"),
    ]
    imported = bring(school, rows)
    assert (imported.payments, [line for line, _reason in imported.transferred.reasons]) == (2, [2])
    assert bring(school, rows[:1], even_so=True).payments == 1


def test_new_accounts_are_added_when_asked_for(school: Path) -> None:
    assert bring(school, [row(client="Лев Ким", account="Сейф")], new=True).accounts == ("Сейф",)
    assert rows_of(school, "SELECT account.name FROM payment JOIN account ON account.id = account_id") == [("Сейф",)]


def test_totals_and_empty_rows_are_passed_over(school: Path) -> None:
    total = ["Итого", "", "", "", "100", "", "", "", ""]
    imported = bring(school, [row(client="Лев Ким"), [""] * 9, HEAD, total])
    assert (imported.payments, imported.passed_over) == (1, 3)


@pytest.mark.parametrize("wishes", [{"strict": True}, {"dry_run": True}])
def test_r65_strict_and_dry_run_write_nothing(school: Path, wishes: dict[str, bool]) -> None:
    before = dump(school)
    rows = [row(client="Лев Ким"), row(client="Никто", account="Сейф")]
    if "strict" in wishes:
        with pytest.raises(Refused, match="Никто"):
            bring(school, rows, **wishes)
    else:
        assert bring(school, rows, **wishes).payments == 1
    assert dump(school) == before


def test_the_command_says_what_it_did(school: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("Дата;Клиент;Сумма\n01.08.2026;Лев Ким;100\n01.08.2026;Никто;5\n", "utf-8")
    code, out, err = run_cli("payments", "import", str(file), "--format", "json", db=school)
    assert code == 3
    assert "Клиент → client's name" in err
    made = json.loads(out)
    assert (made["payments"], made["amount"], made["skipped"], made["rejected"]) == (1, "100.00", 0, 1)
    assert rows_of(school, "SELECT command FROM operation ORDER BY id DESC LIMIT 1") == [("payments import",)]
    missing = run_cli("payments", "import", str(file), db=tmp_path / "none.db")
    assert (missing[0], (tmp_path / "none.db").exists()) == (1, False)
    assert run_cli("payments", "import", str(tmp_path / "no.csv"), db=school)[0] == 1


CELLS = st.one_of(
    st.sampled_from(["", "Лев Ким", "Анна Иванова", "01.08.2026", "100", "-5", "возврат", "Карта", "да", "\x00", "=1"]),
    st.text(max_size=6),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=5))
def test_any_rows_end_in_payments_rejects_or_one_refusal(tmp_path: Path, rows: list[list[str]]) -> None:
    """And a second import of the same file adds nothing."""
    school = make_school(tmp_path)
    with writing_school(school) as open_school:
        client = add_client(open_school, "Лев Ким")
        add_student(open_school, client, "Ева Ким")
        add_phone(open_school, client, "89161234567")
    file = tmp_path / "any.csv"
    with file.open("w", encoding="utf-8", newline="", errors="replace") as stream:
        csv.writer(stream, delimiter=";").writerows([HEAD, *rows, row(client="Лев Ким")])
    assert run_cli("payments", "import", str(file), db=school)[0] in (0, 1, 3)
    before = dump(school)
    run_cli("payments", "import", str(file), db=school)
    assert dump(school) == before
