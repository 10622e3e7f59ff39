"""What is known about a group changed, and groups put in the archive and taken out of it (R21)."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.groups import members_on, require_free_name, require_limit
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.names import fold, tidy

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

_CAN_BE_EMPTIED = {
    "subject": "subject_id",
    "level": "level_id",
    "teacher": "teacher_id",
    "room": "room_id",
    "limit": "size_limit",
}
# What a line of the schedule has from its group, unless it was added with something else.
_INHERITED = ("subject_id", "teacher_id", "room_id")


def edit_group(school: "WritableSchool", group_id: int, facts: Mapping[str, Any]) -> int:
    """Change columns of the group (None empties) and return how many lines of its schedule follow.

    Lines that are not over and have the group's subject, teacher or room get the new one, so that the lessons of
    the schedule that are not stored yet follow; those held stay. Month plans are priced anew when the subject
    changes, for it says who pays (R31, R32). Raises Refused for a name that is taken, BadValue for an empty one or
    a limit below 1.
    """
    db = school.db
    values = _checked(db, group_id, facts)
    following = _lines_that_follow(db, group_id, values, school.today)
    for column, value in values.items():
        db.execute(f"UPDATE study_group SET {column} = ? WHERE id = ?", (value, group_id))  # noqa: S608
    for slot_id, column in following:
        db.execute(f"UPDATE schedule SET {column} = ? WHERE id = ?", (values[column], slot_id))  # noqa: S608
    if any(column == "subject_id" for _slot, column in following):
        price_months_anew(school, _members_ever(db, group_id), _first_day(db, group_id))
    return len({slot_id for slot_id, _column in following})


def emptied(fields: Iterable[str]) -> dict[str, Any]:
    """Return column → None of the fields to be emptied; BadValue for one that can't be."""
    for field in fields:
        if field not in _CAN_BE_EMPTIED:
            raise BadValue(
                _("The field {name} can't be emptied.").format(name=quoted(field)),
                _("Those that can: {names}.").format(names=", ".join(_CAN_BE_EMPTIED)),
            )
    return {_CAN_BE_EMPTIED[field]: None for field in fields}


def archive_group(school: "WritableSchool", group_id: int) -> list[int]:
    """Put the group in the archive: it has no lessons from today on; return who is a member today.

    Memberships and the schedule stay as they are, for `restore_group`; month plans are priced anew (R31).
    Refused for a group that is there already.
    """
    _require_archived(school.db, group_id, False)
    members = members_on(school.db, group_id, school.today)
    _set_archived(school, group_id, school.today)
    price_months_anew(school, _members_ever(school.db, group_id), school.today)
    return members


def restore_group(school: "WritableSchool", group_id: int) -> None:
    """Take the group out of the archive, with its members and schedule; Refused for one that is not there."""
    since = _require_archived(school.db, group_id, True)
    _set_archived(school, group_id, None)
    price_months_anew(school, _members_ever(school.db, group_id), since or school.today)


def _checked(db: sqlite3.Connection, group_id: int, facts: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(facts)
    if "name" in values:
        values["name"] = tidy(values["name"])
        if not values["name"]:
            raise BadValue(_("A group needs a name."), _("Give the group a name."))
        values["name_key"] = fold(values["name"])
        require_free_name(db, values["name"], but=group_id)
    require_limit(values.get("size_limit"))
    return values


def _lines_that_follow(
    db: sqlite3.Connection, group_id: int, values: Mapping[str, Any], today: date
) -> list[tuple[int, str]]:
    """Return the lines, each with the column, that have what the group had and are not over."""
    found = []
    for column in _INHERITED:
        if column in values:
            rows = db.execute(
                f"SELECT schedule.id FROM schedule JOIN study_group ON study_group.id = schedule.group_id"  # noqa: S608
                f" WHERE schedule.group_id = ? AND schedule.{column} IS study_group.{column}"
                f" AND schedule.{column} IS NOT ? AND (schedule.last_on IS NULL OR schedule.last_on >= ?)",
                (group_id, values[column], today.isoformat()),
            )
            found += [(slot_id, column) for (slot_id,) in rows]
    return found


def _members_ever(db: sqlite3.Connection, group_id: int) -> list[int]:
    rows = db.execute("SELECT DISTINCT student_id FROM membership WHERE group_id = ?", (group_id,))
    return [number for (number,) in rows]


def _first_day(db: sqlite3.Connection, group_id: int) -> date:
    (first,) = db.execute("SELECT min(first_on) FROM schedule WHERE group_id = ?", (group_id,)).fetchone()
    return date.fromisoformat(first)


def _require_archived(db: sqlite3.Connection, group_id: int, archived: bool) -> date | None:
    name, archived_on = db.execute("SELECT name, archived_on FROM study_group WHERE id = ?", (group_id,)).fetchone()
    if (archived_on is not None) != archived:
        sentence = (
            _("The group {name} is not in the archive.") if archived else _("The group {name} is in the archive.")
        )
        raise Refused(sentence.format(name=quoted(name)), _("'schoolcrm groups list --all' shows all groups."))
    return date.fromisoformat(archived_on) if archived_on else None


def _set_archived(school: "WritableSchool", group_id: int, on: date | None) -> None:
    school.db.execute("UPDATE study_group SET archived_on = ? WHERE id = ?", (on.isoformat() if on else None, group_id))
