-- Counts over all cases; groups with few people are protected before they are shown.
-- name: report_by_status :many
-- in: org id
-- out: code code, count int
SELECT status AS code, COUNT(*) AS count FROM record_cases WHERE org = ?1 GROUP BY status ORDER BY status;

-- name: report_by_risk :many
-- in: org id
-- out: code code, count int
SELECT risk AS code, COUNT(*) AS count FROM record_cases WHERE org = ?1 AND status = 'open' GROUP BY risk
ORDER BY CASE risk WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END;

-- name: report_by_year :many
-- in: org id
-- out: code code, count int
SELECT substr(opened_on, 1, 4) AS code, COUNT(*) AS count FROM record_cases WHERE org = ?1
GROUP BY substr(opened_on, 1, 4) ORDER BY code;

-- name: report_by_reason :many
-- in: org id
-- out: code code, count int
SELECT close_reason AS code, COUNT(*) AS count FROM record_cases WHERE org = ?1 AND close_reason IS NOT NULL
GROUP BY close_reason ORDER BY close_reason;

-- Phases and strands that go on in open cases.
-- name: report_by_span :many
-- in: org id, kind code
-- out: code code, count int
SELECT s.code, COUNT(*) AS count FROM record_spans s JOIN record_cases c ON c.org = s.org AND c.id = s.case_id
WHERE s.org = ?1 AND s.kind = ?2 AND s.ended_on IS NULL AND c.status = 'open' GROUP BY s.code ORDER BY s.code;

-- Glasses broken in an emergency, by year; they are no cases, so small numbers stay.
-- name: report_glasses :many
-- in: org id
-- out: code code, count int
SELECT CASE WHEN answered_at IS NULL THEN 'waits' ELSE verdict END AS code, COUNT(*) AS count FROM team_glasses WHERE org = ?1
GROUP BY CASE WHEN answered_at IS NULL THEN 'waits' ELSE verdict END ORDER BY code;

-- What was shared without a consent that stood, by ground.
-- name: report_grounds :many
-- in: org id
-- out: code code, count int
SELECT ground AS code, COUNT(*) AS count FROM consent_grounds WHERE org = ?1 GROUP BY ground ORDER BY ground;

-- Cases that still have keys somebody who left could have kept.
-- name: report_keys_due :one
-- in: org id
-- out: cases int
SELECT COALESCE(SUM(cases), 0) AS cases FROM record_keys_due WHERE org = ?1;

-- Coded facts of cases, for audits: no person, no pseudonym.
-- name: report_cases :many
-- in: org id, after text, limit int
-- out: reference text, status code, risk code, opened_on date, closed_on date?, close_reason code?, next_review date
SELECT reference, status, risk, opened_on, closed_on, close_reason, next_review FROM record_cases
WHERE org = ?1 AND reference > ?2 ORDER BY reference LIMIT ?3;
