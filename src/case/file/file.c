/* Files, sealed in pieces. */
#include "base/id.h"
#include "base/text.h"
#include "case/file/internal.h"
#include "case/file/queries.h"
#include "platform/gate/app.h"
#include "platform/seal/text.h"

#include <string.h>

/* With the length that stands before it, a piece fills its steps of 4 KiB without a rest. */
enum { PIECE = 256 * 1024 - 4, PIECE_ROOM = 2 * (PIECE + 8192) };

/* What is sealed of a file besides its pieces: its key, its size in 8 bytes, the smallest first, 1 when it may be shown in a page, and the
 * ending of its kind. */
struct about {
    struct seal_key key;
    int64_t size;
    bool shown; /* a cleaned picture */
    enum upload_kind kind;
};
enum { AT_SIZE = SEAL_KEY_SIZE, AT_SHOWN = AT_SIZE + 8, AT_ENDING = AT_SHOWN + 1, ENDING_MAX = 7 };

struct file_sealed {
    struct about about;
    struct bytes *pieces;
    size_t count;
    uint8_t digest[SEAL_HASH_SIZE];  /* of the pieces */
    uint8_t content[SEAL_HASH_SIZE]; /* of the file */
};

static struct seal_place file_place(const char *column, int64_t file)
{
    return (struct seal_place){.table = "file_file", .column = column, .row = file};
}

static struct seal_place piece_place(int64_t number)
{
    return (struct seal_place){.table = "file_piece", .column = "content", .row = number};
}

static void arena_close(void *arena)
{
    arena_free(arena);
}

/* Besides the request's own: a file at its largest, cleaned and sealed, would not leave it room for a page. */
static struct arena *room_for(size_t size)
{
    enum { BESIDES = 1 << 20 };
    return arena_new(3 * size + BESIDES);
}

static struct bytes about_bytes(struct arena *arena, const struct about *about)
{
    const char *ending = upload_type(about->kind)->ending;
    size_t len = AT_ENDING + strlen(ending);
    uint8_t *bytes = arena_alloc(arena, len);
    memcpy(bytes, about->key.b, SEAL_KEY_SIZE);
    for (int i = 0; i < 8; i++)
        bytes[AT_SIZE + i] = (uint8_t)((uint64_t)about->size >> 8 * i);
    bytes[AT_SHOWN] = about->shown;
    memcpy(bytes + AT_ENDING, ending, strlen(ending));
    return (struct bytes){bytes, len};
}

static bool about_read(struct bytes bytes, struct about *out)
{
    char ending[ENDING_MAX + 1] = "";
    uint64_t size = 0;
    if (bytes.len < AT_ENDING || bytes.len > AT_ENDING + ENDING_MAX)
        return false;
    for (int i = 0; i < 8; i++)
        size |= (uint64_t)bytes.ptr[AT_SIZE + i] << 8 * i;
    memcpy(out->key.b, bytes.ptr, SEAL_KEY_SIZE);
    memcpy(ending, bytes.ptr + AT_ENDING, bytes.len - AT_ENDING);
    out->size = (int64_t)size;
    out->shown = bytes.ptr[AT_SHOWN] != 0;
    out->kind = upload_kind_of_ending(ending);
    return out->size >= 0;
}

/* ---- taking one in ---- */

struct preparing {
    struct arena *arena;
    struct bytes content;
    enum upload_kind kind;
    bool shown;
    struct file_sealed *sealed;
};

/* The digest of the digests of the pieces, in their order. */
static void digest_add(uint8_t digest[SEAL_HASH_SIZE], struct bytes piece)
{
    uint8_t both[2 * SEAL_HASH_SIZE];
    memcpy(both, digest, SEAL_HASH_SIZE);
    seal_hash(NULL, piece.ptr, piece.len, both + SEAL_HASH_SIZE);
    seal_hash(NULL, both, sizeof both, digest);
}

static enum err seal_step(void *data)
{
    struct preparing *preparing = data;
    struct bytes content = preparing->content;
    struct file_sealed *sealed = ARENA_NEW(preparing->arena, struct file_sealed);
    sealed->about = (struct about){.size = (int64_t)content.len, .shown = preparing->shown, .kind = preparing->kind};
    seal_key_new(&sealed->about.key);
    seal_hash(NULL, content.ptr, content.len, sealed->content);
    sealed->count = (content.len + PIECE - 1) / PIECE;
    sealed->pieces = ARENA_ARRAY(preparing->arena, struct bytes, sealed->count);
    for (size_t i = 0; i < sealed->count; i++) {
        size_t left = content.len - i * PIECE;
        struct bytes piece = {content.ptr + i * PIECE, left < PIECE ? left : PIECE};
        sealed->pieces[i] = seal_bytes(preparing->arena, &sealed->about.key, piece_place((int64_t)i), piece);
        digest_add(sealed->digest, sealed->pieces[i]);
    }
    preparing->sealed = sealed;
    return OK;
}

