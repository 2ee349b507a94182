-- name: referral_add :exec
-- in: org id, id id, team id, sealed_key bytes, source code, urgency code, anonymous bool, entered_by id?, age int?, age_guess bool, disputed bool, way code, referrer bytes, organisation bytes, about bytes, story bytes, contact bytes, hours bytes, cover bytes, received_at time, answer_due time
INSERT INTO referral_item (org, id, team, sealed_key, source, urgency, anonymous, entered_by, age, age_guess, disputed, way,
                           referrer, organisation, about, story, contact, hours, cover, received_at, answer_due, status,
                           decided_at, decided_by, case_id, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, 'open', NULL, NULL,
        NULL, 1);

-- name: referral_get :one
-- in: org id, id id
-- out: team id, sealed_key bytes, source code, urgency code, anonymous bool, entered_by id?, age int?, age_guess bool, disputed bool, way code, referrer bytes, organisation bytes, about bytes, story bytes, contact bytes, hours bytes, cover bytes, received_at time, answer_due time, status code, case_id id?, version int
SELECT team, sealed_key, source, urgency, anonymous, entered_by, age, age_guess, disputed, way, referrer, organisation, about,
       story, contact, hours, cover, received_at, answer_due, status, case_id, version
FROM referral_item WHERE org = ?1 AND id = ?2;

-- Those of one status, the soonest deadline first.
-- name: referral_list :many
-- in: org id, team id, status code, after_due time, after_id id, limit int
-- out: id id, sealed_key bytes, source code, urgency code, about bytes, story bytes, received_at time, answer_due time, status code
SELECT id, sealed_key, source, urgency, about, story, received_at, answer_due, status FROM referral_item
WHERE org = ?1 AND team = ?2 AND status = ?3 AND (answer_due, id) > (?4, ?5)
ORDER BY answer_due, id LIMIT ?6;

-- Those that ended, the last one first.
-- name: referral_list_ended :many
-- in: org id, team id, before_at time, before_id id, limit int
-- out: id id, sealed_key bytes, source code, urgency code, about bytes, story bytes, received_at time, answer_due time, status code, decided_at time
SELECT id, sealed_key, source, urgency, about, story, received_at, answer_due, status, decided_at FROM referral_item
WHERE org = ?1 AND team = ?2 AND decided_at IS NOT NULL AND status IN ('accepted', 'redirected', 'declined')
  AND (decided_at, id) < (?3, ?4)
ORDER BY decided_at DESC, id DESC LIMIT ?5;

-- name: referral_count :one
-- in: org id, team id, now time
-- out: unanswered int, overdue int
SELECT COUNT(*) AS unanswered, COALESCE(SUM(CASE WHEN answer_due < ?3 THEN 1 ELSE 0 END), 0) AS overdue
FROM referral_item WHERE org = ?1 AND team = ?2 AND status = 'open';

-- name: referral_decide :changed
-- in: org id, id id, version int, status code, at time, account id, case_id id?
UPDATE referral_item SET status = ?4, decided_at = ?5, decided_by = ?6, case_id = ?7, version = version + 1
WHERE org = ?1 AND id = ?2 AND version = ?3;

-- name: referral_reopen :changed
-- in: org id, id id, version int, answer_due time
UPDATE referral_item SET status = 'open', answer_due = ?4, decided_at = NULL, decided_by = NULL, case_id = NULL,
       version = version + 1
WHERE org = ?1 AND id = ?2 AND version = ?3;

-- name: referral_step_add :exec
-- in: org id, referral id, id id, act code, at time, account id, reason code?, how code?, answered_on date?, case_id id?, agreed code?, words bytes, whom bytes
INSERT INTO referral_step (org, referral, id, act, at, account, reason, how, answered_on, case_id, agreed, words, whom)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- The last steps first; far more than anybody makes.
-- name: referral_step_list :many
-- in: org id, referral id
-- out: id id, act code, at time, account id, reason code?, how code?, answered_on date?, agreed code?, words bytes, whom bytes
SELECT id, act, at, account, reason, how, answered_on, agreed, words, whom FROM referral_step
WHERE org = ?1 AND referral = ?2 ORDER BY id DESC LIMIT 100;

-- Who holds the key of the case that a referral led to.
-- name: referral_case_holders :many
-- in: org id, case_id id
-- out: holder id, wrapped bytes
SELECT holder, wrapped FROM record_holders WHERE org = ?1 AND case_id = ?2;

-- name: referral_case_status :one
-- in: org id, case_id id
-- out: status code
SELECT status FROM record_cases WHERE org = ?1 AND id = ?2;

-- Is this person in the team, so that they can open its cases?
-- name: referral_team_member :one
-- in: org id, account id, team id
-- out: found int
SELECT COUNT(*) AS found FROM account_membership WHERE org = ?1 AND account = ?2 AND team = ?3;

-- Every referral of a team with its sealed key, for when the team's keys change.
-- name: referral_key_of_team :many
-- in: org id, team id, after id, limit int
-- out: id id, sealed_key bytes
SELECT id, sealed_key FROM referral_item WHERE org = ?1 AND team = ?2 AND id > ?3 ORDER BY id LIMIT ?4;

