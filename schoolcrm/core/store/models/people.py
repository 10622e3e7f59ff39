"""Clients, their contacts and their students (R50)."""

from typing import Annotated, ClassVar, Literal

import sqlalchemy
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field

from schoolcrm.core.store.models.record import (
    ANY_OF,
    ONE_OF,
    Day,
    FilledText,
    FlagUnset,
    Numbered,
    OptionalDay,
    OptionalText,
    Record,
    Text,
)

Sex = Annotated[Literal["f", "m"] | None, Field(sa_type=sqlalchemy.Text), ONE_OF]
Application = Annotated[Literal["site", "call", "app"] | None, Field(sa_type=sqlalchemy.Text), ANY_OF]
ContactKind = Annotated[
    Literal["mobile", "home", "email", "address", "skype", "link", "metro"],
    Field(sa_type=sqlalchemy.Text),
    ANY_OF,
]


class Client(Numbered, table=True):
    """The adult who signs and pays. `last_visit_on` and `last_purchase_on` are what an import told (R62)."""

    name: FilledText
    name_key: Text
    status_id: int = Field(foreign_key="status.id")
    stage_id: int = Field(foreign_key="status.id")
    studies: FlagUnset = False
    birthday: OptionalDay = None
    sex: Sex = None
    source_id: int | None = Field(default=None, foreign_key="source.id")
    manager: OptionalText = None
    colour: OptionalText = None
    note: OptionalText = None
    application: Application = None
    trial_spent: FlagUnset = False
    last_visit_on: OptionalDay = None
    last_purchase_on: OptionalDay = None
    created_on: Day
    archived_on: OptionalDay = None
    passport: OptionalText = None
    access_on: OptionalDay = None
    access_revoked_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (Index("client_by_name", "name_key"),)


class Contact(Numbered, table=True):
    """A way to reach a client; `value_key` is what two writings of one phone have in common."""

    client_id: int = Field(foreign_key="client.id")
    kind: ContactKind
    value: FilledText
    value_key: Text
    note: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        UniqueConstraint("client_id", "kind", "value_key"),
        Index("contact_by_value", "value_key"),
    )


class Student(Numbered, table=True):
    """Who attends lessons; belongs to one client."""

    client_id: int = Field(foreign_key="client.id")
    name: FilledText
    name_key: Text
    birthday: OptionalDay = None
    sex: Sex = None
    note: OptionalText = None
    created_on: Day
    archived_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        Index("student_of_client", "client_id"),
        Index("student_by_name", "name_key"),
    )


class StudentTeacher(Record, table=True):
    """A teacher responsible for a student."""

    student_id: int = Field(primary_key=True, foreign_key="student.id")
    teacher_id: int = Field(primary_key=True, foreign_key="teacher.id")


class StudentSubject(Numbered, table=True):
    """A subject a student learns, and the level reached."""

    student_id: int = Field(foreign_key="student.id")
    subject_id: int = Field(foreign_key="subject.id")
    level_id: int | None = Field(default=None, foreign_key="level.id")

    constraints: ClassVar[tuple[SchemaItem, ...]] = (UniqueConstraint("student_id", "subject_id"),)
