"""Changing the school's own list of statuses: add, rename, make another one automatic, delete (R2–R5)."""

import sqlite3
from typing import NamedTuple

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import closest, did_you_mean, fold, is_typo_of
from schoolcrm.core.rules.personal import read_name
from schoolcrm.core.rules.status import SCALES, base_name, base_named, split_scale
from schoolcrm.core.statuses.catalogue import Status, automatic_status, read_statuses
from schoolcrm.core.statuses.change import Change, write_changes
from schoolcrm.core.store.transaction import WritableSchool

_COLUMNS = {"funnel": "status_id", "loyalty": "stage_id"}
_HISTORY = "SELECT 1 FROM status_change WHERE from_id = :status OR to_id = :status LIMIT 1"


class Holders(NamedTuple):
    """How many clients are in a status, deleted and archived ones too, and how many of them are archived."""

    clients: int
    archived: int


def find_base(ref: str) -> tuple[str, str]:
    """Return the scale and the base code named by code, by name in either language, or by scale:base (R1).

    Raises BadValue for an empty name, NotFound with the nearest bases, or with all of them.
    """
    scale, name = split_scale(ref)
    if not name.strip():
        raise BadValue(_("A base status is missing."), _bases_there_are(scale))
    if named := base_named(name, scale):
        return named
    known = {code: code for each in _scales(scale) for code in SCALES[each]}
    known |= {base_name(each, code): code for each in _scales(scale) for code in SCALES[each]}
    near = list(dict.fromkeys(known[found] for found in closest(name, known)))
    advice = did_you_mean(near) or _bases_there_are(scale)
    raise NotFound(_("No base status is called {name}.").format(name=quoted(ref)), advice)


def add_status(school: WritableSchool, scale: str, base: str, name: str, *, even_so: bool = False) -> int:
    """Add a status under a base, set by hand only, and return its id (R2).

    Raises Refused for a name that is there already on the scale or, unless `even_so`, nearly or as the meaning
    of another (R3); BadValue for an empty one.
    """
    from schoolcrm.core.store.models import Status as StatusRecord

    clean = _read_name(name)
    _require_free(school.db, scale, base, clean, even_so=even_so)
    record = school.add(StatusRecord, scale=scale, base=base, name=clean, name_key=fold(clean), automatic=False)
    return int(record.id or 0)


def rename_status(school: WritableSchool, status_id: int, name: str, *, even_so: bool = False) -> bool:
    """Give the status another name; return whether it had another. BadValue and Refused as for `add_status`."""
    status = read_statuses(school.db)[status_id]
    clean = _read_name(name)
    if clean == status.name:
        return False
    _require_free(school.db, status.scale, status.base, clean, even_so=even_so, but=status_id)
    school.db.execute("UPDATE status SET name = ?, name_key = ? WHERE id = ?", (clean, fold(clean), status_id))
    return True


def _read_name(text: str) -> str:
    """Return the name as it is kept; BadValue for none, and for one that would read as scale:name (R1)."""
    try:
        name = read_name(text)
    except BadValue as error:
        raise BadValue(error.sentence, error.hint or _("Write a name with letters, like 'VIP'.")) from None
    if split_scale(name)[0]:
        raise BadValue(
            _("{name} can't be a status's name: it would read as a scale and a name.").format(name=quoted(name)),
            _("Leave the colon out, or write another word before it."),
        )
    return name


def count_holders(db: sqlite3.Connection, status_id: int) -> Holders:
    """Return how many clients are in the status, those in the archive and deleted ones too."""
    (scale,) = db.execute("SELECT scale FROM status WHERE id = ?", (status_id,)).fetchone()
    query = f"SELECT count(*), count(archived_on) FROM client WHERE {_COLUMNS[scale]} = ?"  # noqa: S608
    return Holders(*db.execute(query, (status_id,)).fetchone())


def make_automatic(school: WritableSchool, status_id: int) -> int:
    """Make the status the automatic one of its base; return how many clients moved into it (R4).

    They are all of the formerly automatic one, archived and deleted too; who is in another one stays.
    """
    status = read_statuses(school.db)[status_id]
    former_id = automatic_status(school.db, status.scale, status.base)
    if former_id == status_id:
        return 0
    school.db.execute("UPDATE status SET automatic = 0 WHERE id = ?", (former_id,))
    school.db.execute("UPDATE status SET automatic = 1 WHERE id = ?", (status_id,))
    query = f"SELECT id FROM client WHERE {_COLUMNS[status.scale]} = ? ORDER BY id"  # noqa: S608
    moves = [
        Change(client_id, status.scale, former_id, status_id, "default-switched")
        for (client_id,) in school.db.execute(query, (former_id,)).fetchall()
    ]
    write_changes(school, moves)
    return len(moves)


