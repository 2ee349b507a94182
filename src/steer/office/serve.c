#include "steer/office/office.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "find/referral/referral.h"
#include "platform/account/queries.h"
#include "platform/audit/checkpoint.h"
#include "platform/gate/app.h"
#include "platform/gate/queries.h"
#include "platform/job/job.h"
#include "platform/notice/notice.h"
#include "platform/sandbox/sandbox.h"
#include "steer/backup/backup.h"
#include "steer/ceremony/ceremony.h"
#include "steer/office/program.h"
#include "steer/office/settings.h"
#include "steer/retention/retention.h"
#include "steer/staff/staff.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORM_KEPT_DAYS = 2, SESSION_KEPT_DAYS = 1, DEVICE_KEPT_DAYS = 90 };

/* ---- what is done now and then, by one process of all ---- */

/* Forgets sessions that nobody can use any more and forms whose second click can no longer come. */
static enum err tidy(struct db *db, void *data)
{
    const struct job_run *run = data;
    size_t gone = 0;
    int64_t day_ago = run->now - SESSION_KEPT_DAYS * DAY_MS;
    TRY(account_session_expire(
        db, &(struct account_session_expire_in){.org = run->org, .created_before = day_ago, .seen_before = day_ago},
        &gone));
    TRY(account_device_forget(
        db, &(struct account_device_forget_in){.org = run->org, .before = run->now - DEVICE_KEPT_DAYS * DAY_MS},
        &gone));
    return gate_once_forget(
        db, &(struct gate_once_forget_in){.org = run->org, .before = run->now - FORM_KEPT_DAYS * DAY_MS}, &gone);
}

static enum err tidy_job(const struct job_run *run)
{
    struct job_run copy = *run;
    return store_change(run->store, tidy, &copy);
}

static enum err tidy_ceremonies(struct db *db, void *data)
{
    const struct job_run *run = data;
    struct arena *arena = arena_new((size_t)4 << 20);
    enum err result = ceremony_tidy(db, arena, run->org, run->now);
    arena_free(arena);
    return result;
}

static enum err ceremonies_due(const struct job_run *run)
{
    struct job_run copy = *run;
    return store_change(run->store, tidy_ceremonies, &copy);
}

/* What was erased stands beside the backups before the next of them is made. */
static enum err list_erased(const struct job_run *run, const char *folder)
{
    struct db *db;
    TRY(store_reader_open(run->store, &db));
    struct arena *arena = arena_new((size_t)64 << 20);
    enum err result = retention_list_write(db, arena, run->org, folder);
    arena_free(arena);
    store_reader_close(db);
    return result;
}

static void go_on(void *data, int64_t bytes)
{
    (void)bytes;
    enum err held = job_go_on(data);
    if (held != OK)
        (void)err_note(held, "the backup goes on, but the job may be another's by now");
}

static enum err backup_due(const struct job_run *run)
{
    const struct app *app = run->data;
    struct job_run own = *run;
    return backup_job(
        &(struct backup_turn){.store = run->store,
                              .org = run->org,
                              .settings = app->backup,
                              .now = run->now,
                              .listed = app->backup->folder == NULL ? OK : list_erased(run, app->backup->folder),
                              .progress = go_on,
                              .progress_data = &own});
}

/* What was written since the last checkpoint is signed. */
static enum err sign(struct db *db, void *data)
{
    const struct job_run *run = data;
    const struct app *app = run->data;
    struct audit_checkpoint made;
    struct arena *arena = arena_new((size_t)1 << 26);
    enum err result = audit_checkpoint_make(db, arena, run->org, run->now, app->signer, &made);
    arena_free(arena);
    return result;
}

static enum err checkpoint_job(const struct job_run *run)
{
    struct job_run copy = *run;
    return store_change(run->store, sign, &copy);
}

/* What was shared with outside specialists ends on its day, with or without somebody looking. */
static enum err end_shares(struct db *db, void *data)
{
    const struct job_run *run = data;
    size_t over = 0;
    TRY(referral_shares_due(db, run->org, run->now, &over));
    return over == 0 ? OK
                     : audit_add(db, &(struct audit){.org = run->org, .at = run->now, .act = "referral.share_over"});
}

