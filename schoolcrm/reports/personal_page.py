"""A client's personal page: one HTML file that needs nothing else, in the school's language (R40).

It tells what is the client's own: lessons, balance, payments, files. What the school says among itself (notes, tasks,
statuses, messages) is never on it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import Any

from schoolcrm.core.language import _, current_language, ngettext, speaking
from schoolcrm.core.office.client_files import ClientFile, content_of, human_size
from schoolcrm.core.rules.dates import Period, human_date, human_day
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.safetext import printable
from schoolcrm.core.store.database import setting
from schoolcrm.reports.card import Card, find_card
from schoolcrm.reports.journal import STATE_WORDS, Visit
from schoolcrm.reports.payments import KIND_WORDS, find_payments
from schoolcrm.reports.subscriptions import STATE_WORDS as SUBSCRIPTION_WORDS

DAYS_AROUND = 90
LARGEST_INSIDE = 1024 * 1024
"""So many bytes a file may have to be inside the page; of larger ones only the name is there."""
MOST_INSIDE = 5 * LARGEST_INSIDE
"""So many bytes all files inside the page may have together."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # nothing is loaded, no script runs
_STYLE = """
body { font: 15px/1.45 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; color: #1b1b1b;
  margin: 1.5rem auto; padding: 0 1rem; max-width: 56rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; }
p { margin: .2rem 0; } .aside { color: #555; } .balance { font-size: 1.15rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #333; } .n { text-align: right; white-space: nowrap; }
ul { margin: 0; padding-left: 1.2rem; }
@page { size: A4; margin: 14mm; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 10pt; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2 { break-after: avoid; }
}
"""
_ALL_TIME = Period(None, None)
_IN_FORCE = ("running", "coming")
_HELD = ("attended", "missed")


def personal_page(db: sqlite3.Connection, client_id: int, today: date) -> str:
    """Return the page as HTML: schedule, balance, lessons, payments, files; nothing in it is loaded from elsewhere."""
    with speaking(setting(db, "language")):
        card = find_card(db, client_id, today, DAYS_AROUND)
        payments = [row for row in find_payments(db, _ALL_TIME, client_id=client_id) if row[9] is None]
        return "".join(_page(db, card, payments, setting(db, "currency")))


def _page(db: sqlite3.Connection, card: Card, payments: Sequence[tuple[Any, ...]], currency: str) -> Iterator[str]:
    name = _text(card.values["name"])
    yield f'<!DOCTYPE html>\n<html lang="{current_language()}">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n"
    yield _paragraph(_("As of {date}").format(date=human_date(card.today)), "aside")
    yield from _money(card, currency)
    yield from _section(_("Subscriptions"), _subscriptions(card))
    yield from _section(_("Next lessons"), _lessons(card.coming), _("No lessons are planned."))
    yield from _section(_("Past lessons"), _lessons([visit for visit in card.past[::-1] if visit.state in _HELD]))
    yield from _section(_("Payments"), _payments(payments))
    yield from _files(db, card.files)
    yield "</body>\n</html>\n"


def _money(card: Card, currency: str) -> Iterator[str]:
    told = _("Balance: {sum} {currency}").format(sum=human_money(card.values["balance"]), currency=currency)
    yield _paragraph(told, "balance")
    if len(card.accounts) > 1:
        plans = {row[0]: row[5] for row in card.subscriptions}
        for account, balance in card.accounts.items():
            label = plans.get(account) or _("General balance")
            yield _paragraph(_("{label}: {value}").format(label=label, value=human_money(balance)))
    left, expires = card.values["lessons_left"], card.values["expires"]
    if left:
        message = ngettext("Enough for {count} lesson", "Enough for {count} lessons", left).format(count=left)
        yield _paragraph(message)
    if expires:
        yield _paragraph(_("Paid until {date}").format(date=human_day(expires)))


def _subscriptions(card: Card) -> list[list[str]]:
    """Return heading and rows of the subscriptions that are in force or to come."""
    rows = [[_("Student"), _("Subscription"), _("From"), _("To"), _("Lessons left"), _("State")]]
    for row in card.subscriptions:
        student, plan, left, first, last, state = row[4], row[5], row[9], row[11], row[12], row[16]
        if state in _IN_FORCE:
            shown = "" if left is None else str(left)
            rows.append([student, plan, _day(first), _day(last), shown, _(SUBSCRIPTION_WORDS[state])])
    return rows


def _lessons(visits: Sequence[Visit]) -> list[list[str]]:
    rows = [[_("Date"), _("Time"), _("Student"), _("Subject"), _("State"), _("Topic"), _("Grade")]]
    for visit in visits:
        state = _(STATE_WORDS[visit.state]) + (f": {visit.reason}" if visit.reason else "")
        topic, grade = visit.topic or "", visit.grade or ""
        rows.append(
            [human_date(visit.on), visit.time, visit.student or "", visit.subject or "", state, topic, str(grade)]
        )
    return rows


def _payments(payments: Sequence[tuple[Any, ...]]) -> list[list[str]]:
    head = [_("Date"), _("Kind"), _("Student"), _("Amount")]
    rows = ([_day(row[1]), _(KIND_WORDS[row[5]]), row[4] or "", human_money(row[6])] for row in payments)
    return [head, *rows]


def _files(db: sqlite3.Connection, files: Sequence[ClientFile]) -> Iterator[str]:
    if not files:
        return
    yield f"<h2>{_text(_('Files'))}</h2>\n<ul>\n"
    room = MOST_INSIDE
    for file in files:
        name, size = _text(file.name), _text(human_size(file.size))
        if file.size <= min(room, LARGEST_INSIDE):
            room -= file.size
            # Never as what it claims to be: a page of somebody's must not run as a part of this one.
            link = f"data:application/octet-stream;base64,{_encoded(content_of(db, file))}"
            yield f'<li><a download="{name}" href="{link}">{name}</a> ({size})</li>\n'
        else:
            yield f"<li>{name} ({size}): {_text(_('ask the school for it'))}</li>\n"
    yield "</ul>\n"


def _encoded(content: bytes) -> str:
    from base64 import b64encode

    return b64encode(content).decode()


def _section(title: str, rows: list[list[str]], absent: str = "") -> Iterator[str]:
    """Yield a heading and a table, the first row its head; columns that no row fills are left out."""
    if len(rows) == 1 and not absent:
        return
    yield f"<h2>{_text(title)}</h2>\n"
    if len(rows) == 1:
        yield _paragraph(absent)
        return
    head, *body = rows
    filled = [at for at in range(len(head)) if any(row[at] for row in body)]
    yield f"<table>\n<thead>{_row([head[at] for at in filled], 'th')}</thead>\n<tbody>\n"
    for row in body:
        yield _row([row[at] for at in filled], "td")
    yield "</tbody>\n</table>\n"


def _row(cells: Sequence[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{_text(cell)}</{tag}>" for cell in cells) + "</tr>\n"


def _paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{_text(text)}</p>\n' if kind else f"<p>{_text(text)}</p>\n"


def _text(text: str) -> str:
    return escape(printable(text))


def _day(text: str | None) -> str:
    return human_day(text) if text else ""
