"""The school's own print forms, kept in the database byte for byte (R42)."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, Damaged, NotFound, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Wording, lookup_named, quoted
from schoolcrm.core.office.kept_bytes import as_kept, digest_of, read_kept
from schoolcrm.core.office.words import PURPOSES
from schoolcrm.core.rules.names import excerpt, fold
from schoolcrm.core.rules.personal import read_line

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

LARGEST = 10 * 1024 * 1024
"""So many bytes a form may have."""
FORMATS = {".docx": "docx", ".html": "html", ".htm": "html"}
"""The formats of forms by the endings of files."""
_FORM = Wording(
    absent=N_("There is no form {name}."),
    several=N_("Several forms answer to {name}."),
    advice=N_("'schoolcrm forms list' shows all; the number or the name will do."),
)
_FORMS = "SELECT id, name, used_for, format, size, sha256, added_on FROM print_form"


class PrintForm(NamedTuple):
    """A form: what it is called, for what and in which format it is; size in bytes."""

    id: int
    name: str
    used_for: str
    format: str
    size: int
    sha256: str
    added_on: date


def read_purpose(text: str) -> str:
    """Return what a form is for, `contract` or `subscription`, said by code or word; BadValue."""
    written = fold(text)
    for code, word in PURPOSES.items():
        if written in (code, f"{code}s", fold(_(word))):
            return code
    raise BadValue(
        _('There are no forms for "{value}".').format(value=excerpt(text)),
        _("A form is for one of: {known}.").format(known=", ".join(PURPOSES)),
    )


def format_of(path: str) -> str:
    """Return the format that the ending of a file's name stands for; BadValue for any other."""
    ending = next((ending for ending in FORMATS if path.lower().endswith(ending)), None)
    if ending is None:
        raise BadValue(
            _("{path} is neither docx nor html by its name.").format(path=excerpt(path)),
            _("A form is a file of Word, .docx, or a page, .html."),
        )
    return FORMATS[ending]


def read_form_name(db: sqlite3.Connection, text: str) -> str:
    """Return the name of a new form, tidy; BadValue for an empty one, Refused for one in use."""
    name = read_line(text)
    if not name:
        raise BadValue(_("A form needs a name."), _("Give it one: schoolcrm forms add NAME FILE"))
    twin = db.execute("SELECT name FROM print_form WHERE name_key = ?", (fold(name),)).fetchone()
    if twin is not None:
        raise Refused(
            _("There is a form {name} already.").format(name=quoted(twin[0])),
            _("Choose another name, or take that one away first: schoolcrm forms remove NAME"),
        )
    return name


def add_form(school: "WritableSchool", name: str, used_for: str, format: str, content: bytes) -> PrintForm:
    """Keep a form that has been checked; BadValue and Refused as `read_form_name`, Refused for one too large."""
    known_as = read_form_name(school.db, name)
    require_small(known_as, len(content))
    number = school.insert(
        "print_form",
        name=known_as,
        name_key=fold(known_as),
        used_for=used_for,
        format=format,
        size=len(content),
        sha256=digest_of(content),
        added_on=school.today,
    )
    school.insert("print_form_content", id=number, content=as_kept(content))
    return get_form(school.db, number)


def require_small(name: str, size: int) -> None:
    """Raise Refused for a form of more bytes than one may have."""
    if size > LARGEST:
        raise Refused(
            _("{name} is larger than the {most} MB that a form may have.").format(
                name=name, most=LARGEST // (1024 * 1024)
            ),
            _("A form is a few pages; leave large pictures out."),
        )


def forms_of(db: sqlite3.Connection, used_for: str = "") -> list[PrintForm]:
    """Return the forms by name, those for contracts or for subscriptions only if asked."""
    query = f"{_FORMS} WHERE :used_for IN ('', used_for) ORDER BY used_for, name_key"
    return [_form(row) for row in db.execute(query, {"used_for": used_for})]


def get_form(db: sqlite3.Connection, number: int) -> PrintForm:
    """Return the form of that number, which must be there."""
    return _form(db.execute(f"{_FORMS} WHERE id = ?", (number,)).fetchone())


def find_form(db: sqlite3.Connection, ref: str) -> int:
    """Return the form named by its number, its name or a part of it; Ambiguous, NotFound, BadValue."""
    return _find(forms_of(db), ref)


def find_form_for(db: sqlite3.Connection, used_for: str, ref: str) -> int:
    """Return the form for contracts or for subscriptions that is named so; NotFound tells of one for the other."""
    forms = forms_of(db, used_for)
    try:
        return _find(forms, ref)
    except NotFound:
        other = next((form for form in forms_of(db) if fold(form.name) == fold(ref) or str(form.id) == ref), None)
        if other is None:
            raise
        names = ", ".join(form.name for form in forms) or _("none yet")
        raise Refused(
            _("The form {name} is not for this: it is for a {purpose}.").format(
                name=quoted(other.name), purpose=_(PURPOSES[other.used_for])
            ),
            _("Forms that fit: {names}.").format(names=names),
        ) from None


def _find(forms: list[PrintForm], ref: str) -> int:
    return lookup_named([(form.id, form.name) for form in forms], ref, _FORM)


def content_of_form(db: sqlite3.Connection, form: PrintForm) -> bytes:
    """Return the bytes of the form as they were added; Damaged if they are others."""
    content = read_kept(db, "print_form_content", form.id, form.sha256)
    if content is None:
        raise Damaged(
            _("The form {name} (no. {id}) is not as it was added.").format(name=form.name, id=form.id),
            _("Remove it and add it anew; a backup may still have it."),
        )
    return content


def remove_form(school: "WritableSchool", number: int) -> None:
    """Remove a form; the history keeps it, so that undo brings it back (R54)."""
    school.db.execute("DELETE FROM print_form_content WHERE id = ?", (number,))
    school.db.execute("DELETE FROM print_form WHERE id = ?", (number,))


def _form(row: tuple[int, str, str, str, int, str, str]) -> PrintForm:
    return PrintForm(*row[:6], date.fromisoformat(row[6]))
