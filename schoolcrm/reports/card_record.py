"""A client's or student's card for programs: one row with every field, and lists of what hangs on it in JSON."""

from typing import Any

from schoolcrm.core.language import _
from schoolcrm.core.office.client_files import ClientFile
from schoolcrm.core.office.messages import Message
from schoolcrm.core.office.tasks import Task
from schoolcrm.core.rules.money import machine_money
from schoolcrm.core.rules.tasks import is_overdue
from schoolcrm.reports.card import Card, StudentCard, Values
from schoolcrm.reports.discounts import DiscountRow, percent_number
from schoolcrm.reports.journal import Visit
from schoolcrm.reports.listings import column_of
from schoolcrm.reports.table import Column, Fact, Kind, Table
from schoolcrm.reports.writers.cells import for_machines

_LISTS = frozenset({"students", "contacts"})


def card_record(card: Card, *, nested: bool) -> Table:
    """Return the card as a table of one row; `nested`: with contacts, students… as lists of objects (JSON)."""
    columns, cells = _columns_and_cells(card.values, _LISTS if nested else frozenset())
    for column, cell in _own(card):
        columns.append(column)
        cells.append(cell)
    if nested:
        for key, label, objects in _hanging(card):
            columns.append(Column(key, label, Kind.LIST))
            cells.append(objects)
    return Table(
        report="client",
        title=card.values["name"],
        columns=columns,
        rows=[cells],
        parameters=[Fact("days", _("Days around today"), Kind.INTEGER, card.days)],
    )


def student_record(student: StudentCard, visits: list[Visit], *, nested: bool) -> Table:
    """Return a student's card as a table of one row."""
    columns, cells = _columns_and_cells(student.values, frozenset({"subjects"}) if nested else frozenset())
    if nested:
        columns += [Column("subjects", _("Subjects"), Kind.LIST), Column("visits", _("Lessons"), Kind.LIST)]
        cells += [_learning(student), [_visit(visit) for visit in visits]]
    return Table(report="student", title=student.values["name"], columns=columns, rows=[cells])


def _columns_and_cells(values: Values, left_out: frozenset[str]) -> tuple[list[Column], list[Any]]:
    pairs = [pair for pair in zip(values.fields, values.cells, strict=True) if pair[0].key not in left_out]
    return [column_of(field) for field, _cell in pairs], [cell for _field, cell in pairs]


def _own(card: Card) -> list[tuple[Column, Any]]:
    """Return what a card tells beside the fields of the list."""
    return [
        (
            Column("trial_booked", _("Trial lesson booked"), Kind.DATE),
            card.trial.on.isoformat() if card.trial else None,
        ),
        (Column("trial_group", _("Group of the trial lesson")), card.trial_group),
        (Column("schedule_ended", _("Schedule ends first"), Kind.BOOL), card.schedule_ended),
        (Column("lessons_registered", _("Lessons held"), Kind.INTEGER), card.lessons_registered),
        (Column("lessons_attended", _("Lessons attended"), Kind.INTEGER), card.lessons_attended),
        (Column("payments_count", _("Payments"), Kind.INTEGER), card.payments_count),
        (Column("payments_sum", _("Paid"), Kind.MONEY), card.payments_sum),
    ]


def _hanging(card: Card) -> list[tuple[str, str, list[dict[str, Any]]]]:
    past = [_visit(visit) for visit in card.past]
    coming = [_visit(visit) for visit in card.coming]
    contacts = [
        {"id": number, "kind": kind, "value": value, "note": note} for number, kind, value, note in card.contacts
    ]
    accounts = [
        {"subscription_id": account or None, "balance": machine_money(balance)}
        for account, balance in card.accounts.items()
    ]
    return [
        ("contacts", _("Contacts"), contacts),
        ("students", _("Students"), [_student(student) for student in card.students]),
        ("schedule", _("Schedule"), [_line(row) for row in card.schedule]),
        ("accounts", _("Accounts"), accounts),
        ("subscriptions", _("Subscriptions"), [_subscription(row) for row in card.subscriptions]),
        ("discounts", _("Discounts"), [_discount(row) for row in card.discounts]),
        ("contracts", _("Contracts"), [_contract(row) for row in card.contracts]),
        ("freezes", _("Freezes"), [_freeze(row) for row in card.freezes]),
        ("tasks", _("Tasks"), [_task(task, card) for task in card.tasks]),
        ("messages", _("Latest messages"), [_message(message) for message in card.messages]),
        ("files", _("Files"), [_file(file) for file in card.files]),
        ("visits", _("Past lessons"), past),
        ("next_lessons", _("Next lessons"), coming),
    ]


