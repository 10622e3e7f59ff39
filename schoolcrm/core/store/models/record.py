"""What every table shares: checked values, STRICT storage, and the CHECKs that its columns' types promise.

`Model.model_validate({...})` refuses a misspelt field, a wrong type and an unknown code; what depends on
numbers or on several columns is left to the CHECKs of the schema. A column takes exactly one `Field`: where
an annotation below brings it, give a plain default beside it, because SQLModel silently drops a second one.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, get_args

import sqlalchemy
from pydantic import ConfigDict, StringConstraints
from sqlalchemy import CheckConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import declared_attr
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class IsoDate(TypeDecorator[date]):
    """A calendar date, kept as ISO text so that it sorts and reads as it is."""

    impl = sqlalchemy.Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Return the text to store; TypeError for anything but a plain date, which a datetime is not."""
        if value is not None and type(value) is not date:
            raise TypeError("a date column takes datetime.date only")
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Return the date a stored text stands for."""
        return None if value is None else date.fromisoformat(value)


class Truth(TypeDecorator[bool]):
    """Yes or no, kept as 1 or 0: STRICT tables know no BOOLEAN."""

    impl = sqlalchemy.Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """Return 1 or 0; TypeError for anything but a bool."""
        if value is not None and type(value) is not bool:
            raise TypeError("a yes-or-no column takes bool only")
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """Return True or False for a stored 1 or 0."""
        return None if value is None else bool(value)


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK that goes with a type: `{column}` is the column's name, `{codes}` the values of its Literal.

    `{any_code}` compares the column with them one after the other.
    """

    text: str

    def on(self, column: str, annotation: object) -> CheckConstraint:
        """Return the constraint of one column."""
        values = codes(annotation)
        any_code = " OR ".join(f"{column} = {value}" for value in values.split(", "))
        return CheckConstraint(self.text.format(column=column, codes=values, any_code=any_code))


def codes(annotation: object) -> str:
    """Return the values of a Literal (optional or not) as SQL: 'f', 'm'."""
    parts = [part for part in get_args(annotation) if part is not type(None)]
    return ", ".join(f"'{part}'" if isinstance(part, str) else codes(part) for part in parts)


ONE_OF = Check("{column} IN ({codes})")
ANY_OF = Check("{any_code}")
"""As ONE_OF, and quicker with three codes or more: for tables whose records come by the hundred thousand."""
_REAL_DATE = Check("{column} IS date({column}, '+0 days')")
_YES_OR_NO = Check("{column} IN (0, 1)")

Text = Annotated[str, Field(sa_type=sqlalchemy.Text)]
OptionalText = Annotated[str | None, Field(sa_type=sqlalchemy.Text)]
UniqueText = Annotated[str, Field(sa_type=sqlalchemy.Text, unique=True)]
FilledText = Annotated[str, Field(sa_type=sqlalchemy.Text, min_length=1), Check("{column} <> ''")]

Day = Annotated[date, Field(sa_type=IsoDate), _REAL_DATE]
OptionalDay = Annotated[date | None, Field(sa_type=IsoDate), _REAL_DATE]
Clock = Annotated[
    str,
    Field(sa_type=sqlalchemy.Text),
    StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Check("{column} IS strftime('%H:%M', {column})"),
]
Minutes = Annotated[int, Check("{column} BETWEEN 1 AND 1440")]

Flag = Annotated[bool, Field(sa_type=Truth), _YES_OR_NO]
FlagUnset = Annotated[
    bool,
    Field(sa_type=Truth, sa_column_kwargs={"server_default": sqlalchemy.text("0")}),
    _YES_OR_NO,
]

Percent = Annotated[int, Check("{column} BETWEEN 0 AND 100")]
Price = Annotated[int, Check("{column} >= 0")]
OptionalCount = Annotated[int | None, Check("{column} > 0")]


class Record(SQLModel):
    """A table's row. Values are taken as they are, never converted: what is not a date is no date."""

    model_config = ConfigDict(  # type: ignore[assignment]  # SQLModelConfig only adds `table` and `registry`
        extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
    )
    constraints: ClassVar[tuple[SchemaItem, ...]] = ()

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        """Return the class's name in the schema's writing: StudyGroup is study_group."""
        return re.sub("(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Return the columns' CHECKs, then `constraints`; a table without an id is clustered by its key."""
        checks = [
            mark.on(name, field.annotation)
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Check)
        ]
        options = {"sqlite_strict": True, "sqlite_with_rowid": "id" in cls.model_fields}
        return (*checks, *cls.constraints, options)


class Numbered(Record):
    """A row with a number of its own, given by the database when it is written."""

    # Nullable only on the way in: for SQLite's row number NULL means "the next one".
    id: int = Field(default=None, primary_key=True, nullable=True)
