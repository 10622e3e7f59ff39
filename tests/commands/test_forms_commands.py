"""`schoolcrm forms`, `contracts print` and `subscription print` (R42): from a template to a printed file."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from answers import answer, refusal
from builders import make_school, run_cli
from form_files import CONTRACT, SUBSCRIPTION, changed, docx, html, texts

from schoolcrm.core.store.unrecorded import without_triggers

DAY = "2026-09-01"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with a contract, a subscription and a form for each."""
    path = make_school(tmp_path)
    for words in (
        ("clients", "add", "Анна Иванова", "--student", "Петя", "--passport", "4510 123456"),
        ("contracts", "add", "Анна", "--number", "7/А", "--amount", "5600", "--to", "2026-12-31"),
        ("subscription", "plans", "add", "Восемь", "--kind", "package", "--price", "4000", "--lessons", "8"),
        ("subscription", "sell", "Петя", "Восемь"),
        ("forms", "add", "Договор", str(CONTRACT), "--for", "contract"),
        ("forms", "add", "Абонемент", str(SUBSCRIPTION), "--for", "subscription"),
    ):
        answer(path, *words)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def printing(db: Path, *words: str) -> str:
    code, out, err = run_cli(*words, db=db, today=DAY)
    assert (code, out) == (0, ""), err
    return err


