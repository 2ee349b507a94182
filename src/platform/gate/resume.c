/* Coming back: what was typed when a session had ended, a proof was too old or a second factor was owed goes along through the pages
 * in between, and stands in its own page again. */
#include "platform/gate/internal.h"

#include "base/text.h"

#include <string.h>

static bool secret_field(const struct route *route, const char *name)
{
    for (const struct field_rule *rule = route->fields; rule != NULL && rule->name != NULL; rule++) {
        if (rule->kind == FIELD_SECRET && text_same(rule->name, name))
            return true;
    }
    return false;
}

static bool of_the_form(const char *name)
{
    return text_same(name, "csrf") || text_same(name, "once");
}

/* Passwords and files are never kept. */
static bool may_be_kept(const struct req *r, const struct http_field *given)
{
    return given->file_name == NULL && !secret_field(r->route, given->name) &&
           text_check((const char *)given->value.ptr, given->value.len);
}

static void keep(struct req *r, bool with_the_form)
{
    struct gate_state *gate = r->gate;
    gate->kept_count = 0;
    gate->kept = ARENA_ARRAY(r->arena, struct kept_field, gate->given_count);
    for (size_t i = 0; r->route->method == HTTP_POST && i < gate->given_count; i++) {
        const struct http_field *given = &gate->given[i];
        if (may_be_kept(r, given) && (with_the_form || !of_the_form(given->name)))
            gate->kept[gate->kept_count++] = (struct kept_field){given->name, (const char *)given->value.ptr};
    }
}

/* What somebody typed while their session ended goes along through the sign-in page. */
void gate_keep_typed(struct req *r)
{
    r->gate->kept_path = req_path(r);
    keep(r, false);
}

/* As it came, whatever became of it on the way. */
void gate_keep_sent(struct req *r)
{
    bool other_method;
    r->route = route_find(r->app, HTTP_POST, req_path(r), r->arena, r->params, &other_method);
    if (r->route == NULL)
        return;
    r->gate->given = r->http->body;
    r->gate->given_count = r->http->body_count;
    keep(r, true);
    r->gate->sent = true;
}

/* What the sign-in form carries along. */
void gate_kept_read(struct req *r)
{
    struct gate_state *gate = r->gate;
    gate->kept = ARENA_ARRAY(r->arena, struct kept_field, gate->given_count);
    gate->kept_count = 0;
    for (size_t i = 0; i < gate->given_count; i++) {
        const char *name = gate->given[i].name;
        const char *value = (const char *)gate->given[i].value.ptr;
        if (text_same(name, "to"))
            gate->kept_path = value;
        else if (text_starts(name, "kept."))
            gate->kept[gate->kept_count++] = (struct kept_field){name + strlen("kept."), value};
    }
}

/* Signed in again after the session had ended in the middle of typing, or proved again: the page that was being filled in, filled
 * in. */
enum err gate_resume(void *data)
{
    struct req *r = data;
    struct gate_state *gate = r->gate;
    bool other_method;
    if (gate->proved && gate->kept_count == 0 &&
        route_find(r->app, HTTP_GET, gate->kept_path, r->arena, r->params, &other_method) != NULL)
        return req_redirect(r, W_none, "%s", gate->kept_path);
    r->route = route_find(r->app, HTTP_POST, gate->kept_path, r->arena, r->params, &other_method);
    if (r->route == NULL && gate->kept_count == 0)
        return OK; /* the handler's own answer will do */
    if (r->route == NULL || r->route->show == NULL)
        return ERR_NOT_FOUND;
    struct http_field *given = ARENA_ARRAY(r->arena, struct http_field, gate->kept_count);
    for (size_t i = 0; i < gate->kept_count; i++) {
        const char *value = gate->kept[i].value;
        given[i] = (struct http_field){.name = gate->kept[i].name, .value = {(const uint8_t *)value, strlen(value)}};
    }
    gate->given = given;
    gate->given_count = gate->kept_count;
    gate->once = 0;
    gate->location = NULL;
    TRY(gate_session_find(r, gate->proved ? gate->token : gate->new_token));
    if (!session_may(r->who, r->route->cap))
        return ERR_DENIED;
    TRY(gate_scope_find(r));
    TRY(fields_read(r));
    TRY(gate_proved_enough(r));
    fields_unjudged(r);
    gate->notice = W_gate_kept;
    gate->answered = false;
    return gate_show(r);
}

/* The password was right: the page for the second factor, which carries along what sign-in carried. */
enum err gate_second_step(void *data)
{
    struct req *r = data;
    bool other_method;
    r->route = route_find(r->app, HTTP_GET, "/sign-in/second", r->arena, r->params, &other_method);
    r->gate->given_count = 0;
    r->failed = false;
    TRY(fields_read(r));
    TRY(gate_session_find(r, r->gate->new_token));
    return r->route->show(r);
}
