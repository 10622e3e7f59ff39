"""What one line of the benchmark is made of: our command, its rivals, and how they may compare."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.measure import Command
from benchmarks.workshop import Workshop


@dataclass(frozen=True)
class Rival:
    """What our command is compared with.

    `at_most`: our time may be so many times the rival's; None: it is told for the reader. `after_startup`: our
    start-up is taken off first, for floors that start next to nothing. `peak_at_most`: our memory may be so many
    times the rival's.
    """

    name: str
    command: Command
    at_most: float | None = None
    after_startup: bool = False
    peak_at_most: float | None = None


@dataclass(frozen=True)
class Contest:
    """Our command, its rivals, the megabytes it may take at its peak, and peers that this machine lacks."""

    ours: Command
    rivals: Sequence[Rival]
    peak_at_most: float | None = None
    lacking: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """One line: its group (for `--only`), what it says, the scales it is measured at, and how it is set up."""

    group: str
    what: str
    scales: str
    set_up: Callable[[Workshop, str], Contest]
