#include "platform/store/sqlite.h"

#include <errno.h>

enum { COLUMNS_MAX = 128 };

/* ---- errors ---- */

bool sqlite_no_room(int number)
{
    return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

/* After a failed COMMIT `sqlite3_system_errno` says nothing, but the log's file still knows. */
static bool log_without_room(sqlite3 *handle)
{
    sqlite3_file *file = NULL;
    int number = 0;
    return sqlite3_file_control(handle, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK && file != NULL &&
           file->pMethods != NULL &&
           file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && sqlite_no_room(number);
}

enum err sqlite_error(sqlite3 *handle, int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return OK;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_CONSTRAINT: return ERR_CONFLICT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_BROKEN;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        if (sqlite_no_room(sqlite3_system_errno(handle)))
            return ERR_FULL;
        return sqlite3_extended_errcode(handle) == SQLITE_IOERR_WRITE && log_without_room(handle) ? ERR_FULL : ERR_IO;
    default: return ERR_IO;
    }
}

/* A transaction that an error ended early would leave what follows to commit by itself. */
static bool is_lost(const struct sqlite_db *db)
{
    return db->changing && sqlite3_get_autocommit(db->handle);
}

/* Notes an error with the name of what failed; never with SQLite's message, which may quote values. */
static enum err noted(struct sqlite_db *db, int code, const char *name)
{
    enum err result = sqlite_error(db->handle, code);
    if (result == OK)
        return OK;
    db->cause = result;
    if (!sqlite3_get_autocommit(db->handle) || is_lost(db))
        db->base.spoiled = result;
    return err_note(result, "sqlite: %s (%d)", name, sqlite3_extended_errcode(db->handle));
}

/* ---- statements ---- */

static sqlite3_stmt *prepare_text(struct sqlite_db *db, const char *text, unsigned flags, int *code)
{
    sqlite3_stmt *statement = NULL;
    *code = sqlite3_prepare_v3(db->handle, text, -1, flags, &statement, NULL);
    return statement;
}

static sqlite3_stmt *prepare(struct sqlite_db *db, const struct sql *sql, unsigned flags, int *code)
{
    if (sql->outputs > COLUMNS_MAX)
        BUG("a statement with too many columns");
    sqlite3_stmt *statement = prepare_text(db, sql->text, flags, code);
    if (statement != NULL && (sqlite3_column_count(statement) != (int)sql->outputs ||
                              sqlite3_bind_parameter_count(statement) > (int)sql->inputs))
        BUG(sql->name);
    return statement;
}

/* The kept statement, or one for this time only: when it has no slot, or is still in use further out. */
static sqlite3_stmt *statement_for(struct sqlite_db *db, const struct sql *sql, bool *kept, int *code)
{
    *kept = false;
    if (sql->slot == SLOT_NONE)
        return prepare(db, sql, 0, code);
    if (sql->slot >= db->slots)
        BUG(sql->name);
    sqlite3_stmt **place = &db->kept[sql->slot];
    if (*place == NULL)
        *place = prepare(db, sql, SQLITE_PREPARE_PERSISTENT, code);
    if (*place != NULL && sqlite3_stmt_busy(*place))
        return prepare(db, sql, 0, code);
    *kept = true;
    return *place;
}

/* No copy is made: the values live until the statement is reset. */
static int bind_one(sqlite3_stmt *statement, int at, const struct value *value)
{
    const void *ptr = value->bytes.ptr == NULL ? (const uint8_t *)"" : value->bytes.ptr;
    switch (value->kind) {
    case VALUE_INT: return sqlite3_bind_int64(statement, at, value->i);
    case VALUE_REAL: return sqlite3_bind_double(statement, at, value->real);
    case VALUE_TEXT: return sqlite3_bind_text64(statement, at, ptr, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case VALUE_BYTES: return sqlite3_bind_blob64(statement, at, ptr, value->bytes.len, SQLITE_STATIC);
    case VALUE_NULL: return SQLITE_OK; /* as bindings are when cleared */
    }
    BUG("a value of no kind");
}

static int bind_all(sqlite3_stmt *statement, const struct value *in)
{
    int count = sqlite3_bind_parameter_count(statement);
    for (int i = 0; i < count; i++) {
        int code = bind_one(statement, i + 1, &in[i]);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

static struct value text_or_bytes(sqlite3_stmt *statement, int at, enum value_kind kind)
{
    const void *ptr = kind == VALUE_TEXT ? (const void *)sqlite3_column_text(statement, at)
                                         : sqlite3_column_blob(statement, at);
    size_t len = (size_t)sqlite3_column_bytes(statement, at);
    /* SQLite has no pointer for nothing-long bytes, ours say that they are not NULL. */
    return (struct value){.kind = kind, .bytes = {ptr == NULL ? (const uint8_t *)"" : ptr, len}};
}

static struct value column(sqlite3_stmt *statement, int at)
{
    switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER: return (struct value){.kind = VALUE_INT, .i = sqlite3_column_int64(statement, at)};
    case SQLITE_FLOAT: return (struct value){.kind = VALUE_REAL, .real = sqlite3_column_double(statement, at)};
    case SQLITE_TEXT: return text_or_bytes(statement, at, VALUE_TEXT);
    case SQLITE_BLOB: return text_or_bytes(statement, at, VALUE_BYTES);
    default: return (struct value){.kind = VALUE_NULL};
    }
}

static enum err step_all(struct sqlite_db *db, sqlite3_stmt *statement, const char *name, db_row_fn row, void *data)
{
    struct value columns[COLUMNS_MAX];
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (row == NULL)
            continue;
        int count = sqlite3_column_count(statement);
        for (int i = 0; i < count; i++)
            columns[i] = column(statement, i);
        TRY(row(data, columns));
    }
    return noted(db, code, name);
}

static enum err sqlite_lost(const struct db *base)
{
    const struct sqlite_db *db = (const struct sqlite_db *)base;
    if (!is_lost(db))
        return OK;
    return db->cause == OK ? ERR_IO : db->cause;
}

static enum err sqlite_run(struct db *base, const struct sql *sql, const struct value *in, db_row_fn row, void *data,
                           size_t *changed)
{
    struct sqlite_db *db = sqlite_of(base);
    TRY(sqlite_lost(base));
    bool kept;
    int code = SQLITE_OK;
    sqlite3_stmt *statement = statement_for(db, sql, &kept, &code);
    if (statement == NULL)
        return noted(db, code, sql->name);
    db->depth++;
    code = bind_all(statement, in);
    enum err result = code == SQLITE_OK ? step_all(db, statement, sql->name, row, data) : noted(db, code, sql->name);
    if (result == OK && changed != NULL)
        *changed = (size_t)sqlite3_changes64(db->handle);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    if (!kept)
        (void)sqlite3_finalize(statement);
    db->depth--;
    return result;
}

static enum err sqlite_script(struct db *base, const char *name, const char *text)
{
    struct sqlite_db *db = sqlite_of(base);
    TRY(sqlite_lost(base));
    return noted(db, sqlite3_exec(db->handle, text, NULL, NULL, NULL), name);
}

static void sqlite_tidy(struct db *base)
{
    struct sqlite_db *db = sqlite_of(base);
    if (db->depth == 0)
        return;
    db->depth = 0;
    sqlite3 *handle = db->handle;
    for (sqlite3_stmt *at = sqlite3_next_stmt(handle, NULL); at != NULL; at = sqlite3_next_stmt(handle, at)) {
        if (!sqlite3_stmt_busy(at))
            continue;
        (void)sqlite3_reset(at);
        (void)sqlite3_clear_bindings(at);
    }
}

/* ---- transactions ---- */

static const char *const CONTROLS[CONTROL_COUNT] = {
    [CONTROL_READ] = "BEGIN",           [CONTROL_WRITE] = "BEGIN IMMEDIATE", [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",    [CONTROL_MARK] = "SAVEPOINT job",    [CONTROL_KEEP] = "RELEASE job",
    [CONTROL_UNDO] = "ROLLBACK TO job",
};

static int control_step(struct sqlite_db *db, enum control what)
{
    int code = SQLITE_OK;
    if (db->controls[what] == NULL)
        db->controls[what] = prepare_text(db, CONTROLS[what], SQLITE_PREPARE_PERSISTENT, &code);
    if (db->controls[what] == NULL)
        return code;
    code = sqlite3_step(db->controls[what]);
    (void)sqlite3_reset(db->controls[what]);
    return code;
}

static enum err sqlite_control(struct db *base, enum control what)
{
    struct sqlite_db *db = sqlite_of(base);
    if (what == CONTROL_ROLLBACK) {
        db->changing = false;
        if (sqlite3_get_autocommit(db->handle))
            return OK;
    }
    enum err result = noted(db, control_step(db, what), CONTROLS[what]);
    if (what == CONTROL_UNDO && result == OK)
        result = noted(db, control_step(db, CONTROL_KEEP), CONTROLS[what]);
    if (what == CONTROL_WRITE && result == OK) {
        db->changing = true;
        db->cause = OK;
    }
    if (what == CONTROL_COMMIT && result == OK)
        db->changing = false;
    return result;
}

/* ---- upkeep ---- */

static void sqlite_upkeep(struct db *base)
{
    struct sqlite_db *db = sqlite_of(base);
    keeper_tell(db->keeper, db->handle, db->log_pages);
}

static void sqlite_bulk(struct db *base, bool on)
{
    struct sqlite_db *db = sqlite_of(base);
    const char *size = on ? "PRAGMA cache_size = -262144" : "PRAGMA cache_size = -8192";
    (void)noted(db, sqlite3_exec(db->handle, size, NULL, NULL, NULL), "cache size");
    if (on)
        return;
    (void)sqlite3_db_release_memory(db->handle);
    /* So that the log of a large transaction does not meet the first visitors. */
    if (sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK)
        db->log_pages = 0;
}

/* ---- the schema ---- */

static enum err count_row(void *data, const struct value *columns)
{
    ((int64_t *)data)[0] = columns[0].i;
    ((int64_t *)data)[1] = columns[1].i;
    return OK;
}

static enum err sqlite_contents(struct db *base, enum contents *out)
{
    static const struct sql COUNT = {
        .name = "contents",
        .text = "SELECT count(*), count(*) FILTER (WHERE type = 'table' AND name = 'store_migration') "
                "FROM sqlite_schema",
        .slot = SLOT_NONE,
        .outputs = 2,
    };
    int64_t counts[2] = {0, 0};
    TRY(sqlite_run(base, &COUNT, NULL, count_row, counts, NULL));
    *out = counts[0] == 0 ? CONTENTS_NONE : counts[1] == 1 ? CONTENTS_OURS : CONTENTS_FOREIGN;
    return OK;
}

static enum err sqlite_references(struct db *base, bool bind)
{
    struct sqlite_db *db = sqlite_of(base);
    int is = 0;
    int code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, bind ? 1 : 0, &is);
    return noted(db, code, "references");
}

static enum err dangling_row(void *data, const struct value *columns)
{
    (void)data;
    (void)columns;
    return ERR_CONFLICT;
}

static enum err sqlite_references_check(struct db *base)
{
    static const struct sql CHECK = {
        .name = "references_check",
        .text = "SELECT 1 FROM pragma_foreign_key_check LIMIT 1",
        .slot = SLOT_NONE,
        .outputs = 1,
    };
    enum err result = sqlite_run(base, &CHECK, NULL, dangling_row, NULL, NULL);
    return result == ERR_CONFLICT ? err_note(result, "sqlite: a reference points nowhere") : result;
}

/* Several versions of the program do not share a file: it is one machine's, and the newer one is started in place of the
 * older. */
static enum err sqlite_attend(struct db *base, enum presence presence, int64_t newest)
{
    (void)base;
    (void)presence;
    (void)newest;
    return OK;
}

const struct engine engine_sqlite = {
    .name = "sqlite",
    .writer_open = sqlite_writer_open,
    .reader_open = sqlite_reader_open,
    .close = sqlite_close,
    .contents = sqlite_contents,
    .run = sqlite_run,
    .script = sqlite_script,
    .control = sqlite_control,
    .lost = sqlite_lost,
    .tidy = sqlite_tidy,
    .upkeep = sqlite_upkeep,
    .references = sqlite_references,
    .references_check = sqlite_references_check,
    .plan = sqlite_plan,
    .bulk = sqlite_bulk,
    .attend = sqlite_attend,
};
