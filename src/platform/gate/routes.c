#include "platform/gate/internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Does a path fit a pattern? Fills the parts in braces; a NULL arena only looks. */
static bool fits(const char *pattern, const char *path, struct arena *arena, const char *params[PARAM_MAX])
{
    size_t filled = 0;
    for (;;) {
        if (*pattern == '{') {
            size_t len = strcspn(path, "/");
            if (len == 0 || filled == PARAM_MAX)
                return false;
            if (arena != NULL)
                params[filled] = arena_text_n(arena, path, len);
            filled++;
            path += len;
            pattern = strchr(pattern, '}') + 1;
        } else if (*pattern != *path) {
            return false;
        } else if (*pattern == '\0') {
            return true;
        } else {
            pattern++;
            path++;
        }
    }
}

const struct route *route_find(const struct app *app, enum http_method method, const char *path, struct arena *arena,
                               const char *params[PARAM_MAX], bool *other_method)
{
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    *other_method = false;
    for (size_t i = 0; i < app->route_count; i++) {
        const struct route *route = app->routes[i];
        if (!fits(route->path, path, NULL, params))
            continue;
        if (route->method == method) {
            (void)fits(route->path, path, arena, params);
            return route;
        }
        *other_method = true;
    }
    return NULL;
}

/* Literal paths come before patterns with braces, so that /cases/new is not a case. */
static int literal_first(const void *a, const void *b)
{
    const struct route *left = *(const struct route *const *)a;
    const struct route *right = *(const struct route *const *)b;
    const char *x = left->path;
    const char *y = right->path;
    while (*x != '\0' && *x == *y) {
        x++;
        y++;
    }
    if ((*x == '{') != (*y == '{'))
        return *x == '{' ? 1 : -1;
    int order = strcmp(x, y);
    return order != 0 ? order : (int)left->method - (int)right->method;
}

static enum err check_route(const struct route *route)
{
    bool changes = route->method == HTTP_POST;
    if (route->cap <= CAP_NONE || route->cap >= CAP_COUNT)
        return err_note(ERR_CONFLICT, "route %s has no capability", route->path);
    if (changes ? route->change == NULL && route->check == NULL : route->show == NULL)
        return err_note(ERR_CONFLICT, "route %s has no handler", route->path);
    if (route->fresh && route->show == NULL)
        return err_note(ERR_CONFLICT, "route %s asks for a proof and has no page to come back to", route->path);
    if (strstr(route->path, "{case}") != NULL && (route->part == PART_NONE || route->scope == NULL))
        return err_note(ERR_CONFLICT, "route %s does not say which part of a case it is about", route->path);
    return OK;
}

static enum err collect(struct app *app)
{
    size_t count = 0;
    for (size_t t = 0; app->route_tables[t] != NULL; t++) {
        for (const struct route *route = app->route_tables[t]; route->path != NULL; route++)
            count++;
    }
    app->routes = calloc(count, sizeof *app->routes);
    if (app->routes == NULL)
        return ERR_LIMIT;
    for (size_t t = 0; app->route_tables[t] != NULL; t++) {
        for (const struct route *route = app->route_tables[t]; route->path != NULL; route++) {
            TRY(check_route(route));
            app->routes[app->route_count++] = route;
        }
    }
    qsort(app->routes, app->route_count, sizeof *app->routes, literal_first);
    for (size_t i = 1; i < app->route_count; i++) {
        const struct route *one = app->routes[i - 1];
        const struct route *two = app->routes[i];
        if (one->method == two->method && text_same(one->path, two->path))
            return err_note(ERR_CONFLICT, "route %s stands twice", one->path);
    }
    return OK;
}

enum err app_start(struct app *app, unsigned threads)
{
    app->routes = NULL;
    app->route_count = 0;
    app->threads = 0;
    app->readers = calloc(threads, sizeof *app->readers);
    if (app->readers == NULL)
        return ERR_LIMIT;
    app->owners = gate_owners_new();
    enum err result = collect(app);
    for (unsigned i = 0; result == OK && i < threads; i++) {
        result = store_reader_open(app->store, &app->readers[i]);
        app->threads += result == OK;
    }
    if (result != OK)
        app_stop(app);
    return result;
}

void app_stop(struct app *app)
{
    for (unsigned i = 0; i < app->threads; i++)
        store_reader_close(app->readers[i]);
    gate_owners_free(app->owners);
    free(app->readers);
    free(app->routes);
    app->owners = NULL;
    app->readers = NULL;
    app->routes = NULL;
    app->threads = 0;
}

/* What is written at most fits, though each letter of a Cyrillic text takes six bytes on the way. */
static size_t fields_max(const struct app *app, const struct route *route)
{
    /* A file that is somewhat too large is told so beside its field. */
    enum { BODY_DEFAULT = 64 * 1024, LETTER = 6, FILE_TOO_LARGE = 2 << 20 };
    size_t size = BODY_DEFAULT;
    for (const struct field_rule *rule = route->fields; rule != NULL && rule->name != NULL; rule++) {
        if (rule->kind == FIELD_LONG)
            size += LETTER * (rule->max > 0 ? (size_t)rule->max : FIELD_LONG_MAX);
        else if (rule->kind == FIELD_FILE)
            size += (rule->max > 0 ? (size_t)rule->max : app_file_max(app)) + FILE_TOO_LARGE;
    }
    return size;
}

size_t gate_body_max(enum http_method method, const char *path, void *data)
{
    enum { BODY_NOBODY = 64 * 1024 };
    const char *params[PARAM_MAX];
    bool other;
    const struct route *route = route_find(data, method, path, NULL, params, &other);
    if (route == NULL)
        return BODY_NOBODY;
    return route->body_max != 0 ? route->body_max : fields_max(data, route);
}
