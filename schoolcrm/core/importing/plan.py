"""What an import will write: each good row placed with its client and student, values turned into records (R62–R65)."""

import sqlite3
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.importing.client_row import ClientRow, Problem
from schoolcrm.core.importing.contracts import Contracts, contradiction
from schoolcrm.core.importing.facts_of_students import FactsOfStudents
from schoolcrm.core.importing.families import Families, Placement
from schoolcrm.core.importing.known import (
    Catalogue,
    automatic_statuses,
    know_people,
    known_student_of,
    statuses_of,
)
from schoolcrm.core.importing.own_values import OwnValues
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.importing.studies import Studies
from schoolcrm.core.importing.tally import FamiliesMet, LeftOut, Tally
from schoolcrm.core.importing.updates import Updates
from schoolcrm.core.language import _
from schoolcrm.core.rules.dates import human_day
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.store.numbering import last_number

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

SKIP, UPDATE, CREATE, FAIL = "skip", "update", "create", "fail"
ON_DUPLICATE = (SKIP, UPDATE, CREATE, FAIL)


class ClientPlan:
    """Takes the good rows one by one and gathers what they mean in the spool."""

    def __init__(self, db: sqlite3.Connection, today: date, *, on_duplicate: str = SKIP) -> None:
        self.tally = Tally()
        self._db = db
        self._today = today.isoformat()
        self._on_duplicate = on_duplicate
        self._repeats = on_duplicate == CREATE
        self._spool = Spool(db)
        self._first_client = 1 + last_number(db, "client")
        self._first_student = 1 + last_number(db, "student")
        self._families = Families(self._first_client, self._first_student, partial(known_student_of, db))
        self._updates: Updates | None = None
        if on_duplicate == UPDATE:
            firsts = {"first_client": self._first_client, "first_student": self._first_student}
            self._updates = Updates(db, self._today, **firsts)
        self._contracts = Contracts(db, self._spool, today, first_client=self._first_client, updates=self._updates)
        self._sources = Catalogue(db, self._spool, "source")
        self._studies = Studies(db, self._spool, self.tally)
        self._own = OwnValues(db, self._spool)
        self._statuses = dict(automatic_statuses(db, "funnel"))
        self._bought = statuses_of(db, "bought")
        self._stages = dict(automatic_statuses(db, "loyalty"))
        self._said = FactsOfStudents(self._first_student)
        self.tally.families = FamiliesMet(self._first_client)
        know_people(db, self._families)

    def add(self, row: ClientRow) -> Problem | None:
        """Gather what the row means; return why it can't be when it contradicts itself or an earlier row of the file.

        Raises Refused for a student who is there already, when duplicates are to fail.
        """
        if row.contract_to is not None and (problem := contradiction(row)):
            return problem
        try:
            placement = self._families.place(row, repeat=self._repeats)
        except BadValue as fault:
            return Problem("", "", fault.sentence)
        if not placement.new_student:
            return self._repeat(row, placement)
        if placement.new_client:
            self._add_client(row, placement.client)
        elif placement.client >= self._first_client:
            self._complete_client(row, placement.client)
            self.tally.families.add(placement.client)
        elif self._updates and not self._updates.is_hidden(placement):
            self._update_client(row, placement.client, self._updates)
            person = (row.birthday, row.sex or None)
            self._updates.add("student", placement.student, placement.client, *person)
        self._add_student(row, placement)
        return None

    def finish(self) -> None:
        """Send the last rows to the spool; after that, `write` may be called inside the transaction."""
        self._spool.finish()
        self._families = Families()  # nobody else comes, and their memory is wanted for the writing
        if self._updates:
            self._updates.finish()
        self._studies.finish()

    def write(self, school: "WritableSchool") -> None:
        """Write everything gathered in the current transaction."""
        if self._updates:
            self._updates.note_additions()
        self.tally.contracts = self._spool.copy(self._today, _("Balance when imported"))
        if self._updates:
            self.tally.updated = self._updates.write(school)
            self.tally.skipped -= self.tally.updated

    def _repeat(self, row: ClientRow, placement: Placement) -> Problem | None:
        """A student met before: one of the database is skipped or updated, one of this file gets further groups."""
        if self._on_duplicate == FAIL:
            raise Refused(
                _("Row {line}: {student} is there already.").format(line=row.line, student=row.student),
                _("Nothing was written; with --on-duplicate skip such rows are passed over."),
            )
        known = placement.student < self._first_student
        again = not known or bool(self._updates and self._updates.is_met_again(placement.student))
        if again and (problem := self._contradiction(row, placement.student)):
            return problem
        self.tally.skipped += 1
        if again:
            self.tally.left_out[LeftOut.REPEATED] += 1
        if not known:
            self._add_contacts(row, placement.client)
            self._contracts.add(row, placement.client)
            self._studies.add_more(row, placement.student, set(), set())
        elif self._updates:
            self._update(row, placement, self._updates, again=again)
        return None

    def _contradiction(self, row: ClientRow, student: int) -> Problem | None:
        """Return why the row can't be imported when an earlier one gave the student another balance or birth date."""
        if row.balance and row.balance != (balance := self._said.balance_of(student)):
            reason = _("The student is in the file twice with different balances: {first} and {second}.").format(
                first=human_money(balance), second=human_money(row.balance)
            )
            return Problem("", human_money(row.balance), reason)
        if row.birthday and (born := self._said.birthday_of(student)) and row.birthday != born:
            reason = _("The student is in the file twice with different birth dates: {first} and {second}.").format(
                first=human_day(born), second=human_day(row.birthday)
            )
            return Problem("", human_day(row.birthday), reason)
        return None

    def _update(self, row: ClientRow, placement: Placement, updates: Updates, *, again: bool) -> None:
        """Gather what the row changes of a student of the database; the file's first row of the student decides."""
        client, student = placement.client, placement.student
        if updates.is_hidden(placement):
            self.tally.left_out[LeftOut.HIDDEN] += 1
            return
        joined, priced = updates.groups_of(student), updates.prices_of(student)
        if again:
            self._add_contacts(row, client)
            self._contracts.add(row, client)
            self._studies.add_more(row, student, joined, priced)
            return
        updates.add("student", student, client, row.birthday, row.sex or None)
        self._own.update_student(row, student, updates)
        self._said.note(student, row)
        former = updates.birthday_of(student)
        if row.birthday and former and former != row.birthday:
            self._families.forget_birthday(student, row.student_key, former)
        self._update_client(row, client, updates)
        self._studies.add(row, student, joined, priced)
        if row.balance and not updates.is_booked(placement, row.balance):
            self.tally.left_out[LeftOut.BALANCE] += 1

    def _update_client(self, row: ClientRow, client: int, updates: Updates) -> None:
        """Gather what the row changes of a client of the database."""
        status = self._status(row)
        updates.add(
            "client",
            client,
            int(bool(row.status)),
            status,
            int(status in self._bought),
            int(status == self._statuses["new"]),
            self._sources.id_of(row.source) if row.source else None,
            row.manager or None,
            row.note or None,
            int(row.has_used_trial),
            row.last_visit,
            row.last_purchase,
        )
        self._own.update_client(row, client, updates)
        self._families.note_phones(client, row)
        self._add_contacts(row, client)
        self._contracts.add(row, client)
        if not row.student_is_client and not updates.is_client_called(client, row.client_key):
            self.tally.left_out[LeftOut.PAYER] += 1

    def _add_client(self, row: ClientRow, client: int) -> None:
        status = self._status(row)
        begins_with_mobile = bool(row.contacts) and row.contacts[0][0] == "mobile"  # it stands with the client
        mobile, whose = row.contacts[0][2:] if begins_with_mobile else (None, None)
        person = (row.birthday, row.sex or None) if row.student_is_client else (None, None)
        self._spool.add(
            "client",
            client,
            row.client,
            row.client_key,
            status,
            self._stages["active" if row.last_purchase else "newcomer"],
            int(status in self._bought),
            *person,
            self._sources.id_of(row.source) if row.source else None,
            row.manager or None,
            row.note or None,
            int(row.has_used_trial),
            row.last_visit,
            row.last_purchase,
            mobile,
            whose,
        )
        self.tally.clients += 1
        self._add_contacts(row, client, int(begins_with_mobile))
        self._own.add_client(row, client)
        self._contracts.add(row, client)

    def _complete_client(self, row: ClientRow, client: int) -> None:
        status = self._status(row)
        self._spool.complete_client(
            {
                "id": client,
                "bought": int(status in self._bought),
                "new": self._statuses["new"],
                "status_id": status,
                "source_id": self._sources.id_of(row.source) if row.source else None,
                "manager": row.manager or None,
                "birthday": row.birthday if row.student_is_client else None,
                "sex": (row.sex or None) if row.student_is_client else None,
                "note": row.note or None,
                "trial_spent": int(row.has_used_trial),
                "last_visit_on": row.last_visit,
                "last_purchase_on": row.last_purchase,
            },
        )
        self._add_contacts(row, client)
        self._own.add_client(row, client)
        self._contracts.add(row, client)

    def _status(self, row: ClientRow) -> int:
        """Return the row's status (its reader has made an id of the name), else the one its facts mean (R62)."""
        return int(row.status) if row.status else self._statuses["bought" if row.is_buyer else "new"]

    def _add_contacts(self, row: ClientRow, client: int, first: int = 0) -> None:
        for contact in row.contacts[first:]:
            self._spool.add("contact", client, *contact)

    def _add_student(self, row: ClientRow, placement: Placement) -> None:
        known = placement.client < self._first_client
        joins = known and (not self._updates or self._updates.is_hidden(placement))
        # A known client's own note is not touched unless asked: what the row says is kept with the new student.
        note = row.note if joins else ""
        self._spool.add(
            "student",
            placement.student,
            placement.client,
            row.student,
            row.student_key,
            row.birthday,
            row.sex or None,
            note or None,
            row.balance or None,
            *self._studies.of_new(row, placement.student),
        )
        self.tally.students += 1
        if row.balance:
            self.tally.balances += 1
            self.tally.balance += row.balance
        self._own.add_student(row, placement.student)
        self._said.note(placement.student, row)
        if joins:
            self._add_contacts(row, placement.client)
            self._contracts.add(row, placement.client)
