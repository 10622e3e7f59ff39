"""Forms in Word's format: whatever is in a value, the document stays whole; what is no document is refused."""

import io
import zipfile
from typing import Any

import pytest
from form_files import changed, docx, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.printing import docx_form
from schoolcrm.reports.printing.docx_form import fill_docx
from schoolcrm.reports.printing.environment import FormEnvironment

BODY = "word/document.xml"
PLAIN = docx("{{ client.name }}")


def fill(content: bytes, name: str = "Анна", students: tuple[str, ...] = ("Петя", "Оля")) -> bytes:
    tree: dict[str, Any] = {"client": {"name": "Анна", "email": ""}, "students": [{"name": "Петя"}]}
    values = {"client": {"name": name, "email": None}, "students": [{"name": each} for each in students]}
    return fill_docx(FormEnvironment("Договор", tree, "ru"), content, values)


def test_paragraphs_footers_and_repeated_ones_are_filled() -> None:
    form = docx(
        "Заказчик: {{ client.name }}.",
        "{%p for s in students %}",
        "{{ loop.index }}) {{ s.name }}",
        "{%p endfor %}",
        "{% if client.email %}почта{% else %}без почты{% endif %}",
        footer="{{ client.name }}",
    )
    filled = fill(form)
    assert texts(filled) == ["Заказчик: Анна.", "1) Петя", "2) Оля", "без почты"]
    assert "Анна" in zipfile.ZipFile(io.BytesIO(filled)).read("word/footer1.xml").decode()


def test_a_placeholder_that_word_has_taken_to_pieces_is_filled_too() -> None:
    pieces = '{{</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:b/></w:rPr><w:t> client</w:t></w:r>'
    pieces += "<w:r><w:t>.name }</w:t></w:r><w:r><w:t>}"
    form = changed(PLAIN, BODY, lambda xml: xml.replace("{{ client.name }}", pieces))
    assert texts(fill(form)) == ["Анна"]


def test_word_s_curly_quotes_are_as_good_as_straight_ones() -> None:
    assert texts(fill(docx("{{ client.email|default(“—”, true) }}"))) == ["—"]


@pytest.mark.parametrize(
    "name",
    [
        "</w:t></w:r></w:p><w:p>",
        "<w:br/>&amp;\"'",
        "]]><!--",
        "{{ client.name }}{% if %}",
        "\x00\x08\x1b[31m\ufffe\uffff\ud800Анна\u202e",
        "&lt;b&gt; &#60;",
    ],
)
def test_a_naughty_name_is_text_in_a_whole_document(name: str) -> None:
    cleaned = printable(name).replace("\ufffe", "").replace("\uffff", "")
    assert texts(fill(PLAIN, name)) == [cleaned]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_any_name_is_the_same_text_in_a_whole_document(name: str) -> None:
    # docxtpl keeps {_{ for who wants two braces on paper.
    shown = printable(name.replace("_", "-")).replace("\ufffe", "").replace("\uffff", "")
    assert texts(fill(PLAIN, name.replace("_", "-"))) == [shown]


def test_lines_of_a_value_are_lines_on_paper() -> None:
    assert texts(fill(PLAIN, "первая\nвторая\tтретья")) == ["первая\nвторая\tтретья"]


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{{ client.nmae }}",),
        ("{{ client.name",),
        ("{% if client.name %}",),
        ("{{r client.name }}",),
        ("{{p client.name }}",),
        ("{% cellbg client.name %}",),
        ("{{ ''.__class__ }}",),
        ("{%p for i in range(10**9) %}", "x", "{%p endfor %}"),
        ("{% for s in students %}", "{{ s.name }} {% endfor %} x", "{% if client.name %}{% endif %}{% endfor %}"),
        ("{{" * 50_000,),
        ("{# " + "{{" * 50_000 + " #}",),
    ],
    ids=lambda texts: texts[0][:30],
)
def test_a_form_that_can_not_be_filled_is_refused_in_a_sentence(paragraphs: tuple[str, ...]) -> None:
    with pytest.raises(BadValue, match="Договор"):
        fill(docx(*paragraphs))


