-- A telephone that fills in forms outside. The label is sealed for colleagues; of the secret only a hash is kept.
CREATE TABLE fieldwork_device (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    login TEXT NOT NULL,
    secret BLOB NOT NULL,
    label BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    seen_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (org, id),
    UNIQUE (org, login)
) STRICT;

-- A form filled in outside, as it arrived. All of it is sealed under a key of its own, which is sealed to a team's public half.
-- `instance` and `digest` are hashes: a repeat is known without reading.
CREATE TABLE fieldwork_submission (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    team INTEGER NOT NULL,
    sealed_key BLOB NOT NULL,
    instance BLOB NOT NULL,
    digest BLOB NOT NULL,
    content BLOB NOT NULL,
    version_id INTEGER,
    device INTEGER NOT NULL,
    destination TEXT NOT NULL CHECK (destination IN ('referral', 'outreach', 'assessment', 'unknown')),
    received_at INTEGER NOT NULL,
    flags TEXT NOT NULL,
    replaces INTEGER,
    case_id INTEGER,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'taken', 'aside')),
    decided_at INTEGER,
    decided_by INTEGER,
    reason BLOB,
    referral INTEGER,
    PRIMARY KEY (org, id),
    UNIQUE (org, instance, digest),
    FOREIGN KEY (org, device) REFERENCES fieldwork_device (org, id)
) STRICT;
CREATE INDEX fieldwork_submission_by_status ON fieldwork_submission (org, team, status, id);

-- Photographs and other files of a submission, each under a key of its own: the submission's cannot be opened when a file comes later.
CREATE TABLE fieldwork_file (
    org INTEGER NOT NULL,
    submission INTEGER NOT NULL,
    id INTEGER NOT NULL,
    sealed_key BLOB NOT NULL,
    name_hash BLOB NOT NULL,
    name BLOB NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (org, submission, id),
    UNIQUE (org, submission, name_hash),
    FOREIGN KEY (org, submission) REFERENCES fieldwork_submission (org, id)
) STRICT;

-- A code under which an assessment of a known case can be filled in outside: it says nothing about whose it is.
CREATE TABLE fieldwork_code (
    org INTEGER NOT NULL,
    hash BLOB NOT NULL,
    case_id INTEGER NOT NULL,
    team INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    PRIMARY KEY (org, hash)
) STRICT;
CREATE INDEX fieldwork_code_by_case ON fieldwork_code (org, case_id, valid_until);

-- What came from outside, without what it says.
CREATE VIEW fieldwork_facts AS
    SELECT org, id, destination, received_at, flags, status, decided_at FROM fieldwork_submission;
