/* A submission that arrives: taken apart, judged, sealed and kept. Nothing in it is a reason to refuse it. */
#include "base/id.h"
#include "base/text.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"

#include <stdlib.h>
#include <string.h>

/* ---- its parts ---- */

static const char PART[] = "xml_submission_file";

static const char *fieldwork_file_name(const struct http_field *file)
{
    return text_empty(file->file_name) ? file->name : file->file_name;
}

/* Clients send the XML as a file of this name; one that sends nothing but XML is understood too. */
static enum err take_apart(struct req *r, struct arriving *arriving)
{
    const struct http_request *http = r->http;
    const struct http_field **files = ARENA_ARRAY(r->arena, const struct http_field *, http->body_count);
    arriving->files = files;
    arriving->xml = http->raw_body;
    for (size_t i = 0; i < http->body_count; i++) {
        const struct http_field *part = &http->body[i];
        if (text_same(part->name, PART) && arriving->xml.len == 0)
            arriving->xml = part->value;
        else if (part->file_name != NULL)
            files[arriving->file_count++] = part;
    }
    return arriving->xml.len == 0 ? ERR_INPUT : OK;
}

/* ---- which form it is of, and whether it keeps the form's rules ---- */

static bool is_file(const struct form_item *item)
{
    enum form_type type = item->node->type;
    return type == FORM_IMAGE || type == FORM_AUDIO || type == FORM_VIDEO || type == FORM_FILE;
}

static void note_files(struct req *r, struct arriving *arriving, const struct form_fill *fill)
{
    size_t count = 0;
    for (const struct form_item *at = form_fill_root(fill); at != NULL; at = form_item_after(at))
        count += is_file(at) && at->value[0] != '\0';
    const char **names = ARENA_ARRAY(r->arena, const char *, count);
    size_t filled = 0;
    for (const struct form_item *at = form_fill_root(fill); at != NULL; at = form_item_after(at))
        if (is_file(at) && at->value[0] != '\0')
            names[filled++] = arena_text(r->arena, at->value);
    arriving->named = names;
    arriving->named_count = count;
}

static enum err find_case(struct req *r, struct arriving *arriving, struct form_fill *fill)
{
    const struct form_fact *facts;
    size_t count = form_fill_facts(fill, &facts);
    const char *typed = "";
    uint8_t hash[SEAL_HASH_SIZE];
    struct fieldwork_code_find_row found;
    for (size_t i = 0; i < count; i++)
        if (text_same(facts[i].fact, "case.code"))
            typed = facts[i].value;
    const char *plain = fieldwork_code_plain(r->arena, typed);
    enum err result = ERR_NOT_FOUND;
    if (plain != NULL) {
        seal_hash(NULL, plain, strlen(plain), hash);
        result = fieldwork_code_find(
            r->db, r->arena,
            &(struct fieldwork_code_find_in){.org = r->org, .hash = {hash, sizeof hash}, .now = r->now}, &found);
    }
    if (result == ERR_NOT_FOUND) {
        arriving->flags |= FIELDWORK_UNKNOWN_CODE;
        return OK;
    }
    TRY(result);
    arriving->case_id = found.case_id;
    arriving->team = found.team;
    return OK;
}

static enum err judge_answers(struct req *r, struct arriving *arriving, const struct form *form)
{
    struct form_fill *fill = form_fill_new(r->arena, form, r->now, 0);
    enum err read = form_fill_read_xml(fill, arriving->xml);
    if (read == OK)
        read = form_fill_evaluate(fill);
    if (read == ERR_BROKEN || read == ERR_CONFLICT || read == ERR_LIMIT) {
        arriving->flags |= FIELDWORK_UNREADABLE;
        return OK;
    }
    TRY(read);
    arriving->flags |= form_fill_complete(fill) ? 0 : FIELDWORK_INVALID;
    note_files(r, arriving, fill);
    return text_same(arriving->destination, "assessment") ? find_case(r, arriving, fill) : OK;
}

static enum err judge_form(struct req *r, struct arriving *arriving)
{
    struct assess_instrument instrument;
    enum err found = assess_instrument_named(r->db, r->arena, r->org, arriving->meta.form_id, arriving->meta.version,
                                             &instrument);
    if (found == ERR_NOT_FOUND) {
        arriving->flags |= FIELDWORK_UNKNOWN_FORM;
        return OK;
    }
    TRY(found);
    arriving->version_id = instrument.id;
    if (form_destination(instrument.form)[0] != '\0')
        arriving->destination = form_destination(instrument.form);
    if (!arriving->meta.encrypted)
        return judge_answers(r, arriving, instrument.form);
    arriving->flags |= FIELDWORK_ENCRYPTED;
    return OK;
}

