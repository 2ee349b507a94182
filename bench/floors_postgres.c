/* The floors of PostgreSQL that bench/postgres holds the program against:
 *   floors_postgres list URL SECONDS THREADS   the statements of the list of cases in a bare loop of libpq: rounds a second, processor
 *                                              microseconds a round, rows a round
 *   floors_postgres pipe URL SECONDS THREADS   the same with all statements of a round in one pipeline
 *   floors_postgres commits URL COUNT          bare durable commits of a row as large as a service entry: commits a second */
#include "base/text.h"
#include "base/time.h"
#include "platform/store/postgres.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "floors_postgres: %s\n", what);
    exit(1);
}

static int64_t number(const char *text)
{
    int64_t value = 0;
    if (!text_to_int(text, &value) || value <= 0)
        fail("a number is wrong");
    return value;
}

static double processor_seconds(void)
{
    struct timespec spec;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spec);
    return (double)spec.tv_sec + (double)spec.tv_nsec / 1e9;
}

static PGresult *checked(PGconn *connection, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail(PQerrorMessage(connection));
    return result;
}

static PGconn *connected(const char *url)
{
    PGconn *connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK)
        fail(PQerrorMessage(connection));
    PQclear(checked(connection, PQexec(connection, "SET jit = off")));
    return connection;
}

/* The program's own statement of that name. */
static const struct sql *statement_of(const char *name)
{
    for (const struct sql *const *sql = sql_all; *sql != NULL; sql++)
        if (text_same((*sql)->name, name))
            return *sql;
    fail("no such statement");
}

static void prepare(PGconn *connection, const struct sql *sql)
{
    Oid types[64];
    char *text = postgres_text(sql->text);
    postgres_types(sql, types);
    PQclear(checked(connection, PQprepare(connection, sql->name, text, (int)sql->inputs, types)));
    free(text);
}

static const struct sql BEGIN = {.name = "begin", .text = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
static const struct sql END = {.name = "end", .text = "COMMIT"};

/* One page's statements with their values. */
enum { STATEMENTS = 5 };
struct page {
    const struct sql *statements[STATEMENTS];
    struct value values[STATEMENTS][64];
    struct postgres_inputs inputs[STATEMENTS];
};

static struct value of_int(int64_t i)
{
    return (struct value){.kind = VALUE_INT, .i = i};
}

static struct value of_text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .bytes = {(const uint8_t *)text, strlen(text)}};
}

static void fill(PGconn *connection, struct page *page)
{
    PGresult *first = checked(
        connection,
        PQexecParams(connection,
                     "SELECT s.org, s.account, s.token_hash FROM account_session s JOIN account_user u "
                     "ON u.org = s.org AND u.id = s.account WHERE u.login = 'ilze' ORDER BY s.id DESC LIMIT 1",
                     0, NULL, NULL, NULL, NULL, 1));
    struct value session[3];
    static uint8_t token[64];
    if (PQntuples(first) != 1 || postgres_row(first, 0, session) != OK || session[2].bytes.len > sizeof token)
        fail("ilze is not signed in");
    memcpy(token, session[2].bytes.ptr, session[2].bytes.len);
    const struct sql *const statements[STATEMENTS] = {&BEGIN, statement_of("account_session_by_token"),
                                                      statement_of("record_list_by_manager"),
                                                      statement_of("record_shut_of"), &END};
    page->values[1][0] = session[0];
    page->values[1][1] = (struct value){.kind = VALUE_BYTES, .bytes = {token, session[2].bytes.len}};
    const struct value list[] = {session[0], session[1], of_text("open"), of_text(""), of_int(0), of_int(51)};
    memcpy(page->values[2], list, sizeof list);
    memcpy(page->values[3], session, 2 * sizeof *session);
    for (int i = 0; i < STATEMENTS; i++) {
        page->statements[i] = statements[i];
        postgres_inputs(&page->inputs[i], statements[i], page->values[i]);
    }
    PQclear(first);
}

struct looping {
    const char *url;
    int64_t until;
    bool pipe;
    int64_t rounds;
    int64_t rows;
};

