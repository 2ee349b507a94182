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
