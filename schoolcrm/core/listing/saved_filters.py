"""Filters of lists saved under a name: terms, columns and sort keys, as they were written (R52)."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.language import _
from schoolcrm.core.listing.fields import Registry
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.listing.rows import Wish, check_wish
from schoolcrm.core.rules.names import closest, did_you_mean, fold
from schoolcrm.core.rules.personal import read_line

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


class SavedFilter(NamedTuple):
    """What is kept under a name; no columns: the usual ones."""

    name: str
    terms: Sequence[str]
    columns: Sequence[str] = ()
    sort: Sequence[str] = ()

    def widened(self, wish: Wish) -> Wish:
        """Return the wish with the terms kept here before its own; its columns and sort keys win if it has any."""
        return wish._replace(
            query=[*self.terms, *wish.query],
            columns=list(wish.columns or self.columns),
            sort=list(wish.sort or self.sort),
        )


def saved_filters(db: sqlite3.Connection, entity: str) -> list[SavedFilter]:
    """Return the filters of lists of clients ("client") or students ("student"), by name."""
    import json

    query = "SELECT name, terms, columns, sort FROM saved_filter WHERE entity = ? ORDER BY name_key"
    return [SavedFilter(name, *map(json.loads, kept)) for name, *kept in db.execute(query, (entity,))]


def find_saved(db: sqlite3.Connection, entity: str, name: str) -> SavedFilter:
    """Return the filter of that name; NotFound suggests the nearest names, or lists them."""
    saved = saved_filters(db, entity)
    for each in saved:
        if fold(each.name) == fold(name):
            return each
    names = [each.name for each in saved]
    sentence = _("No saved filter is called {name}.").format(name=quoted(name))
    if near := closest(name, names):
        raise NotFound(sentence, did_you_mean(near))
    if names:
        raise NotFound(sentence, _("There are: {names}.").format(names=", ".join(names)))
    raise NotFound(sentence, _("A list is saved as a filter with --save NAME; none is saved yet."))


def refuse_unusable(db: sqlite3.Connection, today: date, registry: Registry, saved: SavedFilter) -> None:
    """Raise BadValue if the list of a saved filter can't be made any more: one of its fields was removed since."""
    try:
        check_wish(db, today, registry, saved.widened(Wish()))
    except BadValue as error:
        raise BadValue(
            _("The saved filter {name} can't be used any more: {reason}").format(
                name=quoted(saved.name), reason=error.sentence
            ),
            _("Save it anew without that, or remove it: 'schoolcrm {entity}s filters remove NAME'.").format(
                entity=registry.entity
            ),
        ) from None


def filter_name(text: str) -> str:
    """Return the name under which a filter is kept; BadValue for an empty one."""
    name = read_line(text)
    if not fold(name):
        raise BadValue(_("A saved filter needs a name."), _("Write it like --save 'Debtors of the autumn'."))
    return name


def saved_as(db: sqlite3.Connection, entity: str, name: str) -> SavedFilter | None:
    """Return the filter that has the name already, None if nothing has."""
    return next((each for each in saved_filters(db, entity) if fold(each.name) == fold(name)), None)


def save_filter(school: "WritableSchool", entity: str, saved: SavedFilter) -> int:
    """Keep the filter, in place of one of the same name; return its id. A filter that is there already is no change."""
    import json

    from schoolcrm.core.store.models import SavedFilter as Record

    kept = {key: json.dumps(list(getattr(saved, key)), ensure_ascii=False) for key in ("terms", "columns", "sort")}
    query = "SELECT id FROM saved_filter WHERE entity = ? AND name_key = ?"
    row = school.db.execute(query, (entity, fold(saved.name))).fetchone()
    if row is None:
        return school.add(Record, entity=entity, name=saved.name, name_key=fold(saved.name), **kept).id
    school.db.execute(
        "UPDATE saved_filter SET name = ?, terms = ?, columns = ?, sort = ? WHERE id = ?",
        (saved.name, *kept.values(), *row),
    )
    return int(row[0])


def remove_saved(school: "WritableSchool", entity: str, name: str) -> SavedFilter:
    """Remove the filter of that name and return it; NotFound."""
    saved = find_saved(school.db, entity, name)
    school.db.execute("DELETE FROM saved_filter WHERE id = ?", (saved_id(school.db, entity, saved.name),))
    return saved


def saved_id(db: sqlite3.Connection, entity: str, name: str) -> int:
    """Return the number under which the filter of that name is kept; NotFound."""
    key = entity, fold(find_saved(db, entity, name).name)
    return int(db.execute("SELECT id FROM saved_filter WHERE entity = ? AND name_key = ?", key).fetchone()[0])
