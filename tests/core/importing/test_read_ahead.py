"""R65: a large file is read by a second process, and nothing but the time tells so."""

import os
import re
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from builders import dump, make_school, reading_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.importing import read_ahead
from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.clients import ClientFile, Imported, Wishes, client_fields, import_clients
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import map_headings
from schoolcrm.core.importing.read_ahead import reading_ahead
from schoolcrm.core.importing.reading import open_source
from schoolcrm.core.importing.rows import ClientRows, read_rows

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system doesn't fork"),
    pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning"),
]
TODAY = date(2026, 9, 1)
HEAD = "ФИО;Телефон;Дата рождения;Остаток;Рост"
LINES = st.lists(
    st.sampled_from(
        [
            "Ли Ева;89161234567;01.02.2016;100;1,5",
            "Ли Лев;;;;",
            "Ким Ян;123;32.01.2016;100;1,5",
            ";;;;",
            "Итого;;;200;",
            HEAD,
            "Цой Ия;89161234568;;;;лишнее",
        ]
    ),
    min_size=1,
    max_size=300,
)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Let any file be read ahead, whatever the machine; gives the process that reads."""
    processes: list[int] = []
    fork = os.fork

    def noting() -> int:
        processes.append(fork())
        return processes[-1]

    monkeypatch.setattr(read_ahead, "_LARGE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    monkeypatch.setattr(os, "fork", noting)
    yield lambda: processes[-1]
    assert processes, "nothing was read ahead"
    for each in processes:  # none is left, not even as a zombie
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)


def rows_of(path: Path) -> ClientRows:
    source = open_source(path, known=CLIENT_FIELDS.headings)
    return read_rows(source, map_headings(source.headings, new_fields=True), TODAY)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return path


def open_files() -> int:
    """Return how many files this process has open, 0 where the system doesn't tell."""
    files = Path("/proc/self/fd")
    return len(list(files.iterdir())) if files.exists() else 0


def everything(rows: "ClientRows | read_ahead.RowsAhead") -> list[tuple[ClientRow | RejectedRow, list[str]]]:
    """Return every row with its cells."""
    return [(row, row.cells if isinstance(row, RejectedRow) else rows.cells_of(row)) for row in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_the_rows_are_those_read_here(tmp_path: Path, process: Callable[[], int], lines: list[str]) -> None:
    path = write(tmp_path / "c.csv", "Ли Ян;;;;", *lines)
    here = rows_of(path)
    expected = everything(here)
    with reading_ahead(rows_of(path)) as ahead:
        assert not isinstance(ahead, ClientRows)
        assert everything(ahead) == expected
        assert ahead.passed_over == here.passed_over


def test_a_process_that_is_killed_leaves_the_rest_to_this_one(
    tmp_path: Path, process: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_ahead, "_PIPE", 4096)
    path = write(tmp_path / "c.csv", *(f"Ли Ян {'ц' * (n % 50)};{89160000000 + n};;;{n}" for n in range(5_000)), ";;;;")
    here = rows_of(path)
    expected = list(here)
    with reading_ahead(rows_of(path)) as ahead:
        rows = iter(ahead)
        found = [next(rows) for _ in range(7)]
        os.kill(process(), signal.SIGKILL)
        found += rows
    assert found == expected
    assert ahead.passed_over == here.passed_over


def test_what_ends_the_reading_is_raised_here(tmp_path: Path, process: Callable[[], int]) -> None:
    path = write(tmp_path / "c.csv", *["Ли Ян;;;;"] * 450, 'Ли "Ян;;;;', '"Ким;;;;')
    with pytest.raises(BadValue) as here:
        list(rows_of(path))
    with reading_ahead(rows_of(path)) as ahead, pytest.raises(BadValue) as there:
        list(ahead)
    assert str(there.value) == str(here.value)


def test_without_another_process_the_rows_are_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(read_ahead, "_LARGE", 0)
    monkeypatch.setattr(os, "fork", refuse)
    path = write(tmp_path / "c.csv", "Ли Ян;;;;")
    before = open_files()
    with reading_ahead(rows_of(path)) as ahead:
        assert isinstance(ahead, ClientRows)
        assert len(list(ahead)) == 1
    assert open_files() == before


def test_a_reader_whom_nobody_listens_to_ends(tmp_path: Path, process: Callable[[], int]) -> None:
    path = write(tmp_path / "c.csv", *["Ли Ян;;;;"] * 20_000)
    with suppress(KeyboardInterrupt), reading_ahead(rows_of(path)) as ahead:
        next(iter(ahead))
        raise KeyboardInterrupt


def bring(school: Path, path: Path, mode: str) -> Imported:
    with reading_school(school, TODAY) as open_school:
        fields = client_fields(open_school.db)
    wishes = Wishes(new_fields=True, on_duplicate=mode)
    return import_clients(school, ClientFile(path, wishes, fields), TODAY, user="olga")


def test_a_reader_whose_parent_is_killed_ends_too(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", *["Ли Ян;;;;"] * 20_000)
    heard, told = os.pipe()
    parent = os.fork()
    if not parent:
        fork = os.fork
        read_ahead._LARGE = 0
        os.fork = lambda: noted(fork(), told)  # type: ignore[assignment]
        os.sched_getaffinity = lambda _process: {0, 1}  # type: ignore[assignment]
        with reading_ahead(rows_of(path)) as ahead:
            next(iter(ahead))
            os.kill(os.getpid(), signal.SIGKILL)
    os.close(told)
    os.waitpid(parent, 0)
    reader = int(os.read(heard, 100))
    ready, _, _ = select.select([heard], [], [], 60)  # its end is heard when nobody has the other one any more
    if not ready:
        os.kill(reader, signal.SIGKILL)
    os.close(heard)
    assert ready


def noted(process: int, told: int) -> int:
    if process:
        os.write(told, b"%d" % process)
    return process


def counts(imported: Imported) -> tuple[int, ...]:
    tally = imported.tally
    return tally.students, len(tally.families), tally.skipped, tally.updated, tally.rejected, imported.passed_over


def timeless(school: Path) -> list[str]:
    """Return all that the school holds, but for the moments at which it was written."""
    return [re.sub(r"'\d{4}-\d\d-\d\dT\d\d:[^']*'", "''", line) for line in dump(school)]


def test_r65_an_import_writes_the_same_and_rejects_the_same(
    tmp_path: Path, process: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"Ли {'аеиоу'[n % 5]};{89160000000 + n % 250};;{n % 3};{n % 4}" for n in range(600)]
    done = []
    for large in (0, 1 << 40):
        monkeypatch.setattr(read_ahead, "_LARGE", large)
        folder = tmp_path / str(large)
        folder.mkdir()
        school = make_school(folder)
        path = write(folder / "c.csv", *lines, "Ким;12;;;")
        imported = bring(school, path, "skip")
        assert imported.rejects is not None
        again = bring(school, path, "update")
        done.append(
            (timeless(school), imported.reasons[:], imported.rejects.read_text(), counts(imported), counts(again))
        )
        with pytest.raises(Refused):
            bring(school, path, "fail")
    assert done[0] == done[1]
    assert len(done[0][1]) > 1, "the plan rejects rows too, and wants their cells"
