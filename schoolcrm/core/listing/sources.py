"""Where the values of listed fields come from, in SQL; the same sources serve lists of clients and of students.

`owner` is whose the values are: the client of a `learner` or the learner, as the students are called here so as
not to be mistaken for the student at hand. OWNER stands for the record at hand (see `fields.Field`).
"""

CLIENT = "learner.client_id"
STUDENT = "learner.id"

CURRENT_MEMBERSHIP = "membership.first_on <= :today AND ifnull(membership.last_on, :today) >= :today"
VALID_SUBSCRIPTION = (
    "subscription.deleted_on IS NULL AND subscription.first_on <= :today"
    " AND ifnull(subscription.last_on, :today) >= :today"
)
PHONE_KINDS = "'mobile', 'home'"

# One SELECT for all of a client's students, those in the archive left out, or for one student: a client may have
# the same number as a student.
_OF_STUDENTS = """
SELECT DISTINCT {owner} AS owner, {value} AS value, {key} AS key
  FROM student AS learner {joins}
 WHERE {owner} = OWNER AND ('{owner}' = 'learner.id' OR learner.archived_on IS NULL)"""
_IN_GROUPS = f"""
  JOIN membership ON membership.student_id = learner.id AND {CURRENT_MEMBERSHIP}
  JOIN study_group ON study_group.id = membership.group_id AND study_group.archived_on IS NULL"""
_LEARNS = """
  JOIN student_subject ON student_subject.student_id = learner.id
  JOIN {table} ON {table}.id = student_subject.{table}_id"""
_RESPONSIBLE = """
  JOIN student_teacher ON student_teacher.student_id = learner.id
  JOIN teacher ON teacher.id = student_teacher.teacher_id"""
_TEACHES_ALONE = """
  JOIN schedule ON schedule.student_id = learner.id AND ifnull(schedule.last_on, :today) >= :today
  JOIN teacher ON teacher.id = schedule.teacher_id"""
_TEACHES_GROUP = f"""{_IN_GROUPS}
  LEFT JOIN schedule ON schedule.group_id = study_group.id AND ifnull(schedule.last_on, :today) >= :today
  JOIN teacher ON teacher.id = ifnull(schedule.teacher_id, study_group.teacher_id)"""
_SUBSCRIBED = f"""
  JOIN subscription ON subscription.student_id = learner.id AND {VALID_SUBSCRIPTION}
  JOIN plan ON plan.id = subscription.plan_id"""


def _named(owner: str, table: str, joins: str) -> str:
    return _OF_STUDENTS.format(owner=owner, value=f"{table}.name", key=f"{table}.name_key", joins=joins)


def students(owner: str) -> str:
    """Return the SELECT of students' names; two of one name are two."""
    return _named(owner, "learner", "").replace("SELECT DISTINCT", "SELECT", 1)


def groups(owner: str) -> str:
    """Return the SELECT of the groups that have the students as members today."""
    return _named(owner, "study_group", _IN_GROUPS)


def subjects(owner: str) -> str:
    """Return the SELECT of the subjects the students learn."""
    return _named(owner, "subject", _LEARNS.format(table="subject"))


def levels(owner: str) -> str:
    """Return the SELECT of the levels the students have reached."""
    return _named(owner, "level", _LEARNS.format(table="level"))


def responsible_teachers(owner: str) -> str:
    """Return the SELECT of the teachers who answer for the students."""
    return _named(owner, "teacher", _RESPONSIBLE)


def teachers(owner: str) -> str:
    """Return the SELECT of the teachers who teach the students by the schedule, or answer for them (R52)."""
    return " UNION ".join(_named(owner, "teacher", joins) for joins in (_RESPONSIBLE, _TEACHES_ALONE, _TEACHES_GROUP))


def subscriptions(owner: str) -> str:
    """Return the SELECT of the plans whose subscriptions are valid today."""
    return _named(owner, "plan", _SUBSCRIBED)


