"""Rows on their way into the database: gathered in temporary tables before the lock is taken (R65).

An import may read for seconds; the school's file is locked only while the gathered rows are copied over.
"""

import sqlite3
from typing import Any, NamedTuple

from schoolcrm.core.importing.gathering import CHUNK, Gathered, Gathering, together
from schoolcrm.core.store.journal import recorded_together
from schoolcrm.core.store.numbering import last_number

# The temporary tables. What nearly every row says, and once, stands with its client or student: one record on its way
# instead of five. What is the same for all is added when they are copied. Ids given here are final.
SPOOLED = {
    "source": "id, name, name_key",
    "subject": "id, name, name_key",
    "level": "id, name, name_key",
    "teacher": "id, name, name_key",
    "field": "id, entity, name, name_key, type",
    "study_group": "id, name, name_key, subject_id",
    "plan": "id, name, name_key, price",
    "client": "id, name, name_key, status_id, stage_id, studies, birthday, sex, source_id, manager, note, trial_spent,"
    " last_visit_on, last_purchase_on, mobile, mobile_note",
    "contact": "client_id, kind, value, value_key, note",
    "student": "id, client_id, name, name_key, birthday, sex, note, balance, subject_id, level_id, teacher_id,"
    " group_id, plan_id, price",
    "client_field": "client_id, field_id, value",
    "student_field": "student_id, field_id, value",
    "student_teacher": "student_id, teacher_id",
    "student_subject": "student_id, subject_id, level_id",
    "membership": "group_id, student_id",
    "subscription": "student_id, plan_id, price",
    "contract": "client_id, number, amount, signed_on, first_on, last_on",
}

COPIED = frozenset(SPOOLED) | {"payment"}
"""The tables of the school that get records."""

_TERMS = "'lesson', {price}, 'by-lesson', 0, 0, 0"
_TERMS_NAMED = "kind, price, billing, separate, burn, stop_at_end"
_SUBSCRIPTION = f"student_id, plan_id, origin, is_trial, sold_on, first_on, {_TERMS_NAMED}"
_SOLD = f"'import', 0, :today, :today, {_TERMS.format(price='price')}"


class _Copy(NamedTuple):
    """How gathered rows of a temporary table become records of a table of the school.

    Each gets the next number with `numbered`. `twice` says what to do with what two rows of a file say alike.
    """

    table: str
    into: str
    values: str
    source: str
    where: str = ""
    twice: str = ""
    numbered: bool = False

    @property
    def only_adds(self) -> bool:
        """Whether it does nothing but add records, with numbers above those that are there or of such students."""
        is_new = self.numbered or self.into.startswith("id, ") or self.source == "student"
        return is_new and self.twice in ("", _NOTHING)


def _as_gathered(table: str, into: str = "", values: str = "", twice: str = "") -> _Copy:
    columns = SPOOLED[table]
    return _Copy(table, columns + into, columns + values, table, twice=twice)


def _of_student(table: str, columns: str, values: str, where: str) -> _Copy:
    return _Copy(table, columns, values, "student", where, numbered=True)


def _further(table: str, columns: str, values: str = "", twice: str = "") -> _Copy:
    return _Copy(table, columns, values or columns, table, twice=twice, numbered=True)


_NOTHING = " ON CONFLICT DO NOTHING"
_FIRST_LEVEL = (
    " ON CONFLICT DO UPDATE SET level_id = excluded.level_id WHERE level_id IS NULL AND excluded.level_id IS NOT NULL"
)
_ONE_TEXT = (
    " ON CONFLICT DO UPDATE SET value = value || '; ' || excluded.value"
    " WHERE value <> excluded.value AND (SELECT type FROM field WHERE field.id = excluded.field_id) = 'text'"
)
_CLIENT = SPOOLED["client"].removesuffix(", mobile, mobile_note")
_STUDENT = SPOOLED["student"].partition(", balance")[0]

