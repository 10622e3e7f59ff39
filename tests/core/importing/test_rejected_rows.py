"""Rejected rows are kept outside the memory, in the order of the file (R65)."""

from pathlib import Path

import pytest
from builders import make_school, run_cli

from schoolcrm.core.importing.client_row import Problem, RejectedRow
from schoolcrm.core.importing.rejected import RejectedRows


def bad(line: int) -> RejectedRow:
    return RejectedRow(line, [f"ячейка {line}", ""], (Problem("ФИО", "12", "нет буквы"), Problem("", "", "пусто")))


def test_they_come_back_whole_and_in_the_order_of_the_file() -> None:
    rows = RejectedRows()
    for line in (5, 2, 9000, 3):
        rows.add(bad(line))
    assert list(rows) == [bad(2), bad(3), bad(5), bad(9000)]
    assert [line for line, _reason in rows.reasons] == [2, 3, 5, 9000]
    assert rows.reasons[0] == (2, "ФИО: нет буквы; пусто")
    assert (rows.reasons[-1][0], [line for line, _reason in rows.reasons[1:3]]) == (9000, [3, 5])
    assert [line for line, _reason in rows.reasons[::-1]] == [9000, 5, 3, 2]
    with pytest.raises(IndexError):
        rows.nth(4)


def test_more_rows_than_are_kept_at_once() -> None:
    rows = RejectedRows()
    for line in range(2, 5003):
        rows.add(bad(line))
    assert (len(rows), [row.line for row in rows]) == (5001, list(range(2, 5003)))


def test_a_row_whose_reason_is_looked_at_again_is_forgotten() -> None:
    rows = RejectedRows()
    rows.add(bad(2))
    rows.add(bad(3), again=True)
    rows.look_again()
    assert (len(rows), list(rows)) == (1, [bad(2)])


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (("import-csv",), "ФИО\nМаша Иванова\n12\n"),
        (("payments", "import"), "Дата;Сумма;Клиент\n01.08.2026;100;Пётр Иванов\n01.08.2026;x;Пётр Иванов\n"),
        (
            ("lessons", "import"),
            "Дата;Ученик;Посещение\n01.08.2026;Пётр Иванов;да\n01.08.2026;Никто;да\n",
        ),
    ],
)
def test_a_dry_run_of_any_import_leaves_every_file_as_it_is(
    tmp_path: Path, command: tuple[str, ...], lines: str
) -> None:
    school = make_school(tmp_path)
    first, file = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("ФИО\nПётр Иванов\n", "utf-8")
    file.write_text(lines, "utf-8")
    run_cli("import-csv", str(first), db=school)
    before = {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")}
    code, _out, err = run_cli(*command, str(file), "--dry-run", db=school)
    assert (code, "row 3 rejected" in err) == (3, True)
    assert {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")} == before
