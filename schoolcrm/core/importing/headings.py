"""Which column of a file fills which field (R61): automatically, by a saved mapping, or by ``--map``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.fields import CLIENT_FIELDS, FieldTable
from schoolcrm.core.language import _, pgettext
from schoolcrm.core.rules.names import closest, excerpt, fold, tidy

_REASON_HEADINGS = frozenset({"reason", "причина отказа"})
_IGNORE = ("", "-", "—")
_CUSTOM = ("field:", "field.", "поле:")
_NAME_PARTS = ("last_name", "first_name", "middle_name")


def reason_heading() -> str:
    """Return the heading of the first column of a file of rejected rows."""
    return pgettext("rejected row", "Reason")


class CustomField(NamedTuple):
    """A field the school has added: its name, and its type (text, number, date, bool or choice)."""

    name: str
    type: str = "text"
    choices: tuple[str, ...] = ()


class Fate(StrEnum):
    """What becomes of a column."""

    FIELD = "field"
    CUSTOM = "custom"
    NEW = "new"  # becomes a custom field by this import
    IGNORED = "ignored"  # because the user said so
    REASON = "reason"  # why the row was rejected by an earlier import
    UNKNOWN = "unknown"
    NAMELESS = "nameless"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, counted from 0, and what becomes of it.

    ``target`` is the field's key or the custom field's name, "" if there is none; ``whose`` says
    whose contact it is.
    """

    place: int
    heading: str
    fate: Fate
    target: str = ""
    whose: str = ""
    custom: CustomField | None = None


@dataclass(frozen=True, slots=True)
class HeadingMap:
    """What becomes of every column of a file."""

    columns: tuple[Column, ...]

    def with_fate(self, *fates: Fate) -> list[Column]:
        """Return the columns with one of these fates, in the order of the file."""
        return [column for column in self.columns if column.fate in fates]

    def filling(self, key: str) -> list[Column]:
        """Return the columns that fill a field."""
        return [column for column in self.columns if column.fate is Fate.FIELD and column.target == key]

    def to_save(self) -> dict[str, str]:
        """Return heading → field as ``map_headings`` takes it, to be saved under a name."""
        saved = {}
        for column in self.with_fate(Fate.FIELD, Fate.CUSTOM, Fate.NEW, Fate.IGNORED):
            prefix = "field:" if column.fate in (Fate.CUSTOM, Fate.NEW) else ""
            heading = column.heading if column.heading.strip() else f"#{column.place + 1}"
            saved[heading] = prefix + column.target
        return saved


def parse_assignments(texts: Iterable[str]) -> dict[str, str]:
    """Return heading → field of ``--map 'Heading=field'`` options; BadValue without an equals sign."""
    assignments = {}
    for text in texts:
        heading, equals, target = text.rpartition("=")
        if not equals or not heading.strip():
            raise BadValue(
                _('"{value}" is not a mapping of a heading to a field.').format(value=excerpt(text)),
                _("Write it like --map 'Phone of the mother=phone'."),
            )
        assignments[heading] = target
    return assignments


def map_headings(
    headings: Sequence[str],
    *,
    explicit: Mapping[str, str] | None = None,
    saved: Mapping[str, str] | None = None,
    new_fields: bool = False,
    custom_fields: Sequence[CustomField] = (),
    table: FieldTable = CLIENT_FIELDS,
) -> HeadingMap:
    """Return what becomes of every column (R61).

    ``explicit`` (heading → field, ``field:NAME`` or ``-``) wins over ``saved``, that over custom
    fields of the same name and over the known headings; ``#3`` names a column by its number.
    ``saved`` may name headings this file doesn't have, ``explicit`` may not. With ``new_fields``
    unknown headings become custom fields. Raises BadValue for a field or heading that doesn't
    exist, two headings for one field, and a file without the required ones.
    """
    columns = _columns(headings, explicit or {}, saved or {}, _Mapper.of(table, new_fields, custom_fields))
    _refuse_name_parts(columns)
    _refuse_doubles(columns, table)
    _require(columns, table)
    return HeadingMap(columns)


