-- The case with its keys as its holders have them; who must never see it gets no row.
-- name: record_case_held :many
-- in: org id, id id, account id
-- out: reference text, pseudonym bytes, manager id, team id, status code, risk code, birth_year int?, next_review date, opened_on date, closed_on date?, close_reason code?, version int, generation int, holder id, via code, role code?, until time?, wrapped bytes
SELECT c.reference, c.pseudonym, c.manager, c.team, c.status, c.risk, c.birth_year, c.next_review, c.opened_on, c.closed_on,
       c.close_reason, c.version, c.generation, k.holder, k.via, k.role, k.until, k.wrapped
FROM record_case c JOIN record_key k ON k.org = c.org AND k.case_id = c.id
WHERE c.org = ?1 AND c.id = ?2
  AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?3 AND s.case_id = ?2 AND s.lifted_at IS NULL);

-- name: record_shut_of :many
-- in: org id, account id
-- out: case_id id
SELECT case_id FROM record_shut WHERE org = ?1 AND account = ?2 AND lifted_at IS NULL ORDER BY case_id;

-- Earlier keys of a part, the latest first.
-- name: record_past_list :many
-- in: org id, case_id id, part int
-- out: wrapped bytes
SELECT wrapped FROM record_past WHERE org = ?1 AND case_id = ?2 AND part = ?3 ORDER BY generation DESC;

-- name: record_past_add :exec
-- in: org id, case_id id, part int, generation int, wrapped bytes
INSERT INTO record_past (org, case_id, part, generation, wrapped) VALUES (?1, ?2, ?3, ?4, ?5);

-- What a new case is numbered, and how many have left before its keys are made.
-- name: record_case_number :one
-- in: org id, year int
-- out: number int, leavings int
SELECT COALESCE(MAX(c.number), 0) + 1 AS number, (SELECT o.leavings FROM account_orgs o WHERE o.org = ?1) AS leavings
FROM record_case c WHERE c.org = ?1 AND c.year = ?2;

-- name: record_case_add :exec
-- in: org id, id id, reference text, year int, number int, pseudonym bytes, manager id, team id, birth_year int?, next_review date, opened_on date, risk code, status code, closed_on date?, close_reason code?, keyed_as int
INSERT INTO record_case (org, id, reference, year, number, pseudonym, manager, team, status, risk, birth_year, next_review,
                         opened_on, closed_on, close_reason, version, generation, keyed_as)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?13, ?12, ?9, ?10, ?11, ?14, ?15, 1, 1, ?16);

-- name: record_case_risk :exec
-- in: org id, id id, risk code
UPDATE record_case SET risk = ?3, version = version + 1 WHERE org = ?1 AND id = ?2;

-- name: record_case_review :exec
-- in: org id, id id, next_review date
UPDATE record_case SET next_review = ?3, version = version + 1 WHERE org = ?1 AND id = ?2;

-- name: record_case_birth :exec
-- in: org id, id id, birth_year int?
UPDATE record_case SET birth_year = ?3, version = version + 1 WHERE org = ?1 AND id = ?2;

-- name: record_case_manager :changed
-- in: org id, id id, manager id, version int
UPDATE record_case SET manager = ?3, version = version + 1 WHERE org = ?1 AND id = ?2 AND version = ?4;

-- name: record_case_close :changed
-- in: org id, id id, closed_on date, reason code, version int
UPDATE record_case SET status = 'closed', closed_on = ?3, close_reason = ?4, version = version + 1
WHERE org = ?1 AND id = ?2 AND status = 'open' AND version = ?5;

-- name: record_case_reopen :changed
-- in: org id, id id, next_review date, version int
UPDATE record_case SET status = 'open', closed_on = NULL, close_reason = NULL, next_review = ?3, version = version + 1
WHERE org = ?1 AND id = ?2 AND status = 'closed' AND version = ?4;

