"""Numbers of new records: above all that were ever given, so that a number never comes to name another (R54)."""

import sqlite3

_LAST = """
    SELECT max(ifnull((SELECT max(id) FROM "{table}"), 0),
               ifnull((SELECT record FROM change WHERE entity = '{table}' ORDER BY record DESC LIMIT 1), 0))
"""


def last_number(db: sqlite3.Connection, table: str) -> int:
    """Return the highest number that a record of the table has or had; 0 if there was none.

    SQLite itself gives the number of the newest record anew once that is gone: after an undo a receipt, a script or
    the history would tell of two people under one number, and the undone one could not come back.
    """
    return int(db.execute(_LAST.format(table=table)).fetchone()[0])
