"""A school whose clients have statuses of several kinds, and what the commands say of it as JSON."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from builders import add_client, make_school, run_cli, student_of, writing_school

SOLD_ON = date(2026, 1, 31)


def school_after_a_month(folder: Path) -> Path:
    """A school with a client who bought a month on 31.01.2026, one with money besides, and a new one."""
    path = make_school(folder)
    with writing_school(path, SOLD_ON) as school:
        anna = add_client(school, "Анна Иванова", student="Петя Иванов", phone="+79161234567")
        rich = add_client(school, "Олег Сидоров")
        add_client(school, "Инна Новая")
        for client in (anna, rich):
            sell(school, client)
        school.db.execute(
            "INSERT INTO payment (client_id, kind, on_date, amount, effect) VALUES (?, 'income', ?, 100, 100)",
            (rich, SOLD_ON.isoformat()),
        )
    return path


def sell(school: Any, client: int) -> None:
    from schoolcrm.core.statuses.events import subscription_sold

    school.db.execute(
        "INSERT OR IGNORE INTO plan (id, name, name_key, kind, price, billing, separate, burn, stop_at_end)"
        " VALUES (1, 'Месяц', 'месяц', 'month', 400000, 'by-lesson', 0, 0, 0)"
    )
    number = school.db.execute(
        "INSERT INTO subscription (student_id, plan_id, origin, is_trial, sold_on, first_on, last_on, kind, price,"
        " billing, separate, burn, stop_at_end)"
        " VALUES (?, 1, 'sale', 0, ?, ?, '2026-02-27', 'month', 400000, 'by-lesson', 0, 0, 0) RETURNING id",
        (student_of(school, client), SOLD_ON.isoformat(), SOLD_ON.isoformat()),
    ).fetchone()[0]
    subscription_sold(school, client, number)


def answer(path: Path, *words: str, **settings: Any) -> Any:
    code, out, err = run_cli(*words, "--format", "json", db=path, **settings)
    assert (code, err) == (0, "")
    made = json.loads(out)
    made.pop("operation", None)
    return made
