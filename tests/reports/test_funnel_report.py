"""`report funnel`: a school's history through the command, and random histories against a slow count by hand."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from answers import answer, refusal
from builders import add_client, add_entry, make_school, reading_school, run_cli, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.status import FUNNEL
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.reports.funnel import FunnelRow, find_funnel

CHAIN = ("new", "in-work", "trial-booked", "trial-done", "bought")
SOURCES = ("Сайт", "Вывеска", "Радио")


def _move(db: Path, on: str, status: str, *clients: int) -> None:
    with writing_school(db, date.fromisoformat(on)) as school:
        set_status(school, clients, find_status(school.db, status, "funnel"))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна buys in September, Борис books a trial, Вера (archived) refuses, Глеб was deleted in August."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 8, 1)) as school:
        gleb = add_client(school, "Глеб")
        site, _sign, _radio = (add_entry(school, "sources", name) for name in SOURCES)
    with writing_school(path, date(2026, 9, 1)) as school:
        anna, boris, vera = (add_client(school, name) for name in ("Анна", "Борис", "Вера"))
        school.db.execute("UPDATE client SET source_id = ? WHERE id IN (?, ?)", (site, anna, vera))
        school.db.execute("UPDATE client SET archived_on = '2026-09-28' WHERE id = ?", (vera,))
    _move(path, "2026-08-20", "deleted", gleb)
    _move(path, "2026-09-04", "in-work", anna, boris, vera)
    _move(path, "2026-09-11", "trial-booked", anna, boris)
    _move(path, "2026-09-15", "refused", vera)
    _move(path, "2026-10-02", "bought", anna)
    return path


def _rows(db: Path, *options: str, today: str = "2026-10-10") -> list[tuple[Any, ...]]:
    found = answer(db, "report", "funnel", *options, today=today)["rows"]
    return [tuple(row.values()) for row in found if any(row[key] for key in ("entered", "now"))]


def test_the_funnel_of_september(db: Path) -> None:
    found = answer(db, "report", "funnel", "--period", "2026-09")
    assert [row["base"] for row in found["rows"]] == list(FUNNEL)
    assert [column["key"] for column in found["columns"]] == ["base", "entered", "now", "to_next", "median_days"]
    assert found["parameters"] == {"period": {"from": "2026-09-01", "to": "2026-09-30"}}
    assert _rows(db, "--period", "2026-09") == [
        ("new", 3, 0, 1.0, 3),
        ("in-work", 3, 0, 0.6667, 7),
        ("trial-booked", 2, 2, 0.5, 21),
        ("refused", 1, 1, None, None),
        ("deleted", 0, 1, None, None),
    ]


def test_this_month_is_the_usual_period_and_an_open_one_ends_today(db: Path) -> None:
    assert _rows(db) == [
        ("trial-booked", 0, 1, None, None),
        ("bought", 1, 1, None, None),
        ("refused", 0, 1, None, None),
        ("deleted", 0, 1, None, None),
    ]
    assert [row[:3] for row in _rows(db, "--period", "all", today="2026-09-05")] == [
        ("new", 4, 0),
        ("in-work", 3, 3),
        ("deleted", 1, 1),
    ]


def test_archived_clients_are_left_out_on_demand(db: Path) -> None:
    assert ("refused", 1, 1, None, None) in _rows(db, "--period", "2026-09")
    rows = _rows(db, "--period", "2026-09", "--skip-archived")
    assert rows[:2] == [("new", 2, 0, 1.0, 3), ("in-work", 2, 0, 1.0, 7)]
    assert "refused" not in {row[0] for row in rows}


def test_by_source_each_has_its_bases_and_clients_without_one_come_last(db: Path) -> None:
    found = answer(db, "report", "funnel", "--by-source", "--period", "2026-09")
    assert [(row["source"], row["base"]) for row in found["rows"]] == [
        (source, base) for source in ("Сайт", None) for base in FUNNEL
    ]
    assert found["parameters"]["by_source"] is True
    assert ("in-work", 2, 0, 0.5, 9, "Сайт") in _rows(db, "--by-source", "--period", "2026-09")
    assert ("in-work", 1, 0, 1.0, 7, None) in _rows(db, "--by-source", "--period", "2026-09")


def test_people_read_percents_and_what_made_the_report(db: Path) -> None:
    code, out, _err = run_cli("report", "funnel", "--by-source", "--skip-archived", "--period", "2026-09", db=db)
    assert code == 0
    lines = [line.split("  ") for line in out.splitlines()]
    assert ["By source: yes"] in lines
    assert ["Without archived clients: yes"] in lines
    assert out.index("Сайт\n") < out.index("No source\n")
    assert [word.strip() for word in next(line for line in lines if line[0] == "Booked a trial lesson") if word] == [
        *("Booked a trial lesson", "1", "1", "100%", "21")
    ]
    assert "█" not in out


def test_machines_read_fractions(db: Path) -> None:
    _code, out, _err = run_cli("report", "funnel", "--period", "2026-09", "--format", "csv", db=db)
    assert "in-work,3,0,0.6667,7" in out.splitlines()


def test_a_new_school_has_an_empty_funnel(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    rows = answer(path, "report", "funnel", "--period", "all")["rows"]
    assert [tuple(row.values()) for row in rows] == [(base, 0, 0, None, None) for base in FUNNEL]
    assert answer(path, "report", "funnel", "--by-source")["rows"] == []


def test_a_period_that_is_none_is_refused(db: Path) -> None:
    assert '"soon" is not a period.' in refusal(db, "report", "funnel", "--period", "soon")


def test_the_history_is_read_once_by_its_index_and_not_sorted(db: Path) -> None:
    from schoolcrm.reports.funnel import _HISTORY

    with reading_school(db) as school:
        plan = school.db.execute(f"EXPLAIN QUERY PLAN {_HISTORY}", {"by_source": True, "skip_archived": False})
        steps = [row[3] for row in plan]
    assert any("status_change_of_client" in step for step in steps)
    assert not any("TEMP B-TREE" in step or "SCAN status_change" in step for step in steps)


# Random histories ---------------------------------------------------------------------------------------

FIRST = date(2026, 1, 1)
Moves = list[tuple[int, str]]  # day from FIRST, base
Known = tuple[int, bool, Moves]  # number of the source (0: none), archived, moves


def _by_hand(clients: list[Known], first: date, last: date) -> list[tuple[Any, ...]]:
    """Count each base by looking at every pair of moves."""
    rows = []
    for base in FUNNEL:
        entered = further = now = 0
        lengths = []
        for _source, _archived, moves in clients:
            days = [FIRST + timedelta(day) for day, _base in moves]
            bases = [each for _day, each in moves]
            entries = [at for at, each in enumerate(bases) if each == base and (at == 0 or bases[at - 1] != base)]
            within = [at for at in entries if first <= days[at] <= last]
            if within:
                entered += 1
                ahead = CHAIN[CHAIN.index(base) + 1 :] if base in CHAIN else ()
                further += any(each in ahead for each in bases[within[0] :])
            for at in within:
                left = [days[later] for later in range(at, len(moves)) if bases[later] != base]
                lengths += [(left[0] - days[at]).days] if left else []
            known = [each for day, each in zip(days, bases, strict=True) if day <= last]
            now += known[-1:] == [base]
        share = further / entered if entered and base in CHAIN[:-1] else None
        rows.append((base, entered, now, share, median(lengths) if lengths else None))
    return rows


MOVES = st.lists(st.tuples(st.integers(0, 90), st.sampled_from([*FUNNEL, *CHAIN])), max_size=8).map(
    lambda moves: sorted(moves, key=lambda move: move[0])
)
CLIENTS = st.lists(st.tuples(st.integers(0, len(SOURCES)), st.booleans(), MOVES), max_size=8)


@pytest.fixture(scope="module")
def random_school(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[sqlite3.Connection, dict[str, list[int]]]]:
    """A school with two statuses under each base and three sources; what a test writes is taken back by it."""
    path = make_school(tmp_path_factory.mktemp("funnel"))
    with writing_school(path, FIRST) as school:
        for base in FUNNEL:
            school.db.execute(
                "INSERT INTO status (scale, base, name, name_key, automatic) VALUES ('funnel', ?1, ?1, ?1, 0)", (base,)
            )
        for name in SOURCES:
            add_entry(school, "sources", name)
    statuses: dict[str, list[int]] = {}
    with writing_school(path, FIRST) as school:
        for number, base in school.db.execute("SELECT id, base FROM status WHERE scale = 'funnel'"):
            statuses.setdefault(base, []).append(number)
        yield school.db, statuses


def _write(db: sqlite3.Connection, statuses: dict[str, list[int]], clients: list[Known]) -> None:
    """Write the histories as the days went by, statuses of one base in turn, with noise on the other scale."""
    (stage,) = db.execute("SELECT id FROM status WHERE scale = 'loyalty' LIMIT 1").fetchone()
    for number, (source, archived, _moves) in enumerate(clients, 1):
        db.execute(
            "INSERT INTO client (id, name, name_key, status_id, stage_id, created_on, source_id, archived_on)"
            " VALUES (?, 'К', 'к', ?, ?, '2026-01-01', ?, ?)",
            (number, statuses["new"][0], stage, source or None, "2026-05-01" if archived else None),
        )
    steps = [(day, number, base) for number, known in enumerate(clients, 1) for day, base in known[2]]
    for count, (day, number, base) in enumerate(sorted(steps, key=lambda step: step[0])):
        for scale, to_id in (("funnel", statuses[base][count % 2]), ("loyalty", stage)):
            db.execute(
                "INSERT INTO status_change (client_id, scale, to_id, on_date, at, user, reason)"
                " VALUES (?, ?, ?, ?, '2026-01-01T00:00:00', 'tester', 'hand')",
                (number, scale, to_id, (FIRST + timedelta(day)).isoformat()),
            )


def _plain(rows: list[FunnelRow]) -> list[tuple[Any, ...]]:
    return [tuple(row[1:]) for row in rows]


@settings(max_examples=80, deadline=None)
@given(clients=CLIENTS, bounds=st.lists(st.integers(-5, 95), min_size=2, max_size=2).map(sorted))
def test_random_histories_give_what_is_counted_by_hand(
    random_school: tuple[sqlite3.Connection, dict[str, list[int]]], clients: list[Known], bounds: list[int]
) -> None:
    db, statuses = random_school
    first, last = (FIRST + timedelta(day) for day in bounds)
    db.execute("SAVEPOINT example")
    try:
        _write(db, statuses, clients)
        assert _plain(find_funnel(db, Period(first, last), FIRST)) == _by_hand(clients, first, last)
        assert _plain(find_funnel(db, Period(None, None), last)) == _by_hand(clients, date.min, last)
        present = [known for known in clients if not known[1]]
        assert _plain(find_funnel(db, Period(first, last), FIRST, skip_archived=True)) == _by_hand(present, first, last)
        apart = find_funnel(db, Period(first, last), FIRST, by_source=True)
        for number, name in enumerate((None, *SOURCES)):
            rows = _by_hand([known for known in clients if known[0] == number], first, last)
            found = [row for row in apart if row.source == name]
            assert _plain(found) == (rows if any(row[1] or row[2] for row in rows) else [])
    finally:
        db.execute("ROLLBACK TO example")


def test_the_json_of_the_report_is_one_object(db: Path) -> None:
    code, out, _err = run_cli("report", "funnel", "--format", "json", db=db)
    assert (code, json.loads(out)["report"]) == (0, "funnel")
