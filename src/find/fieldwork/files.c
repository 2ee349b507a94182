/* Files that came with a submission. They are kept as they were sent, for they are proof; what is handed out and what goes into a case is
 * a picture without what it says about its making, or the file as it is when that cannot be taken out. */
#include "base/id.h"
#include "base/text.h"
#include "case/file/file.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"

/* ---- one file, opened ---- */

struct opening {
    struct req *r;
    struct arena *arena;
    const struct submission *submission;
    int64_t id;
    struct bytes plain;
};

static enum err open_step(void *data)
{
    struct opening *opening = data;
    struct req *r = opening->r;
    struct fieldwork_file_one_row row;
    struct seal_key key;
    TRY(fieldwork_file_one(
        r->db, opening->arena,
        &(struct fieldwork_file_one_in){.org = r->org, .submission = opening->submission->id, .id = opening->id},
        &row));
    TRY(session_open_key(opening->arena, r->who, opening->submission->team, row.sealed_key, &key));
    enum err opened = seal_open_bytes(opening->arena, &key, fieldwork_file_place("content", opening->id), row.content,
                                      &opening->plain);
    seal_wipe(&key, sizeof key);
    return opened;
}

/* ---- handing out ---- */

static void arena_close(void *arena)
{
    arena_free(arena);
}

/* In room of its own, beside what the answer needs. */
static enum err path_file(struct req *r, struct opening *opening)
{
    enum { ROOM = 32 << 20 }; /* a submission has at most 8 MiB (client.c) */
    *opening = (struct opening){.r = r, .arena = arena_new(ROOM), .submission = submission_of(r)};
    arena_defer(r->arena, arena_close, opening->arena);
    if (!id_parse(r->params[1], &opening->id))
        return ERR_NOT_FOUND;
    TRY(arena_try(opening->arena, open_step, opening));
    r->looked = "file.read";
    r->looked_at = opening->id;
    return OK;
}

/* Its kind by what is in it, whatever the telephone said; never shown inside a page. */
enum err fieldwork_file_show(struct req *r)
{
    struct opening opening;
    TRY(path_file(r, &opening));
    enum upload_kind kind = upload_kind_of(opening.plain);
    struct bytes out = opening.plain;
    enum err cleaned = upload_clean(r->arena, kind, opening.plain, &out);
    bool known = cleaned == OK || (cleaned == ERR_INPUT && upload_type(kind)->sort != UPLOAD_NOTHING);
    const struct upload_type *type = upload_type(known ? kind : UPLOAD_OTHER);
    return req_send_file(r, type->type, out, arena_format(r->arena, "file.%s", type->ending), false);
}

enum err fieldwork_file_sent_show(struct req *r)
{
    struct opening opening;
    TRY(path_file(r, &opening));
    return req_send_file(r, "application/octet-stream", opening.plain, "file.bin", false);
}

/* ---- into a case ---- */

static bool is_file(const struct form_item *item)
{
    enum form_type type = item->node->type;
    return type == FORM_IMAGE || type == FORM_AUDIO || type == FORM_VIDEO || type == FORM_FILE;
}

struct sent_file {
    int64_t id, size;
    const char *name;
};

static enum err files_named(struct req *r, const struct submission *submission, struct sent_file **out, size_t *count)
{
    struct fieldwork_file_names_row *rows;
    TRY(fieldwork_file_names(
        r->db, r->arena, &(struct fieldwork_file_names_in){.org = r->org, .submission = submission->id}, &rows, count));
    struct sent_file *files = ARENA_ARRAY(r->arena, struct sent_file, *count);
    for (size_t i = 0; i < *count; i++) {
        struct seal_key key;
        TRY(session_open_key(r->arena, r->who, submission->team, rows[i].sealed_key, &key));
        files[i] = (struct sent_file){.id = rows[i].id, .size = rows[i].size};
        enum err opened = seal_open_text(r->arena, &key, fieldwork_file_place("name", rows[i].id), rows[i].name,
                                         &files[i].name);
        seal_wipe(&key, sizeof key);
        TRY(opened);
    }
    *out = files;
    return OK;
}

/* One file at a time, each in room of its own: a request has no room for all of a long day's photographs. */
static enum err take_one(struct req *r, const struct submission *submission, const struct sent_file *file,
                         int64_t assessment, const char **name)
{
    enum { BESIDES = 1 << 20 };
    struct arena *arena = arena_new(3 * (size_t)file->size + BESIDES);
    struct opening opening = {.r = r, .arena = arena, .submission = submission, .id = file->id};
    enum err result = arena_try(arena, open_step, &opening);
    if (result == OK)
        result = file_store_as_sent(r, r->part, assessment, opening.plain, name);
    arena_free(arena);
    return result;
}

static const struct sent_file *file_called(const struct sent_file *files, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(files[i].name, name))
            return &files[i];
    return NULL;
}

enum err fieldwork_files_take(struct req *r, const struct submission *submission, int64_t assessment)
{
    struct sent_file *files;
    size_t count;
    TRY(files_named(r, submission, &files, &count));
    const struct form_item *root = form_fill_root(submission->fill);
    for (const struct form_item *at = root; at != NULL; at = form_item_after(at)) {
        struct file_name stored;
        const char *sent = is_file(at) ? form_item_raw(at) : "";
        const struct sent_file *file = text_empty(sent) ? NULL : file_called(files, count, sent);
        const char *name = "";
        if (file != NULL)
            TRY(take_one(r, submission, file, assessment, &name));
        /* What is no file that came stays as words, unless it claims to be one that is stored. */
        if (file != NULL || file_name_read(sent, &stored))
            TRY(form_fill_set(submission->fill, at->path, name));
    }
    return form_fill_evaluate(submission->fill);
}

/* ---- when a case is erased ---- */

enum err fieldwork_erase(struct db *db, int64_t org, int64_t case_id)
{
    static const uint8_t nothing[1] = {0};
    size_t changed = 0;
    return fieldwork_file_erase(
        db, &(struct fieldwork_file_erase_in){.org = org, .case_id = case_id, .nothing = {nothing, 0}}, &changed);
}
