/* The empty form on paper: all that may be asked, in order, with room to write. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "case/assess/templates.h"
#include "case/assess/views.h"

enum { LINES_MAX = 12000, CHOICES_MAX = 60, COPIES_MAX = 12 };

struct laying {
    struct req *r;
    enum language language; /* of the page's own words */
    const struct form *form;
    size_t spoken;     /* of the form's */
    unsigned *numbers; /* of each question, by its index; 0: it has none */
    struct blank_line *lines;
    size_t count;
};

/* What is filled in by answers has to be filled in by hand. */
static const char *with_gaps(struct arena *arena, const char *text)
{
    struct buf buf;
    buf_init(&buf, arena, strlen(text) + 16);
    for (const char *at = text; *at != '\0';) {
        const char *hole = strstr(at, "${"), *end = hole == NULL ? NULL : strchr(hole, '}');
        if (end == NULL) {
            buf_text(&buf, at);
            break;
        }
        buf_add(&buf, at, (size_t)(hole - at));
        buf_text(&buf, "________");
        at = end + 1;
    }
    return buf.ptr;
}

/* ---- when it is asked ---- */

static const enum word CLAUSES[FORM_COMPARISON_COUNT] = {[FORM_IS] = W_assess_if_is,
                                                         [FORM_IS_NOT] = W_assess_if_is_not,
                                                         [FORM_LESS] = W_assess_if_less,
                                                         [FORM_AT_MOST] = W_assess_if_at_most,
                                                         [FORM_MORE] = W_assess_if_more,
                                                         [FORM_AT_LEAST] = W_assess_if_at_least,
                                                         [FORM_ANSWERED] = W_assess_if_answered,
                                                         [FORM_NOT_ANSWERED] = W_assess_if_not_answered};

static bool is_same_again(const struct form_condition *when, size_t i)
{
    const struct form_clause *clause = &when->clauses[i];
    return i > 0 && when->kind == FORM_IF_ANY && clause->is == FORM_IS && clause[-1].is == FORM_IS &&
           clause->question == clause[-1].question;
}

static const char *quoted(const struct laying *laying, const struct form_clause *clause)
{
    bool words = clause->is == FORM_IS || clause->is == FORM_IS_NOT;
    return words ? word_filled(laying->r->arena, laying->language, W_assess_quoted, "value", clause->value, NULL)
                 : clause->value;
}

/* "Only if the answer to 9 is “Yes” or “Unknown”"; NULL: always. */
static const char *condition_words(const struct laying *laying, const struct form_node *node)
{
    struct arena *arena = laying->r->arena;
    const struct form_condition when = form_condition(arena, laying->form, node, laying->spoken);
    const char *text = "";
    if (when.kind == FORM_ALWAYS)
        return NULL;
    if (when.kind == FORM_WORKED_OUT)
        return word(laying->language, W_assess_only_some);
    const char *joined = word(laying->language, when.kind == FORM_IF_ANY ? W_assess_if_or : W_assess_if_and);
    for (size_t i = 0; i < when.count; i++) {
        const struct form_clause *clause = &when.clauses[i];
        const char *number = arena_format(arena, "%u", laying->numbers[clause->question->index]);
        const char *value = quoted(laying, clause), *said = value;
        if (!is_same_again(&when, i))
            said = word_filled(arena, laying->language, CLAUSES[clause->is], "number", number, "value", value, NULL);
        text = i == 0 ? said : arena_format(arena, "%s %s %s", text, joined, said);
    }
    return word_filled(arena, laying->language, W_assess_only_if, "what", text, NULL);
}

/* ---- lines ---- */

static struct blank_line *add_line(struct laying *laying, const struct form_node *node, unsigned depth)
{
    struct blank_line *line = &laying->lines[laying->count++];
    *line = (struct blank_line){
        .node = node,
        .depth = depth,
        .number = laying->numbers[node->index],
        .label = with_gaps(laying->r->arena, form_label(laying->form, node, laying->spoken)),
        .hint = with_gaps(laying->r->arena, form_hint(laying->form, node, laying->spoken)),
        .guidance = with_gaps(laying->r->arena, form_guidance(laying->form, node, laying->spoken)),
        .condition = condition_words(laying, node),
    };
    return line;
}

static bool shorter(const struct form_choice *choices, size_t count, size_t most)
{
    for (size_t i = 0; i < count; i++)
        if (text_length(choices[i].label) > most)
            return false;
    return true;
}

/* Short choices stand side by side: a long form stays a few pages. */
static void lay_choices(struct blank_line *line)
{
    enum { IN_A_ROW = 24, ROW_MAX = 8, IN_A_COLUMN = 34, COLUMN_MIN = 4 };
    line->row = line->choice_count <= ROW_MAX && shorter(line->choices, line->choice_count, IN_A_ROW);
    line->columns = !line->row && line->choice_count >= COLUMN_MIN &&
                    shorter(line->choices, line->choice_count, IN_A_COLUMN);
    line->from_list = line->choice_count > CHOICES_MAX;
}

static unsigned room_of(const struct form_node *node)
{
    if (strstr(node->appearance, "multiline") != NULL)
        return 6;
    return node->type == FORM_TEXT || node->type == FORM_GEOTRACE || node->type == FORM_GEOSHAPE ? 2 : 1;
}

