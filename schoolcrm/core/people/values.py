"""What people write about people: names, sex, birthdays, emails, yes and no; read exactly or refused (R50, R63)."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.dates import read_date
from schoolcrm.core.rules.names import excerpt, fold, has_letter, tidy
from schoolcrm.core.rules.safetext import printable

SEXES: Mapping[str, str] = {"f": N_("female"), "m": N_("male")}
APPLICATIONS: Mapping[str, str] = {"site": N_("from the site"), "call": N_("by telephone"), "app": N_("from the app")}

_LONGEST_NAME = 200
_LONGEST_EMAIL = 254
_OLDEST = 120
_SEX_WORDS = {
    "f": "f|female|woman|girl|ж|жен|женский|женщина|девочка|девушка",
    "m": "m|male|man|boy|м|муж|мужской|мужчина|мальчик|юноша",
}
_SEX_NAMED = {word: sex for sex, words in _SEX_WORDS.items() for word in words.split("|")}
_YES = frozenset(["yes", "y", "true", "1", "да", "д", "истина", "+"])
_NO = frozenset(["no", "n", "false", "0", "нет", "н", "ложь", "-", "−"])
_EMAIL = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"().]+(?:\.[^@\s,;<>\"().]+)+")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,9})?")


def read_name(text: str) -> str:
    """Return the name of a person as it is kept; BadValue if it has no letter or is endless."""
    name = read_line(text)
    if not has_letter(name):
        if not name:
            raise BadValue(_("A name is missing."))
        raise BadValue(_('"{value}" is not a name: it has no letter.').format(value=excerpt(text)))
    return name


def read_line(text: str) -> str:
    """Return one line of text as it is kept, possibly empty; BadValue if it is endless."""
    line = tidy(text)
    if len(line) > _LONGEST_NAME:
        sentence = _('"{value}" is longer than {count} characters.')
        raise BadValue(sentence.format(value=excerpt(text), count=_LONGEST_NAME))
    return line


def read_note(text: str) -> str:
    """Return free text as it is kept: its lines stay, invisible characters go."""
    return "\n".join(line.strip() for line in printable(text).splitlines()).strip()


def read_email(text: str) -> str:
    """Return the email address; BadValue if it can't be one."""
    email = tidy(text)
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise BadValue(
            _('"{value}" is not an email address.').format(value=excerpt(text)), _("Write it like anna@example.org.")
        )
    return email


def read_birthday(text: str, today: date) -> date:
    """Return the birth date; BadValue for a day in the future or more than 120 years ago."""
    day = read_date(text, today=today, birth=True)
    if day.year < today.year - _OLDEST:
        sentence = _("{value} can't be a birth date: it is more than {count} years ago.")
        raise BadValue(sentence.format(value=excerpt(text), count=_OLDEST))
    return day


def read_sex(text: str) -> str:
    """Return ``f`` or ``m``; BadValue for any other word."""
    sex = _SEX_NAMED.get(fold(text).rstrip("."))
    if sex is None:
        raise BadValue(_('"{value}" is neither male nor female.').format(value=excerpt(text)), _("Write f or m."))
    return sex


def read_application(text: str) -> str:
    """Return by which way an application came: ``site``, ``call`` or ``app``; BadValue."""
    if fold(text) in APPLICATIONS:
        return fold(text)
    raise BadValue(
        _('"{value}" is not a way an application comes.').format(value=excerpt(text)),
        _("Write {names}.").format(names=", ".join(APPLICATIONS)),
    )


def plain(read: Callable[[str], str]) -> Callable[[str, date], str]:
    """Return the reader as one that is told today's date and has no use for it."""
    return lambda text, today: read(text)


def read_yes_no(text: str) -> bool:
    """Return what a word for yes or no says, in both languages; BadValue."""
    word = fold(text).rstrip(".")
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(_('"{value}" is neither yes nor no.').format(value=excerpt(text)), _("Write yes or no."))


def read_number(text: str) -> str:
    """Return the number as it is kept, with a decimal point; BadValue."""
    plain = tidy(text).replace("−", "-").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise BadValue(_('"{value}" is not a number.').format(value=excerpt(text)), _("Write it like 7 or 7.5."))
    return plain.replace(",", ".")
