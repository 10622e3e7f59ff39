"""Markdown tables."""

import io
import re

from sample_tables import HOSTILE, UNSAFE, hostile, journal, payments, reconciliation

from schoolcrm.core.language import use_language
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.markdown import write_markdown


def _written(table: Table) -> str:
    stream = io.StringIO()
    write_markdown(table, stream)
    return stream.getvalue()


def test_a_russian_reconciliation_in_markdown() -> None:
    use_language("ru")
    text = _written(reconciliation()).replace("\u00a0", " ")
    assert text.startswith("# Сверка\n\n- Клиент: **Иванова Мария**\n- Период: **01.09.2026 – 30.09.2026**\n\n")
    assert (
        "| Дата | Операция | Ученик | Приход | Расход | Остаток |\n| --- | --- | --- | ---: | ---: | ---: |\n" in text
    )
    assert "| 05.09.2026 | Занятие | Аня |  | 700,00 | 3 800,00 |\n" in text
    assert "|  |  | **4 000,00** | **1 630,00** |  |\n" in text
    assert text.endswith("- Остаток на конец: **2 870,00**\n\nУП — уважительная причина.\n\n")


def test_every_section_has_its_own_table() -> None:
    text = _written(journal())
    assert text.startswith("# Журнал\n\n## Групповое: средняя 5\n\n| Дата | Отметка | ДЗ |\n")
    assert text.count("| --- | --- | ---: |") == 2


def test_hostile_text_breaks_neither_the_table_nor_the_markup() -> None:
    text = _written(hostile())
    assert not UNSAFE & set(text)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "second" in line]
    assert len(rows) == len(HOSTILE)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
    assert not re.search(r"(?<!\\)[<`]", text)
    assert r"\*bold\* \_it\_ \`code\`" in text


def test_a_note_that_looks_like_a_list_stays_a_note() -> None:
    table = Table("t", "", payments(0).columns, [], notes=["1. one", "- two", "# three"])
    assert _written(table).split("\n\n")[-4:-1] == ["1\\. one", "\\- two", "\\# three"]


def test_an_empty_markdown_table_says_so() -> None:
    assert "Nothing found.\n" in _written(payments(0))
