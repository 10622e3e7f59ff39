"""A disk that fails or is full: nothing is damaged, no success without the work, one sentence about what happened.

`python -m benchmarks.reliability.disks POINTS ROWS [TASK]…` with failing_calls.c loaded prints the results of the
failing calls as JSON; `failing_calls` compiles and starts it.
"""

import ctypes
import json
import mmap
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path

from benchmarks.reliability.contents import faults_of_pages
from benchmarks.reliability.kills import Course, copies_of, is_whole, made, on_step, room, state_after, state_of
from benchmarks.reliability.processes import ROOT, Command, Ended, run
from benchmarks.reliability.result import Result, Tally
from benchmarks.reliability.tasks import Task, tasks

KINDS = ("damaged", "partial", "exit 0 without the work", "said undone but done", "no clear sentence", "traceback")
ONCE, FULL, DIE = 1, 2, 3
DISK = 6
_COMPILERS = ("cc", "gcc", "clang")


def judge(task: Task, folder: Path, course: Course, ended: Ended, tally: Tally) -> None:
    """Note what is wrong after a command had trouble with its disk (or none)."""
    path = folder / "school.db"
    what = f"{task.name}: exit {ended.code}, {ended.err.strip()!r}"
    try:
        state = state_after(path, course)
        found = [] if state in ("", course.before) else faults_of_pages(path)
    except Exception as error:
        tally.note("damaged", f"{what}: {error!r}")
        return
    if found:
        tally.note("damaged", f"{what}: {found}")
    on_a_step = on_step(task, path)
    if state not in (course.before, course.after) and not on_a_step:
        tally.note("partial", what)
    if ended.code == 0 and state != course.after:
        tally.note("exit 0 without the work", what)
    if ended.code > 0 and state != course.before and not on_a_step and "was made" not in ended.err:
        tally.note("said undone but done", what)
    if ended.traceback:
        tally.note("traceback", what)
    errors = [line for line in ended.err.splitlines() if line.startswith("error:")]
    if ended.code != 0 and not ended.killed and (ended.code != DISK or len(errors) != 1):
        tally.note("no clear sentence", what)
    for copy in copies_of(folder):
        if copy.name not in course.copies_before and not (
            is_whole(copy, {course.before, course.after}) or on_step(task, copy)
        ):
            tally.note("damaged", f"{what}: {copy.name}")


def course_of(task: Task, template: Path) -> Course:
    """Let the task come to its end once, undisturbed."""
    with room(template) as folder:
        path = folder / "school.db"
        before = state_of(path)
        content, copies = path.read_bytes(), frozenset(copy.name for copy in copies_of(folder))
        ended = run(task.command(folder), folder.parent)
        assert ended.code == 0, ended
        return Course(before, state_of(path), state_of(path, journal=False), content, copies, ended.seconds, 0, 0)


# A disk that is full -------------------------------------------------------------------------------------


def full_by_limit(task: Task, points: int) -> Result:
    """No file may grow beyond a size (RLIMIT_FSIZE), of so many sizes up to that of the finished school."""
    tally, refused = Tally(*KINDS), 0
    with made(task) as template:
        course = course_of(task, template)
        most = len(course.bytes_before) * 3 // 2
        for point in range(points):
            limit = 4096 + most * point // points
            with room(template) as folder:
                ended = run(task.command(folder), folder.parent, lambda: _limit(limit))  # noqa: B023  (called at once)
                refused += ended.code == DISK
                judge(task, folder, course, ended, tally)
    return Result(f"no file grows: {task.name}", points, tally.bad, f"{refused} refused", tuple(tally.examples), 100)


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def full_disk(task: Task, points: int) -> Result | None:
    """A small disk of its own (tmpfs) with so many amounts of free room; None where mounting is not permitted."""
    tally, refused = Tally(*KINDS), 0
    with made(task) as template, small_disk() as disk:
        if disk is None:
            return None
        course = course_of(task, template)
        size = sum(file.stat().st_size for file in template.rglob("*") if file.is_file())
        for point in range(points):
            folder = disk / "school"
            shutil.copytree(template, folder)
            _fill(disk, 2 * size * point // points)
            ended = run(_beside(task.command(folder), folder), disk.parent)
            (disk / "filler").unlink()
            refused += ended.code == DISK
            judge(task, folder, course, ended, tally)
            shutil.rmtree(folder)
    return Result(f"disk full: {task.name}", points, tally.bad, f"{refused} refused", tuple(tally.examples), 100)


def _beside(command: Command, folder: Path) -> Command:
    """Have the temporary files on the same disk."""
    return Command(command.words, command.db, command.today, {"TMPDIR": str(folder), "SQLITE_TMPDIR": str(folder)})


def _fill(disk: Path, leave: int) -> None:
    free = os.statvfs(disk)
    with (disk / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, max(free.f_bavail * free.f_bsize - leave, 1))


@contextmanager
def small_disk(megabytes: int = 96) -> Iterator[Path | None]:
    """Yield a folder that is a small disk of its own; None where mounting is not permitted."""
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        disk = Path(name) / "disk"
        disk.mkdir()
        mounted = (
            shutil.which("mount")
            and not subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", disk], capture_output=True, check=False
            ).returncode
        )
        try:
            yield disk if mounted else None
        finally:
            if mounted:
                subprocess.run(["umount", disk], check=True)


