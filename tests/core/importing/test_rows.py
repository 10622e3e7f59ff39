"""Rows of a client file become typed rows or rejected ones with every reason (R62, R63)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import map_headings
from schoolcrm.core.importing.own_fields import CustomField
from schoolcrm.core.importing.reading import open_source
from schoolcrm.core.importing.rows import ClientRows, read_rows

WriteText = Callable[..., Path]
ReadClients = Callable[..., list[ClientRow | RejectedRow]]
TODAY = date(2026, 9, 1)


def stream(path: Path) -> ClientRows:
    source = open_source(path, known=CLIENT_FIELDS.headings)
    return read_rows(source, map_headings(source.headings), TODAY)


def only(rows: list[ClientRow | RejectedRow]) -> ClientRow:
    (row,) = rows
    assert isinstance(row, ClientRow)
    return row


def test_r62_every_field_of_a_row(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text(
        "ФИО клиента;Имя заказчика;Дата рождения;Пол;Телефон;Дом. телефон;Email;Адрес;Skype;Ссылка;Метро;Источник;"
        "Статус;Остаток;Примечание;Группы;Стоимость 1 урока;Предмет;Уровень;Ответственный педагог;Менеджер;"
        "Последнее посещение;Последняя покупка",
        "Ёлкина  Ева;Ёлкина Мария;01/09/2016;ж;8 (916) 123-45-67, +7 903 765 43 21;84951234567;e@example.com;"
        "ул. Мира, 5;eva.sk;vk.com/eva;Сокол;Сайт;Новый;-1 250,50;Любит роботов;Робо 1, Танцы;1 200 руб.;Робототехника;"
        "Начальный;Ким П., Ли Ю.;Орлова;30.08.2026;46266",
        encoding="cp1251",
    )
    row = only(read_clients(path))
    assert row == ClientRow(
        line=2,
        keys_of_student=row.keys_of_student,
        key_by_names=row.key_by_names,
        keys_by_phone=row.keys_by_phone,
        keys_by_post=row.keys_by_post,
        student="Ёлкина Ева",
        student_key="елкина ева",
        client="Ёлкина Мария",
        client_key="елкина мария",
        student_is_client=False,
        phones=("+79161234567", "+79037654321", "+74951234567"),
        contacts=(
            ("mobile", "+79161234567", "+79161234567", None),
            ("mobile", "+79037654321", "+79037654321", None),
            ("home", "+74951234567", "+74951234567", None),
            ("email", "e@example.com", "e@example.com", None),
            ("address", "ул. Мира, 5", "ул. мира, 5", None),
            ("skype", "eva.sk", "eva.sk", None),
            ("link", "vk.com/eva", "vk.com/eva", None),
            ("metro", "Сокол", "сокол", None),
        ),
        custom=(),
        birthday="2016-09-01",
        sex="f",
        source="Сайт",
        status="Новый",
        balance=-125050,
        note="Любит роботов",
        groups=("Робо 1", "Танцы"),
        price=120000,
        subject=("Робототехника",),
        level="Начальный",
        responsible_teacher=("Ким П.", "Ли Ю."),
        manager="Орлова",
        last_visit="2026-08-30",
        last_purchase="2026-09-01",
        is_buyer=True,
        has_used_trial=True,
    )


def test_r61_without_a_payer_client_and_student_are_one_person(
    write_text: WriteText, read_clients: ReadClients
) -> None:
    path = write_text("ФИО;Заказчик", "Ли Юн;", "Цой Анна;Цой Пётр", "Ким Лев;ким  лев")
    rows = read_clients(path)
    assert [(row.client, row.student_is_client) for row in rows if isinstance(row, ClientRow)] == [
        ("Ли Юн", True),
        ("Цой Пётр", False),
        ("ким лев", True),
    ]


def test_a_row_that_says_little_leaves_the_rest_open(write_text: WriteText, read_clients: ReadClients) -> None:
    row = only(read_clients(write_text("ФИО;Остаток;Группы;Телефон", "Ли Юн; ;\u00a0;")))
    assert (row.balance, row.groups, row.phones, row.contacts, row.status) == (None, (), (), (), "")
    assert (row.is_buyer, row.has_used_trial) == (False, False)


def test_a_blank_cell_says_nothing_in_any_column(write_text: WriteText, read_clients: ReadClients) -> None:
    headings = [next(each.aliases) for each in CLIENT_FIELDS.fields.values() if not each.key.endswith("_name")]
    path = write_text("; ".join([*headings, "школа"]), "Ли" + ";\u00a0 " * len(headings))
    row = only(read_clients(path, new_fields=True))
    assert row == only(read_clients(write_text("ФИО", "Ли")))


@pytest.mark.parametrize(
    ("heading", "cell", "base", "trial"),
    [
        ("Группы", "Робо", "bought", True),
        ("Стоимость 1 урока", "0,01", "bought", True),
        ("Стоимость 1 урока", "0", "new", False),
        ("Последняя покупка", "1.8.26", "bought", True),
        ("Последнее посещение", "1.8.26", "new", True),
        ("Остаток", "-5", "new", True),
        ("Остаток", "0", "new", False),
        ("Источник", "Сайт", "new", False),
    ],
)
def test_r62_what_a_row_without_status_means(
    write_text: WriteText, read_clients: ReadClients, heading: str, cell: str, base: str, trial: bool
) -> None:
    row = only(read_clients(write_text(f"ФИО;{heading}", f"Ли Юн;{cell}")))
    assert (row.is_buyer, row.has_used_trial) == (base == "bought", trial)


def test_r63_a_bad_row_is_rejected_with_all_its_problems(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text(
        "ФИО;Дата рождения;Телефон;Остаток;Email;Пол",
        "Ли;01.09.2016;89161234567;5;a@example.com;м",
        "12;31.02.2016;123;1,000;нет;?",
    )
    good, bad = read_clients(path)
    assert isinstance(good, ClientRow)
    assert isinstance(bad, RejectedRow)
    assert (bad.line, bad.cells) == (3, ["12", "31.02.2016", "123", "1,000", "нет", "?"])
    assert [problem.heading for problem in bad.problems] == [
        "ФИО",
        "Дата рождения",
        "Телефон",
        "Остаток",
        "Email",
        "Пол",
    ]
    assert all(problem.value in problem.reason for problem in bad.problems)
    assert bad.reasons[0] == 'ФИО: "12" is not a name: it has no letter.'


def test_a_row_without_a_name_is_rejected(write_text: WriteText, read_clients: ReadClients) -> None:
    (bad,) = read_clients(write_text("ФИО;Телефон", ";89161234567"))
    assert isinstance(bad, RejectedRow)
    assert bad.reasons == ["ФИО: The student's name is missing."]


def test_narrow_rows_are_filled_up_and_wide_ones_rejected(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text("ФИО;Телефон;Остаток", "Ли Юн", "Ким;;5;;", "Цой;;1;лишнее")
    narrow, blank, wide = read_clients(path)
    assert isinstance(narrow, ClientRow)
    assert isinstance(blank, ClientRow)
    assert isinstance(wide, RejectedRow)
    assert wide.problems[0].value == "лишнее"


def test_r60_empty_rows_totals_and_repeated_headings_are_passed_over_and_counted(write_text: WriteText) -> None:
    path = write_text(
        "№;ФИО;Телефон;Остаток",
        "1;Всеволод Ли;89161234567;5",
        ";;;",
        "№;ФИО;Телефон;Остаток",
        "2;Тотал Анна;;7",
        "Итого по группе:;2;;12",
        " ; \u00a0;;",
        "ВСЕГО;2 ученика;;12",
        ";Total;;12",
        "",
    )
    rows = stream(path)
    assert [row.student for row in rows if isinstance(row, ClientRow)] == ["Всеволод Ли", "Тотал Анна"]
    assert (rows.passed_over.empty, rows.passed_over.totals, rows.passed_over.repeated_headings) == (3, 3, 1)


def test_a_person_called_like_a_total_is_a_person(write_text: WriteText, read_clients: ReadClients) -> None:
    row = only(read_clients(write_text("ФИО;Телефон", "Итого Наталья;89161234567")))
    assert row.student == "Итого Наталья"


def test_r61_filled_cells_below_an_empty_heading_change_nothing(write_text: WriteText) -> None:
    rows = list(stream(write_text("ФИО;;Телефон;", "Ли;a;;", "Ким;b;;", "Цой;;;")))
    assert rows == list(stream(write_text("ФИО;Телефон", "Ли;", "Ким;", "Цой;")))
    assert len(rows) == 3


def test_several_columns_of_one_field_are_joined(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text(
        "ФИО;Телефон мамы;Телефон папы;Группа 1;Группа 2",
        "Ли;89161234567;89161234567, 89037654321;Робо;робо, Танцы",
    )
    row = only(read_clients(path))
    assert row.phones == ("+79161234567", "+79037654321")
    assert row.contacts == (
        ("mobile", "+79161234567", "+79161234567", "мама"),
        ("mobile", "+79161234567", "+79161234567", "папа"),
        ("mobile", "+79037654321", "+79037654321", "папа"),
    )
    assert row.groups == ("Робо", "Танцы")


def test_a_name_in_parts_is_put_together(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text("Имя;Отчество;Фамилия", "Анна; ;Ли", "Лев;Олегович;Ким", "Имя;Отчество;Фамилия")
    assert [row.student for row in read_clients(path) if isinstance(row, ClientRow)] == ["Ли Анна", "Ким Лев Олегович"]


def test_custom_fields_are_read_by_their_type(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text("ФИО;Школа;Рост;Согласие", "Ли;№ 5;1,5;нет", "Ким;;;", "Цой;;высокий;")
    fields = [CustomField("Рост", "number"), CustomField("Согласие", "bool")]
    first, second, third = read_clients(path, custom_fields=fields, new_fields=True)
    assert isinstance(first, ClientRow)
    assert isinstance(second, ClientRow)
    assert isinstance(third, RejectedRow)
    assert first.custom == (("Школа", "№ 5"), ("Рост", Decimal("1.5")), ("Согласие", False))
    assert second.custom == ()


def test_long_rows_are_not_gathered_in_the_memory(write_text: WriteText) -> None:
    long, short = ";".join(["Ли", *["о" * 120_000] * 5]), "Ким;;;;;"
    path = write_text("ФИО;;;;;", *[long] * 4, *[short] * 70)
    assert [len(list(rows)) for rows in stream(path).by_chunks()] == [2, 2, 64, 6]


def test_an_own_field_may_be_called_as_a_field_is_here(write_text: WriteText, read_clients: ReadClients) -> None:
    fields = [CustomField("payer", "text"), CustomField("birthday", "number")]
    path = write_text("ФИО;payer;birthday", "Ли;Анна;5")
    row = only(
        read_clients(path, custom_fields=fields, explicit={"payer": "field:payer", "birthday": "field:birthday"})
    )
    assert (row.custom, row.client, row.birthday) == ((("payer", "Анна"), ("birthday", Decimal(5))), "Ли", None)


def test_the_caller_can_check_a_field_against_the_database(write_text: WriteText) -> None:
    asked = []

    def find_status(text: str) -> str:
        asked.append(text)
        if text == "Завершил":
            raise BadValue('There is no status "Завершил".')
        return text.upper()

    source = open_source(
        write_text("ФИО;Статус", "Ли;Новый", "Ким;Новый", "Цой;Завершил"), known=CLIENT_FIELDS.headings
    )
    rows = list(read_rows(source, map_headings(source.headings), TODAY, {"status": find_status}))
    assert [row.status for row in rows if isinstance(row, ClientRow)] == ["НОВЫЙ", "НОВЫЙ"]
    assert isinstance(rows[2], RejectedRow)
    assert asked == ["Новый", "Завершил"]


def test_r63_a_value_is_read_the_same_the_second_time(write_text: WriteText, read_clients: ReadClients) -> None:
    path = write_text("ФИО;Остаток;Дата рождения", *["Ли;0;01.09.2016", "Ким;1,000;01.09.2016"] * 3)
    rows = read_clients(path)
    assert [type(row) for row in rows] == [ClientRow, RejectedRow] * 3
    assert {row.balance for row in rows if isinstance(row, ClientRow)} == {0}


def test_r63_cells_of_a_workbook(write_xlsx: Callable[..., Path], read_clients: ReadClients) -> None:
    path = write_xlsx(
        {
            "Лист1": [
                ["ФИО", "Телефон", "Дата рождения", "Остаток", "Последнее посещение"],
                ["Ли Юн", 7.9161234567e10, date(2016, 9, 1), -1250.5, 46266],
                ["Итого", None, None, -1250.5, None],
            ]
        }
    )
    row = only(read_clients(path))
    assert (row.phones, row.birthday, row.balance, row.last_visit) == (
        ("+79161234567",),
        "2016-09-01",
        -125050,
        "2026-09-01",
    )
