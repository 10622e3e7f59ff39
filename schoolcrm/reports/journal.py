"""Journal of visits («Журнал посещений») of one client: planned, attended, missed, cancelled."""

import sqlite3
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.rules.dates import Period, add_months
from schoolcrm.core.store.cells import client_name
from schoolcrm.core.store.numbers import number_list
from schoolcrm.reports.names import names_of, student_names
from schoolcrm.reports.table import Column, Fact, Kind, Sections, Table

STATE_WORDS = {
    "planned": N_("planned"),
    "attended": N_("attended"),
    "missed": N_("missed"),
    "cancelled": N_("cancelled"),
}
LEGEND = {
    "planned": N_("planned: the lesson is not held yet"),
    "attended": N_("attended: the student came"),
    "missed": N_("missed: the lesson was held without the student"),
    "cancelled": N_("cancelled: the lesson didn't take place"),
}
GROUPINGS = ("lesson-type", "subject", "none")
OPTIONAL = ("topic", "reason", "note")
OPEN_MONTHS = 12
_WORDS = "SELECT id, topic, note FROM lesson WHERE id IN (SELECT value FROM json_each(?))"
_MARKS = """
    SELECT mark.lesson_id, mark.student_id, iif(mark.attended, 'attended', 'missed'), mark.homework_grade,
           absence_reason.name, mark.note, subscription.deleted_on IS NOT NULL
      FROM mark
      LEFT JOIN absence_reason ON absence_reason.id = mark.reason_id
      LEFT JOIN subscription ON subscription.id = mark.subscription_id
     WHERE mark.student_id IN (SELECT value FROM json_each(?)) AND mark.on_date BETWEEN ? AND ?
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One lesson of one student as the journal shows it; `unsold`: the subscription that paid is deleted (R41)."""

    on: date
    time: str
    student: str | None
    state: str
    grade: str | None
    topic: str | None
    reason: str | None
    lesson_type: str | None
    subject: str | None
    note: str | None
    unsold: bool = False


class _Mark(NamedTuple):
    state: str
    grade: str | None
    reason: str | None
    note: str | None
    unsold: int


@dataclass(frozen=True, slots=True)
class Journal:
    """The report's data: visits in order, by group if grouped; `subjects` and `lesson_types`: only those asked for."""

    client: str
    student: str | None
    period: Period
    grouping: str
    subjects: list[str]
    lesson_types: list[str]
    visits: list[Visit]


def read_journal(
    db: sqlite3.Connection,
    client_id: int,
    period: Period,
    today: date,
    *,
    student_id: int | None = None,
    grouping: str = "lesson-type",
    subject_ids: Collection[int] = (),
    lesson_type_ids: Collection[int] = (),
) -> Journal:
    """Return the lessons of the client's students in the period; BadValue for an unknown grouping.

    A period open to the future reaches a year from today.
    """
    if grouping not in GROUPINGS:
        raise BadValue(
            _('The journal can\'t be grouped by "{value}".').format(value=grouping),
            _("It is one of: {known}.").format(known=", ".join(GROUPINGS)),
        )
    lessons = planned_lessons(
        db,
        client_id=client_id,
        student_ids=None if student_id is None else [student_id],
        first=period.first or date.min,
        last=period.last or add_months(max(today, period.first or today), OPEN_MONTHS),
    )
    wanted = [
        lesson
        for lesson in lessons
        if (not subject_ids or lesson.subject_id in subject_ids)
        and (not lesson_type_ids or lesson.lesson_type_id in lesson_type_ids)
    ]
    students = student_names(db, client_id)
    return Journal(
        client=client_name(db, client_id),
        student=students.get(student_id),
        period=period,
        grouping=grouping,
        subjects=sorted(names_of(db, "subject", subject_ids).values()),
        lesson_types=sorted(names_of(db, "lesson_type", lesson_type_ids).values()),
        visits=_grouped(_visits(db, wanted, students), grouping),
    )


def _grouped(visits: list[Visit], grouping: str) -> list[Visit]:
    if grouping == "none":
        return visits
    return sorted(visits, key=lambda visit: (visit.lesson_type if grouping == "lesson-type" else visit.subject) or "")


def _visits(db: sqlite3.Connection, lessons: list[PlannedLesson], students: dict[int | None, str]) -> list[Visit]:
    types = names_of(db, "lesson_type", (lesson.lesson_type_id for lesson in lessons))
    subjects = names_of(db, "subject", (lesson.subject_id for lesson in lessons))
    words = _words_of(db, lessons)
    marks = _marks_of(db, lessons)
    found = []
    for lesson in lessons:
        topic, note = words.get(lesson.lesson_id, (None, None))
        for student_id in lesson.student_ids:
            mark = marks.get((lesson.lesson_id, student_id)) if lesson.state == "held" else None
            found.append(
                Visit(
                    on=lesson.on,
                    time=lesson.time,
                    student=students.get(student_id),
                    state=lesson.state if mark is None else mark.state,
                    grade=mark.grade if mark else None,
                    topic=topic,
                    reason=mark.reason if mark else None,
                    lesson_type=types.get(lesson.lesson_type_id),
                    subject=subjects.get(lesson.subject_id),
                    note=(mark.note if mark else None) or note,
                    unsold=bool(mark and mark.unsold),
                )
            )
    return found


