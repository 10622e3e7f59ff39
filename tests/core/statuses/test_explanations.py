"""What `status explain` promises comes true: not the day before, and on that day (R11)."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import add_client, make_school, writing_school
from hypothesis import assume, given, settings
from status_facts import add_status, status_id
from test_recompute_oracle import DAYS, PEOPLE, Person, school_of

from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.history import RULES, Explanation, explain
from schoolcrm.core.statuses.recompute import find_due, recompute

LONG = 10 * 365


@settings(max_examples=80, deadline=None)
@given(PEOPLE, DAYS.map(lambda day: day + timedelta(days=60)))
def test_r11_the_day_that_is_promised_is_true(person: Person, today: date) -> None:
    # Nobody decides today what will have been decided by hand tomorrow.
    assume(person.stage_by_hand is None or person.stage_by_hand[0] <= today)
    with school_of([person]) as (path, (client,)), writing_school(path, today) as school:
        found = explain(school.db, client, today)
        for each in (found.funnel, found.loyalty):
            assert each.rule is None or each.rule in RULES
            scale = each.status.scale
            if each.next_base is None or each.held_by:
                assert coming(school, scale, [today]) == []
            elif each.next_on is not None and each.next_on > today:
                assert coming(school, scale, [today, each.next_on - timedelta(days=1)]) == []
                assert coming(school, scale, [each.next_on]) == [each.next_base]
            else:
                assert coming(school, scale, [today]) == [each.next_base]


@settings(max_examples=40, deadline=None)
@given(PEOPLE, DAYS)
def test_r11_where_nothing_is_promised_nothing_comes(person: Person, today: date) -> None:
    with school_of([person]) as (path, (client,)), writing_school(path, today) as school:
        found = explain(school.db, client, today)
        for each in (found.funnel, found.loyalty):
            if each.next_base is None:
                assert coming(school, each.status.scale, [today, today + timedelta(days=LONG)]) == []


def coming(school: Any, scale: str, days: list[date]) -> list[str]:
    """Return the bases that a recompute on one of the days would move the only client to."""
    bases = dict(school.db.execute("SELECT id, base FROM status"))
    due = [change for day in days for change in find_due(school.db, day).changes]
    return [bases[change.to_id] for change in due if change.scale == scale]


@pytest.fixture
def found(tmp_path: Any) -> Any:
    """Return a way to explain a client put where the test wants."""

    def rules(base: str, scale: str = "funnel", reason: str = "hand", today: date = date(2026, 9, 1)) -> Explanation:
        with writing_school(make_school(tmp_path), today) as school:
            client = add_client(school)
            set_status(school, [client], status_id(school, base, scale), reason=reason)
            return explain(school.db, client, today)

    return rules


@pytest.mark.parametrize(
    ("base", "reason", "rule"),
    [
        ("reserve", "hand", "hand"),
        ("bought", "sale", "event"),
        ("trial-booked", "trial", "event"),
        ("refused", "refusal-rule", "refusal"),
        ("bought", "import", "import"),
    ],
)
def test_r11_the_rule_that_decided_the_status(found: Any, base: str, reason: str, rule: str) -> None:
    assert found(base, reason=reason).funnel.rule == rule


@pytest.mark.parametrize(
    ("base", "reason", "rule"),
    [
        ("regular", "hand", "hand"),
        ("regular", "import", "import"),
        ("active", "sale", "purchases"),
        ("sleeping", "loyalty-rule", "silence"),
        ("former", "termination", "termination"),
    ],
)
def test_r11_the_rule_that_decided_the_stage(found: Any, base: str, reason: str, rule: str) -> None:
    assert found(base, "loyalty", reason).loyalty.rule == rule


def test_r11_a_newcomer_by_purchases_a_new_client_by_event_and_the_numbers_are_told(tmp_path: Any) -> None:
    with writing_school(make_school(tmp_path), date(2026, 9, 1)) as school:
        explanation = explain(school.db, add_client(school), school.today)
        assert (explanation.funnel.rule, explanation.loyalty.rule) == ("event", "purchases")
        assert (explanation.numbers.refusal_months, explanation.numbers.loyalty.sleeping_days) == (5, 180)
        vip = add_status(school, "new", "VIP")
        set_status(school, [1], vip, reason="default-switched")
        assert explain(school.db, 1, school.today).funnel.rule == "default"
        assert recompute(school).changed == 0
