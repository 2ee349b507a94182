-- Who is in charge of where the child stays: its key, sealed to each of them. It is derived from nothing and given by itself alone.
CREATE TABLE place_key (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    given_by INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, account)
) STRICT;

-- Where the child stays and stayed; sealed under that key.
CREATE TABLE place_stay (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    address BLOB NOT NULL,
    note BLOB,
    since TEXT NOT NULL,
    added_by INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id)
) STRICT;
