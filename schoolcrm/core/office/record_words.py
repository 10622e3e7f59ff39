"""What people call the kinds of records that the journal tells of (R54)."""

from collections.abc import Mapping

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, usual
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt, fold

ENTITIES: Mapping[str, str] = {
    "client": N_("client"),
    "student": N_("student"),
    "contact": N_("contact"),
    "payment": N_("payment"),
    "subscription": N_("subscription"),
    "mark": N_("mark"),
    "lesson": N_("lesson"),
    "contract": N_("contract"),
    "trial": N_("trial lesson"),
    "status_change": N_("change of status"),
    "membership": N_("place in a group"),
    "study_group": N_("group"),
    "schedule": N_("line of the schedule"),
    "freeze": N_("freeze"),
    "freeze_extension": N_("days added by a freeze"),
    "discount": N_("discount"),
    "discount_subject": N_("subject of a discount"),
    "discount_lesson_type": N_("lesson type of a discount"),
    "test_result": N_("test result"),
    "task": N_("task"),
    "message": N_("message"),
    "automation": N_("automation"),
    "automation_run": N_("run of an automation"),
    "client_file": N_("file"),
    "file_content": N_("content of a file"),
    "print_form": N_("print form"),
    "print_form_content": N_("content of a print form"),
    "upfront_charge": N_("upfront charge"),
    "subscription_subject": N_("subject of a subscription"),
    "subscription_lesson_type": N_("lesson type of a subscription"),
    "student_subject": N_("subject of a student"),
    "student_teacher": N_("responsible teacher"),
    "client_field": N_("own field of a client"),
    "student_field": N_("own field of a student"),
    "lesson_field": N_("own field of a lesson"),
    "plan": N_("plan"),
    "plan_subject": N_("subject of a plan"),
    "plan_lesson_type": N_("lesson type of a plan"),
    "status": N_("status"),
    "holiday": N_("holiday"),
    "subject": N_("subject"),
    "level": N_("level"),
    "location": N_("location"),
    "room": N_("room"),
    "teacher": N_("teacher"),
    "lesson_type": N_("lesson type"),
    "absence_reason": N_("absence reason"),
    "source": N_("source"),
    "account": N_("account"),
    "field": N_("own field"),
    "saved_filter": N_("saved filter"),
    "saved_mapping": N_("saved mapping"),
    "setting": N_("setting"),
}
"""Every table of the school, by the code that programs know it by, with its English name."""

_OTHER_NAMES = {"group": "study_group", "groups": "study_group", "marks": "mark", "группа": "study_group"}


def entity_name(entity: str) -> str:
    """Return what people call a record of that kind; a kind that is not known is told by its code."""
    return _(ENTITIES.get(entity, entity))


def read_entity(text: str) -> str:
    """Return the code of the kind that was written: its code, its name, or the code in plural; BadValue."""
    written = fold(text).replace("-", "_")
    named = {fold(says(word)): code for says in (_, usual, str) for code, word in ENTITIES.items()}
    for name in (written, written.removesuffix("s"), written.replace("_", " ")):
        if name in ENTITIES:
            return name
        if known := named.get(name) or _OTHER_NAMES.get(name):
            return known
    near = closest(written, [*ENTITIES, *named])
    raise BadValue(
        _('There is no kind of record "{value}".').format(value=excerpt(text)),
        did_you_mean(near, _("Kinds of records: {known}.").format(known=", ".join(ENTITIES))),
    )
