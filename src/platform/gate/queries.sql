-- name: gate_once_find :one
-- in: org id, once id, account id
-- out: location text
SELECT location FROM gate_once WHERE org = ?1 AND once = ?2 AND account = ?3;

-- name: gate_once_add :exec
-- in: org id, once id, account id, at time, location text
INSERT INTO gate_once (org, once, account, at, location) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: gate_once_forget :changed
-- in: org id, before time
DELETE FROM gate_once WHERE org = ?1 AND at < ?2;
