-- All versions of a case's plan, the newest first: the first is the draft or the agreed one.
-- name: plan_row_list :many
-- in: org id, case_id id, limit int
-- out: id id, number int, status code, made_on date, agreed_on date?, agreement code?, words bytes?, agreed_by bytes?, language code, version int
SELECT id, number, status, made_on, agreed_on, agreement, words, agreed_by, language, version FROM plan_plan
WHERE org = ?1 AND case_id = ?2 ORDER BY number DESC LIMIT ?3;

-- name: plan_row_add :exec
-- in: org id, case_id id, id id, number int, made_on date, words bytes?, language code
INSERT INTO plan_plan (org, case_id, id, number, status, made_on, agreed_on, agreement, words, agreed_by, language, version)
VALUES (?1, ?2, ?3, ?4, 'draft', ?5, NULL, NULL, ?6, NULL, ?7, 1);

-- name: plan_row_save :changed
-- in: org id, case_id id, id id, words bytes?, language code, version int
UPDATE plan_plan SET words = ?4, language = ?5, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = 'draft' AND version = ?6;

-- name: plan_row_agree :changed
-- in: org id, case_id id, id id, agreed_on date, agreement code, words bytes?, agreed_by bytes?, version int
UPDATE plan_plan SET status = 'agreed', agreed_on = ?4, agreement = ?5, words = ?6, agreed_by = ?7, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = 'draft' AND version = ?8;

-- The open goals of the agreed version go on in the one that replaces it.
-- name: plan_goal_carry :changed
-- in: org id, case_id id
UPDATE plan_goal SET status = 'changed', version = version + 1
WHERE org = ?1 AND case_id = ?2 AND status = 'open'
  AND plan IN (SELECT p.id FROM plan_plan p WHERE p.org = ?1 AND p.case_id = ?2 AND p.status = 'agreed');

-- name: plan_row_replace :changed
-- in: org id, case_id id
UPDATE plan_plan SET status = 'replaced', version = version + 1 WHERE org = ?1 AND case_id = ?2 AND status = 'agreed';

-- name: plan_goal_list :many
-- in: org id, case_id id, plan id, limit int
-- out: id id, area code, strand code?, title bytes, words bytes?, due_on date?, status code, position int, version int
SELECT id, area, strand, title, words, due_on, status, position, version FROM plan_goal
WHERE org = ?1 AND case_id = ?2 AND plan = ?3 ORDER BY position, id LIMIT ?4;

-- name: plan_goal_add :exec
-- in: org id, case_id id, plan id, id id, area code, strand code?, title bytes, words bytes?, due_on date?, position int
INSERT INTO plan_goal (org, case_id, plan, id, area, strand, title, words, due_on, status, position, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'open', ?10, 1);

-- name: plan_goal_save :changed
-- in: org id, case_id id, id id, area code, strand code?, title bytes, words bytes?, due_on date?, version int
UPDATE plan_goal SET area = ?4, strand = ?5, title = ?6, words = ?7, due_on = ?8, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?9;

-- name: plan_goal_mark :changed
-- in: org id, case_id id, id id, from_status code, status code
UPDATE plan_goal SET status = ?5 WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = ?4;

-- name: plan_action_list :many
-- in: org id, case_id id, plan id, limit int
-- out: id id, goal id, what bytes, who code, account id?, other_name bytes?, due_on date?, status code, service code?, version int
SELECT a.id, a.goal, a.what, a.who, a.account, a.other_name, a.due_on, a.status, a.service, a.version
FROM plan_action a JOIN plan_goal g ON g.org = a.org AND g.case_id = a.case_id AND g.id = a.goal
WHERE a.org = ?1 AND a.case_id = ?2 AND g.plan = ?3 ORDER BY a.goal, a.id LIMIT ?4;

-- name: plan_action_add :exec
-- in: org id, case_id id, goal id, id id, what bytes, who code, account id?, other_name bytes?, due_on date?, status code, service code?
INSERT INTO plan_action (org, case_id, goal, id, what, who, account, other_name, due_on, status, service, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1);

-- name: plan_action_save :changed
-- in: org id, case_id id, id id, what bytes, who code, account id?, other_name bytes?, due_on date?, service code?, version int
UPDATE plan_action SET what = ?4, who = ?5, account = ?6, other_name = ?7, due_on = ?8, service = ?9, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?10;

-- name: plan_action_mark :changed
-- in: org id, case_id id, id id, from_status code, status code
UPDATE plan_action SET status = ?5 WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = ?4;