def _words_of(db: sqlite3.Connection, lessons: list[PlannedLesson]) -> dict[int | None, tuple[str | None, str | None]]:
    """Return topic and note of the stored lessons."""
    stored = [lesson.lesson_id for lesson in lessons if lesson.lesson_id is not None]
    return {number: (topic, note) for number, topic, note in db.execute(_WORDS, (number_list(stored),))}


def _marks_of(db: sqlite3.Connection, lessons: list[PlannedLesson]) -> dict[tuple[int | None, int], _Mark]:
    """Return the students' marks of the days of the lessons, by lesson and student."""
    if not lessons:
        return {}
    students = sorted({student_id for lesson in lessons for student_id in lesson.student_ids})
    days = [lesson.on.isoformat() for lesson in lessons]
    rows = db.execute(_MARKS, (number_list(students), min(days), max(days)))
    return {(lesson_id, student_id): _Mark(*facts) for lesson_id, student_id, *facts in rows}


def journal_table(found: Journal, shown: Collection[str] = ("topic", "reason")) -> Table:
    """Return the journal as a table; `shown` are the optional columns people see (topic, reason, note).

    The notes are there too where they tell of a deleted subscription (R41).
    """
    unknown = sorted(set(shown) - set(OPTIONAL))
    if unknown:
        raise BadValue(
            _('The journal has no column "{value}" to show.').format(value=unknown[0]),
            _("They are: {known}.").format(known=", ".join(OPTIONAL)),
        )
    states = translated(STATE_WORDS)
    with_note = "note" in shown or any(visit.unsold for visit in found.visits)
    columns = _columns(found.grouping, shown, several=_several_a_day(found.visits), with_note=with_note)
    counts = Counter(visit.state for visit in found.visits)
    return Table(
        report="journal",
        title=_("Journal of visits: {client}").format(client=found.client),
        parameters=_parameters(found),
        columns=columns,
        rows=[_row(visit)[: len(columns)] for visit in found.visits],
        totals=[Fact(state, states[state].capitalize(), Kind.INTEGER, counts[state]) for state in STATE_WORDS],
        notes=[_(text) for text in LEGEND.values()],
        sections=None if found.grouping == "none" else Sections(found.grouping.replace("-", "_")),
    )


def _several_a_day(visits: list[Visit]) -> bool:
    """Tell whether a student has two lessons on a day, which only the time tells apart."""
    return len({(visit.on, visit.student) for visit in visits}) < len(visits)


def _columns(grouping: str, shown: Collection[str], *, several: bool, with_note: bool) -> list[Column]:
    columns = [
        Column("date", _("Date"), Kind.DATE),
        Column("time", _("Time"), Kind.TIME, hidden=not several, beside=True),
        Column("student", _("Student")),
        Column("state", _("State"), Kind.CODE, words=translated(STATE_WORDS)),
        Column("grade", _("Homework grade")),
        Column("topic", _("Topic"), hidden="topic" not in shown),
        Column("reason", _("Reason"), hidden="reason" not in shown),
        Column("lesson_type", _("Lesson type"), hidden=grouping == "lesson-type"),
        Column("subject", _("Subject"), hidden=grouping == "subject"),
    ]
    return [*columns, Column("note", _("Note"))] if with_note else columns


def _row(visit: Visit) -> tuple[Any, ...]:
    return (
        visit.on,
        visit.time,
        visit.student,
        visit.state,
        visit.grade,
        visit.topic,
        visit.reason,
        visit.lesson_type,
        visit.subject,
        _note(visit),
    )


def _note(visit: Visit) -> str | None:
    """Return the note, and that the subscription which paid the lesson was deleted since (R41)."""
    unsold = _("subscription deleted") if visit.unsold else None
    return " · ".join(part for part in (visit.note, unsold) if part) or None


def _parameters(found: Journal) -> list[Fact]:
    words = {"lesson-type": _("by lesson type"), "subject": _("by subject"), "none": _("not grouped")}
    facts = [
        Fact("client", _("Client"), Kind.TEXT, found.client),
        Fact("period", _("Period"), Kind.PERIOD, found.period),
        Fact("group_by", _("Grouped"), Kind.CODE, found.grouping, words=words),
    ]
    if found.student is not None:
        facts.append(Fact("student", _("Student"), Kind.TEXT, found.student))
    if found.subjects:
        facts.append(Fact("subjects", _("Subjects"), Kind.LIST, found.subjects))
    if found.lesson_types:
        facts.append(Fact("lesson_types", _("Lesson types"), Kind.LIST, found.lesson_types))
    return facts
