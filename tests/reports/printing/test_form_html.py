"""Forms in HTML: values are text on the page, whatever is in them; what runs or loads is no form."""

from html.parser import HTMLParser
from typing import Any

import pytest
from form_files import html
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.printing.environment import FormEnvironment
from schoolcrm.reports.printing.html_form import fill_html

NAUGHTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;</p>"


def fill(content: bytes, name: str = "Анна") -> str:
    tree = {"client": {"name": "Анна"}, "students": [{"name": "Петя"}]}
    values = {"client": {"name": name}, "students": [{"name": name}]}
    return fill_html(FormEnvironment("Бланк", tree, "ru"), content, values).decode()


class Tags(HTMLParser):
    """Collects the tags and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts += data


@pytest.mark.parametrize("body", ["{{ client.name }}", "{% for s in students %}{{ s.name|trim }}{% endfor %}"])
def test_a_naughty_name_is_text_on_the_page(body: str) -> None:
    page = Tags(fill(html(body), NAUGHTY))
    assert page.tags == ["html", "head", "meta", "body", "p"]
    assert page.texts == NAUGHTY


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_name_is_the_same_text_on_the_page_without_what_can_not_be_seen(name: str) -> None:
    shown = printable(name).replace("\ufffe", "").replace("\uffff", "")
    assert Tags(fill(html("{{ client.name }}"), name)).texts == shown


@pytest.mark.parametrize(
    "body",
    [
        "<script>x</script>",
        "<SCRIPT src=x></SCRIPT>",
        "<svg><a>x</a></svg>",
        "<iframe src=x></iframe>",
        '<img src="x" OnError="x">',
        "<a href=' java\nscript:x'>x</a>",
        "<a href='{{ client.name }}'>x</a>",
        "<p {{ client.name }}>x</p>",
        "<{{ client.name }}>",
        "</{{ client.name }}>",
        "<style>{{ client.name }}</style>",
        "<style>p {} </style><style> a { {% if client.name %}{% endif %} }</style>",
        "<!-- {{ client.name }} -->",
        "<!{{ client.name }}>",
        "<?{{ client.name }}>",
        "<noscript>{{ client.name }}</noscript>",
        "<p title='{% if client.name %}'>{% endif %}x</p>",
    ],
)
def test_what_could_make_a_value_more_than_text_is_refused(body: str) -> None:
    with pytest.raises(BadValue, match="Бланк"):
        fill(html(body))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('<meta charset="utf-8"><p>Договор</p>'.encode("cp1251"), "not in UTF-8"),
        (html("x", ""), "doesn't say which encoding"),
        (html("x", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'), "windows-1251"),
        (b"charset=utf-8 just words", "no HTML"),
        (b"PK\x03\x04charset=utf-8\x00", "no HTML"),
        (b"\x89PNG\r\n\xff", "not in UTF-8"),
        (b"", "doesn't say"),
    ],
)
def test_what_is_no_page_in_utf_8_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(BadValue, match=told):
        fill(content)


def test_the_rest_of_the_page_stays_as_it_is_written() -> None:
    page = (
        '<meta charset="UTF-8">\r\n<style>p { margin: 0 }</style>\r\n<p class="a">5 < 6 &amp; {{ client.name }}</p>\n'
    )
    assert fill(b"\xef\xbb\xbf" + page.encode()) == page.replace("{{ client.name }}", "Анна").replace("\r\n", "\n")