static void plain_round(PGconn *connection, const struct page *page, struct looping *looping)
{
    for (int i = 0; i < STATEMENTS; i++) {
        const struct postgres_inputs *in = &page->inputs[i];
        PGresult *result = checked(connection, PQexecPrepared(connection, page->statements[i]->name,
                                                              (int)page->statements[i]->inputs, in->values, in->lengths,
                                                              in->formats, 1));
        looping->rows += PQntuples(result);
        PQclear(result);
    }
}

static void piped_round(PGconn *connection, const struct page *page, struct looping *looping)
{
    for (int i = 0; i < STATEMENTS; i++) {
        const struct postgres_inputs *in = &page->inputs[i];
        if (PQsendQueryPrepared(connection, page->statements[i]->name, (int)page->statements[i]->inputs, in->values,
                                in->lengths, in->formats, 1) != 1)
            fail(PQerrorMessage(connection));
    }
    (void)PQpipelineSync(connection);
    for (int i = 0; i < STATEMENTS; i++) {
        PGresult *result = checked(connection, PQgetResult(connection));
        looping->rows += PQntuples(result);
        PQclear(result);
        PQclear(PQgetResult(connection));
    }
    PQclear(PQgetResult(connection));
}

static void *loop(void *data)
{
    struct looping *looping = data;
    PGconn *connection = connected(looping->url);
    struct page *page = calloc(1, sizeof *page);
    if (page == NULL)
        fail("out of memory");
    fill(connection, page);
    for (int i = 0; i < STATEMENTS; i++)
        prepare(connection, page->statements[i]);
    if (looping->pipe && PQenterPipelineMode(connection) != 1)
        fail("no pipeline");
    for (; time_monotonic() < looping->until; looping->rounds++)
        (looping->pipe ? piped_round : plain_round)(connection, page, looping);
    PQfinish(connection);
    free(page);
    return NULL;
}

static void bare_list(const char *url, int64_t seconds, int64_t threads, bool pipe)
{
    enum { MOST = 64 };
    struct looping loops[MOST] = {{NULL}};
    pthread_t running[MOST];
    int64_t rounds = 0;
    int64_t rows = 0;
    if (threads > MOST)
        fail("too many threads");
    for (int64_t i = 0; i < threads; i++) {
        loops[i] = (struct looping){.url = url, .until = time_monotonic() + seconds * 1000, .pipe = pipe};
        if (pthread_create(&running[i], NULL, loop, &loops[i]) != 0)
            fail("no thread");
    }
    for (int64_t i = 0; i < threads; i++) {
        (void)pthread_join(running[i], NULL);
        rounds += loops[i].rounds;
        rows += loops[i].rows;
    }
    (void)printf("%.1f %.2f %lld\n", (double)rounds / (double)seconds, processor_seconds() * 1e6 / (double)rounds,
                 (long long)(rounds == 0 ? 0 : rows / rounds));
}

static void bare_commits(const char *url, int64_t count)
{
    PGconn *connection = connected(url);
    PQclear(checked(connection,
                    PQexec(connection, "CREATE TABLE IF NOT EXISTS floor (id BIGSERIAL PRIMARY KEY, body BYTEA)")));
    PQclear(
        checked(connection, PQprepare(connection, "add",
                                      "INSERT INTO floor (body) VALUES (decode(repeat('00', 400), 'hex'))", 0, NULL)));
    int64_t before = time_monotonic();
    for (int64_t i = 0; i < count; i++)
        PQclear(checked(connection, PQexecPrepared(connection, "add", 0, NULL, NULL, NULL, 1)));
    int64_t took = time_monotonic() - before;
    (void)printf("%.1f %.2f\n", (double)count * 1000.0 / (double)(took < 1 ? 1 : took),
                 processor_seconds() * 1e6 / (double)count);
    PQclear(checked(connection, PQexec(connection, "DROP TABLE floor")));
    PQfinish(connection);
}

int main(int argc, char **argv)
{
    if (argc == 5 && (text_same(argv[1], "list") || text_same(argv[1], "pipe")))
        bare_list(argv[2], number(argv[3]), number(argv[4]), text_same(argv[1], "pipe"));
    else if (argc == 4 && text_same(argv[1], "commits"))
        bare_commits(argv[2], number(argv[3]));
    else
        fail("list|pipe URL SECONDS THREADS | commits URL COUNT");
    return 0;
}
