"""Forms in HTML: what may stand in one, and how it is filled (R42)."""

import re
from html.parser import HTMLParser

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt
from schoolcrm.reports.printing.environment import FormEnvironment
from schoolcrm.reports.printing.texts import Values

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_SIGN = "\ue000"
# It begins with a letter: after "<" a placeholder would begin a tag, and is to be taken for one.
_MARK = f"zq{_SIGN}"
_ACTIVE = frozenset({"script", "iframe", "object", "embed", "applet", "base", "form", "svg", "math"})
_UNREAD = frozenset({"style", "script", "xmp", "noembed", "noframes", "noscript", "plaintext", "template"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD = 4096


def fill_html(environment: FormEnvironment, content: bytes, values: Values) -> bytes:
    """Return the form filled, in UTF-8; BadValue for one that can't be."""
    text = _text(environment.form, content)
    _Markup(environment.form).check(text)
    return environment.fill(text, values).encode("utf-8")


def _text(form: str, content: bytes) -> str:
    hint = _('Save it in UTF-8, with <meta charset="utf-8"> in its head.')
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue(_("The form {form} is not in UTF-8.").format(form=form), hint) from error
    declared = _CHARSET.search(text[:_HEAD])
    if declared is None:
        raise BadValue(_("The form {form} doesn't say which encoding it is in.").format(form=form), hint)
    if declared[1].lower() not in ("utf-8", "utf8"):
        raise BadValue(
            _("The form {form} says that it is in {encoding}.").format(form=form, encoding=excerpt(declared[1])), hint
        )
    if "\x00" in text or _SIGN in text:
        raise BadValue(_("{form} is no HTML file.").format(form=form), hint)
    return text


class _Markup(HTMLParser):
    """Refuses (BadValue) what could make a value more than text: scripts, and placeholders inside of tags."""

    def __init__(self, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self._form = form
        self._tags = 0
        self._inside: list[str] = []

    def check(self, text: str) -> None:
        """Go through the form, its placeholders taken for a letter."""
        self.feed(_TAG.sub(_MARK, text))
        self.close()
        if not self._tags:
            raise BadValue(
                _("{form} is no HTML file.").format(form=self._form),
                _("A form in HTML has tags: <html>, <p>, <table>…"),
            )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag and its attributes."""
        self._tags += 1
        whole = self.get_starttag_text() or tag
        if tag in _ACTIVE or any(name.startswith("on") or _runs(value) for name, value in attrs):
            raise BadValue(
                _("The form {form} has a part that runs or loads: {tag}.").format(form=self._form, tag=excerpt(whole)),
                _("A form is text with placeholders; leave that part out."),
            )
        if _SIGN in whole:
            raise self._misplaced(whole)
        if tag in _UNREAD:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that a tag is closed."""
        if _SIGN in tag:
            raise self._misplaced(tag)
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        """Look at text: where a browser does not read it as text, there is no placeholder."""
        if self._inside and _SIGN in data:
            raise self._misplaced(self._inside[-1])

    def handle_comment(self, data: str) -> None:
        """Look at a comment, or at what a browser takes for one."""
        if _SIGN in data:
            raise self._misplaced("<!--")

    def handle_decl(self, decl: str) -> None:
        """Look at a declaration."""
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        """Look at what a browser takes for a comment."""
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        """Look at what a browser takes for a comment."""
        self.handle_comment(data)

    def _misplaced(self, where: str) -> BadValue:
        return BadValue(
            _("The form {form} has a placeholder where no text stands: {where}.").format(
                form=self._form, where=excerpt(where.replace(_MARK, "{{…}}"))
            ),
            _("Placeholders stand in text, not inside of tags, styles or comments."),
        )


def _runs(value: str | None) -> bool:
    return "".join((value or "").split()).lower().startswith(("javascript:", "vbscript:", "data:text/html"))
