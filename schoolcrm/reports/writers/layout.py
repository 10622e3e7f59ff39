"""Columns of text side by side: the width of a text on a screen, of the columns, one line of them."""

from collections.abc import Callable, Sequence

GAP = "  "


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
        max((width_of(word) for cell in column for word in cell.split(" ")), default=0)
        for column in zip(*rows, strict=True)
    ]


def fit(natural: Sequence[int], limits: Sequence[Sequence[int]], room: int) -> list[int]:
    """Return column widths that fit the room: the widest column gives way first, none goes below its limit.

    ``limits`` are tried one after the other. When the last one is still too wide, so is the sum: a figure is
    never cut.
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
