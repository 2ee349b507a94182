/* The bundle for a court: the record as paper and as data, and the proof, in one zip (docs/PROOF.md gives the formats). */
#include "steer/proof/views.h"

#include "base/buf.h"
#include "base/text.h"
#include "platform/audit/queries.h"
#include "platform/gate/app.h"
#include "platform/seal/text.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>
#include <zip.h>

/* ---- gathering ---- */

struct gathering {
    struct req *r;
    struct bundle *bundle;
    int64_t number; /* of the checkpoint: nothing behind it */
    size_t link_room, image_room;
};

/* Room for one more item of an array in the arena. */
static void *roomy(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room == 0 ? 256 : *room * 2;
    void *larger = arena_array(arena, more, size);
    if (count > 0)
        memcpy(larger, items, count * size);
    *room = more;
    return larger;
}

static enum err take_link(void *data, const struct audit_case_chain_row *row)
{
    struct gathering *gathering = data;
    struct bundle *bundle = gathering->bundle;
    struct arena *arena = gathering->r->arena;
    if (row->number > gathering->number)
        return OK;
    bundle->links = roomy(arena, bundle->links, bundle->link_count, &gathering->link_room, sizeof *bundle->links);
    bundle->links[bundle->link_count++] = (struct link){.number = row->number,
                                                        .case_number = row->case_number,
                                                        .at = row->at,
                                                        .account = maybe_or_zero(row->account),
                                                        .subject = maybe_or_zero(row->subject),
                                                        .act = arena_text(arena, row->act),
                                                        .changes = arena_text(arena, row->changes)};
    return OK;
}

static enum err take_image(void *data, const struct audit_image_until_row *row)
{
    struct gathering *gathering = data;
    struct bundle *bundle = gathering->bundle;
    struct arena *arena = gathering->r->arena;
    if (row->image.ptr == NULL)
        return OK;
    bundle->images = roomy(arena, bundle->images, bundle->image_count, &gathering->image_room, sizeof *bundle->images);
    bundle->images[bundle->image_count++] = arena_bytes(arena, row->image.ptr, row->image.len);
    return OK;
}

/* The same for a checkpoint that somebody outside keeps: the last link that it covers, and the way to its root. */
static enum err gather_outside(struct req *r, int64_t number, struct bundle *bundle)
{
    const struct link *last = NULL;
    TRY(audit_checkpoint_find(r->db, r->arena, r->org, number, &bundle->outside));
    if (bundle->outside.number != number)
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < bundle->link_count && bundle->links[i].number <= number; i++)
        last = &bundle->links[i];
    if (last == NULL) {
        bundle->outside.number = 0; /* the case began behind it */
        return OK;
    }
    bundle->outside_link = last->case_number;
    return audit_path(r->db, r->arena, &bundle->outside, last->number, &bundle->outside_path, &bundle->outside_count);
}

enum err bundle_gather(struct req *r, int64_t number, int64_t outside, struct bundle *out)
{
    struct gathering gathering = {.r = r, .bundle = out, .number = number};
    *out = (struct bundle){0};
    TRY(audit_checkpoint_find(r->db, r->arena, r->org, number, &out->checkpoint));
    if (out->checkpoint.number != number)
        return ERR_NOT_FOUND;
    /* The moment behind the checkpoint's last entry: entries of the same moment that came later are no part of it. */
    int64_t before = out->checkpoint.at + 1;
    TRY(account_colleagues(r->db, r->arena, r->who, &out->people, &out->people_count));
    TRY(audit_case_chain(r->db, r->arena, &(struct audit_case_chain_in){.org = r->org, .case_id = r->case_id},
                         take_link, &gathering));
    if (out->link_count == 0)
        return ERR_NOT_FOUND;
    TRY(audit_image_until(
        r->db, r->arena,
        &(struct audit_image_until_in){.org = r->org, .case_id = r->case_id, .before = before, .most = number},
        take_image, &gathering));
    TRY(proof_opened(r, before, number, &out->opened));
    if (outside != 0)
        TRY(gather_outside(r, outside, out));
    return audit_path(r->db, r->arena, &out->checkpoint, out->links[out->link_count - 1].number, &out->path,
                      &out->path_count);
}

/* ---- as data ---- */

static char *digest_hex(struct arena *arena, struct bytes bytes)
{
    uint8_t digest[AUDIT_HASH_SIZE];
    audit_hash(bytes.ptr, bytes.len, digest);
    return seal_hex(arena, digest, sizeof digest);
}

/* ---- what lies outside the arena ----
 * The arena may be full at any step, and whoever asked for room in it does not come back: what another library made is given to it
 * before that, and goes with it. */

struct held {
    json_t *json;
    char *text;
    zip_source_t *zip;
};

static void held_drop(void *handle)
{
    struct held *held = handle;
    json_free_t free_text;
    json_get_alloc_funcs(NULL, &free_text);
    json_decref(held->json);
    if (held->text != NULL)
        seal_wipe(held->text, strlen(held->text));
    free_text(held->text);
    zip_source_free(held->zip);
}

