"""The school's own numbers behind the rules of statuses (R8, R9)."""

import sqlite3
from dataclasses import dataclass

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.loyalty import Thresholds
from schoolcrm.core.store.database import setting


@dataclass(frozen=True, slots=True)
class Numbers:
    """The school's own numbers: months of silence before a refusal (R8), thresholds of loyalty (R9)."""

    refusal_months: int
    loyalty: Thresholds


def read_numbers(db: sqlite3.Connection) -> Numbers:
    """Return the school's numbers; BadValue if one of the settings is no whole number above 0."""
    return Numbers(
        _number(db, "refusal_months", 5),
        Thresholds(_number(db, "regular_purchases", 3), _number(db, "sleeping_days", 180)),
    )


def _number(db: sqlite3.Connection, key: str, default: int) -> int:
    text = setting(db, key, str(default))
    if text.isascii() and text.isdecimal() and 0 < int(text) < 10_000:
        return int(text)
    raise BadValue(
        _("The setting {key} is «{value}», which is not a whole number above 0.").format(key=key, value=text),
        _("Set it to a number, for example {default}.").format(default=default),
    )
