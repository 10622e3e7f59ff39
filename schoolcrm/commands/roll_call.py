"""The roll call of a lesson on a terminal: who came, one by one, a key each."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schoolcrm.commands.keyboard import BACK, ENTER, LineKeys, show
from schoolcrm.commands.questions import single_keys
from schoolcrm.commands.session import reading
from schoolcrm.core.errors import Refused, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    import typer

    from schoolcrm.core.learning.attendance import Attendance
    from schoolcrm.core.learning.lessons import Expected
    from schoolcrm.core.learning.timetable import PlannedLesson
    from schoolcrm.core.store.database import School

_NAME = "SELECT name FROM study_group WHERE id = ? UNION ALL SELECT name FROM student WHERE id = ?"
_REASONS = "SELECT id, short FROM absence_reason WHERE archived_on IS NULL ORDER BY id"
_SHORT = "SELECT short FROM absence_reason WHERE id = ?"
_LONGEST_NAME = 30

_DIGITS = "123456789"
_CAME = {ENTER, " ", "+", "y"}
_MISSED = {"-", "−"}
_ONE_BACK = {BACK, "<", ","}
_BY_NAME = "/"
_QUIT = "q"
_COMMANDS = {*_CAME, *_MISSED, *_ONE_BACK, _BY_NAME, _QUIT}
# The keys where these stand on a Russian keyboard, by what they are on a Latin one. Not н for y: in a Russian
# register н means absent, so it must not mean "came".
_LATIN_KEYS = str.maketrans("йцукегшщзхъфывапролджэячсмитьбю.", "qwertuiop[]asdfghjkl;'zxcvbnm,./")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is said about a student, and the word for it."""

    attended: bool
    reason_id: int | None
    word: str


def call_roll(ctx: "typer.Context", lesson: "PlannedLesson", members: list["Expected"]) -> list["Attendance"]:
    """Ask about each member on the terminal and return the answers; balance and lessons left are shown (R23, R38).

    Raises Refused when the person gives up, KeyboardInterrupt for Ctrl-C and Ctrl-D: nothing is written then. The
    database is open only to look something up: while a person thinks, others can write.
    """
    from schoolcrm.core.learning.attendance import Attendance

    with reading(ctx) as school:
        title = _title(school, lesson)
        prompts = _prompts(school, members)
        reasons = [_Answer(False, number, short) for number, short in school.db.execute(_REASONS)]
    _say(title)
    with single_keys() as keys:
        answers = _Roll(ctx, keys, reasons).call(prompts)
    return [
        Attendance(member.student_id, answer.attended, answer.reason_id)
        for member, answer in zip(members, answers, strict=True)
    ]


