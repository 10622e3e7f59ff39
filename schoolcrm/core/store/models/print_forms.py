"""The school's own print forms (R42)."""

from typing import Annotated, Literal

import sqlalchemy
from sqlmodel import Field

from schoolcrm.core.store.models.office import Digest
from schoolcrm.core.store.models.record import ONE_OF, Day, FilledText, Numbered, Price, Text, UniqueText

Purpose = Annotated[Literal["contract", "subscription"], Field(sa_type=sqlalchemy.Text), ONE_OF]
FormFormat = Annotated[Literal["docx", "html"], Field(sa_type=sqlalchemy.Text), ONE_OF]


class PrintForm(Numbered, table=True):
    """A template of a contract or of a subscription; size in bytes, `sha256` of the bytes in hexadecimal."""

    name: FilledText
    name_key: UniqueText
    used_for: Purpose
    format: FormFormat
    size: Price
    sha256: Digest
    added_on: Day


class PrintFormContent(Numbered, table=True):
    """The bytes of the form with the same number, in base64."""

    id: int = Field(primary_key=True, foreign_key="print_form.id", nullable=True)
    content: Text
