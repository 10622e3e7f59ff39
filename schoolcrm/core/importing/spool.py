"""Rows on their way into the database: gathered in temporary tables before the lock is taken (R65).

An import may read for seconds; the school's file is locked only while the gathered rows are copied over.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from schoolcrm.core.store.numbering import last_number

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

_NUMBERED = frozenset({"contact", "student_subject", "membership", "subscription", "payment"})
"""Tables whose records get their numbers when they are copied."""

# Rows of one family may name the same contract; the school counts its contracts on.
_COPY_CONTRACTS = """
    INSERT INTO main.contract (id, client_id, number, amount, signed_on, first_on, last_on, school_number)
    SELECT :last + min(rowid), client_id, number, amount, signed_on, first_on, last_on,
           (SELECT ifnull(max(school_number), 0) FROM main.contract) + row_number() OVER (ORDER BY min(rowid))
      FROM temp.spool_contract
     GROUP BY client_id, number, amount, signed_on, first_on, last_on
"""

# A second child's row completes its client: a bought subscription wins, any status is more than a new one,
# later days win, empty facts are filled. Updates put rows together the same way.
_COMPLETE_CLIENT = """
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
        self._completions: list[dict[str, Any]] = []
        self._inserts = {}
        for table, columns in SPOOLED.items():
            db.execute(f"DROP TABLE IF EXISTS temp.spool_{table}")
            db.execute(f"CREATE TEMP TABLE spool_{table} ({_definitions(columns)})")
            marks = ", ".join("?" * len(columns.split(",")))
            self._inserts[table] = f"INSERT INTO temp.spool_{table} VALUES ({marks})"  # noqa: S608

    def add(self, table: str, *values: Any) -> None:
        """Gather one row, its values in the order of SPOOLED."""
        waiting = self._waiting[table]
        waiting.append(values)
        if len(waiting) >= CHUNK:
            self._flush(table)

    def complete_client(self, values: dict[str, Any]) -> None:
        """Gather what a further row says of a client gathered before, by the names in _COMPLETE_CLIENT."""
        self._completions.append(values)
        if len(self._completions) >= CHUNK:
            self._complete_clients()

    def finish(self) -> None:
        """Send everything that waits."""
        for table in SPOOLED:
            self._flush(table)
        self._complete_clients()

    def drop_repeated(self, table: str, columns: str) -> int:
        """Keep the first of the rows that agree in these columns; return how many were dropped. After `finish`."""
        first = f"SELECT min(rowid) FROM temp.spool_{table} GROUP BY {columns}"  # noqa: S608
        query = f"DELETE FROM temp.spool_{table} WHERE rowid NOT IN ({first})"  # noqa: S608
        return self._db.execute(query).rowcount

    def copy(self) -> int:
        """Write all gathered rows in the order of their foreign keys; return how many contracts that makes."""
        for table, columns in SPOOLED.items():
            if table == "contract":
                continue
            into, values = (f"id, {columns}", f":last + rowid, {columns}") if table in _NUMBERED else (columns, columns)
            last = last_number(self._db, table) if table in _NUMBERED else 0
            self._db.execute(
                f"INSERT INTO main.{table} ({into}) SELECT {values} FROM temp.spool_{table}"  # noqa: S608
                + _TWICE.get(table, ""),
                {"last": last},
            )
        return self._db.execute(_COPY_CONTRACTS, {"last": last_number(self._db, "contract")}).rowcount

    def _flush(self, table: str) -> None:
        """Send the waiting rows of a table to its temporary table."""
        if waiting := self._waiting[table]:
            insert_many(self._db, self._inserts[table], waiting)
            waiting.clear()

    def _complete_clients(self) -> None:
        """Complete the gathered clients, all together: one by one, each would be a transaction."""
        self._flush("client")
        if self._completions:
            insert_many(self._db, _COMPLETE_CLIENT, self._completions)
            self._completions.clear()


def insert_many(
    db: sqlite3.Connection, insert: str, rows: Sequence[Sequence[Any]] | Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows into a temporary table together, or change them: each by itself would be a transaction."""
    own_transaction = not db.in_transaction  # planned anew under the lock there is one already
    if own_transaction:
        db.execute("BEGIN")
    db.executemany(insert, rows)
    if own_transaction:
        db.execute("COMMIT")


def _definitions(columns: str) -> str:
    return columns.replace("id,", "id INTEGER PRIMARY KEY,", 1) if columns.startswith("id,") else columns
