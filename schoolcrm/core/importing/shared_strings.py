"""The texts of a workbook, which its cells name by number: kept in a temporary file, for there may be a million."""

import json
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

_BLOCK = 256
_BLOCKS_IN_MEMORY = 512


class SharedStrings:
    """The texts by their numbers; a spreadsheet numbers them as they come, so few are far from one another."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE block (number INTEGER PRIMARY KEY, texts)")
        self._db.execute("BEGIN")
        number = 0
        while block := list(islice(texts, _BLOCK)):
            self._db.execute("INSERT INTO block VALUES (?, ?)", (number, json.dumps(block)))
            number += 1
        self._db.execute("COMMIT")
        self._block = lru_cache(_BLOCKS_IN_MEMORY)(self._read_block)

    def __getitem__(self, number: int) -> str:
        """Return the text of that number, the first being 0; IndexError."""
        return self._block(number // _BLOCK)[number % _BLOCK]

    def _read_block(self, number: int) -> list[str]:
        row = self._db.execute("SELECT texts FROM block WHERE number = ?", (number,)).fetchone()
        return json.loads(row[0]) if row else []


def read_workbook(file: IO[bytes]) -> "Workbook":
    """Return the workbook for reading row by row; raises whatever openpyxl does."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS

    class Reader(ExcelReader):
        """openpyxl's, but that it keeps all texts in memory, and the emptied elements of their file."""

        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
            if part is not None:
                with self.archive.open(part.PartName[1:]) as source:
                    self.shared_strings = SharedStrings(_texts(source))  # type: ignore[assignment]

    reader = Reader(file, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def _texts(source: IO[bytes]) -> Iterator[str]:
    from openpyxl.cell.text import Text
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    item, plain = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"
    events = iterparse(source, ("start", "end"))
    _start, table = next(events)
    for event, node in events:
        if event == "end" and node.tag == item:
            is_plain = len(node) == 1 and node[0].tag == plain
            text = node[0].text if is_plain else getattr(Text.from_tree(node), "content", "")
            table.clear()
            yield (text or "").replace("x005F_", "")
