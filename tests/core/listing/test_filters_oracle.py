"""Every filter finds what the same question, put in Python to the rows of the whole list, finds (R52, cli.md §3)."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    writing_school,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import SchoolError
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import Field, Registry, custom_fields_of
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.core.people.custom_fields import add_field, find_field, read_value, set_values
from schoolcrm.core.rules.names import fold

REGISTRIES = {"client": CLIENTS, "student": STUDENTS}
# What these show is the first of several values, of which any is found.
SHOWN_IN_PART = {"phone", "email"}
NAMES = ("Анна", "Ёжикова Зоя", "Пётр O'Neil", "егор", "Anna-Maria", "Ли", "100%", "[red]Зоя[/]")
OWN = (
    ("Рост", "number", ("9", "10.5", "-3", "120")),
    ("Анкета", "date", ("2026-08-31", "2026-09-01", "2025-01-15")),
    ("Согласие", "bool", ("да", "нет")),
    ("Смена", "choice", ("Вечер", "Утро", "Ночь")),
    ("Сделка: этап", "text", ("Договор, копия", "оплата")),
)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with writing_school(make_school(tmp_path_factory.mktemp("oracle"))) as school:
        _fill(school, random.Random(7))
        yield school


def _fill(school: Any, chance: random.Random) -> None:
    teachers = [add_entry(school, "teachers", name) for name in ("Ким", "Ли", "Олегова")]
    sources = [add_entry(school, "sources", name) for name in ("Сайт", "Друзья")]
    groups = [
        add_group(school, name, subject, teacher_id=chance.choice([None, *teachers]))
        for name, subject in (("Робо 1", "Робо"), ("Робо 2", "Робо"), ("Шахматы", "Шахматы"))
    ]
    for group in groups[:2]:
        add_schedule(school, group_id=group, days="tue", first_on=date(2026, 7, 1), teacher_id=chance.choice(teachers))
    plans = [add_plan(school, "package", 400000, 4), add_plan(school, "lesson", 60050)]
    for entity in REGISTRIES:
        for name, kind, choices in OWN:
            add_field(school, entity, name, type=kind, choices=choices if kind == "choice" else ())
    for number in range(24):
        status = chance.choice(["new", "bought", "reserve", "refused"])
        client = add_client(school, f"{chance.choice(NAMES)} {number % 7}", status=status)
        students = [number for (number,) in school.db.execute("SELECT id FROM student WHERE client_id = ?", (client,))]
        students += [add_student(school, client, f"{chance.choice(NAMES)} мл.") for _ in range(chance.randint(0, 2))]
        _tell(school, chance, client, students, teachers, sources)
        _teach(school, chance, client, students, groups, plans)
    _hold_lessons(school, chance, groups)


def _tell(
    school: Any, chance: random.Random, client: int, students: list[int], teachers: list[int], sources: list[int]
) -> None:
    db = school.db
    db.execute(
        "UPDATE client SET studies = ?, source_id = ?, manager = ?, colour = ?, note = ?, created_on = ? WHERE id = ?",
        (
            *(chance.randint(0, 1), chance.choice([None, *sources]), chance.choice([None, "Ольга", "Иван"])),
            *(chance.choice([None, "красный"]), chance.choice([None, "ждёт\nзвонка"])),
            *((TODAY - timedelta(days=chance.randint(0, 400))).isoformat(), client),
        ),
    )
    for student in students:
        if chance.random() < 0.7:
            born = TODAY - timedelta(days=chance.randint(6 * 365, 12 * 366))
            db.execute("UPDATE student SET birthday = ? WHERE id = ?", (born.isoformat(), student))
        if chance.random() < 0.5:
            db.execute("INSERT INTO student_teacher VALUES (?, ?)", (student, chance.choice(teachers)))
    for entity, records in (("client", [client]), ("student", students)):
        for record in records:
            for name, _kind, values in OWN:
                if chance.random() < 0.6:
                    field = find_field(db, entity, name)
                    set_values(school, entity, record, {field: read_value(field, chance.choice(values), TODAY)})


def _teach(
    school: Any, chance: random.Random, client: int, students: list[int], groups: list[int], plans: list[int]
) -> None:
    if chance.random() < 0.6:
        pay(school, client, chance.randint(1, 500000), date(2026, 8, chance.randint(1, 31)))
    for student in students:
        if chance.random() < 0.6:
            group = chance.choice(groups)
            join(school, group, student, date(2026, 7, 1), chance.choice([None, date(2026, 8, 20)]))
            sell_plan(school, student, chance.choice(plans), date(2026, 7, chance.randint(1, 31)))


def _hold_lessons(school: Any, chance: random.Random, groups: list[int]) -> None:
    for group in groups:
        query = "SELECT DISTINCT student_id FROM membership WHERE group_id = ?"
        students = [student for (student,) in school.db.execute(query, (group,))]
        present = [student for student in students if chance.random() < 0.6]
        absent = dict.fromkeys(set(students) - set(present), "УП")
        hold(school, group, date(2026, 8, 4), present=present, absent=absent, time="18:00")


def listed_fields(school: Any, entity: str) -> list[Field]:
    registry = REGISTRIES[entity]
    own = custom_fields_of(school.db, entity, registry.id).values()
    return [field for field in (*registry.fields.values(), *own) if field.listed and field.key not in SHOWN_IN_PART]


@pytest.fixture(scope="module")
def lists(school: Any) -> dict[str, list[dict[str, Any]]]:
    return {entity: whole_list(school, entity) for entity in REGISTRIES}


def whole_list(school: Any, entity: str) -> list[dict[str, Any]]:
    keys = [field.key for field in listed_fields(school, entity)]
    columns = [field.key.replace(": ", " ") for field in listed_fields(school, entity)]
    listing = list_rows(school.db, TODAY, REGISTRIES[entity], Wish(columns=columns))
    return [dict(zip(keys, row, strict=True)) for row in listing.rows]


def ids(school: Any, entity: str, *query: str, **wish: Any) -> list[int]:
    listing = list_rows(school.db, TODAY, REGISTRIES[entity], Wish(query=query, columns=("id",), **wish))
    return [number for (number,) in listing.rows]


def as_written(field: Field, cell: Any) -> str:
    kind = field.items if field.is_list else field.kind
    if kind == "money":
        return f"{'-' if cell < 0 else ''}{abs(cell) // 100}.{abs(cell) % 100:02}"
    return ("да" if cell else "нет") if kind == "bool" else str(cell)


def values_of(field: Field, cell: Any) -> list[Any]:
    return list(cell) if field.is_list else [] if cell is None else [cell]


def is_empty(field: Field, cell: Any) -> bool:
    return cell in (None, [], "") or (field.kind == "money" and cell == 0)


Question = tuple[str, Callable[[Any], bool]]


@st.composite
def questions(draw: st.DrawFn, field: Field, cells: list[Any]) -> Question:
    """Draw a term about the field, and the same question to its cell."""
    known = sorted({value for cell in cells for value in values_of(field, cell)})
    name = field.key.replace(": ", " ")
    kinds = ["empty"] if not known else ["empty", "equal", "any of"]
    ordered = (field.items if field.is_list else field.kind) in ("integer", "number", "money", "date")
    kinds += ["range", "from", "to"] if ordered and known else ["part"] if known and _is_text(field) else []
    match draw(st.sampled_from(kinds)):
        case "empty":
            return f"{name}:", lambda cell: is_empty(field, cell)
        case "part":
            text = str(draw(st.sampled_from(known))).split(",")[0]
            end = draw(st.integers(1, len(text)))
            return f"{name}:{text[:end]}", lambda cell: _part(field, text[:end], cell)
        case "any of":
            some = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
            if any("," in str(value) for value in some):
                return f"{name}:", lambda cell: is_empty(field, cell)
            texts = [as_written(field, value) for value in some]
            return f"{name}:{', '.join(texts)}", lambda cell: any(_same(field, each, cell) for each in some)
        case "range":
            low, high = sorted((draw(st.sampled_from(known)), draw(st.sampled_from(known))))
            text = f"{as_written(field, low)}..{as_written(field, high)}"
            return f"{name}:{text}", lambda cell: any(low <= value <= high for value in values_of(field, cell))
        case "from":
            low = draw(st.sampled_from(known))
            return f"{name}:{as_written(field, low)}..", lambda cell: any(low <= v for v in values_of(field, cell))
        case "to":
            high = draw(st.sampled_from(known))
            return f"{name}:..{as_written(field, high)}", lambda cell: any(v <= high for v in values_of(field, cell))
    one = draw(st.sampled_from(known))
    return f"{name}:={as_written(field, one)}", lambda cell: _exactly(field, one, cell)


def _is_text(field: Field) -> bool:
    return (field.items if field.is_list else field.kind) == "text"


def _exactly(field: Field, wanted: Any, cell: Any) -> bool:
    if _is_text(field):
        return any(fold(wanted) == fold(value) for value in values_of(field, cell))
    return wanted in values_of(field, cell)


def _same(field: Field, wanted: Any, cell: Any) -> bool:
    if field.choices or not _is_text(field):
        return _exactly(field, wanted, cell)
    return any(fold(str(wanted)) in fold(value) for value in values_of(field, cell))


def _part(field: Field, text: str, cell: Any) -> bool:
    if field.choices and any(fold(text) == fold(choice) for choice in field.choices):
        return _exactly(field, text, cell)
    return any(fold(text) in fold(value) for value in values_of(field, cell))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), entity=st.sampled_from(sorted(REGISTRIES)), negated=st.booleans())
def test_a_filter_finds_what_python_finds_in_the_rows(
    school: Any, lists: dict[str, list[dict[str, Any]]], data: Any, entity: str, negated: bool
) -> None:
    fields = [field for field in listed_fields(school, entity) if field.key not in ("status", "archived")]
    field = data.draw(st.sampled_from(fields))
    rows = lists[entity]
    term, asks = data.draw(questions(field, [row[field.key] for row in rows]))
    expected = [row["id"] for row in rows if asks(row[field.key]) is not negated]
    assert ids(school, entity, f"^{term}" if negated else term) == expected


@pytest.mark.parametrize("entity", sorted(REGISTRIES))
def test_sorting_is_by_value_with_absent_ones_last_either_way(school: Any, entity: str) -> None:
    rows = whole_list(school, entity)
    by_id = {row["id"]: row for row in rows}
    for field in listed_fields(school, entity):
        if field.kind in ("code", "list") and not (field.is_list and field.items == "integer"):
            continue
        for sign in ("", "-"):
            found = ids(school, entity, sort=[sign + field.key.replace(": ", " ")])
            cells = [by_id[number][field.key] for number in found]
            keys = [_sort_key(field, cell) for cell in cells if not (cell is None or cell == [])]
            assert keys == sorted(keys, reverse=bool(sign)), field.key
            assert all(cell is None or cell == [] for cell in cells[len(keys) :]), field.key


def _sort_key(field: Field, cell: Any) -> Any:
    if field.is_list:
        return min(cell)
    if field.choices:
        return list(field.choices).index(cell)
    return fold(cell) if field.kind == "text" else cell


GRAMMAR = st.tuples(
    st.sampled_from(["", "^", "not:", "^^"]),
    st.sampled_from(
        [*CLIENTS.fields, *STUDENTS.fields, "is", "group", *(f"field.{name}" for name, _k, _v in OWN), "field.", "x"]
    ),
    st.sampled_from([":", ":=", ": "]),
    st.lists(
        st.one_of(
            st.sampled_from(["", "1", "-5", "1.5", "2026", "2026-02-30", "today", "да", "f", "bought", "debtor,lead"]),
            st.sampled_from(
                ["9" * 18, "9" * 19, "-" + "9" * 30, "1e9", "\x00", "'", '"', "%", "\ud800", "٣", "..", ","]
            ),
            st.text(max_size=5),
        ),
        max_size=3,
    ).flatmap(lambda parts: st.sampled_from(["..", ",", ""]).map(lambda glue: glue.join(parts))),
).map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(GRAMMAR, max_size=4),
    columns=st.lists(st.sampled_from([*CLIENTS.fields, "field.рост", "-", "?"]), max_size=3),
    sort=st.lists(st.sampled_from([*CLIENTS.fields, "-age", "-field.смена", "-", "?"]), max_size=3),
    entity=st.sampled_from(sorted(REGISTRIES)),
)
def test_whatever_is_asked_ends_in_a_list_or_in_one_clear_refusal(
    school: Any, query: list[str], columns: list[str], sort: list[str], entity: str
) -> None:
    try:
        list_rows(school.db, TODAY, REGISTRIES[entity], Wish(query=query, columns=columns, sort=sort))
    except SchoolError as error:
        assert error.sentence


def test_the_longest_query_is_still_one_statement(school: Any) -> None:
    for field in ("teacher", "phone", "status", "birthday", "note", "balance"):
        value = {"phone": "8916", "birthday": "2018", "balance": "100", "status": "new"}.get(field, "ким")
        many = [f"{field}:{','.join([value] * 200)}", *[f"^{field}:{value}"] * 49]
        assert ids(school, "client", *many) == []


def test_registries_are_told_apart(school: Any) -> None:
    registry: Registry = REGISTRIES["student"]
    assert {"field.рост", "field.смена"} <= set(custom_fields_of(school.db, "student", registry.id))
