"""Commands by their last name alone, for whoever leaves the group out: `debtors` is `schoolcrm report debtors`."""

from typing import Any

from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest, did_you_mean

_MOST = 3  # what more groups have (add, list…) says nothing


def unknown_command(name: str, known: list[str], ctx: Any) -> WrongUsage:
    """Return the refusal of a name that is no command of a group, whose commands are `known`."""
    hint = did_you_mean(_commands_meant(name, known, ctx.find_root()))
    hint = hint or _("'{path} --help' lists the commands.").format(path=ctx.command_path)
    return WrongUsage(_('There is no command "{name}".').format(name=name), hint)


def _commands_meant(name: str, known: list[str], root: Any) -> list[str]:
    """Return the names that may be meant by one that is none of a group's: its own, and whole ones of other groups.

    `known`: the group's own commands; `root`: the context of the whole command line.
    """
    telling = {last: paths for last, paths in _paths(root).items() if len(paths) <= _MOST}
    near = [*telling.get(name, []), *closest(name, known)]
    return near or [path for last in closest(name, telling, 1) for path in telling[last]]


def _paths(root: Any) -> dict[str, list[str]]:
    """Return the last name of every command in a group → its whole names."""
    group = root.command
    paths: dict[str, list[str]] = {}
    for above in group.list_commands(root):
        for name in getattr(group.get_command(root, above), "list_commands", lambda _ctx: [])(root):
            paths.setdefault(name, []).append(f"{root.command_path} {above} {name}")
    return paths
