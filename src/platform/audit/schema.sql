-- Append-only: what was done or looked at, by whom, when. Codes and ids only, never a name.
CREATE TABLE audit_entry (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account INTEGER,
    act TEXT NOT NULL,
    case_id INTEGER,
    subject INTEGER,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX audit_entry_by_case ON audit_entry (org, case_id, id) WHERE case_id IS NOT NULL;

CREATE VIEW audit_trail AS
    SELECT org, id, at, account, act, case_id, subject FROM audit_entry;
