"""Makes the example files of clients: an invented school on 1 September 2026, the same every time.

    python examples/make_clients.py

`clients.csv` is as Excel on a Russian Windows saves it (cp1251, semicolons, decimal commas), with the
dirt of a table that people have kept for years; `clients.xlsx` is the same table with typed cells;
`clients-with-errors.csv` has rows to be rejected. All people are invented, all phones begin with 900 000.
"""

import csv
import io
import random
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from invented_school import Row, make_rows

FOLDER = Path(__file__).parent
CLOCK = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

HEADINGS = (
    "ФИО клиента", "Имя заказчика", "Дата рождения", "Пол", "Мобильный телефон", "Email", "Источник", "Статус",
    "Остаток", "Группы", "Стоимость 1 урока", "Предмет", "Уровень", "Ответственный педагог",
    "Последнее посещение", "Последняя покупка", "Примечание", "Школа",
)  # fmt: skip


class Typist:
    """Types rows the way people of an office do: mostly tidy, in changing habits, never unreadable."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def cells(self, row: Row) -> list[str]:
        """Return the cells of a row as text."""
        return [
            self.name(row.student), self.name(row.payer), self.day(row.birthday), self.sex(row.sex),
            self.phones(row.phones), row.email, row.source, row.status, self.money(row.balance),
            self.groups(row.groups), self.money(row.price), row.subject, row.level, self.name(row.teacher),
            self.day(row.visited), self.day(row.bought), row.note, row.school,
        ]  # fmt: skip

    def often(self, share: float) -> bool:
        """Return yes in that share of all cases."""
        return self._chance.random() < share

    def name(self, name: str) -> str:
        """Return a name with ё and spaces as it comes."""
        if self.often(0.3):
            name = name.replace("ё", "е")
        if self.often(0.05):
            name = name.replace(" ", self._chance.choice(("  ", "\u00a0")), 1)
        return f"{name} " if name and self.often(0.05) else name

    def sex(self, sex: str) -> str:
        """Return the sex in one of its usual words."""
        words = {"м": ("м", "муж", "М"), "ж": ("ж", "жен", "Ж")}
        return self._chance.choices(words[sex], (8, 1, 1))[0]

    def day(self, day: date | None) -> str:
        """Return a date, mostly with dots."""
        if day is None:
            return ""
        short = f"{day.day}.{day.month}.{day.year % 100:02}" if day.year > 1999 else f"{day:%d.%m.%Y}"
        return self._chance.choices((f"{day:%d.%m.%Y}", short, f"{day:%d/%m/%Y}", day.isoformat()), (85, 7, 4, 4))[0]

    def phones(self, phones: tuple[int, ...]) -> str:
        """Return the phones of a cell."""
        return self._chance.choice((", ", "; ", " / ")).join(map(self.phone, phones))

    def phone(self, phone: int) -> str:
        """Return a phone, mostly with an 8 and brackets."""
        area, first, second, third = str(phone)[:3], str(phone)[3:6], str(phone)[6:8], str(phone)[8:]
        writings = (
            f"8 ({area}) {first}-{second}-{third}",
            f"+7 {area} {first} {second} {third}",
            f"8{phone}",
            f"8-{area}-{first}-{second}-{third}",
            f"{phone}",
        )
        return self._chance.choices(writings, (70, 12, 8, 6, 4))[0]

    def money(self, kopecks: int | None) -> str:
        """Return a sum with a decimal comma, thousands apart now and then."""
        if kopecks is None:
            return ""
        rubles, rest = divmod(abs(kopecks), 100)
        whole = f"{rubles:,}".replace(",", self._chance.choice((" ", "\u00a0"))) if self.often(0.3) else str(rubles)
        sum_ = whole if not rest and self.often(0.1) else f"{whole},{rest:02}"
        return f"-{sum_}" if kopecks < 0 else sum_

    def groups(self, groups: tuple[str, ...]) -> str:
        """Return the groups of a cell."""
        return self._chance.choice((", ", "; ")).join(groups)


def table(rows: list[Row]) -> list[list[str]]:
    """Return the whole table as text: headings, rows, the row of totals and the empty ones at the end."""
    typist = Typist(random.Random(2))
    total = sum(row.balance or 0 for row in rows)
    foot = ["Итого"] + [""] * (len(HEADINGS) - 1)
    foot[HEADINGS.index("Остаток")] = typist.money(total)
    empty = [""] * len(HEADINGS)
    return [list(HEADINGS), *map(typist.cells, rows), foot, empty, empty, empty]


def write_csv(path: Path, lines: list[list[str]]) -> None:
    """Write a table as Excel on a Russian Windows saves it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    path.write_bytes(text.getvalue().encode("cp1251"))


def write_xlsx(path: Path, rows: list[Row]) -> None:
    """Write the table as a workbook with dates, numbers and phones that Excel took for numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Клиенты")
    sheet.append(HEADINGS)
    typist = Typist(random.Random(3))
    for row in rows:
        cells: list[object] = list(typist.cells(row))
        for place, value in ((2, row.birthday), (14, row.visited), (15, row.bought)):
            cells[place] = value
        for place, kopecks in ((8, row.balance), (10, row.price)):
            cells[place] = None if kopecks is None else kopecks / 100
        if len(row.phones) == 1 and typist.often(0.2):
            cells[4] = float(f"7{row.phones[0]}")
        sheet.append([None if cell == "" else cell for cell in cells])
    sheet.append(["Итого", *[None] * 7, sum(row.balance or 0 for row in rows) / 100])
    content = io.BytesIO()
    book.save(content)
    write_without_clock(path, content)


def write_without_clock(path: Path, content: io.BytesIO) -> None:
    """Write the parts of a workbook without the time of their making, so that the same is the same."""
    with zipfile.ZipFile(content) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            part = zipfile.ZipInfo(name, (2026, 9, 1, 0, 0, 0))
            kept.writestr(part, re.sub(CLOCK, b"2026-09-01T00:00:00Z", made.read(name)), zipfile.ZIP_DEFLATED)


def lines_with_errors(rows: list[Row]) -> list[list[str]]:
    """Return a short table with five rows that can't be read, each for another reason."""
    typist = Typist(random.Random(4))
    chosen = [row for row in rows if row.status == "Купил абонемент" and len(row.phones) == 1 and row.email][:12]
    chosen = [replace(row, phones=(row.phones[0] + 20_000,), email=f"new-{row.email}") for row in chosen]
    lines = [typist.cells(row) for row in chosen]
    for place, heading, value in (
        (1, "Дата рождения", "31.02.2016"),
        (3, "Мобильный телефон", "8 (900) 000-12"),
        (6, "Остаток", "1,000"),
        (8, "ФИО клиента", "12"),
        (10, "Email", "family(at)example.com"),
    ):
        lines[place][HEADINGS.index(heading)] = value
    return [list(HEADINGS), *lines]


def main() -> None:
    """Write the three files beside this one."""
    rows = make_rows(random.Random(1))
    write_csv(FOLDER / "clients.csv", table(rows))
    write_xlsx(FOLDER / "clients.xlsx", rows)
    write_csv(FOLDER / "clients-with-errors.csv", lines_with_errors(make_rows(random.Random(5))))


if __name__ == "__main__":
    main()
