import random
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.names import (
    closest,
    did_you_mean,
    excerpt,
    fold,
    has_letter,
    is_near,
    is_typo_of,
    known_names,
    shortened,
    tidy,
)

accents = st.text(st.sampled_from("аеЕёЁйи \u0308\u0301\u0323\u0306\u0345\u200d\u00a0\u0130ßΐ\ud800\x1b"), max_size=12)
texts = st.one_of(st.text(), accents, st.text(st.characters(codec=None), max_size=20))
long_words = st.text(st.sampled_from("абвгдежз"), min_size=4, max_size=10)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Пётр Алёшин",
            "ПЕТР АЛЕШИН",
            " петр\u00a0 алешин\n",
            "Пе\u0308тр Але\u0308шин",
            "\ufeffПётр\u2003Алёшин",
        ),
        *("Пётр\u200b Алёшин", "П\u0301ётр Алёшин".replace("\u0301", ""), "\u202aПётр Алёшин\u202c"),
    ],
)
def test_fold_is_blind_to_case_yo_spaces_and_invisible_marks(text: str) -> None:
    assert fold(text) == "петр алешин"


def test_fold_keeps_what_makes_names_different() -> None:
    assert len({fold(name) for name in ("Робо 1", "Робо 2", "Робо-1", "Робо1", "Мари́я", "Мария", "Йода", "Иода")}) == 8


def test_fold_knows_other_scripts() -> None:
    assert fold("STRASSE") == fold("straße")
    assert fold("JOSÉ") == fold("jose\u0301")


@given(texts)
def test_fold_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert "ё" not in folded
    assert folded == folded.strip()
    assert "  " not in folded


@given(texts)
def test_fold_does_not_see_what_tidy_removes(text: str) -> None:
    assert fold(tidy(text)) == fold(text)


@given(st.text(st.sampled_from("АБвгЁёЯя xYz1-"), max_size=12))
def test_fold_of_usual_names_is_the_fold_of_any(text: str) -> None:
    assert fold(text) == fold("\u200b" + text)
    assert fold(text) == fold(text.upper()) == fold(unicodedata.normalize("NFD", text))


@given(texts)
def test_tidy_leaves_only_what_can_be_stored_and_shown(text: str) -> None:
    clean = tidy(text)
    assert tidy(clean) == clean
    assert clean == unicodedata.normalize("NFC", clean)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in clean)
    assert not any(unicodedata.bidirectional(character) in ("LRE", "RLO", "PDF", "LRI", "PDI") for character in clean)
    clean.encode()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Анна\t Мария \n", "Анна Мария"),
        ("Анна\x1b[31m\x00", "Анна[31m"),
        ("\u202eаннА\u202c", "аннА"),
        ("Anna\u2028Maria", "Anna Maria"),
        ("и\u0306", "й"),
        ("Анна\udcff", "Анна\ufffd"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("[мама] :smile:", "[мама] :smile:"),
    ],
)
def test_tidy_cleans_without_losing_letters(text: str, clean: str) -> None:
    assert tidy(text) == clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Анна", True), ("李", True), ("ы1", True), ("", False), ("123", False), ("-—. ", False)],
)
def test_r63_a_name_needs_a_letter(text: str, expected: bool) -> None:
    assert has_letter(text) is expected


@given(texts)
def test_excerpt_is_short_and_printable(text: str) -> None:
    assert len(excerpt(text)) <= 60
    assert excerpt(text * 50) == excerpt(excerpt(text * 50))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Купил", "купил"),
        ("Учёба", "учеба"),
        ("Пробный урок", "Пробный  урок"),
        ("Пробный урок", "Пробныйурок"),
        ("Записан", "Записаан"),
        ("Записан", "Запсан"),
        ("Записан", "Запиcан"),  # a Latin c
        ("Записан", "Запиасн"),
        ("Первый звонок", "Первый зваонок"),
    ],
)
def test_r3_near_names(a: str, b: str) -> None:
    assert is_near(a, b)
    assert is_near(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Аня", "Яна"),
        ("Аня", "Ася"),
        ("Бан", "Банк"),
        ("Робо 1", "Робо 2"),
        ("Робо 2025", "Робо 2026"),
        ("Группа12", "Группа21"),
        ("Купил", "Думает"),
        ("Записан", "Зписаан"),
        ("Первый урок", "Первыи урог"),
        ("Отказ", "Отказ клиента"),
        ("", "а"),
    ],
)
def test_r3_different_names(a: str, b: str) -> None:
    assert not is_near(a, b)
    assert not is_near(b, a)


@given(long_words, st.randoms(use_true_random=False))
def test_r3_one_typo_is_near(word: str, chance: random.Random) -> None:
    place = chance.randrange(len(word))
    inserted = word[:place] + "ы" + word[place:]
    replaced = word[:place] + "ы" + word[place + 1 :]
    swapped = word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :] if place else word
    assert is_near(word, inserted)
    assert is_near(word, replaced)
    assert is_near(word, swapped)
    assert is_near("первый " + word, "Первый " + replaced)


