-- name: retention_hold_add :exec
-- in: org id, case_id id, id id, reason bytes, set_by id, at time
INSERT INTO retention_hold (org, case_id, id, reason, set_by, set_at, lifted_by, lifted_at, lift_reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, NULL, NULL);

-- name: retention_hold_lift :changed
-- in: org id, case_id id, lifted_by id, at time, lift_reason bytes
UPDATE retention_hold SET lifted_by = ?3, lifted_at = ?4, lift_reason = ?5
WHERE org = ?1 AND case_id = ?2 AND lifted_at IS NULL;

-- name: retention_hold_list :many
-- in: org id, case_id id
-- out: id id, reason bytes, set_by id, set_at time, lifted_by int?, lifted_at time?, lift_reason bytes?
SELECT id, reason, set_by, set_at, lifted_by, lifted_at, lift_reason FROM retention_hold
WHERE org = ?1 AND case_id = ?2 ORDER BY id DESC;

-- name: retention_review_add :exec
-- in: org id, case_id id, id id, decided_by id, at time, keep_until date, reason bytes
INSERT INTO retention_review (org, case_id, id, decided_by, decided_at, keep_until, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: retention_review_list :many
-- in: org id, case_id id
-- out: id id, decided_by id, decided_at time, keep_until date, reason bytes
SELECT id, decided_by, decided_at, keep_until, reason FROM retention_review
WHERE org = ?1 AND case_id = ?2 ORDER BY id DESC LIMIT 10;

-- name: retention_erasure_add :exec
-- in: org id, case_id id, id id, cause code, reason bytes?, state code, asked_by int?, at time, ended_at time?
INSERT INTO retention_erasure (org, case_id, id, cause, reason, state, asked_by, asked_at, ended_by, ended_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, ?9);

-- name: retention_erasure_end :changed
-- in: org id, case_id id, id id, state code, ended_by id, at time
UPDATE retention_erasure SET state = ?4, ended_by = ?5, ended_at = ?6
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND state = 'asked';

-- name: retention_erasure_of_case :many
-- in: org id, case_id id
-- out: id id, cause code, reason bytes?, state code, asked_by int?, asked_at time, ended_by int?, ended_at time?
SELECT id, cause, reason, state, asked_by, asked_at, ended_by, ended_at FROM retention_erasure
WHERE org = ?1 AND case_id = ?2 ORDER BY id DESC LIMIT 10;

-- For those who confirm without seeing the case: its number only.
-- name: retention_erasure_by_id :many
-- in: org id, id id, account id
-- out: case_id id, asked_by int?, asked_at time, cause code, state code, status code, reference text
SELECT e.case_id, e.asked_by, e.asked_at, e.cause, e.state, c.status, c.reference
FROM retention_erasure e JOIN record_cases c ON c.org = e.org AND c.id = e.case_id
WHERE e.org = ?1 AND e.id = ?2
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = ?3 AND s.case_id = e.case_id);

-- name: retention_erasure_list :many
-- in: org id, state code, before id, limit int, account id
-- out: id id, reference text, cause code, asked_by int?, asked_at time, ended_by int?, ended_at time?, held int
SELECT e.id, c.reference, e.cause, e.asked_by, e.asked_at, e.ended_by, e.ended_at,
       (SELECT COUNT(*) FROM retention_hold h WHERE h.org = e.org AND h.case_id = e.case_id AND h.lifted_at IS NULL) AS held
FROM retention_erasure e JOIN record_cases c ON c.org = e.org AND c.id = e.case_id
WHERE e.org = ?1 AND e.state = ?2 AND e.id < ?3
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = ?5 AND s.case_id = e.case_id)
ORDER BY e.id DESC LIMIT ?4;

-- Erasures that wait for this person or another: not those they asked for, or that may not be done now.
-- name: retention_waiting_count :one
-- in: org id, account id
-- out: waiting int
SELECT COUNT(*) AS waiting FROM retention_erasure e
WHERE e.org = ?1 AND e.state = 'asked' AND e.asked_by <> ?2
  AND NOT EXISTS (SELECT 1 FROM retention_hold h WHERE h.org = e.org AND h.case_id = e.case_id AND h.lifted_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = ?2 AND s.case_id = e.case_id);

-- Closed for longer than they are kept, not decided to be kept longer, not asked to be erased, not erased; the longest closed first.
-- name: retention_due :many
-- in: org id, closed_before date, today date, after_day date, after_id id, limit int, account id
-- out: id id, reference text, closed_on date?, close_reason code?, held int
SELECT c.id, c.reference, c.closed_on, c.close_reason,
       (SELECT COUNT(*) FROM retention_hold h WHERE h.org = c.org AND h.case_id = c.id AND h.lifted_at IS NULL) AS held
FROM record_cases c
WHERE c.org = ?1 AND c.status = 'closed' AND c.closed_on < ?2 AND (c.closed_on, c.id) > (?4, ?5)
  AND NOT EXISTS (SELECT 1 FROM retention_review v WHERE v.org = c.org AND v.case_id = c.id AND v.keep_until > ?3)
  AND NOT EXISTS (SELECT 1 FROM retention_erasure e WHERE e.org = c.org AND e.case_id = c.id AND e.state <> 'withdrawn')
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = ?7 AND s.case_id = c.id)
ORDER BY c.closed_on, c.id LIMIT ?6;

-- All that were ever erased, for the list that is kept outside the backups.
-- name: retention_erased_list :many
-- in: org id
-- out: case_id id, ended_at time?
SELECT case_id, ended_at FROM retention_erasure WHERE org = ?1 AND state = 'done' ORDER BY case_id;

-- name: retention_case_there :many
-- in: org id, case_id id
-- out: id id
SELECT id FROM record_cases WHERE org = ?1 AND id = ?2;
