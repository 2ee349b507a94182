#include "platform/form/xlsform.h"

#include <strings.h>

enum { CHOICES_MAX = 15000 };

struct option_list *xl_list(struct option_list *lists, const char *name, size_t len)
{
    for (; lists != NULL; lists = lists->next)
        if (strlen(lists->name) == len && strncmp(lists->name, name, len) == 0)
            return lists;
    return NULL;
}

static struct option_list *list_for(struct converter *c, struct option_list **first, const char *name)
{
    struct option_list **at = first;
    while (*at != NULL && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    if (*at == NULL) {
        *at = ARENA_NEW(c->arena, struct option_list);
        (*at)->name = name;
    }
    return *at;
}

static struct option *add_option(struct converter *c, struct option_list *list)
{
    size_t count = list->count;
    if (count == 0 || (count >= 8 && (count & (count - 1)) == 0)) {
        struct option *wider = ARENA_ARRAY(c->arena, struct option, count == 0 ? 8 : count * 2);
        if (count > 0)
            memcpy(wider, list->options, count * sizeof *wider);
        list->options = wider;
    }
    return &list->options[list->count++];
}

static bool has_option(const struct option_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->options[i].name, name) == 0)
            return true;
    return false;
}

static void read_words(struct converter *c, enum table_kind kind, const struct sheet_row *row, struct option *option,
                       struct option_list *list)
{
    for (enum column column = WORDS_FIRST; column <= WORDS_LAST; column++) {
        struct wording words = xl_wording(c, &c->tables[kind], row, column);
        option->words[column - WORDS_FIRST] = words;
        if (words.in == NULL)
            continue;
        bool reference = false;
        for (size_t i = 0; i < c->language_count; i++)
            reference = reference || xl_has_reference(words.in[i]);
        list->itext = list->itext || words.translated || reference || column != COLUMN_LABEL;
    }
    if (kind == IN_CHOICES && option->words[0].in == NULL)
        xl_warning(c, FORM_LABEL_MISSING, kind, row, COLUMN_LABEL, option->name);
}

/* Choices of one name are answers that nobody can tell apart afterwards: worth saying, but forms live with them. */
static void check_twice(struct converter *c, enum table_kind kind, const struct sheet_row *row,
                        const struct option_list *list, const char *name)
{
    if (kind == IN_CHOICES && xl_truth(xl_setting(c, COLUMN_DUPLICATES)) != 1 && has_option(list, name))
        xl_warning(c, FORM_CHOICE_TWICE, kind, row, COLUMN_NAME, name);
}

static void read_row(struct converter *c, enum table_kind kind, struct option_list **lists, const struct sheet_row *row)
{
    const struct table *table = &c->tables[kind];
    const char *list_name = xl_text(c, table, row, COLUMN_LIST), *name = xl_text(c, table, row, COLUMN_NAME);
    if (list_name[0] == '\0')
        return; /* a remark */
    struct option_list *list = list_for(c, lists, list_name);
    if (name[0] == '\0') {
        xl_problem(c, FORM_CELL_MISSING, kind, row, COLUMN_NAME, "");
        return;
    }
    check_twice(c, kind, row, list, name);
    struct option *option = add_option(c, list);
    *option = (struct option){.name = name, .row = row};
    read_words(c, kind, row, option, list);
}

static void read_sheet(struct converter *c, enum table_kind kind, struct option_list **lists)
{
    const struct table *table = &c->tables[kind];
    if (table->row_count == 0)
        return;
    for (enum column column = COLUMN_NAME; column <= COLUMN_LIST; column++)
        if (xl_heading(table, column) == NULL) {
            xl_problem(c, FORM_COLUMN_MISSING, kind, NULL, COLUMN_OTHER, column == COLUMN_NAME ? "name" : "list_name");
            return;
        }
    if (table->row_count > CHOICES_MAX) {
        xl_problem(c, FORM_TOO_LARGE, kind, NULL, COLUMN_OTHER, "choices");
        return;
    }
    for (size_t i = 0; i < table->row_count; i++)
        read_row(c, kind, lists, &table->rows[i]);
}

void xl_choices(struct converter *c)
{
    read_sheet(c, IN_CHOICES, &c->lists);
    read_sheet(c, IN_EXTERNAL, &c->external);
    read_sheet(c, IN_OSM, &c->osm);
}

void xl_list_other(struct converter *c, struct option_list *list)
{
    static const char *const label = "Other";
    if (has_option(list, "other"))
        return;
    bool translated = c->tables[IN_CHOICES].translated[COLUMN_LABEL];
    struct option *option = add_option(c, list);
    *option = (struct option){.name = "other"};
    const char **in = ARENA_ARRAY(c->arena, const char *, c->language_count);
    bool has_default = list->count > 1 && list->options[0].words[0].in != NULL &&
                       list->options[0].words[0].in[c->default_language][0] != '\0';
    for (size_t i = 0; i < c->language_count; i++) {
        bool latvian = strstr(c->languages[i], "(lv)") != NULL || strcasecmp(c->languages[i], "lv") == 0;
        in[i] = i == c->default_language && translated && !has_default ? "" : latvian ? "Cits" : label;
    }
    option->words[0] = (struct wording){in, translated};
}
