CREATE TABLE account_org (
    org INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    second_required INTEGER NOT NULL,
    leavings INTEGER NOT NULL, -- how many have left so far
    created_at INTEGER NOT NULL
) STRICT;

-- Who may sign in. The name is sealed under the directory key, the secret half under the password, the address for notices under a key
-- out of the secret half. `factors` counts the second factors; after `valid_until` nothing opens. A password that somebody was given lasts until
-- `password_until`.
CREATE TABLE account_user (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    login TEXT NOT NULL,
    name BLOB NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    password BLOB NOT NULL,
    secret BLOB NOT NULL,
    public BLOB NOT NULL,
    directory BLOB NOT NULL,
    keys_version INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    factors INTEGER NOT NULL,
    factor_failed INTEGER NOT NULL,
    factor_locked_until INTEGER NOT NULL,
    mail BLOB,
    last_sign_in_at INTEGER,
    valid_until INTEGER,
    password_until INTEGER,
    left_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org, id),
    UNIQUE (org, login)
) STRICT;

CREATE TABLE account_team (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    intake INTEGER NOT NULL,
    emergency INTEGER NOT NULL, -- 1: the team whose key only a broken glass uses (docs/ACCESS.md)
    public BLOB NOT NULL,
    search BLOB NOT NULL,
    rotate INTEGER NOT NULL, -- 1: somebody left, so the keys are to be changed
    old BLOB,                -- while they are: the earlier keys, under the new one
    rotated_at INTEGER,
    rewrapped INTEGER NOT NULL, -- how many rows were wrapped anew since then
    left_as INTEGER NOT NULL,   -- `leavings` when one of the team last left; keys of cases that are older are to be changed
    roots INTEGER NOT NULL,     -- 1: there may be such cases
    PRIMARY KEY (org, id)
) STRICT;

-- A team's keys, sealed to each member's public half.
CREATE TABLE account_member (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    team INTEGER NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY (org, account, team),
    FOREIGN KEY (org, account) REFERENCES account_user (org, id),
    FOREIGN KEY (org, team) REFERENCES account_team (org, id)
) STRICT;
CREATE INDEX account_member_by_team ON account_member (org, team);

-- Teams that an account was in before a colleague who is not in them gave it other keys: somebody of the team hands them over.
CREATE TABLE account_lost (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    team INTEGER NOT NULL,
    PRIMARY KEY (org, account, team),
    FOREIGN KEY (org, account) REFERENCES account_user (org, id),
    FOREIGN KEY (org, team) REFERENCES account_team (org, id)
) STRICT;

-- Only the token's hash; the keys are sealed under the token itself, so a copied database opens nothing. `stage`: 'second' still owes the
-- second factor, 'enrol' must set one up first. `proved_at`: when it was last proved who this is.
-- no proof: comes and goes with each sign-in, which is audited
CREATE TABLE account_session (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    token_hash BLOB NOT NULL,
    keys BLOB NOT NULL,
    keys_version INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('full', 'second', 'enrol')),
    device BLOB NOT NULL,
    previous_at INTEGER,
    proved_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, account) REFERENCES account_user (org, id)
) STRICT;
CREATE UNIQUE INDEX account_session_by_token ON account_session (org, token_hash);
CREATE INDEX account_session_by_account ON account_session (org, account);

-- Browsers that an account was signed in with before, by a hash of their cookie: they have their own line and their own count of wrong
-- passwords, so that whoever tries passwords elsewhere does not lock the account's owner out.
CREATE TABLE account_device (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    token_hash BLOB NOT NULL,
    failed INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (org, account, token_hash),
    FOREIGN KEY (org, account) REFERENCES account_user (org, id)
) STRICT;

-- Second factors. A TOTP secret is sealed under a key out of the account's secret half, as is what the person calls it; of a passkey
-- only the public half is here. `counter`: the last 30-second step that was used, or the passkey's count of signatures.
CREATE TABLE account_factor (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('totp', 'passkey')),
    name BLOB NOT NULL,
    secret BLOB,
    site TEXT,
    credential BLOB,
    public BLOB,
    algorithm INTEGER,
    counter INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (org, account, id),
    UNIQUE (org, credential),
    FOREIGN KEY (org, account) REFERENCES account_user (org, id)
) STRICT;

-- Printed codes, each good for once: only a hash under a key out of the account's secret half.
CREATE TABLE account_code (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    hash BLOB NOT NULL,
    made_as INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (org, account, hash),
    FOREIGN KEY (org, account) REFERENCES account_user (org, id)
) STRICT;

-- Invitations by link: only a hash of the link's code. What the inviter hands on (the directory key, keys of teams) is sealed under a
-- key out of that code, so it opens for whoever has the link and for nobody else.
CREATE TABLE account_invite (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    token_hash BLOB NOT NULL,
    login TEXT NOT NULL,
    name BLOB NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    valid_until INTEGER,
    keys BLOB NOT NULL,
    teams INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_how TEXT CHECK (ended_how IN ('accepted', 'withdrawn')),
    account INTEGER,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, made_by) REFERENCES account_user (org, id)
) STRICT;
CREATE UNIQUE INDEX account_invite_by_token ON account_invite (org, token_hash);
CREATE INDEX account_invite_open ON account_invite (org, expires_at) WHERE ended_at IS NULL;

CREATE VIEW account_people AS
    SELECT org, id, name, role, valid_until, left_at, public FROM account_user;

CREATE VIEW account_teams AS
    SELECT org, id, name, intake, emergency, public, left_as FROM account_team;

CREATE VIEW account_orgs AS
    SELECT org, leavings FROM account_org;

CREATE VIEW account_membership AS
    SELECT org, account, team FROM account_member;
