"""A purge leaves no byte of the person in the file, whatever was written before it (R53)."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from builders import TODAY, add_client, add_student, make_school, pay, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st
from purging import purge, secrets_in


@given(
    words=st.lists(st.text("абвгдеёжз", min_size=6, max_size=30), min_size=4, max_size=25, unique=True), data=st.data()
)
@settings(max_examples=8, deadline=None)
def test_r53_no_bytes_are_left_whatever_was_written(words: list[str], data: st.DataObject) -> None:
    """Long notes make pages split and overflow; rows come and go before the purge."""
    with TemporaryDirectory() as folder:
        path = make_school(Path(folder))
        with writing_school(path) as school:
            client_id = add_client(school, "Ксения Ксенофонтова", student="Пантелеймон", phone="8 903 111-22-33")
            for number in range(data.draw(st.integers(0, 60))):
                add_client(school, f"Клиент {number}", phone=f"+7916000{number:04}")
        for place, word in enumerate(words):
            with writing_school(path) as school:
                text = f"Ксенофонтова сказала {word * data.draw(st.integers(1, 400))}"
                school.db.execute("UPDATE client SET note = ? WHERE id = ?", (text, client_id))
                add_student(school, client_id, f"Пантелеймон {word}")
                if place % 3 == 0:
                    pay(school, client_id, 100, TODAY - timedelta(days=place), payer=f"Ксенофонтова {word}")
                add_client(school, f"Посторонний {place}")
        purge(path, client_id)
        assert secrets_in(path) == []
