"""What people call channels and states of messages, states of tasks, what automations do: code → English word."""

from collections.abc import Mapping

from schoolcrm.core.language import N_

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
TASK_STATES: Mapping[str, str] = {"open": N_("to do"), "done": N_("done"), "archived": N_("archived")}
