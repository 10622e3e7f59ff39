"""Typer's complaints about a command line, in one sentence of our own."""

from typing import Any

from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest
from schoolcrm.metavars import in_list


def usage_sentence(error: Any) -> str:
    """Return what is wrong with the command line, naming the option or value in question."""
    kind = type(error).__name__
    wording = _SENTENCES.get(kind)
    return wording(error) if wording else str(error.format_message())


def _no_such_option(error: Any) -> str:
    known = error.possibilities or closest(error.option_name, _options_of(error.ctx))
    if known:
        return _("There is no option {name}; did you mean {known}?").format(
            name=error.option_name, known=", ".join(sorted(known))
        )
    return _("There is no option {name}.").format(name=error.option_name)


def _options_of(ctx: Any) -> list[str]:
    return [name for param in ctx.command.params for name in param.opts if name.startswith("--")] if ctx else []


def _missing(error: Any) -> str:
    return _("{name} is missing.").format(name=_named(error.param))


def _bad_parameter(error: Any) -> str:
    if error.param is None:
        return str(error.message)
    return _("Invalid value for {name}: {reason}.").format(name=_named(error.param), reason=error.message)


def _named(param: Any) -> str:
    """Return the parameter as the help page names it."""
    return in_list(param) if param.param_type_name == "argument" else str(param.opts[0])


def _bad_option_usage(error: Any) -> str:
    return _("The option {option} needs a value.").format(option=error.option_name)


def _usage(error: Any) -> str:
    if "unexpected extra argument" in error.message:
        words = error.message.rpartition("(")[2].rstrip(").")
        return _("There are words too many: {words}.").format(words=words)
    return str(error.message)


_SENTENCES = {
    "NoSuchOption": _no_such_option,
    "MissingParameter": _missing,
    "BadParameter": _bad_parameter,
    "BadOptionUsage": _bad_option_usage,
    "UsageError": _usage,
}
