-- Whether what a case holds is still kept: reviews, legal holds, and erasures. Reasons are sealed to the case, so they go with it.
CREATE TABLE retention_hold (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    reason BLOB NOT NULL,
    set_by INTEGER NOT NULL,
    set_at INTEGER NOT NULL,
    lifted_by INTEGER,
    lifted_at INTEGER,
    lift_reason BLOB,
    PRIMARY KEY (org, case_id, id)
) STRICT;

CREATE TABLE retention_review (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    decided_by INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    keep_until TEXT NOT NULL,
    reason BLOB NOT NULL,
    PRIMARY KEY (org, case_id, id)
) STRICT;

-- One asks, another confirms. Who asked the organisation is a code, so that it can stay when the case has gone.
CREATE TABLE retention_erasure (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    cause TEXT NOT NULL,
    reason BLOB,
    state TEXT NOT NULL CHECK (state IN ('asked', 'withdrawn', 'done')),
    asked_by INTEGER,
    asked_at INTEGER NOT NULL,
    ended_by INTEGER,
    ended_at INTEGER,
    PRIMARY KEY (org, case_id, id)
) STRICT;
CREATE INDEX retention_erasure_by_state ON retention_erasure (org, state, id);

CREATE VIEW retention_erased AS
    SELECT org, case_id, ended_at FROM retention_erasure WHERE state = 'done';
