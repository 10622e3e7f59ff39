"""What commands answer: run one as a script would, read its JSON or its refusal."""

import json
from pathlib import Path
from typing import Any

from builders import make_school, run_cli


def answer(db: Path, *words: str, today: str = "2026-09-01") -> Any:
    """Run the command with --format json; it must end well. Return what it printed."""
    printed = signed_answer(db, *words, today=today)
    printed.pop("operation", None)
    return printed


def signed_answer(db: Path, *words: str, today: str = "2026-09-01") -> Any:
    """Return what `answer` does, with the number of the operation of a changing command."""
    code, out, err = run_cli(*words, "--format", "json", db=db, today=today)
    assert code == 0, err
    return json.loads(out)


def column(db: Path, key: str, *words: str, today: str = "2026-09-01") -> list[Any]:
    """Return one column of a list or report."""
    return [row[key] for row in answer(db, *words, today=today)["rows"]]


def refusal(db: Path, *words: str, code: int = 1, today: str = "2026-09-01") -> str:
    """Run the command, which must be refused with that exit code and print no data; return what it said."""
    ended, out, err = run_cli(*words, db=db, today=today)
    assert (ended, out) == (code, ""), (ended, out, err)
    return err


def school_after_a_sale(folder: Path, today: str = "2026-09-01") -> Path:
    """Make a school with a client, a group of one and a package sold, by the commands: operations 2 to 7."""
    path = make_school(folder)
    for words in (
        ("clients", "add", "Анна Иванова", "--student", "Петя", "--phone", "89161234567"),
        ("groups", "add", "Роботы"),
        ("schedule", "add", "Роботы", "--days", "mon", "--at", "18:00", "--from", "2026-09-01"),
        ("groups", "join", "Роботы", "Петя", "--from", "2026-09-01"),
        ("subscription", "plans", "add", "Три", "--kind", "package", "--price", "1000", "--lessons", "3"),
        ("subscription", "sell", "Петя", "Три", "--on", "2026-09-01"),
    ):
        answer(path, *words, today=today)
    return path
