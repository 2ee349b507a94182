/* Accepting a referral: a new case, or an open one that this person already has. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/overview/overview.h"
#include "case/person/person.h"
#include "find/referral/queries.h"
#include "find/referral/referral.h"
#include "find/referral/rules.h"
#include "find/referral/templates.h"
#include "find/referral/views.h"
#include "platform/account/queries.h"
#include "platform/pack/pack.h"

static const struct code_list WAYS = CODES(accept_way, "new", "join");
enum { YEAR_MIN = 1900, YEAR_MAX = 2100 };

const struct field_rule REFERRAL_ACCEPT_FIELDS[] = {
    {.name = "way", .kind = FIELD_CODE, .codes = &WAYS, .required = true, .missing = W_referral_accept_way_missing},
    {.name = "join", .kind = FIELD_ID},
    {.name = "why", .kind = FIELD_LONG, .max = 2000},
    {.name = "given", .kind = FIELD_TEXT, .max = 120},
    {.name = "family", .kind = FIELD_TEXT, .max = 120},
    {.name = "birth_year", .kind = FIELD_INT, .min = YEAR_MIN, .max = YEAR_MAX},
    {.name = "guess", .kind = FIELD_YES},
    {.name = "disputed", .kind = FIELD_YES},
    {.name = "phones", .kind = FIELD_LONG, .max = 300},
    {.name = "safe_contact", .kind = FIELD_LONG, .max = 2000},
    {.name = "pseudonym", .kind = FIELD_TEXT, .max = 40},
    {.name = "manager", .kind = FIELD_ID},
    {.name = "team", .kind = FIELD_ID},
    {.name = "words", .kind = FIELD_LONG},
    {.name = "how", .kind = FIELD_CODE, .codes = &REFERRAL_HOWS},
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

/* ---- the page ---- */

/* Whoever tells of themselves gave their own number and safe hours. */
static void start_contact(struct req *r, const struct referral_told *told)
{
    if (!text_same(told->source, "self"))
        return;
    if (text_same(told->way, "phone"))
        field_start(r, "phones", told->contact);
    field_start(r, "safe_contact", text_trim(r->arena, arena_format(r->arena, "%s\n%s", told->hours, told->cover)));
}

/* Everything that was told is carried over; nothing is typed twice. */
static void start_fields(struct req *r)
{
    const struct referral_told *told = &referral_of(r)->told;
    const char *given, *family;
    int year = time_local(referral_of(r)->received_at).year;
    referral_name_split(r->arena, told->about, &given, &family);
    field_start(r, "way", "new");
    field_start(r, "given", given);
    field_start(r, "family", family);
    if (told->age.has)
        field_start(r, "birth_year",
                    arena_format(r->arena, "%lld", (long long)referral_birth_year(told->age.value, year)));
    if (told->age_guess)
        field_start(r, "guess", "yes");
    if (told->disputed)
        field_start(r, "disputed", "yes");
    start_contact(r, told);
    field_start(r, "on", time_date(r->arena, r->now));
    field_start(r, "how", referral_how_offered(told->way));
}

static bool has_name(const struct case_row *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(rows[i].pseudonym, name))
            return true;
    }
    return false;
}

/* A pseudonym that no open case near at hand has: two children of one name are easily taken for each other. */
static enum err start_pseudonym(struct req *r)
{
    enum { KNOWN = 200 };
    struct case_row *rows;
    size_t count;
    uint32_t at = 0;
    seal_random(&at, sizeof at);
    at %= RECORD_PSEUDONYMS;
    TRY(overview_team_cases(r, KNOWN, &rows, &count));
    for (size_t tries = 0; tries < RECORD_PSEUDONYMS && has_name(rows, count, record_pseudonym_at(at)); tries++)
        at++;
    field_start(r, "pseudonym", record_pseudonym_at(at));
    return OK;
}

