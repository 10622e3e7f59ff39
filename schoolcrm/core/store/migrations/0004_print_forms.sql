-- The school's own print forms: templates of contracts and of subscriptions (R42).

CREATE TABLE print_form (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL UNIQUE,
    used_for TEXT NOT NULL CHECK (used_for IN ('contract', 'subscription')),
    format   TEXT NOT NULL CHECK (format IN ('docx', 'html')),
    size     INTEGER NOT NULL CHECK (size >= 0),
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    added_on TEXT NOT NULL CHECK (added_on IS date(added_on, '+0 days'))
) STRICT;

-- In base64 and apart from the record, as `file_content` is from `client_file`.
CREATE TABLE print_form_content (
    id      INTEGER PRIMARY KEY REFERENCES print_form (id),
    content TEXT NOT NULL
) STRICT;
