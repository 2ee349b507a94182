/* Reading a pack's files: libcyaml holds them to a schema, then what a schema cannot say is checked. */
#include "base/text.h"
#include "platform/pack/internal.h"

#include <ctype.h>
#include <cyaml/cyaml.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, NAME_MAX_BYTES = 300, CODE_MAX_BYTES = 60, LIST_MAX = 500 };

/* ---- schemas ---- */

#define CODE_FIELD CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct entry, code, 1, CODE_MAX_BYTES)
#define NAME_FIELDS                                                                        \
    CYAML_FIELD_STRING_PTR("lv", CYAML_FLAG_POINTER, struct entry, lv, 1, NAME_MAX_BYTES), \
        CYAML_FIELD_STRING_PTR("en", CYAML_FLAG_POINTER, struct entry, en, 1, NAME_MAX_BYTES)
#define NUMBER_FIELD(name) CYAML_FIELD_UINT(name, CYAML_FLAG_DEFAULT, struct entry, number)

static const cyaml_schema_field_t NAMES_FIELDS[] = {NAME_FIELDS, CYAML_FIELD_END};
static const cyaml_schema_field_t PLAIN_FIELDS[] = {CODE_FIELD, NAME_FIELDS, CYAML_FIELD_END};
static const cyaml_schema_field_t URGENCY_FIELDS[] = {CODE_FIELD, NAME_FIELDS, NUMBER_FIELD("answer_hours"),
                                                      CYAML_FIELD_END};
static const cyaml_schema_field_t RISK_FIELDS[] = {CODE_FIELD, NAME_FIELDS, NUMBER_FIELD("review_days"),
                                                   CYAML_FIELD_END};
static const cyaml_schema_field_t PURPOSE_FIELDS[] = {CODE_FIELD, NAME_FIELDS, NUMBER_FIELD("expires_days"),
                                                      CYAML_FIELD_END};
static const cyaml_schema_value_t CODE_VALUE = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CODE_MAX_BYTES)};
static const cyaml_schema_field_t ROLE_FIELDS[] = {
    CODE_FIELD,
    NAME_FIELDS,
    CYAML_FIELD_STRING_PTR("account", CYAML_FLAG_POINTER, struct entry, account, 1, CODE_MAX_BYTES),
    CYAML_FIELD_SEQUENCE("parts", CYAML_FLAG_POINTER, struct entry, parts, &CODE_VALUE, 1, PART_COUNT),
    CYAML_FIELD_STRING_PTR("recipient", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct entry, recipient, 1,
                           CODE_MAX_BYTES),
    CYAML_FIELD_END};
static const cyaml_schema_field_t TRAINING_FIELDS[] = {CODE_FIELD, NAME_FIELDS, NUMBER_FIELD("months"),
                                                       CYAML_FIELD_END};
static const cyaml_schema_field_t ACT_FIELDS[] = {
    CODE_FIELD, NAME_FIELDS,
    CYAML_FIELD_STRING_PTR("training", CYAML_FLAG_POINTER, struct entry, training, 1, CODE_MAX_BYTES), CYAML_FIELD_END};
static const cyaml_schema_field_t SERVICE_FIELDS[] = {
    CODE_FIELD,
    NAME_FIELDS,
    NUMBER_FIELD("minutes"),
    CYAML_FIELD_STRING_PTR("strand", CYAML_FLAG_POINTER, struct entry, strand, 1, CODE_MAX_BYTES),
    CYAML_FIELD_SEQUENCE("phases", CYAML_FLAG_POINTER, struct entry, phases, &CODE_VALUE, 1, 9),
    CYAML_FIELD_END};

#define ENTRIES(fields)                                               \
    {                                                                 \
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct entry, fields) \
    }
