-- Append-only: what was done or looked at, by whom, when. Codes and ids only, never a name. The entries of an installation
-- are one chain, those of a case another; `changes` names each row that was written and its digest (docs/PROOF.md).
-- not erased: digests tell nothing, and who did what is answered for later, too
-- no proof: it is the proof
CREATE TABLE audit_entry (
    org INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account INTEGER,
    act TEXT NOT NULL,
    case_id INTEGER,
    case_number INTEGER,
    subject INTEGER,
    changes TEXT NOT NULL,
    hash BLOB NOT NULL,
    case_hash BLOB,
    PRIMARY KEY (org, number)
) STRICT;
CREATE UNIQUE INDEX audit_entry_by_case ON audit_entry (org, case_id, case_number) WHERE case_id IS NOT NULL;

-- Where the installation's chain has come to. The head of a case's chain is its last entry.
-- no proof: it is the proof
CREATE TABLE audit_head (
    org INTEGER NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- The rows of a case as they were written, sealed values sealed: what the case looked like on a day. Erasing a case takes
-- them away; the chain stays.
-- not erased: its rows are deleted instead
-- no proof: the entries hold the digest of each image
CREATE TABLE audit_image (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    part INTEGER NOT NULL,
    name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    image BLOB,
    PRIMARY KEY (org, case_id, number, part)
) STRICT;

CREATE VIEW audit_trail AS
    SELECT org, number, at, account, act, case_id, case_number, subject FROM audit_entry;

-- Whose signatures stand under checkpoints. The secret half lies in a file of the process, never here.
CREATE TABLE audit_signer (
    org INTEGER NOT NULL,
    public BLOB NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (org, public)
) STRICT;

-- The head of the installation's chain, signed. `frontier`: the tree of all digests so far, so that the next one need not read
-- them again.
-- no proof: its signature is
CREATE TABLE audit_checkpoint (
    org INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    root BLOB NOT NULL,
    frontier BLOB NOT NULL,
    public BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (org, number)
) STRICT;
