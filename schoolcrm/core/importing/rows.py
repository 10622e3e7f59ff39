"""The rows of a client file, read into typed values (R62, R63)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.assignments import replacer
from schoolcrm.core.importing.client_row import PHONE_KINDS, ClientRow, Problem, RejectedRow
from schoolcrm.core.importing.columns import SLOTS, Columns
from schoolcrm.core.importing.headings import Fate, HeadingMap
from schoolcrm.core.importing.keys import keys_of
from schoolcrm.core.importing.layout import Record
from schoolcrm.core.importing.reading import Source
from schoolcrm.core.importing.values import Reader, read_name_and_key
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold, shortened, tidy

_CHUNK = 64
_LARGE_CHUNK = 1 << 20  # letters: whatever a row may hold, so many stay in the memory and one row more
_NAMES = ("student", "last_name", "first_name", "middle_name")
_PERSONAL = ("payer", "birthday", "phone", "home_phone", "email")
_TOTAL_WORDS = frozenset(("итого", "итог", "итоги", "всего", "total", "totals"))
_TOTAL_STARTS = frozenset(("Ит", "ИТ", "ит", "Вс", "ВС", "вс", "To", "TO", "to"))
_PAYER, _CONTACTS, _BIRTHDAY, _SUBJECT, _LEVEL = map(SLOTS.index, ("payer", "contacts", "birthday", "subject", "level"))
_PRICE, _GROUPS, _LAST_VISIT, _LAST_PURCHASE, _BALANCE = map(
    SLOTS.index, ("price", "groups", "last_visit", "last_purchase", "balance")
)
_CONTRACT = slice(SLOTS.index("contract_number"), SLOTS.index("contract_amount") + 1)


@dataclass(slots=True)
class PassedOver:
    """How many rows were passed over: empty ones, sums, and the headings once more."""

    empty: int = 0
    totals: int = 0
    repeated_headings: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.empty + self.totals + self.repeated_headings


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
    """The rows of a client file; `passed_over` is complete when all of them have been read."""

    def __init__(self, source: Source, headings: HeadingMap, today: date, readers: Mapping[str, Reader]) -> None:
        self.passed_over = PassedOver()
        self.source = source
        self._cells_read: list[str] = []
        self._headings = list(source.headings)
        self._names = [column.place for key in _NAMES for column in headings.filling(key)]
        self._name_heading = tidy(" ".join(source.headings[place] for place in self._names))
        self._reason = [column.place for column in headings.with_fate(Fate.REASON)]
        self._personal = [column.place for key in _PERSONAL for column in headings.filling(key)]
        self._level_heading = "".join(column.heading for column in headings.filling("level"))
        self._replaced = replacer({column.place: column.meanings for column in headings.columns})
        filled = headings.with_fate(Fate.FIELD, Fate.CUSTOM, Fate.NEW)
        self._columns = Columns([column for column in filled if column.target not in _NAMES], today, readers)

    def __iter__(self) -> Iterator[ClientRow | RejectedRow]:
        """Read the file from its beginning; raises BadValue where it can't be read on."""
        for rows in self.by_chunks():
            yield from rows

    def by_chunks(self) -> Iterator[Iterator[ClientRow | RejectedRow]]:
        """Read the file, so many rows at a time."""
        self.passed_over = PassedOver()
        for chunk in _chunks(self.source.rows()):
            yield self._rows(chunk)

    def _rows(self, chunk: Sequence[Record]) -> Iterator[ClientRow | RejectedRow]:
        rows = [self._prepared(cells) for _line, cells in chunk]
        values, faults = self._columns.read(rows)
        for place, (line, self._cells_read) in enumerate(chunk):
            row = self._row(line, rows[place], values[place], faults.get(place, []))
            if row is not None:
                yield row

    def cells_of(self, _row: ClientRow) -> list[str]:
        """Return the cells of the row given last, as they stand in the file."""
        return self._cells_read

    def _prepared(self, cells: list[str]) -> list[str]:
        """Return the row as wide as the headings, and with what was said to be meant by its values."""
        width = len(self._headings)
        full = cells if len(cells) == width else cells[:width] + [""] * (width - len(cells))
        return full if self._replaced is None else self._replaced(full)

    def _row(
        self, line: int, full: list[str], values: tuple[Any, ...], faults: list[Problem]
    ) -> ClientRow | RejectedRow | None:
        """Return the row, None if it is passed over."""
        problems: list[Problem] = []
        student, student_key = self._read_student(full, problems)
        suspicious = not student or full[0][:2] in _TOTAL_STARTS or student[:2] in _TOTAL_STARTS
        if (suspicious or student == self._name_heading) and self._is_passed_over(full):
            return None
        problems += faults
        if len(self._cells_read) > len(full):
            problems = self._surplus() + problems
        if values[_LEVEL] and len(values[_SUBJECT]) != 1:
            problems.append(self._stray_level(values[_LEVEL], values[_SUBJECT]))
        if problems:
            return RejectedRow(line, self._cells_read, tuple(problems))
        return _client_row(line, student, student_key, values)

    def _stray_level(self, level: str, subjects: tuple[str, ...]) -> Problem:
        """Return what is wrong with a level beside no subject, where it would be lost, or beside several."""
        sentence = _('The level "{level}" is that of no subject. Name the subject in the row, or leave the level out.')
        if subjects:
            sentence = _('The level "{level}" stands beside several subjects: {names}. Give each a row of its own.')
        return Problem(self._level_heading, level, sentence.format(level=excerpt(level), names=shortened(subjects)))

    def _surplus(self) -> list[Problem]:
        """Return what is wrong with a row that has something behind its last heading."""
        surplus = [cell for cell in self._cells_read[len(self._headings) :] if tidy(cell)]
        return [Problem("", cell, _("The row has more cells than there are headings.")) for cell in surplus[:1]]

    def _read_student(self, cells: list[str], problems: list[Problem]) -> tuple[str, str]:
        """Return the name and its key."""
        names = self._names
        text = cells[names[0]] if len(names) == 1 else " ".join(cells[place] for place in names)
        try:
            return read_name_and_key(text)
        except BadValue as fault:
            reason = fault.sentence if tidy(text) else _("The student's name is missing.")
            problems.append(Problem(self._headings[names[0]], text, reason))
            return "", ""

    def _is_passed_over(self, cells: list[str]) -> bool:
        """Count an empty row, a row of totals, or the headings once more; False for any other."""
        filled = [tidy(cell) for place, cell in enumerate(cells) if cell and place not in self._reason]
        filled = [cell for cell in filled if cell]
        if not filled:
            self.passed_over.empty += 1
        elif cells == self._headings:
            self.passed_over.repeated_headings += 1
        elif is_total(filled[0]) and not any(tidy(cells[place]) for place in self._personal):
            self.passed_over.totals += 1
        else:
            return False
        return True


