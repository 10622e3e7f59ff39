"""What is done by itself when a field of a client takes a value: the list of it, and what came of it (R56)."""

import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.fields import CUSTOM
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.people.bulk import SCALES, SOURCE, STUDIES, Settings
from schoolcrm.core.people.custom_fields import CustomField, fields_of, human_value
from schoolcrm.core.rules.dates import Period, human_date, human_day, parse_date
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.personal import SEXES
from schoolcrm.core.store.cells import day_bounds

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

_COLUMNS = "id, when_field, when_value, action, set_field, set_value, text, due, channel, subject, created_on"
_IN_A_YEAR = timedelta(days=366)
_RUNS = """
    SELECT run.id, run.on_date, run.automation_id, run.client_id, client.name, run.outcome, run.reason,
           automation.action
      FROM automation_run AS run
      JOIN client ON client.id = run.client_id
      JOIN automation ON automation.id = run.automation_id
     WHERE run.on_date BETWEEN :first AND :last AND {whose}
     ORDER BY run.at DESC, run.id DESC
"""


class Action(NamedTuple):
    """What is done: `action` is set, task, message or run; `text` the task's, the message's, or the command's name."""

    action: str
    set_field: str | None = None
    set_value: str | None = None
    text: str | None = None
    due: str | None = None
    channel: str | None = None
    subject: str | None = None


class Automation(NamedTuple):
    """An automation in force; fields by key, own fields as `field.` with the folded name, values as they are kept."""

    id: int
    field: str
    value: str
    does: Action
    created_on: date


class Run(NamedTuple):
    """What an automation did for a client: `outcome` is done, unchanged or failed, then with the reason."""

    id: int
    on: date
    automation_id: int
    client_id: int
    client: str
    outcome: str
    reason: str | None
    action: str


def add_automation(school: "WritableSchool", field: str, value: str, does: Action) -> int:
    """Note what is to be done when the field takes the value, and return its number; Refused for what stands there."""
    for known in automations(school.db):
        if (known.field, known.value, known.does) == (field, value, does):
            raise Refused(
                _("Automation {id} does so already.").format(id=known.id),
                _("'schoolcrm automation list' shows what is done when."),
            )
    if does.action == "set" and does.set_field == field:
        raise Refused(
            _("An automation can't set the field that it waits for: {name}.").format(name=quoted(field)),
            _("Name another field with --set."),
        )
    return school.insert("automation", when_field=field, when_value=value, created_on=school.today, **does._asdict())


def remove_automation(school: "WritableSchool", number: int) -> Automation:
    """Put the automation out of force and return it, what it did stays in the log; NotFound."""
    found = get_automation(school.db, number)
    school.db.execute("UPDATE automation SET removed_on = ? WHERE id = ?", (school.today.isoformat(), number))
    return found


def remove_automations_of(school: "WritableSchool", own: str) -> None:
    """Put out of force what waits for or sets the clients' own field of that name, which is being removed."""
    school.db.execute(
        "UPDATE automation SET removed_on = :today WHERE removed_on IS NULL AND :field IN (when_field, set_field)",
        {"today": school.today.isoformat(), "field": CUSTOM + fold(own)},
    )


def automations(db: sqlite3.Connection) -> list[Automation]:
    """Return the automations in force, by their numbers."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM automation WHERE removed_on IS NULL ORDER BY id")  # noqa: S608
    return [
        Automation(number, field, value, Action(*does), date.fromisoformat(created_on))
        for number, field, value, *does, created_on in rows
    ]


def get_automation(db: sqlite3.Connection, number: int) -> Automation:
    """Return the automation in force of that number; NotFound."""
    for one in automations(db):
        if one.id == number:
            return one
    raise NotFound(
        _("There is no automation {id}.").format(id=number),
        _("'schoolcrm automation list' shows them with their numbers."),
    )


def find_runs(db: sqlite3.Connection, period: Period, client_id: int | None = None) -> list[Run]:
    """Return what automations did in the period, of one client or of all, the latest first."""
    query = _RUNS.format(whose="1" if client_id is None else "run.client_id = :client")
    asked = {
        "client": client_id,
        **day_bounds(period),
    }
    return [Run(row[0], date.fromisoformat(row[1]), *row[2:]) for row in db.execute(query, asked)]


def kept(settings: Settings) -> tuple[str, str]:
    """Return the one field of the settings and its value as automations keep them, "" for an emptied one."""
    for key, status_id in settings.status_ids.items():
        return key, str(status_id)
    for own, value in settings.custom.items():
        return CUSTOM + fold(own.name), value
    column, cell = next(iter(settings.facts.items()))
    if column == f"{SOURCE}_id":
        return SOURCE, "" if cell is None else str(cell)
    return column, "" if cell is None else str(int(cell) if isinstance(cell, bool) else cell)


def read_due(text: str, today: date) -> str:
    """Return by when a task is due, counted from the day of the automation; BadValue for a day of the calendar."""
    due = parse_date(text, today)
    if parse_date(text, today + _IN_A_YEAR) == due:
        raise BadValue(
            _("{day} is the same day for every task to come.").format(day=human_date(due)),
            _("Count from the day on which the task is added: +3d, +2w, mon."),
        )
    if due < today:
        raise BadValue(
            _("A task can't be due before the day on which it is added: {value}.").format(value=quoted(text)),
            _("Count forward from it: +3d, +2w, mon."),
        )
    return fold(text)


class Words:
    """What people call the fields and values of automations."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._statuses: Mapping[str, str] = {
            str(number): name for number, name in db.execute("SELECT id, name FROM status")
        }
        self._sources: Mapping[str, str] = {
            str(number): name for number, name in db.execute("SELECT id, name FROM source")
        }
        self._own: Mapping[str, CustomField] = {CUSTOM + fold(own.name): own for own in fields_of(db, "client")}

    def field(self, key: str) -> str:
        """Return the field as one writes it in a command."""
        return f"{CUSTOM}{self._own[key].name}" if key in self._own else key

    def value(self, key: str, value: str) -> str:
        """Return the value as people read it, "" for none."""
        if key in SCALES:
            return self._statuses.get(value, value)
        if key == SOURCE:
            return self._sources.get(value, value)
        if key == STUDIES:
            return _("yes") if value == "1" else _("no")
        if key == "sex":
            return _(SEXES.get(value, value))
        if key == "birthday" and value:
            return human_day(value)
        return human_value(self._own[key].type, value) if key in self._own else value

    def condition(self, one: Automation) -> str:
        """Return what the automation waits for: `status = Refused`."""
        return f"{self.field(one.field)} = {self.value(one.field, one.value)}"

    def what(self, does: Action) -> str:
        """Return what is done: `studies = no`, a text, the name of a command."""
        if does.set_field is None:
            return does.text or ""
        return f"{self.field(does.set_field)} = {self.value(does.set_field, does.set_value or '')}"
