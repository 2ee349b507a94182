-- no org: this is how a program finds out which organisation it serves.
-- name: account_org_first :one
-- out: org id, name text
SELECT org, name FROM account_org ORDER BY org LIMIT 1;

-- name: account_org_add :exec
-- in: org id, name text, at time
INSERT INTO account_org (org, name, second_required, leavings, created_at) VALUES (?1, ?2, 0, 0, ?3);

-- name: account_user_add :exec
-- in: org id, id id, login text, name bytes, role code, language code, password bytes, secret bytes, public bytes, directory bytes, at time, valid_until time?
INSERT INTO account_user (org, id, login, name, role, language, password, secret, public, directory, keys_version, failed,
                          locked_until, factors, factor_failed, factor_locked_until, mail, last_sign_in_at, valid_until,
                          password_until, left_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, 0, 0, 0, 0, 0, NULL, NULL, ?12, NULL, NULL, ?11);

-- What sign-in needs to know about a login.
-- name: account_user_by_login :one
-- in: org id, login text, now time
-- out: id id, language code, password bytes, secret bytes, public bytes, directory bytes, keys_version int, failed int, locked_until time, factors int, last_sign_in_at time?, second_required bool
SELECT u.id, u.language, u.password, u.secret, u.public, u.directory, u.keys_version, u.failed, u.locked_until, u.factors,
       u.last_sign_in_at, o.second_required
FROM account_user u JOIN account_org o ON o.org = u.org
WHERE u.org = ?1 AND u.login = ?2 AND u.left_at IS NULL AND (u.valid_until IS NULL OR u.valid_until > ?3)
  AND (u.password_until IS NULL OR u.password_until > ?3);

-- name: account_user_by_id :one
-- in: org id, id id
-- out: login text, name bytes, role code, language code, password bytes, secret bytes, public bytes, directory bytes, keys_version int, failed int, locked_until time, factors int, factor_failed int, factor_locked_until time, mail bytes?, valid_until time?
SELECT login, name, role, language, password, secret, public, directory, keys_version, failed, locked_until, factors,
       factor_failed, factor_locked_until, mail, valid_until
FROM account_user WHERE org = ?1 AND id = ?2 AND left_at IS NULL;

-- name: account_user_tried :exec
-- in: org id, id id, failed int, locked_until time
UPDATE account_user SET failed = ?3, locked_until = ?4 WHERE org = ?1 AND id = ?2;

-- name: account_user_password :changed
-- in: org id, id id, password bytes, secret bytes
UPDATE account_user SET password = ?3, secret = ?4, password_until = NULL, failed = 0, locked_until = 0
WHERE org = ?1 AND id = ?2;

-- A given password for somebody who forgot theirs; the keys stay.
-- name: account_user_reset :changed
-- in: org id, id id, password bytes, secret bytes, password_until time
UPDATE account_user SET password = ?3, secret = ?4, password_until = ?5, failed = 0, locked_until = 0, factor_failed = 0,
                        factor_locked_until = 0, keys_version = keys_version + 1
WHERE org = ?1 AND id = ?2 AND left_at IS NULL;

-- The same with new keys; what lay under the old ones is gone.
-- name: account_user_rekey :changed
-- in: org id, id id, password bytes, secret bytes, password_until time, public bytes, directory bytes
UPDATE account_user SET password = ?3, secret = ?4, password_until = ?5, public = ?6, directory = ?7, mail = NULL, failed = 0,
                        locked_until = 0, factor_failed = 0, factor_locked_until = 0, keys_version = keys_version + 1
WHERE org = ?1 AND id = ?2 AND left_at IS NULL;

-- name: account_user_mail :exec
-- in: org id, id id, mail bytes?
UPDATE account_user SET mail = ?3 WHERE org = ?1 AND id = ?2;

-- name: account_member_drop :exec
-- in: org id, account id, team id
DELETE FROM account_member WHERE org = ?1 AND account = ?2 AND team = ?3;

-- name: account_lost_add :exec
-- in: org id, account id, team id
INSERT INTO account_lost (org, account, team) VALUES (?1, ?2, ?3) ON CONFLICT (org, account, team) DO NOTHING;