/* Whose it is to read: the case's team when a code was told, else the intake team. */
static enum err find_team(struct req *r, struct arriving *arriving)
{
    struct bytes public_half;
    if (arriving->team != 0) {
        struct fieldwork_team_public_row team;
        TRY(fieldwork_team_public(r->db, r->arena,
                                  &(struct fieldwork_team_public_in){.org = r->org, .id = arriving->team}, &team));
        public_half = team.public;
    } else {
        struct fieldwork_intake_row team;
        TRY(fieldwork_intake(r->db, r->arena, &(struct fieldwork_intake_in){.org = r->org}, &team));
        arriving->team = team.id;
        public_half = team.public;
    }
    if (public_half.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(arriving->team_public.b, public_half.ptr, SEAL_KEY_SIZE);
    return OK;
}

enum err fieldwork_judge(struct req *r, struct arriving *arriving)
{
    TRY(take_apart(r, arriving));
    arriving->destination = "unknown";
    enum err read = fieldwork_meta_read(r->arena, arriving->xml, &arriving->meta);
    if (read == ERR_BROKEN) {
        arriving->meta = (struct fieldwork_meta){.instance = "", .deprecated = ""};
        arriving->flags |= FIELDWORK_UNREADABLE;
    } else {
        TRY(read);
        TRY(judge_form(r, arriving));
    }
    TRY(find_team(r, arriving));
    const char *instance = arriving->meta.instance;
    seal_hash(&arriving->device.digests, arriving->xml.ptr, arriving->xml.len, arriving->digest);
    /* What names no instance is told apart by its content. */
    if (text_empty(instance))
        memcpy(arriving->instance, arriving->digest, SEAL_HASH_SIZE);
    else
        seal_hash(NULL, instance, strlen(instance), arriving->instance);
    return OK;
}

/* ---- keeping it ---- */

static struct bytes hash_bytes(const uint8_t hash[SEAL_HASH_SIZE])
{
    return (struct bytes){hash, SEAL_HASH_SIZE};
}

static enum err find_same(struct req *r, struct arriving *arriving, unsigned *flags_there)
{
    struct fieldwork_submission_same_row *rows;
    size_t count;
    TRY(fieldwork_submission_same(
        r->db, r->arena,
        &(struct fieldwork_submission_same_in){.org = r->org, .instance = hash_bytes(arriving->instance)}, &rows,
        &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].digest.len != SEAL_HASH_SIZE || !seal_same(rows[i].digest.ptr, arriving->digest, SEAL_HASH_SIZE))
            continue;
        arriving->id = rows[i].id;
        arriving->team = rows[i].team; /* as it was when the first part came */
        arriving->repeat = true;
        *flags_there = fieldwork_flags_of(rows[i].flags);
        return find_team(r, arriving);
    }
    arriving->flags |= count > 0 ? FIELDWORK_CONFLICT : 0;
    return OK;
}

/* The last one that a correction names; 0 when it never came. */
static enum err find_replaced(struct req *r, struct arriving *arriving, int64_t *out)
{
    struct fieldwork_submission_same_row *rows;
    size_t count;
    uint8_t hash[SEAL_HASH_SIZE];
    const char *deprecated = arriving->meta.deprecated;
    *out = 0;
    if (text_empty(deprecated))
        return OK;
    arriving->flags |= FIELDWORK_EDIT;
    seal_hash(NULL, deprecated, strlen(deprecated), hash);
    TRY(fieldwork_submission_same(r->db, r->arena,
                                  &(struct fieldwork_submission_same_in){.org = r->org, .instance = hash_bytes(hash)},
                                  &rows, &count));
    *out = count == 0 ? 0 : rows[count - 1].id;
    return OK;
}

static void name_hash(const struct arriving *arriving, const char *name, uint8_t out[SEAL_HASH_SIZE])
{
    seal_hash(&arriving->device.digests, name, strlen(name), out);
}

/* The names of a submission's files, as hashes in their order. */
struct names_there {
    uint8_t (*hashes)[SEAL_HASH_SIZE];
    size_t count;
};

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, SEAL_HASH_SIZE);
}

static enum err find_names(struct req *r, const struct arriving *arriving, struct names_there *out)
{
    struct fieldwork_file_list_row *rows;
    TRY(fieldwork_file_list(r->db, r->arena,
                            &(struct fieldwork_file_list_in){.org = r->org, .submission = arriving->id}, &rows,
                            &out->count));
    out->hashes = arena_alloc(r->arena, (out->count + 1) * SEAL_HASH_SIZE);
    for (size_t i = 0; i < out->count; i++) {
        if (rows[i].name_hash.len != SEAL_HASH_SIZE)
            return ERR_BROKEN;
        memcpy(out->hashes[i], rows[i].name_hash.ptr, SEAL_HASH_SIZE);
    }
    qsort(out->hashes, out->count, SEAL_HASH_SIZE, by_hash);
    return OK;
}

static bool is_there(const struct arriving *arriving, const char *name, const struct names_there *there)
{
    uint8_t hash[SEAL_HASH_SIZE];
    name_hash(arriving, name, hash);
    return bsearch(hash, there->hashes, there->count, SEAL_HASH_SIZE, by_hash) != NULL;
}

