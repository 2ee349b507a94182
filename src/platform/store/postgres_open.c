/* Connections of the PostgreSQL engine: how they are opened, set, looked after and closed. */
#include "platform/store/postgres.h"

#include "base/id.h"
#include "base/time.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OLDEST_SERVER = 150000,
    KEYWORDS_MAX = 64,
    PATIENCE_MS = 30000, /* a writer waits that long for a server, and with it who asked for the change */
    PAUSE_MS = 100,      /* between two attempts, at first ... */
    PAUSE_MAX_MS = 2000, /* ... and at last */
};

/* A server elsewhere is known by its certificate, unless the URL says otherwise in so many words. */
struct setting {
    const char *keyword;
    const char *value;
};
static const struct setting DEFAULTS[] = {
    {"application_name", "ausma"},
    {"client_encoding", "UTF8"},
    {"connect_timeout", "5"},
    {"gssencmode", "disable"},
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "20000"},
    {"target_session_attrs", "primary"}, /* of several hosts the one that can be changed; readers must not be behind */
};
static const char AUTHORITIES[] = "/etc/ssl/certs/ca-certificates.crt";

/* Pages read little, by keys. As on SQLite a statement goes from index to index, by a plan that is made once and does not
 * change with the data: plans for whole tables cost more than they bring, and making one costs more than running it. */
static const char PLANS[] = "SET jit = off; SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1;"
                            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

static const char BOTH[] = "SET idle_in_transaction_session_timeout = '60s'; SET TimeZone = 'UTC';"
                           /* An answer "committed" stands for a disk, whatever the server's default. */
                           "SELECT set_config('synchronous_commit', 'on', false) "
                           "WHERE current_setting('synchronous_commit') IN ('off', 'local');";
static const char READER[] = "SET default_transaction_read_only = on; SET statement_timeout = '15s';"
                             "SET default_transaction_isolation = 'repeatable read'";
static const char WRITER[] = "SET lock_timeout = '30s'";

/* ---- where to ---- */

static bool is_here(const char *host)
{
    return host[0] == '\0' || host[0] == '/' || host[0] == '@' || strcmp(host, "localhost") == 0 ||
           strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

/* Do all hosts of a list ("a,b") stand for this machine? */
static bool all_here(const char *hosts)
{
    char one[256];
    for (;;) {
        size_t length = strcspn(hosts, ",");
        if (length >= sizeof one)
            return false;
        memcpy(one, hosts, length);
        one[length] = '\0';
        if (!is_here(one))
            return false;
        if (hosts[length] == '\0')
            return true;
        hosts += length + 1;
    }
}

static const char *given(const PQconninfoOption *options, const char *keyword, const char *variable)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0 && options->val != NULL)
            return options->val;
    return variable == NULL ? NULL : getenv(variable);
}

static bool own_authority(void)
{
    char path[512];
    const char *home = getenv("HOME");
    if (home == NULL)
        return false;
    (void)snprintf(path, sizeof path, "%s/.postgresql/root.crt", home);
    return access(path, R_OK) == 0;
}

struct keywords {
    const char *names[KEYWORDS_MAX];
    const char *values[KEYWORDS_MAX];
    size_t count;
};

static void keyword(struct keywords *keywords, const char *name, const char *value)
{
    if (keywords->count + 1 >= KEYWORDS_MAX)
        BUG("more keywords than libpq has");
    keywords->names[keywords->count] = name;
    keywords->values[keywords->count++] = value;
}

static void gather(const PQconninfoOption *options, struct keywords *out)
{
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL)
            keyword(out, option->keyword, option->val);
    for (size_t i = 0; i < sizeof DEFAULTS / sizeof *DEFAULTS; i++)
        if (given(options, DEFAULTS[i].keyword, NULL) == NULL)
            keyword(out, DEFAULTS[i].keyword, DEFAULTS[i].value);
    const char *host = given(options, "host", "PGHOST");
    const char *address = given(options, "hostaddr", "PGHOSTADDR");
    bool here = all_here(host == NULL ? "" : host) && all_here(address == NULL ? "" : address);
    if (here)
        return;
    if (given(options, "sslmode", NULL) == NULL)
        keyword(out, "sslmode", "verify-full");
    if (given(options, "sslrootcert", "PGSSLROOTCERT") == NULL && !own_authority())
        keyword(out, "sslrootcert", AUTHORITIES);
}

size_t store_files(struct arena *arena, const char *url, const char *out[STORE_FILES_MAX])
{
    static const struct setting FILES[] = {
        {"passfile", "PGPASSFILE"},       {"sslcert", "PGSSLCERT"}, {"sslkey", "PGSSLKEY"},
        {"sslrootcert", "PGSSLROOTCERT"}, {"sslcrl", "PGSSLCRL"},
    };
    size_t count = 0;
    PQconninfoOption *options = store_is_server(url) ? PQconninfoParse(url, NULL) : NULL;
    if (options == NULL)
        return 0;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        const char *path = given(options, FILES[i].keyword, FILES[i].value);
        if (path != NULL)
            out[count++] = arena_text(arena, path);
    }
    PQconninfoFree(options);
    const char *home = getenv("HOME");
    if (home != NULL) {
        out[count++] = arena_format(arena, "%s/.postgresql", home);
        out[count++] = arena_format(arena, "%s/.pgpass", home);
    }
    return count;
}

