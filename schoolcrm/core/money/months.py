"""Month plans whose number of lessons has changed because groups or the schedule did (R31)."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from schoolcrm.core.store.numbers import number_list

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

_MARKED_MONTHS = """
SELECT mark.subscription_id, substr(mark.on_date, 1, 7) || '-01'
  FROM mark
  JOIN subscription ON subscription.id = mark.subscription_id
 WHERE mark.student_id IN (SELECT value FROM json_each(:students)) AND mark.on_date BETWEEN :first AND :last
   AND subscription.kind = 'month'
UNION
SELECT mark.subscription_id, substr(mark.on_date, 1, 7) || '-01'
  FROM subscription
  JOIN mark ON mark.subscription_id = subscription.id
 WHERE subscription.student_id IN (SELECT value FROM json_each(:students)) AND mark.on_date BETWEEN :first AND :last
   AND subscription.kind = 'month'
"""


def price_months_anew(
    school: "WritableSchool", student_ids: Iterable[int], first: date, last: date | None = None
) -> None:
    """Price the marks of the students' month plans anew, for all months from `first` to `last` (None: no end).

    To be called by whatever adds or takes away planned lessons of those days, in its own transaction. Marks that
    a student made under a subscription now moved to a sibling (R41) depend on the sibling's lessons.
    """
    from schoolcrm.core.money.charges import Touched, price_anew
    from schoolcrm.core.rules.dates import month_of

    begins = month_of(first).first or first
    ends = (month_of(last).last if last else None) or date.max
    asked = {"students": number_list(sorted(set(student_ids))), "first": begins.isoformat(), "last": ends.isoformat()}
    rows = school.db.execute(_MARKED_MONTHS, asked).fetchall()
    if rows:
        price_anew(school, [Touched(number, date.fromisoformat(month)) for number, month in rows])
