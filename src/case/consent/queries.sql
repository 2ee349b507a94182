-- name: consent_meeting_add :exec
-- in: org id, case_id id, id id, on_date date, language bytes, interpreter code, interpreter_name bytes?, present bytes?, understood code, understood_words bytes?, child_words bytes?, account id, created_at time
INSERT INTO consent_meeting (org, case_id, id, on_date, language, interpreter, interpreter_name, present, understood, understood_words,
                             child_words, account, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: consent_explained_add :exec
-- in: org id, case_id id, meeting id, code code
INSERT INTO consent_explained (org, case_id, meeting, code) VALUES (?1, ?2, ?3, ?4);

-- name: consent_explained_list :many
-- in: org id, case_id id, meeting id
-- out: code code
SELECT code FROM consent_explained WHERE org = ?1 AND case_id = ?2 AND meeting = ?3 ORDER BY code LIMIT 200;

-- name: consent_meeting_get :one
-- in: org id, case_id id, id id
-- out: on_date date, language bytes, interpreter code, interpreter_name bytes?, present bytes?, understood code, understood_words bytes?, child_words bytes?, account id
SELECT on_date, language, interpreter, interpreter_name, present, understood, understood_words, child_words, account
FROM consent_meeting WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: consent_meeting_list :many
-- in: org id, case_id id, before_day date, before_id id, limit int
-- out: id id, on_date date, interpreter code, understood code, account id
SELECT id, on_date, interpreter, understood, account FROM consent_meeting
WHERE org = ?1 AND case_id = ?2 AND (on_date, id) < (?3, ?4)
ORDER BY on_date DESC, id DESC LIMIT ?5;

-- name: consent_add :exec
-- in: org id, case_id id, id id, purpose code, recipient code, kind code, given_by bytes, given_on date, expires_on date?, account id, created_at time
INSERT INTO consent_consent (org, case_id, id, purpose, recipient, kind, given_by, given_on, expires_on, withdrawn_on, withdrawn_words,
                             account, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL, ?10, ?11, 1);

-- name: consent_get :one
-- in: org id, case_id id, id id
-- out: purpose code, recipient code, kind code, given_by bytes, given_on date, expires_on date?, withdrawn_on date?, withdrawn_words bytes?, version int
SELECT purpose, recipient, kind, given_by, given_on, expires_on, withdrawn_on, withdrawn_words, version
FROM consent_consent WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: consent_list :many
-- in: org id, case_id id, limit int
-- out: id id, purpose code, recipient code, kind code, given_by bytes, given_on date, expires_on date?, withdrawn_on date?, withdrawn_words bytes?, version int
SELECT id, purpose, recipient, kind, given_by, given_on, expires_on, withdrawn_on, withdrawn_words, version
FROM consent_consent WHERE org = ?1 AND case_id = ?2 ORDER BY given_on DESC, id DESC LIMIT ?3;

-- name: consent_withdraw :changed
-- in: org id, case_id id, id id, withdrawn_on date, words bytes?, version int
UPDATE consent_consent SET withdrawn_on = ?4, withdrawn_words = ?5, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?6 AND withdrawn_on IS NULL AND kind <> 'refused';

-- All that was said about one recipient, purpose by purpose.
-- name: consent_by_recipient :many
-- in: org id, case_id id, recipient code
-- out: purpose code, kind code, given_on date, expires_on date?, withdrawn_on date?
SELECT purpose, kind, given_on, expires_on, withdrawn_on FROM consent_consent
WHERE org = ?1 AND case_id = ?2 AND recipient = ?3 ORDER BY purpose, given_on DESC, id DESC LIMIT 400;

-- name: consent_ground_add :exec
-- in: org id, case_id id, id id, act code, recipient code, ground code, words bytes, on_date date, account id, created_at time
INSERT INTO consent_ground (org, case_id, id, act, recipient, ground, words, on_date, account, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- Roles in which people have a part of the case now.
-- name: consent_members :many
-- in: org id, case_id id, now time
-- out: role code?
SELECT role FROM record_holders
WHERE org = ?1 AND case_id = ?2 AND via = 'member' AND role IS NOT NULL AND (until IS NULL OR until > ?3) ORDER BY role;
