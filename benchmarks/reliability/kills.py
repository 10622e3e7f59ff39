"""kill -9 at random moments: what is left is sound, the operation is there whole or not at all, what was said holds."""

import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reliability.contents import digest, digest_of, faults, faults_of_pages
from benchmarks.reliability.processes import Command, Ended, InstalledProcess, Process, run, warm_up
from benchmarks.reliability.result import Result, Tally
from benchmarks.reliability.tasks import COPY, Task

KINDS = ("damaged", "partial", "announced but lost", "wrong when run again")
WHOLE_PROCESSES = 20
"""One in so many is the installed command, killed from its start on."""
_PAUSE = 0.00005


@dataclass(frozen=True)
class Course:
    """What the command does when nobody kills it: the digests before and after, when it writes and how long."""

    before: str
    after: str
    after_records: str
    bytes_before: bytes
    copies_before: frozenset[str]
    seconds: float
    writing_after: float
    writing_for: float


@contextmanager
def room(template: Path) -> Iterator[Path]:
    """Yield a fresh copy of the folder, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        folder = Path(name) / "school"
        shutil.copytree(template, folder)
        yield folder


@contextmanager
def made(task: Task) -> Iterator[Path]:
    """Yield the folder that the task begins with, and have this process ready to run it."""
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        template = Path(name) / "school"
        template.mkdir(mode=0o700)
        task.make(template)
        with room(template) as folder:
            warm_up([task.command(folder)], folder)
        yield template


def is_writing(folder: Path, sign: str) -> bool:
    """Whether a file is there that is there only while the command writes."""
    if sign != COPY:
        return os.path.exists(f"{folder}/{sign}")  # noqa: PTH110  (called in a loop against the clock)
    places = (str(folder), f"{folder}/backups")
    return any(COPY in name or name.endswith("-journal") for place in places for name in _names(place))


def _names(place: str) -> list[str]:
    try:
        return os.listdir(place)  # noqa: PTH208
    except OSError:
        return []


def state_of(path: Path, *, journal: bool = True) -> str:
    """Return the digest of the school, opened first as the program does after a crash; "" if there is none."""
    from schoolcrm.core.store.database import connect, file_version

    if not path.exists():
        return ""
    with closing(connect(path, writable=True)) as db:  # rolls back what a crash left
        file_version(db, path)
    return digest(path, journal=journal)


def state_after(path: Path, course: Course) -> str:
    """Return the same; a file that is to the byte what it was needs no reading."""
    from schoolcrm.core.store.database import connect

    if path.exists():
        with closing(connect(path, writable=True)) as db:
            db.execute("PRAGMA user_version").fetchone()
        if path.read_bytes() == course.bytes_before:
            return course.before
    return state_of(path)


def watch(task: Task, template: Path, times: int = 3) -> Course:
    """Let the task come to its end a few times and see when it writes; its outcome must be the same each time."""
    courses = [_undisturbed(task, template, check=True)]
    while len(courses) < times or (not any(one.writing_for for one in courses) and len(courses) < 10 * times):
        courses.append(_undisturbed(task, template))
    seen = [course for course in courses if course.writing_for]
    if not seen:
        raise AssertionError(f"{task.name}: never seen writing")
    if len({(course.before, course.after) for course in courses}) != 1:
        raise AssertionError(f"{task.name}: does not do the same twice")
    return min(seen, key=lambda one: one.writing_for)


def _undisturbed(task: Task, template: Path, *, check: bool = False) -> Course:
    with room(template) as folder:
        path = folder / "school.db"
        before = state_of(path)
        bytes_before = path.read_bytes() if before else b""
        copies = frozenset(copy.name for copy in copies_of(folder))
        if check and before and (found := faults_of_pages(path)):
            raise AssertionError(f"{task.name} begins with {found}")
        process, times = Process(task.command(folder), folder), [0.0]
        while process.wait(os.WNOHANG) is None:
            if is_writing(folder, task.sign):
                times.append(time.monotonic() - process.began)
            time.sleep(_PAUSE)
        ended = process.end()
        if ended.code not in (0, 3):
            raise AssertionError(f"{task.name}: {ended}")
        if check and (found := faults(path)):
            raise AssertionError(f"{task.name} ends with {found}")
        states = before, state_of(path), state_of(path, journal=False)
        first = times[min(1, len(times) - 1)]
        return Course(*states, bytes_before, copies, ended.seconds, first, times[-1] - first)


def kill(task: Task, folder: Path, course: Course, chance: random.Random, *, installed: bool) -> tuple[Ended, bool]:
    """Run the task and kill it, nine times of ten at some moment after it has begun to write.

    Return how it ended, and whether what only a writing command leaves behind was there.
    """
    command = task.command(folder)
    _hurry(-15)
    process = InstalledProcess(command, folder) if installed else Process(command, folder)
    if chance.random() < 0.9:
        while process.wait(os.WNOHANG) is None and not is_writing(folder, task.sign):
            time.sleep(_PAUSE)
        # Half of them while the pages go into the file itself, which is at the end.
        part = chance.random() if chance.random() < 0.5 else chance.uniform(0.5, 0.95)
        _spin(course.writing_for * part)
        while process.wait(os.WNOHANG) is None and not is_writing(folder, task.sign):
            time.sleep(_PAUSE)  # between two transactions, or a little too late
    else:
        _spin(chance.uniform(0, course.seconds))
    if process.wait(os.WNOHANG) is None:
        process.kill()
    ended = process.end()
    _hurry(0)
    return ended, is_writing(folder, task.sign)


def _hurry(priority: int) -> None:
    """Be quicker than the others on a busy machine, so that the moment is met; where that is allowed."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, priority)


