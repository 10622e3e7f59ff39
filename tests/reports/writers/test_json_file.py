"""The JSON envelope and JSON lines."""

import io
import json
from typing import Any

from sample_tables import HOSTILE, UNSAFE, every_kind, hostile, payments, reconciliation

from schoolcrm.core.language import use_language
from schoolcrm.reports.table import Column, Kind, Table
from schoolcrm.reports.writers.json_file import write_json, write_jsonl


def _written(table: Table) -> dict[str, Any]:
    stream = io.StringIO()
    write_json(table, stream)
    return dict(json.loads(stream.getvalue()))


def test_the_envelope_has_the_promised_keys_in_order() -> None:
    use_language("ru")
    envelope = _written(reconciliation())
    assert list(envelope) == ["schoolcrm", "report", "title", "parameters", "columns", "rows", "totals"]
    assert (envelope["schoolcrm"], envelope["report"], envelope["title"]) == (1, "reconciliation", "Сверка")
    assert envelope["parameters"] == {
        "client": "Иванова Мария",
        "period": {"from": "2026-09-01", "to": "2026-09-30"},
        "student": None,
    }
    assert envelope["columns"][1] == {"key": "kind", "label": "Вид", "type": "code"}


def test_rows_have_every_key_money_as_text_and_absent_values_null() -> None:
    assert _written(reconciliation())["rows"][0] == {
        "date": "2026-09-03",
        "kind": "income",
        "operation": "Оплата",
        "student": None,
        "income": "4000.00",
        "expense": None,
        "balance": "4500.00",
    }


def test_head_and_totals_are_totals() -> None:
    totals = _written(reconciliation())["totals"]
    assert totals == {"opening": "500.00", "income": "4000.00", "expense": "1630.00", "closing": "2870.00"}
    assert list(totals) == ["opening", "income", "expense", "closing"]


def test_every_kind_of_cell() -> None:
    full, absent = _written(every_kind())["rows"]
    assert list(full.values())[:6] == [
        "Анна",
        "+79161234567",
        "-1250.50",
        "2026-09-01",
        "18:00",
        "2026-09-01T18:30:05",
    ]
    assert list(full.values())[6:] == [12345, 30.5, 0.6667, True, "held", 1, ["2026-09-01", "2026-09-08"]]
    assert set(absent.values()) == {None}
    assert list(absent) == list(full)


def test_an_empty_table_has_no_rows_and_no_totals() -> None:
    envelope = _written(payments(0))
    assert (envelope["rows"], envelope["totals"], envelope["parameters"]) == ([], {}, {})


def test_hostile_text_comes_back_whole_and_nothing_steers_a_terminal() -> None:
    stream = io.StringIO()
    write_json(hostile(), stream)
    assert not UNSAFE & set(stream.getvalue())
    assert [row["name"] for row in json.loads(stream.getvalue())["rows"]] == list(HOSTILE)


def test_a_key_of_the_school_may_hold_anything() -> None:
    table = Table("t", "T", [Column('field.100%s "x"', "X"), Column("n", "N", Kind.INTEGER)], [("a", 1)])
    assert _written(table)["rows"] == [{'field.100%s "x"': "a", "n": 1}]


def test_json_lines_are_one_object_a_row_and_nothing_else() -> None:
    stream = io.StringIO()
    write_jsonl(hostile(), stream)
    lines = stream.getvalue().splitlines()
    assert [json.loads(line)["name"] for line in lines] == list(HOSTILE)
    assert not UNSAFE & set(stream.getvalue())
