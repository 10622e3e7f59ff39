"""Groups, the schedule, lessons and attendance marks (R21–R24)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import sqlalchemy
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field

from schoolcrm.core.store.models.catalogues import Named
from schoolcrm.core.store.models.record import (
    ONE_OF,
    Check,
    Clock,
    Day,
    Flag,
    IsoDate,
    Minutes,
    Numbered,
    OptionalCount,
    OptionalDay,
    OptionalText,
    Percent,
    Price,
    Record,
)

LessonState = Annotated[Literal["planned", "held", "cancelled"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Basis = Annotated[Literal["paid", "upfront", "over", "none", "trial"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Weekdays = Annotated[int, Check("{column} BETWEEN 1 AND 127")]
Weeks = Annotated[
    int,
    Field(sa_column_kwargs={"server_default": sqlalchemy.text("1")}),
    Check("{column} BETWEEN 1 AND 52"),
]
Charge = Annotated[int, Check("{column} BETWEEN 0 AND price")]


class StudyGroup(Named, table=True):
    """Students who learn together."""

    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    level_id: int | None = Field(default=None, foreign_key="level.id")
    teacher_id: int | None = Field(default=None, foreign_key="teacher.id")
    room_id: int | None = Field(default=None, foreign_key="room.id")
    size_limit: OptionalCount = None
    created_on: Day
    archived_on: OptionalDay = None


class Membership(Numbered, table=True):
    """A student's time in a group; without a last day it goes on."""

    group_id: int = Field(foreign_key="study_group.id")
    student_id: int = Field(foreign_key="student.id")
    first_on: Day
    last_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("last_on >= first_on"),
        Index("membership_of_group", "group_id", "first_on"),
        Index("membership_of_student", "student_id"),
    )


class Schedule(Numbered, table=True):
    """Lessons that repeat, of a group or of a student; `weekdays` has a bit a day, Monday is 1 (R22)."""

    group_id: int | None = Field(default=None, foreign_key="study_group.id")
    student_id: int | None = Field(default=None, foreign_key="student.id")
    weekdays: Weekdays
    time: Clock
    minutes: Minutes
    every_weeks: Weeks = 1
    lesson_type_id: int = Field(foreign_key="lesson_type.id")
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    teacher_id: int | None = Field(default=None, foreign_key="teacher.id")
    room_id: int | None = Field(default=None, foreign_key="room.id")
    first_on: Day
    last_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("(group_id IS NULL) <> (student_id IS NULL)"),
        CheckConstraint("last_on >= first_on"),
        Index("schedule_of_group", "group_id", sqlite_where=text("group_id IS NOT NULL")),
        Index("schedule_of_student", "student_id", sqlite_where=text("student_id IS NOT NULL")),
    )


class Lesson(Numbered, table=True):
    """A stored lesson: a single one, or one of a schedule that was held, cancelled, moved or edited."""

    group_id: int | None = Field(default=None, foreign_key="study_group.id")
    student_id: int | None = Field(default=None, foreign_key="student.id")
    on_date: Day
    time: Clock
    minutes: Minutes
    state: LessonState
    lesson_type_id: int = Field(foreign_key="lesson_type.id")
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    teacher_id: int | None = Field(default=None, foreign_key="teacher.id")
    room_id: int | None = Field(default=None, foreign_key="room.id")
    topic: OptionalText = None
    homework: OptionalText = None
    note: OptionalText = None
    schedule_id: int | None = Field(default=None, foreign_key="schedule.id")
    occurrence_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        UniqueConstraint("id", "on_date"),
        UniqueConstraint("schedule_id", "occurrence_on"),
        CheckConstraint("(group_id IS NULL) <> (student_id IS NULL)"),
        CheckConstraint("(schedule_id IS NULL) = (occurrence_on IS NULL)"),
        Index("lesson_of_group", "group_id", "on_date", "state"),
        Index(
            "lesson_of_student",
            "student_id",
            "on_date",
            "state",
            sqlite_where=text("student_id IS NOT NULL"),
        ),
        Index("lesson_by_date", "on_date", "time"),
        Index(
            "lesson_once_of_group",
            "group_id",
            "on_date",
            "time",
            unique=True,
            sqlite_where=text("group_id IS NOT NULL AND state <> 'cancelled'"),
        ),
        Index(
            "lesson_once_of_student",
            "student_id",
            "on_date",
            "time",
            unique=True,
            sqlite_where=text("student_id IS NOT NULL AND state <> 'cancelled'"),
        ),
    )


