"""Every account's balance by hand: four aggregates that each stream along an index, put together in a dictionary."""

import sqlite3
from collections import defaultdict

PAID = """
    SELECT client_id, ifnull(separate_id, 0), sum(effect) FROM payment WHERE voided_on IS NULL GROUP BY 1, 2
"""
ATTENDED = """
    SELECT client_id, 0, (SELECT -sum(charge) FROM mark WHERE student_id = student.id AND separate_id IS NULL)
      FROM student
"""
ATTENDED_SEPARATELY = """
    SELECT client_id, subscription.id, -sum(charge)
      FROM subscription
     CROSS JOIN mark ON mark.subscription_id = subscription.id
      JOIN student ON student.id = subscription.student_id
     WHERE subscription.separate = 1 GROUP BY subscription.id
"""
UPFRONT = """
    SELECT client_id, iif(separate, subscription.id, 0), -amount
      FROM upfront_charge
      JOIN subscription ON subscription.id = subscription_id
      JOIN student ON student.id = student_id
"""


def balances(db: sqlite3.Connection) -> dict[int, dict[int, int]]:
    """Return client → account (0: the general one) → balance in kopecks."""
    accounts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for query in (PAID, ATTENDED, ATTENDED_SEPARATELY, UPFRONT):
        for client, account, amount in db.execute(query):
            accounts[client][account] += amount or 0
    return accounts
