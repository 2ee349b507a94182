/* ausma form fill FORM --answers FILE.json: answers applied in order, and what became of each question. */
#include "steer/formtool/internal.h"

#include "base/text.h"
#include "base/time.h"

#include <jansson.h>
#include <string.h>

/* The question at a path, or the only one of a name. */
static const char *path_of(struct arena *arena, const struct form *form, const char *name)
{
    struct form_node *const *nodes = NULL;
    size_t count = form_nodes(form, &nodes);
    const char *found = NULL;
    if (name[0] == '/')
        return name;
    for (size_t i = 1; i < count; i++)
        if (strcmp(nodes[i]->name, name) == 0 && found == NULL)
            found = nodes[i]->path;
    return found == NULL ? arena_format(arena, "%s/%s", nodes[0]->path, name) : found;
}

static bool parts_equal(const char *name, size_t len, const char *path, size_t path_len)
{
    return len == path_len && strncmp(name, path, len) == 0;
}

/* "/data/child/age" inside a repeat means its first instance: "/data/child[1]/age". */
static const char *with_numbers(struct arena *arena, const struct form *form, const char *path)
{
    struct form_node *const *nodes = NULL;
    (void)form_nodes(form, &nodes);
    const struct form_node *node = NULL;
    struct buf buf;
    buf_init(&buf, arena, strlen(path) + 20);
    while (*path == '/') {
        size_t len = strcspn(path + 1, "/[");
        const struct form_node *next = node == NULL ? nodes[0] : node->first;
        while (next != NULL && !parts_equal(path + 1, len, next->name, strlen(next->name)))
            next = node == NULL ? NULL : next->next;
        buf_add(&buf, path, len + 1);
        path += len + 1;
        size_t number = strcspn(path, "/");
        if (*path == '[')
            buf_add(&buf, path, number);
        else if (next != NULL && next->type == FORM_REPEAT && *path == '/')
            buf_text(&buf, "[1]");
        path += *path == '[' ? number : 0;
        if (next == NULL) {
            buf_text(&buf, path);
            break;
        }
        node = next;
    }
    return buf.ptr;
}

static const char *value_text(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return arena_format(arena, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_format(arena, "%.17g", json_real_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (!json_is_array(value))
        return "";
    struct buf buf;
    size_t at = 0;
    const json_t *word = NULL;
    buf_init(&buf, arena, 0);
    json_array_foreach(value, at, word)
    {
        buf_text(&buf, at > 0 ? " " : "");
        buf_text(&buf, json_is_array(word) ? "" : value_text(arena, word));
    }
    return buf.ptr;
}

static bool answer(struct arena *arena, struct form_fill *fill, const char *name, const json_t *value)
{
    const struct form *form = form_fill_form(fill);
    const char *path = with_numbers(arena, form, path_of(arena, form, name));
    size_t len = strlen(path);
    if (form_fill_evaluate(fill) != OK) {
        (void)fputs("ausma: the form asks for more work than a form may\n", stderr);
        return false;
    }
    /* An instance of a repeat by itself: made when it is not there, or taken away again. */
    if (len > 0 && path[len - 1] == ']') {
        if (json_is_false(value) || json_is_null(value))
            return form_fill_remove(fill, path) == OK || fputs("ausma: no such instance\n", stderr) < 0;
        return form_fill_make(fill, path) == OK || fputs("ausma: no such repeat\n", stderr) < 0;
    }
    enum err result = form_fill_set(fill, path, value_text(arena, value));
    if (result != OK)
        (void)fprintf(stderr, "ausma: %s: %s\n", name,
                      result == ERR_LIMIT ? "too many instances" : "there is no such question, or nobody answers it");
    return result == OK;
}

static bool answer_all(struct arena *arena, struct form_fill *fill, json_t *answers)
{
    bool fine = true;
    if (json_is_object(answers)) {
        const char *name = NULL;
        json_t *value = NULL;
        json_object_foreach(answers, name, value) fine = answer(arena, fill, name, value) && fine;
        return fine;
    }
    size_t at = 0;
    const json_t *entry = NULL;
    json_array_foreach(answers, at, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "path"));
        if (name == NULL)
            name = json_string_value(json_object_get(entry, "name"));
        if (name == NULL) {
            (void)fprintf(stderr, "ausma: answer %zu has neither path nor name\n", at + 1);
            fine = false;
            continue;
        }
        fine = answer(arena, fill, name, json_object_get(entry, "value")) && fine;
    }
    return fine;
}

static json_t *item_json(const struct form_item *item)
{
    bool container = item->node->type == FORM_GROUP || item->node->type == FORM_REPEAT;
    json_t *object = json_object();
    if (!container)
        (void)json_object_set_new(object, "value", json_string(item->relevant ? item->value : ""));
    (void)json_object_set_new(object, "relevant", json_boolean(item->relevant));
    if (container)
        return object;
    (void)json_object_set_new(object, "valid", json_boolean(item->error == FORM_FINE));
    (void)json_object_set_new(object, "required", json_boolean(item->required));
    (void)json_object_set_new(object, "readonly", json_boolean(item->read_only));
    if (item->error != FORM_FINE)
        (void)json_object_set_new(object, "error", json_string(form_error_name(item->error)));
    if (item->message != NULL)
        (void)json_object_set_new(object, "message", json_string(item->message));
    if (item->typed != NULL)
        (void)json_object_set_new(object, "typed", json_string(item->typed));
    return object;
}

static bool print_items(const struct form_fill *fill)
{
    json_t *all = json_object();
    for (const struct form_item *item = form_fill_root(fill)->first; item != NULL; item = form_item_after(item))
        (void)json_object_set_new(all, item->path, item_json(item));
    bool written = json_dumpf(all, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && puts("") >= 0;
    json_decref(all);
    return written;
}

static void drop_json(void *handle)
{
    json_decref(handle);
}

static json_t *read_answers(struct arena *arena, const char *name)
{
    struct bytes file;
    json_error_t error;
    if (!tool_read(arena, name, &file))
        return NULL;
    json_t *answers = json_loadb((const char *)file.ptr, file.len, 0, &error);
    if (answers == NULL)
        (void)fprintf(stderr, "ausma: %s, line %d: %s\n", name, error.line, error.text);
    else if (!json_is_object(answers) && !json_is_array(answers))
        (void)fprintf(stderr, "ausma: %s holds neither an object nor an array\n", name);
    else {
        arena_defer(arena, drop_json, answers);
        return answers;
    }
    json_decref(answers);
    return NULL;
}

int tool_fill(struct arena *arena, int argc, char **argv)
{
    const char *form_name = NULL, *answers_name = NULL, *language = "";
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--answers") == 0 && i + 1 < argc)
            answers_name = argv[++i];
        else if (strcmp(argv[i], "--language") == 0 && i + 1 < argc)
            language = argv[++i];
        else if (form_name == NULL)
            form_name = argv[i];
        else
            return tool_usage(stderr);
    }
    const struct form *form = NULL;
    if (form_name == NULL || answers_name == NULL)
        return tool_usage(stderr);
    if (!tool_form(arena, stderr, form_name, &form))
        return 1;
    json_t *answers = read_answers(arena, answers_name);
    if (answers == NULL)
        return 1;
    struct form_fill *fill = form_fill_new(arena, form, time_now(), form_language_find(form, language));
    bool fine = answer_all(arena, fill, answers);
    if (form_fill_evaluate(fill) != OK) {
        (void)fputs("ausma: the form asks for more work than a form may\n", stderr);
        return 1;
    }
    return print_items(fill) && fine ? 0 : 1;
}
