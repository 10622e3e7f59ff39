import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.phones import human_phone, read_phone, read_phones

MOBILE = "+79161234567"
russian = st.from_regex(r"9[0-9]{9}", fullmatch=True)
landline = st.sampled_from(["495", "499", "812", "343", "4012", "8412", "39022"]).flatmap(
    lambda code: st.from_regex(f"{code}[2-9][0-9]{{{9 - len(code)}}}", fullmatch=True)
)
WRITINGS = (
    "+7{0}",
    "8{0}",
    "7{0}",
    "{0}",
    "+7 ({1}) {2}-{3}-{4}",
    "8-{1}-{2}-{3}-{4}",
    "8 {1} {2}{3}{4}",
    "+7\u00a0{1}\u00a0{2}\u2011{3}\u2011{4}",
    "8({1}){2}–{3}–{4}",
    "7 [{1}] {2} {3} {4}",
    "8.{1}.{2}.{3}.{4}",
    "\u202a+7 {1} {2}-{3}-{4}\u202c",
    "тел.: 8 {1} {2}-{3}-{4}",
    "tel:+7{0}",
    "7{0}.0",
)
phone_like = st.text(st.sampled_from("0123456789+-() .,;/\n\u00a0Eeи８٣доб"), max_size=40)


def written(writing: str, national: str) -> str:
    return writing.format(national, national[:3], national[3:6], national[6:8], national[8:])


@pytest.mark.parametrize("writing", WRITINGS)
def test_r63_reads_a_russian_phone_in_any_writing(writing: str) -> None:
    assert read_phones(written(writing, MOBILE[2:])) == [MOBILE]


@given(st.one_of(russian, landline), st.sampled_from(WRITINGS[:11]))
def test_russian_phones_agree_with_the_library(national: str, writing: str) -> None:
    text = written(writing, national)
    library = phonenumbers.parse(text, "RU")
    assert read_phone(text) == phonenumbers.format_number(library, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    "region", ["BY", "UA", "KZ", "UZ", "AM", "GE", "IL", "DE", "US", "GB", "CN", "JP", "TR", "IN", "VN", "KR"]
)
@pytest.mark.parametrize("kind", ["MOBILE", "FIXED_LINE"])
def test_r63_phones_of_other_countries_are_kept(region: str, kind: str) -> None:
    kinds, formats = phonenumbers.PhoneNumberType, phonenumbers.PhoneNumberFormat
    number = phonenumbers.example_number_for_type(region, getattr(kinds, kind))
    assert number is not None
    e164 = phonenumbers.format_number(number, formats.E164)
    assert read_phones(e164) == [e164]
    assert read_phones(phonenumbers.format_number(number, formats.INTERNATIONAL)) == [e164]
    assert read_phones("00" + e164[1:]) == [e164]
    assert read_phones(human_phone(e164)) == [e164]


@pytest.mark.parametrize("text", ["375291234567", "375291234567.0", "3.75291234567E+11", "810 375 29 123-45-67"])
def test_r63_a_foreign_phone_may_have_lost_its_plus(text: str) -> None:
    assert read_phones(text) == ["+375291234567"]


@pytest.mark.parametrize("text", ["7.9161234567E+10", "7,9161234567E+10", "7.9161234567e10", "79161234567,00"])
def test_r63_reads_the_floats_of_a_spreadsheet(text: str) -> None:
    assert read_phones(text) == [MOBILE]


def test_r63_reads_phones_that_a_spreadsheet_keeps_as_text() -> None:
    assert read_phones("'+375 29 123-45-67") == ["+375291234567"]
    assert read_phones("'+7 916 123-45-67; '8 926 765-43-21") == [MOBILE, "+79267654321"]


@pytest.mark.parametrize("text", ["7.91612E+10", "7.916123456E+10", "8,9E+10", "7.9161234567E+11"])
def test_r63_a_float_that_lost_digits_is_never_guessed(text: str) -> None:
    with pytest.raises(BadValue, match="cut the last digits"):
        read_phones(text)