/* ---- one connection ---- */

static void hush(void *data, const char *message)
{
    (void)data;
    (void)message;
}

/* libpq's words about connecting name host, user and database, never a password; those about a URL quote it, so they are
 * kept back. */
static enum err not_connected(const PGconn *connection)
{
    char line[300];
    (void)snprintf(line, sizeof line, "%s", PQerrorMessage(connection));
    for (char *at = line; *at != '\0'; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    return err_note(ERR_IO, "postgresql: %s", line);
}

static enum err connect_to(const char *url, PGconn **out)
{
    struct keywords keywords = {.count = 0};
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    PQfreemem(why);
    if (options == NULL)
        return err_note(ERR_INPUT, "postgresql: the address of the database cannot be understood");
    gather(options, &keywords);
    PGconn *connection = PQconnectdbParams(keywords.names, keywords.values, 0);
    PQconninfoFree(options);
    if (connection == NULL)
        return err_note(ERR_LIMIT, "postgresql: no memory");
    enum err result = PQstatus(connection) == CONNECTION_OK ? OK : not_connected(connection);
    if (result == OK && PQserverVersion(connection) < OLDEST_SERVER)
        result = err_note(ERR_IO, "postgresql: the server is older than version 15");
    const char *encoding = result == OK ? PQparameterStatus(connection, "server_encoding") : NULL;
    if (result == OK && (encoding == NULL || strcmp(encoding, "UTF8") != 0))
        result = err_note(ERR_IO, "postgresql: the database must be encoded in UTF8");
    if (result != OK) {
        PQfinish(connection);
        return result;
    }
    (void)PQsetNoticeProcessor(connection, hush, NULL);
    *out = connection;
    return OK;
}

static enum err plain(PGconn *connection, const char *text)
{
    PGresult *result = PQexec(connection, text);
    ExecStatusType status = PQresultStatus(result);
    bool well = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    enum err outcome = well ? OK : err_note(ERR_IO, "postgresql: setting up (%s)", state == NULL ? "-" : state);
    PQclear(result);
    return outcome;
}

/* The number that a query of one row and column gives; `otherwise` without a row. */
static enum err ask_number(PGconn *connection, const char *text, int64_t otherwise, int64_t *out)
{
    PGresult *result = PQexec(connection, text);
    enum err outcome = PQresultStatus(result) == PGRES_TUPLES_OK ? OK : err_note(ERR_IO, "postgresql: setting up");
    if (outcome == OK)
        *out = PQntuples(result) == 0 ? otherwise : strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return outcome;
}

/* Ids carry the number of the process that made them, so no two processes on the data may have the same: each holds a lock
 * on its own as long as it is connected. */
static enum err take_node(PGconn *connection)
{
    char text[200];
    int64_t node = -1;
    (void)snprintf(text, sizeof text,
                   "SELECT (n + %u) %% 256 FROM generate_series(0, 255) AS n "
                   "WHERE pg_try_advisory_lock(1098345837, (n + %u) %% 256) LIMIT 1",
                   (unsigned)getpid() & 255U, (unsigned)getpid() & 255U);
    TRY(ask_number(connection, text, -1, &node));
    if (node < 0)
        return err_note(ERR_BUSY, "postgresql: 256 processes work on this data already");
    id_node((unsigned)node);
    return OK;
}

/* Each process that writes holds a shared lock on the number of the newest migration it knows, so that a newer one can wait for
 * the older ones, and for them only. */
struct presence_text {
    char text[300];
};

static struct presence_text be_present(int64_t newest)
{
    struct presence_text out;
    (void)snprintf(out.text, sizeof out.text, "SELECT pg_advisory_lock_shared(1098345838, %lld)", (long long)newest);
    return out;
}

static struct presence_text for_older(const char *what, int64_t newest)
{
    struct presence_text out;
    (void)snprintf(out.text, sizeof out.text,
                   "SET lock_timeout = '5s'; SELECT %s(1098345838, n) FROM generate_series(0, %lld) AS n; "
                   "SET lock_timeout = '30s'",
                   what, (long long)newest - 1);
    return out;
}

static enum err check_version(PGconn *connection, int64_t known)
{
    int64_t least = 0;
    TRY(ask_number(connection, "SELECT COALESCE(MAX(number), 0) FROM store_migration WHERE additive = 0", 0, &least));
    return least <= known ? OK
                          : err_note(ERR_CONFLICT, "postgresql: the data now needs a newer version of this program");
}

static enum err set_up(struct postgres_db *db, PGconn *connection)
{
    TRY(plain(connection, PLANS));
    TRY(plain(connection, BOTH));
    TRY(plain(connection, db->writer ? WRITER : READER));
    if (db->writer)
        TRY(take_node(connection));
    if (db->writer && db->known >= 0) {
        TRY(plain(connection, be_present(db->known).text));
        TRY(check_version(connection, db->known));
    }
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1)
        return err_note(ERR_IO, "postgresql: no pipeline");
    memset(db->prepared, 0, (db->slots + 1) * sizeof db->prepared[0]);
    db->connection = connection;
    if (postgres_prepare_steps(db) == OK)
        return OK;
    return err_note(ERR_IO, "postgresql: no steps");
}

