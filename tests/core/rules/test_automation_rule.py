"""Which automations a change sets off (R56)."""

from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.automation import Watch, set_off

FIELDS = st.sampled_from(["status", "studies", "manager"])
VALUES = st.sampled_from(["", "1", "2", "Ольга"])
WATCHES = st.lists(st.tuples(FIELDS, VALUES), max_size=8).map(
    lambda pairs: [Watch(number, *pair) for number, pair in enumerate(pairs, start=1)]
)
CHANGES = st.dictionaries(FIELDS, st.tuples(VALUES, VALUES))


def test_r56_a_field_takes_a_value_that_it_had_not() -> None:
    watches = [Watch(3, "status", "7"), Watch(1, "status", "7"), Watch(2, "status", "8")]
    assert set_off(watches, {"status": ("5", "7")}) == [1, 3]
    assert set_off(watches, {"status": ("7", "7"), "studies": ("7", "8")}) == []


def test_r56_letters_case_says_nothing_and_a_field_can_be_emptied() -> None:
    assert set_off([Watch(1, "manager", "Алёна")], {"manager": ("", "АЛЕНА")}) == [1]
    assert set_off([Watch(1, "manager", "Алёна")], {"manager": ("алена", "АЛЕНА")}) == []
    assert set_off([Watch(1, "manager", "")], {"manager": ("Ольга", "")}) == [1]


@given(watches=WATCHES, changes=CHANGES, shuffled=st.randoms())
def test_r56_each_once_in_order_and_only_what_was_waited_for(
    watches: list[Watch], changes: dict[str, tuple[str, str]], shuffled: st.DrawFn
) -> None:
    expected = [
        watch.id
        for watch in watches
        if watch.field in changes and changes[watch.field][1] == watch.value != changes[watch.field][0]
    ]
    mixed = watches[:] * 2
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    assert set_off(mixed, changes) == expected
