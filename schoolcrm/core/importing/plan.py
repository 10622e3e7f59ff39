"""What an import will write: each good row placed with its client and student, values turned into records (R62–R65)."""

import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any

from schoolcrm.core.errors import Refused
from schoolcrm.core.importing.client_row import ClientRow, Problem, RejectedRow
from schoolcrm.core.importing.families import Families, Placement
from schoolcrm.core.importing.known import (
    Catalogue,
    automatic_statuses,
    know_people,
    last_id,
    lesson_plans,
    own_client_fields,
    statuses_of,
)
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.importing.tally import Tally
from schoolcrm.core.language import _
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.names import fold, tidy

SKIP, CREATE, FAIL = "skip", "create", "fail"
ON_DUPLICATE = (SKIP, CREATE, FAIL)

# A second child's row completes its client: a bought subscription wins, later days win, empty facts are filled.
_COMPLETE = """
    UPDATE temp.spool_client
       SET status_id = iif(:bought, :status_id, status_id),
           studies = max(studies, :bought),
           source_id = ifnull(source_id, :source_id),
           manager = ifnull(manager, :manager),
           note = CASE WHEN :note IS NULL OR note = :note THEN note WHEN note IS NULL THEN :note
                       ELSE note || '; ' || :note END,
           trial_spent = max(trial_spent, :trial_spent),
           last_visit_on = max(ifnull(last_visit_on, :last_visit_on), ifnull(:last_visit_on, last_visit_on)),
           last_purchase_on = max(ifnull(last_purchase_on, :last_purchase_on),
                                  ifnull(:last_purchase_on, last_purchase_on))
     WHERE id = :id
"""


