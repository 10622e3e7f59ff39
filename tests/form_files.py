"""Files of print forms as Word and a text editor would save them, and what is in a filled one."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from docx import Document
from lxml import etree

EXAMPLES = Path(__file__).parent.parent / "examples" / "forms"
CONTRACT, SUBSCRIPTION = EXAMPLES / "contract.docx", EXAMPLES / "subscription.html"


def html(body: str, head: str = '<meta charset="utf-8">') -> bytes:
    """Return a page with that body."""
    return f"<!DOCTYPE html><html><head>{head}</head><body><p>{body}</p></body></html>".encode()


def docx(*paragraphs: str, footer: str = "") -> bytes:
    """Return a document with those paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def texts(content: bytes) -> list[str]:
    """Return the paragraphs of a document; its parts must be well-formed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """Return the document with one of its parts changed as text."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == part else data)
    return file.getvalue()