static const cyaml_schema_value_t PLAIN = ENTRIES(PLAIN_FIELDS);
static const cyaml_schema_value_t URGENCY = ENTRIES(URGENCY_FIELDS);
static const cyaml_schema_value_t RISK = ENTRIES(RISK_FIELDS);
static const cyaml_schema_value_t PURPOSE = ENTRIES(PURPOSE_FIELDS);
static const cyaml_schema_value_t ROLE = ENTRIES(ROLE_FIELDS);
static const cyaml_schema_value_t TRAINING = ENTRIES(TRAINING_FIELDS);
static const cyaml_schema_value_t ACT = ENTRIES(ACT_FIELDS);
static const cyaml_schema_value_t SERVICE = ENTRIES(SERVICE_FIELDS);

#define REVIEW_FIELDS                                                                            \
    CYAML_FIELD_UINT("first_review_days", CYAML_FLAG_DEFAULT, struct rhythm, first_review_days), \
        CYAML_FIELD_UINT("review_days", CYAML_FLAG_DEFAULT, struct rhythm, review_days)
static const cyaml_schema_field_t ASSESSMENT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("instrument", CYAML_FLAG_POINTER, struct rhythm, instrument, 1, CODE_MAX_BYTES),
    CYAML_FIELD_UINT("first_hours", CYAML_FLAG_DEFAULT, struct rhythm, first), REVIEW_FIELDS, CYAML_FIELD_END};
static const cyaml_schema_field_t PLAN_FIELDS[] = {
    CYAML_FIELD_UINT("first_days", CYAML_FLAG_DEFAULT, struct rhythm, first), REVIEW_FIELDS, CYAML_FIELD_END};
static const cyaml_schema_value_t ASSESSMENT = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct rhythm, ASSESSMENT_FIELDS)};

#define LIST(type, name, member, item) \
    CYAML_FIELD_SEQUENCE_COUNT(name, CYAML_FLAG_POINTER, struct type, member.at, member.count, &(item), 1, LIST_MAX)
static const cyaml_schema_field_t PROGRAMME_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct programme, id, 1, CODE_MAX_BYTES),
    CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, struct programme, version),
    CYAML_FIELD_STRING_PTR("extends", CYAML_FLAG_POINTER, struct programme, extends, 0, CODE_MAX_BYTES),
    CYAML_FIELD_MAPPING("names", CYAML_FLAG_DEFAULT, struct programme, names, NAMES_FIELDS),
    LIST(programme, "phases", phases, PLAIN),
    LIST(programme, "strands", strands, PLAIN),
    LIST(programme, "urgencies", urgencies, URGENCY),
    CYAML_FIELD_SEQUENCE("assessments", CYAML_FLAG_POINTER, struct programme, assessments, &ASSESSMENT, 1, LIST_MAX),
    CYAML_FIELD_UINT("retention_years", CYAML_FLAG_OPTIONAL, struct programme, retention_years),
    CYAML_FIELD_STRING_PTR("timezone", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct programme, timezone, 1, 64),
    CYAML_FIELD_MAPPING("plan", CYAML_FLAG_DEFAULT, struct programme, plan, PLAN_FIELDS),
    LIST(programme, "risks", risks, RISK),
    LIST(programme, "close_reasons", close_reasons, PLAIN),
    LIST(programme, "roles", roles, ROLE),
    LIST(programme, "explained", explained, PLAIN),
    LIST(programme, "consent_purposes", consent_purposes, PURPOSE),
    LIST(programme, "recipients", recipients, PLAIN),
    LIST(programme, "sharing_grounds", sharing_grounds, PLAIN),
    LIST(programme, "trainings", trainings, TRAINING),
    LIST(programme, "acts", acts, ACT),
    CYAML_FIELD_END};
static const cyaml_schema_value_t PROGRAMME = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct programme, PROGRAMME_FIELDS)};

static const cyaml_schema_field_t CATALOGUE_FIELDS[] = {LIST(catalogue, "services", services, SERVICE),
                                                        CYAML_FIELD_END};
static const cyaml_schema_value_t CATALOGUE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct catalogue, CATALOGUE_FIELDS)};

/* ---- one file ---- */