def test_a_loop_that_tears_the_document_is_refused() -> None:
    torn = "{% for s in students %}</w:t></w:r></w:p><w:p><w:r><w:t>{{ s.name }}{% endfor %}"
    form = changed(PLAIN, BODY, lambda xml: xml.replace("{{ client.name }}", torn))
    assert texts(fill(form)) == ["", "Петя", "Оля"]
    half = "{% if client.email %}</w:t></w:r></w:p><w:p><w:r><w:t>{% endif %}</w:t></w:r></w:p><w:p><w:r><w:t>"
    form = changed(
        PLAIN, BODY, lambda xml: xml.replace("{{ client.name }}", f"{half}{{% if client.email %}}<w:p>{{% endif %}}")
    )
    with pytest.raises(BadValue, match="Договор"):
        fill(form)


def test_a_placeholder_in_a_tag_is_refused() -> None:
    form = changed(PLAIN, BODY, lambda xml: xml.replace("<w:body>", '<w:body w:x="{{ client.name }}">'))
    with pytest.raises(BadValue, match="where no text does"):
        fill(form)


@pytest.mark.parametrize("tag", ["{{ client.name }}", "{</w:instrText></w:r><w:r><w:instrText>{ client.name }}"])
def test_a_value_never_becomes_an_instruction_of_word(tag: str) -> None:
    field = f'{{{{ client.name }}}}</w:t></w:r><w:r><w:instrText> DDEAUTO "{tag}"</w:instrText></w:r><w:r><w:t>'
    form = changed(PLAIN, BODY, lambda xml: xml.replace("{{ client.name }}", field))
    with pytest.raises(BadValue, match="where no text does"):
        fill(form)


def test_a_footer_is_looked_at_as_the_body_is() -> None:
    with pytest.raises(BadValue, match="nmae"):
        fill(docx("x", footer="{{ client.nmae }}"))


def test_the_title_and_the_author_stay_as_they_are() -> None:
    form = changed(PLAIN, "docProps/core.xml", lambda xml: xml.replace("python-docx", "{{ ''.__class__ }}"))
    with zipfile.ZipFile(io.BytesIO(fill(form))) as archive:
        assert "{{ ''.__class__ }}" in archive.read("docProps/core.xml").decode()


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"<html></html>",
        _zip(a=b"1"),
        PLAIN[: len(PLAIN) // 2],
        PLAIN[:3000] + b"\0" * 200 + PLAIN[3200:],
        changed(PLAIN, "[Content_Types].xml", lambda xml: xml.replace("wordprocessingml.document.main", "x")),
        changed(PLAIN, BODY, lambda xml: xml[:-20]),
        changed(PLAIN, BODY, lambda _xml: "<a/>"),
        changed(PLAIN, BODY, lambda xml: xml.replace("<w:body>", "<w:body><w:tbl><w:tr/></w:tbl>")),
    ],
    ids=range(11),
)
def test_what_is_no_document_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(BadValue, match=r"Договор.*docx"):
        fill(content)


def test_a_document_that_would_fill_the_memory_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _zip(**{"word/document.xml": b" " * 5_000_000})
    with pytest.raises(BadValue, match="too large when unpacked"):
        fill(bomb)
    with pytest.raises(BadValue, match="too large when unpacked"):
        fill(_zip(**{"word/media/image1.png": b"\0" * 68_000_000, "a.xml": b""}))
    monkeypatch.setattr(docx_form, "_MOST_PARTS", 3)
    with pytest.raises(BadValue, match="too large when unpacked"):
        fill(PLAIN)


def test_entities_of_a_document_are_not_followed(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Пароль")
    doctype = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY a "{"A" * 1000}">]>'
    form = changed(
        PLAIN,
        BODY,
        lambda xml: xml.replace("<w:document", doctype + "<w:document", 1).replace("{{ client.name }}", "&x;&a;"),
    )
    try:
        filled = fill(form)
    except BadValue:
        return
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        assert "Пароль" not in archive.read(BODY).decode()