class ClientPlan:
    """Takes the good rows one by one and gathers what they mean in the spool."""

    def __init__(self, db: sqlite3.Connection, today: date, *, on_duplicate: str = SKIP) -> None:
        self.tally = Tally()
        self._db = db
        self._today = today.isoformat()
        self._on_duplicate = on_duplicate
        self._spool = Spool(db)
        self._first_client = 1 + last_id(db, "client")
        self._first_student = 1 + last_id(db, "student")
        self._families = Families(self._first_client, self._first_student)
        self._sources, self._subjects, self._levels, self._teachers, self._groups = (
            Catalogue(db, self._spool, table) for table in ("source", "subject", "level", "teacher", "study_group")
        )
        self._fields = own_client_fields(db)
        self._next_field = 1 + last_id(db, "field")
        self._plans = lesson_plans(db)
        self._next_plan = 1 + last_id(db, "plan")
        self._plan_names = {key for (key,) in db.execute("SELECT name_key FROM plan")}
        self._statuses = dict(automatic_statuses(db, "funnel"))
        self._bought = statuses_of(db, "bought")
        self._newcomer = dict(automatic_statuses(db, "loyalty"))["newcomer"]
        self._balances: dict[int, int] = {}
        self._group_subjects: dict[int, int] = {}
        know_people(db, self._families)

    def add(self, row: ClientRow) -> RejectedRow | None:
        """Gather what the row means; return it as rejected when it contradicts an earlier row of the file.

        Raises Refused for a student who is there already, when duplicates are to fail.
        """
        placement = self._families.place(row, repeat=self._on_duplicate == CREATE)
        if not placement.new_student:
            return self._repeat(row, placement)
        if placement.new_client:
            self._add_client(row, placement.client)
        elif placement.client >= self._first_client:
            self._complete_client(row, placement.client)
            self.tally.families.add(placement.client)
        self._add_student(row, placement)
        return None

    def finish(self) -> None:
        """Send the last rows to the spool; after that, `copy` may be called inside the transaction."""
        self._spool.finish()
        # A group that the import makes teaches what its members learn, where a row leaves no doubt.
        self._db.executemany(
            "UPDATE temp.spool_study_group SET subject_id = ? WHERE id = ?",
            [(subject, group) for group, subject in self._group_subjects.items()],
        )
        self.tally.group_names = tuple(self._groups.added)

    def copy(self) -> None:
        """Write everything gathered in the current transaction."""
        self._spool.copy()

    def _repeat(self, row: ClientRow, placement: Placement) -> RejectedRow | None:
        """A student met before: one of the database is skipped, one of this file gets the row's further groups."""
        if self._on_duplicate == FAIL:
            raise Refused(
                _("Row {line}: {student} is there already.").format(line=row.line, student=row.student),
                _("Nothing was written; with --on-duplicate skip such rows are passed over."),
            )
        self.tally.skipped += 1
        if placement.student < self._first_student:
            return None
        first = self._balances.get(placement.student, 0)
        if row.balance and row.balance != first:
            reason = _("The student is in the file twice with different balances: {first} and {second}.").format(
                first=human_money(first), second=human_money(row.balance)
            )
            self.tally.skipped -= 1
            return RejectedRow(row.line, row.cells, (Problem("", human_money(row.balance), reason),))
        self._add_contacts(row, placement.client)
        joined = self._gathered("membership", "group_id", placement.student)
        priced = self._gathered("subscription", "price", placement.student)
        self._add_learning(row, placement.student, joined, priced)
        return None

    def _gathered(self, table: str, column: str, student: int) -> set[int]:
        """Return what earlier rows of the file said of the student."""
        self._spool.flush(table)
        query = f"SELECT {column} FROM temp.spool_{table} WHERE student_id = ?"  # noqa: S608
        return {value for (value,) in self._db.execute(query, (student,))}

    def _add_client(self, row: ClientRow, client: int) -> None:
        status = self._status(row)
        person = (_iso(row.birthday), row.sex[:1] or None) if row.student_is_client else (None, None)
        self._spool.add(
            "client",
            client,
            row.client,
            row.client_key,
            status,
            self._newcomer,
            int(status in self._bought),
            *person,
            self._sources.id_of(row.source) if row.source else None,
            row.manager or None,
            row.note or None,
            int(row.has_used_trial),
            _iso(row.last_visit),
            _iso(row.last_purchase),
            self._today,
        )
        self.tally.clients += 1
        self._add_contacts(row, client)
        self._add_custom(row, client)

    def _complete_client(self, row: ClientRow, client: int) -> None:
        self._spool.flush("client")
        status = self._status(row)
        self._db.execute(
            _COMPLETE,
            {
                "id": client,
                "bought": int(status in self._bought),
                "status_id": status,
                "source_id": self._sources.id_of(row.source) if row.source else None,
                "manager": row.manager or None,
                "note": row.note or None,
                "trial_spent": int(row.has_used_trial),
                "last_visit_on": _iso(row.last_visit),
                "last_purchase_on": _iso(row.last_purchase),
            },
        )
        self._add_contacts(row, client)
        self._add_custom(row, client)

    def _status(self, row: ClientRow) -> int:
        """Return the row's status (its reader has made an id of the name), else the one its facts mean (R62)."""
        return int(row.status) if row.status else self._statuses[row.base_without_status]

    def _add_contacts(self, row: ClientRow, client: int) -> None:
        for kind, value, whose in row.contacts:
            key = value if kind in ("mobile", "home") else fold(value)
            self._spool.add("contact", client, kind, value, key, whose or None)

    def _add_custom(self, row: ClientRow, client: int) -> None:
        for name, value in row.custom:
            self._spool.add("client_field", client, self._field(name), _text(value))

    def _field(self, name: str) -> int:
        key = fold(name)
        if key not in self._fields:
            self._fields[key] = self._next_field
            self._next_field += 1
            self._spool.add("field", self._fields[key], "client", tidy(name), key, "text")
        return self._fields[key]

    def _add_student(self, row: ClientRow, placement: Placement) -> None:
        # A known client's own note is not touched: what the row says is kept with the new student.
        note = row.note if placement.client < self._first_client else ""
        self._spool.add(
            "student",
            placement.student,
            placement.client,
            row.student,
            row.student_key,
            _iso(row.birthday),
            row.sex[:1] or None,
            note or None,
            self._today,
        )
        self.tally.students += 1
        if placement.client < self._first_client:
            self._add_contacts(row, placement.client)
        self._add_learning(row, placement.student, set(), set())
        if row.balance:
            self._add_balance(row.balance, placement)

    def _add_learning(self, row: ClientRow, student: int, joined: set[int], priced: set[int]) -> None:
        """Gather subject, teachers, groups and price, but for groups and prices gathered before."""
        subject = self._subjects.id_of(row.subject) if row.subject else None
        level = self._levels.id_of(row.level) if row.level else None
        if subject is not None:
            self._spool.add("student_subject", student, subject, level)
        for teacher in row.responsible_teacher:
            self._spool.add("student_teacher", student, self._teachers.id_of(teacher))
        for name in row.groups:
            group = self._groups.id_of(name, None, self._today)
            if len(row.groups) == 1 and subject is not None:
                self._group_subjects.setdefault(group, subject)
            if group not in joined:
                joined.add(group)
                self._spool.add("membership", group, student, self._today)
        if row.price is not None and row.price not in priced:
            self._add_subscription(row.price, student)

    def _add_subscription(self, price: int, student: int) -> None:
        terms = ("lesson", price, "by-lesson", 0, 0, 0)
        plan = self._plans.get(price)
        if plan is None:
            plan = self._plans[price] = self._next_plan
            self._next_plan += 1
            name = self._free_plan_name(_("Lesson at {price}").format(price=human_money(price)))
            self._spool.add("plan", plan, name, fold(name), *terms)
        self._spool.add("subscription", student, plan, "import", 0, self._today, self._today, *terms)
        self.tally.subscriptions += 1

    def _free_plan_name(self, name: str) -> str:
        """Return the name, numbered where the school has a plan of that name on other terms."""
        names, number = name, 1
        while fold(names) in self._plan_names:
            number += 1
            names = f"{name} ({number})"
        self._plan_names.add(fold(names))
        return names

    def _add_balance(self, balance: int, placement: Placement) -> None:
        note = _("Balance when imported")
        self._spool.add(
            "payment", placement.client, placement.student, "adjustment", self._today, balance, balance, note
        )
        self._balances[placement.student] = balance
        self.tally.balances += 1
        self.tally.balance += balance


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _text(value: Any) -> str:
    """Return a custom field's value as it is kept: numbers plain, dates ISO, yes and no as 1 and 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
