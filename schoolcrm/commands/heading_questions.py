"""`--map ask`: which field each unclear heading is, asked of the person before the database is opened (R61)."""

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.commands.questions import answer, ask_line, can_ask
from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold, tidy
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    from schoolcrm.core.importing.fields import FieldTable
    from schoolcrm.core.importing.headings import Column
    from schoolcrm.core.importing.own_fields import CustomField
    from schoolcrm.core.importing.reading import Source
    from schoolcrm.core.importing.transfer import Kind, Wishes

_ROWS_LOOKED_AT = 200
_NEW = ("n", "н", "т")  # т: where n is on a Russian keyboard
_LIST = "?"


class _Choice(NamedTuple):
    """A field that may be meant: how it is assigned, what it is called, whether several headings may be it."""

    target: str
    label: str
    several: bool


class _Unclear(NamedTuple):
    """A column to ask about, and its first filled cell."""

    column: "Column"
    sample: str


def answers_about(
    kind: "Kind", path: Path, wishes: "Wishes", custom_fields: "Sequence[CustomField]"
) -> tuple[dict[str, str], bool]:
    """Return column («#3») → field as a person says, and whether a field of the school's own is to be added.

    Raises Refused without a terminal, KeyboardInterrupt for Ctrl-C and Ctrl-D.
    """
    from schoolcrm.core.importing.headings import doubtful_columns
    from schoolcrm.core.importing.transfer import open_table

    if not can_ask():
        raise Refused(
            _("Nobody can be asked about the headings: this is no terminal."),
            _("Say what they mean with --map 'Heading=field'."),
        )
    with open_table(kind, path, wishes) as source:
        unclear, clear = doubtful_columns(
            source.headings,
            explicit=wishes.assignments,
            saved=wishes.saved,
            custom_fields=custom_fields,
            table=kind.table,
        )
        asked = _with_samples(source, unclear)
    choices = [_Choice(field.key, _(field.label), field.several) for field in kind.table.fields.values()]
    choices += [_Choice(field.target, field.name, False) for field in custom_fields]
    taken = {column.custom.target if column.custom else column.target for column in clear if column.target}
    return answer(("map", str(path)), lambda: _Questions(kind.table, choices, taken).put(asked))


def _with_samples(source: "Source", unclear: "Sequence[Column]") -> list[_Unclear]:
    """Return the columns with their first filled cells; one without heading and cells is not worth a question."""
    samples = dict.fromkeys((column.place for column in unclear), "")
    for _line, cells in islice(source.rows(), _ROWS_LOOKED_AT):
        for place, sample in samples.items():
            if not sample and place < len(cells):
                samples[place] = tidy(cells[place])
    return [
        _Unclear(column, samples[column.place]) for column in unclear if column.heading.strip() or samples[column.place]
    ]


class _Questions:
    """The questions about the headings of one file."""

    def __init__(self, table: "FieldTable", choices: list[_Choice], taken: set[str]) -> None:
        self._table = table
        self._choices = choices
        self._taken = taken
        self._can_add = table.adds_fields

    def put(self, asked: Sequence[_Unclear]) -> tuple[dict[str, str], bool]:
        answers: dict[str, str] = {}
        added = False
        if asked:
            self._list()
        for each in asked:
            target = self._ask(each)
            added = added or (target.startswith("field:") and target not in {choice.target for choice in self._choices})
            self._taken.add(target)
            answers[f"#{each.column.place + 1}"] = target
        return answers, added

    def _list(self) -> None:
        for number, choice in enumerate(self._choices, start=1):
            _say(f"  {number}. {choice.label}")

    def _ask(self, each: _Unclear) -> str:
        """Return what the person says the column is: a field, a new one of the school's own, or "-" to leave it out."""
        heading = excerpt(each.column.heading) or _("column {number}").format(number=each.column.place + 1)
        sentence = _('"{heading}", for example "{sample}"') if each.sample else _('"{heading}", all empty')
        _say(sentence.format(heading=heading, sample=excerpt(each.sample)))
        prompt = _("Which field? Number or name, Enter: leave out, ?: the list again:")
        if self._can_add:
            prompt = _("Which field? Number or name, Enter: leave out, n: a new field of your own, ?: the list again:")
        while True:
            typed = ask_line(prompt)
            if not typed:
                return "-"
            target = self._new_field(each) if self._can_add and typed.casefold() in _NEW else self._meant(typed)
            if target:
                return target

    def _new_field(self, each: _Unclear) -> str:
        name = tidy(each.column.heading) or tidy(ask_line(_("What is the new field called?")))
        return self._unless_taken(_Choice(f"field:{name}", name, False)) if name else ""

    def _meant(self, typed: str) -> str:
        """Return the field of that number, name or usual heading; "", and why or the list said, if there is none."""
        if typed == _LIST:
            self._list()
            return ""
        called = [choice for choice in self._choices if fold(typed) in (fold(choice.label), fold(choice.target))]
        if not called and (field := self._table.named(typed)):
            called = [choice for choice in self._choices if choice.target == field.key]
        if called:
            return self._unless_taken(called[0])
        number = typed.rstrip(".")
        if number.isascii() and number.isdecimal() and 0 < int(number[:6]) <= len(self._choices):
            return self._unless_taken(self._choices[int(number[:6]) - 1])
        _say(_("{value} is not in the list: 1 to {most}.").format(value=excerpt(typed), most=len(self._choices)))
        return ""

    def _unless_taken(self, choice: _Choice) -> str:
        if choice.target in self._taken and not choice.several:
            _say(_('Another heading is "{field}" already.').format(field=choice.label))
            return ""
        return choice.target


def _say(line: str) -> None:
    sys.stderr.write(one_line(line) + "\n")
