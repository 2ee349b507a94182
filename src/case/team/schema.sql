-- What happened in the case team, for its history: who came, changed, left, for whom the case was shut.
CREATE TABLE team_step (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('added', 'changed', 'removed', 'shut', 'lifted', 'glass', 'glass_ended')),
    account INTEGER NOT NULL,
    role TEXT,
    until INTEGER,
    at INTEGER NOT NULL,
    by_account INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id)
) STRICT;

-- A glass that somebody broke: why, until when, and what the team said to it.
CREATE TABLE team_glass (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    reason BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    answered_by INTEGER,
    answered_at INTEGER,
    verdict TEXT,
    answer BLOB,
    PRIMARY KEY (org, case_id, id)
) STRICT;
CREATE INDEX team_glass_open ON team_glass (org, opened_at, id) WHERE answered_at IS NULL;

CREATE VIEW team_glasses AS
    SELECT org, opened_at, until, verdict, answered_at FROM team_glass;
