"""Making the sample school: the file with its defaults, and all that happened in it up to today."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from schoolcrm.core.demo.desk import plan_desk
from schoolcrm.core.demo.english import ENGLISH
from schoolcrm.core.demo.enquiries import plan_enquiries
from schoolcrm.core.demo.families import come, exemplary, gather_families, move_in
from schoolcrm.core.demo.furnishing import furnish
from schoolcrm.core.demo.lessons import Register
from schoolcrm.core.demo.one_to_one import add_one_to_one
from schoolcrm.core.demo.russian import RUSSIAN
from schoolcrm.core.demo.world import WEEKS, World
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.office.automation_firing import fire
from schoolcrm.core.office.delivery import Parcel, deliver, waiting_messages
from schoolcrm.core.statuses.recompute import recompute
from schoolcrm.core.store.cells import group_name
from schoolcrm.core.store.database import school_today
from schoolcrm.core.store.defaults import new_database
from schoolcrm.core.store.transaction import WritableSchool, operation

_WORDS = {"ru": RUSSIAN, "en": ENGLISH}
_COUNTED = {
    "clients": "client",
    "students": "student",
    "groups": "study_group",
    "lessons": "lesson",
    "marks": "mark",
    "subscriptions": "subscription",
    "payments": "payment",
}
_LAST_CAME = 14
_COMMAND = "init"
"""The demo is the second half of what makes the file: like it, it can't be taken back."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How much there is in a sample school, and what to try the program on: names as commands take them."""

    counts: dict[str, int]
    client: str
    group: str
    lesson_on: date


def new_sample_school(
    path: Path,
    user: str,
    language: str,
    currency: str,
    today: date | None,
    *,
    watch: Callable[[sqlite3.Connection], AbstractContextManager[object]] = nullcontext,
) -> Sample:
    """Make the database at `path` with a sample school as it is today (None: the day of its time zone).

    The same for the same day, language and currency. All of it is there or nothing. `watch` is held around the
    work on the connection. Raises as `new_database`.
    """
    samples: list[Sample] = []

    def fill(db: sqlite3.Connection) -> None:
        day = today or school_today(db)
        with operation(db, day, user=user, command=_COMMAND) as school, watch(db):
            samples.append(_fill(school, language, currency))

    new_database(path, user, language, currency, also=fill)
    return samples[0]


def _fill(school: WritableSchool, language: str, currency: str) -> Sample:
    """Live through the weeks of the school up to today; return what came of it."""
    today = school.today
    # Not the day: the same people come, whenever the school is made.
    world = World(school, _WORDS[language], currency, today, random.Random(language))
    school.today = world.moved_in_on
    furnish(world)
    families = gather_families(world)
    newcomers = [family for family in families if family.is_new]
    for family in families:
        if family not in newcomers:
            world.at(world.moved_in_on, partial(move_in, world, family))
    world.at(world.moved_in_on, partial(add_one_to_one, world))
    for place, family in enumerate(reversed(newcomers)):
        come(world, family, _LAST_CAME + place * (7 * WEEKS - _LAST_CAME - 5) // len(newcomers))
    plan_enquiries(world, families)
    plan_desk(world, families)
    register = Register(world)
    world.live(lambda day: _end_day(world, register, day))
    fire(school)
    return _sample(school, exemplary(families).parent)


def _end_day(world: World, register: Register, day: date) -> None:
    """Hold the lessons; in the night the queue is sent and the statuses follow the time, on Mondays and at last."""
    register.hold_day(day)
    if day < world.today:
        _send_queue(world.school)
    if day.weekday() == 0 or day == world.today:
        recompute(world.school)


class _Post:
    """Takes every message and sends none: nobody of the sample school is to hear of it."""

    def hand_over(self, parcel: Parcel) -> None:
        """Do nothing."""


def _send_queue(school: WritableSchool) -> None:
    if messages := waiting_messages(school.db):
        for _outcome in deliver(messages, lambda: nullcontext(school), lambda _school, _client: "", _Post()):
            pass


def _sample(school: WritableSchool, client: str) -> Sample:
    counts = {
        many: int(school.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
        for many, table in _COUNTED.items()
    }
    yesterday = school.today - timedelta(days=1)
    waiting = planned_lessons(school.db, first=yesterday, last=yesterday)
    lesson = next(one for one in waiting if one.state == "planned" and one.group_id is not None)
    return Sample(counts, client, group_name(school.db, lesson.group_id), lesson.on)
