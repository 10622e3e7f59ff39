"""The groups of the made school and their lessons: one a week for three years, some of them cancelled."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.scales import TODAY
from schoolcrm.core.rules.names import fold

WEEKS = 156
FIRST_MONDAY = TODAY - timedelta(days=TODAY.weekday(), weeks=WEEKS)
CANCELLED = 0.03
HOLIDAYS = tuple(
    (date(year, *first), date(year, *last))
    for year in range(FIRST_MONDAY.year, TODAY.year + 2)
    for first, last in (((1, 1), (1, 8)), ((5, 1), (5, 3)))
)
SUBJECTS = (
    "Английский",
    "Робототехника",
    "Шахматы",
    "Рисование",
    "Танцы",
    "Программирование",
    "Математика",
    "Театр",
)
HOURS = ("10:00", "11:30", "15:00", "16:30", "18:00", "19:30")


class Timetable:
    """All groups and lessons; a lesson's id follows from its week and group, both counted from 0."""

    def __init__(self, chance: random.Random, groups: int) -> None:
        self._chance = chance
        self.groups = groups
        self.days = [[(FIRST_MONDAY + timedelta(weeks=week, days=day)) for day in range(6)] for week in range(WEEKS)]
        self._iso = [[day.isoformat() for day in week] for week in self.days]
        self.subject = [chance.randrange(len(SUBJECTS)) for _group in range(groups)]
        self.weekday = [chance.randrange(6) for _group in range(groups)]
        self.cancelled = bytearray(chance.random() < CANCELLED for _lesson in range(WEEKS * groups))
        weekdays = range(6)
        self._free = [[_is_holiday(self.days[week][day]) for day in weekdays] for week in range(WEEKS)]

    def lesson_id(self, week: int, group: int) -> int:
        """Return the id of the group's lesson in that week."""
        return week * self.groups + group + 1

    def is_held(self, week: int, group: int) -> bool:
        """Tell whether the group's lesson in that week took place."""
        return not (self.cancelled[week * self.groups + group] or self.is_free(week, group))

    def is_free(self, week: int, group: int) -> bool:
        """Tell whether the group's day in that week is a holiday: then there is no lesson."""
        return self._free[week][self.weekday[group]]

    def day(self, week: int, group: int) -> date:
        """Return the day of the group's lesson in that week."""
        return self.days[week][self.weekday[group]]

    def iso_day(self, week: int, group: int) -> str:
        """Return the same day as the database keeps it."""
        return self._iso[week][self.weekday[group]]

    def write(self, db: sqlite3.Connection) -> None:
        """Write holidays, groups, their schedule and the lessons in the order they took place."""
        holidays = [(first.isoformat(), last.isoformat(), "Каникулы") for first, last in HOLIDAYS]
        db.executemany("INSERT INTO holiday (first_on, last_on, name) VALUES (?, ?, ?)", holidays)
        (lesson_type,) = db.execute("SELECT id FROM lesson_type WHERE code = 'group'").fetchone()
        teachers, rooms = db.execute("SELECT (SELECT count(*) FROM teacher), (SELECT count(*) FROM room)").fetchone()
        details = [
            (
                1 + self.subject[group],
                1 + self._chance.randrange(3),
                1 + self._chance.randrange(teachers),
                1 + self._chance.randrange(rooms),
                self._chance.choice(HOURS),
            )
            for group in range(self.groups)
        ]
        self._write_groups(db, lesson_type, details)
        db.executemany(
            "INSERT INTO lesson (id, group_id, on_date, time, minutes, state, lesson_type_id, subject_id, teacher_id,"
            " room_id, topic, schedule_id, occurrence_on) VALUES (?, ?, ?, ?, 60, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._lessons(lesson_type, details),
        )

    def _write_groups(
        self, db: sqlite3.Connection, lesson_type: int, details: list[tuple[int, int, int, int, str]]
    ) -> None:
        groups, slots = [], []
        first_on = FIRST_MONDAY.isoformat()
        for group, (subject, level, teacher, room, time) in enumerate(details):
            name = f"{SUBJECTS[subject - 1]} {group + 1}"
            groups.append((group + 1, name, fold(name), subject, level, teacher, room, first_on))
            weekdays = 1 << self.weekday[group]
            slots.append((group + 1, group + 1, weekdays, time, lesson_type, subject, teacher, room, first_on))
        db.executemany(
            "INSERT INTO study_group (id, name, name_key, subject_id, level_id, teacher_id, room_id, created_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            groups,
        )
        db.executemany(
            "INSERT INTO schedule (id, group_id, weekdays, time, minutes, lesson_type_id, subject_id, teacher_id,"
            " room_id, first_on) VALUES (?, ?, ?, ?, 60, ?, ?, ?, ?, ?)",
            slots,
        )

    def _lessons(self, lesson_type: int, details: list[tuple[int, int, int, int, str]]) -> Iterator[tuple[object, ...]]:
        for week in range(WEEKS):
            for group, (subject, _level, teacher, room, time) in enumerate(details):
                if self.is_free(week, group):
                    continue
                held = self.is_held(week, group)
                day = self.iso_day(week, group)
                state = "held" if held else "cancelled"
                topic = f"Тема {week % 40 + 1}" if held else None
                number = self.lesson_id(week, group)
                yield (number, group + 1, day, time, state, lesson_type, subject, teacher, room, topic, group + 1, day)


def _is_holiday(day: date) -> bool:
    return any(first <= day <= last for first, last in HOLIDAYS)
