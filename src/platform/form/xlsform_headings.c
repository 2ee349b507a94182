#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

enum { COLUMNS_MAX = 1000, LANGUAGES_MAX = 30 };

struct alias {
    const char *word;
    enum column column;
};

static const struct alias survey_aliases[] = {{"type", COLUMN_TYPE},
                                              {"command", COLUMN_TYPE},
                                              {"name", COLUMN_NAME},
                                              {"tag", COLUMN_NAME},
                                              {"value", COLUMN_NAME},
                                              {"label", COLUMN_LABEL},
                                              {"caption", COLUMN_LABEL},
                                              {"hint", COLUMN_HINT},
                                              {"guidance_hint", COLUMN_GUIDANCE},
                                              {"required", COLUMN_REQUIRED},
                                              {"required_message", COLUMN_REQUIRED_MESSAGE},
                                              {"requiredmsg", COLUMN_REQUIRED_MESSAGE},
                                              {"jr:requiredmsg", COLUMN_REQUIRED_MESSAGE},
                                              {"relevant", COLUMN_RELEVANT},
                                              {"relevance", COLUMN_RELEVANT},
                                              {"skip_logic", COLUMN_RELEVANT},
                                              {"constraint", COLUMN_CONSTRAINT},
                                              {"constraint_message", COLUMN_CONSTRAINT_MESSAGE},
                                              {"constraining_message", COLUMN_CONSTRAINT_MESSAGE},
                                              {"jr:constraintmsg", COLUMN_CONSTRAINT_MESSAGE},
                                              {"no_app_error_string", COLUMN_ERROR_MESSAGE},
                                              {"noapperrorstring", COLUMN_ERROR_MESSAGE},
                                              {"jr:noapperrorstring", COLUMN_ERROR_MESSAGE},
                                              {"calculation", COLUMN_CALCULATION},
                                              {"calculate", COLUMN_CALCULATION},
                                              {"default", COLUMN_DEFAULT},
                                              {"choice_filter", COLUMN_CHOICE_FILTER},
                                              {"read_only", COLUMN_READ_ONLY},
                                              {"readonly", COLUMN_READ_ONLY},
                                              {"appearance", COLUMN_APPEARANCE},
                                              {"parameters", COLUMN_PARAMETERS},
                                              {"repeat_count", COLUMN_REPEAT_COUNT},
                                              {"count", COLUMN_REPEAT_COUNT},
                                              {"jr:count", COLUMN_REPEAT_COUNT},
                                              {"trigger", COLUMN_TRIGGER},
                                              {"ausma::fact", COLUMN_FACT},
                                              {"save_to", COLUMN_SAVE_TO},
                                              {"entities:saveto", COLUMN_SAVE_TO},
                                              {"disabled", COLUMN_DISABLED},
                                              {"query", COLUMN_QUERY},
                                              {"image", COLUMN_IMAGE},
                                              {"big_image", COLUMN_BIG_IMAGE},
                                              {"audio", COLUMN_AUDIO},
                                              {"video", COLUMN_VIDEO},
                                              {"intent", COLUMN_BODY},
                                              {"autoplay", COLUMN_BODY},
                                              {"accuracythreshold", COLUMN_BODY},
                                              {0}};

static const struct alias choices_aliases[] = {{"list_name", COLUMN_LIST},      {"name", COLUMN_NAME},
                                               {"value", COLUMN_NAME},          {"label", COLUMN_LABEL},
                                               {"caption", COLUMN_LABEL},       {"image", COLUMN_IMAGE},
                                               {"big_image", COLUMN_BIG_IMAGE}, {"audio", COLUMN_AUDIO},
                                               {"video", COLUMN_VIDEO},         {0}};

