"""What forms print of a contract and of a subscription (R42): each placeholder of a school that is reckoned by hand."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from answers import answer
from builders import make_school, reading_school

from schoolcrm.reports.printing.environment import FormEnvironment
from schoolcrm.reports.printing.forms import values_of
from schoolcrm.reports.printing.own_fields import placeholders_of
from schoolcrm.reports.printing.placeholders import keys_of, tree_of

DAY = date(2026, 9, 20)
SCHOOL = """
fields add 'Кем выдан, когда'
fields add 1С --of student --type bool
fields add 1с! --of student
clients add 'Анна Иванова' --phone '8 916 123-45-67' --phone '8 495 123-45-67' --email anna@example.org
clients edit Анна --passport '4510 123456' --birthday 1988-04-09 --field 'Кем выдан, когда=ОВД «Сокол»'
clients contact add 1 'address:Москва, Лесная ул., 5' email:second@example.org
students add Анна 'Петя Иванов' --birthday 2016-09-21 --field 1С=да
students add Анна Оля
students add Анна Ушедший
students archive Ушедший
groups add 'Робо 1' --subject Роботы --new
groups join 'Робо 1' Петя --from 2026-09-01
schedule add 'Робо 1' --days tue,thu --at 18:00 --from 2026-09-01
subscription plans add 'Робо 8' --kind package --price 4000 --lessons 8 --length 4m --subject Роботы
subscription sell Петя 'Робо 8' --from 2026-09-01 --pay 4000 --even-so
lessons hold 'Робо 1' 2026-09-01 --all-present
lessons hold 'Робо 1' 2026-09-03 --absent Петя:УП
subscription freeze Петя --from 2026-09-08 --to 2026-09-14 --excused --reason Отпуск
subscription freeze Петя --from 2025-01-01 --to 2025-01-02
contracts add Анна --number 2026/7 --type Групповое --visits 8 --amount 5600.01 --pay-day 5 --to 2026-12-31
contracts edit 1 --from 2026-09-01 --terms 'Оплата до 5-го'
contracts add Анна --amount 0 --from 2026-10-01
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import shlex

    file = make_school(tmp_path_factory.mktemp("forms"))
    for line in SCHOOL.strip().splitlines():
        answer(file, *shlex.split(line), "--yes", today=DAY.isoformat())
    return file


@pytest.fixture
def school(path: Path) -> Iterator[Any]:
    with reading_school(path, DAY) as opened:
        yield opened


def printed(school: Any, used_for: str, number: int) -> dict[str, str]:
    """Return every placeholder as it is printed; of lists, each element's in turn."""
    tree = tree_of(placeholders_of(school.db, used_for))
    values = values_of(school, used_for, number)
    found = {}
    for key in keys_of(tree):
        group, _mark, name = key.partition("[].")
        loop = f"{{% for one in {group} %}}{{{{ one.{name} }}}}|{{% endfor %}}" if name else f"{{{{ {key} }}}}"
        found[key] = FormEnvironment("Форма", tree, "ru").fill(loop, values)
    return found


CLIENT = {
    "today": "20.09.2026",
    "currency": "RUB",
    "client.number": "1",
    "client.name": "Анна Иванова",
    "client.phone": "+7 916 123-45-67",
    "client.phones": "+7 916 123-45-67, +7 495 123-45-67",
    "client.email": "anna@example.org",
    "client.address": "Москва, Лесная ул., 5",
    "client.birthday": "09.04.1988",
    "client.passport": "4510 123456",
    "client.balance": "3\u00a0500,00",
    "client.field.кем_выдан_когда": "ОВД «Сокол»",
}


def test_r42_what_is_printed_of_a_contract(school: Any) -> None:
    assert printed(school, "contract", 1) == {
        **CLIENT,
        "students[].number": "1|2|",
        "students[].name": "Петя Иванов|Оля|",
        "students[].birthday": "21.09.2016||",
        "students[].age": "9||",
        "students[].field.f1с": "да||",
        "students[].field.f1с_": "||",
        "student_names": "Петя Иванов, Оля",
        "contract.number": "2026/7",
        "contract.school_number": "1",
        "contract.signed": "01.09.2026",
        "contract.first_day": "01.09.2026",
        "contract.last_day": "31.12.2026",
        "contract.terminated": "",
        "contract.amount": "5\u00a0600,01",
        "contract.amount_in_words": "пять тысяч шестьсот рублей 01 копейка",
        "contract.visits": "8",
        "contract.lesson_type": "Групповое",
        "contract.pay_day": "5",
        "contract.terms": "Оплата до 5-го",
    }


def test_r42_a_contract_that_says_little_prints_nothing_there(school: Any) -> None:
    empty = printed(school, "contract", 2)
    for key in ("last_day", "visits", "lesson_type", "pay_day", "terms", "terminated"):
        assert empty[f"contract.{key}"] == ""
    assert empty["contract.number"] == "2"
    assert empty["contract.amount_in_words"] == "ноль рублей 00 копеек"


def test_what_is_printed_of_a_subscription(school: Any) -> None:
    assert printed(school, "subscription", 1) == {
        **CLIENT,
        "student.number": "1",
        "student.name": "Петя Иванов",
        "student.birthday": "21.09.2016",
        "student.age": "9",
        "student.field.f1с": "да",
        "student.field.f1с_": "",
        "subscription.number": "1",
        "subscription.plan": "Робо 8",
        "subscription.kind": "пакет",
        "subscription.price": "4\u00a0000,00",
        "subscription.price_in_words": "четыре тысячи рублей 00 копеек",
        "subscription.lessons": "8",
        "subscription.lessons_used": "1",
        "subscription.lessons_left": "7",
        "subscription.sold": "20.09.2026",
        "subscription.first_day": "01.09.2026",
        "subscription.last_day": "07.01.2027",
        "subscription.subjects": "Роботы",
        "subscription.lesson_types": "",
        "subscription.paid": "4\u00a0000,00",
        "subscription.charged": "500,00",
        "subscription.state": "действует",
        "freezes[].first_day": "08.09.2026|",
        "freezes[].last_day": "14.09.2026|",
        "freezes[].days": "7|",
        "freezes[].reason": "Отпуск|",
        "visits[].date": "01.09.2026|03.09.2026|",
        "visits[].time": "18:00|18:00|",
        "visits[].subject": "Роботы|Роботы|",
        "visits[].state": "посещено|пропущено|",
        "visits[].reason": "|Уважительная причина|",
        "visits[].charge": "500,00|0,00|",
    }


def test_what_forms_get_has_the_shape_that_they_are_rehearsed_with(school: Any) -> None:
    for used_for in ("contract", "subscription"):
        tree = tree_of(placeholders_of(school.db, used_for))
        assert sorted(keys_of(values_of(school, used_for, 1))) == sorted(keys_of(tree))
