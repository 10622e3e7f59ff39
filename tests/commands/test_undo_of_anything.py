"""Whatever was done can be undone: every record is as it was before, and after a redo as it was after (R54)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import add_client, add_group, add_plan, add_schedule, add_student, join, make_school, run_cli, student_of
from builders import writing_school as writing
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import ExitCode
from schoolcrm.core.store import writing_back

TODAY = "2026-09-30"
FIRST = date(2026, 9, 1)
JOURNAL = {"operation", "change", "journal_state"}
CLIENTS = ("Анна Иванова", "Борис Котов", "Вера Лис")
STUDENTS = ("Петя", "Маша", "Олег", "Юра")
GROUP_DAYS = {"Роботы": (2, 7, 9, 14, 16), "Шахматы": (1, 8, 15)}
Words = tuple[str, ...]

client = st.sampled_from(CLIENTS)
student = st.sampled_from(STUDENTS)
group = st.sampled_from(["Роботы", "Шахматы"])
day = st.dates(FIRST, date(2026, 9, 30)).map(str)
number = st.integers(1, 3).map(str)
lesson = st.sampled_from([(group, f"2026-09-{day:02}") for group, days in GROUP_DAYS.items() for day in days])
present = st.sampled_from(
    [("--all-present",), ("--all-present", "--absent", "Олег:УП"), ("--all-present", "--absent", "Олег:НП")]
)


def words(*parts: str | st.SearchStrategy[Any]) -> st.SearchStrategy[Words]:
    """Return a command line; a part that is drawn as several words is put in as several."""
    drawn = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.tuples(*drawn).map(lambda found: tuple(_flat(found)))


def _flat(parts: Any) -> list[str]:
    return [part for each in parts for part in ([each] if isinstance(each, str) else each)]


def optional(*parts: str | st.SearchStrategy[Any]) -> st.SearchStrategy[Words]:
    return st.one_of(st.just(()), words(*parts))


COMMANDS = st.one_of(
    words("clients", "add", st.sampled_from(["Глеб Орлов", "Дина"]), optional("--phone", "+79161234567")),
    words(
        "clients", "edit", client, "--manager", st.sampled_from(["Ольга", "Ира"]), optional("--phone", "89160000001")
    ),
    words("clients", "contact", "add", client, st.sampled_from(["email:a@b.ru", "skype:vera"])),
    words("clients", "contact", "remove", client, "a@b.ru", "--yes"),
    words("clients", "merge", client, client, "--yes"),
    words("clients", "bulk", "Анна", "--set", "manager=Света", "--yes"),
    words("clients", "archive", client),
    words("clients", "restore", client),
    words("students", "add", client, st.sampled_from(["Новый", "Петя"])),
    words("students", "move", student, "--to", client),
    words("students", "test", "add", student, "4.5"),
    words("status", "set", st.sampled_from(["refused", "reserve", "deleted"]), client, "--reason", "сам"),
    words("status", "recompute"),
    words(
        "subscription",
        "sell",
        student,
        st.sampled_from(["Пакет", "Месяц", "Урок"]),
        "--from",
        day,
        "--on",
        "2026-09-01",
    )
    .flatmap(lambda line: optional("--separate").map(lambda more: (*line, *more)))
    .flatmap(lambda line: optional("--pay", "1500").map(lambda more: (*line, *more)))
    .flatmap(lambda line: optional("--reprice").map(lambda more: (*line, *more))),
    words("subscription", "delete", number, "--yes"),
    words("subscription", "close", number, "--on", "2026-09-20"),
    words("subscription", "freeze", student, "--from", day, "--to", "2026-10-04", optional("--excused")),
    words("subscription", "unfreeze", number),
    words("discounts", "add", student, "--percent", "10", optional("--from", day)),
    words("discounts", "remove", number, "--yes"),
    words("lessons", "hold", lesson, present),
    words("lessons", "hold", lesson, present),
    lesson.flatmap(lambda one: words("lessons", "mark", one[0], student, "present", "--on", one[1])),
    lesson.flatmap(lambda one: words("lessons", "mark", one[0], student, "absent", "--on", one[1], "--reason", "УП")),
    words("lessons", "cancel", lesson),
    words("lessons", "move", lesson, "--to", day),
    words("lessons", "edit", lesson, "--topic", "тема"),
    words("payments", "add", client, "1500.50"),
    words("payments", "add", client, "300", "--kind", "refund", "--even-so"),
    words("payments", "void", number, "--reason", "ошибка"),
    words("contracts", "add", client, "--amount", "5000", "--from", day),
    words("groups", "transfer", "Петя", "Роботы", "Шахматы", "--on", day),
    words("groups", "leave", group, student),
    words("schedule", "holiday", "add", day, "--to", "2026-10-01"),
    words("fields", "add", st.sampled_from(["Школа", "Класс"]), "--type", "text"),
    words("import-csv", st.just("clients.csv")),
    words("config", "set", "refusal_months", "3"),
)


@cache
def school_of_few() -> bytes:
    with TemporaryDirectory() as folder:
        path = make_school(Path(folder))
        with writing(path, FIRST) as school:
            ids = [add_client(school, name, student=child) for name, child in zip(CLIENTS, STUDENTS, strict=False)]
            children = [*(student_of(school, each) for each in ids), add_student(school, ids[0], "Юра")]
            add_plan(school, "package", 100_000, 3, name="Пакет")
            add_plan(school, "month", 300_000, name="Месяц", billing="upfront")
            add_plan(school, "lesson", 50_000, name="Урок")
            for name, days, members in (("Роботы", "mon,wed", children[:3]), ("Шахматы", "tue", children[2:])):
                group_id = add_group(school, name)
                add_schedule(school, group_id=group_id, days=days, first_on=FIRST)
                for child in members:
                    join(school, group_id, child, FIRST)
        return path.read_bytes()


class Desk:
    """Somebody at work with a school of few."""

    def __init__(self, folder: Path, user: str = "olga") -> None:
        self.path = folder / "school.db"
        self.path.write_bytes(school_of_few())
        self.file = folder / "clients.csv"
        self.file.write_text("ФИО клиента,Мобильный,Баланс\nЛев Зуев,+79167654321,100\nНина Ким,,\n", "utf-8")
        self.user = user

    def does(self, *line: str) -> int:
        """Run the command and return its exit code; it must not fail on a defect."""
        given = [str(self.file) if word == "clients.csv" else word for word in line]
        code, _out, err = run_cli(*given, db=self.path, today=TODAY, env={"SCHOOLCRM_USER": self.user})
        assert "did not expect" not in err, (line, err)
        assert code != ExitCode.USAGE, (line, err)
        return code

    def records(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table but the journal's, and the sums of the views."""
        with closing(sqlite3.connect(self.path)) as db:
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            tables = db.execute(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name"
            ).fetchall()
            names = [name for (name,) in tables if name not in JOURNAL and not name.startswith("sqlite")]
            return {name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}

    def operations(self) -> int:
        with closing(sqlite3.connect(self.path)) as db:
            return int(db.execute("SELECT count(*) FROM operation").fetchone()[0])


