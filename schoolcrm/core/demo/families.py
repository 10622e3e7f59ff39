"""The families who attend the sample school: most moved in with it, the others came, tried and stayed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from schoolcrm.core.demo.furnishing import CLASSES, SECOND_CLASS, lesson_day
from schoolcrm.core.demo.purchases import see_to_subscription
from schoolcrm.core.demo.world import DANCE, Pupil, World
from schoolcrm.core.learning.groups import join
from schoolcrm.core.money.sales import Sale, sell
from schoolcrm.core.people.clients import ClientDetails, add_client
from schoolcrm.core.people.contacts import Contact
from schoolcrm.core.people.custom_fields import find_field
from schoolcrm.core.people.students import NewStudent
from schoolcrm.core.rules.dates import add_months
from schoolcrm.core.rules.names import fold
from schoolcrm.core.statuses.catalogue import automatic_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.trials import book

FAMILIES = 37
_SIBLINGS = frozenset({18, 20, 22, 24, 25, 26, 28, 30, 31, 32, 34, 36})
"""Which families have a second child here. The first two rounds of families have one child in each group."""
_FIRST_NEW = 15
_HABITS = {
    "owes": (0, 1, 6, 7),
    "drifting": (4, 8, 2),
    "lapsed": (5, 3, 0),
    "frozen": (7, 1),
    "sleeping": (4, 5),
    "leaving": (2,),
}
"""Of which groups somebody has that habit; together they meet on every day of the week."""
_PLANS = (("package", "course"), ("package", "package", "single"), ("month", "package"))
"""What is bought for the children of a course, one as likely as the other."""
_BIRTHDAYS = {19: 1, 22: 4, 27: 0}
"""Whose birthday, by number of the family, is in so many days."""


@dataclass(slots=True)
class Child:
    """A child and the group for them; `plan` is what is bought for them."""

    name: str
    woman: bool
    birthday: date
    group: int
    plan: str
    second: int | None = None


@dataclass(slots=True)
class Family:
    """A parent who pays and the children; `number` counts families, `id` and `student_ids` come with recording."""

    number: int
    surname: str
    parent: str
    woman: bool
    children: list[Child]
    contacts: list[Contact]
    source: int
    habit: str = "prompt"
    id: int = 0
    student_ids: list[int] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether the family came after the school moved in."""
        return self.number >= _FIRST_NEW and self.number % 2 == 1 and self.habit in ("prompt", "late")


def gather_families(world: World) -> list[Family]:
    """Return the families with their habits; nothing is recorded yet."""
    seats = _seats(world)
    families = [_family(world, number, seats) for number in range(FAMILIES)]
    for habit, groups in _HABITS.items():
        for group in groups:
            _give_habit(families, habit, group)
    for family in families[::5]:
        if family.habit == "prompt":
            family.habit = "late"
    return families


def exemplary(families: Sequence[Family]) -> Family:
    """Return a family that has been here long, with two children, and pays: there is much to see of it."""
    return next(one for one in families if one.habit == "prompt" and not one.is_new and len(one.children) > 1)


def move_in(world: World, family: Family) -> None:
    """Record a family that was here before the program: as its table told, with the groups that it attends."""
    chance, today = world.chance, world.moved_in_on
    asleep = family.habit == "sleeping"
    bought_on = world.ago(chance.randrange(196, 210)) if asleep else today - timedelta(days=chance.randrange(3, 40))
    told = {
        "last_purchase_on": bought_on,
        "last_visit_on": today - timedelta(days=chance.randrange(1, 9)),
        "trial_spent": True,
    }
    record_family(world, family, told)
    set_status(world.school, [family.id], automatic_status(world.school.db, "funnel", "bought"), reason="import")
    for child, student_id in zip(family.children, family.student_ids, strict=True):
        _attend(world, family, child, student_id, world.first_day)
        if asleep:
            plan = world.furniture.plans["single"]
            sale = Sale(student_id, plan, today, world.first_day, origin="import")
            world.pupils[student_id].subscription_id = sell(world.school, sale).id


def come(world: World, family: Family, days_ago: int) -> None:
    """Plan how a family comes: an application, a trial lesson about that day, and a subscription soon after."""
    school, child = world.school, family.children[0]
    trial_on = lesson_day(world, child.group, world.ago(days_ago))
    applied_on = trial_on - timedelta(days=world.chance.randrange(2, 6))
    joined_on = lesson_day(world, child.group, trial_on + timedelta(days=1))
    applied = {"application": world.chance.choice(("site", "call", "call", "app"))}

    def try_out() -> None:
        group_id = world.furniture.groups[child.group]
        book(school, family.id, trial_on, group_id=group_id, student_id=family.student_ids[0])

    def stay() -> None:
        for each, student_id in zip(family.children, family.student_ids, strict=True):
            _attend(world, family, each, student_id, joined_on)
            see_to_subscription(world, world.pupils[student_id])

    world.at(applied_on, lambda: record_family(world, family, applied))
    world.at(applied_on + timedelta(days=1), try_out)
    world.at(joined_on, stay)


