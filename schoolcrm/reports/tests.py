"""Test results («Результаты тестирования») of a period, with the average of each client and of all (R55)."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.cells import day_bounds
from schoolcrm.reports.filters import entry_fact, teacher_shown
from schoolcrm.reports.names import names_of
from schoolcrm.reports.table import Column, Fact, Kind, Table

SORT_WORDS = {"client": N_("client"), "date": N_("date"), "result": N_("result")}
_ORDER = {
    "client": "client.name_key {way}, client.id, student.name_key, student.id, test_result.on_date, test_result.id",
    "date": "test_result.on_date {way}, client.name_key, client.id, student.name_key, test_result.id",
    "result": "test_result.score {way}, client.name_key, client.id, test_result.on_date, test_result.id",
}
_RESULTS = """
    SELECT client.id, client.name, student.name, subject.name, study_group.name, teacher.name,
           teacher.archived_on IS NOT NULL, test_result.on_date, test_result.score
      FROM test_result
     CROSS JOIN student ON student.id = test_result.student_id
     CROSS JOIN client ON client.id = student.client_id
      LEFT JOIN subject ON subject.id = test_result.subject_id
      LEFT JOIN study_group ON study_group.id = test_result.group_id
      LEFT JOIN teacher ON teacher.id = test_result.teacher_id
     WHERE test_result.on_date BETWEEN :first AND :last
       AND (:group_id IS NULL OR test_result.group_id = :group_id)
       AND (:teacher_id IS NULL OR test_result.teacher_id = :teacher_id)
       AND (:subject_id IS NULL OR test_result.subject_id = :subject_id)
       AND client.status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
       AND NOT (:skip_archived AND client.archived_on IS NOT NULL)
     ORDER BY {order}
"""


class Tested(NamedTuple):
    """One result of a student, in hundredths."""

    client_id: int
    client: str
    student: str
    subject: str | None
    group: str | None
    teacher: str | None
    on: str
    score: int


class Choice(NamedTuple):
    """What the report is asked for; `sort` is a key of SORT_WORDS, with a minus before it the other way round."""

    group_id: int | None = None
    teacher_id: int | None = None
    subject_id: int | None = None
    sort: str = "client"
    skip_archived: bool = False


ALL = Choice()


def find_tests(db: sqlite3.Connection, period: Period, choice: Choice = ALL) -> list[Tested]:
    """Return the results of the period; archived clients' too unless skipped, deleted ones' never (R7).

    Raises BadValue for an unknown order.
    """
    key = choice.sort.removeprefix("-")
    if key not in _ORDER:
        raise BadValue(
            _('Results can\'t be sorted by "{value}".').format(value=choice.sort),
            _("It is one of: {known}.").format(known=", ".join(_ORDER)),
        )
    way = "DESC" if choice.sort.startswith("-") else "ASC"
    asked = {
        **choice._asdict(),
        **day_bounds(period),
    }
    rows = db.execute(_RESULTS.format(order=_ORDER[key].format(way=way)), asked)
    return [_tested(row) for row in rows]


def _tested(row: tuple[Any, ...]) -> Tested:
    client_id, client, student, subject, group, teacher, archived, on, score = row
    return Tested(client_id, client, student, subject, group, teacher_shown(teacher, archived=archived), on, score)


def average_score(scores: Sequence[int]) -> int | None:
    """Return the average in hundredths, rounded half up; None of nothing."""
    return (2 * sum(scores) + len(scores)) // (2 * len(scores)) if scores else None


def plain_score(hundredths: int | None) -> int | float | None:
    """Return the score as it is written: 450 is 4.5, 8700 is 87."""
    if hundredths is None:
        return None
    return hundredths / 100 if hundredths % 100 else hundredths // 100


def table_of_tests(found: list[Tested], period: Period, choice: Choice, chosen: Sequence[Fact] = ()) -> Table:
    """Return the results as a table; `chosen` are the filters by name, for the head."""
    scores: defaultdict[int, list[int]] = defaultdict(list)
    for one in found:
        scores[one.client_id].append(one.score)
    averages = {client_id: plain_score(average_score(theirs)) for client_id, theirs in scores.items()}
    return Table(
        report="tests",
        title=_("Test results"),
        parameters=_parameters(period, choice, chosen),
        columns=(
            Column("client", _("Client")),
            Column("student", _("Student")),
            Column("subject", _("Subject")),
            Column("group", _("Group")),
            Column("teacher", _("Teacher")),
            Column("date", _("Date"), Kind.DATE),
            Column("result", _("Result"), Kind.NUMBER),
            Column("client_average", _("Client's average"), Kind.NUMBER),
        ),
        rows=[(*one[1:-1], plain_score(one.score), averages[one.client_id]) for one in found],
        totals=(
            Fact("average", _("Average of all"), Kind.NUMBER, plain_score(average_score([one.score for one in found]))),
        ),
    )


def choice_facts(db: sqlite3.Connection, choice: Choice) -> list[Fact]:
    """Return what narrows the report, by name."""
    facts = []
    if choice.group_id is not None:
        names = names_of(db, "study_group", [choice.group_id])
        facts.append(Fact("group", _("Group"), Kind.TEXT, names[choice.group_id]))
    for key, label, kind, number in (
        ("teacher", _("Teacher"), "teachers", choice.teacher_id),
        ("subject", _("Subject"), "subjects", choice.subject_id),
    ):
        if number is not None:
            facts.append(entry_fact(db, key, label, kind, [number]))
    return facts


def _parameters(period: Period, choice: Choice, chosen: Sequence[Fact]) -> list[Fact]:
    words = translated(SORT_WORDS)
    words |= {f"-{code}": _("{word}, the other way round").format(word=word) for code, word in words.items()}
    facts = [
        Fact("period", _("Period"), Kind.PERIOD, period),
        *chosen,
        Fact("sort", _("Sorted by"), Kind.CODE, choice.sort, words=words),
    ]
    if choice.skip_archived:
        facts.append(Fact("skip_archived", _("Without archived clients"), Kind.BOOL, True))
    return facts
