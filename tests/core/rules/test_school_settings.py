"""The registry of the school's settings: defaults, and what each may be."""

import pytest

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.labels import LABELS, PREFIX
from schoolcrm.core.rules.loyalty import Thresholds
from schoolcrm.core.rules.renewals import Rhythm
from schoolcrm.core.rules.settings import NO, SETTINGS, setting_key

MAY_BE = [
    ("refusal_months", " 6 ", "6"),
    ("refusal_months", "006", "6"),
    ("refusal_months", "120", "120"),
    ("regular_purchases", "1", "1"),
    ("sleeping_days", "3650", "3650"),
    ("interval_longest_days", "0", "0"),
    ("interval_look_back_days", "365", "365"),
    ("interval_forget_days", "90", "90"),
    ("interval_drop_extremes", "Yes", "yes"),
    ("interval_drop_extremes", "нет", "no"),
    ("active_definition", "PAID", "paid"),
    ("currency", " kzt ", "KZT"),
    ("time_zone", " Asia/Omsk ", "Asia/Omsk"),
    ("backup_count", "0", "0"),
    ("language", "RU", "ru"),
    ("file_limit_mb", "25", "25"),
    ("mail_server", " smtp.example.org:465 ", "smtp.example.org:465"),
    ("mail_server", "", ""),
    ("mail_security", "TLS", "tls"),
    ("mail_from", " school@example.org ", "school@example.org"),
    ("mail_user", "school", "school"),
    *((PREFIX + key, " Свои\t слова ", "Свои слова") for key in LABELS),
]
MAY_NOT_BE = [
    ("refusal_months", ("0", "121", "-1", "пять", "", "5.5", "٥", "1" * 5000)),
    ("regular_purchases", ("0", "1001")),
    ("sleeping_days", ("0", "3651")),
    ("interval_longest_days", ("-1", "3651")),
    ("interval_look_back_days", ("-1", "3651")),
    ("interval_forget_days", ("-1", "3651")),
    ("interval_drop_extremes", ("", "2", "maybe")),
    ("active_definition", ("", "both")),
    ("currency", ("", "RU", "RUBL", "руб", "12$", "FOO", "XXX")),
    ("time_zone", ("", "/etc/passwd", "../x", "Москва")),
    ("backup_count", ("-1", "1001", "")),
    ("language", ("", "de")),
    ("file_limit_mb", ("0", "101", "")),
    ("mail_server", ("smtp example", "smtp.example.org:0", "smtp.example.org:70000")),
    ("mail_security", ("", "ssl3")),
    ("mail_from", ("school", "a b@example.org")),
    ("mail_user", ("x" * 100_000,)),
    *((PREFIX + key, ("***", "12", "a{b", "{label}", "x" * 41)) for key in LABELS),
]


@pytest.mark.parametrize(("key", "text", "value"), MAY_BE)
def test_what_a_setting_may_be(key: str, text: str, value: str) -> None:
    assert SETTINGS[key].read(text) == value


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in MAY_NOT_BE for text in texts])
def test_what_a_setting_may_not_be_and_the_hint_says_what_it_may(key: str, text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        SETTINGS[key].read(text)
    assert refusal.value.hint
    assert len(refusal.value.sentence) < 200


def test_every_setting_is_tried_here() -> None:
    assert {key for key, _text, _value in MAY_BE} == {key for key, _texts in MAY_NOT_BE} == set(SETTINGS)


def test_every_default_can_be_set() -> None:
    for key, each in SETTINGS.items():
        assert each.key == key == setting_key(key)
        assert key == "time_zone" or each.read(each.default) == each.default


def test_the_rules_have_the_same_defaults() -> None:
    numbers = Thresholds(int(SETTINGS["regular_purchases"].default), int(SETTINGS["sleeping_days"].default))
    assert numbers == Thresholds()
    keys = ("interval_longest_days", "interval_look_back_days", "interval_forget_days")
    longest, look_back, forget = (int(SETTINGS[key].default) for key in keys)
    assert Rhythm(longest, SETTINGS["interval_drop_extremes"].default != NO, look_back, forget) == Rhythm()


def test_names_are_read_with_hyphens_too() -> None:
    assert setting_key(" Refusal-Months ") == "refusal_months"
