/* A telephone and a report that come in another way than over the network: a demonstration's. They are judged and sealed as any others. */
#include "base/id.h"
#include "base/text.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"

#include <string.h>

enum err fieldwork_device_give(struct db *db, struct arena *arena, const struct fieldwork_device_given *given,
                               int64_t *id)
{
    struct seal_key secret; /* nobody has it: such a telephone never calls */
    *id = id_new();
    seal_key_new(&secret);
    enum err added = fieldwork_device_add(
        db, &(struct fieldwork_device_add_in){
                .org = given->org,
                .id = *id,
                .login = arena_format(arena, "d%s", id_text(arena, *id)),
                .secret = {secret.b, sizeof secret.b},
                .label = seal_text(arena, given->directory, fieldwork_label_place(*id), given->label),
                .created_at = given->at,
                .created_by = given->account,
            });
    seal_wipe(&secret, sizeof secret);
    return added;
}

static enum err instrument_in_use(struct req *r, const char *form_id, const struct form **out)
{
    struct assess_instrument *list;
    size_t count;
    TRY(assess_instruments_in_use(r->db, r->arena, r->org, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (text_same(list[i].form_id, form_id)) {
            *out = list[i].form;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

/* What the telephone would have sent. */
static enum err filled_in(struct req *r, const struct fieldwork_given *given, int64_t number, struct bytes *out)
{
    const struct form *form;
    TRY(instrument_in_use(r, given->form_id, &form));
    struct form_fill *fill = form_fill_new(r->arena, form, given->at, 0);
    for (size_t i = 0; i < given->count; i++)
        TRY(form_fill_set(fill, given->answers[i].path, given->answers[i].value));
    TRY(form_fill_evaluate(fill));
    *out = form_fill_instance(fill, arena_format(r->arena, "uuid:%s", id_text(r->arena, number)));
    return OK;
}

enum err fieldwork_give(struct db *db, struct arena *arena, const struct fieldwork_given *given, int64_t *id)
{
    struct http_field parts[] = {{.name = "xml_submission_file", .file_name = "xml_submission_file"},
                                 {.name = given->file_name, .file_name = given->file_name, .value = given->file}};
    struct http_request http = {
        .arena = arena, .body = parts, .body_count = given->file_name == NULL ? 1 : sizeof parts / sizeof *parts};
    struct req r = {.arena = arena, .http = &http, .db = db, .now = given->at, .org = given->org};
    struct arriving arriving = {.device = {.id = given->device}};
    TRY(filled_in(&r, given, id_new(), &parts[0].value));
    seal_key_new(&arriving.device.digests);
    TRY(fieldwork_judge(&r, &arriving));
    TRY(fieldwork_keep(&r, &arriving));
    *id = arriving.id;
    return OK;
}
