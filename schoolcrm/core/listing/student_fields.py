"""Every field of a student: columns, sort keys and filters of `students list` (cli.md §4, R50)."""

from schoolcrm.core.language import N_
from schoolcrm.core.listing import sources
from schoolcrm.core.listing.client_fields import (
    BALANCE,
    BASE,
    DEBT,
    EXPIRES,
    LEAD,
    LESSONS_LEFT,
    PHONE,
    STAGE,
    STATUS,
    plain,
)
from schoolcrm.core.listing.conditions import STUDENT_FLAGS, match_own_subscription_days, student_words
from schoolcrm.core.listing.fields import Field, Registry, by_key
from schoolcrm.core.rules.personal import SEXES, parse_birthday, read_name, read_note, read_sex

_ID = "student.id"
_BOTH = "{students} JOIN {clients} AS client ON client.id = student.client_id"


def _list(key: str, label: str, each: str) -> Field:
    return Field(key, label, "list", each=each, owner=_ID)


_FIELDS = by_key(
    Field("id", N_("No."), "integer", sql=_ID, filled=True),
    Field(
        "name",
        N_("Student"),
        sql="student.name",
        folded="student.name_key",
        filled=True,
        column="name",
        read=plain(read_name),
    ),
    Field("client", N_("Client"), sql="client.name", folded="client.name_key", filled=True),
    Field("client_id", N_("Client no."), "integer", sql="client.id", filled=True),
    Field("age", N_("Age"), "integer", sql=sources.age("student.birthday")),
    _list("groups", N_("Groups"), sources.groups(sources.STUDENT)),
    BALANCE,
    DEBT,
    LESSONS_LEFT,
    EXPIRES,
    # An imported last visit is the family's: it stands for a student until there are visits of the student's own (R8).
    Field(
        "last_visit",
        N_("Last visit"),
        "date",
        sql=f"ifnull({sources.ATTENDED_LAST_OF_STUDENT}, client.last_visit_on)",
    ),
    STATUS,
    BASE,
    STAGE,
    LEAD._replace(column="", read=None),
    PHONE,
    Field("birthday", N_("Birthday"), "date", sql="student.birthday", column="birthday", read=parse_birthday),
    Field(
        "sex",
        N_("Sex"),
        "code",
        sql="student.sex",
        words=SEXES,
        read_code=read_sex,
        column="sex",
        read=plain(read_sex),
    ),
    Field("note", N_("Note"), sql="student.note", column="note", read=plain(read_note)),
    _list("responsible_teacher", N_("Responsible teacher"), sources.responsible_teachers(sources.STUDENT)),
    _list("teacher", N_("Teacher"), sources.teachers(sources.STUDENT)),
    _list("subjects", N_("Subjects"), sources.subjects(sources.STUDENT)),
    _list("levels", N_("Levels"), sources.levels(sources.STUDENT)),
    _list("subscription", N_("Subscription"), sources.subscriptions(sources.STUDENT)),
    Field("subscription_end", N_("Subscription valid"), "date", matches=match_own_subscription_days, listed=False),
    Field("created", N_("Created"), "date", sql="student.created_on", filled=True),
    Field("archived", N_("Archived"), "date", sql="ifnull(student.archived_on, client.archived_on)"),
)

STUDENTS = Registry(
    entity="student",
    id=_ID,
    scopes={
        "visible": f"{_BOTH.format(students='student', clients='visible_client')} WHERE student.archived_on IS NULL",
        "deleted": (
            f"{_BOTH.format(students='student', clients='client')}"
            " WHERE student.archived_on IS NULL AND client.archived_on IS NULL"
        ),
        "archived": (
            f"{_BOTH.format(students='student', clients='client')}"
            " WHERE (student.archived_on IS NOT NULL OR client.archived_on IS NOT NULL)"
        ),
        "all": f"{_BOTH.format(students='student', clients='client')} WHERE 1",
    },
    fields=_FIELDS,
    default_columns=(
        *("id", "name", "client", "client_id", "age", "groups", "balance", "lessons_left", "expires"),
        *("last_visit", "status"),
    ),
    words=student_words,
    flags=STUDENT_FLAGS,
)
"""The fields of students; the list leaves out archived ones and those of archived or deleted clients (R7)."""
