"""Why a client has this status and stage: facts, what decided, what time would change, what holds it back (R11)."""

from typing import TYPE_CHECKING, Any

from schoolcrm.core.language import N_, _, ngettext, translated
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.status import REFUSABLE, Skip, base_name, refusal_starts_on
from schoolcrm.core.statuses.history import RULES
from schoolcrm.reports.statuses import REASON_WORDS, SCALE_WORDS, SKIP_WORDS, base_words
from schoolcrm.reports.table import Column, Fact, Kind, Table

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.statuses.facts import ClientFacts
    from schoolcrm.core.statuses.history import Explanation, Standing
    from schoolcrm.core.statuses.numbers import Numbers

# What brought a client into a status, by the reason that the history keeps.
_ARRIVALS = {
    "recorded": N_('"{status}" since {day}: that is where a client begins.'),
    "hand": N_('"{status}" since {day}: set by hand; it stays until an event or a refusal leads to another base.'),
    "sale": N_('"{status}" since {day}: a subscription was sold.'),
    "sale-withdrawn": N_('"{status}" since {day}: the only sale was deleted, which brought back the status before it.'),
    "student-added": N_('"{status}" since {day}: the client got a student of this school.'),
    "trial": N_('"{status}" since {day}: a trial lesson was booked or attended.'),
    "trial-missed": N_(
        '"{status}" since {day}: the trial lesson fell through, which brought back the status before it.'
    ),
    "refusal-rule": N_('"{status}" since {day}: no purchase, visit or decision by hand for too long.'),
    "loyalty-rule": N_('"{status}" since {day}: so the purchases of that day decided.'),
    "import": N_('"{status}" since {day}: so the client was imported.'),
    "default-switched": N_('"{status}" since {day}: the school made it the automatic one in place of another.'),
    "termination": N_('"{status}" since {day}: the last running contract was terminated.'),
}
_RULES_OF_FACTS = ("purchases", "silence", "termination")
_STAGE_BY_HAND = N_(
    '"{status}" since {day}: set by hand; it stays until the next purchase or termination of a contract.'
)


def explanation_table(client: str, explanation: "Explanation", today: "date") -> Table:
    """Return what decides a client's status and stage as a table, the rules' work in words below it (R11)."""
    held = translated(SKIP_WORDS) | {"hand": _("set by hand")}
    return Table(
        report="status-explain",
        title=_("Status of {client}").format(client=client),
        parameters=_thresholds(explanation.numbers),
        columns=(
            Column("scale", _("Scale"), Kind.CODE, words=translated(SCALE_WORDS)),
            Column("status", _("Now")),
            Column("base", _("Base status"), Kind.CODE, words=base_words()),
            Column("since", _("Since"), Kind.DATE),
            Column("reason", _("Reason"), Kind.CODE, words=translated(REASON_WORDS)),
            Column("note", _("Note")),
            Column("rule", _("Rule"), Kind.CODE, words=RULES),
            Column("next", _("Next"), Kind.CODE, words=base_words()),
            Column("next_on", _("From day"), Kind.DATE),
            Column("held_by", _("Held back by"), Kind.CODE, words=held),
        ),
        rows=[_standing_cells(each) for each in (explanation.funnel, explanation.loyalty)],
        head=_facts(explanation),
        notes=_sentences(explanation, today),
    )


def _thresholds(numbers: "Numbers") -> list[Fact]:
    """Return the school's own numbers in force, under the keys of its settings."""
    return [
        Fact("refusal_months", _("Refused after months of silence"), Kind.INTEGER, numbers.refusal_months),
        Fact("regular_purchases", _("Regular from purchases"), Kind.INTEGER, numbers.loyalty.regular_purchases),
        Fact("sleeping_days", _("Sleeping after days without a purchase"), Kind.INTEGER, numbers.loyalty.sleeping_days),
    ]


def _facts(explanation: "Explanation") -> list[Fact]:
    """Return what is known about the client, also of one whom no rule looks at."""
    facts = explanation.facts or explanation.idle
    if facts is None:
        return []
    silence = facts.silence
    return [
        Fact("purchases", _("Purchases"), Kind.INTEGER, facts.purchases.made),
        Fact("last_purchase", _("Last purchase"), Kind.DATE, facts.purchases.last_on),
        Fact("last_visit", _("Last visit"), Kind.DATE, silence.attended_on),
        Fact("last_decision", _("Last set by hand"), Kind.DATE, silence.decided_on),
        Fact("trial_booked", _("Trial lesson booked for"), Kind.DATE, silence.trial_on),
        Fact("contract_terminated", _("Last running contract terminated"), Kind.DATE, facts.terminated_on),
        Fact("silent_since", _("Silence counted from"), Kind.DATE, silence.anchor()),
    ]