-- name: account_lost_drop :exec
-- in: org id, account id, team id
DELETE FROM account_lost WHERE org = ?1 AND account = ?2 AND team = ?3;

-- name: account_lost_leave :exec
-- in: org id, account id
DELETE FROM account_lost WHERE org = ?1 AND account = ?2;

-- name: account_lost_list :many
-- in: org id, account id
-- out: team id, name text
SELECT l.team, t.name FROM account_lost l JOIN account_team t ON t.org = l.org AND t.id = l.team
WHERE l.org = ?1 AND l.account = ?2 ORDER BY t.name, l.team;

-- The moment after which nothing opens for this account; none: no end.
-- name: account_user_limit :changed
-- in: org id, id id, valid_until time?
UPDATE account_user SET valid_until = ?3 WHERE org = ?1 AND id = ?2;

-- name: account_user_language :exec
-- in: org id, id id, language code
UPDATE account_user SET language = ?3 WHERE org = ?1 AND id = ?2;

-- name: account_user_keys_changed :exec
-- in: org id, id id
UPDATE account_user SET keys_version = keys_version + 1 WHERE org = ?1 AND id = ?2;

-- Everybody, for choosing a colleague; names open with the directory key.
-- name: account_user_list :many
-- in: org id
-- out: id id, login text, name bytes, role code, left_at time?
SELECT id, login, name, role, left_at FROM account_user WHERE org = ?1 ORDER BY id;

-- name: account_team_add :exec
-- in: org id, id id, name text, intake bool, emergency bool, public bytes, search bytes
INSERT INTO account_team (org, id, name, intake, emergency, public, search, rotate, old, rotated_at, rewrapped, left_as, roots)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, NULL, NULL, 0, 0, 0);

-- name: account_team_list :many
-- in: org id
-- out: id id, name text, intake bool, public bytes
SELECT id, name, intake, public FROM account_team WHERE org = ?1 AND emergency = 0 ORDER BY id;

-- The team that referrals are sealed to.
-- name: account_team_intake :one
-- in: org id
-- out: id id, public bytes
SELECT id, public FROM account_team WHERE org = ?1 AND intake = 1 ORDER BY id LIMIT 1;

-- name: account_member_add :exec
-- in: org id, account id, team id, keys bytes
INSERT INTO account_member (org, account, team, keys) VALUES (?1, ?2, ?3, ?4);

-- A person's teams with their keys.
-- name: account_member_teams :many
-- in: org id, account id
-- out: team id, intake bool, emergency bool, keys bytes, public bytes, search bytes, rotate bool, old bytes?, roots bool
SELECT m.team, t.intake, t.emergency, m.keys, t.public, t.search, t.rotate, t.old, t.roots
FROM account_member m JOIN account_team t ON t.org = m.org AND t.id = m.team
WHERE m.org = ?1 AND m.account = ?2 ORDER BY m.team;

-- name: account_session_add :exec
-- in: org id, id id, account id, token_hash bytes, keys bytes, keys_version int, at time, stage code, device bytes, previous_at time?
INSERT INTO account_session (org, id, account, token_hash, keys, keys_version, stage, device, previous_at, proved_at, created_at,
                             seen_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?8, ?9, ?10, ?7, ?7, ?7);

-- name: account_user_signed_in :exec
-- in: org id, id id, at time
UPDATE account_user SET last_sign_in_at = ?3 WHERE org = ?1 AND id = ?2;

-- name: account_session_proved :exec
-- in: org id, id id, at time
UPDATE account_session SET proved_at = ?3 WHERE org = ?1 AND id = ?2;

-- name: account_session_by_token :one
-- in: org id, token_hash bytes, now time
-- out: id id, account id, keys bytes, keys_version int, stage code, previous_at time?, proved_at time, created_at time, seen_at time, name bytes, role code, language code, factors int, password_until time?, user_version int
SELECT s.id, s.account, s.keys, s.keys_version, s.stage, s.previous_at, s.proved_at, s.created_at, s.seen_at, u.name, u.role,
       u.language, u.factors, u.password_until, u.keys_version AS user_version
