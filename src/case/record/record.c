#include "case/record/record.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/views.h"

#include <stdlib.h>
#include <string.h>

const struct code_list RECORD_RISKS = CODES(risk, "low", "medium", "high", "unknown");
const struct code_list RECORD_PHASES = CODES(phase, "rescue", "recovery", "reintegration");
const struct code_list RECORD_STRANDS = CODES(strand, "legal", "administrative", "psychosocial", "housing", "education",
                                              "health");
const struct code_list RECORD_CLOSE_REASONS = CODES(close_reason, "needs_met", "wish_of_child", "moved", "returned",
                                                    "other_support", "lost_contact", "died", "joined");

const struct code_list RECORD_FUNDINGS = CODES(funding, "state_6_months", "state_more", "municipality", "own",
                                               "project", "other");

struct seal_place record_note_place(int64_t event)
{
    return (struct seal_place){.table = "record_event", .column = "note", .row = event};
}

/* What the role table of a pack can give; the place of stay is given by itself alone. */
static const struct code_list PARTS = CODES(part, "basics", "person", "consent", "safety", "needs", "psychosocial",
                                            "legal", "services", "plan", "conference", "address");

const struct code_list *record_parts(void)
{
    static struct code_list given;
    given = PARTS;
    given.count = PARTS.count - 1;
    return &given;
}

enum case_part record_part(const char *code)
{
    enum case_part part = PART_NONE;
    (void)part_of(code, &part);
    return part;
}

/* ---- finding ---- */

static struct record *record_of_row(struct arena *arena, int64_t id, const struct record_case_held_row *row)
{
    struct record *record = ARENA_NEW(arena, struct record);
    *record = (struct record){
        .id = id,
        .reference = row->reference,
        .manager = row->manager,
        .team = row->team,
        .status = row->status,
        .risk = row->risk,
        .birth_year = row->birth_year,
        .next_review = row->next_review,
        .opened_on = row->opened_on,
        .closed_on = row->closed_on,
        .close_reason = row->close_reason,
        .version = row->version,
        .generation = row->generation,
    };
    return record;
}

/* Takes the keys of one holder to those of the others: whoever is on a case in two ways sees what either way shows. */
static void keys_join(struct case_keys *all, const struct case_keys *more)
{
    if (case_keys_whole(all))
        return;
    if (case_keys_whole(more)) {
        *all = *more;
        return;
    }
    for (unsigned part = PART_BASICS; part < PART_ADDRESS; part++)
        if ((more->parts & PART_BIT(part)) != 0)
            all->part[part] = more->part[part];
    all->parts |= more->parts;
}

/* The holder's row through which the person sees the most is how they are on the case. */
static enum err keys_gather(struct req *r, int64_t id, const struct record_case_held_row *rows, size_t count,
                            struct case_keys *keys, const struct record_case_held_row **by)
{
    *keys = (struct case_keys){0};
    for (size_t i = 0; i < count && !case_keys_whole(keys); i++) {
        struct case_keys more;
        enum err opened = record_open_keys(r, rows[i].holder, id, rows[i].wrapped, &more);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        if (*by == NULL || case_keys_whole(&more))
            *by = &rows[i];
        keys_join(keys, &more);
        seal_wipe(&more, sizeof more);
    }
    return *by == NULL ? ERR_NOT_FOUND : OK;
}

