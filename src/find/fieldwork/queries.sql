-- name: fieldwork_device_add :exec
-- in: org id, id id, login text, secret bytes, label bytes, created_at time, created_by id
INSERT INTO fieldwork_device (org, id, login, secret, label, created_at, created_by, seen_at, revoked_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL);

-- name: fieldwork_device_list :many
-- in: org id
-- out: id id, login text, label bytes, created_at time, seen_at time?, revoked_at time?
SELECT id, login, label, created_at, seen_at, revoked_at FROM fieldwork_device
WHERE org = ?1 ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 200;

-- name: fieldwork_device_by_login :one
-- in: org id, login text
-- out: id id, secret bytes, seen_at time?
SELECT id, secret, seen_at FROM fieldwork_device WHERE org = ?1 AND login = ?2 AND revoked_at IS NULL;

-- name: fieldwork_device_one :one
-- in: org id, id id
-- out: login text, label bytes, created_at time, seen_at time?, revoked_at time?
SELECT login, label, created_at, seen_at, revoked_at FROM fieldwork_device WHERE org = ?1 AND id = ?2;

-- name: fieldwork_device_seen :changed
-- in: org id, id id, at time
UPDATE fieldwork_device SET seen_at = ?3 WHERE org = ?1 AND id = ?2;

-- name: fieldwork_device_revoke :changed
-- in: org id, id id, at time
UPDATE fieldwork_device SET revoked_at = ?3 WHERE org = ?1 AND id = ?2 AND revoked_at IS NULL;

-- name: fieldwork_submission_add :exec
-- in: org id, id id, team id, sealed_key bytes, instance bytes, digest bytes, content bytes, version_id id?, device id, destination code, received_at time, flags text, replaces id?, case_id id?
INSERT INTO fieldwork_submission (org, id, team, sealed_key, instance, digest, content, version_id, device, destination,
                                  received_at, flags, replaces, case_id, status, decided_at, decided_by, reason, referral)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'waiting', NULL, NULL, NULL, NULL);

-- All that came under one instance id, the first one first.
-- name: fieldwork_submission_same :many
-- in: org id, instance bytes
-- out: id id, digest bytes, flags text, team id
SELECT id, digest, flags, team FROM fieldwork_submission WHERE org = ?1 AND instance = ?2 ORDER BY id LIMIT 50;

-- name: fieldwork_submission_flags :changed
-- in: org id, id id, flags text
UPDATE fieldwork_submission SET flags = ?3 WHERE org = ?1 AND id = ?2;

-- The submissions of a team, the newest first.
-- name: fieldwork_submission_list :many
-- in: org id, team id, status code, before_id id, limit int
-- out: id id, sealed_key bytes, content bytes, version_id id?, destination code, received_at time, flags text, case_id id?, decided_at time?
SELECT id, sealed_key, content, version_id, destination, received_at, flags, case_id, decided_at FROM fieldwork_submission
WHERE org = ?1 AND team = ?2 AND status = ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5;

-- name: fieldwork_submission_count :one
-- in: org id, team id
-- out: waiting int
SELECT COUNT(*) AS waiting FROM (SELECT 1 AS one FROM fieldwork_submission
                                 WHERE org = ?1 AND team = ?2 AND status = 'waiting' LIMIT 100) AS a;

-- name: fieldwork_submission_one :one
-- in: org id, id id
-- out: team id, sealed_key bytes, content bytes, version_id id?, device id, destination code, received_at time, flags text, replaces id?, case_id id?, status code, decided_at time?, decided_by id?, reason bytes?, referral id?
SELECT team, sealed_key, content, version_id, device, destination, received_at, flags, replaces, case_id, status, decided_at,
       decided_by, reason, referral
FROM fieldwork_submission WHERE org = ?1 AND id = ?2;

-- name: fieldwork_submission_decide :changed
-- in: org id, id id, status code, at time, by id, reason bytes?, referral id?
UPDATE fieldwork_submission SET status = ?3, decided_at = ?4, decided_by = ?5, reason = ?6, referral = ?7
WHERE org = ?1 AND id = ?2 AND status = 'waiting';

