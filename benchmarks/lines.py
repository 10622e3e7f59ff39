"""Every line of the benchmark, one entry each: group, what it says, scales, how it is set up."""

from benchmarks import output_lines as output
from benchmarks import school_lines as school
from benchmarks import startup_lines as startup
from benchmarks import work_lines as work
from benchmarks.contest import Line

LINES = (
    Line("startup", "`schoolcrm --version`", "", startup.version),
    Line("startup", "`schoolcrm --help`", "", startup.help_page),
    Line("startup", "`payments add --help`", "", startup.group_help),
    Line("startup", "`clients list`, piped", "S", startup.clients_list_piped),
    Line("startup", "`clients list`, piped, in Russian", "S", startup.clients_list_piped_in_russian),
    Line("startup", "`report debtors`, piped", "S", startup.debtors_piped),
    Line("startup", "`report debtors`, piped, in Russian", "S", startup.debtors_piped_in_russian),
    Line("startup", "`report reconciliation`, piped", "S", startup.reconciliation_piped),
    Line("startup", "`clients list` on a terminal", "S", startup.clients_list_on_a_terminal),
    Line("startup", "`report debtors` on a terminal", "S", startup.debtors_on_a_terminal),
    Line("startup", "completion of a command", "S", startup.completion_of_a_command),
    Line("startup", "completion of a client's name", "SL", startup.completion_of_a_name),
    Line("changes", "`payments add`", "S", work.payments_add),
    Line("changes", "`lessons hold`", "S", work.lessons_hold),
    Line("import", "`import-csv`", "SML", work.import_clients),
    Line("import", "`import-csv` without the journal", "ML", work.import_without_journal),
    Line("statuses", "`status recompute`, nothing to change", "SML", work.recompute_nothing),
    Line("statuses", "`status recompute`, first time", "SML", work.recompute_all),
    Line("reports", "`report debtors`, whole school", "SML", work.debtors),
    Line("accounting", "`report debtors` and accounting programs", "M", work.debtors_by_accounting),
    Line("school", "`report debtors --as-of`", "SML", school.debtors_as_of),
    Line("school", "lessons left and Expires of all", "SML", school.coverage),
    Line("school", "`report who-pays`", "SML", school.who_pays),
    Line("school", "`report at-risk`", "SML", school.at_risk),
    Line("school", "last visit of all", "SML", school.last_visit),
    Line("school", "`report ltv`, a month", "SML", school.ltv_of_a_month),
    Line("school", "`report ltv`, all time", "SML", school.ltv),
    Line("school", "`report attendees`, a month", "SML", school.attendees_of_a_month),
    Line("school", "`report attendees`, all time", "SML", school.attendees),
    Line("school", "`report funnel`, all time", "SML", school.funnel),
    Line("school", "`report renewals`", "SML", school.renewals),
    Line("client", "`report reconciliation` of a client", "SML", work.reconciliation),
    Line("client", "`report journal` of a client", "SML", work.journal),
    Line("client", "`report forecast` of a client", "SML", work.forecast),
    Line("lists", "`clients list status:bought`, first page", "SML", work.clients_list),
    Line("lists", "`clients list WORD`, first page", "SML", work.clients_found),
    Line("output", "100,000 payments piped as a table", "M", output.piped_table),
    Line("output", "100,000 payments as csv", "M", output.piped_csv),
    Line("output", "100,000 payments as jsonl", "M", output.piped_jsonl),
    Line("output", "100,000 payments as xlsx", "M", output.xlsx),
)
