"""The chart of a table as pictures inside an HTML page: they need no script, no other file, and print in black too."""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from schoolcrm.reports.writers.layout import width_of
from schoolcrm.reports.writers.page import Heading
from schoolcrm.reports.writers.panels import Bar, Figure, Panel, Part

STYLE = """
figure { margin: 1rem 0; } figcaption { font-weight: 600; margin: 0 0 .3rem; break-after: avoid; }
svg { display: block; margin: 0 0 .5rem; width: 100%; max-width: 45rem; height: auto; break-inside: avoid; }
svg text { font-size: 13px; fill: #1b1b1b; }
svg .h { font-weight: 600; } svg rect { fill: #4a7ab5; } svg line { stroke: #333; }
"""
_WIDTH = 720  # of the drawing; it is scaled to the page
_LINE, _BAR = 22, 14  # height of a line and of the bar in it
_LETTER = 7.5  # the usual width of a letter of 13 pixels
_LONGEST_NAME = 34
_GAP = 8


class _Frame(NamedTuple):
    """What the pictures of one panel share: where bars begin, how long the longest may be."""

    left: int
    room: int
    most: Figure


def figures_of(panels: list[Panel]) -> Iterator[str]:
    """Yield a figure for each panel, with a picture for each part of it: a page ends between pictures only.

    What a picture shows is told in words as its description.
    """
    for number, panel in enumerate(panels, 1):
        frame = _frame_of(panel)
        pictures = (
            _picture(f"chart-{number}-{at}", panel.title, part, frame) for at, part in enumerate(panel.parts, 1)
        )
        yield f"<figure>\n<figcaption>{escape(panel.title)}</figcaption>\n{''.join(pictures)}</figure>\n"


def _frame_of(panel: Panel) -> _Frame:
    names = min(max(width_of(bar.name) for bar in panel.bars), _LONGEST_NAME) * _LETTER
    figures = max(width_of(bar.text) for bar in panel.bars) * _LETTER
    left = round(names) + _GAP
    return _Frame(left, _WIDTH - left - round(figures) - 2 * _GAP, panel.most)


def _picture(name: str, title: str, part: Part, frame: _Frame) -> str:
    lines: list[Bar | str] = [part.heading, *part.bars] if part.heading else [*part.bars]
    height = _LINE * len(lines)
    axis = _LINE if part.heading else 0
    body = "".join(_drawn(line, at * _LINE, frame) for at, line in enumerate(lines))
    return (
        f'<svg role="img" aria-labelledby="{name}" aria-describedby="{name}-told" viewBox="0 0 {_WIDTH} {height}">\n'
        f'<title id="{name}">{escape(str(Heading(title, part.heading)))}</title>\n'
        f'<desc id="{name}-told">{escape(_told(part))}</desc>\n'
        f'{body}<line x1="{frame.left}" y1="{axis}" x2="{frame.left}" y2="{height}"/>\n</svg>\n'
    )


def _drawn(line: Bar | str, top: int, frame: _Frame) -> str:
    base = top + _LINE - 6
    if isinstance(line, str):
        return f'<text class="h" x="0" y="{base}">{escape(line)}</text>\n'
    length = line.length(frame.most, frame.room)
    rect = f'<rect x="{frame.left}" y="{top + 4}" width="{length}" height="{_BAR}"/>' if length else ""
    name = f'<text x="{frame.left - _GAP}" y="{base}" text-anchor="end">{escape(_shortened(line.name))}</text>'
    return f'{name}{rect}<text x="{frame.left + length + _GAP}" y="{base}">{escape(line.text)}</text>\n'


def _shortened(name: str) -> str:
    return name if width_of(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _told(part: Part) -> str:
    """Return the figures in words, for those who hear the page."""
    return ", ".join(f"{bar.name} {bar.text}".strip() for bar in part.bars)
