"""The school's own print forms in its database: exact bytes back, names, finding one, removal and undo (R42)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, make_school, reading_school, writing_school
from form_files import CONTRACT, html

from schoolcrm.core.errors import Ambiguous, BadValue, Damaged, NotFound, Refused
from schoolcrm.core.office.anonymising import anonymise
from schoolcrm.core.office.print_forms import (
    LARGEST,
    add_form,
    content_of_form,
    find_form,
    find_form_for,
    format_of,
    forms_of,
    get_form,
    read_purpose,
    remove_form,
)
from schoolcrm.core.store.export import export, import_export


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


@pytest.fixture
def school(path: Path) -> Iterator[Any]:
    with writing_school(path) as opened:
        add_form(opened, "Договор", "contract", "docx", CONTRACT.read_bytes())
        add_form(opened, "Договор краткий", "contract", "html", html("x"))
        add_form(opened, "Абонемент", "subscription", "html", html("y"))
        yield opened


def test_r42_the_bytes_that_come_out_are_those_that_went_in(school: Any) -> None:
    form = get_form(school.db, 1)
    assert content_of_form(school.db, form) == CONTRACT.read_bytes()
    assert (form.name, form.used_for, form.format, form.size) == ("Договор", "contract", "docx", 38174)
    assert form.added_on == TODAY
    assert [one.name for one in forms_of(school.db)] == ["Договор", "Договор краткий", "Абонемент"]
    assert [one.name for one in forms_of(school.db, "subscription")] == ["Абонемент"]


def test_a_name_in_use_is_refused_in_any_writing(school: Any) -> None:
    with pytest.raises(Refused, match='"Договор" already') as refused:
        add_form(school, " ДОГОВОР\u202e ", "subscription", "html", b"x")
    assert "forms remove" in refused.value.hint
    with pytest.raises(BadValue, match="needs a name"):
        add_form(school, " \u200b ", "subscription", "html", b"x")
    with pytest.raises(Refused, match="10 MB"):
        add_form(school, "Большая", "contract", "html", b"x" * (LARGEST + 1))
    assert add_form(school, "Ровно", "contract", "html", b"x" * LARGEST).size == LARGEST


def test_a_form_is_found_by_number_name_or_part_of_it(school: Any) -> None:
    assert find_form(school.db, "2") == 2
    assert find_form(school.db, "договор") == 1
    assert find_form(school.db, "кратк") == 2
    assert find_form_for(school.db, "subscription", "абон") == 3
    with pytest.raises(Ambiguous):
        find_form(school.db, "дог")
    with pytest.raises(NotFound, match='"Догавор"') as absent:
        find_form(school.db, "Догавор")
    assert "Договор" in absent.value.hint


@pytest.mark.parametrize("ref", ["Абонемент", "3"])
def test_a_form_for_something_else_is_refused_with_those_that_fit(school: Any, ref: str) -> None:
    with pytest.raises(Refused, match="it is for a subscription") as refused:
        find_form_for(school.db, "contract", ref)
    assert refused.value.hint == "Forms that fit: Договор, Договор краткий."


def test_what_a_form_is_for_and_its_format_are_read() -> None:
    assert [read_purpose(text) for text in ("contract", " Subscriptions ", "CONTRACT")] == [
        "contract",
        "subscription",
        "contract",
    ]
    with pytest.raises(BadValue, match='"payment"'):
        read_purpose("payment")
    assert [format_of(name) for name in ("a.DOCX", "б.html", "c.htm")] == ["docx", "html", "html"]
    for name in ("a.doc", "a.docm", "a.dotx", "docx", "a.pdf", ""):
        with pytest.raises(BadValue, match="neither docx nor html"):
            format_of(name)


def test_a_form_that_other_hands_have_changed_is_not_printed(school: Any) -> None:
    for content in ("AAAA", "no base64 at all"):
        school.db.execute("UPDATE print_form_content SET content = ? WHERE id = 2", (content,))
        with pytest.raises(Damaged, match="not as it was added"):
            content_of_form(school.db, get_form(school.db, 2))


def test_a_removed_form_is_gone_and_its_name_free(school: Any) -> None:
    remove_form(school, 2)
    assert [one.id for one in forms_of(school.db)] == [1, 3]
    assert school.db.execute("SELECT count(*) FROM print_form_content").fetchone() == (2,)
    assert add_form(school, "Договор краткий", "contract", "html", b"z").name == "Договор краткий"


def test_forms_go_with_an_export_and_come_back_and_stay_in_a_copy_to_show(path: Path, tmp_path: Path) -> None:
    with writing_school(path) as opened:
        add_form(opened, "Договор", "contract", "docx", CONTRACT.read_bytes())
    with reading_school(path) as opened:
        export(opened.db, tmp_path / "out")
    import_export(tmp_path / "back.db", tmp_path / "out")
    anonymise(path, tmp_path / "shown.db")
    for file in (tmp_path / "back.db", tmp_path / "shown.db"):
        with reading_school(file) as school:
            assert content_of_form(school.db, get_form(school.db, 1)) == CONTRACT.read_bytes()
