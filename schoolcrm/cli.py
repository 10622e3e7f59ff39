"""The command line: global options, version and help, running a command, the one boundary for errors.

Modules are imported where they are needed, so that what is asked most often answers soonest: `--version`
needs nothing, the help page of the root needs no Typer, and no command pays for another one.
"""

import os
import sys

from schoolcrm.streams import drop_output, is_read_to_the_end, prepare_streams

_SHORT = {"-q": "--quiet", "-h": "--help"}
_VALUED = {"--db", "--lang", "--today", "--user"}
_FLAGS = {"--quiet", "--debug"}


def main(arguments: list[str]) -> int:
    """Run one command and return the process's exit code (docs/exit-codes.md)."""
    os.umask(0o077)
    prepare_streams()
    try:
        if arguments[:1] == ["--complete"]:
            return _complete(arguments[1:])
        code = _print_version() if arguments[:1] == ["--version"] else _run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        from schoolcrm.commands.failures import report_interruption

        return report_interruption()
    except Exception as error:
        if isinstance(error, BrokenPipeError) and not is_read_to_the_end():
            drop_output(sys.stdout)  # `| head` has what it wanted of a report
            return 0
        from schoolcrm.commands.failures import report_failure

        code = report_failure(error, debug="--debug" in arguments)
        try:
            sys.stdout.flush()
        except OSError:
            drop_output(sys.stdout)
        return code


def _run(arguments: list[str]) -> int:
    from schoolcrm.later import load_later

    load_later()
    from schoolcrm.commands.settings import user_settings

    given, rest = extract_global_options(arguments)
    settings = user_settings(os.environ)
    _use_language(given.get("--lang") or os.environ.get("SCHOOLCRM_LANG") or settings.get("lang", ""))
    if not all(value.strip() for value in given.values()):
        from schoolcrm.empty_values import refuse_empty_globals

        refuse_empty_globals(given)
    if rest[:1] == ["--version"]:
        return _print_version()
    if rest[:1] == ["--help"]:
        return _print_help()
    return _run_command(rest or ["today"], given, settings)


def extract_global_options(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the global options (name → value) and the other arguments.

    They may stand before or after the command. Raises WrongUsage for an option without its value.
    """
    given: dict[str, str] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
            break
        name, equals, value = word.partition("=")
        name = _SHORT.get(name, name)
        if name in _FLAGS and not equals:
            given[name] = "1"
        elif name in _VALUED:
            given[name] = value if equals else _value_of(name, next(words, None))
        else:
            rest.append(name if name == "--help" else word)
    return given, rest


def _value_of(option: str, word: str | None) -> str:
    from schoolcrm.core.errors import WrongUsage
    from schoolcrm.core.language import _

    if word is None:
        _use_language(os.environ.get("SCHOOLCRM_LANG", ""))
        raise WrongUsage(
            _("The option {option} needs a value.").format(option=option),
            _("'{path} --help' shows how the command is used.").format(path="schoolcrm"),
        )
    return word


def _use_language(asked: str) -> None:
    """Speak the language asked for, by default the locale's; BadValue if the program does not know it."""
    from schoolcrm.core.errors import BadValue
    from schoolcrm.core.language import LANGUAGES, _, language_of_locale, use_language

    use_language(asked if asked in LANGUAGES else language_of_locale(os.environ) or "en")
    if asked and asked not in LANGUAGES:
        raise BadValue(
            _('There is no language "{value}" in the program.').format(value=asked),
            _("Use --lang ru or --lang en."),
        )


def _language_is_said(given: dict[str, str], settings: dict[str, str]) -> bool:
    """Tell whether the caller, the settings or a locale say which language to speak; cron has no locale."""
    from schoolcrm.core.language import language_of_locale

    asked = given.get("--lang") or os.environ.get("SCHOOLCRM_LANG") or settings.get("lang")
    return bool(asked or language_of_locale(os.environ))


def _run_command(words: list[str], given: dict[str, str], settings: dict[str, str]) -> int:
    import typer

    from schoolcrm.commands.failures import forget_change
    from schoolcrm.commands.questions import Unanswered, forget_answers
    from schoolcrm.commands.session import Session
    from schoolcrm.commands.table_of_commands import COMMANDS
    from schoolcrm.lazy import LazyGroup
    from schoolcrm.metavars import WIDEST
    from schoolcrm.plain_parameters import use_plain_parameters

    use_plain_parameters()
    root = LazyGroup({entry.name: entry.module for entry in COMMANDS})
    session = Session.from_environment(given, os.environ, settings)
    if "--help" not in words and not _language_is_said(given, settings):
        session.speak_as_the_school_does()
    forget_answers()
    forget_change()
    while True:
        try:
            # Not `root.main`: that turns a closed pipe (`| head`) into exit code 1.
            with root.make_context("schoolcrm", list(words), obj=session, max_content_width=WIDEST) as context:
                root.invoke(context)
        except Unanswered as question:
            question.put()
        except typer.Exit as left:
            return left.exit_code
        else:
            return 0


def _complete(arguments: list[str]) -> int:
    """Print what may come next on a command line that is being typed, for the scripts of `completion`."""
    from schoolcrm.later import load_later

    load_later()
    from schoolcrm.commands.completing import complete

    complete(arguments)
    sys.stdout.flush()
    return 0


def _print_version() -> int:
    from schoolcrm import __version__

    sys.stdout.write(f"schoolcrm {__version__}\n")
    return 0


def _print_help() -> int:
    from schoolcrm.commands.root_help import root_help

    sys.stdout.write(root_help())
    return 0
