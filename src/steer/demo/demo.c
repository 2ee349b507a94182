#include "steer/demo/making.h"

#include "base/time.h"
#include "case/assess/assess.h"
#include "platform/audit/audit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CASES_USUAL = 60, CASES_MOST = 10000000 };

struct demo {
    struct office *office;
    struct arena *step; /* memory of one case */
    int64_t count;
    uint64_t seed;
    struct office_progress progress;
    struct demo_people people;
};

/* ---- making ---- */

static enum err fill(struct db *db, void *data)
{
    struct demo *demo = data;
    int64_t now = time_now();
    TRY(office_nobody_there(demo->office, db));
    TRY(demo_people_add(db, demo->office->arena, now, &demo->people));
    TRY(assess_instruments_load(
        db, demo->office->arena, demo->people.founding.org,
        arena_format(demo->office->arena, "%s/programmes/base/instruments", demo->office->share), now));
    struct demo_cases cases = {
        .count = demo->count, .seed = demo->seed, .people = &demo->people, .now = now, .progress = &demo->progress};
    office_progress_begin(&demo->progress, "cases", demo->count);
    TRY(demo_referrals_add(db, demo->office->arena, &demo->people, now));
    TRY(demo_field_add(db, demo->office->arena, &demo->people, now));
    TRY(demo_cases_add(db, demo->step, &cases));
    return audit_add(db, &(struct audit){.org = demo->people.founding.org, .at = now, .act = "org.demo"});
}

/* Notes for whoever tries it out: nobody else of the machine reads them. */
static FILE *notes_open(const struct office *office, const char *name)
{
    const char *path = arena_format(office->arena, "%s/%s", office->data, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = fd < 0 || fchmod(fd, 0600) != 0 ? NULL : fdopen(fd, "w");
    if (file == NULL && fd >= 0)
        (void)close(fd);
    return file;
}

static enum err notes_close(FILE *file, const char *name)
{
    return file != NULL && fclose(file) == 0 ? OK : office_say(ERR_IO, "%s cannot be written", name);
}

static enum err write_accounts(const struct office *office)
{
    FILE *file = notes_open(office, "accounts.txt");
    if (file != NULL)
        demo_people_print(file);
    return notes_close(file, "accounts.txt");
}

/* Real shares belong on paper; these are there to try the ceremony with. */
static enum err write_shares(const struct office *office, const struct recovery_made *made)
{
    FILE *file = notes_open(office, "shares.txt");
    for (unsigned i = 0; file != NULL && i < made->plan.shares; i++)
        (void)fprintf(file, "%s\n", recovery_line(office->arena, &made->shares[i]));
    return notes_close(file, "shares.txt");
}

enum err demo_make(struct office *office)
{
    struct demo demo = {.office = office,
                        .count = office_number(office, "--cases", CASES_USUAL),
                        .seed = (uint64_t)office_number(office, "--seed", 1)};
    struct store *store;
    if (demo.count < 0 || demo.count > CASES_MOST)
        return office_say(ERR_INPUT, "--cases takes a number up to %d", CASES_MOST);
    TRY(office_pack(office));
    TRY(office_open(office, true, &store));
    demo.step = arena_new((size_t)1 << 28);
    enum err result = store_bulk(store, fill, &demo);
    if (result == OK)
        result = write_shares(office, &demo.people.recovery);
    seal_wipe(&demo.people, sizeof demo.people);
    arena_free(demo.step);
    store_close(store);
    TRY(result);
    TRY(write_accounts(office));
    demo_people_print(stdout);
    return OK;
}
