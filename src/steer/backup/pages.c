/* The page of backups: how the last ones went, and one right now. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/gate/app.h"
#include "steer/backup/queries.h"
#include "steer/backup/templates.h"
#include "steer/backup/views.h"

enum { PAGE = 30 };

static const struct code_list STATES = CODES(backup_state, "wanted", "running", "good", "failed");
static const struct code_list FAULTS = CODES(backup_fault, "full", "io", "broken", "not_found", "stopped", "busy",
                                             "limit", "list", "stale");

static const struct backup_settings *settings_of(const struct req *r)
{
    static const struct backup_settings none = {0};
    return r->app->backup == NULL ? &none : r->app->backup;
}

static unsigned hours_of(const struct backup_settings *settings)
{
    return settings->hours == 0 ? BACKUP_HOURS_USUAL : settings->hours;
}

enum err backup_health(struct req *r, struct backup_health *out)
{
    enum { GRACE_HOURS = 2 };
    struct backup_run_last_row *good;
    struct backup_run_last_row *failed;
    size_t good_count;
    size_t failed_count;
    const struct backup_settings *settings = settings_of(r);
    struct backup_health health = {.set_up = settings->folder != NULL};
    TRY(backup_run_last(r->db, r->arena, &(struct backup_run_last_in){.org = r->org, .state = "good"}, &good,
                        &good_count));
    TRY(backup_run_last(r->db, r->arena, &(struct backup_run_last_in){.org = r->org, .state = "failed"}, &failed,
                        &failed_count));
    health.last_good = good_count == 0 ? 0 : good[0].ended_at.value;
    int64_t late = (hours_of(settings) + GRACE_HOURS) * HOUR_MS;
    if (good_count == 0)
        health.state = BACKUP_NONE;
    else if (failed_count > 0 && failed[0].id > good[0].id)
        health.state = BACKUP_FAILED;
    else
        health.state = health.last_good + late < r->now ? BACKUP_LATE : BACKUP_FINE;
    *out = health;
    return OK;
}

/* "12 s", "3 min"; "0.4 MB" */
static const char *took_text(struct arena *arena, int64_t ms)
{
    return ms < 2 * MINUTE_MS ? arena_format(arena, "%lld s", (long long)((ms + 999) / 1000))
                              : arena_format(arena, "%lld min", (long long)(ms / MINUTE_MS));
}

static const char *size_text(struct req *r, int64_t bytes)
{
    int64_t tenths = (bytes * 10 + 500000) / 1000000;
    const char *sign = r->language == LANGUAGE_en ? "." : ",";
    return arena_format(r->arena, "%lld%s%lld MB", (long long)(tenths / 10), sign, (long long)(tenths % 10));
}

static enum err lines_of(struct req *r, int64_t before, struct backup_view *view)
{
    struct backup_run_list_row *rows;
    struct colleague *people;
    size_t count;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(backup_run_list(r->db, r->arena,
                        &(struct backup_run_list_in){.org = r->org, .before = before, .limit = PAGE + 1}, &rows,
                        &count));
    view->count = count > PAGE ? PAGE : count;
    view->lines = ARENA_ARRAY(r->arena, struct backup_line, view->count);
    for (size_t i = 0; i < view->count; i++) {
        bool known_fault = rows[i].fault != NULL && code_in(&FAULTS, rows[i].fault);
        view->lines[i] = (struct backup_line){
            .state = rows[i].state,
            .who = rows[i].wanted_by.has ? colleague_name(people, people_count, rows[i].wanted_by.value) : "",
            .began_at = rows[i].began_at,
            .took = rows[i].ended_at.has ? took_text(r->arena, rows[i].ended_at.value - rows[i].began_at) : "",
            .size = rows[i].bytes.has ? size_text(r, rows[i].bytes.value) : "",
            .fault = rows[i].fault == NULL ? NULL
                     : known_fault         ? rows[i].fault
                                           : "io",
        };
        view->waiting |= text_same(rows[i].state, "wanted") || text_same(rows[i].state, "running");
    }
    if (count > PAGE)
        view->next = arena_format(r->arena, "/backups?before=%s", id_text(r->arena, rows[PAGE - 1].id));
    return OK;
}

static const struct field_rule FIELDS[] = {
    {.name = "before", .kind = FIELD_ID},
    {0},
};

static enum err backups_show(struct req *r)
{
    const struct backup_settings *settings = settings_of(r);
    bool usual = settings->daily == 0 && settings->weekly == 0 && settings->monthly == 0;
    struct backup_view view = {
        .hours = hours_of(settings),
        .daily = usual ? BACKUP_DAILY_USUAL : settings->daily,
        .weekly = usual ? BACKUP_WEEKLY_USUAL : settings->weekly,
        .monthly = usual ? BACKUP_MONTHLY_USUAL : settings->monthly,
    };
    int64_t before = INT64_MAX;
    (void)field_id(r, "before", &before);
    TRY(backup_health(r, &view.health));
    TRY(lines_of(r, before, &view));
    html_backup_page(req_page(r), r, &view);
    return OK;
}

static enum err backups_check(struct req *r)
{
    return settings_of(r)->folder == NULL ? ERR_DENIED : OK;
}

static enum err backups_change(struct req *r)
{
    struct backup_run_wanted_row *wanted;
    size_t count;
    int64_t id = id_new();
    /* Whoever asks twice gets one. */
    TRY(backup_run_wanted(r->db, r->arena, &(struct backup_run_wanted_in){.org = r->org}, &wanted, &count));
    if (count == 0)
        TRY(backup_run_add(r->db, &(struct backup_run_add_in){.org = r->org,
                                                              .id = id,
                                                              .state = STATES.codes[0],
                                                              .wanted_by = {.has = true, .value = r->who->account},
                                                              .at = r->now}));
    TRY(req_audit(r, "backup.wanted", 0, count == 0 ? id : wanted[0].id));
    return req_redirect(r, W_backup_asked, "/backups");
}

const struct route backup_routes[] = {
    {.method = HTTP_GET, .path = "/backups", .cap = CAP_KEEP, .fields = FIELDS, .show = backups_show},
    {.method = HTTP_POST, .path = "/backups", .cap = CAP_KEEP, .check = backups_check, .change = backups_change},
    {0},
};
