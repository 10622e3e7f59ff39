"""Numbers under keys, more of them than a dictionary should hold: older ones lie close together, the oldest in a file.

A key is a hash, because of the memory. It is one of some 60 bits: for 100,000 rows the odds of two different keys
meeting are one to some hundred million.
"""

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

Key = int
"""Stands for what two things must agree in."""

_MOST_RECENT = 50_000
_MOST_RUNS = 10
_BITS = 24  # of keys' fingerprints: 2 MB, and still telling for some million keys
_FINGERPRINTS = (1 << _BITS) - 1
_MOST_WAITING = 16_384
_CACHE = -4_000  # kibibytes, written as SQLite wants them
_CACHE_OF_BLOCKS = -100
_NOBODY = 0


class NumbersByKey:
    """A dictionary of numbers from 1 that takes some 15 MB at most, however many it holds.

    The most recent are in a dictionary; when it is full they become a run of sorted keys, a sixth of the size. Many
    runs go to a temporary file. Most keys that are asked for are new: a map of fingerprints says so nearly always.
    """

    def __init__(self, most_recent: int = _MOST_RECENT) -> None:
        self._recent: dict[Key, int] = {}
        self._most_recent = most_recent
        self._runs: list[tuple[array[int], array[int]]] = []  # from old to new
        self._file: sqlite3.Connection | None = None
        self._fingerprints = bytearray()

    def get(self, key: Key) -> int | None:
        """Return the number under the key, None if there is none."""
        number = self._recent.get(key)
        return number if number or not self._fingerprints else self.get_all((key,))[0]

    def get_all(self, keys: Iterable[Key]) -> list[int | None]:
        """Return the number under each key, None where there is none."""
        recent, fingerprints = self._recent, self._fingerprints
        if not fingerprints:
            return [recent.get(key) for key in keys]
        return [
            recent.get(key)
            or (fingerprints[(key & _FINGERPRINTS) >> 3] >> (key & 7) & 1 and self._find_older(key))
            or None
            for key in keys
        ]

    def put(self, key: Key, number: int) -> None:
        """Put the number under the key, in place of another one."""
        self._recent[key] = number
        if len(self._recent) >= self._most_recent:
            self._pack_recent()

    def put_missing(self, keys: Iterable[Key], found: Iterable[int | None], number: int) -> None:
        """Put the number under those keys under which none was found by `get_all`."""
        recent = self._recent
        for key, owner in zip(keys, found, strict=True):
            if owner is None:
                recent[key] = number
        if len(recent) >= self._most_recent:
            self._pack_recent()

    def put_first(self, key: Key, number: int) -> None:
        """Put the number under the key unless there is one."""
        if self.get(key) is None:
            self.put(key, number)

    def remove(self, key: Key) -> None:
        """Let there be no number under the key."""
        self._recent.pop(key, None)
        for keys, numbers in self._runs:
            place = bisect_left(keys, key)
            if place < len(keys) and keys[place] == key:
                numbers[place] = _NOBODY
        if self._file is not None:
            self._file.execute("DELETE FROM kept WHERE key = ?", (key,))

    def _find_older(self, key: Key) -> int | None:
        for keys, numbers in reversed(self._runs):
            place = bisect_left(keys, key)
            if place < len(keys) and keys[place] == key:
                return numbers[place] or None
        if self._file is None:
            return None
        row = self._file.execute("SELECT number FROM kept WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _pack_recent(self) -> None:
        fingerprints = self._fingerprints = self._fingerprints or bytearray(1 << (_BITS - 3))
        for key in self._recent:
            place = key & _FINGERPRINTS
            fingerprints[place >> 3] |= 1 << (place & 7)
        keys = array("q", sorted(self._recent))
        self._runs.append((keys, array("q", map(self._recent.__getitem__, keys))))
        self._recent.clear()
        if len(self._runs) > _MOST_RUNS:
            self._file_runs()

    def _file_runs(self) -> None:
        if self._file is None:
            self._file = _temporary_file("CREATE TABLE kept (key INTEGER PRIMARY KEY, number INTEGER)", _CACHE)
        self._file.execute("BEGIN")
        for run in self._runs:
            # In the order of the file: page after page of it is touched once.
            self._file.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", zip(*run, strict=True))
        self._file.execute("COMMIT")
        self._runs.clear()


class KeyLog:
    """Keys and numbers one after the other, to be put in order should one ever be asked for."""

    def __init__(self) -> None:
        self._waiting: list[int] = []  # keys and numbers in turn
        self._file: sqlite3.Connection | None = None

    def add(self, key: Key, number: int) -> None:
        """Note a key and its number."""
        self._waiting += (key, number)
        if len(self._waiting) >= _MOST_WAITING:
            self._file_waiting()

    def __iter__(self) -> Iterator[tuple[Key, int]]:
        """Yield keys and numbers as they were noted."""
        for pairs in self._blocks():
            yield from zip(pairs[::2], pairs[1::2], strict=True)

    def _file_waiting(self) -> None:
        if self._file is None:
            self._file = _temporary_file("CREATE TABLE kept (pairs BLOB)", _CACHE_OF_BLOCKS)
        self._file.execute("INSERT INTO kept VALUES (?)", (array("q", self._waiting).tobytes(),))
        self._waiting.clear()

    def _blocks(self) -> "Iterator[Sequence[int]]":
        if self._file is not None:
            for (pairs,) in self._file.execute("SELECT pairs FROM kept ORDER BY rowid"):
                yield array("q", pairs)
        yield self._waiting


class SeldomAsked:
    """Numbers under keys, the first one winning; they are only put in order when one is asked for."""

    def __init__(self) -> None:
        self._log = KeyLog()
        self._numbers: NumbersByKey | None = None

    def add(self, key: Key, number: int) -> None:
        """Put the number under the key unless there is one."""
        if self._numbers is None:
            self._log.add(key, number)
        else:
            self._numbers.put_first(key, number)

    def get(self, key: Key) -> int | None:
        """Return the first number that was put under the key, None if none was."""
        if self._numbers is None:
            self._numbers = NumbersByKey()
            for each, number in self._log:
                self._numbers.put_first(each, number)
            self._log = KeyLog()
        return self._numbers.get(key)


def _temporary_file(table: str, cache: int) -> sqlite3.Connection:
    """Return a database of one table that nobody else can open and that goes with its connection."""
    db = sqlite3.connect("", isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute(f"PRAGMA cache_size = {cache}")
    db.execute(table)
    return db
