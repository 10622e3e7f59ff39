"""The chart of a table as text: a line for each bar, for terminals. It is read without colour."""

from collections.abc import Iterator, Sequence

from schoolcrm.reports.writers.layout import GAP, pad, width_of, wrap
from schoolcrm.reports.writers.panels import Bar, Panel

BLOCK = "█"
_LEAST_ROOM = 8  # with less room for the longest bar there is no picture
_MOST_ROOM = 60  # longer bars are harder to compare, not easier


def picture_lines(panels: Sequence[Panel], width: int) -> Iterator[tuple[str, bool]]:
    """Yield the lines of the picture, none wider than ``width``, each with whether it is a title.

    An empty line stands before each panel. On a screen too narrow for bars there are no lines.
    """
    names, figures = _widths(panels, width)
    room = min(width - names - figures - len(GAP) - 1, _MOST_ROOM)
    if room < _LEAST_ROOM:
        return
    for panel in panels:
        yield "", False
        for line in wrap(panel.title, width):
            yield line, True
        for part in panel.parts:
            for line in wrap(part.heading, width) if part.heading else ():
                yield line, True
            for bar in part.bars:
                yield from ((line, False) for line in _bar_lines(bar, panel, names, room))


def _widths(panels: Sequence[Panel], width: int) -> tuple[int, int]:
    """Return the width of the names, at most a third of the screen where they don't fit, and of the figures."""
    bars = [bar for panel in panels for bar in panel.bars]
    names = max((width_of(bar.name) for bar in bars), default=0)
    figures = max((width_of(bar.text) for bar in bars), default=0)
    spare = width - figures - len(GAP) - 1 - _LEAST_ROOM
    return (names if names <= spare - _LEAST_ROOM else max(width // 3, 1)), figures


def _bar_lines(bar: Bar, panel: Panel, names: int, room: int) -> Iterator[str]:
    """Yield the line of the bar, its figure at the end; a name too long goes on below."""
    first, *further = wrap(bar.name, names)
    drawn = BLOCK * bar.length(panel.most, room)
    figure = f"{drawn} {bar.text}" if drawn else bar.text
    yield f"{pad(first, names, False)}{GAP}{figure}".replace("\u00a0", " ").rstrip()
    yield from further
