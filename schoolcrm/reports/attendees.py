"""Attendees («Список посещающих»): who came in a period, how often, and the absences by reason."""

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.cells import day_bounds
from schoolcrm.core.store.database import setting
from schoolcrm.core.store.numbers import number_list
from schoolcrm.reports.filters import NO_REASON, entry_fact, reason_fact
from schoolcrm.reports.table import Column, Fact, Kind, Table

WHO_WORDS = {
    "all": N_("everybody"),
    "clients": N_("clients"),
    "leads": N_("leads"),
    "active": N_("active clients"),
}
PRESENCE_WORDS = {"attended": N_("attended"), "absent": N_("absent"), "both": N_("attended and absent")}
WITHOUT_REASON = "-"

# Marks are clustered by student and date, so each student is probed for those of the period. The types of the lessons
# are read before, in their order: marks of one student lie together, their lessons far apart. What the marks are is
# counted outside, for to group them SQLite would sort them all.
_TYPES = "SELECT id, lesson_type_id FROM lesson WHERE on_date BETWEEN :first AND :last {lessons}"
_ATTENDEES = """
    SELECT client.id, client.name, student.name,
           group_concat((given_type(mark.lesson_id) * 2 + mark.attended) * {reasons} + ifnull(mark.reason_id, 0))
      FROM student
     CROSS JOIN client ON client.id = student.client_id
     CROSS JOIN mark ON mark.student_id = student.id AND mark.on_date BETWEEN :first AND :last
     WHERE client.status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
       AND NOT (:skip_archived AND client.archived_on IS NOT NULL)
       {conditions}
     GROUP BY student.id
     ORDER BY client.name_key, client.id, student.name_key, student.id
"""
_NOT_GIVEN = 0
_REASONS = 1 << 32
"""More than there will ever be reasons: a cell is one number, by which marks are counted."""
_WHO = {
    "all": "",
    "clients": "AND client.studies",
    "leads": "AND NOT client.studies",
    "active": """AND (client.studies OR :active = 'paid')
       AND EXISTS (SELECT 1 FROM student AS own
                    CROSS JOIN mark AS came ON came.student_id = own.id AND came.on_date BETWEEN :first AND :last
                    WHERE own.client_id = client.id AND came.attended
                      AND (:active <> 'paid' OR came.charge > 0 OR came.basis = 'upfront'))""",
}
_PRESENCE = {"attended": "AND mark.attended", "absent": "AND NOT mark.attended", "both": ""}
_LESSONS = {
    "subject_ids": "AND lesson.subject_id IN (SELECT value FROM json_each(:subject_ids))",
    "lesson_type_ids": "AND lesson.lesson_type_id IN (SELECT value FROM json_each(:lesson_type_ids))",
    "teacher_ids": "AND lesson.teacher_id IN (SELECT value FROM json_each(:teacher_ids))",
    "location_ids": """AND (SELECT location_id FROM room WHERE room.id = lesson.room_id)
           IN (SELECT value FROM json_each(:location_ids))""",
}
_MARKS = {
    "reason_ids": """AND (mark.attended OR
            ifnull(mark.reason_id, 0) IN (SELECT value FROM json_each(:reason_ids)))""",
}
_RESPONSIBLE = "AND student.id IN (SELECT student_id FROM student_teacher WHERE teacher_id = :responsible_id)"
_NAMES = "SELECT id, {name} FROM {table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"


class Choice(NamedTuple):
    """What the report is asked for; empty lists and None don't narrow it.

    `reason_ids` narrows absences alone; NO_REASON among them means absent without one.
    """

    who: str = "all"
    presence: str = "both"
    subject_ids: Sequence[int] = ()
    lesson_type_ids: Sequence[int] = ()
    reason_ids: Sequence[int] = ()
    location_ids: Sequence[int] = ()
    teacher_ids: Sequence[int] = ()
    responsible_id: int | None = None
    skip_archived: bool = False


ALL = Choice()
Cell = tuple[int, bool, int]  # lesson type, attended or not, reason


class Attendee(NamedTuple):
    """A student with the number of marks of each kind."""

    client_id: int
    client: str
    student: str
    counts: dict[Cell, int]


class Attendees(NamedTuple):
    """The report's data; `active`: how the school understands active clients ("attended" or "paid")."""

    period: Period
    choice: Choice
    active: str
    rows: list[Attendee]
    types: dict[int, str]
    reasons: dict[int, str]


def find_attendees(db: sqlite3.Connection, period: Period, choice: Choice = ALL) -> Attendees:
    """Return the students with marks in the period, by client; deleted clients are left out (R7).

    Active are, as the school has set it, clients who study and attended a lesson in the period, or all with an
    attended lesson that was paid. Raises BadValue for an unknown group of people or presence.
    """
    active = setting(db, "active_definition", "attended")
    asked = {
        **{name: number_list(ids) for name, ids in choice._asdict().items() if name in _LESSONS | _MARKS},
        **day_bounds(period),
        "skip_archived": choice.skip_archived,
        "responsible_id": choice.responsible_id,
        "active": active,
    }
    types_of = _types_of_lessons(db, _TYPES.format(lessons=_narrowed(_LESSONS, choice)), asked)
    db.create_function("given_type", 1, types_of.__getitem__)
    rows = _put_together(db.execute(_ATTENDEES.format(conditions=_conditions(choice), reasons=_REASONS), asked))
    cells = {cell for row in rows for cell in row.counts}
    types = _names(db, "lesson_type", "name", (cell[0] for cell in cells))
    reasons = _names(db, "absence_reason", "short", (cell[2] for cell in cells))
    return Attendees(period, choice, active, rows, types, reasons)


