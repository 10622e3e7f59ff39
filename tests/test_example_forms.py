"""The example forms: examples/make_forms.py makes the contract, both are taken; docs/forms.md on placeholders."""

import io
import re
import runpy
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from answers import answer
from builders import make_school
from form_files import CONTRACT, SUBSCRIPTION

from schoolcrm.reports.printing.placeholders import PLACEHOLDERS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def maker() -> dict[str, Any]:
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        return runpy.run_path(str(ROOT / "examples" / "make_forms.py"))
    finally:
        sys.path.pop(0)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_contract_is_the_one_that_the_program_makes(maker: dict[str, Any], tmp_path: Path) -> None:
    made = tmp_path / "contract.docx"
    maker["write_without_clock"](made, io.BytesIO(maker["make_contract"]()))
    assert parts(made.read_bytes()) == parts(CONTRACT.read_bytes())


def test_the_forms_are_accepted_as_they_are(tmp_path: Path) -> None:
    db = make_school(tmp_path)
    assert answer(db, "forms", "add", "Договор", str(CONTRACT), "--for", "contract")["format"] == "docx"
    assert answer(db, "forms", "add", "Абонемент", str(SUBSCRIPTION), "--for", "subscription")["format"] == "html"


def test_the_page_about_forms_names_every_placeholder_and_no_other() -> None:
    page = (ROOT / "docs" / "forms.md").read_text("utf-8").partition("## Placeholders of both")[2]
    named = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert named == list(dict.fromkeys(one.key for kind in PLACEHOLDERS.values() for one in kind))
