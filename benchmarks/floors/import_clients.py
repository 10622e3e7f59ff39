"""Floor of the import: csv of the standard library into seven tables, `import_clients.py FILE DATABASE`.

What a script for one table of one school would be: it trusts the file, knows its columns, remembers names in
dictionaries, and writes in chunks inside one transaction with the indexes in place.
"""

import csv
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

CHUNK = 2_000
Waiting = dict[str, list[tuple[object, ...]]]
SCHEMA = """
CREATE TABLE client (id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, status TEXT, source TEXT,
    note TEXT, last_visit_on TEXT, last_purchase_on TEXT);
CREATE INDEX client_by_name ON client (name_key);
CREATE TABLE contact (id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (id), kind TEXT NOT NULL,
    value TEXT NOT NULL);
CREATE INDEX contact_of_client ON contact (client_id);
CREATE INDEX contact_by_value ON contact (value);
CREATE TABLE student (id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (id), name TEXT NOT NULL,
    name_key TEXT NOT NULL, birthday TEXT, sex TEXT, subject TEXT, level TEXT, teacher TEXT);
CREATE INDEX student_of_client ON student (client_id);
CREATE INDEX student_by_name ON student (name_key);
CREATE TABLE study_group (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE membership (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL REFERENCES study_group (id),
    student_id INTEGER NOT NULL REFERENCES student (id));
CREATE INDEX membership_of_group ON membership (group_id);
CREATE INDEX membership_of_student ON membership (student_id);
CREATE TABLE subscription (id INTEGER PRIMARY KEY, student_id INTEGER NOT NULL REFERENCES student (id),
    price INTEGER NOT NULL);
CREATE INDEX subscription_of_student ON subscription (student_id);
CREATE TABLE payment (id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (id),
    amount INTEGER NOT NULL);
CREATE INDEX payment_of_client ON payment (client_id);
"""
COLUMNS = {
    "client": 8,
    "contact": 4,
    "student": 9,
    "study_group": 2,
    "membership": 3,
    "subscription": 3,
    "payment": 3,
}
NOT_DIGITS = str.maketrans("", "", " ()-+\u00a0")
NOT_MONEY = str.maketrans(",", ".", " \u00a0")


def main(file: str, database: str) -> None:
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA)
    waiting: Waiting = {table: [] for table in COLUMNS}
    db.execute("BEGIN IMMEDIATE")
    with Path(file).open(encoding="cp1251", newline="") as lines:
        rows = csv.reader(lines, delimiter=";")
        next(rows)
        for count, _row in enumerate(place(rows, waiting), start=1):
            if count % CHUNK == 0:
                write(db, waiting)
    write(db, waiting)
    db.execute("COMMIT")


def place(rows: Iterator[list[str]], waiting: Waiting) -> Iterator[list[str]]:
    clients: dict[tuple[str, str], int] = {}
    groups: dict[str, int] = {}
    for students, row in enumerate(rows, start=1):
        (name, payer, birthday, sex, phones, email, source, status, balance, group_names, price, subject, level,
         teacher, visited, bought, note, _school) = row  # fmt: skip
        name = " ".join(name.split())
        payer = " ".join(payer.split()) or name
        numbers = [phone(text) for text in phones.replace(";", ",").replace(" / ", ",").split(",") if text]
        key = (fold(payer), numbers[0] if numbers else "")
        client = clients.get(key)
        if client is None:
            client = clients[key] = len(clients) + 1
            waiting["client"].append((client, payer, key[0], status, source, note, day(visited), day(bought)))
            for number in numbers:
                waiting["contact"].append((None, client, "mobile", number))
            if email:
                waiting["contact"].append((None, client, "email", email))
        student = (students, client, name, fold(name), day(birthday), sex[:1].lower(), subject, level, teacher)
        waiting["student"].append(student)
        for group_name in group_names.replace(";", ",").split(",") if group_names else ():
            group = groups.get(fold(group_name))
            if group is None:
                group = groups[fold(group_name)] = len(groups) + 1
                waiting["study_group"].append((group, group_name.strip()))
            waiting["membership"].append((None, group, students))
        if price:
            waiting["subscription"].append((None, students, kopecks(price)))
        if balance:
            waiting["payment"].append((None, client, kopecks(balance)))
        yield row


def write(db: sqlite3.Connection, waiting: Waiting) -> None:
    for table, width in COLUMNS.items():
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", waiting[table])  # noqa: S608
        waiting[table].clear()


def fold(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


def phone(text: str) -> str:
    digits = text.translate(NOT_DIGITS)
    return f"+7{digits[-10:]}"


def kopecks(text: str) -> int:
    return round(float(text.translate(NOT_MONEY)) * 100)


def day(text: str) -> str | None:
    if not text:
        return None
    if text[4:5] == "-":
        return text
    first, month, year = text.replace("/", ".").split(".")
    return f"20{year[-2:]}-{month:0>2}-{first:0>2}" if len(year) == 2 else f"{year}-{month:0>2}-{first:0>2}"


if __name__ == "__main__":
    main(*sys.argv[1:])