def _standing_cells(standing: "Standing") -> tuple[Any, ...]:
    status = standing.status
    arrival = (standing.since, standing.reason, standing.note, standing.rule)
    # A stage set by hand waits for something to happen, not for a day.
    awaited = (None, None) if standing.held_by == "hand" else (standing.next_base, standing.next_on)
    return (status.scale, status.name, status.base, *arrival, *awaited, standing.held_by)


def _sentences(explanation: "Explanation", today: "date") -> list[str]:
    """Return for either scale what decided and what comes next, in whole sentences."""
    facts, funnel, loyalty = explanation.facts, explanation.funnel, explanation.loyalty
    if facts is None:
        idle = _("The client is archived or deleted: no rule changes anything.")
        return [*_arrival(funnel), *_arrival(loyalty), *_when_back(explanation), idle]
    return [
        *_arrival(funnel),
        *_refusal(funnel, facts, explanation.numbers, today),
        *_stage_now(loyalty, facts, explanation.numbers, today),
        *_stage_next(loyalty, today),
    ]


def _when_back(explanation: "Explanation") -> list[str]:
    """Return since when the client is in the archive, and what would decide again if the client came back."""
    if explanation.idle is None:
        return []
    sentences = [_("'schoolcrm clients restore {id}' brings the client back; then these facts decide.")]
    if explanation.archived_on:
        sentences.insert(0, _("In the archive since {day}."))
    day = human_date(explanation.archived_on) if explanation.archived_on else ""
    return [sentence.format(id=explanation.idle.client_id, day=day) for sentence in sentences]


def _arrival(standing: "Standing") -> list[str]:
    if standing.since is None or standing.reason is None:
        return []
    by_hand = standing.reason == "hand" and standing.status.scale == "loyalty"
    sentence = _(_STAGE_BY_HAND if by_hand else _ARRIVALS[standing.reason])
    return [sentence.format(status=standing.status.name, day=human_date(standing.since))]


def _refusal(standing: "Standing", facts: "ClientFacts", numbers: "Numbers", today: "date") -> list[str]:
    anchor = facts.silence.anchor()
    if standing.next_base is None or standing.next_on is None or anchor is None:
        if standing.status.base in REFUSABLE and anchor is None:
            return [_("No purchase, visit or decision by hand is known to count the silence from: no refusal.")]
        return [_("Time alone does not change this status.")]
    reason = _(SKIP_WORDS[Skip(standing.held_by)]) if standing.held_by else ""
    words = {"status": base_name("funnel", standing.next_base), "day": human_date(standing.next_on), "reason": reason}
    if standing.next_on > today:
        sentences = [_("{status} on {day} unless something is bought, a lesson attended or the status set by hand.")]
        if reason:
            sentences.append(_("As things stand it would be held back that day: {reason}."))
        elif standing.next_on > refusal_starts_on(anchor, numbers.refusal_months):
            sentences.append(_("Until then a subscription not yet ended holds it back."))
    elif reason:
        sentences = [_("{status} was due on {day} and is held back: {reason}.")]
    else:
        sentences = [_("{status} at the next recompute: due since {day}.")]
    return [sentence.format_map(words) for sentence in sentences]


def _stage_now(standing: "Standing", facts: "ClientFacts", numbers: "Numbers", today: "date") -> list[str]:
    """Return what makes the stage what it is: the facts if the rule stands by them, else what set it."""
    waiting = standing.next_on is not None and standing.next_on <= today
    if standing.rule not in _RULES_OF_FACTS or waiting or standing.since is None:
        return _arrival(standing)
    words = {"status": standing.status.name, "day": human_date(standing.since), "count": facts.purchases.made}
    days = numbers.loyalty.sleeping_days
    sentences = {
        "newcomer": _('"{status}" since {day}: nothing was bought yet.'),
        "sleeping": ngettext(
            '"{status}" since {day}: nothing was bought for more than {days} day.',
            '"{status}" since {day}: nothing was bought for more than {days} days.',
            days,
        ),
        "former": _('"{status}" since {day}: the last running contract was terminated and nothing bought since.'),
    }
    counted = _('"{status}" since {day}: purchases made: {count}, regular from {regular}.')
    sentence = sentences.get(standing.status.base, counted)
    return [sentence.format(**words, days=days, regular=numbers.loyalty.regular_purchases)]


def _stage_next(standing: "Standing", today: "date") -> list[str]:
    if standing.next_base is None or standing.next_on is None:
        return []
    name = base_name("loyalty", standing.next_base)
    if standing.held_by:
        return [_("Without that it would be: {status}.").format(status=name)]
    if standing.next_on > today:
        return [
            _("{status} on {day} unless something is bought.").format(status=name, day=human_date(standing.next_on))
        ]
    return [_("{status} at the next recompute.").format(status=name)]
