"""`init --demo`: a sample school, and what to try on it."""

import os
from functools import partial
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from schoolcrm.commands.session import Session, done, say, sign_of_life
from schoolcrm.core.language import _, current_language, language_of_locale

if TYPE_CHECKING:
    import typer

    from schoolcrm.core.demo.school import Sample


def make_sample(ctx: "typer.Context", currency: str) -> None:
    """Make the school's database with a sample school in it, and say what there is to try; a dry run leaves none."""
    session: Session = ctx.obj
    if session.dry_run:
        with TemporaryDirectory() as folder:
            sample = _made(session, Path(folder) / "school.db", currency)
    else:
        sample = _made(session, session.path, currency)
    sentence = _(
        "A sample school is ready: {path} ({currency}). Clients: {clients}, students: {students}, lessons: {lessons},"
        " subscriptions: {subscriptions}, payments: {payments}."
    )
    done(
        ctx,
        sentence.format(path=session.path, currency=currency, **sample.counts),
        path=str(session.path),
        currency=currency,
        language=current_language(),
        **sample.counts,
    )
    if not (session.result_format or session.dry_run):
        _invite(ctx, sample)


def _made(session: Session, path: Path, currency: str) -> "Sample":
    from schoolcrm.core.demo.school import new_sample_school

    return new_sample_school(
        path, session.user, current_language(), currency, session.given_today, watch=partial(sign_of_life, session)
    )


def _invite(ctx: "typer.Context", sample: "Sample") -> None:
    """Say which commands show most of the program, each as it can be typed."""
    run = " ".join(["schoolcrm", *_options_again(ctx.obj)])
    commands = {
        run: _("what there is to do today"),
        f"{run} clients show {quote(sample.client)}": _("everything about a client"),
        f"{run} lessons hold {quote(sample.group)} {sample.lesson_on} --all-present": _("hold a lesson of yesterday"),
        f"{run} undo": _("take that back"),
        f"{run} report debtors": _("who owes how much"),
    }
    longest = max(map(len, commands.values()))
    say(ctx, _("Try:"))
    for command, what in commands.items():
        say(ctx, f"  {what.ljust(longest)}  {command}")
    say(ctx, _("Nobody in it is real. When you have seen enough, delete the file; 'schoolcrm init' makes your own."))


def _options_again(session: Session) -> list[str]:
    """Return the options to give again, for what neither the environment nor the settings file says."""
    from schoolcrm.commands.settings import user_settings

    settings = user_settings(os.environ)
    usual = Session.from_environment({}, os.environ, settings)
    language = os.environ.get("SCHOOLCRM_LANG") or settings.get("lang") or language_of_locale(os.environ)
    options = []
    if session.path != usual.path:
        options += ["--db", quote(str(session.path))]
    if language and language != current_language():
        options += ["--lang", current_language()]
    if session.given_today is not None and session.today_text != usual.today_text:
        options += ["--today", session.given_today.isoformat()]
    return options
