"""Loss prevention (§5, R25): misses in a row, newest backwards."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from builders import add_client, add_student, make_school, student_of, unwritten_school, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_records import archive, delete_client, freeze, reason_id, visit

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.reports.at_risk import at_risk_parameters, at_risk_table, find_at_risk
from schoolcrm.reports.filters import NO_REASON, reason_meant, statuses_meant

TODAY = date(2026, 9, 30)
DAY = timedelta(days=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as here:
        yield here


def misses(school: Any, student_id: int, *days: int, short: str | None = None) -> None:
    """Let the student miss a lesson on those days of September."""
    for day in days:
        visit(
            school,
            student_id,
            date(2026, 9, day),
            attended=False,
            reason_id=reason_id(school, short) if short else None,
        )


def found(school: Any, **asked: Any) -> list[tuple[str, list[int]]]:
    """Return the students at risk with the days missed."""
    rows = find_at_risk(school.db, TODAY, **asked)
    assert all(row.misses == len(row.dates) for row in rows)
    return [(row.student, [int(day[-2:]) for day in row.dates]) for row in rows]


def one(school: Any, name: str = "Анна") -> int:
    return student_of(school, add_client(school, name, student=f"{name} мл."))


def test_three_misses_in_a_row_newest_backwards(school: Any) -> None:
    student = one(school)
    misses(school, student, 1)
    visit(school, student, date(2026, 9, 2))
    misses(school, student, 3, 4)
    assert found(school) == []
    misses(school, student, 5)
    assert found(school) == [("Анна мл.", [3, 4, 5])]
    assert found(school, misses=4) == []
    visit(school, student, date(2026, 9, 6))
    assert found(school, misses=1) == []


def test_the_longest_row_comes_first_and_then_the_name(school: Any) -> None:
    for name, days in (("Вера", (1, 2, 3)), ("Борис", (1, 2, 3)), ("Анна", (4, 5, 6)), ("Глеб", (1, 2, 3, 4))):
        misses(school, one(school, name), *days)
    assert [name for name, _days in found(school)] == ["Глеб мл.", "Анна мл.", "Борис мл.", "Вера мл."]


def test_children_of_one_client_are_counted_apart(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    masha = add_student(school, client, "Маша")
    misses(school, student_of(school, client), 1, 2)
    misses(school, masha, 3, 4, 5)
    assert found(school) == [("Маша", [3, 4, 5])]


def test_unselected_reasons_neither_count_nor_break(school: Any) -> None:
    student = one(school)
    misses(school, student, 1, 2, short="НП")
    misses(school, student, 3, short="УП")
    misses(school, student, 4, short="НП")
    unexcused = reason_id(school, "НП")
    assert found(school) == [("Анна мл.", [1, 2, 3, 4])]
    assert found(school, reason_ids=[unexcused]) == [("Анна мл.", [1, 2, 4])]
    assert found(school, reason_ids=[reason_id(school, "УП")]) == []
    misses(school, student, 5)
    assert found(school, reason_ids=[unexcused]) == [("Анна мл.", [1, 2, 4])]
    assert found(school, reason_ids=[unexcused, NO_REASON]) == [("Анна мл.", [1, 2, 4, 5])]
    assert found(school, reason_ids=[NO_REASON], misses=1) == [("Анна мл.", [5])]


def test_lessons_of_one_day_are_ordered_by_time(school: Any) -> None:
    student = one(school)
    misses(school, student, 1, 2)
    evening = visit(school, student, date(2026, 9, 3), attended=False, time="18:00")
    morning = visit(school, student, date(2026, 9, 3), attended=True, time="10:00")
    assert evening < morning
    assert found(school, misses=1) == [("Анна мл.", [3])]
    assert found(school, misses=2) == []


def test_r25_frozen_today_is_out_and_days_inside_a_freeze_do_not_count(school: Any) -> None:
    frozen, was_frozen = one(school, "Анна"), one(school, "Борис")
    misses(school, frozen, 1, 2, 3)
    misses(school, was_frozen, 1, 2, 10, 20)
    freeze(school, frozen, TODAY, TODAY)
    freeze(school, was_frozen, date(2026, 9, 9), date(2026, 9, 11))
    assert found(school) == [("Борис мл.", [1, 2, 20])]


def test_r7_archived_and_deleted_are_in_no_list_about_now(school: Any) -> None:
    students = [one(school, name) for name in ("Анна", "Борис", "Вера", "Глеб")]
    for student in students:
        misses(school, student, 1, 2, 3)
    archive(school, "client", 1)
    archive(school, "student", students[1])
    delete_client(school, 3)
    assert found(school) == [("Глеб мл.", [1, 2, 3])]


def test_marks_after_today_do_not_count(school: Any) -> None:
    student = one(school)
    misses(school, student, 1, 2, 3)
    visit(school, student, TODAY + DAY)
    assert found(school) == [("Анна мл.", [1, 2, 3])]


def test_statuses_are_named_by_status_or_base(school: Any) -> None:
    def meant(ref: str) -> list[str]:
        query = "SELECT name FROM status WHERE id = ?"
        return [school.db.execute(query, (number,)).fetchone()[0] for number in statuses_meant(school.db, ref)]

    school.db.execute(
        "INSERT INTO status (scale, base, name, name_key, automatic) VALUES ('funnel', 'bought', 'Ждёт', 'ждет', 0)"
    )
    assert meant("bought") == ["Купил абонемент", "Ждёт"]
    assert meant("Купил") == ["Купил абонемент", "Ждёт"]
    assert meant("купил абонемент") == ["Купил абонемент"]
    assert meant("ждет") == ["Ждёт"]
    assert meant("regular") == meant("этап:постоянный") == ["Постоянный"]
    with pytest.raises(NotFound, match="Танцует"):
        meant("Танцует")


def test_clients_are_chosen_by_status_or_stage(school: Any) -> None:
    for name in ("Анна", "Борис"):
        misses(school, one(school, name), 1, 2, 3)
    school.db.execute("UPDATE client SET status_id = ? WHERE id = 1", (find_status(school.db, "reserve"),))
    school.db.execute("UPDATE client SET stage_id = ? WHERE id = 2", (find_status(school.db, "sleeping"),))

    def names(*refs: str) -> list[str]:
        wanted = [number for ref in refs for number in statuses_meant(school.db, ref)]
        return [name for name, _days in found(school, status_ids=wanted)]

    assert names("reserve") == ["Анна мл."]
    assert names("sleeping") == ["Борис мл."]
    assert names("sleeping", "reserve") == ["Анна мл.", "Борис мл."]
    assert names("refused") == []


def test_reasons_are_named_by_name_or_short_name_or_a_hyphen(school: Any) -> None:
    assert reason_meant(school.db, "уп") == reason_id(school, "УП")
    assert reason_meant(school.db, " - ") == NO_REASON
    with pytest.raises(NotFound) as error:
        reason_meant(school.db, "танцы")
    assert "УП" in error.value.hint


def test_fewer_than_one_miss_is_refused(school: Any) -> None:
    with pytest.raises(BadValue, match="0"):
        find_at_risk(school.db, TODAY, misses=0)


def test_the_head_says_what_was_asked(school: Any) -> None:
    reasons = [reason_id(school, "УП"), NO_REASON]
    facts = at_risk_parameters(school.db, TODAY, 5, reasons, statuses_meant(school.db, "reserve"))
    table = at_risk_table([], facts)
    told = {fact.key: fact.value for fact in table.parameters}
    assert list(told) == ["today", "misses", "reasons", "statuses"]
    assert (told["misses"], len(told["reasons"]), told["statuses"]) == (5, 2, ["Резерв"])


# The oracle ---------------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """One mark of a random history: days before today, hour, attended or the reason ("" none)."""

    ago: int
    hour: int
    attended: bool
    reason: str


SEEN = st.builds(Seen, st.integers(-1, 6), st.sampled_from([10, 15]), st.booleans(), st.sampled_from(["", "УП", "НП"]))
HISTORY = st.lists(st.lists(SEEN, max_size=8, unique_by=lambda seen: (seen.ago, seen.hour)), min_size=1, max_size=3)
FROZEN = st.none() | st.tuples(st.integers(0, 6), st.integers(0, 3))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("risk"))


@settings(max_examples=80, deadline=None)
@given(
    history=HISTORY,
    frozen=FROZEN,
    least=st.integers(1, 4),
    reasons=st.sets(st.sampled_from(["", "УП", "НП"])),
)
def test_at_risk_equals_the_oracle(
    path: Path, history: list[list[Seen]], frozen: tuple[int, int] | None, least: int, reasons: set[str]
) -> None:
    with unwritten_school(path, TODAY) as school:
        ids = {"": NO_REASON, "УП": reason_id(school, "УП"), "НП": reason_id(school, "НП")}
        for number, marks in enumerate(history):
            student = one(school, f"Ученик {number}")
            for seen in marks:
                why = None if seen.attended or not seen.reason else ids[seen.reason]
                on = TODAY - seen.ago * DAY
                visit(school, student, on, attended=seen.attended, time=f"{seen.hour}:00", reason_id=why)
            if number == 0 and frozen:
                freeze(school, student, TODAY - frozen[0] * DAY, TODAY - frozen[0] * DAY + frozen[1] * DAY)
        rows = find_at_risk(school.db, TODAY, misses=least, reason_ids=[ids[reason] for reason in reasons])
        told = {row.student: [date.fromisoformat(day) for day in row.dates] for row in rows}
        assert told == expected(history, frozen, least, reasons)


def expected(
    history: list[list[Seen]], frozen: tuple[int, int] | None, least: int, reasons: set[str]
) -> dict[str, list[date]]:
    """Walk every student's marks from the newest one back."""
    at_risk = {}
    for number, marks in enumerate(history):
        stopped = range(frozen[0] - frozen[1], frozen[0] + 1) if frozen and number == 0 else range(0)
        if 0 in stopped:
            continue
        days: list[date] = []
        for seen in sorted(marks, key=lambda seen: (seen.ago, -seen.hour)):
            if seen.ago < 0:
                continue
            if seen.attended:
                break
            if seen.ago not in stopped and (not reasons or seen.reason in reasons):
                days.insert(0, TODAY - seen.ago * DAY)
        if len(days) >= least:
            at_risk[f"Ученик {number} мл."] = days
    return at_risk
