"""One run of the program: which file, what day, who, how to print; opening the school for a command."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from schoolcrm.commands.backups import back_up_the_day
from schoolcrm.commands.failures import note_change
from schoolcrm.commands.questions import answer, ask_line, ask_yes, can_ask
from schoolcrm.commands.settings import default_database
from schoolcrm.core.errors import Ambiguous, Declined, Refused, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    import sqlite3

    import typer

    from schoolcrm.commands.waiting import Waiting
    from schoolcrm.core.store.database import School
    from schoolcrm.core.store.transaction import WritableSchool
    from schoolcrm.reports.table import Table

T = TypeVar("T")


class Session:
    """What holds for the whole run, from options, environment and settings file; it travels as `ctx.obj`.

    What stands here with its default is filled by the command's shared options (lazy.Changing, lazy.Showing),
    the currency by the school that is read.
    """

    yes = False
    dry_run = False
    result_format = ""
    table_format = ""
    output = ""
    excel = False
    currency = ""
    waiting: "Waiting | None" = None

    def __init__(
        self,
        path: Path,
        *,
        today_text: str,
        given_user: str,
        usual_format: str,
        quiet: bool,
        debug: bool,
        usual_csv: str = "",
    ) -> None:
        self.path = path
        self.today_text = today_text
        self.given_user = given_user
        self.usual_format = usual_format
        self.usual_csv = usual_csv
        self.quiet = quiet
        self.debug = debug

    @classmethod
    def from_environment(
        cls, given: Mapping[str, str], environment: Mapping[str, str], settings: Mapping[str, str]
    ) -> "Session":
        """Return the session: an option wins over the environment, that over the settings file."""

        def chosen(name: str) -> str:
            variable = f"SCHOOLCRM_{name.upper()}"
            return given.get(f"--{name}") or environment.get(variable) or settings.get(name, "")

        db = chosen("db")
        return cls(
            Path(db).expanduser() if db else default_database(environment),
            today_text=chosen("today"),
            given_user=chosen("user"),
            quiet="--quiet" in given,
            debug="--debug" in given,
            usual_format=chosen("format"),
            usual_csv=chosen("csv"),
        )

    @property
    def user(self) -> str:
        """Who signs the changes: as asked for, else the login name."""
        return self.given_user or login_name()

    @property
    def excel_is_usual(self) -> bool:
        """Whether csv is written for Excel unless asked otherwise; BadValue if the setting is neither way."""
        if not self.usual_csv:
            return False
        from schoolcrm.core.rules.settings import CSV_WAYS, EXCEL, PLAIN, kept_value, one_of

        return kept_value("csv", self.usual_csv, PLAIN, one_of(*CSV_WAYS)) == EXCEL

    def speak_as_the_school_does(self) -> None:
        """Make the school's own language that of the texts; nothing happens when there is no file to tell it."""
        from schoolcrm.core.language import use_language
        from schoolcrm.core.store.database import language_of_school

        use_language(language_of_school(self.path))

    @property
    def given_today(self) -> date | None:
        """The day asked for with --today or SCHOOLCRM_TODAY; None: the school's own day."""
        if not self.today_text:
            return None
        from schoolcrm.core.clock import school_day
        from schoolcrm.core.rules.dates import parse_date

        return parse_date(self.today_text, school_day(""))


@contextmanager
def reading(ctx: "typer.Context") -> "Iterator[School]":
    """Open the school for reading; fetch inside, print outside, for writers wait for readers."""
    from schoolcrm.core.store import database

    session: Session = ctx.obj
    with database.reading(session.path, session.given_today) as school:
        session.currency = database.setting(school.db, "currency", "")
        with _sign_of_life(session, school.db):
            yield school


@contextmanager
def writing(ctx: "typer.Context") -> "Iterator[WritableSchool]":
    """Open the school for the one transaction of a changing command; --dry-run takes it back at the end."""
    from schoolcrm.core.store import transaction

    session: Session = ctx.obj
    command = ctx.command_path.removeprefix("schoolcrm ")
    opened = transaction.writing(
        session.path,
        session.given_today,
        user=session.user,
        command=command,
        dry_run=session.dry_run,
        before=None if session.dry_run else partial(back_up_the_day, session.path),
    )
    with opened as school, _sign_of_life(session, school.db):
        yield school
        tell = _automated(ctx, command, school) if transaction.may_set_off(school) else None
    if not session.dry_run:
        note_change()
    if tell is not None:
        tell()


