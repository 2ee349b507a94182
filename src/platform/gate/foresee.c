/* What is known of a request before it asks the data anything, so that the store can ask ahead (store.h).
 *
 * Most of it hangs on who asks, and that stands in the data. So the gate remembers of each session whose it was and in which teams, and guesses
 * that it still is so. Nothing is ever decided by that: the session is read as always, in the same trip; if something has changed meanwhile, what was
 * asked ahead is of no use and the page asks for itself. */
#include "platform/gate/internal.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { OWNERS = 1024, PARAMS_AT = 20, FIELDS_AT = 32 };

struct owners {
    pthread_mutex_t lock;
    struct {
        uint8_t token_hash[SEAL_HASH_SIZE];
        struct owner owner;
    } of[OWNERS];
};

struct owners *gate_owners_new(void)
{
    struct owners *owners = calloc(1, sizeof *owners);
    if (owners != NULL)
        (void)pthread_mutex_init(&owners->lock, NULL);
    return owners;
}

void gate_owners_free(struct owners *owners)
{
    if (owners == NULL)
        return;
    (void)pthread_mutex_destroy(&owners->lock);
    free(owners);
}

static size_t place_of(const uint8_t token_hash[SEAL_HASH_SIZE])
{
    return (size_t)(token_hash[0] | token_hash[1] << 8) % OWNERS;
}

static bool remembered(struct owners *owners, const uint8_t token_hash[SEAL_HASH_SIZE], struct owner *out)
{
    size_t at = place_of(token_hash);
    (void)pthread_mutex_lock(&owners->lock);
    bool same = memcmp(owners->of[at].token_hash, token_hash, SEAL_HASH_SIZE) == 0;
    if (same)
        *out = owners->of[at].owner;
    (void)pthread_mutex_unlock(&owners->lock);
    return same;
}

static void remember(struct owners *owners, const uint8_t token_hash[SEAL_HASH_SIZE], const struct owner *owner)
{
    size_t at = place_of(token_hash);
    (void)pthread_mutex_lock(&owners->lock);
    memcpy(owners->of[at].token_hash, token_hash, SEAL_HASH_SIZE);
    owners->of[at].owner = *owner;
    (void)pthread_mutex_unlock(&owners->lock);
}

static struct owner owner_of(const struct session *who)
{
    struct owner owner = {.account = who->account,
                          .session = who->id,
                          .role = (size_t)who->role,
                          .team_count = who->team_count,
                          .emergency = who->emergency.team,
                          .intake = OWNER_TEAMS};
    for (size_t i = 0; i < who->team_count && i < OWNER_TEAMS; i++) {
        owner.teams[i] = who->teams[i].team;
        if (who->teams[i].intake && owner.intake == OWNER_TEAMS)
            owner.intake = i;
    }
    return owner;
}

/* ---- the values ---- */

static struct value of_int(int64_t number)
{
    return number == 0 ? (struct value){.kind = VALUE_NULL} : (struct value){.kind = VALUE_INT, .i = number};
}

static struct value of_text(const char *text)
{
    if (text_empty(text))
        return (struct value){.kind = VALUE_NULL};
    return (struct value){.kind = VALUE_TEXT, .bytes = {(const uint8_t *)text, strlen(text)}};
}

static struct value of_id(const char *text)
{
    int64_t id = 0;
    return of_int(text != NULL && id_parse(text, &id) ? id : 0);
}

static const char *given(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->gate->given_count; i++)
        if (text_same(r->gate->given[i].name, name))
            return (const char *)r->gate->given[i].value.ptr;
    return NULL;
}

/* Ids, numbers, codes and days of the request; never what somebody wrote. */
static struct value field_known(const struct field_rule *rule, const char *text)
{
    int64_t number = 0;
    switch (rule->kind) {
    case FIELD_ID: return of_id(text);
    case FIELD_INT: return of_int(text != NULL && text_to_int(text, &number) ? number : 0);
    case FIELD_CODE:
    case FIELD_DATE: return of_text(text);
    default: return (struct value){.kind = VALUE_NULL};
    }
}

