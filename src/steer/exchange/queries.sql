-- name: exchange_file_get :one
-- in: org id, source code, hash bytes
-- out: id id, row_count int
SELECT id, row_count FROM exchange_file WHERE org = ?1 AND source = ?2 AND hash = ?3;

-- name: exchange_file_add :exec
-- in: org id, source code, hash bytes, id id, row_count int, taken_at time
INSERT INTO exchange_file (org, source, hash, id, row_count, taken_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: exchange_row_get :one
-- in: org id, source code, row_key bytes
-- out: case_id id
SELECT case_id FROM exchange_row WHERE org = ?1 AND source = ?2 AND row_key = ?3;

-- name: exchange_row_add :exec
-- in: org id, source code, row_key bytes, case_id id, taken_at time
INSERT INTO exchange_row (org, source, row_key, case_id, taken_at) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: exchange_fact_add :exec
-- in: org id, case_id id, name code, value code
INSERT INTO exchange_fact (org, case_id, name, value) VALUES (?1, ?2, ?3, ?4);

-- name: exchange_history_add :exec
-- in: org id, id id, file id, year_from int?, year_to int?, sex code, majority code, forced_labour code, sexual_exploitation code, origin code, exploited_in code, exploiter code, exploiter_sex code, exploiter_age code, exploiter_region code, relation code, paid code, recruiter code, transaction_part code, abuse_kidnap code
INSERT INTO exchange_history (org, id, file, year_from, year_to, sex, majority, forced_labour, sexual_exploitation, origin,
                              exploited_in, exploiter, exploiter_sex, exploiter_age, exploiter_region, relation, paid,
                              recruiter, transaction_part, abuse_kidnap)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20);
