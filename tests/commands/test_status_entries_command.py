"""`schoolcrm status add|rename|default|delete`: the statuses of the school itself (R1–R5)."""

from pathlib import Path

import pytest
from builders import run_cli
from status_school import answer, school_after_a_month


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return school_after_a_month(tmp_path)


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
