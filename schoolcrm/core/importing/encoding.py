"""In which encoding a text file is written, told from its bytes (R60).

Byte order mark, then strict UTF-8, then UTF-16 without a mark, then the likeliest of the one-byte
Cyrillic encodings. A file that fits none of them is refused: a wrong guess would be kept for good.
"""

import codecs
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = ("cp1251", "koi8-r", "cp866")
"""Encodings that are told apart by how likely the text is."""
_ACCEPTED = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
    *("cp1251", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "iso8859-5"),
    *("cp1250", "cp1252", "iso8859-1", "iso8859-15", "ascii"),
)
_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_LETTERS = 1 << 14
_LONGEST_LINE = 1 << 22

# Letters of Russian text by how often they occur, in thousandths.
_FREQUENCY = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44, "к": 35,
    "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16, "б": 16, "ч": 14,
    "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3, "ъ": 1, "ё": 1,
}  # fmt: skip
_SIGNS = frozenset("«»№—–“”„’…\xa0°₽€©®•·")
_USUAL_SHARE = 0.9  # of Latin and Cyrillic characters in UTF-16; other bytes would read as Chinese
_IMPLAUSIBLE = -150
_POSSIBLE = 10
_LEAST_PLAUSIBLE = 8


def named_encoding(name: str) -> str:
    """Return the codec for an encoding as people write it ("windows-1251", "UTF8"); BadValue."""
    known = {codecs.lookup(each).name: each for each in _ACCEPTED}
    try:
        return known[codecs.lookup(name.strip()).name]
    except (LookupError, ValueError):
        raise BadValue(
            _('"{name}" is not an encoding that can be read.').format(name=excerpt(name)),
            _("Known ones: {names}.").format(names=", ".join(_ACCEPTED)),
        ) from None


def marked_encoding(head: bytes) -> str:
    """Return the codec that the byte order mark at the beginning of a file names, or ""."""
    return next((codec for mark, codec in _MARKS if head.startswith(mark)), "")


def recognise_encoding(path: Path) -> str:
    """Return the codec of the text file at ``path``; BadValue if it is no text or can't be told."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        if codec := marked_encoding(head) or _unmarked_utf16(head):
            return codec
        file.seek(0)
        broken_line = _first_line_not_utf8(file)
        if not broken_line:
            return "utf-8"
        file.seek(0)
        sample = _sample_with_letters(file)
    if _resembles_utf8(sample):
        raise BadValue(
            _("{path} is written in UTF-8, but line {line} has bytes that are not.").format(
                path=path, line=broken_line
            ),
            _('Save it again as "CSV UTF-8", or name its encoding with --encoding.'),
        )
    return _likeliest_cyrillic(path, sample)


def check_text(path: Path, codec: str) -> None:
    """Refuse (BadValue) a file that is no table of text: with NUL bytes or with an endless line."""
    wide = codec.startswith(("utf-16", "utf-32"))
    length, line = 0, 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if not wide and (at := block.find(b"\0")) >= 0:
                raise BadValue(
                    _("Line {line} of {path} has a NUL byte: it is not a text file.").format(
                        line=line + block.count(b"\n", 0, at), path=path
                    ),
                    _("Save the table as CSV or XLSX."),
                )
            last = max(block.rfind(b"\n"), block.rfind(b"\r"))
            length = len(block) - last - 1 if last >= 0 else length + len(block)
            line += block.count(b"\n")
            if length > _LONGEST_LINE:
                raise BadValue(
                    _("Line {line} of {path} is too long for a table.").format(line=line, path=path),
                    _("Save the table as CSV or XLSX."),
                )


def first_undecodable_line(path: Path, codec: str) -> int:
    """Return the number of the first line that ``codec`` can't decode, 0 if lines can't tell."""
    if codec.startswith(("utf-16", "utf-32")):
        return 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(codec)
            except UnicodeDecodeError:
                return number
    return 0


def _first_line_not_utf8(file: BinaryIO) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    while block := file.read(_BLOCK):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as fault:
            return line + fault.object.count(b"\n", 0, fault.start)
        line += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return 0


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 text of a table always has NUL bytes: every digit, delimiter and end of line."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even == odd:
        return ""
    codec = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = head[: len(head) // 2 * 2].decode(codec, "strict" if len(head) < _SAMPLE else "ignore")
    except UnicodeDecodeError:
        return ""
    usual = sum(character in "\t\r\n" or " " <= character < "\u0530" for character in text)
    return codec if usual >= _USUAL_SHARE * len(text) else ""


def _sample_with_letters(file: BinaryIO) -> bytes:
    """Return a sample of the file beginning shortly before its first byte that is not ASCII."""
    while block := file.read(_BLOCK):
        if not block.isascii():
            at = next(index for index, byte in enumerate(block) if byte > 127)
            return block[max(0, at - 100) : at + _LETTERS]
    return b""


def _resembles_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = sum(character > "\x7f" for character in text) - broken
    return foreign > 4 * broken


def _likeliest_cyrillic(path: Path, sample: bytes) -> str:
    plausibility = {}
    for codec in GUESSED:
        try:
            plausibility[codec] = _plausibility(sample.decode(codec))
        except UnicodeDecodeError:
            continue
    best = max(plausibility, key=lambda codec: plausibility[codec])
    if plausibility[best] < _LEAST_PLAUSIBLE:
        raise BadValue(
            _("The encoding of {path} can't be recognised.").format(path=path),
            _('Save it as "CSV UTF-8" or XLSX, or name its encoding with --encoding.'),
        )
    return best


def _plausibility(text: str) -> float:
    """Return how much like Russian the letters that are not ASCII look, on average."""
    total, count = 0, 0
    for (previous, character), times in Counter(pairwise(f" {text}")).items():
        if character > "\x7f":
            total += times * _weight(character, previous)
            count += times
        elif previous > "\x7f" and character.isalpha() and previous.isalpha():
            total += times * _IMPLAUSIBLE  # a word of two alphabets: "Йcole"
    return total / count if count else 0


def _weight(character: str, previous: str) -> int:
    if character in _SIGNS:
        return _IMPLAUSIBLE if character == "№" and previous.isalpha() else _POSSIBLE
    small = character.lower()
    if small not in _FREQUENCY or (previous.isascii() and previous.isalpha()):
        return _IMPLAUSIBLE
    if character != small and previous.islower():  # KOI8-R read as cp1251 swaps the case: "хБЮМ"
        return _IMPLAUSIBLE
    return _FREQUENCY[small] + (5 if character == small else 0)
