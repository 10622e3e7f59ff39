"""The made files of the benchmark: `python -m benchmarks.data S M` makes those that are not there yet.

They lie in `benchmarks/data/` and are used again and again; a change of what makes them makes them anew.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.scales import SCALES, Scale

HERE = Path(__file__).parent
FOLDER = HERE / "data"
_MAKERS = {
    "school.db": ("school.py", "families.py", "agreements.py", "studies.py", "lessons.py", "people.py", "scales.py"),
    "clients.csv": (
        "clients_file.py",
        "people.py",
        "scales.py",
        "../examples/make_clients.py",
        "../examples/invented_school.py",
        "../schoolcrm/core/demo/russian_names.py",
    ),
}
_SCHEMA = "../schoolcrm/core/store"


def school_file(scale: Scale) -> Path:
    """Return the database of the scale's school, made if it is not there yet."""
    from benchmarks.school import write_school

    return _made("school.db", scale, write_school)


def clients_file(scale: Scale) -> Path:
    """Return the client file of the scale, made if it is not there yet."""
    from benchmarks.clients_file import write_clients

    return _made("clients.csv", scale, write_clients)


def _made(kind: str, scale: Scale, make: Callable[[Path, Scale], None]) -> Path:
    stem, _dot, ending = kind.rpartition(".")
    path = FOLDER / f"{stem}-{scale.name}-{_fingerprint(kind)}.{ending}"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        for outdated in FOLDER.glob(f"{stem}-{scale.name}-*"):
            outdated.unlink()
        sys.stderr.write(f"making {path.name} …\n")
        partial = path.with_suffix(".partial")
        make(partial, scale)
        partial.rename(path)
    return path


def _fingerprint(kind: str) -> str:
    """Return a few letters that change with the code and the schema that make such a file."""
    sources = [HERE / name for name in _MAKERS[kind]]
    if kind == "school.db":
        store = HERE / _SCHEMA
        sources += [*sorted(store.glob("migrations/*.sql")), store / "defaults.py", store / "journal.py"]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(school_file(SCALES[name]))
        print(clients_file(SCALES[name]))
