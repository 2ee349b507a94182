#include "platform/form/convert.h"

#include "base/text.h"

#include <strings.h>

/* One row whose rules are being read. */
struct row_rules {
    struct converter *c;
    const struct sheet_row *row;
    struct form_node *node;
    struct form_rules *rules;
};

/* ---- references ---- */

static enum form_problem_code find_name(void *data, const char *name, const struct form_node **out)
{
    const struct row_rules *r = data;
    const struct form *form = r->c->form;
    const struct form_node *found = NULL;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_node *node = form->nodes[i];
        if (strcmp(node->name, name) != 0)
            continue;
        if (found != NULL)
            return FORM_REFERENCE_UNCLEAR;
        found = node;
    }
    if (found == NULL)
        return FORM_REFERENCE_UNKNOWN;
    *out = found;
    return FORM_PROBLEM_NONE;
}

static const struct xpath_expr *parse(struct row_rules *r, const char *text, enum column column)
{
    const struct xpath_expr *expr = NULL;
    struct xpath_fault fault = {0};
    if (xpath_parse(r->c->arena, text, find_name, r, &expr, &fault) != OK)
        convert_problem(r->c, fault.code, &r->c->survey, r->row, column, fault.detail);
    return expr;
}

static const struct xpath_expr *parse_cell(struct row_rules *r, enum column column)
{
    const char *text = table_text(&r->c->survey, r->row, column);
    return text[0] == '\0' ? NULL : parse(r, text, column);
}

/* "yes", "no" and the like, or an expression; NULL when it is never true. */
static const struct xpath_expr *parse_yes(struct row_rules *r, enum column column)
{
    static const char *const always[] = {"yes", "true", "true()"}, *const never[] = {"", "no", "false", "false()"};
    const char *text = table_text(&r->c->survey, r->row, column);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (strcasecmp(text, never[i]) == 0)
            return NULL;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (strcasecmp(text, always[i]) == 0)
            return parse(r, "true()", column);
    return parse(r, text, column);
}

/* ---- words with ${} ---- */

static void add_piece(struct form_piece **pieces, const char *text, const struct xpath_expr *expr)
{
    *(*pieces)++ = (struct form_piece){text, expr};
}

static struct form_words split_words(struct row_rules *r, const char *raw, enum column column)
{
    struct arena *arena = r->c->arena;
    size_t most = 1;
    for (const char *at = strstr(raw, "${"); at != NULL; at = strstr(at + 2, "${"))
        most += 2;
    struct form_piece *pieces = ARENA_ARRAY(arena, struct form_piece, most), *end = pieces;
    const char *at = raw;
    for (const char *open = strstr(at, "${"); open != NULL; open = strstr(at, "${")) {
        const char *close = strchr(open, '}');
        if (close == NULL)
            break;
        const struct xpath_expr *expr = parse(r, arena_text_n(r->c->scratch, open, (size_t)(close + 1 - open)), column);
        if (open > at)
            add_piece(&end, arena_text_n(arena, at, (size_t)(open - at)), NULL);
        if (expr != NULL)
            add_piece(&end, NULL, expr);
        at = close + 1;
    }
    if (*at != '\0')
        add_piece(&end, arena_text(arena, at), NULL);
    return (struct form_words){raw, pieces, (size_t)(end - pieces)};
}

static const struct form_words *words(struct row_rules *r, const char *const *texts, enum column column)
{
    if (texts == NULL)
        return NULL;
    size_t count = r->c->form->language_count;
    struct form_words *all = ARENA_ARRAY(r->c->arena, struct form_words, count);
    for (size_t i = 0; i < count; i++)
        all[i] = texts[i] == NULL ? (struct form_words){.raw = ""} : split_words(r, texts[i], column);
    return all;
}

static const struct form_words *cell_words(struct row_rules *r, enum column column)
{
    return words(r, table_texts(r->c, &r->c->survey, r->row, column), column);
}

/* ---- the cells of a row ---- */

/* A default that holds ${} or calls a function is worked out, any other stands as it is. */
static bool is_dynamic(const char *text)
{
    const char *open = strchr(text, '(');
    return strstr(text, "${") != NULL || (open != NULL && open > text && open[-1] != ' ' && strchr(open, ')') != NULL);
}