static const struct alias settings_aliases[] = {{"form_title", COLUMN_FORM_TITLE},
                                                {"title", COLUMN_FORM_TITLE},
                                                {"set_form_title", COLUMN_FORM_TITLE},
                                                {"form_id", COLUMN_FORM_ID},
                                                {"set_form_id", COLUMN_FORM_ID},
                                                {"id_string", COLUMN_ID_STRING},
                                                {"version", COLUMN_VERSION},
                                                {"default_language", COLUMN_DEFAULT_LANGUAGE},
                                                {"allow_choice_duplicates", COLUMN_DUPLICATES},
                                                {"name", COLUMN_NAME},
                                                {"style", COLUMN_STYLE},
                                                {"public_key", COLUMN_PUBLIC_KEY},
                                                {"ausma::destination", COLUMN_DESTINATION},
                                                {"submission_url", COLUMN_SUBMISSION_URL},
                                                {"auto_send", COLUMN_AUTO_SEND},
                                                {"auto_delete", COLUMN_AUTO_DELETE},
                                                {"instance_name", COLUMN_INSTANCE_NAME},
                                                {"instance_id", COLUMN_INSTANCE_ID},
                                                {"instance_xmlns", COLUMN_INSTANCE_XMLNS},
                                                {"namespaces", COLUMN_NAMESPACES},
                                                {"clean_text_values", COLUMN_CLEAN_TEXT},
                                                {"omit_instanceid", COLUMN_OMIT_INSTANCE_ID},
                                                {"client_editable", COLUMN_CLIENT_EDITABLE},
                                                {"prefix", COLUMN_PREFIX},
                                                {"delimiter", COLUMN_DELIMITER},
                                                {0}};

static const struct alias entities_aliases[] = {{"list_name", COLUMN_LIST},      {"dataset", COLUMN_LIST},
                                                {"label", COLUMN_LABEL},         {"entity_id", COLUMN_ENTITY_ID},
                                                {"create_if", COLUMN_CREATE_IF}, {"update_if", COLUMN_UPDATE_IF},
                                                {"repeat", COLUMN_REPEAT},       {0}};

static const struct alias *const aliases_of[TABLE_COUNT] = {survey_aliases,  choices_aliases,  settings_aliases,
                                                            choices_aliases, entities_aliases, choices_aliases};