FROM account_session s JOIN account_user u ON u.org = s.org AND u.id = s.account
WHERE s.org = ?1 AND s.token_hash = ?2 AND u.left_at IS NULL AND (u.valid_until IS NULL OR u.valid_until > ?3);

-- name: account_session_seen :exec
-- in: org id, id id, at time
UPDATE account_session SET seen_at = ?3 WHERE org = ?1 AND id = ?2;

-- name: account_session_keys :exec
-- in: org id, id id, keys bytes, keys_version int
UPDATE account_session SET keys = ?3, keys_version = ?4 WHERE org = ?1 AND id = ?2;

-- name: account_session_end :exec
-- in: org id, id id
DELETE FROM account_session WHERE org = ?1 AND id = ?2;

-- name: account_session_end_all :changed
-- in: org id, account id
DELETE FROM account_session WHERE org = ?1 AND account = ?2;

-- All but the one that goes on.
-- name: account_session_end_others :changed
-- in: org id, account id, id id
DELETE FROM account_session WHERE org = ?1 AND account = ?2 AND id <> ?3;

-- Sessions nobody can use any more.
-- name: account_session_expire :changed
-- in: org id, created_before time, seen_before time
DELETE FROM account_session WHERE org = ?1 AND (created_at < ?2 OR seen_at < ?3);

-- name: account_factor_list :many
-- in: org id, account id
-- out: id id, kind code, name bytes, secret bytes?, site text?, credential bytes?, public bytes?, algorithm int?, counter int, created_at time, used_at time?
SELECT id, kind, name, secret, site, credential, public, algorithm, counter, created_at, used_at FROM account_factor
WHERE org = ?1 AND account = ?2 ORDER BY id;

-- name: account_factor_add :exec
-- in: org id, account id, id id, kind code, name bytes, secret bytes?, site text?, credential bytes?, public bytes?, algorithm int?, counter int, at time
INSERT INTO account_factor (org, account, id, kind, name, secret, site, credential, public, algorithm, counter, created_at, used_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL);

-- A counter only goes up, so that two who send the same answer at once do not both get in; a passkey that does not count stays at 0.
-- name: account_factor_used :changed
-- in: org id, account id, id id, counter int, at time
UPDATE account_factor SET counter = ?4, used_at = ?5
WHERE org = ?1 AND account = ?2 AND id = ?3 AND (counter < ?4 OR (counter = 0 AND kind = 'passkey'));

-- name: account_factor_delete :changed
-- in: org id, account id, id id
DELETE FROM account_factor WHERE org = ?1 AND account = ?2 AND id = ?3;

-- name: account_factor_delete_all :changed
-- in: org id, account id
DELETE FROM account_factor WHERE org = ?1 AND account = ?2;

-- name: account_code_add :exec
-- in: org id, account id, hash bytes, made_as id, at time
INSERT INTO account_code (org, account, hash, made_as, made_at, used_at) VALUES (?1, ?2, ?3, ?4, ?5, NULL);

-- name: account_code_use :changed
-- in: org id, account id, hash bytes, at time
UPDATE account_code SET used_at = ?4 WHERE org = ?1 AND account = ?2 AND hash = ?3 AND used_at IS NULL;

-- name: account_code_delete_all :changed
-- in: org id, account id
DELETE FROM account_code WHERE org = ?1 AND account = ?2;

-- name: account_code_state :one
-- in: org id, account id
-- out: made int, unused int, made_as id, made_at time
SELECT COUNT(*) AS made, COALESCE(SUM(CASE WHEN used_at IS NULL THEN 1 ELSE 0 END), 0) AS unused,
       COALESCE(MAX(made_as), 0) AS made_as, COALESCE(MAX(made_at), 0) AS made_at
FROM account_code WHERE org = ?1 AND account = ?2;

-- Writes how many second factors there are; the printed codes count as one.
-- name: account_user_count_factors :exec
-- in: org id, id id
UPDATE account_user SET factors =
    (SELECT COUNT(*) FROM account_factor f WHERE f.org = account_user.org AND f.account = account_user.id) +
    (SELECT COUNT(DISTINCT c.made_as) FROM account_code c WHERE c.org = account_user.org AND c.account = account_user.id)
