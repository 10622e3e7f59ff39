"""`schoolcrm contracts`: what is agreed with clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.asked import OneClient, client_asked
from schoolcrm.commands.contracts_group import Client, Ref, app
from schoolcrm.commands.form_printing import print_contract
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import Unset, given
from schoolcrm.commands.session import choose, confirm, day, done, optional_day, reading, say, show, writing
from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, SchoolHelp, Showing

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.money.contracts import Contract, Terms
    from schoolcrm.core.store.transaction import WritableSchool

Number = Annotated[str, typer.Option("--number", metavar="TEXT", help=_("Its number on paper."))]
LessonType = Annotated[str, typer.Option("--type", metavar="NAME", help=_("The lesson type it is for."))]
Visits = Annotated[str, typer.Option("--visits", metavar="N|auto", help=_("Lessons; auto: those of the period."))]
Amount = Annotated[
    str, typer.Option("--amount", metavar="SUM|auto", help=_("The sum; auto: what the period's lessons cost."))
]
PayDay = Annotated[
    int, typer.Option("--pay-day", metavar="1..31", help=_("Day of the month to pay by."), show_default=False)
]
First = Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day, the day of signing."))]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day."))]
ShortTerms = Annotated[str, typer.Option("--terms", metavar="TEXT", help=_("The terms in short."))]
_TERMINATED = "terminated"
# What `edit --unset` empties: the option's name → the field of the terms.
_EMPTIED: dict[str, dict[str, Any]] = {
    "number": {"number": ""},
    "type": {"lesson_type_id": None},
    "visits": {"visits": None},
    "pay-day": {"pay_day": None},
    "to": {"last_on": None},
    "terms": {"terms": ""},
    _TERMINATED: {},
}


@app.command(cls=Changing, help=_("Record a contract; without --amount its sum is what the period's lessons cost."))
def add(
    ctx: typer.Context,
    client: Client,
    number: Number = "",
    lesson_type: LessonType = "",
    visits: Visits = "",
    amount: Amount = "auto",
    pay_day: PayDay = 0,
    first: First = "",
    last: Last = "",
    terms: ShortTerms = "",
    new: New = False,
) -> None:
    from schoolcrm.core.money.contracts import Terms, add_contract
    from schoolcrm.core.people.references import find_client

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client)
        blank = Terms(first_on=day(school, first))
        due = pay_day if given(ctx, "pay_day") else None
        told = _told(school, blank, number, lesson_type, visits, amount, due, "", last, terms, new=new)
        contract = add_contract(school, client_id, told)
        warning = _same_number(school, contract)
        message, made = _made(school, contract, _("Contract {number} recorded: {client}, {amount}."))
    _warn(ctx, warning)
    done(ctx, message, **made)


@app.command("list", cls=Showing, help=_("Contracts, by the school's running number."))
def list_(
    ctx: typer.Context,
    client: OneClient = "",
) -> None:
    from schoolcrm.core.rules.dates import Period
    from schoolcrm.reports.contracts import contracts_table, find_contracts

    with reading(ctx) as school:
        client_id, _name = client_asked(school, client)
        rows = find_contracts(school.db, Period(None, None), client_id=client_id, skip_archived=client_id is None)
    show(ctx, contracts_table(rows))


@app.command(cls=Changing, help=_("Change a contract; what isn't named stays, what is auto is counted anew."))
def edit(
    ctx: typer.Context,
    contract: Ref,
    number: Number = "",
    lesson_type: LessonType = "",
    visits: Visits = "",
    amount: Amount = "",
    pay_day: PayDay = 0,
    first: First = "",
    last: Last = "",
    terms: ShortTerms = "",
    unset: Unset = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.money.contracts import contract_of, edit_contract, find_contract, reinstate_contract

    due = pay_day if given(ctx, "pay_day") else None
    told = (number, lesson_type, visits, amount, due, first, last, terms)
    if all(value in (None, "") for value in told) and not unset:
        raise WrongUsage(_("There is nothing to change."), _("Say what: --amount, --to, --unset…"))
    with writing(ctx) as school:
        contract_id = choose(find_contract, school.db, contract)
        kept = replace(contract_of(school.db, contract_id).terms, **_emptied(unset))
        with _telling_stage(school, contract_id) as stages:
            if _TERMINATED in map(_field, unset):
                reinstate_contract(school, contract_id)
            changed = edit_contract(school, contract_id, _told(school, kept, *told, new=new))
        warning = _same_number(school, changed) if number.strip() else ""
        sentence = _("Contract {number} changed: {client}, {amount}.")
        if stages:
            sentence = _('Contract {number} changed: {client}, {amount}; the stage is now "{stage}".')
        message, made = _made(school, changed, sentence, stage="".join(stages))
    _warn(ctx, warning)
    done(ctx, message, **made)


@app.command(cls=Changing, help=_("End a contract before its time; with the last one the client becomes former."))
def terminate(
    ctx: typer.Context,
    contract: Ref,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("The day it ends; default: today."))] = "",
) -> None:
    from schoolcrm.core.money.contracts import find_contract, terminate_contract

    with writing(ctx) as school:
        from_day = day(school, on)
        contract_id = choose(find_contract, school.db, contract)
        with _telling_stage(school, contract_id) as stages:
            ended = terminate_contract(school, contract_id, from_day)
        sentence = _("Contract {number} terminated on {day}: {client}.")
        if stages:
            sentence = _('Contract {number} terminated on {day}: {client}; the stage is now "{stage}".')
        message, made = _made(school, ended, sentence, from_day, "".join(stages))
    done(ctx, message, **made)


@app.command(cls=Changing, help=_("Delete a contract recorded by mistake."))
def delete(ctx: typer.Context, contract: Ref) -> None:
    from schoolcrm.core.money.contracts import contract_of, delete_contract, find_contract
    from schoolcrm.core.store.cells import client_name

    with reading(ctx) as school:
        contract_id = choose(find_contract, school.db, contract)
        found = contract_of(school.db, contract_id)
        client = client_name(school.db, found.client_id)
    statement = _("The contract {number} of {client} would be deleted.")
    confirm(ctx, statement.format(number=found.called, client=client))
    with writing(ctx) as school:
        contract_id = choose(find_contract, school.db, contract)
        delete_contract(school, contract_id)
    done(ctx, _("Contract {number} deleted.").format(number=found.called), id=contract_id)


app.command("print", cls=SchoolHelp, help=_("Print a contract on the school's own forms."))(print_contract)


def _told(
    school: "WritableSchool",
    kept: "Terms",
    number: str,
    lesson_type: str,
    visits: str,
    amount: str,
    pay_day: int | None,
    first: str,
    last: str,
    terms: str,
    *,
    new: bool,
) -> "Terms":
    """Return the terms with what the options say in place of what was kept."""
    from schoolcrm.core.money.contracts import AUTO
    from schoolcrm.core.rules.money import parse_money

    told: dict[str, Any] = {
        "number": number.strip(),
        "lesson_type_id": entry_named(school, "lesson-types", lesson_type, new=new),
        "visits": _count(visits),
        "pay_day": pay_day,
        "first_on": optional_day(school, first),
        "last_on": optional_day(school, last),
        "terms": terms.strip(),
    }
    changes = {name: value for name, value in told.items() if value not in (None, "")}
    if amount:
        changes["amount"] = AUTO if amount.strip().casefold() == AUTO else parse_money(amount)
    return replace(kept, **changes)


def _count(text: str) -> int | str | None:
    """Return the number of visits, AUTO, or None when nothing is said."""
    from schoolcrm.core.money.contracts import AUTO

    if not text:
        return None
    if text.strip().casefold() == AUTO:
        return AUTO
    if text.strip().isascii() and text.strip().isdecimal():
        return int(text)
    raise BadValue(
        _('"{value}" is no number of visits.').format(value=text), _("Give a whole number, or 'auto' to count them.")
    )


def _emptied(names: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        key = _field(name)
        if key not in _EMPTIED:
            raise BadValue(
                _('"{field}" can\'t be emptied.').format(field=name),
                _("It is one of: {known}.").format(known=", ".join(_EMPTIED)),
            )
        values |= _EMPTIED[key]
    return values


def _field(name: str) -> str:
    return name.strip().casefold().replace("_", "-")


@contextmanager
def _telling_stage(school: "WritableSchool", contract_id: int) -> Iterator[list[str]]:
    """Yield a list that holds, at the end, the name of the client's stage if it has changed meanwhile (R9)."""
    from schoolcrm.core.money.contracts import contract_of
    from schoolcrm.core.statuses.catalogue import stage_name

    client_id = contract_of(school.db, contract_id).client_id
    former = stage_name(school.db, client_id)
    stages: list[str] = []
    yield stages
    now = stage_name(school.db, client_id)
    stages += [now] if now != former else []


