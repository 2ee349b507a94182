#include "steer/retention/rules.h"

#include <stdlib.h>

enum retention_answer retention_may_ask(const struct retention_state *state)
{
    if (state->erased)
        return RETENTION_ERASED;
    if (state->asked_by != 0)
        return RETENTION_ASKED;
    if (state->held)
        return RETENTION_HELD;
    return state->closed ? RETENTION_MAY : RETENTION_OPEN;
}

enum retention_answer retention_may_confirm(const struct retention_state *state, int64_t by)
{
    if (state->erased)
        return RETENTION_ERASED;
    if (state->asked_by == 0)
        return RETENTION_NOTHING;
    if (state->held)
        return RETENTION_HELD;
    if (!state->closed)
        return RETENTION_OPEN;
    return state->asked_by == by || state->stand_in ? RETENTION_SAME : RETENTION_MAY;
}

const char *retention_before(struct arena *arena, const char *today, int years)
{
    /* ISO dates sort as text, also the 29th of February of a year that has none. */
    return arena_format(arena, "%04d%s", atoi(today) - years, today + 4);
}
