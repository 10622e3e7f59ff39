"""Typer's complaints about a command line, in one sentence of our own."""

from typing import Any

from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest


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
    name = error.param.display_name_raw if error.param.param_type_name == "argument" else error.param.opts[0]
    return _("{name} is missing.").format(name=name)


def _bad_parameter(error: Any) -> str:
    if error.param is None:
        return str(error.message)
    return _("Invalid value for {name}: {reason}.").format(name=error.param.opts[-1], reason=error.message)


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