-- name: record_key_add :exec
-- in: org id, holder id, case_id id, via code, role code?, parts int, since time, until time?, given_by id, wrapped bytes
INSERT INTO record_key (org, holder, case_id, via, role, parts, since, until, given_by, wrapped)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- Cases of a team, the soonest review first; the key as that team holds it.
-- name: record_list_by_team :many
-- in: org id, team id, status code, after_review date, after_id id, limit int, account id
-- out: id id, reference text, pseudonym bytes, manager id, risk code, birth_year int?, next_review date, wrapped bytes
SELECT c.id, c.reference, c.pseudonym, c.manager, c.risk, c.birth_year, c.next_review, k.wrapped
FROM record_case c JOIN record_key k ON k.org = c.org AND k.holder = c.team AND k.case_id = c.id
WHERE c.org = ?1 AND c.team = ?2 AND c.status = ?3 AND (c.next_review, c.id) > (?4, ?5)
  AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?7 AND s.case_id = c.id AND s.lifted_at IS NULL)
ORDER BY c.next_review, c.id LIMIT ?6;

-- Cases in which an account itself holds keys: as a member of the case team, or for the hours of a broken glass.
-- name: record_list_by_holder :many
-- in: org id, holder id, now time, status code, after_review date, after_id id, limit int
-- out: id id, reference text, pseudonym bytes, manager id, risk code, birth_year int?, next_review date, wrapped bytes
SELECT c.id, c.reference, c.pseudonym, c.manager, c.risk, c.birth_year, c.next_review, k.wrapped
FROM record_key k JOIN record_case c ON c.org = k.org AND c.id = k.case_id
WHERE k.org = ?1 AND k.holder = ?2 AND (k.until IS NULL OR k.until > ?3) AND c.status = ?4
  AND (c.next_review, c.id) > (?5, ?6)
  AND NOT EXISTS (SELECT 1 FROM record_key m WHERE m.org = k.org AND m.holder = k.holder AND m.case_id = k.case_id
                    AND m.via < k.via AND (m.until IS NULL OR m.until > ?3))
  AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?2 AND s.case_id = c.id AND s.lifted_at IS NULL)
ORDER BY c.next_review, c.id LIMIT ?7;

-- The same for one case manager.
-- name: record_list_by_manager :many
-- in: org id, manager id, status code, after_review date, after_id id, limit int
-- out: id id, reference text, pseudonym bytes, team id, risk code, birth_year int?, next_review date, wrapped bytes
SELECT c.id, c.reference, c.pseudonym, c.team, c.risk, c.birth_year, c.next_review, k.wrapped
FROM record_case c JOIN record_key k ON k.org = c.org AND k.holder = c.team AND k.case_id = c.id
WHERE c.org = ?1 AND c.manager = ?2 AND c.status = ?3 AND (c.next_review, c.id) > (?4, ?5)
ORDER BY c.next_review, c.id LIMIT ?6;

-- Counts for the home page, each up to a bound: open cases of a manager, overdue, due within the week.
-- name: record_count_by_manager :one
-- in: org id, manager id, today date, week date, most int
-- out: open int, overdue int, soon int
SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM record_case
                              WHERE org = ?1 AND manager = ?2 AND status = 'open' LIMIT ?5) AS a) AS open,
       (SELECT COUNT(*) FROM (SELECT 1 AS one FROM record_case
                              WHERE org = ?1 AND manager = ?2 AND status = 'open' AND next_review < ?3 LIMIT ?5) AS b) AS overdue,
       (SELECT COUNT(*) FROM (SELECT 1 AS one FROM record_case WHERE org = ?1 AND manager = ?2 AND status = 'open'
                                AND next_review >= ?3 AND next_review <= ?4 LIMIT ?5) AS c) AS soon;

