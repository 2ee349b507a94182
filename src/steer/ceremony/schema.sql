-- A use of the recovery key: what for, who began it, how it ended. The code that opens the shares lies here only for whoever began it,
-- sealed to their account, as does a password that was given. Both are gone when it is over and has been seen.
CREATE TABLE ceremony_ceremony (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('access', 'team', 'renew', 'colleague', 'factors')),
    subject INTEGER,
    receiver INTEGER,
    factors INTEGER NOT NULL,
    shares INTEGER,
    needed INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'handing', 'done', 'failed', 'stopped')),
    begun_by INTEGER,
    begun_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    code_hash BLOB,
    code BLOB,
    outcome BLOB,
    key INTEGER,
    wrong INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- Shares that were typed in, each under the ceremony's code, until there are enough.
CREATE TABLE ceremony_share (
    org INTEGER NOT NULL,
    ceremony INTEGER NOT NULL,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (org, ceremony, number),
    FOREIGN KEY (org, ceremony) REFERENCES ceremony_ceremony (org, id)
) STRICT;

-- Who has been told of it.
CREATE TABLE ceremony_seen (
    org INTEGER NOT NULL,
    ceremony INTEGER NOT NULL,
    account INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (org, ceremony, account),
    FOREIGN KEY (org, ceremony) REFERENCES ceremony_ceremony (org, id)
) STRICT;
