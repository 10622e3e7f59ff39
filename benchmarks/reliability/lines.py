"""Random command lines of every kind that changes something and can be undone."""

import random
from collections.abc import Iterator
from pathlib import Path

CLIENTS = ("Анна Иванова", "Борис Котов", "Вера Лис", "Глеб Орлов", "Дина Юн")
STUDENTS = ("Петя", "Маша", "Олег", "Юра", "Рая")
GROUPS = {"Роботы": (1, 2, 7, 8, 9, 14, 16, 21, 23), "Шахматы": (1, 8, 15, 22)}
NOT_UNDONE = {
    "undo": "what is tried",
    "redo": "what is tried",
    "clients purge": "final (R53)",
    "init": "makes the file",
    "messages deliver": "what was sent is sent",
    "db": "copies and restores files",
}
"""Changing commands that are left out, and why."""

TEMPLATES = """
clients add {new}
clients add {new} --phone {phone} --student {new2}
clients edit {client} --manager {word} --note {word}
clients edit {client} --phone {phone}
clients contact add {client} email:{word}@b.ru
clients contact add {client} skype:{word}
clients contact edit {client} {n} --note {word}
clients contact remove {client} {n}
clients contact restore {client} {n}
clients merge {client} {client}
clients bulk {client} --set manager={word}
clients bulk is:grouped --set note={word}
clients archive {client}
clients restore {client}
clients filters remove {word}
clients trial book {client} --on {day}
clients trial cancel {client}
clients trial attended {client}
clients list is:debtor --save {word}
students list петя --save {word}
students filters remove {word}
students add {client} {new}
students edit {student} --note {word}
students move {student} --to {client}
students subject {student} {subject} --new
students archive {student}
students restore {student}
students test add {student} {n}
groups add {new} --subject {subject}
groups edit {group} --limit {n}
groups join {group} {student}
groups leave {group} {student}
groups transfer {student} {group} {group} --on {day}
groups freeze {group} --from {day} --to 2026-10-04
groups archive {group}
groups restore {group}
schedule add {group} --days fri --at 1{n}:00 --minutes 60
schedule end {n}
schedule remove {n}
schedule holiday add {day}
schedule holiday remove {day}
subscription plans add {new} --kind package --price 4000 --lessons {n}
subscription plans edit {plan} --price 4{n}00
subscription plans archive {plan}
subscription plans restore {plan}
subscription sell {student} {plan} --from {day} --on 2026-09-01
subscription sell {student} {plan} --from {day} --pay 1000 --reprice
subscription sell {student} {plan} --from {day} --separate
subscription freeze {student} --from {day} --to 2026-10-04 --excused
subscription unfreeze {student}
subscription extend {n} --days {n}
subscription move {n} {student}
subscription close {n} --on {day}
subscription delete {n}
discounts add {student} --percent {n}0 --from {day}
discounts remove {n}
lessons hold {lesson} --all-present
lessons hold {lesson} --all-present --absent {student}
lessons hold {lesson} --all-present --absent {student}:НП
lessons mark {group} {student} present --on {lesson_day}
lessons mark {group} {student} absent --on {lesson_day} --reason УП
lessons plan {group} --on {day} --at 1{n}:30
lessons move {lesson} --to {day}
lessons edit {lesson} --topic {word}
lessons cancel {lesson}
lessons restore {lesson}
lessons import {folder}/lessons.csv
payments add {client} {money}
payments add {client} {money} --kind refund --even-so
payments add {client} {money} --kind adjustment
payments void {n} --reason {word}
payments import {folder}/payments.csv
contracts add {client} --amount 5000 --from {day}
contracts edit {n} --pay-day {n}
contracts terminate {n}
contracts delete {n}
status add bought {word}
status rename {word} {new}
status default {word}
status delete {word}
status set refused {client} --reason {word}
status set reserve {client}
status recompute
fields add {word} --type text
fields remove {word}
catalog rooms add {word}
catalog rooms edit {word} --location {new} --new
catalog rooms rename {word} {new}
catalog rooms archive {word}
catalog teachers add {word}
config set refusal_months {n}
config unset refusal_months
clients access grant {client}
clients access resend {client}
clients access revoke {client}
clients file add {client} {folder}/clients.csv
clients file remove {client} clients.csv
schedule edit {n} --at 18:{n}0
tasks add {client} {word} --due {day}
tasks done {word}
tasks archive {n}
messages log {client} {word} --channel call
messages send {client} --template {word}
messages cancel {n}
messages retry {n}
forms add {word} {folder}/form.html --for contract
forms remove {word}
automation add --when status=reserve --task {word}
automation add --when status=refused --set manager={word}
automation remove {n}
import-csv {folder}/clients.csv
import-csv {folder}/clients.csv --on-duplicate update
""".strip().splitlines()


