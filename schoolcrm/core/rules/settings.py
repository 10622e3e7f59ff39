"""The school's settings: what they are called, mean, are by default and may be.

One definition for everyone who reads or sets one; where they are kept is the business of others.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.labels import LABELS, PREFIX, read_label
from schoolcrm.core.rules.mail_server import STARTTLS, WAYS, read_server

ATTENDED, PAID = "attended", "paid"
YES, NO = "yes", "no"
PLAIN, EXCEL = "plain", "excel"
CSV_WAYS = (PLAIN, EXCEL)


class Setting(NamedTuple):
    """One setting: its key, its default, what it means (English, to be translated), and how text becomes its value.

    `read` returns the value as it is kept, or raises BadValue with what is allowed.
    """

    key: str
    default: str
    meaning: str
    read: Callable[[str], str]


def setting_key(text: str) -> str:
    """Return the key that a name stands for: hyphens are as good as underscores, capitals as small letters."""
    return text.strip().lower().replace("-", "_")


def kept_value(key: str, text: str, default: str, read: Callable[[str], str]) -> str:
    """Return a value that was kept, read anew: other hands may have written it. BadValue names the setting."""
    try:
        return read(text)
    except BadValue as error:
        raise BadValue(
            _('The setting {key} is "{value}", which it can\'t be.').format(key=key, value=_excerpt(text)),
            _("Set it anew, for example: schoolcrm config set {key} {default}").format(key=key, default=default),
        ) from error


def whole_number(text: str, least: int, most: int) -> int:
    """Return the whole number written in digits; BadValue for any other text or beyond the bounds."""
    digits = text.strip()
    if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most)) and least <= int(digits) <= most:
        return int(digits)
    raise BadValue(
        _('"{value}" is not a whole number from {least} to {most}.').format(
            value=_excerpt(text), least=least, most=most
        ),
        _("Write a number from {least} to {most}.").format(least=least, most=most),
    )


def currency_code(text: str) -> str:
    """Return the three capital letters of a currency in use (ISO 4217); BadValue for anything else, with the nearest.

    What a school's file has kept from before is not asked again.
    """
    from schoolcrm.core.rules.currencies import CURRENCIES, nearest_currencies
    from schoolcrm.core.rules.names import did_you_mean

    code = text.strip().upper()
    if code in CURRENCIES:
        return code
    is_code = len(code) == 3 and code.isascii() and code.isalpha()
    sentence = _('There is no currency "{value}" in use.') if is_code else _('"{value}" is not a currency code.')
    raise BadValue(
        sentence.format(value=_excerpt(text)),
        did_you_mean(nearest_currencies(text)) or _("Use three letters: RUB, EUR, KZT…"),
    )


def time_zone_name(text: str) -> str:
    """Return what may be the name of a time zone; whether there is one called so, the machine's own list tells."""
    name = text.strip()
    if name and not name.startswith("/") and ".." not in name and name.isascii() and name.isprintable():
        return name
    raise BadValue(
        _('There is no time zone "{value}".').format(value=_excerpt(text)),
        _("Write it like Europe/Moscow or Asia/Yekaterinburg."),
    )


def one_of(*words: str) -> Callable[[str], str]:
    """Return the reader of a setting that is one of a few words."""

    def read(text: str) -> str:
        word = text.strip().lower()
        if word in words:
            return word
        raise BadValue(
            _('"{value}" is none of the values it can have.').format(value=_excerpt(text)),
            _("Write one of: {names}.").format(names=", ".join(words)),
        )

    return read


def _number(least: int, most: int) -> Callable[[str], str]:
    return lambda text: str(whole_number(text, least, most))


def _yes_or_no(text: str) -> str:
    from schoolcrm.core.rules.personal import read_yes_no

    return YES if read_yes_no(text) else NO


def _address(text: str) -> str:
    from schoolcrm.core.rules.personal import read_email

    return read_email(text)


def _name(text: str) -> str:
    from schoolcrm.core.rules.personal import read_line

    return read_line(text)


def _or_none(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: read(text) if text.strip() else ""


def _excerpt(text: str) -> str:
    from schoolcrm.core.rules.names import excerpt

    return excerpt(text)


_MOST_DAYS = 3650
_LABEL = N_("The school's own word in headings, titles and totals, in the nominative; sentences keep the usual one.")

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        each.key: each
        for each in (
            Setting("refusal_months", "5", N_("Months of silence after which a client has refused."), _number(1, 120)),
            Setting("regular_purchases", "3", N_("Purchases that make a client regular."), _number(1, 1000)),
            Setting(
                "sleeping_days",
                "180",
                N_("A client sleeps after more than so many days without a purchase."),
                _number(1, _MOST_DAYS),
            ),
            Setting(
                "interval_longest_days",
                "0",
                N_("Average interval: longer breaks between purchases, in days, don't count; 0: all count."),
                _number(0, _MOST_DAYS),
            ),
            Setting(
                "interval_drop_extremes",
                NO,
                N_("Average interval: of three intervals or more, leave out the shortest and the longest."),
                _yes_or_no,
            ),
            Setting(
                "interval_look_back_days",
                "0",
                N_("Average interval: only purchases of so many last days count; 0: all count."),
                _number(0, _MOST_DAYS),
            ),
            Setting(
                "interval_forget_days",
                "0",
                N_("Renewals: leave out who has bought nothing for more than so many days; 0: nobody."),
                _number(0, _MOST_DAYS),
            ),
            Setting(
                "active_definition",
                ATTENDED,
                N_(
                    'Who is active among those who attend: "attended", a client with a lesson attended;'
                    ' "paid", anyone with a paid lesson attended.'
                ),
                one_of(ATTENDED, PAID),
            ),
            Setting(
                "currency",
                "RUB",
                N_("Currency of all sums: named above printed lists and reports; nothing is converted."),
                currency_code,
            ),
            Setting("time_zone", "", N_("Time zone that says what day it is; empty: the machine's."), time_zone_name),
            Setting(
                "backup_count",
                "10",
                N_("How many automatic backups are kept; 0: none are made."),
                _number(0, 1000),
            ),
            Setting("file_limit_mb", "10", N_("How large a client's file may be, in megabytes."), _number(1, 100)),
            Setting("mail_server", "", N_("Server that sends email: its name, or name:port."), _or_none(read_server)),
            Setting(
                "mail_security",
                STARTTLS,
                N_('How the way to that server is protected: "starttls", "tls" from the start, or "none".'),
                one_of(*WAYS),
            ),
            Setting(
                "mail_from", "", N_("The address that emails come from, and the server is told."), _or_none(_address)
            ),
            Setting(
                "mail_user",
                "",
                N_("Name under which the server knows the school; empty: none is asked for."),
                _or_none(_name),
            ),
            Setting(
                "language",
                "ru",
                N_("Language where neither you nor a locale says which, as under cron."),
                one_of("ru", "en"),
            ),
            *(Setting(PREFIX + key, "", _LABEL, read_label) for key in LABELS),
        )
    }
)
"""The settings of the school by key, in the order in which they are listed."""