static uint64_t mix(uint64_t kind, const void *ptr, size_t len)
{
    const uint8_t *bytes = ptr;
    for (size_t i = 0; i < len; i++)
        kind = (kind ^ bytes[i]) * 1099511628211U; /* FNV-1a */
    return kind;
}

/* Who asks, where, and which of the page's lists: such requests ask the same things. */
static uint64_t kind_of(const struct req *r, const struct owner *owner, enum foreseen what)
{
    uint64_t kind = 14695981039346656037U;
    kind = mix(kind, &r->route, sizeof r->route);
    kind = mix(kind, &what, sizeof what);
    kind = mix(kind, &owner->role, sizeof owner->role);
    kind = mix(kind, &owner->team_count, sizeof owner->team_count);
    kind = mix(kind, &owner->intake, sizeof owner->intake);
    for (const struct field_rule *rule = r->route->fields; rule != NULL && rule->name != NULL; rule++) {
        const char *text = rule->kind == FIELD_CODE ? given(r, rule->name) : NULL;
        if (text != NULL)
            kind = mix(kind, text, strlen(text) + 1);
    }
    return kind | 1;
}

static void foresee(struct req *r, struct db *db, const struct owner *owner, enum foreseen what)
{
    struct value values[DB_KNOWN_MAX] = {{0}};
    struct db_known known = {.values = values, .count = FIELDS_AT, .now = r->now};
    known.again = what == FORESEEN_VIEW && !r->gate->last_try;
    struct value *params = values + PARAMS_AT;
    values[0] = of_int(r->org);
    values[1] = of_int(r->now);
    values[2] = of_text(time_date(r->arena, r->now));
    values[3] = of_int(owner->account);
    values[4] = of_int(owner->session);
    values[5] = of_int(r->gate->once_key);
    values[6] = (struct value){.kind = VALUE_BYTES, .bytes = {r->gate->token_hash, SEAL_HASH_SIZE}};
    values[7] = of_int(owner->emergency);
    values[8] = of_int(owner->intake < OWNER_TEAMS ? owner->teams[owner->intake] : 0);
    for (size_t i = 0; i < OWNER_TEAMS; i++)
        values[9 + i] = of_int(i < owner->team_count ? owner->teams[i] : 0);
    for (size_t i = 0; i < PARAM_MAX; i++) {
        params[i] = of_id(r->params[i]);
        params[PARAM_MAX + i] = of_text(r->params[i]);
    }
    const struct field_rule *rule = r->route->fields;
    for (; rule != NULL && rule->name != NULL && known.count < DB_KNOWN_MAX; rule++)
        values[known.count++] = field_known(rule, given(r, rule->name));
    known.kind = kind_of(r, owner, what);
    db_foresee(db, &known);
}

/* ---- when ---- */

void gate_foresee_session(struct req *r, const char *token)
{
    struct gate_state *gate = r->gate;
    if (!db_foresees(r->db) || r->app->owners == NULL || r->route == NULL ||
        !account_token_hash(token, gate->token_hash))
        return;
    gate->owned = remembered(r->app->owners, gate->token_hash, &gate->owner);
    if (gate->owned)
        foresee(r, r->db, &gate->owner, FORESEEN_VIEW);
}

void gate_foresee(struct req *r, enum foreseen what)
{
    struct gate_state *gate = r->gate;
    if (!db_foresees(r->db) || r->app->owners == NULL || r->who == NULL || r->route == NULL)
        return;
    struct owner owner = owner_of(r->who);
    bool same = gate->owned && memcmp(&owner, &gate->owner, sizeof owner) == 0;
    if (what == FORESEEN_VIEW && same)
        return;
    if (!same)
        remember(r->app->owners, gate->token_hash, &owner);
    gate->owner = owner;
    gate->owned = true;
    foresee(r, r->db, &owner, what);
}

void gate_foresee_later(struct db *db, const struct audit *audit)
{
    const struct value values[] = {of_int(audit->org), of_int(audit->at), of_int(audit->account),
                                   of_int(audit->case_id), of_int(audit->subject)};
    uint64_t kind = audit->act == NULL ? 1 : audit->case_id == 0 ? 3 : 5;
    db_foresee(db, &(struct db_known){
                       .kind = kind, .values = values, .count = sizeof values / sizeof *values, .now = audit->at});
}
