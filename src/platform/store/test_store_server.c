/* A server can go away at any moment: what was answered stays true, whatever the moment (PostgreSQL only). */
#include "platform/store/testing.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

static const struct sql note_has = {.name = "note_has",
                                    .text = "SELECT count(*), 0 FROM note WHERE id = ?1",
                                    .slot = SLOT_GET,
                                    .inputs = 1,
                                    .outputs = 2,
                                    .kinds = "i",
                                    .reads = true,
                                    .tables = 1};

static int server_make(void **state)
{
    if (!scratch_on_server())
        return folder_make(state);
    return store_make(state);
}

/* Ends all connections to the test's database. */
static void cut_all(const struct fixture *fixture)
{
    char text[200];
    const char *name = strstr(fixture->url, "scratch_");
    (void)snprintf(text, sizeof text, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%.*s'",
                   (int)strcspn(name, "?"), name);
    scratch_command(text);
}

static int64_t has(struct store *store, int64_t id)
{
    struct db *db = NULL;
    struct counted out = {-1, -1};
    const struct value in = of_int(id);
    assert_int_equal(store_reader_open(store, &db), OK);
    assert_int_equal(db_run(db, &note_has, &in, counted_row, &out, NULL), OK);
    store_reader_close(db);
    return out.rows;
}

/* Looks first, as changes do, and from the second time on that is asked ahead. */
static enum err add_one(struct db *db, void *data)
{
    const struct value id = of_int(*(int64_t *)data);
    struct counted there = {-1, -1};
    db_foresee(db, &(struct db_known){.kind = 1, .values = &id, .count = 1});
    TRY(db_run(db, &note_has, &id, counted_row, &there, NULL));
    return there.rows == 0 ? add(db, id.i, "Testa") : ERR_CONFLICT;
}

static void a_connection_lost_while_idle_is_not_noticed(void **state)
{
    struct fixture *fixture = *state;
    struct db *reader = NULL;
    int64_t id = 1;
    assert_int_equal(store_reader_open(fixture->store, &reader), OK);
    assert_int_equal(store_change(fixture->store, add_one, &id), OK);
    assert_int_equal(counted(reader).rows, 1);
    cut_all(fixture);
    assert_int_equal(db_read_begin(reader), OK);
    assert_int_equal(counted(reader).rows, 1);
    db_read_end(reader);
    id = 2;
    assert_int_equal(store_change(fixture->store, add_one, &id), OK);
    assert_int_equal(counted(reader).rows, 2);
    store_reader_close(reader);
}

static void a_lost_view_is_asked_for_anew(void **state)
{
    struct fixture *fixture = *state;
    struct db *reader = NULL;
    struct counted out = {-1, -1};
    assert_int_equal(store_reader_open(fixture->store, &reader), OK);
    assert_int_equal(db_read_begin(reader), OK);
    assert_int_equal(counted(reader).rows, 0);
    assert_false(db_read_lost(reader));
    cut_all(fixture);
    assert_int_equal(db_run(reader, &note_count, NULL, counted_row, &out, NULL), ERR_BUSY);
    assert_true(db_read_lost(reader));
    assert_int_equal(db_run(reader, &note_count, NULL, counted_row, &out, NULL), ERR_BUSY); /* not another view */
    db_read_end(reader);
    assert_int_equal(db_read_begin(reader), OK);
    assert_false(db_read_lost(reader));
    assert_int_equal(counted(reader).rows, 0);
    db_read_end(reader);
    store_reader_close(reader);
}

struct interrupted {
    const struct fixture *fixture;
    int64_t id;
    bool cut;
    bool hide;
};

static enum err cut_in_the_middle(struct db *db, void *data)
{
    struct interrupted *interrupted = data;
    TRY(add(db, interrupted->id, "Testa"));
    if (interrupted->cut)
        cut_all(interrupted->fixture);
    interrupted->cut = false;
    enum err second = add(db, -interrupted->id, "Testa");
    return interrupted->hide ? OK : second;
}

static void a_change_cut_in_the_middle_is_not_kept_and_said_so(void **state)
{
    struct fixture *fixture = *state;
    for (int hide = 0; hide < 2; hide++) {
        struct interrupted interrupted = {.fixture = fixture, .id = 1 + hide, .cut = true, .hide = hide == 1};
        assert_int_equal(store_change(fixture->store, cut_in_the_middle, &interrupted), ERR_BUSY);
        assert_int_equal(has(fixture->store, interrupted.id), 0);
        assert_int_equal(store_change(fixture->store, cut_in_the_middle, &interrupted), OK);
        assert_int_equal(has(fixture->store, -interrupted.id), 1);
    }
}

/* ---- a way to the server that can be cut at a commit ---- */

enum cut { CUT_NEVER, CUT_BEFORE, CUT_AFTER };

struct way {
    char server[108];
    char folder[64];
    int listening;
    _Atomic enum cut cut; /* what happens to the next commit */
    atomic_int cuts;
    pthread_t thread;
};

