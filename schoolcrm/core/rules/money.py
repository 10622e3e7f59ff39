"""Sums of money: whole kopecks inside, read and written at the edges; never a float."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, current_language
from schoolcrm.core.rules.names import excerpt, tidy

_PLAIN = "(-?)([0-9]{1,12}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,3})(?:[.,]([0-9]{1,2}))?"
_SIGNS = str.maketrans(dict.fromkeys("−–—‒‐‑﹣－", "-") | {"＋": "+"})
_SIGNED = (
    r"₽? ?(?P<sign>[+-]?) ?₽? ?(?P<digits>[0-9](?:[0-9 .,]*[0-9])?)"
    r" ?(?:₽|ru[br]\.?|руб(?:\.|лей|ля|ль)?|р\.?)?"
)
_DIGITS = (
    r"(?P<whole>[0-9]{1,3}(?P<mark>[ .,])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<part>[0-9]{1,2}))?"
)
_LONG_PART = r"[0-9 ]+[.,][0-9]{3,}"
_PERCENT = r"(?P<whole>[0-9]{1,3})(?:[.,](?P<part>[0-9]{1,2}))? ?%?"
_WHOLE = 10_000
_LONGEST = 60
_MOST_DIGITS = 12


@cache
def _plain_reader() -> Callable[[str], re.Match[str] | None]:
    """The usual writings, compiled once: an import reads them by the hundred thousand, most commands none."""
    return re.compile(_PLAIN).fullmatch


def parse_money(text: str) -> int:
    """Return the kopecks of a sum as people write it: ``1500``, ``-1 250,50``, ``1 000.00 ₽`` (R63).

    Raises BadValue, also for ``1,000`` (thousands or decimals?) and fractions of a kopeck.
    """
    plain = _plain_reader()(text)
    if plain is None:
        return _parse_any(text)
    sign, whole, part = plain.groups()
    if len(whole) > 4:
        whole = "".join(whole.split())
    kopecks = int(whole) * 100
    if part:
        kopecks += int(part.ljust(2, "0"))
    return -kopecks if sign else kopecks


@lru_cache(maxsize=1024)
def _parse_any(text: str) -> int:
    """Read a sum with spaces, thousands, a currency, any writing of the sign."""
    if len(text) > _LONGEST:
        raise _not_money(text)
    signed = re.fullmatch(_SIGNED, tidy(text).translate(_SIGNS), re.IGNORECASE)
    if signed is None:
        raise _not_money(text)
    found = re.fullmatch(_DIGITS, signed["digits"])
    if found is None:
        raise _fraction(text) if re.fullmatch(_LONG_PART, signed["digits"]) else _not_money(text)
    mark, point = found["mark"], found["point"]
    if mark and mark == point:
        raise _not_money(text)
    if mark and mark in ".," and not point and found["whole"].count(mark) == 1:
        raise _fraction(text) if found["whole"].startswith("0") else _two_readings(text)
    whole = found["whole"].replace(mark, "") if mark else found["whole"]
    if len(whole) > _MOST_DIGITS:
        raise BadValue(_('The sum "{value}" is too large.').format(value=excerpt(text)), _hint())
    kopecks = int(whole) * 100 + int((found["part"] or "").ljust(2, "0"))
    return -kopecks if signed["sign"] == "-" else kopecks


def _hint() -> str:
    return _("Write sums like 1500, 1500.50 or 1 500,50.")


def _not_money(text: str) -> BadValue:
    if not text.strip():
        return BadValue(_("A sum of money is missing."), _hint())
    return BadValue(_('"{value}" is not a sum of money.').format(value=excerpt(text)), _hint())


def _fraction(text: str) -> BadValue:
    sentence = _('"{value}" has fractions of a kopeck: a sum has two decimals at most.')
    return BadValue(sentence.format(value=excerpt(text)), _hint())


def _two_readings(text: str) -> BadValue:
    sentence = _('"{value}" can be read in two ways: the mark may stand for thousands or for decimals.')
    return BadValue(sentence.format(value=excerpt(text)), _hint())


def machine_money(kopecks: int) -> str:
    """Return the sum for other programs: ``-1250.50`` whatever the language."""
    whole, part = divmod(abs(kopecks), 100)
    return f"{'-' if kopecks < 0 else ''}{whole}.{part:02}"


def human_money(kopecks: int) -> str:
    """Return the sum as people of the language in use read it: ``-1 250,50`` or ``-1,250.50``."""
    whole, part = divmod(abs(kopecks), 100)
    sign = "-" if kopecks < 0 else ""
    if current_language() == "ru":
        return f"{sign}{whole:,}".replace(",", "\u00a0") + f",{part:02}"
    return f"{sign}{whole:,}.{part:02}"


def parse_percent(text: str) -> int:
    """Return hundredths of a percent, above 0 and not above 100 %: ``10``, ``12.5``, ``12,5 %`` (R35).

    Raises BadValue, also for more than two decimals.
    """
    found = re.fullmatch(_PERCENT, tidy(text))
    hundredths = int(found["whole"]) * 100 + int((found["part"] or "").ljust(2, "0")) if found else 0
    if not 0 < hundredths <= _WHOLE:
        raise BadValue(
            _('"{value}" is not a percentage above 0 and up to 100.').format(value=excerpt(text)),
            _("Write it like 10 or 12.5, with two decimals at most."),
        )
    return hundredths


def human_percent(hundredths: int) -> str:
    """Return the percentage as people of the language in use read it: ``12,5 %`` or ``12.5 %``."""
    point = "," if current_language() == "ru" else "."
    return f"{machine_percent(hundredths).replace('.', point)}\u00a0%"


def machine_percent(hundredths: int) -> str:
    """Return the percentage for other programs, without needless decimals: ``12.5``."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".")


def share_of(price: int, percent: int) -> int:
    """Return that percentage of the price in kopecks, rounded half up (R31)."""
    return prorate(price, percent, 100)


def prorate(price: int, part: int, whole: int) -> int:
    """Return price × part / whole in kopecks, half a kopeck rounded away from zero (R31)."""
    if whole <= 0:
        raise ValueError(whole)
    product = price * part
    rounded = (2 * abs(product) + whole) // (2 * whole)
    return rounded if product >= 0 else -rounded
