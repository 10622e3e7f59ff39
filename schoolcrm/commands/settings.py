"""What the operator keeps outside the school's file: database, user, language, formats (settings.toml)."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _

NAMES = ("db", "user", "lang", "format", "csv", "mail_password_command", "mail_password_file", "sms_command")


def settings_file(environment: Mapping[str, str]) -> Path:
    """Return where the settings file is looked for: the platform's config folder, or $SCHOOLCRM_CONFIG."""
    if named := environment.get("SCHOOLCRM_CONFIG"):
        return Path(named)
    if sys.platform == "linux":
        return _linux_folder(environment.get("XDG_CONFIG_HOME", ""), ".config") / "settings.toml"
    from platformdirs import user_config_path

    return user_config_path("schoolcrm", appauthor=False) / "settings.toml"


def default_database(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the database used when none is named: in the platform's user data folder."""
    if sys.platform == "linux":
        return _linux_folder(environment.get("XDG_DATA_HOME", ""), ".local/share") / "school.db"
    from platformdirs import user_data_path

    return user_data_path("schoolcrm", appauthor=False) / "school.db"


def _linux_folder(named: str, below_home: str) -> Path:
    """Return what platformdirs would, without the 5 ms that importing it costs every command."""
    base = Path(named) if named.startswith("/") else Path.home() / below_home
    return base / "schoolcrm"


def user_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the settings file, none if there is no file; BadValue if it can't be read."""
    found = _read(settings_file(environment))
    return {name: str(found[name]) for name in NAMES if name in found}


def user_commands(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the commands that automations may run, by the names in the file's table [commands]; BadValue (R56)."""
    table = _read(settings_file(environment)).get("commands")
    return {name: text for name, text in table.items() if isinstance(text, str)} if isinstance(table, dict) else {}


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text("utf-8")
    except OSError:
        return {}
    except UnicodeDecodeError as error:
        raise _unreadable(file, str(error)) from error
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(file, str(error)) from error


def _unreadable(file: Path, reason: str) -> BadValue:
    return BadValue(
        _("The settings file {file} can't be read: {reason}.").format(file=file, reason=reason),
        _("Mend it or move it away."),
    )
