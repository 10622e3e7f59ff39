"""Dates, times and periods as people write them; today is always given, never looked up."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, current_language
from schoolcrm.core.rules.names import excerpt, fold, tidy

FIRST_YEAR, LAST_YEAR = 1900, 2199

_SHORT_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
}
_DAY_WORDS = {
    "today": 0, "сегодня": 0, "yesterday": -1, "вчера": -1, "tomorrow": 1, "завтра": 1,
    "позавчера": -2, "послезавтра": 2,
}  # fmt: skip
# How many days and months a unit is.
_UNITS = {
    "d": (1, 0), "д": (1, 0), "дн": (1, 0), "w": (7, 0), "н": (7, 0), "нед": (7, 0),
    "m": (0, 1), "м": (0, 1), "мес": (0, 1), "y": (0, 12), "г": (0, 12),
}  # fmt: skip
_PERIOD_WORDS = {
    "this-week": ("week", 0), "last-week": ("week", -1), "next-week": ("week", 1),
    "this-month": ("month", 0), "last-month": ("month", -1), "next-month": ("month", 1),
    "this-year": ("year", 0), "last-year": ("year", -1), "next-year": ("year", 1),
    "эта-неделя": ("week", 0), "прошлая-неделя": ("week", -1), "следующая-неделя": ("week", 1),
    "этот-месяц": ("month", 0), "прошлый-месяц": ("month", -1), "следующий-месяц": ("month", 1),
    "этот-год": ("year", 0), "прошлый-год": ("year", -1), "следующий-год": ("year", 1),
}  # fmt: skip
_ALL_TIME = frozenset(("all", "все", "все-время"))

_WRITTEN = (
    r"(?:(?P<year>[0-9]{4})(?P<dash>[-./])(?P<month>[0-9]{1,2})(?P=dash)(?P<day>[0-9]{1,2})"
    r"|(?P<d>[0-9]{1,2})(?P<dot>[./-])(?P<m>[0-9]{1,2})(?P=dot)(?P<y>[0-9]{4}|(?<!-)[0-9]{2})(?: ?г\.?)?)"
    r"(?P<time>[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?)?"
)
_SERIAL = r"([1-9][0-9]{0,9})(?:[.,][0-9]{1,12})?"
_OFFSET = r"([+\-−–])([0-9]{1,4})([a-zа-я]{1,3})\.?"
_CLOCK = r"([0-9]{1,2})[:.-]([0-9]{2})(?::00)?"
_YEAR = r"[1-9][0-9]{3}"
_QUARTER = rf"({_YEAR})-?(?:q|к|кв)([1-4])"
_MONTH = rf"({_YEAR})-(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])\.({_YEAR})"

_LONGEST = 60
_ONE_DAY = timedelta(days=1)
_DAY_BEFORE_SERIALS = date(1899, 12, 30)
# Below lie ages and years, above it dates without their dots: no cell means a day of 1905 or 2174.
_SERIALS = range(2200, 100_000)


class Period(NamedTuple):
    """Days from the first to the last, both included; None: open on that side."""

    first: date | None
    last: date | None

    def contains(self, day: date) -> bool:
        """Tell whether the day lies in the period."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def parse_date(text: str, today: date) -> date:
    """Return the day meant on the command line: a date, ``today``, ``+7d``, ``mon``, Russian words.

    A weekday is the next such day, today included. Raises BadValue.
    """
    word = fold(text)
    if word in _DAY_WORDS:
        return _in_range(text, today + timedelta(days=_DAY_WORDS[word]))
    offset = re.fullmatch(_OFFSET, word)
    if offset and offset[3] in _UNITS:
        return _shift(text, today, int(offset[2]) * (1 if offset[1] == "+" else -1), offset[3])
    written = re.fullmatch(_WRITTEN, word)
    if written and not written["time"]:
        return _date_of(text, written, today, birth=False)

    from schoolcrm.core.rules.weekdays import WEEKDAYS

    if word in WEEKDAYS:
        return _in_range(text, today + timedelta(days=(WEEKDAYS[word] - today.isoweekday()) % 7))
    raise _not_date(text)


def read_date(text: str, *, today: date, birth: bool = False) -> date:
    """Return the date of an imported cell: written out in any way of R63 or a spreadsheet's number.

    A time of day is let go. Two-digit years are 20yy; a ``birth`` that would lie in the future is
    19yy. Raises BadValue, also for a birth in the future.
    """
    day = _read_usual(text)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = _read_any(text, today, birth)
    if birth and day > today:
        raise _bad(_("The birth date {value} is in the future."), text)
    return day


def _read_usual(text: str) -> date | None:
    """Return a date in one of the two most usual writings, quickly; None for anything else."""
    if len(text) != 10:
        return None
    if text[2] == "." == text[5]:
        text = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    elif not text[4] == "-" == text[7]:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _read_any(text: str, today: date, birth: bool) -> date:
    """Return the date of a cell in any writing, with the reason if there is none."""
    if len(text) > _LONGEST:
        raise _not_date(text)
    clean = tidy(text)
    if written := re.fullmatch(_WRITTEN, clean):
        return _date_of(text, written, today, birth=birth)
    if serial := re.fullmatch(_SERIAL, clean):
        return _date_of_serial(text, int(serial[1]))
    raise _not_date(text)


def _date_of_serial(text: str, serial: int) -> date:
    if serial in _SERIALS:
        return _DAY_BEFORE_SERIALS + timedelta(days=serial)
    if FIRST_YEAR <= serial <= LAST_YEAR:
        raise _bad(_("{value} is a year, not a date."), text)
    raise _not_date(text)


