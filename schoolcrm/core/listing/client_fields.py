"""Every field of a client: columns, sort keys and filters of `clients list` (cli.md §4, R50, R52)."""

from collections.abc import Callable, Iterable
from datetime import date

from schoolcrm.core.language import N_
from schoolcrm.core.listing import sources
from schoolcrm.core.listing.conditions import (
    CLIENT_FLAGS,
    client_words,
    match_stage,
    match_status,
    match_subscription_days,
)
from schoolcrm.core.listing.fields import Field, Registry, by_key
from schoolcrm.core.listing.sources import PHONE_KINDS, of_client
from schoolcrm.core.rules.personal import (
    APPLICATIONS,
    SEXES,
    parse_birthday,
    read_application,
    read_line,
    read_name,
    read_note,
    read_sex,
    read_yes_no,
)
from schoolcrm.core.rules.status import FUNNEL, LOYALTY, base_named


def _order_of(codes: Iterable[str], value: str) -> str:
    """Return an expression that sorts codes in the order of their scale."""
    return f"instr(',{','.join(codes)},', ',' || {value} || ',')"


def plain(read: Callable[[str], str]) -> Callable[[str, date], str]:
    """Return the reader as one that is told today's date and has no use for it."""
    return lambda text, today: read(text)


def _funnel_base(text: str) -> str | None:
    named = base_named(text, "funnel")
    return named[1] if named else None


def _read_studies(text: str, today: date) -> bool:
    """A lead is who does not study (R50)."""
    return not read_yes_no(text)


def _loyalty_base(text: str) -> str | None:
    named = base_named(text, "loyalty")
    return named[1] if named else None


PHONE = Field(
    "phone",
    N_("Phone"),
    "phone",
    sql=sources.first_contact(PHONE_KINDS),
    each=sources.contacts(PHONE_KINDS),
)
STATUS = Field(
    "status",
    N_("Status"),
    sql=sources.status("name", "status"),
    folded=sources.status("name_key", "status"),
    matches=match_status,
)
BASE = Field(
    "base",
    N_("Base status"),
    "code",
    sql=sources.status("base", "status"),
    order=_order_of(FUNNEL, sources.status("base", "status")),
    words=FUNNEL,
    read_code=_funnel_base,
)
STAGE = Field(
    "stage",
    N_("Stage"),
    "code",
    sql=sources.status("base", "stage"),
    order=_order_of(LOYALTY, sources.status("base", "stage")),
    words=LOYALTY,
    read_code=_loyalty_base,
    matches=match_stage,
)
# The account is the client's, and so is what its money covers, in the list of students too.
BALANCE = Field("balance", N_("Balance"), "money", total=sources.BALANCE, totals=sources.BALANCE_OF_ALL)
DEBT = Field("debt", N_("Debt"), "money", total=sources.DEBT, totals=sources.DEBT_OF_ALL)
LESSONS_LEFT = Field("lessons_left", N_("Lessons left"), "integer", sql="lessons_left(client.id)")
EXPIRES = Field("expires", N_("Expires"), "date", sql="expires_on(client.id)")
LEAD = Field("lead", N_("Lead"), "bool", sql="(client.studies = 0)", filled=True, column="studies", read=_read_studies)


