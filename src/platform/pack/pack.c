#include "platform/pack/pack.h"

#include "base/text.h"
#include "platform/pack/internal.h"

/* The families and, beside each, the codes of its list. The pack lives as long as the process. */
enum {
    FAMILY_SERVICE,
    FAMILY_EXPLAINED,
    FAMILY_PURPOSE,
    FAMILY_RECIPIENT,
    FAMILY_TEAM_ROLE,
    FAMILY_TRAINING,
    FAMILY_GROUND,
    FAMILY_COUNT
};

static struct {
    struct pack_files files;
    struct entries families[FAMILY_COUNT];
    const char **codes[FAMILY_COUNT];
    struct pack_service *services;
    struct pack_role *roles;
} loaded;

static struct code_list lists[FAMILY_COUNT] = {
    {.family = PACK_SERVICE},        {.family = PACK_EXPLAINED}, {.family = PACK_CONSENT_PURPOSE},
    {.family = PACK_RECIPIENT},      {.family = PACK_TEAM_ROLE}, {.family = PACK_TRAINING},
    {.family = PACK_SHARING_GROUND},
};

static const struct entry *find(const struct entries *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (text_same(list->at[i].code, code))
            return &list->at[i];
    }
    return NULL;
}

static const struct entries *family_of(const char *family)
{
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        if (text_same(lists[i].family, family))
            return &loaded.families[i];
    }
    return NULL;
}

static const char *word_of_pack(enum language language, const char *family, const char *code)
{
    const struct entries *entries = family_of(family);
    const struct entry *entry = entries == NULL ? NULL : find(entries, code);
    if (entry == NULL)
        return NULL;
    return language == LANGUAGE_lv ? entry->lv : entry->en;
}

/* ---- loading ---- */

static void *room(size_t count, size_t size)
{
    void *made = calloc(count == 0 ? 1 : count, size);
    if (made == NULL)
        BUG("out of memory");
    return made;
}

static void forget(void)
{
    for (size_t i = 0; i < FAMILY_COUNT; i++)
        free(loaded.codes[i]);
    free(loaded.services);
    free(loaded.roles);
    pack_files_free(&loaded.files);
}

static void list_codes(size_t family, const struct entries *entries)
{
    loaded.families[family] = *entries;
    loaded.codes[family] = room(entries->count, sizeof **loaded.codes);
    for (size_t i = 0; i < entries->count; i++)
        loaded.codes[family][i] = entries->at[i].code;
    lists[family].codes = loaded.codes[family];
    lists[family].count = entries->count;
}

static void list_services(const struct entries *entries)
{
    loaded.services = room(entries->count, sizeof *loaded.services);
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->at[i];
        loaded.services[i] = (struct pack_service){.code = entry->code,
                                                   .strand = entry->strand,
                                                   .phases = entry->phases,
                                                   .phase_count = entry->phases_count,
                                                   .minutes = entry->number};
    }
}

static void list_roles(const struct entries *entries)
{
    loaded.roles = room(entries->count, sizeof *loaded.roles);
    for (size_t i = 0; i < entries->count; i++)
        loaded.roles[i] = (struct pack_role){entries->at[i].code, entries->at[i].account, pack_parts(&entries->at[i]),
                                             entries->at[i].recipient == NULL ? "case_team" : entries->at[i].recipient};
}

enum err pack_load(const char *folder)
{
    struct pack_files files;
    enum err result = pack_files_read(folder, &files);
    if (result == OK && !text_empty(files.programme->extends))
        result = err_note(ERR_INPUT, "%s/pack.yaml:1: extends a pack, and this version reads whole packs only", folder);
    if (result != OK) {
        pack_files_free(&files);
        return result;
    }
    forget();
    loaded.files = files;
    list_codes(FAMILY_SERVICE, &files.catalogue->services);
    list_codes(FAMILY_EXPLAINED, &files.programme->explained);
    list_codes(FAMILY_PURPOSE, &files.programme->consent_purposes);
    list_codes(FAMILY_RECIPIENT, &files.programme->recipients);
    list_codes(FAMILY_TEAM_ROLE, &files.programme->roles);
    list_codes(FAMILY_TRAINING, &files.programme->trainings);
    list_codes(FAMILY_GROUND, &files.programme->sharing_grounds);
    list_services(&files.catalogue->services);
    list_roles(&files.programme->roles);
    word_code_from(word_of_pack);
    return OK;
}

/* ---- asking ---- */

const struct code_list *pack_codes(const char *family)
{
    static const struct code_list none = {.family = ""};
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        if (text_same(lists[i].family, family))
            return &lists[i];
    }
    return &none;
}

size_t pack_services(const struct pack_service **out)
{
    *out = loaded.services;
    return lists[FAMILY_SERVICE].count;
}

const struct pack_service *pack_service(const char *code)
{
    for (size_t i = 0; i < lists[FAMILY_SERVICE].count; i++) {
        if (text_same(loaded.services[i].code, code))
            return &loaded.services[i];
    }
    return NULL;
}

/* The number of a code; for one that the list does not have, the smallest (or largest) of all. */
static uint32_t number_of(const struct entries *list, const char *code, bool largest)
{
    const struct entry *entry = find(list, code);
    if (entry != NULL)
        return entry->number;
    uint32_t number = list->count == 0 ? 0 : list->at[0].number;
    for (size_t i = 1; i < list->count; i++) {
        if (largest ? list->at[i].number > number : list->at[i].number < number)
            number = list->at[i].number;
    }
    return number;
}

static const struct programme *programme(void)
{
    if (loaded.files.programme == NULL)
        BUG("no pack is loaded");
    return loaded.files.programme;
}

int64_t pack_answer_hours(const char *urgency)
{
    return number_of(&programme()->urgencies, urgency, false);
}

int pack_review_days(const char *what, bool first)
{
    const struct rhythm *found = &programme()->plan;
    for (size_t i = 0; i < programme()->assessments_count; i++) {
        if (text_same(programme()->assessments[i].instrument, what))
            found = &programme()->assessments[i];
    }
    return (int)(first ? found->first_review_days : found->review_days);
}

int pack_risk_days(const char *risk)
{
    return (int)number_of(&programme()->risks, risk, true);
}

int pack_consent_days(const char *purpose)
{
    return (int)number_of(&programme()->consent_purposes, purpose, false);
}

int pack_retention_years(void)
{
    enum { USUAL = 10 };
    uint32_t years = programme()->retention_years;
    return years == 0 ? USUAL : (int)years;
}

const char *pack_timezone(void)
{
    return programme()->timezone;
}

const struct pack_role *pack_role(const char *code)
{
    for (size_t i = 0; i < lists[FAMILY_TEAM_ROLE].count; i++) {
        if (text_same(loaded.roles[i].code, code))
            return &loaded.roles[i];
    }
    return NULL;
}

const char *pack_act_training(const char *act)
{
    if (loaded.files.programme == NULL)
        return NULL;
    const struct entry *entry = find(&loaded.files.programme->acts, act);
    return entry == NULL ? NULL : entry->training;
}

int pack_training_months(const char *training)
{
    const struct entry *entry = find(&loaded.files.programme->trainings, training);
    return entry == NULL ? 0 : (int)entry->number;
}
