"""A person who is to be purged, and what is left of them in the file."""

from pathlib import Path
from typing import Any

from builders import writing_school

from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.purge import purge_clients
from schoolcrm.core.store.redaction import wipe_free_space

SECRETS = (
    "Ксенофонтова",
    "ксенофонтова",
    "Пантелеймон",
    "пантелеймон",
    "9031112233",
    "xenia@",
    "4510",
    "сказала",
    "Лилиана",
    "лилиана",
)


def secrets_in(path: Path) -> list[tuple[str, str]]:
    """Return what is left of the person, and in which of the files that begin with the name of the database."""
    return [
        (secret, file.name)
        for file in path.parent.glob(f"{path.name}*")
        for secret in SECRETS
        if secret.encode() in file.read_bytes()
    ]


def purge(path: Path, *client_ids: int) -> list[Any]:
    with writing_school(path) as school:
        archive_clients(school, client_ids)
    with writing_school(path, command="clients purge") as school:
        purged = purge_clients(school, client_ids)
    wipe_free_space(path)
    return purged