def doubtful_columns(
    headings: Sequence[str],
    *,
    explicit: Mapping[str, str] | None = None,
    saved: Mapping[str, str] | None = None,
    custom_fields: Sequence[CustomField] = (),
    table: FieldTable = CLIENT_FIELDS,
) -> tuple[list[Column], list[Column]]:
    """Return the columns that a person must be asked about, and those that are clear (R61).

    Asked about are headings that aren't known, and several that stand for one field that holds but one value.
    """
    columns = _columns(headings, explicit or {}, saved or {}, _Mapper.of(table, False, custom_fields))
    unclear = {column.place for column in columns if column.fate in (Fate.UNKNOWN, Fate.NAMELESS)}
    for found in _doubles(columns, table):
        unclear.update(column.place for column in found)
    asked = [column for column in columns if column.place in unclear]
    return asked, [column for column in columns if column.place not in unclear]


def _columns(
    headings: Sequence[str], explicit: Mapping[str, str], saved: Mapping[str, str], mapper: "_Mapper"
) -> tuple[Column, ...]:
    said = _by_place(headings, saved) | _by_place(headings, explicit, complain=True)
    return tuple(
        mapper.assigned(place, heading, said[place]) if place in said else mapper.recognised(place, heading)
        for place, heading in enumerate(headings)
    )


@dataclass(frozen=True, slots=True)
class _Mapper:
    table: FieldTable
    new_fields: bool
    custom_fields: dict[str, CustomField]

    @classmethod
    def of(cls, table: FieldTable, new_fields: bool, custom_fields: Sequence[CustomField]) -> "_Mapper":
        return cls(table, new_fields, {fold(each.name): each for each in custom_fields})

    def recognised(self, place: int, heading: str) -> Column:
        """Return the column by what its heading says."""
        name = tidy(heading)
        if not name:
            return Column(place, heading, Fate.NAMELESS)
        if place == 0 and fold(name) in _REASON_HEADINGS | {fold(reason_heading())}:
            return Column(place, heading, Fate.REASON)
        if custom := self.custom_fields.get(fold(name)):
            return Column(place, heading, Fate.CUSTOM, custom.name, custom=custom)
        if meaning := self.table.meaning(name):
            return self._filling(place, heading, meaning.field.key, meaning.whose)
        if self.new_fields:
            return Column(place, heading, Fate.NEW, name, custom=CustomField(name))
        return Column(place, heading, Fate.UNKNOWN)

    def assigned(self, place: int, heading: str, target: str) -> Column:
        """Return the column as the user has assigned it."""
        wanted = tidy(target)
        if wanted in _IGNORE:
            return Column(place, heading, Fate.IGNORED)
        for prefix in _CUSTOM:
            if fold(wanted).startswith(prefix):
                return self._custom(place, heading, tidy(wanted[len(prefix) :]))
        field = self.table.named(wanted)
        if field is None and fold(wanted) in self.custom_fields:
            return self._custom(place, heading, wanted)
        if field is None:
            raise self._unknown_field(wanted)
        meaning = self.table.meaning(heading)
        return self._filling(place, heading, field.key, meaning.whose if meaning else "")

    def _filling(self, place: int, heading: str, key: str, whose: str) -> Column:
        return Column(place, heading, Fate.FIELD, key, whose)

    def _custom(self, place: int, heading: str, name: str) -> Column:
        if custom := self.custom_fields.get(fold(name)):
            return Column(place, heading, Fate.CUSTOM, custom.name, custom=custom)
        if self.new_fields and name:
            return Column(place, heading, Fate.NEW, name, custom=CustomField(name))
        names = [each.name for each in self.custom_fields.values()]
        near = closest(name, names)
        raise BadValue(
            _('There is no custom field "{name}".').format(name=excerpt(name)),
            _("Did you mean: {names}?").format(names=", ".join(near))
            if near
            else _("With --new-fields the import adds it."),
        )

    def _unknown_field(self, wanted: str) -> BadValue:
        custom = {f"field:{each.name}": each.name for each in self.custom_fields.values()}
        spellings = {word: field.key for word, field in self.table.headings.items()}
        spellings |= {key: key for key in self.table.fields} | {name: key for key, name in custom.items()}
        near = dict.fromkeys(spellings[word] for word in closest(wanted, spellings, limit=5))
        hint = _("Did you mean: {names}?") if near else _("Fields: {names}, field:NAME.")
        return BadValue(
            _('An import has no field "{name}".').format(name=excerpt(wanted)),
            hint.format(names=", ".join(list(near)[:3] or self.table.fields)),
        )


