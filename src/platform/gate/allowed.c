/* Whether a request may come in at all, before its record is looked for. */
#include "platform/gate/internal.h"

#include "base/text.h"

#include <string.h>

/* A change must come from our own page: browsers say so in Sec-Fetch-Site or Origin, and the form carries a token. */
bool gate_from_our_page(const struct req *r)
{
    const char *site = http_header(r->http, "Sec-Fetch-Site");
    if (site != NULL)
        return text_same(site, "same-origin") || text_same(site, "none");
    const char *origin = http_header(r->http, "Origin");
    const char *host = http_header(r->http, "Host");
    const char *behind = origin == NULL ? NULL : strstr(origin, "://");
    return origin == NULL || (behind != NULL && text_same(behind + 3, host));
}

/* A link on another site, or in a mail, cannot make us say that something was done. */
bool gate_led_here(const struct req *r)
{
    const char *site = http_header(r->http, "Sec-Fetch-Site");
    return site == NULL || text_same(site, "same-origin");
}

const struct http_field *gate_given(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->gate->given_count; i++) {
        if (text_same(r->gate->given[i].name, name))
            return &r->gate->given[i];
    }
    return NULL;
}

static bool csrf_right(struct req *r)
{
    if (r->who == NULL && r->half == NULL)
        return true;
    const struct http_field *sent = gate_given(r, "csrf");
    const char *header = http_header(r->http, "X-Csrf");
    const char *value = sent != NULL ? (const char *)sent->value.ptr : header;
    const char *right = req_csrf(r);
    return value != NULL && strlen(value) == strlen(right) && seal_same(value, right, strlen(right));
}

enum err gate_proved_enough(const struct req *r)
{
    if (r->who == NULL)
        return OK;
    if (r->route->cap != CAP_PUBLIC && !r->route->early) {
        if (r->who->given ? !r->route->own_password : r->who->stage == SESSION_ENROL && !r->route->enrolling)
            return ERR_UNENROLLED;
    }
    return r->route->fresh && !session_fresh(r->who, r->now) ? ERR_UNPROVED : OK;
}

enum err gate_allowed(struct req *r)
{
    if (r->route->method == HTTP_POST && !gate_from_our_page(r))
        return ERR_FORGED;
    if (r->route->cap == CAP_SECOND_STEP) {
        if (r->half == NULL)
            return ERR_SIGNED_OUT;
    } else if (r->route->cap != CAP_PUBLIC && r->who == NULL) {
        return ERR_SIGNED_OUT;
    } else if (!session_may(r->who, r->route->cap)) {
        return ERR_DENIED;
    }
    if (r->route->method == HTTP_POST && !csrf_right(r))
        return ERR_FORGED;
    return gate_proved_enough(r);
}
