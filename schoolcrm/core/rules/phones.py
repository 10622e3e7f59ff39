"""Phones as people write them, kept as E.164: ``+79161234567``."""

import re

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, tidy

_DASHES = "-−–—‒‐‑﹣－"
_DECORATION = " \t\u00a0\u2007\u2009\u202f()[]" + _DASHES
_UNDECORATED = str.maketrans(dict.fromkeys(_DECORATION))
_PLAIN_DECORATION = _DECORATION.encode("ascii", "ignore")
# First digits of the numbers behind +7: Russia has 3, 4, 8, 9, Kazakhstan 6, 7. Ten digits that begin
# with 8 may also be that prefix with a digit missing behind it: their area code is looked up.
_BEHIND_SEVEN = frozenset("346789")
_BEHIND_NOTHING = frozenset("349")
_DIGITS_OF_RUSSIAN = 10
_DIGITS_WITHOUT_AREA = 7
_SHORTEST_WITHOUT_AREA = 6
_RUSSIA = 7

_SEPARATORS = r"[,;/|\n\r]|\s(?:[иИ]|and)\s"
_FLOAT = r"([0-9]{9,15})[.,]0*"
_EXPONENT = r"([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})"
_LABEL = r"(?:тел|т|моб|tel|phone|mob)(?:ефон|ильный)?\b[.:]*\s*"
_EXTENSION = r"[0-9)]\s*(?:доб|вн|ext|x|#)"


def read_phones(text: str) -> list[str]:
    """Return every phone of a cell as E.164, each once; none for a blank cell (R63).

    Several are separated by a comma, semicolon, slash, line or "и". Numbers without a country are
    Russian. Raises BadValue with the reason, also for extensions: nothing is cut off.
    """
    phone = _read_russian(_bare(text))
    if phone:
        return [phone]
    if not text.strip():
        return []
    if number := _read_number_cell(text.strip()):
        return [_read_one(number, text)]
    parts = [part for part in re.split(_SEPARATORS, text) if part.strip()]
    if not parts:
        raise _not_phone(text)
    return list(dict.fromkeys(phone for part in parts for phone in _read_part(part)))


def read_phone(text: str) -> str:
    """Return the one phone of the text as E.164; BadValue when there is none or several."""
    phones = read_phones(text)
    if not phones:
        raise BadValue(_("A phone is missing."), _hint())
    if len(phones) > 1:
        raise BadValue(_('"{value}" holds several phones.').format(value=excerpt(text)), _("Give one phone at a time."))
    return phones[0]


def local_number(text: str) -> str:
    """Return the digits of a phone written without its code, 6 or 7 of them; empty for any other text."""
    digits = _bare(re.sub(f"^{_LABEL}", "", tidy(text), flags=re.IGNORECASE)).replace(".", "")
    plain = digits.isascii() and digits.isdigit()
    return digits if plain and _SHORTEST_WITHOUT_AREA <= len(digits) <= _DIGITS_WITHOUT_AREA else ""


def human_phone(e164: str) -> str:
    """Return the phone as people read it: ``+7 916 123-45-67``, others in international format."""
    if e164.startswith("+7") and len(e164) == 12:
        return f"+7 {e164[2:5]} {e164[5:8]}-{e164[8:10]}-{e164[10:]}"
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _bare(text: str) -> str:
    """Return the text without what phones are decorated with."""
    if text.isascii():  # nearly every phone: a quarter of the time
        return text.encode().translate(None, _PLAIN_DECORATION).decode()
    return text.translate(_UNDECORATED)


def _read_russian(bare: str) -> str | None:
    """Return a number plainly written with +7, 7, 8 or ten digits as E.164; None for any other."""
    if not bare[1:].isdigit() or not bare.isascii():
        return None
    if len(bare) == 11 and bare[0] in "78":
        national = bare[1:]
    elif len(bare) == 12 and bare.startswith("+7"):
        national = bare[2:]
    elif len(bare) == _DIGITS_OF_RUSSIAN and bare[0] in _BEHIND_NOTHING:
        national = bare
    else:
        return None
    return "+7" + national if national[0] in _BEHIND_SEVEN else None


def _read_number_cell(text: str) -> str | None:
    """Return the digits of a phone that a spreadsheet took for a number; None if it did not."""
    if number := re.fullmatch(_FLOAT, text):
        return number[1]
    number = re.fullmatch(_EXPONENT, text)
    if number is None:
        return None
    digits = number[1] + number[2]
    if len(digits) != int(number[3]) + 1:
        sentence = _('The spreadsheet has cut the last digits of the phone "{value}".').format(value=excerpt(text))
        raise BadValue(sentence, _("Format the column as text and fill it again."))
    return digits


def _read_part(part: str) -> list[str]:
    """Return the phones of a piece between separators: one, or several with only spaces between."""
    if phone := _read_russian(_bare(part)):
        return [phone]
    words = [_read_russian(_bare(word)) for word in part.split()]
    phones = [phone for phone in words if phone]
    return phones if len(phones) == len(words) else [_read_one(part, part)]


def _read_one(part: str, whole: str) -> str:
    """Return the phone as E.164, asking the library about everything that is not plainly Russian."""
    as_text = tidy(part).removeprefix("'")  # a spreadsheet's sign that a cell is text, and that of our own exports
    clean = re.sub(f"^{_LABEL}", "", as_text, flags=re.IGNORECASE)
    bare = re.sub("^(?:00|810)(?=[0-9]{10})", "+", _bare(clean).replace(".", ""))
    if phone := _read_russian(bare):
        return phone
    if re.search(_EXTENSION, part, re.IGNORECASE):
        sentence = _('The phone "{value}" has an extension.').format(value=excerpt(whole))
        raise BadValue(sentence, _("Put the extension into the note."))
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise _not_phone(whole)
    if len(digits) <= _DIGITS_WITHOUT_AREA and digits == bare:
        raise BadValue(_('The phone "{value}" has no area code.').format(value=excerpt(whole)), _hint())
    phone = _read_city(clean, bare) or _read_foreign(bare)
    if phone is None:
        raise _not_phone(whole)
    return phone


def _read_city(clean: str, bare: str) -> str | None:
    """Return ten digits with an area code from 8 on as E.164, None if the 8 may be the prefix."""
    if len(bare) != _DIGITS_OF_RUSSIAN or bare[0] != "8" or re.match("8[^0-9]", clean):
        return None
    import phonenumbers

    phone = "+7" + bare
    return phone if phonenumbers.is_valid_number(phonenumbers.parse(phone)) else None


def _read_foreign(bare: str) -> str | None:
    """Return a number of any country as E.164, None if there can be no such number.

    With a plus a possible number is enough. Without one (a spreadsheet drops it) the country is a
    conclusion, so the number must exist in its numbering plan, and eleven digits from 9 on are a
    Russian number with one too many. A plus before 8 and ten digits is most likely Russian, too.
    """
    stated = bare.startswith("+")
    if not stated and (len(bare) <= _DIGITS_OF_RUSSIAN or (len(bare) == 11 and bare[0] == "9")):
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse(bare if stated else "+" + bare)
    except phonenumbers.NumberParseException:
        return None
    doubtful = not stated or (len(bare) == 12 and bare[1] == "8")
    check = phonenumbers.is_valid_number if doubtful else phonenumbers.is_possible_number
    if number.country_code == _RUSSIA or not check(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _hint() -> str:
    return _("Write phones like +7 916 123-45-67, of other countries with + and the country code.")


def _not_phone(text: str) -> BadValue:
    return BadValue(_('"{value}" is not a phone.').format(value=excerpt(text)), _hint())
