"""The cells of a client file, read column by column for many rows at once (R62, R63)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import PHONE_KINDS, ClientRow, Contact, Problem
from schoolcrm.core.importing.headings import Column
from schoolcrm.core.importing.kept_values import iso
from schoolcrm.core.importing.values import Reader, custom_reader_for, reader_for
from schoolcrm.core.rules.names import fold, tidy

_MOST_KNOWN = 20_000
_LONGEST_KNOWN = 100
_SELDOM_TWICE = frozenset(("payer", "phone", "home_phone", "email", "address", "note"))
_DAYS = frozenset(("birthday", "last_visit", "last_purchase", "contract_from", "contract_to"))
_KINDS = {"phone": "mobile", "home_phone": "home"} | {
    kind: kind for kind in ("email", "address", "skype", "link", "metro")
}

# What the cells of a row fill: the payer with the key of the name, then fields of ClientRow in their order.
_FIRST, _LAST = map(ClientRow._fields.index, ("contacts", "student_custom"))
SLOTS = ("payer", *ClientRow._fields[_FIRST : _LAST + 1])
_BLANK: list[Any] = [(), (), (), *(ClientRow._field_defaults[name] for name in SLOTS[3:])]
_CONTACTS = SLOTS.index("contacts")


class _Fault(NamedTuple):
    """Stands for a value where the text of a cell can't be read."""

    reason: str


class _Cells(NamedTuple):
    """Where the cells of one column stand, where their value goes, and what turns them into it."""

    place: int
    slot: int
    read: Reader
    heading: str


class _Known(dict[str, Any]):
    """The values of texts met before; asking for another one reads it."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Any:
        value = self._read(text)
        if len(self) < _MOST_KNOWN and len(text) <= _LONGEST_KNOWN and not isinstance(value, _Fault):
            self[text] = value
        return value


class Columns:
    """Turns the cells of the columns into values; `readers` replace the reader of a field."""

    def __init__(self, columns: Sequence[Column], today: date, readers: Mapping[str, Reader]) -> None:
        self._is_faulty = False
        self._columns = [self._plan(column, today, readers) for column in columns]

    def read(self, rows: Sequence[Sequence[str]]) -> tuple[list[tuple[Any, ...]], Mapping[int, list[Problem]]]:
        """Return the values of each row by SLOTS, and by the place of a row what is wrong with its cells.

        The rows are all as wide as the headings.
        """
        self._is_faulty = False
        by_place = list(zip(*rows, strict=True))
        by_column = [list(map(column.read, by_place[column.place])) for column in self._columns]
        problems = self._without_faults(by_column, by_place) if self._is_faulty else {}
        by_slot: list[list[Any] | None] = [None] * len(SLOTS)
        for column, values in zip(self._columns, by_column, strict=True):
            before = by_slot[column.slot]
            by_slot[column.slot] = values if before is None else list(map(_joined, before, values))
        filled = [
            repeat(blank, len(rows)) if values is None else values
            for blank, values in zip(_BLANK, by_slot, strict=True)
        ]
        return list(zip(*filled, strict=True)), problems

    def _without_faults(
        self, by_column: Sequence[list[Any]], by_place: Sequence[Sequence[str]]
    ) -> Mapping[int, list[Problem]]:
        """Return what is wrong with each row; nothing then stands for the values."""
        problems: Mapping[int, list[Problem]] = defaultdict(list)
        for column, values in zip(self._columns, by_column, strict=True):
            for row, value in enumerate(values):
                if isinstance(value, _Fault):
                    problems[row].append(Problem(column.heading, by_place[column.place][row], value.reason))
                    values[row] = _BLANK[column.slot]
        return problems

    def _plan(self, column: Column, today: date, readers: Mapping[str, Reader]) -> _Cells:
        """Return how the cells of a column are read."""
        key = column.target
        if column.custom:
            read = _naming(column.custom.name, custom_reader_for(column.custom, today))
            slot = SLOTS.index("student_custom" if column.custom.entity == "student" else "custom")
        else:
            read = readers.get(key) or reader_for(key, today)
            slot = _CONTACTS if key in _KINDS else SLOTS.index(key)
            if key in _KINDS:
                read = _owning(_KINDS[key], column.whose, read)
            elif key in _DAYS:
                read = _kept(read)
        read = self._noticing_faults(read, _BLANK[slot])
        if key not in _SELDOM_TWICE:
            read = _Known(read).__getitem__
        return _Cells(column.place, slot, read, column.heading)

    def _noticing_faults(self, read: Reader, blank: Any) -> Reader:
        """Return a reader of cells that may be empty, with a fault as the value of what can't be read."""

        def read_or_notice(text: str) -> Any:
            if not text:
                return blank
            try:
                return read(text)
            except BadValue as fault:
                if not tidy(text):
                    return blank
                self._is_faulty = True
                return _Fault(fault.sentence)

        return read_or_notice


def _naming(name: str, read: Reader) -> Reader:
    """Return a reader of a custom field's cells as a pair of name and value."""

    def read_pair(text: str) -> tuple[tuple[str, Any], ...]:
        value = read(text)
        return () if value == "" else ((name, value),)

    return read_pair


def _kept(read: Reader) -> Reader:
    """Return a reader of days as they are kept."""
    return lambda text: iso(read(text))


def _owning(kind: str, whose: str, read: Reader) -> Callable[[str], tuple[Contact, ...]]:
    """Return a reader of cells as contacts."""
    is_phone = kind in PHONE_KINDS

    def read_contacts(text: str) -> tuple[Contact, ...]:
        return tuple([(kind, value, value if is_phone else fold(value), whose or None) for value in read(text)])

    return read_contacts


def _joined(before: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values of several columns, each once; texts are compared as names are."""
    if not before or not more:
        return before or more
    if not isinstance(more[0], str):
        return before + tuple([value for value in more if value not in before])
    have = set(map(fold, before))
    return before + tuple([value for value in more if fold(value) not in have])