# In the order in which foreign keys allow the records to be written.
_COPIES = (
    *map(_as_gathered, ("source", "subject", "level", "teacher", "field")),
    _as_gathered("study_group", ", created_on", ", :today"),
    _Copy("plan", f"id, name, name_key, {_TERMS_NAMED}", f"id, name, name_key, {_TERMS.format(price='price')}", "plan"),
    _Copy("client", f"{_CLIENT}, created_on", f"{_CLIENT}, :today", "client"),
    _Copy(
        "contact",
        "client_id, kind, value, value_key, note",
        "id, 'mobile', mobile, mobile, mobile_note",
        "client",
        "mobile IS NOT NULL",
        numbered=True,
    ),
    _further("contact", SPOOLED["contact"], twice=_NOTHING),
    _Copy("student", f"{_STUDENT}, created_on", f"{_STUDENT}, :today", "student"),
    _as_gathered("client_field", twice=_ONE_TEXT),
    _as_gathered("student_field", twice=_ONE_TEXT),
    _Copy("student_teacher", "student_id, teacher_id", "id, teacher_id", "student", "teacher_id IS NOT NULL"),
    _as_gathered("student_teacher", twice=_NOTHING),
    _of_student("student_subject", SPOOLED["student_subject"], "id, subject_id, level_id", "subject_id IS NOT NULL"),
    _further("student_subject", SPOOLED["student_subject"], twice=_FIRST_LEVEL),
    _of_student("membership", "group_id, student_id, first_on", "group_id, id, :today", "group_id IS NOT NULL"),
    _further("membership", "group_id, student_id, first_on", "group_id, student_id, :today"),
    _of_student("subscription", _SUBSCRIPTION, f"id, plan_id, {_SOLD}", "plan_id IS NOT NULL"),
    _further("subscription", _SUBSCRIPTION, f"student_id, plan_id, {_SOLD}"),
    _of_student(
        "payment",
        "client_id, student_id, kind, on_date, amount, effect, note",
        "client_id, id, 'adjustment', :today, balance, balance, :note",
        "balance IS NOT NULL",
    ),
)

_ADDED_TO = tuple(dict.fromkeys(each.table for each in _COPIES if each.only_adds))

# What a further row of a student repeats.
_REPEATED = {
    "membership": ("group_id, student_id", "student.group_id = spool_membership.group_id"),
    "subscription": ("student_id, price", "student.price = spool_subscription.price"),
}

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


class Spool(Gathering):
    """The temporary tables of one import; `add` is quick, `copy` writes everything in the current transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__(
            db, {table: Gathered(f"spool_{table}", _definitions(columns)) for table, columns in SPOOLED.items()}
        )
        self._completions: list[dict[str, Any]] = []

    def complete_client(self, values: dict[str, Any]) -> None:
        """Gather what a further row says of a client gathered before, by the names in _COMPLETE_CLIENT."""
        self._completions.append(values)
        if len(self._completions) >= CHUNK:
            self._complete_clients()

    def finish(self) -> None:
        """Send everything that waits."""
        super().finish()
        self._complete_clients()

    def drop_repeated(self, table: str) -> int:
        """Keep the first of the memberships or subscriptions that are alike; return how many were dropped.

        To be called after `finish`.
        """
        columns, said_before = _REPEATED[table]
        query = f"""
            DELETE FROM temp.spool_{table}
             WHERE rowid NOT IN (SELECT min(rowid) FROM temp.spool_{table} GROUP BY {columns})
                OR EXISTS (SELECT 1 FROM temp.spool_student AS student WHERE student.id = student_id AND {said_before})
        """  # noqa: S608
        return self._db.execute(query).rowcount

    def copy(self, today: str, note: str) -> int:
        """Write all gathered rows, from that day on, balances with that note; return how many contracts that makes."""
        meant = {"today": today, "note": note}
        with recorded_together(self._db, *_ADDED_TO):
            for each in _COPIES:
                if each.only_adds:
                    self._copy(each, meant)
        for each in _COPIES:
            if not each.only_adds:
                self._copy(each, meant)
        return self._db.execute(_COPY_CONTRACTS, {"last": last_number(self._db, "contract")}).rowcount

    def _copy(self, each: _Copy, meant: dict[str, Any]) -> None:
        condition = each.where or "true"
        into, values = each.into, each.values
        if each.numbered:
            # The first gets its number, SQLite counts on from there.
            first = self._db.execute(f"SELECT min(rowid) FROM temp.spool_{each.source} WHERE {condition}")  # noqa: S608
            meant = meant | {"first": first.fetchone()[0], "last": last_number(self._db, each.table)}
            into = f"id, {into}"
            values = f"{':last + rowid' if each.twice else 'iif(rowid = :first, :last + 1, NULL)'}, {values}"
        self._db.execute(
            f"INSERT INTO main.{each.table} ({into})"  # noqa: S608
            f" SELECT {values} FROM temp.spool_{each.source} WHERE {condition}{each.twice}",
            meant,
        )

    def _complete_clients(self) -> None:
        """Complete the gathered clients, all together: one by one, each would be a transaction."""
        self._flush("client")
        if self._completions:
            with together(self._db):
                self._db.executemany(_COMPLETE_CLIENT, self._completions)
            self._completions.clear()


def _definitions(columns: str) -> str:
    return columns.replace("id,", "id INTEGER PRIMARY KEY,", 1) if columns.startswith("id,") else columns
