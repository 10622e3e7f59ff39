"""`schoolcrm status`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, run_cli, run_installed, student_of, writing_school

SOLD_ON = date(2026, 1, 31)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A school with a client who bought a month on 31.01.2026, one with money besides, and a new one."""
    path = make_school(tmp_path)
    with writing_school(path, SOLD_ON) as school:
        anna = add_client(school, "Анна Иванова", student="Петя Иванов", phone="+79161234567")
        rich = add_client(school, "Олег Сидоров")
        add_client(school, "Инна Новая")
        for client in (anna, rich):
            sell(school, client)
        school.db.execute(
            "INSERT INTO payment (client_id, kind, on_date, amount, effect) VALUES (?, 'income', ?, 100, 100)",
            (rich, SOLD_ON.isoformat()),
        )
    return path


def sell(school: Any, client: int) -> None:
    from schoolcrm.core.statuses.events import subscription_sold

    school.db.execute(
        "INSERT OR IGNORE INTO plan (id, name, name_key, kind, price, billing, separate, burn, stop_at_end)"
        " VALUES (1, 'Месяц', 'месяц', 'month', 400000, 'by-lesson', 0, 0, 0)"
    )
    number = school.db.execute(
        "INSERT INTO subscription (student_id, plan_id, origin, is_trial, sold_on, first_on, last_on, kind, price,"
        " billing, separate, burn, stop_at_end)"
        " VALUES (?, 1, 'sale', 0, ?, ?, '2026-02-27', 'month', 400000, 'by-lesson', 0, 0, 0) RETURNING id",
        (student_of(school, client), SOLD_ON.isoformat(), SOLD_ON.isoformat()),
    ).fetchone()[0]
    subscription_sold(school, client, number)


def answer(path: Path, *words: str, **settings: Any) -> Any:
    code, out, err = run_cli(*words, "--format", "json", db=path, **settings)
    assert (code, err) == (0, "")
    made = json.loads(out)
    made.pop("operation", None)
    return made


def bases(path: Path) -> dict[str, int]:
    rows = answer(path, "status", "list")["rows"]
    return {f"{row['scale']}:{row['base']}": row["clients"] for row in rows if row["clients"]}


def test_r1_list(path: Path) -> None:
    rows = answer(path, "status", "list")["rows"]
    assert list(rows[0]) == ["id", "scale", "base", "name", "automatic", "clients"]
    assert (rows[6]["base"], rows[6]["name"], rows[6]["automatic"], rows[6]["clients"]) == (
        "bought", "Купил абонемент", True, 2
    )  # fmt: skip
    assert [row["base"] for row in rows[10:]] == ["newcomer", "active", "regular", "sleeping", "former"]
    assert bases(path) == {"funnel:new": 1, "funnel:bought": 2, "loyalty:newcomer": 1, "loyalty:active": 2}


def test_r8_recompute_prints_a_line_per_kind_and_the_skips(path: Path) -> None:
    assert run_cli("status", "recompute", db=path, today="2026-06-30") == (0, "", "Nothing to change.\n")
    assert run_cli("status", "recompute", db=path, today="2026-07-01") == (
        0,
        "Status: Bought a subscription → Refused: 1 (long silence)\n",
        "Not refused: 1 (money on the account)\n1 change.\n",
    )
    assert run_cli("-q", "status", "recompute", db=path, today="2026-07-01") == (0, "", "")


def test_r10_quiet_still_prints_what_changed(path: Path) -> None:
    code, out, err = run_cli("status", "recompute", "-q", db=path, today="2026-08-01")
    assert (code, out.splitlines(), err) == (
        0,
        [
            "Status: Bought a subscription → Refused: 1 (long silence)",
            "Stage: Active → Sleeping: 2 (rule of loyalty)",
        ],
        "",
    )