WHERE org = ?1 AND id = ?2;

-- name: account_user_factor_tried :exec
-- in: org id, id id, failed int, locked_until time
UPDATE account_user SET factor_failed = ?3, factor_locked_until = ?4 WHERE org = ?1 AND id = ?2;

-- Signing in is complete once a second factor is there.
-- name: account_session_enrolled :exec
-- in: org id, id id
UPDATE account_session SET stage = 'full' WHERE org = ?1 AND id = ?2 AND stage = 'enrol';

-- name: account_org_get :one
-- in: org id
-- out: name text, second_required bool
SELECT name, second_required FROM account_org WHERE org = ?1;

-- name: account_org_require :changed
-- in: org id, required bool
UPDATE account_org SET second_required = ?2 WHERE org = ?1;

-- name: account_device_get :one
-- in: org id, account id, token_hash bytes
-- out: failed int, locked_until time
SELECT failed, locked_until FROM account_device WHERE org = ?1 AND account = ?2 AND token_hash = ?3;

-- name: account_device_seen :exec
-- in: org id, account id, token_hash bytes, at time
INSERT INTO account_device (org, account, token_hash, failed, locked_until, seen_at) VALUES (?1, ?2, ?3, 0, 0, ?4)
ON CONFLICT (org, account, token_hash) DO UPDATE SET failed = 0, locked_until = 0, seen_at = excluded.seen_at;

-- name: account_device_tried :exec
-- in: org id, account id, token_hash bytes, failed int, locked_until time
UPDATE account_device SET failed = ?4, locked_until = ?5 WHERE org = ?1 AND account = ?2 AND token_hash = ?3;

-- name: account_device_forget :changed
-- in: org id, before time
DELETE FROM account_device WHERE org = ?1 AND seen_at < ?2;

-- All but the one that is in use.
-- name: account_device_forget_others :changed
-- in: org id, account id, token_hash bytes
DELETE FROM account_device WHERE org = ?1 AND account = ?2 AND token_hash <> ?3;

-- name: account_device_forget_all :changed
-- in: org id, account id
DELETE FROM account_device WHERE org = ?1 AND account = ?2;

-- name: account_invite_add_row :exec
-- in: org id, id id, token_hash bytes, login text, name bytes, role code, language code, valid_until time?, keys bytes, teams int, made_by id, at time, expires_at time
INSERT INTO account_invite (org, id, token_hash, login, name, role, language, valid_until, keys, teams, made_by, created_at, expires_at,
                            ended_at, ended_how, account)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, NULL, NULL, NULL);

-- name: account_invite_by_token :one
-- in: org id, token_hash bytes
-- out: id id, login text, name bytes, role code, language code, valid_until time?, keys bytes, made_by id, expires_at time, ended_at time?
SELECT id, login, name, role, language, valid_until, keys, made_by, expires_at, ended_at FROM account_invite
WHERE org = ?1 AND token_hash = ?2;

-- name: account_invite_get :one
-- in: org id, id id
-- out: login text, name bytes, role code, teams int, made_by id, created_at time, expires_at time, ended_at time?, ended_how code?
SELECT login, name, role, teams, made_by, created_at, expires_at, ended_at, ended_how FROM account_invite WHERE org = ?1 AND id = ?2;

-- Those that wait, and those that ran out lately.
-- name: account_invited_by :one
-- in: org id, account id, by id, after time
-- out: found int
SELECT COUNT(*) AS found FROM account_invite WHERE org = ?1 AND account = ?2 AND made_by = ?3 AND ended_at > ?4;

-- name: account_invite_list :many
-- in: org id, expired_after time
-- out: id id, login text, name bytes, role code, teams int, made_by id, created_at time, expires_at time
SELECT id, login, name, role, teams, made_by, created_at, expires_at FROM account_invite
WHERE org = ?1 AND ended_at IS NULL AND expires_at > ?2 ORDER BY expires_at, id LIMIT 200;

