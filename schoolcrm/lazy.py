"""Commands that are imported and built when they are used, and the three kinds of command.

Building a command costs Typer about a millisecond: a group builds the one that was named, not all of them.
"""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as build_command
from typer.main import get_command_from_info, get_command_name
from typer.models import CommandInfo

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.metavars import in_list, in_usage, usual_metavar
from schoolcrm.streams import keep_working_unread

_NEGATIVE = r"-[\d\s\u00a0\u202f.,]+"
_MINUS = "−"
_LONGEST = 300  # characters of what a command does, where its group lists it


class _InOurWords:
    """What help pages of commands and of groups say in the language in use."""

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        """Write the usage line with a translated heading."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_("Usage:") + " ")

    def get_help_option(self, ctx: Any) -> Any:
        """Return the --help option, described in the language in use."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this page.")
        return option


class SchoolHelp(_InOurWords, TyperCommand):
    """Help pages in the language in use; a negative number is a value, for no option begins with a digit."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for param in self.params:
            param.metavar = usual_metavar(param)

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read "-500" as the number it is: with the true minus sign the parser leaves it alone."""
        valued = {name for param in self.params if not getattr(param, "is_flag", True) for name in param.opts}
        signed = [
            _MINUS + word[1:] if _is_negative(word) and before not in valued else word
            for before, word in zip(["", *args], args, strict=False)
        ]
        rest = super().parse_args(ctx, signed)
        for param in self.params:
            if param.param_type_name == "argument" and param.name in ctx.params:
                ctx.params[param.name] = _as_typed(ctx.params[param.name], args)
        if any(map(_may_be_empty, args)):
            from schoolcrm.empty_values import refuse_empty_values

            refuse_empty_values(ctx, changing=isinstance(self, Changing))
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what the usage line has after the command."""
        arguments = [in_usage(param) for param in self.get_params(ctx) if param.param_type_name == "argument"]
        return ["[OPTIONS]", *arguments]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the options, each with its meaning."""
        records = [(param, param.get_help_record(ctx)) for param in self.get_params(ctx)]
        told = [(param, record) for param, record in records if record is not None]
        arguments = [(in_list(param), record[1]) for param, record in told if param.param_type_name == "argument"]
        options = [record for param, record in told if param.param_type_name == "option"]
        for heading, lines in ((_("Arguments"), arguments), (_("Options"), options)):
            if lines:
                with formatter.section(heading):
                    formatter.write_dl(lines)


def _may_be_empty(word: str) -> bool:
    return word.rstrip()[-1:] in ("", "=")


def _is_negative(word: str) -> bool:
    return word[:1] == "-" and word[1:2] != "-" and re.fullmatch(_NEGATIVE, word) is not None


def _as_typed(value: Any, args: list[str]) -> Any:
    """Return the value of an argument with the minus sign that was typed."""
    if isinstance(value, list):
        return [_as_typed(each, args) for each in value]
    if isinstance(value, str) and value.startswith(_MINUS) and "-" + value[1:] in args:
        return "-" + value[1:]
    return value


def _shared_options(declare: Any) -> list[Any]:
    """Return the parameters of a function as Typer's options, to be added to a command's own."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(declare)
    return list(build_command(app).params)


def _changing_options(
    yes: bool = typer.Option(False, "--yes", "-y", help=_("Do it without asking.")),
    dry_run: bool = typer.Option(False, "--dry-run", help=_("Show what would be done and change nothing.")),
    result_format: str = typer.Option("", "--format", metavar="json", help=_("Print what was made as JSON.")),
) -> None: ...


def _showing_options(
    table_format: str = typer.Option(
        "", "--format", metavar="table|csv|json|jsonl|xlsx|html|md", help=_("How to print; default: table.")
    ),
    output: str = typer.Option(
        "", "--output", "-o", metavar="FILE", help=_("Write to a file; its ending chooses the format.")
    ),
    excel: bool = typer.Option(False, "--excel", help=_("CSV for Russian Excel: semicolons and decimal commas.")),
) -> None: ...


class _WithShared(SchoolHelp):
    """A command with options that every command of its kind takes; they travel on `ctx.obj`."""

    shared: Any = None

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._own = _shared_options(type(self).shared)
        self.params.extend(self._own)

    def invoke(self, ctx: Any) -> Any:
        """Hand the shared options to the session, the others to the command's function."""
        for option in self._own:
            setattr(ctx.obj, option.name, ctx.params.pop(option.name))
        return super().invoke(ctx)


