"""Writes a whole school of a scale: three years of lessons, marks, sales and payments, the same every time.

Rows go straight into the tables of the product's own schema, with its constraints on; only the triggers of the
journal are away meanwhile. What marks charge agrees with R30–R37, statuses are as the events of R7 and R9 left
them (no `status recompute` ever ran here), and the history tells how they came there.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.families import Books, FamilyMaker
from benchmarks.lessons import SUBJECTS, Timetable
from benchmarks.people import SURNAMES, full_name
from benchmarks.scales import Scale
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.database import connect
from schoolcrm.core.store.defaults import new_database
from schoolcrm.core.store.journal import drop_triggers, install_journal

SEED = 20260901
CLIENTS_AT_ONCE = 500
SOURCES = ("Сайт", "Рекомендация", "ВКонтакте", "Яндекс", "Вывеска", "День открытых дверей")

# Tables in the order of their foreign keys, with the columns that are written.
COLUMNS = {
    "client": "id, name, name_key, status_id, stage_id, studies, birthday, sex, source_id, manager, note, created_on,"
    " archived_on",
    "contact": "client_id, kind, value, value_key, note",
    "student": "id, client_id, name, name_key, birthday, sex, created_on, archived_on",
    "student_subject": "student_id, subject_id, level_id",
    "student_teacher": "student_id, teacher_id",
    "membership": "group_id, student_id, first_on, last_on",
    "subscription": "id, student_id, plan_id, origin, is_trial, sold_on, first_on, last_on, kind, price, lessons,"
    " billing, separate, burn, stop_at_end",
    "upfront_charge": "subscription_id, on_date, amount",
    "mark": "student_id, on_date, lesson_id, attended, reason_id, share, basis, price, charge, subscription_id,"
    " separate_id",
    "payment": "client_id, student_id, subscription_id, separate_id, kind, on_date, amount, effect, account_id,"
    " voided_on, void_reason",
    "freeze": "student_id, first_on, last_on, excused",
    "discount": "student_id, percent",
    "trial": "client_id, student_id, on_date, state",
    "contract": "client_id, school_number, visits, amount, pay_day, signed_on, first_on, last_on, terminated_on,"
    " last_sale_id",
    "status_change": "client_id, scale, from_id, to_id, on_date, at, user, reason, subscription_id",
}


def write_school(path: Path, scale: Scale) -> None:
    """Make the database of a school of that scale at `path`."""
    new_database(path, "benchmark", "ru", time_zone="Europe/Moscow")
    chance = random.Random(f"{SEED} school {scale.name}")
    with closing(connect(path, writable=True)) as db:
        for setting in ("synchronous = OFF", "journal_mode = OFF", "secure_delete = OFF", "cache_size = -1000000"):
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN IMMEDIATE")
        drop_triggers(db)
        _write_lists(db, chance, scale)
        timetable = Timetable(chance, scale.groups)
        timetable.write(db)
        _write_families(db, FamilyMaker(chance, db, timetable), scale)
        install_journal(db)
        db.execute("COMMIT")


def _write_families(db: sqlite3.Connection, maker: FamilyMaker, scale: Scale) -> None:
    for first in range(0, scale.clients, CLIENTS_AT_ONCE):
        books: Books = {table: [] for table in COLUMNS}
        for _number in range(first, min(first + CLIENTS_AT_ONCE, scale.clients)):
            maker.add_family(books)
        for table, rows in books.items():
            insert(db, table, COLUMNS[table], rows)


def _write_lists(db: sqlite3.Connection, chance: random.Random, scale: Scale) -> None:
    insert(db, "subject", "name, name_key", [(name, fold(name)) for name in SUBJECTS])
    insert(db, "level", "name, name_key", [(name, fold(name)) for name in ("Начальный", "Средний", "Продвинутый")])
    insert(db, "source", "name, name_key", [(name, fold(name)) for name in SOURCES])
    insert(db, "location", "name, name_key", [(name, fold(name)) for name in ("Центр", "Филиал на Садовой")])
    rooms = [f"Кабинет {number}" for number in range(1, 2 + scale.groups // 20)]
    insert(db, "room", "name, name_key, location_id", [(room, fold(room), 1 + at % 2) for at, room in enumerate(rooms)])
    teachers = list(_teachers(chance, 2 + scale.groups // 8))
    insert(db, "teacher", "name, name_key", [(name, fold(name)) for name in teachers])


def _teachers(chance: random.Random, count: int) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < count:
        name = full_name(chance, chance.choice(SURNAMES), chance.choice("fffm"))
        if fold(name) not in seen:
            seen.add(fold(name))
            yield name


def insert(db: sqlite3.Connection, table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    """Write rows into a table."""
    marks = ", ".join("?" * len(columns.split(",")))
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
