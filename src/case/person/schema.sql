-- The person behind a case: what names or tells is sealed under the case's key, coded facts stand in the clear.
-- `tokens` repeats the person's blind tokens (8 bytes each, little-endian, in order), so that they can be taken out again
-- and a candidate of a search can be judged by one row.
CREATE TABLE person_person (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    given BLOB NOT NULL,
    family BLOB NOT NULL,
    aliases BLOB NOT NULL,
    phones BLOB NOT NULL,
    safe_contact BLOB NOT NULL,
    note BLOB NOT NULL,
    birth BLOB NOT NULL,
    birth_year INTEGER,
    birth_exact TEXT NOT NULL,
    age_disputed INTEGER NOT NULL,
    sex TEXT NOT NULL,
    nationality TEXT NOT NULL,
    language TEXT NOT NULL,
    unaccompanied TEXT NOT NULL,
    guardian_needed TEXT NOT NULL,
    documents TEXT NOT NULL,
    tokens BLOB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, case_id)
) STRICT;

-- Under which blind tokens a case is found; `kind` is enum token_kind.
-- no proof: made again from person_person.tokens, which is proven
CREATE TABLE person_token (
    org INTEGER NOT NULL,
    token INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    PRIMARY KEY (org, token, case_id)
) WITHOUT ROWID, STRICT;

CREATE VIEW person_facts AS
    SELECT org, case_id, birth_year, birth_exact, age_disputed, sex, nationality, language, unaccompanied, guardian_needed,
           documents
    FROM person_person;
