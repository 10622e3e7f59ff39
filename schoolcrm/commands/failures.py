"""What a command that failed tells its caller: one sentence, a hint, an exit code (docs/exit-codes.md)."""

import sys
from typing import TYPE_CHECKING

from schoolcrm.core.errors import Declined, DiskTrouble, ExitCode, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    import typer


_changed = False


def note_change() -> None:
    """Remember that the command has changed the database: a failure after that must not say otherwise."""
    global _changed
    _changed = True


def forget_change() -> None:
    """Begin a new command line."""
    global _changed
    _changed = False


def report_failure(error: Exception, *, debug: bool) -> int:
    """Tell on stderr what went wrong and return the exit code; a traceback only with `debug`."""
    if isinstance(error, SchoolError) and not (_changed and isinstance(error, DiskTrouble)):
        return _report_refusal(error)
    if _changed and isinstance(error, (DiskTrouble, OSError)):
        return _report_refusal(_output_lost(error))
    import typer

    if isinstance(error, typer.Abort):
        return report_interruption()
    if isinstance(error, typer.TyperException):
        return _report_usage(error)
    if isinstance(error, OSError):
        return _report_refusal(_disk_trouble(error))
    return _report_defect(error, debug=debug)


def _report_refusal(error: SchoolError) -> int:
    """Tell the refusal and what to do about it; a no to a question is no error."""
    if isinstance(error, Declined):
        _say(error.sentence)
    else:
        _say_error(error.sentence)
    if error.hint:
        _say_hint(error.hint)
    return error.exit_code


def report_interruption() -> int:
    """Tell that Ctrl-C was obeyed."""
    _say(_("Interrupted; nothing was changed by the step that was running."))
    return ExitCode.INTERRUPTED


def _report_usage(error: "typer.TyperException") -> int:
    from schoolcrm.commands.usage import usage_sentence

    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(error.format_message() + "\n")
        return ExitCode.DONE
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "schoolcrm"
    _say_error(usage_sentence(error))
    _say_hint(_("'{path} --help' shows how the command is used.").format(path=path))
    return ExitCode.REFUSED if type(error).__name__ == "BadParameter" else ExitCode.USAGE


def _disk_trouble(error: OSError) -> DiskTrouble:
    reason = reason_of(error)
    where = str(error.filename or "")
    sentence = _("{file}: {reason}.").format(file=where, reason=reason) if where else reason
    return DiskTrouble(sentence, _("Check the path, its permissions and the free space."))


def _output_lost(error: DiskTrouble | OSError) -> DiskTrouble:
    trouble = _disk_trouble(error) if isinstance(error, OSError) else error
    return DiskTrouble(
        _("The change was made, but what the command prints could not be written."),
        _("Don't repeat the command. The reason: {reason}").format(reason=trouble.sentence),
    )


def _report_defect(error: Exception, *, debug: bool) -> int:
    """One sentence for a defect of the program; a traceback never shows local values."""
    if debug:
        import traceback

        traceback.print_exception(error)
    if _changed:
        _say_error(_("The change was made, but then the program failed on something it did not expect."))
    else:
        _say_error(_("The program failed on something it did not expect; nothing was changed."))
    _say_hint(_("Run it again with --debug and send what it prints: {kind}.").format(kind=type(error).__name__))
    return ExitCode.REFUSED


def _say_error(sentence: str) -> None:
    _say(_("error: {sentence}").format(sentence=sentence))


def _say_hint(text: str) -> None:
    _say(_("hint: {text}").format(text=text))


def _say(text: str) -> None:
    sys.stderr.write(one_line(text) + "\n")