enum err case_scope(struct req *r)
{
    int64_t id = 0;
    struct record_case_held_row *rows;
    const struct record_case_held_row *by = NULL;
    struct case_keys keys;
    size_t count;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(record_case_held(r->db, r->arena,
                         &(struct record_case_held_in){.org = r->org, .id = id, .account = r->who->account}, &rows,
                         &count));
    TRY(keys_gather(r, id, rows, count, &keys, &by));
    struct record *record = record_of_row(r->arena, id, by);
    record->keys = keys;
    record->keys.past = ARENA_NEW(r->arena, struct case_past);
    record->via = by->via;
    record->role = by->role;
    record->until = by->until;
    seal_wipe(&keys, sizeof keys);
    TRY(seal_open_text(r->arena, &record->keys.part[PART_BASICS], record_name_place(id), by->pseudonym,
                       &record->pseudonym));
    /* Asked again inside a change: what was checked for an open case may not reach one that was closed meanwhile. */
    const struct record *before = r->case_id == id ? r->scope : NULL;
    r->case_id = id;
    r->scope = record;
    r->parts = record->keys.parts;
    if (case_keys_whole(&record->keys) && !text_same(record->via, "glass"))
        r->parts |= PART_BIT(PART_WHOLE);
    r->part = r->route->part < PART_COUNT ? r->route->part : PART_NONE;
    return before == NULL || text_same(before->status, record->status) ? OK : ERR_STALE;
}

enum err case_part_found(struct req *r, enum case_part part)
{
    if ((r->parts & PART_BIT(part)) == 0)
        return ERR_NOT_FOUND;
    r->part = part;
    return OK;
}

bool case_has(const struct req *r, enum case_part part)
{
    return (r->parts & PART_BIT(part)) != 0;
}

const struct record *case_of(const struct req *r)
{
    return r->scope;
}

enum err case_must_be_open(const struct req *r)
{
    return text_same(case_of(r)->status, "open") ? OK : ERR_DENIED;
}

enum err case_open_check(struct req *r)
{
    TRY(case_must_be_open(r));
    return r->failed ? ERR_INPUT : OK;
}

int phase_tone(const char *phase)
{
    return text_same(phase, "rescue") ? 1 : text_same(phase, "recovery") ? 2 : 3;
}

int record_age(const struct record *record, int64_t now)
{
    if (!record->birth_year.has)
        return -1;
    return time_local(now).year - (int)record->birth_year.value;
}

/* ---- making ---- */

const char *record_pseudonym_at(size_t index)
{
    static const char *const words[] = {
        "Ozols",    "Liepa",   "Bērzs",   "Kļava",     "Osis",      "Goba",    "Vītols",   "Kārkls",    "Priede",
        "Egle",     "Paegle",  "Ieva",    "Lazda",     "Alksnis",   "Apse",    "Pīlādzis", "Kastanis",  "Lapegle",
        "Ābele",    "Ķirsis",  "Irbe",    "Cīrulis",   "Dzenis",    "Žagata",  "Strazds",  "Zīle",      "Gulbis",
        "Dzērve",   "Stārķis", "Kaija",   "Bezdelīga", "Vanags",    "Pūce",    "Svīre",    "Dzeguze",   "Lakstīgala",
        "Krauklis", "Vālodze", "Mednis",  "Rubenis",   "Ērglis",    "Gārnis",  "Žubīte",   "Sīlis",     "Zvirbulis",
        "Grieze",   "Klija",   "Stērste", "Pīle",      "Vizbulīte", "Pīpene",  "Magone",   "Rudzupuķe", "Kumelīte",
        "Vijolīte", "Pienene", "Ceriņš",  "Jasmīns",   "Virsis",    "Kadiķis", "Mellene",  "Brūklene",  "Dzērvene",
        "Lācene",   "Avene",   "Zemene",  "Salna",     "Gauja",     "Venta",   "Abava",    "Salaca",    "Ogre",
        "Amata",    "Brasla",  "Rauna",   "Tirza",     "Misa",      "Daugava", "Lielupe",  "Aiviekste", "Pededze",
        "Seda",     "Rūja",    "Iecava",  "Bārta",     "Roja",      "Rinda",   "Užava",    "Durbe",     "Tebra",
        "Mūsa",     "Mēmele",  "Dubna",   "Svēte",     "Tērvete",   "Auce",    "Vadakste", "Vaidava",   "Jugla",
        "Pērse",
    };
    _Static_assert(sizeof words / sizeof *words == RECORD_PSEUDONYMS, "the list has another length");
    return words[index % RECORD_PSEUDONYMS];
}

