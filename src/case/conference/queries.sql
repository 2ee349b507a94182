-- name: conference_add :exec
-- in: org id, case_id id, id id, on_date date, others bytes?, agenda bytes?, decisions bytes, plan_reviewed bool, next_review date, account id, created_at time
INSERT INTO conference_conference (org, case_id, id, on_date, others, agenda, decisions, plan_reviewed, next_review, account, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: conference_present_add :exec
-- in: org id, case_id id, conference id, account id
INSERT INTO conference_present (org, case_id, conference, account) VALUES (?1, ?2, ?3, ?4);

-- name: conference_present_list :many
-- in: org id, case_id id, conference id
-- out: account id
SELECT account FROM conference_present WHERE org = ?1 AND case_id = ?2 AND conference = ?3 ORDER BY account;

-- name: conference_get :one
-- in: org id, case_id id, id id
-- out: on_date date, others bytes?, agenda bytes?, decisions bytes, plan_reviewed bool, next_review date, account id
SELECT on_date, others, agenda, decisions, plan_reviewed, next_review, account
FROM conference_conference WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- The latest first.
-- name: conference_list :many
-- in: org id, case_id id, before_day date, before_id id, limit int
-- out: id id, on_date date, plan_reviewed bool, next_review date, account id
SELECT id, on_date, plan_reviewed, next_review, account FROM conference_conference
WHERE org = ?1 AND case_id = ?2 AND (on_date, id) < (?3, ?4)
ORDER BY on_date DESC, id DESC LIMIT ?5;
