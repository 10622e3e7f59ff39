"""What must hold in every school, whatever was done to it: money, marks, statuses (R1, R10, R12, R31, R36)."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.errors import DiskTrouble
from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.status import FUNNEL, LOYALTY
from schoolcrm.core.store.backup import CACHE, copy_database
from schoolcrm.core.store.checking import faults_of_file, faults_of_journal, faults_of_schema, lost_references
from schoolcrm.core.store.database import connect, database_errors, file_version
from schoolcrm.core.store.files import partial_file

MOST_NAMED = 5
"""So many violations of one kind are told in words; all are counted."""
_ATTENDED = 100
_NO_DAMAGE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR)


class Check(NamedTuple):
    """One thing that is checked: its code, what it is (English, to be translated), and what violates it."""

    code: str
    meaning: str
    violations: Callable[[sqlite3.Connection], Iterator[str]]


class Checked(NamedTuple):
    """What a check has found: how many violations, and the first of them in words."""

    code: str
    found: int
    examples: list[str]


_TWICE = "SELECT lesson_id, student_id FROM mark GROUP BY lesson_id, student_id HAVING count(*) > 1"
_OTHER_DAY = """
    SELECT mark.lesson_id, mark.student_id FROM lesson JOIN mark ON mark.lesson_id = lesson.id
     WHERE mark.on_date <> lesson.on_date
"""
_CHARGE = """
    SELECT mark.lesson_id, mark.student_id, mark.charge, mark.price, mark.share, mark.basis,
           subscription.kind, subscription.price, subscription.deleted_on,
           (SELECT json_group_array(percent) FROM discount
             WHERE discount.student_id = mark.student_id AND percent IS NOT NULL
               AND mark.on_date BETWEEN ifnull(discount.first_on, '') AND ifnull(discount.last_on, '9999-12-31'))
      FROM mark LEFT JOIN subscription ON subscription.id = mark.subscription_id
     WHERE charge <> (mark.price * share + 50) / 100 OR charge NOT BETWEEN 0 AND mark.price
        OR share NOT BETWEEN 0 AND 100 OR (basis IN ('none', 'trial', 'upfront') AND charge <> 0)
"""
# Those without an absence or a make-up that was paid in part, of nobody who has a discount: then it is plain
# what they sum to. A deleted one keeps the charges that it had.
_PACKAGES = """
    SELECT subscription.id, subscription.price, sum(mark.charge)
      FROM subscription JOIN mark ON mark.subscription_id = subscription.id
     WHERE subscription.kind = 'package' AND subscription.billing = 'by-lesson' AND subscription.deleted_on IS NULL
       AND mark.basis = 'paid' AND mark.share > 0
     GROUP BY subscription.id
    HAVING count(*) = subscription.lessons AND min(mark.share) = 100 AND sum(mark.charge) <> subscription.price
       AND sum(mark.student_id IN (SELECT student_id FROM discount)) = 0
"""
# Where no discount is: floor(P / N), of the last one what is left, whatever the share (R31).
_PRICES = """
    SELECT mark.lesson_id, mark.student_id FROM subscription JOIN mark ON mark.subscription_id = subscription.id
     WHERE kind = 'package' AND billing = 'by-lesson' AND deleted_on IS NULL AND mark.basis IN ('paid', 'over')
       AND mark.price <> subscription.price / lessons
       AND mark.price <> subscription.price - (lessons - 1) * (subscription.price / lessons)
       AND mark.student_id NOT IN (SELECT student_id FROM discount)
"""
_OTHER_ACCOUNT = """
    SELECT mark.lesson_id, mark.student_id FROM mark JOIN subscription ON subscription.id = mark.subscription_id
     WHERE (mark.separate_id IS NOT NULL) <> subscription.separate
"""
MERGED = """
    SELECT status_change.client_id
      FROM change JOIN status_change ON status_change.id = change.record
     WHERE change.entity = 'status_change' AND change.kind = 'update'
       AND json_extract(change.before, '$.client_id') <> status_change.client_id
"""
"""The clients who were put together with another, and have the histories of both: what the journal tells of."""
_CHAIN = f"""
    WITH history AS (
        SELECT client_id, scale, from_id, to_id,
               lag(to_id) OVER (PARTITION BY client_id, scale ORDER BY id) AS before,
               lead(id) OVER (PARTITION BY client_id, scale ORDER BY id) AS next
          FROM status_change
         WHERE client_id NOT IN ({MERGED}))
    SELECT history.client_id, history.scale
      FROM history JOIN client ON client.id = history.client_id
     WHERE from_id IS NOT before
        OR (next IS NULL AND to_id <> iif(scale = 'funnel', client.status_id, client.stage_id))
    UNION
    SELECT client.id, status.scale
      FROM client JOIN status ON status.id IN (client.status_id, client.stage_id)
     WHERE NOT EXISTS (SELECT 1 FROM status_change
                        WHERE status_change.client_id = client.id AND status_change.to_id = status.id)
