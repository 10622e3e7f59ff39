"""Numbers for json_each, without json."""

import json

from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.store.numbers import number_list


@given(st.lists(st.integers()))
def test_a_list_of_numbers_is_json(numbers: list[int]) -> None:
    assert json.loads(number_list(numbers)) == numbers
    assert json.loads(number_list(iter(numbers))) == numbers
