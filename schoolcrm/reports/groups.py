"""The list of groups, and one group with its members and schedule (R21)."""

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.language import N_, _, ngettext, translated
from schoolcrm.core.learning.schedule import find_slots
from schoolcrm.core.rules.dates import human_weekday
from schoolcrm.core.rules.timetable import Slot
from schoolcrm.reports.table import Column, Fact, Kind, Table

STATE_WORDS = {
    "current": N_("member"),
    "coming": N_("from later on"),
    "archived": N_("archived"),
}
_GROUPS = """
SELECT study_group.id, study_group.name, subject.name, level.name, teacher.name, room.name,
       (SELECT count(*) FROM membership
          JOIN student ON student.id = membership.student_id AND student.archived_on IS NULL
          JOIN visible_client ON visible_client.id = student.client_id
         WHERE membership.group_id = study_group.id AND membership.first_on <= :today
           AND ifnull(membership.last_on, :today) >= :today),
       study_group.size_limit, study_group.created_on, study_group.archived_on
  FROM study_group
  LEFT JOIN subject ON subject.id = study_group.subject_id
  LEFT JOIN level ON level.id = study_group.level_id
  LEFT JOIN teacher ON teacher.id = study_group.teacher_id
  LEFT JOIN room ON room.id = study_group.room_id"""
_LISTED = """
 WHERE :archived IS NULL OR (study_group.archived_on IS NOT NULL) = :archived
 ORDER BY study_group.name_key, study_group.id"""
_ONE = " WHERE study_group.id = :group"
_MEMBERS = """
SELECT student.id, student.name, client.id, client.name, membership.first_on, membership.last_on,
       CASE WHEN membership.last_on < :today THEN 'archived' WHEN membership.first_on > :today THEN 'coming'
            ELSE 'current' END AS state
  FROM membership
  JOIN student ON student.id = membership.student_id
  JOIN client ON client.id = student.client_id
 WHERE membership.group_id = :group
   AND (membership.last_on < :today OR (student.archived_on IS NULL
        AND EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)))
 ORDER BY state = 'archived', state = 'coming', student.name_key, membership.first_on"""


@dataclass(frozen=True, slots=True)
class GroupCard:
    """One group: the row of the list, its memberships, and its lines of the schedule that go on."""

    group: tuple[Any, ...]
    members: list[tuple[Any, ...]]
    slots: list[Slot]


def find_groups(db: sqlite3.Connection, today: date, *, archived: bool | None = False) -> list[tuple[Any, ...]]:
    """Return the groups by name, with today's members counted; `archived`: True only those, None all."""
    return db.execute(_GROUPS + _LISTED, {"today": today.isoformat(), "archived": archived}).fetchall()


def groups_table(rows: Sequence[Sequence[Any]], *, show_archived: bool = False) -> Table:
    """Return the list of groups as a table."""
    return Table(
        report="groups",
        title=_("Groups"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("name", _("Name")),
            Column("subject", _("Subject")),
            Column("level", _("Level")),
            Column("teacher", _("Teacher")),
            Column("room", _("Room")),
            Column("members", _("Members"), Kind.INTEGER),
            Column("limit", _("Places"), Kind.INTEGER),
            Column("created", _("Created"), Kind.DATE, hidden=True),
            Column("archived", _("Archived"), Kind.DATE, hidden=not show_archived),
        ),
        rows=rows,
    )


def find_group_card(db: sqlite3.Connection, group_id: int, today: date) -> GroupCard:
    """Return the group with all its memberships, ended ones last; archived students only among those."""
    asked = {"group": group_id, "today": today.isoformat()}
    group = db.execute(_GROUPS + _ONE, asked).fetchone()
    members = db.execute(_MEMBERS, asked).fetchall()
    return GroupCard(group, members, find_slots(db, group_id=group_id, first=today))


def group_table(card: GroupCard) -> Table:
    """Return one group as a table of its members, with everything else about it in the head."""
    number, name, subject, level, teacher, room, members, limit, created_on, archived_on = card.group
    return Table(
        report="group",
        title=name,
        head=(
            Fact("id", _("No."), Kind.INTEGER, number),
            Fact("subject", _("Subject"), Kind.TEXT, subject),
            Fact("level", _("Level"), Kind.TEXT, level),
            Fact("teacher", _("Teacher"), Kind.TEXT, teacher),
            Fact("room", _("Room"), Kind.TEXT, room),
            Fact("schedule", _("Schedule"), Kind.LIST, [slot_text(slot) for slot in card.slots] or None),
            Fact("members", _("Members"), Kind.INTEGER, members),
            Fact("limit", _("Places"), Kind.INTEGER, limit),
            Fact("created", _("Created"), Kind.DATE, created_on),
            Fact("archived", _("Archived"), Kind.DATE, archived_on),
        ),
        columns=(
            Column("student_id", _("No."), Kind.INTEGER),
            Column("student", _("Student")),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("from", _("From"), Kind.DATE),
            Column("to", _("To"), Kind.DATE),
            Column("state", _("State"), Kind.CODE, words=translated(STATE_WORDS)),
        ),
        rows=card.members,
    )


def slot_text(slot: Slot) -> str:
    """Return a line of the schedule in few words: ``Mon Thu 18:00 (60 min)``."""
    return rhythm_text(slot.weekdays, slot.time, slot.minutes, slot.every_weeks)


def rhythm_text(weekdays: Collection[int], time: str, minutes: int, every_weeks: int) -> str:
    """Return when the lessons of a line of the schedule are, in few words."""
    days = " ".join(human_weekday(day) for day in sorted(weekdays))
    told = {"days": days, "time": time, "minutes": minutes, "weeks": every_weeks}
    if every_weeks == 1:
        return _("{days} {time} ({minutes} min)").format(**told)
    return ngettext(
        "{days} {time} ({minutes} min, every {weeks} week)",
        "{days} {time} ({minutes} min, every {weeks} weeks)",
        every_weeks,
    ).format(**told)
