/* What goes over a connection: statements out, answers in, with a limit of time for waiting. */
#include "base/time.h"
#include "platform/store/foresight.h"
#include "platform/store/postgres.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_READER_MS = 20000, WAIT_WRITER_MS = 40000, WAIT_BULK_MS = 3600000 };

/* ---- errors ---- */

static bool is(const char *state, const char *start)
{
    return strncmp(state, start, strlen(start)) == 0;
}

/* The error for an SQLSTATE (NULL: the connection is gone). `*gone` when the connection is of no more use. */
static enum err postgres_error(const char *state, bool *gone)
{
    /* The server says good-bye (57P..), hands over (25006: a writer that reached a standby), or has plans that no longer
     * fit (0A000, 26000): all are over with a new connection. */
    static const char *const PARTINGS[] = {"08", "57P", "25P03", "0A000", "26000"};
    *gone = state == NULL;
    for (size_t i = 0; state != NULL && i < sizeof PARTINGS / sizeof *PARTINGS; i++)
        *gone |= is(state, PARTINGS[i]);
    if (*gone)
        return ERR_BUSY;
    if (is(state, "23") || is(state, "22")) /* a constraint, or a value that the column cannot hold */
        return ERR_CONFLICT;
    if (is(state, "53100"))
        return ERR_FULL;
    if (is(state, "53") || is(state, "55P03") || is(state, "57014") || is(state, "40"))
        return ERR_BUSY;
    return is(state, "XX") ? ERR_BROKEN : ERR_IO;
}

/* Notes the code only: the server's message may quote values. True when the connection is of no more use. */
static bool note_failure(struct postgres_db *db, const PGresult *result, const struct expected *expected)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool gone = false;
    enum err cause = postgres_error(state, &gone);
    if (db->writer && state != NULL && strcmp(state, "25006") == 0)
        gone = true;
    if (gone)
        return true;
    if (expected->over)
        return false;
    (void)err_note(cause, "postgresql: %s (%s)", expected->name, state);
    if (db->failed == OK) {
        db->failed = cause;
        db->failed_guess = expected->guessed != 0;
    }
    if (expected->guessed != 0)
        foresight_forget(db->base.foresight, expected->guessed);
    return false;
}

/* ---- out ---- */

static enum err expect(struct postgres_db *db, struct expected expected, int sent)
{
    if (sent != 1)
        return ERR_IO;
    if (db->line_count == POSTGRES_LINE_MAX)
        BUG("more answers on their way than there is room");
    db->line[db->line_count++] = expected;
    return OK;
}

static const char *const STEP_NAMES[STEP_COUNT] = {
    [CONTROL_READ] = "read", [CONTROL_WRITE] = "write", [CONTROL_COMMIT] = "commit", [CONTROL_ROLLBACK] = "back",
    [CONTROL_MARK] = "mark", [CONTROL_KEEP] = "keep",   [CONTROL_UNDO] = "undo",     [STEP_LOCK] = "lock",
};

enum err postgres_send_step(struct postgres_db *db, unsigned step)
{
    int sent = PQsendQueryPrepared(db->connection, STEP_NAMES[step], 0, NULL, NULL, NULL, 1);
    return expect(db, (struct expected){.what = EXPECT_STEP, .name = STEP_NAMES[step]}, sent);
}

enum err postgres_prepare_steps(struct postgres_db *db)
{
    for (unsigned step = 0; step < STEP_COUNT; step++) {
        int sent = PQsendPrepare(db->connection, STEP_NAMES[step], postgres_steps[step], 0, NULL);
        TRY(expect(db, (struct expected){.what = EXPECT_STEP, .name = STEP_NAMES[step]}, sent));
    }
    TRY(postgres_send_sync(db));
    return postgres_collect(db);
}

static enum err send_parse(struct postgres_db *db, const struct sql *sql, const char *name, uint64_t guessed)
{
    Oid types[64];
    char *text = postgres_text(sql->text);
    if (text == NULL)
        return err_note(ERR_LIMIT, "postgresql: no memory");
    postgres_types(sql, types);
    int sent = PQsendPrepare(db->connection, name, text, (int)sql->inputs, types);
    free(text);
    return expect(db, (struct expected){.what = EXPECT_PARSE, .name = sql->name, .sql = sql, .guessed = guessed}, sent);
}

