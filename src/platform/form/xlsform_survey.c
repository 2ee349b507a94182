#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

enum { QUESTIONS_MAX = 5000, DEPTH_MAX = 20 };

/* The containers that are open while the sheet is read from top to bottom. */
struct reading {
    struct converter *c;
    struct question *open;
    unsigned depth;
    bool full;
    struct question *table_list; /* the group whose selects share one heading */
    bool table_headed;
};

void xl_question_link(struct question *child, struct question *parent, struct question *after)
{
    child->parent = parent;
    if (after == NULL) {
        child->next = parent->first;
        parent->first = child;
    } else {
        child->next = after->next;
        after->next = child;
    }
    if (child->next == NULL)
        parent->last = child;
}

struct question *xl_question_new(struct converter *c, struct question *parent, const char *name)
{
    struct question *question = ARENA_NEW(c->arena, struct question);
    question->name = arena_text(c->arena, name);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        question->cells[i] = "";
    if (parent != NULL)
        xl_question_link(question, parent, parent->last);
    if (c->count == c->room) {
        c->room = c->room == 0 ? 64 : c->room * 2;
        struct question **wider = ARENA_ARRAY(c->arena, struct question *, c->room);
        if (c->count > 0)
            memcpy(wider, c->all, c->count * sizeof *wider);
        c->all = wider;
    }
    c->all[c->count++] = question;
    return question;
}

static void read_cells(struct converter *c, struct question *question, const struct sheet_row *row)
{
    const struct table *table = &c->tables[IN_SURVEY];
    for (enum column column = COLUMN_OTHER + 1; column < WORDS_FIRST; column++)
        question->cells[column] = xl_text(c, table, row, column);
    for (enum column column = WORDS_FIRST; column <= WORDS_LAST; column++)
        question->words[column - WORDS_FIRST] = xl_wording(c, table, row, column);
    question->bind = xl_pairs(c, table, row, COLUMN_BIND);
    question->body = xl_pairs(c, table, row, COLUMN_BODY);
    question->instance = xl_pairs(c, table, row, COLUMN_INSTANCE);
    question->row = row;
}

static struct wording plain_words(struct converter *c, const char *text)
{
    struct wording words = {ARENA_ARRAY(c->arena, const char *, c->language_count), false};
    for (size_t i = 0; i < c->language_count; i++)
        words.in[i] = i == c->default_language ? text : "";
    return words;
}

/* ---- names ---- */

static const char *row_name(struct reading *r, const struct sheet_row *row, const struct type *type)
{
    struct converter *c = r->c;
    const char *name = xl_text(c, &c->tables[IN_SURVEY], row, COLUMN_NAME);
    if (type->act == ACT_QUESTION && strcmp(type->name, "audit") == 0) {
        if (name[0] != '\0' && strcmp(name, "audit") != 0)
            xl_problem(c, FORM_NAME_INVALID, IN_SURVEY, row, COLUMN_NAME, "an audit is always called \"audit\"");
        return "audit";
    }
    if (name[0] == '\0' && (strcmp(type->name, "note") == 0 || type->act == ACT_GROUP))
        return arena_format(c->arena, "generated_%s_name_%u", type->act == ACT_GROUP ? "group" : "note", row->number);
    if (name[0] == '\0')
        xl_problem(c, FORM_CELL_MISSING, IN_SURVEY, row, COLUMN_NAME, "");
    else if (!xl_name_valid(name))
        xl_problem(c, FORM_NAME_INVALID, IN_SURVEY, row, COLUMN_NAME, name);
    else if (strcasecmp(name, "meta") == 0 && strcmp(name, "meta") == 0)
        xl_problem(c, FORM_NAME_RESERVED, IN_SURVEY, row, COLUMN_NAME, name);
    else
        return name;
    return "_";
}

/* ---- containers ---- */

/* "table-list": a grid of selects with one heading, made of the appearances that clients know. */
static void start_table_list(struct reading *r, struct question *group)
{
    struct converter *c = r->c;
    const char *appearance = group->cells[COLUMN_APPEARANCE], *found = strstr(appearance, "table-list");
    if (group->act != ACT_GROUP || found == NULL)
        return;
    group->cells[COLUMN_APPEARANCE] = arena_format(c->arena, "%.*sfield-list%s", (int)(found - appearance), appearance,
                                                   found + strlen("table-list"));
    r->table_list = group;
    r->table_headed = false;
    struct wording *label = &group->words[0];
    if (label->in == NULL)
        return;
    struct question *note = xl_question_new(
        c, group, arena_format(c->arena, "generated_table_list_label_%u", group->row->number));
    note->act = ACT_QUESTION;
    note->type = xl_type_named("note");
    note->words[0] = *label;
    note->cells[COLUMN_READ_ONLY] = "yes";
    *label = (struct wording){NULL, false};
}

