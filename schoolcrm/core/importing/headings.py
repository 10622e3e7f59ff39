"""Which column of a file fills which field (R61): automatically, by a saved mapping, or by ``--map``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.assignments import LEFT_OUT, Meanings, by_place
from schoolcrm.core.importing.fields import CLIENT_FIELDS, FieldTable
from schoolcrm.core.importing.own_fields import CustomField, OwnFields, OwnName, asked_own
from schoolcrm.core.language import _, pgettext
from schoolcrm.core.rules.names import closest, excerpt, fold, tidy

_REASON_HEADINGS = frozenset({"reason", "причина отказа"})
_NAME_PARTS = ("last_name", "first_name", "middle_name")


def reason_heading() -> str:
    """Return the heading of the first column of a file of rejected rows."""
    return pgettext("rejected row", "Reason")


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
    whose contact it is. ``meanings``: what values of the column stand for.
    """

    place: int
    heading: str
    fate: Fate
    target: str = ""
    whose: str = ""
    custom: CustomField | None = None
    meanings: Meanings = field(default_factory=dict)


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
            heading = column.heading if column.heading.strip() else f"#{column.place + 1}"
            saved[heading] = column.custom.target if column.custom else column.target
            saved |= {f"{heading}:{value}": meant for value, meant in column.meanings.items()}
        return saved


def map_headings(
    headings: Sequence[str],
    *,
    explicit: Mapping[str, str] | None = None,
    saved: Mapping[str, str] | None = None,
    new_fields: bool = False,
    custom_fields: Sequence[CustomField] = (),
    table: FieldTable = CLIENT_FIELDS,
    advice: str = "",
) -> HeadingMap:
    """Return what becomes of every column (R61).

    ``explicit`` (heading → field, ``field:NAME`` or ``-``; heading:value → its meaning) wins over
    ``saved``, that over custom fields of the same name and over the known headings; ``#3`` names a column by its
    number.
    ``saved`` may name headings this file doesn't have, ``explicit`` may not. With ``new_fields``
    unknown headings become custom fields. Raises BadValue for a field or heading that doesn't
    exist, two headings for one field, and a file without the required ones.
    """
    columns = _columns(headings, explicit or {}, saved or {}, _Mapper.of(table, new_fields, custom_fields))
    _refuse_name_parts(columns)
    _refuse_doubles(columns, table)
    _require(columns, table, advice)
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
    before, now = by_place(headings, saved), by_place(headings, explicit, complain=True)
    said = before.fields | now.fields
    columns = []
    for place, heading in enumerate(headings):
        column = mapper.assigned(place, heading, said[place]) if place in said else mapper.recognised(place, heading)
        meanings = before.values.get(place, {}) | now.values.get(place, {})
        if place in now.values and column.fate not in (Fate.FIELD, Fate.CUSTOM, Fate.NEW):
            raise BadValue(
                _('The column "{heading}" is not imported: its values need no meaning.').format(
                    heading=excerpt(heading)
                ),
                _("Say which field it is: --map 'HEADING=field'."),
            )
        columns.append(replace(column, meanings=meanings) if meanings else column)
    return tuple(columns)


@dataclass(frozen=True, slots=True)
class _Mapper:
    table: FieldTable
    new_fields: bool
    own: OwnFields

    @classmethod
    def of(cls, table: FieldTable, new_fields: bool, custom_fields: Sequence[CustomField]) -> "_Mapper":
        return cls(table, new_fields, OwnFields(custom_fields))

    def recognised(self, place: int, heading: str) -> Column:
        """Return the column by what its heading says."""
        name = tidy(heading)
        if not name:
            return Column(place, heading, Fate.NAMELESS)
        if place == 0 and fold(name) in _REASON_HEADINGS | {fold(reason_heading())}:
            return Column(place, heading, Fate.REASON)
        if custom := self.own.of_heading(name):
            return Column(place, heading, Fate.CUSTOM, custom.name, custom=custom)
        if meaning := self.table.meaning(name):
            return self._filling(place, heading, meaning.field.key, meaning.whose)
        if self.new_fields:
            return Column(place, heading, Fate.NEW, name, custom=CustomField(name))
        return Column(place, heading, Fate.UNKNOWN)

    def assigned(self, place: int, heading: str, target: str) -> Column:
        """Return the column as the user has assigned it."""
        wanted = tidy(target)
        if wanted in LEFT_OUT:
            return Column(place, heading, Fate.IGNORED)
        if self.table.entities and (asked := asked_own(wanted)):
            return self._custom(place, heading, asked)
        found = self.table.named(wanted)
        if found is None and self.own.find(OwnName(wanted)):
            return self._custom(place, heading, OwnName(wanted))
        if found is None:
            raise self._unknown_field(wanted)
        meaning = self.table.meaning(heading)
        return self._filling(place, heading, found.key, meaning.whose if meaning else "")

    def _filling(self, place: int, heading: str, key: str, whose: str) -> Column:
        return Column(place, heading, Fate.FIELD, key, whose)

    def _custom(self, place: int, heading: str, asked: OwnName) -> Column:
        name = asked.name
        if custom := self.own.find(asked):
            return Column(place, heading, Fate.CUSTOM, custom.name, custom=custom)
        if self.new_fields and name and not asked.entity:
            return Column(place, heading, Fate.NEW, name, custom=CustomField(name))
        if near := self.own.near(name):
            hint = _("Did you mean: {names}?").format(names=", ".join(near))
        elif self.table.adds_fields and not asked.entity:
            hint = _("With --new-fields the import adds it.")
        else:
            whose = asked.entity or self.table.entities[0]
            hint = _("'schoolcrm fields add NAME --of {entity}' adds one.").format(entity=whose)
        raise BadValue(_('There is no custom field "{name}".').format(name=excerpt(name)), hint)

    def _unknown_field(self, wanted: str) -> BadValue:
        custom = {each.target: each.name for each in self.own.all}
        spellings = {word: field.key for word, field in self.table.headings.items()}
        spellings |= {key: key for key in self.table.fields} | {name: key for key, name in custom.items()}
        near = dict.fromkeys(spellings[word] for word in closest(wanted, spellings, limit=5))
        every = _("Fields: {names}, field:NAME.") if self.table.entities else _("Fields: {names}.")
        hint = _("Did you mean: {names}?") if near else every
        return BadValue(
            _('An import has no field "{name}".').format(name=excerpt(wanted)),
            hint.format(names=", ".join(list(near)[:3] or self.table.fields)),
        )


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
    filled: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        if column.fate in (Fate.FIELD, Fate.CUSTOM, Fate.NEW):
            entity = column.custom.entity if column.custom else ""
            filled.setdefault((fold(column.target), entity), []).append(column)
    return [
        found
        for (target, entity), found in filled.items()
        if len(found) > 1 and (entity or not table.fields[target].several)
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


def _require(columns: Sequence[Column], table: FieldTable, advice: str) -> None:
    filled = {column.target for column in columns if column.fate is Fate.FIELD}
    for choice in table.required:
        if filled.isdisjoint(choice):
            named = [excerpt(column.heading) for column in columns if column.heading.strip()]
            sentence = _("No heading stands for {field}; the file has: {names}.")
            hint = _("Say which one it is: --map 'HEADING={key}'.").format(key=choice[0])
            raise BadValue(
                sentence.format(field=_(table.fields[choice[0]].label), names=", ".join(named[:30])),
                f"{hint} {advice}".strip(),
            )