"""  # noqa: S608
_OTHER_SCALE = """
    SELECT client.id FROM client
      JOIN status ON status.id = client.status_id JOIN status AS stage ON stage.id = client.stage_id
     WHERE status.scale <> 'funnel' OR stage.scale <> 'loyalty'
"""
_TRIALS = """
    SELECT client_id FROM trial WHERE state = 'booked' GROUP BY client_id HAVING count(*) > 1
    UNION
    SELECT client_id FROM trial
     WHERE state = 'attended' AND lesson_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.lesson_id = trial.lesson_id AND mark.attended)
    UNION
    SELECT client_id FROM trial WHERE state = 'booked' AND lesson_id IS NOT NULL
"""


def _marks(query: str) -> Callable[[sqlite3.Connection], Iterator[str]]:
    def violations(db: sqlite3.Connection) -> Iterator[str]:
        for lesson, student in db.execute(query):
            yield _("lesson {lesson}, student {student}").format(lesson=lesson, student=student)

    return violations


def _charges(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the marks whose charge is not their price × their share, rounded half up (R31).

    The price beside a mark is whole kopecks. A lesson of a `lesson` plan with a percentage off is charged by the
    price that was not rounded, which can be a kopeck more or less; it may also have the share of the rounded price,
    as versions up to 0.4 charged it. What a deleted subscription charged stays (R41), and its discount may be gone
    since: there any price that rounds to the mark's will do.
    """
    for lesson, student, charge, price, share, basis, kind, *sold in db.execute(_CHARGE):
        sound = basis == "paid" and kind == "lesson" and 0 <= charge <= price and 0 <= share <= _ATTENDED
        if not (sound and _rounded_once(charge, price, share, *sold)):
            yield _("lesson {lesson}, student {student}").format(lesson=lesson, student=student)


def _rounded_once(charge: int, price: int, share: int, whole: int, deleted_on: str | None, percents: str) -> bool:
    from schoolcrm.core.rules.discounts import WHOLE
    from schoolcrm.core.rules.money import prorate

    if deleted_on is not None:
        return prorate(2 * price - 1, share, 200) <= charge <= prorate(2 * price + 1, share, 200)
    left = (whole * (WHOLE - percent) for percent in json.loads(percents))
    return any((prorate(one, 1, WHOLE), prorate(one, share, 100 * WHOLE)) == (price, charge) for one in left)