static enum err clean_step(void *data)
{
    struct preparing *preparing = data;
    return upload_clean(preparing->arena, preparing->kind, preparing->content, &preparing->content);
}

static enum err seal_file(struct preparing *preparing, struct file_sealed **out)
{
    TRY(arena_try(preparing->arena, seal_step, preparing));
    *out = preparing->sealed;
    return OK;
}

static enum file_refusal look_at(const struct req *r, unsigned sorts, struct preparing *preparing)
{
    const char *scanner = r->app->config.scan_address;
    enum upload_sort sort = upload_type(preparing->kind)->sort;
    if (preparing->content.len == 0)
        return FILE_EMPTY;
    /* It is written twice: to the log first. */
    if (!store_has_room(r->app->store, app_room_min(r->app) + 2 * preparing->content.len))
        return FILE_NO_ROOM;
    if (preparing->kind == UPLOAD_HEIC)
        return FILE_HEIC;
    if (sort == UPLOAD_NOTHING || (sorts & FILE_SORT(sort)) == 0)
        return FILE_KIND;
    if (scanner != NULL) {
        enum err found = upload_scan(scanner, preparing->content);
        if (found != OK)
            return found == ERR_CONFLICT ? FILE_FOUND : FILE_UNCHECKED;
    }
    preparing->shown = sort == UPLOAD_PICTURE;
    return preparing->shown && arena_try(preparing->arena, clean_step, preparing) != OK ? FILE_DAMAGED : FILE_FINE;
}

enum err file_prepare(struct req *r, unsigned sorts, struct bytes content, struct file_sealed **out,
                      enum file_refusal *why)
{
    struct preparing preparing = {.arena = room_for(content.len), .content = content, .kind = upload_kind_of(content)};
    arena_defer(r->arena, arena_close, preparing.arena);
    *why = look_at(r, sorts, &preparing);
    return *why == FILE_FINE ? seal_file(&preparing, out) : ERR_INPUT;
}

enum err file_store(struct req *r, enum case_part part, int64_t owner, const struct file_sealed *sealed,
                    const char **name)
{
    int64_t id = id_new();
    struct bytes about = about_bytes(r->arena, &sealed->about);
    const char *content = seal_hex(r->arena, sealed->content, sizeof sealed->content);
    *name = file_name_make(
        r->arena, &(struct file_name){.id = id, .kib = (sealed->about.size + 1023) / 1024, .kind = sealed->about.kind});
    TRY(file_row_add(r->db, &(struct file_row_add_in){
                                .org = r->org,
                                .case_id = r->case_id,
                                .id = id,
                                .owner = owner,
                                .name = case_seal_text(r, part, file_place("name", id), *name),
                                .about = case_seal_bytes(r, part, file_place("about", id), about),
                                .content_digest = case_seal_text(r, part, file_place("content_digest", id), content),
                                .digest = {sealed->digest, sizeof sealed->digest},
                                .pieces = (int64_t)sealed->count,
                                .at = r->now,
                                .by = r->who->account}));
    for (size_t i = 0; i < sealed->count; i++)
        TRY(file_piece_add(
            r->db,
            &(struct file_piece_add_in){
                .org = r->org, .case_id = r->case_id, .file = id, .number = (int64_t)i, .content = sealed->pieces[i]}));
    return OK;
}

enum err file_store_as_sent(struct req *r, enum case_part part, int64_t owner, struct bytes content, const char **name)
{
    struct file_sealed *sealed;
    struct preparing preparing = {.arena = room_for(content.len), .content = content, .kind = upload_kind_of(content)};
    enum upload_sort sort = upload_type(preparing.kind)->sort;
    preparing.shown = sort == UPLOAD_PICTURE && arena_try(preparing.arena, clean_step, &preparing) == OK;
    if (sort == UPLOAD_NOTHING)
        preparing.kind = UPLOAD_OTHER;
    enum err result = seal_file(&preparing, &sealed);
    if (result == OK)
        result = file_store(r, part, owner, sealed, name);
    arena_free(preparing.arena);
    return result;
}

/* ---- and out ---- */

struct reading {
    struct req *r;
    struct arena *arena; /* of one piece */
    struct file_piece_one_in in;
    struct seal_key key;
    struct bytes plain;
};

static enum err piece_step(void *data)
{
    struct reading *reading = data;
    struct file_piece_one_row row;
    TRY(file_piece_one(reading->r->db, reading->arena, &reading->in, &row));
    return seal_open_bytes(reading->arena, &reading->key, piece_place(reading->in.number), row.content,
                           &reading->plain);
}

static enum err open_pieces(struct reading *reading, uint8_t *out, size_t size)
{
    size_t filled = 0;
    for (int64_t number = 0; filled < size; number++) {
        reading->in.number = number;
        TRY(arena_try(reading->arena, piece_step, reading));
        size_t expected = size - filled < PIECE ? size - filled : PIECE;
        if (reading->plain.len != expected)
            return ERR_BROKEN;
        memcpy(out + filled, reading->plain.ptr, expected);
        filled += expected;
        arena_reset(reading->arena);
    }
    return OK;
}

