"""What a column of an imported file can hold: ONE table of import fields with their headings (R61, R62)."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from schoolcrm.core.language import N_, _, usual
from schoolcrm.core.rules.names import fold

# Whose phone or address it is, said at the end of a heading: «Телефон мамы», «Телефон (мама)», "Phone (mother)".
_OWNERS = {
    "мамы": "мама", "матери": "мама", "папы": "папа", "отца": "папа", "бабушки": "бабушка",
    "дедушки": "дедушка", "няни": "няня", "ученика": "ученик", "ребенка": "ребенок", "сестры": "сестра",
    "брата": "брат", "мужа": "муж", "жены": "жена", "родителя": "", "родителей": "", "заказчика": "",
    "клиента": "", "плательщика": "", "представителя": "",
    **{word: word for word in ("мама", "папа", "бабушка", "дедушка", "няня", "mother", "father", "mum", "mom", "dad")},
}  # fmt: skip
_UNIT = re.compile(r"[\s,(]*(?:в\s)?(?:руб\.?|рублях|₽|rub|rur)\)?$")
_NUMBER = re.compile(r"\s*[№#(]?\s*\d\)?$")
_EDGE = " *:;.,"


class Field(NamedTuple):
    """One thing an import can fill; ``several``: more than one column may hold it (R61)."""

    key: str
    label: str
    headings: str
    several: bool = False

    @property
    def aliases(self) -> Iterator[str]:
        """The headings, folded, that mean this field."""
        return (fold(each) for each in self.headings.split("|"))


class Meaning(NamedTuple):
    """What a heading means: a field, and whose contact it is («мама») if the heading says so."""

    field: Field
    whose: str = ""


class FieldTable:
    """The fields one kind of file can have; ``required``: of each set the file must have one.

    ``entities``: whose own fields of the school its columns may fill, too; ``adds_fields``: new ones can be made.
    """

    def __init__(
        self,
        fields: tuple[Field, ...],
        required: tuple[tuple[str, ...], ...],
        entities: tuple[str, ...] = (),
        *,
        adds_fields: bool = False,
    ) -> None:
        self.fields = {each.key: each for each in fields}
        self.required = required
        self.entities = entities
        self.adds_fields = adds_fields

    @cached_property
    def headings(self) -> dict[str, Field]:
        """Every folded heading that is known, with its field."""
        return {alias: each for each in self.fields.values() for alias in each.aliases}

    def meaning(self, heading: str) -> Meaning | None:
        """Return what a heading of a file means, None if it isn't known."""
        plain = _UNIT.sub("", fold(heading)).strip(_EDGE)
        for text in (fold(heading), plain):
            if text in self.headings:
                return Meaning(self.headings[text])
        rest, _space, owner = plain.rpartition(" ")
        whose = _OWNERS.get(owner.removeprefix("(").removesuffix(")"))
        if whose is not None and (found := self.headings.get(rest)) and found.several:
            return Meaning(found, whose)
        found = self.headings.get(_NUMBER.sub("", plain))
        return Meaning(found) if found and found.several else None

    def named(self, name: str) -> Field | None:
        """Return the field called so by its key, its label in either language, or a heading."""
        wanted = fold(name)
        for each in self.fields.values():
            if wanted in (fold(each.key), fold(each.label), fold(_(each.label)), fold(usual(each.label))):
                return each
        return self.headings.get(wanted)