/* A file as it is read: its text, to tell lines by, and what the reader first complained about. */
struct source {
    const char *path;
    char *text;
    size_t len;
    char complaint[200];
    int line;
};

static enum err refuse(const struct source *source, int line, const char *what, const char *code)
{
    return err_note(ERR_INPUT, "%s:%d: %s%s%s", source->path, line, what, code == NULL ? "" : ": ",
                    code == NULL ? "" : code);
}

static enum err load_text(struct source *source)
{
    int fd = open(source->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_note(ERR_INPUT, "%s: cannot be opened", source->path);
    source->text = calloc(1, FILE_MAX + 1);
    if (source->text == NULL)
        BUG("out of memory");
    ssize_t step = 0;
    while (source->len < FILE_MAX && (step = read(fd, source->text + source->len, FILE_MAX - source->len)) > 0)
        source->len += (size_t)step;
    (void)close(fd);
    if (step < 0)
        return err_note(ERR_INPUT, "%s: cannot be read", source->path);
    if (source->len == FILE_MAX)
        return err_note(ERR_INPUT, "%s: larger than a pack's file may be", source->path);
    return text_check(source->text, source->len) ? OK : refuse(source, 1, "not UTF-8 text", NULL);
}

/* cyaml explains itself in several calls: first what is wrong, then where, from the inside out ("(line: 3, column: 7)"). */
static void PRINTF_LIKE(3, 0) hear(cyaml_log_t level, void *data, const char *format, va_list args)
{
    struct source *source = data;
    char piece[200];
    (void)level;
    (void)vsnprintf(piece, sizeof piece, format, args);
    piece[strcspn(piece, "\n")] = '\0';
    const char *line = strstr(piece, "line: ");
    const char *what = text_starts(piece, "Load: ") ? piece + strlen("Load: ") : piece;
    if (source->complaint[0] == '\0' && !text_starts(what, "Backtrace"))
        (void)snprintf(source->complaint, sizeof source->complaint, "%s", what);
    if (source->line == 0 && line != NULL)
        source->line = atoi(line + strlen("line: "));
}

/* cyaml places a wrong key at the value before it: the line where the key itself stands (for the `nth` time from there on). */
static int line_of_key(const struct source *source, const char *key, int nth)
{
    int number = 1;
    size_t len = strlen(key);
    for (const char *at = source->text; *at != '\0'; at++) {
        bool here = number >= source->line && strncmp(at, key, len) == 0 && at[len] == ':' &&
                    (at == source->text || strchr(" {,\n", at[-1]) != NULL);
        if (here && --nth == 0)
            return number;
        number += *at == '\n';
    }
    return source->line;
}

static enum err refuse_heard(struct source *source, const char *otherwise)
{
    static const char unknown[] = "Unexpected key: ";
    static const char again[] = "Mapping field already seen: ";
    if (text_starts(source->complaint, unknown))
        source->line = line_of_key(source, source->complaint + strlen(unknown), 1);
    else if (text_starts(source->complaint, again))
        source->line = line_of_key(source, source->complaint + strlen(again), 2);
    return refuse(source, source->line, source->complaint[0] == '\0' ? otherwise : source->complaint, NULL);
}

static enum err load(struct source *source, const cyaml_schema_value_t *schema, void **out)
{
    TRY(load_text(source));
    const cyaml_config_t config = {.log_fn = hear,
                                   .log_ctx = source,
                                   .mem_fn = cyaml_mem,
                                   .log_level = CYAML_LOG_ERROR,
                                   .flags = CYAML_CFG_NO_ALIAS};
    cyaml_data_t *data = NULL;
    cyaml_err_t result = cyaml_load_data((const uint8_t *)source->text, source->len, &config, schema, &data, NULL);
    if (result == CYAML_OK && data == NULL)
        return refuse(source, 1, "empty", NULL);
    if (result != CYAML_OK)
        return refuse_heard(source, cyaml_strerror(result));
    *out = data;
    return OK;
}

/* ---- what a schema cannot say ---- */

/* The line of a list's `index`-th entry: entries begin with a dash below the list's name. */
static int line_of(const struct source *source, const char *list, size_t index)
{
    int number = 0;
    bool inside = false;
    size_t name = strlen(list);
    for (const char *line = source->text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        number++;
        if (strncmp(line, list, name) == 0 && line[name] == ':')
            inside = true;
        else if (inside && line[strspn(line, " ")] == '-' && index-- == 0)
            return number;
    }
    return 1;
}

static bool is_code(const char *code)
{
    for (const char *at = code; *at != '\0'; at++) {
        if (*at != '_' && !(*at >= 'a' && *at <= 'z') && !(at > code && isdigit((unsigned char)*at)))
            return false;
    }
    return *code != '\0';
}

static bool has(const struct entries *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (text_same(list->at[i].code, code))
            return true;
    }
    return false;
}

