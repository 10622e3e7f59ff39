"""Values of an import as the database keeps them."""

from datetime import date
from decimal import Decimal
from typing import Any


def iso(day: date | None) -> str | None:
    """Return a day as it is kept, None for none."""
    return day.isoformat() if day is not None else None


def field_text(value: Any) -> str:
    """Return a custom field's value as it is kept: numbers plain, dates ISO, yes and no as 1 and 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
