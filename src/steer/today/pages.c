#include "steer/today/today.h"

#include "base/time.h"
#include "platform/gate/shell.h"
#include "steer/retention/retention.h"
#include "steer/today/templates.h"
#include "steer/today/views.h"

#include <string.h>

enum { CASES_SHOWN = 20, LATE_SHOWN = 6, REFERRALS_SHOWN = 5, TASKS_SHOWN = 8 };

static enum word greeting_at(int hour)
{
    return hour < 5 ? W_today_night : hour < 11 ? W_today_morning : hour < 18 ? W_today_day : W_today_evening;
}

static enum err cases_of(struct req *r, struct today_view *view)
{
    TRY(task_count_mine(r, &view->task_sums));
    TRY(task_list_mine(r, TASKS_SHOWN, &view->tasks, &view->task_count));
    TRY(assess_alerts(r, &view->alerts, &view->alert_count));
    TRY(team_alerts(r, &view->glasses, &view->glass_count));
    if (r->who->team_count == 0)
        return overview_shared_cases(r, CASES_SHOWN, &view->cases, &view->case_count);
    if (!view->leads) {
        TRY(overview_count_teams(r, &view->counts));
        return overview_team_cases(r, CASES_SHOWN, &view->cases, &view->case_count);
    }
    TRY(overview_count_mine(r, &view->counts));
    TRY(overview_late_of_others(r, LATE_SHOWN, &view->late, &view->late_count));
    return overview_my_cases(r, CASES_SHOWN, &view->cases, &view->case_count);
}

static enum err home_show(struct req *r)
{
    struct today_view view = {.date = time_date(r->arena, r->now), .greeting = greeting_at(time_local(r->now).hour)};
    view.first_name = arena_text_n(r->arena, r->who->name, strcspn(r->who->name, " "));
    view.sees_cases = session_may(r->who, CAP_CASE_READ);
    view.leads = r->who->role == ROLE_CASE_MANAGER;
    if (view.sees_cases)
        TRY(cases_of(r, &view));
    TRY(trained_ending(r, &view.ending, &view.ending_count));
    if (session_may(r->who, CAP_SHARED_READ))
        TRY(referral_shared_list(r, &view.shared, &view.shared_count));
    view.reads_referrals = session_may(r->who, CAP_REFERRAL_ANSWER) && referral_reader(r->who);
    if (view.reads_referrals) {
        TRY(referral_counts(r, &view.referral_sums));
        TRY(referral_open_list(r, REFERRALS_SHOWN, &view.referrals, &view.referral_count));
    }
    if (session_may(r->who, CAP_FIELD))
        TRY(fieldwork_waiting(r, &view.field_waiting));
    if (!view.sees_cases && !view.reads_referrals) {
        view.way_count = shell_nav(r, &view.ways);
        view.managed_count = shell_management(r, &view.managed);
    }
    if (session_may(r->who, CAP_RETAIN))
        TRY(retention_waiting(r, &view.erasures_waiting));
    TRY(ceremony_notices(r, &view.ceremonies, &view.ceremony_count));
    view.keeps = session_may(r->who, CAP_KEEP);
    if (view.keeps)
        TRY(backup_health(r, &view.backup));
    html_today(req_page(r), r, &view);
    return OK;
}

static enum err management_show(struct req *r)
{
    const struct nav_item *items;
    size_t count = shell_management(r, &items);
    html_management_page(req_page(r), r, items, count);
    return OK;
}

const struct route today_routes[] = {
    {.method = HTTP_GET, .path = "/", .cap = CAP_SIGNED_IN, .show = home_show},
    {.method = HTTP_GET, .path = NAV_MANAGEMENT, .cap = CAP_SIGNED_IN, .show = management_show},
    {0},
};
