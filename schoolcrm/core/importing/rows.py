"""The rows of a client file, read one by one into typed values (R62, R63)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.assignments import replacer
from schoolcrm.core.importing.client_row import ClientRow, Contact, Problem, RejectedRow
from schoolcrm.core.importing.headings import Column, Fate, HeadingMap
from schoolcrm.core.importing.reading import Source
from schoolcrm.core.importing.values import Reader, custom_reader_for, read_name, reader_for
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold, shortened, tidy

_MOST_KNOWN = 5_000
_SELDOM_TWICE = frozenset(("payer", "phone", "home_phone", "email", "address", "note"))
_PHONE_KINDS = frozenset(("mobile", "home"))
_KINDS = {"phone": "mobile", "home_phone": "home"} | {
    kind: kind for kind in ("email", "address", "skype", "link", "metro")
}
_NAMES = ("student", "last_name", "first_name", "middle_name")
_PERSONAL = ("payer", "birthday", "phone", "home_phone", "email")
_TOTAL_WORDS = frozenset(("итого", "итог", "итоги", "всего", "total", "totals"))
_TOTAL_STARTS = frozenset(("Ит", "ИТ", "ит", "Вс", "ВС", "вс", "To", "TO", "to"))

# What the cells of a row fill: the payer, then the last fields of ClientRow in their order.
_FIRST = ClientRow._fields.index("contacts")
_SLOTS = ("payer", *ClientRow._fields[_FIRST:])
_BLANK: list[Any] = ["", (), (), *(ClientRow._field_defaults[name] for name in _SLOTS[3:])]
_PAYER, _CONTACTS = 0, 1
_SUBJECT, _LEVEL = _SLOTS.index("subject"), _SLOTS.index("level")


class _Cells(NamedTuple):
    """Where the cells of one column stand, where their value goes, and what turns them into it.

    ``joins``: the value is a tuple, which is added to what other columns gave.
    """

    place: int
    slot: int
    joins: bool
    read: Reader
    heading: str


class _Known(dict[str, Any]):
    """The values of texts met before; asking for another one reads it."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Any:
        value = self._read(text)
        if len(self) < _MOST_KNOWN:
            self[text] = value
        return value


def read_rows(
    source: Source,
    headings: HeadingMap,
    today: date,
    readers: Mapping[str, Reader] | None = None,
) -> "ClientRows":
    """Return the rows of a client file, read while they are iterated over.

    ``readers`` replace the reader of a field (``{"status": find_status}``): the text of a cell in,
    its value out, BadValue to reject the row. A text met before is mostly not asked about again.
    """
    return ClientRows(source, headings, today, readers or {})


