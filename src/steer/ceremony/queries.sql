-- name: ceremony_add :exec
-- in: org id, id id, purpose code, subject int?, receiver int?, factors bool, shares int?, needed int?, state code, begun_by int?, at time, expires_at time, ended_at time?, code_hash bytes?, code bytes?, outcome bytes?
INSERT INTO ceremony_ceremony (org, id, purpose, subject, receiver, factors, shares, needed, state, begun_by, begun_at, expires_at,
                               ended_at, code_hash, code, outcome, key, wrong)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, NULL, 0);

-- name: ceremony_get :one
-- in: org id, id id
-- out: purpose code, subject int?, receiver int?, factors bool, shares int?, needed int?, state code, begun_by int?, begun_at time, expires_at time, ended_at time?, code bytes?, outcome bytes?, key int?, wrong int
SELECT purpose, subject, receiver, factors, shares, needed, state, begun_by, begun_at, expires_at, ended_at, code, outcome, key, wrong
FROM ceremony_ceremony WHERE org = ?1 AND id = ?2;

-- The one that still goes on with this code.
-- name: ceremony_by_code :many
-- in: org id, code_hash bytes, now time
-- out: id id, state code
SELECT id, state FROM ceremony_ceremony
WHERE org = ?1 AND code_hash = ?2 AND expires_at > ?3 AND state IN ('open', 'handing') ORDER BY id LIMIT 1;

-- name: ceremony_going_on :many
-- in: org id, now time
-- out: id id
SELECT id FROM ceremony_ceremony WHERE org = ?1 AND expires_at > ?2 AND state IN ('open', 'handing') ORDER BY id LIMIT 1;

-- name: ceremony_begun_since :one
-- in: org id, since time
-- out: begun int
SELECT COUNT(*) AS begun FROM ceremony_ceremony WHERE org = ?1 AND begun_at >= ?2 AND code_hash IS NOT NULL;

-- name: ceremony_list :many
-- in: org id, limit int
-- out: id id, purpose code, subject int?, receiver int?, state code, begun_by int?, begun_at time, expires_at time
SELECT id, purpose, subject, receiver, state, begun_by, begun_at, expires_at
FROM ceremony_ceremony WHERE org = ?1 ORDER BY id DESC LIMIT ?2;

-- Over, with nothing of the code left.
-- name: ceremony_end :changed
-- in: org id, id id, state code, at time, outcome bytes?
UPDATE ceremony_ceremony SET state = ?3, ended_at = ?4, outcome = ?5, code = NULL, code_hash = NULL
WHERE org = ?1 AND id = ?2 AND state IN ('open', 'handing');

-- The shares were enough; now the new ones are handed out with the same code.
-- name: ceremony_hand_out :changed
-- in: org id, id id, key id, expires_at time
UPDATE ceremony_ceremony SET state = 'handing', key = ?3, expires_at = ?4 WHERE org = ?1 AND id = ?2 AND state = 'open';

-- name: ceremony_wrong :exec
-- in: org id, id id
UPDATE ceremony_ceremony SET wrong = wrong + 1 WHERE org = ?1 AND id = ?2;

-- name: ceremony_outcome_seen :exec
-- in: org id, id id
UPDATE ceremony_ceremony SET outcome = NULL WHERE org = ?1 AND id = ?2;

-- name: ceremony_share_put :exec
-- in: org id, ceremony id, number int, sealed bytes
INSERT INTO ceremony_share (org, ceremony, number, sealed) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (org, ceremony, number) DO UPDATE SET sealed = excluded.sealed;

-- name: ceremony_share_list :many
-- in: org id, ceremony id
-- out: number int, sealed bytes
SELECT number, sealed FROM ceremony_share WHERE org = ?1 AND ceremony = ?2 ORDER BY number;

-- name: ceremony_share_drop :exec
-- in: org id, ceremony id
DELETE FROM ceremony_share WHERE org = ?1 AND ceremony = ?2;

-- Shares of ceremonies that nobody ended.
-- name: ceremony_expired :many
-- in: org id, now time
-- out: id id, state code, key int?
SELECT id, state, key FROM ceremony_ceremony
WHERE org = ?1 AND expires_at <= ?2 AND state IN ('open', 'handing') ORDER BY id LIMIT 20;

-- What this person has not been told yet: all that concerns those who look after the installation, else what was done to their own account, and
-- who got the keys of a team of theirs.
-- name: ceremony_untold :many
-- in: org id, account id, since time, keeper bool
-- out: id id, purpose code, subject int?, receiver int?, begun_by int?, begun_at time
SELECT c.id, c.purpose, c.subject, c.receiver, c.begun_by, c.begun_at
FROM ceremony_ceremony c LEFT JOIN ceremony_seen s ON s.org = c.org AND s.ceremony = c.id AND s.account = ?2
WHERE c.org = ?1 AND c.begun_at >= ?3 AND s.seen_at IS NULL AND (c.begun_by IS NULL OR c.begun_by <> ?2)
  AND (?4 = 1 OR c.receiver = ?2 OR (c.purpose IN ('access', 'colleague', 'factors') AND c.subject = ?2)
       OR (c.purpose = 'team' AND EXISTS (SELECT 1 FROM account_membership m WHERE m.org = c.org AND m.account = ?2 AND m.team = c.subject)))
ORDER BY c.id DESC LIMIT 5;

-- name: ceremony_seen_add :exec
-- in: org id, ceremony id, account id, at time
INSERT INTO ceremony_seen (org, ceremony, account, seen_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (org, ceremony, account) DO NOTHING;

-- Did this colleague give that account its password, after a moment?
-- name: ceremony_helped_by :one
-- in: org id, account int, by int, after time
-- out: found int
SELECT COUNT(*) AS found FROM ceremony_ceremony
WHERE org = ?1 AND purpose = 'colleague' AND subject = ?2 AND begun_by = ?3 AND begun_at > ?4;
