"""`schoolcrm messages`: what was said and written, and what is to be sent (R55)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands import messages_deliver
from schoolcrm.commands.asked import OneClient, client_asked
from schoolcrm.commands.people_options import ClientName
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.session import choose, confirm, done, optional_day, reading, say, show, writing
from schoolcrm.core.errors import BadValue, ExitCode, NotFound, Refused, WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.office.mailing import Mailing

app = group(_("Messages: calls and letters noted, emails and sms sent."))

_MOST_NAMED = 5
_ENDINGS = (".txt", ".text", ".md", ".html", ".htm")

Number = Annotated[int, typer.Argument(metavar="MESSAGE", help=_("The message's number."))]


@app.command(cls=Changing, help=_("Note a call, a letter or a comment: what was said or written."))
def log(
    ctx: typer.Context,
    client: ClientName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("What was said or written."))],
    channel: Annotated[
        str, typer.Option("--channel", metavar="call|email|sms|comment", help=_("By which way; default: a comment."))
    ] = "comment",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("On which day; default: today."))] = "",
    incoming: Annotated[bool, typer.Option("--in", help=_("It came from the client."))] = False,
) -> None:
    from schoolcrm.core.office.messages import log_message, read_channel
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    way = read_channel(channel)
    if incoming and way == "comment":
        raise WrongUsage(
            _("A comment comes from nobody: --in needs a channel."), _("Add --channel call, email or sms.")
        )
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        on_day = optional_day(school, on)
        number = log_message(school, client_id, text, channel=way, on=on_day, incoming=incoming)
        name = client_name(school.db, client_id)
    message = _("Message {id} of {client} noted.").format(id=number, client=name)
    done(ctx, message, id=number, client_id=client_id, channel=way, state="logged")


@app.command("list", cls=Showing, help=_("Messages of a client or of all, in the order of time."))
def list_(
    ctx: typer.Context,
    client: OneClient = "",
    channel: Annotated[
        list[str], typer.Option("--channel", metavar="CHANNEL", help=_("Only by these ways; repeatable."))
    ] = [],  # noqa: B006
    state: Annotated[
        list[str],
        typer.Option(
            "--state", metavar="STATE", help=_("Only these: logged, queued, sending, sent, failed, cancelled.")
        ),
    ] = [],  # noqa: B006
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.office.messages import Wanted, find_messages, read_channel, read_message_state
    from schoolcrm.reports.messages import messages_table

    channels, states = [read_channel(each) for each in channel], [read_message_state(each) for each in state]
    with reading(ctx) as school:
        span = period_of(school, first, last, period, default="all")
        client_id, name = client_asked(school, client)
        messages = find_messages(school.db, Wanted(client_id, span, channels, states))
    show(ctx, messages_table(messages, span, client=name, channels=channels, states=states))


@app.command(cls=Changing, help=_("Write to all clients who answer to the query; 'deliver' then sends it."))
def send(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(metavar="QUERY...", help=_("Terms, as of 'clients list'; all must hold.")),
    ],
    template: Annotated[
        str,
        typer.Option(
            "--template", metavar="TEXT|FILE", help=_("The text or a file with it; {name}, {balance}… in it.")
        ),
    ],
    channel: Annotated[str, typer.Option("--channel", metavar="email|sms", help=_("By which way."))] = "email",
    subject: Annotated[
        str, typer.Option("--subject", metavar="TEXT", help=_("Subject line of an email; default: a general one."))
    ] = "",
) -> None:
    from schoolcrm.core.office.mailing import write_mailing
    from schoolcrm.core.office.messages import SENDABLE, queue_messages, read_channel

    way = read_channel(channel, SENDABLE)
    if subject and way == "sms":
        raise WrongUsage(_("An sms has no subject line."), _("Leave --subject out."))
    text = _text_of(template)
    with writing(ctx) as school:
        mailing = write_mailing(school.db, school.today, query, channel=way, template=text, subject=subject)
        _require_somebody(mailing)
        if ctx.obj.dry_run:
            say(ctx, _statement(mailing))
        confirm(ctx, _statement(mailing))
        ids = queue_messages(school, mailing.messages)
    for number, name in mailing.unreachable:
        say(ctx, _("warning: {client} (no. {id}) has no address and gets nothing.").format(client=name, id=number))
    message = ngettext(
        "{count} message waits to be sent; 'schoolcrm messages deliver' sends it.",
        "{count} messages wait to be sent; 'schoolcrm messages deliver' sends them.",
        len(ids),
    )
    skipped = [number for number, _name in mailing.unreachable]
    done(ctx, message.format(count=len(ids)), id=ids[0], ids=ids, skipped=skipped)
    if skipped:
        raise typer.Exit(ExitCode.PARTIAL)


app.command("deliver", cls=Changing, help=_("Send what waits: emails by the mail server, sms by your command."))(
    messages_deliver.deliver
)


@app.command(cls=Changing, help=_("Put a message that was not sent into the queue again."))
def retry(ctx: typer.Context, message: Number) -> None:
    from schoolcrm.core.office.messages import get_message, queue_again

    with writing(ctx) as school:
        if get_message(school.db, message).state == "sending":
            confirm(
                ctx,
                _("Message {id} may have been sent before it was interrupted; it would go out again.").format(
                    id=message
                ),
            )
        again = queue_again(school, message)
    told = _("Message {id} to {client} waits to be sent.").format(id=message, client=again.client)
    done(ctx, told, id=message, client_id=again.client_id, state=again.state)


@app.command(cls=Changing, help=_("Take a message out of the queue."))
def cancel(ctx: typer.Context, message: Number) -> None:
    from schoolcrm.core.office.messages import cancel_message

    with writing(ctx) as school:
        cancelled = cancel_message(school, message)
    told = _("Message {id} to {client} is cancelled.").format(id=message, client=cancelled.client)
    done(ctx, told, id=message, client_id=cancelled.client_id, state=cancelled.state)


def _text_of(template: str) -> str:
    """Return the text of the template; one word may be the name of a file: NotFound, BadValue if it can't be read."""
    word = template.strip()
    if not word or any(sign.isspace() for sign in word) or "://" in word:
        return template
    file = Path(word).expanduser()
    if file.is_dir():
        raise BadValue(_("{path} is a folder.").format(path=file), _("Add the name of the file."))
    if not (_is_named_like_a_file(word) or file.is_file()):
        return template
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise NotFound(
            _("There is no file {path}.").format(path=file), _("Name the file of the template, or write its text.")
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(
            _("{path} can't be read: {reason}.").format(path=file, reason=error), _("Name a text file in UTF-8.")
        ) from error


def _is_named_like_a_file(word: str) -> bool:
    """Tell whether the word has a separator of paths or the ending of a text file: nobody sends that as a message."""
    separators = [os.sep, *([os.altsep] if os.altsep else [])]
    return any(sign in word for sign in separators) or word.lower().endswith(_ENDINGS)


def _require_somebody(mailing: "Mailing") -> None:
    if mailing.messages:
        return
    if mailing.unreachable:
        names = ", ".join(name for _number, name in mailing.unreachable[:_MOST_NAMED])
        raise Refused(
            _("Nobody of those found has an address: {names}.").format(names=names),
            _("'schoolcrm clients contact add' gives one; --channel email or sms chooses which."),
        )
    raise NotFound(
        _("No client answers to the query."),
        _("'schoolcrm clients list QUERY' shows whom it finds; nothing was written."),
    )


def _statement(mailing: "Mailing") -> str:
    from schoolcrm.core.rules.names import shortened

    names = shortened(mailing.names, _MOST_NAMED)
    first = mailing.messages[0].text.strip().splitlines()[0]
    message = ngettext(
        '{count} message would be written to {names} ("{text}"); without an address: {skipped}.',
        '{count} messages would be written to {names} (the first: "{text}"); without an address: {skipped}.',
        len(mailing.messages),
    )
    return message.format(count=len(mailing.messages), names=names, text=first, skipped=len(mailing.unreachable))