static enum err manager_choices(struct req *r, struct referral_accept_view *view)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        if (people[i].role == ROLE_CASE_MANAGER)
            choices[view->manager_count++] = (struct choice){id_text(r->arena, people[i].id), people[i].name, NULL};
        if (people[i].role == ROLE_CASE_MANAGER && people[i].id == r->who->account)
            field_start(r, "manager", id_text(r->arena, people[i].id));
    }
    view->managers = choices;
    return OK;
}

/* My own teams; the first one that is not only for intake to begin with. */
static enum err team_choices(struct req *r, struct referral_accept_view *view)
{
    struct account_team_list_row *teams;
    size_t count;
    const char *first = NULL;
    TRY(account_team_list(r->db, r->arena, &(struct account_team_list_in){.org = r->org}, &teams, &count));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        if (session_team(r->who, teams[i].id) == NULL)
            continue;
        const char *id = id_text(r->arena, teams[i].id);
        choices[view->team_count++] = (struct choice){id, teams[i].name, NULL};
        if (first == NULL || (!teams[i].intake && view->team_count > 1))
            first = id;
    }
    field_start(r, "team", first);
    view->teams = choices;
    return OK;
}

/* Who might be this person already, by what stands in the form. */
static enum err find_duplicates(struct req *r, struct person_hit **hits, size_t *count)
{
    struct maybe year = {0};
    const char *name = text_trim(r->arena,
                                 arena_format(r->arena, "%s %s", field_text(r, "given"), field_text(r, "family")));
    year.has = field_int(r, "birth_year", &year.value);
    if (text_empty(name))
        name = referral_of(r)->told.about;
    return person_duplicates(r, name, field_text(r, "phones"), year, hits, count);
}

static enum err join_choices(struct req *r, struct referral_accept_view *view)
{
    TRY(find_duplicates(r, &view->hits, &view->hit_count));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, view->hit_count);
    for (size_t i = 0; i < view->hit_count; i++)
        choices[i] = (struct choice){id_text(r->arena, view->hits[i].case_id),
                                     arena_format(r->arena, "%s %s", view->hits[i].pseudonym, view->hits[i].reference),
                                     NULL};
    view->joins = choices;
    return OK;
}

enum err referral_accept_show(struct req *r)
{
    struct referral_accept_view view = {.referral = referral_of(r)};
    if (r->route->method == HTTP_GET) {
        start_fields(r);
        TRY(start_pseudonym(r));
    }
    view.may_accept = referral_may(view.referral->status, REFERRAL_ACCEPT);
    TRY(manager_choices(r, &view));
    TRY(team_choices(r, &view));
    TRY(join_choices(r, &view));
    TRY(referral_steps_of(r, &view.steps, &view.step_count));
    html_referral_accept(req_page(r), r, &view);
    return OK;
}

/* ---- deciding ---- */

static bool among(const struct person_hit *hits, size_t count, int64_t case_id)
{
    for (size_t i = 0; i < count; i++) {
        if (hits[i].case_id == case_id)
            return true;
    }
    return false;
}

static void check_join(struct req *r, const struct person_hit *hits, size_t count)
{
    int64_t id = 0;
    if (!field_id(r, "join", &id) || !among(hits, count, id))
        field_fail(r, "join", W_referral_join_missing);
    if (text_empty(field_text(r, "why")))
        field_fail(r, "why", W_referral_why_missing);
}

static enum err check_manager(struct req *r)
{
    struct colleague *people;
    size_t count;
    int64_t manager = 0, team = 0;
    bool known = false;
    struct referral_team_member_row member = {0};
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    (void)field_id(r, "manager", &manager);
    (void)field_id(r, "team", &team);
    for (size_t i = 0; i < count; i++)
        known = known || (people[i].id == manager && people[i].role == ROLE_CASE_MANAGER);
    if (session_team(r->who, team) == NULL)
        field_fail(r, "team", W_referral_team_missing);
    TRY(referral_team_member(
        r->db, r->arena, &(struct referral_team_member_in){.org = r->org, .account = manager, .team = team}, &member));
    if (!known)
        field_fail(r, "manager", W_referral_manager_missing);
    else if (member.found == 0)
        field_fail(r, "manager", W_referral_manager_outside);
    return OK;
}

