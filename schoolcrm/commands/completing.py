"""What the shell offers when Tab is pressed: commands, options, choices, and names from the database.

`schoolcrm --complete SHELL LINE` prints a candidate a line, with a tab and what it is where the shell shows that.
It writes nothing and complains of nothing: whatever goes wrong, nothing is offered.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from schoolcrm.commands.root_help import GLOBAL_OPTIONS
from schoolcrm.commands.table_of_commands import COMMANDS
from schoolcrm.commands.typed_line import Place, Typed, options_of, place_of, take_apart, without_globals

FILES = "<files>"
"""Printed alone: the shell completes the names of files itself."""
WAIT_MILLISECONDS = 200

_DAYS = ("today", "yesterday", "tomorrow")
_PERIODS = ("this-month", "last-month", "this-week", "all")
_CHOICE = re.compile(r"[a-z][a-z-]*")
_BY_METAVAR = {
    **dict.fromkeys(("CLIENT", "REF", "KEEP", "OTHER"), "clients"),
    **dict.fromkeys(("STUDENT", "FREEZE|STUDENT"), "students"),
    **dict.fromkeys(("GROUP", "GROUP|LESSON", "FROM"), "groups"),
    "CONTRACT": "contracts",
    "SUBSCRIPTION": "subscriptions",
    "PLAN": "plans",
    "STATUS": "statuses",
    "SUBJECT": "subjects",
    "LEVEL": "levels",
}
_BY_NAME = {
    "client": "clients",
    "student": "students",
    "group": "groups",
    "study_group": "groups",
    "target": "groups",
    "plan": "plans",
    "status": "statuses",
    "subject": "subjects",
    "teacher": "teachers",
    "responsible": "teachers",
    "room": "rooms",
    "level": "levels",
    "location": "locations",
    "source": "sources",
    "account": "accounts",
    "lesson_type": "lesson-types",
    "absent": "students",
    "present": "students",
    "ref": "clients",
}
_CODES = {
    "payments kind": ("income", "refund", "adjustment", "goods"),
    "subscription kind": ("lesson", "package", "month"),
    "subscription billing": ("by-lesson", "upfront"),
}

Offer = tuple[str, str]


def complete(arguments: list[str]) -> None:
    """Print what may come next on the line; `arguments` are the shell and the line up to the cursor."""
    try:
        shell, line = arguments
        offers = list(_offers(take_apart(line)))
    except Exception:  # the person at the prompt asked for nothing that could fail
        return
    begun = take_apart(line).begun
    option = begun[: begun.find("=") + 1] if begun.startswith("--") and shell != "bash" else ""
    # Bash takes words apart at = and : too, and leaves what stands before them alone.
    kept = begun[: max(begun.rfind(mark) for mark in "=:") + 1] if shell == "bash" else ""
    for value, about in offers:
        word = option + value.removeprefix(kept)
        sys.stdout.write(f"{word}\n" if shell == "bash" or not about else f"{word}\t{about}\n")


def _offers(typed: Typed) -> Iterator[Offer]:
    from schoolcrm.commands.settings import user_settings

    settings = user_settings(os.environ)
    words, given, pending = without_globals(typed.words)
    _speak(given, settings)
    if pending:
        yield from _values_of_global(pending, typed.begun)
    elif not words:
        yield from _offers_of_root(typed.begun)
    else:
        from schoolcrm.lazy import LazyGroup
        from schoolcrm.plain_parameters import use_plain_parameters

        use_plain_parameters()
        place = place_of(words, typed.begun, LazyGroup({entry.name: entry.module for entry in COMMANDS}))
        yield from _offers_at(place, given, settings)


def _speak(given: dict[str, str], settings: dict[str, str]) -> None:
    from schoolcrm.core.language import LANGUAGES, language_of_locale, use_language

    asked = given.get("--lang") or os.environ.get("SCHOOLCRM_LANG") or settings.get("lang", "")
    use_language(asked if asked in LANGUAGES else language_of_locale(os.environ) or "en")


def _offers_of_root(begun: str) -> Iterator[Offer]:
    from schoolcrm.core.language import _

    if begun.startswith("-"):
        yield from _beginning(begun, _global_options())
    else:
        yield from _beginning(begun, ((entry.name, _(entry.summary)) for entry in COMMANDS))


def _global_options() -> Iterator[Offer]:
    from schoolcrm.core.language import _

    yield from ((name, _(text)) for name, _value, text in GLOBAL_OPTIONS)


def _offers_at(place: Place, given: dict[str, str], settings: dict[str, str]) -> Iterator[Offer]:
    if place.group is not None and not place.begun.startswith("-"):
        yield from _beginning(place.begun, _commands_of(place.group))
    elif place.parameter is not None and not (place.begun.startswith("-") and place.parameter in _arguments(place)):
        yield from _values(place, given, settings)
    elif place.begun.startswith("-"):
        own = options_of(place.command) if place.command is not None else ()
        yield from _beginning(place.begun, dict([*own, *_global_options()]).items())


def _arguments(place: Place) -> list[object]:
    return [param for param in place.command.params if param.param_type_name == "argument"]


def _commands_of(group: object) -> Iterator[Offer]:
    """Yield the commands of a group and the first sentence of each one's help; none is built."""
    from schoolcrm.lazy import GroupOfApp

    if isinstance(group, GroupOfApp):
        yield from group.summaries()


