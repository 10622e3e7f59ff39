"""The lessons of the sample school, held day by day: who came, who was missing, what it was about."""

from dataclasses import dataclass, field
from datetime import date

from schoolcrm.core.demo.furnishing import CLASSES
from schoolcrm.core.demo.purchases import lesson_used, see_to_subscription
from schoolcrm.core.demo.world import ENGLISH, Pupil, World
from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lesson_changes import cancel_lesson, edit_lesson
from schoolcrm.core.learning.lessons import expected_students, hold, trial_guests
from schoolcrm.core.learning.make_ups import note_mark
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons

_PRESENT, _GRADED = 0.88, 0.5
_DRIFTING_DAYS = 17
_CANCELLED_WEEK = 6
_MAKE_UPS = 3
_WELL_DONE = 0.02


@dataclass(slots=True)
class Register:
    """What the teachers remember from one lesson to the next.

    `missed`: who missed which lesson of which course and group with an excuse, and may make up for it.
    """

    world: World
    missed: list[tuple[int, int, int, int]] = field(default_factory=list)
    topics: dict[int, int] = field(default_factory=dict)
    made_up: int = 0

    def hold_day(self, day: date) -> None:
        """Hold the lessons of the day; those of yesterday, the last before and today's wait for the reader."""
        world = self.world
        if not world.first_day <= day < world.ago(1):
            return
        lessons = planned_lessons(world.school.db, first=day, last=day)
        if day == world.ago(2):
            lessons = lessons[:-1]
        for lesson in lessons:
            self._hold(lesson)

    def _hold(self, lesson: PlannedLesson) -> None:
        world = self.world
        number = world.furniture.groups.index(lesson.group_id) if lesson.group_id is not None else None
        if number == 4 and (lesson.on - world.first_day).days // 7 == _CANCELLED_WEEK and lesson.on.isoweekday() == 5:
            cancel_lesson(world.school, lesson, world.words.desk.teacher_ill)
            return
        expected = [world.pupils[one.student_id] for one in expected_students(world.school.db, lesson)]
        for pupil in expected:
            see_to_subscription(world, pupil)
        attendances = [self._attendance(pupil, lesson) for pupil in expected]
        attendances += [Attendance(one.student_id, True) for one in trial_guests(world.school.db, lesson)]
        attendances += self._make_up(number, {each.student_id for each in attendances})
        if not attendances:
            return
        held = hold(world.school, lesson, attendances, topic=self._topic(number))
        for attendance in attendances:
            self._after(held.id, number, attendance)
        if number is not None and CLASSES[number].course == ENGLISH:
            edit_lesson(world.school, lesson, {"homework": world.chance.choice(world.words.homework)})

    def _attendance(self, pupil: Pupil, lesson: PlannedLesson) -> Attendance:
        chance, (excused, unexcused) = self.world.chance, self.world.furniture.reasons[:2]
        if pupil.habit == "drifting" and lesson.on > self.world.ago(_DRIFTING_DAYS):
            return Attendance(pupil.id, False, chance.choice((unexcused, None)))
        if chance.random() < _PRESENT:
            return Attendance(pupil.id, True)
        return Attendance(pupil.id, False, chance.choices((excused, unexcused, None), (60, 28, 12))[0])

    def _make_up(self, number: int | None, there: set[int]) -> list[Attendance]:
        """Return a guest from another group of the course, who makes up for a lesson missed there."""
        for one in self.missed if number is not None and self.made_up < _MAKE_UPS else []:
            student_id, lesson_id, course, missed_at = one
            if CLASSES[number or 0].course == course and number != missed_at and student_id not in there:
                self.missed.remove(one)
                self.made_up += 1
                return [Attendance(student_id, True, makes_up_id=lesson_id)]
        return []

    def _may_make_up(self, pupil: Pupil) -> bool:
        """Tell whether the pupil is one who comes to another group: lately, and if not away or about to leave."""
        lately = self.world.school.today > self.world.ago(35)
        return lately and pupil.course != ENGLISH and pupil.habit in ("prompt", "late", "owes")

    def _topic(self, number: int | None) -> str:
        """Return what the lesson of the group is about: one topic after the other."""
        if number is None:
            return ""
        topics = self.world.words.courses[CLASSES[number].course].topics
        self.topics[number] = self.topics.get(number, -1) + 1
        return topics[self.topics[number] // 2 % len(topics)]

    def _after(self, lesson_id: int, number: int | None, attendance: Attendance) -> None:
        """Count the lesson, remember who may make up for it, note a grade."""
        world, chance = self.world, self.world.chance
        excused = world.furniture.reasons[0]
        pupil = world.pupils.get(attendance.student_id)
        if pupil is None:
            return
        if attendance.makes_up_id is not None:
            note_mark(world.school, lesson_id, pupil.id, {"note": world.words.desk.makes_up})
        if attendance.attended or attendance.reason_id != excused:
            lesson_used(pupil)
        elif number is not None and self._may_make_up(pupil):
            self.missed.append((pupil.id, lesson_id, CLASSES[number].course, number))
        if attendance.attended and number is not None and CLASSES[number].course == ENGLISH:
            self._grade(lesson_id, pupil)
        elif attendance.attended and chance.random() < _WELL_DONE:
            note_mark(world.school, lesson_id, pupil.id, {"note": world.words.desk.well_done})

    def _grade(self, lesson_id: int, pupil: Pupil) -> None:
        chance, grades = self.world.chance, self.world.words.grades
        texts = {
            key: chance.choices(grades, (55, 35, 10))[0]
            for key in ("grade", "homework_grade")
            if chance.random() < _GRADED
        }
        note_mark(self.world.school, lesson_id, pupil.id, texts)
