"""What was measured and when: kept beside the page, so that a run of some lines replaces those alone."""

import json
import math
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from benchmarks.scales import SCALES

FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Measured:
    """One line at one scale: its rows as printed, our CPU seconds after start-up, when, and how busy the machine was.

    `machine` and `versions` say on what; `load` is the mean of the load averages before and after.
    """

    what: str
    scale: str
    rows: Sequence[Sequence[str]]
    work: float | None
    on: str
    load: float
    machine: str
    versions: str


class Results:
    """The latest figures of every line, by what it is called and its scale."""

    def __init__(self, path: Path = FILE) -> None:
        self.path = path
        kept = json.loads(path.read_text("utf-8")) if path.exists() else []
        self.lines = {(entry["what"], entry["scale"]): Measured(**entry) for entry in kept}

    def put(self, measured: Measured) -> None:
        """Take the figures of a line in place of those there were, and keep them at once."""
        self.lines[measured.what, measured.scale] = measured
        text = json.dumps([asdict(line) for line in self.lines.values()], ensure_ascii=False, indent=1)
        self.path.write_text(text + "\n", "utf-8")

    def growth(self, what: str, scale: str) -> str:
        """Return the exponent by which the work grew from the next smaller scale that was measured; "" if none was."""
        names = list(SCALES)
        smaller = [name for name in names[: names.index(scale)] if (what, name) in self.lines] if scale in names else []
        here, before = self.lines.get((what, scale)), self.lines[what, smaller[-1]] if smaller else None
        if here is None or before is None or not here.work or not before.work:
            return ""
        clients = SCALES[scale].clients / SCALES[before.scale].clients
        return f"{before.scale}→{scale}: {math.log(here.work / before.work) / math.log(clients):.2f}"


def today() -> str:
    """Return the day of the measurement."""
    return f"{date.today():%Y-%m-%d}"  # noqa: DTZ011


def load_average() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def machine() -> str:
    """Return the system, the processor, its cores and the memory, Python and SQLite."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB;"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
