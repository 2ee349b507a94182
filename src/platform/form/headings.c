#include "platform/form/convert.h"

#include "base/text.h"

#include <strings.h>

enum { COLUMNS_MAX = 500 };

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
                                              {"required", COLUMN_REQUIRED},
                                              {"required_message", COLUMN_REQUIRED_MESSAGE},
                                              {"requiredmsg", COLUMN_REQUIRED_MESSAGE},
                                              {"jr:requiredmsg", COLUMN_REQUIRED_MESSAGE},
                                              {"relevant", COLUMN_RELEVANT},
                                              {"relevance", COLUMN_RELEVANT},
                                              {"constraint", COLUMN_CONSTRAINT},
                                              {"constraint_message", COLUMN_CONSTRAINT_MESSAGE},
                                              {"constraining_message", COLUMN_CONSTRAINT_MESSAGE},
                                              {"jr:constraintmsg", COLUMN_CONSTRAINT_MESSAGE},
                                              {"calculation", COLUMN_CALCULATION},
                                              {"calculate", COLUMN_CALCULATION},
                                              {"default", COLUMN_DEFAULT},
                                              {"choice_filter", COLUMN_CHOICE_FILTER},
                                              {"read_only", COLUMN_READ_ONLY},
                                              {"readonly", COLUMN_READ_ONLY},
                                              {"appearance", COLUMN_APPEARANCE},
                                              {"parameters", COLUMN_PARAMETERS},
                                              {"repeat_count", COLUMN_REPEAT_COUNT},
                                              {"jr:count", COLUMN_REPEAT_COUNT},
                                              {"trigger", COLUMN_TRIGGER},
                                              {"ausma::fact", COLUMN_FACT},
                                              {"disabled", COLUMN_DISABLED},
                                              {0}};

static const struct alias choices_aliases[] = {{"list_name", COLUMN_LIST}, {"name", COLUMN_NAME},
                                               {"value", COLUMN_NAME},     {"label", COLUMN_LABEL},
                                               {"caption", COLUMN_LABEL},  {0}};

static const struct alias settings_aliases[] = {{"form_title", COLUMN_FORM_TITLE},
                                                {"title", COLUMN_FORM_TITLE},
                                                {"set_form_title", COLUMN_FORM_TITLE},
                                                {"form_id", COLUMN_FORM_ID},
                                                {"id_string", COLUMN_FORM_ID},
                                                {"set_form_id", COLUMN_FORM_ID},
                                                {"version", COLUMN_VERSION},
                                                {"default_language", COLUMN_DEFAULT_LANGUAGE},
                                                {"allow_choice_duplicates", COLUMN_DUPLICATES},
                                                {"name", COLUMN_NAME},
                                                {0}};

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

/* "label::Latvian (lv)", "label:lv", "bind::relevant", "ausma::fact", "relevant". */
static struct heading understand(struct arena *arena, const struct sheet_cell *cell, const struct alias *aliases)
{
    struct heading heading = {cell->column, COLUMN_OTHER, "", cell->text};
    const char *text = cell->text;
    if (strncasecmp(text, "bind::", 6) == 0)
        text += 6;
    heading.column = look_up(aliases, plain(arena, text, strlen(text)));
    const char *colon = strchr(text, ':');
    if (heading.column != COLUMN_OTHER || colon == NULL)
        return heading;
    heading.column = look_up(aliases, plain(arena, text, (size_t)(colon - text)));
    while (*colon == ':' || *colon == ' ')
        colon++;
    heading.language = text_trim(arena, colon);
    return heading;
}

static bool same_heading(const struct heading *a, const struct heading *b)
{
    if (a->column == COLUMN_OTHER && b->column == COLUMN_OTHER)
        return strcmp(a->text, b->text) == 0;
    return a->column == b->column && strcmp(a->language, b->language) == 0;
}

void convert_headings(struct converter *c, const struct sheet *sheet, int which, struct table *out)
{
    static const struct alias *const aliases[] = {survey_aliases, choices_aliases, settings_aliases};
    *out = (struct table){.sheet = sheet};
    if (sheet->count == 0)
        return;
    const struct sheet_row *row = &sheet->rows[0];
    out->rows = sheet->rows + 1;
    out->row_count = sheet->count - 1;
    if (row->count > COLUMNS_MAX) {
        convert_problem(c, FORM_TOO_LARGE, out, row, COLUMN_OTHER, "columns");
        return;
    }
    out->headings = ARENA_ARRAY(c->scratch, struct heading, row->count);
    for (size_t i = 0; i < row->count; i++) {
        struct heading heading = understand(c->scratch, &row->cells[i], aliases[which]);
        bool twice = false;
        for (size_t j = 0; j < out->heading_count; j++)
            twice = twice || same_heading(&heading, &out->headings[j]);
        out->headings[out->heading_count++] = heading;
        if (twice && (heading.column != COLUMN_OTHER || which == IN_CHOICES))
            convert_problem_at(c, FORM_COLUMN_TWICE, out, row, &heading, "");
    }
}

