-- Takes a job that is due and that nobody holds; the holder itself may take it again, to hold it longer.
-- name: job_lease_claim :changed
-- in: org id, name text, holder text, held_until time, now time
INSERT INTO job_lease (org, name, holder, held_until, due_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (org, name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE job_lease.due_at <= ?5 AND (job_lease.held_until <= ?5 OR job_lease.holder = excluded.holder);

-- Gives a job back after it has run; nothing when somebody else has taken it over meanwhile.
-- name: job_lease_finish :changed
-- in: org id, name text, holder text, due_at time, done_at time
UPDATE job_lease SET held_until = 0, due_at = ?4, done_at = ?5 WHERE org = ?1 AND name = ?2 AND holder = ?3;

-- name: job_lease_give_back :changed
-- in: org id, name text, holder text, due_at time
UPDATE job_lease SET held_until = 0, due_at = ?4 WHERE org = ?1 AND name = ?2 AND holder = ?3;

-- name: job_lease_get :one
-- in: org id, name text
-- out: holder text, held_until time, due_at time, done_at time?
SELECT holder, held_until, due_at, done_at FROM job_lease WHERE org = ?1 AND name = ?2;
