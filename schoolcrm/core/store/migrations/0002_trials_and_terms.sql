-- Statuses that were deleted stay for the histories that name them; a name may come back then (R3, R5).
-- Trial lessons of clients (R12), contracts (R42), holidays (R22), freezes (R25), discounts (R35), make-ups
-- (R24), test results (R55), passport data (R50), saved filters (R52) and mappings of headings (R61). Views that
-- read what is rebuilt must go first; views.sql makes them anew.

DROP VIEW visible_client;
DROP VIEW ledger_entry;
DROP VIEW client_balance;
DROP VIEW account_balance;

CREATE TABLE status_anew (
    id         INTEGER PRIMARY KEY,
    scale      TEXT NOT NULL CHECK (scale IN ('funnel', 'loyalty')),
    base       TEXT NOT NULL,
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL,
    automatic  INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    deleted_on TEXT CHECK (deleted_on IS date(deleted_on, '+0 days')),
    CHECK (automatic = 0 OR deleted_on IS NULL),
    CHECK (CASE scale
           WHEN 'funnel' THEN base IN ('for-admin', 'new', 'in-work', 'trial-booked', 'trial-done', 'group-search',
                                       'bought', 'reserve', 'refused', 'deleted')
           ELSE base IN ('newcomer', 'active', 'regular', 'sleeping', 'former') END)
) STRICT;
INSERT INTO status_anew SELECT id, scale, base, name, name_key, automatic, NULL FROM status;
DROP TABLE status;
ALTER TABLE status_anew RENAME TO status;
CREATE UNIQUE INDEX status_automatic ON status (scale, base) WHERE automatic = 1;
CREATE UNIQUE INDEX status_named ON status (scale, name) WHERE deleted_on IS NULL;

-- A trial lesson of the client: booked for a day or recorded without a mark, in a group or in none. The mark
-- that decided it, if any, is its lesson's.
CREATE TABLE trial (
    id         INTEGER PRIMARY KEY,
    client_id  INTEGER NOT NULL REFERENCES client (id),
    student_id INTEGER REFERENCES student (id),
    group_id   INTEGER REFERENCES study_group (id),
    on_date    TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    state      TEXT NOT NULL CHECK (state IN ('booked', 'attended', 'missed', 'cancelled')),
    lesson_id  INTEGER REFERENCES lesson (id)
) STRICT;
CREATE INDEX trial_of_client ON trial (client_id, on_date);
CREATE INDEX trial_by_date ON trial (on_date) WHERE state = 'booked';

-- Terminated: given up before its end; which sale was the last known then tells a purchase of the same day (R9).
CREATE TABLE contract (
    id             INTEGER PRIMARY KEY,
    client_id      INTEGER NOT NULL REFERENCES client (id),
    number         TEXT,
    school_number  INTEGER NOT NULL UNIQUE CHECK (school_number > 0),
    lesson_type_id INTEGER REFERENCES lesson_type (id),
    visits         INTEGER CHECK (visits >= 0),
    visits_auto    INTEGER NOT NULL DEFAULT 0 CHECK (visits_auto IN (0, 1)),
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    amount_auto    INTEGER NOT NULL DEFAULT 0 CHECK (amount_auto IN (0, 1)),
    pay_day        INTEGER CHECK (pay_day BETWEEN 1 AND 31),
    signed_on      TEXT NOT NULL CHECK (signed_on IS date(signed_on, '+0 days')),
    first_on       TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on        TEXT CHECK (last_on IS date(last_on, '+0 days')),
    terms          TEXT,
    terminated_on  TEXT CHECK (terminated_on IS date(terminated_on, '+0 days')),
    last_sale_id   INTEGER REFERENCES subscription (id),
    CHECK (last_on >= first_on),
    CHECK (terminated_on >= first_on)
) STRICT;
CREATE INDEX contract_of_client ON contract (client_id, first_on);

-- Days without lessons for the whole school, both inclusive.
CREATE TABLE holiday (
    id       INTEGER PRIMARY KEY,
    first_on TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on  TEXT NOT NULL CHECK (last_on IS date(last_on, '+0 days')),
    name     TEXT,
    CHECK (last_on >= first_on)
) STRICT;

-- A student's period without lessons, both days inclusive; group_id: the group that was frozen as a whole.
CREATE TABLE freeze (
    id         INTEGER PRIMARY KEY,
    student_id INTEGER NOT NULL REFERENCES student (id),
    group_id   INTEGER REFERENCES study_group (id),
    first_on   TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on    TEXT NOT NULL CHECK (last_on IS date(last_on, '+0 days')),
    excused    INTEGER NOT NULL CHECK (excused IN (0, 1)),
    reason     TEXT,
    CHECK (last_on >= first_on)
) STRICT;
CREATE INDEX freeze_of_student ON freeze (student_id, first_on, last_on);

