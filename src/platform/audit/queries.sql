-- name: audit_head_get :one
-- in: org id
-- out: number int, hash bytes
SELECT number, hash FROM audit_head WHERE org = ?1;

-- name: audit_head_put :exec
-- in: org id, number int, hash bytes
INSERT INTO audit_head (org, number, hash) VALUES (?1, ?2, ?3)
ON CONFLICT (org) DO UPDATE SET number = excluded.number, hash = excluded.hash;

-- Where the chain of a case has come to.
-- name: audit_case_head :one
-- in: org id, case_id id
-- out: case_number int, case_hash bytes, at time
SELECT case_number, case_hash, at FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND case_number IS NOT NULL ORDER BY case_number DESC LIMIT 1;

-- name: audit_entry_add :exec
-- in: org id, number int, at time, account int?, act code, case_id int?, case_number int?, subject int?, changes text,
--     hash bytes, case_hash bytes?
INSERT INTO audit_entry (org, number, at, account, act, case_id, case_number, subject, changes, hash, case_hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: audit_image_add :exec
-- in: org id, case_id id, number int, part int, name code, row_key text, image bytes?
INSERT INTO audit_image (org, case_id, number, part, name, row_key, image) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- A case that is erased: what its rows looked like goes, the chain with the digests stays.
-- name: audit_image_forget :changed
-- in: org id, case_id id
DELETE FROM audit_image WHERE org = ?1 AND case_id = ?2;

-- Who looked at and changed a case, the newest first.
-- name: audit_entry_of_case :many
-- in: org id, case_id id, before int, limit int
-- out: number int, at time, account int?, act code, subject int?, case_number int
SELECT number, at, account, act, subject, case_number FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND case_number < ?3 ORDER BY case_number DESC LIMIT ?4;

-- ---- for those who check ----

-- no org: verifying looks at all organisations of the data.
-- name: audit_head_list :many
-- out: org id, number int, hash bytes
SELECT org, number, hash FROM audit_head ORDER BY org;

-- name: audit_entry_after :each
-- in: org id, after int, limit int
-- out: number int, at time, account id?, act code, case_id id?, case_number int?, subject id?, changes text, hash bytes,
--      case_hash bytes?
SELECT number, at, account, act, case_id, case_number, subject, changes, hash, case_hash FROM audit_entry
WHERE org = ?1 AND number > ?2 ORDER BY number LIMIT ?3;

-- name: audit_image_after :each
-- in: org id, case_id id, number int, part int, limit int
-- out: case_id id, number int, part int, name code, row_key text, image bytes?, changes text
SELECT i.case_id, i.number, i.part, i.name, i.row_key, i.image, e.changes
FROM audit_image i JOIN audit_entry e ON e.org = i.org AND e.number = i.number
WHERE i.org = ?1 AND (i.case_id, i.number, i.part) > (?2, ?3, ?4)
ORDER BY i.case_id, i.number, i.part LIMIT ?5;

-- ---- checkpoints ----

-- name: audit_signer_get :one
-- in: org id, public bytes
-- out: added_at time
SELECT added_at FROM audit_signer WHERE org = ?1 AND public = ?2;

-- name: audit_signer_add :exec
-- in: org id, public bytes, added_at time
INSERT INTO audit_signer (org, public, added_at) VALUES (?1, ?2, ?3);

-- The newest checkpoint that is not newer than this number.
-- name: audit_checkpoint_before :one
-- in: org id, most int
-- out: number int, at time, hash bytes, root bytes, frontier bytes, public bytes, signature bytes
SELECT number, at, hash, root, frontier, public, signature FROM audit_checkpoint
WHERE org = ?1 AND number <= ?2 ORDER BY number DESC LIMIT 1;

-- name: audit_checkpoint_after :many
-- in: org id, after int, limit int
-- out: number int, at time, hash bytes, root bytes, public bytes, signature bytes
SELECT number, at, hash, root, public, signature FROM audit_checkpoint
WHERE org = ?1 AND number > ?2 ORDER BY number LIMIT ?3;

-- name: audit_checkpoint_list :many
-- in: org id, before int, limit int
-- out: number int, at time, hash bytes
SELECT number, at, hash FROM audit_checkpoint WHERE org = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3;

-- name: audit_checkpoint_add :exec
-- in: org id, number int, at time, hash bytes, root bytes, frontier bytes, public bytes, signature bytes
INSERT INTO audit_checkpoint (org, number, at, hash, root, frontier, public, signature)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- ---- a case: who looked, and as it was ----

-- An account 0 and an act '' mean all.
-- name: audit_look_list :many
-- in: org id, case_id id, before int, account id, act code, limit int
-- out: case_number int, at time, account id?, act code, subject id?
SELECT case_number, at, account, act, subject FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND case_number < ?3 AND (account = ?4 OR ?4 = 0)
  AND (?5 = '' OR act = ?5 OR (?5 = 'looked' AND act IN ('case.read', 'file.read', 'case.refused'))
       OR (?5 = 'changed' AND act NOT IN ('case.read', 'file.read', 'case.refused')))
ORDER BY case_number DESC LIMIT ?6;

-- name: audit_look_people :many
-- in: org id, case_id id
-- out: account id, looks int, newest time
SELECT account, COUNT(*) AS looks, MAX(at) AS newest FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND account IS NOT NULL GROUP BY account ORDER BY MAX(at) DESC;

-- How the rows of a case looked at the end of a moment: the last image of each, up to then.
-- name: audit_image_until :each
-- in: org id, case_id id, before time, most int
-- out: number int, at time, name code, row_key text, image bytes?
SELECT i.number, e.at, i.name, i.row_key, i.image FROM audit_image i
JOIN audit_entry e ON e.org = i.org AND e.number = i.number
WHERE i.org = ?1 AND i.case_id = ?2 AND e.at < ?3 AND i.number <= ?4 ORDER BY i.number, i.part;

-- The chain of a case, from its beginning.
-- name: audit_case_chain :each
-- in: org id, case_id id
-- out: number int, at time, account id?, act code, case_number int, subject id?, changes text, case_hash bytes
SELECT number, at, account, act, case_number, subject, changes, case_hash FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND case_number IS NOT NULL ORDER BY case_number;

-- no org: how much there is to verify on this machine, for a bar of progress.
-- name: audit_size :one
-- out: entries int
SELECT COALESCE(MAX(number), 0) AS entries FROM audit_head;

-- How many changes of a case there were up to then, and of how many no image was kept.
-- name: audit_unkept :one
-- in: org id, case_id id, before time
-- out: entries int, changes int
SELECT COUNT(*) AS entries,
       COALESCE(SUM(CASE WHEN e.changes <> '' AND NOT EXISTS (SELECT 1 FROM audit_image i WHERE i.org = e.org
                              AND i.case_id = e.case_id AND i.number = e.number) THEN 1 ELSE 0 END), 0) AS changes
FROM audit_entry e WHERE e.org = ?1 AND e.case_id = ?2 AND e.at < ?3;
