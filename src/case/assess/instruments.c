#include "case/assess/views.h"

#include "base/id.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>

/* A parsed form may need far more room than its workbook; it is shared by all who use it. */
enum { FORM_ARENA = 64 << 20, CACHE_SIZE = 32 };

/* ---- the cache: forms never change, so a version is read once ---- */

struct cached {
    int64_t version_id; /* 0: free, or read for one request alone */
    struct arena *arena;
    struct assess_reading read;
    unsigned users;
    uint64_t used; /* when last, by the counter below */
};

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct cached cache[CACHE_SIZE];
static uint64_t cache_clock;

static void cache_release(void *handle)
{
    struct cached *entry = handle;
    (void)pthread_mutex_lock(&cache_lock);
    entry->users--;
    (void)pthread_mutex_unlock(&cache_lock);
}

static void arena_close(void *handle)
{
    arena_free(handle);
}

/* Called with the lock. */
static struct assess_reading cache_use(struct cached *entry, struct arena *arena)
{
    entry->users++;
    entry->used = ++cache_clock;
    arena_defer(arena, cache_release, entry);
    return entry->read;
}

static struct assess_reading cache_find(struct arena *arena, int64_t version_id)
{
    struct assess_reading read = {0};
    (void)pthread_mutex_lock(&cache_lock);
    for (size_t i = 0; i < CACHE_SIZE && read.form == NULL; i++) {
        if (cache[i].version_id == version_id)
            read = cache_use(&cache[i], arena);
    }
    (void)pthread_mutex_unlock(&cache_lock);
    return read;
}

/* Keeps a form that was just read, in place of the one that nobody has used for longest. When all are in use it belongs to this
 * request alone. */
static void cache_keep(struct arena *arena, int64_t version_id, struct arena *form_arena, struct assess_reading read)
{
    struct cached *place = NULL;
    struct arena *old = form_arena;
    (void)pthread_mutex_lock(&cache_lock);
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        if (cache[i].users == 0 && (place == NULL || cache[i].used < place->used))
            place = &cache[i];
    }
    if (place != NULL) {
        old = place->arena;
        *place = (struct cached){.version_id = version_id, .arena = form_arena, .read = read};
        (void)cache_use(place, arena);
    }
    (void)pthread_mutex_unlock(&cache_lock);
    if (place == NULL)
        arena_defer(arena, arena_close, form_arena);
    else if (old != NULL)
        arena_free(old);
}

/* ---- reading ---- */

/* A refused workbook has at least one error, but warnings may come first. */
static const struct form_problem *first_error(const struct form_problem *problems, size_t count)
{
    size_t at = 0;
    while (at + 1 < count && problems[at].warning)
        at++;
    return &problems[at];
}

struct reading {
    struct arena *arena;
    struct bytes workbook;
    const struct form *form;
    const struct form_problem *problems;
    size_t count;
};

static enum err read_workbook(void *data)
{
    struct reading *reading = data;
    return form_read(reading->arena, reading->workbook, NULL, &reading->form, &reading->problems, &reading->count);
}

enum err assess_form_read(struct arena *arena, struct bytes workbook, const struct form **out,
                          const struct form_problem **problems, size_t *count)
{
    static const struct form_problem too_large = {
        .code = FORM_TOO_LARGE, .sheet = "", .column = "", .heading = "", .detail = ""};
    struct arena *own = arena_new(FORM_ARENA);
    struct reading reading = {.arena = own, .workbook = workbook};
    arena_defer(arena, arena_close, own);
    enum err result = arena_try(own, read_workbook, &reading);
    *problems = result == ERR_LIMIT ? &too_large : reading.problems;
    *count = result == ERR_LIMIT ? 1 : reading.count;
    *out = reading.form;
    return result == ERR_LIMIT ? ERR_INPUT : result;
}

enum err assess_version_read(struct db *db, struct arena *arena, int64_t org, int64_t version_id,
                             struct assess_reading *out)
{
    struct assess_version_workbook_row row;
    *out = cache_find(arena, version_id);
    if (out->form != NULL)
        return OK;
    TRY(assess_version_workbook(db, arena, &(struct assess_version_workbook_in){.org = org, .id = version_id}, &row));
    struct arena *own = arena_new(FORM_ARENA);
    struct reading reading = {.arena = own, .workbook = row.workbook};
    enum err result = arena_try(own, read_workbook, &reading);
    if (result != OK) {
        arena_free(own);
        return err_note(ERR_BROKEN, "the workbook of an instrument cannot be read any more");
    }
    *out = (struct assess_reading){reading.form, reading.problems, reading.count};
    cache_keep(arena, version_id, own, *out);
    return OK;
}

enum err assess_form(struct db *db, struct arena *arena, int64_t org, int64_t version_id, const struct form **out)
{
    struct assess_reading read;
    TRY(assess_version_read(db, arena, org, version_id, &read));
    *out = read.form;
    return OK;
}

/* ---- for whoever fills them in elsewhere ---- */

