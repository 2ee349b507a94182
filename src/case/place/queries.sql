-- Without those whose key opens no more (place_lose).
-- name: place_key_list :many
-- in: org id, case_id id
-- out: account id, given_by id, since time
SELECT account, given_by, since FROM place_key WHERE org = ?1 AND case_id = ?2 AND LENGTH(wrapped) > 1 ORDER BY since, account;

-- name: place_key_lose :changed
-- in: org id, account id, wrapped bytes
UPDATE place_key SET wrapped = ?3 WHERE org = ?1 AND account = ?2;

-- Who must be put in charge again somewhere.
-- name: place_lost_accounts :many
-- in: org id
-- out: account id
SELECT DISTINCT account FROM place_key WHERE org = ?1 AND LENGTH(wrapped) = 1 ORDER BY account;

-- Cases in which an account must be put in charge again; `mine`: the viewer is in charge and can do it.
-- name: place_lost_list :many
-- in: org id, account id, viewer id
-- out: case_id id, reference text, mine int
SELECT k.case_id, c.reference,
       (SELECT COUNT(*) FROM place_key m WHERE m.org = ?1 AND m.case_id = k.case_id AND m.account = ?3 AND LENGTH(m.wrapped) > 1) AS mine
FROM place_key k JOIN record_cases c ON c.org = k.org AND c.id = k.case_id
WHERE k.org = ?1 AND k.account = ?2 AND LENGTH(k.wrapped) = 1 ORDER BY k.case_id LIMIT 500;

-- name: place_key_one :one
-- in: org id, case_id id, account id
-- out: wrapped bytes
SELECT wrapped FROM place_key WHERE org = ?1 AND case_id = ?2 AND account = ?3;

-- name: place_key_add :exec
-- in: org id, case_id id, account id, wrapped bytes, given_by id, since time
INSERT INTO place_key (org, case_id, account, wrapped, given_by, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: place_key_save :exec
-- in: org id, case_id id, account id, wrapped bytes
UPDATE place_key SET wrapped = ?4 WHERE org = ?1 AND case_id = ?2 AND account = ?3;

-- name: place_key_remove :changed
-- in: org id, case_id id, account id
DELETE FROM place_key WHERE org = ?1 AND case_id = ?2 AND account = ?3;

-- Of all cases: who holds it leaves the organisation.
-- name: place_key_drop_account :changed
-- in: org id, account id
DELETE FROM place_key WHERE org = ?1 AND account = ?2;

-- name: place_stay_list :many
-- in: org id, case_id id
-- out: id id, address bytes, note bytes?, since date, added_by id
SELECT id, address, note, since, added_by FROM place_stay WHERE org = ?1 AND case_id = ?2 ORDER BY since DESC, id DESC LIMIT 100;

-- name: place_stay_add :exec
-- in: org id, case_id id, id id, address bytes, note bytes?, since date, by id, at time
INSERT INTO place_stay (org, case_id, id, address, note, since, added_by, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: place_stay_save :exec
-- in: org id, case_id id, id id, address bytes, note bytes?
UPDATE place_stay SET address = ?4, note = ?5 WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- Who is on the case now: in its own team, or by a role of their own.
-- name: place_on_case :many
-- in: org id, case_id id, team id, now time
-- out: account id
SELECT m.account FROM account_membership m WHERE m.org = ?1 AND m.team = ?3
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = m.account AND s.case_id = ?2)
UNION
SELECT h.holder AS account FROM record_holders h
WHERE h.org = ?1 AND h.case_id = ?2 AND h.via = 'member' AND (h.until IS NULL OR h.until > ?4);

-- name: place_public :one
-- in: org id, id id
-- out: public bytes
SELECT public FROM account_people WHERE org = ?1 AND id = ?2 AND left_at IS NULL;
