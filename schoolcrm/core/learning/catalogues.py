"""The lists the school edits: subjects, levels, rooms, teachers, lesson types, absence reasons … (R20)."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.learning.absence_reasons import reason_columns, short_names
from schoolcrm.core.listing.lookup import NameTable, Wording, quoted, read_id
from schoolcrm.core.rules.names import closest, fold, is_near, tidy

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One list: its kind as commands name it, its table and model, how its entries are found and spoken of."""

    kind: str
    model: str
    names: NameTable
    title: str

    @property
    def table(self) -> str:
        """The table that holds the entries."""
        return self.names.table


# By what a default entry is known whatever it is called: only lesson types keep their codes.
_DEFAULTS = {"lesson_type": ("code",), "absence_reason": ("short_key", "name_key"), "account": ("name_key",)}


def _catalogue(kind: str, table: str, title: str, absent: str, several: str) -> Catalogue:
    model = "".join(word.capitalize() for word in table.split("_"))
    wording = Wording(absent=absent, several=several)
    return Catalogue(kind, model, NameTable(table, wording, defaults=_DEFAULTS.get(table, ())), title)


CATALOGUES = {
    catalogue.kind: catalogue
    for catalogue in (
        _catalogue(
            "subjects",
            "subject",
            N_("Subjects"),
            N_("No subject is called {name}."),
            N_("Several subjects answer to {name}."),
        ),
        _catalogue(
            "levels",
            "level",
            N_("Levels"),
            N_("No level is called {name}."),
            N_("Several levels answer to {name}."),
        ),
        _catalogue(
            "locations",
            "location",
            N_("Locations"),
            N_("No location is called {name}."),
            N_("Several locations answer to {name}."),
        ),
        _catalogue(
            "rooms",
            "room",
            N_("Rooms"),
            N_("No room is called {name}."),
            N_("Several rooms answer to {name}."),
        ),
        _catalogue(
            "teachers",
            "teacher",
            N_("Teachers"),
            N_("No teacher is called {name}."),
            N_("Several teachers answer to {name}."),
        ),
        _catalogue(
            "lesson-types",
            "lesson_type",
            N_("Lesson types"),
            N_("No lesson type is called {name}."),
            N_("Several lesson types answer to {name}."),
        ),
        _catalogue(
            "absence-reasons",
            "absence_reason",
            N_("Absence reasons"),
            N_("No absence reason is called {name}."),
            N_("Several absence reasons answer to {name}."),
        ),
        _catalogue(
            "sources",
            "source",
            N_("Sources of clients"),
            N_("No source is called {name}."),
            N_("Several sources answer to {name}."),
        ),
        _catalogue(
            "accounts",
            "account",
            N_("Payment accounts"),
            N_("No payment account is called {name}."),
            N_("Several payment accounts answer to {name}."),
        ),
    )
}


def find_entry(db: sqlite3.Connection, kind: str, ref: str, *, include_archived: bool = False) -> int:
    """Return the id of the entry named by id, name or part of it; an absence reason also by its short name.

    What every school begins with answers to its code and to its name in another language too, unless an entry of
    the school's is called so.

    Raises Ambiguous, NotFound (with the nearest names, or where all are listed), BadValue for an empty name.
    """
    if kind == "absence-reasons" and read_id(ref) is None:
        row = db.execute(
            "SELECT id FROM absence_reason WHERE short_key = ? AND (archived_on IS NULL OR ?)",
            (fold(ref), include_archived),
        ).fetchone()
        if row:
            return int(row[0])
    try:
        return CATALOGUES[kind].names.find(db, ref, include_archived=include_archived)
    except NotFound as error:
        raise NotFound(error.sentence, error.hint or _where_listed(db, kind)) from None


def _where_listed(db: sqlite3.Connection, kind: str) -> str:
    """Return what there is to choose from: the short names of the absence reasons, else the command that lists."""
    shorts = short_names(db) if kind == "absence-reasons" else []
    if shorts:
        return _("The reasons are: {names}.").format(names=", ".join(shorts))
    return _("'schoolcrm catalog {kind} list' shows all.").format(kind=kind)


def entry_or_new(school: "WritableSchool", kind: str, name: str, *, new: bool) -> int:
    """Return the id of the entry called `name`, adding it when `new` and nothing is called exactly that.

    Without `new` an unknown name is NotFound, with the nearest ones and how to add it. An archived entry
    that is named with `new` is brought back; a default one answers to its other names too, as in `find_entry`.
    """
    if not new or _has_id(school.db, kind, name):
        return _known(school.db, kind, name)
    known = _of_name(school.db, kind, name)
    if known:
        _bring_back(school, kind, known)
        return known
    for default, is_archived in CATALOGUES[kind].names.default_called(school.db, name):
        if not is_archived:
            return default
    return add_entry(school, kind, name, even_so=True)


