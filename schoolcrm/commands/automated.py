"""Automations behind a changing command: set off at its end, their commands run once it is committed (R56)."""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from schoolcrm.core.errors import SchoolError
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    import typer

    from schoolcrm.core.office.automation_firing import Done, Outcomes
    from schoolcrm.core.store.transaction import WritableSchool

UNWATCHED = frozenset({"clients purge", "db anonymise", "init", "messages deliver"})
"""Commands that set nothing off: they change no client, or leave nobody to do anything for."""
MARK = "SCHOOLCRM_AUTOMATION"
"""Set for commands that automations run: what those change in the school sets nothing off again."""
_MOST_FAILURES = 10


def finish(ctx: "typer.Context", command: str, school: "WritableSchool") -> Callable[[], None] | None:
    """Do what the operation sets off, in its transaction; return what is to be done and told after it, None: nothing.

    Imports and what takes operations back open the school otherwise, and set nothing off.
    """
    if command in UNWATCHED or os.environ.get(MARK):
        return None
    from schoolcrm.core.office.automation import Words
    from schoolcrm.core.office.automation_firing import fire
    from schoolcrm.core.store.cells import client_name

    done = fire(school)
    if not done:
        return None
    words = Words(school.db)
    told = {one.automation.id: f"{words.condition(one.automation)} → {words.what(one.automation.does)}" for one in done}
    names = {number: client_name(school.db, number) for one in done for number in one.client_ids}
    return partial(_finish, ctx, done, told, names)


def _finish(ctx: "typer.Context", done: "list[Done]", told: dict[int, str], names: dict[int, str]) -> None:
    """Run the commands, write down what came of them, and tell all."""
    for one in done:
        outcomes = one.outcomes
        if one.automation.does.action == "run" and not ctx.obj.dry_run:
            outcomes = _run_commands(ctx, one, names)
        _tell(ctx, one, outcomes, told[one.automation.id], names)


def _run_commands(ctx: "typer.Context", one: "Done", names: dict[int, str]) -> "Outcomes":
    from schoolcrm.core.office.automation_firing import FAILED

    left = _("Interrupted: it was not run, or not to its end.")
    outcomes: Outcomes = dict.fromkeys(one.client_ids, (FAILED, left))
    try:
        outcomes.update(_outcomes(ctx, one, names))
    finally:
        _log(ctx, one, outcomes)
    return outcomes


def _outcomes(
    ctx: "typer.Context", one: "Done", names: dict[int, str]
) -> "Iterator[tuple[int, tuple[str, str | None]]]":
    from schoolcrm.core.office.automation_firing import DONE, FAILED
    from schoolcrm.core.office.own_command import run_own_command

    for client_id in one.client_ids:
        given = {
            "SCHOOLCRM_DB": str(ctx.obj.path.absolute()),
            "SCHOOLCRM_CLIENT_ID": str(client_id),
            "SCHOOLCRM_CLIENT_NAME": names[client_id],
            MARK: str(one.automation.id),
        }
        try:
            run_own_command(named_command(one.automation.does.text or ""), {**os.environ, **given})
        except SchoolError as error:
            yield client_id, (FAILED, error.sentence)
        else:
            yield client_id, (DONE, None)


def named_command(name: str) -> str:
    """Return the command that the operator's settings file has under that name; NotFound tells those it has.

    It is never taken from the school's file: one that came from elsewhere must not run anything.
    """
    from schoolcrm.commands.settings import settings_file, user_commands
    from schoolcrm.core.errors import NotFound

    commands = user_commands(os.environ)
    if name in commands:
        return commands[name]
    file = settings_file(os.environ)
    example = f'[commands] {name or "NAME"} = "program --option"'
    if commands:
        hint = _("It has: {names}. Add to it: {example}").format(names=", ".join(commands), example=example)
    else:
        hint = _("It names no commands. Add to it: {example}").format(example=example)
    raise NotFound(
        _('Your settings file {file} has no command "{name}" in its table [commands].').format(file=file, name=name),
        hint,
    )


def _log(ctx: "typer.Context", one: "Done", outcomes: "Outcomes") -> None:
    """Write down what the commands did, in an operation of its own; trouble with it is told and changes nothing."""
    from schoolcrm.core.office.automation_firing import log_runs
    from schoolcrm.core.office.undoing import AUTOMATION
    from schoolcrm.core.store import transaction

    session = ctx.obj
    try:
        with transaction.writing(session.path, session.given_today, user=session.user, command=AUTOMATION) as school:
            log_runs(school, one.automation.id, outcomes)
    except SchoolError as error:
        _warn(_("warning: what the commands did could not be noted: {reason}").format(reason=error.sentence))


def _tell(ctx: "typer.Context", one: "Done", outcomes: "Outcomes", told: str, names: dict[int, str]) -> None:
    from schoolcrm.commands.session import say
    from schoolcrm.core.office.automation_firing import FAILED

    number = one.automation.id
    failed = [(client, reason) for client, (outcome, reason) in outcomes.items() if outcome == FAILED]
    for client, reason in failed[:_MOST_FAILURES]:
        sentence = _("warning: automation {id} ({what}) failed for {client}: {reason}")
        _warn(sentence.format(id=number, what=told, client=names[client], reason=reason))
    if len(failed) > _MOST_FAILURES:
        more = ngettext(
            "warning: automation {id} failed for {count} client more; 'schoolcrm automation log' tells why.",
            "warning: automation {id} failed for {count} clients more; 'schoolcrm automation log' tells why.",
            len(failed) - _MOST_FAILURES,
        )
        _warn(more.format(id=number, count=len(failed) - _MOST_FAILURES))
    count = len(one.client_ids) - len(failed)
    if count:
        sentence = ngettext(
            "Automation {id} ({what}): {count} client.", "Automation {id} ({what}): {count} clients.", count
        )
        say(ctx, sentence.format(id=number, what=told, count=count))


def _warn(text: str) -> None:
    """Tell of a failure, which -q does not silence."""
    sys.stderr.write(one_line(text) + "\n")