def test_r10_recompute_as_json_and_its_dry_run(path: Path) -> None:
    wanted = {
        "changed": 3,
        "transitions": [
            {"scale": "funnel", "from": "bought", "to": "refused", "reason": "refusal-rule", "count": 1},
            {"scale": "loyalty", "from": "active", "to": "sleeping", "reason": "loyalty-rule", "count": 2},
        ],
        "skipped": [{"reason": "money-on-account", "count": 1}],
    }
    assert answer(path, "status", "recompute", "--dry-run", today="2026-08-01") == {"id": None} | wanted
    assert bases(path)["funnel:bought"] == 2
    made = answer(path, "status", "recompute", today="2026-08-01")
    assert made == {"id": made["id"]} | wanted
    assert made["id"] > 0
    assert answer(path, "status", "recompute", today="2026-08-01") == {
        "id": None, "changed": 0, "transitions": [], "skipped": [{"reason": "money-on-account", "count": 1}],
    }  # fmt: skip
    assert bases(path) == {
        "funnel:new": 1, "funnel:bought": 1, "funnel:refused": 1, "loyalty:newcomer": 1, "loyalty:sleeping": 2,
    }  # fmt: skip


def test_r8_strict_refuses_those_with_money_too(path: Path) -> None:
    found = answer(path, "status", "recompute", "--strict", today="2026-07-01")
    assert (found["changed"], found["skipped"]) == (2, [])


def test_recompute_names_the_clients(path: Path) -> None:
    code, out, _err = run_cli("status", "recompute", "--verbose", db=path, today="2026-07-01", lang="en")
    assert code == 0
    assert out.splitlines()[1:] == [
        "1 Анна Иванова: Купил абонемент → Отказался",
        "2 Олег Сидоров: not refused (money on the account)",
    ]


def test_recompute_needs_no_yes_and_no_heavy_libraries(path: Path) -> None:
    code, out, _err = run_installed("status", "recompute", db=path, today="2026-07-01")
    assert (code, out.count("\n")) == (0, 1)


def test_r6_set_several_at_once_with_a_reason(path: Path) -> None:
    made = answer(path, "status", "set", "Резерв", "Петя Иванов", "8 916 123-45-67", "олег", "--reason", "лето")
    assert (made["status"], made["changed"]) == ("Резерв", 2)
    assert bases(path)["funnel:reserve"] == 2
    rows = answer(path, "status", "history", "Олег")["rows"]
    assert (rows[0]["from"], rows[0]["to"], rows[0]["reason"], rows[0]["note"], rows[0]["date"]) == (
        "Купил абонемент", "Резерв", "hand", "лето", "2026-09-01",
    )  # fmt: skip
    assert run_cli("status", "set", "Резерв", "Олег", db=path) == (0, "", 'Nobody was changed: already in "Резерв".\n')


def test_r7_a_deleted_client_can_be_restored(path: Path) -> None:
    code, _out, err = run_cli("status", "set", "deleted", "Инна", db=path)
    assert (code, err.splitlines()) == (0, [
        '1 client put into "Удалён".',
        "hint: 'schoolcrm clients restore 3' brings one back;"
        " 'schoolcrm clients list --all' shows deleted clients too.",
    ])  # fmt: skip
    assert bases(path)["funnel:deleted"] == 1
    assert [row["name"] for row in answer(path, "clients", "list", "status:deleted")["rows"]] == ["Инна Новая"]
    assert run_cli("status", "set", "new", "Инна", db=path) == (0, "", '1 client put into "Новый".\n')


def test_set_by_query_is_asked_for(path: Path) -> None:
    command = ("status", "set", "reserve", "--query", "status:bought")
    code, out, err = run_cli(*command, db=path)
    assert (code, out) == (1, "")
    assert err.splitlines()[-2:] == [
        'error: 2 clients would be moved to "Резерв".',
        "hint: Repeat the command with --yes to do it.",
    ]
    assert "Анна Иванова" in err
    assert bases(path)["funnel:bought"] == 2
    assert run_cli(*command, "--query", "олег", "--yes", db=path)[0] == 0
    assert bases(path)["funnel:reserve"] == 1
    assert run_cli(*command[:-1], "имени нет", "--yes", db=path)[0] == 1


@pytest.mark.parametrize(("words", "code"), [
    (("reserve",), 2), (("reserve", "Олег", "--query", "status:new"), 2), (("нету", "Олег"), 1), (("new", "Нету"), 1),
])  # fmt: skip
def test_what_set_refuses(path: Path, words: tuple[str, ...], code: int) -> None:
    assert run_cli("status", "set", *words, db=path)[:2] == (code, "")
    assert bases(path)["funnel:bought"] == 2


