#include "steer/ceremony/internal.h"
#include "steer/ceremony/templates.h"
#include "steer/ceremony/views.h"

static enum err collected_all(struct req *r)
{
    html_ceremony_collected(req_page(r), r, &(struct collect_view){.over = true});
    return OK;
}

static enum err collected_one(struct req *r)
{
    html_ceremony_collected(req_page(r), r, &(struct collect_view){.over = false});
    return OK;
}

const struct route ceremony_routes[] = {
    {.method = HTTP_GET, .path = "/recovery", .cap = CAP_KEEP, .fields = CEREMONY_BEGIN_FIELDS, .show = recovery_show},
    {.method = HTTP_POST,
     .path = "/recovery/access",
     .cap = CAP_KEEP,
     .fields = CEREMONY_ACCESS_FIELDS,
     .show = recovery_show,
     .check = access_check,
     .change = begin_change,
     .fresh = true},
    {.method = HTTP_POST,
     .path = "/recovery/team",
     .cap = CAP_KEEP,
     .fields = CEREMONY_TEAM_FIELDS,
     .show = recovery_show,
     .check = team_check,
     .change = begin_change,
     .fresh = true},
    {.method = HTTP_POST,
     .path = "/recovery/renew",
     .cap = CAP_KEEP,
     .fields = CEREMONY_RENEW_FIELDS,
     .show = recovery_show,
     .check = renew_check,
     .change = begin_change,
     .fresh = true},
    {.method = HTTP_GET,
     .path = "/recovery/enter",
     .cap = CAP_PUBLIC,
     .fields = CEREMONY_ENTER_FIELDS,
     .show = enter_show},
    {.method = HTTP_POST,
     .path = "/recovery/enter",
     .cap = CAP_PUBLIC,
     .fields = CEREMONY_ENTER_FIELDS,
     .show = enter_show,
     .check = enter_check,
     .slow = enter_slow,
     .change = enter_change},
    {.method = HTTP_GET, .path = "/recovery/entered/{number}/{have}/{needed}", .cap = CAP_PUBLIC, .show = entered_show},
    {.method = HTTP_GET,
     .path = "/recovery/collect",
     .cap = CAP_PUBLIC,
     .fields = CEREMONY_COLLECT_FIELDS,
     .show = collect_show},
    {.method = HTTP_POST,
     .path = "/recovery/collect",
     .cap = CAP_PUBLIC,
     .fields = CEREMONY_COLLECT_FIELDS,
     .show = collect_show,
     .check = collect_check,
     .change = collect_change},
    {.method = HTTP_GET, .path = "/recovery/collected/all", .cap = CAP_PUBLIC, .show = collected_all},
    {.method = HTTP_GET, .path = "/recovery/collected/one", .cap = CAP_PUBLIC, .show = collected_one},
    {.method = HTTP_GET,
     .path = "/colleagues/help",
     .cap = CAP_SIGNED_IN,
     .fields = CEREMONY_HELP_FIELDS,
     .show = help_show},
    {.method = HTTP_POST,
     .path = "/colleagues/help",
     .cap = CAP_SIGNED_IN,
     .fields = CEREMONY_HELP_FIELDS,
     .show = help_show,
     .check = help_check,
     .slow = help_slow,
     .change = help_change,
     .fresh = true},
    {.method = HTTP_GET, .path = "/recovery/{ceremony}", .cap = CAP_SIGNED_IN, .show = status_show},
    {.method = HTTP_POST, .path = "/recovery/{ceremony}/stop", .cap = CAP_SIGNED_IN, .change = status_stop},
    {.method = HTTP_POST, .path = "/recovery/{ceremony}/handed", .cap = CAP_SIGNED_IN, .change = status_handed},
    {.method = HTTP_POST, .path = "/recovery/{ceremony}/seen", .cap = CAP_SIGNED_IN, .change = status_seen},
    {0},
};
