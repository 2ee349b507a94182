/* Files as answers: a photograph, a recording, a paper, a signature. The answer is the name of a stored file (case/file), or what somebody
 * typed instead: where the paper lies, who signed. Files come and go on a page of their own, so a field of the form never names
 * one, and all that is written in the form is kept before that page opens. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "case/assess/templates.h"
#include "case/assess/views.h"
#include "case/file/file.h"
#include "case/record/record.h"
#include "platform/gate/app.h"

#include <string.h>

/* ---- what a question asks for ---- */

static bool asks_file(const struct form_node *node)
{
    return node->type == FORM_IMAGE || node->type == FORM_AUDIO || node->type == FORM_VIDEO || node->type == FORM_FILE;
}

const char *assess_file_words(struct arena *arena, enum language language, const struct form_item *item)
{
    struct file_name name;
    return asks_file(item->node) && file_name_read(item->value, &name) ? file_words(arena, language, item->value)
                                                                       : NULL;
}

static bool appears(const struct form_node *node, const char *appearance)
{
    return node->type == FORM_IMAGE && strstr(node->appearance, appearance) != NULL;
}

const char *fill_asked(const struct form_item *item)
{
    const struct form_node *node = item->node;
    if (appears(node, "signature"))
        return "signature";
    if (appears(node, "draw") || appears(node, "annotate"))
        return "drawing";
    return node->type == FORM_IMAGE   ? "image"
           : node->type == FORM_AUDIO ? "audio"
           : node->type == FORM_VIDEO ? "video"
                                      : "file";
}

bool fill_drawn(const struct form_item *item)
{
    return text_same(fill_asked(item), "signature") || text_same(fill_asked(item), "drawing");
}

/* For browsers, which offer such files first; the content decides. A telephone that is asked for JPEG gives no HEIC. */
const char *fill_accept(const struct form_item *item)
{
    switch (item->node->type) {
    case FORM_IMAGE: return "image/jpeg,image/png,image/webp";
    case FORM_AUDIO: return "audio/*,video/mp4,video/webm";
    case FORM_VIDEO: return "video/mp4,video/quicktime,video/3gpp,video/webm";
    default: return "image/jpeg,image/png,image/webp,application/pdf,text/plain,audio/*,video/*";
    }
}

/* MP4, 3GP and WebM hold sound alone as well. */
static unsigned sorts_of(const struct form_node *node)
{
    switch (node->type) {
    case FORM_IMAGE: return FILE_SORT(UPLOAD_PICTURE);
    case FORM_AUDIO: return FILE_SORT(UPLOAD_SOUND) | FILE_SORT(UPLOAD_FILM);
    case FORM_VIDEO: return FILE_SORT(UPLOAD_FILM);
    default: return FILE_ANY_SORT;
    }
}

const char *fill_file_most(const struct fill_view *v)
{
    return size_in_words(v->r->arena, v->r->language, (int64_t)app_file_max(v->r->app));
}

int64_t fill_file_most_bytes(const struct fill_view *v)
{
    return (int64_t)app_file_max(v->r->app);
}

/* ---- the answer ---- */

bool fill_file_of(const struct fill_view *v, const struct form_item *item, struct fill_file *out)
{
    struct file_name name;
    const char *value = fill_typed(item);
    if (!asks_file(item->node) || v->trying || !file_name_read(value, &name))
        return false;
    *out = (struct fill_file){
        .address = arena_format(v->r->arena, "%s/files/%s", v->action, id_text(v->r->arena, name.id)),
        .words = file_words(v->r->arena, v->r->language, value),
        .picture = upload_type(name.kind)->sort == UPLOAD_PICTURE,
    };
    return true;
}

bool fill_is_file(const struct form_fill *fill, const struct form_node *node, const char *path, const char *typed)
{
    struct file_name name;
    if (node == NULL || !asks_file(node))
        return false;
    const struct form_item *item = form_item_find(fill, path);
    return file_name_read(typed, &name) || (item != NULL && file_name_read(form_item_raw(item), &name));
}