static struct held *held_new(struct arena *arena)
{
    struct held *held = ARENA_NEW(arena, struct held);
    arena_defer(arena, held_drop, held);
    return held;
}

static json_t *array_new(struct arena *arena)
{
    struct held *held = held_new(arena);
    return held->json = json_array();
}

static json_t *object_new(struct arena *arena)
{
    struct held *held = held_new(arena);
    return held->json = json_object();
}

/* Ids are text, because programs that read JSON as floating point would round them; NULL: none. */
static const char *id_or_none(struct arena *arena, int64_t id)
{
    return id == 0 ? NULL : arena_format(arena, "%lld", (long long)id);
}

static json_t *links_json(struct arena *arena, const struct bundle *bundle)
{
    json_t *list = array_new(arena);
    for (size_t i = 0; i < bundle->link_count; i++) {
        const struct link *link = &bundle->links[i];
        const char *account = id_or_none(arena, link->account);
        const char *subject = id_or_none(arena, link->subject);
        (void)json_array_append_new(
            list, json_pack("{s:I, s:I, s:I, s:s?, s:s, s:s?, s:s}", "number", (json_int_t)link->number, "case_number",
                            (json_int_t)link->case_number, "at", (json_int_t)link->at, "account", account, "act",
                            link->act, "subject", subject, "changes", link->changes));
    }
    return list;
}

static json_t *images_json(struct arena *arena, const struct bundle *bundle)
{
    json_t *map = object_new(arena);
    for (size_t i = 0; i < bundle->image_count; i++) {
        struct bytes image = bundle->images[i];
        const char *digest = digest_hex(arena, image);
        const char *text = seal_base64(arena, image.ptr, image.len);
        (void)json_object_set_new(map, digest, json_string(text));
    }
    return map;
}

static json_t *path_json(struct arena *arena, const struct audit_step *steps, size_t count)
{
    json_t *path = array_new(arena);
    for (size_t i = 0; i < count; i++) {
        const char *hash = seal_hex(arena, steps[i].hash, AUDIT_HASH_SIZE);
        (void)json_array_append_new(path, json_pack("[s, s]", steps[i].left ? "left" : "right", hash));
    }
    return path;
}

/* NULL: there is none. */
static json_t *outside_json(struct arena *arena, const struct bundle *bundle)
{
    if (bundle->outside.number == 0)
        return NULL;
    struct held *held = held_new(arena);
    const char *checkpoint = audit_checkpoint_text(arena, &bundle->outside);
    json_t *path = path_json(arena, bundle->outside_path, bundle->outside_count);
    return held->json = json_pack("{s:s, s:I, s:O}", "checkpoint", checkpoint, "case_number",
                                  (json_int_t)bundle->outside_link, "path", path);
}

static json_t *proof_json(struct req *r, const struct bundle *bundle)
{
    struct held *held = held_new(r->arena);
    const char *org = id_or_none(r->arena, r->org);
    const char *of_case = id_or_none(r->arena, r->case_id);
    const char *checkpoint = audit_checkpoint_text(r->arena, &bundle->checkpoint);
    json_t *path = path_json(r->arena, bundle->path, bundle->path_count);
    json_t *outside = outside_json(r->arena, bundle);
    json_t *entries = links_json(r->arena, bundle);
    json_t *images = images_json(r->arena, bundle);
    return held->json = json_pack("{s:s, s:s?, s:s?, s:s, s:O, s:O?, s:O, s:O}", "format", "ausma bundle 1", "org", org,
                                  "case", of_case, "checkpoint", checkpoint, "path", path, "outside", outside,
                                  "entries", entries, "images", images);
}

/* What the image holds in the clear, told in words or not: somebody can compare all of it with the image. Text, as ids are. */
static json_t *facts_json(struct arena *arena, const struct image *image)
{
    json_t *facts = object_new(arena);
    for (size_t i = 0; i < image->count; i++) {
        const struct image_column *column = &image->columns[i];
        if (column->value.kind == VALUE_BYTES)
            continue;
        const char *fact = fact_text(arena, &column->value);
        (void)json_object_set_new(facts, column->name, json_string(fact));
    }
    return facts;
}

static json_t *row_json(struct req *r, const struct opened_row *row)
{
    const char *digest = digest_hex(r->arena, row->image);
    json_t *facts = facts_json(r->arena, &row->columns);
    json_t *fields = object_new(r->arena);
    json_t *words = object_new(r->arena);
    for (size_t i = 0; i < row->field_count; i++) {
        (void)json_object_set_new(fields, row->fields[i].column->name, json_string(row->fields[i].value));
        (void)json_object_set_new(words, row->fields[i].column->name,
                                  json_string(word(r->language, row->fields[i].column->label)));
    }
    return json_pack("{s:s, s:s, s:I, s:I, s:s, s:O, s:O, s:O}", "table", row->table->name, "key", row->key, "entry",
                     (json_int_t)row->number, "written_at", (json_int_t)row->at, "digest", digest, "facts", facts,
                     "fields", fields, "labels", words);
}

