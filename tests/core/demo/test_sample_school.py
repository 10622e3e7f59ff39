"""The sample school: whole, by the rules, the same for the same day, and with something for every screen."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from builders import reading_school, run_cli, writing_school

from schoolcrm.core.demo.school import Sample, new_sample_school
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.office.invariants import check_school
from schoolcrm.core.rules.status import FUNNEL, LOYALTY
from schoolcrm.core.statuses.recompute import find_due, recompute
from schoolcrm.core.store.journal import journaled_tables

MONDAY, SUNDAY, LEAP_DAY = date(2026, 11, 23), date(2026, 11, 22), date(2028, 2, 29)
NEW_YEARS_EVE, FIRST_OF_MONTH = date(2026, 12, 31), date(2027, 3, 1)
MADE = (
    *(("ru", MONDAY), ("en", SUNDAY), ("en", LEAP_DAY)),
    *(("ru", NEW_YEARS_EVE), ("en", FIRST_OF_MONTH)),
)
SHOWN_TODAY = {
    *("lessons", "unheld", "who-pays", "debtors", "applications", "trials", "tasks", "messages"),
    *("birthdays", "unsubscribed", "duplicates", "backup"),
}
PERIOD = "--from -70d --to today"
REPORTS = (
    *("debtors", "who-pays", "at-risk", "no-subscription", "renewals", "contracts"),
    *(f"{name} {PERIOD}" for name in ("attendees", "tests", "ltv", "funnel", "schedule")),
    *(f"{name} CLIENT {PERIOD}" for name in ("reconciliation", "journal")),
    "forecast CLIENT",
)
LISTS = (
    *("clients list", "clients list is:archived", "clients duplicates", "students list", "groups list"),
    *("lessons list --unheld --from -7d --to today", "subscription list", "subscription plans list"),
    *("subscription freezes", "payments list", "discounts list", "contracts list", "tasks list", "messages list"),
    *("schedule holiday list", "automation list", "automation log", "fields list", "clients filters list"),
)


class Made(NamedTuple):
    """A sample school and how it was made."""

    path: Path
    language: str
    today: date
    sample: Sample

    def rows(self, query: str, *values: object) -> list[Any]:
        with reading_school(self.path, self.today) as school:
            return list(school.db.execute(query, values).fetchall())

    def shown(self, words: str) -> list[dict[str, Any]]:
        """Return the rows that a list or report prints."""
        given = [self.sample.client if word == "CLIENT" else word for word in words.split()]
        code, out, err = run_cli(
            *given, "--format", "json", db=self.path, today=self.today.isoformat(), lang=self.language
        )
        assert (code, err) == (0, "")
        return list(json.loads(out)["rows"])


def make(folder: Path, language: str, today: date, currency: str = "RUB") -> Made:
    path = folder / "school.db"
    return Made(path, language, today, new_sample_school(path, "olga", language, currency, today))


@pytest.fixture(scope="module", params=MADE, ids=lambda made: f"{made[0]}-{made[1]}")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    language, today = request.param
    return make(tmp_path_factory.mktemp("sample"), language, today)


# The rules ----------------------------------------------------------------------------------------------


def test_every_check_of_the_school_passes(made: Made) -> None:
    assert [one for one in check_school(made.path) if one.found] == []


def test_balances_are_payments_less_charges(made: Made) -> None:
    """R36, added up from the tables themselves."""
    charges = """
        SELECT (SELECT ifnull(sum(effect), 0) FROM payment WHERE client_id = client.id AND voided_on IS NULL)
             - (SELECT ifnull(sum(charge), 0) FROM mark JOIN student ON student.id = mark.student_id
                 WHERE student.client_id = client.id)
             - (SELECT ifnull(sum(amount), 0) FROM upfront_charge
                  JOIN subscription ON subscription.id = upfront_charge.subscription_id
                  JOIN student ON student.id = subscription.student_id WHERE student.client_id = client.id)
          FROM client WHERE client.id = ?
    """
    with reading_school(made.path, made.today) as school:
        clients = [number for (number,) in school.db.execute("SELECT id FROM client")]
        told = {number: balance(school.db, number) for number in clients}
        assert told == {number: school.db.execute(charges, (number,)).fetchone()[0] for number in clients}
    assert min(told.values()) < 0 < max(told.values())


def test_a_recompute_afterwards_changes_nothing(made: Made) -> None:
    with reading_school(made.path, made.today) as school:
        assert find_due(school.db, made.today).changes == []
    with writing_school(made.path, made.today) as school:
        assert recompute(school).changed == 0


def test_somebody_is_in_every_status_of_both_scales(made: Made) -> None:
    query = """
        SELECT scale, base FROM status
         WHERE EXISTS (SELECT 1 FROM client WHERE status.id IN (client.status_id, client.stage_id))
    """
    inhabited = {("funnel", base) for base in FUNNEL} | {("loyalty", base) for base in LOYALTY}
    assert set(made.rows(query)) == inhabited


def test_what_happened_happened_on_its_day_and_nothing_after_today(made: Made) -> None:
    for query in (
        "SELECT on_date FROM payment",
        "SELECT on_date FROM mark",
        "SELECT sold_on FROM subscription",
        "SELECT on_date FROM status_change",
        "SELECT on_date FROM message",
        "SELECT created_on FROM client",
    ):
        days = {date.fromisoformat(on) for (on,) in made.rows(query)}
        assert max(days) <= made.today, query
        assert min(days) < made.today - timedelta(days=60), query
        assert len(days) >= 10, query


def test_lessons_wait_that_were_to_be_held_since_yesterday(made: Made) -> None:
    yesterday = made.today - timedelta(days=1)
    assert made.sample.lesson_on == yesterday
    assert made.rows("SELECT max(on_date) FROM mark") < [(yesterday.isoformat(),)]
    assert made.rows("SELECT min(on_date) FROM mark") < [((made.today - timedelta(days=69)).isoformat(),)]


# What there is to see -----------------------------------------------------------------------------------


def test_the_morning_screen_has_every_topic_but_statuses_that_are_due(made: Made) -> None:
    assert {row["topic"] for row in made.shown("today")} == SHOWN_TODAY


def test_no_report_and_no_list_is_empty(made: Made) -> None:
    empty = [words for words in (*(f"report {words}" for words in REPORTS), *LISTS) if not made.shown(words)]
    assert empty == []


def test_it_is_about_as_large_as_a_small_school(made: Made) -> None:
    counts = made.sample.counts
    assert list(counts) == ["clients", "students", "groups", "lessons", "marks", "subscriptions", "payments"]
    assert 55 <= counts["clients"] <= 70
    assert 65 <= counts["students"] <= 85
    assert counts["groups"] == 9
    assert 150 <= counts["lessons"] <= 230
    assert counts["marks"] > 700


def test_all_kinds_of_things_are_there(made: Made) -> None:
    kinds = made.rows("SELECT kind, billing FROM subscription GROUP BY 1, 2")
    assert set(kinds) >= {
        ("lesson", "by-lesson"),
        ("package", "by-lesson"),
        ("package", "upfront"),
        ("month", "by-lesson"),
    }
    assert {kind for (kind,) in made.rows("SELECT DISTINCT kind FROM payment")} == {
        *("income", "refund", "adjustment", "goods"),
    }
    assert len(made.rows("SELECT DISTINCT account_id FROM payment WHERE account_id IS NOT NULL")) == 3
    assert made.rows("SELECT count(*) FROM payment WHERE voided_on IS NOT NULL") == [(1,)]
    assert made.rows("SELECT count(*) > 0 FROM mark WHERE makes_up_id IS NOT NULL") == [(1,)]
    assert made.rows("SELECT count(*) FROM lesson WHERE state = 'cancelled'") == [(1,)]
    assert len(made.rows("SELECT DISTINCT reason_id FROM mark WHERE attended = 0")) == 3
    assert made.rows("SELECT count(*) > 50 FROM mark WHERE grade IS NOT NULL") == [(1,)]
    assert made.rows("SELECT count(*) FROM schedule WHERE student_id IS NOT NULL") == [(2,)]
    today = made.today.isoformat()
    assert made.rows("SELECT count(*) FROM freeze WHERE ? BETWEEN first_on AND last_on", today) == [(2,)]
    assert made.rows("SELECT count(*) > 0 FROM freeze_extension") == [(1,)]
    holidays = made.rows("SELECT first_on > ? FROM holiday ORDER BY first_on", today)
    assert holidays == [(0,), (1,)]
    assert made.rows("SELECT count(DISTINCT field_id) FROM client_field") == [(1,)]
    assert made.rows("SELECT count(*) FROM client_file") == [(1,)]


def test_one_family_asked_again(made: Made) -> None:
    assert [row["group"] for row in made.shown("clients duplicates")] == [1, 1]


def test_trials_are_booked_for_today_tomorrow_and_later(made: Made) -> None:
    days = [on for (on,) in made.rows("SELECT on_date FROM trial WHERE state = 'booked' ORDER BY on_date")]
    assert days == [(made.today + timedelta(days=ahead)).isoformat() for ahead in (0, 1, 3)]


# Languages, days, trouble -------------------------------------------------------------------------------


def test_names_and_texts_are_in_the_language_of_the_school(made: Made) -> None:
    texts = "SELECT name FROM client UNION SELECT name FROM student UNION SELECT text FROM task"
    for (text,) in made.rows(texts):
        assert text.isascii() == (made.language == "en"), text


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that is in the school but the moments at which it was written."""
    with sqlite3.connect(path) as db:
        tables = journaled_tables(db)
        columns = {
            table: [
                name for _at, name, *_rest in db.execute(f"PRAGMA table_info({table})") if name not in ("at", "sent_at")
            ]
            for table in tables
        }
        return {table: db.execute(f"SELECT {', '.join(columns[table])} FROM {table}").fetchall() for table in tables}


def test_the_same_day_and_language_make_the_same_school(tmp_path: Path) -> None:
    schools = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        schools.append(dump(make(tmp_path / name, "en", SUNDAY).path))
    assert schools[0] == schools[1]
    assert len(schools[0]["mark"]) > 700


def test_prices_look_usual_in_the_currency(tmp_path: Path) -> None:
    made = make(tmp_path, "en", SUNDAY, "EUR")
    assert made.rows("SELECT price FROM plan WHERE kind = 'month'") == [(10_400,)]
    assert made.rows("SELECT value FROM setting WHERE key = 'currency'") == [("EUR",)]


def test_where_it_fails_midway_nothing_is_left(tmp_path: Path) -> None:
    @contextmanager
    def broken(db: sqlite3.Connection) -> Iterator[None]:
        yield
        assert db.execute("SELECT count(*) FROM mark").fetchone()[0] > 700
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        new_sample_school(tmp_path / "school.db", "olga", "en", "RUB", SUNDAY, watch=broken)
    assert list(tmp_path.iterdir()) == []