const char *record_pseudonym_suggest(void)
{
    uint32_t pick = 0;
    seal_random(&pick, sizeof pick);
    return record_pseudonym_at(pick);
}

/* The emergency team holds every case; only a broken glass opens what it holds (docs/ACCESS.md). */
static enum err give_emergency(struct db *db, struct arena *arena, const struct record_new *new_case,
                               const struct record_made *made, int64_t now)
{
    struct record_emergency_row team;
    struct record_grant grant = {.org = new_case->org,
                                 .case_id = made->id,
                                 .via = "emergency",
                                 .parts = PARTS_WHOLE,
                                 .since = now,
                                 .given_by = new_case->manager};
    if (new_case->emergency != NULL && new_case->emergency->team != 0) {
        grant.holder = new_case->emergency->team;
        return record_give_team(db, arena, &grant, &made->keys, &new_case->emergency->key);
    }
    enum err found = record_emergency(db, arena, &(struct record_emergency_in){.org = new_case->org}, &team);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    struct seal_key public_half;
    if (team.public.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(public_half.b, team.public.ptr, SEAL_KEY_SIZE);
    grant.holder = team.id;
    return record_give_box(db, arena, &grant, &made->keys, &public_half);
}

static enum err give_keys(struct db *db, struct arena *arena, const struct record_new *new_case,
                          const struct record_made *made)
{
    int64_t now = time_now();
    struct record_grant grant = {.org = new_case->org,
                                 .case_id = made->id,
                                 .holder = new_case->team->team,
                                 .via = "team",
                                 .since = now,
                                 .given_by = new_case->manager};
    TRY(record_give_team(db, arena, &grant, &made->keys, &new_case->team->key));
    return give_emergency(db, arena, new_case, made, now);
}

enum err record_new(struct db *db, struct arena *arena, const struct record_new *new_case, struct record_made *out)
{
    struct record_made made = {.id = id_new()};
    struct record_case_number_row next;
    struct seal_key root;
    int year = atoi(new_case->opened_on);
    seal_key_new(&root);
    case_keys_of_root(&root, &made.keys);
    seal_wipe(&root, sizeof root);
    TRY(record_case_number(db, arena, &(struct record_case_number_in){.org = new_case->org, .year = year}, &next));
    made.reference = reference_make(arena, year, next.number);
    TRY(record_case_add(db, &(struct record_case_add_in){
                                .org = new_case->org,
                                .id = made.id,
                                .reference = made.reference,
                                .year = year,
                                .number = next.number,
                                .pseudonym = seal_text(arena, &made.keys.part[PART_BASICS], record_name_place(made.id),
                                                       new_case->pseudonym),
                                .manager = new_case->manager,
                                .team = new_case->team->team,
                                .birth_year = new_case->birth_year,
                                .risk = new_case->risk == NULL ? "unknown" : new_case->risk,
                                .next_review = new_case->next_review,
                                .opened_on = new_case->opened_on,
                                .status = new_case->closed_on == NULL ? "open" : "closed",
                                .closed_on = new_case->closed_on,
                                .close_reason = new_case->close_reason,
                                .keyed_as = next.leavings,
                            }));
    TRY(give_keys(db, arena, new_case, &made));
    TRY(record_span_add(db, &(struct record_span_add_in){.org = new_case->org,
                                                         .case_id = made.id,
                                                         .id = id_new(),
                                                         .kind = "phase",
                                                         .code = "rescue",
                                                         .started_on = new_case->opened_on,
                                                         .ended_on = new_case->rescue_ended_on}));
    TRY(record_event_add(db, arena, &made.keys,
                         &(struct record_event){.org = new_case->org,
                                                .case_id = made.id,
                                                .part = PART_BASICS,
                                                .happened_on = new_case->opened_on,
                                                .kind = "case_opened",
                                                .phase = "rescue",
                                                .account = new_case->manager}));
    *out = made;
    return OK;
}

enum err record_risk(struct db *db, int64_t org, int64_t case_id, const char *risk)
{
    return record_case_risk(db, &(struct record_case_risk_in){.org = org, .id = case_id, .risk = risk});
}

enum err record_review(struct db *db, int64_t org, int64_t case_id, const char *next_review)
{
    return record_case_review(db,
                              &(struct record_case_review_in){.org = org, .id = case_id, .next_review = next_review});
}

enum err record_birth(struct db *db, int64_t org, int64_t case_id, struct maybe birth_year)
{
    return record_case_birth(db, &(struct record_case_birth_in){.org = org, .id = case_id, .birth_year = birth_year});
}

enum err record_span_begin(struct db *db, int64_t org, int64_t case_id, const char *kind, const char *code,
                           const char *started_on)
{
    return record_span_add(
        db, &(struct record_span_add_in){
                .org = org, .case_id = case_id, .id = id_new(), .kind = kind, .code = code, .started_on = started_on});
}

enum err record_event_add(struct db *db, struct arena *arena, const struct case_keys *keys,
                          const struct record_event *event)
{
    int64_t id = id_new();
    struct bytes note = {0};
    if (event->part == PART_NONE || (keys->parts & PART_BIT(event->part)) == 0)
        BUG("an event of a part that is not held");
    if (!text_empty(event->note))
        note = seal_text(arena, &keys->part[event->part], record_note_place(id), event->note);
    return record_event_add_row(db, &(struct record_event_add_row_in){
                                        .org = event->org,
                                        .case_id = event->case_id,
                                        .id = id,
                                        .happened_on = event->happened_on,
                                        .kind = event->kind,
                                        .phase = event->phase,
                                        .strand = event->strand,
                                        .account = event->account,
                                        .subject = maybe_unless_zero(event->subject),
                                        .detail = event->detail,
                                        .note = note,
                                        .part = PART_BIT(event->part),
                                    });
}

enum err record_take_over(struct db *db, struct arena *arena, int64_t org, int64_t team, int64_t from, int64_t to,
                          int64_t by, const char *on, size_t *count)
{
    struct record_managed_in_team_row *rows;
    TRY(record_managed_in_team(
        db, arena, &(struct record_managed_in_team_in){.org = org, .manager = from, .team = team}, &rows, count));
    for (size_t i = 0; i < *count; i++) {
        TRY(record_case_manager_any(db,
                                    &(struct record_case_manager_any_in){.org = org, .id = rows[i].id, .manager = to}));
        TRY(record_event_add_row(db, &(struct record_event_add_row_in){.org = org,
                                                                       .case_id = rows[i].id,
                                                                       .id = id_new(),
                                                                       .happened_on = on,
                                                                       .kind = "hand_over",
                                                                       .account = by,
                                                                       .subject = {.has = true, .value = to},
                                                                       .part = PART_BIT(PART_BASICS)}));
    }
    return OK;
}

enum err case_event_add(struct req *r, const struct record_event *event)
{
    struct record_event full = *event;
    full.org = r->org;
    full.case_id = r->case_id;
    full.account = r->who->account;
    return record_event_add(r->db, r->arena, &case_of(r)->keys, &full);
}

enum err case_close(struct req *r, const char *on, const char *reason, const char *words, int64_t version)
{
    size_t changed = 0, ended = 0;
    TRY(record_case_close(r->db,
                          &(struct record_case_close_in){
                              .org = r->org, .id = r->case_id, .closed_on = on, .reason = reason, .version = version},
                          &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(record_span_end_all(
        r->db, &(struct record_span_end_all_in){.org = r->org, .case_id = r->case_id, .ended_on = on}, &ended));
    return case_event_add(
        r, &(struct record_event){
               .part = PART_BASICS, .happened_on = on, .kind = "case_closed", .detail = reason, .note = words});
}
