#include "platform/gate/gate.h"

/* Who may do what. The route x role test prints this table against every route. */
static const bool MAY[ROLE_COUNT][CAP_COUNT] = {
    [ROLE_CASE_MANAGER] = {[CAP_FIELD] = true,
                           [CAP_REFERRAL_ADD] = true,
                           [CAP_REFERRAL_ANSWER] = true,
                           [CAP_CASE_READ] = true,
                           [CAP_CASE_WRITE] = true,
                           [CAP_CASE_FIND] = true,
                           [CAP_CASE_DECIDE] = true,
                           [CAP_RETAIN] = true,
                           [CAP_EMERGENCY] = true,
                           [CAP_INVITE] = true},
    [ROLE_TEAM_MEMBER] = {[CAP_FIELD] = true,
                          [CAP_REFERRAL_ADD] = true,
                          [CAP_CASE_READ] = true,
                          [CAP_CASE_WRITE] = true,
                          [CAP_CASE_FIND] = true},
    [ROLE_INTAKE] = {[CAP_FIELD] = true, [CAP_REFERRAL_ADD] = true, [CAP_REFERRAL_ANSWER] = true},
    [ROLE_PROGRAMME_MANAGER] = {[CAP_REFERRAL_ADD] = true,
                                [CAP_INSTRUMENT] = true,
                                [CAP_COUNTS] = true,
                                [CAP_RETAIN] = true,
                                [CAP_KEEP] = true,
                                [CAP_STAFF] = true},
    [ROLE_ADMINISTRATOR] = {[CAP_INVITE] = true, [CAP_ADMIN] = true, [CAP_KEEP] = true, [CAP_STAFF] = true},
    /* The role opens nothing: they read what a case team gave them of a case, or the intake team of a referral, until a date. */
    [ROLE_OUTSIDE_SPECIALIST] = {[CAP_SHARED_READ] = true, [CAP_CASE_READ] = true},
    [ROLE_AUDITOR] = {[CAP_COUNTS] = true, [CAP_FACTS] = true},
};

bool role_may(enum role role, enum capability cap)
{
    return cap == CAP_PUBLIC || cap == CAP_SIGNED_IN || (cap != CAP_NONE && MAY[role][cap]);
}

bool role_may_give(enum role role, enum role given)
{
    bool with_cases = given == ROLE_CASE_MANAGER || given == ROLE_TEAM_MEMBER || given == ROLE_INTAKE ||
                      given == ROLE_OUTSIDE_SPECIALIST;
    return MAY[role][CAP_ADMIN] || (MAY[role][CAP_INVITE] && with_cases);
}

bool role_reaches(enum role role, enum role other)
{
    bool more = false;
    for (unsigned cap = 0; cap < CAP_COUNT; cap++)
        more |= MAY[other][cap] && !MAY[role][cap];
    return !more || role_may_give(role, other);
}

bool session_may(const struct session *who, enum capability cap)
{
    return cap == CAP_PUBLIC || (who != NULL && role_may(who->role, cap));
}
