"""Contracts: what is agreed with a client, for which period and sum, and how one ends (R42)."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Hit, Wording, contains_words, lookup, read_id
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.store.cells import stored_day

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

AUTO = "auto"
LAST_PAY_DAY = 31

_CONTRACT = Wording(
    absent=N_("No contract answers to {name}."),
    several=N_("Several contracts answer to {name}."),
    advice=N_("'schoolcrm contracts list' shows all; its id, its number or its client will do."),
)
_CONTRACTS = """SELECT contract.id FROM contract JOIN client ON client.id = contract.client_id
                 WHERE {condition} ORDER BY contract.school_number"""
_LABEL = """
    SELECT ifnull(contract.number, contract.school_number) || ' · ' || client.name || ' · ' || contract.first_on
      FROM contract JOIN client ON client.id = contract.client_id WHERE contract.id = ?
"""
_HELD = """
    SELECT mark.subscription_id, count(*), sum(mark.charge)
      FROM student
      JOIN mark ON mark.student_id = student.id
      JOIN lesson ON lesson.id = mark.lesson_id
     WHERE student.client_id = :client AND mark.on_date BETWEEN :first AND :last
       AND (:type IS NULL OR lesson.lesson_type_id = :type)
     GROUP BY mark.subscription_id
"""
_UPFRONT = """
    SELECT subscription.id, upfront_charge.amount
      FROM student
      JOIN subscription ON subscription.student_id = student.id
      JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
     WHERE student.client_id = :client AND upfront_charge.on_date BETWEEN :first AND :last
"""
_FACTS = (
    *("client_id", "school_number", "number", "lesson_type_id", "visits", "visits_auto", "amount", "amount_auto"),
    *("pay_day", "first_on", "last_on", "terms", "terminated_on"),
)


class Lessons(NamedTuple):
    """The lessons of a period, held and to come: how many, and what they cost in kopecks."""

    visits: int
    amount: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract says; `visits` and `amount` (kopecks) may be AUTO: counted from the lessons of the period."""

    first_on: date
    last_on: date | None = None
    number: str = ""
    lesson_type_id: int | None = None
    visits: int | str | None = None
    amount: int | str = AUTO
    pay_day: int | None = None
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as it is kept, amounts in kopecks."""

    id: int
    client_id: int
    school_number: int
    terms: Terms
    visits: int | None
    amount: int
    terminated_on: date | None

    @property
    def called(self) -> str:
        """The number people know it by: its own, else the school's running one."""
        return self.terms.number or str(self.school_number)


def find_contract(db: sqlite3.Connection, ref: str) -> int:
    """Return the id of the contract named by id, number or client; raises Ambiguous, NotFound, BadValue."""

    def some(condition: str, parameters: list[object]) -> list[Hit]:
        rows = db.execute(_CONTRACTS.format(condition=condition), parameters)
        return [(number, False) for (number,) in rows]

    steps = (
        lambda text: some("contract.id = ?", [read_id(text)]),
        lambda text: some("contract.number = ?", [text.strip()]),
        lambda text: some(*_client_words(text)),
    )
    return lookup(
        ref,
        steps,
        labels=lambda ids: [(number, db.execute(_LABEL, (number,)).fetchone()[0]) for number in ids],
        known=lambda: [name for (name,) in db.execute("SELECT number FROM contract WHERE number IS NOT NULL")],
        wording=_CONTRACT,
    )


def _client_words(text: str) -> tuple[str, list[object]]:
    condition, parameters = contains_words("client.name_key", text)
    return condition, list(parameters)


