-- Backups that were asked for, made, or went wrong. What is due by the clock makes its own row.
CREATE TABLE backup_run (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'running', 'good', 'failed')),
    wanted_by INTEGER,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    file TEXT,
    bytes INTEGER,
    row_count INTEGER,
    hash BLOB,
    fault TEXT,
    PRIMARY KEY (org, id)
) STRICT;
