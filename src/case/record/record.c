#include "case/record/record.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/views.h"

#include <stdlib.h>

const struct code_list RECORD_RISKS = CODES(risk, "low", "medium", "high", "unknown");
const struct code_list RECORD_PHASES = CODES(phase, "rescue", "recovery", "reintegration");
const struct code_list RECORD_STRANDS = CODES(strand, "legal", "administrative", "psychosocial", "housing", "education",
                                              "health");
const struct code_list RECORD_CLOSE_REASONS = CODES(close_reason, "needs_met", "wish_of_child", "moved", "returned",
                                                    "other_support", "lost_contact", "died", "joined");

const struct code_list RECORD_FUNDINGS = CODES(funding, "state_6_months", "state_more", "municipality", "own",
                                               "project", "other");

static struct seal_place key_place(int64_t case_id)
{
    return (struct seal_place){.table = "record_key", .column = "wrapped", .row = case_id};
}

static struct seal_place name_place(int64_t case_id)
{
    return (struct seal_place){.table = "record_case", .column = "pseudonym", .row = case_id};
}

struct seal_place record_note_place(int64_t event)
{
    return (struct seal_place){.table = "record_event", .column = "note", .row = event};
}

/* ---- finding ---- */

/* The key under which this holder keeps case keys; false when the person is not that holder. */
static bool holder_key(const struct session *who, int64_t holder, struct seal_key *out)
{
    const struct team_keys *team = session_team(who, holder);
    if (team != NULL)
        *out = team->key;
    else if (holder == who->account)
        seal_derive(&who->own.secret_half, "case keys", out);
    else
        return false;
    return true;
}

enum err record_open_key(const struct session *who, int64_t holder, int64_t case_id, struct bytes wrapped,
                         struct seal_key *out)
{
    struct seal_key under;
    if (!holder_key(who, holder, &under))
        return ERR_NOT_FOUND;
    enum err result = seal_unwrap(&under, key_place(case_id), wrapped, out);
    seal_wipe(&under, sizeof under);
    return result;
}

enum err record_open_name(struct arena *arena, const struct session *who, int64_t holder, int64_t case_id,
                          struct bytes wrapped, struct bytes pseudonym, const char **out)
{
    struct seal_key key;
    TRY(record_open_key(who, holder, case_id, wrapped, &key));
    enum err result = seal_open_text(arena, &key, name_place(case_id), pseudonym, out);
    seal_wipe(&key, sizeof key);
    return result;
}

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
    };
    return record;
}

enum err case_scope(struct req *r)
{
    int64_t id = 0;
    struct record_case_held_row *rows;
    size_t count;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(record_case_held(r->db, r->arena, &(struct record_case_held_in){.org = r->org, .id = id}, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        enum err opened = record_open_key(r->who, rows[i].holder, id, rows[i].wrapped, &r->case_key);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        struct record *record = record_of_row(r->arena, id, &rows[i]);
        TRY(seal_open_text(r->arena, &r->case_key, name_place(id), rows[i].pseudonym, &record->pseudonym));
        /* Asked again inside a change: what was checked for an open case may not reach one that was closed meanwhile. */
        const struct record *before = r->scope;
        r->case_id = id;
        r->scope = record;
        return before == NULL || text_same(before->status, record->status) ? OK : ERR_STALE;
    }
    return ERR_NOT_FOUND;
}

const struct record *case_of(const struct req *r)
{
    return r->scope;
}

enum err case_must_be_open(const struct req *r)
{
    return text_same(case_of(r)->status, "open") ? OK : ERR_DENIED;
}

/* The check of changes that only an open case takes. */
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

const char *record_pseudonym_suggest(void)
{
    static const char *const words[] = {
        "Ozols",   "Liepa", "Bērzs",  "Kļava",   "Osis",    "Goba",     "Vītols",    "Kārkls",  "Priede", "Egle",
        "Paegle",  "Ieva",  "Lazda",  "Alksnis", "Apse",    "Pīlādzis", "Irbe",      "Cīrulis", "Dzenis", "Žagata",
        "Strazds", "Zīle",  "Gulbis", "Dzērve",  "Stārķis", "Kaija",    "Bezdelīga", "Vanags",  "Pūce",   "Salna",
        "Gauja",   "Venta", "Abava",  "Salaca",  "Ogre",    "Amata",    "Brasla",    "Rauna",   "Tirza",  "Misa",
    };
    uint32_t pick = 0;
    seal_random(&pick, sizeof pick);
    return words[pick % (sizeof words / sizeof *words)];
}

enum err record_new(struct db *db, struct arena *arena, const struct record_new *new_case, struct record_made *out)
{
    struct record_made made = {.id = id_new()};
    struct record_case_number_row next;
    int year = atoi(new_case->opened_on);
    seal_key_new(&made.key);
    TRY(record_case_number(db, arena, &(struct record_case_number_in){.org = new_case->org, .year = year}, &next));
    made.reference = reference_make(arena, year, next.number);
    TRY(record_case_add(db, &(struct record_case_add_in){
                                .org = new_case->org,
                                .id = made.id,
                                .reference = made.reference,
                                .year = year,
                                .number = next.number,
                                .pseudonym = seal_text(arena, &made.key, name_place(made.id), new_case->pseudonym),
                                .manager = new_case->manager,
                                .team = new_case->team->team,
                                .birth_year = new_case->birth_year,
                                .next_review = new_case->next_review,
                                .opened_on = new_case->opened_on,
                            }));
    TRY(record_key_add(db, &(struct record_key_add_in){
                               .org = new_case->org,
                               .holder = new_case->team->team,
                               .case_id = made.id,
                               .wrapped = seal_wrap(arena, &new_case->team->key, key_place(made.id), &made.key),
                           }));
    TRY(record_span_begin(db, new_case->org, made.id, "phase", "rescue", new_case->opened_on));
    TRY(record_event_add(db, arena, &made.key,
                         &(struct record_event){.org = new_case->org,
                                                .case_id = made.id,
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

enum err record_event_add(struct db *db, struct arena *arena, const struct seal_key *key,
                          const struct record_event *event)
{
    int64_t id = id_new();
    struct bytes note = {0};
    if (!text_empty(event->note))
        note = seal_text(arena, key, record_note_place(id), event->note);
    return record_event_add_row(db, &(struct record_event_add_row_in){
                                        .org = event->org,
                                        .case_id = event->case_id,
                                        .id = id,
                                        .happened_on = event->happened_on,
                                        .kind = event->kind,
                                        .phase = event->phase,
                                        .strand = event->strand,
                                        .account = event->account,
                                        .subject = {.has = event->subject != 0, .value = event->subject},
                                        .detail = event->detail,
                                        .note = note,
                                    });
}
