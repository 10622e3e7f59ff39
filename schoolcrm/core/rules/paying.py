"""Which of a student's subscriptions pays for a lesson (R30, R32–R34)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import NamedTuple

from schoolcrm.core.rules.discounts import Discount

Moment = tuple[date, str, int]

ATTENDED = 100
PLANNED_ID = 1 << 48
"""Lessons that are only computed from a slot have ids from here on, above every stored lesson's."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A sold subscription, as far as charging is concerned (R30).

    ``kind`` is 'lesson', 'package' (of ``lessons``) or 'month', ``price`` its price in kopecks. ``last_on``
    is inclusive (None: open end), extensions and an early closing counted in. ``billing`` is 'by-lesson' or
    'upfront'. Empty ``subjects`` or ``lesson_types`` cover all of them. ``discounts`` are the student's, and
    those of others who have marks under it (R35).
    """

    id: int
    student_id: int
    kind: str
    price: int
    lessons: int | None
    first_on: date
    last_on: date | None
    billing: str
    separate: bool
    stop_at_end: bool
    subjects: frozenset[int]
    lesson_types: frozenset[int]
    discounts: tuple[Discount, ...] = ()


class Occasion(NamedTuple):
    """One lesson of one student; ``time`` is "HH:MM", ``id`` the stored lesson's or ``planned_id``."""

    on: date
    time: str
    id: int
    subject_id: int | None
    lesson_type_id: int

    @property
    def moment(self) -> Moment:
        """Return the key of R31's order: date, time, id."""
        return (self.on, self.time, self.id)


class Mark(NamedTuple):
    """A student's mark at a lesson; ``share`` is the percent of the price that it costs (attended: 100).

    ``student_id`` None: the student who has the subscription, else another one, who had it before (R41).
    """

    occasion: Occasion
    share: int = ATTENDED
    student_id: int | None = None


LessonsLeft = Callable[[Terms], int | None]


def planned_id(slot_id: int) -> int:
    """Return the id for an occasion computed from a slot: the same each time, after all stored lessons."""
    return PLANNED_ID + slot_id


def fits(terms: Terms, occasion: Occasion) -> bool:
    """Tell whether the subscription is valid on that day and covers the lesson's subject and type (R32)."""
    return (
        terms.first_on <= occasion.on
        and (terms.last_on is None or occasion.on <= terms.last_on)
        and (not terms.subjects or occasion.subject_id in terms.subjects)
        and (not terms.lesson_types or occasion.lesson_type_id in terms.lesson_types)
    )


def choose(offers: Iterable[Terms], occasion: Occasion, lessons_left: LessonsLeft) -> Terms | None:
    """Return the subscription that pays for the lesson (R32), or None: no subscription (R33).

    ``lessons_left`` says how many lessons a package still holds; it is not asked about other kinds. When only
    used-up packages fit, the first of them whose plan does not say stop goes into debt (R34).
    """
    return _first(sorted(offers, key=paying_order), occasion, lessons_left)


def assign(offers: Iterable[Terms], marks: Iterable[Mark], used: Mapping[int, int]) -> list[Terms | None]:
    """Return who pays each of a student's marks (R32, R34), given in order; packages are used up on the way.

    ``used`` maps a package's id to the number of its lessons already used up (missing: none).
    """
    return _assigned(sorted(offers, key=paying_order), marks, used)


def share_out(
    ordered: Sequence[Terms], lessons: Sequence[Occasion], used: Mapping[int, int]
) -> dict[int, list[Occasion]]:
    """Return, by subscription, which of a student's coming lessons it pays if all are attended (``assign``).

    ``ordered`` are the subscriptions in ``paying_order``, ``lessons`` are in order and at least one. Those that
    nothing pays (R33) are in no list.
    """
    first, last = lessons[0].on, lessons[-1].on
    valid = [terms for terms in ordered if terms.first_on <= last and (terms.last_on is None or first <= terms.last_on)]
    if valid and _pays_all(valid, lessons, used):
        return {valid[0].id: list(lessons)}
    shares: dict[int, list[Occasion]] = {}
    for lesson, payer in zip(lessons, _assigned(valid, map(Mark, lessons), used), strict=True):
        if payer is not None:
            shares.setdefault(payer.id, []).append(lesson)
    return shares


def planned_under(
    terms: Terms, offers: Iterable[Terms], planned: Sequence[Occasion], used: Mapping[int, int]
) -> list[Occasion]:
    """Return which of a student's planned lessons, given in order, the subscription will pay (R31, month)."""
    payers = assign(offers, map(Mark, planned), used)
    return [lesson for lesson, payer in zip(planned, payers, strict=True) if payer and payer.id == terms.id]


def used_lessons(marks: Iterable[Mark]) -> int:
    """Return how many lessons of a package the marks use up: those with a share above 0 % (R31)."""
    return sum(mark.share > 0 for mark in marks)


def paying_order(terms: Terms) -> tuple[bool, int, int, date, date, int]:
    """Return the sort key of R32: separate, narrower, earlier end (open last), earlier start, lower id."""
    covers = [len(cover) for cover in (terms.subjects, terms.lesson_types) if cover]
    end = terms.last_on or date.max
    return (not terms.separate, -len(covers), prod(covers), end, terms.first_on, terms.id)


def _assigned(ordered: Sequence[Terms], marks: Iterable[Mark], used: Mapping[int, int]) -> list[Terms | None]:
    counts = dict(used)
    payers = []
    for mark in marks:
        payer = _first(ordered, mark.occasion, lambda terms: package_size(terms) - counts.get(terms.id, 0))
        if payer is not None and mark.share > 0:
            counts[payer.id] = counts.get(payer.id, 0) + 1
        payers.append(payer)
    return payers


def _pays_all(ordered: Sequence[Terms], lessons: Sequence[Occasion], used: Mapping[int, int]) -> bool:
    """Tell, for most students at a glance, whether the first subscription is sure to pay all of the lessons."""
    terms = ordered[0]
    if terms.subjects or terms.lesson_types or terms.first_on > lessons[0].on:
        return False
    if terms.last_on is not None and terms.last_on < lessons[-1].on:
        return False
    if terms.kind != "package" or (len(ordered) == 1 and not terms.stop_at_end):
        return True
    return package_size(terms) - used.get(terms.id, 0) >= len(lessons)


def _first(ordered: Iterable[Terms], occasion: Occasion, lessons_left: LessonsLeft) -> Terms | None:
    used_up: Terms | None = None
    for terms in ordered:
        if not fits(terms, occasion):
            continue
        if terms.kind != "package" or (lessons_left(terms) or 0) > 0:
            return terms
        if not terms.stop_at_end:
            used_up = used_up or terms
    return used_up


def package_size(terms: Terms) -> int:
    """Return N, the lessons of a package; ValueError if it has none."""
    if not terms.lessons:
        raise ValueError(f"subscription {terms.id}: a package needs a number of lessons")
    return terms.lessons
