-- The delivery log: what was given to whom, when and how long (M4.2). Nothing is deleted: a wrong entry is struck out with a reason.
CREATE TABLE service_entry (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    service TEXT NOT NULL,
    on_date TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    mode TEXT NOT NULL CHECK (mode IN ('in_person', 'remote', 'phone', 'anonymous')),
    account INTEGER NOT NULL,
    provider BLOB,
    phase TEXT NOT NULL,
    strand TEXT NOT NULL,
    interpreter INTEGER NOT NULL CHECK (interpreter IN (0, 1)),
    travel_cents INTEGER NOT NULL CHECK (travel_cents >= 0),
    meal_cents INTEGER NOT NULL CHECK (meal_cents >= 0),
    funding TEXT,
    note BLOB,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    struck INTEGER NOT NULL CHECK (struck IN (0, 1)),
    struck_reason BLOB,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX service_entry_by_day ON service_entry (org, case_id, on_date, id);
CREATE INDEX service_entry_by_account ON service_entry (org, account, on_date, id);

-- The facts of what was given, for figures: no text, nothing struck out.
CREATE VIEW service_entries AS
    SELECT org, case_id, id, service, on_date, minutes, mode, account, phase, strand, interpreter, travel_cents, meal_cents, funding
    FROM service_entry WHERE struck = 0;