def contract_of(db: sqlite3.Connection, contract_id: int) -> Contract:
    """Return a contract as it is kept."""
    row = db.execute(f"SELECT {', '.join(_FACTS)} FROM contract WHERE id = ?", (contract_id,)).fetchone()  # noqa: S608
    kept = dict(zip(_FACTS, row, strict=True))
    terms = Terms(
        first_on=date.fromisoformat(kept["first_on"]),
        last_on=stored_day(kept["last_on"]),
        number=kept["number"] or "",
        lesson_type_id=kept["lesson_type_id"],
        visits=AUTO if kept["visits_auto"] else kept["visits"],
        amount=AUTO if kept["amount_auto"] else kept["amount"],
        pay_day=kept["pay_day"],
        terms=kept["terms"] or "",
    )
    ended = stored_day(kept["terminated_on"])
    return Contract(contract_id, kept["client_id"], kept["school_number"], terms, kept["visits"], kept["amount"], ended)


def add_contract(school: "WritableSchool", client_id: int, terms: Terms) -> Contract:
    """Record a contract under the school's next running number (R42).

    Raises Refused for a deleted client, BadValue for days, sums or a payment day that can't be.
    """
    from schoolcrm.core.statuses.events import require_active
    from schoolcrm.core.store.models import Contract as Record

    require_active(school.db, client_id)
    (last_number,) = school.db.execute("SELECT ifnull(max(school_number), 0) FROM contract").fetchone()
    record = school.add(
        Record, client_id=client_id, school_number=last_number + 1, **_values(school.db, client_id, terms)
    )
    assert record.id is not None
    return contract_of(school.db, record.id)


def edit_contract(school: "WritableSchool", contract_id: int, terms: Terms) -> Contract:
    """Replace what a contract says; what is AUTO is counted anew. BadValue as `add_contract`."""
    contract = contract_of(school.db, contract_id)
    if contract.terminated_on is not None and contract.terminated_on < terms.first_on:
        raise BadValue(
            _("The contract was terminated on {day}, before its first day.").format(
                day=human_date(contract.terminated_on)
            ),
            _("Give an earlier --from, or take the termination back with --unset terminated."),
        )
    values = {
        column: value.isoformat() if isinstance(value, date) else value
        for column, value in _values(school.db, contract.client_id, terms).items()
    }
    assignments = ", ".join(f"{column} = :{column}" for column in values)
    school.db.execute(f"UPDATE contract SET {assignments} WHERE id = :id", {**values, "id": contract_id})  # noqa: S608
    return contract_of(school.db, contract_id)


def terminate_contract(school: "WritableSchool", contract_id: int, on: date) -> Contract:
    """End a contract before its time, on that day; with the last one running the client is `former` (R9).

    Raises Refused when it is terminated already or over by then, BadValue for a day before its first.
    """
    from schoolcrm.core.statuses.events import contract_terminated

    contract = contract_of(school.db, contract_id)
    _check_termination(contract, on)
    school.db.execute(
        "UPDATE contract SET terminated_on = ?,"
        " last_sale_id = (SELECT max(subscription_id) FROM purchase WHERE purchase.client_id = contract.client_id)"
        " WHERE id = ?",
        (on.isoformat(), contract_id),
    )
    contract_terminated(school, contract.client_id, contract_id)
    return contract_of(school.db, contract_id)


def _check_termination(contract: Contract, on: date) -> None:
    if contract.terminated_on is not None:
        raise Refused(
            _("The contract {number} was terminated on {day}.").format(
                number=contract.called, day=human_date(contract.terminated_on)
            ),
            _("'schoolcrm contracts edit {id} --unset terminated' takes that back.").format(id=contract.id),
        )
    last_on = contract.terms.last_on
    if last_on is not None and last_on < on:
        raise Refused(
            _("The contract {number} ended by itself on {day}.").format(
                number=contract.called, day=human_date(last_on)
            ),
            _("There is nothing to terminate."),
        )
    if on < contract.terms.first_on:
        raise BadValue(
            _("{day} is before the contract's first day, {first}.").format(
                day=human_date(on), first=human_date(contract.terms.first_on)
            ),
            _("Give a later --on, or delete the contract."),
        )


