/* Entities: which container of the form each declaration belongs to, and which properties are saved to it. */
#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

static void wrong(struct converter *c, const struct entity *entity, enum column column, const char *why)
{
    xl_problem(c, FORM_ENTITY_INVALID, IN_ENTITIES, entity->row, column, why);
}

/* ---- declarations ---- */

static void check_name(struct converter *c, const struct entity *entity)
{
    if (entity->name[0] == '\0')
        wrong(c, entity, COLUMN_LIST, "the list needs a name");
    else if (strncmp(entity->name, "__", 2) == 0)
        wrong(c, entity, COLUMN_LIST, "names with two underscores in front are reserved");
    else if (strchr(entity->name, '.') != NULL)
        wrong(c, entity, COLUMN_LIST, "the name holds no full stop");
    else if (!xl_name_valid(entity->name))
        wrong(c, entity, COLUMN_LIST, "this cannot be a name");
    for (const struct entity *other = c->entities; other != entity; other = other->next)
        if (strcmp(other->name, entity->name) == 0)
            wrong(c, entity, COLUMN_LIST, "the list is declared twice");
}

static void check_rules(struct converter *c, const struct entity *entity)
{
    bool id = entity->id[0] != '\0', create = entity->create_if[0] != '\0', update = entity->update_if[0] != '\0';
    if (update && !id)
        wrong(c, entity, COLUMN_ENTITY_ID, "update_if needs an entity_id");
    if (id && create && !update)
        wrong(c, entity, COLUMN_UPDATE_IF, "entity_id with create_if needs update_if");
    if ((create || !id) && entity->label[0] == '\0')
        wrong(c, entity, COLUMN_LABEL, "what is created needs a label");
}

static void read_entities(struct converter *c)
{
    const struct table *table = &c->tables[IN_ENTITIES];
    struct entity **last = &c->entities;
    for (size_t i = 0; i < table->row_count; i++) {
        const struct sheet_row *row = &table->rows[i];
        struct entity *entity = ARENA_NEW(c->arena, struct entity);
        *entity = (struct entity){.row = row};
        entity->name = xl_text(c, table, row, COLUMN_LIST);
        entity->label = xl_text(c, table, row, COLUMN_LABEL);
        entity->id = xl_text(c, table, row, COLUMN_ENTITY_ID);
        entity->create_if = xl_text(c, table, row, COLUMN_CREATE_IF);
        entity->update_if = xl_text(c, table, row, COLUMN_UPDATE_IF);
        *last = entity;
        last = &entity->next;
        c->entity_count++;
        check_name(c, entity);
        check_rules(c, entity);
    }
    c->uses_entities = c->entity_count > 0;
}

/* ---- which entity a question is saved to ---- */

struct reference {
    const struct question *question;
    struct reference *next;
};

struct request {
    struct entity *entity;
    struct reference *saved, *named; /* by save_to; by ${} in the declaration */
    const struct question *repeat;   /* NULL: outside all repeats */
};

static struct request *request_of(struct request *requests, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(requests[i].entity->name) == len && strncmp(requests[i].entity->name, name, len) == 0)
            return &requests[i];
    return NULL;
}

static void add_reference(struct converter *c, struct reference **list, const struct question *question)
{
    struct reference *reference = ARENA_NEW(c->scratch, struct reference);
    *reference = (struct reference){question, *list};
    *list = reference;
}

static const char *save_to_fault(struct converter *c, const struct question *question, struct request *requests,
                                 size_t count, struct request **out)
{
    const char *text = question->cells[COLUMN_SAVE_TO], *hash = strchr(text, '#');
    const char *property = hash == NULL ? text : hash + 1;
    if (count == 0)
        return "there is no entities sheet";
    if (question->act != ACT_QUESTION)
        return "groups and repeats are no properties";
    if (hash != NULL && strchr(hash + 1, '#') != NULL)
        return "one # parts list and property";
    if (hash == NULL && count > 1)
        return "with several entities, write list#property";
    *out = hash == NULL ? &requests[0] : request_of(requests, count, text, (size_t)(hash - text));
    if (*out == NULL)
        return "there is no such list on the entities sheet";
    if (strcasecmp(property, "name") == 0 || strcasecmp(property, "label") == 0)
        return "name and label are reserved";
    if (strncmp(property, "__", 2) == 0)
        return "names with two underscores in front are reserved";
    if (!xl_name_valid(property))
        return "this cannot be a name";
    for (const struct reference *other = (*out)->saved; other != NULL; other = other->next) {
        const char *own = other->question->cells[COLUMN_SAVE_TO], *behind = strchr(own, '#');
        if (strcmp(behind == NULL ? own : behind + 1, property) == 0)
            return arena_format(c->arena, "two questions are saved to \"%s\"", property);
    }
    return NULL;
}

static void read_save_to(struct converter *c, struct request *requests, size_t count)
{
    for (size_t i = 1; i < c->count; i++) {
        const struct question *question = c->all[i];
        struct request *request = NULL;
        if (question->cells[COLUMN_SAVE_TO][0] == '\0')
            continue;
        const char *why = save_to_fault(c, question, requests, count, &request);
        if (why != NULL)
            xl_problem(c, FORM_ENTITY_INVALID, IN_SURVEY, question->row, COLUMN_SAVE_TO, why);
        else
            add_reference(c, &request->saved, question);
    }
}

