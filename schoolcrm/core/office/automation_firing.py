"""Automations at the end of an operation: what it did to the fields of clients is read from the journal (R56).

So every way of changing a client sets them off, and undo takes back what they did together with the rest. What they
change themselves comes after the reading and sets nothing off: one step deep, and no loops.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from schoolcrm.core.clock import utc_now
from schoolcrm.core.errors import BadValue, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import CUSTOM
from schoolcrm.core.office.automation import Automation, automations
from schoolcrm.core.people.bulk import SCALES, SOURCE, read_settings, set_in_bulk
from schoolcrm.core.people.custom_fields import fields_of
from schoolcrm.core.rules.automation import Watch, set_off
from schoolcrm.core.rules.dates import parse_date
from schoolcrm.core.rules.names import fold
from schoolcrm.core.statuses.catalogue import living_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.store.journal import bounds, image_of
from schoolcrm.core.store.numbering import last_number
from schoolcrm.core.store.numbers import number_list
from schoolcrm.core.store.transaction import WritableSchool

DONE, UNCHANGED, FAILED = "done", "unchanged", "failed"
_MOST_IN_A_TERM = 200

# By the number of the change: of an operation that changed thousands, an index by kind of record would read all.
_CHANGED = """
    SELECT entity, record, before FROM change
     WHERE id BETWEEN ? AND ? AND +entity IN ('client', 'client_field') AND operation_id = ?
     ORDER BY id
"""
_NOW = """
    SELECT client.id, {values} FROM json_each(?) AS wanted JOIN client ON client.id = wanted.value
"""
_OWN_NOW = "SELECT field_id, value FROM client_field WHERE client_id = ?"

Outcomes = dict[int, tuple[str, str | None]]
"""What an automation did: client → outcome, and the reason of a failure."""


class Done(NamedTuple):
    """What one automation did for the clients who set it off; a command is still to be run for each of them."""

    automation: Automation
    client_ids: list[int]
    outcomes: Outcomes


def fire(school: WritableSchool) -> list[Done]:
    """Do what the operation sets off, in the order of the automations' numbers, and log it; return what was done.

    What can't be done is taken back and logged with the reason: it never holds the operation up. Commands are left
    for later, for nothing outside may be told of what is not committed yet.
    """
    known = automations(school.db)
    watches = [Watch(one.id, one.field, one.value) for one in known]
    clients: dict[int, list[int]] = {}
    for client_id, changes in sorted(_changes(school, {watch.field for watch in watches}).items()):
        for number in set_off(watches, changes):
            clients.setdefault(number, []).append(client_id)
    done = []
    for one in known:
        if client_ids := clients.get(one.id):
            outcomes = {} if one.does.action == "run" else _attempt(school, one, client_ids)
            log_runs(school, one.id, outcomes)
            done.append(Done(one, client_ids, outcomes))
    return done


def log_runs(school: WritableSchool, automation_id: int, outcomes: Outcomes) -> None:
    """Write down what the automation did."""
    moment = (school.today.isoformat(), utc_now())
    first = last_number(school.db, "automation_run") + 1
    school.db.executemany(
        "INSERT INTO automation_run (id, automation_id, client_id, on_date, at, outcome, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (number, automation_id, client_id, *moment, *outcome)
            for number, (client_id, outcome) in enumerate(outcomes.items(), first)
        ],
    )


def _changes(school: WritableSchool, watched: set[str]) -> dict[int, dict[str, tuple[str, str]]]:
    """Return what the operation did to the watched fields: client → field → value before and after."""
    db = school.db
    before_own: dict[int, dict[int, str]] = {}
    before: dict[int, Mapping[str, Any] | None] = {}
    first, last = bounds(db, school.operation_id) or (1, 0)
    for entity, record, text in db.execute(_CHANGED, (first, last, school.operation_id)):
        if entity == "client":
            before.setdefault(int(record), image_of(text))
            continue
        client_id, field_id = map(int, str(record).split("/"))
        before_own.setdefault(client_id, {}).setdefault(field_id, _told((image_of(text) or {}).get("value")))
    found: dict[int, dict[str, tuple[str, str]]] = {}
    columns = {key: column for key, column in _columns().items() if key in watched}
    for client_id, now in _now(db, columns.values(), before):
        image = before[client_id] or {}
        found[client_id] = {key: (_told(image.get(column)), now[column]) for key, column in columns.items()}
    for own in fields_of(db, "client") if before_own else ():
        key = CUSTOM + fold(own.name)
        for client_id, values in before_own.items() if key in watched else ():
            if own.id in values:
                after = dict(db.execute(_OWN_NOW, (client_id,)).fetchall()).get(own.id)
                found.setdefault(client_id, {})[key] = (values[own.id], _told(after))
    return found


def _columns() -> dict[str, str]:
    """Return the column of every field that a client's record keeps."""
    named = {each.column: each.column for each in CLIENTS.settable()}
    return {**named, **{key: f"{key}_id" for key in (*SCALES, SOURCE)}}


