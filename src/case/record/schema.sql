-- A case: coded facts in the clear, the pseudonym sealed under the case's key.
-- its id is the case
CREATE TABLE record_case (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    pseudonym BLOB NOT NULL,
    manager INTEGER NOT NULL,
    team INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    risk TEXT NOT NULL,
    birth_year INTEGER,
    next_review TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    closed_on TEXT,
    close_reason TEXT,
    version INTEGER NOT NULL,
    generation INTEGER NOT NULL, -- of the keys; how often they were changed
    keyed_as INTEGER NOT NULL,   -- the last leaving (account_org.leavings) before these keys were made; -1: whoever held some has left
    PRIMARY KEY (org, id),
    UNIQUE (org, year, number)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX record_case_by_reference ON record_case (org, reference);
CREATE INDEX record_case_by_team ON record_case (org, team, status, next_review, id);
CREATE INDEX record_case_by_keys ON record_case (org, team, id, keyed_as);
CREATE INDEX record_case_by_manager ON record_case (org, manager, status, next_review, id);

-- Who holds keys of the case: a team or an account. `parts` has a bit for each part (platform/account/part.h); the keys of these,
-- and until when, lie in `wrapped` (keys.c). `via`: the holder's own team, the emergency team, a member of the case team with a role
-- of the pack, or a glass that somebody broke.
CREATE TABLE record_key (
    org INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('team', 'emergency', 'member', 'glass')),
    role TEXT,
    parts INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    given_by INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (org, case_id, holder, via),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX record_key_by_holder ON record_key (org, holder, case_id);

-- Earlier keys of the parts, each wrapped under the one that came after it, so that what was sealed before still opens.
CREATE TABLE record_past (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    part INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (org, case_id, part, generation),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;

-- A conflict of interest: this account must never see this case, whatever team it is in. Kept when it is lifted.
CREATE TABLE record_shut (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    reason BLOB NOT NULL,
    set_by INTEGER NOT NULL,
    set_at INTEGER NOT NULL,
    lifted_by INTEGER,
    lifted_at INTEGER,
    lift_reason BLOB,
    PRIMARY KEY (org, account, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;
CREATE INDEX record_shut_by_case ON record_shut (org, case_id);

-- Phases and strands: they may overlap, and each ends when it ends (M3.4, M3.5).
CREATE TABLE record_span (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('phase', 'strand', 'funding')),
    code TEXT NOT NULL,
    started_on TEXT NOT NULL,
    ended_on TEXT,
    version INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;

-- The timeline: every slice writes here what happened; the words are sealed.
CREATE TABLE record_event (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    happened_on TEXT NOT NULL,
    kind TEXT NOT NULL,
    phase TEXT,
    strand TEXT,
    account INTEGER NOT NULL,
    subject INTEGER,
    detail TEXT,
    note BLOB,
    part INTEGER NOT NULL, -- the bit of the part whose key the note is sealed under
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX record_event_by_day ON record_event (org, case_id, happened_on, id);

CREATE VIEW record_cases AS
    SELECT org, id, reference, pseudonym, manager, team, status, risk, birth_year, next_review, opened_on, closed_on,
           close_reason
    FROM record_case;

CREATE VIEW record_holders AS
    SELECT org, holder, case_id, via, role, parts, since, until, given_by, wrapped FROM record_key;

-- How many cases of a team still have keys that somebody who left could have kept.
CREATE VIEW record_keys_due AS
    SELECT c.org, c.team, COUNT(*) AS cases
    FROM record_case c
    JOIN account_teams t ON t.org = c.org AND t.id = c.team
    JOIN account_teams e ON e.org = c.org AND e.emergency = 1
    WHERE (c.keyed_as < t.left_as OR c.keyed_as < e.left_as)
    GROUP BY c.org, c.team;

-- Cases that an account must not see: whatever lists or counts cases leaves these out.
CREATE VIEW record_shut_now AS
    SELECT org, account, case_id FROM record_shut WHERE lifted_at IS NULL;

CREATE VIEW record_spans AS
    SELECT org, case_id, kind, code, started_on, ended_on FROM record_span;