static void begin(struct reading *r, const struct sheet_row *row, const struct type_cell *cell)
{
    struct converter *c = r->c;
    const char *name = row_name(r, row, cell->type);
    if (r->depth >= DEPTH_MAX) {
        xl_problem(c, FORM_TOO_LARGE, IN_SURVEY, row, COLUMN_TYPE, "groups within groups");
        r->full = true;
        return;
    }
    struct question *question = xl_question_new(c, r->open, name);
    read_cells(c, question, row);
    question->act = cell->act;
    question->type = cell->type;
    question->list_name = cell->list;
    r->open = question;
    r->depth++;
    if (cell->act == ACT_REPEAT && question->words[0].in == NULL)
        xl_warning(c, FORM_LABEL_MISSING, IN_SURVEY, row, COLUMN_LABEL, name);
    if (cell->act == ACT_LOOP) {
        question->list = xl_list(c->lists, cell->list, strlen(cell->list));
        if (question->list == NULL)
            xl_problem(c, FORM_LIST_UNKNOWN, IN_SURVEY, row, COLUMN_TYPE, cell->list);
    }
    start_table_list(r, question);
}

static void end(struct reading *r, const struct sheet_row *row, const struct type_cell *cell)
{
    struct converter *c = r->c;
    if (r->open->parent == NULL || r->open->type != cell->type) {
        xl_problem(c, FORM_GROUP_NOT_OPEN, IN_SURVEY, row, COLUMN_TYPE,
                   xl_text(c, &c->tables[IN_SURVEY], row, COLUMN_NAME));
        return;
    }
    if (xl_text(c, &c->tables[IN_SURVEY], row, COLUMN_SAVE_TO)[0] != '\0')
        xl_problem(c, FORM_ENTITY_INVALID, IN_SURVEY, row, COLUMN_SAVE_TO, "groups and repeats are no properties");
    if (r->table_list == r->open)
        r->table_list = NULL;
    r->open = r->open->parent;
    r->depth--;
}

/* ---- questions ---- */

static void set_list(struct reading *r, struct question *question, const struct type_cell *cell)
{
    struct converter *c = r->c;
    const struct sheet_row *row = question->row;
    question->list_name = cell->list;
    question->or_other = cell->or_other;
    question->search = strstr(question->cells[COLUMN_APPEARANCE], "search(") != NULL;
    if (cell->from_file) {
        const char *dot = strrchr(cell->list, '.');
        question->file = cell->list;
        if (dot == NULL || (strcmp(dot, ".csv") != 0 && strcmp(dot, ".xml") != 0 && strcmp(dot, ".geojson") != 0))
            xl_problem(c, FORM_FILE_UNKNOWN, IN_SURVEY, row, COLUMN_TYPE, cell->list);
        if (question->search)
            xl_problem(c, FORM_VALUE_INVALID, IN_SURVEY, row, COLUMN_APPEARANCE, "search() in a select from a file");
        return;
    }
    if (strncmp(cell->list, "${", 2) == 0)
        return;
    struct option_list *lists = cell->external                             ? c->external
                                : strcmp(question->type->name, "osm") == 0 ? c->osm
                                                                           : c->lists;
    question->list = xl_list(lists, cell->list, strlen(cell->list));
    if (question->list == NULL) {
        xl_problem(c, FORM_LIST_UNKNOWN, IN_SURVEY, row, COLUMN_TYPE, cell->list);
        return;
    }
    if (cell->external) {
        question->cells[COLUMN_QUERY] = cell->list;
        return;
    }
    question->list->used_inline = question->list->used_inline || question->search;
    question->list->used_itemset = question->list->used_itemset || !question->search;
    bool several = strcmp(question->type->name, "select_one") != 0;
    for (size_t i = 0; several && i < question->list->count; i++)
        if (strchr(question->list->options[i].name, ' ') != NULL)
            xl_problem(c, FORM_NAME_INVALID, IN_CHOICES, question->list->options[i].row, COLUMN_NAME,
                       question->list->options[i].name);
    if (cell->or_other) {
        xl_list_other(c, question->list);
        if (question->cells[COLUMN_CHOICE_FILTER][0] != '\0')
            xl_problem(c, FORM_VALUE_INVALID, IN_SURVEY, row, COLUMN_TYPE, "or_other together with a choice_filter");
    }
}

