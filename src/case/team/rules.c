#include "base/text.h"
#include "case/team/team.h"

enum team_fit team_fits(enum role colleague, const char *account, unsigned parts)
{
    if (text_same(account, "case_manager"))
        return colleague == ROLE_CASE_MANAGER ? TEAM_FITS : TEAM_ONLY_MANAGERS;
    if (!text_same(account, "team_member"))
        return TEAM_NO_ACCOUNT;
    if (colleague == ROLE_OUTSIDE_SPECIALIST)
        return parts == PARTS_WHOLE ? TEAM_OUTSIDE_PART : TEAM_FITS;
    return role_may(colleague, CAP_CASE_READ) ? TEAM_FITS : TEAM_NO_ACCOUNT;
}
