"""The morning screen: what needs doing today, each line with the command that does it (cli.md §2)."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from shlex import quote
from typing import NamedTuple

from schoolcrm.core.language import N_, _, ngettext, translated
from schoolcrm.reports.table import Column, Fact, Kind, Sections, Table

TOPICS = {
    "lessons": N_("Lessons today"),
    "unheld": N_("Lessons of the last 7 days not yet held"),
    "who-pays": N_("Who pays today"),
    "debtors": N_("Debtors"),
    "applications": N_("New applications"),
    "trials": N_("Trial lessons"),
    "tasks": N_("Tasks due"),
    "messages": N_("Messages not sent yet"),
    "birthdays": N_("Birthdays of this week"),
    "unsubscribed": N_("In a group without an active subscription"),
    "duplicates": N_("Possible duplicates"),
    "statuses": N_("Statuses due to change"),
    "backup": N_("Last backup"),
}
MOST = 10
"""So many lines of one topic; the last one then says how many more there are."""
LOOK_BACK = timedelta(days=7)

_APPLICATIONS = """
    SELECT client.id, client.name, client.created_on
      FROM visible_client AS client
      JOIN status ON status.id = client.status_id
     WHERE status.base IN ('new', 'for-admin')
     ORDER BY client.created_on DESC, client.id DESC
"""
_TRIALS = """
    SELECT client.id, client.name, trial.on_date, study_group.name
      FROM trial
      JOIN visible_client AS client ON client.id = trial.client_id
      LEFT JOIN study_group ON study_group.id = trial.group_id
     WHERE trial.state = 'booked' AND trial.on_date <= ?
     ORDER BY trial.on_date, client.name_key, client.id
"""
_UNSENT = """
    SELECT count(*) FROM message JOIN visible_client AS client ON client.id = message.client_id
     WHERE message.state IN ('queued', 'failed')
"""
_BIRTHDAYS = """
    SELECT client.id, client.name, client.birthday FROM visible_client AS client
     WHERE substr(client.birthday, 6) IN ({days})
       AND NOT EXISTS (SELECT 1 FROM student WHERE student.client_id = client.id AND student.name_key = client.name_key)
    UNION ALL
    SELECT client.id, student.name, student.birthday
      FROM student JOIN visible_client AS client ON client.id = student.client_id
     WHERE student.archived_on IS NULL AND substr(student.birthday, 6) IN ({days})
"""


class Line(NamedTuple):
    """One thing to do: topic, its day and time, what it is, how many, kopecks, and the command for it."""

    topic: str
    on: date | None = None
    time: str | None = None
    what: str | None = None
    number: int | None = None
    amount: int | None = None
    command: str | None = None


def find_today(db: sqlite3.Connection, today: date) -> list[Line]:
    """Return the lines of the morning screen, topic by topic, at most MOST of each."""
    topics = (
        (_lessons_today(db, today), "schoolcrm lessons list --from today --to today"),
        (_unheld(db, today), "schoolcrm lessons list --unheld --from -7d --to today"),
        (_who_pays(db, today), "schoolcrm report who-pays"),
        (_debtors(db, today), ""),
        (_applications(db), "schoolcrm clients list base:new,for-admin --sort -created"),
        (_trials(db, today), "schoolcrm clients list base:trial-booked"),
        (_tasks(db, today), "schoolcrm tasks list --state open --to today"),
        (_messages(db), ""),
        (_birthdays(db, today), "schoolcrm clients list is:birthday"),
        (_counted(db, today, "unsubscribed", ["is:unsubscribed", "is:grouped"]), ""),
        (_counted(db, today, "duplicates", ["is:duplicate"]), ""),
        (_statuses(db, today), ""),
        (_backup(db, today), ""),
    )
    return [line for lines, command in topics for line in _cut(list(lines), command)]


def today_table(lines: Sequence[Line], today: date) -> Table:
    """Return the morning screen as a table with one section a topic."""
    return Table(
        report="today",
        title=_("Today"),
        parameters=(Fact("today", _("Day"), Kind.DATE, today),),
        columns=(
            Column("topic", _("What"), Kind.CODE, words=translated(TOPICS)),
            Column("date", _("Date"), Kind.DATE),
            Column("time", _("Time"), Kind.TIME),
            Column("what", _("Who or what")),
            Column("count", _("How many"), Kind.INTEGER),
            Column("amount", _("Sum"), Kind.MONEY),
            Column("command", _("Command")),
        ),
        rows=lines,
        sections=Sections("topic"),
        notes=() if lines else (_("Nothing is waiting to be done."),),
    )


def _cut(lines: list[Line], command: str) -> list[Line]:
    """Return the first lines of a topic, and one that says how many more there are."""
    if len(lines) <= MOST:
        return lines
    more = len(lines) - MOST + 1
    what = _("… and {count} more").format(count=more)
    return [*lines[: MOST - 1], Line(lines[0].topic, what=what, number=more, command=command)]


def _lessons_today(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield today's lessons, with how many students are expected; a held one needs no command."""
    return _lessons(db, "lessons", today, today, ("planned", "held"))