static enum err check_new(struct req *r, size_t duplicates)
{
    const char *pseudonym = field_text(r, "pseudonym");
    if (duplicates > 0 && text_empty(field_text(r, "why")))
        field_fail(r, "why", W_referral_not_same_missing);
    if (text_empty(pseudonym))
        field_fail(r, "pseudonym", W_referral_pseudonym_missing);
    else if (referral_tells_name(r->arena, pseudonym, field_text(r, "given"), field_text(r, "family"),
                                 referral_of(r)->told.about))
        field_fail(r, "pseudonym", W_referral_pseudonym_alike);
    return check_manager(r);
}

enum err referral_accept_check(struct req *r)
{
    struct person_hit *hits;
    size_t count;
    struct referral_decision decision = {.act = referral_act_code(REFERRAL_ACCEPT),
                                         .words = field_text(r, "words"),
                                         .how = field_text(r, "how"),
                                         .on = field_text(r, "on")};
    struct referral_facts facts = {.answerable = referral_contact_needed(referral_of(r)->told.way),
                                   .today = time_date(r->arena, r->now)};
    TRY(find_duplicates(r, &hits, &count));
    if (text_same(field_text(r, "way"), "join"))
        check_join(r, hits, count);
    else
        TRY(check_new(r, count));
    referral_flaws_show(r, referral_flaws(&decision, &facts));
    return r->failed ? ERR_INPUT : OK;
}

/* ---- changing ---- */

static const char *labelled(struct req *r, const char *before, enum word label, const char *text)
{
    if (text_empty(text))
        return before;
    return arena_format(r->arena, "%s%s%s: %s", before, *before == '\0' ? "" : "\n", word(r->language, label), text);
}

/* What was told, as a note that the case keeps under its own key. */
static const char *note_of(struct req *r)
{
    const struct referral_told *told = &referral_of(r)->told;
    const char *note = labelled(r, "", W_referral_story_label, told->story);
    note = labelled(r, note, W_referral_about_column, told->about);
    note = labelled(r, note, W_referral_source_column, word_code(r->language, "referral_source", told->source));
    note = labelled(r, note, W_referral_name_label, told->referrer);
    note = labelled(r, note, W_referral_organisation, told->organisation);
    note = labelled(r, note, W_referral_way_label, word_code(r->language, "answer_way", told->way));
    note = labelled(r, note, W_referral_contact_label, told->contact);
    note = labelled(r, note, W_referral_hours_label, told->hours);
    note = labelled(r, note, W_referral_cover_label, told->cover);
    return labelled(r, note, W_referral_why_label, field_text(r, "why"));
}

static enum err add_event(struct req *r, int64_t case_id, const struct case_keys *keys)
{
    return record_event_add(r->db, r->arena, keys,
                            &(struct record_event){.org = r->org,
                                                   .case_id = case_id,
                                                   .part = PART_PERSON,
                                                   .happened_on = time_date(r->arena, referral_of(r)->received_at),
                                                   .kind = "referral",
                                                   .account = r->who->account,
                                                   .subject = referral_of(r)->id,
                                                   .note = note_of(r)});
}

static const char *birth_exact(bool known, bool guess)
{
    return !known ? "unknown" : guess ? "guess" : "year";
}

