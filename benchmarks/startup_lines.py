"""How soon the program answers: help, and lists and reports on a small school."""

from benchmarks.contest import Contest, Rival
from benchmarks.workshop import Workshop


def version(shop: Workshop, _scale: str) -> Contest:
    """`--version`."""
    return Contest(
        shop.ours("--version"),
        [
            Rival("python -c pass", shop.nothing(), 1.5),
            Rival("sqlite-utils --version", shop.sqlite_utils("--version"), 0.6),
        ],
    )


def help_page(shop: Workshop, _scale: str) -> Contest:
    """`--help` of the root."""
    return Contest(
        shop.ours("--help"),
        [
            Rival("python -c pass", shop.nothing(), 7),
            Rival("sqlite-utils --help", shop.sqlite_utils("--help"), 0.6),
        ],
    )


def group_help(shop: Workshop, _scale: str) -> Contest:
    """The help page of one command."""
    return Contest(
        shop.ours("payments", "add", "--help"),
        [
            Rival("python -c pass", shop.nothing(), 7),
            Rival("sqlite-utils insert --help", shop.sqlite_utils("insert", "--help")),
        ],
    )


def _piped(shop: Workshop, *words: str, language: str = "en") -> Contest:
    """A list or report on S into a pipe, on the day it is (nothing but the file named, as people have it)."""
    db = shop.school("S")
    query = "SELECT id, name, note FROM client WHERE archived_on IS NULL ORDER BY name_key"
    return Contest(
        shop.ours(*words, db=db, fixed_day=False, language=language),
        [
            Rival("python -c pass", shop.nothing(), 8),
            Rival("sqlite-utils query", shop.sqlite_utils("query", db, query, "--csv"), 0.65),
            Rival("beet ls", shop.beet_list()),
        ],
        peak_at_most=25,
    )


def clients_list_piped(shop: Workshop, _scale: str) -> Contest:
    """The first thing anybody looks at."""
    return _piped(shop, "clients", "list")


def clients_list_piped_in_russian(shop: Workshop, _scale: str) -> Contest:
    """The same with a catalogue of texts to read."""
    return _piped(shop, "clients", "list", language="ru")


def debtors_piped(shop: Workshop, _scale: str) -> Contest:
    """The report of the month's end."""
    return _piped(shop, "report", "debtors")


def debtors_piped_in_russian(shop: Workshop, _scale: str) -> Contest:
    """The same with a catalogue of texts to read."""
    return _piped(shop, "report", "debtors", language="ru")


def reconciliation_piped(shop: Workshop, _scale: str) -> Contest:
    """What a parent asks for."""
    return _piped(shop, "report", "reconciliation", shop.typical_client("S"), "--period", "all")


def debtors_on_a_terminal(shop: Workshop, _scale: str) -> Contest:
    """Drawn for a person."""
    ours = shop.ours("report", "debtors", db=shop.school("S"), fixed_day=False, terminal=True)
    return Contest(ours, [Rival("python -c pass", shop.nothing(), 13)])


def clients_list_on_a_terminal(shop: Workshop, _scale: str) -> Contest:
    """The list as a person sees it."""
    ours = shop.ours("clients", "list", db=shop.school("S"), fixed_day=False, terminal=True)
    return Contest(ours, [Rival("python -c pass", shop.nothing(), 13)])


def completion_of_a_command(shop: Workshop, _scale: str) -> Contest:
    """What Tab costs at the beginning of a line."""
    ours = shop.ours("--complete", "bash", "schoolcrm cl", db=shop.school("S"), fixed_day=False)
    return Contest(ours, [Rival("python -c pass", shop.nothing(), 8)])


def completion_of_a_name(shop: Workshop, scale: str) -> Contest:
    """What Tab costs where a client is named."""
    ours, small = (
        shop.ours("--complete", "bash", "schoolcrm clients show Ива", db=shop.school(each), fixed_day=False)
        for each in (scale, "S")
    )
    if scale == "S":
        return Contest(ours, [Rival("python -c pass", shop.nothing(), 8)])
    return Contest(ours, [Rival("the same on S", small, 1.2)])