def record_family(world: World, family: Family, facts: dict[str, Any]) -> None:
    """Record the parent, the contacts and the children today."""
    words, chance, db = world.words, world.chance, world.school.db
    district = find_field(db, "client", words.district)
    note = chance.choice(words.client_notes) if chance.random() < 0.2 else None
    eldest = max((world.today - child.birthday).days // 365 for child in family.children)
    told = {
        "name": family.parent,
        "name_key": fold(family.parent),
        "sex": "f" if family.woman else "m",
        "birthday": born(world, eldest + chance.randrange(22, 35)),
        "source_id": world.furniture.sources[family.source],
        "manager": chance.choice(words.managers),
        "note": note,
        **facts,
    }
    students = [as_new_student(world, child) for child in family.children]
    custom = {district: chance.choice(words.districts)} if chance.random() < 0.8 else {}
    recorded = add_client(world.school, ClientDetails(told, (), family.contacts, students, custom))
    family.id, family.student_ids = recorded.id, recorded.student_ids


def born(world: World, age: int, in_days: int | None = None) -> date:
    """Return the birthday of somebody of that age; `in_days` before they are a year older, by chance if None."""
    if in_days is None:
        in_days = world.chance.randrange(20, 340)
    return add_months(world.today + timedelta(days=in_days), -12 * (age + 1))


def contacts_of(world: World, name: str, *, wrote: bool = False) -> list[Contact]:
    """Return the phone of somebody, an email of most and of all who `wrote`, at addresses kept for examples."""
    local = name.lower().replace(" ", ".") if name.isascii() else f"family{len(world.phones)}"
    people, chance = world.words.people, world.chance
    contacts = [Contact("mobile", world.phones.pop())]
    if chance.random() < 0.2:
        contacts.append(Contact("mobile", world.phones.pop(), chance.choice(people.relatives)))
    if chance.random() < 0.7 or wrote:
        contacts.append(Contact("email", f"{local}@example.{chance.choice(('com', 'org'))}"))
    return contacts


def make_child(world: World, surname: str, group: int, in_days: int | None = None) -> Child:
    """Return a child for that group, of an age that fits it."""
    people, chance, planned = world.words.people, world.chance, CLASSES[group]
    woman = chance.random() < (0.3, 0.5, 0.8)[planned.course]
    first = chance.choice(people.girls if woman else people.boys)
    plan = chance.choice(_PLANS[planned.course])
    birthday = born(world, chance.choice(planned.ages), in_days)
    return Child(people.named(surname, first, woman), woman, birthday, group, plan)


def as_new_student(world: World, child: Child) -> NewStudent:
    """Return the child as it is recorded: school, subject and level, the teacher who answers for it."""
    chance, words, planned = world.chance, world.words, CLASSES[child.group]
    age = (world.today - child.birthday).days // 365
    own = find_field(world.school.db, "student", words.school)
    school = words.schools[-1] if age < 7 else chance.choice(words.schools[:-1])
    facts = {
        "name": child.name,
        "name_key": fold(child.name),
        "sex": "f" if child.woman else "m",
        "birthday": child.birthday,
        "note": chance.choice(words.student_notes) if chance.random() < 0.15 else None,
    }
    subject = world.furniture.subjects[planned.course], world.furniture.levels[planned.level]
    teacher = world.furniture.teachers[planned.course][planned.teacher]
    return NewStudent(facts, [subject], [teacher], {own: school} if chance.random() < 0.8 else {})


def _seats(world: World) -> Iterator[int]:
    """Yield the groups of the children, one by one, so that all fill evenly."""
    rounds = max(planned.seats for planned in CLASSES)
    order = [number for row in range(rounds) for number, planned in enumerate(CLASSES) if row < planned.seats]
    yield from order
    while True:
        yield world.chance.randrange(len(CLASSES))


def _family(world: World, number: int, seats: Iterator[int]) -> Family:
    people, chance = world.words.people, world.chance
    surname, woman = world.surnames.pop(), chance.random() < 0.8
    parent = people.named(surname, chance.choice(people.mothers if woman else people.fathers), woman)
    children = [make_child(world, surname, next(seats), _BIRTHDAYS.get(number))]
    while number in _SIBLINGS and len(children) < 2:
        child = make_child(world, surname, next(seats))
        if child.name != children[0].name:
            children.append(child)
    if number % 9 == 4 and children[0].plan == "package":
        children[0].second = SECOND_CLASS.get(children[0].group)
    contacts = contacts_of(world, parent)
    return Family(number, surname, parent, woman, children, contacts, chance.randrange(len(world.words.sources)))


def _give_habit(families: list[Family], habit: str, group: int) -> None:
    """Give the habit to an only child of the group whose family has no other; a plan that goes with it."""
    fitting = [one for one in families if one.habit == "prompt" and [child.group for child in one.children] == [group]]
    family = next((one for one in fitting if one.number not in _BIRTHDAYS), None)
    if family is None:
        return
    family.habit, child = habit, family.children[0]
    child.second = None
    child.plan = {"sleeping": "single"}.get(habit, "month" if CLASSES[group].course == DANCE else "package")


def _attend(world: World, family: Family, child: Child, student_id: int, first_on: date) -> None:
    """Make the child a member of the groups and somebody for whom subscriptions are bought."""
    for number in (child.group, child.second):
        if number is not None:
            join(world.school, world.furniture.groups[number], student_id, first_on, over_limit=True)
    world.pupils[student_id] = Pupil(
        student_id, family.id, child.name, CLASSES[child.group].course, child.plan, family.habit
    )
