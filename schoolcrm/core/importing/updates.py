"""What a file changes of people who are in the database already: `--on-duplicate update` (R64).

What it fills is changed, nothing is emptied. All rows about a client are put together first, the way an import
puts them together that makes the client anew, so that the same file says the same a second time.
"""

import sqlite3
from typing import TYPE_CHECKING, Any

from schoolcrm.core.importing.families import Placement
from schoolcrm.core.importing.gathering import Gathered, Gathering

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

# As rows of one family are put together when they are new: see plan.py.
_GATHERED = {
    "client": (
        "id INTEGER PRIMARY KEY, has_status, status_id, bought, new, source_id, manager, note, trial_spent,"
        " last_visit_on, last_purchase_on",
        " ON CONFLICT DO UPDATE SET has_status = max(has_status, excluded.has_status),"
        " status_id = iif(new OR (excluded.bought AND NOT bought), excluded.status_id, status_id),"
        " bought = max(bought, excluded.bought), new = min(new, excluded.new),"
        " source_id = ifnull(source_id, excluded.source_id), manager = ifnull(manager, excluded.manager),"
        " note = CASE WHEN excluded.note IS NULL OR note = excluded.note THEN note WHEN note IS NULL"
        " THEN excluded.note ELSE note || '; ' || excluded.note END,"
        " trial_spent = max(trial_spent, excluded.trial_spent),"
        " last_visit_on = max(ifnull(last_visit_on, excluded.last_visit_on),"
        " ifnull(excluded.last_visit_on, last_visit_on)),"
        " last_purchase_on = max(ifnull(last_purchase_on, excluded.last_purchase_on),"
        " ifnull(excluded.last_purchase_on, last_purchase_on))",
    ),
    "student": ("id INTEGER PRIMARY KEY, client_id, birthday, sex", " ON CONFLICT DO NOTHING"),
    "client_field": ("client_id, field_id, value", ""),
    "student_field": ("student_id, field_id, value", ""),
    "contract": ("id INTEGER PRIMARY KEY, amount, first_on, last_on", " ON CONFLICT DO NOTHING"),
}
_VALUES = "client_id, field_id, value, PRIMARY KEY (client_id, field_id)"
_PUT_VALUES_TOGETHER = """
    INSERT INTO temp.update_value SELECT client_id, field_id, value FROM temp.update_client_field WHERE true
     ORDER BY rowid
        ON CONFLICT DO UPDATE SET value = value || '; ' || excluded.value
     WHERE value <> excluded.value AND (SELECT type FROM field WHERE field.id = excluded.field_id) = 'text'
"""

