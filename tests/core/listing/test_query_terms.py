"""Terms of a query, each read from one argument (R52)."""

import pytest

from schoolcrm.core.listing.query import Term, asks_for_archived, parse_term


@pytest.mark.parametrize(
    ("argument", "term"),
    [
        ("иванова анна", Term("иванова анна")),
        ("status:bought", Term("bought", "status")),
        ("^group:Робо 1", Term("Робо 1", "group", negated=True)),
        ("not:name:=Анна", Term("Анна", "name", exact=True, negated=True)),
        ("^not:is:lead", Term("lead", "is")),
        ("field.Рост см:120..", Term("120..", "field.Рост см")),
        ("18:30", Term("18:30")),
        ("a b:c", Term("a b:c")),
        ("note:", Term("", "note")),
        (" phone:=1:2 ", Term("1:2", "phone", exact=True)),
    ],
)
def test_an_argument_is_one_term(argument: str, term: Term) -> None:
    assert parse_term(argument) == term


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("is:archived", True),
        ("archived:2026", True),
        ("^is:archived", False),
        ("archived:", False),
        ("archived", False),
        ("name:archived", False),
    ],
)
def test_the_archive_is_looked_into_only_when_it_is_asked_for(query: str, asked: bool) -> None:
    assert asks_for_archived([parse_term(query)]) is asked
