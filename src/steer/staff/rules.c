#include "steer/staff/staff.h"

const struct code_list STAFF_ROLES = CODES(role, "case_manager", "team_member", "intake", "programme_manager",
                                           "administrator", "auditor", "outside_specialist");

bool staff_needs_team(enum role role)
{
    return role_may(role, CAP_CASE_FIND) || role_may(role, CAP_REFERRAL_ANSWER);
}
