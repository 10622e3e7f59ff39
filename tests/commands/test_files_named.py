"""Names of files that can't be what is asked for: templates of messages, the personal page, lists."""

from pathlib import Path

import pytest
from answers import answer, refusal
from builders import make_school, run_cli


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    answer(path, "clients", "add", "Анна Иванова", "--email", "anna@example.org")
    return path


@pytest.mark.parametrize("template", ["{folder}", "{folder}/leter", "leter.txt", "leter.HTML", "leter.md"])
def test_a_mistyped_file_is_not_sent_as_the_text(db: Path, tmp_path: Path, template: str) -> None:
    word = template.format(folder=tmp_path)
    told = refusal(db, "messages", "send", "--template", word, "--yes", "Анна")
    assert Path(word).name in told
    assert answer(db, "messages", "list")["rows"] == []


@pytest.mark.parametrize(
    "text", ["Привет", "https://example.org/pay.html", "Привет, {client}!", "Оплата и/или пробное"]
)
def test_a_word_that_is_no_path_is_the_text(db: Path, text: str) -> None:
    answer(db, "messages", "send", "--template", text, "--yes", "Анна")
    (row,) = answer(db, "messages", "list")["rows"]
    assert row["text"] == text.replace("{client}", "Анна Иванова")


def test_the_text_of_a_file_is_sent(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Приходите", "utf-8")
    answer(db, "messages", "send", "--template", str(file), "--yes", "Анна")
    assert [row["text"] for row in answer(db, "messages", "list")["rows"]] == ["Приходите"]


def test_the_page_is_html(db: Path, tmp_path: Path) -> None:
    code, _out, err = run_cli("clients", "page", "1", "-o", str(tmp_path / "p.pdf"), db=db)
    assert code == 2
    assert "p.pdf" in err
    assert "hint: " in err
    assert not (tmp_path / "p.pdf").exists()
    for name in ("p.html", "p.HTM", "page"):
        assert run_cli("clients", "page", "1", "-o", str(tmp_path / name), db=db)[0] == 0
        assert (tmp_path / name).read_text("utf-8").startswith("<!")


def test_a_list_is_not_written_under_another_ending(db: Path, tmp_path: Path) -> None:
    for command in (("clients", "list"), ("clients", "show", "1"), ("report", "debtors")):
        code, _out, err = run_cli(*command, "--format", "csv", "-o", str(tmp_path / "z.xlsx"), db=db)
        assert code == 2, err
        assert "z.xlsx" in err
        assert not (tmp_path / "z.xlsx").exists()