/* All names that the answers hold; what is not relevant too, as long as it is kept. */
static size_t names_in(struct arena *arena, const struct form_fill *fill, bool whole, const char *const **out)
{
    size_t most = 0;
    size_t count = 0;
    const struct form_item *root = form_fill_root(fill);
    for (const struct form_item *at = root; at != NULL; at = form_item_after(at))
        most += asks_file(at->node);
    const char **names = ARENA_ARRAY(arena, const char *, most);
    for (const struct form_item *at = root; at != NULL; at = form_item_after(at))
        if (asks_file(at->node) && (whole || at->relevant))
            names[count++] = form_item_raw(at);
    *out = names;
    return count;
}

enum err fill_keep_files(struct req *r, int64_t assessment, const struct form_fill *fill, bool whole)
{
    struct form_node *const *nodes;
    const char *const *names;
    size_t asking = 0;
    size_t node_count = form_nodes(form_fill_form(fill), &nodes);
    for (size_t i = 0; i < node_count; i++)
        asking += asks_file(nodes[i]);
    if (asking == 0)
        return OK;
    size_t count = names_in(r->arena, fill, whole, &names);
    return file_keep_only(r, assessment, names, count);
}

enum err fill_drop_file(struct req *r, struct form_fill *fill)
{
    const char *path = field_text(r, "drop");
    if (text_empty(path))
        return OK;
    const struct form_item *item = form_item_find(fill, path);
    return item != NULL && asks_file(item->node) ? form_fill_set(fill, path, "") : ERR_INPUT;
}

/* ---- addresses ---- */

/* Paths of questions hold letters of any language and brackets. */
static const char *encoded(struct arena *arena, const char *path)
{
    struct buf buf;
    buf_init(&buf, arena, strlen(path));
    for (const char *at = path; *at != '\0'; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                     strchr("/_.-", *at) != NULL;
        if (plain)
            buf_char(&buf, *at);
        else
            buf_format(&buf, "%%%02X", (unsigned)(uint8_t)*at);
    }
    return buf.ptr;
}

enum err fill_give_redirect(struct req *r, const char *path)
{
    return req_redirect(r, W_none, "/cases/%s/assessments/%s/file?q=%s", r->params[0], r->params[1],
                        encoded(r->arena, path));
}

/* ---- the page where one file is given ---- */

/* `q` is the question; `had` what it had when the page was made; `page` and `version` as in FILL_FIELDS, of a form that stays open beside. */
static const struct field_rule GIVE_FIELDS[] = {
    {.name = "q", .kind = FIELD_TEXT, .max = 1000},
    {.name = "had", .kind = FIELD_TEXT, .max = FORM_ANSWER_MAX},
    {.name = "version", .kind = FIELD_INT},
    {.name = "page", .kind = FIELD_ID},
    {.name = "file", .kind = FIELD_FILE, .required = true, .missing = W_assess_file_missing},
    {0},
};

struct giving {
    struct given given;
    const struct form_item *item;
    struct file_sealed *sealed;
};

/* The question that `q` names, if somebody may give it a file now. */
static enum err giving_load(struct req *r, struct giving *giving)
{
    TRY(case_must_be_open(r));
    TRY(given_load(r, &giving->given));
    giving->item = form_item_find(giving->given.fill, field_text(r, "q"));
    bool asked = giving->item != NULL && asks_file(giving->item->node) && giving->item->relevant &&
                 !giving->item->read_only;
    return asked ? OK : ERR_NOT_FOUND;
}

/* Another file than the page showed would be lost unseen; words in its place give way. */
static bool is_other(const struct req *r, const struct giving *giving)
{
    struct file_name there;
    const char *now = form_item_raw(giving->item);
    return !text_same(giving->given.row.status, "draft") ||
           (file_name_read(now, &there) && !text_same(now, field_text(r, "had")));
}

static enum err give_show(struct req *r)
{
    struct giving giving = {0};
    TRY(giving_load(r, &giving));
    if (!text_same(giving.given.row.status, "draft"))
        return ERR_NOT_FOUND;
    struct fill_view *v = given_view(r, &giving.given, giving.given.fill);
    struct give_view view = {.fill = v,
                             .item = giving.item,
                             .back = arena_format(r->arena, "%s#q.%s", v->action, encoded(r->arena, giving.item->path)),
                             .had = form_item_raw(giving.item)};
    html_assess_give(req_page(r), r, &view);
    return OK;
}

