from datetime import date

import pytest
from babel.core import get_global

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.currencies import CURRENCIES, nearest_currencies
from schoolcrm.core.rules.settings import currency_code

LEFT_EUROPE = {"BGN"}  # replaced by the euro on 1 January 2026


def test_every_money_that_is_legal_tender_anywhere_is_known() -> None:
    tender = {
        code
        for spans in get_global("territory_currencies").values()
        for code, _first, last, legal in spans
        if legal and (last is None or date(*last) > date(2026, 11, 1))
    }
    assert tender - CURRENCIES == LEFT_EUROPE
    assert not CURRENCIES - set(get_global("all_currencies"))


def test_what_nobody_can_pay_in_is_left_out() -> None:
    assert not CURRENCIES & {"XXX", "XTS", "XAU", "XDR", "RUR", "BYR", "HRK", "FOO"}


@pytest.mark.parametrize("text", ["RUB", " kzt ", "Usd", "byn", "CLF"])
def test_a_currency_is_read(text: str) -> None:
    assert currency_code(text) == text.strip().upper()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("RUR", "Did you mean: RUB, EUR, MUR?"),
        ("BYR", "Did you mean: BYN, MYR?"),
        ("EUX", "Did you mean: EUR?"),
        ("FOO", "Use three letters: RUB, EUR, KZT…"),
    ],
)
def test_three_letters_that_are_no_currency_are_refused_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(BadValue) as caught:
        currency_code(text.lower())
    assert (caught.value.sentence, caught.value.hint) == (f'There is no currency "{text.lower()}" in use.', hint)


@pytest.mark.parametrize(("text", "near"), [("RU", ["RUB"]), ("rubl", ["RUB"]), ("рубль", []), ("", [])])
def test_what_is_no_code_is_likened_too(text: str, near: list[str]) -> None:
    assert nearest_currencies(text) == near
    with pytest.raises(BadValue, match="is not a currency code"):
        currency_code(text)
