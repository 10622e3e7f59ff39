"""The query language of lists (cli.md §3)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from builders import TODAY, make_school, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_school import fill, found

from schoolcrm.core.errors import BadValue
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.core.rules.safetext import one_line


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with writing_school(make_school(tmp_path_factory.mktemp("query"))) as school:
        fill(school)
        yield school


ANNA, EGOR, ZOE = "Анна Иванова", "Егор Ёлкин", "Zoë [red] O'Neil"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (["анна"], {ANNA}),
        (["ПЕТР"], {ANNA}),
        (["елкин"], {EGOR}),
        (["позвонить"], {EGOR}),
        (["просит позвонить"], {EGOR}),
        (["[red]"], {ZOE}),
        (["o'neil"], {ZOE}),
        (["%"], set()),
        (["916123"], {ANNA}),
        (["8 (916) 1"], {ANNA}),
        (["8903"], {EGOR}),
        (["^анна"], {EGOR, ZOE}),
        (["е", "^иванова"], {EGOR}),
        ([""], {ANNA, EGOR, ZOE}),
        (["name:ё"], {EGOR}),
        (["name:=егор елкин"], {EGOR}),
        (["name:=егор"], set()),
        (["students:маша"], {ANNA}),
        (["students:=маш"], set()),
        (["student:маша"], {ANNA}),
        (["client:анна"], {ANNA}),
        (["phones:903-111"], {EGOR}),
        (["contact:7916"], {ANNA}),
        (["^group:Робо 1"], {ANNA, EGOR, ZOE}),
        (["subject:", "level:", "teachers:"], {ANNA, EGOR, ZOE}),
        (["name:анна,егор"], {ANNA, EGOR}),
        (["phone:903-111"], {EGOR}),
        (["phone:=8 903 111 22 33"], {EGOR}),
        (["phone:"], {ZOE}),
        (["^phone:"], {ANNA, EGOR}),
        (["contacts:7916"], {ANNA}),
        (["status:купил"], {EGOR}),
        (["status:bought"], {EGOR}),
        (["status:Купила абонемент"], {EGOR}),
        (["status:new,reserve"], {ANNA, ZOE}),
        (["base:reserve"], {ZOE}),
        (["base:Резерв"], {ZOE}),
        (["stage:newcomer"], {ANNA, EGOR, ZOE}),
        (["balance:..-1"], {ANNA}),
        (["balance:-1500.50"], {ANNA}),
        (["balance:0..5000"], {EGOR, ZOE}),
        (["balance:"], {ZOE}),
        (["balance:.."], {ANNA, EGOR, ZOE}),
        (["balance:-1500,50"], {ANNA}),
        (["balance:-1 500,50..-1 000,25"], {ANNA}),
        (["balance:-1500.50,0"], {ANNA, ZOE}),
        (["balance:-1500,50, 0"], {ANNA, ZOE}),
        (["debt:1 500,50"], {ANNA}),
        (["debt:1500,50,100"], {ANNA}),
        (["debt:150,500"], set()),
        (["debt:1500.."], {ANNA}),
        (["is:debtor"], {ANNA}),
        (["^is:debtor"], {EGOR, ZOE}),
        (["is:lead"], {ANNA, ZOE}),
        (["is:lead,debtor"], {ANNA, ZOE}),
        (["lead:нет"], {EGOR}),
        (["is:ungrouped"], {ANNA, EGOR, ZOE}),
        (["is:grouped"], set()),
        (["is:unsubscribed"], {ANNA, EGOR, ZOE}),
        (["is:birthday"], {ANNA}),
        (["is:duplicate"], set()),
        (["age:7"], {ANNA}),
        (["age:8"], set()),
        (["age:8..11"], {ANNA}),
        (["age:"], {EGOR, ZOE}),
        (["birthday:2018"], set()),
        (["birthday:..", "sex:m"], {EGOR}),
        (["birthday:"], {ANNA, ZOE}),
        (["^birthday:.."], {ANNA, ZOE}),
        (["birthday:1990-12-31"], {EGOR}),
        (["sex:м"], {EGOR}),
        (["sex:m"], {EGOR}),
        (["created:2026-05"], {EGOR}),
        (["created:..2026-05-31"], {EGOR}),
        (["created:today"], {ANNA, ZOE}),
        (["manager:оль"], {EGOR}),
        (["manager:"], {ANNA, ZOE}),
        (["^manager:ольга"], {ANNA, ZOE}),
        (["id:2"], {EGOR}),
        (["id:2..3"], {EGOR, ZOE}),
        (["id:1,3"], {ANNA, ZOE}),
        (["field.рост:100..130"], {ANNA}),
        (["field.Рост:95"], {EGOR}),
        (["field.Рост:"], {ZOE}),
        (["field.дата  анкеты:2026-08"], {ANNA}),
        (["field.согласие:да"], {ANNA}),
        (["field.согласие:no"], {EGOR}),
        (["last_visit:"], {ANNA, EGOR, ZOE}),
        (["subscription_end:2026"], set()),
        (["expires:"], {ANNA, EGOR, ZOE}),
        (["lessons_left:0"], {ANNA, EGOR, ZOE}),
    ],
)
def test_who_answers_to_a_query(school: Any, query: list[str], names: set[str]) -> None:
    assert found(school, *query) == names


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("balanse:5", 'There is no field "balanse".'),
        ("field.Вес:5", 'There is no field "field.Вес".'),
        ("balance:x", '"x" is not a sum of money.'),
        ("age:семь", '"семь" is not a whole number.'),
        ("created:2026-13", '"2026-13" is not a period.'),
        ("base:buyer", '"buyer" is not one of the values of base.'),
        ("lead:maybe", '"maybe" is neither yes nor no.'),
        ("sex:x", '"x" is neither male nor female.'),
        ("is:debtr", 'There is no filter is:"debtr".'),
        ("is:", 'There is no filter is:"".'),
        ("subscription_end:", "The filter subscription_end needs a value."),
        ("phone:=12", 'The phone "12" has no area code.'),
        ("id:1..x", '"x" is not a whole number.'),
        ("age:12..7", 'The range "12..7" ends before it begins.'),
        ("^", 'Nothing comes after "^" in the query.'),
        ("not: ", 'Nothing comes after "not:" in the query.'),
        ("balance:1,5", '"1,5" can be read in two ways: a comma may part two sums, or stand before the kopecks.'),
        (
            "balance:10,20,30",
            '"10,20,30" can be read in two ways: a comma may part two sums, or stand before the kopecks.',
        ),
        ("debt:1,000", '"1,000" can be read in two ways: a comma may part two sums, or stand before the kopecks.'),
        (
            "debt:1,250.50",
            '"1,250.50" can be read in two ways: a comma may part two sums, or stand before the kopecks.',
        ),
        ("balance:1..-1", 'The range "1..-1" ends before it begins.'),
        ("statu:new", 'There is no field "statu".'),
    ],
)
def test_a_bad_term_is_refused_with_the_value_and_a_hint(school: Any, query: str, sentence: str) -> None:
    for term in (query, f"^{query}"):
        with pytest.raises(BadValue) as caught:
            found(school, term)
        assert caught.value.sentence == sentence
        assert caught.value.hint


def test_an_unknown_field_lists_the_known_ones_and_suggests(school: Any) -> None:
    with pytest.raises(BadValue) as caught:
        found(school, "balanse:5")
    assert caught.value.hint.startswith("Did you mean: balance, base? Known fields: id, name, students, phone")
    assert caught.value.hint.endswith("field.Дата анкеты, field.Рост, field.Сделка этап, field.Согласие.")


def test_too_long_queries_are_refused(school: Any) -> None:
    with pytest.raises(BadValue):
        found(school, *["анна"] * 51)
    with pytest.raises(BadValue):
        found(school, "id:" + ",".join(map(str, range(201))))
    assert found(school, "id:" + ",".join(map(str, range(200)))) == {ANNA, EGOR, ZOE}
    assert found(school, "^" * 5001 + "анна") == {EGOR, ZOE}


TERMS = st.one_of(
    st.text(max_size=12),
    st.tuples(
        st.sampled_from(["", "^", "not:"]),
        st.sampled_from([*CLIENTS.fields, "is", "field.Рост", "field.Сделка", "nothing"]),
        st.sampled_from([":", ":=", ":..", ":,"]),
        st.one_of(
            st.text(max_size=8), st.sampled_from(["1", "-5..7", "2026-01..", "анна", "да", "m", "lead", "%", "'"])
        ),
    ).map("".join),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(term=TERMS)
def test_any_text_is_a_query_or_a_bad_value_and_its_opposite_the_rest(school: Any, term: str) -> None:
    everybody = {ANNA, EGOR, ZOE}
    try:
        answering = found(school, term, scope="all")
    except BadValue as error:
        assert error.sentence == one_line(error.sentence)
        return
    if term.strip():
        assert found(school, f"^{term.strip()}", scope="all") == everybody - answering


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(low=st.integers(-3000, 3000), high=st.integers(-3000, 3000))
def test_a_range_is_inclusive_and_may_be_open(school: Any, low: int, high: int) -> None:
    balances = {ANNA: -1500.5, EGOR: 3000, ZOE: 0}
    if low <= high:
        between = {name for name, sum_ in balances.items() if low <= sum_ <= high}
        assert found(school, f"balance:{low}..{high}") == between
    assert found(school, f"balance:{low}..") == {name for name, sum_ in balances.items() if low <= sum_}
    assert found(school, f"balance:..{high}") == {name for name, sum_ in balances.items() if sum_ <= high}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (["анна"], {"Маша", "Пётр"}),
        (["8916123"], {"Маша", "Пётр"}),
        (["name:маша"], {"Маша"}),
        (["student:маша", "^group:робо"], {"Маша"}),
        (["client:анна", "age:7"], {"Пётр"}),
        (["is:birthday"], {"Пётр"}),
        (["birthday:"], {EGOR, ZOE}),
        (["balance:..-1"], {"Маша", "Пётр"}),
        (["status:bought"], {EGOR}),
        (["is:lead", "^client_id:1"], {ZOE}),
        (["^is:lead"], {EGOR}),
    ],
)
def test_students_are_found_by_what_is_theirs_and_the_clients(school: Any, query: list[str], names: set[str]) -> None:
    listing = list_rows(school.db, TODAY, STUDENTS, Wish(query=query, columns=["name"]))
    assert {name for (name,) in listing.rows} == names


def test_a_field_is_named_in_either_number_in_columns_and_sorting(school: Any) -> None:
    listing = list_rows(school.db, TODAY, CLIENTS, Wish(columns=["client", "group"], sort=["-student", "phones"]))
    assert [field.key for field in listing.fields] == ["name", "groups"]
    by_students = list_rows(school.db, TODAY, CLIENTS, Wish(columns=["name"], sort=["-students", "phone"]))
    assert [row[0] for row in listing.rows] == [row[0] for row in by_students.rows] == [ANNA, EGOR, ZOE]


def test_today_is_a_parameter(school: Any) -> None:
    wish = Wish(query=["age:8"], columns=["name"])
    assert list_rows(school.db, date(2026, 9, 2), CLIENTS, wish).rows == [(ANNA,)]
