"""What is written in a sample school, one table for each language: names and texts that a school itself would give."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """Names to make people of; `named` puts a surname and a first name together, of a woman or girl if told so."""

    surnames: tuple[str, ...]
    boys: tuple[str, ...]
    girls: tuple[str, ...]
    fathers: tuple[str, ...]
    mothers: tuple[str, ...]
    named: Callable[[str, str, bool], str]
    phone: str
    phones: int
    relatives: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """A subject: its teachers, and what its lessons are about, in their order."""

    subject: str
    teachers: tuple[str, str]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanNames:
    """What the plans of the school are called."""

    single: str
    package: str
    course: str
    month: str
    individual: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk notes down: tasks, calls, terms, reasons."""

    remind_debt: str
    order_kits: str
    certificate: str
    offer_group: str
    parent_meeting: str
    offer_plan: str
    called_about_misses: str
    wrote_about_pay: str
    asked_for_bill: str
    praised: str
    left_for: str
    will_think: str
    after_holidays: str
    too_far: str
    moved_away: str
    asked_to_forget: str
    no_evening_place: str
    hall_for_rent: str
    teacher_wanted: str
    form_of_site: str
    contract_terms: str
    contract_file: str
    contract_text: str
    sibling_discount: str
    loyal_discount: str
    costume: str
    kit: str
    refund_note: str
    adjustment_note: str
    typed_twice: str
    illness: str
    family_trip: str
    teacher_ill: str
    makes_up: str
    well_done: str


@dataclass(frozen=True, slots=True)
class Words:
    """All that is written in a sample school. `courses` are robotics, English and dance, in this order.

    `groups`, `rooms` and `sources` stand in the order of the tables that use them; `scores` are the least and the
    greatest result of a test, in hundredths; `grades` the marks of lessons, the best first.
    """

    people: People
    courses: tuple[Course, Course, Course]
    levels: tuple[str, str, str]
    locations: tuple[str, str]
    rooms: tuple[str, ...]
    groups: tuple[str, ...]
    sources: tuple[str, ...]
    managers: tuple[str, str]
    bank: str
    plans: PlanNames
    district: str
    districts: tuple[str, ...]
    school: str
    schools: tuple[str, ...]
    holiday: str
    break_name: str
    client_notes: tuple[str, ...]
    student_notes: tuple[str, ...]
    homework: tuple[str, ...]
    grades: tuple[str, ...]
    scores: tuple[int, int]
    filter_name: str
    desk: Desk
