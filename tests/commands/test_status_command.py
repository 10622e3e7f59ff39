"""`schoolcrm status`."""

from pathlib import Path

import pytest
from builders import run_cli, run_installed
from status_school import answer, school_after_a_month


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return school_after_a_month(tmp_path)


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


def test_r6_a_reason_is_kept_tidy(path: Path) -> None:
    answer(path, "status", "set", "reserve", "Инна", "--reason", " до\x1b[31m  осени ")
    assert answer(path, "status", "history", "Инна")["rows"][0]["note"] == "до[31m осени"
