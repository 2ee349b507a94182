/* Jobs by the clock, each run once over all processes that work on the same data: a row of the data (a lease) says who holds
 * a job until when. A process that dies leaves its lease, and when that has run out another process takes the job over.
 *
 * A job is a line of a table that `serve` gives to the runner; it runs on a thread of the runner's own, one job after the
 * other, and changes data through the store like everybody else. */
#ifndef AUSMA_PLATFORM_JOB_JOB_H
#define AUSMA_PLATFORM_JOB_JOB_H

#include "platform/store/store.h"

struct job_run {
    struct store *store;
    int64_t org;
    int64_t now; /* when the run began */
    void *data;  /* the runner's */
    struct job_step *step;
};

struct job {
    const char *name; /* "session.tidy": stands in the data, so it stays as it is */
    int64_t every_ms; /* due again that long after it ended well; after a fault RETRY_MS later at the latest */
    /* Longer than a run takes, or than it is between its calls of job_go_on: then somebody else may take it over. */
    int64_t hold_ms;
    enum err (*run)(const struct job_run *run);
};

/* ---- leases, for those who need no runner ---- */

/* Takes the job `name` for `holder` until `until`, when it is due and nobody else holds it. Inside a change. */
MUST_USE enum err job_lease_take(struct db *db, int64_t org, const char *name, const char *holder, int64_t now,
                                 int64_t until, bool *got);
/* Gives it back: due again at `due`. `done` is when it ended well, 0 when it did not. ERR_STALE when it is another's. */
MUST_USE enum err job_lease_end(struct db *db, int64_t org, const char *name, const char *holder, int64_t done,
                                int64_t due);

/* ---- the runner ---- */

struct job_runner;

/* Looks after `count` jobs, now and then every `look_ms` (0: every 30 seconds). `jobs` and `data` live until the close. */
MUST_USE enum err job_runner_open(struct store *store, int64_t org, const struct job *jobs, size_t count, void *data,
                                  int64_t look_ms, struct job_runner **out);
/* A run that may be long calls it now and then: the job stays its own, and yet is soon another's when the process dies. ERR_STALE: it is
 * another's by now. */
MUST_USE enum err job_go_on(const struct job_run *run);
/* Waits for the job that runs. */
void job_runner_close(struct job_runner *runner);

#endif
