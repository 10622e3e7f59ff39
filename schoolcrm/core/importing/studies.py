"""What a row says of a student's learning: subject and level, teachers, groups, the price of a lesson (R62)."""

import sqlite3
from typing import NamedTuple

from schoolcrm.core.importing.client_row import ClientRow
from schoolcrm.core.importing.gathering import together
from schoolcrm.core.importing.known import Catalogue
from schoolcrm.core.importing.lesson_prices import LessonPrices
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.importing.tally import Tally


class _Learned(NamedTuple):
    """Numbers of what a row names; the level is that of its only subject."""

    subjects: list[int]
    level: int | None
    teachers: list[int]
    groups: list[int]


class Studies:
    """Gathers it in the spool; names that the school doesn't know yet become entries of its catalogues."""

    def __init__(self, db: sqlite3.Connection, spool: Spool, tally: Tally) -> None:
        self._db = db
        self._spool = spool
        self._tally = tally
        self._subjects, self._levels, self._teachers = (
            Catalogue(db, spool, table) for table in ("subject", "level", "teacher")
        )
        self._groups = Catalogue(db, spool, "study_group", None)  # their subjects are known in the end
        self._prices = LessonPrices(db, spool)
        self._group_subjects: dict[int, int] = {}
        self._is_any_repeated = False

    def of_new(self, row: ClientRow, student: int) -> tuple[int | None, ...]:
        """Return subject, level, teacher, group, plan and price of a student who comes with the file, None for none.

        These stand with the student in the spool. What the row names beside them is gathered.
        """
        learned = self._read(row)
        if len(learned.subjects) > 1 or len(learned.teachers) > 1 or len(learned.groups) > 1:
            self._gather(student, learned.subjects[1:], learned.level, learned.teachers[1:], learned.groups[1:])
        plan = None
        if row.price is not None:
            plan = self._prices.plan_of(row.price)
            self._tally.subscriptions += 1
        return (
            learned.subjects[0] if learned.subjects else None,
            learned.level if learned.subjects else None,
            learned.teachers[0] if learned.teachers else None,
            learned.groups[0] if learned.groups else None,
            plan,
            row.price,
        )

    def add(self, row: ClientRow, student: int, joined: set[int], priced: set[int]) -> None:
        """Gather the row's, but for groups and prices that the student has already."""
        learned = self._read(row)
        new_groups = [group for group in learned.groups if group not in joined]
        self._gather(student, learned.subjects, learned.level, learned.teachers, new_groups)
        if row.price is not None and row.price not in priced:
            self._spool.add("subscription", student, self._prices.plan_of(row.price), row.price)
            self._tally.subscriptions += 1

    def _gather(
        self, student: int, subjects: list[int], level: int | None, teachers: list[int], groups: list[int]
    ) -> None:
        for subject in subjects:
            self._spool.add("student_subject", student, subject, level)
        for teacher in teachers:
            self._spool.add("student_teacher", student, teacher)
        for group in groups:
            self._spool.add("membership", group, student)

    def _read(self, row: ClientRow) -> _Learned:
        subjects = list(map(self._subjects.id_of, row.subject))
        level = self._levels.id_of(row.level) if row.level else None
        teachers = list(map(self._teachers.id_of, row.responsible_teacher))
        groups = list(map(self._groups.id_of, row.groups))
        if len(groups) == len(subjects) == 1:
            self._group_subjects.setdefault(groups[0], subjects[0])
        return _Learned(subjects, level, teachers, groups if len(groups) < 2 else list(dict.fromkeys(groups)))

    def add_more(self, row: ClientRow, student: int, joined: set[int], priced: set[int]) -> None:
        """Gather what a further row of the file says of the same student; what it says again is dropped in the end."""
        self._is_any_repeated = True
        self.add(row, student, joined, priced)

    def finish(self) -> None:
        """Let the groups that the import makes teach what their members learn, where a row leaves no doubt.

        To be called when the spool has everything.
        """
        with together(self._db):
            self._db.executemany(
                "UPDATE temp.spool_study_group SET subject_id = ? WHERE id = ?",
                [(subject, group) for group, subject in self._group_subjects.items()],
            )
        if self._is_any_repeated:
            self._spool.drop_repeated("membership")
            self._tally.subscriptions -= self._spool.drop_repeated("subscription")
        self._tally.group_names = tuple(self._groups.added)
