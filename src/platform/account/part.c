#include "platform/account/part.h"

#include "base/text.h"

static const char *const CODES_OF[PART_COUNT] = {
    [PART_BASICS] = "basics",         [PART_PERSON] = "person",     [PART_CONSENT] = "consent",
    [PART_SAFETY] = "safety",         [PART_NEEDS] = "needs",       [PART_PSYCHOSOCIAL] = "psychosocial",
    [PART_LEGAL] = "legal",           [PART_SERVICES] = "services", [PART_PLAN] = "plan",
    [PART_CONFERENCE] = "conference", [PART_ADDRESS] = "address",
};

bool part_of(const char *code, enum case_part *out)
{
    for (unsigned i = PART_BASICS; i < PART_COUNT; i++) {
        if (text_same(CODES_OF[i], code)) {
            *out = (enum case_part)i;
            return true;
        }
    }
    return false;
}