static void read_default(struct row_rules *r)
{
    const char *text = table_text(&r->c->survey, r->row, COLUMN_DEFAULT);
    if (text[0] == '\0')
        return;
    if (is_dynamic(text)) {
        r->rules->default_value = parse(r, text, COLUMN_DEFAULT);
        return;
    }
    const char *value = NULL;
    enum form_error error = form_answer_check(r->c->arena, r->node, text, &value);
    if (error != FORM_FINE)
        convert_problem(r->c, FORM_VALUE_INVALID, &r->c->survey, r->row, COLUMN_DEFAULT, text);
    else
        r->rules->default_text = arena_text(r->c->arena, text);
}

static bool is_fact(const char *fact)
{
    for (const char *at = fact; *at != '\0'; at++)
        if (!((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '_' || *at == '.'))
            return false;
    return strlen(fact) <= 100;
}

static void read_marks(struct row_rules *r)
{
    const struct table *table = &r->c->survey;
    const char *fact = table_text(table, r->row, COLUMN_FACT);
    r->node->appearance = arena_text(r->c->arena, table_text(table, r->row, COLUMN_APPEARANCE));
    r->node->parameters = arena_text(r->c->arena, table_text(table, r->row, COLUMN_PARAMETERS));
    if (!is_fact(fact))
        convert_problem(r->c, FORM_VALUE_INVALID, table, r->row, COLUMN_FACT, fact);
    else if (fact[0] != '\0')
        r->node->fact = arena_text(r->c->arena, fact);
    if (table_text(table, r->row, COLUMN_TRIGGER)[0] != '\0')
        convert_problem(r->c, FORM_NOT_SUPPORTED, table, r->row, COLUMN_TRIGGER, "trigger");
}

static void read_calculation(struct row_rules *r)
{
    struct form_rules *rules = r->rules;
    rules->calculation = parse_cell(r, COLUMN_CALCULATION);
    const char *type = table_text(&r->c->survey, r->row, COLUMN_TYPE);
    if (rules->calculation == NULL && strcasecmp(type, "calculate") == 0 && rules->default_text == NULL &&
        rules->default_value == NULL && r->c->problem_count == 0)
        convert_problem(r->c, FORM_CELL_MISSING, &r->c->survey, r->row, COLUMN_CALCULATION, "calculation");
}

static void read_rules(struct row_rules *r)
{
    struct form_rules *rules = r->rules;
    read_marks(r);
    rules->labels = cell_words(r, COLUMN_LABEL);
    rules->hints = cell_words(r, COLUMN_HINT);
    rules->constraint_messages = cell_words(r, COLUMN_CONSTRAINT_MESSAGE);
    rules->required_messages = cell_words(r, COLUMN_REQUIRED_MESSAGE);
    rules->relevant = parse_cell(r, COLUMN_RELEVANT);
    rules->required = parse_yes(r, COLUMN_REQUIRED);
    rules->read_only = parse_yes(r, COLUMN_READ_ONLY);
    rules->constraint = parse_cell(r, COLUMN_CONSTRAINT);
    if (rules->list != NULL)
        rules->choice_filter = parse_cell(r, COLUMN_CHOICE_FILTER);
    if (r->node->type == FORM_REPEAT)
        rules->repeat_count = parse_cell(r, COLUMN_REPEAT_COUNT);
    if (r->node->type == FORM_GROUP || r->node->type == FORM_REPEAT)
        return;
    read_default(r);
    read_calculation(r);
}

/* The question that or_other made behind a select. */
static void made_rules(struct row_rules *r)
{
    const struct form *form = r->c->form;
    const struct form_node *select = form->nodes[r->node->index - 1];
    const char **texts = ARENA_ARRAY(r->c->arena, const char *, form->language_count);
    for (size_t i = 0; i < form->language_count; i++)
        texts[i] = text_same(form->languages[i].code, "lv") ? "Kas tieši?" : "Specify other.";
    r->rules->labels = words(r, texts, COLUMN_OTHER);
    r->rules->relevant = parse(r, arena_format(r->c->scratch, "selected(%s, 'other')", select->path), COLUMN_OTHER);
}

void convert_rules(struct converter *c)
{
    struct form *form = c->form;
    for (size_t i = 1; i < form->count; i++) {
        struct row_rules r = {c, c->sources[i], form->nodes[i], ARENA_NEW(c->arena, struct form_rules)};
        *r.rules = *form->nodes[i]->rules;
        form->nodes[i]->rules = r.rules;
        if (r.row == NULL)
            made_rules(&r);
        else
            read_rules(&r);
    }
}
