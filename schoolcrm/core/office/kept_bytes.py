"""Bytes of files in the database: base64, for the journal is JSON, beside what proves them unchanged."""

import sqlite3
from base64 import b64decode, b64encode


def digest_of(content: bytes) -> str:
    """Return what tells those bytes from any others."""
    from hashlib import sha256  # the card of a client needs none

    return sha256(content).hexdigest()


def as_kept(content: bytes) -> str:
    """Return the bytes as the database keeps them."""
    return b64encode(content).decode()


def read_kept(db: sqlite3.Connection, table: str, number: int, digest: str) -> bytes | None:
    """Return the bytes of that record of the table, as they were added; None if they are gone or others."""
    row = db.execute(f'SELECT content FROM "{table}" WHERE id = ?', (number,)).fetchone()  # noqa: S608
    try:
        content = b64decode(row[0], validate=True) if row else b""
    except ValueError:
        content = b""
    return content if digest_of(content) == digest else None
