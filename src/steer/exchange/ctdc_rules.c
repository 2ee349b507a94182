/* What the columns of the CTDC table take. A blank cell says that nothing is known. */
#include "steer/exchange/internal.h"

#include "base/buf.h"
#include "base/text.h"

#include <string.h>

struct ctdc_value {
    const char *text, *code;
};

static const struct ctdc_value SEXES[] = {{"Female", "female"}, {"Male", "male"}, {0}};
static const struct ctdc_value MAJORITIES[] = {{"Adult", "adult"}, {"Minor", "minor"}, {0}};
static const struct ctdc_value FLAGS[] = {{"1", "yes"}, {"0", "no"}, {0}};
static const struct ctdc_value ANSWERS[] = {{"Yes", "yes"}, {"No", "no"}, {0}};
static const struct ctdc_value REGIONS[] = {
    {"Africa", "africa"}, {"Americas/Oceania", "americas_oceania"}, {"Asia", "asia"}, {"Europe", "europe"}, {0}};
static const struct ctdc_value AGES[] = {
    {"0--29", "0_29"}, {"30--38", "30_38"}, {"39--47", "39_47"}, {"48+", "48_up"}, {0}};
static const struct ctdc_value RELATIONS[] = {{"FamilyIntimatePartner", "family_partner"},
                                              {"FriendAcquaintance", "friend_acquaintance"},
                                              {"StrangerUnknownOther", "stranger_other"},
                                              {0}};

static const struct {
    const char *heading;
    const struct ctdc_value *values; /* NULL: years */
    bool several;                    /* with a semicolon between */
} COLUMNS[CTDC_COLUMNS] = {
    {"yearRegister", NULL, false},
    {"gender", SEXES, false},
    {"majorityStatus", MAJORITIES, false},
    {"isForcedLabour", FLAGS, false},
    {"isSexualExploit", FLAGS, false},
    {"UN_COO_Region", REGIONS, false},
    {"UN_COE_Region", REGIONS, false},
    {"IP_Exploiter", FLAGS, false},
    {"IP_Gender", SEXES, true},
    {"IP_ageBroad", AGES, true},
    {"IP_citizen_UNRegion", REGIONS, true},
    {"IP_Relation", RELATIONS, true},
    {"IP_PayMoney", ANSWERS, true},
    {"IP_RecruiterBroker", FLAGS, false},
    {"IP_TransactionProcess", FLAGS, false},
    {"IP_ControlAbuseKidnap", FLAGS, false},
};

const char *ctdc_heading(size_t column)
{
    return COLUMNS[column].heading;
}

/* "2019" or "2014-2018". */
static bool years(struct arena *arena, const char *text, struct ctdc_facts *out)
{
    size_t len = strlen(text);
    struct maybe from = {.has = true};
    struct maybe to = {.has = true};
    if (len != 4 && (len != 9 || text[4] != '-'))
        return false;
    if (!text_to_int(arena_text_n(arena, text, 4), &from.value) || !text_to_int(text + len - 4, &to.value))
        return false;
    if (from.value < 1900 || to.value > 2200 || from.value > to.value)
        return false;
    out->year_from = from;
    out->year_to = to;
    return true;
}

static const char *code_of(const struct ctdc_value *values, const char *text, size_t len)
{
    for (; values->text != NULL; values++) {
        if (strlen(values->text) == len && memcmp(values->text, text, len) == 0)
            return values->code;
    }
    return NULL;
}

/* Several codes with a blank between. */
static const char *codes_of(struct arena *arena, const struct ctdc_value *values, const char *text)
{
    struct buf codes;
    buf_init(&codes, arena, 32);
    for (;;) {
        size_t len = strcspn(text, ";");
        const char *code = code_of(values, text, len);
        if (code == NULL)
            return NULL;
        if (codes.len > 0)
            buf_char(&codes, ' ');
        buf_text(&codes, code);
        if (text[len] == '\0')
            return codes.ptr;
        text += len + 1;
    }
}

bool ctdc_cell(struct arena *arena, size_t column, const char *text, struct ctdc_facts *out)
{
    out->codes[column] = "unknown";
    if (text_empty(text))
        return true;
    const struct ctdc_value *values = COLUMNS[column].values;
    if (values == NULL)
        return years(arena, text, out);
    const char *code = COLUMNS[column].several ? codes_of(arena, values, text) : code_of(values, text, strlen(text));
    if (code == NULL)
        return false;
    out->codes[column] = code;
    return true;
}
