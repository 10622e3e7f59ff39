"""Files of clients: exact bytes back, limits, names (R55)."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import TODAY, add_client, make_school, reading_school, run_cli, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Ambiguous, BadValue, Damaged, NotFound, Refused
from schoolcrm.core.office.client_files import (
    add_file,
    content_of,
    files_of,
    find_file,
    get_file,
    human_size,
    remove_file,
)
from schoolcrm.core.people.merge import merge_clients


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


@pytest.fixture
def school(path: Path) -> Iterator[Any]:
    with writing_school(path) as opened:
        add_client(opened, "Анна")
        add_client(opened, "Борис")
        yield opened


@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4, unique=True))
def test_r55_the_bytes_that_come_out_are_those_that_went_in(contents: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        file = make_school(Path(folder))
        with writing_school(file) as school:
            add_client(school, "Анна")
            added = [add_file(school, 1, "договор.pdf", content) for content in contents]
        with reading_school(file) as school:
            assert [content_of(school.db, each) for each in added] == contents
            assert files_of(school.db, 1) == added


def test_a_file_says_what_it_is(school: Any) -> None:
    file = add_file(school, 1, "C:\\Documents\\Договор 7.pdf", b"%PDF", note=" подписан ")
    assert (file.name, file.media_type, file.size, file.note) == ("Договор 7.pdf", "application/pdf", 4, "подписан")
    assert file.added_on == TODAY
    assert add_file(school, 1, "x.unknown-kind", b"").media_type == "application/octet-stream"
    assert add_file(school, 1, "../../etc/passwd", b"1").name == "passwd"
    for name in ("", "..", "a/"):
        with pytest.raises(BadValue, match="name of a file"):
            add_file(school, 1, name, b"2")


def test_a_file_may_not_be_too_large_nor_there_already(school: Any) -> None:
    school.db.execute("INSERT INTO setting VALUES ('file_limit_mb', '1')")
    add_file(school, 1, "a.bin", bytes(1024 * 1024))
    with pytest.raises(Refused, match=r"larger than the 1 MB"):
        add_file(school, 1, "b.bin", bytes(1024 * 1024 + 1))
    with pytest.raises(Refused, match="has this file already"):
        add_file(school, 1, "a.bin", bytes(1024 * 1024))
    add_file(school, 1, "a.bin", b"another")


def test_a_file_is_found_by_number_name_or_a_part_of_it(school: Any) -> None:
    first, second = (add_file(school, 1, name, name.encode()).id for name in ("Договор.pdf", "Договор 2.pdf"))
    theirs = add_file(school, 2, "Справка.pdf", b"3").id
    assert find_file(school.db, 1, str(second)) == second
    assert find_file(school.db, 1, "договор.pdf") == first
    with pytest.raises(Ambiguous, match="дог"):
        find_file(school.db, 1, "дог")
    for ref in (str(theirs), "справка"):
        with pytest.raises(NotFound):
            find_file(school.db, 1, ref)


def test_a_file_that_is_not_what_it_was_is_not_given_out(school: Any) -> None:
    file = add_file(school, 1, "a.txt", b"abc")
    for content in ("YWJk", "not base64!"):
        school.db.execute("UPDATE file_content SET content = ?", (content,))
        with pytest.raises(Damaged, match=r"a\.txt"):
            content_of(school.db, file)


def test_r53_a_merge_moves_files_and_a_removal_can_be_undone(path: Path) -> None:
    with writing_school(path) as school:
        add_client(school, "Анна")
        add_client(school, "Борис")
        add_file(school, 1, "a.txt", b"abc")
        merge_clients(school, 2, 1)
    assert run_cli("clients", "file", "remove", "Борис", "a.txt", "--yes", db=path)[0] == 0
    with reading_school(path) as school:
        assert files_of(school.db, 2) == []
    assert run_cli("undo", "--yes", db=path)[0] == 0
    with reading_school(path) as school:
        (file,) = files_of(school.db, 2)
        assert content_of(school.db, file) == b"abc"


def test_nothing_is_left_of_a_removed_file_but_its_history(school: Any) -> None:
    file = add_file(school, 1, "a.txt", b"abc")
    assert get_file(school.db, file.id) == file
    remove_file(school, file.id)
    assert school.db.execute("SELECT count(*) FROM client_file, file_content").fetchone() == (0,)


@pytest.mark.parametrize(
    ("size", "told"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (30_000, "29 KB"), (5 * 1024 * 1024, "5.0 MB")]
)
def test_sizes_are_told_in_words(size: int, told: str) -> None:
    assert human_size(size) == told