def test_r11_explain(path: Path) -> None:
    _code, out, _err = run_cli("status", "explain", "Анна", db=path, today="2026-03-01", lang="en")
    assert "Last purchase: 2026-01-31" in out
    assert "Refused on 2026-07-01 unless something is bought" in out
    assert "Sleeping on 2026-07-31 unless something is bought." in out
    _code, out, _err = run_cli("status", "explain", "Олег", db=path, today="2026-08-01", lang="en")
    assert "Refused was due on 2026-07-01 and is held back: money on the account." in out
    assert "Sleeping at the next recompute." in out
    found = answer(path, "status", "explain", "Анна", today="2026-07-02")
    assert found["rows"][0] == {
        "scale": "funnel", "status": "Купил абонемент", "base": "bought", "since": "2026-01-31", "reason": "sale",
        "note": None, "rule": "event", "next": "refused", "next_on": "2026-07-01", "held_by": None,
    }  # fmt: skip
    assert found["parameters"] == {"refusal_months": 5, "regular_purchases": 3, "sleeping_days": 180}
    assert found["totals"] == {
        "purchases": 1, "last_purchase": "2026-01-31", "last_visit": None, "last_decision": None, "trial_booked": None,
        "contract_terminated": None, "silent_since": "2026-01-31",
    }  # fmt: skip


def explained(path: Path, client: str, today: str) -> list[str]:
    """Return the sentences under the table of `status explain`."""
    code, out, err = run_cli("status", "explain", client, db=path, today=today)
    assert (code, err) == (0, "")
    return out.rstrip().rpartition("\n\n")[2].splitlines()


def test_r11_explain_says_which_rule_decided_and_what_comes_next(path: Path) -> None:
    _code, out, _err = run_cli("status", "explain", "Анна", db=path, today="2026-03-01")
    assert "Refused after months of silence: 5\nRegular from purchases: 3\n" in out
    assert explained(path, "Анна", "2026-03-01") == [
        '"Купил абонемент" since 2026-01-31: a subscription was sold.',
        "Refused on 2026-07-01 unless something is bought, a lesson attended or the status set by hand.",
        '"Рабочий" since 2026-01-31: purchases made: 1, regular from 3.',
        "Sleeping on 2026-07-31 unless something is bought.",
    ]
    assert (
        explained(path, "Олег", "2026-03-01")[2]
        == "As things stand it would be held back that day: money on the account."
    )
    assert explained(path, "Инна", "2026-03-01") == [
        '"Новый" since 2026-01-31: that is where a client begins.',
        "Time alone does not change this status.",
        '"Новый" since 2026-01-31: nothing was bought yet.',
    ]


def test_r11_the_facts_of_archived_and_deleted_clients_and_why_nothing_changes(path: Path) -> None:
    run_cli("clients", "archive", "Анна", "--yes", db=path, today="2026-03-01")
    run_cli("status", "set", "deleted", "Олег", db=path, today="2026-03-01")
    assert explained(path, "Анна", "2026-08-01")[-3:] == [
        "In the archive since 2026-03-01.",
        "'schoolcrm clients restore 1' brings the client back; then these facts decide.",
        "The client is archived or deleted: no rule changes anything.",
    ]
    for client, restored in (("Анна", 1), ("Олег", 2)):
        _code, out, _err = run_cli("status", "explain", client, db=path, today="2026-08-01", lang="en")
        assert "Last purchase: 2026-01-31" in out
        assert f"'schoolcrm clients restore {restored}'" in out
        found = answer(path, "status", "explain", client, today="2026-08-01")
        assert found["totals"]["purchases"] == 1
        assert [row["next"] for row in found["rows"]] == [None, None]