# Who gets records that were not there: asked before these are copied.
_STUDENTS_WITH_MORE = """
    SELECT student_id FROM temp.spool_membership
     UNION
    SELECT student_id FROM temp.spool_subscription
     UNION
    SELECT student_id FROM temp.spool_student_subject AS said
     WHERE NOT EXISTS (SELECT 1 FROM student_subject AS known
                        WHERE known.student_id = said.student_id AND known.subject_id = said.subject_id)
     UNION
    SELECT student_id FROM temp.spool_student_teacher AS said
     WHERE NOT EXISTS (SELECT 1 FROM student_teacher AS known
                        WHERE known.student_id = said.student_id AND known.teacher_id = said.teacher_id)
"""
_CLIENTS_WITH_MORE = """
    SELECT client_id FROM temp.spool_contact AS said
     WHERE NOT EXISTS (SELECT 1 FROM contact AS known WHERE known.client_id = said.client_id
                          AND known.kind = said.kind AND known.value_key = said.value_key)
     UNION
    SELECT client_id FROM temp.spool_contract
"""
_CHANGES_OF_STUDENTS = (
    """
    INSERT INTO student_field (student_id, field_id, value)
    SELECT student_id, field_id, value FROM temp.update_student_field WHERE true
        ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value
    RETURNING student_id
    """,
    """
    UPDATE student SET birthday = ifnull(said.birthday, student.birthday), sex = ifnull(said.sex, student.sex)
      FROM temp.update_student AS said
     WHERE said.id = student.id
       AND (student.birthday, student.sex) IS NOT
           (ifnull(said.birthday, student.birthday), ifnull(said.sex, student.sex))
    RETURNING student.id
    """,
    """
    UPDATE student_subject SET level_id = said.level_id
      FROM (SELECT student_id, subject_id, level_id, min(rowid) FROM temp.spool_student_subject
             WHERE level_id IS NOT NULL AND student_id < :first_student GROUP BY student_id, subject_id) AS said
     WHERE said.student_id = student_subject.student_id AND said.subject_id = student_subject.subject_id
       AND student_subject.level_id IS NOT said.level_id
    RETURNING student_subject.student_id
    """,
    """
    DELETE FROM student_teacher
     WHERE (student_id, teacher_id) IN (
           SELECT known.student_id, known.teacher_id
             FROM (SELECT DISTINCT student_id FROM temp.spool_student_teacher) AS said
             JOIN student_teacher AS known ON known.student_id = said.student_id
            WHERE said.student_id < :first_student
           EXCEPT
           SELECT student_id, teacher_id FROM temp.spool_student_teacher)
    RETURNING student_id
    """,
)
_CHANGES_OF_CLIENTS = (
    """
    UPDATE client
       SET source_id = ifnull(said.source_id, client.source_id), manager = ifnull(said.manager, client.manager),
           note = ifnull(said.note, client.note), trial_spent = max(said.trial_spent, client.trial_spent),
           last_visit_on = ifnull(said.last_visit_on, client.last_visit_on),
           last_purchase_on = ifnull(said.last_purchase_on, client.last_purchase_on)
      FROM temp.update_client AS said
     WHERE said.id = client.id
       AND (client.source_id, client.manager, client.note, client.trial_spent, client.last_visit_on,
            client.last_purchase_on) IS NOT
           (ifnull(said.source_id, client.source_id), ifnull(said.manager, client.manager),
            ifnull(said.note, client.note), max(said.trial_spent, client.trial_spent),
            ifnull(said.last_visit_on, client.last_visit_on), ifnull(said.last_purchase_on, client.last_purchase_on))
    RETURNING client.id
    """,
    # The client who is the student is born on the same day.
    """
    UPDATE client SET birthday = ifnull(said.birthday, client.birthday), sex = ifnull(said.sex, client.sex)
      FROM temp.update_student AS said JOIN student ON student.id = said.id
     WHERE said.client_id = client.id AND student.name_key = client.name_key
       AND (client.birthday, client.sex) IS NOT
           (ifnull(said.birthday, client.birthday), ifnull(said.sex, client.sex))
    RETURNING client.id
    """,
    """
    INSERT INTO client_field (client_id, field_id, value)
    SELECT client_id, field_id, value FROM temp.update_value WHERE true
        ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value
    RETURNING client_id
    """,
    """
    UPDATE contact SET note = said.note
      FROM temp.spool_contact AS said
     WHERE said.client_id < :first_client AND said.note IS NOT NULL AND contact.note IS NULL
       AND said.client_id = contact.client_id AND said.kind = contact.kind AND said.value_key = contact.value_key
    RETURNING contact.client_id
    """,
    # A day that can't be is not written: the contract would end, or be terminated, before it begins.
    """
    UPDATE contract
       SET amount = ifnull(said.amount, contract.amount), last_on = ifnull(said.last_on, contract.last_on),
           amount_auto = iif(said.amount IS NULL, amount_auto, 0),
           first_on = ifnull(said.first_on, contract.first_on), signed_on = ifnull(said.first_on, contract.signed_on)
      FROM temp.update_contract AS said
     WHERE said.id = contract.id
       AND (contract.amount, contract.first_on, contract.last_on) IS NOT
           (ifnull(said.amount, contract.amount), ifnull(said.first_on, contract.first_on),
            ifnull(said.last_on, contract.last_on))
       AND ifnull(said.first_on, contract.first_on) <=
           min(coalesce(said.last_on, contract.last_on, '9999-12-31'), ifnull(contract.terminated_on, '9999-12-31'))
    RETURNING contract.client_id
    """,
)
_CHANGED_STATUSES = """
    SELECT client.id, 'funnel', client.status_id, said.status_id, 'import'
      FROM temp.update_client AS said JOIN client ON client.id = said.id
     WHERE said.has_status AND client.status_id <> said.status_id
"""
# An imported last purchase counts as one, and the first makes `active` at once (R9).
_FIRST_PURCHASES = """
    SELECT client.id, 'loyalty', client.stage_id, active.id, 'import'
      FROM temp.update_client AS said JOIN client ON client.id = said.id
      JOIN status AS stage ON stage.id = client.stage_id AND stage.base = 'newcomer'
      JOIN status AS active ON active.scale = 'loyalty' AND active.base = 'active' AND active.automatic = 1
     WHERE said.last_purchase_on IS NOT NULL AND client.last_purchase_on IS NULL
       AND NOT EXISTS (SELECT 1 FROM purchase WHERE purchase.client_id = client.id)
"""
_HIDDEN = """
    SELECT id FROM student WHERE archived_on IS NOT NULL OR client_id NOT IN (SELECT id FROM visible_client)
"""
_HIDDEN_CLIENTS = "SELECT id FROM client WHERE id NOT IN (SELECT id FROM visible_client)"