-- The same for one team.
-- name: record_count_by_team :one
-- in: org id, team id, today date, week date, most int, account id
-- out: open int, overdue int, soon int
SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM record_case
                              WHERE org = ?1 AND team = ?2 AND status = 'open'
                                AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?6
                                                  AND s.case_id = record_case.id AND s.lifted_at IS NULL) LIMIT ?5) AS a) AS open,
       (SELECT COUNT(*) FROM (SELECT 1 AS one FROM record_case
                              WHERE org = ?1 AND team = ?2 AND status = 'open' AND next_review < ?3
                                AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?6
                                                  AND s.case_id = record_case.id AND s.lifted_at IS NULL) LIMIT ?5) AS b) AS overdue,
       (SELECT COUNT(*) FROM (SELECT 1 AS one FROM record_case WHERE org = ?1 AND team = ?2 AND status = 'open'
                                AND next_review >= ?3 AND next_review <= ?4
                                AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?6
                                                  AND s.case_id = record_case.id AND s.lifted_at IS NULL) LIMIT ?5) AS c) AS soon;

-- Reviews of a team that are late in the cases of others than this manager, among the `most` that are late the longest.
-- name: record_overdue_of_others :many
-- in: org id, team id, manager id, today date, most int, limit int
-- out: id id, reference text, pseudonym bytes, manager id, risk code, birth_year int?, next_review date, wrapped bytes
SELECT c.id, c.reference, c.pseudonym, c.manager, c.risk, c.birth_year, c.next_review, k.wrapped
FROM (SELECT org, id, team, reference, pseudonym, manager, risk, birth_year, next_review FROM record_case
      WHERE org = ?1 AND team = ?2 AND status = 'open' AND next_review < ?4
        AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?3 AND s.case_id = record_case.id
                          AND s.lifted_at IS NULL)
      ORDER BY next_review, id LIMIT ?5) AS c
JOIN record_key k ON k.org = c.org AND k.holder = c.team AND k.case_id = c.id
WHERE c.manager <> ?3
ORDER BY c.next_review, c.id LIMIT ?6;

-- name: record_span_add :exec
-- in: org id, case_id id, id id, kind code, code code, started_on date, ended_on date?
INSERT INTO record_span (org, case_id, kind, code, started_on, ended_on, version, id) VALUES (?1, ?2, ?4, ?5, ?6, ?7, 1, ?3);

-- Without a day it goes on again.
-- name: record_span_end :changed
-- in: org id, case_id id, id id, ended_on date?, version int
UPDATE record_span SET ended_on = ?4, version = version + 1 WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND version = ?5;

-- name: record_span_end_all :changed
-- in: org id, case_id id, ended_on date
UPDATE record_span SET ended_on = ?3, version = version + 1 WHERE org = ?1 AND case_id = ?2 AND ended_on IS NULL;

-- name: record_span_list :many
-- in: org id, case_id id
-- out: id id, kind code, code code, started_on date, ended_on date?, version int
SELECT id, kind, code, started_on, ended_on, version FROM record_span WHERE org = ?1 AND case_id = ?2 ORDER BY kind, started_on, id;

-- name: record_event_add_row :exec
-- in: org id, case_id id, id id, happened_on date, kind code, phase code?, strand code?, account id, subject int?, detail code?, note bytes?, part int
INSERT INTO record_event (org, case_id, id, happened_on, kind, phase, strand, account, subject, detail, note, part)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- The timeline, the newest first, of the parts that somebody holds; an empty kind, phase or strand means all.
-- name: record_event_list :many
-- in: org id, case_id id, kind code, phase code, strand code, before_day date, before_id id, limit int, parts int
-- out: id id, happened_on date, kind code, phase code?, strand code?, account id, subject int?, detail code?, note bytes?, part int
SELECT id, happened_on, kind, phase, strand, account, subject, detail, note, part FROM record_event
WHERE org = ?1 AND case_id = ?2 AND (part & ?9) <> 0 AND (?3 = '' OR kind = ?3) AND (?4 = '' OR phase = ?4) AND (?5 = '' OR strand = ?5)
  AND (happened_on, id) < (?6, ?7)
ORDER BY happened_on DESC, id DESC LIMIT ?8;

-- Who could take over a case of this team: its members; their roles are looked at by the caller.
-- name: record_team_members :many
-- in: org id, team id
-- out: account id
SELECT account FROM account_membership WHERE org = ?1 AND team = ?2 ORDER BY account;

-- The team that holds every case for an emergency.
-- name: record_emergency :one
-- in: org id
-- out: id id, public bytes
SELECT id, public FROM account_teams WHERE org = ?1 AND emergency = 1;