def _balances(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the accounts whose balance is not what payments less charges come to, and marks on another one (R36)."""
    from schoolcrm.core.rules.money import human_money

    expected = {account: total for account, total in _added_up(db).items() if total}
    query = "SELECT client_id, account, balance FROM account_balance WHERE balance <> 0"
    told = {(client, account): balance for client, account, balance in db.execute(query)}
    for client, account in sorted(expected.keys() | told.keys()):
        sums = told.get((client, account), 0), expected.get((client, account), 0)
        if sums[0] != sums[1]:
            yield _("client {client}, account {account}: {told}, its entries sum to {expected}").format(
                client=client, account=account, told=human_money(sums[0]), expected=human_money(sums[1])
            )
    yield from _marks(_OTHER_ACCOUNT)(db)


def _added_up(db: sqlite3.Connection) -> dict[tuple[int, int], int]:
    """Return the sum of every account from the tables themselves, by client and account; no view has a part in it."""
    client_of = dict(db.execute("SELECT id, client_id FROM student"))
    totals: dict[tuple[int, int], int] = {}

    def add(client: int, account: int | None, amount: int) -> None:
        totals[client, account or 0] = totals.get((client, account or 0), 0) + amount

    payments = "SELECT client_id, separate_id, effect FROM payment WHERE voided_on IS NULL"
    for client, account, effect in db.execute(payments):
        add(client, account, effect)
    marks = "SELECT student_id, separate_id, sum(charge) FROM mark GROUP BY student_id, separate_id"
    for student, account, charge in db.execute(marks):
        add(client_of[student], account, -charge)
    owners = {
        number: (client_of[student], number if separate else 0)
        for number, student, separate in db.execute(
            "SELECT id, student_id, separate FROM subscription WHERE billing = 'upfront'"
        )
    }
    for subscription, amount in db.execute("SELECT subscription_id, amount FROM upfront_charge"):
        add(*owners[subscription], -amount)
    return totals


def _packages(db: sqlite3.Connection) -> Iterator[str]:
    from schoolcrm.core.rules.money import human_money

    for number, price, charged in db.execute(_PACKAGES):
        yield _("subscription {id}: price {price}, charged {charged}").format(
            id=number, price=human_money(price), charged=human_money(charged)
        )
    yield from _marks(_PRICES)(db)


def _upfront(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the subscriptions whose sale has not charged what R31 says; a deleted one has charged nothing (R41)."""
    from schoolcrm.core.money.terms import terms_of
    from schoolcrm.core.rules.prices import upfront_charges

    charged: dict[int, dict[str, int]] = {}
    for number, on, amount in db.execute("SELECT subscription_id, on_date, amount FROM upfront_charge"):
        charged.setdefault(number, {})[on] = amount
    query = "SELECT id FROM subscription WHERE billing = 'upfront' AND deleted_on IS NULL"
    living = [number for (number,) in db.execute(query)]
    for number in living:
        due = {on.isoformat(): amount for on, amount in upfront_charges(terms_of(db, number))}
        if due != charged.pop(number, {}):
            yield _("subscription {id}").format(id=number)
    yield from (_("subscription {id}").format(id=number) for number in charged)


def _automatic(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the bases that have no automatic status, or several (R2)."""
    query = "SELECT scale, base, count(*) FROM status WHERE automatic AND deleted_on IS NULL GROUP BY scale, base"
    counts = {(scale, base): count for scale, base, count in db.execute(query)}
    for scale, bases in (("funnel", FUNNEL), ("loyalty", LOYALTY)):
        found = {base: counts.get((scale, base), 0) for base in bases}
        yield from (f"{scale} {base}: {count}" for base, count in found.items() if count != 1)


def _history(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the clients whose history has a gap or does not end where they stand (R10)."""
    for client, scale in db.execute(_CHAIN):
        yield _("client {client}: {scale}").format(client=client, scale=scale)
    yield from (_("client {client}").format(client=client) for (client,) in db.execute(_OTHER_SCALE))


def _trials(db: sqlite3.Connection) -> Iterator[str]:
    for (client,) in db.execute(_TRIALS):
        yield _("client {client}").format(client=client)


CHECKS = (
    Check("file", N_("The file and its indexes are sound"), faults_of_file),
    Check("schema", N_("The tables are those of this program"), faults_of_schema),
    Check("references", N_("Everything that is referred to is there"), lost_references),
    Check("journal", N_("Every change is recorded in the history"), faults_of_journal),
    Check("marks", N_("One mark for each student and lesson"), _marks(_TWICE)),
    Check("mark-dates", N_("Marks stand on the day of their lesson"), _marks(_OTHER_DAY)),
    Check("charges", N_("Each charge is the price times its share"), _charges),
    Check("balances", N_("Balances are the sums of their entries"), _balances),
    Check("packages", N_("Lessons of packages cost their share, used-up packages their price"), _packages),
    Check("upfront", N_("Sales charged upfront have charged what the rule says"), _upfront),
    Check("statuses", N_("One automatic status for each base"), _automatic),
    Check("history", N_("Histories of statuses have no gap and end where the client stands"), _history),
    Check("trials", N_("Trial lessons agree with the marks"), _trials),
)


def check_school(path: Path) -> list[Checked]:
    """Return what every check has found, in their order; what can't even be read counts as a violation.

    A copy is checked, so that nobody waits for it; the file itself only where no copy can be laid beside it.
    Raises Damaged for a file that is not ours at all, Busy, DiskTrouble.
    """
    try:
        with partial_file(path) as copy:
            copy_database(path, copy)
            return _check_file(copy)
    except (OSError, DiskTrouble):
        return _check_file(path)


def _check_file(path: Path) -> list[Checked]:
    # Writable, though nothing is written: of a file opened for reading only, SQLite leaves out the CHECK constraints.
    with database_errors(path), closing(connect(path, writable=True)) as db:
        db.execute(f"PRAGMA cache_size = {CACHE}")
        db.execute("BEGIN")
        file_version(db, path)
        return [_carry_out(db, check) for check in CHECKS]


def _carry_out(db: sqlite3.Connection, check: Check) -> Checked:
    found = 0
    examples: list[str] = []
    try:
        for violation in check.violations(db):
            found += 1
            if len(examples) < MOST_NAMED:
                examples.append(violation)
    except (sqlite3.DatabaseError, LookupError, ValueError) as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _NO_DAMAGE:
            raise
        found += 1
        examples.append(str(error))
    return Checked(check.code, found, examples)
