/* The answers of a view or a job of the PostgreSQL engine: those that were asked for, and those that were sent for ahead. */
#include "platform/store/foresight.h"
#include "platform/store/postgres.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWERS_MAX = 640,
    POOL_SIZE = 96 * 1024, /* inputs and what they point to; what does not fit is neither guessed nor found again */
    KEPT_MAX = 256 * 1024, /* bytes of an answer that is kept for who asks the same again */
    LINE_LEFT = 64,        /* room on the line that guesses leave to others */
};

struct answer {
    struct question question;
    bool foreseen; /* guessed from what requests of the kind asked before */
    bool ahead;    /* to be sent before it is asked: foreseen, or announced */
    bool sent;
    bool asked;
    bool stale;       /* a table it is read from was written to since, or it will not come */
    PGresult *result; /* NULL: on its way, not kept, or not sent */
};

struct ahead {
    bool on;    /* somebody said what is known */
    bool whole; /* requests of this kind ask nothing else: what is foreseen may be a transaction of its own */
    struct db_known known;
    struct value values[DB_KNOWN_MAX];
    struct answer answers[ANSWERS_MAX];
    unsigned count;
    unsigned last; /* where the last answer was found: the next one asked for mostly stands behind it */
    size_t used;
    _Alignas(struct value) uint8_t pool[POOL_SIZE];
};

struct ahead *postgres_ahead_new(void)
{
    return calloc(1, sizeof(struct ahead));
}

/* ---- keeping values ---- */

