"""The help page of the root, made from its tables alone: no command is imported, nor is Typer."""

from collections.abc import Iterable, Iterator

from schoolcrm.commands.table_of_commands import COMMANDS
from schoolcrm.core.language import N_, _
from schoolcrm.metavars import page_width

# name, value wanted, help
GLOBAL_OPTIONS = (
    ("--db", "FILE", N_("The school's database.")),
    ("--lang", "ru|en", N_("Language of texts; default: the locale's.")),
    ("--today", "DATE", N_("The day that counts as today.")),
    ("--user", "NAME", N_("Who signs the changes; default: the login name.")),
    ("--quiet", "", N_("Say nothing but data and errors (also -q).")),
    ("--debug", "", N_("Show where in the program an error arose.")),
    ("--version", "", N_("Print the version.")),
    ("--help", "", N_("Show this page.")),
)


def root_help() -> str:
    """Return the page in the language in use, as wide as Typer's pages are."""
    options = [(f"{name} {value}".strip(), _(text)) for name, value, text in GLOBAL_OPTIONS]
    commands = [(entry.name, _(entry.summary)) for entry in COMMANDS]
    lines = [
        _("Usage:") + " schoolcrm [OPTIONS] COMMAND [ARGS]...",
        "",
        "  " + _("A command-line CRM for one school, in one SQLite file."),
        "",
        _("Options") + ":",
        *_definitions(options),
        "",
        _("Commands") + ":",
        *_definitions(commands),
    ]
    return "".join(line + "\n" for line in lines)


def _definitions(pairs: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the lines of a list of terms: what they mean stands in a column of its own."""
    beside = 4 + max(len(term) for term, _meaning in pairs)
    for term, meaning in pairs:
        first, *rest = _wrapped(meaning.split(), page_width() - beside)
        yield f"  {term}".ljust(beside) + first
        for line in rest:
            yield " " * beside + line


def _wrapped(words: Iterable[str], width: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line
