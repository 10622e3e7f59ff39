"""What people write about people: names, notes, emails, birth dates, sex, yes and no, numbers (R50, R63).

One set of rules for cells of an import and for the command line: read exactly, or refused with a reason. The
patterns are compiled when first needed, which lists and reports seldom do.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.dates import parse_date, read_date
from schoolcrm.core.rules.names import excerpt, fold, has_letter, tidy
from schoolcrm.core.rules.safetext import printable

if TYPE_CHECKING:
    from decimal import Decimal

SEXES: Mapping[str, str] = {"f": N_("female"), "m": N_("male")}
"""Sex as it is kept → its English name."""
APPLICATIONS: Mapping[str, str] = {"site": N_("from the site"), "call": N_("by telephone"), "app": N_("from the app")}
"""Ways an application comes, as they are kept → their English names."""

_LONGEST_LINE = 200
_LONGEST_EMAIL = 254
_OLDEST = 120
_EMAIL = r"[^@\s,;<>\"()]+@[^@\s,;<>\"().]+(?:\.[^@\s,;<>\"().]+)+"
_NUMBER = r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?: [0-9]{3}){1,4})(?:[.,]([0-9]{1,9}))?"
_MINUS = str.maketrans("−–—", "---")

_SPREADSHEET_ERRORS = frozenset(
    (
        *("#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!"),
        *("#н/д", "#ссылка!", "#знач!", "#дел/0!", "#имя?", "#число!", "#пусто!"),
    )
)
_SEX_WORDS = {
    "f": "f|female|woman|girl|ж|жен|женский|женщина|девочка|девушка",
    "m": "m|male|man|boy|м|муж|мужской|мужчина|мальчик|юноша",
}
_SEX_NAMED = {word: sex for sex, words in _SEX_WORDS.items() for word in words.split("|")}
# A cross and a tick are yes: so a column of a form is filled.
_YES = frozenset(("yes", "y", "true", "1", "да", "д", "истина", "+", "v", "x", "х", "есть"))
_NO = frozenset(("no", "n", "false", "0", "нет", "н", "ложь", "-", "−", "–", "—"))


def read_name(text: str) -> str:
    """Return the name of a person as it is kept, tidy; BadValue if it has no letter or is endless."""
    name = read_line(text)
    if not has_letter(name):
        if not name:
            raise BadValue(_("A name is missing."))
        raise BadValue(_('"{value}" is not a name: it has no letter.').format(value=excerpt(text)))
    return name


def read_line(text: str) -> str:
    """Return one line of text, tidy, possibly empty; BadValue if it is endless or an error of the spreadsheet."""
    line = tidy(text)
    if line[:1] == "#" and line.casefold() in _SPREADSHEET_ERRORS:
        raise BadValue(_('"{value}" is an error of the spreadsheet.').format(value=line), _("Write the value itself."))
    if len(line) > _LONGEST_LINE:
        sentence = _('"{value}" is longer than {count} characters.')
        raise BadValue(sentence.format(value=excerpt(text), count=_LONGEST_LINE), _("Make it shorter."))
    return line


def read_note(text: str) -> str:
    """Return free text as it is kept: its lines stay, each of them tidy."""
    if text.isprintable():
        return tidy(text)
    return "\n".join(map(tidy, printable(text).splitlines())).strip()


def read_email(text: str) -> str:
    """Return the email address; BadValue if it can't be one."""
    email = tidy(text)
    if len(email) > _LONGEST_EMAIL or not email.isprintable() or not re.fullmatch(_EMAIL, email):
        sentence = _('"{value}" is not an email address.').format(value=excerpt(text))
        raise BadValue(sentence, _("Write it like anna@example.org."))
    return email


def read_birthday(text: str, today: date) -> date:
    """Return the birth date; BadValue for a day in the future or more than 120 years ago."""
    day = read_date(text, today=today, birth=True)
    if day.year < today.year - _OLDEST:
        sentence = _("{value} can't be a birth date: it is more than {count} years ago.")
        raise BadValue(sentence.format(value=excerpt(text), count=_OLDEST), _("Check the year."))
    return day


def parse_birthday(text: str, today: date) -> date:
    """Return the birth date as commands take it, ``yesterday`` and ``-2w`` too; BadValue as `read_birthday`."""
    return read_birthday(_as_written(text, today), today)


def parse_any_day(text: str, today: date) -> date:
    """Return any day as commands take it: what an imported cell may hold, and ``today``, ``+7d``, ``mon``; BadValue."""
    return read_date(_as_written(text, today), today=today)


def _as_written(text: str, today: date) -> str:
    """Return a day told by a word, or counted from today, as a date; anything else as it is. BadValue."""
    plain = tidy(text)
    told = plain[:1] in ("+", "-", "−") or not any(map(str.isdigit, plain))
    return parse_date(text, today).isoformat() if told else text


def read_sex(text: str) -> str:
    """Return ``f`` or ``m``, said by a word of either language; BadValue for any other word."""
    sex = _SEX_NAMED.get(_word(text))
    if sex is None:
        raise BadValue(_('"{value}" is neither male nor female.').format(value=excerpt(text)), _("Write f or m."))
    return sex


def read_yes_no(text: str) -> bool:
    """Return what a word or sign for yes or no says, in both languages; BadValue."""
    word = _word(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(_('"{value}" is neither yes nor no.').format(value=excerpt(text)), _("Write yes or no."))


def _word(text: str) -> str:
    """Return the key of a word that may be cut short with a dot."""
    return fold(text).strip(".")


def read_application(text: str) -> str:
    """Return by which way an application came: ``site``, ``call`` or ``app``; BadValue."""
    way = fold(text)
    if way in APPLICATIONS:
        return way
    raise BadValue(
        _('"{value}" is not a way an application comes.').format(value=excerpt(text)),
        _("Write {names}.").format(names=", ".join(APPLICATIONS)),
    )


def read_number(text: str) -> "Decimal":
    """Return the number; BadValue, also for ``1,000``, where the comma can mean two things."""
    from decimal import Decimal

    plain = tidy(text).translate(_MINUS)
    found = re.fullmatch(_NUMBER, plain)
    if found is None:
        raise BadValue(_('"{value}" is not a number.').format(value=excerpt(text)), _("Write it like 7 or 7.5."))
    whole = plain.replace(",", ".").partition(".")[0].lstrip("-")
    if found[1] and len(found[1]) == 3 and len(whole) <= 3 and whole != "0":
        sentence = _('"{value}" can be read in two ways: the mark may stand for thousands or for decimals.')
        raise BadValue(sentence.format(value=excerpt(text)), _("Write it like 7 or 7.5."))
    return Decimal(plain.replace(" ", "").replace(",", "."))


def find_choice(text: str, choices: Iterable[str]) -> str | None:
    """Return the choice of a custom field as the school spells it; None if the text names none of them."""
    wanted = fold(text)
    return next((choice for choice in choices if fold(choice) == wanted), None)