static void add_other_text(struct reading *r, const struct question *question)
{
    struct converter *c = r->c;
    struct question *text = xl_question_new(c, question->parent, arena_format(c->arena, "%s_other", question->name));
    text->act = ACT_QUESTION;
    text->type = xl_type_named("text");
    text->words[0] = plain_words(c, "Specify other.");
    text->cells[COLUMN_RELEVANT] = arena_format(c->arena, "selected(../%s, 'other')", question->name);
    for (size_t i = 0; i < c->language_count; i++)
        if (strstr(c->languages[i], "(lv)") != NULL || strcasecmp(c->languages[i], "lv") == 0) {
            for (size_t j = 0; j < c->language_count; j++)
                text->words[0].in[j] = j == i                                              ? "Kas tieši?"
                                       : j == c->default_language && c->language_count > 1 ? ""
                                                                                           : "Specify other.";
            text->words[0].translated = c->language_count > 1;
        }
}

/* A grid of selects starts with a line of headings, and its lines show no labels of their own. */
static void in_table_list(struct reading *r, struct question *question)
{
    struct converter *c = r->c;
    bool select = strncmp(question->type->name, "select", 6) == 0;
    if (r->table_list == NULL || question->parent != r->table_list || !select)
        return;
    if (!r->table_headed) {
        struct question *heading = xl_question_new(
            c, NULL, arena_format(c->arena, "reserved_name_for_field_list_labels_%u", question->row->number));
        struct question *before = r->table_list->first;
        while (before != NULL && before->next != question)
            before = before->next;
        xl_question_link(heading, r->table_list, before);
        heading->act = ACT_QUESTION;
        heading->type = question->type;
        heading->list = question->list;
        heading->list_name = question->list_name;
        heading->words[0] = plain_words(c, " ");
        heading->cells[COLUMN_APPEARANCE] = "label";
        heading->cells[COLUMN_CHOICE_FILTER] = question->cells[COLUMN_CHOICE_FILTER];
        r->table_headed = true;
    }
    question->cells[COLUMN_APPEARANCE] = "list-nolabel";
}

static void add_question(struct reading *r, const struct sheet_row *row, const struct type_cell *cell)
{
    struct converter *c = r->c;
    const char *name = row_name(r, row, cell->type);
    struct question *question = xl_question_new(c, r->open, name);
    read_cells(c, question, row);
    question->act = cell->act;
    question->type = cell->type;
    question->meta = strcmp(cell->type->name, "audit") == 0;
    if (strcmp(cell->type->name, "note") == 0)
        question->cells[COLUMN_READ_ONLY] = "yes";
    if (strcmp(cell->type->name, "simserial") == 0 || strcmp(cell->type->name, "subscriberid") == 0)
        xl_warning(c, FORM_OUTDATED, IN_SURVEY, row, COLUMN_TYPE, cell->type->name);
    if (cell->list[0] != '\0')
        set_list(r, question, cell);
    in_table_list(r, question);
    if (cell->or_other)
        add_other_text(r, question);
}

static void read_row(struct reading *r, const struct sheet_row *row)
{
    struct converter *c = r->c;
    const struct table *table = &c->tables[IN_SURVEY];
    const char *text = xl_text(c, table, row, COLUMN_TYPE);
    if (xl_truth(xl_text(c, table, row, COLUMN_DISABLED)) == 1)
        return;
    if (text[0] == '\0') {
        const struct wording label = xl_wording(c, table, row, COLUMN_LABEL);
        if (xl_text(c, table, row, COLUMN_NAME)[0] != '\0' || label.in != NULL)
            xl_problem(c, FORM_CELL_MISSING, IN_SURVEY, row, COLUMN_TYPE, "");
        return;
    }
    struct type_cell cell = xl_type(c->scratch, text);
    cell.list = arena_text(c->arena, cell.list);
    switch (cell.act) {
    case ACT_UNKNOWN: xl_problem(c, FORM_TYPE_UNKNOWN, IN_SURVEY, row, COLUMN_TYPE, text); break;
    case ACT_REFUSED: xl_problem(c, FORM_NOT_SUPPORTED, IN_SURVEY, row, COLUMN_TYPE, text); break;
    case ACT_GROUP:
    case ACT_REPEAT:
    case ACT_LOOP: begin(r, row, &cell); break;
    case ACT_END: end(r, row, &cell); break;
    case ACT_QUESTION:
    case ACT_EXTERNAL: add_question(r, row, &cell); break;
    }
}

/* ---- loops: the questions once for every choice of a list ---- */

