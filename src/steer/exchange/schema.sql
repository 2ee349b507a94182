-- Which files were taken in, by their content: the same file twice changes nothing.
CREATE TABLE exchange_file (
    org INTEGER NOT NULL,
    source TEXT NOT NULL,
    hash BLOB NOT NULL,
    id INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (org, source, hash)
) STRICT;

-- Which rows became cases; the key is a keyed hash, so it tells nothing of the row.
CREATE TABLE exchange_row (
    org INTEGER NOT NULL,
    source TEXT NOT NULL,
    row_key BLOB NOT NULL,
    case_id INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (org, source, row_key)
) STRICT;

-- What a picklist of another system said of a case, in that system's codes.
CREATE TABLE exchange_fact (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (org, case_id, name, value)
) STRICT;

-- Facts of earlier years without persons. What was blank is 'unknown', never 'no'.
CREATE TABLE exchange_history (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    file INTEGER NOT NULL,
    year_from INTEGER,
    year_to INTEGER,
    sex TEXT NOT NULL,
    majority TEXT NOT NULL,
    forced_labour TEXT NOT NULL,
    sexual_exploitation TEXT NOT NULL,
    origin TEXT NOT NULL,
    exploited_in TEXT NOT NULL,
    exploiter TEXT NOT NULL,
    exploiter_sex TEXT NOT NULL,
    exploiter_age TEXT NOT NULL,
    exploiter_region TEXT NOT NULL,
    relation TEXT NOT NULL,
    paid TEXT NOT NULL,
    recruiter TEXT NOT NULL,
    transaction_part TEXT NOT NULL,
    abuse_kidnap TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

CREATE VIEW exchange_facts AS
    SELECT org, case_id, name, value FROM exchange_fact;

CREATE VIEW exchange_histories AS
    SELECT org, id, file, year_from, year_to, sex, majority, forced_labour, sexual_exploitation, origin, exploited_in,
           exploiter, exploiter_sex, exploiter_age, exploiter_region, relation, paid, recruiter, transaction_part,
           abuse_kidnap
    FROM exchange_history;
