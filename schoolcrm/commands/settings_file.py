"""What may stand in the settings file, and changing one line of it without touching the others."""

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from schoolcrm.commands.session import login_name
from schoolcrm.commands.settings import default_database, settings_file, user_settings
from schoolcrm.core.errors import BadValue, Refused, SchoolError
from schoolcrm.core.language import LANGUAGES, N_, _, language_of_locale
from schoolcrm.core.rules.names import excerpt, tidy
from schoolcrm.core.rules.settings import CSV_WAYS, PLAIN, one_of


class OwnSetting(NamedTuple):
    """A setting of the operator: its default as a function, what it means, and how text becomes its value."""

    default: Callable[[], str]
    meaning: str
    read: Callable[[str], str]


def set_own(key: str, text: str, *, dry_run: bool = False) -> str:
    """Write the setting into the settings file, which is made if need be; return the value. BadValue, DiskTrouble."""
    value = OWN_SETTINGS[key].read(text)
    _change(key, value, dry_run)
    return value


def unset_own(key: str, *, dry_run: bool = False) -> None:
    """Take the setting out of the settings file, if it is there."""
    if key in user_settings(os.environ):
        _change(key, None, dry_run)


def _change(key: str, value: str | None, dry_run: bool) -> None:
    file = settings_file(os.environ)
    user_settings(os.environ)  # what can't be read must not be overwritten
    before = file.read_bytes().decode("utf-8") if file.exists() else ""
    after = with_value(before, key, value)
    if after is None:
        raise Refused(
            _("The settings file {file} is laid out in a way that this command can't change.").format(file=file),
            _("Change {key} in it with an editor.").format(key=key),
        )
    if not dry_run:
        _replace(file, after)


def with_value(text: str, key: str, value: str | None) -> str | None:
    """Return the text of a settings file with one value changed, None taking it out; comments stay as they are.

    None is returned when the key can't be found or placed line by line.
    """
    lines = text.split("\n")
    tables = [number for number, line in enumerate(lines) if line.lstrip().startswith("[")]
    top = tables[0] if tables else len(lines)
    assigned = [number for number in range(top) if re.match(r"\s*[\w\"'.-]+\s*=", lines[number])]
    own = [number for number in assigned if re.match(rf"\s*([\"']?){key}\1\s*=", lines[number])]
    if own and value is None:
        del lines[own[0]]
    elif own:
        lines[own[0]] = _line(key, value or "") + _after_value(lines[own[0]])
    elif value is not None:
        place = assigned[-1] + 1 if assigned else _end(lines, top)
        lines.insert(place, _line(key, value) + ("\r" if "\r\n" in text else ""))
        if place == len(lines) - 1:
            lines.append("")
    after = "\n".join(lines)
    return after if _says_the_same(text, after, key, value) else None


def _end(lines: list[str], top: int) -> int:
    """Return where a first value goes: before the first table, else after the last line that is not empty."""
    if top < len(lines):
        return top
    return top - 1 if lines[-1] == "" else top


def _line(key: str, value: str) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"  # a string of JSON is one of TOML


def _after_value(line: str) -> str:
    """Return what follows the value on its line: the comment with the space before it, the carriage return."""
    for found in re.finditer(r"\s*#", line):
        try:
            tomllib.loads(line[: found.start()])
        except tomllib.TOMLDecodeError:
            continue
        return line[found.start() :]
    return "\r" if line.endswith("\r") else ""


def _says_the_same(before: str, after: str, key: str, value: str | None) -> bool:
    """Tell whether the texts say the same but for the one value: the proof that the right line was changed."""
    try:
        expected, found = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    expected.pop(key, None)
    if value is not None:
        expected[key] = value
    return expected == found


def _replace(file: Path, text: str) -> None:
    from schoolcrm.reports.writers.destination import new_file, write_error

    try:
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as trouble:
            raise write_error(file, trouble) from trouble
        with new_file(file) as target:
            target.write(text.encode("utf-8"))
    except SchoolError as error:
        hint = _("The settings file can be kept elsewhere: name it in SCHOOLCRM_CONFIG.")
        raise type(error)(error.sentence, hint) from error


def _read_path(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise BadValue(
            _('"{value}" can\'t be the name of a file.').format(value=excerpt(text)),
            _("Give the path of the database."),
        )
    path = Path(text.strip()).expanduser().absolute()
    if path.is_dir():
        raise BadValue(_("{path} is a folder.").format(path=path), _("Add the name of the file."))
    return str(path)


def _read_command(text: str) -> str:
    from schoolcrm.core.office.sms import read_command

    return read_command(text)


def _read_user(text: str) -> str:
    name = tidy(text)
    if not name:
        raise BadValue(
            _('"{value}" can\'t be the name of a user.').format(value=excerpt(text)),
            _("Write a name, for example anna."),
        )
    return name


def _formats() -> tuple[str, ...]:
    from schoolcrm.reports.writers import Format

    return tuple(each.value for each in Format)


OWN_SETTINGS: Mapping[str, OwnSetting] = MappingProxyType(
    {
        "db": OwnSetting(lambda: str(default_database(os.environ)), N_("The school's database."), _read_path),
        "user": OwnSetting(login_name, N_("Who signs the changes."), _read_user),
        "lang": OwnSetting(
            lambda: language_of_locale(os.environ) or "en",
            N_("Language of everything the program says."),
            one_of(*LANGUAGES),
        ),
        "format": OwnSetting(
            lambda: "table", N_("Usual format of lists and reports."), lambda text: one_of(*_formats())(text)
        ),
        "csv": OwnSetting(
            lambda: PLAIN, N_("How csv is written: plain for programs, or for Russian Excel."), one_of(*CSV_WAYS)
        ),
        "mail_password_command": OwnSetting(
            str, N_("Command whose first line is the mail server's password."), _read_command
        ),
        "mail_password_file": OwnSetting(
            str, N_("File, readable by you alone, whose first line is the mail server's password."), _read_path
        ),
        "sms_command": OwnSetting(
            str,
            N_("Command that sends one sms: the phone is {phone} or its last argument, the text its input."),
            _read_command,
        ),
    }
)
"""The settings of the operator by key, those of `settings.NAMES`, in the order in which they are listed."""
