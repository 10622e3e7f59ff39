"""The order of tasks (R55)."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.tasks import ARCHIVED, DONE, OPEN, is_overdue, place_of

TODAY = date(2026, 9, 20)
days = st.dates(TODAY - timedelta(days=9), TODAY + timedelta(days=9))
tasks = st.lists(st.tuples(st.sampled_from([OPEN, DONE, ARCHIVED]), st.none() | days, st.none() | days), max_size=12)


def kind(state: str, due_on: date | None) -> int:
    """The group in which R55 wants the task, written out."""
    if state == ARCHIVED:
        return 4
    if state == DONE:
        return 3
    if due_on is None:
        return 1
    return 0 if due_on >= TODAY else 2


@settings(deadline=None)
@given(tasks)
def test_r55_future_ones_by_day_overdue_after_them_then_done_then_archived(
    given_tasks: list[tuple[str, date | None, date | None]],
) -> None:
    ordered = sorted(given_tasks, key=lambda task: place_of(task[0], task[1], TODAY, closed_on=task[2]))
    kinds = [kind(state, due_on) for state, due_on, _closed in ordered]
    assert kinds == sorted(kinds)
    for group in (0, 2):
        dues = [due for state, due, _closed in ordered if due and kind(state, due) == group]
        assert dues == sorted(dues)
    for state in (DONE, ARCHIVED):
        closed = [on for one, _due, on in ordered if one == state]
        known = [on for on in closed if on]
        assert closed == [*sorted(known, reverse=True), *[None] * (len(closed) - len(known))]


def test_r55_today_is_still_to_come() -> None:
    assert not is_overdue(OPEN, TODAY, TODAY)
    assert is_overdue(OPEN, TODAY - timedelta(days=1), TODAY)
    assert not is_overdue(DONE, TODAY - timedelta(days=1), TODAY)
    assert not is_overdue(OPEN, None, TODAY)
    assert place_of(OPEN, TODAY, TODAY) < place_of(OPEN, None, TODAY) < place_of(OPEN, date(2026, 9, 19), TODAY)
