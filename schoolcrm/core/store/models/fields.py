"""The school's own fields of clients, students and lessons, and their values; saved filters and mappings."""

from typing import Annotated, ClassVar, Literal

import sqlalchemy
import sqlmodel
from sqlalchemy import UniqueConstraint
from sqlalchemy.schema import SchemaItem

from schoolcrm.core.store.models.record import ONE_OF, FilledText, Numbered, OptionalText, Record, Text

Owner = Annotated[Literal["client", "student", "lesson"], sqlmodel.Field(sa_type=sqlalchemy.Text), ONE_OF]
FieldType = Annotated[
    Literal["text", "number", "date", "bool", "choice"], sqlmodel.Field(sa_type=sqlalchemy.Text), ONE_OF
]


class Field(Numbered, table=True):
    """A field the school has added to a kind of record."""

    entity: Owner
    name: FilledText
    name_key: Text
    type: FieldType
    choices: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (UniqueConstraint("entity", "name_key"),)


class ClientField(Record, table=True):
    """The value of a field for one client."""

    client_id: int = sqlmodel.Field(primary_key=True, foreign_key="client.id")
    field_id: int = sqlmodel.Field(primary_key=True, foreign_key="field.id")
    value: Text


class StudentField(Record, table=True):
    """The value of a field for one student."""

    student_id: int = sqlmodel.Field(primary_key=True, foreign_key="student.id")
    field_id: int = sqlmodel.Field(primary_key=True, foreign_key="field.id")
    value: Text


class LessonField(Record, table=True):
    """The value of a field for one lesson."""

    lesson_id: int = sqlmodel.Field(primary_key=True, foreign_key="lesson.id")
    field_id: int = sqlmodel.Field(primary_key=True, foreign_key="field.id")
    value: Text


class SavedFilter(Numbered, table=True):
    """A list's terms, columns and sort keys under a name, as JSON lists (R52)."""

    entity: Annotated[Literal["client", "student"], sqlmodel.Field(sa_type=sqlalchemy.Text), ONE_OF]
    name: FilledText
    name_key: Text
    terms: Text
    columns: Text
    sort: Text

    constraints: ClassVar[tuple[SchemaItem, ...]] = (UniqueConstraint("entity", "name_key"),)


class SavedMapping(Numbered, table=True):
    """Which heading of a file is which field, as a JSON object (R61)."""

    source: Annotated[Literal["clients", "payments", "lessons"], sqlmodel.Field(sa_type=sqlalchemy.Text), ONE_OF]
    name: FilledText
    name_key: Text
    headings: Text

    constraints: ClassVar[tuple[SchemaItem, ...]] = (UniqueConstraint("source", "name_key"),)
