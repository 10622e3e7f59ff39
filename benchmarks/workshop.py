"""What the lines of the benchmark are made of: commands of the program, the floors and the peers, on made files."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

from benchmarks.environments import peer_environment, program_environment, versions_in
from benchmarks.measure import Command, run_once
from benchmarks.scales import SCALES, TODAY

HERE = Path(__file__).parent
FOLDER = HERE / "data"
WORK = FOLDER / "work"
FLOORS = HERE / "floors"
PROGRAM = ("schoolcrm", "typer", "rich", "sqlmodel", "SQLAlchemy", "openpyxl")
PEERS = ("sqlite-utils", "beets", "beancount")
ACCOUNTING = ("ledger", "hledger")


class NotHere(Exception):
    """A peer is not installed on this machine; the text says which."""


class Workshop:
    """Gives the commands to measure; makes files and environments when they are first asked for.

    What the commands change lies in `data/work`, which is gone at the end.
    """

    def __enter__(self) -> "Workshop":
        WORK.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_failure: object) -> None:
        shutil.rmtree(WORK)

    # The program and the floors ------------------------------------------------------------------------------

    def ours(
        self,
        *words: str | Path,
        db: Path | None = None,
        fixed_day: bool = True,
        prepare: Callable[[], None] | None = None,
        terminal: bool = False,
        language: str = "en",
    ) -> Command:
        """Return a command of the installed program; `fixed_day`: on the day the made schools end."""
        environment = {"SCHOOLCRM_LANG": language, "XDG_CONFIG_HOME": str(FOLDER)}
        if fixed_day:
            environment["SCHOOLCRM_TODAY"] = TODAY.isoformat()
        if db is not None:
            environment["SCHOOLCRM_DB"] = str(db)
        return Command((_program() / "schoolcrm", *words), environment, prepare, terminal)

    def python(self, *words: str | Path, prepare: Callable[[], None] | None = None) -> Command:
        """Return a command of the same Python that the program runs on."""
        return Command((_program() / "python", *words), prepare=prepare)

    def nothing(self) -> Command:
        """Return the start of Python alone, the unit of all start-up figures."""
        return self.python("-c", "pass")

    def floor(self, name: str, *words: str | Path, prepare: Callable[[], None] | None = None) -> Command:
        """Return a hand-written program of `floors/`."""
        return self.python(FLOORS / f"{name}.py", *words, prepare=prepare)

    def startup(self) -> Command:
        """Return what the program takes for next to no work: the smallest list of the smallest school."""
        return self.ours("status", "list", db=self.school("S"))

    # Peers ---------------------------------------------------------------------------------------------------

    def sqlite_utils(self, *words: str | Path, prepare: Callable[[], None] | None = None) -> Command:
        """Return a command of sqlite-utils."""
        return Command((_peer("sqlite-utils") / "sqlite-utils", *words), prepare=prepare)

    def beet_list(self) -> Command:
        """Return `beet ls` on a library with as many items as the small school has clients."""
        return Command((_peer("beets") / "beet", "ls"), {"BEETSDIR": str(_beets_library())})

    def beancount(self, script: Path, journal: Path) -> Command:
        """Return a command of the Python that beancount is installed in, running a script on a journal."""
        every_time_anew = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
        return Command((_peer("beancount") / "python", script, journal), every_time_anew)

    def accounting(self, program: str, *words: str) -> list[str | Path]:
        """Return the words of a command of an accounting program; NotHere if the machine has none."""
        found = shutil.which(program)
        if found is None:
            raise NotHere(f"{program} is not installed")
        return [found, *words]

    def versions(self) -> list[str]:
        """Return what is compared, as "name version"."""
        peers = [version for name in PEERS for version in versions_in(_peer(name), [name])]
        return [*versions_in(_program(), PROGRAM), *peers, *_versions_of_accounting()]

    # Files ---------------------------------------------------------------------------------------------------

    def school(self, scale: str) -> Path:
        """Return the made school of a scale, to be read only."""
        return _made("school", scale)

    def clients_file(self, scale: str) -> Path:
        """Return the client file of a scale."""
        return _made("clients", scale)

    def copy_of(self, source: Path, name: str) -> Path:
        """Return a copy of a file that may be changed."""
        target = WORK / name
        shutil.copy(source, target)
        return target

    def empty_school(self) -> Path:
        """Return a new school's database, to be read only."""
        path = WORK / "empty.db"
        path.unlink(missing_ok=True)
        run_once(self.ours("init", "--quiet", db=path))
        return path

    def settled(self, scale: str) -> Path:
        """Return a copy of a school in which no status is due to change."""
        copy = self.copy_of(self.school(scale), f"settled-{scale}.db")
        run_once(self.ours("status", "recompute", "--quiet", db=copy))
        return copy

    def typical_group(self, scale: str) -> str:
        """Return the id of the group with the most members on the day that counts as today."""
        with closing(sqlite3.connect(self.school(scale))) as db:
            row = db.execute(
                "SELECT group_id FROM membership JOIN study_group ON study_group.id = group_id"
                " WHERE archived_on IS NULL AND first_on <= ? AND (last_on IS NULL OR last_on >= ?)"
                " GROUP BY group_id ORDER BY count(*) DESC, group_id LIMIT 1",
                (TODAY.isoformat(), TODAY.isoformat()),
            ).fetchone()
        return str(row[0])

    def typical_client(self, scale: str) -> str:
        """Return the id of a client one of whose students has 45 marks."""
        with closing(sqlite3.connect(self.school(scale))) as db:
            row = db.execute(
                "SELECT client_id FROM student JOIN client ON client.id = client_id"
                " WHERE client.archived_on IS NULL"
                "   AND (SELECT count(*) FROM mark WHERE student_id = student.id) = 45 LIMIT 1"
            ).fetchone()
        return str(row[0])


@cache
def _program() -> Path:
    return program_environment()


@cache
def _peer(name: str) -> Path:
    return peer_environment(name)


def _versions_of_accounting() -> list[str]:
    """Return "name version" of the accounting programs that this machine has."""
    found = []
    for program in filter(shutil.which, ACCOUNTING):
        said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
        number = re.search(r"[0-9]+(\.[0-9]+)+", said)
        found.append(f"{program} {number.group() if number else ''}")
    return found


@cache
def _made(kind: str, scale: str) -> Path:
    """Make both files of a scale in a process of its own, which may grow large."""
    paths = _python("-m", "benchmarks.data", scale).split("\n")
    return Path(paths[0] if kind == "school" else paths[1])


@cache
def _beets_library() -> Path:
    folder = FOLDER / "beets"
    if not folder.exists():
        folder.mkdir()
        (folder / "config.yaml").write_text(f"directory: {folder}\nlibrary: {folder / 'library.db'}\n", "utf-8")
        words = [str(_peer("beets") / "python"), str(HERE / "beets_library.py"), str(SCALES["S"].clients)]
        subprocess.run(words, check=True, env={**os.environ, "BEETSDIR": str(folder)})
    return folder


def _python(*words: str) -> str:
    done = subprocess.run([sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=HERE.parent)
    return done.stdout
