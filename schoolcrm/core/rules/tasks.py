"""The order in which tasks are looked at (R55): pure, over plain values."""

from datetime import date

OPEN, DONE, ARCHIVED = "open", "done", "archived"
_LATEST = date.max.toordinal()


def is_overdue(state: str, due_on: date | None, today: date) -> bool:
    """Tell whether the task is still to be done and its day is over."""
    return state == OPEN and due_on is not None and due_on < today


def place_of(state: str, due_on: date | None, today: date, *, closed_on: date | None = None) -> tuple[int, int]:
    """Return the key that sorts tasks: open ones first, then done, then archived (R55).

    Of the open: those of today and later by their day, those without a day, then the overdue by their day. Of the
    others: the last done first (`closed_on`), those never done at the end.
    """
    if state != OPEN:
        return 3 + (state == ARCHIVED), _LATEST - closed_on.toordinal() if closed_on else _LATEST
    if due_on is None:
        return 1, 0
    return (2 if due_on < today else 0), due_on.toordinal()
