"""One cell of an import as a typed value (R63): read exactly or refused with a reason, never guessed."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.headings import CustomField
from schoolcrm.core.language import _
from schoolcrm.core.rules.dates import read_date
from schoolcrm.core.rules.money import parse_money
from schoolcrm.core.rules.names import closest, excerpt, fold, has_letter, tidy
from schoolcrm.core.rules.phones import read_phones
from schoolcrm.core.rules.safetext import printable

Reader = Callable[[str], Any]
"""Turns the text of a cell, not blank, into its value; raises BadValue."""

_LONGEST_NAME = 200
_LONGEST_EMAIL = 254
_OLDEST = 120
_SEPARATORS = re.compile(r"[,;\n]")
_EMAIL_SEPARATORS = re.compile(r"[,;\s]+")
_is_plain_name = re.compile(r"[A-Za-zА-яЁё]{1,30}(?:[ -][A-Za-zА-яЁё.]{1,30}){0,4}").fullmatch
_is_plain_email = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+").fullmatch
_NUMBER = re.compile(r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?: [0-9]{3}){1,4})(?:[.,]([0-9]{1,9}))?")
_MINUS = str.maketrans("−–—", "---")

_SPREADSHEET_ERRORS = frozenset(
    (
        *("#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!"),
        *("#н/д", "#ссылка!", "#знач!", "#дел/0!", "#имя?", "#число!", "#пусто!"),
    )
)
_SEXES = {
    "m": "m|male|man|boy|м|м.|муж|муж.|мужской|мужчина|мальчик|юноша",
    "f": "f|female|woman|girl|ж|ж.|жен|жен.|женский|женщина|девочка|девушка",
}
_SEX_WORDS = {word: sex for sex, words in _SEXES.items() for word in words.split("|")}
_YES_WORDS = frozenset(("yes", "y", "true", "1", "да", "д", "истина", "+", "v", "x", "х", "есть"))
_NO_WORDS = frozenset(("no", "n", "false", "0", "нет", "н", "ложь", "-", "−", "–", "—"))


def reader_for(key: str, today: date) -> Reader:
    """Return the reader of the cells of a standard field; those of contacts and groups return tuples."""
    readers: Mapping[str, Reader] = {
        "payer": read_name,
        "phone": read_phones,
        "home_phone": read_phones,
        "birthday": lambda text: read_birthday(text, today),
        "sex": read_sex,
        "email": read_emails,
        "address": lambda text: tuple(filter(None, (read_note(text),))),
        "skype": read_words,
        "link": read_words,
        "metro": lambda text: tuple(filter(None, (read_label(text),))),
        "balance": parse_money,
        "note": read_note,
        "groups": read_labels,
        "price": read_price,
        "responsible_teacher": read_names,
        "manager": read_name,
        "last_visit": lambda text: read_past_day(text, today),
        "last_purchase": lambda text: read_past_day(text, today),
    }
    return readers.get(key, read_label)


def custom_reader_for(field: CustomField, today: date) -> Reader:
    """Return the reader of a custom field: str, Decimal, date or bool, by the field's type."""
    readers: Mapping[str, Reader] = {
        "number": read_number,
        "date": lambda text: read_date(text, today=today),
        "bool": read_yes_no,
        "choice": lambda text: read_choice(text, field),
        "text": read_note,
    }
    return readers[field.type]


def read_name(text: str) -> str:
    """Return the name of a person, tidy; BadValue if it has no letter or is endless."""
    if _is_plain_name(text):
        return text
    name = read_label(text)
    if not has_letter(name):
        raise BadValue(_('"{value}" is not a name: it has no letter.').format(value=excerpt(text)))
    return name


def read_label(text: str) -> str:
    """Return one line of text, tidy; BadValue if it is an error of the spreadsheet or endless."""
    label = tidy(text)
    if label[:1] == "#" and label.casefold() in _SPREADSHEET_ERRORS:
        raise BadValue(_('"{value}" is an error of the spreadsheet.').format(value=label))
    if len(label) > _LONGEST_NAME:
        sentence = _('"{value}" is longer than {count} characters.')
        raise BadValue(sentence.format(value=excerpt(text), count=_LONGEST_NAME))
    return label


def read_note(text: str) -> str:
    """Return free text; its lines stay, spaces at their ends and invisible characters go."""
    if "\n" not in text and "\r" not in text:
        return tidy(text)
    return "\n".join(line.strip() for line in printable(text).splitlines()).strip()


