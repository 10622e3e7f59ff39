"""Values that were typed and are empty: a script's empty $DAY must not stand for today, nor an empty name for all."""

from collections.abc import Mapping
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.metavars import in_list

# No reason is an answer too; and a space or a tab is a delimiter.
_MAY_BE_EMPTY = {"--reason"}
_MAY_BE_BLANK = {"--delimiter"}


def refuse_empty_values(ctx: Any, changing: bool) -> None:
    """Raise BadValue for an option or argument that was typed with an empty value.

    The words of a query may be empty where it only chooses what is shown.
    """
    for param in ctx.command.params:
        if _is_empty(ctx.params.get(param.name), param.opts[0]) and _is_typed(ctx, param):
            if param.name == "query" and not changing:
                continue
            raise empty_value(ctx, param)


def _is_empty(value: Any, name: str) -> bool:
    texts = value if isinstance(value, list) else [value]
    if name in _MAY_BE_EMPTY:
        return False
    return any(isinstance(text, str) and not (text if name in _MAY_BE_BLANK else text.strip()) for text in texts)


def _is_typed(ctx: Any, param: Any) -> bool:
    source = ctx.get_parameter_source(param.name)
    return source is not None and source.name == "COMMANDLINE"


def empty_value(ctx: Any, param: Any) -> BadValue:
    """Return the refusal of a parameter whose value is empty."""
    if param.param_type_name == "argument":
        path = ctx.command_path
        return BadValue(
            _("{option} is empty.").format(option=in_list(param)),
            _("'{path} --help' shows how the command is used.").format(path=path),
        )
    return _empty_option(param.opts[0], any("--unset" in each.opts for each in ctx.command.params))


def refuse_empty_globals(given: Mapping[str, str]) -> None:
    """Raise BadValue for a global option that was typed with an empty value."""
    for name, value in given.items():
        if not value.strip():
            raise _empty_option(name, unset=False)


def _empty_option(name: str, unset: bool) -> BadValue:
    hint = _("Give a value, or leave the option out.")
    if unset:
        hint = _("Give a value, or leave the option out; --unset FIELD empties a field.")
    return BadValue(_("{option} is empty.").format(option=name), hint)
