"""The clients of the made school with their students, and the records that three years left of each family."""

import random
import sqlite3
from datetime import date, timedelta
from typing import Any

from benchmarks.agreements import Days, contract_row, discount_of, freeze_within, trial_of_lead
from benchmarks.lessons import WEEKS, Timetable
from benchmarks.people import SURNAMES, full_name, phones
from benchmarks.scales import TODAY
from benchmarks.studies import Plan, Reasons, Study, Visit, make_plans
from schoolcrm.core.rules.names import fold

Books = dict[str, list[tuple[Any, ...]]]
"""Table → rows that wait to be written."""
Bases = dict[str, int]

ADULTS, LEADS, LONG_GONE = 0.08, 0.08, 52  # shares of clients; weeks after which some are archived
LEAD_BASES = ("new", "new", "in-work", "reserve", "refused", "deleted")
NOTES = ("Забирает бабушка", "Просит группу после шести", "Чек на почту", "Нужна справка для школы")
USER = "Ольга"


class FamilyMaker:
    """Makes one family after the other; ids are given here, in order."""

    def __init__(self, chance: random.Random, db: sqlite3.Connection, timetable: Timetable) -> None:
        self._chance = chance
        self._timetable = timetable
        self._phones = phones(chance)
        self._plans = make_plans()
        self._offers = [self._plans[at : at + 7] for at in range(0, len(self._plans), 7)]
        self._next = {"client": 1, "student": 1, "subscription": 1}
        self._status = dict(db.execute("SELECT base, id FROM status WHERE scale = 'funnel'"))
        self._stage = dict(db.execute("SELECT base, id FROM status WHERE scale = 'loyalty'"))
        (self._sources,) = db.execute("SELECT count(*) FROM source").fetchone()
        (self._teachers,) = db.execute("SELECT count(*) FROM teacher").fetchone()
        accounts = [number for (number,) in db.execute("SELECT id FROM account")]
        by_excuse = dict(db.execute("SELECT excused, id FROM absence_reason"))
        self._reasons = Reasons(by_excuse[1], by_excuse[0], accounts)
        _write_plans(db, self._plans)

    def add_family(self, books: Books) -> None:
        """Put the records of one more client into the books."""
        chance = self._chance
        client_id = self._new_id("client")
        surname, sex = chance.choice(SURNAMES), chance.choice("fffm")
        name = full_name(chance, surname, sex)
        adult = chance.random() < ADULTS
        children = 1 if adult else chance.choices((1, 2, 3), (70, 27, 3))[0]
        studies = [self._student(books, client_id, surname, name if adult else "") for _child in range(children)]
        spans = sorted(self._span() for _child in studies) if chance.random() >= LEADS else []
        walked = [
            self._study(books, client_id, student, span, trial=span is spans[0])
            for student, span in zip(studies, spans, strict=False)
        ]
        created_on = self._first_day(spans) - timedelta(days=chance.randrange(1, 20))
        trial = None if spans else trial_of_lead(chance, created_on)
        base = _base_of(walked) if spans else trial.base if trial else chance.choice(LEAD_BASES)
        terminated_on = self._add_contract(books, client_id, spans, walked) if spans else None
        stage = "former" if terminated_on else "active" if base == "bought" else "newcomer"
        self._add_client(books, client_id, name, sex, created_on, (base, stage), self._archived_on(spans))
        history = History(books["status_change"], client_id, self._status, self._stage)
        _keep_history(history, created_on, base, walked)
        if terminated_on:
            history.moved("loyalty", "former", terminated_on, "termination")
        if trial:
            books["trial"].append((client_id, studies[0], trial.on.isoformat(), trial.state))
        self._add_contacts(books, client_id)

    def _new_id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _student(self, books: Books, client_id: int, surname: str, adult_name: str) -> int:
        chance = self._chance
        student_id, sex = self._new_id("student"), chance.choice("fm")
        name = adult_name or full_name(chance, surname, sex)
        age = chance.randint(20, 50) if adult_name else chance.randint(5, 16)
        birthday = (TODAY - timedelta(days=365 * age + chance.randrange(365))).isoformat()
        created_on = self._timetable.days[0][0].isoformat()
        books["student"].append((student_id, client_id, name, fold(name), birthday, sex, created_on, None))
        books["student_teacher"].append((student_id, 1 + chance.randrange(self._teachers)))
        return student_id

    def _span(self) -> tuple[int, int]:
        """Return the first week of lessons and the first one after them."""
        start = self._chance.randrange(0, 142)
        return start, min(WEEKS, start + self._chance.randint(16, 80))

    def _study(self, books: Books, client_id: int, student_id: int, span: tuple[int, int], *, trial: bool) -> Study:
        table, chance = self._timetable, self._chance
        group = chance.randrange(table.groups)
        start, end = span
        frozen = freeze_within(chance, start, end)
        visits = [
            Visit(table.lesson_id(week, group), table.day(week, group), table.iso_day(week, group))
            for week in range(start, end)
            if table.is_held(week, group)
        ]
        if frozen:
            visits = [visit for visit in visits if not frozen.first <= visit.day <= frozen.last]
        offers, discount = chance.choice(self._offers), discount_of(chance)
        next_id = self._next["subscription"]
        study = Study(chance, client_id, student_id, offers, self._reasons, next_id, trial, discount)
        study.walk(visits, leaves=end < WEEKS)
        self._next["subscription"] = study.next_subscription
        last_on = table.iso_day(end - 1, group) if end < WEEKS else None
        books["membership"].append((group + 1, student_id, table.iso_day(start, group), last_on))
        books["student_subject"].append((student_id, 1 + table.subject[group], 1 + chance.randrange(3)))
        books["subscription"] += [bought.row(student_id) for bought in study.sales]
        books["upfront_charge"] += study.charges
        books["mark"] += study.marks
        books["payment"] += study.payments
        if frozen:
            books["freeze"].append((student_id, *frozen.iso(), 0))
        if discount:
            books["discount"].append((student_id, discount))
        return study

    def _first_day(self, spans: list[tuple[int, int]]) -> date:
        return self._timetable.days[spans[0][0] if spans else self._chance.randrange(100, WEEKS)][0]

    def _add_contract(
        self, books: Books, client_id: int, spans: list[tuple[int, int]], walked: list[Study]
    ) -> date | None:
        """Put down the contract of some clients; return the day of its termination, if it was terminated."""
        first_week, end = spans[0][0], max(end for _start, end in spans)
        days = Days(self._timetable.days[first_week][0], self._timetable.days[end - 1][5])
        sales = [sale.id for study in walked for sale in study.sales]
        row = contract_row(self._chance, client_id, days, sales, left=end < WEEKS)
        if row is None:
            return None
        books["contract"].append(row)
        return days.last if row[-2] else None

    def _archived_on(self, spans: list[tuple[int, int]]) -> str | None:
        """Some who left over a year ago were put away half a year later."""
        ended = max((end for _start, end in spans), default=WEEKS)
        if ended > WEEKS - LONG_GONE or self._chance.random() < 0.7:
            return None
        return self._timetable.days[ended + 26][0].isoformat()

    def _add_client(
        self,
        books: Books,
        client_id: int,
        name: str,
        sex: str,
        created_on: date,
        came: tuple[str, str],
        archived_on: str | None,
    ) -> None:
        chance, (base, stage) = self._chance, came
        birthday = (TODAY - timedelta(days=365 * chance.randint(25, 50) + chance.randrange(365))).isoformat()
        person = (client_id, name, fold(name), self._status[base], self._stage[stage], int(base == "bought"))
        source, manager = 1 + chance.randrange(self._sources), chance.choice(("Ольга", "Марина", None))
        note = chance.choice(NOTES) if chance.random() < 0.2 else None
        details = (birthday if chance.random() < 0.5 else None, sex, source, manager, note)
        books["client"].append((*person, *details, created_on.isoformat(), archived_on))

    def _add_contacts(self, books: Books, client_id: int) -> None:
        for whose in (None, "бабушка")[: 1 + (self._chance.random() < 0.15)]:
            phone = f"+7{next(self._phones)}"
            books["contact"].append((client_id, "mobile", phone, phone, whose))
        if self._chance.random() < 0.6:
            email = f"family{client_id}@example.com"
            books["contact"].append((client_id, "email", email, email, None))


