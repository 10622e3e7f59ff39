"""What a command needs to run in the process of the tests: an environment, streams, texts in one language."""

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

USER = "tester"


def variables(db: Path | None, today: str, lang: str, env: Mapping[str, str] | None) -> dict[str, str]:
    """Return the environment of a command: the school, the day, the language, who runs it, and what is said besides."""
    given = {"SCHOOLCRM_LANG": lang, "SCHOOLCRM_TODAY": today, "SCHOOLCRM_USER": USER}
    return {**given, **({"SCHOOLCRM_DB": str(db)} if db else {}), **(env or {})}


def forget_commands_of_other_language(language: str) -> None:
    """Command modules put their texts in the language in use when they are imported, once a process."""
    if getattr(sys, "_schoolcrm_commands_in", language) != language:
        for name in [name for name in sys.modules if name.startswith("schoolcrm.commands")]:
            del sys.modules[name]
        sys.modules.pop("schoolcrm.lazy", None)
    sys._schoolcrm_commands_in = language  # type: ignore[attr-defined]


def stream_of(text: str = "") -> io.TextIOWrapper:
    """Return a stream of bytes below, as those of a process are."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="", write_through=True)


def text_of(stream: Any) -> str:
    """Return what was written to it."""
    stream.flush()
    return str(stream.buffer.getvalue().decode())
