"""Every test runs as on a machine of its own: no settings, no locale, no database of the person at it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from schoolcrm.core.language import use_language

_FOREIGN = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TZ")


@pytest.fixture(autouse=True)
def own_machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test an empty home, none of the operator's variables, and English texts."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name in [*_FOREIGN, *(name for name in os.environ if name.startswith(("SCHOOLCRM_", "XDG_")))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    use_language("en")
    yield home
    use_language("en")