@contextmanager
def stretches_of(long: int) -> Iterator[None]:
    """Let stretches of the journal be written back in one statement from that length on, and read few at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing_back, "LONG", long)
        patch.setattr(writing_back, "AT_ONCE", 2 * long)
        yield


long_from = st.sampled_from([1, 2, writing_back.LONG])


@settings(max_examples=12, deadline=None)
@given(st.lists(COMMANDS, min_size=6, max_size=14), long_from)
def test_what_was_done_is_undone_and_done_again(lines: list[Words], long: int) -> None:
    with TemporaryDirectory() as folder, stretches_of(long):
        desk = Desk(Path(folder))
        states = [desk.records()]
        for line in lines:
            done_before = desk.operations()
            desk.does(*line)
            if desk.operations() == done_before or line[:2] == ("status", "recompute"):
                states[-1] = desk.records() if line[:2] == ("status", "recompute") else states[-1]
                if line[:2] == ("status", "recompute"):
                    states = states[-1:]
                continue
            after = desk.records()
            assert desk.does("undo", "--yes") == 0, line
            assert desk.records() == states[-1], line
            assert desk.does("redo", "--yes") == 0, line
            assert desk.records() == after, line
            states.append(after)
        for state in reversed(states[:-1]):
            assert desk.does("undo", "--yes") == 0
            assert desk.records() == state
        for state in states[1:]:
            assert desk.does("redo", "--yes") == 0
            assert desk.records() == state


@settings(max_examples=12, deadline=None)
@given(st.lists(COMMANDS, min_size=4, max_size=12), long_from, st.data())
def test_an_earlier_operation_goes_whole_or_not_at_all(lines: list[Words], long: int, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder, stretches_of(long):
        desk = Desk(Path(folder))
        for line in lines:
            desk.does(*line)
        for _attempt in range(3):
            before = desk.records()
            chosen = str(data.draw(st.integers(3, max(3, desk.operations()))))
            if desk.does("undo", "--op", chosen, "--yes") != 0:
                assert desk.records() == before
                continue
            after = desk.records()
            assert desk.does("redo", "--yes") == 0
            assert desk.records() == before
            assert desk.does("undo", "--op", chosen, "--yes") == 0
            assert desk.records() == after