def test_r5_the_list_of_statuses_tells_who_is_in_the_archive_besides(path: Path) -> None:
    before = answer(path, "status", "list")
    assert "archive" not in run_cli("status", "list", db=path)[1]
    run_cli("clients", "archive", "Анна", "Инна", "--yes", db=path)
    _code, out, _err = run_cli("status", "list", db=path)
    assert out.splitlines()[-2:] == [
        "In the archive besides, by status: Новый: 1, Купил абонемент: 1.",
        "In the archive besides, by stage: Новый: 1, Рабочий: 1.",
    ]
    assert answer(path, "status", "list")["rows"] != before["rows"]


def test_r11_explain_after_a_recompute_and_by_hand(path: Path) -> None:
    run_cli("status", "recompute", db=path, today="2026-08-01")
    assert explained(path, "Анна", "2026-08-02") == [
        '"Отказался" since 2026-08-01: no purchase, visit or decision by hand for too long.',
        "Time alone does not change this status.",
        '"Спящий" since 2026-08-01: nothing was bought for more than 180 days.',
    ]
    run_cli("status", "set", "loyalty:regular", "Анна", "--reason", "трое детей", db=path, today="2026-08-03")
    assert explained(path, "Анна", "2026-08-04")[2:] == [
        '"Постоянный" since 2026-08-03: set by hand; it stays until the next purchase or termination of a contract.',
        "Without that it would be: Sleeping.",
    ]
    run_cli("status", "set", "deleted", "Анна", db=path, today="2026-08-03")
    assert explained(path, "Анна", "2026-08-04")[-1] == "The client is archived or deleted: no rule changes anything."


def test_r11_explain_of_a_status_set_by_hand_without_anything_else_to_count_from(path: Path) -> None:
    run_cli("status", "set", "group-search", "Инна", db=path, today="2026-02-01")
    assert explained(path, "Инна", "2026-03-01")[:2] == [
        '"Подбор группы" since 2026-02-01: set by hand; it stays until an event or a refusal leads to another base.',
        "Refused on 2026-07-02 unless something is bought, a lesson attended or the status set by hand.",
    ]


def test_r11_explain_names_the_subscription_that_puts_the_refusal_off(path: Path) -> None:
    with writing_school(path, SOLD_ON) as school:
        school.db.execute("UPDATE subscription SET last_on = '2026-12-31'")
    assert explained(path, "Анна", "2026-03-01")[1:3] == [
        "Refused on 2027-01-01 unless something is bought, a lesson attended or the status set by hand.",
        "Until then a subscription not yet ended holds it back.",
    ]


def test_r11_explain_shows_the_trial_that_is_booked(path: Path) -> None:
    assert run_cli("clients", "trial", "book", "Инна", "--on", "2026-02-10", db=path, today="2026-02-01")[0] == 0
    found = answer(path, "status", "explain", "Инна", today="2026-02-05")
    assert (found["totals"]["trial_booked"], found["totals"]["silent_since"]) == ("2026-02-10", "2026-02-10")
    assert explained(path, "Инна", "2026-02-05")[:2] == [
        '"Записался на пробное занятие" since 2026-02-01: a trial lesson was booked or attended.',
        "Refused on 2026-07-11 unless something is bought, a lesson attended or the status set by hand.",
    ]


def test_r11_explain_uses_the_numbers_of_the_school(path: Path) -> None:
    assert run_cli("config", "set", "refusal_months", "2", db=path)[0] == 0
    assert answer(path, "status", "explain", "Анна", today="2026-03-01")["parameters"]["refusal_months"] == 2
    assert "Refused on 2026-04-01 unless" in explained(path, "Анна", "2026-03-01")[1]


def test_r10_quiet_and_verbose_say_nothing_when_nothing_changes(path: Path) -> None:
    run_cli("status", "recompute", db=path, today="2026-07-01")
    assert run_cli("-q", "status", "recompute", "--verbose", db=path, today="2026-07-01") == (0, "", "")


def test_r10_who_will_change_by_a_day_is_a_dry_run_with_names(path: Path) -> None:
    code, out, err = run_cli("status", "recompute", "--dry-run", "--verbose", db=path, today="2027-02-01")
    assert (code, out.splitlines(), err.splitlines()) == (
        0,
        [
            "Status: Bought a subscription → Refused: 1 (long silence)",
            "Stage: Active → Sleeping: 2 (rule of loyalty)",
            "1 Анна Иванова: Купил абонемент → Отказался",
            "1 Анна Иванова: Рабочий → Спящий",
            "2 Олег Сидоров: Рабочий → Спящий",
            "2 Олег Сидоров: not refused (money on the account)",
        ],
        ["Not refused: 1 (money on the account)", "3 changes. (nothing was changed: --dry-run)"],
    )
    assert bases(path)["funnel:bought"] == 2


