"""The personal page: what is the client's own, in one file that needs nothing else (R40)."""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.language import current_language, use_language
from schoolcrm.core.office.client_files import add_file
from schoolcrm.core.office.messages import log_message
from schoolcrm.core.office.tasks import add_task
from schoolcrm.reports.personal_page import LARGEST_INSIDE, personal_page

NASTY = '<script>alert(1)</script>&"\u202e'


class _Reader(HTMLParser):
    """Notes tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path, "en")) as opened:
        client_id = add_client(opened, f"Анна {NASTY}", student="Петя", phone="89161234567")
        student_id = student_of(opened, client_id)
        group_id = add_group(opened, "Робо 1", subject="Роботы")
        join(opened, group_id, student_id, TODAY)
        add_schedule(opened, group_id=group_id, days="tue", time="18:00")
        sell_plan(opened, student_id, add_plan(opened, "package", 400_000, 8, name="Робо 8"), TODAY)
        pay(opened, client_id, 1_000_00, TODAY, note="секрет кассы")
        hold(opened, group_id, TODAY, present=[student_id])
        yield opened


def test_r40_the_page_tells_schedule_balance_lessons_payments(school: Any) -> None:
    text = read(personal_page(school.db, 1, TODAY)).text
    for told in ("Balance: 500.00 RUB", "Enough for 1 lesson", "Робо 8", "Роботы", "2026-09-08", "2026-09-01"):
        assert told in text, told
    assert "1,000.00" in text
    assert "attended" in text


def test_r40_what_the_school_says_among_itself_is_not_on_it(school: Any) -> None:
    school.db.execute("UPDATE client SET note = 'секрет', manager = 'секрет', passport = 'секрет'")
    add_task(school, 1, "секрет")
    log_message(school, 1, "секрет")
    add_file(school, 1, "a.txt", b"abc", note="секрет")
    html = personal_page(school.db, 1, TODAY)
    assert "секрет" not in html
    assert "VIP" not in html


def test_r40_nothing_of_the_data_becomes_markup_and_nothing_is_loaded(school: Any) -> None:
    add_file(school, 1, 'x".html', b"<script>alert(2)</script>")
    html = personal_page(school.db, 1, TODAY)
    page = read(html)
    assert "script" not in {tag for tag, _attributes in page.tags}
    assert "<script>alert(1)</script>&" in page.text
    assert "\u202e" not in html
    loaded = [value for _tag, named in page.tags for key, value in named.items() if key in ("src", "href")]
    assert [value[:37] for value in loaded if value] == ["data:application/octet-stream;base64,"[:37]]
    policy = next(named["content"] for _tag, named in page.tags if named.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_r40_small_files_are_inside_and_large_ones_only_named(school: Any) -> None:
    add_file(school, 1, "small.bin", bytes(range(256)))
    add_file(school, 1, "large.bin", bytes(LARGEST_INSIDE + 1))
    html = personal_page(school.db, 1, TODAY)
    (encoded,) = re.findall(r'base64,([^"]+)"', html)
    assert b64decode(encoded) == bytes(range(256))
    assert "large.bin" in html


def test_r40_all_files_inside_have_a_limit_together(school: Any) -> None:
    for number in range(7):
        add_file(school, 1, f"{number}.bin", bytes([number]) * LARGEST_INSIDE)
    assert personal_page(school.db, 1, TODAY).count("base64,") == 5


def test_r40_the_page_speaks_the_schools_language(school: Any) -> None:
    school.db.execute("INSERT OR REPLACE INTO setting VALUES ('language', 'ru')")
    use_language("en")
    html = personal_page(school.db, 1, TODAY)
    assert '<html lang="ru">' in html
    assert "01.09.2026" in html
    assert current_language() == "en"


def test_a_client_of_whom_little_is_known_has_a_page(tmp_path: Path) -> None:
    with writing_school(make_school(tmp_path, "en")) as school:
        html = personal_page(school.db, add_client(school, "Зоя"), date(2026, 9, 1))
    assert "No lessons are planned." in html


def test_the_page_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        add_client(school, "Зоя")
    assert run_cli("clients", "page", "Зоя", "-o", str(tmp_path / "z.html"), db=path)[0] == 0
    assert (tmp_path / "z.html").stat().st_mode & 0o777 == 0o600
    assert run_cli("clients", "page", "Зоя", "-o", str(tmp_path), db=path)[0] == 0
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "z.html").read_bytes()
    assert run_cli("clients", "page", "Зоя", db=path)[0] == 2
    assert run_cli("clients", "page", "Зоя", "-o", str(tmp_path / "no" / "z.html"), db=path)[0] == 1