static enum err shares_job(const struct job_run *run)
{
    struct job_run copy = *run;
    return store_change(run->store, end_shares, &copy);
}

/* A job a line; its data is the app. */
static const struct job JOBS[] = {
    {.name = "tidy", .every_ms = 10 * MINUTE_MS, .hold_ms = 5 * MINUTE_MS, .run = tidy_job},
    {.name = "ceremony.tidy", .every_ms = 5 * MINUTE_MS, .hold_ms = MINUTE_MS, .run = ceremonies_due},
    {.name = "shares", .every_ms = 5 * MINUTE_MS, .hold_ms = MINUTE_MS, .run = shares_job},
    {.name = "checkpoint", .every_ms = HOUR_MS, .hold_ms = 10 * MINUTE_MS, .run = checkpoint_job},
    {.name = "backup", .every_ms = MINUTE_MS, .hold_ms = 10 * MINUTE_MS, .run = backup_due},
};

/* Ctrl-C and the service manager stop the program; nothing else does. */
static void wait_for_stop(void)
{
    sigset_t stop;
    int which = 0;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGINT);
    (void)sigaddset(&stop, SIGTERM);
    while (sigwait(&stop, &which) != 0)
        continue;
}

static void block_signals(void)
{
    sigset_t stop;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGINT);
    (void)sigaddset(&stop, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

/* No memory of this process reaches a file when it crashes. */
static void no_core_dumps(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
}

/* Room for as many connections as the limits allow, with some for the files. */
static void raise_files(const struct settings *settings)
{
    enum { OWN_FILES = 256, USUAL = 4096 };
    rlim_t wanted = OWN_FILES + (settings->connections == 0 ? USUAL : settings->connections);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
        return;
    files.rlim_cur = wanted < files.rlim_max ? wanted : files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

static enum err find_org(struct office *office, struct app *app)
{
    struct db *db;
    struct account_org_first_row org;
    TRY(store_reader_open(app->store, &db));
    enum err found = account_org_first(db, office->arena, &org);
    store_reader_close(db);
    if (found == ERR_NOT_FOUND)
        return office_say(found, "the installation has no organisation; make one with: ausma init");
    TRY(found);
    app->org = org.org;
    return OK;
}

/* A file that is given or handed out has its own room beside what a page needs. */
static size_t request_memory(const struct settings *settings)
{
    enum { USUAL = 24 << 20, FILE_USUAL = 10 << 20, IN_USUAL = 8 << 20 };
    size_t file = settings->file_max == 0 ? FILE_USUAL : settings->file_max;
    size_t most = settings->request_memory == 0 ? USUAL : settings->request_memory;
    return file > IN_USUAL ? most + file - IN_USUAL : most;
}

static struct http_config server_config(const struct settings *settings, struct app *app)
{
    enum { WAITERS = 4 };
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (text_same(store_engine(app->store), "postgresql") && cores < WAITERS)
        cores = WAITERS; /* a thread that waits for a server leaves its core to another */
    return (struct http_config){
        .address = settings->address,
        .port = settings->port,
        .threads = settings->threads != 0 ? settings->threads : (unsigned)(cores < 1 ? 1 : cores),
        .trust_proxy = settings->trust_proxy,
        .limits = {.header_max = settings->header_max,
                   .connections = settings->connections,
                   .connections_per_address = settings->connections_per_address,
                   .connections_per_owner = settings->connections_per_account,
                   .idle_seconds = settings->idle_seconds,
                   .header_seconds = settings->header_seconds,
                   .body_rate = settings->body_rate,
                   .bodies_max = settings->bodies_memory,
                   .arena_max = request_memory(settings)},
        .handle = gate_handle,
        .body_max = gate_body_max,
        .known = gate_known,
        .data = app,
    };
}

/* ---- shut in ---- */

/* All folders of an installation, and whether the program talks to other machines. */
static struct sandbox sandbox_of(const struct office *office, const struct settings *settings, const char *database)
{
    enum { FOLDERS = 5, ALL = FOLDERS + STORE_FILES_MAX };
    struct sandbox_folder *folders = ARENA_ARRAY(office->arena, struct sandbox_folder, ALL);
    bool remote = strstr(database, "://") != NULL;
    const char *slash = remote ? NULL : strrchr(database, '/');
    folders[0] = (struct sandbox_folder){.path = office->data, .write = true};
    folders[1] = (struct sandbox_folder){.path = arena_format(office->arena, "%s/programmes", office->share)};
    folders[2] = (struct sandbox_folder){.path = arena_format(office->arena, "%s/locale", office->share)};
    if (slash != NULL)
        folders[3] = (struct sandbox_folder){
            .path = arena_text_n(office->arena, database, (size_t)(slash - database) + 1), .write = true};
    folders[4] = (struct sandbox_folder){.path = settings->backup_dir, .write = true};
    const char *files[STORE_FILES_MAX];
    size_t count = store_files(office->arena, database, files);
    for (size_t i = 0; i < count; i++)
        folders[FOLDERS + i] = (struct sandbox_folder){.path = files[i]};
    return (struct sandbox){.folders = folders,
                            .folder_count = FOLDERS + count,
                            .port = settings->port,
                            .connects = remote || settings->mail_url != NULL ||
                                        (settings->scan_address != NULL && !settings->scan_local),
                            .asks = settings->scan_address != NULL};
}

static enum err drop_root(const struct office *office, const struct settings *settings)
{
    if (settings->allow_root)
        return OK;
    enum err dropped = sandbox_drop(settings->user, office->data);
    if (dropped == ERR_DENIED)
        return office_say(
            dropped,
            "it does not serve as root, nor as anybody but the user that is set: let %s belong to a user of its own, "
            "name a user with --user, or say --allow-root",
            office->data);
    return dropped;
}

/* With --prove-sandbox: tries what an intruder would, and ends. */
static enum err prove(const struct sandbox *sandbox)
{
    size_t open_still = sandbox_prove(sandbox, stdout);
    return open_still == 0 ? OK : office_say(ERR_BROKEN, "%zu acts of an intruder were not refused", open_still);
}

/* Everything has started: shuts it in and waits for the end. */
static enum err serve_shut_in(struct office *office, const struct settings *settings)
{
    const char *database;
    TRY(office_database(office, &database));
    struct sandbox sandbox = sandbox_of(office, settings, database);
    if (!settings->no_sandbox)
        TRY(sandbox_calls(&sandbox));
    if (office_option(office, "--prove-sandbox", NULL) != NULL)
        return prove(&sandbox);
    (void)printf("http://%s:%u\n", settings->address, settings->port);
    (void)fflush(stdout);
    wait_for_stop();
    return OK;
}

/* ---- mail ---- */

/* The first line of a file that only the program's user should read. Before the sandbox closes. */
static enum err first_line(const struct office *office, const char *path, const char **out)
{
    enum { LONGEST = 1000 };
    char line[LONGEST];
    FILE *file = fopen(path, "re");
    bool read = file != NULL && fgets(line, sizeof line, file) != NULL;
    if (file != NULL)
        (void)fclose(file);
    if (!read)
        return office_say(ERR_IO, "the password for mail cannot be read from %s", path);
    *out = arena_text_n(office->arena, line, strcspn(line, "\r\n"));
    explicit_bzero(line, sizeof line);
    return OK;
}

/* All of a text file, for which 256 KiB are enough. Before the sandbox closes. */
static enum err whole_text(const struct office *office, const char *path, const char **out)
{
    enum { LONGEST = 1 << 18 };
    char *text = arena_alloc(office->arena, LONGEST);
    FILE *file = fopen(path, "re");
    size_t len = file == NULL ? 0 : fread(text, 1, LONGEST - 1, file);
    bool read = file != NULL && feof(file) && len > 0;
    if (file != NULL)
        (void)fclose(file);
    if (!read)
        return office_say(ERR_IO, "the certificates for mail cannot be read from %s", path);
    text[len] = '\0';
    *out = text;
    return OK;
}

static enum err mail_of(const struct office *office, const struct settings *settings, struct notice_server *mail)
{
    *mail = (struct notice_server){.url = settings->mail_url, .from = settings->mail_from, .user = settings->mail_user};
    if (mail->url == NULL)
        return OK;
    if (settings->mail_authorities_file != NULL)
        TRY(whole_text(office, settings->mail_authorities_file, &mail->authorities));
    if (mail->user == NULL)
        return OK;
    if (settings->mail_password_file == NULL)
        return office_say(ERR_INPUT, "mail_user is set without a mail_password_file");
    return first_line(office, settings->mail_password_file, &mail->password);
}

static enum err serve_app(struct office *office, struct settings *settings, struct app *app)
{
    struct http_server *server;
    struct http_config config = server_config(settings, app);
    TRY(find_org(office, app));
    TRY(app_start(app, config.threads));
    enum err result = http_start(&config, &server);
    if (result == ERR_CONFLICT)
        (void)office_say(result, "port %u is taken; choose another with --port", config.port);
    if (result == OK) {
        settings->port = http_port(server);
        struct job_runner *jobs = NULL;
        result = job_runner_open(app->store, app->org, JOBS, sizeof JOBS / sizeof *JOBS, app, 0, &jobs);
        if (result == OK)
            result = serve_shut_in(office, settings);
        job_runner_close(jobs);
        http_stop(server, 10);
    }
    app_stop(app);
    return result;
}

static enum err serve_pools(struct office *office, struct settings *settings, struct app *app)
{
    enum { SLOW = 2, SLOW_WAITING = 64, OUTSIDE = 2, OUTSIDE_WAITING = 16 };
    TRY(slow_pool_open(SLOW, SLOW_WAITING, &app->slow));
    enum err result = slow_pool_open(OUTSIDE, OUTSIDE_WAITING, &app->outside);
    if (result == OK) {
        result = serve_app(office, settings, app);
        slow_pool_close(app->outside);
    }
    slow_pool_close(app->slow);
    return result;
}

static enum err serve_store(struct office *office, struct settings *settings, const struct notice_server *mail,
                            struct app *app)
{
    struct audit_signer signer;
    TRY(office_signer(office, &signer));
    app->signer = &signer;
    TRY(office_open(office, false, &app->store));
    enum err result = mail->url == NULL ? OK : notice_open(mail, &app->notices);
    if (result == OK)
        result = serve_pools(office, settings, app);
    notice_close(app->notices);
    store_close(app->store);
    return result;
}

enum err office_serve(struct office *office)
{
    struct app app = {.route_tables = program_routes, .nav = program_nav, .keys_due = staff_keys_due};
    struct settings settings;
    const char *database;
    TRY(office_settings(office, &settings));
    app.config = (struct app_config){.plain_cookie = settings.plain_cookie,
                                     .idle_minutes = (int)settings.idle_minutes,
                                     .exit_address = settings.exit_address,
                                     .file_max = settings.file_max,
                                     .scan_address = settings.scan_address};
    struct backup_settings backup = {.folder = settings.backup_dir,
                                     .hours = settings.backup_hours,
                                     .daily = settings.backup_daily,
                                     .weekly = settings.backup_weekly,
                                     .monthly = settings.backup_monthly};
    app.backup = &backup;
    block_signals();
    no_core_dumps();
    raise_files(&settings);
    (void)umask(077);
    TRY(drop_root(office, &settings));
    TRY(office_pack(office));
    /* Behind the sandbox a folder that is not there yet could not be let in. */
    if (settings.backup_dir != NULL && mkdir(settings.backup_dir, 0700) != 0 && errno != EEXIST)
        return office_say(ERR_IO, "the folder for backups, %s, cannot be made", settings.backup_dir);
    TRY(office_database(office, &database));
    struct notice_server mail;
    TRY(mail_of(office, &settings, &mail));
    struct sandbox sandbox = sandbox_of(office, &settings, database);
    if (settings.no_sandbox)
        (void)office_say(OK, "serving without the sandbox, as it is set");
    else
        TRY(sandbox_files(&sandbox));
    return serve_store(office, &settings, &mail, &app);
}
