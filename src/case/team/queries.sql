-- Who holds keys of a case by a role of their own, or by a glass.
-- name: team_holders :many
-- in: org id, case_id id
-- out: holder id, via code, role code?, parts int, since time, until time?, given_by id, size int
SELECT holder, via, role, parts, since, until, given_by, LENGTH(wrapped) AS size FROM record_holders
WHERE org = ?1 AND case_id = ?2 AND via IN ('member', 'glass') ORDER BY since, holder;

-- The accounts in the team that the case belongs to: they see all of it.
-- name: team_own :many
-- in: org id, team id
-- out: account id
SELECT account FROM account_membership WHERE org = ?1 AND team = ?2 ORDER BY account;

-- name: team_public :one
-- in: org id, id id
-- out: public bytes, role code, valid_until time?, left_at time?
SELECT public, role, valid_until, left_at FROM account_people WHERE org = ?1 AND id = ?2;

-- name: team_step_add :exec
-- in: org id, case_id id, id id, act code, account id, role code?, until time?, at time, by id
INSERT INTO team_step (org, case_id, id, act, account, role, until, at, by_account) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: team_step_list :many
-- in: org id, case_id id, limit int
-- out: act code, account id, role code?, until time?, at time, by_account id
SELECT act, account, role, until, at, by_account FROM team_step WHERE org = ?1 AND case_id = ?2 ORDER BY id DESC LIMIT ?3;

-- name: team_glass_add :exec
-- in: org id, case_id id, id id, account id, reason bytes, at time, until time
INSERT INTO team_glass (org, case_id, id, account, reason, opened_at, until, answered_by, answered_at, verdict, answer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL, NULL, NULL);

-- name: team_glass_one :one
-- in: org id, case_id id, id id
-- out: account id, reason bytes, opened_at time, until time, answered_by int?, answered_at time?, verdict code?, answer bytes?
SELECT account, reason, opened_at, until, answered_by, answered_at, verdict, answer FROM team_glass
WHERE org = ?1 AND case_id = ?2 AND id = ?3;

-- name: team_glass_list :many
-- in: org id, case_id id, limit int
-- out: id id, account id, opened_at time, until time, answered_at time?, verdict code?
SELECT id, account, opened_at, until, answered_at, verdict FROM team_glass WHERE org = ?1 AND case_id = ?2
ORDER BY id DESC LIMIT ?3;

-- name: team_glass_answer :changed
-- in: org id, case_id id, id id, by int, at time, verdict code, answer bytes
UPDATE team_glass SET answered_by = ?4, answered_at = ?5, verdict = ?6, answer = ?7
WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND answered_at IS NULL;

-- Glasses that wait for the team's answer, in the cases that a holder (a team or an account) has keys of.
-- From the few glasses to their cases, never from the many cases that a team holds: CROSS JOIN keeps that order on SQLite.
-- name: team_glass_waiting :many
-- in: org id, holder id, account id
-- out: id id, case_id id, account id, opened_at time, until time, reference text, pseudonym bytes, wrapped bytes
SELECT g.id, g.case_id, g.account, g.opened_at, g.until, c.reference, c.pseudonym, k.wrapped
FROM team_glass g
CROSS JOIN record_holders k
CROSS JOIN record_cases c
WHERE g.org = ?1 AND g.answered_at IS NULL AND g.account <> ?3
  AND k.org = ?1 AND k.case_id = g.case_id AND k.holder = ?2 AND k.via IN ('team', 'member')
  AND c.org = ?1 AND c.id = g.case_id
ORDER BY g.opened_at, g.id LIMIT 50;

-- A case by its number, for an emergency: the emergency team's box, and whether this person must never see it.
-- name: team_glass_case :one
-- in: org id, reference text, account id
-- out: id id, holder id, wrapped bytes
SELECT c.id, k.holder, k.wrapped
FROM record_cases c JOIN record_holders k ON k.org = c.org AND k.case_id = c.id AND k.via = 'emergency'
WHERE c.org = ?1 AND c.reference = ?2
  AND NOT EXISTS (SELECT 1 FROM record_shut_now s WHERE s.org = ?1 AND s.account = ?3 AND s.case_id = c.id);

-- name: team_case_holders :many
-- in: org id, case_id id
-- out: holder id, via code, wrapped bytes
SELECT holder, via, wrapped FROM record_holders WHERE org = ?1 AND case_id = ?2 ORDER BY holder, via;
