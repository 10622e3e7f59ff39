"""The writing commands that are killed and robbed of their disk, each with the school it works on."""

import gzip
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks.clients_file import write_clients
from benchmarks.reliability.processes import TODAY, Command, run
from benchmarks.scales import Scale

ROOT = Path(__file__).parent.parent.parent

FIRST = date(2026, 1, 10)
CHANGES_NOTHING = frozenset({"messages deliver"})
"""Commands of the days of a school that find nothing to do there: no mail is set up."""

JOURNAL, COPY = "school.db-journal", ".new-"
"""Part of the name of a file that is there while the command writes."""


@dataclass(frozen=True)
class Task:
    """A command, what makes the folder it works in, and how to see from outside that it is writing.

    `again`: the command run once more after it was done changes nothing.
    """

    name: str
    words: tuple[str, ...]
    make: Callable[[Path], None]
    sign: str = JOURNAL
    kills: int = 200
    again: bool = False
    starts_empty: bool = False
    today: str = TODAY
    climbs: bool = False

    def command(self, folder: Path) -> Command:
        """Return the command on the school of that folder."""
        words = tuple(word.format(folder=folder) for word in self.words)
        return Command(words, folder / "school.db", self.today)


def clients_file(path: Path, rows: int) -> None:
    """Write a file of clients with so many rows."""
    write_clients(path, Scale(f"{rows} rows", rows))  # 1.16 rows a client
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) > rows
    path.write_bytes(b"".join(lines[: rows + 1]))


def school_of_buyers(folder: Path, clients: int = 120) -> None:
    """A school whose clients all bought in January: by December they have all refused (R3); one group of 20 learns."""
    from builders import (
        add_client,
        add_group,
        add_plan,
        add_schedule,
        join,
        make_school,
        pay,
        sell_plan,
        student_of,
        writing_school,
    )

    path = make_school(folder)
    with writing_school(path, FIRST) as school:
        group = add_group(school, "Роботы", subject="Роботы")
        add_schedule(school, group_id=group, days="mon,tue,wed,thu,fri,sat,sun", time="18:00", first_on=FIRST)
        plan = add_plan(school, "package", 4_000_00, 8, name="Пакет")
        for number in range(clients):
            client = add_client(school, f"Клиент {number:03}", student=f"Ученик {number:03}", phone=f"+7916{number:07}")
            student = student_of(school, client)
            sell_plan(school, student, plan, FIRST, last_on=date(2026, 12, 31) if number < 20 else date(2026, 2, 1))
            pay(school, client, 1_000_00 + number, FIRST)
            if number < 20:
                join(school, group, student, FIRST)


def done_in(make: Callable[[Path], None], *words: str) -> Callable[[Path], None]:
    """Return what makes that folder and then runs the command in it."""

    def made(folder: Path) -> None:
        make(folder)
        command = Command(tuple(word.format(folder=folder) for word in words), folder / "school.db")
        ended = run(command, folder)
        assert ended.code == 0, ended

    return made


def with_file(rows: int, make: Callable[[Path], None] = school_of_buyers) -> Callable[[Path], None]:
    """Return what makes that folder with a file of clients in it."""

    def made(folder: Path) -> None:
        make(folder)
        clients_file(folder / "clients.csv", rows)

    return made


def nothing(folder: Path) -> None:
    """No school yet."""


def old_school(folder: Path) -> None:
    """The school of the first schema."""
    packed = ROOT / "tests" / "data" / "schema-1.db.gz"
    (folder / "school.db").write_bytes(gzip.decompress(packed.read_bytes()))


def with_backup(folder: Path) -> None:
    """A school, and a backup of what it was before an import."""
    with_file(500)(folder)
    shutil.copyfile(folder / "school.db", folder / "backup.db")
    (folder / "backup.db").chmod(0o600)
    done_in(nothing, "import-csv", "{folder}/clients.csv")(folder)
    shutil.rmtree(folder / "backups", ignore_errors=True)


IMPORT = ("import-csv", "{folder}/clients.csv", "--format", "json")
JSON = ("--yes", "--format", "json")