class Changing(_WithShared):
    """A command that writes: takes --yes, --dry-run and --format json."""

    shared = staticmethod(_changing_options)

    def invoke(self, ctx: Any) -> Any:
        """Refuse a format that the command can't print as, before anything is done."""
        asked = ctx.params["result_format"]
        if asked not in ("", "json"):
            raise BadValue(
                _('A changing command can\'t print as "{format}".').format(format=asked), _("Use --format json.")
            )
        keep_working_unread()
        return super().invoke(ctx)


class Showing(_WithShared):
    """A list or report: takes --format, -o and --excel."""

    shared = staticmethod(_showing_options)


class SchoolGroup(_InOurWords, TyperGroup):
    """A group of commands with help in the language in use and suggestions for misspelt names."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, each with its first sentence whole."""
        commands: list[tuple[str, Any]] = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, command.get_short_help_str(_LONGEST)) for name, command in commands])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command named by the first argument; WrongUsage has suggestions for a misspelt one."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None:
            from schoolcrm.other_commands import unknown_command

            raise unknown_command(name, self.list_commands(ctx), ctx)
        return name, command, args[1:]


class LazyGroup(SchoolGroup):
    """The root: it knows the module of every command, and imports the one that is used."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        super().__init__(name="schoolcrm", rich_markup_mode=None)
        self.modules = modules

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.modules)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of a command and return it; None if there is no such command."""
        module = self.modules.get(cmd_name)
        return _command_of(import_module(module).app, cmd_name) if module else None


class Elsewhere:
    """Stands for a command, or a group of commands, that another module holds; it is imported when that is used."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def found(self) -> Any:
        """Import the module and return what it holds; None if it declares the command itself."""
        module = import_module(self.module)
        return getattr(module, self.name) if self.name else None


def elsewhere(module: str, name: str = "") -> Any:
    """Return what stands for a function or app of another module of `commands`, in `app.command` and `add_typer`.

    Without a name the module declares the command itself, as one of the same app.
    """
    return Elsewhere(f"schoolcrm.commands.{module}", name)


class GroupOfApp(SchoolGroup):
    """The group that a module declares with `group` and `@app.command`."""

    def __init__(self, app: typer.Typer, name: str) -> None:
        super().__init__(name=name, help=app.info.help, no_args_is_help=True, rich_markup_mode=None)
        self.app = app
        self.groups = {str(info.name): info.typer_instance for info in app.registered_groups}

    @property
    def declared(self) -> dict[str, CommandInfo]:
        """The commands by name. What another module has declared since stands where it was announced."""
        return {
            info.name or get_command_name(getattr(info.callback, "__name__", "")): info
            for info in self.app.registered_commands
        }

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of their declaration, commands before groups."""
        return [*self.declared, *self.groups]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Build the command of that name; None if there is no such command."""
        if inner := self.groups.get(cmd_name):
            return _command_of(_app_of(inner), cmd_name)
        info = self.declared.get(cmd_name)
        if info is None:
            return None
        if isinstance(info.callback, Elsewhere):
            info.callback = info.callback.found()
            info = info if info.callback else self.declared[cmd_name]
        return get_command_from_info(
            info, pretty_exceptions_short=self.app.pretty_exceptions_short, rich_markup_mode=None
        )

    def summaries(self) -> Iterator[tuple[str, str]]:
        """Yield the commands and groups, and the help of each; none is built."""
        for info in self.declared.values():
            if isinstance(info.callback, Elsewhere) and not info.callback.name:
                info.callback.found()  # which declares it, help and all
        for name, info in self.declared.items():
            yield name, str(info.help or "")
        for name, inner in self.groups.items():
            yield name, str(_app_of(inner).info.help or "")


def _app_of(inner: Any) -> typer.Typer:
    app: typer.Typer = inner.found() if isinstance(inner, Elsewhere) else inner
    return app


def _command_of(app: typer.Typer, name: str) -> Any:
    """Return what the app stands for: a group made by `group`, one command, or Typer's view of any other app."""
    if app.info.cls is SchoolGroup:
        return GroupOfApp(app, name)
    command = build_command(app)
    command.name = name
    return command


def group(help: str) -> typer.Typer:
    """Return a group of commands in the project's manner: plain help, also when called bare."""
    return typer.Typer(
        cls=SchoolGroup,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def single() -> typer.Typer:
    """Return the app of a command that stands in the root by itself."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