const struct heading *table_heading(const struct table *table, enum column column)
{
    for (size_t i = 0; i < table->heading_count; i++)
        if (table->headings[i].column == column)
            return &table->headings[i];
    return NULL;
}

const char *table_text(const struct table *table, const struct sheet_row *row, enum column column)
{
    for (size_t i = 0; i < table->heading_count; i++)
        if (table->headings[i].column == column && table->headings[i].language[0] == '\0') {
            const char *text = sheet_text(row, table->headings[i].at);
            return text == NULL ? "" : text;
        }
    return "";
}

/* The "lv" of "Latvian (lv)" or of a bare "lv"; "" when there is none. */
static const char *language_code(struct arena *arena, const char *name)
{
    const char *open = strrchr(name, '(');
    const char *close = open == NULL ? NULL : strchr(open, ')');
    if (close != NULL)
        return plain(arena, open + 1, (size_t)(close - open - 1));
    return strlen(name) == 2 || strlen(name) == 3 ? plain(arena, name, strlen(name)) : "";
}

static bool same_language(struct arena *arena, const char *a, const char *b)
{
    const char *code = language_code(arena, a);
    return text_same(a, b) || (code[0] != '\0' && text_same(code, language_code(arena, b)));
}

static const char *text_in(struct converter *c, const struct table *table, const struct sheet_row *row,
                           enum column column, const struct form_language *language)
{
    for (size_t i = 0; i < table->heading_count; i++) {
        const struct heading *heading = &table->headings[i];
        if (heading->column == column && heading->language[0] != '\0' &&
            same_language(c->scratch, heading->language, language->name)) {
            const char *text = sheet_text(row, heading->at);
            return text == NULL ? "" : text;
        }
    }
    return "";
}

const char **table_texts(struct converter *c, const struct table *table, const struct sheet_row *row,
                         enum column column)
{
    const struct form *form = c->form;
    const char *plain_text = table_text(table, row, column);
    const char **texts = NULL;
    for (size_t i = 0; i < form->language_count; i++) {
        const char *text = text_in(c, table, row, column, &form->languages[i]);
        if (text[0] == '\0')
            text = plain_text;
        if (text[0] == '\0')
            continue;
        if (texts == NULL)
            texts = ARENA_ARRAY(c->arena, const char *, form->language_count);
        texts[i] = arena_text(c->arena, text);
    }
    return texts;
}

/* ---- languages ---- */

static bool has_words(enum column column)
{
    return column == COLUMN_LABEL || column == COLUMN_HINT || column == COLUMN_REQUIRED_MESSAGE ||
           column == COLUMN_CONSTRAINT_MESSAGE;
}

static void add_language(struct converter *c, const char *name)
{
    struct form *form = c->form;
    for (size_t i = 0; i < form->language_count; i++)
        if (same_language(c->scratch, form->languages[i].name, name))
            return;
    if (form->language_count < FORM_LANGUAGES_MAX)
        form->languages[form->language_count++].name = arena_text(c->arena, name);
}

static void add_languages(struct converter *c, const struct table *table)
{
    for (size_t i = 0; i < table->heading_count; i++)
        if (has_words(table->headings[i].column) && table->headings[i].language[0] != '\0')
            add_language(c, table->headings[i].language);
}

/* "Latvian" of "Latvian (lv)". */
static const char *bare_name(struct converter *c, const char *name)
{
    const char *open = strrchr(name, '(');
    return open == NULL ? name : text_trim(c->arena, arena_text_n(c->scratch, name, (size_t)(open - name)));
}

/* Texts are looked up by the full name, so it is cut only at the end. */
void convert_languages(struct converter *c)
{
    struct form *form = c->form;
    form->languages = ARENA_ARRAY(c->arena, struct form_language, FORM_LANGUAGES_MAX);
    add_languages(c, &c->survey);
    add_languages(c, &c->choices);
    const char *wanted = "";
    if (c->settings.row_count > 0)
        wanted = table_text(&c->settings, &c->settings.rows[0], COLUMN_DEFAULT_LANGUAGE);
    if (form->language_count == 0)
        add_language(c, wanted);
    for (size_t i = 0; i < form->language_count; i++) {
        struct form_language *language = &form->languages[i];
        language->code = arena_text(c->arena, language_code(c->scratch, language->name));
        if (same_language(c->scratch, language->name, wanted) || text_same(bare_name(c, language->name), wanted))
            form->default_language = i;
    }
}

void convert_languages_done(struct converter *c)
{
    for (size_t i = 0; i < c->form->language_count; i++)
        c->form->languages[i].name = bare_name(c, c->form->languages[i].name);
}
