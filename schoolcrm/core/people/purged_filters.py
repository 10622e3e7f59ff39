"""Saved filters that can only mean people who are purged: they go with them (R52, R53)."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schoolcrm.core.people.purged_numbers import ALWAYS, images_of
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.redaction import Redaction

_SHORTEST_WORD, _SHORTEST_NUMBER = 3, 7
_NAME, _VALUE = "json_extract(before, '$.name_key')", "json_extract(before, '$.value')"
_PURGED = "temp.purged WHERE kind = '{kind}' AND last = :always"
_NAMES = f"""
    SELECT name_key FROM client WHERE id IN (SELECT number FROM {_PURGED.format(kind="client")})
    UNION SELECT name_key FROM student WHERE id IN (SELECT number FROM {_PURGED.format(kind="student")})
    UNION SELECT {_NAME} FROM change WHERE id IN ({images_of("client", "id", "client")})
    UNION SELECT {_NAME} FROM change WHERE id IN ({images_of("student", "id", "student")})
"""  # noqa: S608
_CONTACTS = f"""
    SELECT value FROM contact WHERE client_id IN (SELECT number FROM {_PURGED.format(kind="client")})
    UNION SELECT {_VALUE} FROM change WHERE id IN ({images_of("contact", "client_id", "client")})
"""  # noqa: S608
_OTHERS = f"""
    SELECT EXISTS (SELECT 1 FROM client WHERE instr(name_key, :word)
                      AND id NOT IN (SELECT number FROM {_PURGED.format(kind="client")}))
        OR EXISTS (SELECT 1 FROM student WHERE instr(name_key, :word)
                      AND id NOT IN (SELECT number FROM {_PURGED.format(kind="student")}))
"""  # noqa: S608
_IMAGES = "SELECT id, before FROM change WHERE entity = 'saved_filter' AND before IS NOT NULL"


class Telltales(NamedTuple):
    """What nobody else is called or reached by: words of names and contacts, folded, and digits of phones."""

    words: frozenset[str]
    numbers: frozenset[str]

    def are_in(self, text: str) -> bool:
        """Tell whether the text names one of them."""
        folded, digits = fold(text), re.sub(r"\D", "", text)
        return any(word in folded for word in self.words) or any(number in digits for number in self.numbers)


def telltales_of(db: sqlite3.Connection) -> Telltales:
    """Return what tells the clients noted as purged, and their students, from everybody else; see purged_numbers.

    Only what is in a saved filter is looked at: to ask of a word who else is called so means going through all names.
    """
    texts = " ".join(_filter_texts(db))
    always = {"always": ALWAYS[1]}
    if not texts:
        return Telltales(frozenset(), frozenset())
    folded, digits = fold(texts), re.sub(r"\D", "", texts)
    words = {word for (key,) in db.execute(_NAMES, always) if key for word in key.split() if word in folded}
    long = [word for word in words if len(word) >= _SHORTEST_WORD]
    alone = {word for word in long if not db.execute(_OTHERS, {**always, "word": word}).fetchone()[0]}
    values = [value for (value,) in db.execute(_CONTACTS, always) if value]
    numbers = {number for value in values if (number := re.sub(r"\D", "", value)[-10:]) in digits}
    reached = {fold(value) for value in values if "@" in value}
    return Telltales(frozenset(alone | reached), frozenset(one for one in numbers if len(one) >= _SHORTEST_NUMBER))


def _filter_texts(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what saved filters say and said."""
    for name, terms in db.execute("SELECT name, terms FROM saved_filter"):
        yield f"{name} {' '.join(json.loads(terms))}"
    for _number, image in db.execute(_IMAGES):
        yield " ".join(_texts(image))


def delete_filters(db: sqlite3.Connection, telltales: Telltales) -> None:
    """Delete the saved filters that name one of them."""
    kept = db.execute("SELECT id, name, terms FROM saved_filter").fetchall()
    about = [(number,) for number, name, terms in kept if telltales.are_in(f"{name} {' '.join(json.loads(terms))}")]
    db.executemany("DELETE FROM saved_filter WHERE id = ?", about)


def redaction_of_filters(db: sqlite3.Connection, telltales: Telltales) -> Redaction:
    """Return what takes such filters, deleted ones too, out of the journal."""
    images: Sequence[tuple[int, str]] = db.execute(_IMAGES).fetchall()
    about = [number for number, image in images if telltales.are_in(" ".join(_texts(image)))]
    blanks = {"name": "'—'", "name_key": "'—'", "terms": "'[]'"}
    return Redaction(f"SELECT id FROM change WHERE id IN ({', '.join(map(str, about)) or 'NULL'})", blanks)  # noqa: S608


def _texts(image: str) -> list[str]:
    record = json.loads(image)
    terms = json.loads(record.get("terms") or "[]")
    return [str(record.get("name") or ""), *map(str, terms)]