def _chunks(of_file: Iterator[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    letters = 0
    for record in of_file:
        chunk.append(record)
        letters += sum(map(len, record[1]))
        if len(chunk) == _CHUNK or letters > _LARGE_CHUNK:
            yield chunk
            chunk, letters = [], 0
    if chunk:
        yield chunk


def _client_row(line: int, student: str, student_key: str, values: tuple[Any, ...]) -> ClientRow:
    client, client_key = values[_PAYER] or (student, student_key)
    contacts = values[_CONTACTS]
    phones = tuple([value for kind, value, _key, _whose in contacts if kind in PHONE_KINDS])
    if len(phones) > 1:
        phones = tuple(dict.fromkeys(phones))
    keys = keys_of(student_key, client_key, values[_BIRTHDAY], phones, contacts)
    is_buyer = bool(values[_PRICE] or values[_GROUPS] or values[_LAST_PURCHASE])
    # A balance of 0 says nothing: exports have whole columns of zeros. A contract needs more than a sum of 0, too.
    has_used_trial = is_buyer or bool(values[_LAST_VISIT] or values[_BALANCE])
    has_contract = any(values[_CONTRACT])
    whose = (line, student, student_key, client, client_key, client_key == student_key, *keys, phones)
    return tuple.__new__(ClientRow, (*whose, *values[1:], is_buyer, has_used_trial, has_contract))


def is_total(text: str) -> bool:
    """Tell whether the first cell of a row says that these are sums."""
    return fold(text).replace(":", " ").replace(".", " ").partition(" ")[0] in _TOTAL_WORDS
