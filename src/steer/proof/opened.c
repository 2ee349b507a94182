/* A case as it stood: the last image of each row up to a moment, opened with the keys of whoever asks. */
#include "steer/proof/views.h"

#include "base/text.h"
#include "case/assess/assess.h"
#include "case/file/file.h"
#include "platform/audit/queries.h"

#include <string.h>

struct kept {
    const struct told_table *table;
    const char *key;
    int64_t number, at;
    struct bytes image; /* NULL: the row is gone, or was erased */
    size_t position;    /* as they were written */
};

struct gathering {
    struct req *r;
    struct kept *kept;
    size_t count, room;
    struct colleague *people;
    size_t people_count;
};

static const struct told_table *table_called(const char *name)
{
    for (size_t i = 0; i < TOLD_TABLE_COUNT; i++) {
        if (text_same(TOLD_TABLES[i].name, name))
            return &TOLD_TABLES[i];
    }
    return NULL;
}

static enum err keep_image(void *data, const struct audit_image_until_row *row)
{
    struct gathering *gathering = data;
    struct arena *arena = gathering->r->arena;
    const struct told_table *table = table_called(row->name);
    if (table == NULL)
        return OK;
    if (gathering->count == gathering->room) {
        size_t room = gathering->room == 0 ? 256 : gathering->room * 2;
        struct kept *kept = ARENA_ARRAY(arena, struct kept, room);
        if (gathering->count > 0)
            memcpy(kept, gathering->kept, gathering->count * sizeof *kept);
        gathering->kept = kept;
        gathering->room = room;
    }
    struct bytes image = {NULL, 0};
    if (row->image.ptr != NULL)
        image = arena_bytes(arena, row->image.ptr, row->image.len);
    gathering->kept[gathering->count] = (struct kept){.table = table,
                                                      .key = arena_text(arena, row->row_key),
                                                      .number = row->number,
                                                      .at = row->at,
                                                      .image = image,
                                                      .position = gathering->count};
    gathering->count++;
    return OK;
}

static int by_row(const void *a, const void *b)
{
    const struct kept *left = a;
    const struct kept *right = b;
    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : left->position < right->position ? -1 : 1;
}

static int by_day(const void *a, const void *b)
{
    const struct opened_row *left = a;
    const struct opened_row *right = b;
    int order = strcmp(left->order, right->order);
    return order != 0 ? order : strcmp(left->key, right->key);
}

/* ---- values ---- */

const char *fact_text(struct arena *arena, const struct value *value)
{
    if (value->kind == VALUE_INT)
        return arena_format(arena, "%lld", (long long)value->i);
    if (value->kind == VALUE_REAL)
        return arena_format(arena, "%.17g", value->real);
    return value->kind == VALUE_NULL ? "" : arena_text_n(arena, (const char *)value->bytes.ptr, value->bytes.len);
}

/* A row does not always say which part it belongs to; its value opens under one of the keys that the person holds. */
static enum err open_sealed(struct req *r, const struct told_table *table, const char *column, int64_t row,
                            struct bytes sealed, const char **out)
{
    const struct seal_place place = {.table = table->name, .column = column, .row = row};
    for (int part = PART_BASICS; part < PART_ADDRESS; part++) {
        struct bytes plain;
        enum err opened = case_open_bytes(r, (enum case_part)part, place, sealed, &plain);
        if (opened == OK) {
            *out = arena_text_n(r->arena, (const char *)plain.ptr, plain.len);
            return OK;
        }
        if (opened != ERR_BROKEN && opened != ERR_NOT_FOUND)
            return opened;
    }
    *out = word(r->language, W_proof_not_opened);
    return OK;
}

static const char *course_word(struct req *r, const struct image *image, const char *code)
{
    const struct value *kind = image_column(image, "kind");
    const char *family = kind == NULL ? "phase" : fact_text(r->arena, kind);
    return word_code(r->language, family, code);
}

static enum err value_told(struct gathering *gathering, const struct told_table *table,
                           const struct told_column *column, const struct image *image, const struct value *value,
                           const char **out)
{
    struct req *r = gathering->r;
    bool sealed = column->kind <= TOLD_DIGEST;
    const char *plain = sealed ? "" : fact_text(r->arena, value);
    const struct value *row = image_column(image, table->row);
    switch (column->kind) {
    case TOLD_SEALED:
    case TOLD_FILE:
    case TOLD_DIGEST:
    case TOLD_ANSWERS:
        if (value->kind != VALUE_BYTES || row == NULL || row->kind != VALUE_INT)
            break;
        return open_sealed(r, table, column->name, row->i, value->bytes, out);
    case TOLD_CODE: *out = word_code(r->language, column->family, plain); return OK;
    case TOLD_STATE: *out = word_code(r->language, "proof_state", plain); return OK;
    case TOLD_COURSE: *out = course_word(r, image, plain); return OK;
    case TOLD_DATE:
        *out = text_same(plain, RECORD_NO_REVIEW) ? "" : date_in_words(r->arena, r->language, plain);
        return OK;
    case TOLD_MOMENT: *out = moment_in_words(r->arena, r->language, value->i); return OK;
    case TOLD_ACCOUNT: *out = colleague_name(gathering->people, gathering->people_count, value->i); return OK;
    case TOLD_YES: *out = word(r->language, value->i != 0 ? W_person_yes : W_person_no); return OK;
    case TOLD_PLAIN: break;
    }
    *out = plain;
    return OK;
}