-- By how many days an excused freeze has moved the end of which subscription, to be taken back with it.
CREATE TABLE freeze_extension (
    freeze_id       INTEGER NOT NULL REFERENCES freeze (id),
    subscription_id INTEGER NOT NULL REFERENCES subscription (id),
    days            INTEGER NOT NULL CHECK (days > 0),
    PRIMARY KEY (freeze_id, subscription_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX freeze_extension_of_subscription ON freeze_extension (subscription_id);

-- Percent in hundredths (1250 is 12.5 %), or an amount in kopecks.
CREATE TABLE discount (
    id         INTEGER PRIMARY KEY,
    student_id INTEGER NOT NULL REFERENCES student (id),
    percent    INTEGER CHECK (percent BETWEEN 1 AND 10000),
    amount     INTEGER CHECK (amount > 0),
    first_on   TEXT CHECK (first_on IS date(first_on, '+0 days')),
    last_on    TEXT CHECK (last_on IS date(last_on, '+0 days')),
    note       TEXT,
    CHECK ((percent IS NULL) <> (amount IS NULL)),
    CHECK (last_on >= first_on)
) STRICT;
CREATE INDEX discount_of_student ON discount (student_id);

CREATE TABLE discount_subject (
    discount_id INTEGER NOT NULL REFERENCES discount (id),
    subject_id  INTEGER NOT NULL REFERENCES subject (id),
    PRIMARY KEY (discount_id, subject_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE discount_lesson_type (
    discount_id    INTEGER NOT NULL REFERENCES discount (id),
    lesson_type_id INTEGER NOT NULL REFERENCES lesson_type (id),
    PRIMARY KEY (discount_id, lesson_type_id)
) STRICT, WITHOUT ROWID;

-- Score in hundredths (450 is 4.5).
CREATE TABLE test_result (
    id         INTEGER PRIMARY KEY,
    student_id INTEGER NOT NULL REFERENCES student (id),
    on_date    TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    score      INTEGER NOT NULL CHECK (score >= 0),
    subject_id INTEGER REFERENCES subject (id),
    group_id   INTEGER REFERENCES study_group (id),
    teacher_id INTEGER REFERENCES teacher (id),
    note       TEXT
) STRICT;
CREATE INDEX test_result_of_student ON test_result (student_id, on_date);
CREATE INDEX test_result_by_date ON test_result (on_date);

-- Shown only when asked for.
ALTER TABLE client ADD COLUMN passport TEXT;

-- A list's terms, columns and sort keys under a name, as JSON lists of what was written.
CREATE TABLE saved_filter (
    id       INTEGER PRIMARY KEY,
    entity   TEXT NOT NULL CHECK (entity IN ('client', 'student')),
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL,
    terms    TEXT NOT NULL,
    columns  TEXT NOT NULL,
    sort     TEXT NOT NULL,
    UNIQUE (entity, name_key)
) STRICT;

-- Which heading of a file is which field, as a JSON object; source: what such files hold.
CREATE TABLE saved_mapping (
    id       INTEGER PRIMARY KEY,
    source   TEXT NOT NULL CHECK (source IN ('clients', 'payments', 'lessons')),
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL,
    headings TEXT NOT NULL,
    UNIQUE (source, name_key)
) STRICT;

-- A mark may make up for a missed lesson of the same student, once; then it costs what the absence left (R24).
CREATE TABLE mark_anew (
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
    makes_up_id     INTEGER REFERENCES lesson (id),
    PRIMARY KEY (student_id, on_date, lesson_id),
    FOREIGN KEY (lesson_id, on_date) REFERENCES lesson (id, on_date) ON UPDATE CASCADE,
    CHECK (attended = 0 OR (reason_id IS NULL AND (share = 100 OR makes_up_id IS NOT NULL))),
    CHECK (makes_up_id IS NULL OR (attended = 1 AND makes_up_id <> lesson_id)),
    CHECK ((basis IN ('none', 'trial')) = (subscription_id IS NULL)),
    CHECK (separate_id IS NULL OR separate_id = subscription_id),
    CHECK (charge = 0 OR basis IN ('paid', 'over'))
) STRICT, WITHOUT ROWID;
INSERT INTO mark_anew
SELECT student_id, on_date, lesson_id, attended, reason_id, share, basis, price, charge, subscription_id, separate_id,
       grade, homework_grade, note, NULL
  FROM mark
 ORDER BY student_id, on_date, lesson_id;
DROP TABLE mark;
ALTER TABLE mark_anew RENAME TO mark;
CREATE INDEX mark_of_lesson ON mark (lesson_id);
CREATE INDEX mark_of_subscription ON mark (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX mark_separate ON mark (separate_id, student_id, on_date, charge) WHERE separate_id IS NOT NULL;
CREATE INDEX mark_trial ON mark (student_id) WHERE basis = 'trial';
CREATE INDEX mark_unpaid ON mark (student_id, on_date) WHERE basis = 'none';
CREATE UNIQUE INDEX mark_makes_up ON mark (student_id, makes_up_id) WHERE makes_up_id IS NOT NULL;