# The school's own statuses --------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["in-work", "В работе", "in work", "funnel:in-work", "воронка:в работе"])
def test_r2_add_under_a_base_named_in_any_way(path: Path, base: str) -> None:
    made = answer(path, "status", "add", base, "  Думает   о цене ")
    assert made == {"id": 16, "scale": "funnel", "base": "in-work", "name": "Думает о цене", "automatic": False}
    assert run_cli("status", "set", "думает о цене", "Инна", db=path) == (0, "", '1 client put into "Думает о цене".\n')
    assert answer(path, "status", "list")["rows"][3] == made | {"clients": 1}


def test_r1_a_base_of_both_scales_is_of_the_funnel_unless_said(path: Path) -> None:
    assert answer(path, "status", "add", "Новый", "С сайта")["scale"] == "funnel"
    assert answer(path, "status", "add", "loyalty:Новый", "Впервые")["base"] == "newcomer"


@pytest.mark.parametrize(("words", "sentence", "hint"), [
    (("nope", "Имя"), 'No base status is called "nope".', "The bases are: for-admin, new"),
    (("refusd", "Имя"), 'No base status is called "refusd".', "Did you mean: refused"),
    (("loyalty:bought", "Имя"), 'No base status is called "loyalty:bought".', "The bases are: newcomer, active"),
    (("", "Имя"), "BASE is empty.", "schoolcrm status add --help"),
    (("new", "  "), "NAME is empty.", ""),
    (("new", "\x1b\u202e"), "A name is missing.", ""),
    (("new", "12"), '"12" is not a name: it has no letter.', ""),
    (("new", "Ы" * 201), "is longer than 200 characters.", ""),
])  # fmt: skip
def test_r2_what_add_refuses(path: Path, words: tuple[str, ...], sentence: str, hint: str) -> None:
    code, out, err = run_cli("status", "add", *words, db=path)
    assert (code, out) == (1, "")
    assert sentence in err
    assert hint in err


@pytest.mark.parametrize(("base", "name", "known"), [
    ("reserve", "отказался", "Отказался"),
    ("reserve", "Отказалса", "Отказался"),
    ("reserve", "Удален", "Удалён"),
    ("reserve", "Подборгруппы", "Подбор группы"),
    ("reserve", "Отказ", "Отказался"),
])  # fmt: skip
def test_r3_a_near_name_is_refused_with_the_one_there_is_unless_even_so(
    path: Path, base: str, name: str, known: str
) -> None:
    code, out, err = run_cli("status", "add", base, name, db=path)
    assert (code, out) == (1, "")
    assert f'There is a status "{known}" already' in err
    assert "hint: Use that one, or repeat with --even-so to have both." in err
    assert answer(path, "status", "add", base, name, "--even-so")["name"] == name


def test_r3_the_same_name_is_refused_even_so_but_free_on_the_other_scale(path: Path) -> None:
    for more in ((), ("--even-so",)):
        code, _out, err = run_cli("status", "add", "in-work", " Резерв", *more, db=path)
        assert (code, err) == (1, (
            'error: There is a status "Резерв" already, under the base "Reserve".\n'
            "hint: Use that one, or choose another name.\n"
        ))  # fmt: skip
    assert answer(path, "status", "add", "regular", "Резерв")["scale"] == "loyalty"


