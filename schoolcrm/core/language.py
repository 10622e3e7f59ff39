"""The language of everything shown to people: gettext catalogues in ``schoolcrm/locale``.

English is the source text. Modules call ``_()`` when the text is needed, never at import time,
except the command modules, which are imported after the language is known.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schoolcrm.core.translations import SOURCE_TEXTS, compiled_texts

DOMAIN = "schoolcrm"
LANGUAGES = ("en", "ru")
_FOLDER = Path(__file__).parent.parent / "locale"

_catalogue = SOURCE_TEXTS
_current = "en"
_own_texts: Mapping[str, str] = {}


def use_language(code: str) -> None:
    """Make ``code`` ("en" or "ru") the language of the texts from now on, with no texts of the school's own."""
    global _catalogue, _current
    use_own_texts({})
    _current = code if code in LANGUAGES else "en"
    if _current == "en":
        _catalogue = SOURCE_TEXTS
    else:
        _catalogue = compiled_texts(_FOLDER / _current / "LC_MESSAGES" / f"{DOMAIN}.mo")


def current_language() -> str:
    """Return the code of the language in use."""
    return _current


def quoted(text: str) -> str:
    """Return the text in the quotation marks of the language in use."""
    return f"«{text}»" if _current == "ru" else f'"{text}"'


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Make ``code`` the language of the texts for a while; the school's own texts stay as they are."""
    global _catalogue, _current, _own_texts
    before = _catalogue, _current, _own_texts
    use_language(code)
    _own_texts = before[2]
    try:
        yield
    finally:
        _catalogue, _current, _own_texts = before


def language_of_locale(environment: "os._Environ[str] | dict[str, str]") -> str:
    """Return the language that the machine's locale asks for: "ru" or, for any other, "en".

    Empty when there is no locale, or the one that stands for none (C, POSIX): then it asks for nothing.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            if value.partition(".")[0] in ("C", "POSIX"):
                return ""
            return "ru" if value.lower().startswith("ru") else "en"
    return ""


def use_own_texts(texts: Mapping[str, str]) -> None:
    """Say these texts, by their English source, as the school says them: in every language (R57)."""
    global _own_texts
    _own_texts = texts


def _(message: str) -> str:
    """Return the text as the school says it, else in the language in use."""
    return _own_texts.get(message) or _catalogue.gettext(message)


def usual(message: str) -> str:
    """Return the text in the language in use, whatever the school says instead: for reading what people write."""
    return _catalogue.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of the text that fits ``count`` in the language in use."""
    return _catalogue.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """Return the text in the language in use, for words whose translation depends on context."""
    return _catalogue.pgettext(context, message)


def translated(words: Mapping[Any, str]) -> dict[str, str]:
    """Return the words of a table of codes, marked with `N_`, as `_` says them now."""
    return {str(code): _(word) for code, word in words.items()}


def N_(message: str) -> str:  # noqa: N802  (gettext's customary name for "mark, translate later")
    """Mark a text for translation and return it unchanged, for tables filled at import time."""
    return message
