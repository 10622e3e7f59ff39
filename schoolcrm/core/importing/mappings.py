"""Which heading is which field, kept under a name for the next file of the same kind (R61)."""

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import closest, fold
from schoolcrm.core.rules.personal import read_line

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


def find_mapping(db: sqlite3.Connection, source: str, name: str) -> dict[str, str]:
    """Return heading → field of the mapping of that name; NotFound suggests the nearest names, or lists them.

    `source` is the kind of file: clients, payments or lessons.
    """
    kept = db.execute(
        "SELECT name, headings FROM saved_mapping WHERE source = ? ORDER BY name_key", (source,)
    ).fetchall()
    for each, headings in kept:
        if fold(each) == fold(name):
            return dict(json.loads(headings))
    names = [each for each, _headings in kept]
    sentence = _("No saved mapping is called {name}.").format(name=quoted(name))
    if near := closest(name, names):
        raise NotFound(sentence, _("Did you mean: {names}?").format(names=", ".join(near)))
    if names:
        raise NotFound(sentence, _("There are: {names}.").format(names=", ".join(names)))
    raise NotFound(sentence, _("A mapping is saved with --save-mapping NAME; none is saved yet for such files."))


def mapping_name(text: str) -> str:
    """Return the name under which a mapping is kept; BadValue for an empty one."""
    name = read_line(text)
    if not fold(name):
        raise BadValue(_("A saved mapping needs a name."), _("Write it like --save-mapping 'Our CRM'."))
    return name


def save_mapping(school: "WritableSchool", source: str, name: str, headings: Mapping[str, str]) -> None:
    """Keep heading → field under the name, in place of one of the same name; the same once more is no change."""
    from schoolcrm.core.store.models import SavedMapping

    text = json.dumps(dict(headings), ensure_ascii=False)
    changed = school.db.execute(
        "UPDATE saved_mapping SET name = ?, headings = ? WHERE source = ? AND name_key = ?",
        (name, text, source, fold(name)),
    )
    if not changed.rowcount:
        school.add(SavedMapping, source=source, name=name, name_key=fold(name), headings=text)
