"""`schoolcrm config`: the settings of the school, in its database, and the operator's own, in a file."""

import os
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from schoolcrm.commands.session import done, reading, show, writing
from schoolcrm.commands.settings import NAMES, settings_file, user_settings
from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.core.rules.settings import SETTINGS, setting_key
from schoolcrm.lazy import Changing, SchoolHelp, Showing, group
from schoolcrm.reports.settings import FILE, SCHOOL, SettingRow, settings_table

app = group(_("Settings of the school, and your own."))

Key = Annotated[str, typer.Argument(metavar="KEY", help=_("The setting; 'schoolcrm config list' names them."))]


@app.command("list", cls=Showing, help=_("Every setting: value, default, where it is kept, what it means."))
def list_(ctx: typer.Context) -> None:
    rows = list(_own_rows())
    try:
        school_rows = list(_school_rows(ctx))
    except NotFound:
        school_rows = []
    table = settings_table([*school_rows, *rows], ctx.obj.path, settings_file(os.environ), found=bool(school_rows))
    show(ctx, table)


@app.command("get", cls=SchoolHelp, help=_("Print the value of one setting."))
def get(ctx: typer.Context, key: Key) -> None:
    wanted = _known(key)
    rows = _own_rows() if wanted in NAMES else _school_rows(ctx)
    value = next(row.value for row in rows if row.key == wanted)
    sys.stdout.write(one_line(value or "") + "\n")


@app.command("set", cls=Changing, help=_("Give a setting another value."))
def set_(
    ctx: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help=_("The new value."))],
) -> None:
    wanted = _known(key)
    if wanted in NAMES:
        from schoolcrm.commands.settings_file import set_own

        kept = set_own(wanted, value, dry_run=ctx.obj.dry_run)
    else:
        from schoolcrm.core.office.configuration import read_value, set_setting

        kept = read_value(wanted, value)
        with writing(ctx) as school:
            set_setting(school, wanted, kept)
    told = kept or (_default(wanted) if wanted in SETTINGS else kept)
    done(ctx, _("{key} is {value} now.").format(key=wanted, value=told), id=wanted, value=kept, kept=_place(wanted))


@app.command(cls=Changing, help=_("Take a setting back to its default."))
def unset(ctx: typer.Context, key: Key) -> None:
    wanted = _known(key)
    if wanted in NAMES:
        from schoolcrm.commands.settings_file import OWN_SETTINGS, unset_own

        unset_own(wanted, dry_run=ctx.obj.dry_run)
        value = OWN_SETTINGS[wanted].default()
    else:
        from schoolcrm.core.office.configuration import unset_setting

        with writing(ctx) as school:
            unset_setting(school, wanted)
        value = _default(wanted)
    message = _("{key} is back to its default: {value}.") if value else _("{key} is back to its default.")
    done(ctx, message.format(key=wanted, value=value), id=wanted, value=value or None, kept=_place(wanted))


def _known(name: str) -> str:
    """Return the key that the name stands for; BadValue suggests others."""
    key = setting_key(name)
    if key not in SETTINGS and key not in NAMES:
        raise _unknown(name)
    return key


def _unknown(name: str) -> BadValue:
    from schoolcrm.core.rules.names import closest, did_you_mean, excerpt

    known = [*SETTINGS, *NAMES]
    every = _("Known settings: {names}.").format(names=", ".join(known))
    hint = did_you_mean(closest(setting_key(name), known)) or every
    return BadValue(_('There is no setting "{name}".').format(name=excerpt(name)), hint)


def _place(key: str) -> str:
    return FILE if key in NAMES else SCHOOL


def _school_rows(ctx: typer.Context) -> Iterator[SettingRow]:
    from schoolcrm.core.office.configuration import read_settings

    with reading(ctx) as school:
        values = read_settings(school.db)
    for key, each in SETTINGS.items():
        default = _default(key)
        yield SettingRow(key, values[key] or default or None, default or None, SCHOOL, _(each.meaning))


def _default(key: str) -> str:
    """Return what a setting of the school is by default; of a label the usual word, in the language in use."""
    from schoolcrm.core.rules.labels import LABELS, PREFIX, usual_word

    return usual_word(key) if key.removeprefix(PREFIX) in LABELS else SETTINGS[key].default


def _own_rows() -> Iterator[SettingRow]:
    from schoolcrm.commands.settings_file import OWN_SETTINGS

    kept = user_settings(os.environ)
    for key, each in OWN_SETTINGS.items():
        default = each.default()
        yield SettingRow(key, kept.get(key, default), default, FILE, _(each.meaning))