def make_school(folder: Path) -> Path:
    """Make the school of a few people that the lines are about, and files to import."""
    from datetime import date

    from builders import add_client, add_group, add_plan, add_schedule, join, make_school, student_of, writing_school

    path: Path = make_school(folder)
    first = date(2026, 9, 1)
    with writing_school(path, first) as school:
        children = [
            student_of(school, add_client(school, client, student=student))
            for client, student in zip(CLIENTS, STUDENTS, strict=True)
        ]
        add_plan(school, "package", 100_000, 3, name="Пакет")
        add_plan(school, "month", 300_000, name="Месяц", billing="upfront")
        add_plan(school, "lesson", 50_000, name="Урок")
        for name, days, members in (("Роботы", "mon,tue,wed", children[:3]), ("Шахматы", "tue", children[2:])):
            group_id = add_group(school, name, subject=name)
            add_schedule(school, group_id=group_id, days=days, first_on=first)
            for child in members:
                join(school, group_id, child, first)
    clients = "ФИО клиента,Мобильный,Баланс\nЛев Зуев,+79167654321,100\nНина Ким,,\nПетя,,50\n"
    (folder / "clients.csv").write_text(clients, "utf-8")
    (folder / "payments.csv").write_text("Дата;Клиент;Сумма\n02.09.2026;Анна Иванова;100\n", "utf-8")
    (folder / "form.html").write_text('<meta charset="utf-8"><p>{{ contract.number }}</p>', "utf-8")
    lessons = "Дата;Группа;Ученик;Посещение\n02.09.2026;Роботы;Петя;был\n"
    (folder / "lessons.csv").write_text(lessons, "utf-8")
    return path


def random_lines(chance: random.Random, folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield command lines without end."""
    while True:
        group = chance.choice([*GROUPS])
        lesson_day = f"2026-09-{chance.choice(GROUPS[group]):02}"
        values = {
            "client": chance.choice(CLIENTS),
            "student": chance.choice(STUDENTS),
            "group": group,
            "lesson_day": lesson_day,
            "day": f"2026-09-{chance.randrange(1, 30):02}",
            "n": str(chance.randrange(1, 7)),
            "money": f"{chance.randrange(1, 5000)}.{chance.randrange(10, 99)}",
            "phone": f"+7916{chance.randrange(10**7):07}",
            "plan": chance.choice(("Пакет", "Месяц", "Урок")),
            "subject": chance.choice(("Роботы", "Шахматы", "Рисование")),
            "word": chance.choice(("Синий", "Школа", "Лес", "Ира", "abc")),
            "new": f"Новое {chance.randrange(10**6)}",
            "new2": f"Юный {chance.randrange(10**6)}",
            "folder": str(folder),
        }
        words = chance.choice(TEMPLATES).replace("{lesson}", "{group} {lesson_day}").split()
        yield tuple(_filled(word, values, chance) for word in words)


def _filled(word: str, values: dict[str, str], chance: random.Random) -> str:
    """Return the word with its values; two clients or groups of one line are drawn apart."""
    if word == "{client}":
        return chance.choice(CLIENTS)
    return word.format(**values)
