"""What a column of a file of payments can hold, and how its cells are read (R66)."""

from collections.abc import Mapping
from datetime import date

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.fields import Field, FieldTable
from schoolcrm.core.importing.people_named import read_person
from schoolcrm.core.importing.records import read_id
from schoolcrm.core.importing.values import Reader, read_past_day
from schoolcrm.core.language import N_, _, current_language, quoted
from schoolcrm.core.money.payments import KINDS
from schoolcrm.core.rules.dates import read_date
from schoolcrm.core.rules.money import parse_money
from schoolcrm.core.rules.names import excerpt, fold
from schoolcrm.core.rules.personal import read_line, read_note, read_yes_no
from schoolcrm.core.rules.phones import read_phones

PAYMENT_FIELDS = FieldTable(
    (
        Field("client", N_("client's name"), "Клиент|ФИО клиента|Ф.И.О. клиента|ФИО|Заказчик|ФИО заказчика"
              "|Имя заказчика|Родитель|ФИО родителя|client|client name|customer|customer name|parent|parent name"
              "|name|full name|Клиенты|clients"),
        Field("client_id", N_("client's id"), "ID клиента|Номер клиента|client_id|client id|customer id"),
        Field("student", N_("student's name"), "Ученик|ФИО ученика|Ребёнок|ФИО ребёнка|Учащийся|Студент"
              "|Ученики|student|students|student name|student's name|child|pupil"),
        Field("phone", N_("phone"), "Телефон|Телефоны|Мобильный|Мобильный телефон|Номер телефона|Тел.|Тел"
              "|phone|phones|mobile|mobile phone|phone number"),
        Field("date", N_("date of the payment"), "Дата|Дата платежа|Дата оплаты|День|Дата операции"
              "|date|payment date|paid on|day"),
        Field("amount", N_("amount"), "Сумма|Сумма платежа|Сумма оплаты|Оплата|Оплачено|Приход|Платёж"
              "|amount|sum|paid|payment|total"),
        Field("kind", N_("kind of payment"), "Вид|Вид платежа|Тип|Тип платежа|Операция|Тип операции|Вид операции"
              "|kind|type|payment type|operation"),
        Field("account", N_("payment account"), "Счёт|Касса|Способ оплаты|Форма оплаты|Куда"
              "|account|payment account|method|payment method"),
        Field("payer", N_("who paid"), "Плательщик|ФИО плательщика|Кто оплатил|payer|payer name|paid by"),
        Field("note", N_("note"), "Примечание|Комментарий|Заметка|Назначение|Назначение платежа|Описание"
              "|note|comment|purpose|description"),
        Field("voided", N_("whether it is void"), "Отменён|Аннулирован|Отмена|voided|void|cancelled"),
    ),
    required=(("date",), ("amount",), ("client", "student", "client_id", "phone", "payer")),
)  # fmt: skip

_KINDS = {
    "income": "приход|доход|оплата|платёж|поступление|пополнение|income|payment|in",
    "refund": "возврат|возврат средств|refund|return",
    "adjustment": "корректировка|коррекция|исправление|adjustment|correction",
    "goods": "товар|товары|продажа товара|продажа товаров|goods|sale of goods",
}
_KIND_NAMED = {fold(word): kind for kind, words in _KINDS.items() for word in words.split("|")}


def payment_readers(today: date, *, even_so: bool) -> Mapping[str, Reader]:
    """Return the reader of each field's cells; `even_so`: also of days after today (R23)."""
    return {
        "client": read_person,
        "client_id": read_id,
        "student": read_person,
        "phone": lambda text: tuple(read_phones(text)),
        "date": lambda text: read_date(text, today=today) if even_so else read_past_day(text, today),
        "amount": parse_money,
        "kind": read_kind,
        "account": read_line,
        "payer": read_person,
        "note": read_note,
        "voided": read_voided,
    }


def read_kind(text: str) -> str:
    """Return the kind of payment that a word of either language says; BadValue lists the kinds."""
    kind = _KIND_NAMED.get(fold(text))
    if kind is None:
        sentence = _("There is no kind of payment {kind}; the kinds are: {kinds}.")
        words = (word.partition("|")[0] for word in _KINDS.values()) if current_language() == "ru" else KINDS
        raise BadValue(sentence.format(kind=quoted(excerpt(text)), kinds=", ".join(words)))
    return kind


def read_voided(text: str) -> bool:
    """Return whether the payment was taken back: yes, or the day of it."""
    try:
        return read_yes_no(text)
    except BadValue:
        return True
