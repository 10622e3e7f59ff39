"""How quickly the program works: changes, the import, nightly statuses, reports and lists of large schools."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.accounting import write_beancount, write_journal
from benchmarks.contest import Contest, Rival
from benchmarks.measure import Command
from benchmarks.scales import TODAY
from benchmarks.workshop import FOLDER, HERE, WORK, NotHere, Workshop
from schoolcrm.core.store.journal import drop_triggers

DAY = TODAY.isoformat()


# Changes --------------------------------------------------------------------------------------------------


def payments_add(shop: Workshop, _scale: str) -> Contest:
    """The change made most often."""
    db = shop.copy_of(shop.school("S"), "payments-add.db")
    client = shop.typical_client("S")
    return Contest(
        shop.ours("payments", "add", client, "1500", db=db),
        [Rival("python -c pass", shop.nothing(), 45), Rival("beet ls", shop.beet_list(), 1)],
    )


def lessons_hold(shop: Workshop, _scale: str) -> Contest:
    """The other change made all day: a lesson of a group held, everybody marked and charged."""
    school = shop.school("S")
    db = WORK / "lessons-hold.db"

    def copy() -> None:
        shop.copy_of(school, db.name)

    words = ("lessons", "hold", shop.typical_group("S"), DAY, "--all-present", "--even-so")
    return Contest(
        shop.ours(*words, db=db, prepare=copy),
        [Rival("python -c pass", shop.nothing(), 45), Rival("beet ls", shop.beet_list(), 1)],
    )


# Import ---------------------------------------------------------------------------------------------------


def import_clients(shop: Workshop, scale: str) -> Contest:
    """The whole of a client file into a new school; what the journal of changes costs is told by a rival."""
    file = shop.clients_file(scale)
    ours, plain = (_import_into(shop, scale, journal=journal) for journal in (True, False))
    floor_file, peer_file = WORK / f"import-{scale}-floor.db", WORK / f"import-{scale}-peer.db"
    peer = ("insert", peer_file, "client", file, "--csv", "--delimiter", ";", "--encoding", "cp1251", "--silent")
    return Contest(
        ours,
        [
            Rival("the same without the journal", plain),
            Rival(
                "floor: csv into 7 tables",
                shop.floor("import_clients", file, floor_file, prepare=lambda: floor_file.unlink(missing_ok=True)),
                3,
                after_startup=True,
            ),
            Rival(
                "sqlite-utils insert --csv",
                shop.sqlite_utils(*peer, prepare=lambda: peer_file.unlink(missing_ok=True)),
                {"M": 0.8, "L": 0.5}.get(scale),
            ),
        ],
        peak_at_most=100 if scale == "L" else None,
    )


def import_without_journal(shop: Workshop, scale: str) -> Contest:
    """The import alone against the floor, which keeps no journal either."""
    file, floor_file = shop.clients_file(scale), WORK / f"import-{scale}-floor.db"
    floor = shop.floor("import_clients", file, floor_file, prepare=lambda: floor_file.unlink(missing_ok=True))
    ours = _import_into(shop, scale, journal=False)
    return Contest(ours, [Rival("floor: csv into 7 tables", floor, 3, after_startup=True)])


def _import_into(shop: Workshop, scale: str, *, journal: bool) -> Command:
    """Return the import of the scale's client file into a new school's database, empty again before each run."""
    empty = shop.empty_school()
    db = WORK / f"import-{scale}-{'ours' if journal else 'plain'}.db"

    def prepare() -> None:
        shop.copy_of(empty, db.name)
        if not journal:
            _keep_one_trigger(db)

    return shop.ours("import-csv", shop.clients_file(scale), "--quiet", db=db, prepare=prepare)


def _keep_one_trigger(path: Path) -> None:
    """Leave the journal only the new subjects, a handful: an import without any change is taken back."""
    with closing(sqlite3.connect(path)) as db:
        names = db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'journal_*'"
            " AND name <> 'journal_subject_insert'"
        )
        for (name,) in names.fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.commit()


# Statuses -------------------------------------------------------------------------------------------------


def recompute_nothing(shop: Workshop, scale: str) -> Contest:
    """The nightly run when nothing is due."""
    db = shop.settled(scale)
    ours = shop.ours("status", "recompute", "--quiet", db=db)
    if scale == "S":
        return Contest(ours, [Rival("python -c pass", shop.nothing(), 10)])
    facts = shop.floor("recompute", db, DAY, "--facts")
    return Contest(ours, [Rival("floor: reading the facts", facts, 1.5, after_startup=True)])


def recompute_all(shop: Workshop, scale: str) -> Contest:
    """The first run on a school that has never been recomputed."""
    school = shop.school(scale)
    ours, floor = WORK / f"recompute-{scale}-ours.db", WORK / f"recompute-{scale}-floor.db"

    def without_journal() -> None:
        shop.copy_of(school, floor.name)
        with closing(sqlite3.connect(floor)) as db:
            drop_triggers(db)
            db.commit()

    def copy() -> None:
        shop.copy_of(school, ours.name)

    return Contest(
        shop.ours("status", "recompute", "--quiet", db=ours, prepare=copy),
        [Rival("floor", shop.floor("recompute", floor, DAY, prepare=without_journal), 2, after_startup=True)],
    )


# Reports and lists ----------------------------------------------------------------------------------------


def debtors(shop: Workshop, scale: str) -> Contest:
    """The whole school's debts."""
    db = shop.school(scale)
    floor = shop.floor("debtors", db, DAY)
    return Contest(
        shop.ours("report", "debtors", "--format", "csv", db=db),
        [Rival("floor: SQL by hand", floor, 1.5, after_startup=True)],
    )


