"""The status of a client in a cell (R62): found among the school's own, or refused with what to do in the file."""

import shlex
import sqlite3
from difflib import SequenceMatcher

from schoolcrm.core.errors import BadValue, NotFound, SchoolError
from schoolcrm.core.importing.values import Reader
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import closest, excerpt, fold, tidy
from schoolcrm.core.rules.status import base_named, split_scale
from schoolcrm.core.statuses.catalogue import Status, find_status, read_statuses

_NEAR = 0.75  # below it «Уволен» is near «Удалён»

# What other programs call their statuses, by stems of words; a name with none of them says no base.
_STEMS = {
    "refused": ("брос", "заверш", "законч", "окончил", "отказ", "не актуал", "неактуал", "потерян", "ушел", "ушла",
                "выбыл", "не ход", "не заним", "не учит", "больше не",
                "left", "quit", "finish", "lost", "declin", "gone"),
    "bought": ("занимает", "учится", "обучает", "ходит", "оплат", "купил", "активн", "studies", "active", "paid"),
    "reserve": ("пауз", "заморо", "отпуск", "приостан", "резерв", "лист ожид", "pause", "frozen", "hold", "waiting"),
    "trial-booked": ("записан", "записал", "booked"),
    "trial-done": ("пробн", "trial"),
    "new": ("нов", "заявк", "лид", "new", "lead"),
}  # fmt: skip
_UNTOLD = "in-work"


def status_reader(db: sqlite3.Connection, heading: str = "") -> Reader:
    """Return a reader that makes the id of a funnel status out of its name, as text (R62).

    `heading` is that of the column: an unknown name is refused with how to say there what it means. The statuses are
    those of this moment: the reader asks a copy in memory, for it may be used in another process than `db`.
    """
    known = _copy_of_statuses(db)

    def read_status(text: str) -> str:
        if split_scale(text)[0] == "loyalty":
            raise _is_stage(text)
        try:
            return str(find_status(known, text, "funnel"))
        except NotFound as error:
            raise _unknown(known, text, heading) from error
        except SchoolError as error:
            raise BadValue(f"{error.sentence} {error.hint}".strip(), error.hint) from error

    return read_status


def _copy_of_statuses(db: sqlite3.Connection) -> sqlite3.Connection:
    statuses = db.execute("SELECT * FROM status")
    columns = [column[0] for column in statuses.description]
    copy = sqlite3.connect(":memory:")
    copy.execute(f"CREATE TABLE status ({', '.join(columns)})")
    copy.executemany(f"INSERT INTO status VALUES ({', '.join('?' * len(columns))})", statuses)  # noqa: S608
    return copy


def _unknown(db: sqlite3.Connection, text: str, heading: str) -> BadValue:
    """Return why the text is no status: a stage of the other scale, nearly another name, or not known at all."""
    known = read_statuses(db).values()
    stages = {fold(status.name) for status in known if status.scale == "loyalty"}
    if fold(text) in stages or base_named(text, "loyalty"):
        return _is_stage(text)
    funnel = [status for status in known if status.scale == "funnel"]
    near = _near(text, [status.name for status in funnel])
    base = _base_of(text, near, funnel)
    meant = next(status.name for status in funnel if status.base == base)
    if near:
        sentence = _("No status is called {name}; did you mean: {names}? Mend the value in the file. {ways}")
    elif base == _UNTOLD:
        sentence = _(
            "No status is called {name}. Mend the value in the file; 'schoolcrm status list' shows all statuses. {ways}"
        )
    else:
        sentence = _("No status is called {name}; the nearest in meaning: {names}. Mend the value in the file. {ways}")
    ways = _("Or say what it means: --map {mapping}; or add it: schoolcrm status add {base} {new}").format(
        mapping=shlex.quote(f"{tidy(heading) or _('Status')}:{excerpt(text)}={base}"),
        base=base,
        new=shlex.quote(excerpt(text)),
    )
    return BadValue(sentence.format(name=quoted(text), names=", ".join(near or [meant]), ways=ways))


def _base_of(text: str, near: list[str], funnel: list[Status]) -> str:
    """Return the base under which a status of that name may belong."""
    if near:
        return next(status.base for status in funnel if status.name == near[0])
    return next(
        (base for base, stems in _STEMS.items() if any(f" {stem}" in f" {fold(text)}" for stem in stems)), _UNTOLD
    )


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
