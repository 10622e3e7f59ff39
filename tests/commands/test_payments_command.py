"""`schoolcrm payments`: sums with a minus, kinds, accounts, exit codes, keys."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import (
    TODAY,
    add_client,
    add_plan,
    add_student,
    make_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна Иванова with Петя and Маша; Борис Ли with another Маша."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        anna = add_client(school, "Анна Иванова", student="Петя", phone="+79161234567")
        add_student(school, anna, "Маша")
        add_client(school, "Борис Ли", student="Маша")
    return path


def test_add_answers_with_what_it_made(db: Path) -> None:
    made = answer(db, "payments", "add", "Анна", "1 500,50")
    assert {key: made[key] for key in ("id", "client_id", "amount", "balance")} == {
        "id": 1,
        "client_id": 1,
        "amount": "1500.50",
        "balance": "1500.50",
    }
    code, out, err = run_cli("payments", "add", "8 (916) 123-45-67", "499.50", db=db)
    assert (code, out) == (0, "")
    assert "Анна Иванова" in err
    assert "2,000.00" in err


@pytest.mark.parametrize(
    "words",
    [
        ("-500", "--kind", "adjustment"),
        ("--kind", "adjustment", "-500"),
        ("--amount=-500", "--kind", "adjustment"),
        ("--amount", "-500", "--kind", "adjustment"),
        ("−500", "--kind", "adjustment"),
        ("-500,00", "--kind=adjustment"),
    ],
)
def test_a_leading_minus_is_a_number(db: Path, words: tuple[str, ...]) -> None:
    assert answer(db, "payments", "add", "Анна", *words)["balance"] == "-500.00"


def test_a_sum_with_spaces_and_a_minus_in_one_word(db: Path) -> None:
    assert answer(db, "payments", "add", "Анна", "-1 250,50", "--kind", "adjustment")["amount"] == "-1250.50"


def test_a_note_that_looks_like_a_sum_is_left_alone(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "5", "--note", "-500")
    assert column(db, "note", "payments", "list") == ["-500"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--amount"),
        (("5", "--amount=6"), 2, "twice"),
        (("-500",), 1, "--kind"),
        (("0",), 1, "0.00"),
        (("abc",), 1, "abc"),
        (("1,000",), 1, "1,000"),
        (("5", "--kind", "gift"), 1, "income, refund, adjustment, goods"),
        (("5", "--on", "tomorrow"), 1, "--even-so"),
        (("5", "--kind", "refund"), 1, "5.00"),
        (("5", "--student", "Яков"), 1, "Яков"),
        (("5", "--account", "Сейф"), 1, "--new"),
        (("5", "--from-balance"), 1, "goods"),
        (("5", "--subscription", "7"), 1, "7"),
        (("5", "--colour", "red"), 2, "--colour"),
        (("9" * 30,), 1, "9999"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(
    db: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    answered, out, err = run_cli("payments", "add", "Анна", *words, db=db)
    assert (answered, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert answer(db, "payments", "list")["rows"] == []


def test_even_so_records_what_was_doubted(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "5", "--on", "tomorrow", "--even-so")
    assert answer(db, "payments", "add", "Анна", "7", "--kind", "refund", "--even-so")["balance"] == "-2.00"


def test_the_clients_own_student_is_meant(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "5", "--student", "Маша")
    answer(db, "payments", "add", "Борис", "5", "--student", "Маша")
    assert column(db, "student", "payments", "list") == ["Маша", "Маша"]
    assert "Петя, Маша" in refusal(db, "payments", "add", "Анна", "5", "--student", "3") or "Маша, Петя" in refusal(
        db, "payments", "add", "Анна", "5", "--student", "3"
    )


def test_an_account_is_named_or_added(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "5", "--account", "карта")
    answer(db, "payments", "add", "Анна", "5", "--account", "Сейф", "--new")
    assert column(db, "account", "payments", "list") == ["Сейф", "Карта"]


def test_money_for_a_subscription_goes_to_its_own_balance(db: Path) -> None:
    with writing_school(db, TODAY) as school:
        plan = add_plan(school, "lesson", 700_00, name="Разовый", separate=True)
        for client in (1, 2):
            sell_plan(school, student_of(school, client), plan, TODAY)
    answer(db, "payments", "add", "Анна", "100", "--subscription", "Разовый")  # Борис has one too
    report = answer(db, "report", "reconciliation", "Анна", "--account", "1")
    assert (report["totals"]["closing"], report["rows"][0]["student"]) == ("100.00", "Петя")
    assert answer(db, "report", "reconciliation", "Анна", "--account", "general")["totals"]["closing"] == "0.00"


def test_list_has_the_keys_of_the_contract(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "5", "--note", "за книгу", "--kind", "goods", "--account", "карта")
    report = answer(db, "payments", "list")
    keys = [column["key"] for column in report["columns"]]
    assert " ".join(keys) == "id date client_id client student kind amount account note voided"
    values = [1, "2026-09-01", 1, "Анна Иванова", None, "goods", "5.00", "Карта", "за книгу", None]
    assert report["rows"] == [dict(zip(keys, values, strict=True))]
    assert answer(db, "payments", "list", "Борис")["rows"] == []
    assert answer(db, "payments", "list", "--kind", "income")["rows"] == []
    assert answer(db, "payments", "list", "--period", "2026-08")["rows"] == []


def test_void_takes_the_payment_out_once(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "1000")
    assert answer(db, "payments", "void", "1", "--reason", "ошибка")["id"] == 1
    assert column(db, "voided", "payments", "list") == ["2026-09-01"]
    assert answer(db, "report", "reconciliation", "Анна")["rows"] == []
    assert "1" in refusal(db, "payments", "void", "1")
    assert "99" in refusal(db, "payments", "void", "99")
    assert '"abc"' in refusal(db, "payments", "void", "abc")


def test_dry_run_answers_and_changes_nothing(db: Path) -> None:
    assert answer(db, "payments", "add", "Анна", "1000", "--dry-run")["balance"] == "1000.00"
    assert answer(db, "payments", "list")["rows"] == []
    answer(db, "payments", "add", "Анна", "1000")
    answer(db, "payments", "void", "1", "--dry-run")
    assert column(db, "voided", "payments", "list") == [None]


def test_r37_a_void_keeps_its_reason_or_says_that_there_is_none(db: Path) -> None:
    for _each in range(3):
        answer(db, "payments", "add", "Анна", "1000")
    assert answer(db, "payments", "void", "1", "--reason", " ошибка ")["reason"] == "ошибка"
    code, _out, err = run_cli("payments", "void", "2", db=db)
    assert (code, err.splitlines()[0]) == (0, "warning: no reason is kept with it; --reason gives one.")
    assert answer(db, "payments", "void", "3", "--reason", "")["reason"] is None
    assert column(db, "note", "payments", "list") == [None, None, "void: ошибка"]


@pytest.mark.parametrize(("typed", "note"), [("двойная\n", "void: двойная"), ("\n", None)])
def test_r37_at_a_terminal_the_reason_is_asked_for(db: Path, typed: str, note: str | None) -> None:
    pytest.importorskip("termios")
    from person_at_terminal import Person

    answer(db, "payments", "add", "Анна", "1000")
    person = Person(db, "payments", "void", "1")
    try:
        person.sees(r"Why is it void\? Enter: no reason\.")
        person.types(typed)
        assert person.ends() == 0
    finally:
        person.leaves()
    assert column(db, "note", "payments", "list") == [note]


def test_the_subscription_of_another_client_is_named_with_its_owner(db: Path) -> None:
    with writing_school(db, TODAY) as school:
        sell_plan(school, 3, add_plan(school, "lesson", 700_00, name="Разовое"), TODAY)
    for ref in ("1", "Разовое"):
        err = refusal(db, "payments", "add", "Анна", "100", "--subscription", ref)
        assert err.startswith("error: The subscription 1 (Маша · Разовое) is another client's: Борис Ли.\nhint: ")
    assert '"99"' in refusal(db, "payments", "add", "Анна", "100", "--subscription", "99")


def test_a_format_that_is_none_is_refused_before_the_money_is_written(db: Path) -> None:
    assert '"xlsx"' in refusal(db, "payments", "add", "Анна", "100", "--format", "xlsx")
    assert answer(db, "payments", "list")["rows"] == []
