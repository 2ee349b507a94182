-- What a colleague was trained in, and until when it counts (M5.3). The note (where, by whom, which certificate) is sealed under the
-- directory key, as colleagues' names are.
CREATE TABLE trained_record (
    org INTEGER NOT NULL,
    account INTEGER NOT NULL,
    id INTEGER NOT NULL,
    training TEXT NOT NULL,
    done_on TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    evidence BLOB,
    added_by INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    withdrawn_by INTEGER,
    withdrawn_at INTEGER,
    PRIMARY KEY (org, account, id)
) STRICT;
