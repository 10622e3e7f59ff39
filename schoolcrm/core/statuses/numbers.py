"""The school's own numbers behind the rules of statuses and renewals (R8, R9, R13)."""

import sqlite3
from dataclasses import dataclass

from schoolcrm.core.rules.loyalty import Thresholds
from schoolcrm.core.rules.renewals import Rhythm
from schoolcrm.core.rules.settings import SETTINGS, YES, kept_value
from schoolcrm.core.store.database import setting


@dataclass(frozen=True, slots=True)
class Numbers:
    """The school's own numbers: months of silence before a refusal (R8), thresholds of loyalty (R9)."""

    refusal_months: int
    loyalty: Thresholds


def read_numbers(db: sqlite3.Connection) -> Numbers:
    """Return the school's numbers; BadValue if one of the settings is no number it can be."""
    return Numbers(
        int(_value(db, "refusal_months")),
        Thresholds(int(_value(db, "regular_purchases")), int(_value(db, "sleeping_days"))),
    )


def read_rhythm(db: sqlite3.Connection) -> Rhythm:
    """Return the school's choices about intervals between purchases (R13); BadValue if one can't be."""
    return Rhythm(
        longest_days=int(_value(db, "interval_longest_days")),
        drop_extremes=_value(db, "interval_drop_extremes") == YES,
        look_back_days=int(_value(db, "interval_look_back_days")),
        forget_days=int(_value(db, "interval_forget_days")),
    )


def _value(db: sqlite3.Connection, key: str) -> str:
    known = SETTINGS[key]
    return kept_value(key, setting(db, key), known.default, known.read)