static json_t *record_json(struct req *r, const struct bundle *bundle)
{
    struct held *held = held_new(r->arena);
    json_t *rows = array_new(r->arena);
    json_t *people = object_new(r->arena);
    for (size_t g = 0; g < bundle->opened.count; g++) {
        for (size_t i = 0; i < bundle->opened.groups[g].count; i++)
            (void)json_array_append_new(rows, row_json(r, &bundle->opened.groups[g].rows[i]));
    }
    for (size_t i = 0; i < bundle->people_count; i++) {
        const char *id = arena_format(r->arena, "%lld", (long long)bundle->people[i].id);
        (void)json_object_set_new(people, id, json_string(bundle->people[i].name));
    }
    return held->json = json_pack("{s:s, s:s, s:s, s:I, s:I, s:O, s:O}", "format", "ausma record 1", "reference",
                                  case_of(r)->reference, "language", language_code(r->language), "at",
                                  (json_int_t)bundle->checkpoint.at, "without_image", (json_int_t)bundle->opened.unkept,
                                  "people", people, "rows", rows);
}

static enum err text_json(struct arena *arena, const json_t *json, struct bytes *out)
{
    struct held *held = held_new(arena);
    held->text = json == NULL ? NULL : json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (held->text == NULL)
        return err_note(ERR_LIMIT, "bundle: the data could not be written");
    *out = (struct bytes){(const uint8_t *)held->text, strlen(held->text)};
    return OK;
}

/* ---- all in one ---- */

struct part {
    const char *name;
    struct bytes bytes;
};

/* Each file's digest, signed: also what was opened for this bundle is then the installation's word. */
static enum err manifest(struct req *r, const struct part *parts, size_t count, struct bytes *out)
{
    const struct audit_signer *signer = r->app->signer;
    uint8_t signature[AUDIT_SIGNATURE_SIZE];
    struct buf text;
    buf_init(&text, r->arena, 1024);
    buf_text(&text, "ausma manifest 1\n");
    for (size_t i = 0; i < count; i++)
        buf_format(&text, "%s %s\n", parts[i].name, digest_hex(r->arena, parts[i].bytes));
    if (crypto_sign_detached(signature, NULL, (const uint8_t *)text.ptr, text.len, signer->secret) != 0)
        return ERR_BROKEN;
    buf_format(&text, "%s\n%s\n", seal_hex(r->arena, signer->public_half, sizeof signer->public_half),
               seal_hex(r->arena, signature, sizeof signature));
    *out = (struct bytes){(const uint8_t *)text.ptr, text.len};
    return OK;
}

/* libzip reads the parts when it closes; they live in the arena. */
static enum err zip_parts(struct arena *arena, const struct part *parts, size_t count, struct bytes *out)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_error_init(&error);
    struct held *held = held_new(arena);
    zip_source_t *whole = held->zip = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = whole == NULL ? NULL : zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    if (zip == NULL)
        return err_note(ERR_LIMIT, "bundle: no zip");
    zip_source_keep(whole);
    bool fine = true;
    for (size_t i = 0; fine && i < count; i++) {
        zip_source_t *part = zip_source_buffer(zip, parts[i].bytes.ptr, parts[i].bytes.len, 0);
        fine = part != NULL && zip_file_add(zip, parts[i].name, part, ZIP_FL_ENC_UTF_8) >= 0;
        if (!fine)
            zip_source_free(part);
    }
    if (!fine || zip_close(zip) != 0) {
        zip_discard(zip);
        return err_note(ERR_LIMIT, "bundle: the zip could not be written");
    }
    fine = zip_source_stat(whole, &stat) == 0;
    uint8_t *bytes = fine ? arena_room(arena, (size_t)stat.size + 1) : NULL;
    fine = fine && zip_source_open(whole) == 0 && zip_source_read(whole, bytes, stat.size) == (zip_int64_t)stat.size &&
           zip_source_close(whole) == 0;
    if (!fine)
        return err_note(ERR_LIMIT, "bundle: the zip could not be read");
    *out = (struct bytes){bytes, (size_t)stat.size};
    return OK;
}

enum err bundle_zip(struct req *r, const struct bundle *bundle, struct bytes *out)
{
    enum { PAPER, RECORD, PROOF, README, SIGNED, PARTS };
    struct part parts[PARTS] = {[PAPER] = {.name = "record.pdf"},
                                [RECORD] = {.name = "record.json"},
                                [PROOF] = {.name = "proof.json"},
                                [README] = {.name = "README.txt"},
                                [SIGNED] = {.name = "manifest.txt"}};
    const char *readme = word(r->language, W_proof_readme);
    parts[README].bytes = arena_bytes(r->arena, readme, strlen(readme));
    TRY(text_json(r->arena, proof_json(r, bundle), &parts[PROOF].bytes));
    TRY(text_json(r->arena, record_json(r, bundle), &parts[RECORD].bytes));
    TRY(bundle_paper(r, bundle, digest_hex(r->arena, parts[PROOF].bytes), &parts[PAPER].bytes));
    TRY(manifest(r, parts, SIGNED, &parts[SIGNED].bytes));
    return zip_parts(r->arena, parts, PARTS, out);
}
