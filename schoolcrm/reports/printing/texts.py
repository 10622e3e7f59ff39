"""What a placeholder may stand for, and how it is written on paper: in the school's language, as people read it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from schoolcrm.core.language import _, speaking
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.money import human_money, machine_money
from schoolcrm.core.rules.safetext import printable

Values = Mapping[str, Any]
"""What may be printed: texts, numbers, days, sums, None for nothing; groups of these, and lists of groups."""

_NOT_IN_XML = re.compile("[\ufffe\uffff]")


class Sum(NamedTuple):
    """A sum of money in figures."""

    kopecks: int


class InWords(NamedTuple):
    """A sum of money in words, in the currency with that code."""

    kopecks: int
    currency: str


class Word(NamedTuple):
    """A word of the program's own, said in the school's language; `source` is the English one."""

    source: str


def text_of(value: Any, language: str) -> Any:
    """Return what is printed for the value; groups and lists are returned as they are."""
    if isinstance(value, Mapping | list):
        return value
    with speaking(language):
        return _NOT_IN_XML.sub("", printable(_written(value, language)))


def _written(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return human_date(value)
    if isinstance(value, Sum):
        return human_money(value.kopecks)
    if isinstance(value, InWords):
        return _in_words(value, language)
    if isinstance(value, Word):
        return _(value.source)
    return str(value)


def _in_words(sum_: InWords, language: str) -> str:
    """Return «пять тысяч шестьсот рублей 00 копеек»; a currency whose words are not known stands as its code."""
    from num2words import num2words

    amount = Decimal(machine_money(sum_.kopecks))
    try:
        words = num2words(amount, lang=language, to="currency", currency=sum_.currency, cents=False, separator="")
    except NotImplementedError:
        whole, part = divmod(abs(sum_.kopecks), 100)
        words = _("{words} and {part}/100 {currency}").format(
            words=num2words(whole, lang=language), part=f"{part:02}", currency=sum_.currency
        )
    return str(words)