_FIELDS = by_key(
    Field("id", N_("No."), "integer", sql="client.id", filled=True),
    Field(
        "name",
        N_("Client"),
        sql="client.name",
        folded="client.name_key",
        filled=True,
        column="name",
        read=plain(read_name),
    ),
    Field("students", N_("Students"), "list", each=sources.students(sources.CLIENT)),
    PHONE,
    STATUS,
    BASE,
    STAGE,
    BALANCE,
    DEBT,
    LESSONS_LEFT,
    EXPIRES,
    Field("last_visit", N_("Last visit"), "date", sql=sources.latest("client.last_visit_on", sources.ATTENDED_LAST)),
    Field(
        "last_payment",
        N_("Last payment"),
        "date",
        sql=of_client("max(on_date)", "payment", "kind = 'income' AND voided_on IS NULL"),
    ),
    Field(
        "last_purchase",
        N_("Last purchase"),
        "date",
        sql=sources.latest("client.last_purchase_on", of_client("max(sold_on)", "purchase")),
    ),
    # An imported last purchase counts as one (R9).
    Field(
        "purchases",
        N_("Purchases"),
        "integer",
        sql=f"({of_client('count(*)', 'purchase')} + (client.last_purchase_on IS NOT NULL))",
    ),
    # R13: by the average interval between purchases, as `report renewals` has it.
    Field(
        "next_purchase",
        N_("Next purchase"),
        "date",
        sql=f"next_purchase({of_client('group_concat(sold_on)', 'purchase')}, client.last_purchase_on)",
    ),
    Field("trial", N_("Trial lesson"), "date", sql=sources.TRIAL),
    # R42: what was paid, refunds off, less the total of the contracts.
    Field("contracts_total", N_("Contracts, total"), "money", sql=sources.CONTRACTS_TOTAL),
    Field("contracts_left", N_("Contracts, left"), "money", sql=f"({sources.PAID} - {sources.CONTRACTS_TOTAL})"),
    LEAD,
    Field(
        "source",
        N_("Source"),
        sql="(SELECT name FROM source WHERE source.id = client.source_id)",
        folded="(SELECT name_key FROM source WHERE source.id = client.source_id)",
        column="source_id",
    ),
    Field("manager", N_("Manager"), sql="client.manager", column="manager", read=plain(read_line)),
    Field("responsible_teacher", N_("Responsible teacher"), "list", each=sources.responsible_teachers(sources.CLIENT)),
    Field("teacher", N_("Teacher"), "list", each=sources.teachers(sources.CLIENT)),
    Field("email", N_("Email"), sql=sources.first_contact("'email'"), each=sources.contacts("'email'")),
    Field("contacts", N_("Contacts"), "list", each=sources.contacts()),
    Field("groups", N_("Groups"), "list", each=sources.groups(sources.CLIENT)),
    Field("subjects", N_("Subjects"), "list", each=sources.subjects(sources.CLIENT)),
    Field("levels", N_("Levels"), "list", each=sources.levels(sources.CLIENT)),
    Field("subscription", N_("Subscription"), "list", each=sources.subscriptions(sources.CLIENT)),
    Field("subscription_end", N_("Subscription valid"), "date", matches=match_subscription_days, listed=False),
    Field(
        "birthday",
        N_("Birthday"),
        "date",
        sql="client.birthday",
        column="birthday",
        read=parse_birthday,
    ),
    # By the youngest: as text, 10 would come before 9.
    Field("age", N_("Age"), "list", each=sources.AGES, items="integer", order=sources.YOUNGEST),
    Field(
        "sex",
        N_("Sex"),
        "code",
        sql="client.sex",
        words=SEXES,
        read_code=read_sex,
        column="sex",
        read=plain(read_sex),
    ),
    Field("colour", N_("Colour"), sql="client.colour", column="colour", read=plain(read_line)),
    Field("note", N_("Note"), sql="client.note", column="note", read=plain(read_note)),
    Field(
        "application",
        N_("Application"),
        "code",
        sql="client.application",
        words=APPLICATIONS,
        column="application",
        read=plain(read_application),
    ),
    # R40: to the personal page.
    Field(
        "access",
        N_("Access"),
        "bool",
        sql="(client.access_on IS NOT NULL AND client.access_revoked_on IS NULL)",
        filled=True,
    ),
    Field("created", N_("Created"), "date", sql="client.created_on", filled=True),
    Field("archived", N_("Archived"), "date", sql="client.archived_on"),
)

CLIENTS = Registry(
    entity="client",
    id="client.id",
    scopes={
        "visible": "visible_client AS client WHERE 1",
        "deleted": "client WHERE client.archived_on IS NULL",
        "archived": "client WHERE client.archived_on IS NOT NULL",
        "all": "client WHERE 1",
    },
    fields=_FIELDS,
    default_columns=("id", "name", "students", "phone", "status", "balance", "last_visit", "note"),
    words=client_words,
    flags=CLIENT_FLAGS,
)
"""The fields of clients; the list leaves archived and deleted ones out unless asked (R7)."""
