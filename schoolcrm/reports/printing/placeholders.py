"""What a form may ask for: every placeholder with what it means and an invented value (R42)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.language import N_
from schoolcrm.reports.printing.texts import InWords, Sum, Word

LIST = "[]"


class Placeholder(NamedTuple):
    """A placeholder as it is written, what it stands for (English, to be translated), an invented value.

    Of a list, `visits[].date` for example, each element has its own value.
    """

    key: str
    meaning: str
    example: Any


_DAY, _LAST = date(2026, 9, 1), date(2026, 12, 31)

COMMON = (
    Placeholder("today", N_("Day of printing"), _DAY),
    Placeholder("currency", N_("Code of the school's currency"), "RUB"),
    Placeholder("client.number", N_("Client: number"), 12),
    Placeholder("client.name", N_("Client: name"), "Анна Сергеевна Иванова"),
    Placeholder("client.phone", N_("Client: first phone"), "+7 916 123-45-67"),
    Placeholder("client.phones", N_("Client: all phones"), "+7 916 123-45-67, +7 495 123-45-67"),
    Placeholder("client.email", N_("Client: first email address"), "anna@example.org"),
    Placeholder("client.address", N_("Client: first address"), "Москва, Лесная ул., 5"),
    Placeholder("client.birthday", N_("Client: birthday"), date(1988, 4, 9)),
    Placeholder("client.passport", N_("Client: passport data"), "4510 123456"),
    Placeholder("client.balance", N_("Client: balance on the day of printing"), Sum(150_000)),
)
_STUDENT = (
    ("number", N_("Student: number"), 34),
    ("name", N_("Student: name"), "Пётр Иванов"),
    ("birthday", N_("Student: birthday"), date(2016, 5, 17)),
    ("age", N_("Student: age in years"), 10),
)
CONTRACT = (
    *COMMON,
    *(Placeholder(f"students[].{name}", meaning, example) for name, meaning, example in _STUDENT),
    Placeholder("student_names", N_("All students of the client, separated by commas"), "Пётр Иванов, Ольга Иванова"),
    Placeholder("contract.number", N_("Contract: number"), "2026/7"),
    Placeholder("contract.school_number", N_("Contract: running number of the school"), 7),
    Placeholder("contract.signed", N_("Contract: day of signing"), _DAY),
    Placeholder("contract.first_day", N_("Contract: first day"), _DAY),
    Placeholder("contract.last_day", N_("Contract: last day"), _LAST),
    Placeholder("contract.terminated", N_("Contract: day it was terminated"), None),
    Placeholder("contract.amount", N_("Contract: sum in figures"), Sum(560_000)),
    Placeholder("contract.amount_in_words", N_("Contract: sum in words"), InWords(560_000, "RUB")),
    Placeholder("contract.visits", N_("Contract: number of lessons"), 8),
    Placeholder("contract.lesson_type", N_("Contract: lesson type"), "Групповое"),
    Placeholder("contract.pay_day", N_("Contract: day of the month to pay by"), 5),
    Placeholder("contract.terms", N_("Contract: terms in short"), "Оплата до 5 числа"),
)
SUBSCRIPTION = (
    *COMMON,
    *(Placeholder(f"student.{name}", meaning, example) for name, meaning, example in _STUDENT),
    Placeholder("subscription.number", N_("Subscription: number"), 56),
    Placeholder("subscription.plan", N_("Subscription: name of the plan"), "Робототехника, 8 занятий"),
    Placeholder("subscription.kind", N_("Subscription: by lesson, package or month"), Word("package")),
    Placeholder("subscription.price", N_("Subscription: price in figures"), Sum(400_000)),
    Placeholder("subscription.price_in_words", N_("Subscription: price in words"), InWords(400_000, "RUB")),
    Placeholder("subscription.lessons", N_("Subscription: lessons of a package"), 8),
    Placeholder("subscription.lessons_used", N_("Subscription: lessons used"), 2),
    Placeholder("subscription.lessons_left", N_("Subscription: lessons the money covers"), 6),
    Placeholder("subscription.sold", N_("Subscription: day of the sale"), _DAY),
    Placeholder("subscription.first_day", N_("Subscription: first day"), _DAY),
    Placeholder("subscription.last_day", N_("Subscription: last day"), _LAST),
    Placeholder("subscription.subjects", N_("Subscription: subjects it is for"), "Робототехника"),
    Placeholder("subscription.lesson_types", N_("Subscription: lesson types it is for"), "Групповое"),
    Placeholder("subscription.paid", N_("Subscription: paid for it"), Sum(400_000)),
    Placeholder("subscription.charged", N_("Subscription: charged so far"), Sum(100_000)),
    Placeholder("subscription.state", N_("Subscription: state"), Word("running")),
    Placeholder("freezes[].first_day", N_("Freeze in its days: first day"), date(2026, 9, 14)),
    Placeholder("freezes[].last_day", N_("Freeze in its days: last day"), date(2026, 9, 20)),
    Placeholder("freezes[].days", N_("Freeze in its days: how many days"), 7),
    Placeholder("freezes[].reason", N_("Freeze in its days: reason"), "Отпуск"),
    Placeholder("visits[].date", N_("Lesson under it: day"), date(2026, 9, 3)),
    Placeholder("visits[].time", N_("Lesson under it: time"), "18:00"),
    Placeholder("visits[].subject", N_("Lesson under it: subject"), "Робототехника"),
    Placeholder("visits[].state", N_("Lesson under it: attended or missed"), Word("attended")),
    Placeholder("visits[].reason", N_("Lesson under it: reason of absence"), ""),
    Placeholder("visits[].charge", N_("Lesson under it: charge"), Sum(50_000)),
)
PLACEHOLDERS = {"contract": CONTRACT, "subscription": SUBSCRIPTION}
"""The placeholders by what a form is for."""


def tree_of(placeholders: Iterable[Placeholder]) -> dict[str, Any]:
    """Return the invented values as a form gets true ones: groups by name, a list with one element."""
    root: dict[str, Any] = {}
    for placeholder in placeholders:
        group = root
        *groups, name = placeholder.key.split(".")
        for part in groups:
            group = _group(group, part)
        group[name] = placeholder.example
    return root


def _group(parent: dict[str, Any], part: str) -> dict[str, Any]:
    name = part.removesuffix(LIST)
    if part == name:
        return parent.setdefault(name, {})  # type: ignore[no-any-return]
    return parent.setdefault(name, [{}])[0]  # type: ignore[no-any-return]


def keys_of(tree: Any, prefix: str = "") -> Sequence[str]:
    """Return the placeholders that a tree of values has, as they are written."""
    if isinstance(tree, list):
        return [key for each in tree[:1] for key in keys_of(each, prefix.removesuffix(".") + LIST + ".")]
    if not isinstance(tree, dict):
        return [prefix.removesuffix(".")]
    return [key for name, value in tree.items() for key in keys_of(value, f"{prefix}{name}.")]