def _known(db: sqlite3.Connection, kind: str, name: str) -> int:
    try:
        return find_entry(db, kind, name)
    except NotFound as error:
        near = closest(name, CATALOGUES[kind].names.names(db))
        advice = _("Repeat with --new to add it.")
        if near:
            advice = _("Did you mean: {names}? If it is a new one, repeat with --new.").format(names=", ".join(near))
        raise NotFound(error.sentence, advice) from None


def add_entry(school: "WritableSchool", kind: str, name: str, *, even_so: bool = False, **details: Any) -> int:
    """Add an entry and return its id; `details` are other columns of its table.

    One of that name in the archive is brought back instead. Raises Refused for a name that is there already
    or, unless `even_so`, nearly the same as another (R3); BadValue for an empty one.
    """
    clean = tidy(name)
    if not clean:
        raise BadValue(_("A name is missing."), _("Give the entry a name."))
    known = _of_name(school.db, kind, clean)
    columns = reason_columns(school.db, clean, but=known, **details) if kind == "absence-reasons" else details
    if known and _bring_back(school, kind, known):
        _set(school.db, kind, known, columns)
        return known
    _require_free(school.db, kind, clean, even_so=even_so)
    from schoolcrm.core.store import models

    record = school.add(getattr(models, CATALOGUES[kind].model), name=clean, name_key=fold(clean), **columns)
    return int(record.id)


def rename_entry(school: "WritableSchool", kind: str, entry_id: int, name: str, *, even_so: bool = False) -> None:
    """Give the entry another name; BadValue and Refused as for `add_entry`."""
    clean = tidy(name)
    if not clean:
        raise BadValue(_("A name is missing."), _("Give the entry a name."))
    _require_free(school.db, kind, clean, even_so=even_so, but=entry_id)
    _set(school.db, kind, entry_id, {"name": clean, "name_key": fold(clean)})


def set_location(school: "WritableSchool", room_id: int, location_id: int) -> None:
    """Say in which location a room is."""
    _set(school.db, "rooms", room_id, {"location_id": location_id})


def archive_entry(school: "WritableSchool", kind: str, entry_id: int) -> None:
    """Put an entry in the archive: what uses it keeps it, nothing new can name it.

    Raises Refused for a lesson type the program itself works with.
    """
    if kind == "lesson-types":
        name, code = school.db.execute("SELECT name, code FROM lesson_type WHERE id = ?", (entry_id,)).fetchone()
        if code:
            raise Refused(
                _("The lesson type {name} can't be archived: the program itself works with it.").format(
                    name=quoted(name)
                ),
                _("Rename it if another name suits the school better."),
            )
    _set(school.db, kind, entry_id, {"archived_on": school.today.isoformat()})


def entry_name(db: sqlite3.Connection, kind: str, entry_id: int) -> str:
    """Return the name of an entry."""
    query = f"SELECT name FROM {CATALOGUES[kind].table} WHERE id = ?"  # noqa: S608
    return str(db.execute(query, (entry_id,)).fetchone()[0])


def _require_free(db: sqlite3.Connection, kind: str, name: str, *, even_so: bool, but: int | None = None) -> None:
    """Refuse a name that another entry has, or nearly has (R3)."""
    catalogue = CATALOGUES[kind]
    rows = db.execute(
        f"SELECT name, name_key FROM {catalogue.table} WHERE id IS NOT ?",  # noqa: S608
        (but,),
    ).fetchall()
    if taken := next((other for other, key in rows if key == fold(name)), None):
        raise Refused(
            _("There is an entry {name} already.").format(name=quoted(taken)),
            _("Use that one, or choose another name."),
        )
    if not even_so and (near := next((other for other, _key in rows if is_near(name, other)), None)):
        raise Refused(
            _("There is an entry {known} already, nearly the same as {name}.").format(
                known=quoted(near), name=quoted(name)
            ),
            _("Use that one, or repeat with --even-so to have both."),
        )


def _has_id(db: sqlite3.Connection, kind: str, ref: str) -> bool:
    query = f"SELECT 1 FROM {CATALOGUES[kind].table} WHERE id = ?"  # noqa: S608
    return db.execute(query, (read_id(ref),)).fetchone() is not None


def _of_name(db: sqlite3.Connection, kind: str, name: str) -> int | None:
    row = db.execute(
        f"SELECT id FROM {CATALOGUES[kind].table} WHERE name_key = ?",  # noqa: S608
        (fold(name),),
    ).fetchone()
    return int(row[0]) if row else None


def _bring_back(school: "WritableSchool", kind: str, entry_id: int) -> bool:
    """Take the entry out of the archive; return whether it was there."""
    done = school.db.execute(
        f"UPDATE {CATALOGUES[kind].table} SET archived_on = NULL"  # noqa: S608
        " WHERE id = ? AND archived_on IS NOT NULL",
        (entry_id,),
    )
    return done.rowcount > 0


def _set(db: sqlite3.Connection, kind: str, entry_id: int, values: dict[str, Any]) -> None:
    """Write columns of an entry; their names come from this module, never from a person."""
    for column, value in values.items():
        db.execute(f"UPDATE {CATALOGUES[kind].table} SET {column} = ? WHERE id = ?", (value, entry_id))  # noqa: S608
