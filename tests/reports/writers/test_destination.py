"""Files appear whole or not at all; trouble is a sentence."""

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from schoolcrm.core.errors import DiskTrouble, Refused
from schoolcrm.reports.writers.destination import new_file, text_into, write_error


def _write(path: Path, content: bytes = b"content") -> None:
    with new_file(path) as file:
        file.write(content)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    _write(tmp_path / "a.csv")
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600
    assert (tmp_path / "a.csv").read_bytes() == b"content"


def test_an_existing_file_is_replaced_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"much longer old content")
    path.chmod(0o644)
    _write(path)
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, trouble: type[BaseException]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    with pytest.raises(trouble), new_file(path) as file:
        file.write(b"half")
        raise trouble
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with (
            pytest.raises(DiskTrouble, match=r"a\.csv can't be written"),
            new_file(tmp_path / "a.csv") as file,
            text_into(file) as text,
        ):
            text.write("x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _write(pipe)
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert os.read(reader, 100) == b"content"
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "it is not permitted"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_the_sentence_says_why(number: int, reason: str) -> None:
    refusal = write_error(Path("a.csv"), OSError(number, os.strerror(number)))
    assert isinstance(refusal, DiskTrouble)
    assert refusal.sentence == f"a.csv can't be written: {reason}."


def test_a_missing_folder_a_folder_and_a_file_as_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no folder"):
        _write(tmp_path / "nowhere" / "a.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Refused, match="is a folder"):
        _write(tmp_path / "folder.csv")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused, match="There is no folder"):
        _write(tmp_path / "file" / "a.csv")
    with pytest.raises(Refused, match="can't be the name of a file"):
        _write(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_folder_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DiskTrouble, match="not permitted"):
        _write(tmp_path / "a.csv")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    _write(tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"content"