struct carrying {
    struct way *way;
    int client, server;
};

static int unix_socket(const char *path, bool listening)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr *where = (const struct sockaddr *)&address;
    if (listening)
        assert_true(bind(made, where, sizeof address) == 0 && listen(made, 16) == 0);
    else if (connect(made, where, sizeof address) != 0)
        (void)0;
    return made;
}

static bool pass_on(int from, int to, char *piece, size_t size, ssize_t *length)
{
    *length = recv(from, piece, size, 0);
    return *length > 0 && to >= 0 && send(to, piece, (size_t)*length, MSG_NOSIGNAL) == *length;
}

static void *carry(void *data)
{
    struct carrying carrying = *(struct carrying *)data;
    struct way *way = carrying.way;
    char piece[65536];
    free(data);
    for (bool open = true; open;) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(carrying.client, &set);
        FD_SET(carrying.server, &set);
        int most = carrying.client > carrying.server ? carrying.client : carrying.server;
        if (select(most + 1, &set, NULL, NULL, NULL) <= 0)
            break;
        ssize_t length = 0;
        if (FD_ISSET(carrying.server, &set)) {
            open = pass_on(carrying.server, carrying.client, piece, sizeof piece, &length);
            continue;
        }
        length = recv(carrying.client, piece, sizeof piece, 0);
        static const char commit[] = "\0commit"; /* in a Bind: the portal without a name, the statement's name */
        bool commits = length > 0 && memmem(piece, (size_t)length, commit, sizeof commit) != NULL;
        enum cut cut = commits ? atomic_exchange(&way->cut, CUT_NEVER) : CUT_NEVER;
        open = length > 0 && cut != CUT_BEFORE;
        if (open)
            open = send(carrying.server, piece, (size_t)length, MSG_NOSIGNAL) == length;
        if (cut == CUT_AFTER)
            open = recv(carrying.server, piece, sizeof piece, 0) < 0; /* done, but nobody hears of it */
        if (cut != CUT_NEVER)
            atomic_fetch_add(&way->cuts, 1);
    }
    (void)close(carrying.client);
    (void)close(carrying.server);
    return NULL;
}

static void *way_main(void *data)
{
    struct way *way = data;
    int client;
    while ((client = accept(way->listening, NULL, NULL)) >= 0) {
        struct carrying *carrying = calloc(1, sizeof *carrying);
        pthread_t thread;
        *carrying = (struct carrying){way, client, unix_socket(way->server, false)};
        assert_int_equal(pthread_create(&thread, NULL, carry, carrying), 0);
        (void)pthread_detach(thread);
    }
    return NULL;
}

/* Gives the URL of the fixture's database by that way. */
static void way_open(struct way *way, const struct fixture *fixture, char url[SCRATCH_URL_SIZE])
{
    const char *host = strstr(fixture->url, "host=") + 5;
    int length = (int)strcspn(host, "&");
    char path[108];
    (void)snprintf(way->server, sizeof way->server, "%.*s/.s.PGSQL.5432", length, host);
    (void)snprintf(way->folder, sizeof way->folder, "/tmp/way-XXXXXX");
    assert_non_null(mkdtemp(way->folder));
    (void)snprintf(path, sizeof path, "%s/.s.PGSQL.5432", way->folder);
    way->listening = unix_socket(path, true);
    (void)snprintf(url, SCRATCH_URL_SIZE, "%.*s%s%s", (int)(host - fixture->url), fixture->url, way->folder,
                   host + length);
    assert_int_equal(pthread_create(&way->thread, NULL, way_main, way), 0);
}

static void way_close(struct way *way)
{
    char path[108];
    (void)shutdown(way->listening, SHUT_RDWR);
    assert_int_equal(pthread_join(way->thread, NULL), 0);
    (void)close(way->listening);
    (void)snprintf(path, sizeof path, "%s/.s.PGSQL.5432", way->folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(way->folder), 0);
}

