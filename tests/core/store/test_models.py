"""What the models refuse, and that what they write is what the tables hold."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from builders import TODAY, USER, make_school
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, col
from store_samples import SAMPLES, Row

from schoolcrm.core.store import models
from schoolcrm.core.store.migrations import create
from schoolcrm.core.store.models.record import IsoDate, Truth
from schoolcrm.core.store.transaction import WritableSchool, writing

MODELS: dict[str, type[SQLModel]] = {
    str(model.__tablename__): model for model in (getattr(models, name) for name in models.__all__)
}


@pytest.fixture
def school(tmp_path: Path) -> Iterator[WritableSchool]:
    """An empty school inside one write transaction."""
    path = tmp_path / "school.db"
    create(path, lambda db: None)
    with writing(path, TODAY, user=USER, command="test") as opened:
        yield opened


def typed(table: str, row: Row) -> dict[str, Any]:
    """The stored row as the values a program would give."""
    columns = SQLModel.metadata.tables[table].columns
    return {name: given(columns[name].type, value) for name, value in row.items()}


def given(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, IsoDate):
        return date.fromisoformat(value)
    return bool(value) if isinstance(kind, Truth) else value


def literal_fields() -> list[tuple[str, str]]:
    def holds_codes(annotation: object) -> bool:
        return get_origin(annotation) is Literal or any(map(holds_codes, get_args(annotation)))

    return [
        (table, name)
        for table, model in MODELS.items()
        for name, field in model.model_fields.items()
        if holds_codes(field.annotation)
    ]


def refused_field(table: str, **changed: Any) -> str:
    """Return the field for which the sample with these values is refused."""
    with pytest.raises(ValidationError) as caught:
        MODELS[table].model_validate(typed(table, SAMPLES[table]) | changed)
    (problem,) = {str(problem["loc"][0]) for problem in caught.value.errors()}
    return problem


@pytest.mark.parametrize("table", SAMPLES)
def test_a_record_is_written_as_it_was_given(table: str, school: WritableSchool) -> None:
    for name, row in SAMPLES.items():
        record = school.add(MODELS[name], **typed(name, row))
        if name == table:
            break
    stored = school.db.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in stored.description]
    assert dict(zip(names, stored.fetchone(), strict=True)) == SAMPLES[table]
    school.session.refresh(record)
    assert record.model_dump() == typed(table, SAMPLES[table])


@pytest.mark.parametrize("table", SAMPLES)
def test_a_misspelt_field_is_refused(table: str) -> None:
    assert refused_field(table, nmae="Анна") == "nmae"


@pytest.mark.parametrize(("table", "field"), literal_fields())
def test_an_unknown_code_is_refused(table: str, field: str) -> None:
    assert refused_field(table, **{field: "nonsense"}) == field


def test_there_are_codes_to_try() -> None:
    assert {("status", "base"), ("client", "sex"), ("mark", "basis"), ("lesson_type", "code")} <= set(literal_fields())


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("client", "created_on", "2026-01-01"),
        ("client", "created_on", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("client", "created_on", None),
        ("client", "birthday", 20260101),
        ("client", "studies", 1),
        ("client", "status_id", "1"),
        ("client", "status_id", True),
        ("client", "status_id", None),
        ("client", "name", ""),
        ("client", "name", b"Anna"),
        ("client", "note", 5),
        ("payment", "amount", 100.0),
        ("payment", "amount", "100"),
        ("lesson", "time", "9:05"),
        ("lesson", "time", "24:00"),
        ("lesson", "time", "09:05\n"),
        ("lesson", "time", "٠٩:٠٥"),
        ("schedule", "weekdays", None),
        ("mark", "on_date", "2026-01-12"),
        ("mark", "attended", None),
        ("setting", "value", 5),
    ],
)
def test_a_wrong_type_is_refused(table: str, field: str, value: object) -> None:
    assert refused_field(table, **{field: value}) == field


def test_what_must_be_given_is_asked_for() -> None:
    with pytest.raises(ValidationError) as caught:
        models.Payment.model_validate({})
    missing = {problem["loc"][0] for problem in caught.value.errors()}
    assert missing == {"client_id", "kind", "on_date", "amount", "effect"}


def test_a_refusal_keeps_the_value_to_itself() -> None:
    with pytest.raises(ValidationError) as caught:
        models.Client.model_validate({"note": ("Тайна",)})
    assert "Тайна" not in str(caught.value)


def test_numbers_are_given_by_the_database(school: WritableSchool) -> None:
    numbers = [school.add(models.Subject, name=name, name_key=name).id for name in ("a", "b")]
    assert numbers == [1, 2]


def test_defaults_are_those_of_the_table(school: WritableSchool) -> None:
    for table in ("source", "status"):
        school.add(MODELS[table], **typed(table, SAMPLES[table]))
    client = school.add(models.Client, name="А", name_key="а", status_id=1, stage_id=1, created_on=TODAY)
    assert (client.studies, client.trial_spent, client.archived_on) == (False, False, None)
    school.db.execute(
        "INSERT INTO client (name, name_key, status_id, stage_id, created_on) SELECT 'Б', 'б', 1, 1, '2026-01-01'"
    )
    by_sql = school.session.scalars(select(models.Client).where(col(models.Client.name) == "Б")).one()
    assert (by_sql.studies, by_sql.trial_spent) == (False, False)


def test_dates_are_compared_as_dates(school: WritableSchool) -> None:
    for name, day in (("old", date(2025, 12, 31)), ("new", date(2026, 1, 1))):
        school.add(models.Subject, name=name, name_key=name, archived_on=day)
    archived = select(col(models.Subject.name)).where(col(models.Subject.archived_on) >= date(2026, 1, 1))
    assert list(school.session.scalars(archived)) == ["new"]


def test_what_is_set_later_is_checked_when_it_is_written(school: WritableSchool) -> None:
    subject = school.add(models.Subject, name="a", name_key="a")
    subject.archived_on = "tomorrow"  # type: ignore[assignment]
    with pytest.raises(StatementError, match="a date column takes"):
        school.session.flush()
    school.session.rollback()


def test_a_yes_or_no_column_takes_no_number(school: WritableSchool) -> None:
    reason = school.add(models.AbsenceReason, **typed("absence_reason", SAMPLES["absence_reason"]))
    reason.excused = 2  # type: ignore[assignment]
    with pytest.raises(StatementError, match="column takes bool"):
        school.session.flush()
    school.session.rollback()


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("payment", {"amount": -1, "effect": -1}),
        ("payment", {"effect": 0}),
        ("absence_reason", {"charged": 101}),
        ("plan", {"lessons": None}),
        ("schedule", {"weekdays": 128}),
        ("mark", {"charge": 44_445}),
        ("subscription", {"last_on": date(2025, 12, 31)}),
        ("status", {"base": "regular"}),
        ("client", {"status_id": 99}),
        ("mark", {"on_date": date(2026, 1, 13)}),
    ],
)
def test_what_the_models_let_through_the_schema_refuses(
    table: str, changed: dict[str, Any], school: WritableSchool
) -> None:
    for name, row in SAMPLES.items():
        if name == table:
            break
        school.add(MODELS[name], **typed(name, row))
    with pytest.raises(IntegrityError):
        school.add(MODELS[table], **typed(table, SAMPLES[table]) | changed)


def test_what_sql_wrote_the_models_read(tmp_path: Path) -> None:
    """The defaults of a new school, written with SQL, are readable as models."""
    path = make_school(tmp_path)
    with writing(path, TODAY, user=USER, command="test") as school:
        assert len(school.session.scalars(select(models.Status)).all()) == 15
