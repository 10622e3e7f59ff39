"""A client's or student's card for people: the facts in the head, then contacts, students, lessons by section."""

from collections.abc import Collection, Iterator
from typing import Any

from schoolcrm.core.language import _, ngettext
from schoolcrm.core.people.contacts import KINDS, PHONES
from schoolcrm.core.rules.dates import human_date, human_day
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.phones import human_phone
from schoolcrm.reports.card import Card, StudentCard, Values
from schoolcrm.reports.card_office import office_lines
from schoolcrm.reports.discounts import STATE_WORDS as DISCOUNT_WORDS
from schoolcrm.reports.discounts import days_of, worth_of
from schoolcrm.reports.freezes import STATE_WORDS as FREEZE_WORDS
from schoolcrm.reports.groups import rhythm_text
from schoolcrm.reports.journal import STATE_WORDS, Visit
from schoolcrm.reports.listings import column_of
from schoolcrm.reports.subscriptions import STATE_WORDS as SUBSCRIPTION_WORDS
from schoolcrm.reports.table import Column, Fact, Kind, Sections, Table

_IN_SECTIONS = frozenset(
    (
        *("name", "students", "age", "groups", "subjects", "levels", "teacher", "responsible_teacher"),
        *("phone", "email", "contacts", "subscription"),
    )
)
_BETWEEN = " · "

_Line = tuple[str, str, str]


def card_page(card: Card) -> Table:
    """Return the client's card as people read it."""
    return Table(
        report="client",
        title=card.values["name"],
        columns=(Column("section", _("Section")), Column("item", _("What")), Column("details", _("Details"))),
        rows=[
            *_contacts(card),
            *(_students(card) or [_no_students()]),
            *_schedule(card),
            *_subscriptions(card),
            *_discounts(card),
            *_contracts(card),
            *_freezes(card),
            *office_lines(card),
            *_visits(card),
        ],
        head=[*_facts(card.values, _IN_SECTIONS), *_sums(card)],
        notes=[_("The schedule ends before the money does.")] if card.schedule_ended else [],
        sections=Sections("section"),
    )


def student_page(student: StudentCard, visits: list[Visit], days: int) -> Table:
    """Return a student's card as people read it."""
    learning = ", ".join(_subject(subject, level) for subject, level in student.learning)
    return Table(
        report="student",
        title=student.values["name"],
        columns=(Column("item", _("When")), Column("details", _("Details"))),
        rows=[(_moment(visit), _visit(visit, with_student=False)) for visit in visits] or [_no_lessons(days)],
        head=[
            *_facts(student.values, {"name", "subjects", "levels"}),
            Fact("subjects", _("Subjects"), Kind.TEXT, learning or None),
        ],
    )


def _facts(values: Values, left_out: Collection[str]) -> Iterator[Fact]:
    """Yield what is known and told nowhere else on the card."""
    for field, cell in zip(values.fields, values.cells, strict=True):
        column = column_of(field)
        if field.key in left_out or _goes_without_saying(field.key, cell, column, values):
            continue
        yield Fact(column.key, column.label, column.kind, cell, column.words, column.items)


def _goes_without_saying(key: str, cell: Any, column: Column, values: Values) -> bool:
    """Tell whether a value is absent, no debt, or a base status of the same name as the status."""
    if cell is None or cell == [] or (key in ("debt", "access") and not cell):
        return True
    return key == "base" and fold(column.words[cell]) == fold(values["status"])


def _sums(card: Card) -> Iterator[Fact]:
    if len(card.accounts) > 1:
        for account, balance in card.accounts.items():
            label = _("Balance of subscription {id}").format(id=account) if account else _("General balance")
            yield Fact(f"account_{account}", label, Kind.MONEY, balance)
    if card.trial is not None:
        booked = _joined(human_date(card.trial.on), card.trial_group)
        yield Fact("trial_booked", _("Trial lesson booked"), Kind.TEXT, booked)
    lessons = _("{registered} held, {attended} attended").format(
        registered=card.lessons_registered, attended=card.lessons_attended
    )
    yield Fact("lessons", _("Lessons"), Kind.TEXT, lessons)
    payments = ngettext("{count} payment, {sum}", "{count} payments, {sum}", card.payments_count)
    told = payments.format(count=card.payments_count, sum=human_money(card.payments_sum))
    yield Fact("payments", _("Payments"), Kind.TEXT, told)


