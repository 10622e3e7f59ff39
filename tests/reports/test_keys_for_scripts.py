"""What scripts rely on: the keys of lists and reports in their order, further ones behind (cli.md §4)."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from builders import add_client, add_group, hold, join, make_school, pay, run_cli, student_of, writing_school

KEYS = {
    "clients list": "id name students phone status balance last_visit note",
    "students list": "id name client client_id age groups balance lessons_left expires last_visit status",
    "status list": "id scale base name automatic clients",
    "report reconciliation 1": "date kind operation student income expense balance",
    "report forecast 1": "date time student group minutes subject location room charge balance",
    "report schedule": "weekday date time minutes location room teacher subject group student",
    "schedule list": "weekday date time minutes location room teacher subject group student",
    "report journal 1": "date student state grade topic reason lesson_type subject",
    "report journal 1 --group-by none --show topic,reason,note": "date student state grade topic reason lesson_type"
    " subject",
    "report journal 1 --group-by subject": "date student state grade topic reason lesson_type subject",
    "report debtors": "client_id client phone students debt balance since days last_payment last_visit",
    "report who-pays": "next_lesson client_id client lessons_left balance expires",
    "report at-risk": "client_id client student misses dates",
    "report attendees": "client_id client student",
    "report tests": "client student subject group teacher date result",
    "report ltv": "client_id client lessons payments ltv vs_average",
    "report contracts": "id number client_id client signed ends amount",
    "contracts list": "id number client_id client signed ends amount",
    "report funnel": "base entered now to_next median_days",
    "report funnel --by-source": "base entered now to_next median_days",
    "report no-subscription": "lesson_date client_id client student group",
    "report renewals": "client_id client last_purchase interval_days expected",
    "payments list": "id date client_id client student kind amount account note voided",
    "lessons list": "id date time group student state subject teacher room",
    "history": "op at user entity id field before after",
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_school(tmp_path_factory.mktemp("keys"))
    with writing_school(path, date(2026, 9, 1)) as school:
        client = add_client(school, "Анна Иванова")
        group = add_group(school, "Робо 1")
        join(school, group, student_of(school, client), date(2026, 9, 1))
        hold(school, group, date(2026, 9, 1), present=[student_of(school, client)])
        pay(school, client, 100, date(2026, 9, 1))
    assert run_cli("contracts", "add", "1", "--number", "7/А", "--to", "2026-12-31", db=path)[0] == 0
    return path


@pytest.mark.parametrize("command", KEYS)
def test_the_keys_come_first_and_in_their_order(db: Path, command: str) -> None:
    keys = KEYS[command].split()

    def printed(format: str) -> str:
        code, out, err = run_cli(*command.split(), "--format", format, db=db, today="2026-09-02")
        assert code == 0, err
        return out

    document = json.loads(printed("json"))
    columns = [column["key"] for column in document["columns"]]
    assert columns[: len(keys)] == keys
    assert all(list(row) == columns for row in document["rows"])
    assert [json.loads(line) for line in printed("jsonl").splitlines()] == document["rows"]
    heading, *rows = csv.reader(io.StringIO(printed("csv")))
    assert heading == columns
    assert len(rows) == len(document["rows"])


def test_people_see_the_columns_in_their_natural_order(db: Path) -> None:
    for format, mark in (("csv", ";"), ("md", "|")):
        more = ["--excel"] if format == "csv" else []
        _code, out, _err = run_cli("report", "contracts", "--format", format, *more, db=db, today="2026-09-02")
        line = next(line for line in out.splitlines() if "School number" in line)
        labels = [label.strip() for label in line.strip("|").split(mark)]
        assert labels.index("School number") < labels.index("Client")