-- name: account_invite_pending_login :one
-- in: org id, login text, now time
-- out: found int
SELECT COUNT(*) AS found FROM account_invite WHERE org = ?1 AND login = ?2 AND ended_at IS NULL AND expires_at > ?3;

-- name: account_invite_end :changed
-- in: org id, id id, at time, how code, account id?
UPDATE account_invite SET ended_at = ?3, ended_how = ?4, account = ?5 WHERE org = ?1 AND id = ?2 AND ended_at IS NULL;

-- name: account_invite_end_of :changed
-- in: org id, made_by id, at time
UPDATE account_invite SET ended_at = ?3, ended_how = 'withdrawn' WHERE org = ?1 AND made_by = ?2 AND ended_at IS NULL;

-- name: account_login_taken :one
-- in: org id, login text
-- out: found int
SELECT COUNT(*) AS found FROM account_user WHERE org = ?1 AND login = ?2;

-- name: account_team_get :one
-- in: org id, id id
-- out: name text, intake bool, public bytes
SELECT name, intake, public FROM account_team WHERE org = ?1 AND id = ?2;

-- Everybody with what the pages about accounts show; the last to come first.
-- name: account_people_list :many
-- in: org id
-- out: id id, login text, name bytes, role code, factors int, last_sign_in_at time?, valid_until time?, left_at time?, teams int, lost int
SELECT u.id, u.login, u.name, u.role, u.factors, u.last_sign_in_at, u.valid_until, u.left_at,
       (SELECT COUNT(*) FROM account_member m WHERE m.org = u.org AND m.account = u.id) AS teams,
       (SELECT COUNT(*) FROM account_lost l WHERE l.org = u.org AND l.account = u.id) AS lost
FROM account_user u WHERE u.org = ?1 ORDER BY u.id LIMIT 1000;

-- name: account_public :one
-- in: org id, id id
-- out: public bytes
SELECT public FROM account_user WHERE org = ?1 AND id = ?2 AND left_at IS NULL;

-- name: account_team_rotation :one
-- in: org id, id id
-- out: public bytes, search bytes, rotate bool, old bytes?, rotated_at time?
SELECT public, search, rotate, old, rotated_at FROM account_team WHERE org = ?1 AND id = ?2;

-- name: account_team_rotate :changed
-- in: org id, id id, public bytes, search bytes, old bytes, at time
UPDATE account_team SET public = ?3, search = ?4, old = ?5, rotated_at = ?6, rotate = 0, rewrapped = 0
WHERE org = ?1 AND id = ?2 AND rotate = 1 AND old IS NULL;

-- Teams whose keys are to be changed, are being changed, or were lately.
-- name: account_team_rotations :many
-- in: org id, after time
-- out: id id, name text, rotate bool, under_way bool, rotated_at time?, rewrapped int
SELECT id, name, rotate, CASE WHEN old IS NULL THEN 0 ELSE 1 END AS under_way, rotated_at, rewrapped FROM account_team
WHERE org = ?1 AND emergency = 0 AND (rotate = 1 OR old IS NOT NULL OR roots = 1 OR rotated_at > ?2) ORDER BY id;

-- name: account_team_rewrapped :exec
-- in: org id, id id, more int
UPDATE account_team SET rewrapped = rewrapped + ?3 WHERE org = ?1 AND id = ?2;

-- name: account_team_rotated :changed
-- in: org id, id id
UPDATE account_team SET old = NULL WHERE org = ?1 AND id = ?2 AND old IS NOT NULL;

-- name: account_org_left :exec
-- in: org id
UPDATE account_org SET leavings = leavings + 1 WHERE org = ?1;

-- Teams whose keys are to be changed because this account leaves, and the keys of their cases.
-- name: account_team_must_rotate :changed
-- in: org id, account id
UPDATE account_team SET rotate = 1, left_as = (SELECT o.leavings FROM account_org o WHERE o.org = ?1),
       roots = CASE WHEN emergency = 1 THEN 0 ELSE 1 END
WHERE org = ?1 AND id IN (SELECT team FROM account_member WHERE org = ?1 AND account = ?2);

