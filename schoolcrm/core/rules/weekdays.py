"""Days of the week as people write them."""

import re

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold

_WEEKDAY_WORDS = (
    "mon monday пн понедельник",
    "tue tues tuesday вт вторник",
    "wed wednesday ср среда среду",
    "thu thur thurs thursday чт четверг",
    "fri friday пт пятница пятницу",
    "sat saturday сб суббота субботу",
    "sun sunday вс воскресенье",
)
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAY_WORDS, 1) for word in words.split()}
"""The ISO number (1 Monday … 7 Sunday) of every word for a day of the week."""


def parse_weekdays(text: str) -> frozenset[int]:
    """Return the ISO weekdays (1 Monday … 7 Sunday) of ``mon,thu``, ``пн, чт`` or ``mon-fri``; BadValue."""
    days: set[int] = set()
    for word in re.split(r"[,;\s]+", re.sub(r"\s*[-–—]\s*", "-", fold(text)).strip(" ,;")):
        first, dash, last = word.partition("-")
        numbers = [WEEKDAYS.get(day.rstrip(".")) for day in ((first, last) if dash else (first,))]
        if None in numbers:
            raise BadValue(
                _('"{value}" is not a day of the week.').format(value=excerpt(word or text)),
                _("Write days like mon,thu or mon-fri."),
            )
        start, end = numbers[0] or 0, numbers[-1] or 0
        days.update((start + step - 1) % 7 + 1 for step in range((end - start) % 7 + 1))
    return frozenset(days)
