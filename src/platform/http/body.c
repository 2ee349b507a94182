/* Gathers a body, and takes forms apart with the library's post processor.
 *
 * The processor gets the body in one piece: fed as it arrives, it reports a part whose first bytes end a segment
 * twice from offset 0, which cannot be told from two parts of one name. */
#include "platform/http/internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIRST_ROOM = 4096, PROCESSOR_ROOM = 16 * 1024 };

bool room_take(atomic_size_t *taken, size_t room, size_t most)
{
    if (atomic_fetch_add(taken, room) + room <= most)
        return true;
    (void)atomic_fetch_sub(taken, room);
    return false;
}

/* Many bodies at once, each of which is allowed, would fill the memory of a small machine. */
static bool take_room(const struct body *body)
{
    if (body->server == NULL)
        return true;
    struct body_room *rooms = &body->server->rooms;
    size_t most = body->server->config.limits.bodies_max;
    bool large = body->room > HTTP_BODY_LARGE;
    if (!room_take(&rooms->all, body->room, most))
        return false;
    if (!large || room_take(&rooms->large, body->room, most / 4 * 3)) {
        if (!large || body->known || room_take(&rooms->strange, body->room, most / 4))
            return true;
        (void)atomic_fetch_sub(&rooms->large, body->room);
    }
    (void)atomic_fetch_sub(&rooms->all, body->room);
    return false;
}

static void give_room(const struct body *body)
{
    if (body->server == NULL)
        return;
    struct body_room *rooms = &body->server->rooms;
    bool large = body->room > HTTP_BODY_LARGE;
    (void)atomic_fetch_sub(&rooms->all, body->room);
    (void)atomic_fetch_sub(&rooms->large, large ? body->room : 0);
    (void)atomic_fetch_sub(&rooms->strange, large && !body->known ? body->room : 0);
}

void body_done(struct body *body)
{
    if (body->ptr != NULL)
        explicit_bzero(body->ptr, body->len);
    free(body->ptr);
    give_room(body);
    *body = (struct body){.server = body->server, .known = body->known};
}

/* Not with realloc, which would leave an unwiped copy behind. */
static enum err body_grow(struct body *body, size_t needed)
{
    size_t room = body->room == 0 ? FIRST_ROOM : body->room;
    while (room < needed)
        room *= 2;
    struct body larger = {NULL, body->len, room, body->server, body->known};
    if (!take_room(&larger))
        return ERR_BUSY;
    larger.ptr = malloc(room);
    if (larger.ptr == NULL) {
        larger.len = 0;
        body_done(&larger);
        return ERR_BUSY;
    }
    if (body->len > 0)
        memcpy(larger.ptr, body->ptr, body->len);
    body_done(body);
    *body = larger;
    return OK;
}

/* Keeps one byte of room behind the body, for the NUL of its last value. */
enum err body_add(struct body *body, const void *ptr, size_t len)
{
    if (body->room - body->len < len + 1 || body->room == 0)
        TRY(body_grow(body, body->len + len + 1));
    memcpy(body->ptr + body->len, ptr, len);
    body->len += len;
    return OK;
}

struct field_list {
    struct arena *arena;
    struct http_field *items;
    size_t count, room;
};

static enum err list_add(struct field_list *list, const struct http_field *field)
{
    if (list->count == FIELDS_MAX)
        return ERR_LIMIT;
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 16 : list->room * 2;
        struct http_field *items = ARENA_ARRAY(list->arena, struct http_field, room);
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = *field;
    return OK;
}

struct collector {
    struct field_list list;
    struct body value; /* of the field being received; as large as the whole body, so it never grows */
    bool open;
    enum err result;
    /* One call of the processor: */
    const char *name, *file_name, *type, *data;
    uint64_t offset;
    size_t size;
};

/* Puts the value received so far into the arena. */
static void collector_close(struct collector *collector)
{
    if (!collector->open)
        return;
    struct arena *arena = collector->list.arena;
    size_t len = collector->value.len;
    const char *copy = arena_text_n(arena, (const char *)collector->value.ptr, len);
    collector->list.items[collector->list.count - 1].value = (struct bytes){(const uint8_t *)copy, len};
    collector->open = false;
    explicit_bzero(collector->value.ptr, len);
    collector->value.len = 0;
}

static enum err collector_open(struct collector *collector)
{
    collector_close(collector);
    if (collector->name == NULL || strlen(collector->name) > NAME_MAX_LENGTH)
        return ERR_INPUT;
    struct arena *arena = collector->list.arena;
    struct http_field field = {
        .name = arena_text(arena, collector->name),
        .value = {(const uint8_t *)"", 0},
        .file_name = arena_text(arena, collector->file_name),
        .type = arena_text(arena, collector->type),
    };
    TRY(list_add(&collector->list, &field));
    collector->open = true;
    return OK;
}

static enum err collector_step(void *data)
{
    struct collector *collector = data;
    if (collector->offset == 0)
        TRY(collector_open(collector));
    struct body *value = &collector->value;
    if (collector->size > value->room - value->len)
        return ERR_BROKEN;
    if (collector->size > 0)
        memcpy(value->ptr + value->len, collector->data, collector->size);
    value->len += collector->size;
    return OK;
}