def _by_place(headings: Sequence[str], assignments: Mapping[str, str], *, complain: bool = False) -> dict[int, str]:
    """Return what is said about which column; BadValue if a heading isn't in the file."""
    said = {}
    for heading, target in assignments.items():
        places = [place for place, each in enumerate(headings) if fold(each) == fold(heading)]
        number = heading.strip().removeprefix("#")
        if not places and heading.strip().startswith("#") and number.isascii() and number.isdigit():
            places = [int(number[:6]) - 1] if 0 < int(number[:6]) <= len(headings) else []
        if not places and complain:
            shown = closest(heading, headings) or [tidy(each) for each in headings if each.strip()]
            raise BadValue(
                _('The file has no heading "{heading}".').format(heading=excerpt(heading)),
                _("Its headings: {names}.").format(names=", ".join(map(excerpt, shown[:20]))),
            )
        said.update(dict.fromkeys(places, target))
    return said


def _refuse_name_parts(columns: Sequence[Column]) -> None:
    """Refuse parts of a name beside the whole name: one of them would be lost."""
    whole = [column for column in columns if column.target == "student" and column.fate is Fate.FIELD]
    parts = [column for column in columns if column.target in _NAME_PARTS and column.fate is Fate.FIELD]
    if whole and parts:
        raise _two_headings([*whole, *parts], "student")


def _refuse_doubles(columns: Sequence[Column], table: FieldTable) -> None:
    for found in _doubles(columns, table):
        raise _two_headings(found, found[0].target)


def _doubles(columns: Sequence[Column], table: FieldTable) -> list[list[Column]]:
    """Return the columns that contend for one field, together."""
    filled: dict[tuple[str, bool], list[Column]] = {}
    for column in columns:
        if column.fate in (Fate.FIELD, Fate.CUSTOM, Fate.NEW):
            filled.setdefault((fold(column.target), column.fate is Fate.FIELD), []).append(column)
    return [
        found
        for (target, standard), found in filled.items()
        if len(found) > 1 and not (standard and table.fields[target].several)
    ]


def _two_headings(found: Sequence[Column], target: str) -> BadValue:
    headings = [fold(column.heading) for column in found]
    names = ", ".join(f'"{excerpt(column.heading)}"' for column in found)
    last = found[-1]
    # A heading that stands there twice would name both columns.
    name = f"#{last.place + 1}" if headings.count(fold(last.heading)) > 1 else excerpt(last.heading)
    sentence = _("Several headings stand for one field, {field}: {names}.")
    hint = _("Leave one out with --map '{heading}=-', or give it another field.")
    return BadValue(sentence.format(field=target, names=names), hint.format(heading=name))


def _require(columns: Sequence[Column], table: FieldTable) -> None:
    filled = {column.target for column in columns if column.fate is Fate.FIELD}
    for choice in table.required:
        if filled.isdisjoint(choice):
            named = [excerpt(column.heading) for column in columns if column.heading.strip()]
            sentence = _("No heading stands for {field}; the file has: {names}.")
            raise BadValue(
                sentence.format(field=_(table.fields[choice[0]].label), names=", ".join(named[:30])),
                _("Say which one it is: --map 'HEADING={key}'.").format(key=choice[0]),
            )
