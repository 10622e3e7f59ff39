r"""Taking apart the values after a field, of which any will do: `a,b` (cli.md §3).

Not every comma stands between two values: `1 500,50` is a sum, «по 850,00» a piece of a name. A comma after a
backslash (`\,`) is never one that does.
"""

import re

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.listing.fields import Field
from schoolcrm.core.rules.names import excerpt, fold

_KEPT = "\x1f"
_COMMA_OF_TEXT = r"(?<=[0-9]),(?=[0-9])"
_WHOLE_SUM = r"[-−+]?\s*[0-9][0-9 \u00a0\u202f]*"
_FRACTION = r"(?i)(?P<digits>[0-9]{1,2})(?:\s*(?:₽|р\.?|руб\.?|RUB)?\s*|\.\..*)"
# As English writes thousands: 1,000 and 1,250.50; 100,200 is a list all the same.
_THOUSANDS = r"[-−+]?\s*(?:[0-9]{1,3},(?:0[0-9]{2}|[0-9]{3}\.[0-9]{1,2})|[0-9]{1,2},[0-9]{3})(?![0-9]).*"


def alternatives(field: Field, text: str) -> list[str]:
    """Return the values that the text names, of which any will do; BadValue for a sum with two readings.

    Of a sum, a comma before exactly two digits is a decimal one; in a text, a comma between two digits is part of
    it, and so is one of a choice. Elsewhere a comma parts two values.
    """
    kept = text.replace(r"\,", _KEPT)
    kind = field.items if field.is_list else field.kind
    if kind == "money":
        parts = _sums(text, kept.split(","))
    elif field.choices and fold(text) in map(fold, field.choices):
        parts = [kept.replace(",", _KEPT)]
    elif kind == "text" and not field.choices:
        parts = re.sub(_COMMA_OF_TEXT, _KEPT, kept).split(",")
    else:
        parts = kept.split(",")
    return [part.replace(_KEPT, ",") for part in parts if part.strip()]


def unescaped(text: str) -> str:
    r"""Return a text that is one value with its commas written plainly: `\,` is a comma."""
    return text.replace(r"\,", ",")


def _sums(text: str, parts: list[str]) -> list[str]:
    """Join a sum and its kopecks again where the comma between them is a decimal one."""
    joined: list[str] = []
    ends_in_kopecks = False
    for part in parts:
        before = joined[-1].rpartition("..")[2].strip() if joined else ""
        fraction = re.fullmatch(_FRACTION, part) if ends_in_kopecks or re.fullmatch(_WHOLE_SUM, before) else None
        if re.fullmatch(_THOUSANDS, f"{before},{part}"):
            raise _two_readings(text)
        if fraction is None:
            joined.append(part)
        elif ends_in_kopecks or len(fraction["digits"]) == 1:
            raise _two_readings(text)
        else:
            joined[-1] += f",{part}"
        ends_in_kopecks = fraction is not None and ".." not in part
    return joined


def _two_readings(text: str) -> BadValue:
    return BadValue(
        _('"{value}" can be read in two ways: a comma may part two sums, or stand before the kopecks.').format(
            value=excerpt(text)
        ),
        _("Write kopecks after a point (1500.50), and a space after a comma between two sums (1500, 50)."),
    )
