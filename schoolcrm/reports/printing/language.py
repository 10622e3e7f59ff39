"""What the language of forms has: placeholders, `if`, `for` over the lists there are, a few filters; nothing else.

A template of Jinja is a program. One that can only name values and go through short lists can neither reach anything
else nor run for ever: it calls nothing, counts nothing, defines nothing.
"""

from collections.abc import Mapping
from typing import Any

from jinja2 import nodes

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest, excerpt, known_names
from schoolcrm.reports.printing.placeholders import keys_of

FILTERS = ("upper", "lower", "capitalize", "title", "trim", "default", "length")
_LOOP = {"index": 1, "index0": 0, "revindex": 1, "first": True, "last": True, "length": 1}
_DEEPEST = 2
_MOST_NAMED = 5
_PLAIN = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.List, nodes.Tuple),
)


class Checker:
    """Goes through a template and refuses, in a sentence, what the language of forms does not have (BadValue).

    `tree` has the values that there are; which values does not matter, a list needs one element.
    """

    def __init__(self, form: str, tree: Mapping[str, Any]) -> None:
        self._form = form
        self._tree = tree

    def check(self, template: nodes.Template) -> None:
        """Raise BadValue for an unknown placeholder or anything else that a form can't have."""
        self._visit(template, {}, 0)

    def _visit(self, node: nodes.Node, scope: Mapping[str, Any], depth: int) -> None:
        if isinstance(node, nodes.Name | nodes.Getattr):
            self._require_single(node, self._resolve(node, scope))
        elif isinstance(node, nodes.For):
            self._loop(node, scope, depth)
        elif isinstance(node, nodes.Filter):
            self._filter(node, scope, depth)
        elif isinstance(node, _PLAIN):
            for child in node.iter_child_nodes():
                self._visit(child, scope, depth)
        else:
            raise self._foreign(type(node).__name__.lower())

    def _loop(self, node: nodes.For, scope: Mapping[str, Any], depth: int) -> None:
        if depth == _DEEPEST or node.recursive or not isinstance(node.target, nodes.Name):
            raise self._foreign("for … in for … in for" if depth == _DEEPEST else "for")
        elements = self._resolve(node.iter, scope) if isinstance(node.iter, nodes.Name | nodes.Getattr) else None
        if not isinstance(elements, list):
            raise BadValue(
                _("The form {form} goes through something that is no list.").format(form=self._form),
                _("There are: {known}.").format(known=", ".join(self._lists())),
            )
        inner = {**scope, node.target.name: elements[0], "loop": _LOOP}
        for child in (*([node.test] if node.test else []), *node.body):
            self._visit(child, inner, depth + 1)
        for child in node.else_:
            self._visit(child, scope, depth)

    def _filter(self, node: nodes.Filter, scope: Mapping[str, Any], depth: int) -> None:
        if node.name not in FILTERS or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            raise self._foreign(f"|{node.name}")
        if node.name == "length" and isinstance(node.node, nodes.Name | nodes.Getattr):
            self._resolve(node.node, scope)
        else:
            self._visit(node.node, scope, depth)
        for argument in node.args:
            if not isinstance(argument, nodes.Const):
                raise self._foreign(f"|{node.name}")

    def _resolve(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """Return the value that a name with dots stands for; BadValue if there is none."""
        path = _path(node)
        if path is None:
            raise self._foreign(type(node).__name__.lower())
        known: Any = {**self._tree, **scope}
        for name in path:
            if not isinstance(known, Mapping) or name not in known:
                raise self._unknown(".".join(path), scope)
            known = known[name]
        return known

    def _require_single(self, node: nodes.Node, value: Any) -> None:
        if isinstance(value, Mapping | list):
            name = ".".join(_path(node) or [])
            below = list(keys_of(value, f"{name}."))
            raise BadValue(
                _("The form {form} prints {placeholder}, which is not one value.").format(
                    form=self._form, placeholder=placeholder(name)
                ),
                _("There are: {known}.").format(known=known_names("", below)),
            )

    def _unknown(self, name: str, scope: Mapping[str, Any]) -> BadValue:
        known = [*keys_of(self._tree), *(f"{each}.{key}" for each, group in scope.items() for key in group)]
        near = closest(name, known, _MOST_NAMED) or [key for key in known if key.endswith(name.rpartition(".")[2])]
        hint = _("'schoolcrm forms fields' lists the placeholders.")
        if near:
            hint = _("Did you mean: {names}? 'schoolcrm forms fields' lists them all.").format(
                names=", ".join(near[:_MOST_NAMED])
            )
        return BadValue(
            _("The form {form} has a placeholder that isn't known: {placeholder}.").format(
                form=self._form, placeholder=placeholder(excerpt(name))
            ),
            hint,
        )

    def _foreign(self, what: str) -> BadValue:
        return BadValue(
            _('The form {form} has something that forms can\'t have: "{what}".').format(
                form=self._form, what=excerpt(what)
            ),
            _("A form has placeholders, if, for, and the filters {filters}.").format(filters=", ".join(FILTERS)),
        )

    def _lists(self) -> list[str]:
        return [name for name, value in self._tree.items() if isinstance(value, list)]


def placeholder(name: str) -> str:
    """Return a name as it is written in a form."""
    return f"{{{{ {name} }}}}"


def _path(node: nodes.Node) -> list[str] | None:
    """Return the parts of a name with dots; None for anything else."""
    if isinstance(node, nodes.Name):
        return [node.name]
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return None if before is None else [*before, node.attr]
    return None
