#include "platform/store/foresight.h"

#include "base/time.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 4096 /* a power of two */, WASTED_MOST = 3 };
static const int64_t MOMENTS_MS = 3700 * DAY_MS;

/* Where an input comes from. */
struct source {
    enum { SOURCE_KNOWN, SOURCE_NULL, SOURCE_NUMBER, SOURCE_MOMENT, SOURCE_TEXT } from;
    union {
        size_t at;      /* SOURCE_KNOWN: which of the known values */
        int64_t number; /* SOURCE_NUMBER; SOURCE_MOMENT: milliseconds from now */
        struct {
            uint8_t length;
            char letters[FORESIGHT_TEXT_MAX];
        } text; /* SOURCE_TEXT */
    };
};

/* The statements of one kind of request; behind them the sources of all their inputs. */
struct habit {
    uint64_t kind;
    bool whole;      /* the last request asked nothing else */
    unsigned wasted; /* requests in a row that asked less */
    size_t count;
    size_t sources_at;
    const struct sql *statements[];
};

struct foresight {
    pthread_mutex_t lock;
    struct habit *habits[KINDS]; /* by kind; of two in the same place the later one stays */
};

struct foresight *foresight_new(void)
{
    struct foresight *foresight = calloc(1, sizeof *foresight);
    if (foresight != NULL)
        (void)pthread_mutex_init(&foresight->lock, NULL);
    return foresight;
}

void foresight_free(struct foresight *foresight)
{
    if (foresight == NULL)
        return;
    for (size_t i = 0; i < KINDS; i++)
        free(foresight->habits[i]);
    (void)pthread_mutex_destroy(&foresight->lock);
    free(foresight);
}

static struct habit **place_of(struct foresight *foresight, uint64_t kind)
{
    return &foresight->habits[(kind ^ kind >> 16 ^ kind >> 32) & (KINDS - 1)];
}

static struct source *sources_of(struct habit *habit)
{
    return (struct source *)(void *)((char *)habit + habit->sources_at);
}

bool value_same(const struct value *one, const struct value *other)
{
    if (one->kind != other->kind)
        return false;
    switch (one->kind) {
    case VALUE_NULL: return true;
    case VALUE_INT: return one->i == other->i;
    case VALUE_REAL: return memcmp(&one->real, &other->real, sizeof one->real) == 0;
    default:
        return one->bytes.len == other->bytes.len &&
               (one->bytes.len == 0 || memcmp(one->bytes.ptr, other->bytes.ptr, one->bytes.len) == 0);
    }
}

/* ---- learning ---- */

/* A number that is small, or stands for none or all; or a moment so many minutes before or behind now. */
static bool number_of(int64_t number, int64_t now, struct source *out)
{
    int64_t distance;
    bool small = number >= -FORESIGHT_NUMBER_MAX && number <= FORESIGHT_NUMBER_MAX;
    if (small || number == INT64_MIN || number == INT64_MAX) {
        *out = (struct source){.from = SOURCE_NUMBER, .number = number};
        return true;
    }
    if (__builtin_sub_overflow(number, now, &distance) || distance < -MOMENTS_MS || distance > MOMENTS_MS)
        return false;
    *out = (struct source){.from = SOURCE_MOMENT, .number = distance};
    return distance % MINUTE_MS == 0;
}

/* False for what may be neither guessed nor kept: ids, bytes, and texts that are no code or date. */
static bool source_of(const struct value *value, char kind, const struct db_known *known, struct source *out)
{
    *out = (struct source){.from = SOURCE_NULL};
    for (size_t i = 0; i < known->count && value->kind != VALUE_NULL; i++) {
        if (value_same(value, &known->values[i])) {
            *out = (struct source){.from = SOURCE_KNOWN, .at = i};
            return true;
        }
    }
    switch (value->kind) {
    case VALUE_NULL: return true;
    case VALUE_INT: return number_of(value->i, known->now, out);
    case VALUE_TEXT:
        if (value->bytes.len > (kind == 'c' ? FORESIGHT_TEXT_MAX : 0))
            return false;
        out->from = SOURCE_TEXT;
        out->text.length = (uint8_t)value->bytes.len;
        if (value->bytes.len > 0)
            memcpy(out->text.letters, value->bytes.ptr, value->bytes.len);
        return true;
    default: return false;
    }
}

static bool sources_found(const struct question *asked, const struct db_known *known, struct source *out)
{
    for (unsigned i = 0; i < asked->sql->inputs; i++)
        if (!source_of(&asked->in[i], asked->sql->kinds[i], known, &out[i]))
            return false;
    return true;
}

