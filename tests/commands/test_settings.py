"""Where the settings file and the default database are looked for, and what the settings file may say."""

import sys
from pathlib import Path

import platformdirs
import pytest

from schoolcrm.commands.settings import default_database, settings_file, user_settings
from schoolcrm.core.errors import BadValue


@pytest.mark.parametrize(
    "folders",
    [
        {},
        {"XDG_CONFIG_HOME": "/srv/config", "XDG_DATA_HOME": "/srv/data"},
        {"XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "x"},
    ],
    ids=["none", "absolute", "unusable"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
def test_the_folders_are_those_of_platformdirs(folders: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in folders.items():
        monkeypatch.setenv(name, value)
    assert settings_file(folders).parent == platformdirs.user_config_path("schoolcrm", appauthor=False)
    assert default_database(folders).parent == platformdirs.user_data_path("schoolcrm", appauthor=False)


def test_the_settings_file_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('db = "/srv/school.db"\nlang = "ru"\nunknown = 1\n', "utf-8")
    environment = {"SCHOOLCRM_CONFIG": str(file)}
    assert user_settings(environment) == {"db": "/srv/school.db", "lang": "ru"}


def test_no_settings_file_means_no_settings(tmp_path: Path) -> None:
    assert user_settings({"SCHOOLCRM_CONFIG": str(tmp_path / "absent.toml")}) == {}


@pytest.mark.parametrize("content", [b"db = ", b"db = '\xff'"], ids=["syntax", "encoding"])
def test_a_settings_file_that_cant_be_read_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(BadValue, match=r"mine\.toml"):
        user_settings({"SCHOOLCRM_CONFIG": str(file)})
