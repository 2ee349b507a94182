#include "platform/form/convert.h"

#include "base/text.h"

#include <strings.h>

/* The groups that are open while the sheet is read from top to bottom. */
struct survey {
    struct converter *c;
    struct form_node *group;
    bool full;
};

static const struct sheet_row **source_of(struct converter *c, const struct form_node *node)
{
    return &c->sources[node->index];
}

static struct form_node *add_node(struct survey *s, const struct sheet_row *row, const char *name, enum form_type type)
{
    struct converter *c = s->c;
    struct form *form = c->form;
    struct form_node *node = ARENA_NEW(c->arena, struct form_node);
    *node = (struct form_node){.type = type, .index = form->count, .depth = s->group->depth + 1, .parent = s->group};
    node->name = arena_text(c->arena, name);
    node->path = arena_format(c->arena, "%s/%s", s->group->path, name);
    node->appearance = node->parameters = "";
    form->nodes[form->count++] = node;
    if (s->group->last == NULL)
        s->group->first = node;
    else
        s->group->last->next = node;
    s->group->last = node;
    *source_of(c, node) = row;
    return node;
}

static bool name_taken(const struct form_node *group, const char *name)
{
    for (const struct form_node *child = group->first; child != NULL; child = child->next)
        if (strcmp(child->name, name) == 0)
            return true;
    return false;
}

/* The row's name; notes and groups without one get one. NULL: there is none or it cannot be one, which is noted. */
static const char *row_name(struct survey *s, const struct sheet_row *row, enum form_type type)
{
    struct converter *c = s->c;
    const char *name = table_text(&c->survey, row, COLUMN_NAME);
    if (name[0] == '\0' && (type == FORM_NOTE || type == FORM_GROUP))
        name = arena_format(c->scratch, "generated_%s_name_%u", type == FORM_NOTE ? "note" : "group", row->number);
    enum form_problem_code code = FORM_PROBLEM_NONE;
    if (name[0] == '\0')
        code = FORM_CELL_MISSING;
    else if (!convert_name_valid(name))
        code = FORM_NAME_INVALID;
    else if (name_taken(s->group, name))
        code = FORM_NAME_TWICE;
    if (code != FORM_PROBLEM_NONE)
        convert_problem(c, code, &c->survey, row, COLUMN_NAME, name);
    return code == FORM_PROBLEM_NONE || code == FORM_NAME_TWICE ? name : NULL;
}

static void begin(struct survey *s, const struct sheet_row *row, enum form_type type)
{
    struct converter *c = s->c;
    const char *name = row_name(s, row, type);
    if (s->group->depth >= FORM_DEPTH_MAX) {
        convert_problem(c, FORM_TOO_LARGE, &c->survey, row, COLUMN_TYPE, "groups within groups");
        s->full = true;
        return;
    }
    s->group = add_node(s, row, name == NULL ? "_" : name, type);
}

static void end(struct survey *s, const struct sheet_row *row, enum form_type type)
{
    struct converter *c = s->c;
    if (s->group->parent == NULL || s->group->type != type) {
        convert_problem(c, FORM_GROUP_NOT_OPEN, &c->survey, row, COLUMN_TYPE, "");
        return;
    }
    s->group = s->group->parent;
}

static const char *parameter(struct arena *arena, const char *parameters, const char *name)
{
    const char *found = strstr(parameters, name);
    if (found == NULL)
        return NULL;
    found += strlen(name);
    found += strspn(found, " =");
    return arena_text_n(arena, found, strcspn(found, " ,;"));
}

/* A range counts in whole numbers unless one of its three numbers is none. */
static enum form_type exact_type(struct converter *c, const struct sheet_row *row, const struct type_cell *cell)
{
    static const char *const names[] = {"start", "end", "step"};
    const char *type = table_text(&c->survey, row, COLUMN_TYPE);
    if (strcasecmp(type, "range") != 0)
        return cell->type;
    for (size_t i = 0; i < 3; i++) {
        const char *value = parameter(c->scratch, table_text(&c->survey, row, COLUMN_PARAMETERS), names[i]);
        if (value != NULL && strchr(value, '.') != NULL)
            return FORM_DECIMAL;
    }
    return FORM_INTEGER;
}

