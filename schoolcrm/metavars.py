"""What help pages have in common: how wide they are, what stands for a value — NAME, DATE, N… — in them."""

import os
import sys
from typing import Any

WIDEST = 120  # columns of a help page, however wide the terminal is
_USUAL = 80
_MARGIN, _NARROWEST = 2, 50  # as Typer has them

_OF_OPTIONS = {
    "--absent": "NAME[:REASON],…",
    "--billing": "by-lesson|upfront",
    "--days": "DAYS",
    "--delimiter": "SIGN",
    "--kind": "KIND",
    "--length": "30d|1m",
    "--present": "NAME,…",
    "--subscription": "SUBSCRIPTION",
} | dict.fromkeys(("--amount", "--pay", "--price"), "AMOUNT")
_OF_OPTIONS |= dict.fromkeys(("--from", "--on", "--to"), "DATE")
_NAMED = ("account", "client", "encoding", "group", "level", "location", "name", "payer", "room", "sheet", "student")
_OF_OPTIONS |= {f"--{name}": "NAME" for name in (*_NAMED, "subject", "teacher", "type")}


def usual_metavar(param: Any) -> str | None:
    """Return what stands for the parameter's value unless its declaration says so; None for a flag."""
    if param.metavar is not None or getattr(param, "is_flag", False):
        return param.metavar  # type: ignore[no-any-return]
    if param.param_type_name == "argument":
        return str(param.name).upper()
    kind = getattr(param.type_descriptor, "annotation", str)
    if kind is int:
        return "N"
    return _OF_OPTIONS.get(param.opts[0], "TEXT" if kind is str else "NAME")


def in_usage(argument: Any) -> str:
    """Return an argument as the usage line has it: CLIENT, [DATE], [QUERY]..."""
    name = str(argument.metavar)
    shown = name if argument.required or name.startswith("[") else f"[{name}]"
    return shown + "..." if argument.nargs != 1 and not shown.endswith("...") else shown


def in_list(argument: Any) -> str:
    """Return an argument as the list of arguments has it: without the brackets, which say that it may be left out."""
    name = str(argument.metavar).removesuffix("...")
    return name[1:].removesuffix("]") if name.startswith("[") else name


def page_width() -> int:
    """Return how many columns a help page may take: those of the terminal, within reason."""
    columns = os.environ.get("COLUMNS", "")
    try:
        wide = int(columns) if columns.isdecimal() else os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # no terminal
        wide = 0
    return max(min(wide or _USUAL, WIDEST) - _MARGIN, _NARROWEST)
