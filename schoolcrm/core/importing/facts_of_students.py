"""What the rows of one file said of each student first, in little memory: a further row may say another thing (R64)."""

from array import array
from datetime import date

from schoolcrm.core.importing.client_row import ClientRow


class FactsOfStudents:
    """The birth date and the opening balance that a file gave; new students are numbered on from `first_new`."""

    def __init__(self, first_new: int) -> None:
        self._first_new = first_new
        self._birthdays_of_new = array("l")  # in the order of their numbers; 0: not given
        self._balances_of_new = array("q")
        self._birthdays: dict[int, int] = {}
        self._balances: dict[int, int] = {}

    def note(self, student: int, row: ClientRow) -> None:
        """Note what the first row of a student says; new students come in the order of their numbers."""
        day = date.fromisoformat(row.birthday).toordinal() if row.birthday else 0
        if student >= self._first_new:
            self._birthdays_of_new.append(day)
            self._balances_of_new.append(row.balance or 0)
            return
        if day:
            self._birthdays[student] = day
        if row.balance:
            self._balances[student] = row.balance

    def birthday_of(self, student: int) -> str | None:
        """Return the birth date that the file's first row of that student said, ISO."""
        place = student - self._first_new
        day = self._birthdays.get(student, 0) if place < 0 else self._birthdays_of_new[place]
        return date.fromordinal(day).isoformat() if day else None

    def balance_of(self, student: int) -> int:
        """Return the opening balance that the file's first row of that student said, in kopecks; 0 for none."""
        place = student - self._first_new
        return self._balances.get(student, 0) if place < 0 else self._balances_of_new[place]
