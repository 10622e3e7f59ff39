"""iCalendar (RFC 5545): events for any calendar program."""

import sys
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from schoolcrm.reports.writers.destination import new_file, standard_output

if TYPE_CHECKING:
    from icalendar import Event as CalendarEvent

    from schoolcrm.reports.schedule_export import Event

PRODUCT = "-//schoolcrm//schoolcrm//EN"
STANDARD_OUTPUT = Path("-")
_A_YEAR = timedelta(days=366)  # the clock changes of a zone are described with what was before and comes after


def write_ics(events: Iterable["Event"], name: str, time_zone: str, made_at: datetime, file: Path | None) -> None:
    """Write a calendar called `name` to the file, or to the standard output; Refused and DiskTrouble when it can't be.

    Times are in `time_zone` (an IANA name), which the calendar then describes; without one that is known they
    are times of wherever the calendar is looked at.
    """
    text = ics_bytes(events, name, time_zone, made_at)
    if file is None or file == STANDARD_OUTPUT:
        with standard_output(sys.stdout, utf8=True) as stream:
            stream.write(text.decode())
    else:
        with new_file(file) as target:
            target.write(text)


def ics_bytes(events: Iterable["Event"], name: str, time_zone: str, made_at: datetime) -> bytes:
    """Return the calendar as the bytes of an .ics file."""
    from icalendar import Calendar

    zone = _zone(time_zone)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    days = []
    for event in events:
        calendar.add_component(_component(event, zone, made_at))
        days.append(event.begins.date())
    if zone is not None and days:
        calendar.add("x-wr-timezone", time_zone)
        calendar.add_missing_timezones(min(days) - _A_YEAR, max(days) + _A_YEAR)
    written: bytes = calendar.to_ical()
    return written


def _component(event: "Event", zone: tzinfo | None, made_at: datetime) -> "CalendarEvent":
    from icalendar import Event as CalendarEvent

    component = CalendarEvent()
    component.add("uid", event.uid)
    component.add("dtstamp", made_at)
    component.add("dtstart", event.begins.replace(tzinfo=zone))
    component.add("dtend", event.ends.replace(tzinfo=zone))
    component.add("summary", event.summary)
    if event.location:
        component.add("location", event.location)
    if event.description:
        component.add("description", event.description)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    return component


def _zone(time_zone: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(time_zone) if time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
