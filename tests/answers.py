"""What commands answer: run one as a script would, read its JSON or its refusal."""

import json
from pathlib import Path
from typing import Any

from builders import run_cli


def answer(db: Path, *words: str, today: str = "2026-09-01") -> Any:
    """Run the command with --format json; it must end well. Return what it printed."""
    code, out, err = run_cli(*words, "--format", "json", db=db, today=today)
    assert code == 0, err
    return json.loads(out)


def column(db: Path, key: str, *words: str, today: str = "2026-09-01") -> list[Any]:
    """Return one column of a list or report."""
    return [row[key] for row in answer(db, *words, today=today)["rows"]]


def refusal(db: Path, *words: str, today: str = "2026-09-01") -> str:
    """Run the command, which must be refused and print no data; return what it said."""
    code, out, err = run_cli(*words, db=db, today=today)
    assert (code, out) == (1, ""), (code, out, err)
    return err
