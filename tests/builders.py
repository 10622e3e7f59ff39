"""Schools in one line each: the builders call the real operations, so that a test's school is a true one.

`from builders import make_school, writing_school, add_client, …`; everything is imported when it is used.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from own_process import USER, forget_commands_of_other_language, stream_of, text_of, variables

TODAY = date(2026, 9, 1)


# Files --------------------------------------------------------------------------------------------------


def make_school(folder: Path, language: str = "ru") -> Path:
    """Make a new school's file in the folder and return where it is."""
    path = folder / "school.db"
    path.write_bytes(_new_school(language))
    path.chmod(0o600)
    return path


@cache
def _new_school(language: str) -> bytes:
    from tempfile import TemporaryDirectory

    from schoolcrm.core.store.defaults import new_database

    with TemporaryDirectory() as folder:
        path = Path(folder) / "school.db"
        new_database(path, USER, language, time_zone="Europe/Moscow")
        return path.read_bytes()


@contextmanager
def writing_school(path: Path, today: date = TODAY, command: str = "test") -> Iterator[Any]:
    """Open the file for one operation; yields a WritableSchool."""
    from schoolcrm.core.store.transaction import writing

    with writing(path, today, user=USER, command=command) as school:
        yield school


class _TakenBack(Exception):
    """Ends an operation without a trace."""


@contextmanager
def unwritten_school(path: Path, today: date = TODAY) -> Iterator[Any]:
    """Open the file for one operation that is taken back at the end; yields a WritableSchool."""
    with suppress(_TakenBack), writing_school(path, today) as school:
        yield school
        raise _TakenBack


@contextmanager
def reading_school(path: Path, today: date = TODAY) -> Iterator[Any]:
    """Open the file for reading; yields a School."""
    from schoolcrm.core.store.database import reading

    with reading(path, today) as school:
        yield school


# People -------------------------------------------------------------------------------------------------


def add_client(
    school: Any,
    name: str = "Анна Иванова",
    *,
    student: str | None = None,
    status: str | None = None,
    phone: str | None = None,
) -> int:
    """Record a client with one student of the same name, or of the name given; return the client's id."""
    from schoolcrm.core.rules.names import fold
    from schoolcrm.core.statuses.catalogue import find_status
    from schoolcrm.core.statuses.events import client_recorded, first_statuses

    db = school.db
    status_id, stage_id = first_statuses(db)
    if status:
        status_id = find_status(db, status, "funnel")
    client_id = db.execute(
        "INSERT INTO client (name, name_key, status_id, stage_id, created_on) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (name, fold(name), status_id, stage_id, school.today.isoformat()),
    ).fetchone()[0]
    client_recorded(school, client_id)
    if phone:
        add_phone(school, client_id, phone)
    add_student(school, client_id, student or name)
    return int(client_id)


def add_phone(school: Any, client_id: int, phone: str) -> None:
    """Give the client a mobile phone, written in any way."""
    from schoolcrm.core.rules.phones import read_phone

    number = read_phone(phone)
    school.db.execute(
        "INSERT INTO contact (client_id, kind, value, value_key) VALUES (?, 'mobile', ?, ?)",
        (client_id, number, number),
    )


def add_student(school: Any, client_id: int, name: str) -> int:
    """Record a student of the client; return the student's id."""
    from schoolcrm.core.rules.names import fold

    row = school.db.execute(
        "INSERT INTO student (client_id, name, name_key, created_on) VALUES (?, ?, ?, ?) RETURNING id",
        (client_id, name, fold(name), school.today.isoformat()),
    )
    return int(row.fetchone()[0])


def student_of(school: Any, client_id: int) -> int:
    """Return the id of the client's first student."""
    row = school.db.execute("SELECT min(id) FROM student WHERE client_id = ?", (client_id,)).fetchone()
    return int(row[0])


# Learning -----------------------------------------------------------------------------------------------


def add_entry(school: Any, kind: str, name: str, **details: Any) -> int:
    """Add an entry to a catalogue ("subjects", "teachers", "rooms"…); return its id."""
    from schoolcrm.core.learning import catalogues

    return catalogues.add_entry(school, kind, name, **details)


def add_group(school: Any, name: str, subject: str | None = None, **details: Any) -> int:
    """Add a group, with a subject that is added if it is not there yet; return the group's id."""
    from schoolcrm.core.learning import catalogues, groups

    if subject:
        details["subject_id"] = catalogues.entry_or_new(school, "subjects", subject, new=True)
    return groups.add_group(school, name, **details)


def join(school: Any, group_id: int, student_id: int, first_on: date, last_on: date | None = None) -> int:
    """Make the student a member of the group; return the membership's id."""
    from schoolcrm.core.learning import groups

    return groups.join(school, group_id, student_id, first_on, last_on)