@pytest.mark.parametrize(
    "text",
    [
        "8 916 123-45-67, 8 926 765-43-21",
        "8 916 123-45-67; +79267654321;",
        "8 916 123-45-67 / 926 765-43-21",
        "8(916)1234567\n8(926)7654321",
        "8 916 123-45-67 и 8 926 765-43-21",
        "89161234567 89267654321",
        "+79161234567,+79267654321,89161234567",
    ],
)
def test_r63_reads_several_phones_of_a_cell(text: str) -> None:
    assert read_phones(text) == [MOBILE, "+79267654321"]


@pytest.mark.parametrize("text", ["(812) 345-67-89", "8123456789", "812 345 67 89", "8 812 345-67-89"])
def test_r63_ten_digits_may_have_an_area_code_from_8_on(text: str) -> None:
    digits = "".join(filter(str.isdigit, text))[-10:]
    assert read_phones(text) == ["+7" + digits]


@given(
    st.lists(russian, min_size=1, max_size=4, unique=True),
    st.sampled_from([",", "; ", " / ", "\n", " и ", " "]),
)
def test_several_phones_keep_their_order(nationals: list[str], separator: str) -> None:
    assert read_phones(separator.join("8" + national for national in nationals)) == ["+7" + n for n in nationals]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("8 916 123-45-67 доб. 12", "extension"),
        ("8 (495) 123-45-67 #12", "extension"),
        ("+1 212 555 0100 ext 5", "extension"),
        ("123-45-67", "area code"),
        ("8 916 123-45-67/68", "area code"),
        ("мама 8 916 123-45-67", "not a phone"),
        ("8 916 123-45-67 (мама)", "not a phone"),
        ("8 916 123-45-6", "not a phone"),
        ("8 916 123-45-678", "not a phone"),
        ("91612345678", "not a phone"),
        ("92612345678", "not a phone"),
        ("9261234567 8", "not a phone"),
        ("+8 800 123-45-67", "not a phone"),
        ("+7 916 123-45-6", "not a phone"),
        ("+7 000 000-00-00", "not a phone"),
        ("8 123456789", "not a phone"),
        ("8916123456", "not a phone"),
        ("7916123456", "not a phone"),
        ("8 (343) 123-45-6", "not a phone"),
        ("1234567890", "not a phone"),
        ("01.09.2026", "not a phone"),
        ("2026-09-01 10:00:00", "not a phone"),
        ("８９１６１２３４５６７", "not a phone"),
        ("+٧٩١٦١٢٣٤٥٦٧", "not a phone"),
        ("8916123456²", "not a phone"),
        ("нет", "not a phone"),
        ("+", "not a phone"),
        (",;", "not a phone"),
        ("8" * 400, "not a phone"),
        ("79161234567" * 3, "not a phone"),
    ],
)
def test_r63_rejects_with_the_value_and_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason) as refusal:
        read_phones(text)
    assert refusal.value.hint


@pytest.mark.parametrize("text", ["", "  ", "\u00a0\n"])
def test_a_blank_cell_has_no_phones(text: str) -> None:
    assert read_phones(text) == []
    with pytest.raises(BadValue, match="missing"):
        read_phone(text)


def test_one_phone_means_one() -> None:
    assert read_phone("8 916 123-45-67") == MOBILE
    with pytest.raises(BadValue, match="several phones"):
        read_phone("89161234567, 89267654321")


@given(st.one_of(st.text(), phone_like))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        phones = read_phones(text)
    except BadValue as refusal:
        assert refusal.sentence
        return
    assert bool(phones) == bool(text.strip())
    for phone in phones:
        assert read_phones(phone) == [phone]
        assert read_phones(human_phone(phone)) == [phone]
        assert phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.E164) == phone


def test_phones_are_shown_as_people_write_them() -> None:
    assert human_phone(MOBILE) == "+7 916 123-45-67"
    assert human_phone("+375291234567") == "+375 29 123-45-67"
    assert human_phone("not a phone") == "not a phone"