/* Small letters, with "_" for blanks and hyphens. */
static const char *plain(struct arena *arena, const char *text, size_t len)
{
    char *copy = text_trim(arena, arena_text_n(arena, text, len));
    for (char *at = copy; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
        else if (*at == ' ' || *at == '-')
            *at = '_';
    return copy;
}

static enum column look_up(const struct alias *aliases, const char *word)
{
    for (; aliases->word != NULL; aliases++)
        if (strcmp(aliases->word, word) == 0)
            return aliases->column;
    return COLUMN_OTHER;
}

/* "bind::relevant", "body::accuracyThreshold", "instance::id", "media::image": what stands behind the first word, and
 * which kind of attribute it is. */
static const char *behind_prefix(const char *text, enum column *kind)
{
    static const struct alias prefixes[] = {{"bind", COLUMN_BIND},
                                            {"body", COLUMN_BODY},
                                            {"control", COLUMN_BODY},
                                            {"instance", COLUMN_INSTANCE},
                                            {"media", COLUMN_OTHER},
                                            {"attribute", COLUMN_ATTRIBUTE},
                                            {0}};
    for (const struct alias *prefix = prefixes; prefix->word != NULL; prefix++) {
        size_t len = strlen(prefix->word);
        if (strncasecmp(text, prefix->word, len) != 0)
            continue;
        const char *rest = text + len + strspn(text + len, " ");
        if (*rest != ':')
            continue;
        *kind = prefix->column;
        return rest + strspn(rest, ": ");
    }
    return text;
}

/* A word, with a language behind colons if there is one. */
static bool take_word(struct arena *arena, const char *text, const struct alias *aliases, struct heading *heading)
{
    heading->column = look_up(aliases, plain(arena, text, strlen(text)));
    const char *colon = strstr(text, "::");
    if (colon == NULL)
        colon = strncasecmp(text, "jr:", 3) == 0 ? strchr(text + 3, ':') : strchr(text, ':');
    if (heading->column == COLUMN_OTHER && colon != NULL) {
        heading->column = look_up(aliases, plain(arena, text, (size_t)(colon - text)));
        if (heading->column < WORDS_FIRST || heading->column > WORDS_LAST) {
            heading->column = COLUMN_OTHER;
            return false;
        }
        heading->language = text_trim(arena, colon + strspn(colon, ": "));
    }
    return heading->column != COLUMN_OTHER;
}

static struct heading understand(struct arena *arena, const struct sheet_cell *cell, const struct alias *aliases)
{
    struct heading heading = {cell->column, COLUMN_OTHER, "", "", cell->text};
    enum column kind = COLUMN_OTHER;
    if (take_word(arena, cell->text, aliases, &heading)) {
        if (heading.column == COLUMN_BODY)
            heading.sub = strcasecmp(cell->text, "accuracyThreshold") == 0
                              ? "accuracyThreshold"
                              : plain(arena, cell->text, strlen(cell->text));
        return heading;
    }
    const char *rest = behind_prefix(cell->text, &kind);
    if (rest == cell->text || (take_word(arena, rest, aliases, &heading) && heading.column != COLUMN_BODY))
        return heading;
    heading.column = kind;
    heading.sub = text_trim(arena, rest);
    return heading;
}

static bool same_heading(const struct heading *a, const struct heading *b)
{
    if (a->column == COLUMN_OTHER && b->column == COLUMN_OTHER)
        return strcmp(a->text, b->text) == 0;
    return a->column == b->column && strcmp(a->language, b->language) == 0 && strcmp(a->sub, b->sub) == 0;
}

static bool stands_twice(const struct table *table, const struct heading *heading)
{
    for (size_t i = 0; i < table->heading_count; i++)
        if (same_heading(heading, &table->headings[i]))
            return true;
    return false;
}

/* Told of the second one of the two. */
static void column_twice(struct converter *c, enum table_kind kind, const struct sheet_row *row,
                         const struct heading *heading)
{
    xl_problem(c, FORM_COLUMN_TWICE, kind, row, COLUMN_OTHER, "");
    struct form_problem *problem = &c->problems[c->problem_count - 1];
    problem->column = workbook_column(c->arena, heading->at);
    problem->heading = arena_text(c->arena, heading->text);
}

void xl_headings(struct converter *c, const struct sheet *sheet, enum table_kind kind)
{
    struct table *out = &c->tables[kind];
    *out = (struct table){.sheet = sheet};
    if (sheet->count == 0)
        return;
    const struct sheet_row *row = &sheet->rows[0];
    out->rows = sheet->rows + 1;
    out->row_count = sheet->count - 1;
    if (row->count > COLUMNS_MAX) {
        xl_problem(c, FORM_TOO_LARGE, kind, row, COLUMN_OTHER, "columns");
        return;
    }
    out->headings = ARENA_ARRAY(c->scratch, struct heading, row->count);
    for (size_t i = 0; i < row->count; i++) {
        struct heading heading = understand(c->scratch, &row->cells[i], aliases_of[kind]);
        bool twice = stands_twice(out, &heading);
        out->headings[out->heading_count++] = heading;
        if (heading.language[0] != '\0')
            out->translated[heading.column] = true;
        if (twice && heading.column != COLUMN_OTHER)
            column_twice(c, kind, row, &out->headings[out->heading_count - 1]);
        else if (twice && kind == IN_CHOICES)
            xl_warning(c, FORM_COLUMN_TWICE, kind, row, COLUMN_OTHER, heading.text);
    }
}

const struct heading *xl_heading(const struct table *table, enum column column)
{
    for (size_t i = 0; i < table->heading_count; i++)
        if (table->headings[i].column == column)
            return &table->headings[i];
    return NULL;
}

/* ---- cells ---- */

/* Typographic quotes become plain ones, which expressions need; several blanks become one. */
static const char *tidy(struct converter *c, const char *text, bool clean)
{
    static const struct {
        const char *from, *to;
    } quotes[] = {{"\xE2\x80\x98", "'"}, {"\xE2\x80\x99", "'"}, {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""}};
    struct buf buf;
    buf_init(&buf, c->arena, strlen(text));
    while (*text != '\0') {
        size_t quote = 0;
        while (quote < 4 && strncmp(text, quotes[quote].from, 3) != 0)
            quote++;
        if (quote < 4)
            buf_text(&buf, quotes[quote].to);
        else if (!(clean && *text == ' ' && text[1] == ' '))
            buf_char(&buf, *text);
        text += quote < 4 ? 3 : 1;
    }
    return buf.ptr;
}

static bool is_clean(struct converter *c, const struct table *table)
{
    if (table == &c->tables[IN_SETTINGS] || table != &c->tables[IN_SURVEY])
        return false;
    return xl_truth(xl_setting(c, COLUMN_CLEAN_TEXT)) != 0;
}

static const char *cell(struct converter *c, const struct table *table, const struct sheet_row *row, unsigned at)
{
    const char *text = sheet_text(row, at);
    return text == NULL ? "" : tidy(c, text, is_clean(c, table));
}

const char *xl_text(struct converter *c, const struct table *table, const struct sheet_row *row, enum column column)
{
    for (size_t i = 0; i < table->heading_count; i++)
        if (table->headings[i].column == column && table->headings[i].language[0] == '\0')
            return cell(c, table, row, table->headings[i].at);
    return "";
}

const char *xl_setting(struct converter *c, enum column column)
{
    const struct table *table = &c->tables[IN_SETTINGS];
    return table->row_count == 0 ? "" : xl_text(c, table, &table->rows[0], column);
}

struct pair *xl_pairs(struct converter *c, const struct table *table, const struct sheet_row *row, enum column column)
{
    struct pair *pairs = NULL;
    for (size_t i = 0; i < table->heading_count; i++) {
        const struct heading *heading = &table->headings[i];
        const char *text = heading->column == column ? cell(c, table, row, heading->at) : "";
        if (text[0] != '\0' && heading->sub[0] != '\0')
            xl_pair_add(c, &pairs, heading->sub, text);
    }
    return pairs;
}

/* ---- languages ---- */

/* The "lv" of "Latvian (lv)" or of a bare "lv"; "" when there is none. */
static const char *language_code(struct arena *arena, const char *name)
{
    const char *open = strrchr(name, '('), *close = open == NULL ? NULL : strchr(open, ')');
    if (close != NULL)
        return plain(arena, open + 1, (size_t)(close - open - 1));
    return strlen(name) == 2 || strlen(name) == 3 ? plain(arena, name, strlen(name)) : "";
}

/* Languages are the same by name or by code. LANGUAGES_MAX: there is none like it. */
static size_t find_language(struct converter *c, const char *name)
{
    const char *code = language_code(c->scratch, name);
    for (size_t i = 0; i < c->language_count; i++)
        if (strcmp(c->languages[i], name) == 0 ||
            (code[0] != '\0' && strcmp(language_code(c->scratch, c->languages[i]), code) == 0))
            return i;
    return LANGUAGES_MAX;
}

static size_t language_place(struct converter *c, const char *name)
{
    size_t found = find_language(c, name);
    if (found < LANGUAGES_MAX)
        return found;
    if (c->language_count == LANGUAGES_MAX)
        return 0;
    c->languages[c->language_count] = arena_text(c->arena, name);
    return c->language_count++;
}

static void note_languages(struct converter *c, enum table_kind kind)
{
    const struct table *table = &c->tables[kind];
    for (size_t i = 0; i < table->heading_count; i++)
        if (table->headings[i].language[0] != '\0')
            (void)language_place(c, table->headings[i].language);
}

/* Columns that name no language are in the form's own: one of those that others name, or one more in front. */
void xl_languages(struct converter *c)
{
    const char *wanted = xl_setting(c, COLUMN_DEFAULT_LANGUAGE);
    if (wanted[0] == '\0')
        wanted = "default";
    c->languages = ARENA_ARRAY(c->arena, const char *, LANGUAGES_MAX);
    note_languages(c, IN_SURVEY);
    note_languages(c, IN_CHOICES);
    size_t found = find_language(c, wanted);
    for (size_t i = 0; found == LANGUAGES_MAX && i < c->language_count; i++) {
        size_t len = strlen(wanted);
        if (strncmp(c->languages[i], wanted, len) == 0 && strncmp(c->languages[i] + len, " (", 2) == 0)
            found = i;
    }
    if (found == LANGUAGES_MAX) {
        c->language_count = 0;
        (void)language_place(c, wanted);
        note_languages(c, IN_SURVEY);
        note_languages(c, IN_CHOICES);
        found = 0;
    }
    c->default_language = found;
}

struct wording xl_wording(struct converter *c, const struct table *table, const struct sheet_row *row,
                          enum column column)
{
    struct wording words = {NULL, table->translated[column]};
    for (size_t i = 0; i < table->heading_count; i++) {
        const struct heading *heading = &table->headings[i];
        const char *text = heading->column == column ? cell(c, table, row, heading->at) : "";
        if (text[0] == '\0')
            continue;
        if (words.in == NULL) {
            words.in = ARENA_ARRAY(c->arena, const char *, c->language_count);
            for (size_t j = 0; j < c->language_count; j++)
                words.in[j] = "";
        }
        words.in[heading->language[0] == '\0' ? c->default_language : language_place(c, heading->language)] = text;
    }
    return words;
}
