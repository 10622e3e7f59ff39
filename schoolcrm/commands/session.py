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
from schoolcrm.commands.choices import choose
from schoolcrm.commands.failures import note_change
from schoolcrm.commands.questions import answer, ask_yes, can_ask
from schoolcrm.commands.settings import default_database
from schoolcrm.core.errors import Declined, Refused, SchoolError
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
    has_written = False
    operation: int | None = None

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
        with sign_of_life(session, school.db):
            yield school


@contextmanager
def writing(
    ctx: "typer.Context", prepare: "Callable[[sqlite3.Connection], None] | None" = None
) -> "Iterator[WritableSchool]":
    """Open the school for the one transaction of a changing command; --dry-run takes it back at the end.

    `prepare` is called with the open file before the transaction begins: what takes long keeps nobody waiting there.
    """
    from schoolcrm.core.store import transaction

    session: Session = ctx.obj
    command = ctx.command_path.removeprefix("schoolcrm ")
    opened = transaction.writing(
        session.path,
        session.given_today,
        user=session.user,
        command=command,
        dry_run=session.dry_run,
        before=partial(_before, session, prepare),
    )
    with opened as school, sign_of_life(session, school.db):
        yield school
        tell = _automated(ctx, command, school) if transaction.may_set_off(school) else None
    note_operation(session, school.kept_as)
    if tell is not None:
        tell()


def note_operation(session: Session, number: int | None) -> None:
    """Remember under which number the journal has what the command did; None: it changed nothing."""
    session.has_written = True
    session.operation = number or session.operation
    if not session.dry_run:
        note_change()


def _before(session: Session, prepare: "Callable[[sqlite3.Connection], None] | None", db: "sqlite3.Connection") -> None:
    if not session.dry_run:
        back_up_the_day(session.path, db)
    if prepare is not None:
        prepare(db)


def _automated(ctx: "typer.Context", command: str, school: "WritableSchool") -> Callable[[], None] | None:
    from schoolcrm.commands.automated import finish

    return finish(ctx, command, school)


@contextmanager
def sign_of_life(session: Session, db: "sqlite3.Connection") -> Iterator[None]:
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

        sys.stdout.write(json.dumps(_signed(session, made), ensure_ascii=False, default=str) + "\n")
    else:
        say(
            ctx,
            _("{message} (nothing was changed: --dry-run)").format(message=message) if session.dry_run else message,
        )


def _signed(session: Session, made: dict[str, Any]) -> dict[str, Any]:
    """Return what was made with the number that `undo --op` takes; it is the `id` too where no one record was made."""
    if not session.has_written:
        return made
    return {"id": session.operation, **made, "operation": session.operation}


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
    "note_operation",
    "optional_day",
    "reading",
    "say",
    "show",
    "writing",
]
