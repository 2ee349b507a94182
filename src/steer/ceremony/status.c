/* How a ceremony stands: for those who look after the installation, and whoever began it. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "steer/ceremony/internal.h"
#include "steer/ceremony/queries.h"
#include "steer/ceremony/templates.h"
#include "steer/ceremony/views.h"

enum { TOLD_DAYS = 30 };

/* ERR_NOT_FOUND for everybody else: the two look alike. */
static enum err ceremony_of(struct req *r, int64_t *id, struct ceremony_get_row *out)
{
    if (!id_parse(r->params[0], id))
        return ERR_NOT_FOUND;
    TRY(ceremony_get(r->db, r->arena, &(struct ceremony_get_in){.org = r->org, .id = *id}, out));
    bool mine = out->begun_by.has && out->begun_by.value == r->who->account;
    return mine || session_may(r->who, CAP_KEEP) ? OK : ERR_NOT_FOUND;
}

static bool goes_on(const struct ceremony_get_row *row, int64_t now)
{
    return (text_same(row->state, "open") || text_same(row->state, "handing")) && row->expires_at > now;
}

/* What lies sealed to this person; NULL when nothing does. */
static enum err open_own(struct req *r, struct bytes sealed, const char **out)
{
    struct bytes text;
    *out = NULL;
    if (sealed.ptr == NULL || sealed.len == 0)
        return OK;
    if (seal_open_to(r->arena, &r->who->own, sealed, &text) == OK)
        *out = (const char *)text.ptr;
    return OK;
}

static enum err progress_of(struct req *r, int64_t id, const struct ceremony_get_row *row, struct status_view *view)
{
    const char *numbers = "";
    if (text_same(row->state, "handing") && row->key.has) {
        struct recovery_handing *list;
        TRY(recovery_handings(r->db, r->arena, r->org, row->key.value, &list, &view->needed));
        for (size_t i = 0; i < view->needed; i++) {
            if (!list[i].taken)
                continue;
            numbers = arena_format(r->arena, "%s%s%u", numbers, view->have == 0 ? "" : ", ", list[i].number);
            view->have++;
        }
    } else {
        struct ceremony_share_list_row *rows;
        struct recovery_status key;
        TRY(recovery_status(r->db, r->arena, r->org, &key));
        TRY(ceremony_share_list(r->db, r->arena, &(struct ceremony_share_list_in){.org = r->org, .ceremony = id}, &rows,
                                &view->have));
        for (size_t i = 0; i < view->have; i++)
            numbers = arena_format(r->arena, "%s%s%lld", numbers, i == 0 ? "" : ", ", (long long)rows[i].number);
        view->needed = key.plan.needed;
    }
    view->numbers = numbers;
    return OK;
}

enum err status_show(struct req *r)
{
    struct ceremony_get_row row;
    struct ceremony_names names;
    struct status_view view = {0};
    TRY(ceremony_of(r, &view.id, &row));
    TRY(ceremony_names(r, &names));
    bool going = goes_on(&row, r->now);
    view.mine = row.begun_by.has && row.begun_by.value == r->who->account;
    view.what = ceremony_words(r, &names, row.purpose, row.subject, row.receiver);
    view.state = !going && row.ended_at.has == false ? "stopped" : row.state;
    view.renewed = text_same(row.purpose, "renew") && text_same(row.state, "done") && session_may(r->who, CAP_KEEP);
    view.host = req_host(r) == NULL ? "" : req_host(r);
    view.expires_at = row.expires_at;
    view.who = row.begun_by.has ? colleague_name(names.people, names.people_count, row.begun_by.value)
                                : word(r->language, W_ceremony_terminal);
    if (going) {
        TRY(progress_of(r, view.id, &row, &view));
        TRY(open_own(r, row.code, &view.code));
    }
    if (text_same(row.purpose, "colleague") && row.subject.has && session_may(r->who, CAP_CASE_DECIDE))
        view.again = row.subject.value;
    TRY(open_own(r, row.outcome, &view.password));
    html_ceremony_status(req_page(r), r, &view);
    return OK;
}

enum err status_stop(struct req *r)
{
    int64_t id = 0;
    struct ceremony_get_row row;
    size_t changed = 0;
    TRY(ceremony_of(r, &id, &row));
    TRY(ceremony_share_drop(r->db, &(struct ceremony_share_drop_in){.org = r->org, .ceremony = id}));
    if (text_same(row.state, "handing") && row.key.has)
        TRY(recovery_renew_drop(r->db, r->org, row.key.value));
    TRY(ceremony_end(r->db, &(struct ceremony_end_in){.org = r->org, .id = id, .state = "stopped", .at = r->now},
                     &changed));
    TRY(req_audit(r, "recovery.stop", 0, id));
    return req_redirect(r, W_ceremony_stopped, "/recovery/%s", r->params[0]);
}

/* The given password was handed over: it goes from the data. */
enum err status_handed(struct req *r)
{
    int64_t id = 0;
    struct ceremony_get_row row;
    TRY(ceremony_of(r, &id, &row));
    if (!row.begun_by.has || row.begun_by.value != r->who->account)
        return ERR_DENIED;
    TRY(ceremony_outcome_seen(r->db, &(struct ceremony_outcome_seen_in){.org = r->org, .id = id}));
    TRY(req_audit(r, "recovery.handed", 0, id));
    return req_redirect(r, W_ceremony_handed_done, "/");
}

/* ---- being told ---- */

enum err ceremony_notices(struct req *r, struct ceremony_notice **out, size_t *count)
{
    struct ceremony_untold_row *rows;
    struct ceremony_names names;
    TRY(ceremony_untold(r->db, r->arena,
                        &(struct ceremony_untold_in){.org = r->org,
                                                     .account = r->who->account,
                                                     .since = r->now - TOLD_DAYS * DAY_MS,
                                                     .keeper = session_may(r->who, CAP_KEEP)},
                        &rows, count));
    *out = ARENA_ARRAY(r->arena, struct ceremony_notice, *count);
    if (*count == 0)
        return OK;
    TRY(ceremony_names(r, &names));
    for (size_t i = 0; i < *count; i++) {
        const char *who = rows[i].begun_by.has
                              ? colleague_name(names.people, names.people_count, rows[i].begun_by.value)
                              : word(r->language, W_ceremony_terminal);
        (*out)[i] = (struct ceremony_notice){
            .id = rows[i].id,
            .at = rows[i].begun_at,
            .what = word_filled(r->arena, r->language, W_ceremony_notice, "what",
                                ceremony_words(r, &names, rows[i].purpose, rows[i].subject, rows[i].receiver), "who",
                                who, NULL)};
    }
    return OK;
}

/* Marks only what stands on one's own page: nobody else's. */
enum err status_seen(struct req *r)
{
    int64_t id = 0;
    struct ceremony_get_row row;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(ceremony_get(r->db, r->arena, &(struct ceremony_get_in){.org = r->org, .id = id}, &row));
    TRY(ceremony_seen_add(r->db, &(struct ceremony_seen_add_in){
                                     .org = r->org, .ceremony = id, .account = r->who->account, .at = r->now}));
    TRY(req_audit(r, "recovery.seen", 0, id));
    return req_redirect(r, W_none, "/");
}
