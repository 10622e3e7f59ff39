"""Which automations a change of a client's fields sets off, pure (R56)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schoolcrm.core.rules.names import fold

Changes = Mapping[str, tuple[str, str]]
"""What happened to the fields of one client in one operation: key → value before and after, "" for none."""


class Watch(NamedTuple):
    """What an automation waits for: a field, by its key, and the value that it takes."""

    id: int
    field: str
    value: str


def set_off(watches: Iterable[Watch], changes: Changes) -> list[int]:
    """Return the automations that the changes set off, each once, by their numbers (R56).

    A field takes a value when it has it after the operation and had not before; letters' case and ё say nothing.
    What automations change themselves is no part of `changes`: one step deep, and no loops.
    """
    return sorted({watch.id for watch in watches if _takes(changes.get(watch.field), fold(watch.value))})


def _takes(change: tuple[str, str] | None, value: str) -> bool:
    if change is None:
        return False
    before, after = map(fold, change)
    return after == value != before
