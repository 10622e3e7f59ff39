"""Columns of text side by side: the width of a text on a screen, of the columns, one line of them."""

import re
from collections.abc import Callable, Sequence

GAP = "  "
_BREAK = r"( +|(?<=,)(?=[^\W\d]))"  # at spaces and after commas, never inside 1,250.00


def width_of(text: str) -> int:
    """Return how many cells of a screen the text takes."""
    if _is_even(text):
        return len(text)
    from unicodedata import category, east_asian_width

    def cells(character: str) -> int:
        if category(character) in ("Mn", "Me", "Cf"):
            return 0
        return 2 if east_asian_width(character) in "WF" else 1

    return sum(map(cells, text))


def _is_even(text: str) -> bool:
    """Tell whether every character takes one cell: so do all of the Windows Cyrillic set. A quick first look."""
    return text.isascii() or len(text.encode("cp1251", "ignore")) == len(text)


def widths_of(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of the widest cell of each column."""
    return [max(map(width_of, column)) for column in zip(*rows, strict=True)]


def longest_words(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of the longest word of each column: narrower, a word would be broken."""
    return [
        max((width_of(word) for cell in column for word in re.split(_BREAK, cell)[::2]), default=0)
        for column in zip(*rows, strict=True)
    ]


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of the text: broken between words; only a word wider than the line is cut."""
    if width_of(text) <= width:
        return [text]
    pieces = re.split(_BREAK, text)
    lines = [""]
    for gap, word in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        longer = lines[-1] + gap + word
        if not lines[-1] or width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
        while width_of(lines[-1]) > width and len(lines[-1]) > 1:
            lines[-1:] = _cut(lines[-1], width)
    return lines


def _cut(text: str, width: int) -> tuple[str, str]:
    at = min(max(width, 1), len(text) - 1)
    while at > 1 and width_of(text[:at]) > width:
        at -= 1
    return text[:at], text[at:]


def fit(natural: Sequence[int], limits: Sequence[Sequence[int]], room: int) -> list[int]:
    """Return column widths that fit the room: the widest column gives way first, none goes below its limit.

    ``limits`` are tried one after the other. When the last one is still too wide, so is the sum.
    """
    widths = list(natural)
    for least in limits:
        _narrow(widths, least, room)
    return widths


def _narrow(widths: list[int], least: Sequence[int], room: int) -> None:
    excess = sum(widths) - room
    while excess > 0:
        spare = [at for at, width in enumerate(widths) if width > least[at]]
        if not spare:
            return
        widths[max(spare, key=lambda at: widths[at])] -= 1
        excess -= 1


def line_maker(widths: Sequence[int], right: Sequence[bool]) -> Callable[[Sequence[str]], str]:
    """Return what joins cells to one aligned line without spaces at its end; longer cells are never cut."""
    sides = ["" if to_right else "-" for to_right in right]
    template = GAP.join(f"%{side}{width}s" for side, width in zip(sides, widths, strict=True))

    def line(cells: Sequence[str]) -> str:
        text = template % tuple(cells)
        if not _is_even(text):
            text = GAP.join(map(pad, cells, widths, right))
        return text.rstrip()

    return line


def pad(text: str, width: int, to_right: bool) -> str:
    """Return the text with the spaces that make it as wide as its column."""
    spaces = " " * (width - width_of(text))
    return spaces + text if to_right else text + spaces
