"""Selling subscriptions: a sale on credit is a sale (R7, R30–R33, R40, R41a)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.groups import require_active_student
from schoolcrm.core.money.charges import months_beside, price_anew, price_unpaid
from schoolcrm.core.money.plans import BILLINGS, is_flat
from schoolcrm.core.money.terms import terms_of
from schoolcrm.core.office.access import grant_access
from schoolcrm.core.people.own_students import client_of_student
from schoolcrm.core.rules.charging import upfront_charges
from schoolcrm.core.rules.dates import add_months, human_date
from schoolcrm.core.statuses.events import require_active, subscription_sold
from schoolcrm.core.statuses.trials import require_free_trial
from schoolcrm.core.store.numbering import last_number
from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class Sale:
    """One plan for one student; what is None comes from the plan (R41a). `price` in kopecks, days inclusive."""

    student_id: int
    plan_id: int
    sold_on: date
    first_on: date
    last_on: date | None = None
    trial: bool = False
    separate: bool = False
    price: int | None = None
    billing: str = ""
    subject_ids: Sequence[int] = ()
    lesson_type_ids: Sequence[int] = ()
    origin: str = "sale"


@dataclass(frozen=True, slots=True)
class Sold:
    """A subscription made by a sale: its id, its last day (None: open), marks that it now pays (R33).

    `flat`: of a `lesson` plan charged upfront, so that one price pays for all its lessons (R31).
    """

    id: int
    client_id: int
    last_on: date | None
    repriced: int
    flat: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    id: int
    name: str
    kind: str
    price: int
    lessons: int | None
    length_days: int | None
    length_months: int | None
    billing: str
    separate: bool
    burn: bool
    stop_at_end: bool
    archived_on: str | None


def sell(school: WritableSchool, sale: Sale, *, reprice: bool = False) -> Sold:
    """Sell a plan to a student, move the client's statuses (R7) and charge what is due upfront (R31).

    A sale that is not a trial one grants access to the personal page (R40).

    `reprice`: marks without a subscription since its first day are paid by it (R33). Lessons to come that it
    takes over from a month plan make that plan's others dearer (R31). Raises Refused for an archived student or
    plan, an archived or deleted client, and a free trial when there was one (R12); BadValue for days or a billing
    that don't fit.
    """
    client_id = client_of_student(school.db, sale.student_id)
    require_active(school.db, client_id)
    plan = _plan(school, sale.plan_id)
    if sale.origin == "sale":
        require_active_student(school.db, sale.student_id)
        if sale.trial and (plan.price if sale.price is None else sale.price) == 0:
            require_free_trial(school.db, client_id)
    last_on = sale.last_on or _last_day(plan, sale.first_on)
    _check(sale, plan, last_on)
    subscription_id = _record(school, sale, plan, last_on)
    _cover(school, subscription_id, sale)
    charge_upfront(school, subscription_id)
    if not sale.trial and sale.origin == "sale":
        subscription_sold(school, client_id, subscription_id)
        grant_access(school, client_id)
    repriced = price_unpaid(school, sale.student_id, sale.first_on) if reprice else 0
    price_anew(school, months_beside(school.db, [subscription_id]))
    flat = is_flat(plan.kind, sale.billing or plan.billing)
    return Sold(subscription_id, client_id, last_on, repriced, flat)


def require_sold_by(sale: Sale, today: date) -> None:
    """Raise Refused for a sale after today, as for a payment (R23)."""
    if sale.sold_on > today:
        raise Refused(
            _("The sale of {day} is after today.").format(day=human_date(sale.sold_on)),
            _("For a subscription that begins later give --from; or repeat with --even-so."),
        )


def _plan(school: WritableSchool, plan_id: int) -> _Plan:
    row = school.db.execute(
        "SELECT id, name, kind, price, lessons, length_days, length_months, billing, separate, burn, stop_at_end,"
        " archived_on FROM plan WHERE id = ?",
        (plan_id,),
    ).fetchone()
    if row is None:
        raise NotFound(
            _("There is no plan {id}.").format(id=plan_id), _("'schoolcrm subscription plans list' shows all.")
        )
    return _Plan(*row)


def _last_day(plan: _Plan, first_on: date) -> date | None:
    if plan.length_days:
        return first_on + timedelta(days=plan.length_days - 1)
    if plan.length_months:
        return add_months(first_on, plan.length_months) - timedelta(days=1)
    return None


def _check(sale: Sale, plan: _Plan, last_on: date | None) -> None:
    if plan.archived_on is not None:
        raise Refused(_('The plan "{name}" is archived.').format(name=plan.name), _("Sell another plan."))
    if last_on is not None and last_on < sale.first_on:
        raise BadValue(
            _("The subscription would end on {last}, before its first day {first}.").format(
                last=human_date(last_on), first=human_date(sale.first_on)
            ),
            _("Give a later --to, or an earlier --from."),
        )
    if sale.price is not None and sale.price < 0:
        raise BadValue(_("A price can't be below 0."), _("Give 0 or more, for example 700 or 700.50."))
    if sale.billing and sale.billing not in BILLINGS:
        raise BadValue(
            _('There is no billing "{value}".').format(value=sale.billing),
            _("It is one of: {known}.").format(known=", ".join(BILLINGS)),
        )
    if plan.kind == "month" and (sale.billing or plan.billing) == "upfront" and last_on is None:
        raise BadValue(
            _("A month plan charged upfront needs a last day."),
            _("Give it with --to, or give the plan a length."),
        )


def _record(school: WritableSchool, sale: Sale, plan: _Plan, last_on: date | None) -> int:
    return school.insert(
        "subscription",
        student_id=sale.student_id,
        plan_id=plan.id,
        origin=sale.origin,
        is_trial=sale.trial,
        sold_on=sale.sold_on,
        first_on=sale.first_on,
        last_on=last_on,
        kind=plan.kind,
        price=plan.price if sale.price is None else sale.price,
        lessons=plan.lessons,
        billing=sale.billing or plan.billing,
        separate=bool(sale.separate or plan.separate),
        burn=bool(plan.burn),
        stop_at_end=bool(plan.stop_at_end),
    )


def _cover(school: WritableSchool, subscription_id: int, sale: Sale) -> None:
    """Copy what the subscription covers: the sale's own subjects and types, else the plan's (R41a)."""
    for table, column, given in (
        ("subject", "subject_id", sale.subject_ids),
        ("lesson_type", "lesson_type_id", sale.lesson_type_ids),
    ):
        covered = given or [
            row[0]
            for row in school.db.execute(f"SELECT {column} FROM plan_{table} WHERE plan_id = ?", (sale.plan_id,))  # noqa: S608
        ]
        school.db.executemany(
            f"INSERT INTO subscription_{table} (subscription_id, {column}) VALUES (?, ?)",  # noqa: S608
            [(subscription_id, number) for number in covered],
        )


def charge_upfront(school: WritableSchool, subscription_id: int) -> None:
    """Bring what the subscription charges upfront in line with its terms as they are now (R31, R41).

    Days no longer covered are taken back, those that stay keep their entry.
    """
    due = {day.isoformat(): amount for day, amount in upfront_charges(terms_of(school.db, subscription_id))}
    school.db.execute(
        "DELETE FROM upfront_charge WHERE subscription_id = ? AND on_date NOT IN (SELECT value FROM json_each(?))",
        (subscription_id, json.dumps(list(due))),
    )
    first = last_number(school.db, "upfront_charge") + 1
    school.db.executemany(
        "INSERT INTO upfront_charge (id, subscription_id, on_date, amount) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET amount = excluded.amount WHERE amount <> excluded.amount",
        [(number, subscription_id, day, amount) for number, (day, amount) in enumerate(due.items(), first)],
    )
