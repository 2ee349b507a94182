#include "steer/staff/staff.h"

const struct code_list STAFF_ROLES = CODES(role, "case_manager", "team_member", "intake", "programme_manager",
                                           "administrator", "auditor", "outside_specialist");

bool staff_may_invite(enum role inviter, enum role invited)
{
    if (inviter == ROLE_ADMINISTRATOR)
        return true;
    bool with_cases = invited == ROLE_CASE_MANAGER || invited == ROLE_TEAM_MEMBER || invited == ROLE_INTAKE ||
                      invited == ROLE_OUTSIDE_SPECIALIST;
    return role_may(inviter, CAP_INVITE) && with_cases;
}

bool staff_needs_team(enum role role)
{
    return role_may(role, CAP_CASE_FIND) || role_may(role, CAP_REFERRAL_ANSWER);
}
