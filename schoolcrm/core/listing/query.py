"""The query language of lists (cli.md §3): each argument is one term, terms are joined by AND."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.listing.alternatives import alternatives, unescaped
from schoolcrm.core.listing.comparisons import compare
from schoolcrm.core.listing.conditions import means_deleted, require_status
from schoolcrm.core.listing.fields import CUSTOM, Bound, Field, Registry
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import closest, did_you_mean, fold

_FIELD_NAME = r"[^\W\d][\w.-]*"
_OPPOSITE = r"(?:\^|not:)\s*(?=\S)"
_FLAG = "is"
_MOST_TERMS = 50
_MOST_VALUES = 200


class Term(NamedTuple):
    """One argument, taken apart: `field` empty for a plain word; `exact` for `field:=value`."""

    text: str
    field: str = ""
    exact: bool = False
    negated: bool = False

    def alternatives(self, field: Field) -> list[str]:
        """Return the values of the field of which any will do; BadValue for a sum with two readings."""
        return [unescaped(self.text)] if self.exact else alternatives(field, self.text)


def parse_term(argument: str) -> Term:
    """Return the term that an argument says; whether its field is known is found out later.

    BadValue for a «not» of nothing.
    """
    text, negated = argument.strip(), False
    while found := re.match(_OPPOSITE, text):
        text, negated = text[found.end() :], not negated
    if text in ("^", "not:"):
        raise BadValue(
            _("Nothing comes after {sign} in the query.").format(sign=quoted(text)),
            _("Write it like ^status:new, or not:status:new."),
        )
    name, colon, value = text.partition(":")
    own = fold(name).startswith(CUSTOM)
    if not colon or not (own or re.fullmatch(_FIELD_NAME, name)):
        return Term(text, negated=negated)
    if value.startswith("="):
        return Term(value[1:], name, exact=True, negated=negated)
    return Term(value, name, negated=negated)


class Conditions:
    """The WHERE conditions of some terms over a registry; `joins` are the fields that need their sums joined."""

    def __init__(self, db: sqlite3.Connection, registry: Registry, bound: Bound) -> None:
        self._db = db
        self._registry = registry
        self._bound = bound
        self.joins: dict[str, Field] = {}

    def of(self, terms: Iterable[Term]) -> str:
        """Return all terms as one condition; BadValue for an unknown field or a value that can't be read."""
        conditions = [self._signed(term) for term in terms]
        if len(conditions) > _MOST_TERMS:
            raise BadValue(_("The query has {count} terms.").format(count=len(conditions)), _too_long(_MOST_TERMS))
        return " AND ".join(conditions) or "1"

    def _signed(self, term: Term) -> str:
        condition = f"({self._plain(term)})"
        # A condition over an absent value is neither true nor false; its opposite must find the record.
        return f"NOT ifnull({condition}, 0)" if term.negated else condition

    def _plain(self, term: Term) -> str:
        if not term.field:
            return self._registry.words(term.text, self._bound) if fold(term.text) else "1"
        if fold(term.field) == _FLAG:
            return self._flags(term.text)
        field = self._registry.named(self._db, term.field)
        if field.total:
            self.joins[field.key] = field
        if not term.text.strip():
            return _is_empty(field)
        values = term.alternatives(field)
        if len(values) > _MOST_VALUES:
            raise BadValue(
                _("The filter {name} has {count} values.").format(name=field.key, count=len(values)),
                _too_long(_MOST_VALUES),
            )
        if not values:
            return "1"
        found = " OR ".join(self._alternative(field, text.strip(), term.exact) for text in values)
        if field.each and not field.matches:
            return f"{field.owner} IN (SELECT owner FROM ({field.each_of_all()}) WHERE {found})"  # noqa: S608
        return found

    def _alternative(self, field: Field, text: str, exact: bool) -> str:
        if field.key in ("status", "stage"):
            require_status(self._db, field.key, text, exact=exact)
        if field.matches:
            return field.matches(text, exact, self._bound)
        value, folded = ("value", "key") if field.each else (field.value, field.folded)
        return compare(field, value, folded, text, exact=exact, bound=self._bound)

    def _flags(self, text: str) -> str:
        flags = self._registry.flags
        names = [name.strip() for name in fold(text).split(",")]
        for name in names:
            if name not in flags:
                raise _unknown_flag(name, flags)
        return " OR ".join(f"({flags[name]})" for name in names)


def asks_for_archived(terms: Iterable[Term]) -> bool:
    """Tell whether a term is about archived records, which a list otherwise leaves out."""
    return any(not term.negated and _is_about_archive(term) for term in terms)


def asks_for_deleted(db: sqlite3.Connection, registry: Registry, terms: Iterable[Term]) -> bool:
    """Tell whether a term names the status of deleted clients, whom a list otherwise leaves out."""
    fields = {key: field for key, field in registry.fields.items() if key in ("status", "base")}
    return any(
        means_deleted(db, text, exact=term.exact)
        for term in terms
        if not term.negated and (field := fields.get(fold(term.field)))
        for text in term.alternatives(field)
    )


def _is_about_archive(term: Term) -> bool:
    if fold(term.field) == _FLAG:
        return "archived" in fold(term.text).split(",")
    return fold(term.field) == "archived" and bool(term.text.strip())


def _is_empty(field: Field) -> str:
    if not field.listed:
        raise BadValue(
            _("The filter {name} needs a value.").format(name=field.key),
            _("Write it like {name}:2026-09 or {name}:2026-09-01..2026-09-15.").format(name=field.key),
        )
    if field.each:
        return f"{field.owner} NOT IN (SELECT owner FROM ({field.each_of_all()}))"  # noqa: S608
    if field.kind == "money":
        return f"{field.value} = 0"
    return f"ifnull({field.value}, '') = ''"


def _too_long(most: int) -> str:
    return _("At most {count} can be asked for at once.").format(count=most)


def _unknown_flag(name: str, flags: Mapping[str, str]) -> BadValue:
    known = _("Known are: {names}.").format(names=", ".join(f"is:{flag}" for flag in flags))
    return BadValue(
        _("There is no filter is:{name}.").format(name=quoted(name)), did_you_mean(closest(name, flags), known)
    )
