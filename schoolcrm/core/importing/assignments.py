"""What ``--map`` and a saved mapping say: which field a heading is, and what a value under it means (R61, R62)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold, known_names, tidy

LEFT_OUT = ("", "-", "—")
"""What is written for a column or a value that is left out."""

Meanings = Mapping[str, str]
"""A value as the file has it, and the value that is read in its place."""


class Assigned(NamedTuple):
    """What is said of the columns, by their places: the field, and the meanings of values."""

    fields: dict[int, str]
    values: dict[int, dict[str, str]]


def parse_assignments(texts: Iterable[str]) -> dict[str, str]:
    """Return heading → field of ``--map 'Heading=field'`` options; BadValue without an equals sign.

    ``Heading:value=other`` says what a value under the heading means.
    """
    assignments = {}
    for text in texts:
        heading, equals, target = text.rpartition("=")
        if not equals or not heading.strip():
            raise BadValue(
                _('"{value}" is not a mapping of a heading to a field.').format(value=excerpt(text)),
                _("Write it like --map 'Phone of the mother=phone'."),
            )
        assignments[heading] = target
    return assignments


def by_place(headings: Sequence[str], assignments: Mapping[str, str], *, complain: bool = False) -> Assigned:
    """Return what is said about which column; BadValue if a heading isn't in the file, when that matters."""
    said = Assigned({}, {})
    for key, target in assignments.items():
        if places := _places(headings, key):
            said.fields.update(dict.fromkeys(places, target))
            continue
        places, value = _places_of_value(headings, key)
        for place in places:
            said.values.setdefault(place, {})[value] = tidy(target)
        if not places and complain:
            raise _no_heading(headings, key)
    return said


def is_about(headings: Sequence[str], key: str) -> bool:
    """Tell whether the file has the heading that a mapping speaks of."""
    return bool(_places(headings, key) or _places_of_value(headings, key)[0])


def replacer(meanings: Mapping[int, Meanings]) -> Callable[[list[str]], list[str]] | None:
    """Return what gives a row with the meanings in place of its values, None if none is said."""
    meant = {
        place: {fold(value): "" if target in LEFT_OUT else target for value, target in values.items()}
        for place, values in meanings.items()
        if values
    }
    if not meant:
        return None

    def replaced(cells: list[str]) -> list[str]:
        result = cells
        for place, values in meant.items():
            if place < len(cells) and (target := values.get(fold(cells[place]))) is not None:
                result = result if result is not cells else cells.copy()
                result[place] = target
        return result

    return replaced


def _places(headings: Sequence[str], key: str) -> list[int]:
    places = [place for place, each in enumerate(headings) if fold(each) == fold(key)]
    number = key.strip().removeprefix("#")
    if not places and key.strip().startswith("#") and number.isascii() and number.isdigit():
        places = [int(number[:6]) - 1] if 0 < int(number[:6]) <= len(headings) else []
    return places


def _places_of_value(headings: Sequence[str], key: str) -> tuple[list[int], str]:
    """Return the columns whose heading stands before a colon of the key, and the value behind it."""
    for at in [at for at, character in enumerate(key) if character == ":"]:
        value = tidy(key[at + 1 :])
        if value and key[:at].strip() and (places := _places(headings, key[:at])):
            return places, value
    return [], ""


def _no_heading(headings: Sequence[str], key: str) -> BadValue:
    named = [excerpt(each) for each in headings if each.strip()]
    return BadValue(
        _('The file has no heading "{heading}".').format(heading=excerpt(key)),
        _("Its headings: {names}.").format(names=known_names(key, named)),
    )
