"""R62: the status in a cell is one of the funnel, or the refusal says what to do in the file."""

from pathlib import Path

import pytest
from builders import make_school, reading_school, writing_school

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.status_cell import status_reader


def refusal(folder: Path, text: str) -> str:
    with reading_school(make_school(folder)) as school, pytest.raises(BadValue) as refused:
        status_reader(school.db)(text)
    return refused.value.sentence


def test_r62_a_status_is_read_as_its_id(tmp_path: Path) -> None:
    with reading_school(make_school(tmp_path)) as school:
        number = status_reader(school.db)("funnel:отказался")
        assert school.db.execute("SELECT base FROM status WHERE id = ?", (number,)).fetchone() == ("refused",)


@pytest.mark.parametrize("text", ["Постоянный", "regular", "loyalty:regular", "ПОСТОЯННЫЙ "])
def test_r62_a_stage_is_told_to_be_one(tmp_path: Path, text: str) -> None:
    sentence = refusal(tmp_path, text)
    assert "is a stage of loyalty" in sentence
    assert text.strip() in sentence


def test_r62_a_near_name_is_offered(tmp_path: Path) -> None:
    assert "did you mean: Отказался? Mend the value in the file." in refusal(tmp_path, "Отказалса")


@pytest.mark.parametrize("text", ["Бросил", "Уволен"])
def test_r62_names_that_only_resemble_it_are_not_offered(tmp_path: Path, text: str) -> None:
    sentence = refusal(tmp_path, text)
    assert "did you mean" not in sentence
    assert "пробное" not in sentence
    assert "Mend the value in the file" in sentence


def test_r5_r62_a_deleted_status_is_unknown_to_an_import(tmp_path: Path) -> None:
    from schoolcrm.core.importing.known import statuses_of

    with writing_school(make_school(tmp_path)) as school:
        db = school.db
        query = "INSERT INTO status (scale, base, name, name_key, automatic) VALUES ('funnel', 'bought', ?, ?, 0)"
        number = db.execute(query, ("Годовой", "годовой")).lastrowid
        assert status_reader(db)("годовой") == str(number)
        assert number in statuses_of(db, "bought")
        db.execute("UPDATE status SET deleted_on = '2026-09-01' WHERE id = ?", (number,))
        assert number not in statuses_of(db, "bought")
        with pytest.raises(BadValue, match='No status is called "годовой"'):
            status_reader(db)("годовой")
