-- name: task_add_row :exec
-- in: org id, case_id id, id id, title bytes, owner id, due date, note bytes?, conference int?, added_by id, created_at time
INSERT INTO task_task (org, case_id, id, title, owner, due, status, done_on, done_by, note, conference, added_by, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', NULL, NULL, ?7, ?8, ?9, ?10, 1);

-- name: task_get :one
-- in: org id, case_id id, id id
-- out: title bytes, owner id, due date, status code, done_on date?, done_by int?, note bytes?, conference int?, version int
SELECT title, owner, due, status, done_on, done_by, note, conference, version
FROM task_task WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: task_save :changed
-- in: org id, case_id id, id id, version int, title bytes, owner id, due date, status code, done_on date?, done_by int?, note bytes?
UPDATE task_task SET title = ?5, owner = ?6, due = ?7, status = ?8, done_on = ?9, done_by = ?10, note = ?11, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?4;

-- Open tasks of a case, the soonest first.
-- name: task_open_list :many
-- in: org id, case_id id, after_due date, after_id id, limit int
-- out: id id, title bytes, owner id, due date, status code, done_on date?, note bytes?, conference int?, version int
SELECT id, title, owner, due, status, done_on, note, conference, version FROM task_task
WHERE org = ?1 AND case_id = ?2 AND status = 'open' AND (due, id) > (?3, ?4)
ORDER BY due, id LIMIT ?5;

-- Done ones, the latest first.
-- name: task_done_list :many
-- in: org id, case_id id, limit int
-- out: id id, title bytes, owner id, due date, status code, done_on date?, note bytes?, conference int?, version int
SELECT id, title, owner, due, status, done_on, note, conference, version FROM task_task
WHERE org = ?1 AND case_id = ?2 AND status = 'done'
ORDER BY due DESC, id DESC LIMIT ?3;

-- name: task_by_conference :many
-- in: org id, case_id id, conference int
-- out: id id, title bytes, owner id, due date, status code, done_on date?, note bytes?, conference int?, version int
SELECT id, title, owner, due, status, done_on, note, conference, version FROM task_task
WHERE org = ?1 AND case_id = ?2 AND conference = ?3 ORDER BY id LIMIT 50;

-- Open tasks of one person over all open cases; a row for each holder of the case's key.
-- name: task_mine :many
-- in: org id, owner id, limit int
-- out: id id, case_id id, title bytes, due date, reference text, pseudonym bytes, holder id, wrapped bytes
SELECT t.id, t.case_id, t.title, t.due, c.reference, c.pseudonym, k.holder, k.wrapped
FROM task_task t
JOIN record_cases c ON c.org = t.org AND c.id = t.case_id
JOIN record_holders k ON k.org = t.org AND k.case_id = t.case_id
WHERE t.org = ?1 AND t.owner = ?2 AND t.status = 'open' AND c.status = 'open'
ORDER BY t.due, t.id, k.holder LIMIT ?3;

-- name: task_mine_count :one
-- in: org id, owner id, today date
-- out: open int, late int
SELECT COUNT(*) AS open, COALESCE(SUM(CASE WHEN t.due < ?3 THEN 1 ELSE 0 END), 0) AS late
FROM task_task t JOIN record_cases c ON c.org = t.org AND c.id = t.case_id
WHERE t.org = ?1 AND t.owner = ?2 AND t.status = 'open' AND c.status = 'open'
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = ?2 AND s.case_id = t.case_id);

-- name: task_owned :many
-- in: org id, owner id
-- out: team id, open int
SELECT c.team, COUNT(*) AS open FROM task_task t JOIN record_cases c ON c.org = t.org AND c.id = t.case_id
WHERE t.org = ?1 AND t.owner = ?2 AND t.status = 'open' GROUP BY c.team ORDER BY c.team;

-- Colleagues for whom a case with one of these tasks is shut.
-- name: task_owned_shut :many
-- in: org id, owner id, team id
-- out: account id
SELECT DISTINCT s.account FROM record_shut_now s JOIN task_task t ON t.org = s.org AND t.case_id = s.case_id
JOIN record_cases c ON c.org = t.org AND c.id = t.case_id
WHERE s.org = ?1 AND t.owner = ?2 AND c.team = ?3 AND t.status = 'open' ORDER BY s.account;

-- name: task_take_over :changed
-- in: org id, owner id, team id, to id
UPDATE task_task SET owner = ?4, version = version + 1
WHERE org = ?1 AND owner = ?2 AND status = 'open'
  AND case_id IN (SELECT id FROM record_cases WHERE org = ?1 AND team = ?3);

-- Who sees one of these parts of the case: members of the team that has it, and whoever was given a part; nobody for whom it is shut.
-- name: task_people :many
-- in: org id, case_id id, parts int, now time
-- out: account id
SELECT m.account FROM record_holders h JOIN account_membership m ON m.org = h.org AND m.team = h.holder
WHERE h.org = ?1 AND h.case_id = ?2 AND h.via = 'team'
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = m.account AND s.case_id = ?2)
UNION
SELECT h.holder AS account FROM record_holders h
WHERE h.org = ?1 AND h.case_id = ?2 AND h.via = 'member' AND (h.parts & ?3) <> 0 AND (h.until IS NULL OR h.until > ?4)
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = h.holder AND s.case_id = ?2);
