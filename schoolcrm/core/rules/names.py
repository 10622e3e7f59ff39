"""Names as people write them: the tidy form that is kept and the folded key that is compared."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from schoolcrm.core.language import _

_SPACES = dict.fromkeys((*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85), " ")
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
_DIRECTIONS = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070)))
_INVISIBLE = dict.fromkeys(
    (0xAD, 0x180E, 0x200B, *range(0x2060, 0x2066), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))
)
_UNWANTED = _CONTROLS | _SPACES | _DIRECTIONS | _INVISIBLE
_JOINERS = dict.fromkeys((0x200C, 0x200D))

# Nearly no name has any of these characters: something to remove, an accent to compose.
_UNUSUAL = "[^ -~А-яЁё]"
_SHOWN = 60
_SHORTEST_WITH_TYPO = 4
_SHORTEST_NAME_WITH_TYPO = 3
_FEWEST_TO_BEGIN = 3
_SIMILAR = 0.65
# One letter in three says nothing: foo is no typo of for.
_SHORT = 3
_SIMILAR_IF_SHORT = 0.7


def fold(text: str) -> str:
    """Return the key under which names, headings and catalogue entries are compared.

    Case, ё/е, the kind and number of spaces, invisible characters and the way an accent is encoded
    make no difference.
    """
    if not (text.isascii() and text.isprintable()) and _unusual_finder()(text):
        return _fold_any(text)
    return " ".join(text.lower().replace("ё", "е").split())


@cache
def _unusual_finder() -> Callable[[str], re.Match[str] | None]:
    """Compiled once: an import folds names by the hundred thousand, many commands none."""
    return re.compile(_UNUSUAL).search


def _fold_any(text: str) -> str:
    """Fold text of any script; the result folds to itself."""
    from unicodedata import normalize

    folded = tidy(text.translate(_JOINERS)).casefold()
    plain = _without_dots_of_yo(normalize("NFD", folded))
    return " ".join(normalize("NFC", plain).split())


def _without_dots_of_yo(decomposed: str) -> str:
    """Return the text with ё as е, wherever the two dots stand among other accents."""
    from unicodedata import combining

    if "\u0308" not in decomposed:
        return decomposed
    kept = []
    letter = ""
    for character in decomposed:
        if character == "\u0308" and letter == "е":
            continue
        if not combining(character):
            letter = character
        kept.append(character)
    return "".join(kept)


def tidy(text: str) -> str:
    """Return the text as it is kept: trimmed, single spaces, NFC, no control or bidi characters."""
    if not (text.isascii() and text.isprintable()) and _unusual_finder()(text):
        text = _tidy_any(text)
    return " ".join(text.split())


def _tidy_any(text: str) -> str:
    """Return text of any script composed and without what can't be seen, stored or printed."""
    from unicodedata import normalize

    if not text.isprintable():
        # Half of a surrogate pair can be neither stored nor printed.
        text = re.sub("[\ud800-\udfff]", "\ufffd", text.translate(_UNWANTED))
    return normalize("NFC", text)


def has_letter(text: str) -> bool:
    """Tell whether there is a letter of any script in it: a name needs one (R63)."""
    return any(map(str.isalpha, text))


def excerpt(text: str) -> str:
    """Return the text short and clean enough to stand in a sentence."""
    shown = tidy(text.strip()[: 4 * _SHOWN])
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def is_near(a: str, b: str) -> bool:
    """Tell whether two names are the same but for case, ё/е, spaces or one typo (R3).

    A typo is a letter too many, missing, replaced, or two swapped, in one word of at least four
    letters. Different digits are never a typo: "Robo 2025" and "Robo 2026" are two groups.
    """
    a, b = fold(a), fold(b)
    if a.replace(" ", "") == b.replace(" ", ""):
        return True
    words, others = a.split(), b.split()
    if len(words) != len(others):
        return False
    different = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and _is_one_typo(*different[0])


def is_typo_of(a: str, b: str) -> bool:
    """Tell whether two names as wholes are the same but for case, ё/е, spaces, or one typo anywhere (R3).

    Wider than `is_near`: short words may differ too ("Не звонить", "На звонить"; "VIP", "VIPs"), but a name of fewer
    than three letters has no typos. Digits are never one, as there.
    """
    a, b = fold(a).replace(" ", ""), fold(b).replace(" ", "")
    return a == b or _is_one_typo(a, b, _SHORTEST_NAME_WITH_TYPO)


def _is_one_typo(a: str, b: str, shortest: int = _SHORTEST_WITH_TYPO) -> bool:
    """Tell whether two different words of so many letters or more are one typo apart."""
    if min(_count_letters(a), _count_letters(b)) < shortest or abs(len(a) - len(b)) > 1:
        return False
    start = _common_length(a, b)
    end = _common_length(a[start:][::-1], b[start:][::-1])
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    if any(map(str.isdigit, left + right)):
        return False
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


def _count_letters(word: str) -> int:
    return sum(map(str.isalpha, word))


def _common_length(a: str, b: str) -> int:
    """Return how many characters the two have in common from the start."""
    for place, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return place
    return min(len(a), len(b))


def known_names(name: str, known: Iterable[str], most: int = 10) -> str:
    """Return up to so many of the known names, for a sentence: those that may have been meant first, then «…»."""
    names = list(known)
    return shortened(list(dict.fromkeys([*closest(name, names), *names])), most)


def shortened(names: Sequence[str], most: int = 5) -> str:
    """Return up to so many of the names, for a sentence, then «…» if there are more."""
    return ", ".join([*names[:most], *["…"] * (len(names) > most)])


def did_you_mean(near: Iterable[str], besides: str = "") -> str:
    """Return the hint that asks whether one of those names was meant, if there are any, and what is said besides."""
    names = ", ".join(near)
    question = _("Did you mean: {names}?").format(names=names) if names else ""
    return " ".join(filter(None, (question, besides)))


def closest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to ``limit`` of the known names that may have been meant, best first."""
    from difflib import get_close_matches

    wanted = fold(name)
    if not wanted or limit < 1:
        return []
    spelt: dict[str, str] = {}
    for entry in known:
        spelt.setdefault(fold(entry), entry)
    cutoff = _SIMILAR if len(wanted) > _SHORT else _SIMILAR_IF_SHORT
    similar = get_close_matches(wanted, spelt, n=limit, cutoff=cutoff)
    begun = sorted(key for key in spelt if key.startswith(wanted)) if len(wanted) >= _FEWEST_TO_BEGIN else []
    return [spelt[key] for key in dict.fromkeys(similar + begun)][:limit]
