-- SQLite lays out the list of an IN with three values or more for every row that a CHECK looks at: an import spent a
-- quarter of its writing on that. The same rules as chains of comparisons, for the tables that come by the hundred
-- thousand. Views that read what is rebuilt must go first; views.sql makes them anew.

DROP VIEW IF EXISTS visible_client;
DROP VIEW IF EXISTS ledger_entry;
DROP VIEW IF EXISTS client_balance;
DROP VIEW IF EXISTS account_balance;
DROP VIEW IF EXISTS attended_trial;
DROP VIEW IF EXISTS purchase;

CREATE TABLE client_anew (
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
    application       TEXT CHECK (application = 'site' OR application = 'call' OR application = 'app'),
    trial_spent       INTEGER NOT NULL DEFAULT 0 CHECK (trial_spent IN (0, 1)),
    last_visit_on     TEXT CHECK (last_visit_on IS date(last_visit_on, '+0 days')),
    last_purchase_on  TEXT CHECK (last_purchase_on IS date(last_purchase_on, '+0 days')),
    created_on        TEXT NOT NULL CHECK (created_on IS date(created_on, '+0 days')),
    archived_on       TEXT CHECK (archived_on IS date(archived_on, '+0 days')),
    passport          TEXT,
    access_on         TEXT CHECK (access_on IS date(access_on, '+0 days')),
    access_revoked_on TEXT CHECK (access_revoked_on IS date(access_revoked_on, '+0 days'))
) STRICT;
INSERT INTO client_anew SELECT * FROM client;
DROP TABLE client;
ALTER TABLE client_anew RENAME TO client;
CREATE INDEX client_by_name ON client (name_key);

CREATE TABLE contact_anew (
    id        INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES client (id),
    kind      TEXT NOT NULL CHECK (kind = 'mobile' OR kind = 'home' OR kind = 'email' OR kind = 'address'
                                   OR kind = 'skype' OR kind = 'link' OR kind = 'metro'),
    value     TEXT NOT NULL CHECK (value <> ''),
    value_key TEXT NOT NULL,
    note      TEXT,
    UNIQUE (client_id, kind, value_key)
) STRICT;
INSERT INTO contact_anew SELECT * FROM contact;
DROP TABLE contact;
ALTER TABLE contact_anew RENAME TO contact;
CREATE INDEX contact_by_value ON contact (value_key);

CREATE TABLE status_change_anew (
    id              INTEGER PRIMARY KEY,
    client_id       INTEGER NOT NULL REFERENCES client (id),
    scale           TEXT NOT NULL CHECK (scale IN ('funnel', 'loyalty')),
    from_id         INTEGER REFERENCES status (id),
    to_id           INTEGER NOT NULL REFERENCES status (id),
    on_date         TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    at              TEXT NOT NULL,
    user            TEXT NOT NULL,
    reason          TEXT NOT NULL CHECK (reason = 'recorded' OR reason = 'hand' OR reason = 'sale'
                                         OR reason = 'sale-withdrawn' OR reason = 'student-added' OR reason = 'trial'
                                         OR reason = 'trial-missed' OR reason = 'refusal-rule'
                                         OR reason = 'loyalty-rule' OR reason = 'import'
                                         OR reason = 'default-switched' OR reason = 'termination'),
    note            TEXT,
    subscription_id INTEGER REFERENCES subscription (id)
) STRICT;
INSERT INTO status_change_anew SELECT * FROM status_change;
DROP TABLE status_change;
ALTER TABLE status_change_anew RENAME TO status_change;
CREATE INDEX status_change_of_client ON status_change (client_id, on_date);
CREATE INDEX status_change_by_hand ON status_change (client_id, scale, on_date) WHERE reason = 'hand';

CREATE TABLE subscription_anew (
    id          INTEGER PRIMARY KEY,
    student_id  INTEGER NOT NULL REFERENCES student (id),
    plan_id     INTEGER NOT NULL REFERENCES plan (id),
    origin      TEXT NOT NULL CHECK (origin IN ('sale', 'import')),
    is_trial    INTEGER NOT NULL CHECK (is_trial IN (0, 1)),
    sold_on     TEXT NOT NULL CHECK (sold_on IS date(sold_on, '+0 days')),
    first_on    TEXT NOT NULL CHECK (first_on IS date(first_on, '+0 days')),
    last_on     TEXT CHECK (last_on IS date(last_on, '+0 days')),
    kind        TEXT NOT NULL CHECK (kind = 'lesson' OR kind = 'package' OR kind = 'month'),
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
INSERT INTO subscription_anew SELECT * FROM subscription;
DROP TABLE subscription;
ALTER TABLE subscription_anew RENAME TO subscription;
CREATE INDEX subscription_of_student ON subscription (student_id, is_trial, sold_on);

CREATE TABLE payment_anew (
    id              INTEGER PRIMARY KEY,
    client_id       INTEGER NOT NULL REFERENCES client (id),
    student_id      INTEGER REFERENCES student (id),
    subscription_id INTEGER REFERENCES subscription (id),
    separate_id     INTEGER REFERENCES subscription (id),
    kind            TEXT NOT NULL CHECK (kind = 'income' OR kind = 'refund' OR kind = 'adjustment' OR kind = 'goods'),
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
INSERT INTO payment_anew SELECT * FROM payment;
DROP TABLE payment;
ALTER TABLE payment_anew RENAME TO payment;
CREATE INDEX payment_of_client ON payment (client_id, on_date, separate_id, effect, voided_on);
CREATE INDEX payment_separate ON payment (separate_id, client_id, on_date, effect, voided_on)
    WHERE separate_id IS NOT NULL;
CREATE INDEX payment_by_date ON payment (on_date);