/* NULL when there is nothing to remember, or no memory. */
static struct habit *habit_of(const struct db_known *known, const struct question *const *asked, size_t count)
{
    size_t inputs = 0;
    for (size_t i = 0; i < count; i++)
        inputs += asked[i]->sql->inputs;
    size_t sources_at = sizeof(struct habit) + count * sizeof(const struct sql *);
    struct habit *habit = calloc(1, sources_at + inputs * sizeof(struct source));
    if (habit == NULL)
        return NULL;
    habit->kind = known->kind;
    habit->sources_at = sources_at;
    struct source *source = sources_of(habit);
    for (size_t i = 0; i < count; i++) {
        if (!sources_found(asked[i], known, source))
            continue;
        source += asked[i]->sql->inputs;
        habit->statements[habit->count++] = asked[i]->sql;
    }
    if (habit->count > 0)
        return habit;
    free(habit);
    return NULL;
}

static void keep(struct foresight *foresight, uint64_t kind, struct habit *habit)
{
    struct habit **place = place_of(foresight, kind);
    (void)pthread_mutex_lock(&foresight->lock);
    struct habit *before = *place;
    *place = habit;
    (void)pthread_mutex_unlock(&foresight->lock);
    free(before);
}

/* Is what was remembered still good enough, though less was asked? */
static bool bears(struct foresight *foresight, uint64_t kind)
{
    (void)pthread_mutex_lock(&foresight->lock);
    struct habit *habit = *place_of(foresight, kind);
    bool same = habit != NULL && habit->kind == kind && habit->wasted++ < WASTED_MOST;
    (void)pthread_mutex_unlock(&foresight->lock);
    return same;
}

void foresight_learn(struct foresight *foresight, const struct db_known *known, const struct question *const *asked,
                     size_t count, bool missed)
{
    if (missed || !bears(foresight, known->kind))
        keep(foresight, known->kind, habit_of(known, asked, count));
}

static void judge(struct foresight *foresight, uint64_t kind, bool whole)
{
    (void)pthread_mutex_lock(&foresight->lock);
    struct habit *habit = *place_of(foresight, kind);
    if (habit != NULL && habit->kind == kind) {
        habit->whole = whole;
        habit->wasted = 0;
    }
    (void)pthread_mutex_unlock(&foresight->lock);
}

void foresight_trust(struct foresight *foresight, uint64_t kind)
{
    judge(foresight, kind, true);
}

void foresight_doubt(struct foresight *foresight, uint64_t kind)
{
    judge(foresight, kind, false);
}

void foresight_forget(struct foresight *foresight, uint64_t kind)
{
    keep(foresight, kind, NULL);
}

/* ---- guessing ---- */

static bool value_from(const struct source *source, const struct db_known *known, struct value *out)
{
    switch (source->from) {
    case SOURCE_KNOWN:
        if (source->at >= known->count || known->values[source->at].kind == VALUE_NULL)
            return false;
        *out = known->values[source->at];
        return true;
    case SOURCE_NULL: *out = (struct value){.kind = VALUE_NULL}; return true;
    case SOURCE_NUMBER: *out = (struct value){.kind = VALUE_INT, .i = source->number}; return true;
    case SOURCE_MOMENT: *out = (struct value){.kind = VALUE_INT, .i = known->now + source->number}; return true;
    default:
        *out = (struct value){.kind = VALUE_TEXT,
                              .bytes = {(const uint8_t *)source->text.letters, source->text.length}};
        return true;
    }
}

/* Under the lock, so `put` must not wait. */
static void guess_all(struct habit *habit, const struct db_known *known,
                      void (*put)(void *data, const struct sql *sql, const struct value *in), void *data)
{
    const struct source *source = sources_of(habit);
    for (size_t i = 0; i < habit->count; i++) {
        const struct sql *sql = habit->statements[i];
        struct value in[FORESIGHT_INPUTS];
        bool whole = true;
        for (unsigned k = 0; k < sql->inputs; k++)
            whole = whole && value_from(&source[k], known, &in[k]);
        source += sql->inputs;
        if (whole)
            put(data, sql, in);
    }
}

bool foresight_guess(struct foresight *foresight, const struct db_known *known,
                     void (*put)(void *data, const struct sql *sql, const struct value *in), void *data)
{
    (void)pthread_mutex_lock(&foresight->lock);
    struct habit *habit = *place_of(foresight, known->kind);
    bool same = habit != NULL && habit->kind == known->kind;
    bool whole = same && habit->whole;
    if (same)
        guess_all(habit, known, put, data);
    (void)pthread_mutex_unlock(&foresight->lock);
    return whole;
}
