-- Jobs that run once over all processes on the data: who holds each until when, and when it is due again.
-- no proof: whose turn it is
CREATE TABLE job_lease (
    org INTEGER NOT NULL,
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    held_until INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    done_at INTEGER,
    PRIMARY KEY (org, name)
) STRICT;
