"""Freezes of whole groups, and how a freeze is named (R25)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_group, add_student, hold, join, student_of
from frozen_school import GROUP, MASHA, PETYA, days_of, freeze, last_day, march, school_in_march, subscription

from schoolcrm.core.errors import Ambiguous, NotFound, Refused
from schoolcrm.core.learning.freezes import Freeze, find_freeze
from schoolcrm.core.learning.freezing import freeze_group, other_groups
from schoolcrm.core.learning.lesson_lookup import lesson_of_group
from schoolcrm.core.learning.timetable import planned_lessons


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with school_in_march(tmp_path) as school:
        yield school


# Groups -------------------------------------------------------------------------------------------------


def frozen_group(school: Any, first: int, last: int, **facts: Any) -> list[Any]:
    return freeze_group(school, Freeze(0, march(first), march(last), group_id=GROUP, **facts))


def test_r25_a_whole_group_in_one_go(school: Any) -> None:
    number = subscription(school, student=MASHA)
    made = frozen_group(school, 10, 16, excused=True, reason="ремонт")
    assert [(one.freeze.student_id, one.freeze.group_id, one.freeze.days) for one in made] == [
        (MASHA, GROUP, 7), (PETYA, GROUP, 7),
    ]  # fmt: skip
    assert last_day(school, number) == "2026-04-07"
    assert days_of(school) == days_of(school, MASHA) == [3, 5, 17, 19, 24, 26, 31]
    everybody = planned_lessons(school.db, first=march(1), last=march(31))
    assert [lesson.on.day for lesson in everybody] == [3, 5, 17, 19, 24, 26, 31]
    assert lesson_of_group(school.db, GROUP, march(10)).extra


def test_r25_members_of_these_days_for_their_days(school: Any) -> None:
    late, gone, guest = (add_student(school, 1, name) for name in ("Новый", "Бывший", "Гость"))
    join(school, GROUP, late, march(15))
    join(school, GROUP, gone, march(2), march(9))
    join(school, GROUP, guest, march(12), march(12))
    archived = add_student(school, 1, "Архивный")
    join(school, GROUP, archived, march(1))
    school.db.execute("UPDATE student SET archived_on = '2026-03-01' WHERE id = ?", (archived,))
    made = {one.freeze.student_id: one.freeze for one in frozen_group(school, 10, 16)}
    assert {student: (one.first_on.day, one.last_on.day) for student, one in made.items()} == {
        PETYA: (10, 16), MASHA: (10, 16), late: (15, 16), guest: (12, 12),
    }  # fmt: skip


def test_r25_conflicts_of_a_group_are_all_listed_and_nothing_is_done(school: Any) -> None:
    freeze(school, 16, 20)
    school.today = march(31)
    hold(school, GROUP, march(10), present=[PETYA, MASHA])
    with pytest.raises(Refused, match=r'"Петя" .*2026-03-20') as refused:
        frozen_group(school, 10, 16)
    assert '"Маша"' in refused.value.sentence
    assert refused.value.sentence.count("2026-03-10 18:00") == 2
    assert school.db.execute("SELECT count(*) FROM freeze").fetchone() == (1,)


def test_a_group_without_members_can_not_be_frozen(school: Any) -> None:
    with pytest.raises(Refused, match="Пустая"):
        freeze_group(school, Freeze(0, march(1), march(2), group_id=add_group(school, "Пустая")))


def test_other_groups_of_the_frozen_are_named(school: Any) -> None:
    join(school, add_group(school, "Шахматы"), MASHA, march(1))
    join(school, add_group(school, "Давно"), MASHA, march(1), march(9))
    wanted = Freeze(0, march(10), march(16), group_id=GROUP)
    freeze_group(school, wanted)
    assert other_groups(school.db, wanted) == '"Шахматы"'


# Naming -------------------------------------------------------------------------------------------------


def test_a_freeze_is_named_by_number_or_by_a_student_with_one(school: Any) -> None:
    past = freeze(school, 1, 2).freeze.id
    assert find_freeze(school.db, march(20), "петя") == past
    coming = freeze(school, 25, 26).freeze.id
    assert find_freeze(school.db, march(20), "Петя") == coming
    assert find_freeze(school.db, march(20), str(past)) == past
    freeze(school, 28, 29)
    with pytest.raises(Ambiguous) as several:
        find_freeze(school.db, march(20), "Петя")
    assert [number for number, _label in several.value.candidates] == [2, 3]
    for unknown in ("Маша", "9"):
        with pytest.raises(NotFound):
            find_freeze(school.db, march(20), unknown)


def test_namesakes_are_told_apart_by_their_freeze(school: Any) -> None:
    other = student_of(school, add_client(school, "Другая Мама", student="Петя"))
    number = freeze(school, 10, 16, student=other).freeze.id
    assert find_freeze(school.db, march(1), "Петя") == number
