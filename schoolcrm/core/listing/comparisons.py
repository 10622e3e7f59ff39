"""How one value of the query language is compared with a field, by what the field's cells hold (cli.md §3)."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, quoted
from schoolcrm.core.listing.conditions import phone_holds
from schoolcrm.core.listing.fields import Bound, Field
from schoolcrm.core.rules.dates import parse_period
from schoolcrm.core.rules.money import parse_money
from schoolcrm.core.rules.names import excerpt, fold

_WHOLE = r"-?[0-9]{1,18}"
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?"
_MINUS = "−"


class _Compared(NamedTuple):
    """A value against a field: where the field's value and folded text are, how strictly, what was written."""

    field: Field
    value: str
    folded: str
    text: str
    exact: bool
    bound: Bound


def compare(field: Field, value: str, folded: str, text: str, *, exact: bool, bound: Bound) -> str:
    """Return the condition that `value` (an SQL expression, `folded` its key) is what `text` says.

    Text is contained or, with `exact`, equal; numbers, sums and dates are equal or in a range `a..b`,
    dates also in a period. Raises BadValue for a text that can't be read.
    """
    kind = field.items if field.is_list else field.kind
    return _BY_KIND[kind](_Compared(field, value, folded or f"fold({value})", text, exact, bound))


def _text(compared: _Compared) -> str:
    if compared.field.choices:
        return _choice(compared)
    wanted = compared.bound.add(fold(compared.text))
    return f"{compared.folded} = {wanted}" if compared.exact else f"instr({compared.folded}, {wanted}) > 0"


def _choice(compared: _Compared) -> str:
    """One of the choices by its name; else all whose names hold the text."""
    wanted = fold(compared.text)
    choices = compared.field.choices
    meant = [choice for choice in choices if fold(choice) == wanted]
    if not meant and not compared.exact:
        meant = [choice for choice in choices if wanted in fold(choice)]
    if not meant:
        raise BadValue(
            _('"{value}" is not one of the choices.').format(value=excerpt(compared.text)),
            _("Choose from: {names}.").format(names=", ".join(choices)),
        )
    return f"{compared.value} IN ({', '.join(map(compared.bound.add, meant))})"


def _phone(compared: _Compared) -> str:
    digits = phone_holds(compared.text, compared.folded, compared.bound)
    if not compared.exact:
        return digits[0] if digits else _text(compared)
    from schoolcrm.core.rules.phones import read_phone

    return f"{compared.folded} = {compared.bound.add(read_phone(compared.text))}"


def _date(compared: _Compared) -> str:
    if compared.text == "..":
        return f"{compared.value} IS NOT NULL"
    period = parse_period(compared.text, compared.bound.today)
    limits = (
        (period.first, ">="),
        (period.last, "<="),
    )
    conditions = [
        f"{compared.value} {sign} {compared.bound.add(day.isoformat())}" for day, sign in limits if day is not None
    ]
    return " AND ".join(conditions) or f"{compared.value} IS NOT NULL"


def _time(compared: _Compared) -> str:
    return _in_range(compared, _read_time)


def _read_time(text: str) -> str:
    from schoolcrm.core.rules.dates import parse_time

    return parse_time(text)


def _money(compared: _Compared) -> str:
    return _in_range(compared, parse_money)


def _integer(compared: _Compared) -> str:
    return _in_range(compared, _read_integer)


def _number(compared: _Compared) -> str:
    return _in_range(compared, _read_number)


def _in_range(compared: _Compared, read: Callable[[str], Any]) -> str:
    low, dots, high = compared.text.partition("..")
    if not dots:
        return f"{compared.value} = {compared.bound.add(read(low.strip()))}"
    limits = [(read(limit), sign) for limit, sign in ((low.strip(), ">="), (high.strip(), "<=")) if limit]
    if len(limits) == 2 and limits[0][0] > limits[1][0]:
        raise BadValue(
            _('The range "{value}" ends before it begins.').format(value=excerpt(compared.text)),
            _("Put the smaller one first: {value}.").format(value=excerpt(f"{high.strip()}..{low.strip()}")),
        )
    conditions = [f"{compared.value} {sign} {compared.bound.add(limit)}" for limit, sign in limits]
    return " AND ".join(conditions) or f"{compared.value} IS NOT NULL"


def _read_integer(text: str) -> int:
    plain = text.replace(_MINUS, "-")
    if not re.fullmatch(_WHOLE, plain):
        raise BadValue(
            _('"{value}" is not a whole number.').format(value=excerpt(text)), _("Write 7, a range 7..10, or 7,9.")
        )
    return int(plain)


def _read_number(text: str) -> int | float:
    plain = text.replace(_MINUS, "-")
    if not re.fullmatch(_NUMBER, plain):
        raise BadValue(
            _('"{value}" is not a number.').format(value=excerpt(text)), _("Write 7, 7.5, or a range 7..10.")
        )
    return float(plain) if "." in plain else int(plain)


def _bool(compared: _Compared) -> str:
    from schoolcrm.core.rules.personal import read_yes_no

    return f"{compared.value} = {int(read_yes_no(compared.text))}"


def _code(compared: _Compared) -> str:
    return f"{compared.value} = {compared.bound.add(_code_of(compared.field, compared.text))}"


def _code_of(field: Field, text: str) -> str:
    for code, word in field.words.items():
        if fold(text) in (code, fold(word), fold(_(word))):
            return code
    if field.read_code and (code_written := field.read_code(text)):
        return code_written
    raise BadValue(
        _("{value} is not one of the values of {field}.").format(value=quoted(excerpt(text)), field=field.key),
        _("Known are: {names}.").format(names=", ".join(field.words)),
    )


_BY_KIND: dict[str, Callable[[_Compared], str]] = {
    "text": _text,
    "phone": _phone,
    "date": _date,
    "time": _time,
    "money": _money,
    "integer": _integer,
    "number": _number,
    "bool": _bool,
    "code": _code,
}
