"""Access to the personal page: granted by a sale or by hand, revoked, the invitation sent by email (R40)."""

from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _, speaking
from schoolcrm.core.office.messages import Outgoing, address_of, queue_messages
from schoolcrm.core.store.cells import client_name
from schoolcrm.core.store.database import setting

if TYPE_CHECKING:
    import sqlite3

    from schoolcrm.core.store.transaction import WritableSchool

WITH_ACCESS = frozenset({"site", "app"})
"""Applications by these ways get access when they are recorded."""


class Granted(NamedTuple):
    """Whether access was granted just now, and the number of the invitation put in the queue (None: no email)."""

    is_new: bool
    message_id: int | None


def has_access(db: "sqlite3.Connection", client_id: int) -> bool:
    """Tell whether the client has access to the personal page."""
    query = "SELECT access_on IS NOT NULL AND access_revoked_on IS NULL FROM client WHERE id = ?"
    return bool(db.execute(query, (client_id,)).fetchone()[0])


def grant_access(school: "WritableSchool", client_id: int) -> Granted:
    """Give the client access, and queue the invitation if there is an email; nothing happens to one who has it."""
    if has_access(school.db, client_id):
        return Granted(False, None)
    school.db.execute(
        "UPDATE client SET access_on = ?, access_revoked_on = NULL WHERE id = ?", (school.today.isoformat(), client_id)
    )
    return Granted(True, _invite(school, client_id))


def revoke_access(school: "WritableSchool", client_id: int) -> None:
    """Take access away, and an invitation that waits out of the queue; Refused for a client who has none."""
    _require_access(school.db, client_id)
    school.db.execute("UPDATE client SET access_revoked_on = ? WHERE id = ?", (school.today.isoformat(), client_id))
    school.db.execute(
        "UPDATE message SET state = 'cancelled', error = NULL"
        " WHERE client_id = ? AND with_page = 1 AND state IN ('queued', 'failed')",
        (client_id,),
    )


def resend_invitation(school: "WritableSchool", client_id: int) -> int:
    """Queue the invitation again and return its number; Refused for a client without access or without an email."""
    _require_access(school.db, client_id)
    number = _invite(school, client_id)
    if number is None:
        raise Refused(
            _("{client} has no email.").format(client=client_name(school.db, client_id)),
            _(
                "'schoolcrm clients contact add {id} email:…' gives one; 'clients page' writes the page to a file."
            ).format(id=client_id),
        )
    return number


def _require_access(db: "sqlite3.Connection", client_id: int) -> None:
    if not has_access(db, client_id):
        raise Refused(
            _("{client} has no access to the personal page.").format(client=client_name(db, client_id)),
            _("'schoolcrm clients access grant {id}' gives it.").format(id=client_id),
        )


def _invite(school: "WritableSchool", client_id: int) -> int | None:
    address = address_of(school.db, client_id, "email")
    if address is None:
        return None
    with speaking(setting(school.db, "language")):
        subject = _("Your personal page")
        text = _(
            "Hello, {name}!\n\nYour personal page is attached: schedule, balance, lessons, payments and files."
            " Open the file in any browser."
        ).format(name=client_name(school.db, client_id))
    return queue_messages(school, [Outgoing(client_id, "email", address, text, subject, with_page=True)])[0]