def _automated(ctx: "typer.Context", command: str, school: "WritableSchool") -> Callable[[], None] | None:
    from schoolcrm.commands.automated import finish

    return finish(ctx, command, school)


@contextmanager
def _sign_of_life(session: Session, db: "sqlite3.Connection") -> Iterator[None]:
    """Show on a terminal how long the work on the school takes, once it takes longer than a moment."""
    if session.quiet or not sys.stderr.isatty():
        yield
        return
    from schoolcrm.commands.waiting import shown_wait

    with shown_wait(db) as session.waiting:
        yield


def show(ctx: "typer.Context", table: "Table") -> None:
    """Print a list or report the way the options ask for."""
    from schoolcrm.reports.writers import Output, write

    session: Session = ctx.obj
    file = Path(session.output) if session.output else None
    usual_format = session.usual_format or "table"
    asked = Output(session.table_format or None, file, session.excel, usual_format, session.excel_is_usual)
    write(table, asked._replace(currency=session.currency))


def done(ctx: "typer.Context", message: str, **made: Any) -> None:
    """Say what was done, in a sentence on stderr, or with --format json as an object on stdout."""
    session: Session = ctx.obj
    if session.result_format == "json":
        import json

        sys.stdout.write(json.dumps(made, ensure_ascii=False, default=str) + "\n")
    else:
        say(
            ctx,
            _("{message} (nothing was changed: --dry-run)").format(message=message) if session.dry_run else message,
        )


def say(ctx: "typer.Context", message: str) -> None:
    """Write a message to stderr, unless -q asks for silence."""
    _clear_wait(ctx.obj)
    if not ctx.obj.quiet:
        sys.stderr.write(one_line(message) + "\n")


def confirm(ctx: "typer.Context", statement: str) -> None:
    """Say what would be done and ask; --yes answers. Refused without a terminal, or on any answer but yes."""
    session: Session = ctx.obj
    if session.yes or session.dry_run:
        return
    _clear_wait(session)
    if not can_ask():
        raise Refused(statement, _("Repeat the command with --yes to do it."))
    if not answer(statement, lambda: _agreed(statement)):
        raise Declined(_("Nothing was changed."))


def _clear_wait(session: Session) -> None:
    if session.waiting is not None:
        session.waiting.clear()


def _agreed(statement: str) -> bool:
    sys.stderr.write(one_line(statement) + "\n")
    return ask_yes(_("Do it?"))


def choose(find: Callable[..., T], *arguments: Any, **settings: Any) -> T:
    """Call a finder; when several records answer to the name, let a person on a terminal pick one.

    The finder takes the name last and raises Ambiguous with candidates; off a terminal that stands.
    """
    try:
        return find(*arguments, **settings)
    except Ambiguous as error:
        if not error.candidates or not can_ask():
            raise
        ambiguous = error
    picked = answer((find.__name__, arguments[-1]), lambda: _pick(ambiguous))
    return find(*arguments[:-1], str(picked), **settings)


def _pick(error: Ambiguous) -> int:
    sys.stderr.write(one_line(error.sentence) + "\n")
    ids = [record_id for record_id, _label in error.candidates]
    for number, (record_id, label) in enumerate(error.candidates, start=1):
        sys.stderr.write(f"  {number}. {one_line(label)} (id {record_id})\n")
    while typed := ask_line(_("Which one? Number, or Enter for none:")):
        for number, record_id in enumerate(ids, start=1):
            if typed.rstrip(".") == str(number):
                return record_id
        sys.stderr.write(
            one_line(_("{value} is not in the list: 1 to {most}.").format(value=typed, most=len(ids))) + "\n"
        )
    raise error


def day(school: "School", text: str, default: date | None = None) -> date:
    """Return a date option's value, or the default (today if none is given) when it is empty."""
    from schoolcrm.core.rules.dates import parse_date

    return parse_date(text, school.today) if text else default or school.today


def optional_day(school: "School", text: str) -> date | None:
    """Return a date option's value, or None when it is empty."""
    return day(school, text) if text else None


def login_name() -> str:
    """Return the name under which the operator is known to the machine."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "operator"


__all__ = [
    "SchoolError",
    "Session",
    "choose",
    "confirm",
    "day",
    "done",
    "login_name",
    "optional_day",
    "reading",
    "say",
    "show",
    "writing",
]
