-- What somebody has promised to do in a case, and by when (M3.3).
CREATE TABLE task_task (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    title BLOB NOT NULL,
    owner INTEGER NOT NULL,
    due TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'done')),
    done_on TEXT,
    done_by INTEGER,
    note BLOB,
    conference INTEGER,
    added_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id) REFERENCES record_case (org, id)
) STRICT;
CREATE INDEX task_task_by_due ON task_task (org, case_id, status, due, id);
CREATE INDEX task_task_by_owner ON task_task (org, owner, status, due, id);

-- The facts of tasks, without their words.
CREATE VIEW task_tasks AS
    SELECT org, case_id, id, owner, due, status, done_on, conference FROM task_task;
