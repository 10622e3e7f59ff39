"""A page of a list: which records, in what order, with which columns; one or two SELECTs, whatever is asked."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.listing.fields import SEPARATOR, Bound, Field, Registry
from schoolcrm.core.listing.functions import Reaches, follows_money, install_functions
from schoolcrm.core.listing.query import Conditions, Term, asks_for_archived, asks_for_deleted, parse_term
from schoolcrm.core.store.spool import Rows, convert_rows, keep_rows

MOST_ROWS = 1_000_000_000
LARGEST_PAGE = 500
"""Up to this many rows, sums are made for the rows shown alone, else for everybody at once."""
FIRST_NAMES = 2000
"""Among how many names a page of those with a word is looked for first."""


class Wish(NamedTuple):
    """What a list is asked for. Empty columns: the usual ones; `limit` 0: all; `scope`: visible, archived, all."""

    query: Sequence[str] = ()
    columns: Sequence[str] = ()
    sort: Sequence[str] = ()
    limit: int = 0
    offset: int = 0
    scope: str = "visible"


class Listing(NamedTuple):
    """The fields shown and the rows: tuples of cells, in the order of the fields; lists are lists."""

    fields: list[Field]
    rows: Rows
    scope: str


class _Statement(NamedTuple):
    """The pieces of the SELECT that finds the records; `joins` by field key, for the sums it needs."""

    bound: Bound
    scope: str
    condition: str
    order: str
    page: str
    joins: dict[str, Field]


def list_rows(db: sqlite3.Connection, today: date, registry: Registry, wish: Wish) -> Listing:
    """Return the records that answer to every term of the query, sorted, as rows of the columns asked for (R52).

    Raises BadValue for an unknown field, or a value, limit or offset that can't be.
    """
    reaches = install_functions(db, today)
    fields = _columns(db, registry, wish.columns)
    terms = [parse_term(argument) for argument in wish.query]
    scope = _scope(db, registry, terms) if wish.scope == "visible" else wish.scope
    statement = _statement(db, today, registry, wish, terms, scope)
    if 0 < wish.limit <= LARGEST_PAGE:
        ids = _found_among_the_first(db, today, registry, wish, terms, scope)
        rows: Rows = _page(db, registry, statement, fields, reaches, ids)
    else:
        rows = _everything(db, statement, fields, reaches)
    return Listing(fields, _split_lists(fields, rows), scope)


def check_wish(db: sqlite3.Connection, today: date, registry: Registry, wish: Wish) -> None:
    """Raise BadValue where `list_rows` would; nothing is looked for."""
    install_functions(db, today)
    _columns(db, registry, wish.columns)
    _statement(db, today, registry, wish, [parse_term(argument) for argument in wish.query], "all")


def _scope(db: sqlite3.Connection, registry: Registry, terms: Sequence[Term]) -> str:
    """Return who is looked for: what a list leaves out is found when the query itself names it."""
    if asks_for_archived(terms):
        return "archived"
    return "deleted" if asks_for_deleted(db, registry, terms) else "visible"


def _columns(db: sqlite3.Connection, registry: Registry, asked: Sequence[str]) -> list[Field]:
    fields = {(each := registry.named(db, name)).key: each for name in asked or registry.default_columns}
    for each in fields.values():
        _require_listed(each)
    return list(fields.values())


def _require_listed(field: Field) -> None:
    if not field.listed:
        raise BadValue(
            _("{name} is a filter, not a column.").format(name=field.key),
            _("Use it as a term of the query: {name}:2026-09.").format(name=field.key),
        )


def _found_among_the_first(
    db: sqlite3.Connection, today: date, registry: Registry, wish: Wish, terms: Sequence[Term], scope: str
) -> list[tuple[int, int]]:
    """Look for a page of those with a word in the first names of the alphabet; return it only if it is full.

    A frequent word is found soonest this way. For a rare one all students are better searched once than each
    client's when the client is reached.
    """
    if wish.sort or all(term.field for term in terms):
        return []
    statement = _statement(db, today, registry, wish, terms, scope, one_by_one=True)
    name = registry.fields[registry.order].sorted_by
    # Where there are no more names than that, it is a blob that stands for the end: greater than any text.
    end = f"ifnull((SELECT {name} FROM {registry.entity} ORDER BY {name} LIMIT 1 OFFSET {FIRST_NAMES}), x'')"  # noqa: S608
    found = _ids(db, registry, statement._replace(condition=f"{name} < {end} AND {statement.condition}"))
    return found if len(found) == wish.limit else []


def _ids(db: sqlite3.Connection, registry: Registry, statement: _Statement) -> list[tuple[int, int]]:
    """Find the records of the page and whose they are, in order."""
    query = _select(f"{registry.id}, {registry.client}", statement, statement.joins)
    return db.execute(query, statement.bound.values).fetchall()


def _statement(
    db: sqlite3.Connection,
    today: date,
    registry: Registry,
    wish: Wish,
    terms: Sequence[Term],
    scope: str,
    *,
    one_by_one: bool = False,
) -> _Statement:
    bound = Bound(today, one_by_one=one_by_one)
    conditions = Conditions(db, registry, bound)
    condition = conditions.of(terms)
    order = _order(db, registry, wish.sort, conditions.joins)
    return _Statement(bound, registry.scopes[scope], condition, order, _limits(wish), conditions.joins)


def _order(db: sqlite3.Connection, registry: Registry, asked: Sequence[str], joins: dict[str, Field]) -> str:
    parts = []
    for name in asked:
        each = registry.named(db, name.lstrip("-−"))
        _require_listed(each)
        if each.total:
            joins[each.key] = each
        direction = " DESC" if name[0] in "-−" else ""
        parts.append(f"{each.sorted_by}{direction}{'' if each.filled else ' NULLS LAST'}")
    return ", ".join([*parts, registry.fields[registry.order].sorted_by, registry.id])


def _limits(wish: Wish) -> str:
    for value in (wish.limit, wish.offset):
        if not 0 <= value <= MOST_ROWS:
            raise BadValue(
                _("{value} is no number of rows.").format(value=value),
                _("Give a number from 0 to {most}.").format(most=MOST_ROWS),
            )
    return f" LIMIT {wish.limit or -1} OFFSET {wish.offset}" if wish.limit or wish.offset else ""


def _page(
    db: sqlite3.Connection,
    registry: Registry,
    statement: _Statement,
    fields: Sequence[Field],
    reaches: Reaches,
    ids: list[tuple[int, int]],
) -> list[tuple[Any, ...]]:
    """Find the records first, unless they are found already, then the cells of these few."""
    if follows_money(statement.order):
        reaches.expect(_clients(db, statement))
    ids = ids or _ids(db, registry, statement)
    if not ids:
        return []
    owners = sorted({owner for _id, owner in ids})
    reaches.expect(owners)
    joins = "".join(each.join(owners) for each in fields if each.total)
    cells = ", ".join([registry.id, *(each.value for each in fields)])
    source, _where, _condition = statement.scope.partition(" WHERE ")
    listed = ", ".join(str(number) for number, _owner in ids)
    query = f"SELECT {cells} FROM {source}{joins} WHERE {registry.id} IN ({listed})"  # noqa: S608
    rows = {row[0]: row[1:] for row in db.execute(query, {"today": statement.bound.values["today"]})}
    return [rows[number] for number, _owner in ids]


def _everything(db: sqlite3.Connection, statement: _Statement, fields: Sequence[Field], reaches: Reaches) -> Rows:
    joins = statement.joins | {each.key: each for each in fields if each.total}
    cells = ", ".join(each.value for each in fields)
    if follows_money(cells + statement.order):
        reaches.expect(_clients(db, statement))
    return keep_rows(db.execute(_select(cells, statement, joins), statement.bound.values))


def _clients(db: sqlite3.Connection, statement: _Statement) -> set[int]:
    """Find whose the records are, all pages of them, so that their money is followed together."""
    unsorted = statement._replace(order="1", page="")
    return {number for (number,) in db.execute(_select("client.id", unsorted, statement.joins), statement.bound.values)}


def _select(cells: str, statement: _Statement, joins: dict[str, Field]) -> str:
    source, _where, scope = statement.scope.partition(" WHERE ")
    joined = "".join(each.join(None) for each in joins.values())
    return (
        f"SELECT {cells} FROM {source}{joined}"  # noqa: S608
        f" WHERE {scope} AND {statement.condition} ORDER BY {statement.order}{statement.page}"
    )


def _split_lists(fields: Sequence[Field], rows: Rows) -> Rows:
    """Turn the joined values of list columns into lists."""
    places: list[tuple[int, Callable[[str], Any]]] = [
        (place, int if each.items == "integer" else str) for place, each in enumerate(fields) if each.is_list
    ]
    if not places:
        return rows

    def split(row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for place, read in places:
            joined = cells[place]
            cells[place] = [] if joined is None else [read(part) for part in str(joined).split(SEPARATOR)]
        return tuple(cells)

    return convert_rows(rows, split)