CLIENT_FIELDS = FieldTable(
    (
        Field(
            "student",
            N_("student's name"),
            "ФИО клиента|ФИО|Ф.И.О.|Ф.И.О. клиента|ФИО ученика|Ф.И.О. ученика|ФИО ребёнка|Ф.И.О. ребёнка"
            "|Ученик|Ребёнок|Клиент|Учащийся|ФИО учащегося|Обучающийся|ФИО обучающегося|Студент|ФИО студента"
            "|Фамилия, имя|Фамилия имя|Фамилия и имя|Фамилия, имя, отчество|Фамилия имя отчество|Полное имя"
            "|student|name|full name|student name|student's name|student full name|fio|child|child name"
            "|child's name|pupil|client|client name|learner|Ученики|Клиенты|Дети|Учащиеся|Студенты"
            "|students|clients|pupils|children",
        ),
        Field("last_name", N_("student's last name"), "Фамилия|Фамилия ученика|Фамилия ребёнка"
              "|Фамилия клиента|last name|surname|family name"),
        Field("first_name", N_("student's first name"), "Имя|Имя ученика|Имя ребёнка|Имя клиента"
              "|first name|given name"),
        Field("middle_name", N_("student's middle name"), "Отчество|Отчество ученика|Отчество ребёнка"
              "|Отчество клиента|middle name|patronymic"),
        Field(
            "payer",
            N_("payer's name"),
            "Имя заказчика|Заказчик|ФИО заказчика|Ф.И.О. заказчика|Родитель|Родители|ФИО родителя"
            "|Ф.И.О. родителя|Имя родителя|ФИО родителей|Плательщик|ФИО плательщика|ФИО мамы|ФИО матери"
            "|ФИО отца|ФИО папы|Представитель|ФИО представителя|Законный представитель|Контактное лицо"
            "|payer|payer name|parent|parents|parent name|parent's name|customer|customer name|guardian",
        ),
        Field("birthday", N_("birth date"), "Дата рождения|День рождения|Дата рожд.|Д.р.|ДР|Д/р|Родился"
              "|Дата рождения клиента|Дата рождения ученика|Дата рождения ребёнка"
              "|birthday|birth date|birthdate|date of birth|dob|born"),
        Field("sex", N_("sex"), "Пол|Пол ученика|Пол ребёнка|sex|gender"),
        Field(
            "phone",
            N_("phone"),
            "Телефон|Телефоны|Мобильный|Мобильный телефон|Моб. телефон|Моб телефон|Моб.тел.|Моб. тел.|Моб."
            "|Сотовый|Сотовый телефон|Сот. телефон|Контакт - мобильный|Контакт мобильный|Контактный телефон"
            "|Контактные телефоны|Контактный номер|Номер телефона|Тел.|Тел|Мобильные|Мобильные телефоны"
            "|Сотовые телефоны|Номера телефонов|phone|phones|mobile|mobile phone|cell|cell phone|phone number"
            "|telephone|tel|contact phone|mobiles|mobile phones|phone numbers|telephones",
            True,
        ),
        Field("home_phone", N_("home phone"), "Домашний телефон|Дом. телефон|Домашний|Городской телефон"
              "|Контакт - домашний|Домашние телефоны|home phone|home phones|landline", True),
        Field("email", N_("email"), "Email|E-mail|Почта|Эл. почта|Электронная почта|Адрес электронной почты"
              "|Имейл|Контакт - email|Контакт - e-mail|Электронные адреса|mail|emails|e-mails"
              "|email address|e-mail address|email addresses", True),
        Field("address", N_("address"), "Адрес|Адрес проживания|Домашний адрес|Адрес клиента"
              "|Контакт - адрес|address|home address|postal address"),
        Field("skype", N_("Skype"), "Skype|Скайп|Контакт - Skype|Контакт - скайп"),
        Field("link", N_("link"), "Ссылка|Соцсеть|Соцсети|Социальные сети|Вконтакте|ВК"
              "|Контакт - ссылка|Ссылки|link|links|url|website|vk|social", True),
        Field("metro", N_("metro station"), "Метро|Станция метро|Ближайшее метро|Контакт - метро"
              "|metro|metro station|underground"),
        Field("source", N_("source"), "Источник|Источник клиента|Источник заявки|Источник лида|Откуда узнал"
              "|Откуда узнали|Откуда узнали о нас|Как узнали о нас|Рекламный источник|Рекламный канал"
              "|source|lead source"),
        Field("status", N_("status"), "Статус|Статус клиента|Статус ученика|Состояние|Состояние клиента"
              "|status|client status|student status"),
        Field("balance", N_("balance"), "Остаток|Остаток средств|Остаток денег|Остаток на счету"
              "|Остаток на счёте|Остаток средств на счету|Баланс|Баланс клиента|Баланс счёта"
              "|balance|account balance"),
        Field("note", N_("note"), "Примечание|Примечания|Комментарий|Комментарии|Заметка|Заметки|Описание"
              "|note|notes|comment|comments|remark|remarks"),
        Field("groups", N_("groups"), "Группы|Группа|Список групп|Учебная группа|Учебные группы"
              "|Название группы|Названия групп|group|groups|group name|group names|class|classes", True),
        Field("price", N_("price of a lesson"), "Цена|Стоимость 1 урока|Стоимость урока|Стоимость одного урока"
              "|Стоимость 1 занятия|Стоимость занятия|Стоимость одного занятия|Цена урока|Цена 1 урока"
              "|Цена одного урока|Цена занятия|Цена 1 занятия|Цена одного занятия"
              "|price|lesson price|price of lesson|price of a lesson|price per lesson|price of 1 lesson"),
        Field("subject", N_("subject"), "Предмет|Предметы|Учебный предмет|Учебные предметы|Дисциплина|Дисциплины"
              "|Направление|Направления|Курс|Курсы|subject|subjects|course|courses", True),
        Field("level", N_("level"), "Уровень|Уровень знаний|level"),
        Field("responsible_teacher", N_("responsible teacher"), "Ответственный педагог|Отв. педагог|Педагог"
              "|Ответственный преподаватель|Ответственный учитель|Преподаватель|Учитель|Ответственные педагоги"
              "|Педагоги|Ответственные преподаватели|Преподаватели|Ответственные учителя|Учителя"
              "|responsible teacher|responsible teachers|teacher|teachers|tutor|tutors", True),
        Field("manager", N_("manager"), "Менеджер|Ответственный менеджер|Отв. менеджер|Ответственный"
              "|manager|responsible manager|account manager"),
        Field("last_visit", N_("last visit"), "Последнее посещение|Дата последнего посещения|Посл. посещение"
              "|Дата последнего визита|Последний визит"
              "|Последний урок|Последнее занятие|last visit|last visited|last lesson"),
        Field("last_purchase", N_("last purchase"), "Последняя покупка|Дата последней покупки|Посл. покупка"
              "|Последняя покупка абонемента|Дата последней покупки абонемента|last purchase"),
        Field("contract_number", N_("contract number"), "Номер договора|№ договора|Договор|Договор №"
              "|contract|contract number|contract no|contract no."),
        Field("contract_from", N_("first day of the contract"), "Дата договора|Начало договора"
              "|Дата начала договора|Договор с|Дата заключения договора|contract date|contract start"
              "|contract from"),
        Field("contract_to", N_("last day of the contract"), "Окончание договора|Дата окончания договора"
              "|Договор до|Договор по|contract end|contract to|contract until"),
        Field("contract_amount", N_("sum of the contract"), "Сумма договора|Сумма по договору|Стоимость договора"
              "|contract amount|contract sum|contract total"),
    ),
    required=(("student", "last_name", "first_name"),),
    entities=("client", "student"),
    adds_fields=True,
)  # fmt: skip
