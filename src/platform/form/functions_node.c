#include "platform/form/functions.h"

#include "base/text.h"

#include <strings.h>

/* An argument that must be a set of nodes. */
static struct xpath_value nodes_arg(const struct xpath_call *call, size_t at)
{
    struct xpath_value value = xpath_arg(call, at);
    if (value.kind == XPATH_NODES)
        return value;
    (void)xpath_fail(call->run);
    return (struct xpath_value){.kind = XPATH_NODES};
}

static struct xpath_value single(const struct xpath_call *call, const struct form_item *item)
{
    struct xpath_value nodes = {.kind = XPATH_NODES};
    if (item != NULL)
        xpath_nodes_add(xpath_memory(call), &nodes, item);
    return nodes;
}

static struct xpath_value fn_count(const struct xpath_call *call)
{
    return xpath_number((double)nodes_arg(call, 0).count);
}

static struct xpath_value fn_count_non_empty(const struct xpath_call *call)
{
    struct xpath_value nodes = nodes_arg(call, 0);
    size_t count = 0;
    for (size_t i = 0; i < nodes.count && xpath_spend(call->run, 1); i++)
        count += xpath_item_text(xpath_memory(call), nodes.items[i])[0] != '\0';
    return xpath_number((double)count);
}

/* position(): among the nodes being chosen from; position(node): among those of its name. */
static struct xpath_value fn_position(const struct xpath_call *call)
{
    if (call->count == 0)
        return xpath_number((double)call->focus->position);
    struct xpath_value nodes = nodes_arg(call, 0);
    if (nodes.count == 0)
        return xpath_number(0);
    double place = 1;
    const struct form_item *item = nodes.items[0];
    for (const struct form_item *before = item->previous; before != NULL && xpath_spend(call->run, 1);
         before = before->previous)
        place += text_same(before->node->name, item->node->name) ? 1 : 0;
    return xpath_number(place);
}

static struct xpath_value fn_last(const struct xpath_call *call)
{
    return xpath_number((double)call->focus->size);
}

/* The first node of the argument; without one, where we stand. NULL: nothing there, or text, which has no name. */
static const struct form_item *named_node(const struct xpath_call *call)
{
    const struct form_item *item = call->focus->item;
    if (call->count > 0) {
        struct xpath_value nodes = nodes_arg(call, 0);
        item = nodes.count == 0 ? NULL : nodes.items[0];
    }
    return item == NULL || item->node->name[0] == '#' ? NULL : item;
}

static struct xpath_value fn_name(const struct xpath_call *call)
{
    const struct form_item *item = named_node(call);
    return xpath_text(item == NULL ? "" : item->node->name);
}

static struct xpath_value fn_local_name(const struct xpath_call *call)
{
    const struct form_item *item = named_node(call);
    const char *name = item == NULL ? "" : item->node->name, *colon = strchr(name, ':');
    return xpath_text(colon == NULL ? name : colon + 1);
}

static const char *attribute_of(const struct form_item *item, const char *name)
{
    for (const struct form_item *at = item->attributes; at != NULL; at = at->next)
        if (strcmp(at->node->name, name) == 0)
            return at->value;
    return NULL;
}

/* Is this word among those parted by blanks? */
static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (words += strspn(words, " \t\r\n"); *words != '\0'; words += strspn(words, " \t\r\n")) {
        size_t own = strcspn(words, " \t\r\n");
        if (own == len && strncmp(words, word, len) == 0)
            return true;
        words += own;
    }
    return false;
}

static void collect_identified(const struct xpath_call *call, const struct form_item *item, const char *words,
                               struct xpath_value *out)
{
    const char *id = attribute_of(item, "id");
    if (id != NULL && id[0] != '\0' && has_word(words, id))
        xpath_nodes_add(xpath_memory(call), out, item);
    for (const struct form_item *child = item->first; child != NULL && xpath_spend(call->run, 1 + strlen(words) / 16);
         child = child->next)
        collect_identified(call, child, words, out);
}

/* id('a b'): the elements whose attribute id is one of the words; of a set of nodes those of all. */
static struct xpath_value fn_id(const struct xpath_call *call)
{
    struct xpath_value found = {.kind = XPATH_NODES};
    const char *const *texts = NULL;
    size_t count = xpath_arg_texts(call, 0, &texts);
    struct buf words;
    buf_init(&words, xpath_memory(call), 0);
    for (size_t i = 0; i < count; i++) {
        buf_text(&words, texts[i]);
        buf_char(&words, ' ');
    }
    if (call->run->world->document != NULL)
        collect_identified(call, call->run->world->document, words.ptr, &found);
    return found;
}

/* lang('pt'): does the nearest xml:lang say this language, or one of its kinds ("pt-BR")? */
static struct xpath_value fn_lang(const struct xpath_call *call)
{
    const char *wanted = xpath_arg_text(call, 0), *lang = NULL;
    size_t len = strlen(wanted);
    for (const struct form_item *at = call->focus->item; at != NULL && lang == NULL; at = at->parent)
        lang = attribute_of(at, "xml:lang");
    return xpath_truth(lang != NULL && strncasecmp(lang, wanted, len) == 0 && (lang[len] == '\0' || lang[len] == '-'));
}

static struct xpath_value fn_current(const struct xpath_call *call)
{
    return single(call, call->focus->current);
}

static struct xpath_value fn_instance(const struct xpath_call *call)
{
    const struct form *form = call->run->world->form;
    const char *name = xpath_arg_text(call, 0);
    const struct form_item *instance = form == NULL ? NULL : form_instance(form, name);
    return instance == NULL ? xpath_fail(call->run) : single(call, instance);
}