enum err postgres_send(struct postgres_db *db, const struct sql *sql, const struct value *in, PGresult **answer)
{
    struct postgres_inputs inputs;
    char name[16] = "";
    bool kept = sql->slot != SLOT_NONE;
    uint64_t guessed = answer == NULL || answer == &db->answer ? 0 : postgres_ahead_kind(db);
    if (sql->inputs > sizeof inputs.values / sizeof *inputs.values || (kept && sql->slot > db->slots))
        BUG(sql->name);
    if (kept)
        (void)snprintf(name, sizeof name, "s%u", sql->slot);
    if (!kept || !db->prepared[sql->slot])
        TRY(send_parse(db, sql, name, guessed));
    /* Taken for prepared at once, since it may be sent again before its answer is read. */
    if (kept)
        db->prepared[sql->slot] = true;
    postgres_inputs(&inputs, sql, in);
    int sent = PQsendQueryPrepared(db->connection, name, (int)sql->inputs, inputs.values, inputs.lengths,
                                   inputs.formats, 1);
    return expect(db,
                  (struct expected){.what = answer != NULL ? EXPECT_ANSWER : EXPECT_STATEMENT,
                                    .name = sql->name,
                                    .answer = answer,
                                    .guessed = guessed},
                  sent);
}

enum err postgres_send_sync(struct postgres_db *db)
{
    TRY(expect(db, (struct expected){.what = EXPECT_SYNC, .name = "sync"}, PQpipelineSync(db->connection)));
    return PQflush(db->connection) < 0 ? ERR_IO : OK;
}

/* ---- in ---- */

/* Waits until an answer can be taken without waiting. */
static enum err wait_for_answer(struct postgres_db *db, int64_t until)
{
    PGconn *connection = db->connection;
    while (PQisBusy(connection)) {
        int unsent = PQflush(connection);
        int64_t left = until - time_monotonic();
        if (unsent < 0 || left <= 0)
            return ERR_IO;
        struct pollfd events = {.fd = PQsocket(connection), .events = (short)(POLLIN | (unsent > 0 ? POLLOUT : 0))};
        if (poll(&events, 1, (int)left) > 0 && (events.revents & (POLLIN | POLLERR | POLLHUP)) != 0 &&
            PQconsumeInput(connection) != 1)
            return ERR_IO;
    }
    return OK;
}

/* Takes the answer of one expected; ERR_IO when the connection is of no more use. */
static enum err take(struct postgres_db *db, const struct expected *expected, int64_t until)
{
    TRY(wait_for_answer(db, until));
    PGresult *result = PQgetResult(db->connection);
    if (expected->what == EXPECT_SYNC) {
        bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        return synced ? OK : ERR_IO;
    }
    enum err taken = OK;
    ExecStatusType status = PQresultStatus(result);
    bool well = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!well && expected->what == EXPECT_PARSE && expected->sql->slot != SLOT_NONE)
        db->prepared[expected->sql->slot] = false;
    if (status == PGRES_FATAL_ERROR || result == NULL)
        taken = note_failure(db, result, expected) ? ERR_IO : OK;
    if (well && !expected->over && expected->name == STEP_NAMES[CONTROL_COMMIT] &&
        strcmp(PQcmdStatus(result), "ROLLBACK") == 0)
        db->failed = ERR_IO; /* instead of what was asked for */
    if (well && expected->what == EXPECT_ANSWER && expected->answer != NULL)
        *expected->answer = result;
    else
        PQclear(result);
    if (taken != OK)
        return taken;
    TRY(wait_for_answer(db, until));
    PGresult *end = PQgetResult(db->connection);
    PQclear(end);
    return end == NULL ? OK : ERR_IO;
}

enum err postgres_collect(struct postgres_db *db)
{
    int64_t limit = db->bulk ? WAIT_BULK_MS : db->writer ? WAIT_WRITER_MS : WAIT_READER_MS;
    int64_t until = time_monotonic() + limit;
    unsigned at = 0;
    enum err result = OK;
    while (result == OK && at < db->line_count)
        result = take(db, &db->line[at++], until);
    db->line_count = 0;
    if (result != OK)
        postgres_drop(db);
    return result;
}

enum err postgres_simple(struct postgres_db *db, const char *name, const char *text)
{
    TRY(postgres_connect(db));
    TRY(postgres_collect(db));
    if (PQexitPipelineMode(db->connection) != 1)
        BUG("answers are still on their way");
    (void)PQsetnonblocking(db->connection, 0);
    PGresult *result = PQexec(db->connection, text);
    ExecStatusType status = PQresultStatus(result);
    bool well = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    db->failed = OK;
    bool gone = !well && note_failure(db, result, &(struct expected){.name = name});
    PQclear(result);
    if (gone || PQsetnonblocking(db->connection, 1) != 0 || PQenterPipelineMode(db->connection) != 1) {
        postgres_drop(db);
        return ERR_IO;
    }
    return well ? OK : db->failed;
}
