"""Moving a student to another client: lessons, marks and subscriptions go along, payments stay with who paid (R53)."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.statuses.events import purchases_came, student_added, trial_booked, trial_missed
from schoolcrm.core.statuses.recompute import settle_stages
from schoolcrm.core.statuses.trials import open_booking, trial_used
from schoolcrm.core.store.transaction import WritableSchool

_STUDENT = """
    SELECT student.name, client.id, client.name FROM student JOIN client ON client.id = student.client_id
     WHERE student.id = ?
"""
_CLIENT = """
    SELECT client.name, NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)
      FROM client WHERE client.id = ?
"""
_PAID = """
    SELECT count(*), ifnull(sum(effect), 0) FROM payment WHERE client_id = ? AND student_id = ? AND voided_on IS NULL
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Who went from whom to whom, both balances afterwards (kopecks), and the payments for the student that stay.

    `cancelled_on`: the day of a trial lesson booked for the student, which the new client can't have.
    """

    id: int
    student: str
    origin_id: int
    origin: str
    origin_balance: int
    target_id: int
    target: str
    target_balance: int
    payments: int
    payments_sum: int
    cancelled_on: date | None = None


def move_student(school: WritableSchool, student_id: int, client_id: int) -> Moved:
    """Give the student, with all that hangs on the student, to another client (R53).

    What lessons and subscriptions cost follows the student and so changes both balances; what was paid for the
    student stays with who paid. Purchases make the new client `bought`, and both stages are set anew (R9). Raises
    Refused if the student is that client's already, and for a client on either side who is archived or deleted.
    """
    name, origin_id, origin = school.db.execute(_STUDENT, (student_id,)).fetchone()
    target = _require_visible(school.db, client_id)
    if client_id == origin_id:
        raise Refused(
            _("{student} is a student of {client} already.").format(student=name, client=target),
            _("Name another client with --to."),
        )
    _require_visible(school.db, origin_id)
    booked = open_booking(school.db, origin_id)
    school.db.execute("UPDATE student SET client_id = ? WHERE id = ?", (client_id, student_id))
    is_theirs = booked is not None and booked.student_id == student_id
    cancelled_on = _move_trials(school, student_id, origin_id, client_id, booked.on if booked and is_theirs else None)
    student_added(school, client_id)
    purchases_came(school, client_id, student_id)
    settle_stages(school, (origin_id, client_id))
    payments, payments_sum = school.db.execute(_PAID, (origin_id, student_id)).fetchone()
    return Moved(
        id=student_id,
        student=name,
        origin_id=origin_id,
        origin=origin,
        origin_balance=balance(school.db, origin_id),
        target_id=client_id,
        target=target,
        target_balance=balance(school.db, client_id),
        payments=payments,
        payments_sum=payments_sum,
        cancelled_on=cancelled_on,
    )


def _require_visible(db: sqlite3.Connection, client_id: int) -> str:
    """Return the client's name; raises Refused for one who is archived or deleted."""
    name, hidden = db.execute(_CLIENT, (client_id,)).fetchone()
    if hidden:
        raise Refused(
            _("{name} is archived or deleted.").format(name=name),
            _("Restore the client first: 'schoolcrm clients restore {id}'.").format(id=client_id),
        )
    return str(name)


def _move_trials(
    school: WritableSchool, student_id: int, origin_id: int, client_id: int, booked_on: date | None
) -> date | None:
    """Move the student's trials along; return the day of a booking that had to be cancelled.

    A booking can't come to a client who has one already or whose free trial is used up (R12).
    """
    refused = open_booking(school.db, client_id) is not None or trial_used(school.db, client_id)
    if booked_on is not None and refused:
        school.db.execute(
            "UPDATE trial SET state = 'cancelled' WHERE client_id = ? AND student_id = ? AND state = 'booked'",
            (origin_id, student_id),
        )
    school.db.execute(
        "UPDATE trial SET client_id = ? WHERE client_id = ? AND student_id = ?", (client_id, origin_id, student_id)
    )
    if booked_on is None:
        return None
    trial_missed(school, origin_id)
    if refused:
        return booked_on
    trial_booked(school, client_id, booked_on)
    return None
