"""Names that may be one person's: the words in another order, or one typo in a longer word (R52).

Only what may be alike is compared: names are looked up by their words, never all with all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from schoolcrm.core.rules.names import is_near

Key = tuple[str, ...]

_SHORTEST_WITH_TYPO = 4
_MOST_SPELLINGS = 64
# Brother and sister, husband and wife: Евгений Петров, Евгения Петрова.
_ENDINGS = (("", "а"), ("й", "я"), ("ий", "ая"), ("ый", "ая"), ("ой", "ая"))


def word_key(name_key: str) -> Key:
    """Return the words of a folded name in one order, so that the order in which they were written is no matter."""
    return tuple(sorted(name_key.split()))


def find_typos(keys: Iterable[Key]) -> Iterator[tuple[Key, Key]]:
    """Yield the pairs of different keys that are one name but for a typo in words of four letters or more.

    Each pair comes once. A name of one word is too little to tell by. Where every word that differs does so by the
    endings of a woman's and a man's name, and there are two of them, they are two people.
    """
    known = {key for key in keys if len(key) > 1}
    near = near_words({word for key in known for word in key})
    for key in known:
        for spelling in _spellings(key, near):
            if spelling > key and spelling in known and not _are_two_people(key, spelling, near):
                yield key, spelling


def near_words(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return word → the words one typo away from it, for those that have any."""
    shortened: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= _SHORTEST_WITH_TYPO:
            for form in {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}:
                shortened[form].append(word)
    near: dict[str, set[str]] = defaultdict(set)
    for candidates in shortened.values():
        for place, word in enumerate(candidates):
            for other in candidates[place + 1 :]:
                if other not in near[word] and is_near(word, other):
                    near[word].add(other)
                    near[other].add(word)
    return {word: sorted(others) for word, others in near.items() if others}


def _spellings(key: Key, near: Mapping[str, Sequence[str]]) -> set[Key]:
    """Return the keys that the name might also be written as; of many possibilities those with one typo only."""
    ways = [(word, *near.get(word, ())) for word in key]
    count = 1
    for way in ways:
        count *= len(way)
    if count <= _MOST_SPELLINGS:
        return {tuple(sorted(words)) for words in product(*ways)} - {key}
    return {
        tuple(sorted((*key[:place], other, *key[place + 1 :]))) for place, way in enumerate(ways) for other in way[1:]
    }


def _are_two_people(key: Key, other: Key, near: Mapping[str, Sequence[str]]) -> bool:
    ours, theirs = list(key), list(other)
    for word in key:
        if word in theirs:
            ours.remove(word)
            theirs.remove(word)
    matched = [next((each for each in theirs if each in near.get(word, ())), "") for word in ours]
    return len(ours) > 1 and all(map(_differ_by_sex, ours, matched))


def _differ_by_sex(word: str, other: str) -> bool:
    return any(
        _is_ending_of(word, other, ending, counterpart) or _is_ending_of(other, word, ending, counterpart)
        for ending, counterpart in _ENDINGS
    )


def _is_ending_of(word: str, other: str, ending: str, counterpart: str) -> bool:
    return word.endswith(ending) and word[: len(word) - len(ending)] + counterpart == other