def _now(db: sqlite3.Connection, columns: Iterable[str], ids: Iterable[int]) -> list[tuple[int, dict[str, str]]]:
    names = list(columns)
    if not names:
        return []
    query = _NOW.format(values=", ".join(f"client.{name}" for name in names))
    rows = db.execute(query, (number_list(ids),))
    return [(row[0], dict(zip(names, map(_told, row[1:]), strict=True))) for row in rows]


def _told(cell: object) -> str:
    return "" if cell is None else str(cell)


def _attempt(school: WritableSchool, one: Automation, client_ids: Sequence[int]) -> Outcomes:
    """Do it, or take it back and say why not."""
    act = {"set": _set, "task": _add_tasks, "message": _queue}[one.does.action]
    school.db.execute("SAVEPOINT automation")
    try:
        outcomes = act(school, one, client_ids)
    except SchoolError as error:
        school.db.execute("ROLLBACK TO automation")
        school.forget()
        outcomes = dict.fromkeys(client_ids, (FAILED, error.sentence))
    school.db.execute("RELEASE automation")
    return outcomes


def _set(school: WritableSchool, one: Automation, client_ids: Sequence[int]) -> Outcomes:
    key, value = one.does.set_field or "", one.does.set_value or ""
    if key in SCALES:
        status_id = living_status(school.db, int(value))
        query = f"SELECT id FROM client WHERE {key}_id <> ? AND id IN (SELECT value FROM json_each(?))"  # noqa: S608
        changed = {number for (number,) in school.db.execute(query, (status_id, number_list(client_ids)))}
        note = _("automation {id}").format(id=one.id)
        set_status(school, client_ids, status_id, reason_note=note)
    else:
        source_id = _source(school.db, value) if key == SOURCE and value else None
        settings = read_settings(school.db, {key: value}, school.today, source_id=source_id)
        changed = set(set_in_bulk(school, client_ids, settings))
    return {number: (DONE if number in changed else UNCHANGED, None) for number in client_ids}


def _source(db: sqlite3.Connection, value: str) -> int:
    row = db.execute("SELECT id FROM source WHERE id = ?", (int(value),)).fetchone()
    if row is None:
        raise BadValue(_("The source is not there any more."), _("'schoolcrm automation list' shows what sets it."))
    return int(row[0])


def _add_tasks(school: WritableSchool, one: Automation, client_ids: Sequence[int]) -> Outcomes:
    from schoolcrm.core.office.tasks import add_task

    due_on = parse_date(one.does.due, school.today) if one.does.due else None
    for client_id in client_ids:
        add_task(school, client_id, one.does.text or "", due_on)
    return dict.fromkeys(client_ids, (DONE, None))


def _queue(school: WritableSchool, one: Automation, client_ids: Sequence[int]) -> Outcomes:
    from schoolcrm.core.office.mailing import write_mailing
    from schoolcrm.core.office.messages import queue_messages

    does = one.does
    write = partial(write_mailing, channel=does.channel or "", template=does.text or "", subject=does.subject or "")
    hidden = (FAILED, _("The client is archived or deleted."))
    outcomes: Outcomes = dict.fromkeys(client_ids, hidden)
    for begin in range(0, len(client_ids), _MOST_IN_A_TERM):
        some = ",".join(map(str, client_ids[begin : begin + _MOST_IN_A_TERM]))
        mailing = write(school.db, school.today, [f"id:{some}"])
        queue_messages(school, mailing.messages)
        outcomes |= {message.client_id: (DONE, None) for message in mailing.messages}
        absent = _("The client has no address for it.")
        outcomes |= {number: (FAILED, absent) for number, _name in mailing.unreachable}
    return outcomes
