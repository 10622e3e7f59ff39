"""Headings find their fields: by themselves, by saved mappings, by --map (R61)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, SchoolError
from schoolcrm.core.importing.assignments import parse_assignments
from schoolcrm.core.importing.fields import CLIENT_FIELDS, FieldTable
from schoolcrm.core.importing.headings import Fate, HeadingMap, map_headings
from schoolcrm.core.importing.lesson_fields import LESSON_FIELDS
from schoolcrm.core.importing.own_fields import CustomField
from schoolcrm.core.importing.payment_fields import PAYMENT_FIELDS


def targets(mapped: HeadingMap) -> list[str]:
    return [column.target for column in mapped.columns]


def test_r61_the_headings_of_alfacrm_are_known() -> None:
    mapped = map_headings(
        [
            "ФИО клиента", "Имя заказчика", "Дата рождения", "Пол", "Контакт - мобильный", "Email", "Источник",
            "Статус", "Остаток", "Группы", "Стоимость 1 урока", "Предмет", "Уровень", "Ответственный педагог",
            "Менеджер", "Последнее посещение", "Последняя покупка", "Примечание",
        ]
    )  # fmt: skip
    assert targets(mapped) == [
        "student", "payer", "birthday", "sex", "phone", "email", "source", "status", "balance", "groups", "price",
        "subject", "level", "responsible_teacher", "manager", "last_visit", "last_purchase", "note",
    ]  # fmt: skip
    assert {column.fate for column in mapped.columns} == {Fate.FIELD}


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("фио  КЛИЕНТА*", "student"),
        ("Student name", "student"),
        ("name", "student"),
        ("Ребенок", "student"),
        ("Родитель:", "payer"),
        ("customer", "payer"),
        ("Моб. телефон", "phone"),
        ("Телефон 2", "phone"),
        ("phone #3", "phone"),
        ("Баланс, руб.", "balance"),
        ("Остаток (руб)", "balance"),
        ("Остаток на счёте", "balance"),
        ("Стоимость одного занятия", "price"),
        ("E-mail", "email"),
        ("Станция метро", "metro"),
        ("Домашний\nтелефон", "home_phone"),
        ("Цена", "price"),
        ("Price", "price"),
        ("Цена, руб.", "price"),
        ("Предметы", "subject"),
        ("Предмет 2", "subject"),
        ("Предмет (2)", "subject"),
        ("subjects", "subject"),
        ("Курс 2", "subject"),
        ("Группа 2", "groups"),
        ("groups", "groups"),
        ("Педагоги", "responsible_teacher"),
        ("Преподаватель 2", "responsible_teacher"),
        ("Teachers", "responsible_teacher"),
        ("Мобильные телефоны", "phone"),
        ("E-mails", "email"),
        ("Email 2", "email"),
        ("Домашние телефоны", "home_phone"),
        ("Ссылка 2", "link"),
        ("Ученики", "student"),
        ("students", "student"),
    ],
)
def test_a_heading_is_known_in_many_writings(heading: str, key: str) -> None:
    found = CLIENT_FIELDS.meaning(heading)
    assert found is not None
    assert found.field.key == key


@pytest.mark.parametrize("heading", ["Школа", "Возраст", "№", "Номер", "Остаток 2", "Остаток мамы", "мамы"])
def test_other_headings_are_not_guessed_at(heading: str) -> None:
    assert CLIENT_FIELDS.meaning(heading) is None


@pytest.mark.parametrize("table", [CLIENT_FIELDS, LESSON_FIELDS, PAYMENT_FIELDS])
def test_no_heading_is_claimed_by_two_fields(table: FieldTable) -> None:
    claimed = [alias for each in table.fields.values() for alias in each.aliases]
    assert sorted(claimed) == sorted(set(claimed))


def test_a_phone_says_whose_it_is() -> None:
    mapped = map_headings(["ФИО", "Телефон мамы", "Телефон отца", "Телефон заказчика"])
    assert [(column.target, column.whose) for column in mapped.columns[1:]] == [
        ("phone", "мама"),
        ("phone", "папа"),
        ("phone", ""),
    ]


def test_whose_a_contact_is_may_stand_in_brackets() -> None:
    mapped = map_headings(["Full name", "Phone (mother)", "Телефон (папа)", "Email (мамы)", "Phone (office)"])
    assert [(column.target, column.whose) for column in mapped.columns[1:]] == [
        ("phone", "mother"),
        ("phone", "папа"),
        ("email", "мама"),
        ("", ""),
    ]


def test_r61_unknown_headings_are_reported() -> None:
    mapped = map_headings(["ФИО", "Школа", ""])
    assert [column.heading for column in mapped.with_fate(Fate.UNKNOWN)] == ["Школа"]
    assert [column.place for column in mapped.with_fate(Fate.NAMELESS)] == [2]


def test_r62_contracts_have_headings() -> None:
    headings = ["ФИО", "№ договора", "Дата договора", "Договор до", "Сумма договора"]
    assert targets(map_headings(headings))[1:] == [
        *("contract_number", "contract_from", "contract_to", "contract_amount")
    ]


def test_r61_unknown_headings_become_custom_fields_when_asked_to() -> None:
    mapped = map_headings(["ФИО", " Школа "], new_fields=True)
    assert mapped.columns[1].fate is Fate.NEW
    assert mapped.columns[1].custom == CustomField("Школа")


def test_custom_fields_of_the_school_are_known_and_win() -> None:
    fields = [CustomField("Школа", "choice", ("1", "2")), CustomField("Станция метро")]
    mapped = map_headings(["ФИО", "ШКОЛА", "станция метро"], custom_fields=fields)
    assert [column.custom for column in mapped.columns] == [None, *fields]
    assert targets(mapped)[1:] == ["Школа", "Станция метро"]


def test_r61_only_the_students_name_is_required() -> None:
    assert map_headings(["Ученик"]).filling("student")
    with pytest.raises(BadValue, match=r"No heading stands for student's name; the file has: Имя заказчика, Школа"):
        map_headings(["Имя заказчика", "Школа"])


@pytest.mark.parametrize("headings", [["Фамилия", "Имя"], ["Имя"], ["last name", "first name", "patronymic"]])
def test_a_name_in_parts_is_a_name(headings: list[str]) -> None:
    assert map_headings(headings)


def test_a_name_in_parts_beside_the_whole_one_is_refused() -> None:
    with pytest.raises(BadValue, match='"ФИО", "Фамилия"'):
        map_headings(["ФИО", "Фамилия"])


def test_r61_two_headings_for_one_field_are_refused_with_both_names() -> None:
    with pytest.raises(BadValue, match='for one field, balance: "Остаток", "Баланс"') as refusal:
        map_headings(["ФИО", "Остаток", "Баланс"])
    assert "--map 'Баланс=-'" in refusal.value.hint
    with pytest.raises(BadValue, match="Школа"):
        map_headings(["ФИО", "Школа", "школа"], new_fields=True)


def test_r61_of_two_same_headings_the_hint_names_one_by_its_number() -> None:
    headings = ["ФИО", "Телефон", "фио "]
    with pytest.raises(BadValue) as refusal:
        map_headings(headings)
    assert "--map '#3=-'" in refusal.value.hint
    assert targets(map_headings(headings, explicit=parse_assignments(["#3=-"]))) == ["student", "phone", ""]


def test_r61_a_field_that_holds_several_may_have_several_headings() -> None:
    mapped = map_headings(["ФИО", "Телефон", "Мобильный", "Группа", "Группы"])
    assert len(mapped.filling("phone")) == len(mapped.filling("groups")) == 2


@pytest.mark.parametrize(
    "target", ["balance", "Остаток", "баланс", " BALANCE ", "account balance"], ids=lambda target: target.strip()
)
def test_map_names_a_field_by_key_or_heading(target: str) -> None:
    assert targets(map_headings(["ФИО", "Деньги"], explicit={"деньги": target})) == ["student", "balance"]


@pytest.mark.parametrize("target", ["", "-", "—"])
def test_map_can_leave_a_column_out(target: str) -> None:
    mapped = map_headings(["ФИО", "Остаток", "Баланс"], explicit={"Баланс": target})
    assert mapped.columns[2].fate is Fate.IGNORED


@pytest.mark.parametrize("target", ["field:Школа", "field.школа", "Школа"])
def test_map_names_a_custom_field(target: str) -> None:
    mapped = map_headings(["ФИО", "Где учится"], explicit={"Где учится": target}, custom_fields=[CustomField("Школа")])
    assert targets(mapped)[1] == "Школа"


def test_map_to_a_custom_field_that_does_not_exist_is_refused_or_adds_it() -> None:
    explicit = {"Где учится": "field:Школа"}
    with pytest.raises(BadValue, match='no custom field "Школа"') as refusal:
        map_headings(["ФИО", "Где учится"], explicit=explicit)
    assert "--new-fields" in refusal.value.hint
    assert map_headings(["ФИО", "Где учится"], explicit=explicit, new_fields=True).columns[1].fate is Fate.NEW


def test_a_misspelt_field_is_refused_with_what_was_meant() -> None:
    with pytest.raises(BadValue, match='no field "balnce"') as refusal:
        map_headings(["ФИО", "Деньги"], explicit={"Деньги": "balnce"})
    assert "balance" in refusal.value.hint


def test_a_heading_that_is_not_in_the_file_is_refused() -> None:
    with pytest.raises(BadValue, match='no heading "Телефн"') as refusal:
        map_headings(["ФИО", "Телефон"], explicit={"Телефн": "phone"})
    assert refusal.value.hint == "Its headings: Телефон, ФИО."


def test_a_column_can_be_named_by_its_number() -> None:
    mapped = map_headings(["ФИО", ""], explicit={"#2": "phone"})
    assert targets(mapped) == ["student", "phone"]
    assert targets(map_headings(["ФИО", ""], saved=mapped.to_save())) == ["student", "phone"]
    with pytest.raises(BadValue):
        map_headings(["ФИО", ""], explicit={"#3": "phone"})


def test_r61_a_saved_mapping_serves_files_without_some_of_its_headings() -> None:
    mapped = map_headings(
        ["Кто", "Деньги", "Школа", "Баланс"],
        explicit={"Кто": "student", "Деньги": "balance", "Баланс": "-"},
        new_fields=True,
    )
    saved = mapped.to_save()
    assert saved == {"Кто": "student", "Деньги": "balance", "Школа": "field:Школа", "Баланс": ""}
    again = map_headings(["Деньги", "Кто"], saved=saved)
    assert targets(again) == ["balance", "student"]
    assert targets(map_headings(["Деньги", "Кто"], saved=saved, explicit={"Деньги": "price"}))[0] == "price"


def test_r65_the_reason_of_an_earlier_rejection_is_passed_over() -> None:
    for heading in ("Reason", "Причина отказа"):
        assert map_headings([heading, "ФИО"]).columns[0].fate is Fate.REASON
    assert map_headings(["ФИО", "Причина отказа"]).columns[1].fate is Fate.UNKNOWN


def test_assignments_are_split_at_the_last_equals_sign() -> None:
    assert parse_assignments(["Телефон=phone", "a=b=note", "Школа="]) == {
        "Телефон": "phone",
        "a=b": "note",
        "Школа": "",
    }
    for text in ("Телефон", "=phone"):
        with pytest.raises(BadValue):
            parse_assignments([text])


@given(
    st.lists(st.one_of(st.text(max_size=8), st.sampled_from(sorted(CLIENT_FIELDS.headings))), max_size=6),
    st.dictionaries(st.text(max_size=6), st.text(max_size=8), max_size=2),
    st.booleans(),
)
def test_any_headings_end_in_a_mapping_or_a_refusal(
    headings: list[str], explicit: dict[str, str], new_fields: bool
) -> None:
    try:
        mapped = map_headings(headings, explicit=explicit, new_fields=new_fields)
    except SchoolError as refusal:
        assert refusal.sentence
    else:
        assert [column.place for column in mapped.columns] == list(range(len(headings)))
