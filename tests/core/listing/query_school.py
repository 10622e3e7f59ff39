"""People for the tests of queries, and the names that a query finds among them."""

from typing import Any

from builders import TODAY, add_client, add_student, student_of

from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.people.custom_fields import add_field, find_field, read_value, set_values


def fill(school: Any) -> None:
    """Add three clients with what queries ask for: contacts, days, money, fields of the school's own."""
    anna = add_client(school, "Анна Иванова", student="Пётр", phone="+79161234567")
    add_student(school, anna, "Маша")
    egor = add_client(school, "Егор Ёлкин", status="bought", phone="+79031112233")
    add_client(school, "Zoë [red] O'Neil", status="reserve")
    db = school.db
    db.execute("UPDATE student SET birthday = '2018-09-02' WHERE id = ?", (student_of(school, anna),))
    db.execute("UPDATE student SET birthday = '2016-03-01' WHERE name = 'Маша'")
    db.execute("UPDATE client SET note = 'просит\nпозвонить', manager = 'Ольга', studies = 1 WHERE id = ?", (egor,))
    db.execute("UPDATE client SET birthday = '1990-12-31', sex = 'm', created_on = '2026-05-05' WHERE id = ?", (egor,))
    for client, amount in ((anna, -150050), (egor, 300000)):
        db.execute(
            "INSERT INTO payment (client_id, kind, on_date, amount, effect)"
            " VALUES (?, 'adjustment', '2026-08-01', ?, ?)",
            (client, amount, amount),
        )
    for name, kind, values in (
        ("Рост", "number", {anna: "120,5", egor: "95"}),
        ("Дата анкеты", "date", {anna: "01.08.2026"}),
        ("Сделка: этап", "text", {egor: "Договор"}),
        ("Согласие", "bool", {anna: "да", egor: "нет"}),
    ):
        add_field(school, "client", name, type=kind)
        field = find_field(db, "client", name)
        for client, text in values.items():
            set_values(school, "client", client, {field: read_value(field, text, TODAY)})


def found(school: Any, *query: str, scope: str = "visible") -> set[str]:
    wish = Wish(query=query, columns=["name"], scope=scope)
    return {name for (name,) in list_rows(school.db, TODAY, CLIENTS, wish).rows}