class Updates(Gathering):
    """Gathers what is said of known people, one row at a time; `write` changes what differs from what is kept."""

    def __init__(self, db: sqlite3.Connection, today: str, *, first_client: int, first_student: int) -> None:
        tables = {table: Gathered(f"update_{table}", *meant) for table, meant in _GATHERED.items()}
        super().__init__(db, tables | {"value": Gathered("update_value", _VALUES)})
        self._today = today
        self._firsts = {"first_client": first_client, "first_student": first_student}
        self._met: set[int] = set()
        self._students: set[int] = set()
        self._joined: set[int] = set()
        self._clients: set[int] = set()
        self._hidden = {number for (number,) in db.execute(_HIDDEN)}
        self._hidden_clients = {number for (number,) in db.execute(_HIDDEN_CLIENTS)}

    def is_hidden(self, placement: Placement) -> bool:
        """Tell whether the student or the client is in the archive or deleted: nothing is changed then (R7)."""
        return placement.student in self._hidden or placement.client in self._hidden_clients

    def is_met_again(self, student: int) -> bool:
        """Tell whether an earlier row of the file was about the student, and note that one was."""
        again = student in self._met
        self._met.add(student)
        return again

    def is_client_called(self, client: int, name_key: str) -> bool:
        """Tell whether a client has that name."""
        row = self._db.execute("SELECT name_key FROM client WHERE id = ?", (client,)).fetchone()
        return bool(row[0] == name_key)

    def birthday_of(self, student: int) -> str | None:
        """Return the birth date that is kept of a student, ISO."""
        (kept,) = self._db.execute("SELECT birthday FROM student WHERE id = ?", (student,)).fetchone()
        return None if kept is None else str(kept)

    def is_booked(self, placement: Placement, balance: int) -> bool:
        """Tell whether an adjustment of that sum is there already for the student."""
        query = "SELECT 1 FROM payment WHERE client_id = ? AND student_id = ? AND kind = 'adjustment' AND amount = ?"
        return self._db.execute(query, (placement.client, placement.student, balance)).fetchone() is not None

    def groups_of(self, student: int) -> set[int]:
        """Return the groups that the student is in, today or later."""
        query = "SELECT group_id FROM membership WHERE student_id = ? AND (last_on IS NULL OR last_on >= ?)"
        return {group for (group,) in self._db.execute(query, (student, self._today))}

    def prices_of(self, student: int) -> set[int]:
        """Return the prices of one lesson that the student's running subscriptions have, in kopecks."""
        query = (
            "SELECT price FROM subscription WHERE student_id = ? AND kind = 'lesson' AND deleted_on IS NULL"
            " AND (last_on IS NULL OR last_on >= ?)"
        )
        return {price for (price,) in self._db.execute(query, (student, self._today))}

    def note_additions(self) -> None:
        """Note who gets records that they don't have yet; to be called before the spool is copied."""
        self._students = self._ids(_STUDENTS_WITH_MORE)
        self._joined = self._ids("SELECT student_id FROM temp.spool_membership")
        self._clients = self._ids(_CLIENTS_WITH_MORE)

    def write(self, school: "WritableSchool") -> int:
        """Change what is kept, after the spool was copied; return how many of the file's students were changed."""
        self._db.execute(_PUT_VALUES_TOGETHER)
        first_purchases = self._db.execute(_FIRST_PURCHASES).fetchall()
        self._students.update(*map(self._ids, _CHANGES_OF_STUDENTS))
        self._clients.update(*map(self._ids, _CHANGES_OF_CLIENTS))
        self._clients.update(self._change_statuses(school, first_purchases))
        self._price_months(school)
        return sum(
            student in self._students or client in self._clients
            for student, client in self._db.execute(
                "SELECT id, client_id FROM temp.update_student WHERE id < :first_student", self._firsts
            )
        )

    def _ids(self, query: str) -> set[int]:
        return {number for (number,) in self._db.execute(query, self._firsts)}

    def _change_statuses(self, school: "WritableSchool", first_purchases: list[tuple[Any, ...]]) -> set[int]:
        """Move the clients whose status column says else, or who have bought at last; keep it in the history (R10)."""
        from schoolcrm.core.statuses.change import Change, write_changes

        changes = [Change(*row) for row in (*self._db.execute(_CHANGED_STATUSES), *first_purchases)]
        write_changes(school, changes)
        return {change.client_id for change in changes}

    def _price_months(self, school: "WritableSchool") -> None:
        """Price month plans anew: in a new group there are more lessons in the month (R31)."""
        from schoolcrm.core.money.months import price_months_anew

        known = [student for student in self._joined if student < self._firsts["first_student"]]
        if known:
            price_months_anew(school, known, school.today)
