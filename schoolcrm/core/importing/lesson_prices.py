"""Prices of one lesson as a file gives them: a plan of that price is made or reused, and bound (R62)."""

import sqlite3

from schoolcrm.core.importing.known import lesson_plans
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.language import _
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.numbering import last_number


class LessonPrices:
    """The plans of one price for one lesson. A subscription to one, from the import day, is no purchase."""

    def __init__(self, db: sqlite3.Connection, spool: Spool) -> None:
        self._spool = spool
        self._plans = lesson_plans(db)
        self._next_plan = 1 + last_number(db, "plan")
        self._names = {key for (key,) in db.execute("SELECT name_key FROM plan")}

    def plan_of(self, price: int) -> int:
        """Return the plan of that price in kopecks; a new one gets its record in the spool."""
        plan = self._plans.get(price)
        if plan is None:
            plan = self._plans[price] = self._next_plan
            self._next_plan += 1
            name = self._free_name(_("Lesson at {price}").format(price=human_money(price)))
            self._spool.add("plan", plan, name, fold(name), price)
        return plan

    def _free_name(self, name: str) -> str:
        """Return the name, numbered where the school has a plan of that name on other terms."""
        names, number = name, 1
        while fold(names) in self._names:
            number += 1
            names = f"{name} ({number})"
        self._names.add(fold(names))
        return names
