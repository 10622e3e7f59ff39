"""What a column of a file of lessons with attendance can hold, and how its cells are read (R66)."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.fields import Field, FieldTable
from schoolcrm.core.importing.kept_values import field_text
from schoolcrm.core.importing.own_fields import CustomField, own_fields
from schoolcrm.core.importing.people_named import read_person
from schoolcrm.core.importing.records import OWN, read_id
from schoolcrm.core.importing.values import Reader, custom_reader_for, read_past_day
from schoolcrm.core.language import N_, _, quoted
from schoolcrm.core.rules.dates import parse_time, read_date
from schoolcrm.core.rules.names import closest, excerpt, fold, known_names
from schoolcrm.core.rules.personal import read_line, read_note, read_yes_no
from schoolcrm.core.rules.phones import read_phones
from schoolcrm.core.store.defaults import default_names

LESSON_FIELDS = FieldTable(
    (
        Field("date", N_("date of the lesson"), "Дата|Дата урока|Дата занятия|День|date|lesson date|day"),
        Field("time", N_("time of the lesson"), "Время|Время урока|Время занятия|Начало|Время начала"
              "|time|lesson time|start|start time|at"),
        Field("group", N_("group"), "Группа|Группы|Название группы|Учебная группа|group|groups|group name|class"),
        Field("student", N_("student's name"), "Ученик|ФИО ученика|Ф.И.О. ученика|ФИО|Ребёнок|ФИО ребёнка|Клиент"
              "|ФИО клиента|Учащийся|Студент|student|student name|student's name|name|full name|child|pupil"
              "|Ученики|students"),
        Field("student_id", N_("student's id"), "ID ученика|student_id|student id"),
        Field("phone", N_("phone"), "Телефон|Телефоны|Мобильный|Мобильный телефон|Номер телефона|Тел.|Тел"
              "|phone|phones|mobile|mobile phone|phone number"),
        Field("attended", N_("present or absent"), "Посещение|Посетил|Посещаемость|Присутствие|Присутствовал|Был"
              "|Был на уроке|Отметка|Отметка о посещении|Явка|Статус|Статус посещения"
              "|attended|present|attendance|presence|status|state"),
        Field("reason", N_("reason of absence"), "Причина|Причина отсутствия|Причина пропуска"
              "|reason|absence reason|reason of absence"),
        Field("topic", N_("topic"), "Тема|Тема урока|Тема занятия|topic|lesson topic|theme"),
    ),
    required=(("date",), ("student", "student_id", "phone"), ("attended",)),
    entities=("lesson",),
)  # fmt: skip

_CAME = frozenset(
    (
        *("был", "была", "пришел", "пришла", "посетил", "посетила", "присутствовал", "присутствовала", "посещение"),
        *("присутствует", "явился", "явилась"),
        *("присутствие", "явка", "проведен", "attended", "present", "came", "visited"),
    )
)
_MISSED = frozenset(
    (
        *("не был", "не была", "не пришел", "не пришла", "не посетил", "не посетила", "отсутствовал", "отсутствовала"),
        *("н/б", "нб", "отсутствует", "не явился", "не явилась"),
        *("пропустил", "пропустила", "пропуск", "отсутствие", "неявка", "absent", "missed", "not attended", "no show"),
    )
)
_END_OF_TIME = re.compile(r"\s*[-–—].*")
_REASONS = "SELECT id, short_key, name_key, short FROM absence_reason ORDER BY archived_on IS NULL, id DESC"


class Presence(NamedTuple):
    """Whether a student came to a lesson; the reason of an absence may be said in the same cell."""

    attended: bool
    reason_id: int | None = None


class AbsenceReasons:
    """The school's reasons of absence by their short names and names."""

    def __init__(self, db: sqlite3.Connection) -> None:
        rows = db.execute(_REASONS).fetchall()
        self._ids: dict[str, int] = {key: number for number, short, name, _s in rows for key in (name, short)}
        self._shorts = [short for *_rest, short in reversed(rows)]

    def find(self, text: str) -> int:
        """Return the id of the reason called so; BadValue lists what there is."""
        found = self._id_of(text)
        if found is None:
            sentence = _("No reason of absence is called {name}; there are: {names}.")
            raise BadValue(sentence.format(name=quoted(excerpt(text)), names=known_names(text, self._shorts)))
        return found

    def read_presence(self, text: str) -> Presence:
        """Return whether the student came, said in words, by a sign, or by the reason why not; BadValue."""
        word = fold(text).strip(".")
        if word in _CAME or word in _MISSED:
            return Presence(word in _CAME)
        reason_id = self._id_of(text)
        if reason_id is not None:
            return Presence(False, reason_id)
        try:
            return Presence(read_yes_no(text))
        except BadValue:
            sentence = _('"{value}" says neither that the student came nor that not.')
            raise BadValue(sentence.format(value=excerpt(text))) from None

    def _id_of(self, text: str) -> int | None:
        """Return the reason called so, a default one in either language (R20)."""
        key = fold(text)
        if key not in self._ids:
            key = next((name for name in default_names("absence_reason", text) if name in self._ids), key)
        return self._ids.get(key)


