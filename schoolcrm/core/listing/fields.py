"""What is known about a client or a student: the registry behind columns, sorting, filters and editing (R52).

A field says in SQL where its value comes from, and only here: lists put statements together from these
pieces and bound parameters, so that no text of the operator ever becomes part of a statement.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, quoted
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt, fold

CUSTOM = "field."
SEPARATOR = "\x1f"

_OWNER = r"([a-z_.]+) = OWNER"
_UNION = r"\bUNION\b"
_DISTINCT = r"\bDISTINCT\b"
_SIGNS = r"[\s:,=]+"
_KINDS_OF_CUSTOM = {"text": "text", "number": "number", "date": "date", "bool": "bool", "choice": "text"}
_CASTS = {"number": "CAST(value AS NUMERIC)", "bool": "CAST(value AS INTEGER)"}
# The field's choices, a line each, are in its own row: no text of the school's becomes part of a statement.
_PLACE_OF_CHOICE = (
    "(SELECT instr(char(10) || choices || char(10), char(10) || value || char(10))"
    " FROM {entity}_field JOIN field ON field.id = field_id WHERE {entity}_id = {owner} AND field_id = {number})"
)


class Bound:
    """The parameters of one statement: values go in, placeholders come out. `:today` is always there.

    `one_by_one`: a record is looked into when it is reached, as is best where few will be; else all are together.
    """

    def __init__(self, today: date, *, one_by_one: bool = False) -> None:
        self.today = today
        self.one_by_one = one_by_one
        self.values: dict[str, Any] = {"today": today.isoformat()}

    def add(self, value: object) -> str:
        """Keep the value and return the placeholder that stands for it."""
        name = f"value{len(self.values)}"
        self.values[name] = value
        return f":{name}"


Words = Callable[[str, Bound], str]
"""Turns a plain word into the condition that it occurs in a record."""

Reader = Callable[[str, date], Any]
"""Turns what was written for a field into what its column keeps; the date is today; raises BadValue."""

Matcher = Callable[[str, bool, Bound], str]
"""Turns one value after `field:` into a condition, `exact` after `field:=`; raises BadValue."""


class Field(NamedTuple):
    """One thing known about a client or student; `kind` is what its cells hold, as JSON names it.

    Where the value comes from, one of: `sql`, an expression over the row at hand; `each`, several values as
    SELECT … AS owner, … AS value, … AS key (folded) … WHERE … = OWNER; `total`, a sum over many rows, as
    SELECT … AS owner, … AS value … WHERE … = OWNER GROUP BY …, and `totals`, the same of all owners. With `sql`
    and `each`, `sql` is what is shown and `each` what is searched. `owner` is the column OWNER stands for.

    `words` are the names of a code, `read_code` other ways to write one; `choices` are all that a field of the
    school's own can hold; what is not `listed` is a filter only.
    A field that can be set by hand says into which `column` of the record, and how text is read (`read`, None for
    the name of a catalogue's entry).
    """

    key: str
    label: str
    kind: str = "text"
    sql: str = ""
    each: str = ""
    total: str = ""
    totals: str = ""
    owner: str = "client.id"
    folded: str = ""
    order: str = ""
    filled: bool = False
    words: Mapping[str, str] = MappingProxyType({})
    choices: Sequence[str] = ()
    items: str = "text"
    read_code: Callable[[str], str | None] | None = None
    matches: Matcher | None = None
    listed: bool = True
    column: str = ""
    read: Reader | None = None

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self.kind == "list"

    @property
    def join_name(self) -> str:
        """The name under which a total is joined."""
        return f"{self.key}_of"

    @property
    def value(self) -> str:
        """The expression of a cell; a list's values are joined with SEPARATOR."""
        if self.sql:
            return self.sql
        if self.total:
            return f"ifnull({self.join_name}.value, 0)"
        values = self.each.replace("= OWNER", f"= {self.owner}")
        return (
            f"(SELECT group_concat(value, char({ord(SEPARATOR)}))"  # noqa: S608
            f" FROM (SELECT value FROM ({values}) ORDER BY key, value))"
        )

    @property
    def sorted_by(self) -> str:
        """The expression that a list is sorted by: text folded, so that ё and case make no difference."""
        if self.order:
            return self.order
        if self.folded:
            return self.folded
        return f"fold({self.value})" if self.kind in ("text", "list") else self.value

    def each_of_all(self) -> str:
        """Return the SELECT of the values of every row at once, to look owners up in: some come more than once."""
        return re.sub(_DISTINCT, "", re.sub(_UNION, "UNION ALL", re.sub(_OWNER, "1", self.each)))

    def join(self, owners: Sequence[int] | None) -> str:
        """Return the LEFT JOIN of the totals, of the owners named only, or (None) of all."""
        totals = self.totals
        if owners is not None:
            totals = re.sub(_OWNER, rf"\1 IN ({', '.join(map(str, owners))})", self.total)
        return f" LEFT JOIN ({totals}) AS {self.join_name} ON {self.join_name}.owner = {self.owner}"


class Registry(NamedTuple):
    """All fields of one kind of record, and what a list of them needs besides.

    `id` is the record's id in SQL; `scopes` are FROM clauses by who is asked for: visible, deleted (those
    too), archived, all; `words` makes the condition of a plain word; `flags` are the conditions of `is:`. `own` is
    whose the school's own fields are, if not the record listed; `client` the client behind a record.
    """

    entity: str
    id: str
    scopes: Mapping[str, str]
    fields: Mapping[str, Field]
    default_columns: Sequence[str]
    words: Words
    flags: Mapping[str, str]
    order: str = "name"
    own: str = ""
    client: str = "client.id"

    def settable(self) -> list[Field]:
        """Return the fields that are kept in the record itself and can be set by hand."""
        return [each for each in self.fields.values() if each.column]

    def named(self, db: sqlite3.Connection, name: str) -> Field:
        """Return the field called so, one of the school's own as `field.NAME`; BadValue lists the known.

        Either number will do: `group` for `groups`, `phones` for `phone`; a client's or student's own word
        means the name.
        """
        key = fold(name)
        if known := self._known(key) or self._known(key.replace("-", "_")):
            return known
        own = custom_fields_of(db, self.entity, self.own or self.id)
        if key.startswith(CUSTOM) and (known := own.get(key) or _written_plainly(own, key)):
            return known
        meant = own.get(CUSTOM + key) or _written_plainly(own, CUSTOM + key)
        raise _unknown(name, [*self.fields, *(CUSTOM + plain_name(each.label) for each in own.values())], meant)

    def _known(self, key: str) -> Field | None:
        if known := self.fields.get(key):
            return known
        several, one = self.fields.get(f"{key}s"), self.fields.get(key.removesuffix("s"))
        if several and several.is_list:
            return several
        if one and one.each:
            return one
        return self.fields.get("name") if key in (self.entity, f"{self.entity}s") else None


def by_key(*fields: Field) -> Mapping[str, Field]:
    """Return the fields by key."""
    return MappingProxyType({each.key: each for each in fields})


def plain_name(name: str) -> str:
    """Return the name of an own field without the signs that mean something in a query, an option or a list."""
    return " ".join(re.split(_SIGNS, name)).strip()


def _written_plainly(own: Mapping[str, Field], key: str) -> Field | None:
    return next((each for each_key, each in own.items() if plain_name(each_key) == plain_name(key)), None)


def custom_fields_of(db: sqlite3.Connection, entity: str, owner: str) -> dict[str, Field]:
    """Return the school's own fields of an entity, by `field.` and the folded name; `owner` is the record in SQL."""
    query = "SELECT id, name, name_key, type, choices FROM field WHERE entity = ? ORDER BY name_key"
    return {CUSTOM + row[2]: _custom(entity, owner, *row) for row in db.execute(query, (entity,))}


def _custom(entity: str, owner: str, number: int, name: str, _key: str, kind: str, choices: str | None) -> Field:
    value = _CASTS.get(kind, "value")
    sql = f"(SELECT {value} FROM {entity}_field WHERE {entity}_id = {owner} AND field_id = {int(number)})"  # noqa: S608
    field = Field(CUSTOM + name, name, _KINDS_OF_CUSTOM[kind], sql=sql)
    if kind != "choice":
        return field
    order = _PLACE_OF_CHOICE.format(entity=entity, owner=owner, number=int(number))
    return field._replace(order=order, choices=tuple((choices or "").splitlines()))


def _unknown(name: str, known: Sequence[str], meant: Field | None) -> BadValue:
    sentence = _("There is no field {name}.").format(name=quoted(excerpt(name)))
    near = [CUSTOM + plain_name(meant.label)] if meant else closest(name, known)
    return BadValue(sentence, did_you_mean(near, _("Known fields: {known}.").format(known=", ".join(known))))
