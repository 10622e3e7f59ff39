"""Random histories of sales, payments, lessons, corrections: opening + income − expense = closing, every account."""

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.reliability.result import Result, Tally

KINDS = ("closing differs", "balance is not the sum", "not what the oracle says")


def random_operations(operations: int) -> Result:
    """Let so many operations happen, in histories of some twenty, and look at every account after each history."""
    from builders import make_school
    from hypothesis import HealthCheck, Phase, given, settings
    from ledger_changes import CHANGED_HISTORIES
    from ledger_world import world

    tally, chance = Tally(*KINDS), random.Random(operations)
    happened = accounts = 0

    def happen(history: list[Any]) -> None:
        nonlocal happened, accounts
        if happened >= operations:
            return
        with world(path) as here:
            for event in history:
                _happen(here, event)
            happened += len(history)
            accounts += check_accounts(here, chance, tally)

    examples = settings(
        max_examples=operations // 8 + 20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        path = make_school(Path(name))
        examples(given(CHANGED_HISTORIES)(happen))()
    told = f"{accounts:,} accounts looked at, each in three periods"
    return Result("random operations, every account", happened, tally.bad, told, tuple(tally.examples), 10_000)


def _happen(here: Any, event: Any) -> None:
    from ledger_changes import Change, change

    if isinstance(event, Change):
        change(here, event)
    else:
        here.happen(event)


def check_accounts(here: Any, chance: random.Random, tally: Tally) -> int:
    """Compare, for every account of every client, the reconciliations, the balance and the oracle."""
    from schoolcrm.core.money.ledger import balances
    from schoolcrm.core.rules.dates import Period
    from schoolcrm.reports.reconciliation import reconcile

    db, looked_at = here.school.db, 0
    expected = here.oracle.balances()
    sums = dict(db.execute("SELECT client_id || '/' || account, sum(amount) FROM ledger_entry GROUP BY 1"))
    for client in here.clients:
        now = balances(db, client)
        for account in {0, *now, *expected[client]}:
            looked_at += 1
            first = date(2026, 8, 20) + timedelta(days=chance.randrange(90))
            last = first + timedelta(days=chance.randrange(40))
            opening = 0
            for begins, ends in ((None, first - timedelta(days=1)), (first, last), (last + timedelta(days=1), None)):
                found = reconcile(db, client, Period(begins, ends), account=account)
                income = sum(entry.amount for entry in found.entries if entry.amount > 0)
                expense = sum(-entry.amount for entry in found.entries if entry.amount < 0)
                if found.opening != opening or found.closing != opening + income - expense:
                    tally.note("closing differs", (client, account, begins, ends, found.opening, found.closing))
                opening = found.closing
            if not opening == now.get(account, 0) == sums.get(f"{client}/{account}", 0):
                tally.note("balance is not the sum", (client, account, opening, now, sums))
            if opening != expected[client].get(account, 0):
                tally.note("not what the oracle says", (client, account, opening, expected[client]))
    return looked_at
