"""What is particular to absence reasons: the short name, excused or not, the share charged (R20)."""

import sqlite3
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import fold, tidy

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

WHOLE = 100


def reason_columns(
    db: sqlite3.Connection,
    name: str,
    *,
    short: str = "",
    excused: bool = False,
    charged: int | None = None,
    but: int | None = None,
) -> dict[str, Any]:
    """Return the columns of an absence reason: the short name is the name itself unless given.

    An excused one is charged 0 %, any other 100 %, unless `charged` says else. `but`: the entry whose short
    name may be the same. Raises Refused for a short name that is taken, BadValue for a percent out of range.
    """
    share = (0 if excused else WHOLE) if charged is None else charged
    return {**_short(db, short or name, but), "excused": excused, "charged": _percent(share)}


def edit_reason(
    school: "WritableSchool",
    reason_id: int,
    *,
    short: str | None = None,
    excused: bool | None = None,
    charged: int | None = None,
) -> None:
    """Change what is given (None: leave); marks made before keep the share they were charged with."""
    was_short, was_excused, was_charged = school.db.execute(
        "SELECT short, excused, charged FROM absence_reason WHERE id = ?", (reason_id,)
    ).fetchone()
    columns = reason_columns(
        school.db,
        "",
        short=was_short if short is None else short,
        excused=bool(was_excused) if excused is None else excused,
        charged=was_charged if charged is None else charged,
        but=reason_id,
    )
    school.db.execute(
        "UPDATE absence_reason SET short = :short, short_key = :short_key, excused = :excused, charged = :charged"
        " WHERE id = :id",
        {**columns, "id": reason_id},
    )


def short_names(db: sqlite3.Connection) -> list[str]:
    """Return the short names of the reasons in use."""
    return [short for (short,) in db.execute("SELECT short FROM absence_reason WHERE archived_on IS NULL ORDER BY id")]


def read_percent(text: str) -> int:
    """Return the whole number of ``50`` or ``50%``; BadValue for any other text or outside 0–100."""
    digits = tidy(text).removesuffix("%").rstrip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 4):
        raise _not_percent(text)
    return _percent(int(digits))


def _short(db: sqlite3.Connection, text: str, but: int | None) -> dict[str, str]:
    short = tidy(text)
    if not short:
        raise BadValue(_("A short name is missing."), _("Give a letter or two that stand for the reason."))
    taken = db.execute(
        "SELECT name FROM absence_reason WHERE short_key = ? AND id IS NOT ?", (fold(short), but)
    ).fetchone()
    if taken:
        raise Refused(
            _("The short name {short} belongs to {name}.").format(short=quoted(short), name=quoted(taken[0])),
            _("Choose another one with --short."),
        )
    return {"short": short, "short_key": fold(short)}


def _percent(charged: int) -> int:
    if not 0 <= charged <= WHOLE:
        raise _not_percent(str(charged))
    return charged


def _not_percent(text: str) -> BadValue:
    return BadValue(
        _("{value} is not a share in percent.").format(value=quoted(text)),
        _("Give a whole number from 0 to 100."),
    )