static void a_commit_without_an_answer_is_found_out(void **state)
{
    struct fixture *fixture = *state;
    struct way way = {.cuts = 0};
    struct store *store = NULL;
    char url[SCRATCH_URL_SIZE];
    way_open(&way, fixture, url);
    assert_int_equal(test_open(url, &store), OK);
    static const struct {
        enum cut cut;
        enum err result;
        int64_t kept;
    } cases[] = {{CUT_AFTER, OK, 1}, {CUT_BEFORE, ERR_BUSY, 0}, {CUT_AFTER, OK, 1}, {CUT_NEVER, OK, 1}};
    for (int i = 0; i < 4; i++) {
        int64_t id = 10 + i;
        atomic_store(&way.cut, cases[i].cut);
        assert_int_equal(store_change(store, add_one, &id), cases[i].result);
        assert_int_equal(has(fixture->store, id), cases[i].kept);
    }
    assert_int_equal(atomic_load(&way.cuts), 3);
    /* A group: all of it or nothing, and each job is told. */
    for (int round = 0; round < 2; round++) {
        struct answers answers = {.count = 0};
        int64_t first = 100 + 10 * round;
        struct adding jobs[] = {
            adding(first, "Testa Viena", OK, &answers),
            adding(first + 1, "Testa Divi", ERR_STALE, &answers),
            adding(first + 2, "Testa Trīs", OK, &answers),
        };
        struct latch latch = LATCH_CLOSED;
        struct store_job hold = {.run = latch_wait, .done = noop_done, .data = &latch};
        assert_int_equal(store_submit(store, &hold), OK);
        latch_entered(&latch);
        for (int i = 0; i < 3; i++)
            adding_submit(store, &jobs[i]);
        atomic_store(&way.cut, round == 0 ? CUT_AFTER : CUT_BEFORE);
        latch_open(&latch);
        enum err waited = store_change(store, noop_run, NULL); /* it may be of the group itself */
        assert_true(waited == OK || waited == ERR_BUSY);
        assert_int_equal(answers.count, 3);
        assert_int_equal(answers.results[0], round == 0 ? OK : ERR_BUSY);
        assert_int_equal(answers.results[1], ERR_STALE);
        assert_int_equal(answers.results[2], round == 0 ? OK : ERR_BUSY);
        for (int i = 0; i < 3; i++)
            assert_int_equal(has(fixture->store, first + i), answers.results[i] == OK ? 1 : 0);
    }
    store_close(store);
    way_close(&way);
}

/* ---- any moment at all ---- */

enum { WRITERS = 6, EACH = 120 };

struct telling {
    struct store *store;
    int64_t first;
    enum err results[EACH];
    atomic_int *left;
};

static void *write_and_note(void *data)
{
    struct telling *telling = data;
    for (int64_t i = 0; i < EACH; i++) {
        int64_t id = telling->first + i;
        telling->results[i] = store_change(telling->store, add_one, &id);
    }
    atomic_fetch_sub(telling->left, 1);
    return NULL;
}

static void what_was_answered_is_true_whenever_it_is_cut(void **state)
{
    struct fixture *fixture = *state;
    static struct telling tellings[WRITERS];
    struct store *second = NULL; /* as another process would */
    pthread_t threads[WRITERS];
    atomic_int left = WRITERS;
    int kept = 0;
    assert_int_equal(test_open(fixture->url, &second), OK);
    for (int i = 0; i < WRITERS; i++) {
        tellings[i] = (struct telling){.store = i % 2 == 0 ? fixture->store : second, .first = i * 1000, .left = &left};
        assert_int_equal(pthread_create(&threads[i], NULL, write_and_note, &tellings[i]), 0);
    }
    while (atomic_load(&left) > 0) {
        (void)usleep(30000);
        cut_all(fixture);
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < WRITERS; i++) {
        for (int64_t k = 0; k < EACH; k++) {
            enum err result = tellings[i].results[k];
            assert_true(result == OK || result == ERR_BUSY);
            assert_int_equal(has(fixture->store, tellings[i].first + k), result == OK ? 1 : 0);
            kept += result == OK;
        }
    }
    assert_true(kept > 0);
    assert_int_equal(counted_now(fixture->store).rows, kept);
    store_close(second);
}

/* ---- several processes ---- */

static enum err add_behind_the_newest(struct db *db, void *data)
{
    (void)data;
    struct counted now = counted(db);
    return add(db, now.newest + 1, "Testa");
}

static void *add_many_behind(void *data)
{
    for (int i = 0; i < 50; i++)
        if (store_change(data, add_behind_the_newest, NULL) != OK)
            return data;
    return NULL;
}

/* Each job sees what all jobs before it did, in whichever process: reading and then writing needs no care. */
static void jobs_of_all_processes_come_one_after_the_other(void **state)
{
    struct fixture *fixture = *state;
    struct store *stores[3] = {fixture->store};
    pthread_t threads[6];
    assert_int_equal(test_open(fixture->url, &stores[1]), OK);
    assert_int_equal(test_open(fixture->url, &stores[2]), OK);
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many_behind, stores[i % 3]), 0);
    for (int i = 0; i < 6; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    struct counted now = counted_now(fixture->store);
    assert_int_equal(now.rows, 300);
    assert_int_equal(now.newest, 300);
    store_close(stores[1]);
    store_close(stores[2]);
}

int main(void)
{
    struct CMUnitTest tests[6];
    static const struct CMUnitTest server[] = {
        cmocka_unit_test_setup_teardown(a_connection_lost_while_idle_is_not_noticed, server_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_lost_view_is_asked_for_anew, server_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_change_cut_in_the_middle_is_not_kept_and_said_so, server_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_commit_without_an_answer_is_found_out, server_make, folder_remove),
        cmocka_unit_test_setup_teardown(what_was_answered_is_true_whenever_it_is_cut, server_make, folder_remove),
        cmocka_unit_test_setup_teardown(jobs_of_all_processes_come_one_after_the_other, server_make, folder_remove),
    };
    return run_for_engine(tests, 0, NULL, 0, server, sizeof server / sizeof *server);
}