static void read_names(struct converter *c, struct request *request, const char *text, enum column column)
{
    for (const char *open = strstr(text, "${"); open != NULL; open = strstr(open + 2, "${")) {
        const char *close = strchr(open, '}');
        if (close == NULL)
            return;
        const char *name = text_trim(c->scratch, arena_text_n(c->scratch, open + 2, (size_t)(close - open - 2)));
        enum form_problem_code why = FORM_PROBLEM_NONE;
        const struct question *question = xl_find(c, name, strlen(name), &why);
        if (question == NULL)
            xl_problem(c, why, IN_ENTITIES, request->entity->row, column, name);
        else
            add_reference(c, &request->named, question);
    }
}

/* ---- finding the container ---- */

static bool is_within(const struct question *question, const struct question *container)
{
    for (; question != NULL; question = question->parent)
        if (question == container)
            return true;
    return false;
}

static unsigned depth_of(const struct question *question)
{
    unsigned depth = 0;
    for (; question->parent != NULL; question = question->parent)
        depth++;
    return depth;
}

/* All that is saved lies in one repeat; what is only named may lie further out, along the same line. */
static bool find_repeat(struct converter *c, struct request *request)
{
    const struct question *repeat = NULL;
    bool first = true;
    for (const struct reference *at = request->saved; at != NULL; at = at->next) {
        const struct question *own = xl_repeat_of(at->question);
        if (!first && own != repeat) {
            xl_problem(c, FORM_ENTITY_INVALID, IN_SURVEY, at->question->row, COLUMN_SAVE_TO,
                       "its properties lie in different repeats");
            return false;
        }
        repeat = own;
        first = false;
    }
    for (const struct reference *at = request->named; at != NULL; at = at->next) {
        const struct question *own = xl_repeat_of(at->question);
        bool outer = own == NULL || (repeat != NULL && is_within(repeat, own));
        bool inner = repeat == NULL || (own != NULL && is_within(own, repeat));
        if (!outer && (!inner || request->saved != NULL)) {
            wrong(c, request->entity, COLUMN_LABEL, "it names questions of different repeats");
            return false;
        }
        if (!outer)
            repeat = own;
    }
    request->repeat = repeat;
    return true;
}

static const struct question *common(const struct question *a, const struct question *b)
{
    while (!is_within(b, a))
        a = a->parent;
    return a;
}

static struct question *container_of(struct converter *c, const struct request *request, const struct question *wanted)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->all[i] == wanted)
            return c->all[i];
    (void)request;
    return c->root;
}

static const struct question *scope_of(struct converter *c, const struct request *request)
{
    return request->repeat == NULL ? c->root : request->repeat;
}

/* The innermost container of all that is saved. */
static const struct question *saved_container(const struct request *request)
{
    const struct question *container = request->saved->question->parent;
    for (const struct reference *at = request->saved->next; at != NULL; at = at->next)
        container = common(container, at->question->parent);
    return container;
}

/* Without properties: the innermost container that a named question of the scope lies in. */
static const struct question *named_container(struct converter *c, const struct request *request)
{
    const struct question *container = scope_of(c, request);
    for (const struct reference *at = request->named; at != NULL; at = at->next) {
        const struct question *own = at->question->parent;
        if (xl_repeat_of(at->question) == request->repeat && depth_of(own) > depth_of(container))
            container = own;
    }
    return container;
}

static void allocate(struct converter *c, struct request *request, bool alone)
{
    const struct question *scope = scope_of(c, request);
    const struct question *wanted = request->saved != NULL ? saved_container(request) : named_container(c, request);
    if (alone && request->repeat == NULL)
        wanted = c->root;
    while (wanted->entity != NULL && wanted != scope && request->saved == NULL)
        wanted = wanted->parent;
    if (wanted->entity != NULL) {
        wrong(c, request->entity, COLUMN_LIST, "its place in the form belongs to another entity already");
        return;
    }
    struct question *container = container_of(c, request, wanted);
    container->entity = request->entity;
    request->entity->container = container;
}

/* What one entity saves may not lie inside the container of another one that is further in. */
static void check_breach(struct converter *c, const struct request *requests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            const struct question *outer = requests[i].entity->container, *inner = requests[j].entity->container;
            if (i == j || outer == NULL || inner == NULL || outer == inner || !is_within(inner, outer))
                continue;
            for (const struct reference *at = requests[i].saved; at != NULL; at = at->next)
                if (is_within(at->question, inner) && requests[i].repeat == requests[j].repeat) {
                    wrong(c, requests[j].entity, COLUMN_LIST,
                          "its place in the form holds properties of another entity");
                    return;
                }
        }
}

void xl_entities(struct converter *c)
{
    read_entities(c);
    struct request *requests = ARENA_ARRAY(c->scratch, struct request, c->entity_count + 1);
    size_t count = 0;
    for (struct entity *entity = c->entities; entity != NULL; entity = entity->next)
        requests[count++].entity = entity;
    read_save_to(c, requests, count);
    for (size_t i = 0; i < count; i++) {
        const struct entity *entity = requests[i].entity;
        read_names(c, &requests[i], entity->label, COLUMN_LABEL);
        read_names(c, &requests[i], entity->id, COLUMN_ENTITY_ID);
        read_names(c, &requests[i], entity->create_if, COLUMN_CREATE_IF);
        read_names(c, &requests[i], entity->update_if, COLUMN_UPDATE_IF);
    }
    for (int saved = 1; saved >= 0; saved--)
        for (size_t i = 0; i < count && c->error_count == 0; i++)
            if ((requests[i].saved != NULL) == (saved == 1) && find_repeat(c, &requests[i]))
                allocate(c, &requests[i], count == 1);
    check_breach(c, requests, count);
}
