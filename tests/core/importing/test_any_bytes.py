"""Whatever bytes a file holds, an import ends in records, rejected rows or one clear error; never half-written."""

import csv
import io
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from builders import add_client, add_group, dump, join, make_school, reading_school, run_cli, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TODAY = date(2026, 9, 1)
COMMANDS = (("import-csv",), ("import-csv", "--on-duplicate", "update"), ("payments", "import"), ("lessons", "import"))
HEADS = [
    "ФИО;Заказчик;Телефон;Дата рождения;Остаток;Группа;Номер договора",
    "Дата;Клиент;Сумма;Вид;Телефон;Примечание",
    "Дата;Время;Группа;Ученик;Посещение;Причина",
]
LINES = [
    "Пётр Иванов;Анна Иванова;89161234567;01.02.2015;-1 250,50;Робо 1;12",
    "01.08.2026;Лев Ким;100;возврат;;",
    "01.08.2026;Лев Ким;1 500,50;;;за май",
    "03.08.2026;18:00;Робо 1;Лев Ким;да;",
    "Итого;;;;;",
    '"а";"б',
]
MARKS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\x00", b"sep=;\r\n", b"\xd0\xcf\x11\xe0"]
TEXTS = st.builds(
    lambda head, lines, end, encoding, mark, tail: (
        mark + end.join([head, *lines, ""]).encode(encoding, "replace") + tail
    ),
    st.sampled_from(HEADS),
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=20)), max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1251", "koi8-r", "cp866"]),
    st.sampled_from(MARKS),
    st.binary(max_size=6),
)
BYTES = st.one_of(TEXTS, st.binary(max_size=80))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BYTES, st.sampled_from(COMMANDS), st.sampled_from(["any.csv", "any.xlsx", "any"]))
def test_any_bytes_end_in_an_import_or_one_error(
    tmp_path: Path, content: bytes, command: tuple[str, ...], name: str
) -> None:
    school = make_school(tmp_path)
    with writing_school(school, TODAY) as open_school:
        add_client(open_school, "Лев Ким")
        join(open_school, add_group(open_school, "Робо 1"), 1, date(2026, 8, 1))
    before = dump(school)
    file = tmp_path / name
    file.write_bytes(content)
    code, out, err = run_cli(command[0], *command[1:], str(file), db=school)
    assert code in (0, 1, 3), err
    assert "Traceback" not in out + err
    assert "did not expect" not in err
    if code == 1:
        assert err.count("error:") == 1
        assert dump(school) == before
    with sqlite3.connect(school) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT operation_id FROM journal_state").fetchone() == (None,)
    db.close()


NAMES = st.text("аяёАЯbZé-' ", min_size=1, max_size=20).filter(lambda text: any(map(str.isalpha, text)))
NOTES = st.text("аяё ;,\"'\n№=+@😀\t", max_size=20)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_accepted_reads_back_equal(tmp_path: Path, encoding: str, data: st.DataObject) -> None:
    from schoolcrm.core.rules.names import tidy
    from schoolcrm.core.rules.personal import read_note

    name, note = data.draw(NAMES), data.draw(NOTES)
    kopecks = data.draw(st.integers(1, 10**12))
    born = data.draw(st.dates(date(1920, 1, 1), TODAY))
    school = make_school(tmp_path)
    table = io.StringIO()
    writer = csv.writer(table, delimiter=data.draw(st.sampled_from(";,\t|")))
    writer.writerow(["ФИО", "Дата рождения", "Остаток", "Примечание"])
    writer.writerow([name, born.strftime("%d.%m.%Y"), f"{kopecks // 100}.{kopecks % 100:02}", note])
    (tmp_path / "one.csv").write_bytes(table.getvalue().encode(encoding))
    code, _out, err = run_cli("import-csv", str(tmp_path / "one.csv"), db=school)
    assert code == 0, err
    with reading_school(school) as open_school:
        query = "SELECT student.name, student.birthday, payment.amount, client.note FROM client, student, payment"
        kept = open_school.db.execute(query).fetchall()
    assert kept == [(tidy(name), born.isoformat(), kopecks, read_note(note) or None)]