static enum err check_list(const struct source *source, const char *name, const struct entries *list, bool numbered)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->at[i];
        const struct entries before = {list->at, (uint32_t)i};
        int line = line_of(source, name, i);
        if (!is_code(entry->code))
            return refuse(source, line, "a code has small letters, digits and _ only", NULL);
        if (has(&before, entry->code))
            return refuse(source, line, "this code is in the list already", entry->code);
        if (numbered && (entry->number == 0 || entry->number > 100000))
            return refuse(source, line, "the number of this entry is out of range", entry->code);
    }
    return OK;
}

static bool in_range(const struct rhythm *rhythm)
{
    enum { DAYS_MAX = 3660 };
    return rhythm->first > 0 && rhythm->first <= DAYS_MAX * 24 && rhythm->first_review_days > 0 &&
           rhythm->first_review_days <= DAYS_MAX && rhythm->review_days > 0 && rhythm->review_days <= DAYS_MAX;
}

static enum err check_rhythms(const struct source *source, const struct programme *programme)
{
    for (size_t i = 0; i < programme->assessments_count; i++) {
        if (!is_code(programme->assessments[i].instrument) || !in_range(&programme->assessments[i]))
            return refuse(source, line_of(source, "assessments", i), "an assessment's name or numbers are wrong", NULL);
    }
    if (programme->retention_years > 100)
        return refuse(source, 1, "retention_years is out of range", NULL);
    return in_range(&programme->plan) ? OK : refuse(source, 1, "the numbers of the plan are out of range", NULL);
}

unsigned pack_parts(const struct entry *role)
{
    unsigned parts = 0;
    for (size_t i = 0; i < role->parts_count; i++) {
        enum case_part part;
        if (part_of(role->parts[i], &part))
            parts |= PART_BIT(part);
        else if (text_same(role->parts[i], "whole"))
            parts |= PARTS_WHOLE;
    }
    return parts;
}

/* Each part is one that the program knows. The place of stay is given by itself alone, and never by a role (docs/ACCESS.md); a
 * conference is where tasks are made, so that whoever sees one sees the plan. */
static enum err check_roles(const struct source *source, const struct entries *roles, const struct entries *recipients)
{
    for (size_t i = 0; i < roles->count; i++) {
        const struct entry *role = &roles->at[i];
        int line = line_of(source, "roles", i);
        enum case_part part;
        for (size_t n = 0; n < role->parts_count; n++) {
            if (text_same(role->parts[n], "whole") && role->parts_count > 1)
                return refuse(source, line, "whole stands alone", role->code);
            if (!text_same(role->parts[n], "whole") && !part_of(role->parts[n], &part))
                return refuse(source, line, "no such part of a case", role->parts[n]);
        }
        unsigned parts = pack_parts(role);
        if ((parts & PART_BIT(PART_ADDRESS)) != 0)
            return refuse(source, line, "the place of stay is not given by a role", role->code);
        if ((parts & PART_BIT(PART_BASICS)) == 0)
            return refuse(source, line, "every role sees the basics", role->code);
        if ((parts & PART_BIT(PART_CONFERENCE)) != 0 && (parts & PART_BIT(PART_PLAN)) == 0)
            return refuse(source, line, "who sees conferences sees the plan", role->code);
        if (role->recipient != NULL && !has(recipients, role->recipient))
            return refuse(source, line, "no such recipient", role->recipient);
    }
    return OK;
}