def lesson_readers(db: sqlite3.Connection, today: date, *, even_so: bool) -> Mapping[str, Reader]:
    """Return the reader of each field's cells; `even_so`: also of days after today (R23)."""
    reasons = AbsenceReasons(db)
    return {
        "date": lambda text: read_date(text, today=today) if even_so else read_past_day(text, today),
        "time": read_time,
        "group": group_reader(db),
        "student": read_person,
        "student_id": read_id,
        "phone": lambda text: tuple(read_phones(text)),
        "attended": reasons.read_presence,
        "reason": reasons.find,
        "topic": read_note,
        **own_readers(db, today),
    }


def own_readers(db: sqlite3.Connection, today: date) -> dict[str, Reader]:
    """Return readers of the cells of lessons' own fields, which make texts as they are kept."""

    def reading(field: CustomField) -> Reader:
        read = custom_reader_for(field, today)
        return lambda text: field_text(read(text))

    return {OWN + field.name: reading(field) for field in own_fields(db, LESSON_FIELDS.entities)}


def own_values(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of own fields of a row by the fields' names."""
    return {key.removeprefix(OWN): value for key, value in values.items() if key.startswith(OWN) and value}


def own_values_of_lesson(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the own fields' values of a lesson's rows; BadValue when two rows say different things."""
    told: dict[str, str] = {}
    for name, value in (pair for row in rows for pair in row.items()):
        if told.setdefault(name, value) != value:
            sentence = _('The rows of the lesson differ in the field {field}: "{first}" and "{second}".')
            raise BadValue(sentence.format(field=quoted(name), first=excerpt(told[name]), second=excerpt(value)))
    return told


def read_time(text: str) -> str:
    """Return the time at which a lesson begins, «18:00» of «18:00–19:00»; BadValue."""
    return parse_time(_END_OF_TIME.sub("", text))


def group_reader(db: sqlite3.Connection) -> Reader:
    """Return a reader that makes the id of a group out of its exact name."""
    known: dict[str, int] = dict(db.execute("SELECT name_key, id FROM study_group"))

    def read_group(text: str) -> int:
        found = known.get(fold(read_line(text)))
        if found is not None:
            return found
        names = [name for (name,) in db.execute("SELECT name FROM study_group ORDER BY archived_on IS NOT NULL, id")]
        near = closest(text, names[:3000])
        sentence = _("No group is called {name}; add it with 'schoolcrm groups add'.")
        if near:
            sentence = _("No group is called {name}; did you mean: {names}?")
        raise BadValue(sentence.format(name=quoted(excerpt(text)), names=", ".join(near)))

    return read_group
