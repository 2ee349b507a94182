-- A case conference: who came, what was decided, when the next one is (M3.3). What was written stays as it was.
CREATE TABLE conference_conference (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    on_date TEXT NOT NULL,
    others BLOB,
    agenda BLOB,
    decisions BLOB NOT NULL,
    plan_reviewed INTEGER NOT NULL CHECK (plan_reviewed IN (0, 1)),
    next_review TEXT NOT NULL,
    account INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;
CREATE INDEX conference_conference_by_day ON conference_conference (org, case_id, on_date, id);

-- Colleagues who came.
CREATE TABLE conference_present (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    conference INTEGER NOT NULL,
    account INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, conference, account),
    FOREIGN KEY (org, case_id, conference) REFERENCES conference_conference (org, case_id, id)
) WITHOUT ROWID, STRICT;

-- The facts of conferences, for figures and for the child's picture.
CREATE VIEW conference_conferences AS
    SELECT org, case_id, id, on_date, plan_reviewed, next_review FROM conference_conference;
