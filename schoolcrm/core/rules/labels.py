"""The school's own words for clients, students, lessons… in headings, titles and totals (R57).

A word stands in the nominative wherever it can be exchanged: as a whole heading, title or name of a record, or
before a mark («Занятия: осталось»). In sentences, where Russian would inflect it, the usual word stays; keys of
JSON and names of commands never change.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, usual

PREFIX = "label."
_LONGEST = 40


class Label(NamedTuple):
    """A word that the school can exchange: the English text of the heading, and where else the word stands.

    `small` are whole texts that are the word in small letters; `joined` are texts that hold it → what to put in
    their place, with {label} for the school's own word.
    """

    heading: str
    small: Sequence[str] = ()
    joined: Mapping[str, str] = MappingProxyType({})


LABELS: Mapping[str, Label] = MappingProxyType(
    {
        "client": Label(N_("Client"), ["client"], {"Client no.": N_("{label}, no.")}),
        "clients": Label(N_("Clients"), ["clients"]),
        "student": Label(N_("Student"), ["student"], {"Student no.": N_("{label}, no.")}),
        "students": Label(N_("Students"), ["students"], {"Students: {names}": N_("{label}: {{names}}")}),
        "group": Label(N_("Group"), ["group"]),
        "groups": Label(N_("Groups"), ["groups"]),
        "lesson": Label(
            N_("Lesson"),
            ["lesson"],
            {
                "Lesson type": N_("{label}: type"),
                "Lesson types": N_("{label}: types"),
                "Nearest lesson": N_("{label}: nearest date"),
            },
        ),
        "lessons": Label(
            N_("Lessons"),
            ["lessons"],
            {
                "Lessons left": N_("{label}: left"),
                "Lessons the money covers": N_("{label}: covered by the money"),
                "Lessons held": N_("{label}: held"),
                "Lessons attended": N_("{label}: attended"),
                "Lessons used": N_("{label}: used"),
                "Burnt lessons": N_("{label}: burnt"),
                "Lessons today": N_("{label}: today"),
                "Past lessons": N_("{label}: past"),
                "Next lessons": N_("{label}: coming"),
            },
        ),
        "teacher": Label(
            N_("Teacher"),
            ["teacher"],
            {"Responsible teacher": N_("{label}: responsible"), "Teacher: {name}": N_("{label}: {{name}}")},
        ),
        "teachers": Label(N_("Teachers"), ["teachers"]),
        "responsible_teacher": Label(N_("Responsible teacher"), ["responsible teacher"]),
        "subscription": Label(
            N_("Subscription"),
            ["subscription"],
            {
                "Subscription valid": N_("{label}: validity"),
                "Subscription: {student}, {plan}": N_("{label}: {{student}}, {{plan}}"),
                "Balance of subscription {id}": N_("{label} {{id}}: balance"),
            },
        ),
        "subscriptions": Label(N_("Subscriptions"), ["subscriptions"]),
        "subject": Label(N_("Subject"), ["subject"]),
        "subjects": Label(N_("Subjects"), ["subjects"]),
        "contract": Label(N_("Contract"), ["contract"]),
        "contracts": Label(
            N_("Contracts"),
            ["contracts"],
            {"Contracts, total": N_("{label}: total"), "Contracts, left": N_("{label}: balance")},
        ),
        "manager": Label(N_("Manager"), ["manager"]),
    }
)
"""The words by the key of their setting, without PREFIX."""


def usual_word(key: str) -> str:
    """Return the word that stands where the school has none of its own; `key` is that of the setting."""
    return usual(LABELS[key.removeprefix(PREFIX)].heading)


def read_label(text: str) -> str:
    """Return the school's own word on one line; BadValue for one without a letter, too long or with braces.

    An empty text stands for the usual word.
    """
    from schoolcrm.core.rules.names import excerpt
    from schoolcrm.core.rules.personal import read_line

    word = read_line(text)
    is_word = any(character.isalpha() for character in word) and not {"{", "}"} & set(word)
    if not word or (is_word and len(word) <= _LONGEST):
        return word
    raise BadValue(
        _('"{value}" can\'t be a label.').format(value=excerpt(text)),
        _("Write a word of at most {most} characters; 'schoolcrm config unset KEY' brings back the usual one.").format(
            most=_LONGEST
        ),
    )


def own_texts(kept: Mapping[str, str]) -> dict[str, str]:
    """Return what is said in place of which English text, by the settings kept: key with PREFIX → own word."""
    words = {key.removeprefix(PREFIX): word for key, word in kept.items() if word}
    texts: dict[str, str] = {}
    for key in (key for key in LABELS if key in words):  # a word of its own goes after what is made of another's
        label, word = LABELS[key], words[key]
        texts[label.heading] = word
        texts |= dict.fromkeys(label.small, _small(word))
        texts |= {text: usual(pattern).format(label=word) for text, pattern in label.joined.items()}
    return texts


def _small(word: str) -> str:
    """Return the word as inside a line; one that begins with two capitals is an abbreviation and stays."""
    return word if word[:2].isupper() and len(word) > 1 else word[:1].lower() + word[1:]