class History:
    """Writes how a client came from one status or stage to the next (R10)."""

    def __init__(self, rows: list[tuple[Any, ...]], client_id: int, status: Bases, stage: Bases) -> None:
        self._rows = rows
        self._client_id = client_id
        self._ids = {"funnel": status, "loyalty": stage}
        self._now: dict[str, int] = {}

    def recorded(self, on: date) -> None:
        """Keep the day on which the client became known."""
        self.moved("funnel", "new", on, "recorded")
        self.moved("loyalty", "newcomer", on, "recorded")

    def moved(self, scale: str, base: str, on: date, reason: str, sale: int | None = None) -> None:
        """Keep a change of the scale to the base."""
        at, target = f"{on.isoformat()}T12:00:00.000Z", self._ids[scale][base]
        row = (self._client_id, scale, self._now.get(scale), target, on.isoformat(), at, USER, reason, sale)
        self._rows.append(row)
        self._now[scale] = target


def _keep_history(history: History, created_on: date, base: str, walked: list[Study]) -> None:
    """Keep how the client came to the base: recorded, trials, first sale, or by hand."""
    history.recorded(created_on)
    for trial_on in [study.trial_on for study in walked if study.trial_on]:
        history.moved("funnel", "trial-done", trial_on, "trial")
    sales = [sale for study in walked for sale in study.sales]
    if sales:
        first = min(sales, key=lambda sale: (sale.sold_on, sale.id))
        history.moved("funnel", "bought", first.sold_on, "sale", first.id)
        history.moved("loyalty", "active", first.sold_on, "sale", first.id)
    elif base.startswith("trial-") and not walked:
        history.moved("funnel", base, created_on + timedelta(days=7), "trial")
    elif base not in ("new", "trial-done"):
        history.moved("funnel", base, created_on + timedelta(days=3), "hand")


def _base_of(walked: list[Study]) -> str:
    return "bought" if any(study.sales for study in walked) else "trial-done"


def _write_plans(db: sqlite3.Connection, plans: list[Plan]) -> None:
    db.executemany(
        "INSERT INTO plan (id, name, name_key, kind, price, lessons, length_days, billing, separate, burn, stop_at_end)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
        [(p.id, p.name, fold(p.name), p.kind, p.price, p.lessons, p.length_days, p.billing, p.separate) for p in plans],
    )
