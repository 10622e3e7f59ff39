"""What a change of lessons did to balances: month plans share their price among the month's lessons (R31)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from schoolcrm.commands.session import say
from schoolcrm.core.language import _, ngettext

if TYPE_CHECKING:
    from schoolcrm.core.money.pricing_anew import PricedAnew
    from schoolcrm.core.store.transaction import WritableSchool

MOST_NAMED = 10
"""How many clients are named when what concerns the whole school, as a holiday does, concerns many."""


@contextmanager
def telling_balances(school: "WritableSchool") -> Iterator[list[str]]:
    """Yield a list that is filled, at the end, with a sentence for each client who was charged anew meanwhile.

    Who only had marks made or taken back meanwhile is left out: the command that did it tells so itself.
    """
    from schoolcrm.core.money.pricing_anew import priced_anew
    from schoolcrm.core.store.journal import last_change

    before = last_change(school.db)
    sentences: list[str] = []
    yield sentences
    changed = priced_anew(school.db, before)
    sentences += [_sentence(school, one) for one in changed[:MOST_NAMED]]
    if len(changed) > MOST_NAMED:
        rest = len(changed) - MOST_NAMED
        more = ngettext(
            "Priced anew is also what {count} more client owes.",
            "Priced anew is also what {count} more clients owe.",
            rest,
        )
        sentences.append(more.format(count=rest))


def say_balances(ctx: typer.Context, sentences: Iterable[str]) -> None:
    """Say what `telling_balances` found, once it is written."""
    for sentence in sentences:
        say(ctx, sentence)


def _sentence(school: "WritableSchool", one: "PricedAnew") -> str:
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money
    from schoolcrm.core.store.cells import client_name

    sentence = _("Lessons held this month are priced anew: the balance of {client} was {former} and is {now}.")
    if one.upfront:
        sentence = _("Charges of subscriptions are priced anew: the balance of {client} was {former} and is {now}.")
    now = balance(school.db, one.client_id)
    return sentence.format(
        client=client_name(school.db, one.client_id), former=human_money(now + one.charged), now=human_money(now)
    )
