"""Guards of speed that are no timings: plans of the hot statements, statements a command, rows written in vain.

The statements are those that the commands really execute, caught on their connection with what was bound to them.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.statuses.recompute import recompute
from schoolcrm.core.store.database import OwnTransaction

TODAY = date(2026, 9, 1)
BIG = {
    *("change", "client", "contact", "contract", "lesson", "mark", "membership", "message", "operation", "payment"),
    *("status_change", "student", "subscription", "task", "test_result", "trial", "upfront_charge"),
}
SCAN = re.compile(r"SCAN (\w+)")

# What everybody's balance is made of, read along the indexes.
MONEY = {"mark", "payment", "subscription", "upfront_charge"}
# A command, and the big tables that it must read from end to end: those it tells of.
ONE_CLIENT = [
    ["report", "reconciliation", "1", "--period", "all"],
    ["report", "journal", "1", "--period", "all"],
    ["report", "forecast", "1"],
    ["clients", "show", "1"],
    ["students", "show", "1"],
    ["payments", "list", "1"],
    ["subscription", "list", "1"],
    ["history", "1"],
    ["history", "--op", "2"],
    ["status", "explain", "1"],
    ["--complete", "bash", "schoolcrm clients show Кл"],
]
DESK = [
    ["payments", "add", "1", "1500"],
    ["lessons", "hold", "Группа 0", "2026-09-01", "--all-present"],
    ["lessons", "mark", "Группа 0", "Клиент 00", "absent", "--on", "2026-08-25"],
    ["status", "set", "bought", "Клиент 01"],
]
WHOLE_SCHOOL: list[tuple[list[str], set[str]]] = [
    (["clients", "list"], {"client", *MONEY}),
    (["clients", "list", "status:bought", "--limit", "2"], {"client"}),
    (["clients", "list", "клиент", "--limit", "2"], {"client"}),  # along the names, as far as the page goes
    (["clients", "list", "0", "--limit", "2"], {"client"}),
    (["clients", "list", "--columns", "name,lessons_left,expires"], {"client", "student"}),
    (["clients", "list", "--columns", "name,last_visit"], {"client"}),
    (["students", "list"], {"student", *MONEY}),
    (["report", "debtors"], {"client", "student", *MONEY}),
    (["report", "at-risk"], {"student"}),
    (["report", "ltv", "--period", "all"], {"client", "payment", "student"}),
    (["report", "ltv", "--period", "2026-08"], {"client", "payment", "student"}),
    (["report", "who-pays"], {"client", "membership"}),
    (["report", "funnel"], {"client"}),
    (["report", "renewals"], {"client"}),
    (["report", "attendees", "--period", "2026-08"], {"student"}),
    (["lessons", "list", "--period", "2026-08"], {"membership"}),
    (["today"], BIG - {"change", "lesson", "operation"}),  # debts, birthdays, statuses due: of everybody
    (["history"], {"operation"}),  # from its end, as far as the page goes
]


def make_school_of(folder: Path, clients: int) -> Path:
    """A school whose clients each have a student, a package, payments and lessons in groups of four."""
    path = make_school(folder)
    with writing_school(path, TODAY) as school:
        plan = add_plan(school, "package", 400_000, lessons=8, name="Восемь")
        members: list[int] = []
        for number in range(clients):
            client = add_client(school, f"Клиент {number:02}")
            members.append(student_of(school, client))
            sell_plan(school, members[-1], plan, date(2026, 7, 1))
            pay(school, client, 250_000 if number % 2 else 500_000, date(2026, 7, 1))
        for first in range(0, clients, 4):
            group = add_group(school, f"Группа {first}")
            add_schedule(school, group_id=group, days="tue", first_on=date(2026, 7, 1))
            for student in members[first : first + 4]:
                join(school, group, student, date(2026, 7, 1))
            for week in range(5):
                came, missed = members[first : first + 2], members[first + 2 : first + 4]
                day = date(2026, 7, 28) + timedelta(weeks=week)
                hold(school, group, day, present=came, absent=dict.fromkeys(missed))
    assert run_cli("status", "recompute", db=path, today=TODAY.isoformat())[0] == 0
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school of four clients."""
    return make_school_of(tmp_path_factory.mktemp("small"), 4)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school of six times as many."""
    return make_school_of(tmp_path_factory.mktemp("large"), 24)


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """Run a command and return the statements it executed, those of triggers left out."""
    statements: list[str] = []
    begin = OwnTransaction.__init__

    def traced(self: OwnTransaction, *arguments: object, **settings: object) -> None:
        begin(self, *arguments, **settings)  # type: ignore[arg-type]
        self.set_trace_callback(statements.append)

    monkeypatch.setattr(OwnTransaction, "__init__", traced)

    def run(words: list[str], path: Path) -> list[str]:
        statements.clear()
        code, _out, err = run_cli(*words, db=path, today=TODAY.isoformat())
        assert code == 0, err
        return [statement for statement in statements if not statement.startswith("--")]

    yield run


def scanned(path: Path, statements: list[str]) -> set[str]:
    """Return the tables that the statements read from end to end, by their plans."""
    found = set()
    db = sqlite3.connect(path)
    for statement in statements:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            names = _tables_by_alias(statement)
            scans = [scan[1] for detail in _plan(db, statement) if (scan := SCAN.match(detail))]
            found.update(names.get(name, name) for name in scans)
    db.close()
    return found


def _plan(db: sqlite3.Connection, statement: str) -> list[str]:
    """Return the plan's lines; functions that the program brings along need only be there, with any answer."""
    while True:
        try:
            return [detail for *_numbers, detail in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        except sqlite3.OperationalError as error:
            name = str(error).removeprefix("no such function: ")
            if name == str(error):
                raise
            db.create_function(name, -1, lambda *_arguments: None)


def _tables_by_alias(statement: str) -> dict[str, str]:
    return {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)\b", statement)}


@pytest.mark.parametrize("words", ONE_CLIENT, ids=" ".join)
def test_what_is_asked_of_one_client_reads_no_big_table_whole(
    words: list[str], large: Path, executed: Callable[..., list[str]]
) -> None:
    statements = executed(words, large)
    assert len(statements) > 2
    assert not scanned(large, statements) & BIG


@pytest.mark.parametrize(("words", "told_of"), WHOLE_SCHOOL, ids=[" ".join(words) for words, _told_of in WHOLE_SCHOOL])
def test_a_report_of_the_school_reads_whole_what_it_tells_of_alone(
    words: list[str], told_of: set[str], large: Path, executed: Callable[..., list[str]]
) -> None:
    statements = executed(words, large)
    assert len(statements) > 2
    assert scanned(large, statements) & BIG <= told_of


@pytest.mark.parametrize("words", [words for words, _told_of in WHOLE_SCHOOL if words != ["history"]], ids=" ".join)
def test_more_clients_are_no_more_statements(
    words: list[str], small: Path, large: Path, executed: Callable[..., list[str]]
) -> None:
    assert len(executed(words, small)) == len(executed(words, large))


@pytest.mark.parametrize("words", DESK, ids=lambda words: " ".join(words[:2]))
def test_what_a_desk_records_costs_the_same_in_a_larger_school(
    words: list[str], small: Path, large: Path, tmp_path: Path, executed: Callable[..., list[str]]
) -> None:
    counts = []
    for school in (small, large):
        copy = tmp_path / f"{school.parent.name}.db"
        shutil.copy(school, copy)
        statements = executed(words, copy)
        counts.append(len(statements))
        assert scanned(school, statements) & BIG <= {"operation"}  # its first row, to see how old the file is
    assert counts[0] == counts[1] > 2


def test_a_recompute_that_changes_nothing_writes_no_row(large: Path) -> None:
    with writing_school(large, TODAY) as school:
        before = school.db.total_changes
        assert recompute(school).changed == 0
        assert school.db.total_changes == before


def test_a_recompute_that_changes_nothing_leaves_the_file_alone(large: Path) -> None:
    before = large.read_bytes()
    assert run_cli("status", "recompute", db=large, today=TODAY.isoformat())[0] == 0
    assert large.read_bytes() == before


def test_the_guard_sees_a_scan_and_an_alias(large: Path) -> None:
    assert scanned(large, ["SELECT * FROM payment WHERE note = 'x'"]) == {"payment"}
    assert scanned(large, ["SELECT 1 FROM mark AS m JOIN client AS c ON c.id = m.charge"]) == {"mark"}
    assert scanned(large, ["SELECT * FROM payment WHERE client_id = 1", "PRAGMA user_version"]) == set()
