"""The schedule as iCalendar, read back with a real calendar library."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_schedule,
    hold,
    join,
    make_school,
    run_cli,
    student_of,
    writing_school,
)
from icalendar import Calendar

from schoolcrm.core.learning.freezes import Freeze
from schoolcrm.core.learning.freezing import freeze_student
from schoolcrm.core.learning.holidays import add_holiday
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.schedule import Scope
from schoolcrm.reports.schedule_export import calendar_name, find_events
from schoolcrm.reports.writers.ics import ics_bytes

PERIOD = Period(date(2026, 10, 19), date(2026, 11, 8))
MADE_AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
PETYA, GROUP = 1, 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A group that meets on Mondays and Thursdays at 18:00, and Petya alone on Sundays at 09:30."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 10, 1)) as school:
        location = add_entry(school, "locations", "Ленина 1; двор")
        group = add_group(
            school, "Робо, 1", "Роботы", room_id=add_entry(school, "rooms", "101", location_id=location),
            teacher_id=add_entry(school, "teachers", "Пётр \u202eИльин"),
        )  # fmt: skip
        join(school, group, student_of(school, add_client(school, "Анна", student="Петя")), date(2026, 10, 1))
        add_schedule(school, group_id=group, days="mon,thu", minutes=45, first_on=date(2026, 10, 1))
        add_schedule(school, student_id=PETYA, days="sun", time="09:30", minutes=90, first_on=date(2026, 10, 1))
    return path


@pytest.fixture
def school(path: Path) -> Iterator[Any]:
    with writing_school(path, date(2026, 11, 30)) as school:
        yield school


def exported(school: Any, zone: str = "Europe/Berlin", scope: Scope | None = None) -> Any:
    """Export and read back."""
    events = find_events(school.db, PERIOD, scope or Scope())
    return Calendar.from_ical(ics_bytes(events, "Школа", zone, MADE_AT))


def starts(calendar: Any) -> list[datetime]:
    return [event.decoded("dtstart") for event in calendar.walk("VEVENT")]


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
def test_times_are_the_schools_whatever_the_zone_and_its_clock_changes(school: Any, zone: str) -> None:
    calendar = exported(school, zone)
    days = ("10-19 18:00", "10-22 18:00", "10-25 09:30", "10-26 18:00", "10-29 18:00", "11-01 09:30", "11-02 18:00",
            "11-05 18:00", "11-08 09:30")  # fmt: skip
    at = [datetime.fromisoformat(f"2026-{day}") for day in days]
    wanted = [moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for moment in at]
    assert [start.astimezone(UTC) for start in starts(calendar)] == wanted
    ends = [event.decoded("dtend") for event in calendar.walk("VEVENT")]
    lengths = [(end - start).seconds // 60 for start, end in zip(starts(calendar), ends, strict=True)]
    assert lengths == [45, 45, 90, 45, 45, 90, 45, 45, 90]


def test_the_zone_is_described_in_the_file_itself(school: Any) -> None:
    text = ics_bytes(find_events(school.db, PERIOD, Scope()), "Школа", "Europe/Berlin", MADE_AT).decode()
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "DTSTART;TZID=Europe/Berlin:20261019T180000" in text
    zone = Calendar.from_ical(text).walk("VTIMEZONE")[0].to_tz()
    for moment in map(datetime.fromisoformat, ("2026-10-19 18:00", "2026-10-25 09:30", "2026-11-08 09:30")):
        assert moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=ZoneInfo("Europe/Berlin")).utcoffset()


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../etc/passwd"])
def test_without_a_known_zone_times_are_local_ones(school: Any, zone: str) -> None:
    assert starts(exported(school, zone))[0] == datetime.fromisoformat("2026-10-19 18:00")


def test_an_event_says_what_and_where(school: Any) -> None:
    calendar = exported(school)
    assert calendar["x-wr-calname"] == "Школа"
    lesson, own = calendar.walk("VEVENT")[0], calendar.walk("VEVENT")[2]
    assert (lesson["summary"], lesson["location"]) == ("Робо, 1 (Роботы)", "Ленина 1; двор, 101")
    assert lesson["description"] == "Teacher: Пётр Ильин"
    assert (lesson["uid"], lesson["status"]) == ("line-1-20261019@schoolcrm", "CONFIRMED")
    assert lesson.decoded("dtstamp") == MADE_AT
    assert own["summary"] == "Петя"
    assert "location" not in own
    lesson = exported(school, scope=Scope(client_id=1)).walk("VEVENT")[0]
    assert lesson["description"] == "Teacher: Пётр Ильин\nStudents: Петя"
    assert calendar_name(school.db, Scope(group_id=GROUP)) == "Робо, 1"
    assert calendar_name(school.db, Scope()) == "School"


def test_long_names_are_folded_and_their_signs_are_kept(school: Any) -> None:
    name = "Робототехника; старшие, продолжающие\\второй год обучения по субботам"
    school.db.execute("UPDATE study_group SET name = ?", (name,))
    written = ics_bytes(find_events(school.db, PERIOD, Scope()), "Школа, филиал; двор", "Europe/Moscow", MADE_AT)
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    assert b"\n" not in written.replace(b"\r\n", b"")
    for line in written.split(b"\r\n"):
        line.decode()  # no letter is cut in two
    calendar = Calendar.from_ical(written)
    assert calendar.walk("VEVENT")[0]["summary"] == f"{name} (Роботы)"
    assert calendar["x-wr-calname"] == "Школа, филиал; двор"


def test_an_event_stays_the_same_when_it_is_held_moved_or_cancelled(school: Any) -> None:
    before = [event["uid"] for event in exported(school).walk("VEVENT")]
    hold(school, GROUP, date(2026, 10, 19), present=[PETYA])
    line = {"group_id": GROUP, "minutes": 45, "lesson_type_id": 1, "schedule_id": 1}
    from schoolcrm.core.store.models import Lesson

    school.add(Lesson, **line, on_date=date(2026, 10, 22), time="18:00", state="cancelled",
               occurrence_on=date(2026, 10, 22))  # fmt: skip
    school.add(Lesson, **line, on_date=date(2026, 10, 27), time="12:00", state="planned",
               occurrence_on=date(2026, 10, 26))  # fmt: skip
    events = {event["uid"]: event for event in exported(school).walk("VEVENT")}
    assert list(events) == before
    assert [event["status"] for event in events.values()] == ["CONFIRMED", "CANCELLED"] + ["CONFIRMED"] * 7
    moved = events["line-1-20261026@schoolcrm"].decoded("dtstart")
    assert moved.replace(tzinfo=None) == datetime.fromisoformat("2026-10-27 12:00")


def test_holidays_and_freezes_leave_no_events(school: Any) -> None:
    add_holiday(school, date(2026, 10, 26), date(2026, 10, 31))
    freeze_student(school, Freeze(PETYA, date(2026, 11, 1), date(2026, 11, 2)))
    assert [start.date().isoformat()[5:] for start in starts(exported(school))] == [
        "10-19", "10-22", "10-25", "11-05", "11-08",
    ]  # fmt: skip


def test_an_extra_lesson_is_known_by_its_number(school: Any) -> None:
    number = hold(school, GROUP, date(2026, 10, 20), present=[PETYA])
    uids = [event["uid"] for event in exported(school).walk("VEVENT")]
    assert uids[1] == f"lesson-{number}@schoolcrm"
    assert len(set(uids)) == len(uids)


def test_the_command_writes_a_file_or_the_standard_output(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "school.ics"
    words = ("schedule", "export", "--from", "2026-10-19", "--to", "2026-11-08")
    code, out, err = run_cli(*words, "-o", str(file), db=path, today="2026-10-01")
    assert (code, out, err) == (0, "", f"9 lessons written to {file}.\n")
    assert len(starts(Calendar.from_ical(file.read_bytes()))) == 9
    first = starts(Calendar.from_ical(file.read_bytes()))[0]
    assert first == datetime(2026, 10, 19, 18, tzinfo=ZoneInfo("Europe/Moscow"))
    code, out, err = run_cli(*words, "--student", "Петя", "--group", "Робо", db=path, today="2026-10-01")
    assert (code, err) == (0, "")
    assert len(starts(Calendar.from_ical(out))) == 6
    code, out, _err = run_cli("schedule", "export", "--teacher", "Пётр", db=path, today="2026-10-01")
    assert len(starts(Calendar.from_ical(out))) == 105  # a year from today
    code, out, err = run_cli(*words, "-o", str(tmp_path / "no" / "school.ics"), db=path)
    assert (code, out) == (1, "")
    assert "There is no folder" in err
    code, out, _err = run_cli("schedule", "export", "--from", "2030-01-01", "--to", "2030-01-01", db=path)
    assert (code, starts(Calendar.from_ical(out))) == (0, [])
