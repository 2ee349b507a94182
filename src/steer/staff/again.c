/* Somebody forgot the password, and a colleague gave them other keys (steer/ceremony/help.c): what must be given again, and where. */
#include "base/id.h"
#include "base/text.h"
#include "case/place/queries.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "platform/account/queries.h"
#include "steer/staff/internal.h"
#include "steer/staff/templates.h"

static enum err again_teams(struct req *r, struct again_view *view)
{
    struct account_lost_list_row *rows;
    TRY(account_lost_list(r->db, r->arena, &(struct account_lost_list_in){.org = r->org, .account = view->person.id},
                          &rows, &view->team_count));
    view->teams = ARENA_ARRAY(r->arena, struct again_line, view->team_count);
    for (size_t i = 0; i < view->team_count; i++)
        view->teams[i] = (struct again_line){
            .path = session_team(r->who, rows[i].team) != NULL
                        ? arena_format(r->arena, "/people/%s/let-in", id_text(r->arena, view->person.id))
                        : NULL,
            .name = rows[i].name};
    return OK;
}

/* Those of the viewer's teams with their names; of others only how many. */
static enum err again_cases(struct req *r, struct again_view *view)
{
    struct record_lost_list_row *rows;
    size_t count;
    TRY(record_lost_list(r->db, r->arena,
                         &(struct record_lost_list_in){
                             .org = r->org, .holder = view->person.id, .now = r->now, .viewer = r->who->account},
                         &rows, &count));
    view->cases = ARENA_ARRAY(r->arena, struct again_line, count);
    for (size_t i = 0; i < count; i++) {
        struct again_line *line = &view->cases[view->case_count];
        if (session_team(r->who, rows[i].team) == NULL) {
            view->elsewhere++;
            continue;
        }
        bool open = text_same(rows[i].status, "open");
        *line = (struct again_line){
            .reference = rows[i].reference,
            .path = open ? arena_format(r->arena, "/cases/%s/team/%s", id_text(r->arena, rows[i].id),
                                        id_text(r->arena, view->person.id))
                         : arena_format(r->arena, "/cases/%s/team", id_text(r->arena, rows[i].id))};
        TRY(record_open_name(r, rows[i].team, rows[i].id, rows[i].wrapped, rows[i].pseudonym, &line->name));
        view->closed |= !open;
        view->case_count++;
    }
    return OK;
}

/* Where the viewer is in charge; who is in charge elsewhere is nobody else's business. */
static enum err again_places(struct req *r, struct again_view *view)
{
    struct place_lost_list_row *rows;
    size_t count;
    TRY(place_lost_list(
        r->db, r->arena,
        &(struct place_lost_list_in){.org = r->org, .account = view->person.id, .viewer = r->who->account}, &rows,
        &count));
    view->places = ARENA_ARRAY(r->arena, struct again_line, count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].mine > 0)
            view->places[view->place_count++] = (struct again_line){
                .path = arena_format(r->arena, "/cases/%s/address/charge", id_text(r->arena, rows[i].case_id)),
                .name = rows[i].reference};
        else
            view->elsewhere++;
    }
    return OK;
}

static enum err again_show(struct req *r)
{
    struct again_view view = {0};
    TRY(staff_person_of_path(r, &view.person));
    if (view.person.left)
        return ERR_NOT_FOUND;
    TRY(again_teams(r, &view));
    TRY(again_cases(r, &view));
    TRY(again_places(r, &view));
    html_again_page(req_page(r), r, &view);
    return OK;
}

const struct route staff_again_routes[] = {
    {.method = HTTP_GET, .path = "/people/{account}/again", .cap = CAP_CASE_DECIDE, .show = again_show},
    {0},
};