static enum err try_connect(struct postgres_db *db)
{
    PGconn *connection = NULL;
    TRY(connect_to(db->url, &connection));
    enum err result = set_up(db, connection);
    if (result == OK)
        return OK;
    if (db->connection == connection)
        db->connection = NULL;
    PQfinish(connection);
    return result;
}

void postgres_drop(struct postgres_db *db)
{
    PQclear(db->answer);
    db->answer = NULL;
    db->line_count = 0;
    if (db->connection != NULL)
        PQfinish(db->connection);
    db->connection = NULL;
}

/* ---- connecting again ---- */

static int64_t pause_after(const struct postgres_db *db, int64_t now)
{
    int64_t down = now - db->down_since;
    int64_t pause = down < PAUSE_MS ? PAUSE_MS : down / 2;
    return pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
}

/* One attempt, unless the last one failed just now. */
static enum err attempt(struct postgres_db *db)
{
    if (time_monotonic() < db->retry_at)
        return ERR_BUSY;
    enum err result = try_connect(db);
    int64_t now = time_monotonic();
    if (result == OK) {
        db->down_since = 0;
        db->retry_at = 0;
        return OK;
    }
    if (db->down_since == 0)
        db->down_since = now;
    db->retry_at = now + pause_after(db, now);
    return result;
}

enum err postgres_connect(struct postgres_db *db)
{
    while (db->connection == NULL) {
        enum err result = attempt(db);
        if (result == OK || result == ERR_CONFLICT || !db->writer)
            return result;
        int64_t now = time_monotonic();
        if (now - db->down_since > PATIENCE_MS)
            return ERR_BUSY;
        if (now < db->retry_at)
            (void)usleep((useconds_t)((db->retry_at - now) * 1000));
    }
    return OK;
}

void postgres_look(struct postgres_db *db)
{
    if (db->connection == NULL || db->line_count > 0)
        return;
    struct pollfd events = {.fd = PQsocket(db->connection), .events = POLLIN};
    if (poll(&events, 1, 0) == 0)
        return;
    bool alive = PQconsumeInput(db->connection) == 1 && PQstatus(db->connection) == CONNECTION_OK &&
                 poll(&events, 1, 0) == 0;
    if (!alive)
        postgres_drop(db);
}

enum err postgres_attend(struct db *base, enum presence presence, int64_t newest)
{
    struct postgres_db *db = postgres_of(base);
    if (presence == PRESENCE_ALONE) {
        db->alone = true;
        return postgres_simple(db, "waiting for older programs to leave", for_older("pg_advisory_lock", newest).text);
    }
    if (db->alone) /* also those of a wait that failed half-way */
        TRY(postgres_simple(db, "presence", for_older("pg_advisory_unlock", newest).text));
    db->alone = false;
    if (db->known >= 0)
        return OK;
    TRY(postgres_simple(db, "presence", be_present(newest).text));
    db->known = newest;
    return OK;
}

/* ---- opening and closing ---- */

static enum err db_open(const char *url, bool writer, unsigned slots, struct db **out)
{
    struct postgres_db *db = calloc(1, sizeof *db + (slots + 1) * sizeof db->prepared[0]);
    char *copy = strdup(url);
    if (db == NULL || copy == NULL) {
        free(db);
        free(copy);
        return err_note(ERR_LIMIT, "postgresql: no memory");
    }
    db->base.engine = &engine_postgres;
    db->url = copy;
    db->slots = slots;
    db->writer = writer;
    db->known = -1;
    db->ahead = postgres_ahead_new();
    randombytes_buf(db->writer_id, sizeof db->writer_id);
    enum err result = try_connect(db);
    if (result != OK)
        postgres_close(&db->base);
    else
        *out = &db->base;
    return result;
}

enum err postgres_writer_open(const char *url, bool create, unsigned slots, struct db **out)
{
    (void)create; /* the database itself is made by who runs the server */
    return db_open(url, true, slots, out);
}

enum err postgres_reader_open(const char *url, unsigned slots, struct db **out)
{
    return db_open(url, false, slots, out);
}

void postgres_close(struct db *base)
{
    struct postgres_db *db = postgres_of(base);
    postgres_drop(db);
    postgres_ahead_over(db);
    free(db->ahead);
    while (db->depth > 0)
        PQclear(db->results[--db->depth]);
    free(db->results);
    sodium_memzero(db->url, strlen(db->url)); /* there may be a password in it */
    free(db->url);
    free(db);
}
