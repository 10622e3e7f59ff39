"""What people call channels and states of messages, states of tasks, what automations do: code → English word."""

from collections.abc import Mapping

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import fold

CHANNELS: Mapping[str, str] = {
    "call": N_("call"),
    "email": N_("email"),
    "sms": N_("sms"),
    "comment": N_("comment"),
}
DIRECTIONS: Mapping[str, str] = {"in": N_("from the client"), "out": N_("to the client")}
MESSAGE_STATES: Mapping[str, str] = {
    "logged": N_("noted"),
    "queued": N_("waiting to be sent"),
    "sending": N_("interrupted while being sent"),
    "sent": N_("sent"),
    "failed": N_("not sent"),
    "cancelled": N_("cancelled"),
}
ACTIONS: Mapping[str, str] = {
    "set": N_("set a field"),
    "task": N_("add a task"),
    "message": N_("queue a message"),
    "run": N_("run a command"),
}
OUTCOMES: Mapping[str, str] = {"done": N_("done"), "unchanged": N_("nothing to change"), "failed": N_("failed")}
PURPOSES: Mapping[str, str] = {"contract": N_("contract"), "subscription": N_("subscription")}
TASK_STATES: Mapping[str, str] = {"open": N_("to do"), "done": N_("done"), "archived": N_("archived")}


def read_code(text: str, words: Mapping[str, str], unknown: str) -> str:
    """Return the code that was written, itself or its word in the language in use.

    Raises BadValue, with the sentence `unknown`, in which the text stands as {value}.
    """
    written = fold(text)
    named = {fold(_(word)): code for code, word in words.items()} | {code: code for code in words}
    if written in named:
        return named[written]
    raise BadValue(_(unknown).format(value=quoted(text)), _("Write one of: {names}.").format(names=", ".join(words)))
