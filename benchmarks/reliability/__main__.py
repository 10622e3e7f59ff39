"""Tries to lose something of a school, and writes what came of it into docs/reliability.md.

python -m benchmarks.reliability                        everything, some hours of one core; writes the page
python -m benchmarks.reliability --only undo,backups    some groups; their lines of the page are written anew
python -m benchmarks.reliability --part 0.01 --only kills --no-page
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.reliability.backups import while_writing
from benchmarks.reliability.balances import random_operations
from benchmarks.reliability.cron import as_cron
from benchmarks.reliability.crowd import crowd
from benchmarks.reliability.disks import disk_tasks, failing_calls, full_by_limit, full_disk, read_only
from benchmarks.reliability.kills import kill_often
from benchmarks.reliability.page import as_text, write_page
from benchmarks.reliability.result import Result
from benchmarks.reliability.tasks import Task, other_tasks, tasks
from benchmarks.reliability.undoing import undo_often

PAGE = Path(__file__).parent.parent.parent / "docs" / "reliability.md"
POINTS = 100
ROWS_ON_FULL_DISKS = 300


class Plan:
    """What is run, and which part of the full number of times; `only_tasks`: words of their names, empty for all."""

    def __init__(self, part: float, only_tasks: list[str]) -> None:
        self.part = part
        self.only_tasks = only_tasks

    def count(self, full: int) -> int:
        """Return how often, at least twice."""
        return max(2, round(full * self.part))

    def chosen(self, all_tasks: list[Task]) -> list[Task]:
        """Return the tasks that were asked for."""
        return [task for task in all_tasks if not self.only_tasks or any(word in task.name for word in self.only_tasks)]

    def rows(self, full: int) -> int:
        """Return how many rows an import has; fewer when little is run."""
        return full if self.part == 1 else max(60, round(full * min(1, self.part * 5)))


def _kills(plan: Plan) -> Iterator[Result]:
    for task in plan.chosen(tasks(plan.rows(2_000))):
        yield kill_often(task, plan.count(task.kills))


def _others(plan: Plan) -> Iterator[Result]:
    with TemporaryDirectory(prefix="reliability-") as name:
        for task in plan.chosen([*other_tasks(Path(name))]):
            yield kill_often(task, plan.count(task.kills))


def _calls(plan: Plan) -> Iterator[Result]:
    yield from failing_calls(plan.count(POINTS), plan.rows(ROWS_ON_FULL_DISKS), plan.only_tasks)


def _full(plan: Plan) -> Iterator[Result]:
    for task in plan.chosen(disk_tasks(plan.rows(ROWS_ON_FULL_DISKS))):
        yield full_by_limit(task, plan.count(POINTS))
        result = full_disk(task, plan.count(POINTS))
        if result is not None:
            yield result


def _read_only(plan: Plan) -> Iterator[Result]:
    yield from read_only(plan.chosen(disk_tasks(plan.rows(ROWS_ON_FULL_DISKS))))


GROUPS: dict[str, Callable[[Plan], Iterator[Result]]] = {
    "kills": _kills,
    "others": _others,
    "calls": _calls,
    "full": _full,
    "read-only": _read_only,
    "crowd": lambda plan: iter([crowd(60 * max(plan.part, 0.05), plan.rows(40_000))]),
    "backups": lambda plan: iter([while_writing(plan.count(200))]),
    "balances": lambda plan: iter([random_operations(plan.count(10_000))]),
    "undo": lambda plan: iter([undo_often(plan.count(1_000))]),
    "cron": lambda plan: iter([as_cron(every=plan.part == 1)]),
}


def main() -> int:
    """Run what was asked for; return 1 if anything went wrong, or nothing was run."""
    asked = _arguments()
    plan = Plan(asked.part, [word for word in asked.task.split(",") if word])
    results = []
    for group in asked.only.split(","):
        for result in GROUPS[group](plan):
            results.append(result)
            print(as_text(result), flush=True)
            if asked.page:
                write_page(PAGE, [result])
    return 0 if results and all(result.holds for result in results) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(GROUPS), help="groups (default: %(default)s)")
    parser.add_argument("--task", default="", help="words of the names of the commands that are killed and so on")
    parser.add_argument("--part", type=float, default=1, help="run this part of the full number (default: 1)")
    parser.add_argument("--no-page", dest="page", action="store_false", help="print only")
    asked = parser.parse_args()
    if unknown := {*asked.only.split(",")} - {*GROUPS}:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