def debtors_by_accounting(shop: Workshop, scale: str) -> Contest:
    """The whole school's debts; accounting programs get the same entries and say everybody's balance."""
    db = shop.school(scale)
    journal, beancount = FOLDER / f"entries-{scale}.journal", FOLDER / f"entries-{scale}.beancount"
    write_journal(db, journal)
    write_beancount(db, beancount)
    rivals = [Rival("beancount", shop.beancount(HERE / "beancount_balances.py", beancount), 1 / 200)]
    lacking = []
    for program, share in (("ledger", 1 / 15), ("hledger", 1 / 75)):
        try:
            command = shop.accounting(program, "-f", str(journal), "bal", "assets")
        except NotHere as reason:
            lacking.append(str(reason))
        else:
            rivals.append(Rival(f"{program} bal", Command(command), share))
    return Contest(shop.ours("report", "debtors", "--format", "csv", db=db), rivals, lacking=lacking)


def reconciliation(shop: Workshop, scale: str) -> Contest:
    """One client of a large school and one of a small one, with as many lessons."""
    commands = [
        shop.ours("report", "reconciliation", shop.typical_client(each), "--period", "all", db=shop.school(each))
        for each in (scale, "S")
    ]
    floor = shop.floor("reconciliation", shop.school(scale), shop.typical_client(scale))
    same = [Rival("the same on S", commands[1], 1.2)] if scale != "S" else []
    return Contest(commands[0], [*same, Rival("floor: SQL by hand", floor)])


def journal(shop: Workshop, scale: str) -> Contest:
    """The visits of one client."""
    return _one_client(shop, scale, "journal", "--period", "all")


def forecast(shop: Workshop, scale: str) -> Contest:
    """The coming lessons of one client."""
    return _one_client(shop, scale, "forecast")


def _one_client(shop: Workshop, scale: str, report: str, *options: str) -> Contest:
    large, small = (
        shop.ours("report", report, shop.typical_client(each), *options, db=shop.school(each)) for each in (scale, "S")
    )
    return Contest(large, [Rival("the same on S", small, 1.2)] if scale != "S" else [])


def clients_list(shop: Workshop, scale: str) -> Contest:
    """The first page of a filtered list."""
    db = shop.school(scale)
    return Contest(
        shop.ours("clients", "list", "status:bought", "--limit", "50", "--format", "csv", db=db),
        [Rival("floor: SELECT by hand", shop.floor("list_clients", db, "50", "bought"), 1.5, after_startup=True)],
    )


def clients_found(shop: Workshop, scale: str) -> Contest:
    """The first page of those who have a word in their name."""
    db = shop.school(scale)
    return Contest(
        shop.ours("clients", "list", "иван", "--limit", "50", "--format", "csv", db=db),
        [Rival("floor: SELECT by hand", shop.floor("find_clients", db, "50", "иван"), 1.5, after_startup=True)],
    )
