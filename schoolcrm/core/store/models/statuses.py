"""Statuses, their changes, and trial lessons (R1, R2, R10, R12)."""

from typing import Annotated, ClassVar, Literal

import sqlalchemy
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field

from schoolcrm.core.store.models.record import (
    ANY_OF,
    ONE_OF,
    Day,
    FilledText,
    Flag,
    Numbered,
    OptionalDay,
    OptionalText,
    Text,
    codes,
)

Scale = Annotated[Literal["funnel", "loyalty"], Field(sa_type=sqlalchemy.Text), ONE_OF]
FunnelBase = Literal[
    "for-admin",
    "new",
    "in-work",
    "trial-booked",
    "trial-done",
    "group-search",
    "bought",
    "reserve",
    "refused",
    "deleted",
]
LoyaltyBase = Literal["newcomer", "active", "regular", "sleeping", "former"]
Base = Annotated[FunnelBase | LoyaltyBase, Field(sa_type=sqlalchemy.Text)]
TrialState = Annotated[Literal["booked", "attended", "missed", "cancelled"], Field(sa_type=sqlalchemy.Text), ONE_OF]
ChangeReason = Annotated[
    Literal[
        "recorded",
        "hand",
        "sale",
        "sale-withdrawn",
        "student-added",
        "trial",
        "trial-missed",
        "refusal-rule",
        "loyalty-rule",
        "import",
        "default-switched",
        "termination",
    ],
    Field(sa_type=sqlalchemy.Text),
    ANY_OF,
]


class Status(Numbered, table=True):
    """A status under one of the fixed bases of its scale; one a base is automatic.

    Two of one scale differ in their names, if only in case or ё (R3). A deleted one stays for the histories.
    """

    scale: Scale
    base: Base
    name: FilledText
    name_key: Text
    automatic: Flag
    deleted_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("automatic = 0 OR deleted_on IS NULL"),
        CheckConstraint(
            f"CASE scale WHEN 'funnel' THEN base IN ({codes(FunnelBase)}) ELSE base IN ({codes(LoyaltyBase)}) END"
        ),
        Index("status_automatic", "scale", "base", unique=True, sqlite_where=text("automatic = 1")),
        Index("status_named", "scale", "name", unique=True, sqlite_where=text("deleted_on IS NULL")),
    )


class StatusChange(Numbered, table=True):
    """One change of a client's status: from what to what, when, by whom and why."""

    client_id: int = Field(foreign_key="client.id")
    scale: Scale
    from_id: int | None = Field(default=None, foreign_key="status.id")
    to_id: int = Field(foreign_key="status.id")
    on_date: Day
    at: Text
    user: Text
    reason: ChangeReason
    note: OptionalText = None
    subscription_id: int | None = Field(default=None, foreign_key="subscription.id")

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        Index("status_change_of_client", "client_id", "on_date"),
        Index("status_change_by_hand", "client_id", "scale", "on_date", sqlite_where=text("reason = 'hand'")),
    )


class Trial(Numbered, table=True):
    """A trial lesson of a client: booked for a day, or recorded without a mark (R12).

    `lesson_id` is the lesson whose mark decided it, if one did.
    """

    client_id: int = Field(foreign_key="client.id")
    student_id: int | None = Field(default=None, foreign_key="student.id")
    group_id: int | None = Field(default=None, foreign_key="study_group.id")
    on_date: Day
    state: TrialState
    lesson_id: int | None = Field(default=None, foreign_key="lesson.id")

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        Index("trial_of_client", "client_id", "on_date"),
        Index("trial_by_date", "on_date", sqlite_where=text("state = 'booked'")),
    )
