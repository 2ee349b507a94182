-- name: trained_record_add :exec
-- in: org id, account id, id id, training code, done_on date, valid_until date, evidence bytes?, by id, at time
INSERT INTO trained_record (org, account, id, training, done_on, valid_until, evidence, added_by, added_at, withdrawn_by,
                            withdrawn_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL);

-- A record that was wrong stays, crossed out.
-- name: trained_record_withdraw :changed
-- in: org id, account id, id id, by int, at time
UPDATE trained_record SET withdrawn_by = ?4, withdrawn_at = ?5 WHERE org = ?1 AND account = ?2 AND id = ?3 AND withdrawn_at IS NULL;

-- name: trained_record_list :many
-- in: org id, account id
-- out: id id, training code, done_on date, valid_until date, evidence bytes?, added_by id, withdrawn_at time?
SELECT id, training, done_on, valid_until, evidence, added_by, withdrawn_at FROM trained_record
WHERE org = ?1 AND account = ?2 ORDER BY done_on DESC, id DESC LIMIT 200;

-- Until when each training of each colleague counts.
-- name: trained_valid_all :many
-- in: org id
-- out: account id, training code, valid_until date
SELECT account, training, MAX(valid_until) AS valid_until FROM trained_record
WHERE org = ?1 AND withdrawn_at IS NULL GROUP BY account, training ORDER BY account, training;

-- name: trained_valid_of :many
-- in: org id, account id
-- out: training code, valid_until date
SELECT training, MAX(valid_until) AS valid_until FROM trained_record
WHERE org = ?1 AND account = ?2 AND withdrawn_at IS NULL GROUP BY training ORDER BY training;