def _same_number(school: "WritableSchool", contract: "Contract") -> str:
    """Return a sentence that names the first other contract with the same number; empty: there is none."""
    from schoolcrm.core.money.contract_numbers import first_called_as
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.store.cells import client_name

    other = first_called_as(school.db, contract)
    if other is None:
        return ""
    return _("The number {number} is also that of the contract {id} of {client}, from {day}.").format(
        number=contract.called,
        id=other.id,
        client=client_name(school.db, other.client_id),
        day=human_date(other.terms.first_on),
    )


def _warn(ctx: typer.Context, warning: str) -> None:
    if warning:
        say(ctx, _("warning: {sentence}").format(sentence=warning))


def _made(
    school: "WritableSchool", contract: "Contract", sentence: str, from_day: "date | None" = None, stage: str = ""
) -> tuple[str, dict[str, object]]:
    """Return the sentence filled in, and the object that --format json prints."""
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.rules.money import human_money, machine_money
    from schoolcrm.core.store.cells import client_name

    message = sentence.format(
        number=contract.called,
        client=client_name(school.db, contract.client_id),
        amount=human_money(contract.amount),
        day=human_date(from_day) if from_day else "",
        stage=stage,
    )
    return message, {
        "id": contract.id,
        "client_id": contract.client_id,
        "number": contract.called,
        "school_number": contract.school_number,
        "visits": contract.visits,
        "amount": machine_money(contract.amount),
        "signed": contract.terms.first_on,
        "ends": contract.terms.last_on,
        "terminated": contract.terminated_on,
    }
