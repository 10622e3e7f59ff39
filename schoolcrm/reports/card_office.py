"""A client's card for people: tasks, latest messages, files (R51, R55)."""

from collections.abc import Iterator

from schoolcrm.core.language import _
from schoolcrm.core.office.client_files import ClientFile, human_size
from schoolcrm.core.office.messages import Message
from schoolcrm.core.office.tasks import Task
from schoolcrm.core.office.words import CHANNELS, DIRECTIONS, MESSAGE_STATES, TASK_STATES
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.tasks import is_overdue
from schoolcrm.reports.card import Card

_BETWEEN = " · "
_LONGEST_TEXT = 100


def office_lines(card: Card) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of the card: section, what, details."""
    for task in card.tasks:
        yield _("Tasks"), _named(task.text, task.id), _task(task, card)
    for message in card.messages:
        yield _("Latest messages"), human_date(message.on), _message(message)
    for file in card.files:
        yield _("Files"), _named(file.name, file.id), _file(file)


def _named(name: str, number: int) -> str:
    return _("{name} (no. {id})").format(name=_short(name), id=number)


def _task(task: Task, card: Card) -> str:
    due = _("due on {date}").format(date=human_date(task.due_on)) if task.due_on else None
    overdue = is_overdue(task.state, task.due_on, card.today)
    return _joined(due, _("overdue") if overdue else _(TASK_STATES[task.state]))


def _message(message: Message) -> str:
    direction = None if message.channel == "comment" else _(DIRECTIONS[message.direction])
    state = None if message.state == "logged" else _(MESSAGE_STATES[message.state])
    return _joined(_(CHANNELS[message.channel]), direction, state, message.subject, _short(message.text))


def _file(file: ClientFile) -> str:
    return _joined(human_date(file.added_on), human_size(file.size), file.note)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def _joined(*parts: str | None) -> str:
    return _BETWEEN.join(part for part in parts if part)
