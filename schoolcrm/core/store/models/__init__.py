"""The tables of the school as SQLModel classes, for writing; reports read with SQL and need none of this.

The migrations make the schema; these classes mirror it, which `tests/core/store/test_schema.py` watches.
"""

from schoolcrm.core.store.models.catalogues import (
    AbsenceReason,
    Account,
    LessonType,
    Level,
    Location,
    Room,
    Setting,
    Source,
    Subject,
    Teacher,
)
from schoolcrm.core.store.models.fields import ClientField, Field, LessonField, StudentField
from schoolcrm.core.store.models.learning import Lesson, Mark, Membership, Schedule, StudyGroup
from schoolcrm.core.store.models.money import (
    Payment,
    Plan,
    PlanLessonType,
    PlanSubject,
    Subscription,
    SubscriptionLessonType,
    SubscriptionSubject,
    UpfrontCharge,
)
from schoolcrm.core.store.models.people import Client, Contact, Student, StudentSubject, StudentTeacher
from schoolcrm.core.store.models.statuses import Status, StatusChange

__all__ = [
    "AbsenceReason",
    "Account",
    "Client",
    "ClientField",
    "Contact",
    "Field",
    "Lesson",
    "LessonField",
    "LessonType",
    "Level",
    "Location",
    "Mark",
    "Membership",
    "Payment",
    "Plan",
    "PlanLessonType",
    "PlanSubject",
    "Room",
    "Schedule",
    "Setting",
    "Source",
    "Status",
    "StatusChange",
    "Student",
    "StudentField",
    "StudentSubject",
    "StudentTeacher",
    "StudyGroup",
    "Subject",
    "Subscription",
    "SubscriptionLessonType",
    "SubscriptionSubject",
    "Teacher",
    "UpfrontCharge",
]