static void add_rules(struct converter *c, struct form_node *node, const struct type_cell *cell, struct form_list *list)
{
    struct form_rules *rules = ARENA_NEW(c->arena, struct form_rules);
    rules->list = list;
    rules->meta = cell == NULL ? META_EMPTY : cell->meta;
    node->rules = rules;
}

/* or_other: one more choice, and a question for its text, whose rules name this node's path. */
static void add_other(struct survey *s, const struct form_node *node, struct form_list *list)
{
    struct converter *c = s->c;
    convert_list_other(c, list);
    const char *name = arena_format(c->scratch, "%s_other", node->name);
    if (!name_taken(s->group, name))
        add_rules(c, add_node(s, NULL, name, FORM_TEXT), NULL, NULL);
}

static void question(struct survey *s, const struct sheet_row *row, const struct type_cell *cell)
{
    struct converter *c = s->c;
    enum form_type type = exact_type(c, row, cell);
    const char *name = row_name(s, row, type);
    struct form_list *list = cell->list == NULL ? NULL : convert_list(c, cell->list, cell->list_len);
    if (cell->list != NULL && list == NULL)
        convert_problem(c, FORM_LIST_UNKNOWN, &c->survey, row, COLUMN_TYPE, cell->list);
    if (name == NULL)
        return;
    struct form_node *node = add_node(s, row, name, type);
    add_rules(c, node, cell, list);
    if (cell->or_other && list != NULL)
        add_other(s, node, list);
}

static bool is_word(const char *text, const char *word)
{
    return strcasecmp(text, word) == 0;
}

static void read_row(struct survey *s, const struct sheet_row *row)
{
    struct converter *c = s->c;
    const struct table *table = &c->survey;
    const char *type = table_text(table, row, COLUMN_TYPE), *disabled = table_text(table, row, COLUMN_DISABLED);
    if (is_word(disabled, "yes") || is_word(disabled, "true"))
        return;
    if (type[0] == '\0') {
        if (table_text(table, row, COLUMN_NAME)[0] != '\0')
            convert_problem(c, FORM_CELL_MISSING, table, row, COLUMN_TYPE, "");
        return;
    }
    struct type_cell cell = convert_type(c->scratch, type);
    if (cell.act == TYPE_UNKNOWN || cell.act == TYPE_UNSUPPORTED)
        convert_problem(c, cell.act == TYPE_UNKNOWN ? FORM_TYPE_UNKNOWN : FORM_NOT_SUPPORTED, table, row, COLUMN_TYPE,
                        type);
    else if (cell.act == TYPE_BEGIN)
        begin(s, row, cell.type);
    else if (cell.act == TYPE_END)
        end(s, row, cell.type);
    else
        question(s, row, &cell);
    if (cell.act == TYPE_BEGIN && s->group->rules == NULL)
        add_rules(c, s->group, &cell, NULL);
}

void convert_survey(struct converter *c)
{
    struct survey s = {.c = c, .group = c->form->nodes[0]};
    size_t count = c->survey.row_count;
    if (count > FORM_NODES_MAX) {
        convert_problem(c, FORM_TOO_LARGE, &c->survey, NULL, COLUMN_OTHER, "questions");
        return;
    }
    c->sources = ARENA_ARRAY(c->scratch, const struct sheet_row *, count * 2 + 1);
    add_rules(c, c->form->nodes[0], NULL, NULL);
    for (size_t i = 0; i < count && !s.full; i++)
        read_row(&s, &c->survey.rows[i]);
    for (; s.group->parent != NULL && !s.full; s.group = s.group->parent)
        convert_problem(c, FORM_GROUP_NOT_CLOSED, &c->survey, *source_of(c, s.group), COLUMN_TYPE, s.group->name);
    if (c->form->count == 1 && c->problem_count == 0)
        convert_problem(c, FORM_EMPTY, &c->survey, NULL, COLUMN_OTHER, "");
}
