"""`schoolcrm messages deliver`: what waits in the queue is sent, each message once (R40, R55)."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import typer

from schoolcrm.commands.session import done, reading, say, writing
from schoolcrm.commands.settings import user_settings
from schoolcrm.core.errors import ExitCode, Refused
from schoolcrm.core.language import _

if TYPE_CHECKING:
    import sqlite3

    from schoolcrm.core.office.delivery import Carrier, Outcome
    from schoolcrm.core.office.messages import Message
    from schoolcrm.core.rules.mail_server import MailServer
    from schoolcrm.core.store.transaction import WritableSchool


def deliver(ctx: typer.Context) -> None:
    """Send what waits; exit code 3 if something was not sent."""
    from schoolcrm.core.office.delivery import interrupted_messages, waiting_messages

    with reading(ctx) as school:
        waiting, interrupted = waiting_messages(school.db), interrupted_messages(school.db)
        server = _server(school.db)
    settings = user_settings(os.environ)
    channels = {channel: [one for one in waiting if one.channel == channel] for channel in ("sms", "email")}
    can_go = {"email": bool(server.server), "sms": "sms_command" in settings}
    left = [one for channel, messages in channels.items() if not can_go[channel] for one in messages]
    going = {channel: messages for channel, messages in channels.items() if can_go[channel] and messages}
    if ctx.obj.dry_run:
        _tell_plan(ctx, [one for messages in going.values() for one in messages])
        outcomes: list[Outcome] = []
    else:
        outcomes = list(_outcomes(ctx, going, server, settings))
    _warn(ctx, left, interrupted, outcomes)
    _finish(ctx, outcomes, left, interrupted, waiting)


def _outcomes(
    ctx: typer.Context, going: "dict[str, list[Message]]", server: "MailServer", settings: dict[str, str]
) -> "Iterator[Outcome]":
    from schoolcrm.core.office import delivery

    opening = partial(writing, ctx)
    for channel, messages in going.items():
        with _carrier(channel, server, settings) as carrier:
            yield from delivery.deliver(messages, opening, _page, carrier)


@contextmanager
def _carrier(channel: str, server: "MailServer", settings: dict[str, str]) -> "Iterator[Carrier]":
    if channel == "sms":
        from schoolcrm.core.office.sms import SmsCommand

        yield SmsCommand(settings["sms_command"])
        return
    from schoolcrm.commands.passwords import mail_password
    from schoolcrm.core.office.mail import MailCarrier

    if not server.sender:
        raise Refused(
            _("It is not said from which address emails come."),
            _("Say it: schoolcrm config set mail_from school@example.org"),
        )
    password = mail_password(settings) if server.user else ""
    with closing(MailCarrier(server._replace(password=password))) as carrier:
        yield carrier


def _server(db: "sqlite3.Connection") -> "MailServer":
    from schoolcrm.core.rules.mail_server import MailServer
    from schoolcrm.core.store.database import setting

    return MailServer(*(setting(db, key) for key in ("mail_server", "mail_security", "mail_from", "mail_user")))


def _page(school: "WritableSchool", client_id: int) -> str:
    from schoolcrm.reports.personal_page import personal_page

    return personal_page(school.db, client_id, school.today)


def _tell_plan(ctx: typer.Context, messages: "list[Message]") -> None:
    for one in messages:
        say(ctx, _("message {id} to {client}, {address}").format(id=one.id, client=one.client, address=one.address))


def _warn(ctx: typer.Context, left: "list[Message]", interrupted: "list[Message]", outcomes: "list[Outcome]") -> None:
    if any(one.channel == "email" for one in left):
        say(ctx, _("warning: no mail server is set; emails wait. Say which: schoolcrm config set mail_server NAME"))
    if any(one.channel == "sms" for one in left):
        say(
            ctx, _("warning: no command for sms is set; they wait. Say which: schoolcrm config set sms_command COMMAND")
        )
    for outcome in outcomes:
        if outcome.state == "failed":
            told = _("warning: message {id} to {client} was not sent: {reason}; the next delivery tries again.")
            say(ctx, told.format(id=outcome.message.id, client=outcome.message.client, reason=outcome.reason))
    doubtful = [(one, "") for one in interrupted] + [
        (one.message, one.reason) for one in outcomes if one.state == "sending"
    ]
    for one, _reason in doubtful:
        told = _(
            "warning: message {id} to {client} was interrupted and may have been sent; it is not sent again unless"
            " you say so: schoolcrm messages retry {id}"
        )
        say(ctx, told.format(id=one.id, client=one.client))


def _finish(
    ctx: typer.Context,
    outcomes: "list[Outcome]",
    left: "list[Message]",
    interrupted: "list[Message]",
    waiting: "list[Message]",
) -> None:
    ids = {state: [one.message.id for one in outcomes if one.state == state] for state in ("sent", "failed", "sending")}
    in_doubt = [*(one.id for one in interrupted), *ids["sending"]]
    message = _("Sent: {sent}, not sent: {failed}, left waiting: {left}, in doubt: {in_doubt}.")
    if ctx.obj.dry_run:
        message = _("To be sent: {waiting}, left waiting: {left}, in doubt: {in_doubt}.")
    counts = {
        "waiting": len(waiting) - len(left),
        "sent": len(ids["sent"]),
        "failed": len(ids["failed"]),
        "left": len(left),
        "in_doubt": len(in_doubt),
    }
    numbers = {"sent": ids["sent"], "failed": ids["failed"], "left": [one.id for one in left], "in_doubt": in_doubt}
    ctx.obj.has_written = True  # though there may have been nothing to deliver
    done(ctx, message.format(**counts), **numbers)
    if not ctx.obj.dry_run and (counts["failed"] or counts["left"] or counts["in_doubt"]):
        raise typer.Exit(ExitCode.PARTIAL)
