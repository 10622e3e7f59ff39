"""The nightly recompute as its tests run it."""

from datetime import date
from pathlib import Path

from builders import writing_school

from schoolcrm.core.statuses.recompute import recompute

START = date(2026, 1, 1)


def run(path: Path, today: date, *, strict: bool = False) -> tuple[int, dict[str, int]]:
    with writing_school(path, today) as school:
        result = recompute(school, strict=strict)
        return result.changed, {reason.value: count for reason, count in result.skipped.items()}
