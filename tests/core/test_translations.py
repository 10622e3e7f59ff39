"""Texts are looked up in the compiled catalogue one by one, and found as if it had been read whole."""

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from messages import FOLDER, compiled

from schoolcrm.core.translations import SOURCE_TEXTS, CompiledTexts, compiled_texts

RUSSIAN = FOLDER / "schoolcrm.mo"
COUNTS = (0, 1, 2, 4, 5, 11, 12, 21, 22, 25, 101, 111)


def catalogue(*texts: tuple[str | tuple[str, str], str | tuple[str, ...], str | None]) -> bytes:
    """Return a compiled Russian catalogue of texts, their translations and contexts."""
    made = Catalog(locale="ru")
    for text, translation, context in texts:
        made.add(text, translation, context=context)
    return compiled(made)


@pytest.fixture
def few() -> CompiledTexts:
    """A catalogue with a plural, a context, and texts that begin alike."""
    return CompiledTexts(
        catalogue(
            ("Group", "Группа", None),
            ("Groups", "Группы", None),
            ("Group", "Разряд", "of a number"),
            (("{n} day", "{n} days"), ("{n} день", "{n} дня", "{n} дней"), None),
            ("Яр", "Yar", None),
        )
    )


def test_every_text_is_the_one_that_gettext_reads() -> None:
    content = RUSSIAN.read_bytes()
    ours, whole = CompiledTexts(content), GNUTranslations(BytesIO(content))
    with (FOLDER / "schoolcrm.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ru") if message.id]
    assert len(messages) > 2000
    for message in messages:
        text = message.id if isinstance(message.id, str) else message.id[0]
        if message.context:
            assert ours.pgettext(message.context, text) == whole.pgettext(message.context, text)
        elif message.pluralizable:
            one, many = message.id
            for count in COUNTS:
                assert ours.ngettext(one, many, count) == whole.ngettext(one, many, count)
        else:
            assert ours.gettext(text) == whole.gettext(text)


def test_what_is_shipped_is_in_the_order_that_looking_up_needs() -> None:
    texts = CompiledTexts(RUSSIAN.read_bytes())
    table = [texts._entry(texts._originals, at) for at in range(texts._count)]
    assert table == sorted(set(table))


def test_a_context_and_a_beginning_are_texts_of_their_own(few: CompiledTexts) -> None:
    assert few.gettext("Group") == "Группа"
    assert few.gettext("Groups") == "Группы"
    assert few.pgettext("of a number", "Group") == "Разряд"
    assert few.gettext("Яр") == "Yar"


def test_the_form_of_a_text_fits_the_number(few: CompiledTexts) -> None:
    forms = [few.ngettext("{n} day", "{n} days", n) for n in (1, 3, 11, 21)]
    assert forms == ["{n} день", "{n} дня", "{n} дней", "{n} день"]
    assert few.gettext("{n} day") == "{n} день"


@pytest.mark.parametrize("text", ["", "A", "Grou", "Group ", "Group\0", "~", "ЯЯЯ", "{n} days", "\udcff"])
def test_what_the_catalogue_lacks_is_said_in_english(few: CompiledTexts, text: str) -> None:
    assert few.gettext(text) == text
    assert few.pgettext("of a child", text) == text
    assert [few.ngettext(text, "many", n) for n in (0, 1, 2)] == ["many", text, "many"]


def test_a_catalogue_without_texts_is_all_english() -> None:
    assert CompiledTexts(catalogue()).gettext("Group") == "Group"


def test_without_a_file_the_texts_are_english(tmp_path: Path) -> None:
    assert compiled_texts(tmp_path / "none.mo") is SOURCE_TEXTS
    assert SOURCE_TEXTS.pgettext("of a number", "Group") == "Group"


def test_what_is_no_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="catalogue"):
        CompiledTexts(b"\x95\x04\x12\xde" + b"\0" * 24)