-- Who had the emergency team's keys could open every case.
-- name: account_team_roots_all :changed
-- in: org id, account id
UPDATE account_team SET roots = 1
WHERE org = ?1 AND emergency = 0 AND roots = 0
  AND EXISTS (SELECT 1 FROM account_member m JOIN account_team e ON e.org = m.org AND e.id = m.team
              WHERE m.org = ?1 AND m.account = ?2 AND e.emergency = 1);

-- name: account_team_roots_due :exec
-- in: org id, id id
UPDATE account_team SET roots = 1 WHERE org = ?1 AND id = ?2;

-- name: account_team_roots_done :changed
-- in: org id, id id
UPDATE account_team SET roots = 0 WHERE org = ?1 AND id = ?2 AND roots = 1;

-- What the keys of a team's cases wait for: both teams that hold them have begun with keys that the leaver never had.
-- name: account_roots_state :one
-- in: org id, team id
-- out: waits int, before int
SELECT COALESCE(SUM(CASE WHEN rotate = 1 THEN 1 ELSE 0 END), 0) AS waits, COALESCE(MAX(left_as), 0) AS before
FROM account_team WHERE org = ?1 AND (id = ?2 OR emergency = 1);

-- name: account_member_public :many
-- in: org id, team id
-- out: account id, public bytes
SELECT m.account, u.public FROM account_member m JOIN account_user u ON u.org = m.org AND u.id = m.account
WHERE m.org = ?1 AND m.team = ?2 AND u.left_at IS NULL ORDER BY m.account;

-- name: account_member_keys :exec
-- in: org id, account id, team id, keys bytes
UPDATE account_member SET keys = ?4 WHERE org = ?1 AND account = ?2 AND team = ?3;

-- Their sessions read the teams' keys anew.
-- name: account_team_keys_changed :exec
-- in: org id, team id
UPDATE account_user SET keys_version = keys_version + 1
WHERE org = ?1 AND id IN (SELECT account FROM account_member WHERE org = ?1 AND team = ?2);

-- The same for everybody who is in a team with this account.
-- name: account_colleagues_keys_changed :exec
-- in: org id, account id
UPDATE account_user SET keys_version = keys_version + 1
WHERE org = ?1 AND id IN (SELECT o.account FROM account_member o JOIN account_member m ON m.org = o.org AND m.team = o.team
                          WHERE m.org = ?1 AND m.account = ?2);

-- name: account_member_leave :changed
-- in: org id, account id
DELETE FROM account_member WHERE org = ?1 AND account = ?2;

-- name: account_user_leave :changed
-- in: org id, id id, at time
UPDATE account_user SET left_at = ?3 WHERE org = ?1 AND id = ?2 AND left_at IS NULL;

-- name: account_administrators :one
-- in: org id, now time
-- out: active int
SELECT COUNT(*) AS active FROM account_user
WHERE org = ?1 AND role = 'administrator' AND left_at IS NULL AND (valid_until IS NULL OR valid_until > ?2);

-- Where somebody is signed in, the last seen first.
-- name: account_session_list :many
-- in: org id, account id, created_after time, seen_after time
-- out: id id, device bytes, created_at time, seen_at time
SELECT id, device, created_at, seen_at FROM account_session
WHERE org = ?1 AND account = ?2 AND stage <> 'second' AND created_at > ?3 AND seen_at > ?4 ORDER BY seen_at DESC, id DESC LIMIT 100;

-- One's own, but never the one that asks.
-- name: account_session_end_one :changed
-- in: org id, account id, id id, own id
DELETE FROM account_session WHERE org = ?1 AND account = ?2 AND id = ?3 AND id <> ?4;

-- Is the one who sends a change still signed in, and their account open? Asked again inside the change.
-- name: account_session_alive :one
-- in: org id, id id, now time
-- out: id id
SELECT s.id FROM account_session s JOIN account_user u ON u.org = s.org AND u.id = s.account
WHERE s.org = ?1 AND s.id = ?2 AND u.left_at IS NULL AND (u.valid_until IS NULL OR u.valid_until > ?3);
