-- A version of an instrument: the workbook as it was brought, in the clear, for it holds no people (M2.7).
CREATE TABLE assess_version (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    form_id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    workbook BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'in_use', 'retired')),
    uploaded_at INTEGER NOT NULL,
    uploaded_by INTEGER NOT NULL,
    PRIMARY KEY (org, id),
    UNIQUE (org, form_id, version)
) STRICT;
CREATE UNIQUE INDEX assess_version_in_use ON assess_version (org, form_id) WHERE status = 'in_use';

-- One filling in of an instrument. The answers are XML sealed under the case's key. `editor` is the page that saved last: it may
-- save again and again, while a page that was opened before it learns that the draft has changed.
CREATE TABLE assess_assessment (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'done')),
    language TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    started_by INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    saved_by INTEGER NOT NULL,
    finished_on TEXT,
    answers BLOB NOT NULL,
    version INTEGER NOT NULL,
    editor INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, version_id) REFERENCES assess_version (org, id)
) STRICT;
CREATE INDEX assess_assessment_by_day ON assess_assessment (org, case_id, status, finished_on, id);

-- Coded facts of finished assessments; `number` counts within one assessment.
CREATE TABLE assess_fact (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    assessment INTEGER NOT NULL,
    number INTEGER NOT NULL,
    fact TEXT NOT NULL,
    value TEXT NOT NULL,
    on_date TEXT NOT NULL,
    PRIMARY KEY (org, case_id, assessment, number),
    FOREIGN KEY (org, case_id, assessment) REFERENCES assess_assessment (org, case_id, id)
) STRICT;
CREATE INDEX assess_fact_by_name ON assess_fact (org, fact, on_date);

-- An alert stays open until somebody answers it with what was done (M2.2).
CREATE TABLE assess_alert (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    assessment INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'answered')),
    raised_at INTEGER NOT NULL,
    raised_by INTEGER NOT NULL,
    answered_at INTEGER,
    answered_by INTEGER,
    answer BLOB,
    PRIMARY KEY (org, case_id, id)
) STRICT;
CREATE INDEX assess_alert_open ON assess_alert (org, status, case_id, raised_at);

CREATE VIEW assess_done AS
    SELECT a.org, a.case_id, a.id, v.form_id, a.finished_on, a.saved_by
    FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
    WHERE a.status = 'done';

CREATE VIEW assess_facts AS
    SELECT org, case_id, assessment, number, fact, value, on_date FROM assess_fact;

CREATE VIEW assess_alert_states AS
    SELECT org, case_id, id, kind, status, raised_at, answered_at FROM assess_alert;
