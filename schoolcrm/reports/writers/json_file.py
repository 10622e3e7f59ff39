"""A table as JSON (one versioned envelope) and as JSON lines (one object per row)."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, TextIO

from schoolcrm.core.rules.safetext import escape_json
from schoolcrm.reports.table import Column, Fact, Kind, Table, in_machine_order
from schoolcrm.reports.writers.cells import REMEMBERED, fact_for_machines, for_machines

VERSION = 1

_encode_raw = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def write_json(table: Table, stream: TextIO) -> None:
    """Write the envelope of the whole table; rows are streamed, one on each line."""
    table = in_machine_order(table)
    columns = [{"key": each.key, "label": each.label, "type": each.kind.value} for each in table.columns]
    stream.write(f'{{\n "schoolcrm": {VERSION},\n "report": {_encode(table.report)},\n')
    stream.write(f' "title": {_encode(table.title)},\n "parameters": {_encode(_facts(table.parameters))},\n')
    stream.write(f' "columns": {_encode(columns)},\n "rows": [')
    before = "\n  "
    for row in _rows(table):
        stream.write(before + row)
        before = ",\n  "
    stream.write(f'],\n "totals": {_encode(_facts((*table.head, *table.totals)))}\n}}\n')


def write_jsonl(table: Table, stream: TextIO) -> None:
    """Write one object per row and line, nothing else."""
    for row in _rows(in_machine_order(table)):
        stream.write(row + "\n")


def _rows(table: Table) -> Iterator[str]:
    """Yield every row as the text of an object with all keys."""
    pairs = [f"{_encode(column.key)}: ".replace("%", "%%") + "%s" for column in table.columns]
    template = f"{{{', '.join(pairs)}}}"  # three times as quick as encoding a dictionary per row
    encoders = [_encoder(column) for column in table.columns]
    for row in table.rows:
        line = template % tuple([encode(cell) for encode, cell in zip(encoders, row, strict=True)])
        yield line if line.isprintable() else escape_json(line)


def _encoder(column: Column) -> Callable[[Any], str]:
    """Return what turns a cell of the column into JSON text."""
    convert = for_machines(column)
    if convert is None:
        return _encode_plain
    if column.kind is Kind.LIST:
        return lambda cell: _encode(convert(cell))
    return lru_cache(REMEMBERED)(lambda cell: _encode(convert(cell)))


def _facts(facts: Iterable[Fact]) -> dict[str, Any]:
    return {fact.key: fact_for_machines(fact) for fact in facts}


def _encode_plain(cell: Any) -> str:
    """Encode text and whole numbers, the most usual cells, without the way through the encoder."""
    if type(cell) is str:
        return encode_basestring(cell)
    if cell is None:
        return "null"
    return str(cell) if type(cell) is int else _encode_raw(cell)


def _encode(value: Any) -> str:
    return escape_json(_encode_raw(value))
