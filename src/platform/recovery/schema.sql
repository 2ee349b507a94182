-- The organisation's recovery key: only its public half lies here. An ended key's secret half is sealed to its successor, so that
-- backups made before a renewal can still be opened.
CREATE TABLE recovery_key (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    public BLOB NOT NULL,
    needed INTEGER NOT NULL,
    shares INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    made_at INTEGER NOT NULL,
    ended_at INTEGER,
    secret BLOB,
    PRIMARY KEY (org, id)
) STRICT;

-- Which shares a key was split into: a hash, so that a wrong share can be named by its number. Until its keeper has put it on
-- paper, a share of a renewed key lies here under the ceremony's code.
CREATE TABLE recovery_share (
    org INTEGER NOT NULL,
    key INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    sealed BLOB,
    taken_at INTEGER,
    PRIMARY KEY (org, key, number),
    FOREIGN KEY (org, key) REFERENCES recovery_key (org, id)
) STRICT;

-- What is sealed to the recovery key: secret halves of accounts, keys of teams, keys of the organisation.
CREATE TABLE recovery_held (
    org INTEGER NOT NULL,
    key INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('account', 'team', 'organisation')),
    subject INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (org, key, kind, subject),
    FOREIGN KEY (org, key) REFERENCES recovery_key (org, id)
) STRICT;

CREATE VIEW recovery_keys AS
    SELECT org, id, public, needed, shares, state, made_at, ended_at, secret FROM recovery_key;
