"""The school's own words (R57): which texts they stand for, and which stay as they are."""

from collections.abc import Iterator

import pytest

from schoolcrm.core.language import _, use_language, use_own_texts, usual
from schoolcrm.core.rules.labels import LABELS, PREFIX, own_texts, read_label, usual_word


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    use_language("en")


def speak(language: str, **words: str) -> None:
    use_language(language)
    use_own_texts(own_texts({PREFIX + key: word for key, word in words.items()}))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_r57_a_heading_is_the_word_of_the_school_in_either_language(language: str) -> None:
    speak(language, students="Учащиеся", client="VIP-гость")
    assert _("Students") == "Учащиеся"
    assert _("students") == "учащиеся"
    assert _("Client") == _("client") == "VIP-гость"
    assert _("Client no.").startswith("VIP-гость")
    assert _("Student") == usual("Student") != "Учащиеся"


def test_r57_what_is_made_of_the_word_keeps_it_in_the_nominative() -> None:
    speak("ru", lessons="Уроки", teacher="Наставник")
    assert _("Lessons left").startswith("Уроки")
    assert _("Teacher: {name}").format(name="Пётр") == "Наставник: Пётр"
    assert _("Responsible teacher").startswith("Наставник")
    assert _("Lessons without a subscription") == usual("Lessons without a subscription")


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("student", "Student no."),
        ("lesson", "Lesson types"),
        ("lesson", "Nearest lesson"),
        ("lessons", "Burnt lessons"),
        ("subscription", "Subscription: {student}, {plan}"),
        ("subscription", "Balance of subscription {id}"),
        ("contracts", "Contracts, total"),
        ("contracts", "Contracts, left"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_r57_headings_of_reports_and_cards_say_the_word_of_the_school(language: str, key: str, heading: str) -> None:
    speak(language, **{key: "Слово"})
    assert _(heading).format(student="Ася", plan="Танцы", id=7).startswith("Слово")
    assert "{label}" not in _(heading)


def test_r57_a_word_of_its_own_goes_before_what_is_made_of_another() -> None:
    speak("en", responsible_teacher="Куратор", teacher="Наставник")
    assert _("Responsible teacher") == "Куратор"


def test_r57_without_labels_nothing_is_different() -> None:
    speak("ru", students="Учащиеся")
    use_own_texts(own_texts({PREFIX + "students": ""}))
    assert _("Students") == usual("Students") == usual_word("label.students")


def test_r57_another_language_begins_without_the_words_of_a_school() -> None:
    speak("ru", students="Учащиеся")
    use_language("en")
    assert _("Students") == "Students"


@pytest.mark.parametrize("key", LABELS)
def test_r57_every_word_stands_in_its_heading_and_every_text_made_of_it_can_be_filled(key: str) -> None:
    texts = own_texts({PREFIX + key: "Слово"})
    assert texts[LABELS[key].heading] == "Слово"
    for text in LABELS[key].joined:
        assert "Слово" in texts[text].format(names="A", name="B", student="C", plan="D", id=5)


def test_r57_a_label_is_one_line() -> None:
    assert read_label(" Наши\nдети ") == "Наши дети"
    assert read_label("  ") == ""
