"""The list of students, and one student's card (R50, R52)."""

import sqlite3
from datetime import date

from schoolcrm.core.language import _
from schoolcrm.core.listing.rows import Listing, Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.reports.card import StudentCard, days_around, find_student_cards
from schoolcrm.reports.journal import Visit, read_journal
from schoolcrm.reports.listings import listing_table
from schoolcrm.reports.table import Table


def find_students(db: sqlite3.Connection, today: date, wish: Wish) -> Listing:
    """Return the students that answer to the query, as rows of the columns asked for; raises BadValue."""
    return list_rows(db, today, STUDENTS, wish)


def students_table(listing: Listing, wish: Wish) -> Table:
    """Return the list of students as a table."""
    return listing_table(listing, wish, report="students", title=_("Students"))


def find_student_card(
    db: sqlite3.Connection, student_id: int, today: date, days: int
) -> tuple[StudentCard, list[Visit]]:
    """Return what is known about the student, and the visits of `days` around today; BadValue for too many or few."""
    around = days_around(today, days)
    (student,) = find_student_cards(db, today, f"id:{student_id}")
    journal = read_journal(db, student.values["client_id"], around, today, student_id=student_id, grouping="none")
    return student, journal.visits
