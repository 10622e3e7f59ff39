"""What happens to a client moves the status at once, in the same transaction (R7).

The operations that record, sell and mark call these; each writes the client and the history together.
"""

import sqlite3
from datetime import date

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.loyalty import count_purchases, stage_after_sale
from schoolcrm.core.rules.status import BACK, MOVES, Event, base_after, first_base
from schoolcrm.core.statuses.catalogue import automatic_status, living_status
from schoolcrm.core.statuses.change import Change, write_changes
from schoolcrm.core.statuses.facts import read_facts, terminations_of
from schoolcrm.core.store.cells import client_name, stored_day
from schoolcrm.core.store.transaction import WritableSchool

_NOW = """
    SELECT status.id, status.base, stage.id, stage.base
      FROM client
      JOIN status ON status.id = client.status_id
      JOIN status AS stage ON stage.id = client.stage_id
     WHERE client.id = ?
"""
_PURCHASES = """
    SELECT count(purchase.subscription_id), max(purchase.sold_on), client.last_purchase_on
      FROM client LEFT JOIN purchase ON purchase.client_id = client.id
     WHERE client.id = ?
"""
# The last time the client came into a base from outside it: moves between its own statuses don't count, nor
# do returns to where an event had led before, for it is that event's own status before that is asked for.
_LAST_ENTRY = """
    SELECT status_change.from_id, status_change.reason
      FROM status_change
      JOIN status AS target ON target.id = status_change.to_id
      LEFT JOIN status AS origin ON origin.id = status_change.from_id
     WHERE status_change.client_id = ? AND status_change.scale = 'funnel'
       AND target.base = ? AND origin.base IS NOT target.base
       AND status_change.reason NOT IN ('trial-missed', 'sale-withdrawn')
     ORDER BY status_change.id DESC LIMIT 1
"""
_SALE = """
    SELECT from_id FROM status_change
     WHERE client_id = ? AND scale = 'funnel' AND reason = 'sale' AND subscription_id = ?
"""


def first_statuses(db: sqlite3.Connection, *, outside: bool = False, has_students: bool = False) -> tuple[int, int]:
    """Return the status and the stage to record a new client with (R7).

    `outside`: recorded as not of this school, which without students is for the administrator.
    """
    base = first_base(outside=outside, has_students=has_students)
    return automatic_status(db, "funnel", base), automatic_status(db, "loyalty", "newcomer")


def status_outside(db: sqlite3.Connection, client_id: int, *, with_students: bool = False) -> int:
    """Return the status of the client as one who is not of this school: for the administrator (R7).

    It is the one that the client has where its base is the same. Raises Refused for a client who has students, or is
    about to.
    """
    status_id, base, _stage_id, _stage = _now(db, client_id)
    if base == "for-admin":
        return status_id
    students = "SELECT EXISTS (SELECT 1 FROM student WHERE client_id = ? AND archived_on IS NULL)"
    if with_students or db.execute(students, (client_id,)).fetchone()[0]:
        raise Refused(
            _("A client with students is of this school: {client}.").format(client=client_name(db, client_id)),
            _("'schoolcrm status set for-admin {id}' puts one there by hand all the same.").format(id=client_id),
        )
    return automatic_status(db, "funnel", "for-admin")


def client_recorded(school: WritableSchool, client_id: int, *, reason: str = "recorded") -> None:
    """Begin the history of a client who was just written, with the status and stage of the row (R10)."""
    status_id, _base, stage_id, _stage = _now(school.db, client_id)
    write_changes(
        school,
        [
            Change(client_id, "funnel", None, status_id, reason),
            Change(client_id, "loyalty", None, stage_id, reason),
        ],
    )


def student_added(school: WritableSchool, client_id: int) -> None:
    """A client who was for the administrator and gets a student is a new one of this school (R7)."""
    _happened(school, client_id, Event.STUDENT_ADDED)


def subscription_sold(school: WritableSchool, client_id: int, subscription_id: int) -> None:
    """A subscription that is not a trial one was sold, paid or on credit: `bought` (R7).

    The first purchase also makes the stage `active` at once, as does one that a former client makes (R9).
    """
    _happened(school, client_id, Event.SOLD, subscription_id=subscription_id)
    _status_id, _base, stage_id, stage = _now(school.db, client_id)
    purchases = count_purchases(*_purchase_facts(school.db, client_id))
    terminated = any(on <= school.today for on in terminations_of(school.db, client_id))
    due = stage_after_sale(stage, purchases, terminated=terminated)
    if due != stage:
        to_id = automatic_status(school.db, "loyalty", due)
        write_changes(school, [Change(client_id, "loyalty", stage_id, to_id, "sale", subscription_id=subscription_id)])


def purchases_came(school: WritableSchool, client_id: int, student_id: int) -> None:
    """A student came who has bought: `bought`, as if it were sold now (R7, R53); the stage is set apart."""
    query = "SELECT max(subscription_id) FROM purchase WHERE student_id = ?"
    (subscription_id,) = school.db.execute(query, (student_id,)).fetchone()
    if subscription_id is not None:
        _happened(school, client_id, Event.SOLD, subscription_id=subscription_id)