class ClientRows:
    """The rows of a client file; the counts are complete when all of them have been read.

    ``empty``, ``totals`` and ``repeated_headings`` count rows that were passed over; ``left_out``
    counts, by place of the column, filled cells below an empty heading.
    """

    def __init__(self, source: Source, headings: HeadingMap, today: date, readers: Mapping[str, Reader]) -> None:
        self.empty = 0
        self.totals = 0
        self.repeated_headings = 0
        self.left_out: Counter[int] = Counter()
        self._source = source
        self._headings = list(source.headings)
        self._names = [column.place for key in _NAMES for column in headings.filling(key)]
        self._name_heading = tidy(" ".join(source.headings[place] for place in self._names))
        self._reason = [column.place for column in headings.with_fate(Fate.REASON)]
        self._nameless = [column.place for column in headings.with_fate(Fate.NAMELESS)]
        self._personal = [column.place for key in _PERSONAL for column in headings.filling(key)]
        self._replaced = replacer({column.place: column.meanings for column in headings.columns})
        filled = headings.with_fate(Fate.FIELD, Fate.CUSTOM, Fate.NEW)
        self._cells = [_plan(column, today, readers) for column in filled if column.target not in _NAMES]

    def __iter__(self) -> Iterator[ClientRow | RejectedRow]:
        """Read the file from its beginning; raises BadValue where it can't be read on."""
        self.empty = self.totals = self.repeated_headings = 0
        self.left_out.clear()
        for line, cells in self._source.rows():
            row = self._read(line, cells)
            if row is not None:
                yield row

    def _read(self, line: int, cells: list[str]) -> ClientRow | RejectedRow | None:
        """Return the row, None if it is passed over."""
        problems: list[Problem] = []
        full = cells if len(cells) == len(self._headings) else self._fitted(cells, problems)
        full = self._replaced(full) if self._replaced is not None else full
        student = self._read_student(full, problems)
        suspicious = not student or full[0][:2] in _TOTAL_STARTS or student[:2] in _TOTAL_STARTS
        if (suspicious or student == self._name_heading) and self._is_passed_over(full):
            return None
        values = _BLANK.copy()
        for place, slot, joins, read, heading in self._cells:
            text = full[place]
            if text:
                try:
                    value = read(text)
                except BadValue as fault:
                    if tidy(text):
                        problems.append(Problem(heading, text, fault.sentence))
                else:
                    values[slot] = _joined(values[slot], value) if joins and values[slot] else value
        if self._nameless:
            self.left_out.update(place for place in self._nameless if tidy(full[place]))
        if values[_LEVEL] and len(values[_SUBJECT]) != 1:
            problems.append(self._stray_level(values[_LEVEL], values[_SUBJECT]))
        if problems:
            return RejectedRow(line, cells, tuple(problems))
        return _client_row(line, cells, student, values)

    def _stray_level(self, level: str, subjects: tuple[str, ...]) -> Problem:
        """Return what is wrong with a level beside no subject, where it would be lost, or beside several."""
        sentence = _('The level "{level}" is that of no subject. Name the subject in the row, or leave the level out.')
        if subjects:
            sentence = _('The level "{level}" stands beside several subjects: {names}. Give each a row of its own.')
        (heading,) = (each.heading for each in self._cells if each.slot == _LEVEL)
        return Problem(heading, level, sentence.format(level=excerpt(level), names=shortened(subjects)))

    def _fitted(self, cells: list[str], problems: list[Problem]) -> list[str]:
        """Return the row as wide as the headings: missing cells are empty, surplus ones a problem."""
        width = len(self._headings)
        surplus = [cell for cell in cells[width:] if tidy(cell)]
        if surplus:
            reason = _("The row has more cells than there are headings.")
            problems.append(Problem("", surplus[0], reason))
        return cells[:width] + [""] * (width - len(cells))

    def _read_student(self, cells: list[str], problems: list[Problem]) -> str:
        names = self._names
        text = cells[names[0]] if len(names) == 1 else " ".join(cells[place] for place in names)
        heading = self._headings[names[0]]
        try:
            return read_name(text)
        except BadValue as fault:
            reason = fault.sentence if tidy(text) else _("The student's name is missing.")
            problems.append(Problem(heading, text, reason))
            return ""

    def _is_passed_over(self, cells: list[str]) -> bool:
        """Count an empty row, a row of totals, or the headings once more; False for any other."""
        filled = [tidy(cell) for place, cell in enumerate(cells) if cell and place not in self._reason]
        filled = [cell for cell in filled if cell]
        if not filled:
            self.empty += 1
        elif cells == self._headings:
            self.repeated_headings += 1
        elif is_total(filled[0]) and not any(tidy(cells[place]) for place in self._personal):
            self.totals += 1
        else:
            return False
        return True


def _plan(column: Column, today: date, readers: Mapping[str, Reader]) -> _Cells:
    """Return how the cells of a column are read."""
    key, slot = column.target, _CONTACTS
    if column.custom:
        read = _naming(column.custom.name, custom_reader_for(column.custom, today))
        slot = _SLOTS.index("student_custom" if column.custom.entity == "student" else "custom")
    else:
        read = readers.get(key) or reader_for(key, today)
        if key in _KINDS:
            read = _owning(_KINDS[key], column.whose, read)
        else:
            slot = _SLOTS.index(key)
    if key not in _SELDOM_TWICE:
        read = _Known(read).__getitem__
    return _Cells(column.place, slot, isinstance(_BLANK[slot], tuple), read, column.heading)


def _naming(name: str, read: Reader) -> Reader:
    """Return a reader of a custom field's cells as a pair of name and value."""

    def read_pair(text: str) -> tuple[tuple[str, Any], ...]:
        value = read(text)
        return () if value == "" else ((name, value),)

    return read_pair


def _owning(kind: str, whose: str, read: Reader) -> Reader:
    """Return a reader of cells as contacts."""

    def read_contacts(text: str) -> tuple[Contact, ...]:
        found = read(text)
        if len(found) == 1:
            return ((kind, found[0], whose),)
        return tuple([(kind, value, whose) for value in found])

    return read_contacts


def _joined(before: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values of several columns, each once; texts are compared as names are."""
    if more and not isinstance(more[0], str):
        return before + tuple([value for value in more if value not in before])
    have = set(map(fold, before))
    return before + tuple([value for value in more if fold(value) not in have])


def _client_row(line: int, cells: list[str], student: str, values: list[Any]) -> ClientRow:
    student_key = fold(student)
    client = values[_PAYER] or student
    client_key = fold(client) if client is not student else student_key
    phones = tuple([value for kind, value, _whose in values[_CONTACTS] if kind in _PHONE_KINDS])
    if len(phones) > 1:
        phones = tuple(dict.fromkeys(phones))
    is_client = client_key == student_key
    return ClientRow._make((line, cells, student, student_key, client, client_key, is_client, phones, *values[1:]))


def is_total(text: str) -> bool:
    """Tell whether the first cell of a row says that these are sums."""
    return fold(text).replace(":", " ").replace(".", " ").partition(" ")[0] in _TOTAL_WORDS