def _values_of_global(option: str, begun: str) -> Iterator[Offer]:
    values = {"--lang": ("ru", "en"), "--today": _DAYS}
    if option == "--db":
        yield FILES, ""
    else:
        yield from _beginning(begun, ((value, "") for value in values.get(option, ())))


def _values(place: Place, given: dict[str, str], settings: dict[str, str]) -> Iterator[Offer]:
    """Yield what the parameter at the cursor may be: days, codes, or names; FILES for a file or folder."""
    param = place.parameter
    metavar = re.sub(r"\[:.*?\]|[\[\].{}]", "", param.metavar or "")
    choices = [part for part in re.split(r"[|,]", metavar) if _CHOICE.fullmatch(part)]
    choices += _CODES.get(f"{place.path[0]} {param.name}", ())
    choices += {"DATE": _DAYS, "PERIOD": _PERIODS}.get(metavar, _DAYS if param.name == "on" else ())
    if {"FILE", "FOLDER"} & {*metavar.split("|")}:
        yield FILES, ""
    yield from _beginning(place.begun, ((choice, "") for choice in choices))
    kind = _kind_of(place, param.name, metavar)
    if kind:
        *before, begun = place.begun.split(",") if param.name in ("present", "absent") else [place.begun]
        for name in _names(given, settings, kind, begun):
            yield ",".join([*before, name]), ""


def _kind_of(place: Place, name: str, metavar: str) -> str:
    """Return the kind of names that a parameter takes, "" for none."""
    if place.path[0] == "catalog" and metavar == "ENTRY":
        return place.path[1]
    if name == "saved" or place.path[1:] == ["filters", "remove"]:
        return f"{place.path[0].removesuffix('s')} filters"
    if place.path == ["fields", "remove"]:
        return "client fields"
    if metavar == "FORM":
        return {"contracts": "contract forms", "subscription": "subscription forms"}.get(place.path[0], "forms")
    if metavar in _BY_METAVAR:
        return _BY_METAVAR[metavar]
    return _BY_NAME.get(name, "") if metavar.partition(",")[0] in ("", "NAME", "TO") else ""


def _names(given: dict[str, str], settings: dict[str, str], kind: str, begun: str) -> list[str]:
    """Return names from the school's file; none where there is no file, or it is busy or not ours."""
    from schoolcrm.commands.session import Session
    from schoolcrm.core.listing.completions import names_beginning
    from schoolcrm.core.store.database import connect, file_version

    path: Path = Session.from_environment(given, os.environ, settings).path
    with closing(connect(path)) as db:
        db.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        file_version(db, path)
        return [name for name in names_beginning(db, kind, begun) if name.isprintable()]


def _beginning(begun: str, offers: Iterable[Offer]) -> Iterator[Offer]:
    for value, about in offers:
        if value.startswith(begun):
            yield value, " ".join(about.split())
