"""Plans, subscriptions, what they charge, and payments (R30–R37). Sums are kopecks."""

from typing import Annotated, ClassVar, Literal

import sqlalchemy
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field

from schoolcrm.core.store.models.catalogues import Named
from schoolcrm.core.store.models.record import (
    ANY_OF,
    ONE_OF,
    Check,
    Day,
    Flag,
    FlagUnset,
    Numbered,
    OptionalCount,
    OptionalDay,
    OptionalText,
    Price,
    Record,
)

PlanKind = Annotated[Literal["lesson", "package", "month"], Field(sa_type=sqlalchemy.Text), ONE_OF]
SubscriptionKind = Annotated[Literal["lesson", "package", "month"], Field(sa_type=sqlalchemy.Text), ANY_OF]
Billing = Annotated[Literal["by-lesson", "upfront"], Field(sa_type=sqlalchemy.Text), ONE_OF]
Origin = Annotated[Literal["sale", "import"], Field(sa_type=sqlalchemy.Text), ONE_OF]
PaymentKind = Annotated[Literal["income", "refund", "adjustment", "goods"], Field(sa_type=sqlalchemy.Text), ANY_OF]


HundredthsOfPercent = Annotated[int | None, Check("{column} BETWEEN 1 AND 10000")]
PayDay = Annotated[int | None, Check("{column} BETWEEN 1 AND 31")]
OptionalSum = Annotated[int | None, Check("{column} >= 0")]


class Plan(Named, table=True):
    """What can be sold: kind, price, length and billing."""

    kind: PlanKind
    price: Price
    lessons: OptionalCount = None
    length_days: OptionalCount = None
    length_months: OptionalCount = None
    billing: Billing
    separate: Flag
    burn: Flag
    stop_at_end: Flag
    archived_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("(kind = 'package') = (lessons IS NOT NULL)"),
        CheckConstraint("length_days IS NULL OR length_months IS NULL"),
    )


class PlanSubject(Record, table=True):
    """A subject a plan covers; none means all."""

    plan_id: int = Field(primary_key=True, foreign_key="plan.id")
    subject_id: int = Field(primary_key=True, foreign_key="subject.id")


class PlanLessonType(Record, table=True):
    """A lesson type a plan covers; none means all."""

    plan_id: int = Field(primary_key=True, foreign_key="plan.id")
    lesson_type_id: int = Field(primary_key=True, foreign_key="lesson_type.id")


class Subscription(Numbered, table=True):
    """A plan sold to one student, on the terms of that day."""

    student_id: int = Field(foreign_key="student.id")
    plan_id: int = Field(foreign_key="plan.id")
    origin: Origin
    is_trial: Flag
    sold_on: Day
    first_on: Day
    last_on: OptionalDay = None
    kind: SubscriptionKind
    price: Price
    lessons: OptionalCount = None
    billing: Billing
    separate: Flag
    burn: Flag
    stop_at_end: Flag
    note: OptionalText = None
    deleted_on: OptionalDay = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("last_on >= first_on"),
        CheckConstraint("(kind = 'package') = (lessons IS NOT NULL)"),
        Index("subscription_of_student", "student_id", "is_trial", "sold_on"),
    )


class SubscriptionSubject(Record, table=True):
    """A subject a subscription covers; none means all."""

    subscription_id: int = Field(primary_key=True, foreign_key="subscription.id")
    subject_id: int = Field(primary_key=True, foreign_key="subject.id")


class SubscriptionLessonType(Record, table=True):
    """A lesson type a subscription covers; none means all."""

    subscription_id: int = Field(primary_key=True, foreign_key="subscription.id")
    lesson_type_id: int = Field(primary_key=True, foreign_key="lesson_type.id")


class UpfrontCharge(Numbered, table=True):
    """What an upfront subscription takes at once, or on the first covered day of a month (R31)."""

    subscription_id: int = Field(foreign_key="subscription.id")
    on_date: Day
    amount: Price

    constraints: ClassVar[tuple[SchemaItem, ...]] = (UniqueConstraint("subscription_id", "on_date"),)


