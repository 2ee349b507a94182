-- name: person_row_get :one
-- in: org id, case_id id
-- out: given bytes, family bytes, aliases bytes, phones bytes, safe_contact bytes, note bytes, birth bytes, birth_year int?, birth_exact code, age_disputed bool, sex code, nationality code, language code, unaccompanied code, guardian_needed code, documents code, tokens bytes, version int
SELECT given, family, aliases, phones, safe_contact, note, birth, birth_year, birth_exact, age_disputed, sex, nationality,
       language, unaccompanied, guardian_needed, documents, tokens, version
FROM person_person WHERE org = ?1 AND case_id = ?2;

-- name: person_row_add :exec
-- in: org id, case_id id, given bytes, family bytes, aliases bytes, phones bytes, safe_contact bytes, note bytes, birth bytes, birth_year int?, birth_exact code, age_disputed bool, sex code, nationality code, language code, unaccompanied code, guardian_needed code, documents code, tokens bytes
INSERT INTO person_person (org, case_id, given, family, aliases, phones, safe_contact, note, birth, birth_year, birth_exact,
                           age_disputed, sex, nationality, language, unaccompanied, guardian_needed, documents, tokens,
                           version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, 1);

-- name: person_row_save :changed
-- in: org id, case_id id, given bytes, family bytes, aliases bytes, phones bytes, safe_contact bytes, note bytes, birth bytes, birth_year int?, birth_exact code, age_disputed bool, sex code, nationality code, language code, unaccompanied code, guardian_needed code, documents code, tokens bytes, version int
UPDATE person_person
SET given = ?3, family = ?4, aliases = ?5, phones = ?6, safe_contact = ?7, note = ?8, birth = ?9, birth_year = ?10,
    birth_exact = ?11, age_disputed = ?12, sex = ?13, nationality = ?14, language = ?15, unaccompanied = ?16,
    guardian_needed = ?17, documents = ?18, tokens = ?19, version = version + 1
WHERE org = ?1 AND case_id = ?2 AND version = ?20;

-- name: person_token_add :exec
-- in: org id, token int, case_id id, kind int
INSERT INTO person_token (org, token, case_id, kind) VALUES (?1, ?2, ?3, ?4);

-- name: person_token_remove :exec
-- in: org id, token int, case_id id
DELETE FROM person_token WHERE org = ?1 AND token = ?2 AND case_id = ?3;

-- ---- finding: a few bounded steps, each by one token and one holder ----

-- How many have this token, counted no further than the limit.
-- ahead: each word has several tokens.
-- name: person_token_count_some :one
-- in: org id, token int, limit int
-- out: count int
SELECT COUNT(*) AS count FROM (SELECT case_id FROM person_token WHERE org = ?1 AND token = ?2 LIMIT ?3) AS found;

-- How many cases this holder has, counted no further than the limit.
-- name: person_held_count_some :one
-- in: org id, holder id, limit int
-- out: count int
SELECT COUNT(*) AS count FROM (SELECT case_id FROM record_holders WHERE org = ?1 AND holder = ?2 LIMIT ?3) AS found;

-- Cases of a holder with a token and, when they are not 0, one of two tokens of a second and of a third word; the newest first.
-- CROSS JOIN keeps the order of the loops: from the token when it is rarer, ...
-- ahead: for each token and holder.
-- name: person_find_by_token :many
-- in: org id, token int, holder id, second_a int, second_b int, third_a int, third_b int, limit int
-- out: case_id id
SELECT t.case_id FROM person_token t CROSS JOIN record_holders h
WHERE t.org = ?1 AND t.token = ?2 AND h.org = ?1 AND h.holder = ?3 AND h.case_id = t.case_id
  AND (?4 = 0 OR EXISTS (SELECT 1 FROM person_token x WHERE x.org = ?1 AND x.token IN (?4, ?5) AND x.case_id = t.case_id))
  AND (?6 = 0 OR EXISTS (SELECT 1 FROM person_token y WHERE y.org = ?1 AND y.token IN (?6, ?7) AND y.case_id = t.case_id))
ORDER BY t.case_id DESC LIMIT ?8;

-- ... and from the holder's cases when those are fewer.
-- ahead: for each token and holder.
-- name: person_find_by_holder :many
-- in: org id, token int, holder id, second_a int, second_b int, third_a int, third_b int, limit int
-- out: case_id id
SELECT h.case_id FROM record_holders h CROSS JOIN person_token t
WHERE t.org = ?1 AND t.token = ?2 AND h.org = ?1 AND h.holder = ?3 AND t.case_id = h.case_id
  AND (?4 = 0 OR EXISTS (SELECT 1 FROM person_token x WHERE x.org = ?1 AND x.token IN (?4, ?5) AND x.case_id = h.case_id))
  AND (?6 = 0 OR EXISTS (SELECT 1 FROM person_token y WHERE y.org = ?1 AND y.token IN (?6, ?7) AND y.case_id = h.case_id))
ORDER BY h.case_id DESC LIMIT ?8;

-- ahead: of each candidate.
-- name: person_tokens_get :one
-- in: org id, case_id id
-- out: tokens bytes
SELECT tokens FROM person_person WHERE org = ?1 AND case_id = ?2;

-- What a hit is judged and shown by; the key as this holder has it now (a broken glass before a membership: it opens more).
-- ahead: of each candidate.
-- name: person_card :one
-- in: org id, case_id id, holder id, now time
-- out: given bytes, family bytes, aliases bytes, phones bytes, birth_year int?, reference text, pseudonym bytes, status code, manager id, wrapped bytes
SELECT p.given, p.family, p.aliases, p.phones, p.birth_year, c.reference, c.pseudonym, c.status, c.manager, h.wrapped
FROM record_holders h JOIN record_cases c ON c.org = h.org AND c.id = h.case_id
  JOIN person_person p ON p.org = h.org AND p.case_id = h.case_id
WHERE h.org = ?1 AND h.holder = ?3 AND h.case_id = ?2 AND (h.until IS NULL OR h.until > ?4)
ORDER BY h.via LIMIT 1;

-- A case by its reference, and who holds it.
-- name: person_by_reference :many
-- in: org id, reference text
-- out: case_id id, pseudonym bytes, status code, manager id, birth_year int?, holder id, wrapped bytes
SELECT c.id AS case_id, c.pseudonym, c.status, c.manager, c.birth_year, h.holder, h.wrapped
FROM record_cases c JOIN record_holders h ON h.org = c.org AND h.case_id = c.id
WHERE c.org = ?1 AND c.reference = ?2;

-- A case that is erased is found by no name any more.
-- name: person_token_forget :changed
-- in: org id, case_id id
DELETE FROM person_token WHERE org = ?1 AND case_id = ?2;