def age(birthday: str) -> str:
    """Return the expression of the full years since a birthday."""
    return f"(CAST(:today AS INTEGER) - CAST({birthday} AS INTEGER) - (substr(:today, 6) < substr({birthday}, 6)))"


AGES = f"""
SELECT student.client_id AS owner, {age("student.birthday")} AS value, student.birthday AS key
  FROM student
 WHERE student.client_id = OWNER AND student.archived_on IS NULL AND student.birthday IS NOT NULL
 UNION
SELECT own.id, {age("own.birthday")}, own.birthday
  FROM client AS own
 WHERE own.id = OWNER AND own.birthday IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM student WHERE student.client_id = own.id AND student.archived_on IS NULL)"""  # noqa: S608

YOUNGEST = f"(SELECT min(value) FROM ({AGES.replace('OWNER', 'client.id')}))"  # noqa: S608


def contacts(kinds: str = "") -> str:
    """Return the SELECT of a client's contacts, of some kinds or of all."""
    some = f" AND contact.kind IN ({kinds})" if kinds else ""
    return f"""
SELECT contact.client_id AS owner, contact.value AS value, contact.value_key AS key
  FROM contact
 WHERE contact.client_id = OWNER{some}"""  # noqa: S608


def first_contact(kinds: str) -> str:
    """Return the expression of a client's first contact of some kinds, a mobile before a home phone."""
    return (
        f"(SELECT value FROM contact WHERE contact.client_id = client.id AND kind IN ({kinds})"  # noqa: S608
        " ORDER BY kind = 'home', id LIMIT 1)"
    )


def of_client(expression: str, table: str, condition: str = "1") -> str:
    """Return the expression of an aggregate over a table of things that are the client's."""
    return f"(SELECT {expression} FROM {table} WHERE {table}.client_id = client.id AND {condition})"  # noqa: S608


def status(column: str, scale: str) -> str:
    """Return the expression of the client's status ("status") or stage ("stage")."""
    return f"(SELECT {column} FROM status WHERE status.id = client.{scale}_id)"  # noqa: S608


def latest(*days: str) -> str:
    """Return the expression of the latest of several days, absent ones left out."""
    return f"nullif(max({', '.join(f'''ifnull({day}, '')''' for day in days)}), '')"


ATTENDED_LAST_OF_STUDENT = "(SELECT max(on_date) FROM mark WHERE mark.student_id = student.id AND mark.attended = 1)"
ATTENDED_LAST = f"(SELECT max({ATTENDED_LAST_OF_STUDENT}) FROM student WHERE student.client_id = client.id)"  # noqa: S608
# Without min(), for SQLite takes the client into the view only where nothing is aggregated.
TRIAL = "(SELECT on_date FROM attended_trial WHERE attended_trial.client_id = client.id ORDER BY on_date LIMIT 1)"

CONTRACTS_TOTAL = of_client("ifnull(sum(amount), 0)", "contract")
PAID = of_client("ifnull(sum(effect), 0)", "payment", "kind IN ('income', 'refund') AND voided_on IS NULL")

# Of everybody the views have the sums ready; of a few clients they are added up entry by entry.
BALANCE_OF_ALL = "SELECT client_id AS owner, sum(balance) AS value FROM account_balance GROUP BY client_id"
BALANCE = "SELECT client_id AS owner, sum(amount) AS value FROM ledger_entry WHERE client_id = OWNER GROUP BY client_id"
DEBT_OF_ALL = """
SELECT client_id AS owner, -sum(balance) AS value FROM account_balance WHERE balance < 0 GROUP BY client_id"""
DEBT = """
SELECT owner, -sum(balance) AS value
  FROM (SELECT client_id AS owner, sum(amount) AS balance FROM ledger_entry
         WHERE client_id = OWNER GROUP BY client_id, account HAVING sum(amount) < 0)
 GROUP BY owner"""
