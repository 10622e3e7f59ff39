"""Lists of numbers for statements: as many as there are, in one parameter."""

from collections.abc import Iterable


def number_list(numbers: Iterable[int]) -> str:
    """Return the numbers as a JSON array, for SQLite's `json_each`; `json` need not be loaded for that."""
    return f"[{','.join(map(str, numbers))}]"
