"""The texts of one language, each looked up in its compiled catalogue (.mo) when it is asked for.

A command shows some hundred of the program's thousands of texts. `gettext.GNUTranslations` reads them all, which
takes longer than all that a short report does; here the file's sorted table is searched for the few.
"""

import sys
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from pathlib import Path

_MAGIC = 0x950412DE
_COUNT, _ORIGINALS, _TRANSLATIONS = 2, 3, 4  # which word of the file's head tells it, or where that table is
_WORD = 4  # bytes
_CONTEXT_END = "\x04"
_FORM_END = "\0"


class SourceTexts:
    """The texts as they stand in the program, in English."""

    def gettext(self, message: str) -> str:
        """Return the text."""
        return message

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of the text for so many."""
        return one if count == 1 else many

    def pgettext(self, _context: str, message: str) -> str:
        """Return the text as it is said in that context."""
        return message


class CompiledTexts(SourceTexts):
    """The texts of a compiled catalogue, whose table must be sorted; what it lacks is said in English."""

    def __init__(self, content: bytes) -> None:
        words = memoryview(content[: len(content) // _WORD * _WORD]).cast("I")
        if words[0] != _MAGIC:
            raise ValueError("not a catalogue compiled for this machine's order of bytes")
        self._content = content
        self._words = words
        self._count = words[_COUNT]
        self._originals = words[_ORIGINALS] // _WORD
        self._translations = words[_TRANSLATIONS] // _WORD
        self._found: dict[str, str] = {}
        self._form_of: Callable[[int], int] | None = None

    def gettext(self, message: str) -> str:
        """Return the text in the language; of one that has plural forms, the form for one."""
        found = self._look_up(message)
        if found is None:
            return message
        return found.split(_FORM_END)[self._form(1)] if _FORM_END in found else found

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of the text for so many in the language."""
        found = self._look_up(one)
        return super().ngettext(one, many, count) if found is None else found.split(_FORM_END)[self._form(count)]

    def pgettext(self, _context: str, message: str) -> str:
        """Return the text as the language says it in that context."""
        found = self._look_up(f"{_context}{_CONTEXT_END}{message}")
        return message if found is None else found

    def _look_up(self, message: str) -> str | None:
        """Return the translation, its forms with a NUL between them; None if there is none."""
        found = self._found.get(message)
        if found is None:
            wanted = message.encode("utf-8", "replace")
            at = bisect_left(range(self._count), wanted, key=self._original)
            if not wanted or at == self._count or self._original(at) != wanted:
                return None
            found = self._found[message] = self._entry(self._translations, at).decode()
        return found

    def _original(self, at: int) -> bytes:
        """Return the English text with that place in the table, without its plural."""
        return self._entry(self._originals, at).partition(b"\0")[0]

    def _entry(self, table: int, at: int) -> bytes:
        length, start = self._words[table + 2 * at], self._words[table + 2 * at + 1]
        return self._content[start : start + length]

    def _form(self, count: int) -> int:
        """Return which of its forms the language uses for so many, by the rule in the catalogue's head."""
        if self._form_of is None:
            from gettext import c2py

            head = self._entry(self._translations, 0).decode()
            self._form_of = c2py(head.partition("plural=")[2].partition(";")[0])
        return self._form_of(count)


SOURCE_TEXTS = SourceTexts()


@cache
def compiled_texts(file: Path) -> SourceTexts:
    """Return the texts of a compiled catalogue; the English ones when there is no such file."""
    try:
        content = file.read_bytes()
    except OSError:
        return SOURCE_TEXTS
    if sys.byteorder == "little":
        return CompiledTexts(content)
    return _read_at_once(content)


def _read_at_once(content: bytes) -> SourceTexts:
    """Return the texts read by the standard library, which turns the bytes around."""
    from gettext import GNUTranslations
    from io import BytesIO
    from typing import cast

    return cast(SourceTexts, GNUTranslations(BytesIO(content)))
