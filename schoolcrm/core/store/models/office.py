"""Tasks, messages and files of clients, and what is done by itself (R40, R55, R56)."""

from typing import Annotated, ClassVar, Literal

import sqlalchemy
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field

from schoolcrm.core.store.models.record import (
    ONE_OF,
    Check,
    Day,
    FilledText,
    FlagUnset,
    Numbered,
    OptionalDay,
    OptionalText,
    Price,
    Text,
)

TaskState = Annotated[Literal["open", "done", "archived"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Channel = Annotated[Literal["comment", "call", "email", "sms"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Direction = Annotated[Literal["in", "out"], Field(sa_type=sqlalchemy.Text), ONE_OF]
MessageState = Annotated[
    Literal["logged", "queued", "sending", "sent", "failed", "cancelled"], Field(sa_type=sqlalchemy.Text), ONE_OF
]
Action = Annotated[Literal["set", "task", "message", "run"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Sendable = Annotated[Literal["email", "sms"] | None, Field(sa_type=sqlalchemy.Text), ONE_OF]
RunOutcome = Annotated[Literal["done", "unchanged", "failed"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Digest = Annotated[str, Field(sa_type=sqlalchemy.Text), Check("length({column}) = 64")]


class Task(Numbered, table=True):
    """What is to be done for a client, by when (R55)."""

    client_id: int = Field(foreign_key="client.id")
    text: FilledText
    due_on: OptionalDay = None
    state: TaskState
    created_on: Day
    done_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("state <> 'done' OR done_on IS NOT NULL"),
        CheckConstraint("state <> 'open' OR done_on IS NULL"),
        Index("task_of_client", "client_id", "state", "due_on"),
        Index("task_due", "due_on", sqlite_where=sqlalchemy.text("state = 'open'")),
    )


class Message(Numbered, table=True):
    """What was said or written to a client or by one, or is to be sent (R40, R55). `at` and `sent_at` are UTC."""

    client_id: int = Field(foreign_key="client.id")
    channel: Channel
    direction: Direction
    state: MessageState
    on_date: Day
    at: Text
    subject: OptionalText = None
    text: FilledText
    address: OptionalText = None
    with_page: FlagUnset = False
    sent_at: OptionalText = None
    error: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint(
            "state = 'logged' OR (direction = 'out' AND channel IN ('email', 'sms') AND address IS NOT NULL)"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)"),
        CheckConstraint("(state = 'failed') = (error IS NOT NULL)"),
        Index("message_of_client", "client_id", "on_date"),
        Index("message_by_date", "on_date"),
        Index("message_waiting", "state", sqlite_where=sqlalchemy.text("state IN ('queued', 'sending', 'failed')")),
    )


class ClientFile(Numbered, table=True):
    """A file of a client; size in bytes, `sha256` of the bytes in hexadecimal."""

    client_id: int = Field(foreign_key="client.id")
    name: FilledText
    media_type: FilledText
    size: Price
    sha256: Digest
    added_on: Day
    note: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (Index("client_file_of_client", "client_id"),)


class FileContent(Numbered, table=True):
    """The bytes of the client's file with the same number, in base64."""

    id: int = Field(primary_key=True, foreign_key="client_file.id", nullable=True)
    content: Text


class Automation(Numbered, table=True):
    """What is done when a field of a client takes a value (R56)."""

    when_field: FilledText
    when_value: Text
    action: Action
    set_field: OptionalText = None
    set_value: OptionalText = None
    text: OptionalText = None
    due: OptionalText = None
    channel: Sendable = None
    subject: OptionalText = None
    created_on: Day
    removed_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("(action = 'set') = (set_field IS NOT NULL)"),
        CheckConstraint("(action = 'set') = (set_value IS NOT NULL)"),
        CheckConstraint("(action = 'set') = (text IS NULL)"),
        CheckConstraint("(action = 'message') = (channel IS NOT NULL)"),
        CheckConstraint("due IS NULL OR action = 'task'"),
        CheckConstraint("subject IS NULL OR action = 'message'"),
        Index("automation_in_force", "id", sqlite_where=sqlalchemy.text("removed_on IS NULL")),
    )


class AutomationRun(Numbered, table=True):
    """What an automation did for a client, or why it could not (R56). `at` is UTC."""

    automation_id: int = Field(foreign_key="automation.id")
    client_id: int = Field(foreign_key="client.id")
    on_date: Day
    at: Text
    outcome: RunOutcome
    reason: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("(outcome = 'failed') = (reason IS NOT NULL)"),
        Index("automation_run_of_client", "client_id", "on_date"),
        Index("automation_run_by_date", "on_date"),
    )
