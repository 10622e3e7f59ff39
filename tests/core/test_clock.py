"""The school's day is that of its own time zone, whatever the machine's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schoolcrm.core.clock import school_day


@pytest.mark.parametrize("machine", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "", "no such zone"])
@pytest.mark.parametrize("zone", ["Europe/Moscow", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_day_is_the_school_s(monkeypatch: pytest.MonkeyPatch, machine: str, zone: str) -> None:
    """Cron runs with TZ=UTC or none; Kiritimati and Pago Pago never share a day."""
    import time

    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        around = {(datetime.now(UTC) + timedelta(seconds=s)).astimezone(ZoneInfo(zone)).date() for s in (-2, 2)}
        assert school_day(zone) in around
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_unknown_zone_falls_back_to_the_machine_s() -> None:
    assert abs((school_day("No/Where") - datetime.now(UTC).date()).days) <= 1