static void add_question(struct laying *laying, const struct form_node *node, unsigned depth)
{
    struct blank_line *line = add_line(laying, node, depth);
    line->kind = BLANK_QUESTION;
    if (text_empty(line->label))
        line->label = node->name;
    line->room = room_of(node);
    line->choice_count = form_choices(laying->r->arena, laying->form, node, laying->spoken, &line->choices);
    lay_choices(line);
    line->ranged = assess_range(laying->r->arena, node->parameters, &line->range);
}

/* A note that shows what is worked out has nothing to say on paper. */
static bool shows_worked_out(const struct laying *laying, const struct form_node *note)
{
    const char *label = form_label(laying->form, note, laying->spoken);
    for (const char *hole = strstr(label, "${"); hole != NULL; hole = strstr(hole + 1, "${")) {
        struct form_node *const *nodes;
        size_t len = strcspn(hole + 2, "}"), count = form_nodes(laying->form, &nodes);
        for (size_t i = 0; i < count; i++)
            if (strlen(nodes[i]->name) == len && strncmp(nodes[i]->name, hole + 2, len) == 0 &&
                nodes[i]->type == FORM_CALCULATE)
                return true;
    }
    return false;
}

static void add_children(struct laying *laying, const struct form_node *parent, unsigned depth);

static void add_part(struct laying *laying, const struct form_node *node, unsigned depth, unsigned copy)
{
    struct blank_line *line = add_line(laying, node, depth + 1);
    line->kind = BLANK_PART;
    line->number = copy;
    bool silent = copy == 0 && text_empty(line->label) && line->condition == NULL;
    if (copy > 0 && text_empty(line->label))
        line->label = node->name;
    if (silent)
        laying->count--;
    add_children(laying, node, silent ? depth : depth + 1);
}

/* As many as the form says, else three; within another repeat two. */
static void add_repeat(struct laying *laying, const struct form_node *node, unsigned depth)
{
    bool within = false;
    for (const struct form_node *at = node->parent; at != NULL; at = at->parent)
        within = within || at->type == FORM_REPEAT;
    unsigned given = form_repeat_count(node);
    unsigned copies = given == 0 ? (within ? 2 : 3) : given < COPIES_MAX ? given : COPIES_MAX;
    for (unsigned copy = 1; copy <= copies && laying->count < LINES_MAX; copy++)
        add_part(laying, node, depth, copy);
    bool said = laying->count > 0 && laying->lines[laying->count - 1].kind == BLANK_MORE;
    if (laying->count < LINES_MAX && !said && (given == 0 || given > copies))
        laying->lines[laying->count++] = (struct blank_line){.kind = BLANK_MORE, .node = node, .depth = depth};
}

static void add_children(struct laying *laying, const struct form_node *parent, unsigned depth)
{
    for (const struct form_node *node = parent->first; node != NULL && laying->count < LINES_MAX; node = node->next) {
        if (node->type == FORM_REPEAT)
            add_repeat(laying, node, depth);
        else if (node->type == FORM_GROUP)
            add_part(laying, node, depth, 0);
        else if (node->type == FORM_NOTE && !shows_worked_out(laying, node))
            add_line(laying, node, depth)->kind = BLANK_NOTE;
        else if (node->type > FORM_NOTE && node->type < FORM_CALCULATE)
            add_question(laying, node, depth);
    }
}

static void number_questions(struct laying *laying)
{
    struct form_node *const *nodes;
    size_t count = form_nodes(laying->form, &nodes);
    unsigned number = 0;
    laying->numbers = ARENA_ARRAY(laying->r->arena, unsigned, count);
    for (size_t i = 0; i < count; i++)
        laying->numbers[i] = nodes[i]->type > FORM_NOTE && nodes[i]->type < FORM_CALCULATE ? ++number : 0;
}

static const struct field_rule BLANK_FIELDS[] = {
    {.name = "language", .kind = FIELD_TEXT, .max = 60},
    {0},
};

static enum err blank_show(struct req *r)
{
    struct assess_instrument instrument;
    struct form_node *const *nodes;
    int64_t id;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(assess_instrument_one(r->db, r->arena, r->org, id, &instrument));
    struct html *page = req_page(r);
    struct laying laying = {.r = r, .form = instrument.form};
    laying.spoken = assess_print_language(r, instrument.form, language_code(r->language));
    laying.language = page->language = assess_page_language(r, instrument.form, laying.spoken);
    (void)form_nodes(instrument.form, &nodes);
    laying.lines = ARENA_ARRAY(r->arena, struct blank_line, LINES_MAX);
    number_questions(&laying);
    add_children(&laying, nodes[0], 0);
    html_instrument_blank(
        page, r,
        &(struct blank_view){
            .instrument = &instrument, .spoken = laying.spoken, .lines = laying.lines, .count = laying.count});
    return OK;
}

const struct route assess_blank_routes[] = {
    {.method = HTTP_GET,
     .path = "/instruments/{version}/print",
     .cap = CAP_SIGNED_IN,
     .scope = instrument_scope,
     .fields = BLANK_FIELDS,
     .show = blank_show},
    {0},
};
