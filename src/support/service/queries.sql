-- name: service_entry_add :exec
-- in: org id, case_id id, id id, service code, on_date date, minutes int, mode code, account id, provider bytes?, phase code, strand code, interpreter bool, travel_cents int, meal_cents int, funding code?, note bytes?, created_at time
INSERT INTO service_entry (org, case_id, id, service, on_date, minutes, mode, account, provider, phase, strand, interpreter,
                           travel_cents, meal_cents, funding, note, created_at, version, struck, struck_reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 1, 0, NULL);

-- name: service_entry_get :one
-- in: org id, case_id id, id id
-- out: service code, on_date date, minutes int, mode code, account id, provider bytes?, phase code, strand code, interpreter bool, travel_cents int, meal_cents int, funding code?, note bytes?, version int, struck bool
SELECT service, on_date, minutes, mode, account, provider, phase, strand, interpreter, travel_cents, meal_cents, funding, note,
       version, struck
FROM service_entry WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: service_entry_strand :one
-- in: org id, case_id id, id id
-- out: strand code
SELECT strand FROM service_entry WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: service_entry_save :changed
-- in: org id, case_id id, id id, version int, service code, on_date date, minutes int, mode code, provider bytes?, phase code, strand code, interpreter bool, travel_cents int, meal_cents int, funding code?, note bytes?
UPDATE service_entry
SET service = ?5, on_date = ?6, minutes = ?7, mode = ?8, provider = ?9, phase = ?10, strand = ?11, interpreter = ?12,
    travel_cents = ?13, meal_cents = ?14, funding = ?15, note = ?16, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?4 AND struck = 0;

-- name: service_entry_strike :changed
-- in: org id, case_id id, id id, version int, reason bytes
UPDATE service_entry SET struck = 1, struck_reason = ?5, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?4 AND struck = 0;

-- The log of a case, the newest first, of the parts that somebody holds.
-- name: service_entry_list :many
-- in: org id, case_id id, before_day date, before_id id, limit int, legal bool, psychosocial bool, health bool, others bool
-- out: id id, service code, on_date date, minutes int, mode code, account id, provider bytes?, phase code, strand code, interpreter bool, travel_cents int, meal_cents int, funding code?, note bytes?, struck bool, struck_reason bytes?
SELECT id, service, on_date, minutes, mode, account, provider, phase, strand, interpreter, travel_cents, meal_cents, funding,
       note, struck, struck_reason
FROM service_entry
WHERE org = ?1 AND case_id = ?2 AND (on_date, id) < (?3, ?4)
  AND ((strand = 'legal' AND ?6 = 1) OR (strand = 'psychosocial' AND ?7 = 1) OR (strand = 'health' AND ?8 = 1)
       OR (strand NOT IN ('legal', 'psychosocial', 'health') AND ?9 = 1))
ORDER BY on_date DESC, id DESC LIMIT ?5;

-- Each service of a case as it was given last, the latest first; out of its last 200 entries.
-- name: service_recent :many
-- in: org id, case_id id, limit int, legal bool, psychosocial bool, health bool, others bool
-- out: service code, minutes int, mode code, phase code, strand code
SELECT e.service, e.minutes, e.mode, e.phase, e.strand
FROM service_entry e
JOIN (SELECT MAX(n.id) AS latest
      FROM (SELECT id, service FROM service_entry
            WHERE org = ?1 AND case_id = ?2 AND struck = 0
              AND ((strand = 'legal' AND ?4 = 1) OR (strand = 'psychosocial' AND ?5 = 1) OR (strand = 'health' AND ?6 = 1)
              OR (strand NOT IN ('legal', 'psychosocial', 'health') AND ?7 = 1))
            ORDER BY id DESC LIMIT 200) n
      GROUP BY n.service) u ON u.latest = e.id
WHERE e.org = ?1 AND e.case_id = ?2
ORDER BY e.id DESC LIMIT ?3;

-- Sums of a case by month, the latest first.
-- name: service_months :many
-- in: org id, case_id id, limit int, legal bool, psychosocial bool, health bool, others bool
-- out: month text, entries int, minutes int, travel_cents int, meal_cents int
SELECT SUBSTR(on_date, 1, 7) AS month, COUNT(*) AS entries, SUM(minutes) AS minutes, SUM(travel_cents) AS travel_cents,
       SUM(meal_cents) AS meal_cents
FROM service_entry WHERE org = ?1 AND case_id = ?2 AND struck = 0
  AND ((strand = 'legal' AND ?4 = 1) OR (strand = 'psychosocial' AND ?5 = 1) OR (strand = 'health' AND ?6 = 1)
       OR (strand NOT IN ('legal', 'psychosocial', 'health') AND ?7 = 1))
GROUP BY SUBSTR(on_date, 1, 7) ORDER BY SUBSTR(on_date, 1, 7) DESC LIMIT ?3;

-- What somebody wrote down for a day, the newest first. A case that several hold gives several rows.
-- name: service_day_list :many
-- in: org id, account id, on_date date, limit int
-- out: id id, case_id id, service code, minutes int, mode code, reference text, pseudonym bytes, holder id, wrapped bytes
SELECT e.id, e.case_id, e.service, e.minutes, e.mode, c.reference, c.pseudonym, k.holder, k.wrapped
FROM service_entry e
JOIN record_cases c ON c.org = e.org AND c.id = e.case_id
JOIN record_holders k ON k.org = e.org AND k.case_id = e.case_id
WHERE e.org = ?1 AND e.account = ?2 AND e.on_date = ?3 AND e.struck = 0
ORDER BY e.id DESC, k.holder LIMIT ?4;

-- Open cases for which somebody wrote entries lately, the latest first.
-- name: service_cases_of :many
-- in: org id, account id, since date, limit int
-- out: case_id id, reference text, pseudonym bytes, holder id, wrapped bytes
SELECT u.case_id, c.reference, c.pseudonym, k.holder, k.wrapped
FROM (SELECT case_id, MAX(id) AS latest FROM service_entry
      WHERE org = ?1 AND account = ?2 AND on_date >= ?3 GROUP BY case_id ORDER BY MAX(id) DESC LIMIT ?4) u
JOIN record_cases c ON c.org = ?1 AND c.id = u.case_id
JOIN record_holders k ON k.org = ?1 AND k.case_id = u.case_id
WHERE c.status = 'open'
ORDER BY u.latest DESC, k.holder;