-- ---- erasing ----

-- name: record_key_forget :changed
-- in: org id, case_id id
DELETE FROM record_key WHERE org = ?1 AND case_id = ?2;

-- name: record_past_forget :changed
-- in: org id, case_id id
DELETE FROM record_past WHERE org = ?1 AND case_id = ?2;

-- ---- changing who holds keys ----

-- name: record_key_remove :changed
-- in: org id, case_id id, holder id, via code
DELETE FROM record_key WHERE org = ?1 AND case_id = ?2 AND holder = ?3 AND via = ?4;

-- name: record_key_expire :changed
-- in: org id, case_id id, now time
DELETE FROM record_key WHERE org = ?1 AND case_id = ?2 AND until IS NOT NULL AND until <= ?3;

-- name: record_key_list :many
-- in: org id, case_id id
-- out: holder id, via code, role code?, parts int, since time, until time?, given_by id, size int
SELECT holder, via, role, parts, since, until, given_by, LENGTH(wrapped) AS size FROM record_key
WHERE org = ?1 AND case_id = ?2 ORDER BY holder, via;

-- name: record_case_rekeyed :changed
-- in: org id, id id, pseudonym bytes, generation int
UPDATE record_case SET pseudonym = ?3, generation = generation + 1,
       keyed_as = (SELECT o.leavings FROM account_orgs o WHERE o.org = ?1)
WHERE org = ?1 AND id = ?2 AND generation = ?4;

-- Cases of a team whose keys somebody who left could have kept, in the order of cases.
-- name: record_due :many
-- in: org id, team id, before int, after id, limit int
-- out: id id, pseudonym bytes, generation int, wrapped bytes
SELECT c.id, c.pseudonym, c.generation, k.wrapped
FROM record_case c JOIN record_key k ON k.org = c.org AND k.case_id = c.id AND k.holder = c.team AND k.via = 'team'
WHERE c.org = ?1 AND c.team = ?2 AND c.keyed_as < ?3 AND c.id > ?4 ORDER BY c.id LIMIT ?5;

-- name: record_due_count :many
-- in: org id
-- out: team id, cases int
SELECT team, cases FROM record_keys_due WHERE org = ?1 ORDER BY team;

-- Colleagues who are on a case by a part of their own, and how many of these are to be given again.
-- name: record_members :many
-- in: org id, now time
-- out: holder id, lost int
SELECT holder, SUM(CASE WHEN LENGTH(wrapped) = 1 THEN 1 ELSE 0 END) AS lost FROM record_key
WHERE org = ?1 AND via = 'member' AND (until IS NULL OR until > ?2) GROUP BY holder ORDER BY holder;

-- An account has other keys now: what it held opens nothing any more.
-- name: record_key_lose :changed
-- in: org id, holder id, wrapped bytes
UPDATE record_key SET wrapped = ?3 WHERE org = ?1 AND holder = ?2;

-- Cases of which an account must be given its part again, with the key as the case's team holds it.
-- name: record_lost_list :many
-- in: org id, holder id, now time, viewer id
-- out: id id, reference text, pseudonym bytes, team id, status code, wrapped bytes
SELECT c.id, c.reference, c.pseudonym, c.team, c.status, t.wrapped
FROM record_key k JOIN record_case c ON c.org = k.org AND c.id = k.case_id
JOIN record_key t ON t.org = c.org AND t.case_id = c.id AND t.holder = c.team AND t.via = 'team'
WHERE k.org = ?1 AND k.holder = ?2 AND k.via = 'member' AND LENGTH(k.wrapped) = 1 AND (k.until IS NULL OR k.until > ?3)
  AND NOT EXISTS (SELECT 1 FROM record_shut s WHERE s.org = ?1 AND s.account = ?4 AND s.case_id = c.id AND s.lifted_at IS NULL)
ORDER BY c.id LIMIT 500;