def _date_of(text: str, written: re.Match[str], today: date, *, birth: bool) -> date:
    """Return the day of the calendar that was written, or say why there is none."""
    year = written["year"] or written["y"]
    month = int(written["month"] or written["m"])
    day = int(written["day"] or written["d"])
    if month > 12 and written["year"]:
        raise _bad(_("There is no such day as {value}: a year has 12 months."), text)
    if month > 12:
        raise _bad(_("The date {value} has no such month: the day comes first, then the month."), text)
    try:
        found = date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    except ValueError:
        raise _bad(_("There is no such day as {value}."), text) from None
    if birth and len(year) == 2 and found > today:
        found = found.replace(year=found.year - 100)
    return _in_range(text, found)


def _shift(text: str, day: date, count: int, unit: str) -> date:
    """Return the day that many days, weeks, months or years away."""
    days, months = _UNITS[unit]
    try:
        moved = add_months(day, count * months) if months else day + timedelta(days=count * days)
    except (ValueError, OverflowError):
        raise _out_of_range(text) from None
    return _in_range(text, moved)


def _in_range(text: str, day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _out_of_range(text)
    return day


def _out_of_range(text: str) -> BadValue:
    return _bad(_("The year of {value} is not between 1900 and 2199."), text)


def _not_date(text: str) -> BadValue:
    return _bad(_('"{value}" is not a date.') if text.strip() else _("A date is missing."), text)


def _bad(sentence: str, text: str, hint: str = "") -> BadValue:
    """Return the refusal of a text, which stands in the sentence as {value}."""
    usual = _("Write dates like 2026-09-01 or 01.09.2026; in commands also today, +7d or mon.")
    return BadValue(sentence.format(value=excerpt(text)), hint or usual)


def parse_time(text: str) -> str:
    """Return the time of day of ``18:00``, ``9:30``, ``18.30`` or ``18:00:00`` as it is kept, "HH:MM"; BadValue."""
    clock = re.fullmatch(_CLOCK, tidy(text))
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        return f"{int(clock[1]):02}:{clock[2]}"
    raise _bad(_('"{value}" is not a time of day.'), text, _("Write times like 18:00 or 9:30."))


def parse_period(text: str, today: date) -> Period:
    """Return the period of ``2026-09``, ``2026``, ``2026-Q3``, ``last-month``, ``all`` or ``A..B``.

    Either side of ``A..B`` may be empty, a date or a period. Raises BadValue.
    """
    begin, dots, end = text.partition("..")
    if not dots:
        return _parse_one_period(text, today)
    first = _parse_one_period(begin, today).first if begin.strip() else None
    last = _parse_one_period(end, today).last if end.strip() else None
    if first is None and last is None:
        raise _not_period(text)
    if first and last and first > last:
        raise _bad(_('The period "{value}" ends before it begins.'), text, _("Put the earlier day first."))
    return Period(first, last)


def _parse_one_period(text: str, today: date) -> Period:
    word = fold(text).replace(" ", "-")
    if word in _ALL_TIME:
        return Period(None, None)
    if word in _PERIOD_WORDS:
        return _period_beside(today, *_PERIOD_WORDS[word])
    if found := re.fullmatch(_MONTH, word):
        return month_of(_in_range(text, date(int(found[1] or found[4]), int(found[2] or found[3]), 1)))
    if found := re.fullmatch(_QUARTER, word):
        first = _in_range(text, date(int(found[1]), 3 * int(found[2]) - 2, 1))
        return Period(first, _days_around(first + timedelta(days=70), "month")[1])
    if re.fullmatch(_YEAR, word):
        return Period(*_days_around(_in_range(text, date(int(word), 1, 1)), "year"))
    return _parse_day(text, today)


def _parse_day(text: str, today: date) -> Period:
    try:
        day = parse_date(text, today)
    except BadValue as reason:
        raise (reason if re.fullmatch(_WRITTEN, fold(text)) else _not_period(text)) from None
    return Period(day, day)


def _not_period(text: str) -> BadValue:
    advice = _("Write periods like 2026-09, 2026, 2026-Q3, this-month, all or 2026-09-01..2026-09-15.")
    return _bad(_('"{value}" is not a period.'), text, advice)


def _period_beside(day: date, unit: str, step: int) -> Period:
    """Return the week, month or year of the day, the one before (step -1) or after it (1)."""
    first, last = _days_around(day, unit)
    if step:
        first, last = _days_around(first - _ONE_DAY if step < 0 else last + _ONE_DAY, unit)
    return Period(first, last)


def _days_around(day: date, unit: str) -> tuple[date, date]:
    """Return the first and last day of the week (Monday to Sunday), month or year of the day."""
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - _ONE_DAY


def month_of(day: date) -> Period:
    """Return the calendar month that the day lies in."""
    return Period(*_days_around(day, "month"))


def add_months(day: date, months: int) -> date:
    """Return the day that many months later, on the last of the month where it would not exist."""
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=months)


def human_date(day: date) -> str:
    """Return the date as people of the language in use read it: ``01.09.2026`` or ``2026-09-01``."""
    if current_language() == "ru":
        return f"{day.day:02}.{day.month:02}.{day.year:04}"
    return day.isoformat()


def human_day(kept: str) -> str:
    """Return a day, as it is kept (ISO), as people of the language in use read it."""
    return human_date(date.fromisoformat(kept))


def human_weekday(isoweekday: int) -> str:
    """Return the short name of the weekday (1 Monday … 7 Sunday) in the language in use."""
    return _SHORT_WEEKDAYS[current_language()][isoweekday - 1]
