"""Forms in Word's format: what may stand in one, and how it is filled (R42). docxtpl does the work."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateError
from lxml import etree

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt
from schoolcrm.reports.printing.environment import FormEnvironment, hint_of_tags, without_tags
from schoolcrm.reports.printing.texts import Values

_MEGABYTE = 1024 * 1024
_LARGEST = 64 * _MEGABYTE
_LARGEST_PART = 4 * _MEGABYTE
_MOST_PARTS = 2000
_OPENING = re.compile(r"\{\{|\{%|\{#")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_INSTRUCTION = re.compile(r"<w:instrText[^<>]*>([^<]*)")
_IN_A_TAG = re.compile(r"<[^<>]*(?:\{\{|\{%|\{#)")
_RAW = re.compile(r"\{\{(?:r|p|tr|tc)\s")
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, PackageNotFoundError, etree.LxmlError, RecursionError, NotImplementedError),
    *(LookupError, ValueError, AttributeError, TypeError, EOFError, OSError),
)


def fill_docx(environment: FormEnvironment, content: bytes, values: Values) -> bytes:
    """Return the form filled; BadValue for one that can't be."""
    with _trouble(environment):
        _require_small(environment.form, content)
        document = _Document(io.BytesIO(content), environment)
        document.render(environment.top(values), environment)
        filled = io.BytesIO()
        document.save(filled)
        return filled.getvalue()


@contextmanager
def _trouble(environment: FormEnvironment) -> Iterator[None]:
    """Turn what the libraries say of a file that is none of Word's into a sentence."""
    try:
        yield
    except TemplateError as error:
        raise environment.mistake("", error) from error
    except _DAMAGED as error:
        raise BadValue(
            _("{form} is no document that Word could have saved as docx.").format(form=environment.form),
            _("Open it in Word or LibreOffice and save it as .docx."),
        ) from error


def _require_small(form: str, content: bytes) -> None:
    """Raise BadValue for a document that would fill the memory when unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    texts = (part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > _LARGEST
        or max(texts, default=0) > _LARGEST_PART
    ):
        raise BadValue(
            _("{form} is too large when unpacked.").format(form=form),
            _("A form is a few pages; leave large pictures out."),
        )


class _Document(DocxTemplate):  # type: ignore[misc]
    """A document whose placeholders stand in text, and that is still well-formed when they are filled."""

    def __init__(self, file: io.BytesIO, environment: FormEnvironment) -> None:
        super().__init__(file)
        self._environment = environment

    def patch_xml(self, src_xml: str) -> str:
        """Return the part ready for the template engine; BadValue where a placeholder is not closed or misplaced."""
        if found := _IN_A_TAG.search(src_xml):
            raise self._mistake(found[0])
        # What Word carries out, a link or a field, is made of no value.
        instructions = "".join(_INSTRUCTION.findall(src_xml))
        if found := _OPENING.search(instructions):
            raise self._mistake(instructions[found.start() : found.start() + 40])
        text = without_tags(src_xml)
        if found := _RAW.search(text):
            raise self._mistake(text[found.start() : found.start() + 40])
        self._require_closed(text)
        return str(super().patch_xml(src_xml))

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        """Return the part filled; BadValue if its tags no longer fit together."""
        filled = str(super().render_xml_part(src_xml, part, context, jinja_env))
        try:
            etree.fromstring(filled.encode("utf-8"), etree.XMLParser(resolve_entities=False, huge_tree=False))
        except etree.XMLSyntaxError as error:
            raise BadValue(
                _("The form {form} is no whole document when it is filled.").format(form=self._environment.form),
                _(
                    "An if or a for begins and ends in one paragraph; for whole paragraphs write {paragraph},"
                    " for rows of a table {row}."
                ).format(paragraph="{%p if … %}", row="{%tr for … %}"),
            ) from error
        return filled

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Leave the properties of the file, its title and author, as they are."""

    def _require_closed(self, text: str) -> None:
        at = 0
        while found := _OPENING.search(text, at):
            end = text.find(_CLOSING[found[0]], found.end())
            inner = _OPENING.search(text, found.end())
            if end < 0 or (inner is not None and inner.start() < end):
                raise self._mistake(text[found.start() : found.start() + 40])
            at = end + 2

    def _mistake(self, near: str) -> BadValue:
        return BadValue(
            _('The form {form} has a placeholder that is not closed or stands where no text does: "{near}".').format(
                form=self._environment.form, near=excerpt(near)
            ),
            hint_of_tags(),
        )
