"""Clients who may be one person: the same phone or email, or names that are alike (R52)."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from schoolcrm.core.language import N_
from schoolcrm.core.people.references import client_label
from schoolcrm.core.rules.likeness import Key, find_typos, word_key
from schoolcrm.core.rules.names import fold

_LIKELY = """
SELECT id FROM visible_client
 WHERE name_key = ? OR id IN (SELECT client_id FROM contact WHERE value_key IN ({marks}) AND kind IN ('mobile', 'home'))
 ORDER BY name_key, id"""
_NAMES = "SELECT id, name_key FROM visible_client ORDER BY id"
_SHARED = """
SELECT value_key, group_concat(DISTINCT contact.client_id)
  FROM contact JOIN visible_client ON visible_client.id = contact.client_id
 WHERE contact.kind IN ({kinds})
 GROUP BY value_key HAVING count(DISTINCT contact.client_id) > 1"""
_KINDS = {"phone": "'mobile', 'home'", "email": "'email'"}

REASONS = {"phone": N_("same phone"), "email": N_("same email"), "name": N_("same name"), "typo": N_("similar name")}
"""Why clients may be one, in the order in which it is told."""


class Alike(NamedTuple):
    """A client who may be the same person as the others of the `group`, and the codes of why, as in REASONS."""

    group: int
    client_id: int
    reasons: list[str]


def likely_duplicates(db: sqlite3.Connection, name: str, phones: Collection[str]) -> list[str]:
    """Return those who have the name or one of the phones (E.164), each with the id and what tells them apart."""
    query = _LIKELY.format(marks=", ".join("?" * len(phones)))
    rows = db.execute(query, (fold(name), *phones)).fetchall()
    return [f"{number} {client_label(db, number)}" for (number,) in rows]


def find_duplicates(db: sqlite3.Connection) -> list[Alike]:
    """Return the visible clients who may be one, group by group, groups in the order of their first client.

    The same phone, email or name (in any order of its words), or a name with a typo: whoever is tied to somebody of
    a group is in it. What it takes grows with the number of clients, not with that of their pairs.
    """
    families = _Families()
    for reason, ids in _ties(db):
        families.tie(reason, ids)
    return [
        Alike(group, client_id, [reason for reason in REASONS if reason in families.reasons[client_id]])
        for group, members in enumerate(families.groups(), start=1)
        for client_id in members
    ]


class _Families:
    """Clients tied together: each leads to another of its group, the first one to itself."""

    def __init__(self) -> None:
        self.leads_to: dict[int, int] = {}
        self.reasons: dict[int, set[str]] = defaultdict(set)

    def tie(self, reason: str, ids: Collection[int]) -> None:
        first = self._first(min(ids))
        for client_id in ids:
            self.reasons[client_id].add(reason)
            other = self._first(client_id)
            first, later = min(first, other), max(first, other)
            self.leads_to[later] = first

    def groups(self) -> list[list[int]]:
        members: dict[int, list[int]] = defaultdict(list)
        for client_id in sorted(self.reasons):
            members[self._first(client_id)].append(client_id)
        return [members[first] for first in sorted(members)]

    def _first(self, client_id: int) -> int:
        path = []
        while (ahead := self.leads_to.get(client_id, client_id)) != client_id:
            path.append(client_id)
            client_id = ahead
        for passed in path:
            self.leads_to[passed] = client_id
        return client_id


def _ties(db: sqlite3.Connection) -> Iterator[tuple[str, Collection[int]]]:
    """Yield why and who: the sets of clients that one thing ties together."""
    for reason, kinds in _KINDS.items():
        for _key, ids in db.execute(_SHARED.format(kinds=kinds)):
            yield reason, [int(number) for number in ids.split(",")]
    named: dict[Key, list[int]] = defaultdict(list)
    for client_id, name_key in db.execute(_NAMES):
        named[word_key(name_key)].append(client_id)
    yield from (("name", ids) for ids in named.values() if len(ids) > 1)
    yield from _typos(named)


def _typos(named: dict[Key, list[int]]) -> Iterable[tuple[str, Collection[int]]]:
    for key, other in find_typos(named):
        yield "typo", [*named[key], *named[other]]