def require_deletable(db: sqlite3.Connection, status_id: int) -> None:
    """Raise Refused, naming every condition that fails: automatic, in use, the last of its base (R5)."""
    statuses = read_statuses(db)
    status = statuses[status_id]
    alone = sum((each.scale, each.base) == (status.scale, status.base) for each in statuses.values()) == 1
    holders = count_holders(db, status_id)
    obstacles = []
    if status.automatic:
        base = base_name(status.scale, status.base)
        obstacles.append(_("It is the automatic one of the base {base}.").format(base=quoted(base)))
    if holders.clients:
        obstacles.append(_held_by(holders))
    if alone:
        obstacles.append(_("Its base has no other."))
    if obstacles:
        sentence = _("The status {name} can't be deleted.").format(name=quoted(status.name))
        raise Refused(" ".join([sentence, *obstacles]), _way_to_delete(status, alone=alone))


def delete_status(school: WritableSchool, status_id: int) -> bool:
    """Delete the status, for good if no history names it; return whether one does. Refused: R5.

    What a history names stays in the file for its name alone: no list, lookup, query or import finds it.
    """
    require_deletable(school.db, status_id)
    in_history = school.db.execute(_HISTORY, {"status": status_id}).fetchone() is not None
    if in_history:
        school.db.execute("UPDATE status SET deleted_on = ? WHERE id = ?", (school.today.isoformat(), status_id))
    else:
        school.db.execute("DELETE FROM status WHERE id = ?", (status_id,))
    return in_history


def _scales(scale: str | None) -> list[str]:
    return [scale] if scale else list(SCALES)


def _bases_there_are(scale: str | None) -> str:
    codes = [code for each in _scales(scale) for code in SCALES[each]]
    return _("The bases are: {names}.").format(names=", ".join(codes))


def _require_free(
    db: sqlite3.Connection, scale: str, base: str, name: str, *, even_so: bool, but: int | None = None
) -> None:
    """Refuse a name that another status of the scale has or, unless `even_so`, nearly has (R3).

    So is, unless `even_so`, a name by which people mean another base ("Отказ" under reserve).
    """
    others = [each for each in read_statuses(db).values() if each.scale == scale and each.id != but]
    if taken := next((each for each in others if each.name == name), None):
        sentence = _("There is a status {name} already, under the base {base}.")
        raise Refused(
            sentence.format(name=quoted(taken.name), base=quoted(base_name(scale, taken.base))),
            _("Use that one, or choose another name."),
        )
    if even_so:
        return
    if near := _nearest(name, others):
        sentence = _("There is a status {known} already, under the base {base}, nearly the same as {name}.")
    elif near := _meant(name, scale, [each for each in others if each.base != base]):
        sentence = _("There is a status {known} already, under the base {base}, and {name} means that one.")
    else:
        return
    raise Refused(
        sentence.format(known=quoted(near.name), base=quoted(base_name(scale, near.base)), name=quoted(name)),
        _("Use that one, or repeat with --even-so to have both."),
    )


def _nearest(name: str, others: list[Status]) -> Status | None:
    """Return the status whose name is the same when folded, else one that is a typo away."""
    near = [each for each in others if is_typo_of(each.name, name)]
    same = [each for each in near if fold(each.name) == fold(name)]
    return next(iter(same or near), None)


def _meant(name: str, scale: str, others: list[Status]) -> Status | None:
    """Return the automatic status that the name, a base's in some spelling, stands for (R1)."""
    named = base_named(name, scale)
    return next((each for each in others if each.automatic and (each.scale, each.base) == named), None)


def _held_by(holders: Holders) -> str:
    if holders.archived:
        sentence = ngettext(
            "{count} client has it (in the archive: {archived}).",
            "{count} clients have it (in the archive: {archived}).",
            holders.clients,
        )
    else:
        sentence = ngettext("{count} client has it.", "{count} clients have it.", holders.clients)
    return sentence.format(count=holders.clients, archived=holders.archived)


def _way_to_delete(status: Status, *, alone: bool) -> str:
    """Return what makes the status free to be deleted: another automatic one takes its clients too (R4)."""
    if alone:
        way = _(
            "First 'schoolcrm status add {base} NAME', then 'schoolcrm status default NAME': the clients go with it."
        )
        return way.format(base=status.base)
    if status.automatic:
        return _("Make another one of the base automatic: 'schoolcrm status default STATUS'; the clients go with it.")
    query = f"'{'status' if status.scale == 'funnel' else 'stage'}:={status.name}'"
    way = _(
        "Move them: schoolcrm status set STATUS --query {query}; once more with --query is:archived for the archive."
    )
    return way.format(query=query)
