/* The floors that bench/run holds the program against, measured in the same run:
 *   floors static PORT BYTES     serves a page of that size with the headers of our pages, by the same server, until stopped
 *   floors sql DATABASE ROUNDS   the statements of the list of cases, prepared once, in a bare loop: microseconds of processor a round
 *   floors names COUNT ROUNDS    opening as many sealed names as a list shows, each through its case's key: microseconds of processor a round
 *   floors commits FOLDER COUNT TREES  bare durable commits of a row in each of TREES tables: commits a second */
#include "base/text.h"
#include "base/time.h"
#include "platform/http/http.h"
#include "platform/seal/seal.h"
#include "platform/store/store.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "floors: %s\n", what);
    exit(1);
}

static int64_t number(const char *text)
{
    int64_t value = 0;
    if (!text_to_int(text, &value) || value <= 0)
        fail("a number is wrong");
    return value;
}

/* ---- a static page ---- */

static const struct http_header_line HEADERS[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
    {"X-Robots-Tag", "noindex, nofollow"},
    {"Content-Type", "text/html; charset=utf-8"},
    {"Cache-Control", "no-store"},
};

static void answer(struct http_request *request, void *data)
{
    http_answer(request, &(struct http_reply){.status = 200,
                                              .body = *(const struct bytes *)data,
                                              .headers = HEADERS,
                                              .header_count = sizeof HEADERS / sizeof *HEADERS});
}

static void serve_static(unsigned port, size_t size)
{
    char *page = malloc(size);
    if (page == NULL)
        fail("out of memory");
    memset(page, 'x', size);
    struct bytes body = {(const uint8_t *)page, size};
    struct http_server *server;
    sigset_t stop;
    int got = 0;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
    if (http_start(&(struct http_config){.address = "127.0.0.1", .port = port, .handle = answer, .data = &body},
                   &server) != OK)
        fail("the server does not start");
    (void)sigwait(&stop, &got);
    http_stop(server, 1);
    free(page);
}

/* ---- the statements of a page ---- */

static double processor_seconds(void)
{
    struct timespec spec;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spec);
    return (double)spec.tv_sec + (double)spec.tv_nsec / 1e9;
}

static sqlite3 *open_database(const char *path, int flags)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        fail("the database does not open");
    (void)sqlite3_exec(db, "PRAGMA mmap_size=0; PRAGMA cache_size=-8192", NULL, NULL, NULL);
    return db;
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    return statement;
}

/* The program's own statement of that name. */
static sqlite3_stmt *statement_of(sqlite3 *db, const char *name)
{
    for (unsigned i = 0; i < sql_slots; i++) {
        if (text_same(sql_all[i]->name, name))
            return prepared(db, sql_all[i]->text);
    }
    fail("no such statement");
}

/* Steps through all rows and touches all columns. */
static size_t drain(sqlite3_stmt *statement)
{
    size_t rows = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        rows++;
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            (void)sqlite3_column_bytes(statement, i);
    }
    (void)sqlite3_reset(statement);
    return rows;
}