@given(texts, texts)
def test_r3_nearness_is_mutual(a: str, b: str) -> None:
    assert is_near(a, a)
    assert is_near(a, b) == is_near(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Думает", "ДУМАЕТ "),
        ("Ждёт", "ждет"),
        ("Не звонить", "Незвонить"),
        ("Не звонить", "На звонить"),
        ("Не звонить", "Незвонит"),
        ("Ждёт", "Ждут"),
        ("VIP", "vip"),
    ],
)
def test_r3_a_name_as_a_whole_is_one_typo_away(a: str, b: str) -> None:
    assert is_typo_of(a, b)
    assert is_typo_of(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("VI", "VIP"),
        ("А", "Я"),
        ("Лето 2025", "Лето 2026"),
        ("Резерв", "Резерв 2"),
        ("Думает", "Думаю"),
        ("Перезвонить", "Перезванить позже"),
        ("", "Аня"),
    ],
)
def test_r3_short_names_digits_and_two_typos_make_another_name(a: str, b: str) -> None:
    assert not is_typo_of(a, b)
    assert not is_typo_of(b, a)


@given(long_words, st.integers(0, 9), st.integers(0, 9))
def test_r3_any_one_edit_of_a_whole_name_is_near_and_two_of_a_long_one_are_not(word: str, place: int, cut: int) -> None:
    place, cut = place % (len(word) + 1), cut % len(word)
    inserted = word[:place] + "ы" + word[place:]
    assert is_typo_of(word, inserted)
    assert is_typo_of(inserted, word)
    if len(word) > 4:
        assert is_typo_of(word, word[:cut] + word[cut + 1 :])
    assert is_typo_of(word, word[:cut] + "ы" + word[cut + 1 :])
    assert is_typo_of(word, word[:cut] + word[cut : cut + 2][::-1] + word[cut + 2 :])
    assert not is_typo_of("Первый " + word, "Пэрвый " + inserted)
    assert not is_typo_of(word, "эю" + word)


@given(texts, texts)
def test_r3_being_a_typo_away_is_mutual_and_wider_than_near(a: str, b: str) -> None:
    assert is_typo_of(a, a.upper().lower() if fold(a.upper().lower()) == fold(a) else a)
    assert is_typo_of(a, b) == is_typo_of(b, a)
    assert is_typo_of(a, b) or not is_near(a, b)


def test_closest_suggests_the_best_first() -> None:
    known = ["Математика", "Информатика", "Грамматика", "Рисование"]
    assert closest("матиматика", known)[0] == "Математика"
    assert "Рисование" not in closest("матиматика", known)
    assert len(closest("матиматика", known, limit=1)) == 1
    assert closest("Инф", known) == ["Информатика"]


def test_closest_is_empty_when_nothing_is_near() -> None:
    assert closest("Шахматы", ["Рисование", "Плавание"]) == []
    assert closest("", ["Рисование"]) == []
    assert closest("Рисование", []) == []
    assert closest("Рисование", ["Рисование"], limit=0) == []


def test_closest_takes_no_three_letters_for_a_typo() -> None:
    assert closest("foo", ["fio", "for", "For the administrator", "of"]) == []
    assert closest("vip", ["VIPs", "Vim"]) == ["VIPs"]
    assert closest("forecast", ["forms", "forecasts"]) == ["forecasts"]
    assert closest("Рабо", ["Робо", "Изо"]) == ["Робо"]


def test_closest_keeps_the_spelling_and_offers_a_name_once() -> None:
    assert closest("пЕтя", ["Петя", "ПЁТЯ"]) == ["Петя"]


@given(texts, st.lists(texts, max_size=4))
def test_closest_offers_known_names_only(name: str, known: list[str]) -> None:
    assert set(closest(name, known)) <= set(known)


def test_the_hint_asks_what_was_meant_and_says_what_there_is() -> None:
    assert did_you_mean(["mark", "task"]) == "Did you mean: mark, task?"
    assert did_you_mean(["mark"], "Known kinds: mark, task.") == "Did you mean: mark? Known kinds: mark, task."
    assert did_you_mean([], "Known kinds: mark, task.") == "Known kinds: mark, task."
    assert did_you_mean([]) == ""


def test_many_names_are_shortened_with_a_sign_that_there_are_more() -> None:
    assert shortened(["a", "b"], 2) == "a, b"
    assert shortened(["a", "b", "c"], 2) == "a, b, …"
    assert shortened([]) == ""
    assert known_names("Инф", ["Математика", "Рисование", "Информатика"], 2) == "Информатика, Математика, …"


def test_basic_rules_import_nothing_heavy() -> None:
    heavy = "{'phonenumbers', 'dateutil', 'difflib', 'unicodedata', 'sqlite3', 'rich'}"
    code = (
        "import sys; from schoolcrm.core.rules import dates, money, names, phones; "
        f"assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
