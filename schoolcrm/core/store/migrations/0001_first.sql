-- The first schema. Laid out for what reports read most: marks are clustered by student and date,
-- and carry their lesson's date; a composite foreign key keeps that date true.
-- `x IS date(x, '+0 days')` admits NULL and real ISO calendar dates, nothing else.

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Catalogues (R20) ---------------------------------------------------------------------------------------

CREATE TABLE subject (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE level (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE location (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE room (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    location_id INTEGER REFERENCES location (id),
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE teacher (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE lesson_type (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    code        TEXT UNIQUE CHECK (code IN ('group', 'individual', 'trial', 'make-up')),
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE absence_reason (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    short       TEXT NOT NULL CHECK (short <> ''),
    short_key   TEXT NOT NULL UNIQUE,
    excused     INTEGER NOT NULL CHECK (excused IN (0, 1)),
    charged     INTEGER NOT NULL CHECK (charged BETWEEN 0 AND 100),
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE account (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

-- Statuses (R1, R2, R10) ---------------------------------------------------------------------------------

CREATE TABLE status (
    id        INTEGER PRIMARY KEY,
    scale     TEXT NOT NULL CHECK (scale IN ('funnel', 'loyalty')),
    base      TEXT NOT NULL,
    name      TEXT NOT NULL CHECK (name <> ''),
    name_key  TEXT NOT NULL,
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    UNIQUE (scale, name_key),
    CHECK (CASE scale
           WHEN 'funnel' THEN base IN ('for-admin', 'new', 'in-work', 'trial-booked', 'trial-done', 'group-search',
                                       'bought', 'reserve', 'refused', 'deleted')
           ELSE base IN ('newcomer', 'active', 'regular', 'sleeping', 'former') END)
) STRICT;
CREATE UNIQUE INDEX status_automatic ON status (scale, base) WHERE automatic = 1;

-- People -------------------------------------------------------------------------------------------------

CREATE TABLE client (
    id                INTEGER PRIMARY KEY,
    name              TEXT NOT NULL CHECK (name <> ''),
    name_key          TEXT NOT NULL,
    status_id         INTEGER NOT NULL REFERENCES status (id),
    stage_id          INTEGER NOT NULL REFERENCES status (id),
    studies           INTEGER NOT NULL DEFAULT 0 CHECK (studies IN (0, 1)),
    birthday          TEXT CHECK (birthday IS date(birthday, '+0 days')),
    sex               TEXT CHECK (sex IN ('f', 'm')),
    source_id         INTEGER REFERENCES source (id),
    manager           TEXT,
    colour            TEXT,
    note              TEXT,
    application       TEXT CHECK (application IN ('site', 'call', 'app')),
    trial_spent       INTEGER NOT NULL DEFAULT 0 CHECK (trial_spent IN (0, 1)),
    last_visit_on     TEXT CHECK (last_visit_on IS date(last_visit_on, '+0 days')),
    last_purchase_on  TEXT CHECK (last_purchase_on IS date(last_purchase_on, '+0 days')),
    created_on        TEXT NOT NULL CHECK (created_on IS date(created_on, '+0 days')),
    archived_on       TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;
CREATE INDEX client_by_name ON client (name_key);

CREATE TABLE contact (
    id        INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES client (id),
    kind      TEXT NOT NULL CHECK (kind IN ('mobile', 'home', 'email', 'address', 'skype', 'link', 'metro')),
    value     TEXT NOT NULL CHECK (value <> ''),
    value_key TEXT NOT NULL,
    note      TEXT,
    UNIQUE (client_id, kind, value_key)
) STRICT;
CREATE INDEX contact_by_value ON contact (value_key);

CREATE TABLE student (
    id          INTEGER PRIMARY KEY,
    client_id   INTEGER NOT NULL REFERENCES client (id),
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL,
    birthday    TEXT CHECK (birthday IS date(birthday, '+0 days')),
    sex         TEXT CHECK (sex IN ('f', 'm')),
    note        TEXT,
    created_on  TEXT NOT NULL CHECK (created_on IS date(created_on, '+0 days')),
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;
CREATE INDEX student_of_client ON student (client_id);
CREATE INDEX student_by_name ON student (name_key);

CREATE TABLE student_teacher (
    student_id INTEGER NOT NULL REFERENCES student (id),
    teacher_id INTEGER NOT NULL REFERENCES teacher (id),
    PRIMARY KEY (student_id, teacher_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE student_subject (
    id         INTEGER PRIMARY KEY,
    student_id INTEGER NOT NULL REFERENCES student (id),
    subject_id INTEGER NOT NULL REFERENCES subject (id),
    level_id   INTEGER REFERENCES level (id),
    UNIQUE (student_id, subject_id)
) STRICT;

CREATE TABLE field (
    id       INTEGER PRIMARY KEY,
    entity   TEXT NOT NULL CHECK (entity IN ('client', 'student', 'lesson')),
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL,
    type     TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'bool', 'choice')),
    choices  TEXT,
    UNIQUE (entity, name_key)
) STRICT;

CREATE TABLE client_field (
    client_id INTEGER NOT NULL REFERENCES client (id),
    field_id  INTEGER NOT NULL REFERENCES field (id),
    value     TEXT NOT NULL,
    PRIMARY KEY (client_id, field_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE student_field (
    student_id INTEGER NOT NULL REFERENCES student (id),
    field_id   INTEGER NOT NULL REFERENCES field (id),
    value      TEXT NOT NULL,
    PRIMARY KEY (student_id, field_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE status_change (
    id              INTEGER PRIMARY KEY,
    client_id       INTEGER NOT NULL REFERENCES client (id),
    scale           TEXT NOT NULL CHECK (scale IN ('funnel', 'loyalty')),
    from_id         INTEGER REFERENCES status (id),
    to_id           INTEGER NOT NULL REFERENCES status (id),
    on_date         TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    at              TEXT NOT NULL,
    user            TEXT NOT NULL,
    reason          TEXT NOT NULL CHECK (reason IN ('recorded', 'hand', 'sale', 'sale-withdrawn', 'student-added', 'trial',
                                                    'trial-missed', 'refusal-rule', 'loyalty-rule', 'import',
                                                    'default-switched', 'termination')),
    note            TEXT,
    subscription_id INTEGER REFERENCES subscription (id)
) STRICT;
CREATE INDEX status_change_of_client ON status_change (client_id, on_date);
CREATE INDEX status_change_by_hand ON status_change (client_id, scale, on_date) WHERE reason = 'hand';

-- Learning -----------------------------------------------------------------------------------------------

CREATE TABLE study_group (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL UNIQUE,
    subject_id  INTEGER REFERENCES subject (id),
    level_id    INTEGER REFERENCES level (id),
    teacher_id  INTEGER REFERENCES teacher (id),
    room_id     INTEGER REFERENCES room (id),
    size_limit  INTEGER CHECK (size_limit > 0),
    created_on  TEXT NOT NULL CHECK (created_on IS date(created_on, '+0 days')),
    archived_on TEXT CHECK (archived_on IS date(archived_on, '+0 days'))
) STRICT;

CREATE TABLE membership (
    id         INTEGER PRIMARY KEY,
    group_id   INTEGER NOT NULL REFERENCES study_group (id),
    student_id INTEGER NOT NULL REFERENCES student (id),
    first_on   TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on    TEXT CHECK (last_on IS date(last_on, '+0 days')),
    CHECK (last_on >= first_on)
) STRICT;
CREATE INDEX membership_of_group ON membership (group_id, first_on);
CREATE INDEX membership_of_student ON membership (student_id);

CREATE TABLE schedule (
    id             INTEGER PRIMARY KEY,
    group_id       INTEGER REFERENCES study_group (id),
    student_id     INTEGER REFERENCES student (id),
    weekdays       INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),   -- a bit a day, Monday is 1
    time           TEXT NOT NULL CHECK (time IS strftime('%H:%M', time)),
    minutes        INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    every_weeks    INTEGER NOT NULL DEFAULT 1 CHECK (every_weeks BETWEEN 1 AND 52),
    lesson_type_id INTEGER NOT NULL REFERENCES lesson_type (id),
    subject_id     INTEGER REFERENCES subject (id),
    teacher_id     INTEGER REFERENCES teacher (id),
    room_id        INTEGER REFERENCES room (id),
    first_on       TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on        TEXT CHECK (last_on IS date(last_on, '+0 days')),
    CHECK ((group_id IS NULL) <> (student_id IS NULL)),
    CHECK (last_on >= first_on)
) STRICT;
CREATE INDEX schedule_of_group ON schedule (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX schedule_of_student ON schedule (student_id) WHERE student_id IS NOT NULL;

-- A lesson of a schedule is stored once it is held, cancelled, moved or edited;
-- schedule_id and occurrence_on then name the computed lesson it stands for (R22).
CREATE TABLE lesson (
    id             INTEGER PRIMARY KEY,
    group_id       INTEGER REFERENCES study_group (id),
    student_id     INTEGER REFERENCES student (id),
    on_date        TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    time           TEXT NOT NULL CHECK (time IS strftime('%H:%M', time)),
    minutes        INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    state          TEXT NOT NULL CHECK (state IN ('planned', 'held', 'cancelled')),
    lesson_type_id INTEGER NOT NULL REFERENCES lesson_type (id),
    subject_id     INTEGER REFERENCES subject (id),
    teacher_id     INTEGER REFERENCES teacher (id),
    room_id        INTEGER REFERENCES room (id),
    topic          TEXT,
    homework       TEXT,
    note           TEXT,
    schedule_id    INTEGER REFERENCES schedule (id),
    occurrence_on  TEXT CHECK (occurrence_on IS date(occurrence_on, '+0 days')),
    UNIQUE (id, on_date),
    UNIQUE (schedule_id, occurrence_on),
    CHECK ((group_id IS NULL) <> (student_id IS NULL)),
    CHECK ((schedule_id IS NULL) = (occurrence_on IS NULL))
) STRICT;
CREATE INDEX lesson_of_group ON lesson (group_id, on_date, state);
CREATE INDEX lesson_of_student ON lesson (student_id, on_date, state) WHERE student_id IS NOT NULL;
CREATE INDEX lesson_by_date ON lesson (on_date, time);
CREATE UNIQUE INDEX lesson_once_of_group ON lesson (group_id, on_date, time) WHERE group_id IS NOT NULL AND state <> 'cancelled';
CREATE UNIQUE INDEX lesson_once_of_student ON lesson (student_id, on_date, time)
    WHERE student_id IS NOT NULL AND state <> 'cancelled';

CREATE TABLE lesson_field (
    lesson_id INTEGER NOT NULL REFERENCES lesson (id),
    field_id  INTEGER NOT NULL REFERENCES field (id),
    value     TEXT NOT NULL,
    PRIMARY KEY (lesson_id, field_id)
) STRICT, WITHOUT ROWID;

-- Money --------------------------------------------------------------------------------------------------

CREATE TABLE plan (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL CHECK (name <> ''),
    name_key      TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL CHECK (kind IN ('lesson', 'package', 'month')),
    price         INTEGER NOT NULL CHECK (price >= 0),
    lessons       INTEGER CHECK (lessons > 0),
    length_days   INTEGER CHECK (length_days > 0),
    length_months INTEGER CHECK (length_months > 0),
    billing       TEXT NOT NULL CHECK (billing IN ('by-lesson', 'upfront')),
    separate      INTEGER NOT NULL CHECK (separate IN (0, 1)),
    burn          INTEGER NOT NULL CHECK (burn IN (0, 1)),
    stop_at_end   INTEGER NOT NULL CHECK (stop_at_end IN (0, 1)),
    archived_on   TEXT CHECK (archived_on IS date(archived_on, '+0 days')),
    CHECK ((kind = 'package') = (lessons IS NOT NULL)),
    CHECK (length_days IS NULL OR length_months IS NULL)
) STRICT;

CREATE TABLE plan_subject (
    plan_id    INTEGER NOT NULL REFERENCES plan (id),
    subject_id INTEGER NOT NULL REFERENCES subject (id),
    PRIMARY KEY (plan_id, subject_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_lesson_type (
    plan_id        INTEGER NOT NULL REFERENCES plan (id),
    lesson_type_id INTEGER NOT NULL REFERENCES lesson_type (id),
    PRIMARY KEY (plan_id, lesson_type_id)
) STRICT, WITHOUT ROWID;

-- A subscription keeps the terms it was sold on; a later change of the plan leaves it alone.
CREATE TABLE subscription (
    id          INTEGER PRIMARY KEY,
    student_id  INTEGER NOT NULL REFERENCES student (id),
    plan_id     INTEGER NOT NULL REFERENCES plan (id),
    origin      TEXT NOT NULL CHECK (origin IN ('sale', 'import')),
    is_trial    INTEGER NOT NULL CHECK (is_trial IN (0, 1)),
    sold_on     TEXT NOT NULL CHECK (sold_on IS date(sold_on, '+0 days')),
    first_on    TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on     TEXT CHECK (last_on IS date(last_on, '+0 days')),
    kind        TEXT NOT NULL CHECK (kind IN ('lesson', 'package', 'month')),
    price       INTEGER NOT NULL CHECK (price >= 0),
    lessons     INTEGER CHECK (lessons > 0),
    billing     TEXT NOT NULL CHECK (billing IN ('by-lesson', 'upfront')),
    separate    INTEGER NOT NULL CHECK (separate IN (0, 1)),
    burn        INTEGER NOT NULL CHECK (burn IN (0, 1)),
    stop_at_end INTEGER NOT NULL CHECK (stop_at_end IN (0, 1)),
    note        TEXT,
    deleted_on  TEXT CHECK (deleted_on IS date(deleted_on, '+0 days')),
    CHECK (last_on >= first_on),
    CHECK ((kind = 'package') = (lessons IS NOT NULL))
) STRICT;
CREATE INDEX subscription_of_student ON subscription (student_id, is_trial, sold_on);

CREATE TABLE subscription_subject (
    subscription_id INTEGER NOT NULL REFERENCES subscription (id),
    subject_id      INTEGER NOT NULL REFERENCES subject (id),
    PRIMARY KEY (subscription_id, subject_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription_lesson_type (
    subscription_id INTEGER NOT NULL REFERENCES subscription (id),
    lesson_type_id  INTEGER NOT NULL REFERENCES lesson_type (id),
    PRIMARY KEY (subscription_id, lesson_type_id)
) STRICT, WITHOUT ROWID;

-- What an upfront subscription takes on its first day, or on the first covered day of each month (R31).
CREATE TABLE upfront_charge (
    id              INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscription (id),
    on_date         TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    amount          INTEGER NOT NULL CHECK (amount >= 0),
    UNIQUE (subscription_id, on_date)
) STRICT;

-- basis: paid (by its subscription), upfront (already charged at the sale), over (package used up, into debt,
-- R34), none (no subscription, R33), trial (free, R12).
CREATE TABLE mark (
    student_id      INTEGER NOT NULL REFERENCES student (id),
    on_date         TEXT NOT NULL,
    lesson_id       INTEGER NOT NULL,
    attended        INTEGER NOT NULL CHECK (attended IN (0, 1)),
    reason_id       INTEGER REFERENCES absence_reason (id),
    share           INTEGER NOT NULL CHECK (share BETWEEN 0 AND 100),
    basis           TEXT NOT NULL CHECK (basis IN ('paid', 'upfront', 'over', 'none', 'trial')),
    price           INTEGER NOT NULL CHECK (price >= 0),
    charge          INTEGER NOT NULL CHECK (charge BETWEEN 0 AND price),
    subscription_id INTEGER REFERENCES subscription (id),
    separate_id     INTEGER REFERENCES subscription (id),
    grade           TEXT,
    homework_grade  TEXT,
    note            TEXT,
    PRIMARY KEY (student_id, on_date, lesson_id),
    FOREIGN KEY (lesson_id, on_date) REFERENCES lesson (id, on_date) ON UPDATE CASCADE,
    CHECK (attended = 0 OR (reason_id IS NULL AND share = 100)),
    CHECK ((basis IN ('none', 'trial')) = (subscription_id IS NULL)),
    CHECK (separate_id IS NULL OR separate_id = subscription_id),
    CHECK (charge = 0 OR basis IN ('paid', 'over'))
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_of_lesson ON mark (lesson_id);
CREATE INDEX mark_of_subscription ON mark (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX mark_separate ON mark (separate_id, student_id, on_date, charge) WHERE separate_id IS NOT NULL;
CREATE INDEX mark_trial ON mark (student_id) WHERE basis = 'trial';
CREATE INDEX mark_unpaid ON mark (student_id, on_date) WHERE basis = 'none';

CREATE TABLE payment (
    id              INTEGER PRIMARY KEY,
    client_id       INTEGER NOT NULL REFERENCES client (id),
    student_id      INTEGER REFERENCES student (id),
    subscription_id INTEGER REFERENCES subscription (id),
    separate_id     INTEGER REFERENCES subscription (id),
    kind            TEXT NOT NULL CHECK (kind IN ('income', 'refund', 'adjustment', 'goods')),
    on_date         TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    amount          INTEGER NOT NULL,
    effect          INTEGER NOT NULL,
    account_id      INTEGER REFERENCES account (id),
    payer           TEXT,
    note            TEXT,
    voided_on       TEXT CHECK (voided_on IS date(voided_on, '+0 days')),
    void_reason     TEXT,
    CHECK (CASE kind WHEN 'adjustment' THEN amount <> 0 ELSE amount > 0 END),
    CHECK (CASE kind WHEN 'income' THEN effect = amount WHEN 'refund' THEN effect = -amount
                     WHEN 'adjustment' THEN effect = amount ELSE effect IN (0, -amount) END),
    CHECK (separate_id IS NULL OR separate_id = subscription_id),
    CHECK ((voided_on IS NULL) = (void_reason IS NULL))
) STRICT;
CREATE INDEX payment_of_client ON payment (client_id, on_date, separate_id, effect, voided_on);
CREATE INDEX payment_separate ON payment (separate_id, client_id, on_date, effect, voided_on) WHERE separate_id IS NOT NULL;
CREATE INDEX payment_by_date ON payment (on_date);

-- One definition of who is seen, what moves money, and what a balance is (R7, R36) ------------------------

CREATE VIEW visible_client AS
SELECT * FROM client
 WHERE archived_on IS NULL
   AND status_id NOT IN (SELECT id FROM status WHERE base = 'deleted');

-- amount: kopecks on the client's account, + in, − out; account: 0 the general one, else the subscription
-- with a separate balance; rank: payments before charges on one day.
CREATE VIEW ledger_entry AS
SELECT client_id, student_id, on_date, 0 AS rank, kind, id, ifnull(separate_id, 0) AS account, effect AS amount
  FROM payment
 WHERE voided_on IS NULL
UNION ALL
SELECT student.client_id, student.id, upfront_charge.on_date, 1, 'upfront', upfront_charge.id,
       iif(subscription.separate, subscription.id, 0), -upfront_charge.amount
  FROM upfront_charge
  JOIN subscription ON subscription.id = upfront_charge.subscription_id
  JOIN student ON student.id = subscription.student_id
UNION ALL
SELECT student.client_id, mark.student_id, mark.on_date, 2, 'lesson', mark.lesson_id, ifnull(mark.separate_id, 0), -mark.charge
  FROM student
 CROSS JOIN mark ON mark.student_id = student.id;

-- The ledger's sums, for the whole school at once: each table is added up in the order in which it lies, and
-- only the sums are put together. Of one client ask ledger_entry, which is then read by its indexes.
CREATE VIEW account_balance AS
WITH part AS (
    SELECT client_id, 0 AS account, sum(effect) AS amount
      FROM payment
     WHERE separate_id IS NULL AND voided_on IS NULL
     GROUP BY client_id
    UNION ALL
    SELECT client_id, separate_id, sum(effect)
      FROM payment
     WHERE separate_id IS NOT NULL AND voided_on IS NULL
     GROUP BY separate_id, client_id
    UNION ALL
    SELECT student.client_id, iif(subscription.separate, subscription.id, 0), -upfront_charge.amount
      FROM upfront_charge
      JOIN subscription ON subscription.id = upfront_charge.subscription_id
      JOIN student ON student.id = subscription.student_id
    UNION ALL
    SELECT student.client_id, 0, -charged.amount
      FROM (SELECT student_id, sum(charge) AS amount FROM mark WHERE separate_id IS NULL GROUP BY student_id) AS charged
     CROSS JOIN student ON student.id = charged.student_id
    UNION ALL
    SELECT student.client_id, charged.separate_id, -charged.amount
      FROM (SELECT student_id, separate_id, sum(charge) AS amount FROM mark WHERE separate_id IS NOT NULL
             GROUP BY separate_id, student_id) AS charged
     CROSS JOIN student ON student.id = charged.student_id)
SELECT client_id, account, sum(amount) AS balance
  FROM part
 GROUP BY client_id, account;

CREATE VIEW client_balance AS
SELECT client_id, sum(balance) AS balance
  FROM account_balance
 GROUP BY client_id;

-- A purchase is a sale that is not a trial and was not taken back (R9); an import is none (R62).
CREATE VIEW purchase AS
SELECT student.client_id, subscription.student_id, subscription.id AS subscription_id, subscription.sold_on
  FROM subscription
  JOIN student ON student.id = subscription.student_id
 WHERE subscription.is_trial = 0 AND subscription.origin = 'sale' AND subscription.deleted_on IS NULL;