def read_labels(text: str) -> tuple[str, ...]:
    """Return the groups of a cell, separated by comma, semicolon or line, each once."""
    if not _SEPARATORS.search(text):
        label = read_label(text)
        return (label,) if label else ()
    labels = [read_label(part) for part in _SEPARATORS.split(text) if tidy(part)]
    return tuple({fold(label): label for label in reversed(labels)}.values())[::-1]


def read_names(text: str) -> tuple[str, ...]:
    """Return the people named in a cell, separated by comma, semicolon or line, each once."""
    return tuple(read_name(label) for label in read_labels(text))


def read_words(text: str) -> tuple[str, ...]:
    """Return the links of a cell, separated by spaces, commas or semicolons."""
    return tuple(read_label(word) for word in _EMAIL_SEPARATORS.split(tidy(text)) if word)


def read_emails(text: str) -> tuple[str, ...]:
    """Return the email addresses of a cell; BadValue if one of them can't be an address."""
    if len(text) <= _LONGEST_EMAIL and _is_plain_email(text):
        return (text,)
    emails = tuple(part for part in _EMAIL_SEPARATORS.split(tidy(text)) if part)
    for email in emails:
        if not _is_email(email):
            raise BadValue(_('"{value}" is not an email address.').format(value=excerpt(email)))
    return emails


def _is_email(text: str) -> bool:
    local, _at, domain = text.partition("@")
    return (
        0 < len(local) <= len(text) <= _LONGEST_EMAIL
        and "." in domain[1:-1]
        and "@" not in domain
        and ".." not in domain
        and text.isprintable()
        and not any(mark in text for mark in ' ,;<>"()')
    )


def read_birthday(text: str, today: date) -> date:
    """Return the birth date; BadValue for a day in the future or more than 120 years ago."""
    day = read_date(text, today=today, birth=True)
    if day.year < today.year - _OLDEST:
        sentence = _("{value} can't be a birth date: it is more than {count} years ago.")
        raise BadValue(sentence.format(value=excerpt(text), count=_OLDEST))
    return day


def read_past_day(text: str, today: date) -> date:
    """Return the day of something that has happened; BadValue if it lies in the future."""
    day = read_date(text, today=today)
    if day > today:
        raise BadValue(_("{value} is in the future.").format(value=excerpt(text)))
    return day


def read_price(text: str) -> int:
    """Return a price in kopecks; BadValue if it is below zero."""
    price = parse_money(text)
    if price < 0:
        raise BadValue(_("The price {value} is below zero.").format(value=excerpt(text)))
    return price


def read_sex(text: str) -> str:
    """Return ``m`` or ``f``; BadValue for any other word."""
    sex = _SEX_WORDS.get(fold(text))
    if sex is None:
        raise BadValue(_('"{value}" is neither male nor female.').format(value=excerpt(text)))
    return sex


def read_yes_no(text: str) -> bool:
    """Return what a word or sign for yes or no says, in both languages; BadValue."""
    word = fold(text).strip(".")
    if word in _YES_WORDS:
        return True
    if word in _NO_WORDS:
        return False
    raise BadValue(_('"{value}" is neither yes nor no.').format(value=excerpt(text)))


def read_number(text: str) -> Decimal:
    """Return the number; BadValue, also for ``1,000``, where the comma can mean two things."""
    plain = tidy(text).translate(_MINUS)
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise BadValue(_('"{value}" is not a number.').format(value=excerpt(text)))
    whole = plain.replace(",", ".").partition(".")[0].lstrip("-")
    if found[1] and len(found[1]) == 3 and len(whole) <= 3 and whole != "0":
        sentence = _('"{value}" can be read in two ways: the mark may stand for thousands or for decimals.')
        raise BadValue(sentence.format(value=excerpt(text)))
    return Decimal(plain.replace(" ", "").replace(",", "."))


def read_choice(text: str, field: CustomField) -> str:
    """Return the choice of a custom field as the school spells it; BadValue if there is none such."""
    choices = {fold(choice): choice for choice in field.choices}
    choice = choices.get(fold(text))
    if choice is None:
        near = closest(text, field.choices) or list(field.choices)
        sentence = _('"{value}" is not one of the choices of {field}: {names}.')
        raise BadValue(sentence.format(value=excerpt(text), field=field.name, names=", ".join(near[:5])))
    return choice
