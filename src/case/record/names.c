/* Names of cases that an account was shown lately. Lists are looked at again and again, and each name costs two openings: those that were
 * opened are kept, sealed for the account, and the next page opens them all at once. No key is kept, and nothing that is open.
 * Whoever asks has looked first whether the account may see the case. A kept name counts only while the case's key and its name lie
 * as they did when it was opened, told by their last bytes (of the cipher's tags); so it is never out of date. */
#include "case/record/views.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 120, NAME_ROOM = 24, END_SIZE = 8, ACCOUNTS = 512, SEALED_MAX = 8192 + 64 };

struct known {
    int64_t case_id;
    uint8_t key_end[END_SIZE], name_end[END_SIZE];
    char name[NAME_ROOM]; /* a longer one is opened anew each time */
};

struct case_names {
    int64_t account;
    struct seal_key key;
    const struct known *kept; /* as the account was shown before this request */
    size_t kept_count;
    size_t next;          /* where to look first: a page asks in the order of the page before */
    bool seen[NAMES_MAX]; /* of `kept`: in this request too */
    struct known *fresh;  /* opened in this request; NULL: none yet */
    size_t fresh_count;
};

static struct place {
    int64_t account; /* 0: free */
    size_t len;
    uint8_t *sealed;
} places[ACCOUNTS];
static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;

static struct place *place_of(int64_t account)
{
    return &places[(uint64_t)account % ACCOUNTS];
}

static struct seal_place names_place(int64_t account)
{
    return (struct seal_place){.table = "memory", .column = "names", .row = account};
}

/* ---- at the end of a request ---- */

static void store(const struct case_names *names, struct bytes sealed)
{
    uint8_t *copy = malloc(sealed.len);
    if (copy == NULL)
        return;
    memcpy(copy, sealed.ptr, sealed.len);
    (void)pthread_mutex_lock(&places_lock);
    struct place *place = place_of(names->account);
    uint8_t *before = place->sealed;
    *place = (struct place){.account = names->account, .len = sealed.len, .sealed = copy};
    (void)pthread_mutex_unlock(&places_lock);
    free(before);
}

/* What this request opened, then what it used again, then the rest, as far as there is room. */
static size_t together(const struct case_names *names, struct known out[NAMES_MAX])
{
    size_t count = names->fresh_count;
    memcpy(out, names->fresh, count * sizeof *out);
    for (int seen = 1; seen >= 0; seen--)
        for (size_t i = 0; i < names->kept_count && count < NAMES_MAX; i++)
            if (names->seen[i] == (seen == 1))
                out[count++] = names->kept[i];
    return count;
}

struct ending {
    const struct case_names *names;
    struct arena *arena;
};

static enum err seal_together(void *data)
{
    struct ending *ending = data;
    struct known *all = ARENA_ARRAY(ending->arena, struct known, NAMES_MAX);
    size_t count = together(ending->names, all);
    store(ending->names, seal_bytes(ending->arena, &ending->names->key, names_place(ending->names->account),
                                    (struct bytes){(const uint8_t *)all, count * sizeof *all}));
    return OK;
}

static void names_end(void *handle)
{
    struct case_names *names = handle;
    if (names->fresh_count > 0) {
        struct ending ending = {names, arena_new((size_t)4 * SEALED_MAX)};
        enum err kept = arena_try(ending.arena, seal_together, &ending);
        (void)kept; /* without room the next page opens them anew */
        arena_free(ending.arena);
    }
    seal_wipe(&names->key, sizeof names->key);
}

/* ---- in a request ---- */

/* What is kept for the account; nothing when its keys are other ones by now. */
static void read_kept(struct arena *arena, struct case_names *names)
{
    uint8_t *sealed = arena_room(arena, SEALED_MAX);
    size_t len = 0;
    struct bytes plain;
    (void)pthread_mutex_lock(&places_lock);
    const struct place *place = place_of(names->account);
    if (place->account == names->account && place->len <= SEALED_MAX)
        memcpy(sealed, place->sealed, len = place->len);
    (void)pthread_mutex_unlock(&places_lock);
    if (len == 0 ||
        seal_open_bytes(arena, &names->key, names_place(names->account), (struct bytes){sealed, len}, &plain) != OK)
        return;
    names->kept_count = plain.len / sizeof(struct known);
    struct known *kept = ARENA_ARRAY(arena, struct known, names->kept_count); /* aligned */
    memcpy(kept, plain.ptr, names->kept_count * sizeof *kept);
    names->kept = kept;
}

static struct case_names *names_of(struct req *r)
{
    if (r->names == NULL) {
        struct case_names *names = ARENA_NEW(r->arena, struct case_names);
        names->account = r->who->account;
        seal_derive(&r->who->own.secret_half, "names shown lately", &names->key);
        arena_defer(r->arena, names_end, names);
        read_kept(r->arena, names);
        r->names = names;
    }
    return r->names;
}

static bool ends_with(struct bytes sealed, const uint8_t end[END_SIZE])
{
    return sealed.len >= END_SIZE && memcmp(sealed.ptr + sealed.len - END_SIZE, end, END_SIZE) == 0;
}

const char *names_known(struct req *r, const struct name_sealed *of)
{
    struct case_names *names = names_of(r);
    for (size_t i = 0; i < names->kept_count; i++) {
        size_t at = names->next + i < names->kept_count ? names->next + i : names->next + i - names->kept_count;
        const struct known *known = &names->kept[at];
        if (known->case_id != of->case_id || !ends_with(of->wrapped, known->key_end) ||
            !ends_with(of->pseudonym, known->name_end))
            continue;
        names->seen[at] = true;
        names->next = at + 1;
        return known->name;
    }
    return NULL;
}

void names_keep(struct req *r, const struct name_sealed *of, const char *name)
{
    struct case_names *names = names_of(r);
    size_t len = strlen(name);
    if (len >= NAME_ROOM || names->fresh_count == NAMES_MAX)
        return;
    if (names->fresh == NULL)
        names->fresh = ARENA_ARRAY(r->arena, struct known, NAMES_MAX);
    struct known *known = &names->fresh[names->fresh_count++];
    known->case_id = of->case_id;
    memcpy(known->key_end, of->wrapped.ptr + of->wrapped.len - END_SIZE, END_SIZE);
    memcpy(known->name_end, of->pseudonym.ptr + of->pseudonym.len - END_SIZE, END_SIZE);
    memcpy(known->name, name, len + 1);
}
