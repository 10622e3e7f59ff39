"""What a new school's database holds from the first day (R1, R2, R20), in the language of the school.

The names are the school's own from then on, free to be renamed; a later change here touches no school.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.settings import SETTINGS, currency_code
from schoolcrm.core.rules.status import FUNNEL, LOYALTY

_RUSSIAN_FUNNEL = {
    "for-admin": "Для администратора",
    "new": "Новый",
    "in-work": "В работе",
    "trial-booked": "Записался на пробное занятие",
    "trial-done": "Посетил пробное занятие",
    "group-search": "Подбор группы",
    "bought": "Купил абонемент",
    "reserve": "Резерв",
    "refused": "Отказался",
    "deleted": "Удалён",
}
_RUSSIAN_LOYALTY = {
    "newcomer": "Новый",
    "active": "Рабочий",
    "regular": "Постоянный",
    "sleeping": "Спящий",
    "former": "Бывший",
}


@dataclass(frozen=True, slots=True)
class _Names:
    """Statuses and lesson types by code, absence reasons as (name, short, excused, percent), accounts."""

    funnel: Mapping[str, str]
    loyalty: Mapping[str, str]
    lesson_types: Mapping[str, str]
    absence_reasons: tuple[tuple[str, str, bool, int], ...]
    accounts: tuple[str, ...]


_NAMES = {
    "ru": _Names(
        _RUSSIAN_FUNNEL,
        _RUSSIAN_LOYALTY,
        {
            "group": "Групповое",
            "individual": "Индивидуальное",
            "trial": "Пробное",
            "make-up": "Отработка",
        },
        (("Уважительная причина", "УП", True, 0), ("Неуважительная причина", "НП", False, 100)),
        ("Наличные", "Карта"),
    ),
    "en": _Names(
        FUNNEL,
        LOYALTY,
        {"group": "Group", "individual": "Individual", "trial": "Trial", "make-up": "Make-up"},
        (("Excused absence", "EA", True, 0), ("Unexcused absence", "UA", False, 100)),
        ("Cash", "Card"),
    ),
}


def default_names(table: str, name: str) -> tuple[str, ...]:
    """Return all folded names of the default entry that is called `name`: in either language, its code, short name.

    `table` is that of lesson types, absence reasons or accounts; no default is called so: none.
    """
    return _by_any_name(table).get(fold(name), ())


@cache
def _by_any_name(table: str) -> Mapping[str, tuple[str, ...]]:
    folded = [tuple(map(fold, names)) for names in _of_either_language(table)]
    return {name: names for names in folded for name in names}


def _of_either_language(table: str) -> Iterator[tuple[str, ...]]:
    """Yield the names of each default entry of a table."""
    russian, english = _NAMES["ru"], _NAMES["en"]
    if table == "lesson_type":
        for code, name in english.lesson_types.items():
            yield code, name, russian.lesson_types[code]
    elif table == "absence_reason":
        for (name, short, *_terms), (other, other_short, *_same) in zip(
            english.absence_reasons, russian.absence_reasons, strict=True
        ):
            yield name, short, other, other_short
    elif table == "account":
        yield from zip(english.accounts, russian.accounts, strict=True)


def new_database(
    path: Path,
    user: str,
    language: str,
    currency: str | None = None,
    time_zone: str = "",
    also: Callable[[sqlite3.Connection], None] | None = None,
) -> None:
    """Make the school's database at `path`, with its defaults named in `language` ("ru" or "en").

    `currency` is a code; None: the usual one. `time_zone` is an IANA name; empty: the machine's. The defaults are
    one operation, `init`, of `user`; `also` writes what else is to be in the file before it appears at `path`.
    Raises BadValue for a currency that is no code, Refused when there is a file, DiskTrouble.
    """
    from schoolcrm.core.clock import machine_time_zone
    from schoolcrm.core.store.journal import begin_operation, end_operation
    from schoolcrm.core.store.migrations import create

    code = currency_code(SETTINGS["currency"].default if currency is None else currency)

    def fill_as_operation(db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        number = begin_operation(db, user, "init")
        fill(db, language=language, currency=code, time_zone=time_zone or machine_time_zone())
        end_operation(db, number)
        db.execute("COMMIT")
        if also is not None:
            also(db)

    create(path, fill_as_operation)


def fill(db: sqlite3.Connection, *, language: str, currency: str, time_zone: str) -> None:
    """Write the default statuses, lesson types, absence reasons, accounts and settings of a new school."""
    names = _NAMES[language]
    for scale, statuses in (("funnel", names.funnel), ("loyalty", names.loyalty)):
        db.executemany(
            "INSERT INTO status (scale, base, name, name_key, automatic) VALUES (?, ?, ?, ?, 1)",
            [(scale, base, name, fold(name)) for base, name in statuses.items()],
        )
    db.executemany(
        "INSERT INTO lesson_type (name, name_key, code) VALUES (?, ?, ?)",
        [(name, fold(name), code) for code, name in names.lesson_types.items()],
    )
    db.executemany(
        "INSERT INTO absence_reason (name, name_key, short, short_key, excused, charged) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (name, fold(name), short, fold(short), excused, charged)
            for name, short, excused, charged in names.absence_reasons
        ],
    )
    db.executemany(
        "INSERT INTO account (name, name_key) VALUES (?, ?)", [(name, fold(name)) for name in names.accounts]
    )
    db.executemany(
        "INSERT INTO setting (key, value) VALUES (?, ?)",
        [("currency", currency), ("time_zone", time_zone), ("language", language)],
    )
