"""Writes the file of an existing client base for the import, as Excel on a Russian Windows saves it.

The rows are those of `examples/invented_school.py`, with more surnames, groups and phones; they are typed with all
the dirt of `examples/make_clients.py`.
"""

import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.people import SURNAMES, feminine, phones
from benchmarks.scales import Scale

sys.path.append(str(Path(__file__).parent.parent / "examples"))  # scripts, not a package

from invented_school import Row, make_adult, make_family
from make_clients import HEADINGS, Typist

SEED = 20260901
ADULTS = 12  # one client of so many is an adult learner


def write_clients(path: Path, scale: Scale) -> None:
    """Write the file of a scale: one row a student, about 1.16 a client."""
    chance = random.Random(f"{SEED} clients {scale.name}")
    typist = Typist(chance)
    with path.open("w", encoding="cp1251", newline="") as file:
        lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
        lines.writerow(HEADINGS)
        lines.writerows(typist.cells(row) for row in _rows(chance, scale))


def _rows(chance: random.Random, scale: Scale) -> Iterator[Row]:
    new_phone = phones(chance).__next__
    seen: set[tuple[str, date]] = set()
    for number in range(scale.clients):
        surname = chance.choice(SURNAMES)
        if number % ADULTS == 0:
            family = [make_adult(chance, number, new_phone)]
        else:
            family = make_family(chance, number, new_phone)
        for member in family:
            row = _of_this_school(member, surname, chance.randrange(1, 1 + max(1, scale.groups // 12)))
            while (row.student, row.birthday) in seen:  # the import would take them for one
                row = replace(row, birthday=row.birthday - timedelta(days=1))
            seen.add((row.student, row.birthday))
            yield row


def _of_this_school(row: Row, surname: str, number: int) -> Row:
    groups = tuple(f"{name}-{number}" for name in row.groups)
    return replace(row, student=_renamed(row.student, surname), payer=_renamed(row.payer, surname), groups=groups)


def _renamed(name: str, surname: str) -> str:
    if not name:
        return ""
    former, rest = name.split(" ", 1)
    return f"{feminine(surname) if former.endswith('а') else surname} {rest}"