def reinstate_contract(school: "WritableSchool", contract_id: int) -> None:
    """Take a termination back; who was `former` by it has at once the stage that is due without (R9)."""
    from schoolcrm.core.statuses.events import contract_reinstated

    taken_back = "UPDATE contract SET terminated_on = NULL, last_sale_id = NULL WHERE id = ? RETURNING client_id"
    contract_reinstated(school, school.db.execute(taken_back, (contract_id,)).fetchone()[0])


def delete_contract(school: "WritableSchool", contract_id: int) -> None:
    """Remove a contract; its running number is not given again unless it was the last."""
    school.db.execute("DELETE FROM contract WHERE id = ?", (contract_id,))


def lessons_of_period(
    db: sqlite3.Connection, client_id: int, first: date, last: date, lesson_type_id: int | None = None
) -> Lessons:
    """Return the lessons of the client's students, held and scheduled, and their charges by R31 (`auto` of R42).

    What sales charged upfront on days of the period belongs to them; of one lesson type only that which pays some
    of them.
    """
    from schoolcrm.core.money.coverage import coming_charges, students_of

    asked = {"client": client_id, "first": first.isoformat(), "last": last.isoformat(), "type": lesson_type_id}
    counted = [(payer, visits, amount) for payer, visits, amount in db.execute(_HELD, asked)]
    for student_id in students_of(db, client_id):
        counted += [
            (coming.charge.subscription_id, 1, coming.charge.amount)
            for coming in coming_charges(db, student_id, first, last)
            if lesson_type_id in (None, coming.lesson.lesson_type_id)
        ]
    payers = {payer for payer, _visits, _amount in counted}
    upfront = [amount for payer, amount in db.execute(_UPFRONT, asked) if lesson_type_id is None or payer in payers]
    amounts = [amount for _payer, _visits, amount in counted]
    return Lessons(sum(visits for _payer, visits, _amount in counted), sum(amounts) + sum(upfront))


def _values(db: sqlite3.Connection, client_id: int, terms: Terms) -> Mapping[str, Any]:
    """Return the columns of what the contract says, AUTO replaced by what it comes to."""
    _check(terms)
    counted = Lessons(0, 0)
    if AUTO in (terms.visits, terms.amount):
        if terms.last_on is None:
            raise BadValue(
                _("Without a last day there is no telling how many lessons the contract is for."),
                _("Give --to, or --visits and --amount as numbers."),
            )
        counted = lessons_of_period(db, client_id, terms.first_on, terms.last_on, terms.lesson_type_id)
    return {
        "number": terms.number or None,
        "lesson_type_id": terms.lesson_type_id,
        "visits": counted.visits if terms.visits == AUTO else terms.visits,
        "visits_auto": terms.visits == AUTO,
        "amount": counted.amount if terms.amount == AUTO else terms.amount,
        "amount_auto": terms.amount == AUTO,
        "pay_day": terms.pay_day,
        "signed_on": terms.first_on,
        "first_on": terms.first_on,
        "last_on": terms.last_on,
        "terms": terms.terms or None,
    }


def _check(terms: Terms) -> None:
    if terms.last_on is not None and terms.last_on < terms.first_on:
        raise BadValue(
            _("The contract would end on {last}, before its first day {first}.").format(
                last=human_date(terms.last_on), first=human_date(terms.first_on)
            ),
            _("Give a later --to, or an earlier --from."),
        )
    if terms.pay_day is not None and not 1 <= terms.pay_day <= LAST_PAY_DAY:
        raise BadValue(
            _("{value} is no day of the month.").format(value=terms.pay_day),
            _("Give a number from 1 to {most}.").format(most=LAST_PAY_DAY),
        )
    for value in (terms.visits, terms.amount):
        if isinstance(value, int) and value < 0:
            raise BadValue(
                _("A contract can't be for less than 0."), _("Give 0 or more, or 'auto' to have it counted.")
            )
