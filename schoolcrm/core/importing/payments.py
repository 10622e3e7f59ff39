"""Payments from a file: whose, when, how much; what is there already is passed over (R37, R66)."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import RejectedRow
from schoolcrm.core.importing.payment_fields import PAYMENT_FIELDS, payment_readers
from schoolcrm.core.importing.people_named import NamedPeople, Said
from schoolcrm.core.importing.records import Record, Records, required
from schoolcrm.core.importing.transfer import STEP, Kind, Progress, TableFile, Transferred, Wishes, transfer
from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.money.payments import check_amount, effect_of
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.names import closest, excerpt, fold
from schoolcrm.core.store.transaction import WritableSchool

PAYMENTS = Kind("payments", "payments import", PAYMENT_FIELDS)

_CHUNK = 2_000
_GATHERED = "client_id, student_id, kind, on_date, amount, effect, account_key, payer, note, line"
_WRITE = """
    INSERT INTO payment (client_id, student_id, kind, on_date, amount, effect, account_id, payer, note)
    SELECT said.client_id, said.student_id, said.kind, said.on_date, said.amount, said.effect, account.id, said.payer,
           said.note
      FROM temp.imported_payment AS said LEFT JOIN account ON account.name_key = said.account_key
     ORDER BY said.line
"""
_ALIKE = """
    SELECT count(*)
      FROM payment LEFT JOIN account ON account.id = payment.account_id
     WHERE payment.client_id = ? AND payment.on_date = ? AND payment.amount = ? AND payment.kind = ?
       AND account.name_key IS ? AND payment.note IS ?
"""
_COMING_IN = "SELECT ifnull(sum(effect), 0) FROM temp.imported_payment WHERE client_id = ?"


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


class _Key(NamedTuple):
    """What two writings of the same payment have in common."""

    client: int
    on: str
    amount: int
    kind: str
    account: str | None
    note: str | None


class PaymentPlan:
    """Takes the rows one by one; refunds wait until all money that comes in is known (R37)."""

    def __init__(self, db: sqlite3.Connection, today: date, wishes: Wishes) -> None:
        self.rejected: list[RejectedRow] = []
        self.count = self.amount = self.skipped = self.passed_over = 0
        self.new_accounts: dict[str, str] = {}
        self._db = db
        self._wishes = wishes
        self.readers = payment_readers(today, even_so=wishes.even_so)
        self._people = NamedPeople(db)
        self._accounts: dict[str, str] = dict(db.execute("SELECT name_key, name FROM account"))
        self._times: Counter[_Key] = Counter()
        self._refunds: list[tuple[_Key, Record, tuple[Any, ...]]] = []
        self._waiting: list[tuple[Any, ...]] = []
        db.execute("DROP TABLE IF EXISTS temp.imported_payment")
        db.execute(f"CREATE TEMP TABLE imported_payment ({_GATHERED})")
        db.execute("CREATE INDEX temp.imported_payment_of_client ON imported_payment (client_id)")

    @property
    def good(self) -> int:
        """Rows that were understood."""
        return self.count + self.skipped

    def add(self, record: Record) -> None:
        """Gather the row's payment, unless it is there already; BadValue rejects the row."""
        values = record.values
        if values.get("voided"):
            self.skipped += 1
            return
        kind = values.get("kind", "income")
        amount = required(values, "amount", _("amount"))
        on = required(values, "date", _("date")).isoformat()
        check_amount(kind, amount)
        client, student = self._whose(values)
        account = self._account(values.get("account", ""))
        key = _Key(client, on, amount, kind, account, values.get("note") or None)
        self._times[key] += 1
        if self._times[key] <= self._already(key):
            self.skipped += 1
            return
        whose, what = (client, student), (kind, on, amount, effect_of(kind, amount), account)
        row = (*whose, *what, values.get("payer"), key.note, record.line)
        if kind == "refund" and not self._wishes.even_so:
            self._refunds.append((key, record, row))
        else:
            self._gather(row)

    def finish(self) -> None:
        """Let refunds through, by their days, as long as the balance has the money (R37)."""
        self._flush()
        left: dict[int, int] = {}
        for key, record, row in sorted(self._refunds, key=lambda refund: (refund[0].on, refund[1].line)):
            if key.client not in left:
                coming = self._db.execute(_COMING_IN, (key.client,)).fetchone()[0]
                left[key.client] = balance(self._db, key.client) + coming
            if key.amount > left[key.client]:
                self.rejected.append(record.rejected(_too_large(key.amount, left[key.client])))
            else:
                left[key.client] -= key.amount
                self._gather(row)
        self._flush()
        self.rejected.sort(key=lambda row: row.line)

    def write(self, school: WritableSchool) -> None:
        """Write the gathered payments, and the accounts that are new."""
        from schoolcrm.core.learning.catalogues import entry_or_new

        for name in self.new_accounts.values():
            entry_or_new(school, "accounts", name, new=True)
        school.db.execute(_WRITE)

    def _whose(self, values: Mapping[str, Any]) -> tuple[int, int | None]:
        """Return the client, and the student if the row names one; BadValue."""
        phones = tuple(values.get("phone", ()))
        name, student_name = values.get("client", ""), values.get("student", "")
        if "client_id" in values or name:
            client = self._people.client(Said(values.get("client_id"), name, phones))
            return client, self._people.student_of(client, student_name) if student_name else None
        if student_name:
            student = self._people.student(Said(name=student_name, phones=phones))
            return self._people.client_of(student), student
        if phones:
            return self._people.client(Said(phones=phones)), None
        raise BadValue(_("The row names neither a client nor a student."))

    def _account(self, name: str) -> str | None:
        """Return the key of the account of that name; a new one is only taken when that is wished (R20)."""
        key = fold(name)
        if not key:
            return None
        if key not in self._accounts:
            if not self._wishes.new:
                near = closest(name, self._accounts.values()) or list(self._accounts.values())[:5]
                sentence = _("No payment account is called {name}; there are: {names}. With --new it is added.")
                raise BadValue(sentence.format(name=f"«{excerpt(name)}»", names=", ".join(near)))
            self._accounts[key] = self.new_accounts[key] = name
        return key

    def _already(self, key: _Key) -> int:
        """Return how many such payments the database holds, void ones too: they are not to come back."""
        asked = (key.client, key.on, key.amount, key.kind, key.account, key.note)
        return int(self._db.execute(_ALIKE, asked).fetchone()[0])

    def _gather(self, row: tuple[Any, ...]) -> None:
        self.count += 1
        self.amount += row[5]
        self._waiting.append(row)
        if len(self._waiting) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        marks = ", ".join("?" * len(_GATHERED.split(",")))
        self._db.executemany(f"INSERT INTO temp.imported_payment VALUES ({marks})", self._waiting)  # noqa: S608
        self._waiting.clear()


def _planned(plan: PaymentPlan, file: TableFile, progress: Progress | None) -> PaymentPlan:
    records = Records(file.source, file.headings, plan.readers, ("date",))
    for count, record in enumerate(records, start=1):
        if isinstance(record, RejectedRow):
            plan.rejected.append(record)
            continue
        try:
            plan.add(record)
        except BadValue as fault:
            plan.rejected.append(record.rejected(fault))
        if progress is not None and count % STEP == 0:
            progress(count)
    plan.finish()
    plan.passed_over = records.passed_over
    return plan


def _too_large(amount: int, held: int) -> BadValue:
    sentence = _("The refund of {amount} is larger than the balance of {balance}. --even-so records it all the same.")
    return BadValue(sentence.format(amount=human_money(amount), balance=human_money(held)))
