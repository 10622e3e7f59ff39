"""The people of an invented school on 1 September 2026, the same every time; see make_clients.py."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schoolcrm.core.demo.russian_names import BOYS, FATHERS, GIRLS, MOTHERS, SURNAMES, female, words

TODAY = date(2026, 9, 1)
FAMILIES = 245
ADULTS = 22


PATRONYMICS = words("Алексеевич Андреевич Антонович Викторович Денисович Игоревич Олегович Павлович Сергеевич")

SOURCES = ("Сайт", "Рекомендация", "ВКонтакте", "Яндекс", "Вывеска", "День открытых дверей")
SCHOOLS = ("№ 1517", "№ 57", "Гимназия № 2", 'Лицей "Вторая школа"', "№ 1329", "")
NOTES_ON_ADULTS = (
    'Просит группу "после шести"',
    "Оплата в начале месяца; чек на почту",
    "Скидку обещали до конца года",
)
NOTES_ON_CHILDREN = (
    *NOTES_ON_ADULTS,
    "Аллергия на орехи; спросить у мамы",
    "Забирает бабушка",
    "Нужна справка для школы",
)
STATUSES = (
    ("Купил абонемент", 0.66), ("Отказался", 0.10), ("Резерв", 0.05), ("В работе", 0.05), ("Новый", 0.06),
    ("Посетил пробное занятие", 0.03), ("Записался на пробное занятие", 0.03), ("Подбор группы", 0.02),
)  # fmt: skip


@dataclass(frozen=True)
class Course:
    """A subject as the school sells it: groups by level, teachers, price of a lesson in rubles."""

    subject: str
    groups: tuple[tuple[str, str], ...]
    teachers: tuple[str, ...]
    price: int
    ages: range

    def group_for(self, age: int) -> tuple[str, str]:
        """Return the group and level for an age: the older, the further."""
        share = (age - self.ages.start) / len(self.ages)
        return self.groups[min(max(int(share * len(self.groups)), 0), len(self.groups) - 1)]


COURSES = (
    Course(
        "Робототехника",
        (("Робо 1", "Начальный"), ("Робо 2", "Начальный"), ("Робо 3", "Средний"), ("Робо Ардуино", "Продвинутый")),
        ("Ким Павел Юрьевич", "Дроздова Инна Олеговна"),
        900,
        range(7, 17),
    ),
    Course(
        "Английский",
        (("English Kids", "Starter"), ("English A1", "A1"), ("English A2", "A2"), ("English B1", "B1")),
        ("Орлова Вера Ильинична", "Стюарт Эмма", "Лагутина Майя Сергеевна"),
        850,
        range(5, 17),
    ),
    Course(
        "Танцы",
        (("Танцы мини", "Начальный"), ("Танцы 7-9", "Начальный"), ("Танцы 10+", "Средний")),
        ("Белова Жанна Андреевна",),
        700,
        range(5, 15),
    ),
)
FOR_ADULTS = Course("Английский", (("English Evening", "B1"),), ("Орлова Вера Ильинична",), 1100, range(19, 60))


@dataclass(frozen=True)
class Row:
    """One row of the table before anybody has typed it; sums are kopecks, None is an empty cell."""

    student: str
    payer: str
    birthday: date
    sex: str
    phones: tuple[int, ...]
    email: str
    source: str
    status: str
    balance: int | None = None
    groups: tuple[str, ...] = ()
    price: int | None = None
    subject: str = ""
    level: str = ""
    teacher: str = ""
    visited: date | None = None
    bought: date | None = None
    note: str = ""
    school: str = ""


def make_rows(chance: random.Random) -> list[Row]:
    """Return the students of the school, mixed as they came."""
    phones = iter(chance.sample(range(9_000_000_000, 9_000_010_000), FAMILIES + ADULTS + 60))
    rows = [row for number in range(FAMILIES) for row in make_family(chance, number, phones.__next__)]
    rows += [make_adult(chance, number, phones.__next__) for number in range(ADULTS)]
    chance.shuffle(rows)
    return rows


def make_family(chance: random.Random, number: int, new_phone: Callable[[], int]) -> list[Row]:
    """Return one to three children of one payer, each of another first name."""
    surname = SURNAMES[number % len(SURNAMES)]
    mother = chance.random() < 0.8
    father_of_payer = chance.choice(PATRONYMICS)
    if mother:
        payer = f"{female(surname)} {chance.choice(MOTHERS)} {female(father_of_payer)}"
    else:
        payer = f"{surname} {chance.choice(FATHERS)} {father_of_payer}"
    phones = (new_phone(), new_phone()) if chance.random() < 0.12 else (new_phone(),)
    contact = (phones, make_email(chance, number), chance.choice(SOURCES))
    father = chance.choice(PATRONYMICS)
    boys, girls = chance.sample(BOYS, 3), chance.sample(GIRLS, 3)
    rows = []
    for child in range(chance.choices((1, 2, 3), (84, 14, 2))[0]):
        if chance.random() < 0.5:
            name, sex = f"{surname} {boys[child]} {father}", "м"
        else:
            name, sex = f"{female(surname)} {girls[child]} {female(father)}", "ж"
        course = chance.choice(COURSES)
        person = Row(name, payer, make_birthday(chance, course.ages), sex, *contact, status="")
        rows.append(make_facts(chance, replace(person, school=chance.choice(SCHOOLS)), course))
    return rows


def make_adult(chance: random.Random, number: int, new_phone: Callable[[], int]) -> Row:
    """Return an adult learner, who has no payer."""
    surname, patronymic = chance.choice(SURNAMES), chance.choice(PATRONYMICS)
    woman = chance.random() < 0.6
    name = f"{female(surname)} {MOTHERS[number % len(MOTHERS)]} {female(patronymic)}"
    if not woman:
        name = f"{surname} {FATHERS[number % len(FATHERS)]} {patronymic}"
    email = make_email(chance, FAMILIES + number)
    birthday = make_birthday(chance, FOR_ADULTS.ages)
    person = Row(name, "", birthday, "ж" if woman else "м", (new_phone(),), email, chance.choice(SOURCES), "")
    return make_facts(chance, person, FOR_ADULTS)


def make_email(chance: random.Random, number: int) -> str:
    """Return an address of a domain that is kept for examples, or none."""
    return f"family{number + 1}@example.{chance.choice(('com', 'org'))}" if chance.random() < 0.7 else ""


def make_birthday(chance: random.Random, ages: range) -> date:
    """Return the birth date of somebody of one of the ages today."""
    return TODAY - timedelta(days=365 * chance.choice(ages) + chance.randrange(20, 340))


def make_facts(chance: random.Random, person: Row, course: Course) -> Row:
    """Return the row with a status and what belongs to it."""
    names, weights = zip(*STATUSES, strict=True)
    status = chance.choices(names, weights)[0]
    group, level = course.group_for(TODAY.year - person.birthday.year)
    notes = NOTES_ON_CHILDREN if person.payer else NOTES_ON_ADULTS
    note = chance.choice(notes) if chance.random() < 0.2 else ""
    row = replace(person, status=status, subject=course.subject, note=note)
    if status in ("Новый", "В работе", "Записался на пробное занятие"):
        return row
    row = replace(row, level=level, teacher=chance.choice(course.teachers))
    if status in ("Резерв", "Подбор группы"):
        return row
    if status == "Посетил пробное занятие":
        return replace(row, visited=days_ago(chance, 2, 40))
    if status == "Отказался":
        visited = days_ago(chance, 170, 700)
        return replace(row, visited=visited, bought=visited - timedelta(days=chance.randrange(5, 60)))
    return make_bought(chance, row, course, group)


def make_bought(chance: random.Random, row: Row, course: Course, group: str) -> Row:
    """Return the row of somebody who attends: groups, price, balance, days of the last visit and purchase."""
    groups: tuple[str, ...] = (group,)
    if course is not FOR_ADULTS and chance.random() < 0.1:
        other = chance.choice([each for each in COURSES if each is not course])
        groups = (group, other.group_for(TODAY.year - row.birthday.year)[0])
    visited = days_ago(chance, 170, 260) if chance.random() < 0.07 else days_ago(chance, 1, 75)
    bought = visited - timedelta(days=chance.randrange(0, 80))
    balance = chance.choice((0, 0, 1, 2, 3, 4, 6, 8, -1, -2, -4)) * course.price * 100
    if chance.random() < 0.2:
        balance += chance.choice((-25050, 12550, 50))
    price = (course.price - (50 if chance.random() < 0.15 else 0)) * 100
    return replace(row, groups=groups, price=price, balance=balance, visited=visited, bought=bought)


def days_ago(chance: random.Random, fewest: int, most: int) -> date:
    """Return a day before today."""
    return TODAY - timedelta(days=chance.randrange(fewest, most))
