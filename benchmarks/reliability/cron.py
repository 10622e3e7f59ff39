"""As cron runs it: an empty environment, odd locales, closed streams; right day, exit 0, text that can be read."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.reliability.processes import ROOT
from benchmarks.reliability.result import Result, Tally
from benchmarks.reliability.tasks import school_of_buyers

KINDS = ("not exit 0", "wrong day", "text that can't be read", "traceback")
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "empty": {},
    "TZ=UTC": {"TZ": "UTC"},
    "LANG=C": {"TZ": "UTC", "LANG": "C"},
    "LC_ALL=C": {"LC_ALL": "C"},
    "LC_ALL=POSIX": {"LC_ALL": "POSIX"},
    "LC_ALL=ru_RU.KOI8-R": {"LC_ALL": "ru_RU.KOI8-R"},
    "LC_ALL=ru_RU.CP1251": {"LC_ALL": "ru_RU.CP1251"},
    "LC_ALL=xx_YY": {"LC_ALL": "xx_YY"},
    "LANG=xx_YY.UTF-8": {"LANG": "xx_YY.UTF-8", "LANGUAGE": "xx"},
    "PYTHONIOENCODING=cp1251": {"PYTHONIOENCODING": "cp1251"},
    "PYTHONIOENCODING=ascii": {"PYTHONIOENCODING": "ascii"},
    "PYTHONUTF8=0 LC_ALL=C": {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
}
STREAMS = {"": "", "stdout closed": ">&-", "stderr closed": "2>&-", "all closed": "<&- >&- 2>&-", "stdin closed": "<&-"}
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
"""25 hours apart: at every moment one of them has another day than UTC."""
CODECS = {"PYTHONIOENCODING=cp1251": "cp1251", "PYTHONIOENCODING=ascii": "ascii", "PYTHONUTF8=0 LC_ALL=C": "ascii"}


def as_cron(every: bool = True) -> Result:
    """Run a report, a recompute and a change in each environment, with each stream closed in turn."""
    tally, runs = Tally(*KINDS), 0
    for zone in ZONES if every else ZONES[:1]:
        with tempfile.TemporaryDirectory(prefix="reliability-") as name:
            folder = Path(name)
            school_of_buyers(folder, 6)
            live_in(folder / "school.db", zone)
            for environment, streams in _combinations(every):
                runs += one_night(folder, zone, environment, streams, tally)
    told = f"{len(ENVIRONMENTS)} environments, {len(STREAMS)} ways of closing streams, schools in {' and '.join(ZONES)}"
    return Result("as cron runs it", runs, tally.bad, told, tuple(tally.examples))


def _combinations(every: bool) -> Iterator[tuple[str, str]]:
    for number, environment in enumerate(ENVIRONMENTS):
        ways = [*STREAMS] if every and environment in ("empty", "LANG=C") else ["", [*STREAMS][1 + number % 4]]
        yield from ((environment, streams) for streams in ways)


def live_in(path: Path, zone: str) -> None:
    from builders import writing_school

    with writing_school(path, date(2026, 1, 11)) as school:
        school.db.execute("UPDATE setting SET value = ? WHERE key = 'time_zone'", (zone,))


def one_night(folder: Path, zone: str, environment: str, streams: str, tally: Tally) -> int:
    """Run the three commands; return how many were run."""
    days = {datetime.now(ZoneInfo(zone)).date().isoformat()}
    lines = (
        ("status", "recompute"),
        ("report", "debtors"),
        ("payments", "add", "3", "150.50"),
    )
    for words in lines:
        what = f"{environment} {STREAMS[streams]}: {' '.join(words)}"
        done = _run(folder, words, ENVIRONMENTS[environment], STREAMS[streams])
        if done.returncode != 0:
            tally.note("not exit 0", f"{what}: {done}")
        if b"Traceback" in done.stdout + done.stderr:
            tally.note("traceback", f"{what}: {done}")
        if not streams and not _readable(done.stdout + done.stderr, environment):
            tally.note("text that can't be read", f"{what}: {done}")
    days.add(datetime.now(ZoneInfo(zone)).date().isoformat())
    with closing(sqlite3.connect(folder / "school.db")) as db:
        (on,) = db.execute("SELECT on_date FROM payment ORDER BY id DESC LIMIT 1").fetchone()
    if on not in days:
        tally.note("wrong day", f"{environment}: {on} instead of {days}")
    return len(lines)


def _run(
    folder: Path, words: Sequence[str], environment: Mapping[str, str], redirection: str
) -> subprocess.CompletedProcess[bytes]:
    given = {"SCHOOLCRM_DB": str(folder / "school.db"), "HOME": str(folder), "PYTHONPATH": str(ROOT), **environment}
    script = f'exec "$0" -m schoolcrm "$@" {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, *words],
        env=given,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def _readable(text: bytes, environment: str) -> bool:
    """Whether it is text in the encoding asked for: Russian, but in a locale that names another language.

    In an encoding without Russian letters it is enough that nothing fails.
    """
    codec = CODECS.get(environment, "utf-8")
    try:
        read = text.decode(codec)
    except UnicodeDecodeError:
        return False
    if codec == "ascii" or "xx" in environment:
        return bool(read.strip())
    return any("а" <= letter <= "я" for letter in read) and "\\u" not in read and "\ufffd" not in read
