"""Texts with places for facts, pure: ``Hello {name}, your balance is {balance}`` (R55)."""

import re
from collections.abc import Collection, Mapping

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt

_PLACES = r"\{(?P<brace>\{)|\{(?P<name>[^{}\n]+)\}|(?P<open>\{)"


def places_of(text: str) -> list[str]:
    """Return the names of the places in the order of the text, each once; two braces are one brace.

    Raises BadValue for a brace that is not closed.
    """
    names = []
    for found in re.finditer(_PLACES, text):
        if found["open"]:
            raise BadValue(
                _("The template has a brace that is not closed: {text}.").format(text=excerpt(text[found.start() :])),
                _("Write a field like {example}, and two opening braces for a brace.").format(example="{name}"),
            )
        if found["name"]:
            names.append(found["name"].strip())
    return list(dict.fromkeys(names))


def fill_letter(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the values in their places, all those that `places_of` names."""

    def filled(found: re.Match[str]) -> str:
        return values[found["name"].strip()] if found["name"] else "{"

    return re.sub(_PLACES, filled, text)


def unknown_place(name: str, known: Collection[str]) -> BadValue:
    """Return the refusal of a place that no field answers to, with those that may have been meant."""
    sentence = _("The template names a field that isn't there: {name}.").format(name="{" + excerpt(name) + "}")
    known_fields = _("Known fields: {known}.").format(known=", ".join(known))
    return BadValue(sentence, did_you_mean(closest(name, known), known_fields))
