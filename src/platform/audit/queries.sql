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
WHERE org = ?1 AND case_id = ?2 ORDER BY case_number DESC LIMIT 1;

-- name: audit_entry_add :exec
-- in: org id, number int, at time, account int?, act code, case_id int?, case_number int?, subject int?, changes text,
--     hash bytes, case_hash bytes?
INSERT INTO audit_entry (org, number, at, account, act, case_id, case_number, subject, changes, hash, case_hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: audit_image_add :exec
-- in: org id, case_id id, number int, part int, name code, row_key text, image bytes?
INSERT INTO audit_image (org, case_id, number, part, name, row_key, image) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- Who looked at and changed a case, the newest first.
-- name: audit_entry_of_case :many
-- in: org id, case_id id, before int, limit int
-- out: number int, at time, account int?, act code, subject int?, case_number int
SELECT number, at, account, act, subject, case_number FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND case_number < ?3 ORDER BY case_number DESC LIMIT ?4;
