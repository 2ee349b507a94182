/* Connections of the SQLite engine: how they are opened, set and closed. */
#include "platform/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WAIT_READER_MS = 1000,
    WAIT_WRITER_MS = 5000, /* another process may change, as the command line does */
};

/* SQLite's counters of memory would make all threads meet at one lock. */
static void set_up_library(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int switches(sqlite3 *handle)
{
    static const int SWITCHES[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    };
    for (size_t i = 0; i < sizeof SWITCHES / sizeof SWITCHES[0]; i++) {
        int is = 0;
        int code = sqlite3_db_config(handle, SWITCHES[i][0], SWITCHES[i][1], &is);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

/* The log is cut back to journal_size_limit when it is begun anew. */
static const char BOTH[] = "PRAGMA mmap_size = 0; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;";
static const char WRITER[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                             "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 33554432;";
static const char READER[] = "PRAGMA query_only = ON;";

static enum err handle_open(const char *path, bool writer, sqlite3 **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_up_library);
    sqlite3 *handle = NULL;
    int flags = SQLITE_OPEN_NOMUTEX | (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    int code = sqlite3_open_v2(path, &handle, flags, NULL);
    if (code == SQLITE_OK)
        code = switches(handle);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(handle, writer ? WAIT_WRITER_MS : WAIT_READER_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, BOTH, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, writer ? WRITER : READER, NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        *out = handle;
        return OK;
    }
    enum err result = sqlite_error(handle, code);
    (void)err_note(result, "sqlite: opening (%d)", sqlite3_extended_errcode(handle));
    (void)sqlite3_close(handle);
    return result;
}

void sqlite_close(struct db *base)
{
    struct sqlite_db *db = sqlite_of(base);
    if (db->keeper != NULL)
        keeper_close(db->keeper);
    sqlite3_stmt *statement;
    while ((statement = sqlite3_next_stmt(db->handle, NULL)) != NULL)
        (void)sqlite3_finalize(statement);
    if (sqlite3_close(db->handle) != SQLITE_OK)
        BUG("a connection that cannot be closed");
    free(db);
}

static enum err connect(const char *path, bool writer, unsigned slots, struct sqlite_db **out)
{
    struct sqlite_db *db = calloc(1, sizeof *db + slots * sizeof db->kept[0]);
    if (db == NULL)
        return err_note(ERR_LIMIT, "sqlite: no memory");
    db->base.engine = &engine_sqlite;
    db->slots = slots;
    enum err result = handle_open(path, writer, &db->handle);
    if (result == OK)
        *out = db;
    else
        free(db);
    return result;
}

static enum err not_made(const char *what)
{
    int number = errno;
    return err_note(sqlite_no_room(number) ? ERR_FULL : ERR_IO, "sqlite: no new %s (%d)", what, number);
}

/* Makes the file itself, so that it and the log beside it, which takes its mode, are nobody else's from the start. */
static enum err file_make(char *path)
{
    char *slash = strrchr(path, '/');
    *slash = '\0';
    int made = slash == path ? 0 : mkdir(path, 0700);
    *slash = '/';
    if (made != 0 && errno != EEXIST)
        return not_made("folder");
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return errno == EEXIST ? OK : not_made("file");
    return close(file) == 0 ? OK : not_made("file");
}

static int log_grew(void *data, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    ((struct sqlite_db *)data)->log_pages = pages;
    return SQLITE_OK;
}

static enum err writer_at(char *path, bool create, unsigned slots, struct sqlite_db **out)
{
    if (access(path, F_OK) != 0) {
        if (!create)
            return ERR_NOT_FOUND;
        TRY(file_make(path));
    }
    struct sqlite_db *db = NULL;
    TRY(connect(path, true, slots, &db));
    sqlite3 *second = NULL;
    enum err result = handle_open(path, true, &second);
    if (result == OK)
        result = keeper_open(second, &db->keeper);
    if (result != OK) {
        sqlite_close(&db->base);
        return result;
    }
    (void)sqlite3_wal_hook(db->handle, log_grew, db);
    *out = db;
    return OK;
}

/* The path with a slash in it, so that no name has a meaning to SQLite (":memory:", ""). */
static char *path_of(const char *url)
{
    char *path = NULL;
    int length = asprintf(&path, "%s%s", strchr(url, '/') == NULL ? "./" : "", url);
    return length < 0 ? NULL : path;
}

enum err sqlite_writer_open(const char *url, bool create, unsigned slots, struct db **out)
{
    char *path = path_of(url);
    if (path == NULL)
        return err_note(ERR_LIMIT, "sqlite: no memory");
    struct sqlite_db *db = NULL;
    enum err result = writer_at(path, create, slots, &db);
    free(path);
    if (result == OK)
        *out = &db->base;
    return result;
}

enum err sqlite_reader_open(const char *url, unsigned slots, struct db **out)
{
    char *path = path_of(url);
    if (path == NULL)
        return err_note(ERR_LIMIT, "sqlite: no memory");
    struct sqlite_db *db = NULL;
    enum err result = connect(path, false, slots, &db);
    free(path);
    if (result == OK)
        *out = &db->base;
    return result;
}
