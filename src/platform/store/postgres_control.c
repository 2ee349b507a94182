/* Transactions of the PostgreSQL engine: what travels together, what happens when the connection goes away. */
#include "platform/store/postgres.h"

#include "base/time.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RESOLVE_MS = 90000, /* to learn what became of a commit without an answer, longer than a failover takes */
    TELL_MAX = POSTGRES_LINE_MAX - 32,
};

const char *const postgres_steps[STEP_COUNT] = {
    [CONTROL_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    /* Each statement sees what was committed before it; behind the lock nobody else commits. */
    [CONTROL_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",
    [CONTROL_MARK] = "SAVEPOINT job",
    [CONTROL_KEEP] = "RELEASE SAVEPOINT job",
    [CONTROL_UNDO] = "ROLLBACK TO SAVEPOINT job",
    [STEP_LOCK] = "SELECT pg_advisory_xact_lock(4717296498166394209)",
};

/* Whose group of jobs this is, which, and when: written in the same transaction as the jobs. A new connection finds there
 * whether a commit that got no answer took place. It asks behind the lock, which the old connection's transaction holds
 * until it has ended. The server's own numbers of transactions would not do: after a failover the new primary may give
 * the same number to another transaction. */
static const struct sql MARKER = {
    .name = "store_marker",
    .text = "INSERT INTO store_writer (writer, group_number, at) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (writer) DO UPDATE SET group_number = excluded.group_number, at = excluded.at",
    .inputs = 3,
    .kinds = "bii",
};
static const struct sql MARKED = {
    .name = "store_marked",
    .text = "SELECT group_number FROM store_writer WHERE writer = ?1",
    .slot = SLOT_NONE,
    .inputs = 1,
    .outputs = 1,
    .kinds = "b",
};

/* ---- sending ---- */

static enum err send_waiting(struct postgres_db *db)
{
    for (unsigned i = 0; i < db->waiting_count; i++)
        TRY(postgres_send_step(db, db->waiting[i]));
    return OK;
}

/* Sends what waits, a statement (NULL: none), and a step behind it (STEP_COUNT: none), and waits for all answers. When all that a view will ask
 * goes out at once, it needs no beginning and no end: the server takes what stands before a sync as one transaction. */
static enum err exchange(struct postgres_db *db, const struct sql *sql, const struct value *in, unsigned step)
{
    PQclear(db->answer);
    db->answer = NULL;
    db->failed = OK;
    db->failed_guess = false;
    db->base.trips++;
    bool whole = sql == NULL && step == STEP_COUNT && postgres_ahead_whole(db);
    enum err sent = whole ? OK : send_waiting(db);
    if (sent == OK)
        sent = postgres_ahead_send(db);
    if (sent == OK && sql != NULL)
        sent = postgres_send(db, sql, in, &db->answer);
    if (sent == OK && step != STEP_COUNT)
        sent = postgres_send_step(db, step);
    if (sent == OK)
        sent = postgres_send_sync(db);
    if (sent != OK) {
        postgres_drop(db);
        return sent;
    }
    TRY(postgres_collect(db));
    db->ended = whole && !db->failed_guess;
    return OK;
}

/* The connection went away in the midst of a transaction. */
static enum err cut_off(struct postgres_db *db)
{
    if (db->phase == PHASE_IDLE)
        return err_note(ERR_BUSY, "postgresql: the connection is lost");
    db->broken = true;
    db->base.spoiled = ERR_BUSY;
    return err_note(ERR_BUSY, "postgresql: the connection is lost in the midst of a transaction");
}

/* There is no server; why, was noted when it was tried. */
static enum err unreachable(struct postgres_db *db)
{
    db->broken = db->phase != PHASE_IDLE;
    if (db->broken)
        db->base.spoiled = ERR_BUSY;
    return ERR_BUSY;
}

/* After an exchange that was answered. */
static enum err settled(struct postgres_db *db)
{
    db->waiting_count = 0;
    db->fresh = false;
    if (db->phase != PHASE_IDLE) {
        db->begun = !db->ended;
        if (db->failed != OK)
            db->base.spoiled = db->failed;
    }
    return db->failed;
}

/* A guess failed, and with it all that was sent behind it. A view of which nobody has seen anything begins anew without guesses; one
 * of which something was seen is lost, and asked for anew by whoever reads; a job may be tried again. */
static enum err guess_failed(struct postgres_db *db)
{
    postgres_ahead_drop(db);
    if (db->phase == PHASE_CHANGING) {
        db->failed = ERR_BUSY;
        return settled(db);
    }
    if (!db->fresh) {
        postgres_drop(db);
        return cut_off(db);
    }
    db->failed = OK;
    db->waiting[0] = CONTROL_ROLLBACK;
    db->waiting[1] = CONTROL_READ;
    db->waiting_count = 2;
    return OK;
}

/* A view that was thought to be whole asks for more: it is of another moment by now, so all of it is asked anew. */
static enum err not_whole(struct postgres_db *db)
{
    postgres_ahead_doubt(db);
    db->broken = true;
    db->base.spoiled = ERR_BUSY;
    return ERR_BUSY;
}

/* With a statement, tries again without guesses when one of them failed. */
static enum err exchange_again(struct postgres_db *db, const struct sql *sql, const struct value *in)
{
    bool reached = false;
    if (db->ended)
        return not_whole(db);
    for (int attempt = 0; attempt < 2; attempt++) {
        if (postgres_connect(db) != OK)
            return unreachable(db);
        reached = exchange(db, sql, in, STEP_COUNT) == OK;
        if (reached && !db->failed_guess)
            return settled(db);
        if (reached) {
            TRY(guess_failed(db));
            if (sql == NULL)
                return OK;
            continue;
        }
        postgres_ahead_drop(db);
        if (db->phase != PHASE_IDLE && !db->fresh)
            break;
    }
    return cut_off(db);
}

static bool changes(const PGresult *result)
{
    return strncmp(PQcmdStatus((PGresult *)result), "SELECT", 6) != 0;
}

enum err postgres_lost(const struct db *base)
{
    const struct postgres_db *db = (const struct postgres_db *)base;
    return db->broken ? ERR_BUSY : OK;
}

enum err postgres_ask(struct postgres_db *db, const struct sql *sql, const struct value *in, PGresult **out)
{
    TRY(postgres_lost(&db->base));
    TRY(exchange_again(db, sql, in));
    if (db->answer == NULL)
        return OK;
    db->wrote |= changes(db->answer);
    *out = db->answer;
    db->answer = NULL;
    return OK;
}

enum err postgres_await(struct postgres_db *db)
{
    return exchange_again(db, NULL, NULL);
}

enum err postgres_tell(struct postgres_db *db, const struct sql *sql, const struct value *in)
{
    TRY(postgres_lost(&db->base));
    bool may_wait = db->phase == PHASE_CHANGING && !db->fresh && db->line_count < TELL_MAX;
    if (!may_wait) {
        PGresult *result = NULL;
        enum err asked = postgres_ask(db, sql, in, &result);
        PQclear(result);
        return asked;
    }
    db->wrote = true;
    enum err sent = send_waiting(db);
    db->waiting_count = 0;
    if (sent == OK)
        sent = postgres_ahead_send(db);
    if (sent == OK)
        sent = postgres_send(db, sql, in, NULL);
    if (sent == OK)
        return OK;
    postgres_drop(db);
    return cut_off(db);
}

/* Ends a transaction without waiting for the answer, which is read before the next one's. */
static void end_unheard(struct postgres_db *db, enum control what)
{
    for (unsigned i = 0; i < db->line_count; i++)
        db->line[i].over = true;
    if (db->begun && !db->broken) {
        /* A statement told before that fails would skip what is sent behind it, as far as the next sync. */
        enum err sent = db->line_count > 0 ? postgres_send_sync(db) : OK;
        if (sent == OK)
            sent = postgres_send_step(db, what);
        if (sent != OK || postgres_send_sync(db) != OK)
            postgres_drop(db);
    }
    db->phase = PHASE_IDLE;
    db->broken = false;
    db->ended = false;
    db->waiting_count = 0;
}

/* ---- a commit without an answer ---- */

static enum err marked(struct postgres_db *db, int64_t *out)
{
    const struct value in = {.kind = VALUE_BYTES, .bytes = {db->writer_id, sizeof db->writer_id}};
    PGresult *result = NULL;
    struct value column = {.kind = VALUE_INT, .i = -1};
    db->phase = PHASE_CHANGING;
    db->broken = false;
    db->fresh = true;
    db->waiting[0] = CONTROL_WRITE;
    db->waiting[1] = STEP_LOCK;
    db->waiting_count = 2;
    enum err asked = postgres_ask(db, &MARKED, &in, &result);
    if (asked == OK && PQntuples(result) == 1)
        asked = postgres_row(result, 0, &column);
    PQclear(result);
    end_unheard(db, CONTROL_ROLLBACK);
    if (asked == OK)
        *out = column.i;
    return asked;
}

/* OK when the last group was committed after all, ERR_BUSY when it was not, ERR_IO when nobody can be asked. */
static enum err resolve(struct postgres_db *db)
{
    int64_t group = db->group;
    int64_t until = time_monotonic() + RESOLVE_MS;
    (void)err_note(ERR_BUSY, "postgresql: a commit got no answer; finding out");
    do {
        int64_t found = 0;
        if (marked(db, &found) == OK)
            return found == group ? OK : ERR_BUSY;
        (void)usleep(100000);
    } while (time_monotonic() < until);
    return err_note(ERR_IO, "postgresql: what became of a commit could not be found out");
}

static enum err commit_changes(struct postgres_db *db)
{
    const struct value in[] = {
        {.kind = VALUE_BYTES, .bytes = {db->writer_id, sizeof db->writer_id}},
        {.kind = VALUE_INT, .i = ++db->group},
        {.kind = VALUE_INT, .i = time_now()},
    };
    struct sql marker = MARKER;
    marker.slot = db->slots; /* behind the program's own */
    enum err reached = exchange(db, db->wrote ? &marker : NULL, in, CONTROL_COMMIT);
    bool wrote = db->wrote;
    PQclear(db->answer);
    db->answer = NULL;
    if (reached == OK) {
        (void)settled(db);
        if (db->failed == OK)
            db->phase = PHASE_IDLE;
        return db->failed;
    }
    db->waiting_count = 0;
    enum err ended = wrote ? resolve(db) : ERR_BUSY;
    db->phase = PHASE_IDLE;
    db->broken = false;
    return ended;
}

/* ---- steps ---- */

static void begin(struct postgres_db *db, bool changing)
{
    if (db->phase != PHASE_IDLE)
        BUG("a transaction inside a transaction");
    postgres_look(db);
    db->phase = changing ? PHASE_CHANGING : PHASE_READING;
    db->fresh = true;
    db->begun = false;
    db->ended = false;
    db->wrote = false;
    db->broken = false;
    db->waiting[0] = changing ? CONTROL_WRITE : CONTROL_READ;
    db->waiting[1] = STEP_LOCK;
    db->waiting_count = changing ? 2 : 1;
}

static enum err commit(struct postgres_db *db)
{
    TRY(postgres_lost(&db->base));
    if (db->base.spoiled != OK)
        return db->base.spoiled;
    if (db->begun && db->phase == PHASE_CHANGING)
        return commit_changes(db);
    end_unheard(db, CONTROL_COMMIT);
    return OK;
}

static bool last_waiting(const struct postgres_db *db, unsigned step)
{
    return db->waiting_count > 0 && db->waiting[db->waiting_count - 1] == step;
}

static void wait_with(struct postgres_db *db, unsigned step)
{
    if (db->waiting_count == POSTGRES_WAITING_MAX)
        BUG("too many steps wait");
    db->waiting[db->waiting_count++] = (unsigned char)step;
}

/* The end of a job: what it told without waiting must be known to have gone well. */
static enum err keep(struct postgres_db *db)
{
    TRY(postgres_lost(&db->base));
    if (last_waiting(db, CONTROL_MARK)) {
        db->waiting_count--;
        return OK;
    }
    wait_with(db, CONTROL_KEEP);
    if (db->line_count == 0)
        return OK;
    if (exchange(db, NULL, NULL, STEP_COUNT) != OK)
        return cut_off(db);
    return settled(db);
}

static enum err undo(struct postgres_db *db)
{
    TRY(postgres_lost(&db->base));
    if (last_waiting(db, CONTROL_MARK)) {
        db->waiting_count--;
        return OK;
    }
    /* Errors of what was told are of no more interest, but they would skip what is sent behind them. */
    if (db->line_count > 0 && exchange(db, NULL, NULL, STEP_COUNT) != OK)
        return cut_off(db);
    db->waiting_count = 0;
    wait_with(db, CONTROL_UNDO);
    wait_with(db, CONTROL_KEEP);
    return OK;
}

enum err postgres_control(struct db *base, enum control what)
{
    struct postgres_db *db = postgres_of(base);
    postgres_ahead_over(db);
    switch (what) {
    case CONTROL_READ: begin(db, false); return OK;
    case CONTROL_WRITE: begin(db, true); return OK;
    case CONTROL_COMMIT: return commit(db);
    case CONTROL_ROLLBACK:
        if (db->phase != PHASE_IDLE)
            end_unheard(db, CONTROL_ROLLBACK);
        return OK;
    case CONTROL_MARK: wait_with(db, CONTROL_MARK); return postgres_lost(base);
    case CONTROL_KEEP: return keep(db);
    case CONTROL_UNDO: return undo(db);
    default: BUG("no such control");
    }
}