static enum err open_file(struct req *r, int64_t id, const struct about *about, struct bytes *out)
{
    struct reading reading = {.r = r,
                              .arena = arena_new(PIECE_ROOM),
                              .in = {.org = r->org, .case_id = r->case_id, .file = id},
                              .key = about->key};
    arena_defer(r->arena, arena_close, reading.arena);
    uint8_t *plain = arena_room(r->arena, (size_t)about->size + 1);
    enum err result = open_pieces(&reading, plain, (size_t)about->size);
    seal_wipe(&reading.key, sizeof reading.key);
    *out = (struct bytes){plain, (size_t)about->size};
    return result == ERR_NOT_FOUND ? err_note(ERR_BROKEN, "a piece of a file is missing") : result;
}

enum err file_send(struct req *r, enum case_part part, int64_t owner, int64_t id)
{
    struct file_row_one_row row;
    struct bytes plain;
    struct bytes content;
    struct about about;
    TRY(file_row_one(r->db, r->arena,
                     &(struct file_row_one_in){.org = r->org, .case_id = r->case_id, .owner = owner, .id = id}, &row));
    TRY(case_open_bytes(r, part, file_place("about", id), row.about, &plain));
    if (!about_read(plain, &about) || (about.size + PIECE - 1) / PIECE != row.pieces)
        return ERR_BROKEN;
    const struct upload_type *type = upload_type(about.kind);
    bool shown = about.shown;
    enum err opened = open_file(r, id, &about, &content);
    seal_wipe(&about, sizeof about);
    TRY(opened);
    r->looked = "file.read";
    r->looked_at = id;
    return req_send_file(r, type->type, content, arena_format(r->arena, "file.%s", type->ending), shown);
}

/* ---- what is no longer named ---- */

static bool is_named(int64_t id, const char *const *names, size_t count)
{
    struct file_name read;
    for (size_t i = 0; i < count; i++)
        if (file_name_read(names[i], &read) && read.id == id)
            return true;
    return false;
}

enum err file_keep_only(struct req *r, int64_t owner, const char *const *names, size_t count)
{
    struct file_row_of_owner_row *rows;
    size_t row_count;
    size_t changed = 0;
    TRY(file_row_of_owner(r->db, r->arena,
                          &(struct file_row_of_owner_in){.org = r->org, .case_id = r->case_id, .owner = owner}, &rows,
                          &row_count));
    for (size_t i = 0; i < row_count; i++) {
        if (is_named(rows[i].id, names, count))
            continue;
        TRY(file_piece_remove(
            r->db, &(struct file_piece_remove_in){.org = r->org, .case_id = r->case_id, .file = rows[i].id}, &changed));
        TRY(file_row_remove(r->db, &(struct file_row_remove_in){.org = r->org, .case_id = r->case_id, .id = rows[i].id},
                            &changed));
    }
    return OK;
}

/* ---- ausma verify ---- */

struct verifying {
    struct db *db;
    struct arena *arena; /* of one piece */
    struct file_piece_one_in in;
    struct bytes content;
};

static enum err verify_piece(void *data)
{
    struct verifying *verifying = data;
    struct file_piece_one_row row;
    TRY(file_piece_one(verifying->db, verifying->arena, &verifying->in, &row));
    verifying->content = row.content;
    return OK;
}

static enum err verify_one(struct verifying *verifying, const struct file_row_after_row *row)
{
    uint8_t digest[SEAL_HASH_SIZE] = {0};
    enum err found = OK;
    if (row->digest.len == 0) /* erased */
        return OK;
    for (int64_t number = 0; found == OK && number < row->pieces; number++) {
        verifying->in = (struct file_piece_one_in){row->org, row->case_id, row->id, number};
        found = arena_try(verifying->arena, verify_piece, verifying);
        if (found == OK)
            digest_add(digest, verifying->content);
        arena_reset(verifying->arena);
    }
    if (found != OK && found != ERR_NOT_FOUND)
        return found;
    bool same = row->digest.len == sizeof digest && seal_same(row->digest.ptr, digest, sizeof digest);
    return same ? OK : err_note(ERR_BROKEN, "file %lld is not what was stored", (long long)row->id);
}

enum err file_verify(struct db *db, struct arena *arena, size_t *count)
{
    enum { AT_ONCE = 500 };
    struct verifying verifying = {.db = db, .arena = arena_new(PIECE_ROOM)};
    struct file_row_after_in in = {.limit = AT_ONCE};
    struct file_row_after_row *rows;
    size_t row_count = AT_ONCE;
    enum err result = OK;
    *count = 0;
    while (result == OK && row_count == AT_ONCE) {
        result = file_row_after(db, arena, &in, &rows, &row_count);
        for (size_t i = 0; result == OK && i < row_count; i++) {
            result = verify_one(&verifying, &rows[i]);
            in.after = rows[i].id;
            ++*count;
        }
    }
    arena_free(verifying.arena);
    return result;
}