static enum err give_check(struct req *r)
{
    struct giving *giving = ARENA_NEW(r->arena, struct giving);
    TRY(giving_load(r, giving));
    r->data = giving;
    if (is_other(r, giving))
        return ERR_STALE;
    return r->failed ? ERR_INPUT : OK;
}

static const char *refusal_words(const struct req *r, const struct form_item *item, enum file_refusal why)
{
    switch (why) {
    case FILE_HEIC: return word(r->language, W_assess_file_heic);
    case FILE_DAMAGED: return word(r->language, W_assess_file_damaged);
    case FILE_FOUND: return word(r->language, W_assess_file_found);
    case FILE_UNCHECKED: return word(r->language, W_assess_file_unchecked);
    case FILE_NO_ROOM: return word(r->language, W_assess_file_no_room);
    case FILE_KIND: return word_code(r->language, "file_wrong", fill_asked(item));
    case FILE_EMPTY:
    case FILE_FINE: break;
    }
    return word(r->language, W_assess_file_empty);
}

static enum err give_slow(struct req *r)
{
    struct giving *giving = r->data;
    const char *name;
    enum file_refusal why;
    enum err result = file_prepare(r, sorts_of(giving->item->node), field_file(r, "file", &name), &giving->sealed,
                                   &why);
    if (result == ERR_INPUT)
        field_fail_text(r, "file", refusal_words(r, giving->item, why));
    return result;
}

/* A form that stays open in a page may save on: what is stored is what it read, with one more file. */
static int64_t editor_of(const struct req *r, const struct assess_row_one_row *row)
{
    int64_t version = 0;
    int64_t page = 0;
    if (!field_id(r, "page", &page))
        return row->editor;
    bool read = (field_int(r, "version", &version) && version == row->version) || page == row->editor;
    return read ? page : row->editor;
}

/* On top of what is stored now: nobody's other answers are touched. */
static enum err give_change(struct req *r)
{
    const struct giving *checked = r->data;
    struct giving giving = {0};
    const char *name;
    size_t changed = 0;
    TRY(giving_load(r, &giving));
    const struct given *given = &giving.given;
    if (is_other(r, &giving))
        return ERR_STALE;
    TRY(file_store(r, r->part, given->id, checked->sealed, &name));
    TRY(form_fill_set(given->fill, giving.item->path, name));
    TRY(form_fill_evaluate(given->fill));
    struct bytes answers = form_fill_write_xml(given->fill, true);
    TRY(assess_row_save(
        r->db,
        &(struct assess_row_save_in){.org = r->org,
                                     .case_id = r->case_id,
                                     .id = given->id,
                                     .version = given->row.version,
                                     .editor = editor_of(r, &given->row),
                                     .language = given->row.language,
                                     .answers = case_seal_bytes(r, r->part, assess_answers_place(given->id), answers),
                                     .at = r->now,
                                     .by = r->who->account},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(fill_keep_files(r, given->id, given->fill, true));
    TRY(req_audit(r, "assess.file", r->case_id, given->id));
    return req_redirect(r, W_assess_file_given, "/cases/%s/assessments/%s#q.%s", r->params[0], r->params[1],
                        encoded(r->arena, giving.item->path));
}

/* ---- handing out ---- */

static enum err file_show(struct req *r)
{
    int64_t assessment = 0;
    int64_t file = 0;
    if (!id_parse(r->params[1], &assessment) || !id_parse(r->params[2], &file))
        return ERR_NOT_FOUND;
    return file_send(r, r->part, assessment, file);
}

const struct route assess_file_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments/{assessment}/file",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = GIVE_FIELDS,
     .show = give_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/assessments/{assessment}/file",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = GIVE_FIELDS,
     .show = give_show,
     .check = give_check,
     .slow = give_slow,
     .change = give_change,
     .outside = true},
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments/{assessment}/files/{file}",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = given_scope,
     .show = file_show},
    {0},
};
