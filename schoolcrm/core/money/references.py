"""Naming plans and subscriptions on the command line."""

import sqlite3
from collections.abc import Sequence

from schoolcrm.core.errors import Ambiguous, NotFound
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Hit, NameTable, Wording, contains_words, lookup, read_id
from schoolcrm.core.rules.names import fold

_PLANS = NameTable(
    "plan",
    Wording(
        absent=N_("No plan is called {name}."),
        several=N_("Several plans answer to {name}."),
        advice=N_("'schoolcrm subscription plans list' shows all; 'subscription plans add' adds one."),
        hidden=N_("{name} is archived."),
    ),
)
_SUBSCRIPTION = Wording(
    absent=N_("No subscription answers to {name}."),
    several=N_("Several subscriptions answer to {name}."),
    advice=N_("'schoolcrm subscription list' shows all; its id, its student or its plan will do."),
    hidden=N_("{name} is deleted."),
)
_SUBSCRIPTIONS = """
    SELECT subscription.id, subscription.deleted_on IS NOT NULL
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN plan ON plan.id = subscription.plan_id
     WHERE ({condition}) AND (? IS NULL OR student.client_id = ?)
     ORDER BY subscription.id
"""
_LABEL = """
    SELECT student.name || ' · ' || plan.name || ' · ' || subscription.first_on
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN plan ON plan.id = subscription.plan_id
     WHERE subscription.id = ?
"""


_OWNER = """
    SELECT student.name || ' · ' || plan.name, client.name
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN client ON client.id = student.client_id
      JOIN plan ON plan.id = subscription.plan_id
     WHERE subscription.id = ?
"""


def find_plan(db: sqlite3.Connection, ref: str, *, include_archived: bool = False) -> int:
    """Return the id of the plan named by id, name or part of a name; raises Ambiguous, NotFound, BadValue.

    Archived plans are found only with `include_archived`.
    """
    return _PLANS.find(db, ref, include_archived=include_archived)


def find_subscription(
    db: sqlite3.Connection, ref: str, *, client_id: int | None = None, include_deleted: bool = False
) -> int:
    """Return the id of the subscription named by id, student or plan; raises Ambiguous, NotFound, BadValue.

    `client_id`: only this client's are meant. Deleted ones are found only with `include_deleted`.
    """

    def some(condition: str, parameters: Sequence[object]) -> list[Hit]:
        asked = (*parameters, client_id, client_id)
        rows = db.execute(_SUBSCRIPTIONS.format(condition=condition), asked)
        return [(number, bool(deleted)) for number, deleted in rows]

    steps = (
        lambda text: some("subscription.id = ?", [read_id(text)]),
        lambda text: some("student.name_key = ? OR plan.name_key = ?", [fold(text)] * 2),
        lambda text: some(*contains_words("student.name_key", text)),
        lambda text: some(*contains_words("plan.name_key", text)),
    )
    try:
        return lookup(
            ref,
            steps,
            labels=lambda ids: [(number, db.execute(_LABEL, (number,)).fetchone()[0]) for number in ids],
            known=lambda: _PLANS.names(db),
            wording=_SUBSCRIPTION,
            include_archived=include_deleted,
        )
    except NotFound:
        if client_id is not None:
            _refuse_of_others(db, ref, include_deleted=include_deleted)
        raise


def _refuse_of_others(db: sqlite3.Connection, ref: str, *, include_deleted: bool) -> None:
    """Raise NotFound, naming whose it is, for a subscription that is another client's; else nothing."""
    try:
        number = find_subscription(db, ref, include_deleted=include_deleted)
    except (Ambiguous, NotFound):
        return
    label, client = db.execute(_OWNER, (number,)).fetchone()
    raise NotFound(
        _("The subscription {id} ({label}) is another client's: {client}.").format(
            id=number, label=label, client=client
        ),
        _("'schoolcrm subscription list' shows all; its id, its student or its plan will do."),
    )