static enum err collector_end(void *data)
{
    collector_close(data);
    return OK;
}

static enum MHD_Result on_piece(void *cls, enum MHD_ValueKind kind, const char *name, const char *file_name,
                                const char *type, const char *encoding, const char *data, uint64_t offset, size_t size)
{
    (void)kind;
    (void)encoding;
    struct collector *collector = cls;
    collector->name = name;
    collector->file_name = file_name;
    collector->type = type;
    collector->data = data;
    collector->offset = offset;
    collector->size = size;
    collector->result = arena_try(collector->list.arena, collector_step, collector);
    return collector->result == OK ? MHD_YES : MHD_NO;
}

static enum err process(struct collector *collector, struct MHD_Connection *library, const struct body *body,
                        bool urlencoded)
{
    struct MHD_PostProcessor *processor = MHD_create_post_processor(library, PROCESSOR_ROOM, on_piece, collector);
    if (processor == NULL)
        return ERR_INPUT; /* no boundary */
    enum MHD_Result good = MHD_post_process(processor, (const char *)body->ptr, body->len);
    /* A line end closes the last field, which else is lost when it has no '='. */
    if (good == MHD_YES && urlencoded)
        good = MHD_post_process(processor, "\n", 1);
    if (MHD_destroy_post_processor(processor) != MHD_YES)
        good = MHD_NO;
    if (collector->result != OK)
        return collector->result;
    if (good != MHD_YES)
        return ERR_INPUT;
    return arena_try(collector->list.arena, collector_end, collector);
}

/* The processor cuts a name short at a NUL: false. In a value it becomes another character that no text may hold, so that the
 * field's own rule speaks and the rest of what was typed is kept. */
static bool nuls_mended(const struct body *body)
{
    bool in_name = true;
    for (size_t i = 0; i < body->len; i++) {
        if (body->ptr[i] == '&' || body->ptr[i] == '=')
            in_name = body->ptr[i] == '&';
        else if (body->len - i > 2 && memcmp(body->ptr + i, "%00", 3) == 0) {
            if (in_name)
                return false;
            body->ptr[i + 2] = '1';
        }
    }
    return true;
}

static enum err parse_form(struct http_request *request, struct MHD_Connection *library, const struct body *body,
                           bool urlencoded)
{
    if (urlencoded && !nuls_mended(body))
        return ERR_INPUT;
    struct collector collector = {.list.arena = request->arena, .value = {malloc(body->len), 0, body->len, NULL, true}};
    if (collector.value.ptr == NULL)
        return ERR_BUSY;
    enum err result = process(&collector, library, body, urlencoded);
    body_done(&collector.value);
    if (result != OK)
        return result;
    request->body = collector.list.items;
    request->body_count = collector.list.count;
    return OK;
}

/* Is this the media type, whatever its parameters? */
static bool type_is(const char *content_type, const char *type)
{
    size_t len = strlen(type);
    return content_type != NULL && strncasecmp(content_type, type, len) == 0 &&
           (content_type[len] == '\0' || strchr("; \t", content_type[len]) != NULL);
}

enum err body_parse(struct http_request *request, struct MHD_Connection *library, const struct body *body)
{
    if (body->len == 0)
        return OK;
    bool urlencoded = type_is(request->content_type, MHD_HTTP_POST_ENCODING_FORM_URLENCODED);
    if (urlencoded || type_is(request->content_type, MHD_HTTP_POST_ENCODING_MULTIPART_FORMDATA))
        return parse_form(request, library, body, urlencoded);
    body->ptr[body->len] = '\0';
    request->raw_body = (struct bytes){body->ptr, body->len};
    return OK;
}

struct query_walk {
    struct field_list list;
    enum err result;
    const char *name, *value;
    size_t name_size, value_size;
};

static enum err query_step(void *data)
{
    struct query_walk *walk = data;
    if (walk->name_size > NAME_MAX_LENGTH || memchr(walk->name, '\0', walk->name_size) != NULL)
        return ERR_INPUT;
    const char *value = arena_text_n(walk->list.arena, walk->value, walk->value_size);
    struct http_field field = {
        .name = arena_text_n(walk->list.arena, walk->name, walk->name_size),
        .value = {(const uint8_t *)value, walk->value_size},
    };
    return list_add(&walk->list, &field);
}

static enum MHD_Result on_query(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                const char *value, size_t value_size)
{
    (void)kind;
    struct query_walk *walk = cls;
    walk->name = name;
    walk->name_size = name_size;
    walk->value = value;
    walk->value_size = value == NULL ? 0 : value_size;
    walk->result = arena_try(walk->list.arena, query_step, walk);
    return walk->result == OK ? MHD_YES : MHD_NO;
}

enum err query_collect(struct http_request *request, struct MHD_Connection *library)
{
    struct query_walk walk = {.list.arena = request->arena};
    (void)MHD_get_connection_values_n(library, MHD_GET_ARGUMENT_KIND, on_query, &walk);
    if (walk.result != OK)
        return walk.result;
    request->query = walk.list.items;
    request->query_count = walk.list.count;
    return OK;
}