/* Answers in the words of the form that they were given on, in the reader's language; by its names when it cannot be read. */
static enum err answers_shown(struct req *r, const struct image *image, const char *xml, const char **out)
{
    struct assess_instrument instrument;
    const struct value *version = image_column(image, "version_id");
    *out = proof_readable(r->arena, xml);
    if (version == NULL || version->kind != VALUE_INT)
        return OK;
    enum err found = assess_instrument_one(r->db, r->arena, r->org, version->i, &instrument);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    size_t language = form_language_find(instrument.form, language_code(r->language));
    struct form_fill *fill = form_fill_new(r->arena, instrument.form, r->now, language);
    enum err read = form_fill_read_xml(fill, (struct bytes){(const uint8_t *)xml, strlen(xml)});
    if (read == OK)
        read = form_fill_evaluate(fill);
    if (read == OK)
        *out = proof_answers(r->arena, r->language, fill);
    return read == ERR_BROKEN || read == ERR_CONFLICT || read == ERR_LIMIT ? OK : read;
}

static enum err row_open(struct gathering *gathering, const struct kept *kept, struct opened_row *out)
{
    struct req *r = gathering->r;
    size_t columns = 0;
    while (kept->table->columns[columns].name != NULL)
        columns++;
    *out = (struct opened_row){.table = kept->table,
                               .key = kept->key,
                               .order = "",
                               .number = kept->number,
                               .at = kept->at,
                               .image = kept->image,
                               .fields = ARENA_ARRAY(r->arena, struct opened_field, columns)};
    TRY(image_read(r->arena, kept->image, &out->columns));
    const struct image *image = &out->columns;
    const struct value *order = image_column(image, kept->table->order);
    out->order = order == NULL ? "" : fact_text(r->arena, order);
    for (size_t i = 0; i < columns; i++) {
        const struct told_column *column = &kept->table->columns[i];
        const struct value *value = image_column(image, column->name);
        const char *told = "", *shown;
        if (value == NULL)
            continue;
        TRY(value_told(gathering, kept->table, column, image, value, &told));
        shown = told;
        if (column->kind == TOLD_ANSWERS)
            TRY(answers_shown(r, image, told, &shown));
        if (column->kind == TOLD_FILE)
            shown = file_words(r->arena, r->language, told);
        if (!text_empty(told))
            out->fields[out->field_count++] = (struct opened_field){column, told, shown};
    }
    return OK;
}

/* The rows of one table: of each row the image that was written last, unless that was its end. */
static enum err group_open(struct gathering *gathering, size_t from, size_t to, struct opened *out)
{
    struct opened_group *group = &out->groups[out->count];
    *group = (struct opened_group){.table = gathering->kept[from].table,
                                   .rows = ARENA_ARRAY(gathering->r->arena, struct opened_row, to - from)};
    for (size_t i = from; i < to; i++) {
        const struct kept *kept = &gathering->kept[i];
        bool last = i + 1 == to || !text_same(kept->key, kept[1].key);
        if (last && kept->image.ptr != NULL)
            TRY(row_open(gathering, kept, &group->rows[group->count++]));
    }
    qsort(group->rows, group->count, sizeof *group->rows, by_day);
    out->count += group->count > 0;
    return OK;
}

enum err proof_opened(struct req *r, int64_t before, int64_t most, struct opened *out)
{
    struct gathering gathering = {.r = r};
    struct opened opened = {.groups = ARENA_ARRAY(r->arena, struct opened_group, TOLD_TABLE_COUNT)};
    struct audit_unkept_row unkept;
    TRY(account_colleagues(r->db, r->arena, r->who, &gathering.people, &gathering.people_count));
    TRY(audit_unkept(r->db, r->arena, &(struct audit_unkept_in){.org = r->org, .case_id = r->case_id, .before = before},
                     &unkept));
    opened.unkept = unkept.changes;
    opened.entries = unkept.entries;
    TRY(audit_image_until(
        r->db, r->arena,
        &(struct audit_image_until_in){.org = r->org, .case_id = r->case_id, .before = before, .most = most},
        keep_image, &gathering));
    if (gathering.count > 0)
        qsort(gathering.kept, gathering.count, sizeof *gathering.kept, by_row);
    for (size_t from = 0; from < gathering.count;) {
        size_t to = from;
        while (to < gathering.count && gathering.kept[to].table == gathering.kept[from].table)
            to++;
        TRY(group_open(&gathering, from, to, &opened));
        from = to;
    }
    *out = opened;
    return OK;
}
