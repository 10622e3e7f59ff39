"""Changing one line of the settings file: everything else in it stays."""

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.commands.settings import NAMES, user_settings
from schoolcrm.commands.settings_file import OWN_SETTINGS, set_own, unset_own, with_value
from schoolcrm.core.errors import BadValue, DiskTrouble, Refused

FILE = """\
# The front desk's machine.
db = "/srv/a#b.db"   # on the server

'user' = 'anna'
format="csv"# for the accountant
# csv = "excel"

[later]
csv = "mine"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "schoolcrm" / "settings.toml"
    monkeypatch.setenv("SCHOOLCRM_CONFIG", str(path))
    return path


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("db", "/srv/b.db", 'db = "/srv/a#b.db"   # on', 'db = "/srv/b.db"   # on'),
        ("user", "пётр «\"\\»", "'user' = 'anna'", 'user = "пётр «\\"\\\\»"'),
        ("format", "json", 'format="csv"# for', 'format = "json"# for'),
        ("lang", "ru", '# for the accountant\n', '# for the accountant\nlang = "ru"\n'),
        ("csv", "excel", '# for the accountant\n', '# for the accountant\ncsv = "excel"\n'),
        ("db", None, 'db = "/srv/a#b.db"   # on the server\n', ""),
        ("user", None, "'user' = 'anna'\n", ""),
        ("lang", None, "", ""),
        ("csv", None, "", ""),
    ],
)  # fmt: skip
def test_one_line_changes_and_comments_stay(key: str, value: str | None, before: str, after: str) -> None:
    assert with_value(FILE, key, value) == FILE.replace(before, after, 1)
    windows = FILE.replace("\n", "\r\n")
    assert with_value(windows, key, value) == FILE.replace(before, after, 1).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'lang = "ru"\n'),
        ("# mine", '# mine\nlang = "ru"\n'),
        ("# mine\n", '# mine\nlang = "ru"\n'),
        ('db = "x"', 'db = "x"\nlang = "ru"\n'),
        ('db = "x"\n\n', 'db = "x"\nlang = "ru"\n\n'),
        ("[later]\n", 'lang = "ru"\n[later]\n'),
    ],
)
def test_a_first_value_finds_its_place(text: str, expected: str) -> None:
    assert with_value(text, "lang", "ru") == expected


@pytest.mark.parametrize("text", ['db = """\nx\n"""\n', 'note = """\nlang = "en"\n"""\n', "lang = [\n1]\n"])
def test_what_is_not_one_line_is_left_alone(text: str, file: Path) -> None:
    key = "db" if text.startswith("db") else "lang"
    assert with_value(text, key, "/x.db") is None
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    with pytest.raises(Refused, match=r"settings\.toml"):
        set_own(key, "/x.db" if key == "db" else "ru")
    assert file.read_text("utf-8") == text


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=20)
_LINES = st.lists(
    st.sampled_from(["", "# note", "  # db = 'x'", "[later]", "other = 1 # x", "a.b = '#'"]), unique=True, max_size=6
)


@given(_LINES, st.dictionaries(st.sampled_from(NAMES), _TEXT), st.sampled_from(NAMES), _TEXT | st.none())
def test_what_is_written_is_what_is_read(lines: list[str], kept: dict[str, str], key: str, value: str | None) -> None:
    text = "\n".join(lines)
    for name, each in kept.items():
        text = with_value(text, name, each) or pytest.fail("not placed")
    changed = with_value(text, key, value)
    assert changed is not None
    expected = {**kept, key: value} if value is not None else {name: kept[name] for name in kept if name != key}
    found = tomllib.loads(changed)
    assert {name: found[name] for name in NAMES if name in found} == expected
    assert [line for line in changed.split("\n") if line in lines and line] == [line for line in lines if line]


def test_folder_and_file_are_made_for_the_operator_alone(file: Path) -> None:
    assert set_own("csv", "EXCEL") == "excel"
    assert file.read_text("utf-8") == 'csv = "excel"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    unset_own("csv")
    assert file.read_text("utf-8") == ""
    assert list(file.parent.iterdir()) == [file]


def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text(FILE, "utf-8")
    file.parent.mkdir(parents=True)
    file.symlink_to(kept)
    set_own("lang", "en")
    assert file.is_symlink()
    assert 'lang = "en"\n' in kept.read_text("utf-8")


def test_a_dry_run_and_an_absent_setting_write_nothing(file: Path) -> None:
    set_own("csv", "excel", dry_run=True)
    unset_own("csv")
    assert not file.parent.exists()


def test_what_cannot_be_read_is_not_written_over(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"db = ")
    with pytest.raises(BadValue, match="can't be read"):
        set_own("lang", "ru")
    assert file.read_bytes() == b"db = "


def test_a_place_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("SCHOOLCRM_CONFIG", str(tmp_path / "taken" / "x" / "settings.toml"))
    with pytest.raises((Refused, DiskTrouble)) as refusal:
        set_own("lang", "ru")
    assert "SCHOOLCRM_CONFIG" in refusal.value.hint


def test_the_database_is_kept_as_a_whole_path(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert set_own("db", "school.db") == str(tmp_path / "school.db")
    assert set_own("db", "~/school.db") == str(Path.home() / "school.db")
    assert user_settings({"SCHOOLCRM_CONFIG": str(file)}) == {"db": str(Path.home() / "school.db")}


@pytest.mark.parametrize(
    ("key", "text"),
    [("db", ""), ("db", "."), ("db", "a\nb"), ("user", " \t"), ("lang", "de"), ("format", "xml"), ("csv", "")],
)
def test_what_an_own_setting_may_not_be(key: str, text: str, file: Path) -> None:
    with pytest.raises(BadValue):
        set_own(key, text)
    assert not file.exists()


def test_the_registry_has_what_the_file_may_hold() -> None:
    assert tuple(OWN_SETTINGS) == NAMES
