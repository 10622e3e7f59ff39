"""Measures whole processes: wall and CPU seconds and peak memory, rivals in turn (A B A B)."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SHORT = 0.5  # seconds; a round of commands below this is run more often, for its figures scatter more
RUNS, RUNS_OF_SHORT = 5, 15
LONG = 60.0  # seconds; of a round as long as this the first counts too: start-up is nothing of it
STOPWATCH = Path(__file__).parent / "stopwatch.py"


@dataclass(frozen=True)
class Command:
    """A command line to measure; `prepare` is called before each run and not measured.

    `terminal`: its output goes to a terminal, otherwise it is thrown away as into a pipe.
    """

    words: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] | None = None
    terminal: bool = False


@dataclass(frozen=True)
class Figures:
    """What a run of a process took; `peak` in megabytes."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Rounds:
    """What a command took in every round."""

    runs: Sequence[Figures]

    @property
    def median(self) -> Figures:
        """The median of each figure."""
        return Figures(
            *(statistics.median(getattr(run, name) for run in self.runs) for name in ("wall", "cpu", "peak"))
        )

    def ratio(self, name: str, other: "Rounds", without: "Rounds | None") -> float:
        """Return how many times the other's "wall" or "cpu" this is, less that of `without`.

        It is the median of the rounds' ratios: what disturbs the machine for a while disturbs both alike.
        """
        ours, theirs = ([float(getattr(run, name)) for run in each.runs] for each in (self, other))
        base = [float(getattr(run, name)) for run in without.runs] if without else [0.0] * len(ours)
        return statistics.median((a - b) / c for a, b, c in zip(ours, base, theirs, strict=True))


class Failed(Exception):
    """A command did not do its work; the text is the end of what it said."""


def measure(commands: Sequence[Command], runs: int = 0) -> list[Rounds]:
    """Run the commands in turn and return what each took, the first round (cold caches) left out, unless it is long.

    `runs`: how often; 0 lets the length of a round decide. Raises Failed when one ends with a code above 0.
    """
    began = time.perf_counter()
    first = [run_once(command) for command in commands]
    took = time.perf_counter() - began
    rounds = runs or (RUNS_OF_SHORT if took < SHORT * len(commands) else RUNS)
    figures = [first] if took > LONG else []
    while len(figures) < rounds:
        figures.append([run_once(command) for command in commands])
    return [Rounds(of_one) for of_one in zip(*figures, strict=True)]


def run_once(command: Command) -> Figures:
    """Run the command once; Failed if it ends with a code above 0."""
    if command.prepare:
        command.prepare()
    with tempfile.TemporaryFile() as complaints:
        wall, cpu, peak, code = _timed(command, complaints.fileno())
        if code:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise Failed(f"exit {code:g}: {said[0] if said else ''}")
    return Figures(wall, cpu, peak)


def _timed(command: Command, stderr: int) -> tuple[float, ...]:
    """Let the stopwatch run the command; return what it prints."""
    screen, out = os.openpty() if command.terminal else (None, os.open(os.devnull, os.O_WRONLY))
    watch = subprocess.Popen(
        [sys.executable, "-I", "-S", STOPWATCH, str(out), *map(str, command.words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**_plain_environment(), **command.environment},
        pass_fds=(out,),
    )
    os.close(out)
    if screen is not None:
        _read_all(screen)
    said, _nothing = watch.communicate()
    return tuple(float(word) for word in said.split())


def _read_all(screen: int) -> None:
    try:
        while os.read(screen, 65536):
            pass
    except OSError:  # how Linux says that nobody writes to the terminal any more
        pass
    finally:
        os.close(screen)


def _plain_environment() -> dict[str, str]:
    """Return what every command sees: no settings of whoever measures, bytecode kept as usual."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLUMNS": "120", "PAGER": "cat"}
