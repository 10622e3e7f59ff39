"""A command line that is still being typed, taken apart as a shell would, and the command it has come to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from schoolcrm.commands.root_help import GLOBAL_OPTIONS


class Typed(NamedTuple):
    """The words before the cursor's, and the beginning of that one, without quotes and backslashes."""

    words: list[str]
    begun: str


class Place(NamedTuple):
    """Where the cursor stands and what may come next; `path` are the names of commands so far.

    `group`: a group of commands whose name comes next; `parameter`: what the cursor's word is the value of;
    `command`: the command whose options may come too.
    """

    path: list[str]
    begun: str
    group: Any = None
    command: Any = None
    parameter: Any = None


def take_apart(line: str) -> Typed:
    """Return the words of a line up to the cursor, the program's name left out; open quotes are no matter."""
    words, word, quote, inside = [], "", "", False
    characters = iter(line)
    for character in characters:
        if character == "\\" and quote != "'":
            word, inside = word + next(characters, ""), True
        elif character in "'\"" and quote in ("", character):
            quote, inside = "" if quote else character, True
        elif character.isspace() and not quote:
            words += [word] if inside else []
            word, inside = "", False
        else:
            word, inside = word + character, True
    while words and "=" in words[0]:  # DB=x schoolcrm …
        del words[0]
    return Typed(words[1:], word)


def place_of(words: list[str], begun: str, root: Any) -> Place:
    """Return what the cursor's word is after those words: a command's name, an option, the value of a parameter."""
    group = root
    for at, word in enumerate(words):
        command, path = group.get_command(None, word), words[: at + 1]
        if command is None:
            return Place(path, begun)
        if not hasattr(command, "list_commands"):
            return _place_in(command, words[at + 1 :], Place(path, begun, command=command))
        group = command
    return Place(words, begun, group=group)


def _place_in(command: Any, words: list[str], place: Place) -> Place:
    """Return the place among a command's options and arguments."""
    options = {name: param for param in command.params for name in (*param.opts, *param.secondary_opts)}
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    at, pending = 0, None
    for word in words:
        if pending is not None:
            pending = None
        elif word.startswith("-") and len(word) > 1:
            option = options.get(word)
            pending = option if option is not None and not option.is_flag else None
        elif at < len(arguments) and arguments[at].nargs != -1:
            at += 1
    if pending is not None:
        return place._replace(parameter=pending)
    name, equals, value = place.begun.partition("=")
    if equals and name in options:
        return place._replace(parameter=options[name], begun=value)
    return place._replace(parameter=arguments[at] if at < len(arguments) else None)


def without_globals(words: list[str]) -> tuple[list[str], dict[str, str], str]:
    """Return the words but global options, those with their values, and the one whose value comes next, if any."""
    valued = {name for name, value, _text in GLOBAL_OPTIONS if value}
    rest, given, pending = list[str](), dict[str, str](), ""
    for word in words:
        name, equals, value = word.partition("=")
        if pending:
            given[pending], pending = word, ""
        elif name in valued and equals:
            given[name] = value
        elif name in valued:
            pending = name
        else:
            rest.append(word)
    return [word for word in rest if word not in ("-q", "--quiet", "--debug")], given, pending


def options_of(command: Any) -> Iterator[tuple[str, str]]:
    """Yield the options of a command, each with what it is for; the long writing where there is one."""
    for param in command.params:
        if param.param_type_name == "option" and not param.hidden:
            yield max(param.opts, key=len), param.help or ""