static enum err check_acts(const struct source *source, const struct programme *programme)
{
    static const char *const known[] = {"assess", "assess_safety", "guardian"};
    for (size_t i = 0; i < programme->acts.count; i++) {
        const struct entry *act = &programme->acts.at[i];
        bool found = false;
        for (size_t n = 0; n < sizeof known / sizeof *known; n++)
            found |= text_same(known[n], act->code);
        if (!found)
            return refuse(source, line_of(source, "acts", i), "no such act", act->code);
        if (!has(&programme->trainings, act->training))
            return refuse(source, line_of(source, "acts", i), "no such training", act->training);
    }
    return OK;
}

static enum err check_programme(const struct source *source, const struct programme *programme)
{
    const struct {
        const char *name;
        const struct entries *list;
        bool numbered;
    } lists[] = {
        {"phases", &programme->phases, false},
        {"strands", &programme->strands, false},
        {"urgencies", &programme->urgencies, true},
        {"risks", &programme->risks, true},
        {"close_reasons", &programme->close_reasons, false},
        {"roles", &programme->roles, false},
        {"explained", &programme->explained, false},
        {"consent_purposes", &programme->consent_purposes, true},
        {"recipients", &programme->recipients, false},
        {"sharing_grounds", &programme->sharing_grounds, false},
        {"trainings", &programme->trainings, true},
        {"acts", &programme->acts, false},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        TRY(check_list(source, lists[i].name, lists[i].list, lists[i].numbered));
    TRY(check_roles(source, &programme->roles, &programme->recipients));
    TRY(check_acts(source, programme));
    return check_rhythms(source, programme);
}

static enum err check_services(const struct source *source, const struct programme *programme,
                               const struct entries *services)
{
    TRY(check_list(source, "services", services, true));
    for (size_t i = 0; i < services->count; i++) {
        const struct entry *service = &services->at[i];
        if (!has(&programme->strands, service->strand))
            return refuse(source, line_of(source, "services", i), "no such strand", service->strand);
        for (size_t j = 0; j < service->phases_count; j++) {
            if (!has(&programme->phases, service->phases[j]))
                return refuse(source, line_of(source, "services", i), "no such phase", service->phases[j]);
        }
    }
    return OK;
}

/* ---- the pack ---- */

static enum err read_programme(const char *folder, struct pack_files *files)
{
    char path[PATH_MAX];
    struct source source = {.path = path};
    void *data = NULL;
    (void)snprintf(path, sizeof path, "%s/pack.yaml", folder);
    enum err result = load(&source, &PROGRAMME, &data);
    files->programme = data;
    if (result == OK)
        result = check_programme(&source, files->programme);
    free(source.text);
    return result;
}

static enum err read_catalogue(const char *folder, struct pack_files *files)
{
    char path[PATH_MAX];
    struct source source = {.path = path};
    void *data = NULL;
    (void)snprintf(path, sizeof path, "%s/services.yaml", folder);
    enum err result = load(&source, &CATALOGUE, &data);
    files->catalogue = data;
    if (result == OK)
        result = check_services(&source, files->programme, &files->catalogue->services);
    free(source.text);
    return result;
}

enum err pack_files_read(const char *folder, struct pack_files *out)
{
    *out = (struct pack_files){0};
    TRY(read_programme(folder, out));
    return read_catalogue(folder, out);
}

void pack_files_free(struct pack_files *files)
{
    const cyaml_config_t config = {.mem_fn = cyaml_mem};
    (void)cyaml_free(&config, &PROGRAMME, files->programme, 0);
    (void)cyaml_free(&config, &CATALOGUE, files->catalogue, 0);
    *files = (struct pack_files){0};
}
