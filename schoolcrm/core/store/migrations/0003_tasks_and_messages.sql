-- Tasks on clients, what was said and written to and by them, files (R55), access to the personal page (R40), automation (R56).

CREATE TABLE task (
    id         INTEGER PRIMARY KEY,
    client_id  INTEGER NOT NULL REFERENCES client (id),
    text       TEXT NOT NULL CHECK (text <> ''),
    due_on     TEXT CHECK (due_on IS date(due_on, '+0 days')),
    state      TEXT NOT NULL CHECK (state IN ('open', 'done', 'archived')),
    created_on TEXT NOT NULL CHECK (created_on IS date(created_on, '+0 days')),
    done_on    TEXT CHECK (done_on IS date(done_on, '+0 days')),
    CHECK (state <> 'done' OR done_on IS NOT NULL),
    CHECK (state <> 'open' OR done_on IS NULL)
) STRICT;
CREATE INDEX task_of_client ON task (client_id, state, due_on);
CREATE INDEX task_due ON task (due_on) WHERE state = 'open';

-- Logged: it happened elsewhere and is only noted. The others are written here: queued, then sent or failed; sending
-- is one that was being handed over, and nobody knows whether it went. The personal page goes with it if with_page.
CREATE TABLE message (
    id        INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES client (id),
    channel   TEXT NOT NULL CHECK (channel IN ('comment', 'call', 'email', 'sms')),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    state     TEXT NOT NULL CHECK (state IN ('logged', 'queued', 'sending', 'sent', 'failed', 'cancelled')),
    on_date   TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    at        TEXT NOT NULL,
    subject   TEXT,
    text      TEXT NOT NULL CHECK (text <> ''),
    address   TEXT,
    with_page INTEGER NOT NULL DEFAULT 0 CHECK (with_page IN (0, 1)),
    sent_at   TEXT,
    error     TEXT,
    CHECK (state = 'logged' OR (direction = 'out' AND channel IN ('email', 'sms') AND address IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL))
) STRICT;
CREATE INDEX message_of_client ON message (client_id, on_date);
CREATE INDEX message_by_date ON message (on_date);
CREATE INDEX message_waiting ON message (state) WHERE state IN ('queued', 'sending', 'failed');

CREATE TABLE client_file (
    id         INTEGER PRIMARY KEY,
    client_id  INTEGER NOT NULL REFERENCES client (id),
    name       TEXT NOT NULL CHECK (name <> ''),
    media_type TEXT NOT NULL CHECK (media_type <> ''),
    size       INTEGER NOT NULL CHECK (size >= 0),
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    added_on   TEXT NOT NULL CHECK (added_on IS date(added_on, '+0 days')),
    note       TEXT
) STRICT;
CREATE INDEX client_file_of_client ON client_file (client_id);

-- Apart from the record, so that a change of the record does not copy it into the journal. In base64, for what the
-- journal keeps is JSON, which holds no bytes.
CREATE TABLE file_content (
    id      INTEGER PRIMARY KEY REFERENCES client_file (id),
    content TEXT NOT NULL
) STRICT;

-- Access to the personal page: since when, and since when no longer.
ALTER TABLE client ADD COLUMN access_on TEXT CHECK (access_on IS date(access_on, '+0 days'));
ALTER TABLE client ADD COLUMN access_revoked_on TEXT CHECK (access_revoked_on IS date(access_revoked_on, '+0 days'));

-- When a field of a client takes a value, something is done (R56). A field by its key, one of the school's own as
-- field.NAME with the name folded; of statuses and sources the value is the number. `text` is that of the task or the
-- message, or the name under which the operator's own settings file knows the command: what is run never stands here.
CREATE TABLE automation (
    id         INTEGER PRIMARY KEY,
    when_field TEXT NOT NULL CHECK (when_field <> ''),
    when_value TEXT NOT NULL,
    action     TEXT NOT NULL CHECK (action IN ('set', 'task', 'message', 'run')),
    set_field  TEXT,
    set_value  TEXT,
    text       TEXT,
    due        TEXT,
    channel    TEXT CHECK (channel IN ('email', 'sms')),
    subject    TEXT,
    created_on TEXT NOT NULL CHECK (created_on IS date(created_on, '+0 days')),
    removed_on TEXT CHECK (removed_on IS date(removed_on, '+0 days')),
    CHECK ((action = 'set') = (set_field IS NOT NULL)),
    CHECK ((action = 'set') = (set_value IS NOT NULL)),
    CHECK ((action = 'set') = (text IS NULL)),
    CHECK ((action = 'message') = (channel IS NOT NULL)),
    CHECK (due IS NULL OR action = 'task'),
    CHECK (subject IS NULL OR action = 'message')
) STRICT;
CREATE INDEX automation_in_force ON automation (id) WHERE removed_on IS NULL;

CREATE TABLE automation_run (
    id            INTEGER PRIMARY KEY,
    automation_id INTEGER NOT NULL REFERENCES automation (id),
    client_id     INTEGER NOT NULL REFERENCES client (id),
    on_date       TEXT NOT NULL CHECK (on_date IS date(on_date, '+0 days')),
    at            TEXT NOT NULL,
    outcome       TEXT NOT NULL CHECK (outcome IN ('done', 'unchanged', 'failed')),
    reason        TEXT,
    CHECK ((outcome = 'failed') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX automation_run_of_client ON automation_run (client_id, on_date);
CREATE INDEX automation_run_by_date ON automation_run (on_date);
