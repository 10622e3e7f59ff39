"""Groups and memberships: adding a group, joining it, leaving it (R21)."""

import sqlite3
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.dates import human_date, human_day
from schoolcrm.core.rules.names import fold, tidy

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

_FOREVER = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving a group did: the last day of membership, None when it was removed before it began; its id."""

    last_on: date | None
    id: int = field(default=0, compare=False)


def add_group(
    school: "WritableSchool",
    name: str,
    *,
    subject_id: int | None = None,
    level_id: int | None = None,
    teacher_id: int | None = None,
    room_id: int | None = None,
    size_limit: int | None = None,
) -> int:
    """Add a group and return its id; `size_limit` is the most members at once (None: any number).

    Raises Refused for a name that is taken, BadValue for an empty one or a limit below 1.
    """
    from schoolcrm.core.store.models import StudyGroup

    clean = tidy(name)
    if not clean:
        raise BadValue(_("A group needs a name."), _("Give the group a name."))
    require_limit(size_limit)
    require_free_name(school.db, clean)
    group = school.add(
        StudyGroup,
        name=clean,
        name_key=fold(clean),
        subject_id=subject_id,
        level_id=level_id,
        teacher_id=teacher_id,
        room_id=room_id,
        size_limit=size_limit,
        created_on=school.today,
    )
    assert group.id is not None
    return group.id


def join(
    school: "WritableSchool",
    group_id: int,
    student_id: int,
    first_on: date,
    last_on: date | None = None,
    *,
    over_limit: bool = False,
) -> int:
    """Make the student a member from the first to the last day, inclusive (None: open end); return the id.

    Raises BadValue when the last day is before the first; Refused for an archived group or student, a deleted
    client, a membership that overlaps another of the same student, and, unless `over_limit`, a full group.
    """
    if last_on is not None and last_on < first_on:
        raise BadValue(
            _("A membership can't end on {last} before it begins on {first}.").format(
                first=human_date(first_on), last=human_date(last_on)
            ),
            _("Exchange --from and --to."),
        )
    require_open_group(school.db, group_id)
    require_active_student(school.db, student_id)
    _require_no_overlap(school.db, group_id, student_id, first_on, last_on)
    if not over_limit:
        _require_room(school.db, group_id, first_on, last_on)
    membership_id = school.insert(
        "membership", group_id=group_id, student_id=student_id, first_on=first_on, last_on=last_on
    )
    price_months_anew(school, [student_id], first_on, last_on)
    return membership_id


def leave(school: "WritableSchool", group_id: int, student_id: int, on: date) -> Left:
    """End the student's membership: `on` is its last day, later memberships in the group are removed.

    Only one still to begin is removed: one that began after `on` but by today would vanish with its days.
    Lessons held stay as they are. Raises Refused for such a one, and when the student is no member on that day
    or later.
    """
    day = on.isoformat()
    db = school.db
    _require_none_begun(db, group_id, student_id, on, school.today)
    removed = db.execute(
        "DELETE FROM membership WHERE group_id = ? AND student_id = ? AND first_on > ? RETURNING id",
        (group_id, student_id, day),
    ).fetchall()
    ended = db.execute(
        "UPDATE membership SET last_on = ? WHERE group_id = ? AND student_id = ? AND first_on <= ?"
        " AND (last_on IS NULL OR last_on >= ?) RETURNING id",
        (day, group_id, student_id, day, day),
    ).fetchall()
    if not (removed or ended):
        raise _not_member(db, group_id, student_id, on)
    price_months_anew(school, [student_id], on)
    return Left(on if ended else None, (ended or removed)[0][0])


def members_on(db: sqlite3.Connection, group_id: int, day: date) -> list[int]:
    """Return the students who are members on that day, by name, but for archived and deleted ones (R21)."""
    rows = db.execute(
        "SELECT student.id FROM membership JOIN student ON student.id = membership.student_id"
        " JOIN visible_client ON visible_client.id = student.client_id"
        " WHERE membership.group_id = ? AND membership.first_on <= ? AND ifnull(membership.last_on, ?) >= ?"
        " AND student.archived_on IS NULL ORDER BY student.name_key, student.id",
        (group_id, day.isoformat(), _FOREVER, day.isoformat()),
    )
    return [number for (number,) in rows]


def names_of(db: sqlite3.Connection, group_id: int, student_id: int) -> dict[str, str]:
    """Return the names of the `group` and the `student`, for sentences."""
    group, student = db.execute(
        "SELECT study_group.name, student.name FROM study_group, student WHERE study_group.id = ? AND student.id = ?",
        (group_id, student_id),
    ).fetchone()
    return {"group": group, "student": student}


def require_limit(size_limit: int | None) -> None:
    """Raise BadValue for a limit below 1 member (None: any number)."""
    if size_limit is not None and size_limit < 1:
        raise BadValue(
            _("{value} is no limit for the size of a group.").format(value=size_limit),
            _("Give the most members it may have, 1 or more."),
        )


def require_free_name(db: sqlite3.Connection, name: str, but: int | None = None) -> None:
    """Refuse a name that a group other than `but` has."""
    query = "SELECT name, archived_on FROM study_group WHERE name_key = ? AND id IS NOT ?"
    row = db.execute(query, (fold(name), but)).fetchone()
    if row is None:
        return
    hint = (
        _("It is in the archive: 'schoolcrm groups restore' brings it back.")
        if row[1]
        else _("'schoolcrm groups list' shows all.")
    )
    raise Refused(_("There is a group {name} already.").format(name=quoted(row[0])), hint)


def require_open_group(db: sqlite3.Connection, group_id: int) -> None:
    """Refuse a group in the archive."""
    name, archived_on = db.execute("SELECT name, archived_on FROM study_group WHERE id = ?", (group_id,)).fetchone()
    if archived_on:
        raise Refused(_("The group {name} is in the archive.").format(name=quoted(name)), _("Choose another group."))


def require_active_student(db: sqlite3.Connection, student_id: int | None) -> None:
    """Refuse an archived student, and one of an archived or deleted client (R7)."""
    row = db.execute(
        "SELECT student.name FROM student WHERE id = ? AND (archived_on IS NOT NULL"
        " OR NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = student.client_id))",
        (student_id,),
    ).fetchone()
    if row:
        raise Refused(
            _("{name} is archived or deleted and takes part in nothing.").format(name=quoted(row[0])),
            _("Restore the student or the client first."),
        )


def _require_no_overlap(
    db: sqlite3.Connection, group_id: int, student_id: int, first_on: date, last_on: date | None
) -> None:
    row = db.execute(
        "SELECT student.name, membership.first_on, membership.last_on FROM membership"
        " JOIN student ON student.id = membership.student_id"
        " WHERE group_id = ? AND student_id = ? AND first_on <= ? AND ifnull(last_on, ?) >= ?"
        " ORDER BY first_on LIMIT 1",
        (group_id, student_id, last_on.isoformat() if last_on else _FOREVER, _FOREVER, first_on.isoformat()),
    ).fetchone()
    if row is None:
        return
    name, first, last = row
    if last is None:
        sentence = _("{name} is in the group already, since {first}.")
        begins = human_day(first)
        raise Refused(
            sentence.format(name=quoted(name), first=begins),
            _("End that membership first: 'schoolcrm groups leave'."),
        )
    sentence = _("{name} is in the group already, from {first} to {last}.")
    days = {"first": human_day(first), "last": human_day(last)}
    raise Refused(sentence.format(name=quoted(name), **days), _("Choose days outside that membership."))


def _require_room(db: sqlite3.Connection, group_id: int, first_on: date, last_on: date | None) -> None:
    """Refuse a member too many on any day from first to last."""
    name, limit = db.execute("SELECT name, size_limit FROM study_group WHERE id = ?", (group_id,)).fetchone()
    if limit is None:
        return
    stays = db.execute(
        "SELECT membership.first_on, ifnull(membership.last_on, ?) FROM membership"
        " JOIN student ON student.id = membership.student_id AND student.archived_on IS NULL"
        " JOIN visible_client ON visible_client.id = student.client_id"
        " WHERE group_id = ? AND first_on <= ? AND ifnull(last_on, ?) >= ?",
        (_FOREVER, group_id, last_on.isoformat() if last_on else _FOREVER, _FOREVER, first_on.isoformat()),
    ).fetchall()
    days = {first_on.isoformat(), *(first for first, _last in stays if first > first_on.isoformat())}
    fullest = max(sum(first <= day <= last for first, last in stays) for day in days)
    if fullest >= limit:
        raise Refused(
            _("The group {name} is full: {members} of {limit}.").format(
                name=quoted(name), members=fullest, limit=limit
            ),
            _("Repeat with --over-limit to add one more."),
        )


def _require_none_begun(db: sqlite3.Connection, group_id: int, student_id: int, on: date, today: date) -> None:
    """Refuse to end the membership on a day before one that has begun."""
    (first,) = db.execute(
        "SELECT min(first_on) FROM membership WHERE group_id = ? AND student_id = ? AND first_on > ? AND first_on <= ?",
        (group_id, student_id, on.isoformat(), today.isoformat()),
    ).fetchone()
    if first is None:
        return
    (member,) = db.execute(
        "SELECT EXISTS (SELECT 1 FROM membership WHERE group_id = ? AND student_id = ? AND first_on <= ?)",
        (group_id, student_id, on.isoformat()),
    ).fetchone()
    sentence = (
        _("{student} is a member of {group} again since {first}.")
        if member
        else _("{student} is a member of {group} only since {first}.")
    )
    names = {key: quoted(name) for key, name in names_of(db, group_id, student_id).items()}
    raise Refused(
        sentence.format(**names, first=human_day(first)),
        _("Give that day or a later one with --on: what has begun is ended, not removed."),
    )


def _not_member(db: sqlite3.Connection, group_id: int, student_id: int, on: date) -> Refused:
    names = {key: quoted(name) for key, name in names_of(db, group_id, student_id).items()}
    return Refused(
        _("{student} is not a member of {group} on {day}.").format(**names, day=human_date(on)),
        _("'schoolcrm groups show' lists the members with their days."),
    )
