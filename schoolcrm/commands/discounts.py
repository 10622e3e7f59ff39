"""`schoolcrm discounts`: percent or money off a student's lessons."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.asked import OfSubjects, OfTypes, client_asked
from schoolcrm.commands.new_entries import New, entries_named
from schoolcrm.commands.session import choose, confirm, done, optional_day, reading, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.money.discounts import Given, NewDiscount
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Discounts of students: percent or money off."))


@app.command(cls=Changing, help=_("Give a student a discount; a client's name gives it to all their students."))
def add(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help=_("Student, or a client: all their students."))],
    percent: Annotated[str, typer.Option("--percent", metavar="P", help=_("Percent off: 10 or 12.5."))] = "",
    amount: Annotated[
        str,
        typer.Option("--amount", metavar="SUM", help=_("Money off: of a lesson, or of the whole package or month.")),
    ] = "",
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day; default: open."))] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day; default: open."))] = "",
    subject: OfSubjects = [],  # noqa: B006
    lesson_type: OfTypes = [],  # noqa: B006
    note: Annotated[str, typer.Option("--note", help=_("A note."))] = "",
    new: New = False,
) -> None:
    from schoolcrm.core.money.discounts import NewDiscount, add_discount
    from schoolcrm.core.people.all_students import students_named
    from schoolcrm.core.rules.money import parse_money, parse_percent

    if bool(percent) == bool(amount):
        raise WrongUsage(
            _("A discount is given twice, in percent and as a sum.") if percent else _("How much is taken off?"),
            _("Give either --percent 10 or --amount 150."),
        )
    with writing(ctx) as school:
        wanted = NewDiscount(
            percent=parse_percent(percent) if percent else None,
            amount=parse_money(amount) if amount else None,
            first_on=optional_day(school, first),
            last_on=optional_day(school, last),
            subject_ids=entries_named(school, "subjects", subject, new=new),
            lesson_type_ids=entries_named(school, "lesson-types", lesson_type, new=new),
            note=note,
        )
        given = [add_discount(school, one, wanted) for one in choose(students_named, school.db, student)]
        message, made = _made(school, wanted, given)
    done(ctx, message, **made)


@app.command("list", cls=Showing, help=_("Discounts by client and student, past and coming ones too."))
def list_(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(metavar="[CLIENT]", help=_("Only this client's (or student's)."))] = "",
) -> None:
    from schoolcrm.reports.discounts import discounts_table, find_discounts

    with reading(ctx) as school:
        client_id, name = client_asked(school, client, include_archived=False)
        rows = find_discounts(school.db, school.today, client_id=client_id)
    show(ctx, discounts_table(rows, client=name))


@app.command(cls=Changing, help=_("Take a discount away, as if it had never been; to end it, add it anew with --to."))
def remove(
    ctx: typer.Context,
    discount: Annotated[int, typer.Argument(metavar="ID", help=_("The discount's number."))],
) -> None:
    from schoolcrm.core.money.discounts import remove_discount
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money, machine_money
    from schoolcrm.reports.discounts import find_discount, worth_of

    with writing(ctx) as school:
        found = find_discount(school.db, discount, school.today)
        before = balance(school.db, found.client_id)
        removed = remove_discount(school, discount)
        left = balance(school.db, found.client_id)
        told = {"id": discount, "student": found.student, "worth": worth_of(found), "balance": human_money(left)}
        statement = _("The discount {id} of {student}, {worth}, would be removed: balance {before}, then {balance}.")
        confirm(ctx, statement.format(**told, before=human_money(before)))
    message = _("Discount {id} of {student}, {worth}, is removed; {charges}; balance now {balance}.")
    done(
        ctx,
        message.format(**told, charges=_repriced(removed.repriced)),
        id=discount,
        client_id=found.client_id,
        student_id=found.student_id,
        repriced=removed.repriced,
        balance=machine_money(left),
    )


def _made(school: "WritableSchool", wanted: "NewDiscount", given: list["Given"]) -> tuple[str, dict[str, Any]]:
    """Return what was given in a sentence, and as the object that --format json prints."""
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money, human_percent, machine_money
    from schoolcrm.reports.names import student_names

    client_id = given[0].client_id
    names, left = student_names(school.db, client_id), balance(school.db, client_id)
    repriced = sum(one.repriced for one in given)
    message = ngettext(
        "Discount {ids}: {worth} for {names}; {charges}; balance now {balance}.",
        "Discounts {ids}: {worth} for {names}; {charges}; balance now {balance}.",
        len(given),
    ).format(
        ids=", ".join(str(one.id) for one in given),
        worth=human_percent(wanted.percent) if wanted.percent is not None else human_money(wanted.amount or 0),
        names=", ".join(names[one.student_id] for one in given),
        charges=_repriced(repriced),
        balance=human_money(left),
    )
    students = [
        {"id": one.id, "student_id": one.student_id, "student": names[one.student_id], "repriced": one.repriced}
        for one in given
    ]
    made = {"id": given[0].id, "client_id": client_id, "discounts": students, "repriced": repriced}
    return message, made | {"balance": machine_money(left)}


def _repriced(count: int) -> str:
    return ngettext("{count} charge changed", "{count} charges changed", count).format(count=count)
