"""Recompute against a slow, obvious oracle on schools that hypothesis makes up (R8–R10)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builders import add_client, add_student, make_school, writing_school
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import run
from status_facts import base_of, contracted, marked, on_trial, paid, sold, stage_of, status_id

from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.recompute import find_due

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 420).map(lambda days: FIRST + timedelta(days=days))
BASES = ["new", "in-work", "trial-booked", "trial-done", "group-search", "bought", "reserve", "refused", "deleted"]


@dataclass(frozen=True)
class Sale:
    on: date
    length: int
    origin: str
    is_trial: int
    deleted: bool


@dataclass(frozen=True)
class Paper:
    """A contract; both lengths in days, None: without an end, not terminated."""

    first: date
    length: int | None
    terminated_after: int | None

    @property
    def last(self) -> date | None:
        return None if self.length is None else self.first + timedelta(days=self.length)

    @property
    def terminated(self) -> date | None:
        return None if self.terminated_after is None else self.first + timedelta(days=self.terminated_after)

    def runs(self, day: date) -> bool:
        ended = (self.last and self.last < day) or (self.terminated and self.terminated <= day)
        return self.first <= day and not ended


@dataclass(frozen=True)
class Person:
    """A client as hypothesis makes one; `by_hand` and `stage_by_hand` are set on their days.

    `papers` are the contracts, terminated between the earlier sales and the later ones.
    """

    base: str
    archived: bool = False
    imported_visit: date | None = None
    imported_purchase: date | None = None
    by_hand: tuple[date, str] | None = None
    stage_by_hand: tuple[date, str] | None = None
    sales_before: tuple[Sale, ...] = ()
    sales_after: tuple[Sale, ...] = ()
    visits: tuple[tuple[date, bool, int], ...] = ()
    balance: int = 0
    kids: int = field(default=1)
    trial: tuple[date, str] | None = None
    papers: tuple[Paper, ...] = ()


SALES = st.lists(
    st.builds(
        Sale, DAYS, st.integers(0, 300), st.sampled_from(["sale", "sale", "import"]), st.sampled_from([0, 0, 1]),
        st.sampled_from([False, False, True]),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
PEOPLE = st.builds(
    Person,
    base=st.sampled_from(BASES),
    archived=st.sampled_from([False, False, False, True]),
    imported_visit=st.none() | DAYS,
    imported_purchase=st.none() | DAYS,
    by_hand=st.none() | st.tuples(DAYS, st.sampled_from(BASES)),
    stage_by_hand=st.none() | st.tuples(DAYS, st.sampled_from(["newcomer", "regular", "sleeping", "former"])),
    sales_before=SALES,
    sales_after=SALES,
    visits=st.lists(st.tuples(DAYS, st.booleans(), st.integers(0, 1)), max_size=3).map(tuple),
    balance=st.sampled_from([0, 0, -100, 100]),
    kids=st.integers(1, 2),
    trial=st.none() | st.tuples(DAYS, st.sampled_from(["booked", "booked", "attended", "missed", "cancelled"])),
    papers=st.lists(
        st.builds(Paper, DAYS, st.none() | st.integers(0, 200), st.none() | st.integers(0, 200)), max_size=2
    ).map(tuple),
)


@contextmanager
def school_of(people: Sequence[Person]) -> Iterator[tuple[Path, list[int]]]:
    """Make a file with these people; yield where it is and the clients' ids in the same order."""
    with TemporaryDirectory() as folder:
        path = make_school(Path(folder))
        clients = []
        with writing_school(path, FIRST) as school:
            for number, person in enumerate(people):
                clients.append(write(school, f"Клиент {number}", person))
        yield path, clients


def write(school: Any, name: str, person: Person) -> int:
    client = add_client(school, name, status=person.base)
    students = [school.db.execute("SELECT id FROM student WHERE client_id = ?", (client,)).fetchone()[0]]
    students += [add_student(school, client, f"{name} {kid}") for kid in range(1, person.kids)]
    known = [write_sale(school, client, sale) for sale in person.sales_before]
    for paper in person.papers:
        contracted(school, client, paper.first, paper.last, paper.terminated, max(known, default=None))
    if person.trial:
        on_trial(school, client, *person.trial)
    for scale, decision in (("funnel", person.by_hand), ("loyalty", person.stage_by_hand)):
        if decision:
            school.today = decision[0]
            set_status(school, [client], status_id(school, decision[1], scale))
            school.today = FIRST
    for sale in person.sales_after:
        write_sale(school, client, sale)
    for on, attended, kid in person.visits:
        marked(school, client, on, attended=attended, student_id=students[kid % len(students)])
    if person.balance:
        paid(school, client, person.balance, FIRST)
    school.db.execute(
        "UPDATE client SET archived_on = ?, last_visit_on = ?, last_purchase_on = ? WHERE id = ?",
        ("2026-01-01" if person.archived else None, iso(person.imported_visit), iso(person.imported_purchase), client),
    )
    return client


def write_sale(school: Any, client: int, sale: Sale) -> int:
    return sold(
        school,
        client,
        sale.on,
        sale.on + timedelta(days=sale.length),
        origin=sale.origin,
        is_trial=sale.is_trial,
        deleted_on="2026-01-01" if sale.deleted else None,
    )


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def is_purchase(sale: Sale) -> bool:
    return sale.origin == "sale" and not sale.is_trial and not sale.deleted


