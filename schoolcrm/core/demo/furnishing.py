"""What the sample school has before anybody comes: catalogues, plans, groups with their timetable, own fields."""

from datetime import date, timedelta
from typing import NamedTuple

from schoolcrm.core.demo.world import DANCE, ENGLISH, ROBOTICS, Furniture, World
from schoolcrm.core.learning.catalogues import add_entry
from schoolcrm.core.learning.groups import add_group
from schoolcrm.core.learning.holidays import add_holiday
from schoolcrm.core.learning.schedule import Line, add_slot
from schoolcrm.core.money.plans import Offer, add_plan
from schoolcrm.core.people.custom_fields import add_field

PRICES = {"single": 900, "package": 6400, "course": 9600, "month": 5200, "individual": 1500}
"""What the plans cost, in roubles."""
LESSONS = {"package": 8, "course": 12}
_ROOM_OF_OTHER_LOCATION = 3


class Class(NamedTuple):
    """A group as it is planned: whom for, when and where it meets; `seats` are how many come at first."""

    course: int
    level: int
    teacher: int
    room: int
    ages: range
    seats: int
    weekdays: tuple[int, int]
    time: str
    minutes: int


CLASSES = (
    Class(ROBOTICS, 0, 0, 0, range(7, 10), 6, (1, 3), "16:00", 60),
    Class(ROBOTICS, 1, 1, 0, range(9, 13), 6, (2, 4), "17:00", 90),
    Class(ROBOTICS, 2, 0, 0, range(12, 16), 5, (6, 7), "12:00", 90),
    Class(ENGLISH, 0, 0, 1, range(6, 9), 6, (1, 4), "15:30", 45),
    Class(ENGLISH, 1, 1, 1, range(8, 11), 6, (2, 5), "17:00", 60),
    Class(ENGLISH, 2, 1, 3, range(11, 15), 5, (3, 5), "18:30", 90),
    Class(DANCE, 0, 0, 2, range(4, 7), 7, (6, 7), "10:00", 45),
    Class(DANCE, 1, 0, 2, range(7, 10), 6, (1, 5), "17:30", 60),
    Class(DANCE, 2, 1, 2, range(10, 14), 5, (2, 4), "18:30", 90),
)
"""The groups in the order of their names in the table of words."""
SECOND_CLASS = {0: 7, 1: 5, 4: 0, 8: 2}
"""Which group some of a group's students attend beside it: one of other days, for the same ages."""


def furnish(world: World) -> None:
    """Fill the catalogues, add the plans, the groups and the school's own fields."""
    school, words = world.school, world.words
    locations = [add_entry(school, "locations", name) for name in words.locations]
    rooms = [
        add_entry(school, "rooms", name, location_id=locations[number == _ROOM_OF_OTHER_LOCATION])
        for number, name in enumerate(words.rooms)
    ]
    add_entry(school, "accounts", words.bank)
    world.furniture = Furniture(
        subjects=[add_entry(school, "subjects", course.subject) for course in words.courses],
        levels=[add_entry(school, "levels", name) for name in words.levels],
        teachers=[[add_entry(school, "teachers", name) for name in course.teachers] for course in words.courses],
        rooms=rooms,
        sources=[add_entry(school, "sources", name) for name in words.sources],
        accounts=_all(world, "account"),
        reasons=_all(world, "absence_reason"),
        groups=[],
        plans={},
        holiday=world.first_day + timedelta(days=22),
    )
    world.furniture.plans = _add_plans(world)
    world.furniture.groups = [_add_class(world, number) for number in range(len(CLASSES))]
    add_field(school, "client", words.district, type="choice", choices=words.districts)
    add_field(school, "student", words.school)
    _add_holidays(world)


def lesson_day(world: World, number: int, day: date) -> date:
    """Return the first day from that one on which the group meets."""
    while day.isoweekday() not in CLASSES[number].weekdays or day == world.furniture.holiday:
        day += timedelta(days=1)
    return day


def _all(world: World, table: str) -> list[int]:
    return [number for (number,) in world.school.db.execute(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608


def _add_plans(world: World) -> dict[str, int]:
    subjects, names = world.furniture.subjects, world.words.plans
    individual = _lesson_type(world, "individual")
    group = _lesson_type(world, "group")

    def price(plan: str) -> int:
        return world.money(PRICES[plan])

    offers = {
        "single": Offer(names.single, "lesson", price("single"), lesson_type_ids=[group]),
        "package": Offer(names.package, "package", price("package"), LESSONS["package"], length_days=45),
        "course": Offer(
            names.course,
            "package",
            price("course"),
            LESSONS["course"],
            length_months=3,
            billing="upfront",
            separate=True,
            subject_ids=[subjects[ROBOTICS]],
        ),
        "month": Offer(names.month, "month", price("month"), subject_ids=[subjects[DANCE]]),
        "individual": Offer(names.individual, "lesson", price("individual"), lesson_type_ids=[individual]),
    }
    return {plan: add_plan(world.school, offer) for plan, offer in offers.items()}


def _lesson_type(world: World, code: str) -> int:
    return int(world.school.db.execute("SELECT id FROM lesson_type WHERE code = ?", (code,)).fetchone()[0])


def _add_class(world: World, number: int) -> int:
    planned, furniture = CLASSES[number], world.furniture
    group_id = add_group(
        world.school,
        world.words.groups[number],
        subject_id=furniture.subjects[planned.course],
        level_id=furniture.levels[planned.level],
        teacher_id=furniture.teachers[planned.course][planned.teacher],
        room_id=furniture.rooms[planned.room],
        size_limit=planned.seats + 2,
    )
    line = Line(planned.weekdays, planned.time, world.first_day, planned.minutes, group_id=group_id)
    add_slot(world.school, line)
    return group_id


def _add_holidays(world: World) -> None:
    """Add one day that has passed and a week to come."""
    add_holiday(world.school, world.furniture.holiday, name=world.words.holiday)
    monday = world.today + timedelta(days=21 - world.today.weekday())
    add_holiday(world.school, monday, monday + timedelta(days=6), world.words.break_name)
