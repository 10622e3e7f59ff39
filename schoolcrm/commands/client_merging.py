"""`clients duplicates|merge`, `students move`: people put together and moved."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.people_options import StudentName
from schoolcrm.commands.session import choose, confirm, done, reading, say, show, writing
from schoolcrm.core.language import _, ngettext

if TYPE_CHECKING:
    from schoolcrm.core.people.merge import Merged, Merging
    from schoolcrm.core.people.moves import Moved

ClientName = Annotated[
    str, typer.Argument(metavar="KEEP", help=_("The client that stays: id, name, part of it, or phone."))
]
OtherName = Annotated[str, typer.Argument(metavar="OTHER", help=_("The client that goes into the first."))]
Target = Annotated[
    str, typer.Option("--to", metavar="CLIENT", help=_("The client who pays from now on: id, name or phone."))
]


def show_duplicates(ctx: typer.Context) -> None:
    """Show clients who may be one person."""
    from schoolcrm.reports.duplicates import duplicates_table, find_duplicate_rows

    with reading(ctx) as school:
        found = find_duplicate_rows(school.db)
    show(ctx, duplicates_table(found))


def merge(ctx: typer.Context, keep: ClientName, other: OtherName) -> None:
    """Move everything of one client to another."""
    from schoolcrm.core.people.merge import find_merging, merge_clients
    from schoolcrm.core.people.references import find_client

    with writing(ctx) as school:
        keep_id = choose(find_client, school.db, keep)
        other_id = choose(find_client, school.db, other)
        merging = find_merging(school.db, keep_id, other_id)
        statement = _merge_statement(merging)
        if ctx.obj.dry_run:
            say(ctx, statement)
        confirm(ctx, statement)
        merged = merge_clients(school, keep_id, other_id)
    _tell_merged(ctx, merging, merged)


def move_student(ctx: typer.Context, student: StudentName, to: Target) -> None:
    """Give a student to another client."""
    from schoolcrm.core.people.moves import move_student as move
    from schoolcrm.core.people.references import find_client, find_student

    with writing(ctx) as school:
        student_id = choose(find_student, school.db, student)
        client_id = choose(find_client, school.db, to)
        moved = move(school, student_id, client_id)
    _tell_moved(ctx, moved)


def _merge_statement(merging: "Merging") -> str:
    from schoolcrm.core.rules.money import human_money

    return _(
        "{other} (client {other_id}, balance {other_balance}) would go into {keep} (client {keep_id}, balance"
        " {keep_balance}) and be deleted: students {students}, contacts {contacts}, payments {payments}, contracts"
        " {contracts}, trial lessons {trials}, tasks {tasks}, messages {messages}, files {files}, status changes"
        " {changes}, own fields {fields}."
    ).format(
        other=merging.other,
        other_id=merging.other_id,
        other_balance=human_money(merging.other_balance),
        keep=merging.keep,
        keep_id=merging.keep_id,
        keep_balance=human_money(merging.keep_balance),
        students=merging.counts["student"],
        contacts=merging.counts["contact"],
        payments=merging.counts["payment"],
        contracts=merging.counts["contract"],
        trials=merging.counts["trial"],
        tasks=merging.counts["task"],
        messages=merging.counts["message"],
        files=merging.counts["client_file"],
        changes=merging.counts["status_change"],
        fields=merging.counts["client_field"],
    )


def _tell_merged(ctx: typer.Context, merging: "Merging", merged: "Merged") -> None:
    from schoolcrm.core.rules.money import human_money, machine_money

    for name in merging.namesakes:
        say(
            ctx,
            _("warning: both have a student {name}: they stay two students of {client}.").format(
                name=name, client=merged.name
            ),
        )
    if merged.noted:
        say(ctx, _("What differs went into the note: {told}.").format(told="; ".join(merged.noted)))
    message = _("Client {other_id} went into client {id}: {name}. Balance now: {balance}.").format(
        other_id=merging.other_id, id=merged.id, name=merged.name, balance=human_money(merged.balance)
    )
    done(ctx, message, id=merged.id, merged_id=merging.other_id, balance=machine_money(merged.balance))


def _tell_moved(ctx: typer.Context, moved: "Moved") -> None:
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.rules.money import human_money, machine_money

    if moved.cancelled_on is not None:
        say(
            ctx,
            _("warning: the trial lesson booked for {day} is cancelled: {client} can't have another one.").format(
                day=human_date(moved.cancelled_on), client=moved.target
            ),
        )
    if moved.payments:
        sentence = ngettext(
            "{count} payment for the student, {sum}, stays with {client}, who made it.",
            "{count} payments for the student, {sum}, stay with {client}, who made them.",
            moved.payments,
        )
        told = sentence.format(count=moved.payments, sum=human_money(moved.payments_sum), client=moved.origin)
        say(ctx, told)
    message = _(
        "Student {id} moved to {target}: {student}. Balance of {target} now {target_balance}, of {origin}"
        " {origin_balance}."
    ).format(
        id=moved.id,
        student=moved.student,
        target=moved.target,
        target_balance=human_money(moved.target_balance),
        origin=moved.origin,
        origin_balance=human_money(moved.origin_balance),
    )
    done(
        ctx,
        message,
        id=moved.id,
        client_id=moved.target_id,
        balance=machine_money(moved.target_balance),
        former_client_id=moved.origin_id,
        former_balance=machine_money(moved.origin_balance),
    )
