"""Rows on their way into the database: gathered in temporary tables before the lock is taken (R65).

An import may read for seconds; the school's file is locked only while the gathered rows are copied over.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

CHUNK = 2_000

# In the order in which foreign keys allow them to be written. Ids given here are final.
SPOOLED = {
    "source": "id, name, name_key",
    "subject": "id, name, name_key",
    "level": "id, name, name_key",
    "teacher": "id, name, name_key",
    "field": "id, entity, name, name_key, type",
    "study_group": "id, name, name_key, subject_id, created_on",
    "plan": "id, name, name_key, kind, price, billing, separate, burn, stop_at_end",
    "client": "id, name, name_key, status_id, stage_id, studies, birthday, sex, source_id, manager, note, trial_spent,"
    " last_visit_on, last_purchase_on, created_on",
    "contact": "client_id, kind, value, value_key, note",
    "student": "id, client_id, name, name_key, birthday, sex, note, created_on",
    "client_field": "client_id, field_id, value",
    "student_field": "student_id, field_id, value",
    "student_teacher": "student_id, teacher_id",
    "student_subject": "student_id, subject_id, level_id",
    "membership": "group_id, student_id, first_on",
    "subscription": "student_id, plan_id, origin, is_trial, sold_on, first_on, kind, price, billing, separate, burn,"
    " stop_at_end",
    "payment": "client_id, student_id, kind, on_date, amount, effect, note",
    "contract": "client_id, number, amount, signed_on, first_on, last_on",
}

# What two rows of a file may say of the same client or student.
_TWICE = {
    "contact": " WHERE true ON CONFLICT DO NOTHING",
    "student_teacher": " WHERE true ON CONFLICT DO NOTHING",
    "student_subject": " WHERE true ON CONFLICT DO UPDATE SET level_id = excluded.level_id"
    " WHERE level_id IS NULL AND excluded.level_id IS NOT NULL",
    **dict.fromkeys(
        ("client_field", "student_field"),
        " WHERE true ON CONFLICT DO UPDATE SET value = value || '; ' || excluded.value"
        " WHERE value <> excluded.value AND (SELECT type FROM field WHERE field.id = excluded.field_id) = 'text'",
    ),
}

# Rows of one family may name the same contract; the school counts its contracts on.
_COPY_CONTRACTS = """
    INSERT INTO main.contract (client_id, number, amount, signed_on, first_on, last_on, school_number)
    SELECT client_id, number, amount, signed_on, first_on, last_on,
           (SELECT ifnull(max(school_number), 0) FROM main.contract) + row_number() OVER (ORDER BY min(rowid))
      FROM temp.spool_contract
     GROUP BY client_id, number, amount, signed_on, first_on, last_on
"""

# A second child's row completes its client: a bought subscription wins, any status is more than a new one,
# later days win, empty facts are filled. Updates put rows together the same way.
COMPLETE_CLIENT = """
    UPDATE temp.spool_client
       SET status_id = CASE WHEN status_id = :new THEN :status_id
                            WHEN :bought AND status_id NOT IN (SELECT id FROM status WHERE base = 'bought')
                            THEN :status_id ELSE status_id END,
           stage_id = ifnull((SELECT id FROM status WHERE scale = 'loyalty' AND base = 'active' AND automatic
                                 AND :last_purchase_on IS NOT NULL), stage_id),
           studies = max(studies, :bought),
           source_id = ifnull(source_id, :source_id),
           manager = ifnull(manager, :manager),
           birthday = ifnull(birthday, :birthday),
           sex = ifnull(sex, :sex),
           note = CASE WHEN :note IS NULL OR note = :note THEN note WHEN note IS NULL THEN :note
                       ELSE note || '; ' || :note END,
           trial_spent = max(trial_spent, :trial_spent),
           last_visit_on = max(ifnull(last_visit_on, :last_visit_on), ifnull(:last_visit_on, last_visit_on)),
           last_purchase_on = max(ifnull(last_purchase_on, :last_purchase_on),
                                  ifnull(:last_purchase_on, last_purchase_on))
     WHERE id = :id
"""


class Spool:
    """The temporary tables of one import; `add` is quick, `copy` writes everything in the current transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in SPOOLED}
        self._inserts = {}
        for table, columns in SPOOLED.items():
            db.execute(f"DROP TABLE IF EXISTS temp.spool_{table}")
            db.execute(f"CREATE TEMP TABLE spool_{table} ({_definitions(columns)})")
            marks = ", ".join("?" * len(columns.split(",")))
            self._inserts[table] = f"INSERT INTO temp.spool_{table} VALUES ({marks})"  # noqa: S608

        for table in ("membership", "subscription"):
            db.execute(f"CREATE INDEX temp.spool_{table}_of_student ON spool_{table} (student_id)")

    def add(self, table: str, *values: Any) -> None:
        """Gather one row, its values in the order of SPOOLED."""
        waiting = self._waiting[table]
        waiting.append(values)
        if len(waiting) >= CHUNK:
            self.flush(table)

    def flush(self, table: str) -> None:
        """Send the waiting rows of a table to its temporary table, so that they can be corrected there."""
        if waiting := self._waiting[table]:
            insert_many(self._db, self._inserts[table], waiting)
            waiting.clear()

    def finish(self) -> None:
        """Send everything that waits."""
        for table in SPOOLED:
            self.flush(table)

    def copy(self) -> int:
        """Write all gathered rows in the order of their foreign keys; return how many contracts that makes."""
        for table, columns in SPOOLED.items():
            if table != "contract":
                self._db.execute(
                    f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM temp.spool_{table}"  # noqa: S608
                    + _TWICE.get(table, "")
                )
        return self._db.execute(_COPY_CONTRACTS).rowcount


def insert_many(db: sqlite3.Connection, insert: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows into a temporary table together: each by itself would be a transaction."""
    own_transaction = not db.in_transaction  # planned anew under the lock there is one already
    if own_transaction:
        db.execute("BEGIN")
    db.executemany(insert, rows)
    if own_transaction:
        db.execute("COMMIT")


def _definitions(columns: str) -> str:
    return columns.replace("id,", "id INTEGER PRIMARY KEY,", 1) if columns.startswith("id,") else columns