-- name: fieldwork_submission_back :changed
-- in: org id, id id
UPDATE fieldwork_submission SET status = 'waiting', decided_at = NULL, decided_by = NULL, reason = NULL
WHERE org = ?1 AND id = ?2 AND status = 'aside';

-- name: fieldwork_file_add :exec
-- in: org id, submission id, id id, sealed_key bytes, name_hash bytes, name bytes, size int, content bytes
INSERT INTO fieldwork_file (org, submission, id, sealed_key, name_hash, name, size, content)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- At most FIELDWORK_FILES_MAX (internal.h), in this one and the next.
-- name: fieldwork_file_list :many
-- in: org id, submission id
-- out: id id, name_hash bytes, size int
SELECT id, name_hash, size FROM fieldwork_file WHERE org = ?1 AND submission = ?2 ORDER BY id LIMIT 2000;

-- name: fieldwork_file_names :many
-- in: org id, submission id
-- out: id id, sealed_key bytes, name bytes, size int
SELECT id, sealed_key, name, size FROM fieldwork_file WHERE org = ?1 AND submission = ?2 ORDER BY id LIMIT 2000;

-- name: fieldwork_file_one :one
-- in: org id, submission id, id id
-- out: sealed_key bytes, content bytes
SELECT sealed_key, content FROM fieldwork_file WHERE org = ?1 AND submission = ?2 AND id = ?3;

-- name: fieldwork_code_add :exec
-- in: org id, hash bytes, case_id id, team id, created_at time, created_by id, valid_until time
INSERT INTO fieldwork_code (org, hash, case_id, team, created_at, created_by, valid_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: fieldwork_code_find :one
-- in: org id, hash bytes, now time
-- out: case_id id, team id
SELECT case_id, team FROM fieldwork_code WHERE org = ?1 AND hash = ?2 AND valid_until > ?3;

-- name: fieldwork_team_public :one
-- in: org id, id id
-- out: public bytes
SELECT public FROM account_teams WHERE org = ?1 AND id = ?2;

-- name: fieldwork_intake :one
-- in: org id
-- out: id id, public bytes
SELECT id, public FROM account_teams WHERE org = ?1 AND intake = 1 ORDER BY id LIMIT 1;

-- Keys that a team opens, in order, for when the team's keys change.
-- name: fieldwork_key_of_team :many
-- in: org id, team id, after id, limit int
-- out: id id, sealed_key bytes
SELECT id, sealed_key FROM fieldwork_submission WHERE org = ?1 AND team = ?2 AND id > ?3 ORDER BY id LIMIT ?4;

-- name: fieldwork_key_count :one
-- in: org id, team id
-- out: keys int
SELECT COUNT(*) AS keys FROM fieldwork_submission WHERE org = ?1 AND team = ?2;

-- name: fieldwork_key_rewrap :exec
-- in: org id, id id, sealed_key bytes
UPDATE fieldwork_submission SET sealed_key = ?3 WHERE org = ?1 AND id = ?2;

-- name: fieldwork_file_keys :many
-- in: org id, submission id
-- out: id id, sealed_key bytes
SELECT id, sealed_key FROM fieldwork_file WHERE org = ?1 AND submission = ?2 ORDER BY id;

-- name: fieldwork_file_rewrap :exec
-- in: org id, submission id, id id, sealed_key bytes
UPDATE fieldwork_file SET sealed_key = ?4 WHERE org = ?1 AND submission = ?2 AND id = ?3;

-- A case that is erased: the files of its submissions, which name no case of their own.
-- name: fieldwork_file_erase :changed
-- in: org id, case_id id, nothing bytes
UPDATE fieldwork_file SET sealed_key = ?3, name = ?3, content = ?3
WHERE org = ?1 AND submission IN (SELECT s.id FROM fieldwork_submission s WHERE s.org = ?1 AND s.case_id = ?2);
