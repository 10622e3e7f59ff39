"""Those who asked and did not buy, or not yet: somebody in every status of the funnel, each with a history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from schoolcrm.core.demo.families import Child, Family, as_new_student, contacts_of, make_child
from schoolcrm.core.demo.furnishing import CLASSES
from schoolcrm.core.demo.world import World
from schoolcrm.core.office.messages import log_message
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.clients import ClientDetails, add_client
from schoolcrm.core.people.contacts import Contact
from schoolcrm.core.rules.names import fold
from schoolcrm.core.statuses.catalogue import automatic_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.trials import book


@dataclass(slots=True)
class Enquiry:
    """Somebody who asks on a day, by site, call or app ("": otherwise); without a child if that is None."""

    world: World
    on: date
    child: Child | None
    name: str
    contacts: list[Contact]
    application: str = ""
    note: str = ""
    outside: bool = False
    told: dict[str, object] = field(default_factory=dict)
    id: int = 0
    student_ids: list[int] = field(default_factory=list)

    def record(self) -> None:
        """Write the client and the child."""
        chance = self.world.chance
        facts = {
            "name": self.name,
            "name_key": fold(self.name),
            "application": self.application or None,
            "note": self.note or None,
            "source_id": chance.choice(self.world.furniture.sources),
            "manager": chance.choice(self.world.words.managers),
            **self.told,
        }
        students = [] if self.child is None else [as_new_student(self.world, self.child)]
        details = ClientDetails(facts, contacts=self.contacts, students=students)
        recorded = add_client(self.world.school, details, outside=self.outside)
        self.id, self.student_ids = recorded.id, recorded.student_ids

    def later(self, days_ago: int, base: str, reason: str = "") -> "Enquiry":
        """Plan that the client is put by hand into the status of that base."""
        self.world.at(self.world.ago(days_ago), partial(self._set, base, reason))
        return self

    def try_out(self, days_ago: int, on: date, group: int) -> "Enquiry":
        """Plan that a trial lesson with the group is booked for a day."""
        self.world.at(self.world.ago(days_ago), partial(self._book, on, group))
        return self

    def talk(self, days_ago: int, text: str, *, incoming: bool = False, channel: str = "call") -> "Enquiry":
        """Plan that something is said."""
        self.world.at(self.world.ago(days_ago), lambda: self._say(text, channel, incoming))
        return self

    def archive(self, days_ago: int) -> "Enquiry":
        """Plan that the client goes to the archive."""
        self.world.at(self.world.ago(days_ago), self._archive)
        return self

    def _set(self, base: str, reason: str) -> None:
        school = self.world.school
        set_status(school, [self.id], automatic_status(school.db, "funnel", base), reason_note=reason)

    def _book(self, on: date, group: int) -> None:
        group_id = self.world.furniture.groups[group]
        book(self.world.school, self.id, on, group_id=group_id, student_id=self.student_ids[0])

    def _say(self, text: str, channel: str, incoming: bool) -> None:
        log_message(self.world.school, self.id, text, channel=channel, incoming=incoming)

    def _archive(self) -> None:
        archive_clients(self.world.school, [self.id])


def plan_enquiries(world: World, families: Sequence[Family]) -> None:
    """Plan who asks when, and what comes of it; one of the families asks again, from the same phone."""
    _plan_open(world, families[-1])
    _plan_trials(world)
    _plan_closed(world)


def _plan_open(world: World, known: Family) -> None:
    """Plan those with whom nothing is decided yet."""
    desk = world.words.desk
    _ask(world, 0, 0, "site", note=desk.form_of_site)
    _ask(world, 1, 6, "call")
    _ask(world, 3, 3, "app")
    again = _ask(world, 2, None, "site")
    again.name, again.contacts, again.told = known.parent, known.contacts[:1], {}
    _ask(world, 9, None, "call", note=desk.hall_for_rent, outside=True)
    _ask(world, 24, None, "", note=desk.teacher_wanted, outside=True)
    _ask(world, 6, 4, "site").later(5, "in-work").talk(5, desk.will_think)
    _ask(world, 12, 8, "call").later(11, "in-work").talk(8, desk.asked_for_bill, incoming=True, channel="email")
    _ask(world, 15, 1, "site").later(14, "in-work")
    _ask(world, 20, 5, "call").later(18, "group-search", desk.no_evening_place)
    _ask(world, 33, 7, "app").later(30, "in-work").later(26, "group-search", desk.no_evening_place)
    _ask(world, 40, 3, "call").later(37, "reserve", desk.after_holidays)
    _ask(world, 52, 2, "site").later(50, "in-work").later(45, "reserve", desk.after_holidays)


def _plan_trials(world: World) -> None:
    """Plan those who come to a trial lesson today, tomorrow, in some days; and those who were at one."""
    for ahead, applied in ((0, 4), (1, 3), (3, 2)):
        on = world.today + timedelta(days=ahead)
        group = _group_of_day(on, ahead)
        _ask(world, applied, group, "site").try_out(applied - 1, on, group)
    for ago, choice in ((3, 0), (8, 1), (17, 0)):
        on = _held_day(world, ago)
        group = _group_of_day(on, choice)
        _ask(world, ago + 6, group, "call").try_out(ago + 5, on, group)


def _plan_closed(world: World) -> None:
    """Plan those who said no, fell silent, were deleted, or lie in the archive."""
    desk = world.words.desk
    _ask(world, 19, 0, "site").later(17, "in-work").later(10, "refused", desk.too_far)
    on = _held_day(world, 29)
    group = _group_of_day(on, 0)
    _ask(world, 36, group, "call").try_out(35, on, group).later(22, "refused", desk.left_for)
    _ask(world, 31, 4, "app").later(28, "deleted", desk.asked_to_forget)
    _ask(world, 58, 7, "site").later(51, "refused", desk.moved_away).archive(20)
    silent = _ask(world, (world.today - world.moved_in_on).days, 8, "")
    silent.told = {"last_purchase_on": world.ago(184), "last_visit_on": world.ago(168), "trial_spent": True}
    world.at(world.moved_in_on, partial(_imported_as_bought, silent))


def _ask(
    world: World, days_ago: int, group: int | None, application: str, *, note: str = "", outside: bool = False
) -> Enquiry:
    """Plan that somebody asks, so many days ago, for a child of the age of the group (None: for no child)."""
    people, chance = world.words.people, world.chance
    surname, woman = world.surnames.pop(), chance.random() < 0.75
    name = people.named(surname, chance.choice(people.mothers if woman else people.fathers), woman)
    child = None if group is None else make_child(world, surname, group)
    on = world.ago(days_ago)
    contacts = contacts_of(world, name, wrote=application == "site")
    enquiry = Enquiry(world, on, child, name, contacts, application, note, outside, {"sex": "f" if woman else "m"})
    world.at(on, enquiry.record)
    return enquiry


def _imported_as_bought(enquiry: Enquiry) -> None:
    school = enquiry.world.school
    set_status(school, [enquiry.id], automatic_status(school.db, "funnel", "bought"), reason="import")


def _held_day(world: World, days_ago: int) -> date:
    """Return the day so many days ago, or the one before if that was a holiday."""
    day = world.ago(days_ago)
    return day - timedelta(days=1) if day == world.furniture.holiday else day


def _group_of_day(day: date, choice: int) -> int:
    """Return a group that meets on that day of the week."""
    meeting = [number for number, planned in enumerate(CLASSES) if day.isoweekday() in planned.weekdays]
    return meeting[choice % len(meeting)]
