"""What can happen in the random histories: events, and strategies that make them."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 8)
AFTER_ALL = date(2026, 12, 31)
ROBOTS, CHESS = 1, 2
PRESENT = "present"
SHARES = {PRESENT: 100, "": 100, "УП": 0, "НП": 100, "Б": 50}


@dataclass(frozen=True)
class Sells:
    student: int
    kind: str
    price: int
    lessons: int
    first: int
    days: int | None
    upfront: bool
    separate: bool
    stop: bool
    subjects: frozenset[int]
    reprice: bool


@dataclass(frozen=True)
class Pays:
    client: int
    kind: str
    amount: int
    negative: bool
    from_balance: bool
    day: int
    subscription: int | None


@dataclass(frozen=True)
class Voids:
    payment: int


@dataclass(frozen=True)
class Marks:
    """Mark anew one of those marked before."""

    mark: int
    as_what: str


@dataclass(frozen=True)
class Holds:
    """Hold the lesson of that number; of a lesson held already, mark one student anew."""

    lesson: int
    marks: tuple[str, str, str]
    guest: int | None


@dataclass(frozen=True)
class Gives:
    """Give a discount: a percentage in hundredths or an amount."""

    student: int
    percent: int | None
    amount: int | None
    first: int | None
    days: int | None
    subjects: frozenset[int]
    lesson_types: frozenset[int]


@dataclass(frozen=True)
class TakesAway:
    """Remove a discount, as if it had never been."""

    discount: int


@dataclass(frozen=True)
class Cancels:
    """Cancel the lesson of that number, held or still to be held."""

    lesson: int


Event = Gives | TakesAway | Sells | Pays | Voids | Holds | Marks | Cancels

DAYS = st.integers(-5, 60)
SELLS = st.builds(
    Sells,
    student=st.sampled_from([0, 0, 1, 1, 2]),
    kind=st.sampled_from(["lesson", "package", "package", "month", "month"]),
    price=st.integers(0, 40) | st.integers(0, 6000_00),
    lessons=st.integers(1, 5),
    first=st.integers(-5, 5) | st.integers(-5, 30),
    days=st.none() | st.none() | st.integers(1, 80),
    upfront=st.sampled_from([False, False, False, True]),
    separate=st.booleans(),
    stop=st.sampled_from([False, False, True]),
    subjects=st.sampled_from([frozenset(), frozenset(), frozenset({ROBOTS}), frozenset({CHESS})]),
    reprice=st.booleans(),
)
PAYS = st.builds(
    Pays,
    client=st.integers(0, 1),
    kind=st.sampled_from(["income", "income", "refund", "adjustment", "goods"]),
    amount=st.integers(1, 500_000),
    negative=st.booleans(),
    from_balance=st.booleans(),
    day=DAYS,
    subscription=st.none() | st.integers(0, 5),
)
HOLDS = st.builds(
    Holds,
    lesson=st.integers(0, 11) | st.integers(0, 39),
    marks=st.tuples(*[st.sampled_from([PRESENT, PRESENT, "", "УП", "НП", "Б"])] * 3),
    guest=st.none() | st.none() | st.integers(0, 2),
)
MARKS = st.builds(Marks, st.integers(0, 30), st.sampled_from([PRESENT, PRESENT, "", "УП", "Б"]))
WORTHS = st.integers(1, 100_00).map(lambda one: (one, None)) | st.integers(1, 3000_00).map(lambda one: (None, one))
GIVES = st.builds(
    lambda student, worth, *rest: Gives(student, *worth, *rest),
    st.sampled_from([0, 0, 1, 1, 2]),
    WORTHS | st.sampled_from([(10_00, None), (50_00, None), (50_00, None), (100_00, None), (None, 150_00)]),
    st.none() | st.integers(-5, 30),
    st.none() | st.integers(0, 40),
    st.sampled_from([frozenset(), frozenset(), frozenset({ROBOTS}), frozenset({CHESS})]),
    st.sampled_from([frozenset(), frozenset(), frozenset({1}), frozenset({2})]),
)
ANYTHING = (
    GIVES
    | st.builds(TakesAway, st.integers(0, 5))
    | SELLS
    | PAYS
    | HOLDS
    | HOLDS
    | HOLDS
    | MARKS
    | MARKS
    | st.builds(Voids, st.integers(0, 9))
    | st.builds(Cancels, st.integers(0, 11) | st.integers(0, 39))
)
HISTORIES: st.SearchStrategy[list[Event]] = st.builds(
    lambda *parts: [event for part in parts for event in part],
    st.lists(SELLS, min_size=1, max_size=5),
    st.lists(GIVES, max_size=3),
    st.lists(HOLDS, min_size=5, max_size=12),
    st.lists(ANYTHING, max_size=15),
)
