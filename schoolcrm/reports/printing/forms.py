"""Filling a form of the school's, and checking one before it is kept (R42)."""

import sqlite3

from schoolcrm.core.office.print_forms import PrintForm
from schoolcrm.core.store.database import School, setting
from schoolcrm.reports.printing.environment import FormEnvironment
from schoolcrm.reports.printing.own_fields import placeholders_of
from schoolcrm.reports.printing.placeholders import tree_of
from schoolcrm.reports.printing.texts import Values
from schoolcrm.reports.printing.values import contract_values, subscription_values

_VALUES = {"contract": contract_values, "subscription": subscription_values}


def values_of(school: School, used_for: str, number: int) -> Values:
    """Return what forms may print of the contract or the subscription with that number."""
    return _VALUES[used_for](school, number)


def rehearse(db: sqlite3.Connection, name: str, used_for: str, format: str, content: bytes) -> None:
    """Fill a form with invented values, to see that it can be; BadValue says why it can't."""
    tree = tree_of(placeholders_of(db, used_for))
    _fill(FormEnvironment(name, tree, setting(db, "language")), format, content, tree)


def filled(db: sqlite3.Connection, form: PrintForm, content: bytes, values: Values) -> bytes:
    """Return the form filled with the values; BadValue for one that asks for what there is no longer."""
    tree = tree_of(placeholders_of(db, form.used_for))
    return _fill(FormEnvironment(form.name, tree, setting(db, "language")), form.format, content, values)


def _fill(environment: FormEnvironment, format: str, content: bytes, values: Values) -> bytes:
    if format == "html":
        from schoolcrm.reports.printing.html_form import fill_html

        return fill_html(environment, content, values)
    from schoolcrm.reports.printing.docx_form import fill_docx

    return fill_docx(environment, content, values)
