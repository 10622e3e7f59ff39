"""`schoolcrm subscription plans`: the catalogue of what the school sells."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.asked import OfSubjects, OfTypes
from schoolcrm.commands.new_entries import New, entries_named
from schoolcrm.commands.session import choose, done, reading, say, show, writing
from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _, quoted
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.money.plans import Offer
    from schoolcrm.core.store.transaction import WritableSchool

plans = group(_("Plans: what the school sells."))

PlanName = Annotated[str, typer.Argument(metavar="PLAN", help=_("Plan: id or name."))]
Kind = Annotated[str, typer.Option("--kind", help=_("lesson, package or month."))]
Price = Annotated[str, typer.Option("--price", help=_("Of a lesson, of the package, or of a calendar month."))]
Lessons = Annotated[int, typer.Option("--lessons", help=_("Lessons of a package."), show_default=False)]
Length = Annotated[str, typer.Option("--length", help=_("How long it is valid: 30d or 1m."))]
Billing = Annotated[str, typer.Option("--billing", help=_("by-lesson or upfront."))]
Separate = Annotated[bool, typer.Option("--separate", help=_("With a balance of its own."))]
Burn = Annotated[bool, typer.Option("--burn", help=_("Lessons unused at the end are lost."))]
StopAtEnd = Annotated[
    bool,
    typer.Option("--stop-at-end", help=_("When it is used up, lessons are without subscription, not in debt.")),
]


@plans.command("add", cls=Changing, help=_("Add a plan to the catalogue."))
def add_plan(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=_("What the plan is called."))],
    kind: Kind,
    price: Price,
    lessons: Lessons = 0,
    subject: OfSubjects = [],  # noqa: B006
    lesson_type: OfTypes = [],  # noqa: B006
    length: Length = "",
    billing: Billing = "by-lesson",
    separate: Separate = False,
    burn: Burn = False,
    stop_at_end: StopAtEnd = False,
    new: New = False,
) -> None:
    from schoolcrm.core.money.plans import Offer, parse_length
    from schoolcrm.core.money.plans import add_plan as add
    from schoolcrm.core.rules.money import parse_money

    days, months = parse_length(length)
    with writing(ctx) as school:
        offer = Offer(
            name=name,
            kind=kind,
            price=parse_money(price),
            lessons=lessons or None,
            length_days=days,
            length_months=months,
            billing=billing,
            separate=separate,
            burn=burn,
            stop_at_end=stop_at_end,
            subject_ids=entries_named(school, "subjects", subject, new=new),
            lesson_type_ids=entries_named(school, "lesson-types", lesson_type, new=new),
        )
        number = add(school, offer)
    _warn_of_one_price(ctx, offer)
    done(ctx, _("Plan {id} added: {name}.").format(id=number, name=name), id=number, name=name)


@plans.command("list", cls=Showing, help=_("The plans on sale."))
def list_plans(
    ctx: typer.Context,
    archived: Annotated[bool, typer.Option("--all", help=_("Archived ones too."))] = False,
) -> None:
    from schoolcrm.reports.subscriptions import find_plans, plans_table

    with reading(ctx) as school:
        rows = find_plans(school.db, archived=archived)
    show(ctx, plans_table(rows))


@plans.command("edit", cls=Changing, help=_("Change a plan for the sales to come; what was sold keeps its terms."))
def edit_plan(
    ctx: typer.Context,
    plan: PlanName,
    name: Annotated[str, typer.Option("--name", help=_("Another name."))] = "",
    kind: Kind = "",
    price: Price = "",
    lessons: Lessons = 0,
    subject: OfSubjects = [],  # noqa: B006
    lesson_type: OfTypes = [],  # noqa: B006
    length: Length = "",
    billing: Billing = "",
    separate: Separate = False,
    burn: Burn = False,
    stop_at_end: StopAtEnd = False,
    unset: Annotated[
        list[str],
        typer.Option(
            "--unset",
            metavar="FIELD",
            help=_("Take away: lessons, subject, type, length, separate, burn or stop-at-end; repeatable."),
        ),
    ] = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.money import plans as catalogue
    from schoolcrm.core.money.references import find_plan
    from schoolcrm.core.rules.money import parse_money

    told: dict[str, Any] = {"name": name, "kind": kind, "lessons": lessons, "billing": billing}
    told |= {"separate": separate, "burn": burn, "stop_at_end": stop_at_end}
    told = {field: value for field, value in told.items() if value}
    if price:
        told["price"] = parse_money(price)
    if length:
        told["length_days"], told["length_months"] = catalogue.parse_length(length)
    with writing(ctx) as school:
        number = choose(find_plan, school.db, plan)
        told |= _cover_told(school, subject, lesson_type, new=new)
        if not (told or unset):
            raise WrongUsage(_("There is nothing to change."), _("Say what: --price, --name, --unset…"))
        offer = replace(_without(catalogue.read_offer(school.db, number), unset), **told)
        catalogue.edit_plan(school, number, offer)
    _warn_of_one_price(ctx, offer)
    done(ctx, _("Plan {id} changed: {name}.").format(id=number, name=offer.name), id=number, name=offer.name)


@plans.command("archive", cls=Changing, help=_("Sell a plan no more; what was sold goes on."))
def archive_plan(ctx: typer.Context, plan: PlanName) -> None:
    from schoolcrm.core.money import plans as catalogue
    from schoolcrm.core.money.references import find_plan

    with writing(ctx) as school:
        number = choose(find_plan, school.db, plan, include_archived=True)
        catalogue.archive_plan(school, number)
        name = catalogue.read_offer(school.db, number).name
    done(ctx, _("Plan {id} archived: {name}.").format(id=number, name=name), id=number, name=name)


@plans.command("restore", cls=Changing, help=_("Sell an archived plan again."))
def restore_plan(ctx: typer.Context, plan: PlanName) -> None:
    from schoolcrm.core.money import plans as catalogue
    from schoolcrm.core.money.references import find_plan

    with writing(ctx) as school:
        number = choose(find_plan, school.db, plan, include_archived=True)
        catalogue.restore_plan(school, number)
        name = catalogue.read_offer(school.db, number).name
    done(ctx, _("Plan {id} is on sale again: {name}.").format(id=number, name=name), id=number, name=name)


_EMPTY: dict[str, dict[str, Any]] = {
    "lessons": {"lessons": None},
    "subject": {"subject_ids": ()},
    "type": {"lesson_type_ids": ()},
    "length": {"length_days": None, "length_months": None},
    "separate": {"separate": False},
    "burn": {"burn": False},
    "stop-at-end": {"stop_at_end": False},
}


def _warn_of_one_price(ctx: typer.Context, offer: "Offer") -> None:
    """Say that one price pays for all lessons of a subscription (R31): a `lesson` plan charged upfront."""
    from schoolcrm.core.money.plans import is_flat

    if not is_flat(offer.kind, offer.billing):
        return
    if offer.length_days or offer.length_months:
        warning = _("warning: the price of the plan {name} is charged once, and pays for all lessons of its length.")
    else:
        warning = _(
            "warning: the price of the plan {name} is charged once, and pays for all lessons from then on:"
            " it has no length. Give it --length, or use --kind package."
        )
    say(ctx, warning.format(name=quoted(offer.name)))


def _without(offer: "Offer", fields: list[str]) -> "Offer":
    """Return the terms with these fields emptied; BadValue for one that can't be."""
    for field in fields:
        if field not in _EMPTY:
            raise BadValue(
                _("The field {name} can't be emptied.").format(name=quoted(field)),
                _("Those that can: {names}.").format(names=", ".join(_EMPTY)),
            )
        offer = replace(offer, **_EMPTY[field])
    return offer


def _cover_told(
    school: "WritableSchool", subjects: list[str], lesson_types: list[str], *, new: bool
) -> dict[str, list[int]]:
    told = {
        "subject_ids": entries_named(school, "subjects", subjects, new=new),
        "lesson_type_ids": entries_named(school, "lesson-types", lesson_types, new=new),
    }
    return {field: numbers for field, numbers in told.items() if numbers}