def _unheld(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    return _lessons(db, "unheld", today - LOOK_BACK, today - timedelta(days=1), ("planned",))


def _lessons(db: sqlite3.Connection, topic: str, first: date, last: date, states: tuple[str, ...]) -> Iterator[Line]:
    from schoolcrm.core.learning.timetable import planned_lessons
    from schoolcrm.reports.names import names_of

    lessons = [lesson for lesson in planned_lessons(db, first=first, last=last) if lesson.state in states]
    groups = names_of(db, "study_group", (lesson.group_id for lesson in lessons))
    students = names_of(db, "student", (lesson.student_id for lesson in lessons))
    for lesson in lessons:
        name = groups.get(lesson.group_id) or students.get(lesson.student_id) or ""
        waiting = lesson.state == "planned"
        what = name if waiting else _("{name}: held").format(name=name)
        command = f"schoolcrm lessons hold {quote(name)} {lesson.on} --at {lesson.time}" if waiting else None
        yield Line(topic, lesson.on, lesson.time, what, len(lesson.student_ids), None, command)


def _who_pays(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    from schoolcrm.reports.who_pays import find_who_pays

    for row in find_who_pays(db, today, today):
        command = f"schoolcrm payments add {row.client_id} {_('SUM')}"
        yield Line("who-pays", None, None, row.client, row.lessons_left, row.balance, command)


def _debtors(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield one line: how many owe, and how much together."""
    from schoolcrm.reports.debtors import find_debtors

    found = find_debtors(db, today)
    if found:
        yield Line("debtors", None, None, None, len(found), sum(one.debt for one in found), "schoolcrm report debtors")


def _applications(db: sqlite3.Connection) -> Iterator[Line]:
    for number, name, created_on in db.execute(_APPLICATIONS):
        on = date.fromisoformat(created_on)
        yield Line("applications", on, None, name, None, None, f"schoolcrm clients show {number}")


def _trials(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield the trial lessons booked for today, and those of earlier days without a mark."""
    for number, name, on_date, group in db.execute(_TRIALS, (today.isoformat(),)):
        what = f"{name} · {group}" if group else name
        on = date.fromisoformat(on_date)
        yield Line("trials", on, None, what, None, None, f"schoolcrm clients trial attended {number}")


def _tasks(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield the tasks of today, and after them the overdue ones (R55)."""
    from schoolcrm.core.office.tasks import Wanted, find_tasks
    from schoolcrm.core.rules.dates import Period
    from schoolcrm.core.rules.tasks import OPEN

    for task in find_tasks(db, today, Wanted(states=(OPEN,), due=Period(None, today))):
        what = f"{task.client} · {task.text}"
        yield Line("tasks", task.due_on, None, what, None, None, f"schoolcrm tasks done {task.id}")


def _messages(db: sqlite3.Connection) -> Iterator[Line]:
    """Yield one line: how many messages wait to be sent, those that failed among them."""
    (count,) = db.execute(_UNSENT).fetchone()
    if count:
        yield Line("messages", None, None, None, count, None, "schoolcrm messages deliver")


def _birthdays(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield the birthdays of today and the six days after, with the age then reached."""
    days = {(today + timedelta(days=ahead)).isoformat()[5:]: today + timedelta(days=ahead) for ahead in range(7)}
    asked = ", ".join(f"'{day}'" for day in days)
    rows = [(days[born[5:]], number, name, born) for number, name, born in db.execute(_BIRTHDAYS.format(days=asked))]
    for day, number, name, born in sorted(rows):
        what = _("{name}, {age}").format(name=name, age=day.year - int(born[:4]))
        yield Line("birthdays", day, None, what, None, None, f"schoolcrm clients show {number}")


def _counted(db: sqlite3.Connection, today: date, topic: str, query: list[str]) -> Iterator[Line]:
    """Yield one line: how many clients answer to the query."""
    from schoolcrm.core.listing.client_fields import CLIENTS
    from schoolcrm.core.listing.rows import Wish, list_rows

    count = len(list_rows(db, today, CLIENTS, Wish(query=query, columns=("id",))).rows)
    if count:
        yield Line(topic, None, None, None, count, None, f"schoolcrm clients list {' '.join(query)}")


def _statuses(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield one line for each kind of change that a recompute would make now."""
    from schoolcrm.core.rules.status import base_name
    from schoolcrm.core.statuses.recompute import count_kinds, find_due

    for kind in count_kinds(db, find_due(db, today).changes):
        what = f"{base_name(kind.scale, kind.origin)} → {base_name(kind.scale, kind.to)}"
        yield Line("statuses", None, None, what, kind.count, None, "schoolcrm status recompute")


def _backup(db: sqlite3.Connection, today: date) -> Iterator[Line]:
    """Yield one line when the last backup is long ago, or there is none, of a school that has somebody in it."""
    from pathlib import Path

    from schoolcrm.core.store.backup import find_backups, made_at

    file = next((row[2] for row in db.execute("PRAGMA database_list") if row[1] == "main"), "")
    if not file or not db.execute("SELECT EXISTS (SELECT 1 FROM client)").fetchone()[0]:
        return
    newest = next(iter(find_backups(Path(file))), None)
    made_on = made_at(newest).date() if newest else None
    if made_on is None:
        yield Line("backup", None, None, _("There is no backup yet."), None, None, "schoolcrm db backup")
    elif made_on < today - LOOK_BACK:
        days = (today - made_on).days
        what = ngettext("{count} day ago", "{count} days ago", days).format(count=days)
        yield Line("backup", made_on, None, what, None, None, "schoolcrm db backup")
