"""Makes the example print form `forms/contract.docx`, a contract in Word's format, the same every time.

    python examples/make_forms.py

It is a template for `schoolcrm forms add NAME FILE --for contract`; `forms/subscription.html`, written by hand, is one
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
    assert zipfile.is_zipfile(FOLDER / "contract.docx")