def _types_of_lessons(db: sqlite3.Connection, query: str, asked: Mapping[str, Any]) -> "array[int]":
    """Return the type of each lesson that counts, by its id."""
    (largest,) = db.execute("SELECT ifnull(max(id), 0) FROM lesson").fetchone()
    types: array[int] = array("q", [_NOT_GIVEN]) * (largest + 1)
    for lesson_id, lesson_type_id in db.execute(query, asked):
        types[lesson_id] = lesson_type_id
    return types


def _conditions(choice: Choice) -> str:
    parts = [_one_of(_WHO, choice.who), _one_of(_PRESENCE, choice.presence), _narrowed(_MARKS, choice)]
    if choice.responsible_id is not None:
        parts.append(_RESPONSIBLE)
    return "\n       ".join(filter(None, parts))


def _narrowed(conditions: Mapping[str, str], choice: Choice) -> str:
    return " ".join(condition for name, condition in conditions.items() if getattr(choice, name))


def _one_of(known: dict[str, str], value: str) -> str:
    if value not in known:
        raise BadValue(
            _('There is no choice "{value}".').format(value=value),
            _("It is one of: {known}.").format(known=", ".join(known)),
        )
    return known[value]


def _put_together(rows: Iterable[tuple[int, str, str, str]]) -> list[Attendee]:
    """Return the students who have marks at the lessons that count, the marks counted by cell."""
    cell_of = cache(_cell)
    found = []
    for client_id, client, student, numbers in rows:
        counted = ((cell_of(number), count) for number, count in Counter(numbers.split(",")).items())
        if counts := {cell: count for cell, count in counted if cell[0] != _NOT_GIVEN}:
            found.append(Attendee(client_id, client, student, counts))
    return found


def _cell(number: str) -> Cell:
    kind, reason = divmod(int(number), _REASONS)
    return kind // 2, bool(kind % 2), reason


def _names(db: sqlite3.Connection, table: str, name: str, ids: Iterable[int]) -> dict[int, str]:
    """Return names of the program's own tables by id, in the order of the ids."""
    return dict(db.execute(_NAMES.format(name=name, table=table), (number_list(sorted(set(ids))),)))


def attendees_table(found: Attendees, chosen: Sequence[Fact] = ()) -> Table:
    """Return the attendees as a numbered table: per lesson type a column of visits, and one for each reason."""
    cells = list(_cells(found))
    columns = [_column(found, cell) for cell in cells]
    return Table(
        report="attendees",
        title=_("Attendees"),
        parameters=_parameters(found, chosen),
        columns=(
            Column("client_id", _("Client no."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("student", _("Student")),
            *columns,
        ),
        rows=[(*row[:3], *(row.counts.get(cell, 0) for cell in cells)) for row in found.rows],
        totals=[
            Fact(column.key, column.label, Kind.INTEGER, sum(row.counts.get(cell, 0) for row in found.rows))
            for column, cell in zip(columns, cells, strict=True)
        ],
        numbered=True,
    )


def _cells(found: Attendees) -> Iterable[Cell]:
    """Yield what is counted: of each lesson type that occurs the visits, then its reasons that occur, none last."""
    occurring = {cell for row in found.rows for cell in row.counts}
    for lesson_type in found.types:
        if found.choice.presence != "absent":
            yield lesson_type, True, NO_REASON
        absences = ((lesson_type, False, reason) for reason in (*found.reasons, NO_REASON))
        yield from (cell for cell in absences if cell in occurring)


def _column(found: Attendees, cell: Cell) -> Column:
    name, attended, reason = found.types[cell[0]], cell[1], found.reasons.get(cell[2])
    if attended:
        return Column(name, name, Kind.INTEGER)
    if reason is None:
        return Column(f"{name}:{WITHOUT_REASON}", _("{type}: no reason").format(type=name), Kind.INTEGER)
    return Column(f"{name}:{reason}", f"{name}: {reason}", Kind.INTEGER)


def choice_facts(db: sqlite3.Connection, choice: Choice) -> list[Fact]:
    """Return what narrows the report, by name."""
    lists = (
        ("subjects", _("Subjects"), "subjects", choice.subject_ids),
        ("lesson_types", _("Lesson types"), "lesson-types", choice.lesson_type_ids),
        ("locations", _("Locations"), "locations", choice.location_ids),
        ("teachers", _("Lesson teachers"), "teachers", choice.teacher_ids),
        ("responsible", _("Responsible teacher"), "teachers", [choice.responsible_id] if choice.responsible_id else []),
    )
    facts = [entry_fact(db, key, label, kind, ids) for key, label, kind, ids in lists if ids]
    return [*facts, reason_fact(db, choice.reason_ids)] if choice.reason_ids else facts


def _parameters(found: Attendees, chosen: Sequence[Fact]) -> list[Fact]:
    who = translated(WHO_WORDS)
    if found.active == "paid":
        who["active"] = _("active: attended a paid lesson")
    presence = translated(PRESENCE_WORDS)
    facts = [
        Fact("period", _("Period"), Kind.PERIOD, found.period),
        Fact("who", _("Who"), Kind.CODE, found.choice.who, words=who),
        Fact("presence", _("Visits"), Kind.CODE, found.choice.presence, words=presence),
        *chosen,
    ]
    if found.choice.skip_archived:
        facts.append(Fact("skip_archived", _("Without archived clients"), Kind.BOOL, True))
    return facts
