"""The sandbox that forms are filled in (R42): values are text in it, never markup, code or objects of the program."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt
from schoolcrm.reports.printing.language import FILTERS, Checker, placeholder
from schoolcrm.reports.printing.texts import Values, text_of

LARGEST_TEXT = 32 * 1024 * 1024
"""So many characters a part of a filled form may have."""


class BoundedTemplate(Template):
    """A template that stops when it has written more than any form could."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the filled text; BadValue when it grows beyond bounds."""
        written: list[str] = []
        size = 0
        for piece in self.generate(*args, **kwargs):
            size += len(piece)
            if size > LARGEST_TEXT:
                raise BadValue(_("The filled form would be endless."), _("Look at what it repeats."))
            written.append(piece)
        return "".join(written)


class FormEnvironment(ImmutableSandboxedEnvironment):
    """Fills one form: escapes every value, admits only the language of forms, refuses what isn't known."""

    template_class = BoundedTemplate

    def __init__(self, form: str, tree: Mapping[str, Any], language: str) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
        self.form = form
        self.spoken = language
        self._checker = Checker(form, tree)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def compile(self, source: Any, *args: Any, **kwargs: Any) -> Any:
        """Compile a template that has only what forms may have; BadValue."""
        try:
            self._checker.check(self.parse(source))
            return super().compile(source, *args, **kwargs)
        except TemplateSyntaxError as error:
            raise self.mistake(str(source), error) from error
        except (RecursionError, SyntaxError) as error:
            raise BadValue(
                _("The form {form} is nested too deeply.").format(form=self.form), _("Make the form simpler.")
            ) from error

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a group has under that name, as text; nothing else of any object, but of a loop."""
        if not isinstance(obj, Mapping):
            return super().getattr(obj, attribute)
        return text_of(obj[attribute], self.spoken) if attribute in obj else self.undefined(obj=obj, name=attribute)

    def fill(self, source: str, values: Values) -> str:
        """Return the text with its placeholders filled; BadValue."""
        try:
            return self.from_string(source).render(self.top(values))
        except TemplateError as error:
            raise self.mistake("", error) from error

    def top(self, values: Values) -> dict[str, Any]:
        """Return the values that stand outside of groups as text, the groups as they are."""
        return {name: text_of(value, self.spoken) for name, value in values.items()}

    def mistake(self, source: str, error: TemplateError) -> BadValue:
        """Return the refusal of a form that can't be read, with the place if it is known."""
        lines = source.splitlines()
        number = getattr(error, "lineno", None) or 0
        near = without_tags(lines[number - 1]).strip() if 0 < number <= len(lines) else ""
        reason = excerpt(str(error.message or type(error).__name__))
        if near:
            return BadValue(
                _('The form {form} has a mistake near "{near}": {reason}').format(
                    form=self.form, near=excerpt(near), reason=reason
                ),
                hint_of_tags(),
            )
        return BadValue(
            _("The form {form} can't be filled: {reason}").format(form=self.form, reason=reason), hint_of_tags()
        )


def without_tags(text: str) -> str:
    """Return the text of a piece of markup."""
    return re.sub(r"<[^<>]*>", "", text)


def hint_of_tags() -> str:
    """Return how placeholders are written."""
    return _("Placeholders are written like {placeholder}; 'schoolcrm forms fields' lists them.").format(
        placeholder=placeholder("client.name")
    )
