/* What consent means on a day: no clock and no store. */
#include "base/text.h"
#include "case/consent/consent.h"

static bool is_no(const struct consent_facts *facts, const char *on)
{
    return text_same(facts->kind, "refused") || (facts->withdrawn_on != NULL && strcmp(facts->withdrawn_on, on) <= 0);
}

enum consent_state consent_state(const struct consent_facts *facts, const char *on, const char *soon)
{
    if (strcmp(facts->given_on, on) > 0)
        return CONSENT_LATER;
    if (text_same(facts->kind, "refused"))
        return CONSENT_REFUSED;
    if (is_no(facts, on))
        return CONSENT_WITHDRAWN;
    if (facts->expires_on == NULL)
        return CONSENT_VALID;
    if (strcmp(facts->expires_on, on) < 0)
        return CONSENT_EXPIRED;
    return strcmp(facts->expires_on, soon) <= 0 ? CONSENT_SOON : CONSENT_VALID;
}

const char *consent_state_code(enum consent_state state)
{
    static const char *const codes[] = {
        [CONSENT_VALID] = "valid",         [CONSENT_SOON] = "soon",       [CONSENT_EXPIRED] = "expired",
        [CONSENT_WITHDRAWN] = "withdrawn", [CONSENT_REFUSED] = "refused", [CONSENT_LATER] = "later",
    };
    return codes[state];
}

bool consent_stands(const struct consent_facts *facts, size_t count, const char *on)
{
    const char *last_no = "", *last_yes = "";
    for (size_t i = 0; i < count; i++) {
        enum consent_state state = consent_state(&facts[i], on, on);
        if (state == CONSENT_REFUSED && strcmp(facts[i].given_on, last_no) > 0)
            last_no = facts[i].given_on;
        else if (state == CONSENT_WITHDRAWN && strcmp(facts[i].withdrawn_on, last_no) > 0)
            last_no = facts[i].withdrawn_on;
        else if ((state == CONSENT_VALID || state == CONSENT_SOON) && strcmp(facts[i].given_on, last_yes) > 0)
            last_yes = facts[i].given_on;
    }
    return strcmp(last_yes, last_no) > 0;
}