def _student(student: StudentCard) -> dict[str, Any]:
    told = {}
    for field, cell in zip(student.values.fields, student.values.cells, strict=True):
        convert = for_machines(column_of(field))
        told[field.key] = convert(cell) if convert else cell
    return told | {"subjects": _learning(student)}


def _learning(student: StudentCard) -> list[dict[str, str | None]]:
    return [{"subject": subject, "level": level} for subject, level in student.learning]


def _line(row: tuple[Any, ...]) -> dict[str, Any]:
    keys = ("id", "weekdays", "time", "minutes", "every_weeks", "group", "student", "subject", "teacher", "room")
    *told, kind, first, last = row
    known = dict(zip(keys, told, strict=True))
    return known | {"type": kind, "from": first.isoformat(), "to": last and last.isoformat()}


def _subscription(row: tuple[Any, ...]) -> dict[str, Any]:
    number, _client_id, _client, student_id, student, plan, kind, price, lessons, left, *rest = row
    sold, first, last, billing, separate, trial, state, burnt, burnt_sum = rest
    return {
        "id": number,
        "student_id": student_id,
        "student": student,
        "plan": plan,
        "kind": kind,
        "price": machine_money(price),
        "lessons": lessons,
        "lessons_left": left,
        "sold": sold,
        "first": first,
        "last": last,
        "billing": billing,
        "separate": bool(separate),
        "trial": bool(trial),
        "state": state,
        "burnt": burnt,
        "burnt_sum": None if burnt_sum is None else machine_money(burnt_sum),
    }


def _discount(row: DiscountRow) -> dict[str, Any]:
    amount = None if row.amount is None else machine_money(row.amount)
    told = row._asdict() | {"percent": percent_number(row.percent), "amount": amount}
    return {key: value for key, value in told.items() if key not in ("client_id", "client")}


def _contract(row: tuple[Any, ...]) -> dict[str, Any]:
    number, called, school_number, _client_id, _client, signed, ends, amount, *rest = row
    known = {"id": number, "number": called, "school_number": school_number, "signed": signed, "ends": ends}
    others = zip(("visits", "type", "pay_day", "terms", "terminated"), rest, strict=True)
    return known | {"amount": machine_money(amount)} | dict(others)


def _freeze(row: tuple[Any, ...]) -> dict[str, Any]:
    number, student_id, student, _client_id, _client, *rest = row
    told = dict(zip(("from", "to", "days", "state", "excused", "reason", "group"), rest, strict=True))
    return {"id": number, "student_id": student_id, "student": student} | told | {"excused": bool(told["excused"])}


def _task(task: Task, card: Card) -> dict[str, Any]:
    return {
        "id": task.id,
        "text": task.text,
        "due": task.due_on.isoformat() if task.due_on else None,
        "state": task.state,
        "overdue": is_overdue(task.state, task.due_on, card.today),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "date": message.on.isoformat(),
        "channel": message.channel,
        "direction": None if message.channel == "comment" else message.direction,
        "state": message.state,
        "subject": message.subject,
        "text": message.text,
    }


def _file(file: ClientFile) -> dict[str, Any]:
    return {"id": file.id, "name": file.name, "size": file.size, "added": file.added_on.isoformat()}


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "date": visit.on.isoformat(),
        "time": visit.time,
        "student": visit.student,
        "state": visit.state,
        "grade": visit.grade,
        "topic": visit.topic,
        "reason": visit.reason,
        "lesson_type": visit.lesson_type,
        "subject": visit.subject,
    }
