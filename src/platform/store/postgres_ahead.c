/* The answers of a view or a job of the PostgreSQL engine: those that were asked for, and those that were sent for ahead. */
#include "platform/store/foresight.h"
#include "platform/store/postgres.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    POOL_SIZE = 32 * 1024, /* what values point to; what does not fit is neither guessed nor found again */
    KEPT_MAX = 256 * 1024, /* bytes of an answer that is kept for who asks the same again */
    LINE_LEFT = 64,        /* room on the line that guesses leave to others */
};

struct answer {
    struct question question;
    bool guessed; /* sent for ahead, or about to be */
    bool sent;
    bool asked;
    bool stale;       /* a table it is read from was written to since */
    PGresult *result; /* NULL: on its way, not kept, or not sent */
};

struct ahead {
    bool on; /* somebody said what is known */
    struct db_known known;
    struct value values[DB_KNOWN_MAX];
    struct answer answers[FORESIGHT_STATEMENTS];
    unsigned count;
    size_t used;
    uint8_t pool[POOL_SIZE];
};

struct ahead *postgres_ahead_new(void)
{
    return calloc(1, sizeof(struct ahead));
}

/* ---- keeping values ---- */

static bool value_keep(struct ahead *ahead, const struct value *value, struct value *out)
{
    *out = *value;
    if (value->kind != VALUE_TEXT && value->kind != VALUE_BYTES)
        return true;
    if (value->bytes.len > POOL_SIZE - ahead->used)
        return false;
    out->bytes.ptr = ahead->pool + ahead->used;
    if (value->bytes.len > 0)
        memcpy(ahead->pool + ahead->used, value->bytes.ptr, value->bytes.len);
    ahead->used += value->bytes.len;
    return true;
}

static struct answer *find(struct ahead *ahead, const struct sql *sql, const struct value *in)
{
    for (unsigned i = 0; i < ahead->count; i++) {
        struct answer *answer = &ahead->answers[i];
        bool same = answer->question.sql == sql && !answer->stale;
        for (unsigned k = 0; same && k < sql->inputs; k++)
            same = value_same(&answer->question.in[k], &in[k]);
        if (same)
            return answer;
    }
    return NULL;
}

/* NULL when there is no room. */
static struct answer *add(struct ahead *ahead, const struct sql *sql, const struct value *in)
{
    if (ahead->count == FORESIGHT_STATEMENTS || sql->inputs > FORESIGHT_INPUTS)
        return NULL;
    struct answer *answer = &ahead->answers[ahead->count];
    *answer = (struct answer){.question = {.sql = sql}};
    for (unsigned i = 0; i < sql->inputs; i++)
        if (!value_keep(ahead, &in[i], &answer->question.in[i]))
            return NULL;
    ahead->count++;
    return answer;
}

/* ---- guessing ---- */

static void guess(void *data, const struct sql *sql, const struct value *in)
{
    struct ahead *ahead = data;
    struct answer *answer = find(ahead, sql, in) == NULL ? add(ahead, sql, in) : NULL;
    if (answer != NULL)
        answer->guessed = true;
}

void postgres_foresee(struct db *base, const struct db_known *known)
{
    struct postgres_db *db = postgres_of(base);
    struct ahead *ahead = db->ahead;
    if (ahead == NULL || base->foresight == NULL || db->phase == PHASE_IDLE || known->count > DB_KNOWN_MAX)
        return;
    ahead->on = true;
    ahead->known = (struct db_known){known->kind, ahead->values, known->count, known->now};
    for (size_t i = 0; i < known->count; i++)
        if (!value_keep(ahead, &known->values[i], &ahead->values[i]))
            ahead->values[i] = (struct value){.kind = VALUE_NULL};
    foresight_guess(base->foresight, &ahead->known, guess, ahead);
}

enum err postgres_ahead_send(struct postgres_db *db)
{
    struct ahead *ahead = db->ahead;
    for (unsigned i = 0; ahead != NULL && i < ahead->count; i++) {
        struct answer *answer = &ahead->answers[i];
        if (!answer->guessed || answer->sent || answer->stale || db->line_count + LINE_LEFT > POSTGRES_LINE_MAX)
            continue;
        answer->sent = true;
        TRY(postgres_send(db, answer->question.sql, answer->question.in, &answer->result));
    }
    return OK;
}

void postgres_ahead_drop(struct postgres_db *db)
{
    struct ahead *ahead = db->ahead;
    for (unsigned i = 0; ahead != NULL && i < ahead->count; i++)
        ahead->answers[i].stale |= ahead->answers[i].result == NULL;
}

uint64_t postgres_ahead_kind(const struct postgres_db *db)
{
    return db->ahead->known.kind;
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
    if (answer != NULL && answer->guessed && answer->result == NULL) {
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
    bool as_guessed = true;
    for (unsigned i = 0; i < ahead->count; i++) {
        if (ahead->answers[i].asked)
            asked[count++] = &ahead->answers[i].question;
        as_guessed &= ahead->answers[i].asked && ahead->answers[i].guessed;
    }
    if (!as_guessed)
        foresight_learn(db->base.foresight, &ahead->known, asked, count);
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
    ahead->used = 0;
    ahead->on = false;
}
