"""A sale made later holds what an earlier one brought: its undo would take that away (R7, R54)."""

import sqlite3

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import shortened
from schoolcrm.core.store.undo import Operation, known_as

# The sale has changed its client: status, stage, "studies" or access. Numbers grow with the sales.
_LATER_SALES = """
    SELECT client.name, sale.subscription_id, later.subscription_id
      FROM temp.concerned
     CROSS JOIN purchase AS sale ON sale.subscription_id = concerned.record
     CROSS JOIN purchase AS later ON later.client_id = sale.client_id AND later.subscription_id > sale.subscription_id
     CROSS JOIN client ON client.id = sale.client_id
     WHERE concerned.entity = 'subscription' AND concerned.was_made
       AND EXISTS (SELECT 1 FROM temp.concerned AS moved WHERE moved.entity = 'client' AND moved.record = client.id)
       AND NOT EXISTS (SELECT 1 FROM temp.concerned AS made
                        WHERE made.entity = 'subscription' AND made.record = later.subscription_id)
     ORDER BY sale.subscription_id, later.subscription_id
"""
_MOST_NAMED = 3


def later_sales(db: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """Return client, sale and a later sale that holds what that one brought; after `writing_back.gather`."""
    return db.execute(_LATER_SALES).fetchall()


def refuse_earlier_sale(db: sqlite3.Connection, operation: Operation) -> None:
    """Raise Refused if the operation's sale brought its client what a later sale, not deleted, still gives.

    That is the status, the stage, "studies" and access; only the deletion of the only purchase takes the status
    back (R7). To be called after `writing_back.gather`.
    """
    rows = later_sales(db)
    if not rows:
        return
    client, sold = rows[0][:2]
    later = [str(number) for _client, sale, number in rows if sale == sold]
    told = known_as(db, operation)
    sentence = (
        _(
            "Operation {number} ({command}) can't be taken back: {client} has bought again since (subscription"
            " {later}), and would lose the status of a buyer."
        )
        if operation.undoes is None
        else _(
            "Operation {number} ({command}) can't be done again: {client} has bought again since (subscription"
            " {later}), and would lose the status of a buyer."
        )
    )
    raise Refused(
        sentence.format(number=told.id, command=told.command, client=client, later=shortened(later, _MOST_NAMED)),
        _("Delete that sale alone: 'schoolcrm subscription delete {id}'.").format(id=sold),
    )
