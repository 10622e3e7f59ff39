"""A recompute looks before it takes the lock, and looks again if somebody has written meanwhile (R10)."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column
from builders import add_client, make_school, run_cli, writing_school

from schoolcrm.core.statuses import recompute as rules

LONG_AGO, LATER = date(2024, 1, 10), "2026-09-01"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path, LONG_AGO) as school:
        add_client(school, "Anna", status="bought")
        add_client(school, "Boris", status="bought")
        school.db.execute("UPDATE client SET last_visit_on = ?", (LONG_AGO.isoformat(),))
    return path


def test_r10_what_was_found_before_the_lock_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    find_due = rules.find_due
    monkeypatch.setattr(
        rules, "find_due", lambda db, *a, **k: looked.append(db.in_transaction) or find_due(db, *a, **k)
    )
    assert answer(path, "status", "recompute", today=LATER)["changed"] == 2
    assert looked == [False]
    assert answer(path, "status", "recompute", "--dry-run", today=LATER)["changed"] == 0


def test_r10_it_is_found_anew_if_somebody_has_written_since(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_due = rules.find_due

    def slow(db, *asked, **how):  # type: ignore[no-untyped-def]
        due = find_due(db, *asked, **how)
        if not db.in_transaction:
            with writing_school(path, date.fromisoformat(LATER)) as school:
                school.db.execute("UPDATE client SET archived_on = '2026-09-01' WHERE name = 'Anna'")
        return due

    monkeypatch.setattr(rules, "find_due", slow)
    code, _out, err = run_cli("status", "recompute", db=path, today=LATER)
    assert (code, "1 change." in err) == (0, True)
    assert column(path, "status", "clients", "list", "--archived", today=LATER) == ["Bought a subscription"]
