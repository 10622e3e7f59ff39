"""Commands in processes of their own: copies of this one, which has the program imported already, or new interpreters.

A copy (fork) begins where a new interpreter is after a third of a second of imports, so that hundreds can be killed
in a minute. Nothing here holds a database open: a copied connection would be no one's.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

DEFECT = 99
"""The exit code of a copy in which the program let an exception through."""
TODAY = "2026-12-01"
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (below 0: the signal that killed it), what it printed, how long it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it was killed rather than came to its end."""
        return self.code == -signal.SIGKILL

    @property
    def traceback(self) -> bool:
        """Whether it showed, or owned to, something that the program did not expect."""
        return self.code == DEFECT or "Traceback" in self.err or "did not expect" in self.err


@dataclass(frozen=True)
class Command:
    """A command line of the program on a school's file, in English, on a fixed day."""

    words: tuple[str, ...]
    db: Path
    today: str = TODAY
    environment: Mapping[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Return the environment it runs in."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.db.parent),
            "SCHOOLCRM_DB": str(self.db),
            "SCHOOLCRM_LANG": "en",
            "SCHOOLCRM_USER": "olga",
            "SCHOOLCRM_TODAY": self.today,
            **self.environment,
        }


class Process:
    """A command that is running; `wait` tells how it ended."""

    def __init__(self, command: Command, folder: Path, prepare: Callable[[], object] = lambda: None) -> None:
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        for earlier in (self._out, self._err):
            earlier.unlink(missing_ok=True)  # what a copy says that is killed before it has begun
        self.began = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            _become(command, self._out, self._err, prepare)
        self._ended: Ended | None = None

    def kill(self) -> None:
        """Kill it as a power cut would, if it is still there."""
        if self._ended is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, flags: int = 0) -> Ended | None:
        """Return how it ended; with WNOHANG None while it runs."""
        if self._ended is None:
            pid, status = os.waitpid(self.pid, flags)
            if pid == 0:
                return None
            seconds = time.monotonic() - self.began
            code = os.waitstatus_to_exitcode(status)
            self._ended = Ended(code, _text(self._out), _text(self._err), seconds)
        return self._ended

    def end(self) -> Ended:
        """Wait for it and return how it ended."""
        ended = self.wait()
        assert ended is not None
        return ended


class InstalledProcess(Process):
    """The same with an interpreter of its own, from its first instruction."""

    def __init__(self, command: Command, folder: Path) -> None:
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        self.began = time.monotonic()
        with self._out.open("wb") as out, self._err.open("wb") as err:
            started = subprocess.Popen(
                [sys.executable, "-m", "schoolcrm", *command.words],
                cwd=folder,
                env={**command.variables(), "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                preexec_fn=_as_usual,
            )
        started.returncode = 0  # it is waited for here, not by Popen
        self.pid = started.pid
        self._ended = None


def run(command: Command, folder: Path, prepare: Callable[[], object] = lambda: None) -> Ended:
    """Run the command in a copy of this process; `prepare` is called in the copy first."""
    return Process(command, folder, prepare).end()


def warm_up(commands: Sequence[Command], folder: Path) -> None:
    """Import what the commands need into this process, by running them here once; what they say is let go."""
    from schoolcrm.cli import main

    streams, environment = (sys.stdin, sys.stdout, sys.stderr), dict(os.environ)
    with (folder / "warm.txt").open("w+", encoding="utf-8") as nowhere:
        for command in commands:
            os.environ.clear()
            os.environ.update(command.variables())
            sys.stdin, sys.stdout, sys.stderr = nowhere, nowhere, nowhere
            with suppress(SystemExit):
                main([*command.words])
            sys.stdin, sys.stdout, sys.stderr = streams
    os.environ.clear()
    os.environ.update(environment)


def _become(command: Command, out: Path, err: Path, prepare: Callable[[], object]) -> NoReturn:
    """Be the command from here on; this copy never returns."""
    code = DEFECT
    try:
        _as_usual()
        for number, path in enumerate((Path(os.devnull), out, err)):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, number)
            os.close(handle)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            for number, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        os.environ.clear()
        os.environ.update(command.variables())
        os.chdir(command.db.parent)
        prepare()
        from schoolcrm.cli import main

        code = int(main([*command.words]))
        sys.stderr.flush()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _as_usual() -> None:
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, 0)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
