-- name: file_row_add :exec
-- in: org id, case_id id, id id, owner id, name bytes, about bytes, content_digest bytes, digest bytes, pieces int, at time, by id
INSERT INTO file_file (org, case_id, id, owner, name, about, content_digest, digest, pieces, added_at, added_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: file_row_one :one
-- in: org id, case_id id, owner id, id id
-- out: about bytes, pieces int
SELECT about, pieces FROM file_file WHERE org = ?1 AND case_id = ?2 AND owner = ?3 AND id = ?4;

-- name: file_row_of_owner :many
-- in: org id, case_id id, owner id
-- out: id id
SELECT id FROM file_file WHERE org = ?1 AND case_id = ?2 AND owner = ?3 ORDER BY id LIMIT 2000;

-- name: file_row_remove :changed
-- in: org id, case_id id, id id
DELETE FROM file_file WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: file_piece_add :exec
-- in: org id, case_id id, file id, number int, content bytes
INSERT INTO file_piece (org, case_id, file, number, content) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: file_piece_one :one
-- in: org id, case_id id, file id, number int
-- out: content bytes
SELECT content FROM file_piece WHERE org = ?1 AND case_id = ?2 AND file = ?3 AND number = ?4;

-- name: file_piece_remove :changed
-- in: org id, case_id id, file id
DELETE FROM file_piece WHERE org = ?1 AND case_id = ?2 AND file = ?3;

-- All files of the installation, for looking whether they are what was written; what was erased is empty.
-- no org: it looks at every row
-- name: file_row_after :many
-- in: after id, limit int
-- out: org id, case_id id, id id, digest bytes, pieces int
SELECT org, case_id, id, digest, pieces FROM file_file WHERE id > ?1 ORDER BY id LIMIT ?2;
