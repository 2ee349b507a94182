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
    agreed TEXT, -- what the child said to being sent on; family "referral_agreed"
    words BLOB NOT NULL,
    whom BLOB NOT NULL,
    PRIMARY KEY (org, referral, id),
    FOREIGN KEY (org, referral) REFERENCES referral_item (org, id)
) STRICT;

CREATE VIEW referral_facts AS
    SELECT org, id, source, urgency, anonymous, received_at, answer_due, status, decided_at, case_id
    FROM referral_item;

-- A referral shown to one outside specialist until a moment. `copy` holds what was told and `question` why they are asked, under a key of
-- this share: neither the referral's key nor what the intake team writes goes outside. `for_account` is that key, with the end, sealed to
-- the specialist; it and the copy are gone when the share ends. `for_team`: the same key under the referral's.
CREATE TABLE referral_share (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    referral INTEGER NOT NULL,
    account INTEGER NOT NULL,
    until INTEGER NOT NULL,
    teller INTEGER NOT NULL, -- 1: who told, and how to reach them, is shown too
    agreed TEXT NOT NULL, -- what the child said to it; family "referral_agreed"
    question BLOB NOT NULL,
    copy BLOB,
    for_account BLOB,
    for_team BLOB NOT NULL,
    shared_by INTEGER NOT NULL,
    shared_at INTEGER NOT NULL,
    ended_by INTEGER, -- NULL with `ended_at`: the date came
    ended_at INTEGER,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, referral) REFERENCES referral_item (org, id)
) STRICT;
CREATE INDEX referral_share_by_referral ON referral_share (org, referral, id);
CREATE INDEX referral_share_by_account ON referral_share (org, account, id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX referral_share_once ON referral_share (org, referral, account) WHERE ended_at IS NULL;

-- What the specialist answered, under the share's key; nothing is ever replaced.
CREATE TABLE referral_reply (
    org INTEGER NOT NULL,
    share INTEGER NOT NULL,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    words BLOB NOT NULL,
    PRIMARY KEY (org, share, id),
    FOREIGN KEY (org, share) REFERENCES referral_share (org, id)
) STRICT;
