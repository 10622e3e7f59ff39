"""A closed pipe or a full disk behind the messages never stops the work; nothing half-done ends with 0."""

import errno
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from builders import add_client, add_group, add_schedule, join, make_school, run_cli, student_of, writing_school

from schoolcrm.core.errors import ExitCode
from schoolcrm.core.store import transaction

COMMAND = str(Path(sys.executable).with_name("schoolcrm"))
ENVIRONMENT = {"SCHOOLCRM_LANG": "en", "SCHOOLCRM_TODAY": "2026-09-15", "SCHOOLCRM_USER": "tester"}
INTERRUPTED_EARLY = """
import sys
from importlib.abc import MetaPathFinder

class Interrupted(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "schoolcrm.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
from schoolcrm.__main__ import run
run()
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        client = add_client(school, "Anna Ivanova")
        group = add_group(school, "Robo")
        join(school, group, student_of(school, client), date(2026, 9, 1))
        add_schedule(school, group_id=group, days="mon")
    return path


def unread(*words: str, db: Path, lost: str) -> tuple[int, str]:
    """Run the installed command with nobody at the other end of "stdout", "stderr" or "both"; code, what was read."""
    read, write = os.pipe()
    os.close(read)
    streams: dict[str, int] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    streams |= {name: write for name in streams if lost in (name, "both")}
    done = subprocess.run(
        [COMMAND, *words], env={**os.environ, **ENVIRONMENT, "SCHOOLCRM_DB": str(db)}, check=False, **streams
    )  # type: ignore[call-overload]
    os.close(write)
    return done.returncode, ((done.stdout or b"") + (done.stderr or b"")).decode()


def names(db: Path) -> str:
    return run_cli("clients", "list", "--format", "csv", "--columns", "name,status", db=db)[1]


@pytest.mark.parametrize("lost", ["stderr", "both"])
def test_messages_nobody_reads_stop_no_import_and_its_code_is_told(db: Path, tmp_path: Path, lost: str) -> None:
    file = tmp_path / "base.csv"
    file.write_text("Client;Mobile\nNew One;+79261110000\nNew Two;nonsense\n")

    code, _said = unread("import-csv", str(file), db=db, lost=lost)

    assert code == 3
    assert "New One" in names(db)
    assert (tmp_path / "base.rejected.csv").exists()


@pytest.mark.parametrize("lost", ["stdout", "stderr", "both"])
@pytest.mark.parametrize("form", [(), ("--format", "json")])
def test_what_a_changing_command_prints_stops_no_work(db: Path, lost: str, form: tuple[str, ...]) -> None:
    assert unread("status", "set", "refused", "--query", "is:lead", "--yes", *form, db=db, lost=lost)[0] == 0

    assert "Anna Ivanova,Refused" in names(db)


def test_a_lesson_is_held_though_nobody_reads_of_it(db: Path) -> None:
    assert unread("lessons", "hold", "Robo", "2026-09-07", "--all-present", db=db, lost="both")[0] == 0

    held = run_cli(
        "lessons", "list", "state:held", "--from", "2026-09-07", "--to", "2026-09-07", "--format", "csv", db=db
    )
    assert "2026-09-07" in held[1]


def test_the_lines_of_recompute_are_no_reason_to_stop(db: Path) -> None:
    with writing_school(db, date(2020, 1, 1)) as school:
        add_client(school, "Long Ago")
        school.db.execute("UPDATE client SET created_on = '2020-01-01' WHERE name = 'Long Ago'")

    code, said = unread("status", "recompute", "--verbose", db=db, lost="stdout")

    assert (code, "error" in said) == (0, False)
    assert run_cli("status", "recompute", db=db, today="2026-09-15")[2] == "Nothing to change.\n"


def test_a_refusal_nobody_reads_keeps_its_code(db: Path) -> None:
    assert unread("clients", "show", "Nobody", db=db, lost="both")[0] == 1
    assert unread("clients", "list", "--no-such", db=db, lost="both")[0] == 2


def test_a_report_whose_reader_has_left_is_no_error(db: Path) -> None:
    assert unread("clients", "list", db=db, lost="stdout") == (0, "")
    assert unread("--help", db=db, lost="stdout") == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_messages_that_find_the_disk_full_stop_nothing(db: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "clients", "add", "New One"],
            env={**os.environ, **ENVIRONMENT, "SCHOOLCRM_DB": str(db)},
            stderr=full,
            check=False,
        )

    assert done.returncode == 0
    assert "New One" in names(db)


def test_another_pipe_than_the_output_is_told_and_never_0(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_settings: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(transaction, "writing", broken)
    code, _out, said = run_cli("clients", "add", "New One", db=db)

    assert code == ExitCode.DISK
    assert "error:" in said


def test_ctrl_c_before_the_command_line_is_there_is_obeyed_quietly() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED_EARLY], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (130, b"")
