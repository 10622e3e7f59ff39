"""A copy to show others can be made of a school that holds a record of every kind."""

from pathlib import Path

from store_files import make_filled, snapshot
from test_upgrades import released

from schoolcrm.core.office.anonymising import NOTE, anonymise
from schoolcrm.core.store.database import reading


def test_a_record_of_every_kind_can_be_replaced(tmp_path: Path) -> None:
    path = anonymise(make_filled(tmp_path), tmp_path / "shown.db").path
    for secret in ("Анна", "Ольга", "Ира", "+7 916", "4510 123456"):
        assert secret.encode() not in path.read_bytes(), secret
    with reading(path, None) as school:
        notes = [row for (table, _key), row in snapshot(school.db).items() if NOTE in row.values()]
    assert len(notes) > 8


def test_a_school_of_an_earlier_program_is_brought_up_in_the_copy_alone(tmp_path: Path) -> None:
    old = released(1, tmp_path)
    before = old.read_bytes()
    made = anonymise(old, tmp_path / "shown.db")
    assert old.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [old, made.path]
    with reading(made.path, None) as school:
        assert school.db.execute("SELECT count(*) FROM client").fetchone()[0] > 0
