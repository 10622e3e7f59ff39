"""The Russian catalogue is complete, and what is shipped is compiled from what is written."""

import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from messages import FOLDER, compiled, gather

PLACE = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def russian() -> Catalog:
    with (FOLDER / "schoolcrm.po").open("rb") as file:
        return read_po(file, locale="ru")


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_every_text_of_the_program_is_translated(russian: Catalog) -> None:
    wanting = []
    for text in gather():
        known = russian.get(text.id[0] if isinstance(text.id, tuple) else text.id, text.context)
        if text.id and (known is None or not all(forms(known))):
            wanting.append(text.id)
    assert wanting == [], "run 'make messages' and translate"


def test_no_translation_is_a_guess(russian: Catalog) -> None:
    assert [message.id for message in russian if message.fuzzy and message.id] == []


def test_plurals_have_their_three_forms(russian: Catalog) -> None:
    assert [message.id for message in russian if message.pluralizable and len(forms(message)) != 3] == []


def test_translations_have_the_placeholders_of_the_text(russian: Catalog) -> None:
    wrong = []
    for message in russian:
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = {place for text in texts for place in PLACE.findall(text)}
        used = [set(PLACE.findall(form)) for form in forms(message)]
        if message.id and (used[-1] != wanted or any(form - wanted for form in used)):
            wrong.append(message.id)
    assert wrong == []


def test_texts_are_written_in_english() -> None:
    russian = [
        text.id for text in gather() if len(re.findall("[а-яё]", str(text.id))) > len(re.findall("[a-z]", str(text.id)))
    ]
    assert russian == []


def test_the_compiled_catalogue_is_up_to_date(russian: Catalog) -> None:
    assert (FOLDER / "schoolcrm.mo").read_bytes() == compiled(russian)
