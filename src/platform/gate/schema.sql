-- Forms that were already sent: a second click leads to where the first one led.
-- no proof: forgotten after a day
CREATE TABLE gate_once (
    org INTEGER NOT NULL,
    once INTEGER NOT NULL,
    account INTEGER NOT NULL,
    at INTEGER NOT NULL,
    location TEXT NOT NULL,
    PRIMARY KEY (org, once)
) WITHOUT ROWID, STRICT;
CREATE INDEX gate_once_by_time ON gate_once (org, at);
