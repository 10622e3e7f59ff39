"""Those who have lessons of their own: an adult who learns English, and a child who builds robots."""

from schoolcrm.core.demo.families import Family, contacts_of, make_child, record_family
from schoolcrm.core.demo.furnishing import CLASSES
from schoolcrm.core.demo.world import ENGLISH, ROBOTICS, Pupil, World
from schoolcrm.core.learning.schedule import Line, add_slot
from schoolcrm.core.people.clients import ClientDetails, add_client, as_student
from schoolcrm.core.rules.dates import add_months
from schoolcrm.core.rules.names import fold

_ADULT_AGE = 34
_YOUNG_BUILDER = 1


def add_one_to_one(world: World) -> None:
    """Record both with their lines of the schedule."""
    _adult(world)
    _builder(world)


def _adult(world: World) -> None:
    people, chance = world.words.people, world.chance
    name = people.named(world.surnames.pop(), chance.choice(people.mothers), True)
    facts = {
        "name": name,
        "name_key": fold(name),
        "sex": "f",
        "birthday": add_months(world.ago(150), -12 * _ADULT_AGE),
        "source_id": world.furniture.sources[0],
        "manager": world.words.managers[0],
    }
    contacts = contacts_of(world, name)
    student = as_student(world.school.db, 0, facts)
    recorded = add_client(world.school, ClientDetails(facts, contacts=contacts, students=[student]))
    _learn(world, recorded.id, recorded.student_ids[0], name, ENGLISH, (3,), "19:30", 60, room=1)


def _builder(world: World) -> None:
    people, chance = world.words.people, world.chance
    surname = world.surnames.pop()
    parent = people.named(surname, chance.choice(people.fathers), False)
    child = make_child(world, surname, _YOUNG_BUILDER)
    family = Family(0, surname, parent, False, [child], contacts_of(world, parent), 1)
    record_family(world, family, {})
    _learn(world, family.id, family.student_ids[0], child.name, ROBOTICS, (6,), "11:00", 60, room=3)


def _learn(
    world: World,
    client_id: int,
    student_id: int,
    name: str,
    course: int,
    weekdays: tuple[int, ...],
    time: str,
    minutes: int,
    *,
    room: int,
) -> None:
    (individual,) = world.school.db.execute("SELECT id FROM lesson_type WHERE code = 'individual'").fetchone()
    teacher = CLASSES[3 if course == ENGLISH else 1].teacher
    line = Line(
        weekdays,
        time,
        world.first_day,
        minutes,
        student_id=student_id,
        subject_id=world.furniture.subjects[course],
        teacher_id=world.furniture.teachers[course][teacher],
        room_id=world.furniture.rooms[room],
        lesson_type_id=individual,
    )
    add_slot(world.school, line)
    world.pupils[student_id] = Pupil(student_id, client_id, name, course, "individual")