def _contacts(card: Card) -> Iterator[_Line]:
    for _id, kind, value, note in card.contacts:
        shown = human_phone(value) if kind in PHONES else value
        yield _("Contacts"), _(KINDS[kind]), _joined(shown, note)


def _students(card: Card) -> list[_Line]:
    lines = []
    for student in card.students:
        values = student.values
        age = values["age"]
        parts = [
            ngettext("{count} year", "{count} years", age).format(count=age) if age is not None else None,
            ", ".join(values["groups"]),
            ", ".join(_subject(subject, level) for subject, level in student.learning),
            ", ".join(values["responsible_teacher"]),
            values["note"],
            _("archived") if values["archived"] else None,
        ]
        name = _("{name} (no. {id})").format(name=values["name"], id=values["id"])
        lines.append((_("Students"), name, _joined(*parts)))
    return lines


def _schedule(card: Card) -> Iterator[_Line]:
    for _id, *rhythm, group, student, subject, teacher, room, _kind, first, last in card.schedule:
        days = _period(first.isoformat(), last and last.isoformat()) if last or first > card.today else None
        yield _("Schedule"), group or student, _joined(rhythm_text(*rhythm), subject, teacher, room, days)


def _no_students() -> _Line:
    return _("Students"), _("none yet"), ""


def _no_lessons(days: int) -> tuple[str, str]:
    return "", ngettext(
        "No lessons within {count} day of today.", "No lessons within {count} days of today.", days
    ).format(count=days)


def _subject(subject: str, level: str | None) -> str:
    return f"{subject}: {level}" if level else subject


def _subscriptions(card: Card) -> Iterator[_Line]:
    for row in card.subscriptions:
        number, student, plan, price, left = row[0], row[4], row[5], row[7], row[9]
        first, last, state = row[11], row[12], row[16]
        days = _period(first, last)
        told = [student, days, human_money(price), _(SUBSCRIPTION_WORDS[state])]
        if left is not None and state == "running":
            told.append(_("lessons left: {count}").format(count=left))
        yield _("Subscriptions"), _("{name} (no. {id})").format(name=plan, id=number), _joined(*told)


def _discounts(card: Card) -> Iterator[_Line]:
    for discount in card.discounts:
        cover = ", ".join([*discount.subjects, *discount.lesson_types])
        state = _(DISCOUNT_WORDS[discount.state])
        name = _("{name} (no. {id})").format(name=worth_of(discount), id=discount.id)
        yield _("Discounts"), name, _joined(discount.student, days_of(discount), cover, discount.note, state)


def _contracts(card: Card) -> Iterator[_Line]:
    for (
        number,
        called,
        _school_number,
        _client_id,
        _client,
        signed,
        ends,
        amount,
        visits,
        kind,
        *rest,
    ) in card.contracts:
        pay_day, terms, terminated = rest
        told = [_period(signed, ends), human_money(amount), kind]
        if visits is not None:
            told.append(ngettext("{count} visit", "{count} visits", visits).format(count=visits))
        if pay_day is not None:
            told.append(_("to pay by day {day}").format(day=pay_day))
        told += [terms, _("terminated") if terminated else None]
        yield _("Contracts"), _("{name} (no. {id})").format(name=called, id=number), _joined(*told)


def _freezes(card: Card) -> Iterator[_Line]:
    for row in card.freezes:
        number, student, first, last, state, excused, reason = row[0], row[2], row[5], row[6], row[8], row[9], row[10]
        told = [student, _("excused") if excused else None, reason, _(FREEZE_WORDS[state])]
        name = _("{name} (no. {id})").format(name=_period(first, last), id=number)
        yield _("Freezes"), name, _joined(*told)


def _visits(card: Card) -> Iterator[_Line]:
    """Yield the strip of past and coming lessons, the two told apart (R51)."""
    for visit in card.past:
        yield _("Past lessons"), _moment(visit), _visit(visit)
    for visit in card.coming:
        yield _("Next lessons"), _moment(visit), _visit(visit)


def _moment(visit: Visit) -> str:
    return f"{human_date(visit.on)} {visit.time}"


def _visit(visit: Visit, *, with_student: bool = True) -> str:
    student = visit.student if with_student else None
    return _joined(_(STATE_WORDS[visit.state]), student, visit.subject, visit.lesson_type, visit.reason)


def _period(first: str, last: str | None) -> str:
    if last is None:
        return _("from {date}").format(date=human_day(first))
    return f"{human_day(first)} – {human_day(last)}"


def _joined(*parts: Any) -> str:
    return _BETWEEN.join(str(part) for part in parts if part)
