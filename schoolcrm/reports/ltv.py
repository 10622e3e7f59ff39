"""LTV of a period: what each client brought in, against the average (seed 003)."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.cells import day_bounds
from schoolcrm.reports.table import Column, Fact, Kind, Table

KIND_WORDS = {"income": N_("income"), "goods": N_("goods")}
COMPARED_WORDS = {"above": N_("above average"), "equal": N_("average"), "below": N_("below average")}

# Client by client, the payments and marks of the period are found by indexes that hold them together: nothing is
# sorted but the clients of the report.
_LTV = """
    WITH paid AS MATERIALIZED (
        SELECT client.id AS client_id,
               count(iif(payment.kind = :one OR payment.kind = :other, 1, NULL)) AS payments,
               sum(iif(payment.kind = :one OR payment.kind = :other, payment.amount, 0)) AS amount
          FROM client
         CROSS JOIN payment INDEXED BY payment_of_client
            ON payment.client_id = client.id AND payment.on_date BETWEEN :first AND :last
         WHERE payment.voided_on IS NULL
         GROUP BY client.id),
    visits AS MATERIALIZED (
        SELECT student.client_id, count(*) AS lessons
          FROM student INDEXED BY student_of_client
         CROSS JOIN mark ON mark.student_id = student.id AND mark.on_date BETWEEN :first AND :last
         WHERE mark.attended
         GROUP BY student.client_id)
    SELECT client.id, client.name, ifnull(visits.lessons, 0), ifnull(paid.payments, 0), ifnull(paid.amount, 0) AS amount
      FROM client
      LEFT JOIN paid ON paid.client_id = client.id
      LEFT JOIN visits ON visits.client_id = client.id
     WHERE (client.studies OR paid.client_id IS NOT NULL)
       AND client.status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
       AND NOT (:skip_archived AND client.archived_on IS NOT NULL)
       AND (:least IS NULL OR ifnull(paid.amount, 0) > :least)
     ORDER BY ifnull(paid.amount, 0) DESC, client.name_key, client.id
     LIMIT :top
"""


class Ltv(NamedTuple):
    """A client, the lessons attended and the payments made in the period, and their sum in kopecks."""

    client_id: int
    client: str
    lessons: int
    payments: int
    ltv: int


class Choice(NamedTuple):
    """What the report is asked for: kinds of payments, how many clients at most, sums above which, archived or not."""

    kinds: Sequence[str] = tuple(KIND_WORDS)
    top: int | None = None
    least: int | None = None
    skip_archived: bool = False


ALL = Choice()


def kinds_named(text: str) -> list[str]:
    """Return the kinds of payments of a list like ``income,goods``; BadValue for any other and for none."""
    kinds = list(dict.fromkeys(fold(word) for word in text.split(",") if word.strip()))
    for kind in kinds:
        if kind not in KIND_WORDS:
            raise BadValue(
                _('LTV doesn\'t count payments of the kind "{kind}".').format(kind=kind),
                _("The kinds are: {names}.").format(names=", ".join(KIND_WORDS)),
            )
    if not kinds:
        raise BadValue(
            _("No kind of payment is named."), _("The kinds are: {names}.").format(names=", ".join(KIND_WORDS))
        )
    return kinds


def find_ltv(db: sqlite3.Connection, period: Period, choice: Choice = ALL) -> list[Ltv]:
    """Return the clients who study and all who paid anything in the period, largest sum first.

    The sum is of the chosen kinds, voided payments out, refunds not taken off. `least` leaves clients out whose sum
    is that or less; archived clients are there unless skipped, deleted ones never (R7). Raises BadValue for a
    `top` below 1.
    """
    if choice.top is not None and choice.top < 1:
        raise BadValue(
            _("{value} clients can't be shown.").format(value=choice.top), _("Give a number above 0 with --top.")
        )
    asked = {
        **day_bounds(period),
        "one": choice.kinds[0],
        "other": choice.kinds[-1],
        "least": choice.least,
        "skip_archived": choice.skip_archived,
        "top": choice.top or -1,  # to SQLite: all
    }
    return [Ltv(*row) for row in db.execute(_LTV, asked)]


def average_ltv(found: Sequence[Ltv]) -> int | None:
    """Return the sum divided by the number of clients in the report, rounded half up; None without clients."""
    if not found:
        return None
    return (2 * sum(one.ltv for one in found) + len(found)) // (2 * len(found))


def ltv_table(found: list[Ltv], period: Period, choice: Choice = ALL) -> Table:
    """Return LTV as a numbered table: each client's sum against the average, in money and in words."""
    average = average_ltv(found)
    return Table(
        report="ltv",
        title=_("LTV"),
        parameters=_parameters(period, choice),
        columns=(
            Column("client_id", _("Client no."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("lessons", _("Lessons attended"), Kind.INTEGER),
            Column("payments", _("Payments"), Kind.INTEGER),
            Column("ltv", _("LTV"), Kind.MONEY),
            Column("vs_average", _("Against the average"), Kind.MONEY),
            Column(
                "compared",
                _("Above or below"),
                Kind.CODE,
                words=translated(COMPARED_WORDS),
            ),
        ),
        rows=[(*one, one.ltv - (average or 0), _compared(one.ltv - (average or 0))) for one in found],
        totals=(
            Fact("lessons", _("Lessons attended"), Kind.INTEGER, sum(one.lessons for one in found)),
            Fact("payments", _("Payments"), Kind.INTEGER, sum(one.payments for one in found)),
            Fact("ltv", _("LTV"), Kind.MONEY, sum(one.ltv for one in found)),
            Fact("average", _("Average per client"), Kind.MONEY, average),
        ),
        numbered=True,
    )


def _compared(difference: int) -> str:
    return "above" if difference > 0 else "below" if difference < 0 else "equal"


def _parameters(period: Period, choice: Choice) -> list[Fact]:
    words = translated(KIND_WORDS)
    facts = [
        Fact("period", _("Period"), Kind.PERIOD, period),
        Fact("kinds", _("Payments counted"), Kind.LIST, list(choice.kinds), words=words, items=Kind.CODE),
    ]
    if choice.top is not None:
        facts.append(Fact("top", _("The first"), Kind.INTEGER, choice.top))
    if choice.least is not None:
        facts.append(Fact("min", _("Only sums above"), Kind.MONEY, choice.least))
    if choice.skip_archived:
        facts.append(Fact("skip_archived", _("Without archived clients"), Kind.BOOL, True))
    return facts