class Holiday(Numbered, table=True):
    """Days without lessons for the whole school, both inclusive (R22)."""

    first_on: Day
    last_on: Day
    name: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (CheckConstraint("last_on >= first_on"),)


class Freeze(Numbered, table=True):
    """A student's period without lessons (R25); `group_id` is the group that was frozen as a whole."""

    student_id: int = Field(foreign_key="student.id")
    group_id: int | None = Field(default=None, foreign_key="study_group.id")
    first_on: Day
    last_on: Day
    excused: Flag
    reason: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("last_on >= first_on"),
        Index("freeze_of_student", "student_id", "first_on", "last_on"),
    )


class TestResult(Numbered, table=True):
    """A student's result in a test; the score is in hundredths (R55)."""

    __test__: ClassVar[bool] = False

    student_id: int = Field(foreign_key="student.id")
    on_date: Day
    score: Price
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    group_id: int | None = Field(default=None, foreign_key="study_group.id")
    teacher_id: int | None = Field(default=None, foreign_key="teacher.id")
    note: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        Index("test_result_of_student", "student_id", "on_date"),
        Index("test_result_by_date", "on_date"),
    )


class Mark(Record, table=True):
    """One student at one lesson (R24, R31); its date is the lesson's and follows it when that is moved.

    `makes_up_id` is the missed lesson it makes up for.
    """

    student_id: int = Field(primary_key=True, foreign_key="student.id")
    on_date: date = Field(primary_key=True, sa_type=IsoDate)
    lesson_id: int = Field(primary_key=True)
    attended: Flag
    reason_id: int | None = Field(default=None, foreign_key="absence_reason.id")
    share: Percent
    basis: Basis
    price: Price
    charge: Charge
    subscription_id: int | None = Field(default=None, foreign_key="subscription.id")
    separate_id: int | None = Field(default=None, foreign_key="subscription.id")
    grade: OptionalText = None
    homework_grade: OptionalText = None
    note: OptionalText = None
    makes_up_id: int | None = Field(default=None, foreign_key="lesson.id")

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        ForeignKeyConstraint(["lesson_id", "on_date"], ["lesson.id", "lesson.on_date"], onupdate="CASCADE"),
        CheckConstraint("attended = 0 OR (reason_id IS NULL AND (share = 100 OR makes_up_id IS NOT NULL))"),
        CheckConstraint("makes_up_id IS NULL OR (attended = 1 AND makes_up_id <> lesson_id)"),
        CheckConstraint("(basis IN ('none', 'trial')) = (subscription_id IS NULL)"),
        CheckConstraint("separate_id IS NULL OR separate_id = subscription_id"),
        CheckConstraint("charge = 0 OR basis IN ('paid', 'over')"),
        Index("mark_of_lesson", "lesson_id"),
        Index("mark_of_subscription", "subscription_id", sqlite_where=text("subscription_id IS NOT NULL")),
        Index(
            "mark_separate",
            "separate_id",
            "student_id",
            "on_date",
            "charge",
            sqlite_where=text("separate_id IS NOT NULL"),
        ),
        Index("mark_trial", "student_id", sqlite_where=text("basis = 'trial'")),
        Index("mark_unpaid", "student_id", "on_date", sqlite_where=text("basis = 'none'")),
        Index(
            "mark_makes_up",
            "student_id",
            "makes_up_id",
            unique=True,
            sqlite_where=text("makes_up_id IS NOT NULL"),
        ),
    )