-- Whoever holds keys of their own leaves.
-- name: record_due_of_holder :changed
-- in: org id, holder id
UPDATE record_case SET keyed_as = -1 WHERE org = ?1 AND id IN (SELECT k.case_id FROM record_key k WHERE k.org = ?1 AND k.holder = ?2);

-- name: record_teams_of_holder :many
-- in: org id, holder id
-- out: team id
SELECT DISTINCT c.team FROM record_case c JOIN record_key k ON k.org = c.org AND k.case_id = c.id
WHERE c.org = ?1 AND k.holder = ?2 ORDER BY c.team;

-- The public halves that keys are given to: of an account, and of a team.
-- name: record_public_account :one
-- in: org id, id id
-- out: public bytes
SELECT public FROM account_people WHERE org = ?1 AND id = ?2 AND left_at IS NULL;

-- name: record_public_team :one
-- in: org id, id id
-- out: public bytes
SELECT public FROM account_teams WHERE org = ?1 AND id = ?2;

-- ---- who must never see a case ----

-- name: record_shut_add :exec
-- in: org id, account id, case_id id, id id, reason bytes, by id, at time
INSERT INTO record_shut (org, account, case_id, id, reason, set_by, set_at, lifted_by, lifted_at, lift_reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL, NULL);

-- name: record_shut_lift :changed
-- in: org id, case_id id, id id, by int, at time, reason bytes
UPDATE record_shut SET lifted_by = ?4, lifted_at = ?5, lift_reason = ?6 WHERE org = ?1 AND case_id = ?2 AND id = ?3 AND lifted_at IS NULL;

-- name: record_shut_list :many
-- in: org id, case_id id
-- out: account id, id id, reason bytes, set_by id, set_at time, lifted_by int?, lifted_at time?, lift_reason bytes?
SELECT account, id, reason, set_by, set_at, lifted_by, lifted_at, lift_reason FROM record_shut
WHERE org = ?1 AND case_id = ?2 ORDER BY id;

-- ---- when a team's keys change, and when somebody leaves ----

-- The keys that a team holds, in the order of cases; one row a case, as a team holds a case once.
-- name: record_key_of_holder :many
-- in: org id, holder id, after id, limit int
-- out: case_id id, via code, wrapped bytes
SELECT case_id, via, wrapped FROM record_key WHERE org = ?1 AND holder = ?2 AND case_id > ?3 ORDER BY case_id LIMIT ?4;

-- name: record_key_count :one
-- in: org id, holder id
-- out: keys int
SELECT COUNT(*) AS keys FROM record_key WHERE org = ?1 AND holder = ?2;

-- name: record_key_rewrap :exec
-- in: org id, case_id id, holder id, via code, wrapped bytes
UPDATE record_key SET wrapped = ?5 WHERE org = ?1 AND case_id = ?2 AND holder = ?3 AND via = ?4;

-- name: record_key_drop_holder :changed
-- in: org id, holder id
DELETE FROM record_key WHERE org = ?1 AND holder = ?2;

-- What a case manager has, by team.
-- name: record_managed :many
-- in: org id, manager id
-- out: team id, cases int, open int
SELECT team, COUNT(*) AS cases, COALESCE(SUM(CASE WHEN status = 'open' THEN 1 ELSE 0 END), 0) AS open
FROM record_case WHERE org = ?1 AND manager = ?2 GROUP BY team ORDER BY team;

-- Colleagues for whom one of these cases is shut: they cannot follow.
-- name: record_managed_shut :many
-- in: org id, manager id, team id
-- out: account id
SELECT DISTINCT s.account FROM record_shut s JOIN record_case c ON c.org = s.org AND c.id = s.case_id
WHERE s.org = ?1 AND c.manager = ?2 AND c.team = ?3 AND s.lifted_at IS NULL ORDER BY s.account;

-- name: record_managed_in_team :many
-- in: org id, manager id, team id
-- out: id id
SELECT id FROM record_case WHERE org = ?1 AND manager = ?2 AND team = ?3 ORDER BY id;

-- name: record_case_manager_any :exec
-- in: org id, id id, manager id
UPDATE record_case SET manager = ?3, version = version + 1 WHERE org = ?1 AND id = ?2;