def tasks(rows: int = 2_000) -> list[Task]:
    """Return the tasks; `rows`: how many an import has."""
    archived = done_in(school_of_buyers, "clients", "archive", "Клиент 007")
    imported = done_in(with_file(rows // 2), *IMPORT)
    return [
        Task("import of rows", IMPORT, with_file(rows), kills=500, again=True),
        Task("import, no school yet", IMPORT, with_file(rows, nothing), again=True, starts_empty=True),
        Task("status recompute", ("status", "recompute", *JSON), school_of_buyers, again=True),
        Task("lessons hold", ("lessons", "hold", "Роботы", "--all-present", *JSON), school_of_buyers),
        Task("undo of an import", ("undo", *JSON), imported),
        Task("redo of an import", ("redo", *JSON), done_in(imported, "undo", "--yes")),
        Task("migration", ("payments", "list"), old_school, COPY, again=True, climbs=True),
        Task("db restore", ("db", "restore", "{folder}/backup.db", *JSON), with_backup, COPY, again=True),
        Task("db backup", ("db", "backup", *JSON), with_file(10), COPY, again=True),
        Task("clients purge", ("clients", "purge", "Клиент 007", *JSON), archived, COPY),
        Task("clients merge", ("clients", "merge", "Клиент 003", "Клиент 009", *JSON), school_of_buyers),
        Task("payments add", ("payments", "add", "Клиент 003", "150.50", *JSON), school_of_buyers),
        Task("db compact", ("db", "compact", *JSON), done_in(imported, "undo", "--yes"), again=True),
    ]


def other_tasks(saved: Path) -> Iterator[Task]:
    """Yield every other changing command, as the days of a school have them, each on the school as it is by then.

    The folders they begin with are laid into `saved`. Left out are those that write no school; any other that does
    nothing is a mistake here, and would pass unkilled.
    """
    from days_of_a_school import DAYS_OF_A_SCHOOL

    folder, today = saved / "school", ""
    met: Counter[str] = Counter()
    folder.mkdir()
    _files_to_import(folder)
    for number, line in enumerate(DAYS_OF_A_SCHOOL.split("\n")):
        words = shlex.split(line.replace("{folder}", str(folder)))
        if re.fullmatch(r"[\d-]+", line):
            today = line
        elif words and words[0] not in ("db", "init"):
            kept = saved / str(number)
            shutil.copytree(folder, kept)
            given = (*shlex.split(line), *(() if words[1:2] == ["list"] else ("--yes",)))
            command = command_name(words)
            met[command] += 1
            name = command if met[command] == 1 else f"{command} ({met[command]})"
            task = Task(name, given, partial(_lay, kept), kills=200, today=today)
            if _changes(task, folder, may_be_idle=command in CHANGES_NOTHING):
                yield task


def command_name(words: Sequence[str]) -> str:
    """Return the words that name the command, without what it is given."""
    from builders import every_command

    command, name = every_command(), []
    for word in words:
        name.append(word)
        command = command.get_command(None, word)
        if not hasattr(command, "get_command"):
            break
    return " ".join(name)


def _files_to_import(folder: Path) -> None:
    from builders import make_school

    make_school(folder)
    (folder / "clients.csv").write_text("ФИО\nПётр Сидоров\n", "utf-8")
    (folder / "payments.csv").write_text("Дата;Клиент;Сумма\n02.09.2026;Анна Иванова;100\n", "utf-8")
    lessons = "Дата;Группа;Ученик;Посещение\n02.09.2026;Робо 2;Оля Иванова;был\n"
    (folder / "lessons.csv").write_text(lessons, "utf-8")
    (folder / "form.html").write_text('<meta charset="utf-8"><p>{{ contract.number }}</p>', "utf-8")


def _lay(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder, dirs_exist_ok=True)


def _changes(task: Task, folder: Path, *, may_be_idle: bool) -> bool:
    """Run the command for good; return whether it did something."""
    before = (folder / "school.db").read_bytes()
    ended = run(task.command(folder), folder)
    changed = (folder / "school.db").read_bytes() != before
    assert changed or may_be_idle, f"{task.name}: {ended}"
    return changed