static void bare_list(const char *path, int64_t rounds)
{
    sqlite3 *db = open_database(path, SQLITE_OPEN_READONLY);
    sqlite3_stmt *first = prepared(db,
                                   "SELECT s.org, s.account, s.token_hash FROM account_session s "
                                   "JOIN account_user u ON u.org = s.org AND u.id = s.account WHERE u.login = 'ilze' "
                                   "ORDER BY s.id DESC LIMIT 1");
    sqlite3_stmt *session = statement_of(db, "account_session_by_token");
    sqlite3_stmt *list = statement_of(db, "record_list_by_manager");
    sqlite3_stmt *shut = statement_of(db, "record_shut_of");
    sqlite3_stmt *begin = prepared(db, "BEGIN");
    sqlite3_stmt *end = prepared(db, "COMMIT");
    if (sqlite3_step(first) != SQLITE_ROW)
        fail("ilze is not signed in");
    (void)sqlite3_bind_int64(session, 1, sqlite3_column_int64(first, 0));
    (void)sqlite3_bind_blob(session, 2, sqlite3_column_blob(first, 2), sqlite3_column_bytes(first, 2),
                            SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(list, 1, sqlite3_column_int64(first, 0));
    (void)sqlite3_bind_int64(list, 2, sqlite3_column_int64(first, 1));
    (void)sqlite3_bind_text(list, 3, "open", -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(list, 4, "", -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(list, 5, 0);
    (void)sqlite3_bind_int64(list, 6, 51);
    (void)sqlite3_bind_int64(shut, 1, sqlite3_column_int64(first, 0));
    (void)sqlite3_bind_int64(shut, 2, sqlite3_column_int64(first, 1));
    (void)sqlite3_reset(first);
    size_t rows = 0;
    double before = processor_seconds();
    for (int64_t i = 0; i < rounds; i++) {
        (void)drain(begin);
        (void)drain(session);
        rows += drain(list);
        (void)drain(shut);
        (void)drain(end);
    }
    double used = processor_seconds() - before;
    (void)printf("%.2f %zu\n", used * 1e6 / (double)rounds, rows / (size_t)rounds);
}

/* ---- the sealed names of a page ---- */

static void open_name(struct arena *arena, const struct seal_key *team, struct bytes wrapped, struct bytes sealed)
{
    struct seal_place key_place = {.table = "record_key", .column = "wrapped", .row = 1};
    struct seal_place name_place = {.table = "record_case", .column = "pseudonym", .row = 1};
    struct seal_key root;
    struct seal_key part;
    const char *name;
    if (seal_unwrap(team, key_place, wrapped, &root) != OK)
        fail("a key does not open");
    seal_derive(&root, "case part basics", &part);
    if (seal_open_text(arena, &part, name_place, sealed, &name) != OK)
        fail("a name does not open");
}

static void bare_names(int64_t count, int64_t rounds)
{
    struct seal_key team;
    struct seal_key root;
    struct seal_key part;
    struct arena *sealed = arena_new(1 << 20);
    struct arena *opened = arena_new(1 << 20);
    if (seal_init() != OK)
        fail("no sealing");
    seal_key_new(&team);
    seal_key_new(&root);
    seal_derive(&root, "case part basics", &part);
    struct bytes wrapped = seal_wrap(sealed, &team,
                                     (struct seal_place){.table = "record_key", .column = "wrapped", .row = 1}, &root);
    struct bytes name = seal_text(
        sealed, &part, (struct seal_place){.table = "record_case", .column = "pseudonym", .row = 1}, "Ozols");
    double before = processor_seconds();
    for (int64_t i = 0; i < rounds; i++) {
        for (int64_t k = 0; k < count; k++)
            open_name(opened, &team, wrapped, name);
        arena_reset(opened);
    }
    (void)printf("%.2f\n", (processor_seconds() - before) * 1e6 / (double)rounds);
    arena_free(sealed);
    arena_free(opened);
}

/* ---- bare commits ---- */

/* Each commit adds a row to each of `trees` tables, and so writes that many pages to the log. */
static void bare_commits(const char *folder, int64_t count, int64_t trees)
{
    enum { TREES_MAX = 64 };
    char path[4096];
    sqlite3_stmt *adds[TREES_MAX];
    if (trees > TREES_MAX)
        fail("too many tables");
    (void)snprintf(path, sizeof path, "%s/floor.db", folder);
    sqlite3 *db = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    (void)sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL);
    for (int64_t i = 0; i < trees; i++) {
        char text[160];
        (void)snprintf(text, sizeof text,
                       "CREATE TABLE IF NOT EXISTS entry_%d (id INTEGER PRIMARY KEY, body BLOB) STRICT", (int)i);
        (void)sqlite3_exec(db, text, NULL, NULL, NULL);
        (void)snprintf(text, sizeof text, "INSERT INTO entry_%d (body) VALUES (zeroblob(%d))", (int)i,
                       trees == 1 ? 400 : 100);
        adds[i] = prepared(db, text);
    }
    sqlite3_stmt *begin = prepared(db, "BEGIN IMMEDIATE");
    sqlite3_stmt *end = prepared(db, "COMMIT");
    int64_t before = time_monotonic();
    for (int64_t i = 0; i < count; i++) {
        (void)drain(begin);
        for (int64_t t = 0; t < trees; t++)
            (void)drain(adds[t]);
        (void)drain(end);
    }
    int64_t took = time_monotonic() - before;
    (void)printf("%.1f\n", (double)count * 1000.0 / (double)(took < 1 ? 1 : took));
}

int main(int argc, char **argv)
{
    if (argc == 4 && text_same(argv[1], "static"))
        serve_static((unsigned)number(argv[2]), (size_t)number(argv[3]));
    else if (argc == 4 && text_same(argv[1], "sql"))
        bare_list(argv[2], number(argv[3]));
    else if (argc == 4 && text_same(argv[1], "names"))
        bare_names(number(argv[2]), number(argv[3]));
    else if (argc == 5 && text_same(argv[1], "commits"))
        bare_commits(argv[2], number(argv[3]), number(argv[4]));
    else
        fail("static PORT BYTES | sql DATABASE ROUNDS | names COUNT ROUNDS | commits FOLDER COUNT TREES");
    return 0;
}