def sale_withdrawn(school: WritableSchool, client_id: int, subscription_id: int) -> None:
    """A sale was deleted: if it was the only purchase, the status before that sale is back (R7).

    Call it once the subscription is marked as deleted. The stage follows at the next recompute (R9).
    """
    if count_purchases(*_purchase_facts(school.db, client_id)).made == 0:
        row = school.db.execute(_SALE, (client_id, subscription_id)).fetchone()
        earlier_id = row[0] if row else _status_before(school.db, client_id, Event.SOLD)
        _happened(school, client_id, Event.SALE_WITHDRAWN, subscription_id=subscription_id, earlier_id=earlier_id)


def contract_terminated(school: WritableSchool, client_id: int, contract_id: int) -> None:
    """The contract was terminated: if it was the last that ran, and nothing was bought since, `former` (R9).

    At once from its day on; a day to come is left to the recompute. A stage set by hand after that day stays.
    """
    (text,) = school.db.execute("SELECT terminated_on FROM contract WHERE id = ?", (contract_id,)).fetchone()
    on = stored_day(text)
    facts = next(read_facts(school.db, client_id), None)
    if on is None or on > school.today or facts is None or on not in terminations_of(school.db, client_id):
        return
    former = automatic_status(school.db, "loyalty", "former")
    stage = _now(school.db, client_id)[3]
    if stage != "former" and (facts.stage_kept_on is None or facts.stage_kept_on <= on):
        note = on.isoformat()
        write_changes(school, [Change(client_id, "loyalty", facts.stage_id, former, "termination", note)])


def contract_reinstated(school: WritableSchool, client_id: int) -> None:
    """A termination was taken back: who is `former` has at once the stage that a recompute would set (R9)."""
    from schoolcrm.core.statuses.recompute import settle_stages

    if _now(school.db, client_id)[3] == "former":
        settle_stages(school, [client_id])


def trial_booked(school: WritableSchool, client_id: int, on: date) -> None:
    """A day was set for the client's trial lesson: `trial-booked` (R7, R12a)."""
    _happened(school, client_id, Event.TRIAL_BOOKED, note=on.isoformat())


def trial_missed(school: WritableSchool, client_id: int) -> None:
    """The trial lesson that was booked was cancelled or missed: the status before booking is back (R7)."""
    earlier_id = _status_before(school.db, client_id, Event.TRIAL_BOOKED)
    _happened(school, client_id, Event.TRIAL_MISSED, earlier_id=earlier_id)


def trial_attended(school: WritableSchool, client_id: int, on: date) -> None:
    """The trial lesson of that day was attended and nothing is bought yet: `trial-done` (R7, R12).

    Who once bought, left, and booked a trial since, has attended it too: nothing else would end the booking.
    """
    _status_id, base, _stage_id, _stage = _now(school.db, client_id)
    if base == "trial-booked" or count_purchases(*_purchase_facts(school.db, client_id)).made == 0:
        _happened(school, client_id, Event.TRIAL_ATTENDED, note=on.isoformat())


def trial_withdrawn(school: WritableSchool, client_id: int) -> None:
    """The trial turned out not to be attended, or its mark is gone: the status before it is back (R12)."""
    earlier_id = _status_before(school.db, client_id, Event.TRIAL_ATTENDED)
    _happened(school, client_id, Event.TRIAL_WITHDRAWN, earlier_id=earlier_id)


def require_active(db: sqlite3.Connection, client_id: int) -> None:
    """Raise Refused for a deleted client, who can't be sold to, booked or marked until restored (R7)."""
    name, base = db.execute(
        "SELECT client.name, status.base FROM client JOIN status ON status.id = client.status_id WHERE client.id = ?",
        (client_id,),
    ).fetchone()
    if base == "deleted":
        raise Refused(
            _("{name} is deleted and takes part in nothing.").format(name=name),
            _("Restore the client first: 'schoolcrm clients restore {id}'.").format(id=client_id),
        )


def _happened(
    school: WritableSchool,
    client_id: int,
    event: Event,
    *,
    note: str | None = None,
    subscription_id: int | None = None,
    earlier_id: int | None = None,
) -> None:
    """Move the client as the table of R7 says; `earlier_id` is the status that BACK means, None: stay.

    A status before that was deleted meanwhile has the automatic one of its base in its place (R5).
    """
    status_id, base, _stage_id, _stage = _now(school.db, client_id)
    target = base_after(event, base)
    if target is None:
        return
    if target != BACK:
        to_id = automatic_status(school.db, "funnel", target)
    elif earlier_id is None:
        return
    else:
        to_id = living_status(school.db, earlier_id)
    reason = MOVES[event].reason
    write_changes(school, [Change(client_id, "funnel", status_id, to_id, reason, note, subscription_id)])


def _now(db: sqlite3.Connection, client_id: int) -> tuple[int, str, int, str]:
    status_id, base, stage_id, stage = db.execute(_NOW, (client_id,)).fetchone()
    return status_id, base, stage_id, stage


def _purchase_facts(db: sqlite3.Connection, client_id: int) -> tuple[int, date | None, date | None]:
    count, last_sale_on, imported_on = db.execute(_PURCHASES, (client_id,)).fetchone()
    return count, stored_day(last_sale_on), stored_day(imported_on)


def _status_before(db: sqlite3.Connection, client_id: int, event: Event) -> int | None:
    """Return the status from which that kind of event last brought the client into its base.

    None when the client came there in another way, by hand for example: then there is no way back.
    """
    move = MOVES[event]
    row = db.execute(_LAST_ENTRY, (client_id, move.to)).fetchone()
    return row[0] if row and row[1] == move.reason else None