def test_r42_a_contract_is_printed_on_the_school_s_own_form(db: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "договор.docx", digest(db)
    assert "Договор is printed to" in printing(db, "contracts", "print", "7/А", "--form", "Договор", "-o", str(file))
    lines = texts(file.read_bytes())
    assert lines[0] == "Договор № 7/А"
    assert "Анна Иванова (далее — Заказчик)" in lines[2]
    assert "5\u00a0600,00 RUB (Пять тысяч шестьсот рублей 00 копеек)." in "\n".join(lines)
    assert file.stat().st_mode & 0o777 == 0o600
    assert digest(db) == before


def test_a_subscription_is_printed_as_a_page(db: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "a.HTML", digest(db)
    file.write_text("то, что было")
    printing(db, "subscription", "print", "Петя", "--form", "2", "-o", str(file))
    page = file.read_text("utf-8")
    assert "<h1>Абонемент № 1</h1>" in page
    assert "4\u00a0000,00 RUB (четыре тысячи рублей 00 копеек)" in page
    assert "{" not in page.partition("<body>")[2]
    assert file.stat().st_mode & 0o777 == 0o600
    assert digest(db) == before


def test_several_forms_go_into_a_folder_all_or_none(db: Path, tmp_path: Path) -> None:
    short, out = tmp_path / "short.html", tmp_path / "out"
    short.write_bytes(html("{{ contract.number }}"))
    out.mkdir()
    answer(db, "forms", "add", "Кратко: 1/2", str(short), "--for", "contract")
    both = ("contracts", "print", "Анна", "--form", "Договор", "--form", "Кратко", "--form", "договор")
    assert "Several forms" in refusal(db, *both, "-o", str(tmp_path / "one.docx"))
    printing(db, *both, "-o", str(out))
    assert sorted(file.name for file in out.iterdir()) == ["Договор 7_А (1).docx", "Кратко_ 1_2 7_А (3).html"]
    printing(db, "contracts", "print", "Анна", "--form", "Кратко", "-o", str(out))
    for file in out.iterdir():
        file.unlink()
    answer(db, "fields", "add", "Кем выдан")
    short.write_bytes(html("{{ client.field.кем_выдан }}"))
    answer(db, "forms", "add", "Поле", str(short), "--for", "contract")
    answer(db, "fields", "remove", "Кем выдан", "--yes")
    told = refusal(db, *both, "--form", "Поле", "-o", str(out))
    assert "{{ client.field.кем_выдан }}" in told
    assert '"Поле"' in told or "Поле" in told
    assert list(out.iterdir()) == []


def test_what_is_not_said_or_does_not_fit_is_refused_and_nothing_is_written(db: Path, tmp_path: Path) -> None:
    for words, told in (
        (("contracts", "print", "Анна", "--form", "Договор"), "-o contract.docx"),
        (("contracts", "print", "Анна", "-o", "x.docx"), "--form FORM"),
        (("subscription", "print", "1", "--form", "2"), "where the form goes"),
        (("forms", "add", "Имя", str(CONTRACT)), "--for contract"),
        (("forms", "add", "Имя"), "FILE is missing"),
    ):
        code, out, err = run_cli(*words, db=db, today=DAY)
        assert (code, out) == (2, ""), err
        assert told in err
    before = sorted(tmp_path.iterdir())
    target = str(tmp_path / "x.pdf")
    assert "end in .docx" in refusal(db, "contracts", "print", "Анна", "--form", "Договор", "-o", target)
    target = str(tmp_path / "x.docx")
    assert "it is for a subscription" in refusal(db, "contracts", "print", "Анна", "--form", "Абонемент", "-o", target)
    assert 'no form "Нет"' in refusal(db, "contracts", "print", "Анна", "--form", "Нет", "-o", target)
    assert "No contract" in refusal(db, "contracts", "print", "Борис", "--form", "Договор", "-o", target)
    target = str(tmp_path / "none" / "x.docx")
    assert "There is no folder" in refusal(db, "contracts", "print", "Анна", "--form", "Договор", "-o", target)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("f.docx", b"", "no document that Word"),
        ("f.docx", html("x"), "no document that Word"),
        ("f.html", docx("x"), "not in UTF-8"),
        ("f.html", html("{{ clent.name }}"), "{{ clent.name }}"),
        ("f.html", html("{{ subscription.plan }}"), "{{ subscription.plan }}"),
        ("f.docx", docx("{{ contract.nummer }}"), "contract.number"),
        ("f.docx", docx("{% for i in range(10**9) %}x{% endfor %}"), "no list"),
        ("f.docm", docx("x"), "neither docx nor html"),
        ("f", docx("x"), "neither docx nor html"),
        ("f.html", b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_a_form_that_can_not_be_printed_is_not_kept(
    db: Path, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    file, before = tmp_path / name, digest(db)
    file.write_bytes(content)
    assert told in refusal(db, "forms", "add", "Новая", str(file), "--for", "contract")
    assert digest(db) == before


def test_a_file_that_is_not_there_or_a_name_in_use_is_refused(db: Path, tmp_path: Path) -> None:
    assert "There is no file" in refusal(db, "forms", "add", "Имя", "нет.docx", "--for", "contract")
    (tmp_path / "folder.docx").mkdir()
    assert "can't be read" in refusal(db, "forms", "add", "Имя", str(tmp_path / "folder.docx"), "--for", "contract")
    told = refusal(db, "forms", "add", "договор", str(CONTRACT), "--for", "contract")
    assert 'There is a form "Договор" already.' in told
    assert "forms remove" in told
    assert '"оферта"' in refusal(db, "forms", "add", "Имя", str(CONTRACT), "--for", "оферта")


def test_forms_are_listed_removed_and_brought_back(db: Path, tmp_path: Path) -> None:
    rows = answer(db, "forms", "list")["rows"]
    assert [(row["id"], row["name"], row["for"], row["format"]) for row in rows] == [
        (1, "Договор", "contract", "docx"),
        (2, "Абонемент", "subscription", "html"),
    ]
    assert "The form Договор would be removed." in refusal(db, "forms", "remove", "Договор")
    code, _out, err = run_cli("forms", "remove", "Договор", "--dry-run", db=db, today=DAY)
    assert (code, "nothing was changed" in err) == (0, True)
    assert answer(db, "forms", "remove", "Договор", "--yes") == {"id": 1}
    assert len(answer(db, "forms", "list")["rows"]) == 1
    answer(db, "undo", "--yes")
    assert answer(db, "forms", "list")["rows"] == rows
    printing(db, "contracts", "print", "Анна", "--form", "Договор", "-o", str(tmp_path / "x.docx"))
    answer(db, "undo", "--yes")
    answer(db, "undo", "--yes")
    assert answer(db, "forms", "list")["rows"] == []
    answer(db, "redo", "--yes")
    assert len(answer(db, "forms", "list")["rows"]) == 1


def test_undo_of_an_addition_whose_name_is_in_use_again_says_why_not(db: Path) -> None:
    answer(db, "forms", "remove", "Договор", "--yes")
    operation = answer(db, "history", "--limit", "1")["rows"][0]["op"]
    answer(db, "forms", "add", "Договор", str(CONTRACT), "--for", "contract")
    assert refusal(db, "undo", "--op", str(operation), "--yes")
    assert len(answer(db, "forms", "list")["rows"]) == 2


def test_the_history_tells_of_forms_in_words(db: Path) -> None:
    code, out, _err = run_cli("history", "--entity", "print form", db=db, today=DAY)
    assert code == 0
    assert "Name: Договор; Used for: contract; Format: docx; Size in bytes: 38174" in out
    rows = answer(db, "history", "--entity", "print_form")["rows"]
    assert {row["entity"] for row in rows} == {"print_form"}


def test_the_placeholders_are_listed_with_examples_and_the_school_s_own_fields(db: Path) -> None:
    answer(db, "fields", "add", "Кем выдан")
    rows = {row["placeholder"]: row for row in answer(db, "forms", "fields")["rows"]}
    assert rows["contract.amount_in_words"]["example"] == "пять тысяч шестьсот рублей 00 копеек"
    assert rows["client.field.кем_выдан"]["meaning"] == "Кем выдан"
    assert "students[].name" in rows
    assert "visits[].date" in {row["placeholder"] for row in answer(db, "forms", "fields", "subscription")["rows"]}
    assert '"payment"' in refusal(db, "forms", "fields", "payment")
    _code, out, _err = run_cli("forms", "fields", db=db, today=DAY)
    assert "{% for each in students %}{{ each.name }}{% endfor %}" in out


@pytest.mark.parametrize("name", ["<b>&Анна</b>", "{{ today }}", '"><img src=x onerror=alert(1)>', "</w:t></w:p>"])
def test_whatever_a_client_is_called_the_file_is_whole(db: Path, tmp_path: Path, name: str) -> None:
    answer(db, "clients", "edit", "1", "--name", name)
    printing(db, "contracts", "print", "1", "--form", "1", "-o", str(tmp_path / "x.docx"))
    assert f"{name} (далее" in "\n".join(texts((tmp_path / "x.docx").read_bytes()))
    printing(db, "subscription", "print", "1", "--form", "2", "-o", str(tmp_path / "x.html"))
    page = (tmp_path / "x.html").read_text("utf-8")
    assert "<img" not in page
    assert "{{ today }}" in page if name == "{{ today }}" else name not in page


def test_passport_data_are_printed_only_where_the_form_asks_for_them(db: Path, tmp_path: Path) -> None:
    printing(db, "subscription", "print", "1", "--form", "2", "-o", str(tmp_path / "x.html"))
    assert "4510" not in (tmp_path / "x.html").read_text("utf-8")


def test_the_form_speaks_the_school_s_language_the_refusal_the_operator_s(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.html"
    code, _out, err = run_cli("subscription", "print", "1", "--form", "2", "-o", str(file), db=db, today=DAY)
    assert (code, "is printed to" in err) == (0, True)
    assert "01.09.2026" in file.read_text("utf-8")


def test_a_form_whose_content_is_damaged_is_told_of(db: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as other, without_triggers(other):
        other.execute("UPDATE print_form_content SET content = 'AAAA' WHERE id = 1")
    code, _out, err = run_cli(
        "contracts", "print", "1", "--form", "1", "-o", str(tmp_path / "x.docx"), db=db, today=DAY
    )
    assert (code, "not as it was added" in err) == (5, True)
    assert not (tmp_path / "x.docx").exists()


def test_a_form_from_word_with_its_title_is_printed(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "titled.docx"
    file.write_bytes(
        changed(docx("{{ client.name }}"), "docProps/core.xml", lambda xml: xml.replace("python-docx", "И&amp;К"))
    )
    answer(db, "forms", "add", "С титулом", str(file), "--for", "contract")
    printing(db, "contracts", "print", "1", "--form", "титул", "-o", str(tmp_path / "x.docx"))
    assert texts((tmp_path / "x.docx").read_bytes()) == ["Анна Иванова"]


def test_tab_offers_forms_that_fit_contracts_and_subscriptions(db: Path) -> None:
    def offered(line: str) -> list[str]:
        _code, out, _err = run_cli("--complete", "zsh", f"schoolcrm --db {db} {line}", db=None, today="")
        return [offer.partition("\t")[0] for offer in out.splitlines()]

    assert offered("contracts print ") == ["Анна Иванова"]
    assert offered("contracts print 1 --form ") == ["Договор"]
    assert offered("subscription print ") == ["Петя"]
    assert offered("subscription print 1 --form ") == ["Абонемент"]
    assert offered("forms remove ") == ["Абонемент", "Договор"]
    assert offered("forms add Имя ") == ["<files>"]
    assert offered("forms add Имя x.docx --for ") == ["contract", "subscription"]