def _spin(seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.002) if left > 0.0005 else 0)


def copies_of(folder: Path) -> list[Path]:
    """Return the finished copies of the school: backups, what a restore or a migration has kept."""
    there = [*folder.glob("school.db.replaced-*"), *folder.glob("school.db.before-*"), *folder.glob("backups/*.db")]
    return [path for path in there if COPY not in path.name and not path.name.endswith("-journal")]


def judge(task: Task, folder: Path, course: Course, ended: Ended, tally: Tally) -> str:
    """Note what is wrong after a kill; return the state in which the school was found."""
    path = folder / "school.db"
    try:
        state = state_after(path, course)
    except Exception as error:
        tally.note("damaged", f"{task.name}: {error!r}")
        return ""
    empty = task.starts_empty and state != course.after
    # What holds in one file with this content (`watch`) holds in all of them; the pages are each file's own.
    known = state in (course.before, course.after) or on_step(task, path)
    check = faults_of_pages if known else faults
    if found := ([] if state in ("", course.before) else check(path)):
        tally.note("damaged", f"{task.name}: {found}")
    if state not in (course.before, course.after) and not (empty and _has_nobody(path)) and not on_step(task, path):
        tally.note("partial", f"{task.name}: {ended}")
    if ended.out.strip() and state != course.after:
        tally.note("announced but lost", f"{task.name}: {ended}")
    for copy in copies_of(folder):
        if copy.name in course.copies_before:
            continue
        whole = is_whole(copy, {course.before, course.after}) or on_step(task, copy)
        if not whole and not (empty and _has_nobody(copy)):
            tally.note("damaged", f"{task.name}: {copy.name}")
    return course.before if empty else state


def _has_nobody(path: Path) -> bool:
    """Whether it is a new school with its defaults only: what an import into no school begins with."""
    if not path.exists():
        return True
    with closing(sqlite3.connect(path)) as db:
        return bool(db.execute("SELECT count(*) FROM client").fetchone()[0] == 0)


def on_step(task: Task, path: Path) -> bool:
    """Whether a migration has stopped, sound, on a step of its ladder; each is a transaction of its own."""
    from schoolcrm.core.store.database import SCHEMA_VERSION

    if not task.climbs or not path.exists():
        return False
    with closing(sqlite3.connect(path)) as db:
        return 1 < db.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION and not faults_of_pages(path)


def is_whole(copy: Path, states: set[str]) -> bool:
    with closing(sqlite3.connect(copy)) as db:
        return db.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and digest_of(db) in states


def run_again(task: Task, folder: Path, course: Course, state: str, tally: Tally) -> None:
    """Run the task once more: it must do what is still to be done, and nothing more."""
    if state == course.after and not task.again:
        return
    path = folder / "school.db"
    ended = run(task.command(folder), folder)
    records = state_of(path, journal=False)
    if ended.code not in (0, 3) or records != course.after_records or ended.traceback:
        tally.note("wrong when run again", f"{task.name}: {ended}")
    if found := faults_of_pages(path):
        tally.note("damaged", f"{task.name}, run again: {found}")


def kill_often(task: Task, kills: int, seed: int = 1, told: Callable[[str], object] = lambda text: None) -> Result:
    """Kill the task so many times at random moments and count what it did to the school."""
    chance, tally = random.Random(f"{seed} {task.name}"), Tally(*KINDS)
    killed = writing = late = done = 0
    again_each = 2 if task.kills > 200 else 4
    with made(task) as template:
        course = watch(task, template)
        told(f"{task.name}: {course.seconds:.2f} s, writing for {course.writing_for:.3f} s")
        while killed < kills and late < 3 * kills + 20:
            with room(template) as folder:
                installed = (killed + late) % WHOLE_PROCESSES == WHOLE_PROCESSES - 1
                ended, was_writing = kill(task, folder, course, chance, installed=installed)
                killed, late = killed + ended.killed, late + (not ended.killed)
                writing += ended.killed and was_writing
                state = judge(task, folder, course, ended, tally)
                done += state == course.after
                if (killed + late) % again_each == 0:
                    run_again(task, folder, course, state, tally)
    figures = (
        f"{writing * 100 // max(killed, 1)} % while writing; found whole {done} times; {late} ended before the kill"
    )
    return Result(f"kill -9: {task.name}", killed, tally.bad, figures, tuple(tally.examples), task.kills)


def command_of(words: tuple[str, ...], path: Path, today: str) -> Command:
    """Return a command of the days of a school."""
    return Command(words, path, today)
