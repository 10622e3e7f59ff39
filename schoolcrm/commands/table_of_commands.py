"""The commands of the root: name, one line, module. A module is imported when its command is used."""

from typing import NamedTuple

from schoolcrm.core.language import N_


class Entry(NamedTuple):
    """A command or group of the root: its name, one line about it, and the module that holds `app`."""

    name: str
    summary: str
    module: str


COMMANDS = (
    Entry("today", N_("What needs doing today; also without a command."), "schoolcrm.commands.today"),
    Entry("init", N_("Create the school's database."), "schoolcrm.commands.init"),
    Entry("import-csv", N_("Move an existing client base in from CSV or Excel."), "schoolcrm.commands.import_csv"),
    Entry("clients", N_("Clients: the adults who sign and pay."), "schoolcrm.commands.clients"),
    Entry("students", N_("Students: those who attend lessons."), "schoolcrm.commands.students"),
    Entry("groups", N_("Groups and who learns in them."), "schoolcrm.commands.groups"),
    Entry("schedule", N_("The regular schedule of groups and students."), "schoolcrm.commands.schedule"),
    Entry("lessons", N_("Lessons: hold them and mark who came."), "schoolcrm.commands.lessons"),
    Entry("subscription", N_("Plans, and subscriptions sold to students."), "schoolcrm.commands.subscription"),
    Entry("payments", N_("Money in, money out, corrections."), "schoolcrm.commands.payments"),
    Entry("discounts", N_("Discounts of students: percent or money off."), "schoolcrm.commands.discounts"),
    Entry("contracts", N_("Contracts with clients: period, visits, sum."), "schoolcrm.commands.contracts"),
    Entry("forms", N_("The school's own print forms, docx and html."), "schoolcrm.commands.forms"),
    Entry("tasks", N_("Tasks: what is to be done for clients."), "schoolcrm.commands.tasks"),
    Entry("messages", N_("Messages: calls and letters noted, emails and sms sent."), "schoolcrm.commands.messages"),
    Entry("automation", N_("What is done by itself when a field takes a value."), "schoolcrm.commands.automation"),
    Entry("status", N_("Statuses of clients: set by hand, recomputed at night."), "schoolcrm.commands.status"),
    Entry("catalog", N_("Lists the school edits: subjects, teachers, rooms…"), "schoolcrm.commands.catalog"),
    Entry("fields", N_("Fields of the school's own, of clients, students, lessons."), "schoolcrm.commands.fields"),
    Entry("report", N_("Reports: reconciliation, forecast, journal, debtors."), "schoolcrm.commands.report"),
    Entry("db", N_("The database: backups, checks, an export and back."), "schoolcrm.commands.db"),
    Entry("history", N_("Who changed what, and when."), "schoolcrm.commands.history"),
    Entry("undo", N_("Take back your last operation, or an earlier one."), "schoolcrm.commands.undo"),
    Entry("redo", N_("Do again what was undone last."), "schoolcrm.commands.redo"),
    Entry("config", N_("Settings of the school, and your own."), "schoolcrm.commands.config"),
    Entry(
        "completion", N_("What makes Tab complete commands and names in your shell."), "schoolcrm.commands.completion"
    ),
)