class _Roll:
    """The questions, one for each student, and what the keys mean."""

    def __init__(self, ctx: "typer.Context", keys: LineKeys, reasons: list[_Answer]) -> None:
        self._ctx = ctx
        self._keys = keys
        self._reasons = reasons
        self._is_reminded = False

    def call(self, prompts: list[str]) -> list[_Answer]:
        """Put the questions in turn, going back when asked to, and return an answer to each."""
        answers: list[_Answer] = []
        self._remind()
        try:
            while len(answers) < len(prompts):
                answer = self._ask(prompts[len(answers)])
                if answer:
                    answers.append(answer)
                elif answers:
                    _say(_("one back"))
                    answers.pop()
                else:
                    _say("")
        except KeyboardInterrupt:
            _say("")
            raise
        return answers

    def _ask(self, prompt: str) -> _Answer | None:
        """Return what is answered; None: back to the one before."""
        self._is_reminded = False
        while True:
            key = self._usual(self._keys.key(prompt))
            if key in _ONE_BACK:
                return None
            if key == _QUIT:
                _say("")
                raise Refused(_("Nothing was written."))
            answer = self._by_name(prompt, key) if key == _BY_NAME or len(key) > 1 else self._by_key(key)
            if answer:
                _say(answer.word)
                return answer

    def _usual(self, key: str) -> str:
        """Return the key that is meant: on a Russian keyboard й stands for q, unless a reason begins with й."""
        key = key.lower()
        if key in _COMMANDS or len(key) > 1 or self._beginning_with(key):
            return key
        return key.translate(_LATIN_KEYS)

    def _by_key(self, key: str) -> _Answer | None:
        """Return the answer that the key stands for; None, after the legend once a question, if it means nothing."""
        if key in _CAME:
            return _Answer(True, None, _("came"))
        if key in _MISSED:
            return _Answer(False, None, _("missed"))
        reason = self._numbered(key) or self._by_letters(key)
        if not reason and self._is_reminded:
            _say(_("no such key"))
        elif not reason:
            _say("")
            self._remind()
            self._is_reminded = True
        return reason

    def _numbered(self, typed: str) -> _Answer | None:
        return dict(zip(_DIGITS, self._reasons, strict=False)).get(typed)

    def _by_letters(self, typed: str) -> _Answer | None:
        """Return the reason whose short name begins with the letters, as soon as only one does; Enter ends them."""
        while len(fitting := self._beginning_with(typed)) > 1:
            key = self._keys.key(f"{typed}… ")
            if key == ENTER:
                return next((reason for reason in fitting if fold(reason.word) == fold(typed)), None)
            if not key.isprintable():
                return None
            longer = typed + key.lower()
            typed = longer if self._beginning_with(longer) else typed + key.lower().translate(_LATIN_KEYS)
        return fitting[0] if fitting else None

    def _beginning_with(self, typed: str) -> list[_Answer]:
        start = fold(typed)
        return [reason for reason in self._reasons if start and fold(reason.word).startswith(start)]

    def _by_name(self, prompt: str, typed: str) -> _Answer | None:
        """Return the reason called so, or by its number in the legend; None, said why, if there is none."""
        from schoolcrm.core.learning.catalogues import find_entry

        if typed == _BY_NAME:
            typed = self._keys.line(_("Reason:"))
        reason = self._numbered(typed)
        try:
            if typed and not reason:
                with reading(self._ctx) as school:
                    number = find_entry(school.db, "absence-reasons", typed)
                    reason = _Answer(False, number, *school.db.execute(_SHORT, (number,)).fetchone())
        except SchoolError as error:
            _say(f"{error.sentence} {error.hint}".strip())
        if reason:
            show(prompt)  # The line with the name is over.
        return reason

    def _remind(self) -> None:
        """Write the legend: the keys, then the reasons of absence."""
        _say(_("Enter, space, + or y: came · -: missed · <: one back · q: write nothing"))
        words = [reason.word for reason in self._reasons]
        entries = [f"{digit} {word}" for digit, word in zip(_DIGITS, words, strict=False)]
        others = words[len(_DIGITS) :]
        if others:
            entries.append(_("by first letters {reasons}").format(reasons=", ".join(others)))
        if words:
            _say(_("Missed for a reason: {reasons} · / by its name").format(reasons=" · ".join(entries)))


def _title(school: "School", lesson: "PlannedLesson") -> str:
    """Return whose lesson it is, and when."""
    from schoolcrm.core.rules.dates import human_date, human_weekday

    (name,) = school.db.execute(_NAME, (lesson.group_id, lesson.student_id)).fetchone()
    return f"{name} · {human_weekday(lesson.on.isoweekday())} {human_date(lesson.on)} {lesson.time}"


def _prompts(school: "School", members: list["Expected"]) -> list[str]:
    """Return the question about each member: who of how many, the client's balance and lessons left (R38)."""
    standing = _standings(school, [member.student_id for member in members])
    total = str(len(members))
    longest = min(_LONGEST_NAME, max(len(one_line(member.name)) for member in members))
    widest = [max(map(len, texts)) for texts in zip(*standing.values(), strict=True)]
    prompts = []
    for number, member in enumerate(members, start=1):
        balance, lessons = standing[member.student_id]
        question = _("{place} {name}  balance {balance} · lessons left {lessons}:").format(
            place=f"{number}/{total}".rjust(2 * len(total) + 1),
            name=one_line(member.name).ljust(longest),
            balance=balance.rjust(widest[0]),
            lessons=lessons.rjust(widest[1]),
        )
        prompts.append(f"  {question} ")
    return prompts


def _standings(school: "School", student_ids: list[int]) -> dict[int, tuple[str, str]]:
    """Return the balance and the lessons left of each student's client, as people read them."""
    from schoolcrm.core.money.coverage import client_coverage
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money

    of_client: dict[int, tuple[str, str]] = {}
    standings = {}
    for student_id in student_ids:
        (client_id,) = school.db.execute("SELECT client_id FROM student WHERE id = ?", (student_id,)).fetchone()
        if client_id not in of_client:
            covered = client_coverage(school.db, client_id, school.today).lessons
            of_client[client_id] = human_money(balance(school.db, client_id)), "—" if covered is None else str(covered)
        standings[student_id] = of_client[client_id]
    return standings


def _say(line: str) -> None:
    sys.stderr.write(one_line(line) + "\n")
