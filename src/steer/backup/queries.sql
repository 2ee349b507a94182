-- name: backup_run_add :exec
-- in: org id, id id, state code, wanted_by int?, at time
INSERT INTO backup_run (org, id, state, wanted_by, began_at, ended_at, file, bytes, row_count, hash, fault)
VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, NULL, NULL, NULL, NULL);

-- name: backup_run_begin :changed
-- in: org id, id id, at time
UPDATE backup_run SET state = 'running', began_at = ?3 WHERE org = ?1 AND id = ?2 AND state = 'wanted';

-- name: backup_run_end :exec
-- in: org id, id id, state code, at time, file text?, bytes int?, row_count int?, hash bytes?, fault code?
UPDATE backup_run SET state = ?3, ended_at = ?4, file = ?5, bytes = ?6, row_count = ?7, hash = ?8, fault = ?9
WHERE org = ?1 AND id = ?2;

-- A run that was cut off with its process.
-- name: backup_run_lost :changed
-- in: org id, before time
UPDATE backup_run SET state = 'failed', fault = 'stopped' WHERE org = ?1 AND state = 'running' AND began_at < ?2;

-- name: backup_run_wanted :many
-- in: org id
-- out: id id
SELECT id FROM backup_run WHERE org = ?1 AND state = 'wanted' ORDER BY id LIMIT 1;

-- name: backup_run_last :many
-- in: org id, state code
-- out: id id, began_at time, ended_at time?, bytes int?
SELECT id, began_at, ended_at, bytes FROM backup_run WHERE org = ?1 AND state = ?2 ORDER BY id DESC LIMIT 1;

-- name: backup_run_list :many
-- in: org id, before id, limit int
-- out: id id, state code, wanted_by int?, began_at time, ended_at time?, file text?, bytes int?, row_count int?, fault code?
SELECT id, state, wanted_by, began_at, ended_at, file, bytes, row_count, fault
FROM backup_run WHERE org = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3;
