-- A referral: coded facts in the clear; every text sealed under a key of its own, which is sealed to the intake team.
CREATE TABLE referral_item (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    team INTEGER NOT NULL,
    sealed_key BLOB NOT NULL,
    source TEXT NOT NULL,
    urgency TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    entered_by INTEGER,
    age INTEGER,
    age_guess INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    way TEXT NOT NULL,
    referrer BLOB NOT NULL,
    organisation BLOB NOT NULL,
    about BLOB NOT NULL,
    story BLOB NOT NULL,
    contact BLOB NOT NULL,
    hours BLOB NOT NULL,
    cover BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    answer_due INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'consulted', 'redirected', 'declined', 'accepted')),
    decided_at INTEGER,
    decided_by INTEGER,
    case_id INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX referral_item_by_due ON referral_item (org, team, status, answer_due, id);
CREATE INDEX referral_item_by_decision ON referral_item (org, team, decided_at, id);

-- What was decided and answered, one row for each step; nothing is ever replaced.
CREATE TABLE referral_step (
    org INTEGER NOT NULL,
    referral INTEGER NOT NULL,
    id INTEGER NOT NULL,
    act TEXT NOT NULL,
    at INTEGER NOT NULL,
    account INTEGER NOT NULL,
    reason TEXT,
    how TEXT,
    answered_on TEXT,
    case_id INTEGER,
    words BLOB NOT NULL,
    whom BLOB NOT NULL,
    PRIMARY KEY (org, referral, id),
    FOREIGN KEY (org, referral) REFERENCES referral_item (org, id)
) STRICT;

CREATE VIEW referral_facts AS
    SELECT org, id, source, urgency, anonymous, received_at, answer_due, status, decided_at, case_id
    FROM referral_item;
