"""Makes the example print forms: a contract in Word's format and a subscription in HTML, the same every time.

    python examples/make_forms.py

`forms/contract.docx` is a template for `schoolcrm forms add NAME FILE --for contract`, `forms/subscription.html` one
for `--for subscription`. Take them as they are, or put the placeholders into the school's own documents.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from make_clients import write_without_clock

FOLDER = Path(__file__).parent / "forms"

CONTRACT = (
    "1. Предмет договора",
    "Школа обязуется провести занятия ({{ contract.lesson_type|default('по расписанию', true) }}), а Заказчик — "
    "оплатить их. Занятия посещают:",
    "{%p for student in students %}",
    "{{ loop.index }}) {{ student.name }}{% if student.birthday %}, дата рождения {{ student.birthday }}{% endif %};",
    "{%p endfor %}",
    "2. Срок и стоимость",
    "Договор действует с {{ contract.first_day }}{% if contract.last_day %} по {{ contract.last_day }}{% endif %}. "
    "{% if contract.visits %}Число занятий: {{ contract.visits }}. {% endif %}"
    "Стоимость: {{ contract.amount }} {{ currency }} ({{ contract.amount_in_words|capitalize }}).",
    "{%p if contract.pay_day %}",
    "Оплата вносится не позднее {{ contract.pay_day }} числа каждого месяца.",
    "{%p endif %}",
    "{%p if contract.terms %}",
    "3. Особые условия",
    "{{ contract.terms }}",
    "{%p endif %}",
)
SIGNATURES = (
    ("Школа", "Заказчик"),
    ("Название, адрес, ИНН и счёт школы", "{{ client.name }}"),
    ("", "Паспорт: {{ client.passport }}"),
    ("", "Адрес: {{ client.address }}"),
    ("", "Телефон: {{ client.phone }}"),
    ("______________________", "______________________"),
)

SUBSCRIPTION = """\
<!DOCTYPE html>
<html lang="ru">
<head>
<meta charset="utf-8">
<title>Абонемент</title>
<style>
body { font: 12pt/1.4 "Liberation Serif", "Times New Roman", serif; margin: 2cm; }
h1 { font-size: 16pt; text-align: center; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #000; padding: 2mm; text-align: left; }
@page { size: A4; margin: 0; }
</style>
</head>
<body>
<h1>Абонемент № {{ subscription.number }}</h1>
<p>Ученик: <b>{{ student.name }}</b>{% if student.birthday %}, дата рождения {{ student.birthday }}{% endif %}</p>
<p>Заказчик: {{ client.name }}{% if client.phone %}, {{ client.phone }}{% endif %}</p>
<p>{{ subscription.plan }}{% if subscription.subjects %} ({{ subscription.subjects }}){% endif %}.
Стоимость: {{ subscription.price }} {{ currency }} ({{ subscription.price_in_words }}).</p>
<p>Действует с {{ subscription.first_day }}{% if subscription.last_day %} по {{ subscription.last_day }}{% endif %}.
{% if subscription.lessons %}Занятий: {{ subscription.lessons }}, пройдено: {{ subscription.lessons_used }}.{% endif %}
</p>
{% for freeze in freezes %}
<p>Заморозка: {{ freeze.first_day }} — {{ freeze.last_day }}.</p>
{% endfor %}
<table>
<tr><th>Дата</th><th>Время</th><th>Предмет</th><th>Посещение</th></tr>
{% for visit in visits %}
<tr><td>{{ visit.date }}</td><td>{{ visit.time }}</td><td>{{ visit.subject }}</td><td>{{ visit.state }}</td></tr>
{% else %}
<tr><td colspan="4">Занятий ещё не было.</td></tr>
{% endfor %}
</table>
<p>Напечатано {{ today }}. Остаток на счёте: {{ client.balance }} {{ currency }}.</p>
</body>
</html>
"""


def make_contract() -> bytes:
    """Return the contract as Word saves one, without the time of its making."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2)
    _line(document, "Договор № {{ contract.number }}", bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "от {{ contract.signed }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, "{{ client.name }} (далее — Заказчик) и школа (далее — Школа) заключили договор о нижеследующем.")
    for text in CONTRACT:
        _line(document, text, bold=text[:2] in ("1.", "2.", "3."))
    table = document.add_table(rows=0, cols=2)
    for pair in SIGNATURES:
        for cell, text in zip(table.add_row().cells, pair, strict=True):
            cell.text = text
    document.sections[0].footer.paragraphs[0].text = "Договор № {{ contract.number }}, {{ client.name }}"
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _line(document: Any, text: str, *, bold: bool = False) -> Any:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = bold
    return paragraph


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write_without_clock(FOLDER / "contract.docx", io.BytesIO(make_contract()))
    (FOLDER / "subscription.html").write_text(SUBSCRIPTION, "utf-8")
    assert zipfile.is_zipfile(FOLDER / "contract.docx")
