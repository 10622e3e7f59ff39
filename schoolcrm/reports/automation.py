"""The list of automations, and what they did (R56)."""

from collections.abc import Iterable

from schoolcrm.core.language import _, translated
from schoolcrm.core.office.automation import Automation, Run, Words
from schoolcrm.core.office.words import ACTIONS, CHANNELS, OUTCOMES
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.table import Column, Fact, Kind, Table


def automations_table(automations: Iterable[Automation], words: Words) -> Table:
    """Return the automations in force, by their numbers."""
    return Table(
        report="automations",
        title=_("Automations"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("field", _("When the field")),
            Column("value", _("Takes the value")),
            Column("action", _("What is done"), Kind.CODE, words=translated(ACTIONS)),
            Column("what", _("What exactly")),
            Column("due", _("Due")),
            Column("channel", _("Channel"), Kind.CODE, words=translated(CHANNELS)),
            Column("subject", _("Subject line")),
            Column("created", _("Created"), Kind.DATE),
        ),
        rows=[_row(one, words) for one in automations],
    )


def _row(one: Automation, words: Words) -> tuple[object, ...]:
    does = one.does
    return (
        *(one.id, words.field(one.field), words.value(one.field, one.value) or None, does.action, words.what(does)),
        *(does.due, does.channel, does.subject, one.created_on),
    )


def runs_table(runs: Iterable[Run], period: Period, *, client: str = "") -> Table:
    """Return what automations did, the latest first; a failure has its reason."""
    parameters = [Fact("period", _("Period"), Kind.PERIOD, period)]
    if client:
        parameters.append(Fact("client", _("Client"), Kind.TEXT, client))
    return Table(
        report="automation-log",
        title=_("What automations did"),
        parameters=parameters,
        columns=(
            Column("id", _("No."), Kind.INTEGER, hidden=True),
            Column("date", _("Date"), Kind.DATE),
            Column("automation_id", _("Automation"), Kind.INTEGER),
            Column("action", _("What is done"), Kind.CODE, words=translated(ACTIONS)),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("outcome", _("Outcome"), Kind.CODE, words=translated(OUTCOMES)),
            Column("reason", _("Reason")),
        ),
        rows=[
            (run.id, run.on, run.automation_id, run.action, run.client_id, run.client, run.outcome, run.reason)
            for run in runs
        ],
    )
