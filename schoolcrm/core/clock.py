"""The only place that reads the clock; everything else is told what day it is."""

import os
from datetime import UTC, date, datetime, tzinfo

_ZONES = "/usr/share/zoneinfo"  # where nearly every system but Windows has them
_ZONES_TOLD = "PYTHONTZPATH"


def utc_now() -> str:
    """Return the moment for the journal of changes: ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def machine_now() -> datetime:
    """Return this moment by the machine's own clock and time zone, for the names of files."""
    return datetime.now().astimezone()


def school_day(time_zone: str) -> date:
    """Return today's calendar date in the school's time zone (an IANA name; empty: the machine's)."""
    if time_zone and not _machine_is_in(time_zone):
        try:
            return datetime.now(_zone(time_zone)).date()
        except (LookupError, ValueError):
            pass
    return datetime.now().astimezone().date()


def _zone(name: str) -> tzinfo:
    """Return the time zone; LookupError or ValueError if there is none of that name.

    `zoneinfo` is told where to look: it would ask how Python was built, and wait for all that is known about that.
    """
    told = _ZONES_TOLD in os.environ or not os.path.isdir(_ZONES)  # noqa: PTH112  (pathlib is slow to load)
    if not told:
        os.environ[_ZONES_TOLD] = _ZONES
    try:
        from zoneinfo import ZoneInfo
    finally:
        if not told:
            del os.environ[_ZONES_TOLD]
    return ZoneInfo(name)


def _machine_is_in(time_zone: str) -> bool:
    """Tell, at no cost, whether the machine's clock is in that zone already; when unsure, it is not."""
    if named := os.environ.get("TZ"):
        return named == time_zone
    try:
        return os.readlink("/etc/localtime").endswith(f"zoneinfo/{time_zone}")  # noqa: PTH115  (pathlib is slow to load)
    except OSError:
        return False


def machine_time_zone() -> str:
    """Return the machine's time zone as an IANA name, or an empty string when it has none."""
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or ""
    except (LookupError, ValueError):
        return ""