-- name: referral_key_count :one
-- in: org id, team id
-- out: keys int
SELECT COUNT(*) AS keys FROM referral_item WHERE org = ?1 AND team = ?2;

-- name: referral_key_rewrap :exec
-- in: org id, id id, sealed_key bytes
UPDATE referral_item SET sealed_key = ?3 WHERE org = ?1 AND id = ?2;

-- name: referral_share_add :exec
-- in: org id, id id, referral id, account id, until time, teller bool, agreed code, question bytes, copy bytes, for_account bytes, for_team bytes, by id, at time
INSERT INTO referral_share (org, id, referral, account, until, teller, agreed, question, copy, for_account, for_team, shared_by, shared_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- The last ones first; far more than anybody makes.
-- name: referral_share_list :many
-- in: org id, referral id
-- out: id id, account id, until time, teller bool, agreed code, question bytes, for_team bytes, shared_by id, shared_at time, ended_by id?, ended_at time?
SELECT id, account, until, teller, agreed, question, for_team, shared_by, shared_at, ended_by, ended_at FROM referral_share
WHERE org = ?1 AND referral = ?2 ORDER BY id DESC LIMIT 100;

-- One, for the specialist it was shared with.
-- name: referral_share_mine :one
-- in: org id, id id, account id, now time
-- out: referral id, until time, teller bool, question bytes, copy bytes?, for_account bytes?
SELECT referral, until, teller, question, copy, for_account FROM referral_share
WHERE org = ?1 AND id = ?2 AND account = ?3 AND ended_at IS NULL AND until > ?4;

-- name: referral_share_of_account :many
-- in: org id, account id, now time
-- out: id id, question bytes, until time, shared_at time, for_account bytes?, replies int
SELECT s.id, s.question, s.until, s.shared_at, s.for_account,
       (SELECT COUNT(*) FROM referral_reply p WHERE p.org = ?1 AND p.share = s.id) AS replies
FROM referral_share s WHERE s.org = ?1 AND s.account = ?2 AND s.ended_at IS NULL AND s.until > ?3
ORDER BY s.id LIMIT 100;

-- name: referral_share_end :changed
-- in: org id, id id, referral id, by id, at time
UPDATE referral_share SET copy = NULL, for_account = NULL, ended_by = ?4, ended_at = ?5
WHERE org = ?1 AND id = ?2 AND referral = ?3 AND ended_at IS NULL;

-- All of a referral: it was decided.
-- name: referral_share_end_all :changed
-- in: org id, referral id, by id, at time
UPDATE referral_share SET copy = NULL, for_account = NULL, ended_by = ?3, ended_at = ?4
WHERE org = ?1 AND referral = ?2 AND ended_at IS NULL;

-- All of a specialist: their account ended, or others see to it.
-- name: referral_share_end_account :changed
-- in: org id, account id, by id, at time
UPDATE referral_share SET copy = NULL, for_account = NULL, ended_by = ?3, ended_at = ?4
WHERE org = ?1 AND account = ?2 AND ended_at IS NULL;

-- Those whose date came.
-- name: referral_share_over :changed
-- in: org id, now time
UPDATE referral_share SET copy = NULL, for_account = NULL, ended_at = until
WHERE org = ?1 AND ended_at IS NULL AND until <= ?2;

-- name: referral_reply_add :exec
-- in: org id, share id, id id, at time, words bytes
INSERT INTO referral_reply (org, share, id, at, words) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: referral_reply_list :many
-- in: org id, share id
-- out: id id, at time, words bytes
SELECT id, at, words FROM referral_reply WHERE org = ?1 AND share = ?2 ORDER BY id LIMIT 200;

-- Undecided referrals of a team that an outside specialist answered after its last step.
-- name: referral_replied :many
-- in: org id, team id
-- out: id id
SELECT i.id FROM referral_item i
WHERE i.org = ?1 AND i.team = ?2 AND i.status IN ('open', 'consulted')
  AND EXISTS (SELECT 1 FROM referral_share s JOIN referral_reply p ON p.org = ?1 AND p.share = s.id
              WHERE s.org = ?1 AND s.referral = i.id
                AND NOT EXISTS (SELECT 1 FROM referral_step t WHERE t.org = ?1 AND t.referral = i.id AND t.at > p.at))
ORDER BY i.id LIMIT 1000;

-- Whom a referral can be shown to: an outside specialist who is here.
-- name: referral_public :one
-- in: org id, id id, now time
-- out: public bytes
SELECT public FROM account_people WHERE org = ?1 AND id = ?2 AND role = 'outside_specialist' AND left_at IS NULL
  AND (valid_until IS NULL OR valid_until > ?3);

-- name: referral_share_active :one
-- in: org id, referral id, account id
-- out: found int
SELECT COUNT(*) AS found FROM referral_share WHERE org = ?1 AND referral = ?2 AND account = ?3 AND ended_at IS NULL;
