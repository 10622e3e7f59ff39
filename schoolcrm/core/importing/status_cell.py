"""The status of a client in a cell (R62): found among the school's own, or refused with what to do in the file."""

import sqlite3
from difflib import SequenceMatcher

from schoolcrm.core.errors import BadValue, NotFound, SchoolError
from schoolcrm.core.importing.values import Reader
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import closest, fold
from schoolcrm.core.rules.status import base_named, split_scale
from schoolcrm.core.statuses.catalogue import find_status, read_statuses

_NEAR = 0.75  # below it «Уволен» is near «Удалён»


def status_reader(db: sqlite3.Connection) -> Reader:
    """Return a reader that makes the id of a funnel status out of its name, as text (R62)."""

    def read_status(text: str) -> str:
        if split_scale(text)[0] == "loyalty":
            raise _is_stage(text)
        try:
            return str(find_status(db, text, "funnel"))
        except NotFound as error:
            raise _unknown(db, text) from error
        except SchoolError as error:
            raise BadValue(f"{error.sentence} {error.hint}".strip(), error.hint) from error

    return read_status


def _unknown(db: sqlite3.Connection, text: str) -> BadValue:
    """Return why the text is no status: a stage of the other scale, nearly another name, or not known at all."""
    known = read_statuses(db).values()
    stages = {fold(status.name) for status in known if status.scale == "loyalty"}
    if fold(text) in stages or base_named(text, "loyalty"):
        return _is_stage(text)
    near = _near(text, [status.name for status in known if status.scale == "funnel"])
    if near:
        sentence = _("No status is called {name}; did you mean: {names}? Mend the value in the file.")
        return BadValue(sentence.format(name=quoted(text), names=", ".join(near)))
    sentence = _("No status is called {name}. Mend the value in the file; 'schoolcrm status list' shows all statuses.")
    return BadValue(sentence.format(name=quoted(text)))


def _is_stage(text: str) -> BadValue:
    sentence = _("{name} is a stage of loyalty, not a status of the funnel. Mend the value in the file.")
    return BadValue(sentence.format(name=quoted(text)))


def _near(text: str, names: list[str]) -> list[str]:
    """Return the names that differ from the text in a letter or two, or begin with it."""
    wanted = fold(text)
    return [
        name
        for name in closest(text, names)
        if fold(name).startswith(wanted) or SequenceMatcher(None, fold(name), wanted).ratio() >= _NEAR
    ]