class Payment(Numbered, table=True):
    """Money in or out; `effect` is what it does to the balance, signed (R37)."""

    client_id: int = Field(foreign_key="client.id")
    student_id: int | None = Field(default=None, foreign_key="student.id")
    subscription_id: int | None = Field(default=None, foreign_key="subscription.id")
    separate_id: int | None = Field(default=None, foreign_key="subscription.id")
    kind: PaymentKind
    on_date: Day
    amount: int
    effect: int
    account_id: int | None = Field(default=None, foreign_key="account.id")
    payer: OptionalText = None
    note: OptionalText = None
    voided_on: OptionalDay = None
    void_reason: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("CASE kind WHEN 'adjustment' THEN amount <> 0 ELSE amount > 0 END"),
        CheckConstraint(
            "CASE kind WHEN 'income' THEN effect = amount WHEN 'refund' THEN effect = -amount"
            " WHEN 'adjustment' THEN effect = amount ELSE effect IN (0, -amount) END"
        ),
        CheckConstraint("separate_id IS NULL OR separate_id = subscription_id"),
        CheckConstraint("(voided_on IS NULL) = (void_reason IS NULL)"),
        Index("payment_of_client", "client_id", "on_date", "separate_id", "effect", "voided_on"),
        Index(
            "payment_separate",
            "separate_id",
            "client_id",
            "on_date",
            "effect",
            "voided_on",
            sqlite_where=text("separate_id IS NOT NULL"),
        ),
        Index("payment_by_date", "on_date"),
    )


class Contract(Numbered, table=True):
    """An agreement with a client (R42); `school_number` runs through the school.

    `last_sale_id` is the last sale known when it was terminated: a later one is a new purchase (R9).
    """

    client_id: int = Field(foreign_key="client.id")
    number: OptionalText = None
    school_number: Annotated[int, Field(unique=True), Check("{column} > 0")]
    lesson_type_id: int | None = Field(default=None, foreign_key="lesson_type.id")
    visits: OptionalSum = None
    visits_auto: FlagUnset = False
    amount: Price
    amount_auto: FlagUnset = False
    pay_day: PayDay = None
    signed_on: Day
    first_on: Day
    last_on: OptionalDay = None
    terms: OptionalText = None
    terminated_on: OptionalDay = None
    last_sale_id: int | None = Field(default=None, foreign_key="subscription.id")

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("last_on >= first_on"),
        CheckConstraint("terminated_on >= first_on"),
        Index("contract_of_client", "client_id", "first_on"),
    )


class FreezeExtension(Record, table=True):
    """By how many days an excused freeze has moved the end of a subscription (R25)."""

    freeze_id: int = Field(primary_key=True, foreign_key="freeze.id")
    subscription_id: int = Field(primary_key=True, foreign_key="subscription.id")
    days: Annotated[int, Check("{column} > 0")]

    constraints: ClassVar[tuple[SchemaItem, ...]] = (Index("freeze_extension_of_subscription", "subscription_id"),)


class Discount(Numbered, table=True):
    """Percent (in hundredths) or money (kopecks) off a student's lessons (R35)."""

    student_id: int = Field(foreign_key="student.id")
    percent: HundredthsOfPercent = None
    amount: OptionalCount = None
    first_on: OptionalDay = None
    last_on: OptionalDay = None
    note: OptionalText = None

    constraints: ClassVar[tuple[SchemaItem, ...]] = (
        CheckConstraint("(percent IS NULL) <> (amount IS NULL)"),
        CheckConstraint("last_on >= first_on"),
        Index("discount_of_student", "student_id"),
    )


class DiscountSubject(Record, table=True):
    """A subject a discount is for; none means all."""

    discount_id: int = Field(primary_key=True, foreign_key="discount.id")
    subject_id: int = Field(primary_key=True, foreign_key="subject.id")


class DiscountLessonType(Record, table=True):
    """A lesson type a discount is for; none means all."""

    discount_id: int = Field(primary_key=True, foreign_key="discount.id")
    lesson_type_id: int = Field(primary_key=True, foreign_key="lesson_type.id")
