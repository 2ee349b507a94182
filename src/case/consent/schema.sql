-- The first meeting and later ones: in which language, with whom, what was explained and whether it was understood (M2.1).
CREATE TABLE consent_meeting (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    on_date TEXT NOT NULL,
    language BLOB NOT NULL,
    interpreter TEXT NOT NULL CHECK (interpreter IN ('none', 'present', 'phone')),
    interpreter_name BLOB,
    present BLOB,
    understood TEXT NOT NULL CHECK (understood IN ('yes', 'partly', 'no')),
    understood_words BLOB,
    child_words BLOB,
    account INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;
CREATE INDEX consent_meeting_by_day ON consent_meeting (org, case_id, on_date, id);

CREATE TABLE consent_explained (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    meeting INTEGER NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (org, case_id, meeting, code),
    FOREIGN KEY (org, case_id, meeting) REFERENCES consent_meeting (org, case_id, id)
) WITHOUT ROWID, STRICT;

-- What was agreed to, or refused: one purpose and one recipient a row. Withdrawing keeps the row.
CREATE TABLE consent_consent (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('consent', 'assent', 'refused')),
    given_by BLOB NOT NULL,
    given_on TEXT NOT NULL,
    expires_on TEXT,
    withdrawn_on TEXT,
    withdrawn_words BLOB,
    account INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;
CREATE INDEX consent_consent_by_recipient ON consent_consent (org, case_id, recipient, purpose, given_on);
CREATE INDEX consent_consent_by_day ON consent_consent (org, case_id, given_on, id);

-- Something went to somebody without a consent that stands: on which ground, and what was decided.
CREATE TABLE consent_ground (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('team', 'disclosure')),
    recipient TEXT NOT NULL,
    ground TEXT NOT NULL,
    words BLOB NOT NULL,
    on_date TEXT NOT NULL,
    account INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;

-- For figures: no words.
CREATE VIEW consent_grounds AS
    SELECT org, case_id, id, act, recipient, ground, on_date FROM consent_ground;

CREATE VIEW consent_consents AS
    SELECT org, case_id, id, purpose, recipient, kind, given_on, expires_on, withdrawn_on FROM consent_consent;