/* pulldata('list', 'column', 'key column', key): the column of the first row whose key column holds the key. */
static struct xpath_value fn_pulldata(const struct xpath_call *call)
{
    const struct form *form = call->run->world->form;
    const char *name = xpath_arg_text(call, 0), *column = xpath_arg_text(call, 1),
               *key_column = xpath_arg_text(call, 2), *key = xpath_arg_text(call, 3);
    size_t len = strlen(name);
    if (len > 4 && strcmp(name + len - 4, ".csv") == 0)
        name = arena_text_n(xpath_memory(call), name, len - 4);
    const struct form_item *instance = form == NULL ? NULL : form_instance(form, name);
    if (instance == NULL)
        return xpath_fail(call->run);
    const struct form_item *root = instance->first;
    for (const struct form_item *row = root == NULL ? NULL : root->first; row != NULL && xpath_spend(call->run, 1);
         row = row->next) {
        const char *found = NULL, *own_key = NULL;
        for (const struct form_item *cell = row->first; cell != NULL; cell = cell->next) {
            found = strcmp(cell->node->name, column) == 0 ? cell->value : found;
            own_key = strcmp(cell->node->name, key_column) == 0 ? cell->value : own_key;
        }
        if (own_key != NULL && strcmp(own_key, key) == 0)
            return xpath_text(found == NULL ? "" : found);
    }
    return xpath_text("");
}

static struct xpath_value fn_once(const struct xpath_call *call)
{
    const struct form_item *item = call->focus->item;
    if (item != NULL && item->value[0] != '\0')
        return xpath_text(item->value);
    return xpath_arg(call, 0);
}

/* Does the item stand in the instance with this number of the repeat? */
static bool stands_in(const struct form_item *item, const struct form_node *repeat, double number)
{
    for (const struct form_item *above = item; above != NULL; above = above->parent)
        if (above->node == repeat)
            return above->number == number;
    return false;
}

static void collect(const struct xpath_call *call, const struct form_item *item, const struct form_node *node,
                    struct xpath_value *out)
{
    if (item->node == node)
        xpath_nodes_add(xpath_memory(call), out, item);
    for (const struct form_item *child = item->first; child != NULL && xpath_spend(call->run, 1); child = child->next)
        if (child->relevant)
            collect(call, child, node, out);
}

/* indexed-repeat(question, repeat, number, inner repeat, number, ...) */
static struct xpath_value fn_indexed_repeat(const struct xpath_call *call)
{
    struct xpath_value wanted = nodes_arg(call, 0);
    struct xpath_value found = {.kind = XPATH_NODES};
    if (wanted.count == 0 || call->run->world->document == NULL)
        return found;
    collect(call, call->run->world->document, wanted.items[0]->node, &found);
    for (size_t i = 1; i + 1 < call->count; i += 2) {
        struct xpath_value repeat = nodes_arg(call, i);
        double number = xpath_arg_number(call, i + 1);
        size_t kept = 0;
        for (size_t j = 0; j < found.count && repeat.count > 0 && xpath_spend(call->run, 1); j++)
            if (stands_in(found.items[j], repeat.items[0]->node, number))
                found.items[kept++] = found.items[j];
        found.count = kept;
    }
    return found;
}

/* The labels of one or several codes of the question at a path. */
static struct xpath_value fn_choice_name(const struct xpath_call *call)
{
    const struct xpath_world *world = call->run->world;
    const char *codes = xpath_arg_text(call, 0);
    const char *path = text_trim(xpath_memory(call), xpath_arg_text(call, 1));
    const struct form_node *node = world->form == NULL ? NULL : form_node_find(world->form, path);
    if (node == NULL)
        return xpath_fail(call->run);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), 0);
    while (*codes != '\0' && xpath_spend(call->run, 1)) {
        size_t len = strcspn(codes, " ");
        const char *label = len == 0 ? NULL : form_choice_label(world->form, node, codes, len, world->language);
        if (label != NULL) {
            buf_text(&buf, buf.len > 0 ? ", " : "");
            buf_text(&buf, label);
        }
        codes += codes[len] == '\0' ? len : len + 1;
    }
    return xpath_text(buf.ptr);
}

const struct xpath_function xpath_node_functions[] = {{"count", 1, 1, fn_count},
                                                      {"count-non-empty", 1, 1, fn_count_non_empty},
                                                      {"position", 0, 1, fn_position},
                                                      {"last", 0, 0, fn_last},
                                                      {"name", 0, 1, fn_name},
                                                      {"local-name", 0, 1, fn_local_name},
                                                      {"id", 1, 1, fn_id},
                                                      {"lang", 1, 1, fn_lang},
                                                      {"current", 0, 0, fn_current},
                                                      {"instance", 1, 1, fn_instance},
                                                      {"pulldata", 4, 4, fn_pulldata},
                                                      {"once", 1, 1, fn_once},
                                                      {"indexed-repeat", 3, 9, fn_indexed_repeat},
                                                      {"jr:choice-name", 2, 2, fn_choice_name},
                                                      {0}};

const struct xpath_function *xpath_function_find(const char *name, size_t len)
{
    static const struct xpath_function *const tables[] = {xpath_text_functions, xpath_number_functions,
                                                          xpath_date_functions, xpath_node_functions,
                                                          xpath_code_functions, xpath_place_functions};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const struct xpath_function *at = tables[i]; at->name != NULL; at++)
            if (strlen(at->name) == len && strncmp(at->name, name, len) == 0)
                return at;
    return NULL;
}
