"""Payments from a file: whose, when, how much; what is there already is passed over (R37, R66)."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import Problem, RejectedRow
from schoolcrm.core.importing.gathering import insert_many
from schoolcrm.core.importing.payment_fields import PAYMENT_FIELDS, payment_readers
from schoolcrm.core.importing.people_named import NamedPeople, Said
from schoolcrm.core.importing.records import Record, Records, required
from schoolcrm.core.importing.rejected import RejectedRows
from schoolcrm.core.importing.transfer import STEP, Kind, Progress, TableFile, Transferred, Wishes, transfer
from schoolcrm.core.language import _, quoted
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.money.payments import check_amount, effect_of
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.names import excerpt, fold, known_names
from schoolcrm.core.rules.personal import read_name
from schoolcrm.core.store.defaults import default_names
from schoolcrm.core.store.numbering import last_number
from schoolcrm.core.store.transaction import WritableSchool

PAYMENTS = Kind(
    "payments", "payments import", PAYMENT_FIELDS, frozenset(("client", "student", "contact", "account", "status"))
)

_CHUNK = 2_000
_GATHERED = "client_id, student_id, kind, on_date, amount, effect, account_key, payer, note, line, cells"
_WRITE = """
    INSERT INTO payment (id, client_id, student_id, kind, on_date, amount, effect, account_id, payer, note)
    SELECT :last + row_number() OVER (ORDER BY said.line), said.client_id, said.student_id, said.kind, said.on_date,
           said.amount, said.effect, account.id, said.payer, nullif(said.note, '')
      FROM temp.imported_payment AS said LEFT JOIN account ON account.name_key = said.account_key
     WHERE said.fate = 'new'
     ORDER BY said.line
"""
# Void ones too: they are not to come back.
_KNOWN = """
    CREATE TEMP TABLE known_payment AS
    SELECT client_id, on_date, amount, kind, ifnull(account.name_key, '') AS account_key, ifnull(note, '') AS note,
           count(*) AS times
      FROM payment LEFT JOIN account ON account.id = payment.account_id
     WHERE client_id IN (SELECT client_id FROM temp.imported_payment)
     GROUP BY 1, 2, 3, 4, 5, 6
"""
_PASS_OVER_KNOWN = """
    UPDATE temp.imported_payment SET fate = 'there'
      FROM (SELECT said.place
              FROM (SELECT rowid AS place, client_id, on_date, amount, kind, account_key, note,
                           row_number() OVER (PARTITION BY client_id, on_date, amount, kind, account_key, note
                                                  ORDER BY line) AS nth
                      FROM temp.imported_payment) AS said
              JOIN temp.known_payment AS known USING (client_id, on_date, amount, kind, account_key, note)
             WHERE said.nth <= known.times) AS found
     WHERE imported_payment.rowid = found.place
"""
_REFUNDS = """
    SELECT rowid, client_id, amount, line, cells FROM temp.imported_payment
     WHERE kind = 'refund' AND fate = 'new' ORDER BY on_date, line
"""
_COMING_IN = """
    SELECT ifnull(sum(effect), 0) FROM temp.imported_payment
     WHERE client_id = ? AND kind <> 'refund' AND fate = 'new'
"""
_TOTALS = """
    SELECT ifnull(sum(fate = 'new'), 0), ifnull(sum(iif(fate = 'new', effect, 0)), 0), ifnull(sum(fate = 'there'), 0)
      FROM temp.imported_payment
