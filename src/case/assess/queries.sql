-- name: assess_version_add :exec
-- in: org id, id id, form_id text, version text, title text, workbook bytes, status code, uploaded_at time, uploaded_by id
INSERT INTO assess_version (org, id, form_id, version, title, workbook, status, uploaded_at, uploaded_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: assess_version_list :many
-- in: org id
-- out: id id, form_id text, version text, title text, status code, uploaded_at time, uploaded_by id
SELECT id, form_id, version, title, status, uploaded_at, uploaded_by FROM assess_version
WHERE org = ?1 ORDER BY title, form_id, id DESC LIMIT 500;

-- name: assess_version_one :one
-- in: org id, id id
-- out: form_id text, version text, title text, status code, uploaded_at time, uploaded_by id
SELECT form_id, version, title, status, uploaded_at, uploaded_by FROM assess_version WHERE org = ?1 AND id = ?2;

-- name: assess_version_workbook :one
-- in: org id, id id
-- out: workbook bytes
SELECT workbook FROM assess_version WHERE org = ?1 AND id = ?2;

-- name: assess_version_find :one
-- in: org id, form_id text, version text
-- out: id id, status code
SELECT id, status FROM assess_version WHERE org = ?1 AND form_id = ?2 AND version = ?3;

-- name: assess_version_in_use_find :one
-- in: org id, form_id text
-- out: id id
SELECT id FROM assess_version WHERE org = ?1 AND form_id = ?2 AND status = 'in_use';

-- name: assess_version_in_use_list :many
-- in: org id
-- out: id id, form_id text, version text, title text
SELECT id, form_id, version, title FROM assess_version WHERE org = ?1 AND status = 'in_use'
ORDER BY CASE form_id WHEN 'safety' THEN 0 WHEN 'needs' THEN 1 ELSE 2 END, title, id LIMIT 100;

-- Assessments that were begun on a version and are not finished.
-- name: assess_version_drafts :one
-- in: org id, version_id id
-- out: drafts int
SELECT COUNT(*) AS drafts FROM assess_assessment WHERE org = ?1 AND version_id = ?2 AND status = 'draft';

-- Assessments that were finished with any version of an instrument, and in how many cases.
-- name: assess_version_done :one
-- in: org id, form_id text
-- out: assessments int, cases int
SELECT COUNT(*) AS assessments, COUNT(DISTINCT a.case_id) AS cases
FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
WHERE a.org = ?1 AND a.status = 'done' AND v.form_id = ?2;

-- Nobody has answered a draft version: it may be brought anew.
-- name: assess_version_remove_draft :changed
-- in: org id, id id
DELETE FROM assess_version WHERE org = ?1 AND id = ?2 AND status = 'draft';

-- name: assess_version_retire :exec
-- in: org id, form_id text
UPDATE assess_version SET status = 'retired' WHERE org = ?1 AND form_id = ?2 AND status = 'in_use';

-- name: assess_version_publish :changed
-- in: org id, id id
UPDATE assess_version SET status = 'in_use' WHERE org = ?1 AND id = ?2 AND status <> 'in_use';

-- name: assess_row_add :exec
-- in: org id, case_id id, id id, version_id id, language code, at time, by id, answers bytes, editor id
INSERT INTO assess_assessment (org, case_id, id, version_id, status, language, started_at, started_by, saved_at, saved_by,
                               finished_on, answers, version, editor)
VALUES (?1, ?2, ?3, ?4, 'draft', ?5, ?6, ?7, ?6, ?7, NULL, ?8, 1, ?9);

-- name: assess_row_one :one
-- in: org id, case_id id, id id
-- out: version_id id, form_id text, form_version text, title text, status code, language code, started_at time, started_by id, saved_at time, saved_by id, finished_on date?, answers bytes, version int, editor id
SELECT a.version_id, v.form_id, v.version AS form_version, v.title, a.status, a.language, a.started_at, a.started_by, a.saved_at,
       a.saved_by, a.finished_on, a.answers, a.version, a.editor
FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
WHERE a.org = ?1 AND a.case_id = ?2 AND a.id = ?3;

-- name: assess_row_form :one
-- in: org id, case_id id, id id
-- out: form_id text
SELECT v.form_id FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
WHERE a.org = ?1 AND a.case_id = ?2 AND a.id = ?3;

-- name: assess_row_list :many
-- in: org id, case_id id, status code
-- out: id id, form_id text, form_version text, title text, saved_at time, saved_by id, finished_on date?
SELECT a.id, v.form_id, v.version AS form_version, v.title, a.saved_at, a.saved_by, a.finished_on
FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
WHERE a.org = ?1 AND a.case_id = ?2 AND a.status = ?3 ORDER BY a.finished_on DESC NULLS LAST, a.id DESC LIMIT 200;

-- name: assess_row_save :changed
-- in: org id, case_id id, id id, version int, editor id, language code, answers bytes, at time, by id
UPDATE assess_assessment SET answers = ?7, language = ?6, saved_at = ?8, saved_by = ?9, version = version + 1, editor = ?5
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = 'draft' AND (version = ?4 OR editor = ?5);

-- name: assess_row_finish :changed
-- in: org id, case_id id, id id, finished_on date
UPDATE assess_assessment SET status = 'done', finished_on = ?4
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = 'draft';

-- name: assess_row_remove :changed
-- in: org id, case_id id, id id
DELETE FROM assess_assessment WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = 'draft';

-- How often and when last this instrument was finished in this case.
-- name: assess_row_last :one
-- in: org id, case_id id, form_id text
-- out: times int, last_on date?
SELECT COUNT(*) AS times, MAX(a.finished_on) AS last_on
FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
WHERE a.org = ?1 AND a.case_id = ?2 AND a.status = 'done' AND v.form_id = ?3;

-- The assessment with the same instrument that was finished before this one.
-- name: assess_row_before :one
-- in: org id, case_id id, form_id text, id id, finished_on date
-- out: id id, finished_on date?
SELECT a.id, a.finished_on
FROM assess_assessment a JOIN assess_version v ON v.org = a.org AND v.id = a.version_id
WHERE a.org = ?1 AND a.case_id = ?2 AND a.status = 'done' AND v.form_id = ?3
  AND (a.finished_on < ?5 OR (a.finished_on = ?5 AND a.id < ?4))
ORDER BY a.finished_on DESC NULLS LAST, a.id DESC LIMIT 1;

-- name: assess_fact_list :many
-- in: org id, case_id id, assessment id
-- out: fact code, value text
SELECT fact, value FROM assess_fact WHERE org = ?1 AND case_id = ?2 AND assessment = ?3 ORDER BY number LIMIT 5000;

-- name: assess_fact_add :exec
-- in: org id, case_id id, assessment id, number int, fact code, value text, on_date date
INSERT INTO assess_fact (org, case_id, assessment, number, fact, value, on_date) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- The scores of needs, the latest assessment first.
-- name: assess_needs :many
-- in: org id, case_id id, limit int
-- out: assessment id, on_date date, fact code, value text
SELECT assessment, on_date, fact, value FROM assess_fact
WHERE org = ?1 AND case_id = ?2
  AND fact IN ('need.safety', 'need.physical_health', 'need.mental_health', 'need.social_functioning', 'need.material',
               'need.legal', 'need.education', 'need.family')
ORDER BY on_date DESC, assessment DESC, number LIMIT ?3;

-- name: assess_alert_add :exec
-- in: org id, case_id id, id id, kind code, assessment id, at time, by id
INSERT INTO assess_alert (org, case_id, id, kind, assessment, status, raised_at, raised_by, answered_at, answered_by, answer)
VALUES (?1, ?2, ?3, ?4, ?5, 'open', ?6, ?7, NULL, NULL, NULL);

-- name: assess_alert_one :one
-- in: org id, case_id id, id id
-- out: kind code, assessment id, status code, raised_at time, raised_by id, answered_at time?, answered_by int?, answer bytes?
SELECT kind, assessment, status, raised_at, raised_by, answered_at, answered_by, answer FROM assess_alert
WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: assess_alert_of_case :many
-- in: org id, case_id id
-- out: id id, kind code, raised_at time, raised_by id
SELECT id, kind, raised_at, raised_by FROM assess_alert
WHERE org = ?1 AND case_id = ?2 AND status = 'open' ORDER BY raised_at, id LIMIT 100;

-- Open alerts of the cases that a holder (a team or an account) has the key of.
-- name: assess_alert_held :many
-- in: org id, holder id
-- out: id id, case_id id, kind code, raised_at time, raised_by id, reference text, pseudonym bytes, wrapped bytes
SELECT a.id, a.case_id, a.kind, a.raised_at, a.raised_by, c.reference, c.pseudonym, k.wrapped
FROM assess_alert a
JOIN record_holders k ON k.org = a.org AND k.case_id = a.case_id AND k.holder = ?2
JOIN record_cases c ON c.org = a.org AND c.id = a.case_id
WHERE a.org = ?1 AND a.status = 'open' ORDER BY a.raised_at, a.id LIMIT 100;

-- name: assess_alert_answer :changed
-- in: org id, case_id id, id id, at time, by id, answer bytes
UPDATE assess_alert SET status = 'answered', answered_at = ?4, answered_by = ?5, answer = ?6
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND status = 'open';

-- name: assess_case_review :one
-- in: org id, id id
-- out: next_review date
SELECT next_review FROM record_cases WHERE org = ?1 AND id = ?2;