def expected(person: Person, today: date, *, strict: bool) -> tuple[str, str, str | None]:
    """Return base, stage and reason of the skip, straight from the words of R8 and R9."""
    base = person.by_hand[1] if person.by_hand else person.base
    stage = person.stage_by_hand[1] if person.stage_by_hand else "newcomer"
    if person.archived or base == "deleted":
        return base, stage, None
    new_base, skip = refusal(person, base, today, strict=strict)
    return new_base, stage_expected(person, stage, today), skip


def refusal(person: Person, base: str, today: date, *, strict: bool) -> tuple[str, str | None]:
    sales = [*person.sales_before, *person.sales_after]
    anchors = [sale.on for sale in sales if is_purchase(sale)]
    anchors += [on for on, attended, _kid in person.visits if attended]
    anchors += [day for day in (person.imported_visit, person.imported_purchase) if day]
    if person.trial and person.trial[1] == "attended":
        anchors.append(person.trial[0])
    if person.trial and person.trial[1] == "booked" and base == "trial-booked" and not strict:
        anchors.append(person.trial[0])
    if person.by_hand and person.by_hand[1] != person.base and not strict:
        anchors.append(person.by_hand[0])
    bases = set(BASES) - {"refused", "deleted"} if strict else {"bought", "trial-booked", "trial-done", "group-search"}
    if base not in bases or not anchors or not today > max(anchors) + relativedelta(months=5):
        return base, None
    if not strict and person.balance > 0:
        return base, "money-on-account"
    running = [sale for sale in sales if not sale.deleted and sale.on + timedelta(days=sale.length) >= today]
    if not strict and running:
        return base, "subscription-not-ended"
    return "refused", None


def stage_expected(person: Person, stage: str, today: date) -> str:
    held = person.stage_by_hand and person.stage_by_hand[1] != "newcomer"
    bought_since = any(is_purchase(sale) for sale in person.sales_after)
    if held and person.stage_by_hand and person.imported_purchase:
        bought_since = bought_since or person.imported_purchase > person.stage_by_hand[0]
    terminations = [on for on in ends_of(person) if on <= today]
    if held and not bought_since and person.stage_by_hand:
        return "former" if any(on > person.stage_by_hand[0] for on in terminations) else stage
    if terminations:
        return "former"
    days = [sale.on for sale in (*person.sales_before, *person.sales_after) if is_purchase(sale)]
    days += [person.imported_purchase] if person.imported_purchase else []
    if not days:
        return "newcomer"
    if (today - max(days)).days > 180:
        return "sleeping"
    return "regular" if len(days) >= 3 else "active"


def ends_of(person: Person) -> list[date]:
    """Return the days on which the last running contract was terminated and nothing was bought since (R9)."""
    ends = []
    for number, paper in enumerate(person.papers):
        on = paper.terminated
        others = person.papers[:number] + person.papers[number + 1 :]
        if on is None or any(other.runs(on) for other in others):
            continue
        bought = any(is_purchase(sale) and sale.on > on for sale in person.sales_before)
        bought = bought or any(is_purchase(sale) and sale.on >= on for sale in person.sales_after)
        if not bought and not (person.imported_purchase and person.imported_purchase > on):
            ends.append(on)
    return ends


def standings(path: Path, clients: list[int]) -> list[tuple[str, str]]:
    with writing_school(path, FIRST) as school:
        return [(base_of(school, client), stage_of(school, client)) for client in clients]


@settings(max_examples=60, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=8), DAYS.map(lambda day: day + timedelta(days=120)), st.booleans())
def test_r8_r9_recompute_equals_the_oracle_and_a_second_run_changes_nothing(
    people: list[Person], today: date, strict: bool
) -> None:
    with school_of(people) as (path, clients):
        before = standings(path, clients)
        changed, skipped = run(path, today, strict=strict)
        wanted = [expected(person, today, strict=strict) for person in people]
        after = standings(path, clients)
        assert after == [(base, stage) for base, stage, _skip in wanted]
        assert skipped == Counter(skip for _base, _stage, skip in wanted if skip)
        assert changed == sum((old[0] != new[0]) + (old[1] != new[1]) for old, new in zip(before, after, strict=True))
        assert run(path, today, strict=strict) == (0, skipped)
        assert standings(path, clients) == after


@settings(max_examples=25, deadline=None)
@given(st.lists(PEOPLE, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_r10_the_order_of_clients_does_not_matter(people: list[Person], random: Any) -> None:
    today = date(2026, 3, 1)
    order = list(range(len(people)))
    random.shuffle(order)
    with school_of(people) as (path, clients):
        run(path, today)
        straight = standings(path, clients)
    with school_of([people[place] for place in order]) as (path, clients):
        run(path, today)
        assert standings(path, clients) == [straight[place] for place in order]


@settings(max_examples=15, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=5), DAYS, st.integers(2, 25))
def test_r10_every_day_equals_once_at_the_end(people: list[Person], first: date, days: int) -> None:
    last = first + timedelta(days=days)
    with school_of(people) as (path, clients):
        for day in range(days + 1):
            run(path, first + timedelta(days=day))
        daily = standings(path, clients)
    with school_of(people) as (path, clients):
        run(path, last)
        assert standings(path, clients) == daily


@settings(max_examples=25, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=6), DAYS, st.booleans())
def test_r7_no_rule_ever_touches_deleted_or_archived_clients(people: list[Person], today: date, strict: bool) -> None:
    with school_of(people) as (path, clients), writing_school(path, today) as school:
        untouchable = {
            client
            for client, person in zip(clients, people, strict=True)
            if person.archived or base_of(school, client) == "deleted"
        }
        due = find_due(school.db, today, strict=strict)
        assert not untouchable & ({change.client_id for change in due.changes} | set(due.spared))
        assert not [change for change in due.changes if change.to_id == status_id(school, "deleted")]
