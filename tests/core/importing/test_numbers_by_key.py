"""Numbers under keys whose older ones leave the memory: no difference to a dictionary but the memory."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.importing import numbers_by_key
from schoolcrm.core.importing.client_row import ClientRow
from schoolcrm.core.importing.families import Families
from schoolcrm.core.importing.keys import keys_of
from schoolcrm.core.importing.numbers_by_key import KeyLog, NumbersByKey, SeldomAsked

KEYS = st.sampled_from([0, 1, -1, 1 << 24, (1 << 24) + 1, 1 << 58, -(1 << 58), *range(5, 12)])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "put_first", "remove", "get"]), KEYS, st.integers(1, 9)))


@given(STEPS, st.sampled_from([1, 2, 3, 100]))
def test_numbers_are_found_as_in_a_dictionary_however_old(steps: list[tuple[str, int, int]], recent: int) -> None:
    numbers, model = NumbersByKey(recent), dict[int, int]()
    for step, key, number in steps:
        if step == "put":
            numbers.put(key, number)
            model[key] = number
        elif step == "put_first":
            numbers.put_first(key, number)
            model.setdefault(key, number)
        elif step == "remove":
            numbers.remove(key)
            model.pop(key, None)
        assert numbers.get(key) == model.get(key)
    keys = [key for _step, key, _number in steps]
    assert numbers.get_all(keys) == [model.get(key) for key in keys]


def test_many_numbers_come_back_from_the_file() -> None:
    numbers = NumbersByKey(10)
    for key in range(1, 1_000):
        numbers.put(key * 7_919, key)
    numbers.put(7_919, 5)
    assert numbers.get_all(key * 7_919 for key in range(1, 1_000)) == [5, *range(2, 1_000)]
    assert numbers.get(3) is None


@pytest.mark.parametrize("waiting", [2, 6, 1_000])
def test_the_first_number_wins_before_and_after_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
    monkeypatch.setattr(numbers_by_key, "_MOST_WAITING", waiting)
    seldom = SeldomAsked()
    for key, number in ((1, 10), (2, 20), (1, 11), (3, 30)):
        seldom.add(key, number)
    assert [seldom.get(key) for key in (1, 2, 3, 4)] == [10, 20, 30, None]
    seldom.add(2, 21)
    seldom.add(4, 40)
    assert (seldom.get(2), seldom.get(4)) == (20, 40)


def test_a_log_tells_everything_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers_by_key, "_MOST_WAITING", 4)
    log = KeyLog()
    noted = [(1 << 59, 1), (-(1 << 59), 2), (1, -3), (1, 4), (2, 5)]
    for key, number in noted:
        log.add(key, number)
    assert list(log) == noted == list(log)


def _peak(rows: int) -> int:
    """Return the bytes that placing so many rows takes at most, every row of another family."""
    tracemalloc.start()
    families = Families(numbers=lambda: NumbersByKey(500))
    for number in range(rows):
        phone, name = f"+7916{number:07}", f"ли анна {number}"
        email = f"a{number}@example.com"
        contacts = (("mobile", phone, phone, None), ("email", email, email, None))
        keys = keys_of(name, name, None, (phone,), contacts)
        families.place(ClientRow(2, name, name, name, name, True, *keys, (phone,), contacts, ()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_r64_families_keep_some_bytes_a_row_in_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers_by_key, "_MOST_WAITING", 1_000)
    few, many = 2_000, 20_000
    assert _peak(many) - _peak(few) < 100 * (many - few)