def add_schedule(
    school: Any,
    *,
    group_id: int | None = None,
    student_id: int | None = None,
    days: str = "mon",
    time: str = "18:00",
    minutes: int = 60,
    first_on: date | None = None,
    **details: Any,
) -> int:
    """Add a line of the regular schedule; return its id."""
    from schoolcrm.core.learning.schedule import Line, add_slot
    from schoolcrm.core.rules.weekdays import parse_weekdays

    line = Line(
        parse_weekdays(days),
        time,
        first_on or school.today,
        minutes,
        group_id=group_id,
        student_id=student_id,
        **details,
    )
    return add_slot(school, line)


def hold(
    school: Any,
    group_id: int,
    on: date,
    present: Iterable[int] = (),
    absent: Mapping[int, str | None] | None = None,
    time: str = "",
    even_so: bool = False,
) -> int:
    """Hold the group's lesson of the day; absent: student → short name of the reason, or None. Return its id."""
    from schoolcrm.core.learning.attendance import Attendance
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.learning.lesson_lookup import lesson_of_group
    from schoolcrm.core.learning.lessons import hold

    def reason(short: str | None) -> int | None:
        return find_entry(school.db, "absence-reasons", short) if short else None

    attendances = [Attendance(student, True) for student in present]
    attendances += [Attendance(student, False, reason(short)) for student, short in (absent or {}).items()]
    lesson = lesson_of_group(school.db, group_id, on, time).lesson
    return hold(school, lesson, attendances, even_so=even_so).id


# Money --------------------------------------------------------------------------------------------------


def add_plan(school: Any, kind: str, price: int, lessons: int | None = None, **details: Any) -> int:
    """Add a plan of that kind, price in kopecks; return its id."""
    from schoolcrm.core.money.plans import Offer, add_plan

    name = details.pop("name", f"{kind} {price}" + (f" / {lessons}" if lessons else ""))
    return add_plan(school, Offer(name, kind, price, lessons, **details))


def sell_plan(school: Any, student_id: int, plan_id: int, first_on: date, **details: Any) -> int:
    """Sell the plan to the student, on its first day unless `sold_on` says else; return the subscription's id."""
    from schoolcrm.core.money.sales import Sale, sell

    reprice = details.pop("reprice", False)
    sold_on = details.pop("sold_on", first_on)
    return sell(school, Sale(student_id, plan_id, sold_on, first_on, **details), reprice=reprice).id


def pay(school: Any, client_id: int, amount: int, on: date, **details: Any) -> int:
    """Record a payment of the client in kopecks; return its id."""
    from schoolcrm.core.money.payments import Payment, pay

    even_so = details.pop("even_so", False)
    return pay(school, Payment(client_id, amount, on, **details), even_so=even_so)


def dump(path: Path) -> list[str]:
    """Return the whole file, history included, statement by statement."""
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


# The command line ---------------------------------------------------------------------------------------


def run_cli(
    *arguments: str,
    db: Path | None = None,
    today: str = "2026-09-01",
    lang: str = "en",
    stdin: str = "",
    env: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Run the command line in this process, off a terminal; return exit code, stdout, stderr."""
    import typer.core

    from schoolcrm.cli import main
    from schoolcrm.core.language import current_language, use_language

    forget_commands_of_other_language(lang)
    before = current_language(), typer.core.build_runtime_param, typer.core._, dict(os.environ)
    streams = sys.stdin, sys.stdout, sys.stderr
    umask = os.umask(0o077)
    os.environ.update(variables(db, today, lang, env))
    sys.stdin, sys.stdout, sys.stderr = stream_of(stdin), stream_of(), stream_of()
    try:
        code = main([str(word) for word in arguments])
        return int(code), text_of(sys.stdout), text_of(sys.stderr)
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        os.umask(umask)
        os.environ.clear()
        os.environ.update(before[3])
        typer.core.build_runtime_param, typer.core._ = before[1], before[2]
        use_language(before[0])


def run_installed(
    *arguments: str,
    db: Path | None = None,
    today: str = "2026-09-01",
    lang: str = "en",
    stdin: str = "",
    env: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Run the installed command in a process of its own; return exit code, stdout, stderr."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("schoolcrm")), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **variables(db, today, lang, env)},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def every_command() -> Any:
    """Return the root of the commands as they are now: `run_cli` forgets those of another language."""
    forget_commands_of_other_language("en")
    entries = import_module("schoolcrm.commands.table_of_commands").COMMANDS
    return import_module("schoolcrm.lazy").LazyGroup({entry.name: entry.module for entry in entries})
