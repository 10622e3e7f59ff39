"""CSV for programs and for Russian Excel, read back with the csv module."""

import csv
import io
import re

import pytest
from sample_tables import HOSTILE, UNSAFE, every_kind, hostile, journal, reconciliation

from schoolcrm.core.language import use_language
from schoolcrm.reports.table import Column, Kind, Table
from schoolcrm.reports.writers.csv_file import write_csv, write_excel_csv


def _machine(table: Table) -> list[list[str]]:
    stream = io.StringIO(newline="")
    write_csv(table, stream)
    return list(csv.reader(io.StringIO(stream.getvalue(), newline=""), strict=True))


def _excel(table: Table) -> list[list[str]]:
    stream = io.StringIO(newline="")
    write_excel_csv(table, stream)
    assert stream.getvalue().startswith("\ufeff")
    return list(csv.reader(io.StringIO(stream.getvalue()[1:], newline=""), delimiter=";", strict=True))


def test_programs_get_keys_machine_money_iso_dates_and_codes() -> None:
    use_language("ru")
    lines = _machine(reconciliation())
    assert lines[0] == ["date", "kind", "operation", "student", "income", "expense", "balance"]
    assert lines[1] == ["2026-09-03", "income", "Оплата", "", "4000.00", "", "4500.00"]
    assert len(lines) == 6


def test_every_kind_for_programs() -> None:
    _, full, absent = _machine(every_kind())
    assert full[:6] == ["Анна", "+79161234567", "-1250.50", "2026-09-01", "18:00", "2026-09-01T18:30:05"]
    assert full[6:] == ["12345", "30.5", "0.6667", "true", "held", "1", "2026-09-01; 2026-09-08"]
    assert absent == [""] * 13


def test_lines_end_plainly_for_programs_and_as_excel_likes_them() -> None:
    plain, excel = io.StringIO(newline=""), io.StringIO(newline="")
    write_csv(journal(), plain)
    write_excel_csv(journal(), excel)
    assert plain.getvalue().splitlines(keepends=True)[0] == "date,state,grade,lesson_type\n"
    assert excel.getvalue().splitlines(keepends=True)[0] == "\ufeffДата;Отметка;ДЗ;Тип\r\n"


def test_excel_gets_labels_words_decimal_commas_and_its_dates() -> None:
    lines = _excel(reconciliation())
    assert lines[0] == ["Дата", "Вид", "Операция", "Ученик", "Приход", "Расход", "Остаток"]
    assert lines[1] == ["03.09.2026", "оплата", "Оплата", "", "4000,00", "", "4500,00"]


def test_every_kind_for_excel() -> None:
    _, full, absent = _excel(every_kind())
    assert full[:6] == ["Анна", "8 916 123-45-67", "-1250,50", "01.09.2026", "18:00", "01.09.2026 18:30"]
    assert full[6:11] == ["12345", "30,5", "66,7%", "yes", "состоялось"]
    assert full[12] == "01.09.2026; 08.09.2026"
    assert absent == [""] * 13


def test_no_text_cell_for_excel_starts_a_formula() -> None:
    lines = _excel(hostile())
    assert len(lines) == len(HOSTILE) + 1
    for line in lines:
        for cell in line:
            assert cell.lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_a_negative_sum_for_excel_is_a_number_not_a_guarded_text() -> None:
    table = Table("t", "T", [Column("sum", "Sum", Kind.MONEY)], [(-500,)])
    assert _excel(table)[1] == ["-5,00"]


def test_a_phone_from_abroad_is_guarded_for_excel() -> None:
    table = Table("t", "T", [Column("phone", "Phone", Kind.PHONE)], [("+493012345678",)])
    assert re.fullmatch(r"'\+49[ 0-9-]+", _excel(table)[1][0])


def test_a_cell_of_several_values_is_guarded_once_where_it_starts() -> None:
    contacts = Column("contacts", "Contacts", Kind.LIST)
    table = Table("clients", "Clients", [contacts], [(["+79161234567", "+74951112233"],), (["Анна", "=1+1"],)])
    assert [line[0] for line in _excel(table)[1:]] == ["'+79161234567; +74951112233", "Анна; =1+1"]


@pytest.mark.parametrize("read", [_machine, _excel])
def test_hostile_text_stays_in_its_cell_without_control_characters(read: object) -> None:
    lines = _machine(hostile()) if read is _machine else _excel(hostile())
    assert {len(line) for line in lines} == {3}
    assert not UNSAFE & set("".join(cell for line in lines for cell in line))


def test_programs_get_text_unguarded() -> None:
    assert [line[1] for line in _machine(hostile())][4] == "=1+1"