static enum err make_case(struct req *r, int64_t *case_id)
{
    int64_t manager = 0, team = 0;
    struct maybe year = {0};
    struct record_made made;
    const char *today = time_date(r->arena, r->now);
    (void)field_id(r, "manager", &manager);
    (void)field_id(r, "team", &team);
    year.has = field_int(r, "birth_year", &year.value);
    TRY(record_new(r->db, r->arena,
                   &(struct record_new){.org = r->org,
                                        .team = session_team(r->who, team),
                                        .emergency = &r->who->emergency,
                                        .manager = manager,
                                        .pseudonym = field_text(r, "pseudonym"),
                                        .birth_year = year,
                                        .opened_on = today,
                                        .next_review = date_add(r->arena, today, pack_review_days("needs", true))},
                   &made));
    struct person person = {
        .given = field_text(r, "given"),
        .family = field_text(r, "family"),
        .phones = field_text(r, "phones"),
        .safe_contact = field_text(r, "safe_contact"),
        .birth = year.has ? arena_format(r->arena, "%lld", (long long)year.value) : "",
        .birth_exact = birth_exact(year.has, field_yes(r, "guess")),
        .age_disputed = field_yes(r, "disputed"),
    };
    TRY(person_add(r->db, r->arena, r->org, made.id, &made.keys, &r->who->search, &person));
    TRY(add_event(r, made.id, &made.keys));
    seal_wipe(&made.keys, sizeof made.keys);
    *case_id = made.id;
    return OK;
}

/* Only an open case takes a referral in; its key comes from one of this person's teams. */
static enum err join_case(struct req *r, int64_t *case_id)
{
    struct referral_case_status_row state;
    struct referral_case_holders_row *holders;
    size_t count;
    (void)field_id(r, "join", case_id);
    TRY(referral_case_status(r->db, r->arena, &(struct referral_case_status_in){.org = r->org, .case_id = *case_id},
                             &state));
    if (!text_same(state.status, "open")) {
        field_fail(r, "join", W_referral_join_closed);
        return ERR_INPUT;
    }
    TRY(referral_case_holders(r->db, r->arena, &(struct referral_case_holders_in){.org = r->org, .case_id = *case_id},
                              &holders, &count));
    for (size_t i = 0; i < count; i++) {
        struct case_keys keys;
        enum err opened = record_open_keys(r, holders[i].holder, *case_id, holders[i].wrapped, &keys);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        if ((keys.parts & PART_BIT(PART_PERSON)) == 0)
            continue;
        enum err added = add_event(r, *case_id, &keys);
        seal_wipe(&keys, sizeof keys);
        return added;
    }
    return ERR_NOT_FOUND;
}

enum err referral_accept_change(struct req *r)
{
    const struct referral *referral = referral_of(r);
    int64_t version = field_version(r), case_id = 0;
    size_t changed = 0;
    if (version != referral->version || !referral_may(referral->status, REFERRAL_ACCEPT))
        return ERR_STALE;
    if (text_same(field_text(r, "way"), "join"))
        TRY(join_case(r, &case_id));
    else
        TRY(make_case(r, &case_id));
    TRY(referral_decide(r->db,
                        &(struct referral_decide_in){.org = r->org,
                                                     .id = referral->id,
                                                     .version = version,
                                                     .status = referral_status_after(REFERRAL_ACCEPT),
                                                     .at = r->now,
                                                     .account = r->who->account,
                                                     .case_id = {.has = true, .value = case_id}},
                        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(referral_step_write(r, &(struct referral_step_new){.act = referral_act_code(REFERRAL_ACCEPT),
                                                           .how = field_text(r, "how"),
                                                           .answered_on = field_text(r, "on"),
                                                           .words = field_text(r, "words"),
                                                           .whom = field_text(r, "why"),
                                                           .case_id = case_id}));
    TRY(referral_shares_end(r));
    TRY(req_audit(r, "referral.accept", case_id, referral->id));
    if (!session_may(r->who, CAP_CASE_READ))
        return req_redirect(r, W_referral_accepted, "/referrals/%s", r->params[0]);
    return req_redirect(r, W_referral_accepted, "/cases/%s", id_text(r->arena, case_id));
}
