"""Gather the program's texts into the Russian catalogue and compile it: `make messages`.

Prints how many texts still want a translation. `tests/test_catalogue.py` holds the catalogue complete.
"""

import struct
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "schoolcrm" / "locale" / "ru" / "LC_MESSAGES"
MADE_ON = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def gather() -> Catalog:
    """Return every text of the program, with the files that show it."""
    catalogue = Catalog(locale="ru", project="schoolcrm", charset="utf-8")
    found = extract_from_dir(ROOT / "schoolcrm", method_map=[("**.py", "python")], keywords=KEYWORDS)
    for file, _line, message, _comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        catalogue.add(message, locations=[(f"schoolcrm/{file}", 0)], context=context)
    return catalogue


def updated() -> Catalog:
    """Return the Russian catalogue brought up to date with the program, translations kept."""
    path = FOLDER / "schoolcrm.po"
    known = Catalog(locale="ru")
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale="ru")
    known.update(gather(), no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it: the same bytes for the same texts, whenever it is made."""
    catalogue.creation_date = catalogue.revision_date = MADE_ON
    target = BytesIO()
    write_mo(target, catalogue)
    return in_order(target.getvalue())


def in_order(compiled: bytes) -> bytes:
    """Return the compiled catalogue with its table sorted, as looking up a text in it needs: Babel leaves the
    contexts out of the order."""
    count, *tables = struct.unpack_from("<3I", compiled, 8)
    originals, translations = (list(struct.iter_unpack("<2I", compiled[at : at + 8 * count])) for at in tables)
    order = sorted(range(count), key=lambda at: compiled[originals[at][1] : sum(originals[at])])
    result = bytearray(compiled)
    for start, table in zip(tables, (originals, translations), strict=True):
        result[start : start + 8 * count] = b"".join(struct.pack("<2I", *table[at]) for at in order)
    return bytes(result)


def written(catalogue: Catalog) -> bytes:
    """Return the catalogue as a translator edits it: sorted, without dates or line numbers that make diffs."""
    target = BytesIO()
    write_po(target, catalogue, sort_output=True, include_lineno=False, omit_header=True, width=110)
    return HEADER.encode() + target.getvalue()


PLURALS = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
HEADER = f"""msgid ""
msgstr ""
"Project-Id-Version: schoolcrm\\n"
"Language: ru\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURALS}\\n"

"""


def main() -> None:
    """Update and compile the catalogue."""
    catalogue = updated()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "schoolcrm.po").write_bytes(written(catalogue))
    with (FOLDER / "schoolcrm.po").open("rb") as file:
        catalogue = read_po(file, locale="ru")
    (FOLDER / "schoolcrm.mo").write_bytes(compiled(catalogue))
    wanting = [message for message in catalogue if message.id and not _is_translated(message.string)]
    sys.stdout.write(f"{len(catalogue)} texts, {len(wanting)} without translation\n")


def _is_translated(string: str | tuple[str, ...]) -> bool:
    return bool(string) if isinstance(string, str) else all(string)


if __name__ == "__main__":
    main()