"""


@dataclass(frozen=True, slots=True)
class ImportedPayments:
    """What an import of payments did; `amount` is the sum of what it moved on balances, in kopecks."""

    payments: int
    amount: int
    skipped: int
    passed_over: int
    accounts: tuple[str, ...]
    transferred: Transferred


def import_payments(
    path: Path, file: TableFile, today: date | None, *, user: str, progress: Progress | None = None
) -> ImportedPayments:
    """Import a file of payments as one operation (R66); raises RowsRefused as `transfer` does."""
    plan, done = transfer(
        path, file, today, user=user, plan=lambda db, day: _planned(PaymentPlan(db, day, file.wishes), file, progress)
    )
    accounts = tuple(plan.new_accounts.values())
    return ImportedPayments(plan.count, plan.amount, plan.skipped, plan.passed_over, accounts, done)


class PaymentPlan:
    """Takes the rows one by one; `settle` then tells which are there already, and which refunds have their money."""

    def __init__(self, db: sqlite3.Connection, today: date, wishes: Wishes) -> None:
        self.rejected = RejectedRows()
        self.count = self.amount = self.skipped = self.passed_over = 0
        self.new_accounts: dict[str, str] = {}
        self._db = db
        self._wishes = wishes
        self.readers = payment_readers(today, even_so=wishes.even_so)
        self._people = NamedPeople(db)
        self._accounts: dict[str, str] = dict(db.execute("SELECT name_key, name FROM account"))
        self._void = 0
        self._waiting: list[tuple[Any, ...]] = []
        db.execute("DROP TABLE IF EXISTS temp.imported_payment")
        db.execute(f"CREATE TEMP TABLE imported_payment ({_GATHERED}, fate DEFAULT 'new')")
        db.execute("CREATE INDEX temp.imported_payment_of_client ON imported_payment (client_id)")

    @property
    def good(self) -> int:
        """Rows that were understood."""
        return self.count + self.skipped

    def add(self, record: Record) -> None:
        """Gather the row's payment; BadValue rejects the row."""
        values = record.values
        if values.get("voided"):
            self._void += 1
            return
        kind = values.get("kind", "income")
        amount = required(values, "amount", _("amount"))
        on = required(values, "date", _("date")).isoformat()
        check_amount(kind, amount)
        client, student = self._whose(values)
        account = self._account(values.get("account", ""))
        cells = json.dumps(record.cells) if kind == "refund" else None
        what = (kind, on, amount, effect_of(kind, amount), account)
        payer = read_name(values["payer"]) if values.get("payer") and _names_someone(values) else None
        row = (client, student, *what, payer, values.get("note", ""), record.line, cells)
        self._waiting.append(row)
        if len(self._waiting) >= _CHUNK:
            self._flush()

    def reject(self, row: RejectedRow) -> None:
        """Note a row that says no payment."""
        self.rejected.add(row)

    def settle(self) -> None:
        """Tell apart what is there already; refunds go through, by their days, while there is money (R37)."""
        self._flush()
        self._db.execute("UPDATE temp.imported_payment SET fate = 'new'")
        self._db.execute("DROP TABLE IF EXISTS temp.known_payment")
        self._db.execute(_KNOWN)
        self._db.execute(_PASS_OVER_KNOWN)
        self.rejected.look_again()
        if not self._wishes.even_so:
            self._refuse_refunds()
        self.count, self.amount, known = self._db.execute(_TOTALS).fetchone()
        self.skipped = known + self._void

    def write(self, school: WritableSchool) -> None:
        """Write the gathered payments, and the accounts that are new."""
        from schoolcrm.core.learning.catalogues import entry_or_new

        for name in self.new_accounts.values():
            entry_or_new(school, "accounts", name, new=True)
        school.db.execute(_WRITE, {"last": last_number(school.db, "payment")})

    def _refuse_refunds(self) -> None:
        left: dict[int, int] = {}
        for place, client, amount, line, cells in self._db.execute(_REFUNDS).fetchall():
            if client not in left:
                coming = self._db.execute(_COMING_IN, (client,)).fetchone()[0]
                left[client] = balance(self._db, client) + coming
            if amount <= left[client]:
                left[client] -= amount
                continue
            row = RejectedRow(line, json.loads(cells), (_too_large(amount, left[client]),))
            self.rejected.add(row, again=True)
            self._db.execute("UPDATE temp.imported_payment SET fate = 'refused' WHERE rowid = ?", (place,))

    def _whose(self, values: Mapping[str, Any]) -> tuple[int, int | None]:
        """Return the client, and the student if the row names one; who paid is the client if nobody else is named.

        Raises BadValue.
        """
        phones = tuple(values.get("phone", ()))
        name, student_name = values.get("client", ""), values.get("student", "")
        if not _names_someone(values):
            name = values.get("payer", "")
        if "client_id" in values or name:
            client = self._people.client(self._people.said_of_client(name, phones, values.get("client_id")))
            return client, self._people.student_of(client, student_name) if student_name else None
        if student_name:
            student = self._people.student(self._people.said_of_student(student_name, phones))
            return self._people.client_of(student), student
        if phones:
            return self._people.client(Said(phones=phones)), None
        raise BadValue(_("The row names neither a client nor a student."))

    def _account(self, name: str) -> str:
        """Return the key of the account of that name; a new one is only taken when that is wished (R20)."""
        key = fold(name)
        if key and key not in self._accounts:
            key = next((each for each in default_names("account", name) if each in self._accounts), key)
        if key and key not in self._accounts:
            if not self._wishes.new:
                sentence = _("No payment account is called {name}; there are: {names}. With --new it is added.")
                names = known_names(name, self._accounts.values())
                raise BadValue(sentence.format(name=quoted(excerpt(name)), names=names))
            self._accounts[key] = self.new_accounts[key] = name
        return key

    def _flush(self) -> None:
        insert_many(self._db, f"temp.imported_payment ({_GATHERED})", self._waiting)
        self._waiting.clear()


def _planned(plan: PaymentPlan, file: TableFile, progress: Progress | None) -> PaymentPlan:
    records = Records(file.source, file.headings, plan.readers, ("date",))
    for count, record in enumerate(records, start=1):
        if isinstance(record, RejectedRow):
            plan.reject(record)
            continue
        try:
            plan.add(record)
        except BadValue as fault:
            plan.reject(record.rejected(fault))
        if progress is not None and count % STEP == 0:
            progress(count)
    plan.settle()
    plan.passed_over = records.passed_over
    return plan


def _names_someone(values: Mapping[str, Any]) -> bool:
    """Tell whether the row says whose payment it is, besides who paid."""
    return any(values.get(key) for key in ("client", "client_id", "student", "phone"))


def _too_large(amount: int, held: int) -> Problem:
    sentence = _("The refund of {amount} is larger than the balance of {balance}. --even-so records it all the same.")
    return Problem("", human_money(amount), sentence.format(amount=human_money(amount), balance=human_money(held)))