enum err assess_instruments_in_use(struct db *db, struct arena *arena, int64_t org, struct assess_instrument **out,
                                   size_t *count)
{
    struct assess_version_in_use_list_row *rows;
    size_t row_count;
    TRY(assess_version_in_use_list(db, arena, &(struct assess_version_in_use_list_in){.org = org}, &rows, &row_count));
    struct assess_instrument *list = ARENA_ARRAY(arena, struct assess_instrument, row_count);
    for (size_t i = 0; i < row_count; i++) {
        list[i] = (struct assess_instrument){rows[i].id, rows[i].form_id, rows[i].version, rows[i].title, NULL};
        TRY(assess_form(db, arena, org, rows[i].id, &list[i].form));
    }
    *out = list;
    *count = row_count;
    return OK;
}

enum err assess_instrument_one(struct db *db, struct arena *arena, int64_t org, int64_t id,
                               struct assess_instrument *out)
{
    struct assess_version_one_row row;
    struct assess_instrument one = {.id = id};
    TRY(assess_version_one(db, arena, &(struct assess_version_one_in){.org = org, .id = id}, &row));
    TRY(assess_form(db, arena, org, id, &one.form));
    one.form_id = row.form_id;
    one.version = row.version;
    one.title = row.title;
    *out = one;
    return OK;
}

enum err assess_instrument_named(struct db *db, struct arena *arena, int64_t org, const char *form_id,
                                 const char *version, struct assess_instrument *out)
{
    struct assess_version_find_row found;
    TRY(assess_version_find(
        db, arena, &(struct assess_version_find_in){.org = org, .form_id = form_id, .version = version}, &found));
    return assess_instrument_one(db, arena, org, found.id, out);
}

struct converting {
    struct arena *arena;
    struct bytes workbook, xml;
};

static enum err convert(void *data)
{
    struct converting *converting = data;
    const struct form_problem *problems;
    size_t count;
    return form_convert(converting->arena, converting->workbook, NULL, &converting->xml, &problems, &count);
}

enum err assess_instrument_xform(struct db *db, struct arena *arena, int64_t org, int64_t id, struct bytes *out)
{
    struct assess_version_workbook_row row;
    TRY(assess_version_workbook(db, arena, &(struct assess_version_workbook_in){.org = org, .id = id}, &row));
    struct converting converting = {.arena = arena_new(FORM_ARENA), .workbook = row.workbook};
    enum err result = arena_try(converting.arena, convert, &converting);
    if (result == OK)
        *out = arena_bytes(arena, converting.xml.ptr, converting.xml.len);
    arena_free(converting.arena);
    return result == OK ? OK : err_note(ERR_BROKEN, "an instrument cannot be made an XForm");
}

/* ---- the pack's instruments ---- */

static enum err read_file(struct arena *arena, const char *path, struct bytes *out)
{
    enum { WORKBOOK_MAX = 12 << 20 };
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return err_note(ERR_IO, "cannot open %s", path);
    uint8_t *room = arena_alloc(arena, WORKBOOK_MAX);
    size_t len = fread(room, 1, WORKBOOK_MAX, file);
    bool whole = ferror(file) == 0 && len < WORKBOOK_MAX;
    (void)fclose(file);
    if (!whole)
        return err_note(ERR_IO, "cannot read %s", path);
    *out = (struct bytes){room, len};
    return OK;
}

static enum err load_one(struct db *db, struct arena *arena, int64_t org, const char *path, int64_t now)
{
    struct bytes workbook;
    const struct form *form;
    const struct form_problem *problems;
    size_t count;
    struct assess_version_find_row found;
    TRY(read_file(arena, path, &workbook));
    enum err read = assess_form_read(arena, workbook, &form, &problems, &count);
    if (read == ERR_INPUT)
        return err_note(ERR_INPUT, "%s: %s", path, form_problem_text(arena, first_error(problems, count)));
    TRY(read);
    enum err there = assess_version_find(
        db, arena,
        &(struct assess_version_find_in){.org = org, .form_id = form_id(form), .version = form_version(form)}, &found);
    if (there != ERR_NOT_FOUND)
        return there;
    TRY(assess_version_retire(db, &(struct assess_version_retire_in){.org = org, .form_id = form_id(form)}));
    return assess_version_add(db, &(struct assess_version_add_in){.org = org,
                                                                  .id = id_new(),
                                                                  .form_id = form_id(form),
                                                                  .version = form_version(form),
                                                                  .title = form_title(form),
                                                                  .workbook = workbook,
                                                                  .status = "in_use",
                                                                  .uploaded_at = now});
}

static bool is_workbook(const char *name)
{
    size_t len = strlen(name);
    return name[0] != '.' && len > 5 && text_same(name + len - 5, ".xlsx");
}

enum err assess_instruments_load(struct db *db, struct arena *arena, int64_t org, const char *folder, int64_t now)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return err_note(ERR_IO, "cannot read the folder %s", folder);
    enum err result = OK;
    for (int i = 0; i < count; i++) {
        /* Each workbook has an arena of its own: they are read once and may be large. */
        struct arena *own = arena_new(FORM_ARENA);
        if (result == OK && is_workbook(entries[i]->d_name))
            result = load_one(db, own, org, arena_format(arena, "%s/%s", folder, entries[i]->d_name), now);
        arena_free(own);
        free(entries[i]);
    }
    free(entries);
    return result;
}
