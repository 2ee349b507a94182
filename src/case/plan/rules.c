#include "case/plan/rules.h"

#include "base/text.h"

#include <string.h>

struct plan_progress plan_progress_of(const struct plan_step *steps, size_t count)
{
    struct plan_progress progress = {0};
    for (size_t i = 0; i < count; i++) {
        progress.done += text_same(steps[i].status, "done");
        progress.count += !text_same(steps[i].status, "dropped");
    }
    return progress;
}

static bool is_over(const char *due_on, const char *today)
{
    return !text_empty(due_on) && strcmp(due_on, today) < 0;
}

const char *plan_goal_state(const char *status, const char *due_on, const struct plan_step *steps, size_t count,
                            const char *today)
{
    if (!text_same(status, "open"))
        return status;
    struct plan_progress progress = plan_progress_of(steps, count);
    if (progress.count > 0 && progress.done == progress.count)
        return "ready";
    bool late = is_over(due_on, today);
    for (size_t i = 0; i < count; i++)
        late = late || (text_same(steps[i].status, "open") && is_over(steps[i].due_on, today));
    return late ? "late" : "running";
}

bool plan_may_edit(const char *plan_status)
{
    return text_same(plan_status, "draft");
}

bool plan_may_mark(const char *plan_status, bool newest)
{
    return newest && !text_same(plan_status, "replaced");
}

/* Between open and one of the ends, in either direction. */
static bool may(const char *from, const char *to, const char *end, const char *other_end)
{
    const char *far = text_same(from, "open") ? to : from;
    bool open = text_same(from, "open") != text_same(to, "open");
    return open && (text_same(far, end) || text_same(far, other_end));
}

bool plan_goal_may(const char *from, const char *to)
{
    return may(from, to, "reached", "dropped");
}

bool plan_action_may(const char *from, const char *to)
{
    return may(from, to, "done", "dropped");
}

bool plan_agreement_needs_words(const char *agreement)
{
    return text_same(agreement, "partly") || text_same(agreement, "disagrees");
}

bool plan_need_asks(int score, bool has_goal)
{
    enum { ASKS = 2 };
    return score >= ASKS && !has_goal;
}
