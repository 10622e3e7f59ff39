"""Fields of many clients set at once (R50, R52)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, add_entry, make_school, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.people.bulk import read_assignments, read_settings, refuse_emptying, set_in_bulk
from schoolcrm.core.people.custom_fields import add_field
from schoolcrm.core.statuses.catalogue import find_status


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        for name in ("Анна", "Борис", "Вера"):
            add_client(school, name)
        add_field(school, "client", "Рост", type="number")
        yield school


def set_(school: Any, ids: list[int], *texts: str, **found: Any) -> list[int]:
    assignments = read_assignments(school.db, texts)
    refuse_emptying(assignments)
    return set_in_bulk(school, ids, read_settings(school.db, assignments, TODAY, **found))


def column(school: Any, key: str) -> list[Any]:
    return [cell for (cell,) in list_rows(school.db, TODAY, CLIENTS, Wish(columns=[key])).rows]


def changes(school: Any) -> int:
    return int(school.db.execute("SELECT count(*) FROM change").fetchone()[0])


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("manager= Ольга ", "manager", "Ольга"),
        ("colour=красный", "colour", "красный"),
        ("note=a=b", "note", "a=b"),
        ("birthday=1.9.1990", "birthday", "1990-09-01"),
        ("sex=ж", "sex", "f"),
        ("application=call", "application", "call"),
        ("studies=да", "lead", 0),
        ("lead=нет", "lead", 0),
        ("field.рост=120,5", "field.Рост", 120.5),
    ],
)
def test_a_field_is_set_once_and_a_value_that_is_there_is_no_change(
    school: Any, text: str, key: str, value: Any
) -> None:
    before = column(school, key)
    assert set_(school, [1, 3], text) == [1, 3]
    assert sorted(map(str, column(school, key))) == sorted(map(str, [value, before[1], value]))
    recorded = changes(school)
    assert set_(school, [1, 3], text) == []
    assert changes(school) == recorded
    assert set_(school, [1, 2, 3], text) == [2]


def test_a_source_and_statuses_are_set_as_they_were_found(school: Any) -> None:
    site = add_entry(school, "sources", "Сайт")
    reserve, former = find_status(school.db, "reserve"), find_status(school.db, "former")
    statuses = {"status": reserve, "stage": former}
    texts = ("source=Сайт", "status=reserve", "stage=former")
    assert set_(school, [1, 2], *texts, source_id=site, status_ids=statuses) == [1, 2]
    assert (column(school, "source"), column(school, "base")) == (["Сайт", "Сайт", None], ["reserve", "reserve", "new"])
    assert column(school, "stage") == ["former", "former", "newcomer"]
    reasons = "SELECT DISTINCT client_id, scale, reason FROM status_change WHERE reason = 'hand' ORDER BY 1, 2"
    assert school.db.execute(reasons).fetchall() == [
        (1, "funnel", "hand"), (1, "loyalty", "hand"), (2, "funnel", "hand"), (2, "loyalty", "hand")
    ]  # fmt: skip
    assert set_(school, [1, 2], *texts, source_id=site, status_ids=statuses) == []


def test_r50_a_client_who_bought_is_taken_back_to_a_lead(school: Any) -> None:
    bought = find_status(school.db, "bought")
    assert set_(school, [1, 2], "status=bought", status_ids={"status": bought}) == [1, 2]
    assert column(school, "lead") == [0, 0, 1]
    assert set_(school, [1, 2, 3], "lead=yes") == [1, 2]
    assert (column(school, "lead"), column(school, "base")) == ([1, 1, 1], ["bought", "bought", "new"])
    assert set_(school, [3], "lead=yes", "status=bought", status_ids={"status": bought}) == [3]
    assert column(school, "lead") == [1, 1, 1]


@pytest.mark.parametrize("key", ["manager", "note", "birthday", "sex", "source", "field.Рост"])
def test_an_empty_value_empties(school: Any, key: str) -> None:
    filled = {"birthday": "1990-01-01", "sex": "f", "field.Рост": "5"}.get(key, "Сайт")
    site = add_entry(school, "sources", "Сайт")
    set_(school, [1], f"{key}={filled}", source_id=site)
    assert column(school, key)[0] is not None
    assert set_(school, [1, 2, 3], f"{key}= ") == [1]
    assert column(school, key) == [None, None, None]
    assert set_(school, [1, 2, 3], f"{key}=") == []


@pytest.mark.parametrize("key", ["name", "lead", "studies", "status", "stage"])
def test_what_a_client_can_not_be_without_is_not_emptied(school: Any, key: str) -> None:
    with pytest.raises(BadValue) as caught:
        set_(school, [1], f"{key}=")
    assert caught.value.sentence == f'The field "{key}" can\'t be emptied.'


@pytest.mark.parametrize(
    ("texts", "error", "told"),
    [
        (["manager"], BadValue, '"manager" gives no field a value.'),
        (["=x"], BadValue, '"=x" gives no field a value.'),
        (["balance=5"], BadValue, 'The field "balance" can\'t be set.'),
        (["id=5"], BadValue, 'The field "id" can\'t be set.'),
        (["mnager=x"], BadValue, 'The field "mnager" can\'t be set.'),
        (["field.Вес=x"], NotFound, 'There is no field "Вес".'),
        (["field.Рост=x"], BadValue, '"Рост": "x" is not a number.'),
        (["note=a", "NOTE=b"], BadValue, 'The field "NOTE" is set twice.'),
        (["lead=yes", "studies=no"], BadValue, 'The field "studies" is set twice.'),
        (["note=a", "birthday=2030-01-01"], BadValue, "The birth date 2030-01-01 is in the future."),
        (["note=a", "lead=maybe"], BadValue, '"maybe" is neither yes nor no.'),
        (["name=5"], BadValue, '"5" is not a name: it has no letter.'),
    ],
)
def test_all_values_are_read_before_anything_is_written(
    school: Any, texts: list[str], error: type[Exception], told: str
) -> None:
    before = changes(school)
    with pytest.raises(error) as caught:
        set_(school, [1, 2, 3], *texts)
    assert str(caught.value) == told
    assert changes(school) == before


def test_a_field_that_can_not_be_set_lists_those_that_can(school: Any) -> None:
    with pytest.raises(BadValue) as caught:
        read_assignments(school.db, ["menager=x"])
    assert caught.value.hint.startswith("Did you mean: manager? Those that can be set: name, lead, source")
    assert caught.value.hint.endswith("status, stage, studies, field.Рост.")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ids=st.lists(st.sampled_from([1, 2, 3]), unique=True),
    key=st.sampled_from(["manager", "note", "colour", "field.Рост", "lead"]),
    number=st.integers(0, 3),
)
def test_those_told_changed_are_those_whose_value_differs(school: Any, ids: list[int], key: str, number: int) -> None:
    text = ["yes", "no", "yes", "no"][number] if key == "lead" else ["", "1", "2", "3"][number]
    before = column(school, key)
    changed = set_(school, ids, f"{key}={text}")
    after = column(school, key)
    assert changed == [place for place in (1, 2, 3) if before[place - 1] != after[place - 1]]
    assert set(changed) <= set(ids)
    assert len({after[number - 1] for number in ids}) <= 1
