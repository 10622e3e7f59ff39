"""Saved filters that can only mean people who are purged: they go with them (R52, R53)."""

import json
import re
import sqlite3
from collections.abc import Collection, Sequence
from typing import NamedTuple

from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.redaction import Redaction

_SHORTEST_WORD, _SHORTEST_NUMBER = 3, 7
_THEIRS = "FROM json_each(:clients) AS one CROSS JOIN"
_NAMES = f"""
    SELECT name_key {_THEIRS} client ON client.id = one.value
    UNION SELECT name_key {_THEIRS} student ON student.client_id = one.value
"""
_OTHERS = """
    SELECT EXISTS (SELECT 1 FROM client
                    WHERE instr(name_key, :word) AND id NOT IN (SELECT value FROM json_each(:clients)))
        OR EXISTS (SELECT 1 FROM student
                    WHERE instr(name_key, :word) AND client_id NOT IN (SELECT value FROM json_each(:clients)))
"""
_CONTACTS = f"SELECT contact.value {_THEIRS} contact ON contact.client_id = one.value"
_IMAGES = "SELECT id, before FROM change WHERE entity = 'saved_filter' AND before IS NOT NULL"


class Telltales(NamedTuple):
    """What nobody else is called or reached by: words of names and contacts, folded, and digits of phones."""

    words: frozenset[str]
    numbers: frozenset[str]

    def are_in(self, text: str) -> bool:
        """Tell whether the text names one of them."""
        folded, digits = fold(text), re.sub(r"\D", "", text)
        return any(word in folded for word in self.words) or any(number in digits for number in self.numbers)


def telltales_of(db: sqlite3.Connection, client_ids: Collection[int]) -> Telltales:
    """Return what tells these clients and their students from everybody else."""
    asked = {"clients": json.dumps(list(client_ids))}
    words = {word for (key,) in db.execute(_NAMES, asked) for word in key.split() if len(word) >= _SHORTEST_WORD}
    alone = {word for word in words if not db.execute(_OTHERS, {**asked, "word": word}).fetchone()[0]}
    values = [value for (value,) in db.execute(_CONTACTS, asked)]
    numbers = {re.sub(r"\D", "", value)[-10:] for value in values}
    reached = {fold(value) for value in values if "@" in value}
    return Telltales(frozenset(alone | reached), frozenset(one for one in numbers if len(one) >= _SHORTEST_NUMBER))


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
    return Redaction("saved_filter", f"id IN ({', '.join(map(str, about)) or 'NULL'})", blanks)


def _texts(image: str) -> list[str]:
    record = json.loads(image)
    terms = json.loads(record.get("terms") or "[]")
    return [str(record.get("name") or ""), *map(str, terms)]