static const char *fill_in(struct converter *c, const char *text, const char *name, const char *label)
{
    struct buf buf;
    buf_init(&buf, c->arena, strlen(text));
    while (*text != '\0') {
        bool is_label = strncmp(text, "%(label)s", 9) == 0, is_name = strncmp(text, "%(name)s", 8) == 0;
        if (is_label || is_name)
            buf_text(&buf, is_label ? label : name);
        else
            buf_char(&buf, *text);
        text += is_label ? 9 : is_name ? 8 : 1;
    }
    return buf.ptr;
}

static void copy_into(struct converter *c, struct question *parent, const struct question *from,
                      const struct option *option)
{
    if (c->count >= QUESTIONS_MAX)
        return;
    struct question *copy = xl_question_new(c, NULL, from->name);
    struct question kept = *from;
    kept.first = kept.last = kept.next = NULL;
    *copy = kept;
    xl_question_link(copy, parent, parent->last);
    for (size_t word = 0; option != NULL && word < WORDS_COUNT; word++) {
        if (from->words[word].in == NULL)
            continue;
        copy->words[word].in = ARENA_ARRAY(c->arena, const char *, c->language_count);
        for (size_t i = 0; i < c->language_count; i++) {
            const char *label = option->words[0].in == NULL ? option->name : option->words[0].in[i];
            copy->words[word].in[i] = fill_in(c, from->words[word].in[i], option->name, label);
        }
    }
    for (const struct question *child = from->first; child != NULL; child = child->next)
        copy_into(c, copy, child, NULL);
}

static void unroll(struct converter *c, struct question *loop)
{
    struct question *inner = loop->first;
    loop->first = loop->last = NULL;
    loop->act = ACT_GROUP;
    for (size_t i = 0; loop->list != NULL && i < loop->list->count; i++) {
        const struct option *option = &loop->list->options[i];
        struct question *group = xl_question_new(c, loop, option->name);
        group->act = ACT_GROUP;
        group->type = xl_type_named("group");
        group->words[0] = option->words[0];
        if (!xl_name_valid(option->name))
            xl_problem(c, FORM_NAME_INVALID, IN_CHOICES, option->row, COLUMN_NAME, option->name);
        for (const struct question *child = inner; child != NULL; child = child->next)
            copy_into(c, group, child, option);
    }
    loop->list = NULL;
}

/* ---- the whole ---- */

static void order(struct converter *c, struct question *question)
{
    c->all[c->count++] = question;
    for (struct question *child = question->first; child != NULL; child = child->next) {
        child->path = arena_format(c->arena, "%s%s/%s", question->path, child->meta ? "/meta" : "", child->name);
        order(c, child);
    }
}

static void finish(struct converter *c)
{
    size_t made = c->count;
    for (size_t i = 0; i < made; i++)
        if (c->all[i]->act == ACT_LOOP)
            unroll(c, c->all[i]);
    if (c->count > c->room || c->count >= QUESTIONS_MAX)
        xl_problem(c, FORM_TOO_LARGE, IN_SURVEY, NULL, COLUMN_OTHER, "questions");
    c->count = 0;
    order(c, c->root);
}

void xl_survey(struct converter *c)
{
    struct reading r = {.c = c};
    const char *name = xl_setting(c, COLUMN_NAME);
    if (name[0] == '\0')
        name = c->root_name;
    if (!xl_name_valid(name))
        xl_problem(c, FORM_NAME_INVALID, IN_SETTINGS, c->tables[IN_SETTINGS].rows, COLUMN_NAME, name);
    c->root = r.open = xl_question_new(c, NULL, name);
    c->root->act = ACT_GROUP;
    c->root->type = xl_type_named("group");
    c->root->path = arena_format(c->arena, "/%s", name);
    const struct table *table = &c->tables[IN_SURVEY];
    if (table->row_count > QUESTIONS_MAX * 2) {
        xl_problem(c, FORM_TOO_LARGE, IN_SURVEY, NULL, COLUMN_OTHER, "questions");
        return;
    }
    for (size_t i = 0; i < table->row_count && !r.full; i++)
        read_row(&r, &table->rows[i]);
    for (struct question *open = r.open; open->parent != NULL && !r.full; open = open->parent)
        xl_problem(c, FORM_GROUP_NOT_CLOSED, IN_SURVEY, open->row, COLUMN_TYPE, open->name);
    finish(c);
    if (c->count < 2 && c->problem_count == 0 && c->tables[IN_SURVEY].row_count == 0)
        xl_problem(c, FORM_EMPTY, IN_SURVEY, NULL, COLUMN_OTHER, "");
}
