"""Typer without pydantic for plain parameters, to start five times faster.

Since 0.29 Typer builds a pydantic adapter for every parameter of the invoked command, at some 80 ms a start.
Our commands take text, whole numbers, flags and lists of text only (dates, money and names are read by our
own rules), so `use_plain_parameters` reads those here and leaves any other type to Typer. It touches one
name of Typer's (`typer.core.build_runtime_param`), which tests/test_startup.py watches.
"""

from typing import Any

import typer.core

from schoolcrm.core.language import N_, _

_PLAIN = (str, bool, int, list[str])

# Typer's own words in help pages, marked here for our catalogue.
TYPERS_WORDS = (N_("Arguments"), N_("Options"), N_("Commands"), N_("required"), N_("default: {default}"))


class PlainParameter:
    """Reads one parameter that is text, a whole number, a flag or a list of text."""

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as the command's function wants it; a bad number is Typer's usage error."""
        if self.annotation == list[str]:
            return list(value or ())
        if value is None or self.annotation is not int:
            return value
        try:
            return int(str(value).replace("−", "-"))
        except ValueError:
            if not str(value).strip():
                from schoolcrm.empty_values import empty_value

                raise empty_value(ctx, param) from None
            message = _('"{value}" is not a whole number').format(value=value)
            raise typer.BadParameter(message, ctx=ctx, param=param) from None


def use_plain_parameters() -> None:
    """Make Typer read plain parameters through `PlainParameter`, and everything else as it always does."""
    core: Any = typer.core
    full = core.build_runtime_param

    def build(descriptor: Any) -> Any:
        info = descriptor.parameter_info
        bounded = info.min is not None or info.max is not None
        if descriptor.annotation in _PLAIN and not bounded and info.parser is None:
            return PlainParameter(descriptor.annotation)
        return full(descriptor)

    core.build_runtime_param = build
    # So its words (TYPERS_WORDS) are shown in the language in use.
    core._ = _
