"""Discounts given and taken away price anew what they touch, in the same transaction (R35)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound, Refused
from schoolcrm.core.money.coverage import client_coverage, coming_charges, lessons_left_of
from schoolcrm.core.money.discounts import NewDiscount, add_discount, remove_discount
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.money.terms import terms_of
from schoolcrm.core.people.all_students import students_named
from schoolcrm.reports.discounts import days_of, find_discount, find_discounts, worth_of

FIRST = date(2026, 9, 1)  # a Tuesday
WEEK = timedelta(weeks=1)
TODAY = date(2026, 12, 31)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна's Петя (student 1) in the group 1 on Tuesdays; no trial is left."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        client = add_client(school, "Анна", student="Петя", phone="+79161234567")
        school.db.execute("UPDATE client SET trial_spent = 1")
        assert (student_of(school, client), add_group(school, "Робо", "Роботы")) == (1, 1)
        join(school, 1, 1, date(2026, 1, 1))
        yield school


def sell(school: Any, kind: str, price: int, lessons: int | None = None, student: int = 1, **how: Any) -> int:
    (count,) = school.db.execute("SELECT count(*) FROM plan").fetchone()
    last_on = how.pop("last_on", None)
    plan = add_plan(school, kind, price, lessons, name=f"план {count}", **how)
    return sell_plan(school, student, plan, FIRST, last_on=last_on)


def attend(school: Any, count: int, first: date = FIRST) -> None:
    for number in range(count):
        hold(school, 1, first + number * WEEK, present=[1])


def charges(school: Any) -> list[int]:
    return [charge for (charge,) in school.db.execute("SELECT charge FROM mark ORDER BY on_date, lesson_id")]


def upfront(school: Any) -> list[tuple[str, int]]:
    return list(school.db.execute("SELECT on_date, amount FROM upfront_charge ORDER BY on_date"))


def test_r31_4000_over_9_with_10_percent(school: Any) -> None:
    sell(school, "package", 4000_00, 9)
    add_discount(school, 1, NewDiscount(percent=10_00))
    attend(school, 9)
    assert charges(school) == [400_00] * 9


def test_r31_a_discount_and_an_absence_are_rounded_once_for_a_lesson_plan(school: Any) -> None:
    add_entry(school, "absence-reasons", "Болезнь", short="Б", charged=50)
    sell(school, "lesson", 55_65)
    hold(school, 1, FIRST, absent={1: "Б"})
    assert charges(school) == [27_83]  # 27.825
    discount = add_discount(school, 1, NewDiscount(percent=1000))
    assert charges(school) == [25_04]  # 55.65 × 0.9 × 0.5 = 25.0425, though the lesson is shown at 50.09
    assert school.db.execute("SELECT price FROM mark").fetchall() == [(50_09,)]
    hold(school, 1, FIRST, present=[1])
    assert charges(school) == [50_09]
    remove_discount(school, discount.id)
    assert charges(school) == [55_65]


def test_r35_marks_charged_before_are_priced_anew_and_back(school: Any) -> None:
    sell(school, "package", 4000_00, 9)
    attend(school, 9)
    given = add_discount(school, 1, NewDiscount(percent=10_00))
    assert (charges(school), given.repriced, balance(school.db, 1)) == ([400_00] * 9, 9, -3600_00)
    removed = remove_discount(school, given.id)
    assert (charges(school), removed.repriced) == ([444_44] * 8 + [444_48], 9)
    assert balance(school.db, 1) == -4000_00


def test_r35_only_the_days_of_the_discount_are_priced_anew(school: Any) -> None:
    sell(school, "lesson", 1000_00)
    attend(school, 4)
    given = add_discount(school, 1, NewDiscount(percent=10_00, first_on=FIRST + WEEK, last_on=FIRST + 2 * WEEK))
    assert (charges(school), given.repriced) == ([1000_00, 900_00, 900_00, 1000_00], 2)


def test_r35_the_best_of_two_applies_and_the_other_when_it_is_gone(school: Any) -> None:
    sell(school, "lesson", 1000_00)
    attend(school, 1)
    add_discount(school, 1, NewDiscount(percent=10_00))
    better = add_discount(school, 1, NewDiscount(amount=150_00))
    assert charges(school) == [850_00]
    remove_discount(school, better.id)
    assert charges(school) == [900_00]


def test_r35_money_off_a_month_is_shared_by_its_lessons(school: Any) -> None:
    add_schedule(school, group_id=1, days="tue", first_on=FIRST)
    sell(school, "month", 5000_00)
    attend(school, 2)
    assert charges(school) == [1000_00] * 2  # five Tuesdays
    add_discount(school, 1, NewDiscount(amount=500_00))
    assert charges(school) == [900_00] * 2


def test_r35_subjects_and_lesson_types_decide(school: Any) -> None:
    chess = add_entry(school, "subjects", "Шахматы")
    (robots,) = school.db.execute("SELECT subject_id FROM study_group WHERE id = 1").fetchone()
    sell(school, "lesson", 1000_00)
    attend(school, 1)
    add_discount(school, 1, NewDiscount(percent=50_00, subject_ids=[chess]))
    add_discount(school, 1, NewDiscount(percent=50_00, lesson_type_ids=[2]))
    assert charges(school) == [1000_00]
    add_discount(school, 1, NewDiscount(percent=20_00, subject_ids=[robots, chess, robots], lesson_type_ids=[1]))
    assert charges(school) == [800_00]


def test_r31_what_was_charged_upfront_on_a_day_of_the_discount_is_priced_anew(school: Any) -> None:
    sell(school, "month", 3000_00, billing="upfront", last_on=date(2026, 11, 30))
    given = add_discount(school, 1, NewDiscount(percent=10_00, last_on=date(2026, 10, 31)))
    assert upfront(school) == [("2026-09-01", 2700_00), ("2026-10-01", 2700_00), ("2026-11-01", 3000_00)]
    assert given.repriced == 2
    remove_discount(school, given.id)
    assert {amount for _day, amount in upfront(school)} == {3000_00}


def test_r31_a_sale_is_charged_upfront_after_the_discount_of_its_first_day(school: Any) -> None:
    robots = add_entry(school, "subjects", "Роботы 2")
    add_discount(school, 1, NewDiscount(amount=500_00, subject_ids=[robots]))
    sell(school, "package", 4000_00, 9, billing="upfront")
    assert upfront(school) == [("2026-09-01", 4000_00)]
    sell(school, "package", 4000_00, 9, billing="upfront", subject_ids=[robots])
    assert sum(amount for _day, amount in upfront(school)) == 4000_00 + 3500_00


def test_r41_marks_under_a_deleted_subscription_keep_their_charges(school: Any) -> None:
    number = sell(school, "lesson", 1000_00)
    attend(school, 1)
    school.db.execute("UPDATE subscription SET deleted_on = '2026-09-02' WHERE id = ?", (number,))
    assert add_discount(school, 1, NewDiscount(percent=10_00)).repriced == 0
    assert charges(school) == [1000_00]


def test_r41_marks_of_who_had_the_subscription_before_have_that_students_discounts(school: Any) -> None:
    sister = add_student(school, 1, "Маша")
    number = sell(school, "package", 4000_00, 4)
    attend(school, 1)
    add_discount(school, 1, NewDiscount(percent=10_00))
    add_discount(school, sister, NewDiscount(percent=50_00))
    school.db.execute("UPDATE subscription SET student_id = ? WHERE id = ?", (sister, number))
    join(school, 1, sister, FIRST)
    hold(school, 1, FIRST + WEEK, present=[sister], absent={1: "УП"})
    assert sorted(charges(school)) == [0, 500_00, 900_00]
    add_discount(school, 1, NewDiscount(percent=20_00))
    assert sorted(charges(school)) == [0, 500_00, 800_00]


def test_r38_r39_lessons_left_and_expires_know_discounts(school: Any) -> None:
    add_schedule(school, group_id=1, days="tue", first_on=FIRST)
    number = sell(school, "lesson", 1000_00)
    pay(school, 1, 2500_00, FIRST)
    today = FIRST
    assert client_coverage(school.db, 1, today).lessons == 2
    add_discount(school, 1, NewDiscount(amount=500_00, first_on=FIRST + WEEK))
    covered = client_coverage(school.db, 1, today)
    assert (covered.lessons, covered.expires_on) == (4, FIRST + 3 * WEEK)
    coming = coming_charges(school.db, 1, today, FIRST + 2 * WEEK)
    assert [one.charge.amount for one in coming] == [1000_00, 500_00, 500_00]
    terms = terms_of(school.db, number)
    assert lessons_left_of(school.db, terms, 0, 2500_00, today) == 2
    assert lessons_left_of(school.db, terms, 0, 2500_00, FIRST + timedelta(days=1)) == 5


def test_r38_without_a_schedule_the_next_lesson_is_any_that_is_covered(school: Any) -> None:
    (robots,) = school.db.execute("SELECT subject_id FROM study_group WHERE id = 1").fetchone()
    wide, narrow = sell(school, "lesson", 1000_00), sell(school, "package", 4000_00, 4, subject_ids=[robots])
    add_discount(school, 1, NewDiscount(percent=50_00, subject_ids=[robots]))
    assert lessons_left_of(school.db, terms_of(school.db, wide), 0, 2000_00, FIRST) == 2
    assert lessons_left_of(school.db, terms_of(school.db, narrow), 0, 2000_00, FIRST) == 4


def test_r39_free_lessons_are_covered_as_long_as_the_discount_lasts(school: Any) -> None:
    add_schedule(school, group_id=1, days="tue", first_on=FIRST)
    sell(school, "lesson", 1000_00)
    add_discount(school, 1, NewDiscount(percent=100_00, last_on=FIRST + 3 * WEEK))
    covered = client_coverage(school.db, 1, FIRST)
    assert (covered.lessons, covered.expires_on) == (4, FIRST + 3 * WEEK)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (NewDiscount(), "either"),
        (NewDiscount(percent=10_00, amount=1), "either"),
        (NewDiscount(percent=0), "up to 100"),
        (NewDiscount(percent=100_01), "up to 100"),
        (NewDiscount(amount=0), "above 0"),
        (NewDiscount(amount=-5), "above 0"),
        (NewDiscount(amount=5, first_on=FIRST + WEEK, last_on=FIRST), "2026-09-01"),
    ],
)
def test_what_can_be_no_discount_is_refused(school: Any, new: NewDiscount, told: str) -> None:
    with pytest.raises(BadValue, match=told):
        add_discount(school, 1, new)


def test_there_must_be_such_a_student_and_such_a_discount(school: Any) -> None:
    with pytest.raises(NotFound, match="77"):
        add_discount(school, 77, NewDiscount(amount=5))
    with pytest.raises(NotFound, match="77"):
        remove_discount(school, 77)
    with pytest.raises(NotFound, match="77"):
        find_discount(school.db, 77, TODAY)


# Whose it is --------------------------------------------------------------------------------------------


def test_r35_a_clients_name_or_phone_stands_for_all_the_students(school: Any) -> None:
    sister = add_student(school, 1, "Маша")
    for ref in ("Анна", "анна", "8 916 123-45-67"):
        assert students_named(school.db, ref) == [1, sister]
    assert students_named(school.db, "Маша") == [sister]
    assert students_named(school.db, str(sister)) == [sister]
    school.db.execute("UPDATE student SET archived_on = '2026-09-01' WHERE id = ?", (sister,))
    assert students_named(school.db, "Анна") == [1]


def test_part_of_a_clients_name_will_do_but_a_doubtful_student_is_asked_about(school: Any) -> None:
    other = add_client(school, "Пётр Сидоров", student="Аня Сидорова")
    add_student(school, other, "Оля Сидорова")
    assert len(students_named(school.db, "пётр")) == 2
    with pytest.raises(Ambiguous):
        students_named(school.db, "сидорова")
    with pytest.raises(NotFound):
        students_named(school.db, "Никто")
    with pytest.raises(NotFound):
        students_named(school.db, "99")


def test_a_client_without_students_can_get_none(school: Any) -> None:
    client = add_client(school, "Пустов", student="Петров")
    school.db.execute("DELETE FROM student WHERE client_id = ?", (client,))
    with pytest.raises(Refused):
        students_named(school.db, "Пустов")


def test_an_own_name_of_a_student_goes_before_the_same_name_of_a_client(school: Any) -> None:
    client = add_client(school, "Ольга", student="Ольга")
    add_student(school, client, "Вера")
    assert students_named(school.db, "Ольга") == [student_of(school, client)]


# The list -----------------------------------------------------------------------------------------------


def test_the_list_tells_whose_what_when_and_whether_it_runs(school: Any) -> None:
    day = timedelta(days=1)
    add_discount(school, 1, NewDiscount(percent=12_50, last_on=TODAY - day, note=" двое "))
    add_discount(school, 1, NewDiscount(amount=150_00, first_on=TODAY, last_on=TODAY))
    add_discount(school, 1, NewDiscount(amount=1, first_on=TODAY + day, subject_ids=[1], lesson_type_ids=[2]))
    rows = find_discounts(school.db, TODAY)
    assert [row.state for row in rows] == ["past", "running", "coming"]
    assert [worth_of(row) for row in rows] == ["12.5\u00a0%", "150.00", "0.01"]
    assert [days_of(row) for row in rows] == ["until 2026-12-30", "2026-12-31 – 2026-12-31", "from 2027-01-01"]
    assert (rows[0].note, rows[0].subjects, rows[2].subjects, len(rows[2].lesson_types)) == ("двое", [], ["Роботы"], 1)
    school.db.execute("UPDATE student SET archived_on = '2026-09-01'")
    assert (len(find_discounts(school.db, TODAY)), len(find_discounts(school.db, TODAY, client_id=1))) == (0, 3)
