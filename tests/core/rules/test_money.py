from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import use_language
from schoolcrm.core.rules.money import human_money, machine_money, parse_money, prorate, share_of

LARGEST = 10**14 - 1
sums = st.integers(-LARGEST, LARGEST)
money_like = st.text(st.sampled_from("0123456789 .,-−+₽рубRUB\u00a0\u202fеE()'１٣"), max_size=20)


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("1500", 150_000),
        ("1500.50", 150_050),
        ("1500,5", 150_050),
        ("1 500,50", 150_050),
        ("-1 250,50", -125_050),
        ("1 000.00 ₽", 100_000),
        ("1\u00a0000,50", 100_050),
        ("1\u202f000\u202f000", 100_000_000),
        ("1\u2009000 ₽", 100_000),
        ("1500 руб.", 150_000),
        ("1500руб", 150_000),
        ("1500 РУБЛЕЙ", 150_000),
        ("1500 р.", 150_000),
        ("1500 RUB", 150_000),
        ("₽1,500.50", 150_050),
        ("-₽5", -500),
        ("₽ -5", -500),
        ("−5", -500),
        ("–5", -500),
        ("— 5", -500),
        ("+5", 500),
        ("＋ 5", 500),
        ("\u200e-5\ufeff", -500),
        ("  7\t", 700),
        ("1 000,50", 100_050),
        ("1,000.50", 100_050),
        ("1.000,50", 100_050),
        ("1,000,000", 100_000_000),
        ("1.000.000,5", 100_000_050),
        ("-0", 0),
        ("007", 700),
        ("999999999999.99", LARGEST),
        ("999 999 999 999,99", LARGEST),
    ],
)
def test_r63_reads_sums_as_people_write_them(text: str, kopecks: int) -> None:
    assert parse_money(text) == kopecks


@pytest.mark.parametrize("text", ["1,000", "1.000", "12,345", "-1,000 ₽"])
def test_r63_rejects_thousands_or_decimals(text: str) -> None:
    with pytest.raises(BadValue, match="two ways") as refusal:
        parse_money(text)
    assert text in refusal.value.sentence
    assert "1 500,50" in refusal.value.hint


@pytest.mark.parametrize("text", ["1.5001", "1 000,555", "1500.500", "0.30000000000000004", "0.001", "0,500", "-0.125"])
def test_r63_rejects_fractions_of_a_kopeck(text: str) -> None:
    with pytest.raises(BadValue, match="fractions of a kopeck"):
        parse_money(text)


@pytest.mark.parametrize(
    "text",
    [
        *("abc", "-", "₽", "1500 $", "100 €", "1e3", "(500)", "500-", "--5", "1 50", "15 00", "1 0000"),
        *("1500.", ".50", "1,000,00", "1.000.50", "1 000.000,00", "01.09.2026", "1'000", "1500 руб 50 коп"),
        *("１２", "١٢", "1２", "²", "5 000 или 6 000", "1" * 13, "1 000 000 000 000", "9" * 5000, "1 " * 40),
    ],
)
def test_r63_rejects_what_is_not_one_sum(text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_money(text)
    assert text[:10] in refusal.value.sentence
    assert len(refusal.value.sentence) < 200


@pytest.mark.parametrize("text", ["", " ", "\u00a0\n"])
def test_blank_text_is_a_missing_sum(text: str) -> None:
    with pytest.raises(BadValue, match="missing"):
        parse_money(text)


@given(sums)
def test_machine_money_reads_back(kopecks: int) -> None:
    assert parse_money(machine_money(kopecks)) == kopecks
    assert Decimal(machine_money(kopecks)) == Decimal(kopecks) / 100


@given(sums, st.sampled_from(["en", "ru"]), st.sampled_from(["", " ₽", "\u00a0руб."]))
def test_human_money_reads_back(kopecks: int, language: str, currency: str) -> None:
    use_language(language)
    assert parse_money(human_money(kopecks) + currency) == kopecks


@given(st.one_of(st.text(), money_like))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        kopecks = parse_money(text)
    except BadValue as refusal:
        assert refusal.sentence and refusal.hint
    else:
        assert abs(kopecks) <= LARGEST
        assert any(digit in text for digit in "0123456789")


@given(money_like)
def test_a_leading_minus_only_changes_the_sign(text: str) -> None:
    try:
        kopecks = parse_money(text)
        opposite = parse_money("-" + text)
    except BadValue:
        return
    assert opposite == -kopecks


@pytest.mark.parametrize(
    ("kopecks", "machine", "english", "russian"),
    [
        (-125_050, "-1250.50", "-1,250.50", "-1\u00a0250,50"),
        (0, "0.00", "0.00", "0,00"),
        (-5, "-0.05", "-0.05", "-0,05"),
        (123_456_789, "1234567.89", "1,234,567.89", "1\u00a0234\u00a0567,89"),
    ],
)
def test_money_is_written_for_programs_and_for_people(kopecks: int, machine: str, english: str, russian: str) -> None:
    assert machine_money(kopecks) == machine
    assert human_money(kopecks) == english
    use_language("ru")
    assert human_money(kopecks) == russian
    assert machine_money(kopecks) == machine


@pytest.mark.parametrize(
    ("price", "percent", "share"),
    [
        (40_000, 90, 36_000),
        (101, 50, 51),
        (-101, 50, -51),
        (1, 49, 0),
        (1, 50, 1),
        (777, 0, 0),
        (777, 100, 777),
    ],
)
def test_r31_share_is_rounded_half_up(price: int, percent: int, share: int) -> None:
    assert share_of(price, percent) == share


def test_r31_part_of_a_month_is_price_by_covered_days() -> None:
    assert prorate(310_000, 10, 31) == 100_000
    assert prorate(100_000, 10, 31) == 32_258


@given(sums, st.integers(0, 400), st.integers(1, 400))
def test_r31_prorate_agrees_with_decimal(price: int, part: int, whole: int) -> None:
    exact = (Decimal(price) * part / whole).quantize(Decimal(1), ROUND_HALF_UP)
    assert prorate(price, part, whole) == exact
    assert prorate(-price, part, whole) == -prorate(price, part, whole)


@pytest.mark.parametrize("whole", [0, -3])
def test_prorate_needs_a_whole(whole: int) -> None:
    with pytest.raises(ValueError, match=str(whole)):
        prorate(100, 1, whole)
