-- name: audit_entry_add :exec
-- in: org id, id id, at time, account int?, act code, case_id int?, subject int?
INSERT INTO audit_entry (org, id, at, account, act, case_id, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- Who looked at and changed a case, the newest first.
-- name: audit_entry_of_case :many
-- in: org id, case_id id, before id, limit int
-- out: id id, at time, account int?, act code, subject int?
SELECT id, at, account, act, subject FROM audit_entry
WHERE org = ?1 AND case_id = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4;
