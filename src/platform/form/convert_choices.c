#include "platform/form/convert.h"

#include "base/text.h"

#include <strings.h>

struct form_list *convert_list(const struct converter *c, const char *name, size_t len)
{
    for (struct form_list *list = c->form->lists; list != NULL; list = list->next)
        if (strlen(list->name) == len && strncmp(list->name, name, len) == 0)
            return list;
    return NULL;
}

/* ---- the tree a list makes for expressions: instance / root / item / column ---- */

static const struct form_node *plain_node(struct converter *c, const char *name)
{
    struct form_node *node = ARENA_NEW(c->arena, struct form_node);
    node->name = arena_text(c->arena, name);
    node->path = node->appearance = node->parameters = "";
    return node;
}

static struct form_item *add_item(struct converter *c, struct form_item *parent, const struct form_node *node,
                                  const char *value)
{
    struct form_item *item = ARENA_NEW(c->arena, struct form_item);
    *item = (struct form_item){.node = node, .path = "", .value = value, .relevant = true, .parent = parent};
    if (parent != NULL)
        form_item_link(item, parent->last);
    return item;
}

/* What the converter remembers of the choices sheet. */
struct choices {
    struct converter *c;
    const struct form_node *instance_node, *root_node, *item_node, *name_node, *label_node;
    const struct form_node **column_nodes; /* per heading; NULL for columns that expressions cannot name */
    bool duplicates_allowed;
};

static void prepare(struct choices *s)
{
    struct converter *c = s->c;
    const struct table *table = &c->choices;
    s->instance_node = plain_node(c, "instance");
    s->root_node = plain_node(c, "root");
    s->item_node = plain_node(c, "item");
    s->name_node = plain_node(c, "name");
    s->label_node = plain_node(c, "label");
    s->column_nodes = ARENA_ARRAY(c->scratch, const struct form_node *, table->heading_count);
    for (size_t i = 0; i < table->heading_count; i++)
        if (table->headings[i].column == COLUMN_OTHER && convert_name_valid(table->headings[i].text))
            s->column_nodes[i] = plain_node(c, table->headings[i].text);
    if (c->settings.row_count > 0)
        s->duplicates_allowed = strcasecmp(table_text(&c->settings, &c->settings.rows[0], COLUMN_DUPLICATES), "yes") ==
                                0;
}

static struct form_list *list_for(struct choices *s, const char *name)
{
    struct converter *c = s->c;
    struct form_list *list = convert_list(c, name, strlen(name));
    if (list != NULL)
        return list;
    list = ARENA_NEW(c->arena, struct form_list);
    list->name = arena_text(c->arena, name);
    list->instance = add_item(c, NULL, s->instance_node, "");
    (void)add_item(c, list->instance, s->root_node, "");
    list->next = c->form->lists;
    c->form->lists = list;
    return list;
}

static struct form_option *add_option(struct converter *c, struct form_list *list, const char *name,
                                      const char **labels)
{
    if (list->count < 8 ? list->count == 0 : (list->count & (list->count - 1)) == 0) {
        struct form_option *wider = ARENA_ARRAY(c->arena, struct form_option, list->count == 0 ? 8 : list->count * 2);
        if (list->count > 0)
            memcpy(wider, list->options, list->count * sizeof *wider);
        list->options = wider;
    }
    struct form_option *option = &list->options[list->count++];
    *option = (struct form_option){arena_text(c->arena, name), labels, NULL};
    return option;
}

static void add_row(struct choices *s, struct form_list *list, const struct sheet_row *row, const char *name)
{
    struct converter *c = s->c;
    const struct table *table = &c->choices;
    const char **labels = table_texts(c, table, row, COLUMN_LABEL);
    struct form_option *option = add_option(c, list, name, labels);
    struct form_item *item = add_item(c, list->instance->first, s->item_node, "");
    const char *label = labels == NULL ? NULL : labels[c->form->default_language];
    (void)add_item(c, item, s->name_node, option->name);
    (void)add_item(c, item, s->label_node, label == NULL ? option->name : label);
    for (size_t i = 0; i < table->heading_count; i++) {
        const char *text = s->column_nodes[i] == NULL ? NULL : sheet_text(row, table->headings[i].at);
        if (s->column_nodes[i] != NULL)
            (void)add_item(c, item, s->column_nodes[i], text == NULL ? "" : arena_text(c->arena, text));
    }
    option->item = item;
}

static void read_row(struct choices *s, const struct sheet_row *row)
{
    struct converter *c = s->c;
    const struct table *table = &c->choices;
    const char *list_name = table_text(table, row, COLUMN_LIST), *name = table_text(table, row, COLUMN_NAME);
    if (list_name[0] == '\0' && name[0] == '\0')
        return;
    if (list_name[0] == '\0' || name[0] == '\0') {
        convert_problem(c, FORM_CELL_MISSING, table, row, name[0] == '\0' ? COLUMN_NAME : COLUMN_LIST, "");
        return;
    }
    if (strpbrk(name, " \t\n") != NULL) {
        convert_problem(c, FORM_NAME_INVALID, table, row, COLUMN_NAME, name);
        return;
    }
    struct form_list *list = list_for(s, list_name);
    if (form_option_find(list, name, strlen(name)) != NULL) {
        if (!s->duplicates_allowed)
            convert_problem(c, FORM_CHOICE_TWICE, table, row, COLUMN_NAME, name);
        return;
    }
    add_row(s, list, row, name);
}

void convert_choices(struct converter *c)
{
    struct choices s = {.c = c};
    const struct table *table = &c->choices;
    if (table->row_count == 0)
        return;
    for (enum column column = COLUMN_NAME; column <= COLUMN_LIST; column++)
        if (table_heading(table, column) == NULL) {
            convert_problem(c, FORM_COLUMN_MISSING, table, NULL, COLUMN_OTHER,
                            column == COLUMN_NAME ? "name" : "list_name");
            return;
        }
    if (table->row_count > FORM_CHOICES_MAX) {
        convert_problem(c, FORM_TOO_LARGE, table, NULL, COLUMN_OTHER, "choices");
        return;
    }
    prepare(&s);
    for (size_t i = 0; i < table->row_count; i++)
        read_row(&s, &table->rows[i]);
}

/* The words for the choice that XLSForm's or_other adds. */
void convert_list_other(struct converter *c, struct form_list *list)
{
    if (form_option_find(list, "other", 5) != NULL)
        return;
    const char **labels = ARENA_ARRAY(c->arena, const char *, c->form->language_count);
    for (size_t i = 0; i < c->form->language_count; i++)
        labels[i] = text_same(c->form->languages[i].code, "lv") ? "Cits" : "Other";
    struct form_option *option = add_option(c, list, "other", labels);
    const struct form_item *before = list->instance->first->last;
    struct form_item *item = add_item(c, list->instance->first, before->node, "");
    (void)add_item(c, item, plain_node(c, "name"), option->name);
    (void)add_item(c, item, plain_node(c, "label"), labels[c->form->default_language]);
    option->item = item;
}