static enum err add_file(struct req *r, const struct arriving *arriving, const struct http_field *file)
{
    int64_t id = id_new();
    struct seal_key key;
    const char *name = fieldwork_file_name(file);
    uint8_t hash[SEAL_HASH_SIZE];
    name_hash(arriving, name, hash);
    seal_key_new(&key);
    struct fieldwork_file_add_in in = {
        .org = r->org,
        .submission = arriving->id,
        .id = id,
        .sealed_key = seal_to(r->arena, &arriving->team_public, &key, sizeof key),
        .name_hash = hash_bytes(hash),
        .name = seal_bytes(r->arena, &key, fieldwork_file_place("name", id),
                           (struct bytes){(const uint8_t *)name, strlen(name)}),
        .size = (int64_t)file->value.len,
        .content = seal_bytes(r->arena, &key, fieldwork_file_place("content", id), file->value),
    };
    seal_wipe(&key, sizeof key);
    return fieldwork_file_add(r->db, &in);
}

struct numbered {
    uint8_t hash[SEAL_HASH_SIZE];
    size_t number;
};

static int by_name(const void *a, const void *b)
{
    const struct numbered *left = a;
    const struct numbered *right = b;
    int order = memcmp(left->hash, right->hash, SEAL_HASH_SIZE);
    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

/* Of several files with one name the first counts: the others are marked. */
static const bool *twice(struct req *r, const struct arriving *arriving)
{
    bool *again = ARENA_ARRAY(r->arena, bool, arriving->file_count);
    struct numbered *files = ARENA_ARRAY(r->arena, struct numbered, arriving->file_count);
    for (size_t i = 0; i < arriving->file_count; i++) {
        files[i].number = i;
        name_hash(arriving, fieldwork_file_name(arriving->files[i]), files[i].hash);
    }
    qsort(files, arriving->file_count, sizeof *files, by_name);
    for (size_t i = 1; i < arriving->file_count; i++)
        again[files[i].number] = memcmp(files[i].hash, files[i - 1].hash, SEAL_HASH_SIZE) == 0;
    return again;
}

/* Adds the files that are not here yet; `added` says whether there were any. ERR_LIMIT: more than one report can have. */
static enum err add_files(struct req *r, const struct arriving *arriving, bool *added)
{
    struct names_there there;
    const bool *again = twice(r, arriving);
    TRY(find_names(r, arriving, &there));
    size_t count = there.count;
    *added = false;
    for (size_t i = 0; i < arriving->file_count; i++) {
        if (again[i] || is_there(arriving, fieldwork_file_name(arriving->files[i]), &there))
            continue;
        if (++count > FIELDWORK_FILES_MAX)
            return ERR_LIMIT;
        TRY(add_file(r, arriving, arriving->files[i]));
        *added = true;
    }
    return OK;
}

static enum err missing_file(struct req *r, const struct arriving *arriving, unsigned *flag)
{
    struct names_there there;
    TRY(find_names(r, arriving, &there));
    *flag = 0;
    for (size_t i = 0; i < arriving->named_count && *flag == 0; i++)
        if (!is_there(arriving, arriving->named[i], &there))
            *flag = FIELDWORK_MISSING_FILE;
    return OK;
}

static enum err add_submission(struct req *r, struct arriving *arriving)
{
    struct seal_key key;
    int64_t replaced = 0;
    TRY(find_replaced(r, arriving, &replaced));
    arriving->id = id_new();
    seal_key_new(&key);
    struct bytes box = seal_to(r->arena, &arriving->team_public, &key, sizeof key);
    struct bytes content = seal_bytes(r->arena, &key, fieldwork_place("content", arriving->id), arriving->xml);
    seal_wipe(&key, sizeof key);
    return fieldwork_submission_add(r->db, &(struct fieldwork_submission_add_in){
                                               .org = r->org,
                                               .id = arriving->id,
                                               .team = arriving->team,
                                               .sealed_key = box,
                                               .instance = hash_bytes(arriving->instance),
                                               .digest = hash_bytes(arriving->digest),
                                               .content = content,
                                               .version_id = maybe_unless_zero(arriving->version_id),
                                               .device = arriving->device.id,
                                               .destination = arriving->destination,
                                               .received_at = r->now,
                                               .flags = fieldwork_flags_text(r->arena, arriving->flags),
                                               .replaces = maybe_unless_zero(replaced),
                                               .case_id = maybe_unless_zero(arriving->case_id),
                                           });
}

enum err fieldwork_keep(struct req *r, struct arriving *arriving)
{
    unsigned flags = 0;
    unsigned missing = 0;
    bool added = false;
    size_t changed = 0;
    TRY(find_same(r, arriving, &flags));
    if (!arriving->repeat) {
        TRY(add_submission(r, arriving));
        flags = arriving->flags;
    }
    TRY(add_files(r, arriving, &added));
    TRY(missing_file(r, arriving, &missing));
    unsigned now = (flags & ~(unsigned)FIELDWORK_MISSING_FILE) | missing;
    if (now != flags)
        TRY(fieldwork_submission_flags(
            r->db,
            &(struct fieldwork_submission_flags_in){
                .org = r->org, .id = arriving->id, .flags = fieldwork_flags_text(r->arena, now)},
            &changed));
    /* More files for one that is here already is news. */
    arriving->repeat = arriving->repeat && !added;
    return OK;
}