# Nothing may be written ----------------------------------------------------------------------------------


MODES = {"file": (0o444, 0o755), "folder": (0o644, 0o555), "file and folder": (0o444, 0o555), "disk": (0o644, 0o755)}


def read_only(chosen: Iterable[Task]) -> Iterator[Result]:
    """Run each task on a school whose file, folder or disk may only be read."""
    tallies, runs, refused = {what: Tally(*KINDS) for what in MODES}, dict.fromkeys(MODES, 0), dict.fromkeys(MODES, 0)
    for task in chosen:
        with made(task) as template:
            course = course_of(task, template)
            for what, (files, folders) in MODES.items():
                with room(template) as folder, small_disk() if what == "disk" else nullcontext(folder.parent) as disk:
                    if disk is None:
                        continue
                    ended = _run_read_only(task, folder, disk, files, folders)
                    runs[what] += 1
                    refused[what] += ended.code == DISK
                    judge(task, disk / "school", course, ended, tallies[what])
    for what, tally in tallies.items():
        told = f"{refused[what]} refused with exit {DISK}, {runs[what] - refused[what]} did not need to write there"
        yield Result(f"read-only {what}, every task", runs[what], tally.bad, told, tuple(tally.examples))


def _run_read_only(task: Task, folder: Path, disk: Path, files: int, folders: int) -> Ended:
    if disk == folder.parent:
        disk.chmod(0o755)
        _give_away(folder, files, folders)
        return run(task.command(folder), disk, _be_nobody)
    shutil.copytree(folder, disk / "school")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        return run(task.command(disk / "school"), disk.parent)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


NOBODY = 65534


def _give_away(folder: Path, files: int, folders: int) -> None:
    for path in [*folder.rglob("*"), folder]:
        with suppress(PermissionError):
            os.chown(path, NOBODY, NOBODY)
        path.chmod(folders if path.is_dir() else files)


def _be_nobody() -> None:
    """Let permissions hold for this process: for root they do not."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


# Single calls that fail ----------------------------------------------------------------------------------


def failing_calls(points: int, rows: int, names: Iterable[str] = ()) -> Iterator[Result]:
    """Let each call that writes, syncs, renames or deletes fail in turn (at most so many a command and way of failing).

    None are tried where there is no C compiler.
    """
    compiler = next(filter(None, map(shutil.which, _COMPILERS)), None)
    if compiler is None:
        return
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        library = Path(name) / "failing_calls.so"
        source = Path(__file__).with_name("failing_calls.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"], check=True)
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.reliability.disks", str(points), str(rows), *names],
            env={**os.environ, "LD_PRELOAD": str(library), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            for line in map(json.loads, process.stdout):
                yield Result(**{**line, "examples": tuple(line["examples"])})
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, process.args)


WAYS = {
    ONCE: "each call failing in turn",
    FULL: "disk full from each call on",
    DIE: "killed in each call, half of it done",
}


def fail_each_call(task: Task, points: int) -> Iterator[Result]:
    """Let the calls of the task fail in each way, one call a run; yield a result for each way."""
    counter = mmap.mmap(-1, ctypes.sizeof(ctypes.c_long))
    place = ctypes.c_long.from_buffer(counter)

    def arm(number: int, way: int) -> Callable[[], object]:
        return lambda: ctypes.CDLL(None).failing_arm(ctypes.byref(place), ctypes.c_long(number), way)

    with made(task) as template:
        course = course_of(task, template)
        with room(template) as folder:
            assert run(task.command(folder), folder.parent, arm(0, 0)).code == 0
        calls = place.value
        for way, name in WAYS.items():
            tally, refused, killed = Tally(*KINDS), 0, 0
            numbers = sorted({1 + calls * point // points for point in range(points)} & {*range(1, calls + 1)})
            for number in numbers:
                with room(template) as folder:
                    ended = run(task.command(folder), folder.parent, arm(number, way))
                    refused, killed = refused + (ended.code == DISK), killed + ended.killed
                    judge(task, folder, course, ended, tally)
            told = f"{calls} calls; " + (f"{killed} killed" if way == DIE else f"{refused} refused, the rest went on")
            yield Result(f"{name}: {task.name}", len(numbers), tally.bad, told, tuple(tally.examples), calls)


def main() -> None:
    """Print the results of the failing calls; what LD_PRELOAD names must be loaded."""
    points, rows, names = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    for task in disk_tasks(rows):
        if names and not any(name in task.name for name in names):
            continue
        for result in fail_each_call(task, points):
            print(json.dumps(asdict(result), ensure_ascii=False), flush=True)


def disk_tasks(rows: int) -> list[Task]:
    """Return the tasks that work on a school that is there; imports of so many rows."""
    return [task for task in tasks(rows) if not task.starts_empty]


if __name__ == "__main__":
    main()
