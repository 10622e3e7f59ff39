"""An imported last purchase is a purchase: the first makes `active` at once (R9, R62)."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from answers import answer
from builders import run_cli, writing_school

HEAD = "Заказчик;Ученик;Телефон;Последняя покупка"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "school.db"


def move_in(db: Path, rows: Sequence[str], *words: str) -> None:
    file = db.with_name("clients.csv")
    file.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    code, _out, err = run_cli("import-csv", str(file), *words, db=db)
    assert code == 0, err


def stages(db: Path) -> dict[str, str]:
    return {row["name"]: row["stage"] for row in answer(db, "clients", "list", "--columns", "name,stage")["rows"]}


ANNA = "Анна;Петя;89160000001;{}"
BORIS = ("Борис;Олег;89160000002;{}", "Борис;Маша;89160000002;{}")


def test_r9_who_has_bought_is_active_at_once(db: Path) -> None:
    vera = "Вера;Ия;89160000003;02.08.2026"
    move_in(db, [ANNA.format(""), BORIS[0].format(""), BORIS[1].format("01.08.2026"), vera])
    assert stages(db) == {"Анна": "newcomer", "Борис": "active", "Вера": "active"}
    assert answer(db, "status", "recompute")["changed"] == 0


def test_r9_an_update_that_tells_of_the_first_purchase_makes_active(db: Path) -> None:
    move_in(db, [ANNA.format(""), BORIS[0].format("")])
    move_in(db, [ANNA.format("01.08.2026"), BORIS[0].format("")], "--on-duplicate", "update")
    assert stages(db) == {"Анна": "active", "Борис": "newcomer"}
    (entry,) = [
        row
        for row in answer(db, "status", "history", "Анна")["rows"]
        if row["scale"] == "loyalty" and row["from"] is not None
    ]
    assert entry["reason"] == "import"


def test_r9_an_update_of_an_older_purchase_leaves_the_stage(db: Path) -> None:
    move_in(db, [ANNA.format("01.08.2026")])
    with writing_school(db) as school:
        school.db.execute("UPDATE client SET stage_id = (SELECT id FROM status WHERE base = 'regular')")
    move_in(db, [ANNA.format("15.08.2026")], "--on-duplicate", "update")
    assert stages(db) == {"Анна": "regular"}
