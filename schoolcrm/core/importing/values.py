"""The cells of an import as typed values (R63): which reader each field has, and what only cells hold."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.own_fields import CustomField
from schoolcrm.core.language import _
from schoolcrm.core.rules import personal
from schoolcrm.core.rules.dates import read_date
from schoolcrm.core.rules.money import parse_money
from schoolcrm.core.rules.names import excerpt, fold, known_names, tidy
from schoolcrm.core.rules.personal import (
    find_choice,
    read_birthday,
    read_email,
    read_line,
    read_note,
    read_number,
    read_sex,
    read_yes_no,
)
from schoolcrm.core.rules.phones import read_phones

Reader = Callable[[str], Any]
"""Turns the text of a cell, not blank, into its value; raises BadValue."""

# What stands in brackets is no separator: «Робо 1 (пн, ср)» is one group.
_SEPARATORS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|[,;\n]")
_WORD_SEPARATORS = re.compile(r"[,;\s]+")
# Nearly every name and email of a file is written so that its rule returns it as it is: one look is quicker.
_is_usual_name = re.compile(r"[A-Za-zА-яЁё]{1,30}(?:[ -][A-Za-zА-яЁё.]{1,30}){0,4}").fullmatch
_is_usual_email = re.compile(
    r"[A-Za-z0-9_+-]{1,40}(?:\.[A-Za-z0-9_+-]{1,40}){0,2}@[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{1,20}){1,3}"
).fullmatch


def reader_for(key: str, today: date) -> Reader:
    """Return the reader of the cells of a standard field; those of contacts and groups return tuples."""
    readers: Mapping[str, Reader] = {
        "payer": read_name_and_key,
        "phone": read_phones,
        "home_phone": read_phones,
        "birthday": lambda text: read_birthday(text, today),
        "sex": read_sex,
        "email": read_emails,
        "address": lambda text: tuple(filter(None, (read_note(text),))),
        "skype": read_words,
        "link": read_words,
        "metro": lambda text: tuple(filter(None, (read_line(text),))),
        "balance": parse_money,
        "note": read_note,
        "groups": read_labels,
        "subject": read_labels,
        "price": read_price,
        "responsible_teacher": read_names,
        "manager": read_name,
        "last_visit": lambda text: read_past_day(text, today),
        "contract_number": read_number_of_paper,
        "contract_from": lambda text: read_date(text, today=today),
        "contract_to": lambda text: read_date(text, today=today),
        "contract_amount": read_amount,
        "last_purchase": lambda text: read_past_day(text, today),
    }
    return readers.get(key, read_line)


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
    """Return the name of a person, as `personal.read_name` does."""
    return text if _is_usual_name(text) else personal.read_name(text)


def read_name_and_key(text: str) -> tuple[str, str]:
    """Return the name of a person, and the key it is compared by."""
    if _is_usual_name(text):
        return text, text.lower().replace("ё", "е")
    name = personal.read_name(text)
    return name, fold(name)


def read_emails(text: str) -> tuple[str, ...]:
    """Return the email addresses of a cell, separated by spaces, commas or semicolons; BadValue."""
    if _is_usual_email(text):
        return (text,)
    try:
        return tuple(read_email(word) for word in _WORD_SEPARATORS.split(tidy(text)) if word)
    except BadValue as fault:
        # The whole cell: of «не знаю» the word «не» alone tells nothing.
        raise BadValue(_('"{value}" is not an email address.').format(value=excerpt(text)), fault.hint) from fault


def read_labels(text: str) -> tuple[str, ...]:
    """Return the groups or subjects of a cell, separated by comma, semicolon or line, each once."""
    if not _SEPARATORS.search(text):
        label = read_line(text)
        return (label,) if label else ()
    labels = [read_line(part) for part in _split(text) if tidy(part)]
    return tuple({fold(label): label for label in reversed(labels)}.values())[::-1]


def _split(text: str) -> list[str]:
    """Return the parts of a cell between separators outside of brackets."""
    cuts = [found.start() for found in _SEPARATORS.finditer(text) if not found[0].startswith("(")]
    return [text[start + 1 : end] for start, end in zip([-1, *cuts], [*cuts, len(text)], strict=True)]


def read_names(text: str) -> tuple[str, ...]:
    """Return the people named in a cell, separated by comma, semicolon or line, each once."""
    return tuple(read_name(label) for label in read_labels(text))


def read_words(text: str) -> tuple[str, ...]:
    """Return the links of a cell, separated by spaces, commas or semicolons."""
    return tuple(read_line(word) for word in _WORD_SEPARATORS.split(tidy(text)) if word)


def read_past_day(text: str, today: date) -> date:
    """Return the day of something that has happened; BadValue if it lies in the future."""
    day = read_date(text, today=today)
    if day > today:
        raise BadValue(_("{value} is in the future.").format(value=excerpt(text)))
    return day


def read_price(text: str) -> int | None:
    """Return a price in kopecks, None for 0, which says nothing (R62); BadValue if it is below zero."""
    price = parse_money(text)
    if price < 0:
        raise BadValue(_("The price {value} is below zero.").format(value=excerpt(text)))
    return price or None


def read_amount(text: str) -> int:
    """Return a sum in kopecks; BadValue if it is below zero."""
    amount = parse_money(text)
    if amount < 0:
        raise BadValue(_("The sum {value} is below zero.").format(value=excerpt(text)))
    return amount


def read_number_of_paper(text: str) -> str:
    """Return the number of a contract as it is written; a dash in its place stands for none."""
    number = read_line(text)
    return number if any(map(str.isalnum, number)) else ""


def read_choice(text: str, field: CustomField) -> str:
    """Return the choice of a custom field as the school spells it; BadValue if there is none such."""
    choice = find_choice(text, field.choices)
    if choice is None:
        sentence = _('"{value}" is not one of the choices of {field}: {names}.')
        raise BadValue(sentence.format(value=excerpt(text), field=field.name, names=known_names(text, field.choices)))
    return choice