def test_r3_rename_checks_the_others_and_keeps_the_clients(path: Path) -> None:
    answer(path, "status", "add", "reserve", "До осени")
    assert answer(path, "status", "set", "До осени", "Инна")["changed"] == 1
    assert answer(path, "status", "rename", "до осени", "До осени!")["name"] == "До осени!"
    assert run_cli("status", "rename", "16", "До осени!", db=path) == (
        0, "", 'Nothing was changed: it is called "До осени!".\n'
    )  # fmt: skip
    assert run_cli("status", "rename", "16", "резерв", db=path)[0] == 1
    assert run_cli("status", "rename", "16", "Резерв", "--even-so", db=path)[0] == 1
    assert run_cli("status", "rename", "16", "резерв", "--even-so", db=path) == (
        0, "", '"До осени!" is now called "резерв".\n'
    )  # fmt: skip
    assert answer(path, "status", "history", "Инна")["rows"][0]["to"] == "резерв"
    assert answer(path, "status", "set", "Резерв", "Анна")["id"] == 8
    assert answer(path, "status", "set", "резерв", "Анна")["id"] == 16
    code, _out, err = run_cli("status", "set", "РЕЗЕРВ", "Анна", db=path)
    assert (code, "8 Резерв · Reserve; 16 резерв · Reserve" in err) == (1, True)


def test_r4_default_is_asked_for_and_moves_the_clients(path: Path) -> None:
    answer(path, "status", "add", "bought", "VIP")
    code, out, err = run_cli("status", "default", "VIP", db=path)
    assert (code, out, err) == (1, "", (
        'error: "VIP" would become automatic, and 2 clients of "Купил абонемент" would move into it.\n'
        "hint: Repeat the command with --yes to do it.\n"
    ))  # fmt: skip
    assert run_cli("status", "default", "VIP", "--dry-run", db=path) == (0, "", (
        '"VIP" is automatic now: 2 clients moved into it from "Купил абонемент". (nothing was changed: --dry-run)\n'
    ))  # fmt: skip
    assert answer(path, "status", "default", "VIP", "--yes") == {
        "id": 16, "scale": "funnel", "base": "bought", "name": "VIP", "automatic": True, "moved": 2,
    }  # fmt: skip
    assert run_cli("status", "default", "VIP", db=path) == (
        0, "", 'Nothing was changed: "VIP" is the automatic one already.\n'
    )  # fmt: skip
    assert answer(path, "status", "history", "Анна")["rows"][0]["reason"] == "default-switched"


def test_r5_delete_names_every_condition_that_fails(path: Path) -> None:
    code, _out, err = run_cli("status", "delete", "bought", "--yes", db=path)
    assert (code, err) == (1, (
        "error: The status \"Купил абонемент\" can't be deleted. It is the automatic one of the base"
        ' "Bought a subscription". 2 clients have it. Its base has no other.\n'
        "hint: First 'schoolcrm status add bought NAME', then 'schoolcrm status default NAME':"
        " the clients go with it.\n"
    ))  # fmt: skip


def test_r5_delete_is_asked_for_and_the_name_is_free_again(path: Path) -> None:
    answer(path, "status", "add", "reserve", "Лето")
    answer(path, "status", "set", "Лето", "Инна")
    code, _out, err = run_cli("status", "delete", "Лето", "--yes", db=path)
    assert code == 1
    assert "1 client has it." in err
    assert "schoolcrm status set STATUS --query 'status:=Лето'" in err
    assert run_cli("status", "set", "reserve", "--query", "status:=Лето", "--yes", db=path)[0] == 0
    code, _out, err = run_cli("status", "delete", "Лето", db=path)
    assert (code, err.splitlines()[0]) == (1, 'error: The status "Лето" would be deleted.')
    assert answer(path, "status", "delete", "Лето", "--yes")["in_history"] is True
    assert run_cli("status", "set", "Лето", "Инна", db=path)[0] == 1
    assert "Лето" not in {row["name"] for row in answer(path, "status", "list")["rows"]}
    assert answer(path, "status", "history", "Инна")["rows"][0]["from"] == "Лето"
    assert 'No status is called "Лето"' in run_cli("clients", "list", "status:Лето", db=path)[2]
    made = answer(path, "status", "add", "in-work", "Лето")
    assert made["id"] == 17
    assert answer(path, "status", "delete", "Лето", "--yes")["in_history"] is False


def test_r6_a_reason_is_kept_tidy(path: Path) -> None:
    answer(path, "status", "set", "reserve", "Инна", "--reason", " до\x1b[31m  осени ")
    assert answer(path, "status", "history", "Инна")["rows"][0]["note"] == "до[31m осени"
