"""Naming a person or a thing: by id, exact name, phone, or part of a name. The one way all finders work."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound
from schoolcrm.core.language import N_, _
from schoolcrm.core.language import quoted as in_quotation_marks
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt, fold

MOST_CANDIDATES = 10
MOST_SUGGESTED = 3
MOST_SUGGESTED_FROM = 3000
_LONGEST_ID = 18

Hit = tuple[int, bool]  # an id, and whether the record is hidden: archived, or a deleted client
Step = Callable[[str], Iterable[Hit]]
Labels = Callable[[Sequence[int]], Sequence[tuple[int | str, str]]]  # what each is named by, and what tells it apart


class Wording(NamedTuple):
    """What is said of one kind of thing; the texts are marked with N_() and have a place for {name}."""

    absent: str = N_("Nothing is called {name}.")
    several: str = N_("Several records answer to {name}.")
    advice: str = ""
    hidden: str = N_("{name} is in the archive.")


def lookup(
    ref: str,
    steps: Iterable[Step],
    *,
    labels: Labels,
    known: Callable[[], Iterable[str]],
    wording: Wording,
    include_archived: bool = False,
) -> int:
    """Return the id of the one record that answers to `ref`.

    The first step that finds a visible record decides, so an exact name never competes with parts of names.
    Hidden records count only with `include_archived`, and only where a step finds no visible one.
    Raises Ambiguous (with candidates), NotFound (with the nearest of `known`), BadValue for an empty name.
    """
    if not ref.strip():
        raise BadValue(_("A name or id is missing."), _(wording.advice or N_("Give a name, a part of it, or an id.")))
    hidden: list[int] = []
    for step in steps:
        hits = list(dict.fromkeys(step(ref)))
        found = [number for number, is_hidden in hits if not is_hidden]
        out_of_sight = [number for number, is_hidden in hits if is_hidden]
        if not found and include_archived:
            found = out_of_sight
        if found:
            return _one_of(ref, found, labels, wording)
        hidden = hidden or out_of_sight
    raise _not_found(ref, hidden, labels, known, wording)


def lookup_named(entries: Sequence[tuple[int, str]], ref: str, wording: Wording) -> int:
    """Return the number of the entry, of a few that are at hand, named by number, name or a part of the name.

    Raises Ambiguous, NotFound, BadValue.
    """
    wanted = fold(ref)

    def hits(fits: Callable[[int, str], bool]) -> list[Hit]:
        return [(number, False) for number, name in entries if fits(number, fold(name))]

    return lookup(
        ref,
        (
            lambda text: hits(lambda number, _name: number == read_id(text)),
            lambda _text: hits(lambda _number, name: name == wanted),
            lambda _text: hits(lambda _number, name: wanted in name),
        ),
        labels=lambda ids: [entry for entry in entries if entry[0] in ids],
        known=lambda: [name for _number, name in entries],
        wording=wording,
    )


def several(sentence: str, candidates: list[tuple[int, str]]) -> Ambiguous:
    """Return the refusal of a name that several answer to; each of them is told by its number and label."""
    listed = "; ".join(f"{number} {label}" for number, label in candidates)
    return Ambiguous(sentence, _("Name one by its number: {candidates}.").format(candidates=listed), candidates)


def _one_of(ref: str, found: list[int], labels: Labels, wording: Wording) -> int:
    if len(found) == 1:
        return found[0]
    candidates = labels(found[:MOST_CANDIDATES])
    listed = "; ".join(f"{number} {label}" for number, label in candidates)
    if len(found) > MOST_CANDIDATES:
        listed += "; …"
    raise Ambiguous(
        _(wording.several).format(name=quoted(ref)),
        _("Name one by its id: {candidates}.").format(candidates=listed),
        candidates,
    )


def _not_found(
    ref: str, hidden: list[int], labels: Labels, known: Callable[[], Iterable[str]], wording: Wording
) -> NotFound:
    sentence = _(wording.absent).format(name=quoted(ref))
    if hidden:
        number, label = labels(hidden[:1])[0]
        return NotFound(sentence, _(wording.hidden).format(name=f"{label} (id {number})"))
    near = _suggestions(ref, list(dict.fromkeys(known())))  # an adult learner is a client and a student of one name
    return NotFound(sentence, did_you_mean(near) or (_(wording.advice) if wording.advice else ""))


def _suggestions(ref: str, names: list[str]) -> list[str]:
    """Return the names that may have been meant: near as a whole, or holding a word that is near."""
    near = closest(ref, names)
    if near or len(fold(ref).split()) != 1:
        return near
    words = {word for name in names for word in fold(name).split()}
    meant = closest(ref, sorted(words), 1)
    return [name for name in names if meant and meant[0] in fold(name).split()][:MOST_SUGGESTED]


def quoted(ref: str) -> str:
    """Return what was asked for, short and clean, in quotation marks, to stand in a sentence."""
    return in_quotation_marks(excerpt(ref))


def read_id(ref: str) -> int | None:
    """Return the id that was written, None if `ref` is not a plain number that can be one."""
    text = ref.strip().removeprefix("#").removeprefix("№").lstrip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


def contains_words(column: str, ref: str) -> tuple[str, list[str]]:
    """Return the condition that a folded column holds every word of `ref`, in any order; its parameters."""
    words = fold(ref).split()
    return " AND ".join(f"instr({column}, ?) > 0" for _word in words) or "0", list(words)


class NameTable(NamedTuple):
    """A table of things with `id`, `name`, `name_key` and usually `archived_on`: catalogues, groups, plans.

    `label` is an SQL expression that tells candidates apart, the name by default. `defaults` are the columns by
    which an entry that every school begins with is recognised under its code or its name in another language.
    """

    table: str
    wording: Wording
    label: str = "name"
    archivable: bool = True
    defaults: tuple[str, ...] = ()

    def find(self, db: sqlite3.Connection, ref: str, *, include_archived: bool = False) -> int:
        """Return the id of the entry named by id, name or part of a name; Ambiguous, NotFound, BadValue."""
        steps = (
            lambda text: self._where(db, "id = ?", [read_id(text)]),
            lambda text: self._where(db, "name_key = ?", [fold(text)]),
            lambda text: self.default_called(db, text),
            lambda text: self._where(db, *contains_words("name_key", text)),
        )
        return lookup(
            ref,
            steps,
            labels=lambda ids: self._labels(db, ids),
            known=lambda: self.names(db),
            wording=self.wording,
            include_archived=include_archived,
        )

    def default_called(self, db: sqlite3.Connection, name: str) -> list[Hit]:
        """Return the default entry of that code or of that name in either language, if there is one (R20)."""
        if not self.defaults:
            return []
        from schoolcrm.core.store.defaults import default_names

        keys = default_names(self.table, name)
        marks = ", ".join("?" * len(keys))
        found = (self._where(db, f"{column} IN ({marks})", keys) for column in self.defaults)
        return next(filter(None, found), [])

    def names(self, db: sqlite3.Connection) -> list[str]:
        """Return the names of the entries in use, for suggestions."""
        visible = "archived_on IS NULL" if self.archivable else "1"
        rows = db.execute(
            f"SELECT name FROM {self.table} WHERE {visible} ORDER BY name_key LIMIT ?",  # noqa: S608
            (MOST_SUGGESTED_FROM,),
        )
        return [name for (name,) in rows]

    def _where(self, db: sqlite3.Connection, condition: str, parameters: Sequence[object]) -> list[Hit]:
        hidden = "archived_on IS NOT NULL" if self.archivable else "0"
        rows = db.execute(
            f"SELECT id, {hidden} FROM {self.table} WHERE {condition} ORDER BY name_key, id",  # noqa: S608
            parameters,
        )
        return [(number, bool(is_hidden)) for number, is_hidden in rows]

    def _labels(self, db: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
        label_of = f"SELECT {self.label} FROM {self.table} WHERE id = ?"  # noqa: S608
        return [(number, db.execute(label_of, (number,)).fetchone()[0]) for number in ids]