/* Room in the pool; NULL when it is full. */
static void *room(struct ahead *ahead, size_t size)
{
    size_t whole = (size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    if (whole > POOL_SIZE - ahead->used)
        return NULL;
    ahead->used += whole;
    return ahead->pool + ahead->used - whole;
}

static bool value_keep(struct ahead *ahead, const struct value *value, struct value *out)
{
    *out = *value;
    if ((value->kind != VALUE_TEXT && value->kind != VALUE_BYTES) || value->bytes.len == 0)
        return true;
    uint8_t *bytes = room(ahead, value->bytes.len);
    if (bytes == NULL)
        return false;
    memcpy(bytes, value->bytes.ptr, value->bytes.len);
    out->bytes.ptr = bytes;
    return true;
}

static bool is(const struct answer *answer, const struct sql *sql, const struct value *in)
{
    bool same = answer->question.sql == sql && !answer->stale;
    for (unsigned i = 0; same && i < sql->inputs; i++)
        same = value_same(&answer->question.in[i], &in[i]);
    return same;
}

static struct answer *find(struct ahead *ahead, const struct sql *sql, const struct value *in)
{
    for (unsigned i = 0; i < ahead->count; i++) {
        unsigned at = (ahead->last + 1 + i) % ahead->count;
        if (!is(&ahead->answers[at], sql, in))
            continue;
        ahead->last = at;
        return &ahead->answers[at];
    }
    return NULL;
}

/* NULL when there is no room. */
static struct answer *add(struct ahead *ahead, const struct sql *sql, const struct value *in)
{
    if (ahead->count == ANSWERS_MAX || sql->inputs > FORESIGHT_INPUTS)
        return NULL;
    struct value *kept = room(ahead, sql->inputs * sizeof *in);
    if (kept == NULL)
        return NULL;
    for (unsigned i = 0; i < sql->inputs; i++)
        if (!value_keep(ahead, &in[i], &kept[i]))
            return NULL;
    struct answer *answer = &ahead->answers[ahead->count++];
    *answer = (struct answer){.question = {.sql = sql, .in = kept}};
    return answer;
}

/* ---- guessing ---- */

static void guess(void *data, const struct sql *sql, const struct value *in)
{
    struct ahead *ahead = data;
    struct answer *answer = find(ahead, sql, in) == NULL ? add(ahead, sql, in) : NULL;
    if (answer != NULL)
        answer->ahead = answer->foreseen = true;
}

void postgres_foresee(struct db *base, const struct db_known *known)
{
    struct postgres_db *db = postgres_of(base);
    struct ahead *ahead = db->ahead;
    if (ahead == NULL || base->foresight == NULL || db->phase == PHASE_IDLE || known->count > DB_KNOWN_MAX)
        return;
    bool first = !ahead->on && db->phase == PHASE_READING && db->fresh;
    ahead->on = true;
    ahead->known = *known;
    ahead->known.values = ahead->values;
    for (size_t i = 0; i < known->count; i++)
        if (!value_keep(ahead, &known->values[i], &ahead->values[i]))
            ahead->values[i] = (struct value){.kind = VALUE_NULL};
    bool whole = foresight_guess(base->foresight, &ahead->known, guess, ahead);
    ahead->whole = whole && first && known->again;
}

void postgres_ahead(struct db *base, const struct sql *sql, const struct value *in)
{
    struct ahead *ahead = postgres_of(base)->ahead;
    if (ahead == NULL || !ahead->on || !sql->reads)
        return;
    struct answer *answer = find(ahead, sql, in) == NULL ? add(ahead, sql, in) : NULL;
    if (answer != NULL)
        answer->ahead = true;
}

enum err postgres_ahead_send(struct postgres_db *db)
{
    struct ahead *ahead = db->ahead;
    for (unsigned i = 0; ahead != NULL && i < ahead->count; i++) {
        struct answer *answer = &ahead->answers[i];
        if (!answer->ahead || answer->sent || answer->stale || db->line_count + LINE_LEFT > POSTGRES_LINE_MAX)
            continue;
        answer->sent = true;
        TRY(postgres_send(db, answer->question.sql, answer->question.in, &answer->result));
    }
    return OK;
}

uint64_t postgres_ahead_kind(const struct postgres_db *db)
{
    return db->ahead->known.kind;
}

bool postgres_ahead_whole(const struct postgres_db *db)
{
    return db->ahead != NULL && db->ahead->whole;
}

void postgres_ahead_doubt(struct postgres_db *db)
{
    foresight_doubt(db->base.foresight, postgres_ahead_kind(db));
}

void postgres_ahead_drop(struct postgres_db *db)
{
    struct ahead *ahead = db->ahead;
    if (ahead == NULL)
        return;
    ahead->whole = false;
    for (unsigned i = 0; i < ahead->count; i++)
        ahead->answers[i].stale |= ahead->answers[i].result == NULL;
}

void postgres_ahead_written(struct postgres_db *db, const struct sql *sql)
{
    struct ahead *ahead = db->ahead;
    for (unsigned i = 0; ahead != NULL && i < ahead->count; i++) {
        const struct sql *read = ahead->answers[i].question.sql;
        ahead->answers[i].stale |= sql == NULL || sql->tables == 0 || (read->tables & sql->tables) != 0;
    }
}

/* ---- asking ---- */

enum err postgres_ahead_ask(struct postgres_db *db, const struct sql *sql, const struct value *in, PGresult **out,
                            bool *kept)
{
    struct ahead *ahead = db->ahead;
    struct answer *answer = NULL;
    *kept = false;
    if (ahead == NULL || !ahead->on || !sql->reads || sql->slot == SLOT_NONE)
        return postgres_ask(db, sql, in, out);
    TRY(postgres_lost(&db->base));
    answer = find(ahead, sql, in);
    if (answer != NULL && answer->ahead && answer->result == NULL) {
        TRY(postgres_await(db));
        answer = find(ahead, sql, in); /* it may have been dropped */
    }
    if (answer == NULL)
        answer = add(ahead, sql, in);
    if (answer == NULL || answer->result == NULL)
        TRY(postgres_ask(db, sql, in, out));
    else
        *out = answer->result;
    if (answer == NULL)
        return OK;
    answer->asked = true;
    *kept = answer->result != NULL || PQresultMemorySize(*out) <= KEPT_MAX;
    if (*kept)
        answer->result = *out;
    return OK;
}

/* ---- the end of a view or a job ---- */

/* What was asked is what the next one of its kind will ask. */
static void learn(struct postgres_db *db)
{
    struct ahead *ahead = db->ahead;
    const struct question *asked[FORESIGHT_STATEMENTS];
    size_t count = 0;
    bool missed = false;
    bool wasted = false;
    for (unsigned i = 0; i < ahead->count; i++) {
        const struct answer *answer = &ahead->answers[i];
        if (answer->asked && count < FORESIGHT_STATEMENTS)
            asked[count++] = &answer->question;
        missed |= answer->asked && !answer->foreseen;
        wasted |= answer->foreseen && !answer->asked;
    }
    if (missed || wasted)
        foresight_learn(db->base.foresight, &ahead->known, asked, count, missed);
    else if (!ahead->whole)
        foresight_trust(db->base.foresight, ahead->known.kind);
}

void postgres_ahead_over(struct postgres_db *db)
{
    struct ahead *ahead = db->ahead;
    if (ahead == NULL || !ahead->on)
        return;
    if (!db->broken && db->base.spoiled == OK)
        learn(db);
    for (unsigned i = 0; i < db->line_count; i++)
        if (db->line[i].what == EXPECT_ANSWER)
            db->line[i].answer = NULL;
    for (unsigned i = 0; i < ahead->count; i++)
        PQclear(ahead->answers[i].result);
    sodium_memzero(ahead->pool, ahead->used);
    ahead->count = 0;
    ahead->last = 0;
    ahead->used = 0;
    ahead->on = false;
    ahead->whole = false;
}
