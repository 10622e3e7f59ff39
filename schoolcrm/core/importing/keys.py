"""What two rows, or a row and somebody in the database, must have in common to be of one person (R64)."""

from collections.abc import Iterable
from typing import NamedTuple

from schoolcrm.core.importing.client_row import Contact
from schoolcrm.core.importing.numbers_by_key import Key

_BY_POST = ("email", "address")
_UNUSED_BITS = 4  # 60 bits are an integer of 32 bytes, 64 bits one of 48


class Keys(NamedTuple):
    """Hashes, because of the memory: the same in a process and in those that it forks, but not in another run.

    Any common one `of_student`, by birth date and by phones, means the same student: of two children of one name the
    one of that birth date is meant, whoever else has the phone, so it comes first. A row with neither must have
    `by_names` in common. Any common one `by_phone` means the same client; those `by_post`, emails and the address,
    count where one of the two has no phone.
    """

    of_student: tuple[Key, ...]
    by_names: Key
    by_phone: tuple[Key, ...]
    by_post: tuple[Key, ...]


def keys_of(
    student_key: str, client_key: str, birthday: str | None, phones: Iterable[str], contacts: Iterable[Contact]
) -> Keys:
    """Return the keys of a student and their client, who are called so (folded), born on that day (ISO)."""
    of_student = [] if birthday is None else [hash((student_key, birthday)) >> _UNUSED_BITS]
    by_phone = []
    for phone in phones:
        of_student.append(hash((student_key, phone)) >> _UNUSED_BITS)
        by_phone.append(hash((client_key, phone, "phone")) >> _UNUSED_BITS)
    by_post = []
    for kind, _value, key, _whose in contacts:
        if kind in _BY_POST:
            by_post.append(hash((client_key, kind, key)) >> _UNUSED_BITS)
    by_names = hash((student_key, client_key, "client")) >> _UNUSED_BITS
    return Keys(tuple(of_student), by_names, tuple(by_phone), tuple(by_post))
