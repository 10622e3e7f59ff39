"""Birth dates as the rows of one file gave them, in little memory: a further row may say another one (R64)."""

from array import array
from datetime import date


class Birthdays:
    """The birth date that a file gave each student first; new students are numbered on from `first_new`."""

    def __init__(self, first_new: int) -> None:
        self._first_new = first_new
        self._of_new = array("i")  # in the order of their numbers; 0: not given
        self._of_known: dict[int, int] = {}

    def note(self, student: int, birthday: date | None) -> None:
        """Note what the first row of a student says; new students come in the order of their numbers."""
        day = birthday.toordinal() if birthday else 0
        if student >= self._first_new:
            self._of_new.append(day)
        elif day:
            self._of_known[student] = day

    def get(self, student: int) -> date | None:
        """Return what the file's first row of that student said."""
        is_new = student >= self._first_new
        day = self._of_new[student - self._first_new] if is_new else self._of_known.get(student, 0)
        return date.fromordinal(day) if day else None
