"""Every line of the benchmark, one entry each: group, what it says, scales, how it is set up."""

from benchmarks import school_lines as school
from benchmarks import startup_lines as startup
from benchmarks import work_lines as work
from benchmarks.contest import Line

LINES = (
    Line("startup", "`schoolcrm --version`", "", startup.version),
    Line("startup", "`schoolcrm --help`", "", startup.help_page),
    Line("startup", "`payments add --help`", "", startup.group_help),
    Line("startup", "`clients list`, piped", "S", startup.clients_list_piped),
    Line("startup", "`report debtors`, piped", "S", startup.debtors_piped),
    Line("startup", "`report debtors`, piped, in Russian", "S", startup.debtors_piped_in_russian),
    Line("startup", "`report reconciliation`, piped", "S", startup.reconciliation_piped),
    Line("startup", "`report debtors` on a terminal", "S", startup.debtors_on_a_terminal),
    Line("changes", "`payments add`", "S", work.payments_add),
    Line("import", "`import-csv`", "ML", work.import_clients),
    Line("import", "`import-csv` without the journal", "ML", work.import_without_journal),
    Line("statuses", "`status recompute`, nothing to change", "SL", work.recompute_nothing),
    Line("statuses", "`status recompute`, first time", "ML", work.recompute_all),
    Line("reports", "`report debtors`, whole school", "ML", work.debtors),
    Line("school", "`report debtors --as-of`", "ML", school.debtors_as_of),
    Line("school", "lessons left and Expires of all", "ML", school.coverage),
    Line("school", "`report who-pays`", "ML", school.who_pays),
    Line("school", "`report at-risk`", "ML", school.at_risk),
    Line("school", "`report ltv`, a month", "ML", school.ltv_of_a_month),
    Line("school", "`report ltv`, all time", "ML", school.ltv),
    Line("school", "`report attendees`, a month", "ML", school.attendees_of_a_month),
    Line("school", "`report attendees`, all time", "ML", school.attendees),
    Line("school", "`report funnel`, all time", "ML", school.funnel),
    Line("school", "`report renewals`", "ML", school.renewals),
    Line("reports", "`report reconciliation` of a client", "ML", work.reconciliation),
    Line("reports", "`report journal` of a client", "ML", work.journal),
    Line("reports", "`report forecast` of a client", "ML", work.forecast),
    Line("lists", "`clients list status:bought`, first page", "ML", work.clients_list),
    Line("lists", "`payments list` as csv", "M", work.payments_csv),
)
