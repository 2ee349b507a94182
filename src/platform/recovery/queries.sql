-- name: recovery_key_add :exec
-- in: org id, id id, public bytes, needed int, shares int, state code, at time
INSERT INTO recovery_key (org, id, public, needed, shares, state, made_at, ended_at, secret)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL);

-- Keys that something new is sealed to: the active one, and one whose shares are being handed out.
-- name: recovery_key_current :many
-- in: org id
-- out: id id, public bytes, needed int, shares int, state code, made_at time
SELECT id, public, needed, shares, state, made_at FROM recovery_key WHERE org = ?1 AND state <> 'ended' ORDER BY id;

-- All keys there ever were, the newest first.
-- name: recovery_key_list :many
-- in: org id
-- out: id id, public bytes, needed int, shares int, state code, made_at time, ended_at time?, secret bytes?
SELECT id, public, needed, shares, state, made_at, ended_at, secret FROM recovery_key WHERE org = ?1 ORDER BY id DESC;

-- name: recovery_key_state :changed
-- in: org id, id id, before code, after code, ended_at time?
UPDATE recovery_key SET state = ?4, ended_at = ?5 WHERE org = ?1 AND id = ?2 AND state = ?3;

-- name: recovery_key_secret :exec
-- in: org id, id id, secret bytes?
UPDATE recovery_key SET secret = ?3 WHERE org = ?1 AND id = ?2;

-- name: recovery_key_drop :exec
-- in: org id, id id
DELETE FROM recovery_key WHERE org = ?1 AND id = ?2;

-- name: recovery_share_add :exec
-- in: org id, key id, number int, hash bytes, sealed bytes?, taken_at time?
INSERT INTO recovery_share (org, key, number, hash, sealed, taken_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: recovery_share_list :many
-- in: org id, key id
-- out: number int, hash bytes, sealed bytes?, taken_at time?
SELECT number, hash, sealed, taken_at FROM recovery_share WHERE org = ?1 AND key = ?2 ORDER BY number;

-- name: recovery_share_take :changed
-- in: org id, key id, number int, at time
UPDATE recovery_share SET sealed = NULL, taken_at = ?4 WHERE org = ?1 AND key = ?2 AND number = ?3 AND taken_at IS NULL;

-- name: recovery_share_drop :exec
-- in: org id, key id
DELETE FROM recovery_share WHERE org = ?1 AND key = ?2;

-- name: recovery_held_put :exec
-- in: org id, key id, kind code, subject id, sealed bytes
INSERT INTO recovery_held (org, key, kind, subject, sealed) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (org, key, kind, subject) DO UPDATE SET sealed = excluded.sealed;

-- name: recovery_held_get :one
-- in: org id, key id, kind code, subject id
-- out: sealed bytes
SELECT sealed FROM recovery_held WHERE org = ?1 AND key = ?2 AND kind = ?3 AND subject = ?4;

-- name: recovery_held_list :many
-- in: org id, key id
-- out: kind code, subject id, sealed bytes
SELECT kind, subject, sealed FROM recovery_held WHERE org = ?1 AND key = ?2 ORDER BY kind, subject;

-- name: recovery_held_drop :exec
-- in: org id, key id
DELETE FROM recovery_held WHERE org = ?1 AND key = ?2;
