#include "steer/office/office.h"

#include "base/id.h"
#include "base/text.h"
#include "platform/account/queries.h"
#include "platform/gate/app.h"
#include "steer/office/program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Ctrl-C and the service manager stop the program; nothing else does. */
static int wait_for_stop(void)
{
    sigset_t stop;
    int signal_number = 0;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGINT);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigwait(&stop, &signal_number);
    return signal_number;
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
    app->org_name = org.name;
    return OK;
}

static enum err serve_app(struct office *office, struct app *app)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = (unsigned)office_number(office, "--threads", cores < 1 ? 1 : cores);
    struct http_server *server;
    struct http_config config = {
        .address = office_option(office, "--address", "127.0.0.1"),
        .port = (unsigned)office_number(office, "--port", 8420),
        .threads = threads,
        .trust_proxy = office_option(office, "--trust-proxy", NULL) != NULL,
        .handle = gate_handle,
        .body_max = gate_body_max,
        .data = app,
    };
    TRY(find_org(office, app));
    TRY(app_start(app, threads));
    enum err started = http_start(&config, &server);
    if (started == ERR_CONFLICT)
        (void)office_say(started, "port %u is taken; choose another with --port", config.port);
    if (started == OK) {
        (void)printf("http://%s:%u\n", config.address, http_port(server));
        (void)fflush(stdout);
        (void)wait_for_stop();
        http_stop(server, 10);
    }
    app_stop(app);
    return started;
}

enum err office_serve(struct office *office)
{
    struct app app = {.route_tables = program_routes, .nav = program_nav};
    app.config.plain_cookie = office_option(office, "--plain-cookie", NULL) != NULL;
    app.config.idle_minutes = (int)office_number(office, "--idle-minutes", 0);
    block_signals();
    no_core_dumps();
    TRY(office_pack(office));
    TRY(office_open(office, false, &app.store));
    enum err result = slow_pool_open(2, 64, &app.slow);
    if (result == OK) {
        result = serve_app(office, &app);
        slow_pool_close(app.slow);
    }
    store_close(app.store);
    return result;
}
