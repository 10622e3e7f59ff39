"""The school's catalogues (R20) and settings."""

from typing import Annotated, Literal

import sqlalchemy
from sqlmodel import Field

from schoolcrm.core.store.models.record import (
    ONE_OF,
    FilledText,
    Flag,
    Numbered,
    OptionalDay,
    Percent,
    Record,
    Text,
    UniqueText,
)


class Setting(Record, table=True):
    """A number or a word the school has set for itself."""

    key: str = Field(primary_key=True, sa_type=sqlalchemy.Text)
    value: Text


class Named(Numbered):
    """An entry of a catalogue: `name_key` is the folded name, which no two entries share."""

    name: FilledText
    name_key: UniqueText


class Subject(Named, table=True):
    """What is taught."""

    archived_on: OptionalDay = None


class Level(Named, table=True):
    """How far a student or a group has come."""

    archived_on: OptionalDay = None


class Location(Named, table=True):
    """A building of the school."""

    archived_on: OptionalDay = None


class Room(Named, table=True):
    """A room, in a location or in none."""

    location_id: int | None = Field(default=None, foreign_key="location.id")
    archived_on: OptionalDay = None


class Teacher(Named, table=True):
    """Who teaches."""

    archived_on: OptionalDay = None


class LessonType(Named, table=True):
    """A kind of lesson; the ones the program itself knows have a code."""

    code: Annotated[
        Literal["group", "individual", "trial", "make-up"] | None,
        Field(sa_type=sqlalchemy.Text, unique=True),
        ONE_OF,
    ] = None
    archived_on: OptionalDay = None


class AbsenceReason(Named, table=True):
    """Why a student was away, and which share of the lesson's price is charged all the same, in percent."""

    short: FilledText
    short_key: UniqueText
    excused: Flag
    charged: Percent
    archived_on: OptionalDay = None


class Source(Named, table=True):
    """How a client came to know of the school."""

    archived_on: OptionalDay = None


class Account(Named, table=True):
    """Where money is kept: the till, the bank."""

    archived_on: OptionalDay = None
