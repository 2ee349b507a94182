-- The individual plan of a case, in versions: a draft, the agreed one, and those it replaced. Words of people are sealed.
CREATE TABLE plan_plan (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'agreed', 'replaced')),
    made_on TEXT NOT NULL,
    agreed_on TEXT,
    agreement TEXT,
    words BLOB,
    agreed_by BLOB,
    language TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    UNIQUE (org, case_id, number)
) STRICT;
CREATE UNIQUE INDEX plan_one_draft ON plan_plan (org, case_id) WHERE status = 'draft';
CREATE UNIQUE INDEX plan_one_agreed ON plan_plan (org, case_id) WHERE status = 'agreed';

CREATE TABLE plan_goal (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    plan INTEGER NOT NULL,
    id INTEGER NOT NULL,
    area TEXT NOT NULL,
    strand TEXT,
    title BLOB NOT NULL,
    words BLOB,
    due_on TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'reached', 'changed', 'dropped')),
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id, plan) REFERENCES plan_plan (org, case_id, id)
) STRICT;
CREATE INDEX plan_goal_by_plan ON plan_goal (org, case_id, plan, position, id);

-- A step towards a goal. `who`: a colleague (then account), the child, or somebody else (then the sealed name).
CREATE TABLE plan_action (
    org INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    goal INTEGER NOT NULL,
    id INTEGER NOT NULL,
    what BLOB NOT NULL,
    who TEXT NOT NULL CHECK (who IN ('colleague', 'child', 'other')),
    account INTEGER,
    other_name BLOB,
    due_on TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'done', 'dropped')),
    service TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (org, case_id, id),
    FOREIGN KEY (org, case_id, goal) REFERENCES plan_goal (org, case_id, id)
) STRICT;
CREATE INDEX plan_action_by_goal ON plan_action (org, case_id, goal, id);
