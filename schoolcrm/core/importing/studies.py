"""What a row says of a student's learning: subject and level, teachers, groups, the price of a lesson (R62)."""

import sqlite3

from schoolcrm.core.importing.client_row import ClientRow
from schoolcrm.core.importing.known import Catalogue
from schoolcrm.core.importing.lesson_prices import LessonPrices
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.importing.tally import Tally


class Studies:
    """Gathers it in the spool; names that the school doesn't know yet become entries of its catalogues."""

    def __init__(self, db: sqlite3.Connection, spool: Spool, today: str, tally: Tally) -> None:
        self._db = db
        self._spool = spool
        self._today = today
        self._tally = tally
        self._subjects, self._levels, self._teachers, self._groups = (
            Catalogue(db, spool, table) for table in ("subject", "level", "teacher", "study_group")
        )
        self._prices = LessonPrices(db, spool, today)
        self._group_subjects: dict[int, int] = {}
        self._is_any_repeated = False

    def add(self, row: ClientRow, student: int, joined: set[int], priced: set[int]) -> None:
        """Gather the row's, but for groups and prices that the student has already."""
        subjects = [self._subjects.id_of(name) for name in row.subject]
        level = self._levels.id_of(row.level) if row.level else None
        for subject in subjects:
            self._spool.add("student_subject", student, subject, level)
        for teacher in row.responsible_teacher:
            self._spool.add("student_teacher", student, self._teachers.id_of(teacher))
        for name in row.groups:
            group = self._groups.id_of(name, None, self._today)
            if len(row.groups) == len(subjects) == 1:
                self._group_subjects.setdefault(group, subjects[0])
            if group not in joined:
                joined.add(group)
                self._spool.add("membership", group, student, self._today)
        if row.price is not None and row.price not in priced:
            self._prices.bind(row.price, student)
            self._tally.subscriptions += 1

    def add_more(self, row: ClientRow, student: int, joined: set[int], priced: set[int]) -> None:
        """Gather what a further row of the file says of the same student; what it says again is dropped in the end."""
        self._is_any_repeated = True
        self.add(row, student, joined, priced)

    def finish(self) -> None:
        """Let the groups that the import makes teach what their members learn, where a row leaves no doubt.

        To be called when the spool has everything.
        """
        self._db.executemany(
            "UPDATE temp.spool_study_group SET subject_id = ? WHERE id = ?",
            [(subject, group) for group, subject in self._group_subjects.items()],
        )
        if self._is_any_repeated:
            self._spool.drop_repeated("membership", "group_id, student_id")
            self._tally.subscriptions -= self._spool.drop_repeated("subscription", "student_id, price")
        self._tally.group_names = tuple(self._groups.added)
