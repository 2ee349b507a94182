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
    PRIMARY KEY (org, id),
    UNIQUE (org, year, number)
) STRICT;
CREATE UNIQUE INDEX record_case_by_reference ON record_case (org, reference);
CREATE INDEX record_case_by_team ON record_case (org, team, status, next_review, id);
CREATE INDEX record_case_by_manager ON record_case (org, manager, status, next_review, id);

-- Who holds the case's key: a team or an account; the key is wrapped for them.
CREATE TABLE record_key (
    org INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (org, case_id, holder),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX record_key_by_holder ON record_key (org, holder, case_id);

-- Phases and strands: they may overlap, and each ends when it ends (M3.4, M3.5).
CREATE TABLE record_span (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('phase', 'strand', 'funding')),
    code TEXT NOT NULL,
    started_on TEXT NOT NULL,
    ended_on TEXT,
    id INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;

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
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;
CREATE INDEX record_event_by_day ON record_event (org, case_id, happened_on, id);

CREATE VIEW record_cases AS
    SELECT org, id, reference, pseudonym, manager, team, status, risk, birth_year, next_review, opened_on, closed_on,
           close_reason
    FROM record_case;

CREATE VIEW record_holders AS
    SELECT org, holder, case_id, wrapped FROM record_key;

CREATE VIEW record_spans AS
    SELECT org, case_id, kind, code, started_on, ended_on FROM record_span;
