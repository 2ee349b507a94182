/* The sandbox in a process of its own, as the program uses it: rights, files, calls, in all threads. */
#include "platform/sandbox/sandbox.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/pdf/pdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a process that is shut in, tries, and ends with the number of what went wrong ---- */

struct cell {
    char folder[64];
    struct sandbox_folder folders[2];
    struct sandbox sandbox;
    sem_t shut, tried;
    size_t failed;
};

static size_t in_child(size_t (*act)(struct cell *cell), struct cell *cell)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit((int)act(cell));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (size_t)WEXITSTATUS(status);
}

static void cell_make(struct cell *cell)
{
    *cell = (struct cell){.folder = "/tmp/ausma-cell-XXXXXX"};
    assert_non_null(mkdtemp(cell->folder));
    cell->folders[0] = (struct sandbox_folder){cell->folder, true};
    cell->folders[1] = (struct sandbox_folder){getenv("AUSMA_ROOT"), false};
    cell->sandbox = (struct sandbox){.folders = cell->folders, .folder_count = 2, .port = 1};
}

static const char *inside(const struct cell *cell, const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", cell->folder, name);
    return path;
}

static void cell_end(struct cell *cell)
{
    (void)unlink(inside(cell, "kept"));
    assert_int_equal(rmdir(cell->folder), 0);
}

static bool opens(const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC, 0600);
    if (file >= 0)
        (void)close(file);
    return file >= 0;
}

#define EXPECT(what)                                                         \
    do {                                                                     \
        if (!(what)) {                                                       \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
            wrong++;                                                         \
        }                                                                    \
    } while (0)

/* ---- what is refused, and what still works ---- */

static void *try_in_thread(void *data)
{
    struct cell *cell = data;
    while (sem_wait(&cell->shut) != 0)
        continue;
    cell->failed = sandbox_prove(&cell->sandbox, stderr);
    (void)sem_post(&cell->tried);
    return NULL;
}

static size_t shut_in(struct cell *cell)
{
    size_t wrong = 0;
    pthread_t before;
    pthread_t after;
    (void)sem_init(&cell->shut, 0, 0);
    (void)sem_init(&cell->tried, 0, 0);
    EXPECT(sandbox_prove(&cell->sandbox, stderr) > 5);
    EXPECT(sandbox_files(&cell->sandbox) == OK);
    EXPECT(pthread_create(&before, NULL, try_in_thread, cell) == 0);
    EXPECT(sandbox_calls(&cell->sandbox) == OK);
    EXPECT(sandbox_prove(&cell->sandbox, stderr) == 0);
    (void)sem_post(&cell->shut);
    (void)sem_wait(&cell->tried);
    EXPECT(cell->failed == 0);
    EXPECT(pthread_create(&after, NULL, try_in_thread, cell) == 0);
    (void)sem_post(&cell->shut);
    (void)sem_wait(&cell->tried);
    EXPECT(cell->failed == 0);
    (void)pthread_join(before, NULL);
    (void)pthread_join(after, NULL);
    return wrong;
}

static void m7_1_after_start_other_files_processes_and_connections_are_refused_in_every_thread(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(shut_in, &cell), 0);
    cell_end(&cell);
}

static size_t work_on(struct cell *cell)
{
    size_t wrong = 0;
    char other[128];
    (void)snprintf(other, sizeof other, "%s", inside(cell, "moved"));
    EXPECT(sandbox_files(&cell->sandbox) == OK);
    EXPECT(sandbox_calls(&cell->sandbox) == OK);
    EXPECT(opens(inside(cell, "kept"), O_RDWR | O_CREAT | O_EXCL));
    EXPECT(rename(inside(cell, "kept"), other) == 0);
    EXPECT(unlink(other) == 0);
    EXPECT(mkdir(other, 0700) == 0 && rmdir(other) == 0);
    EXPECT(symlink("/etc/group", other) < 0);
    EXPECT(opens("/dev/urandom", O_RDONLY));
    EXPECT(!opens("/dev/urandom", O_WRONLY));
    EXPECT(opens(cell->folders[1].path, O_RDONLY | O_DIRECTORY));
    (void)snprintf(other, sizeof other, "%s/meson.build", cell->folders[1].path);
    EXPECT(opens(other, O_RDONLY));
    EXPECT(!opens(other, O_RDWR));
    return wrong;
}

static void m7_1_the_data_folder_is_written_the_programmes_are_read(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(work_on, &cell), 0);
    cell_end(&cell);
}

/* ---- what libraries read while they work ---- */

static size_t paper(struct cell *cell)
{
    size_t wrong = 0;
    struct bytes bytes = {0};
    struct arena *arena = arena_new((size_t)16 << 20);
    struct pdf *pdf = pdf_new(arena, &(struct pdf_settings){.title = "t", .language = "lv", .page = "lapa"});
    pdf_heading(pdf, 1, "Ierakstu žurnāls");
    pdf_text(pdf, "Ģimene, šķūnis, Ņina; Шевчук");
    EXPECT(pdf_bytes(pdf, &bytes) == OK);
    FILE *size = fopen(inside(cell, "kept"), "we");
    EXPECT(size != NULL && fprintf(size, "%zu", bytes.len) > 0 && fclose(size) == 0);
    return wrong;
}

static size_t paper_shut_in(struct cell *cell)
{
    size_t wrong = 0;
    (void)setenv("TZ", "Europe/Riga", 1);
    EXPECT(sandbox_files(&cell->sandbox) == OK);
    EXPECT(sandbox_calls(&cell->sandbox) == OK);
    EXPECT(time_local(INT64_C(1767225600000)).hour == 2); /* midnight of 2026 in Greenwich */
    return wrong + paper(cell);
}

static long kept_number(const struct cell *cell)
{
    char digits[32] = "";
    FILE *file = fopen(inside(cell, "kept"), "re");
    assert_non_null(file);
    assert_non_null(fgets(digits, sizeof digits, file));
    (void)fclose(file);
    return strtol(digits, NULL, 10);
}

/* Without its fonts a paper would be smaller, or none. */
static void m7_2_paper_and_time_zones_are_the_same_inside(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(paper, &cell), 0);
    long outside = kept_number(&cell);
    assert_int_equal(in_child(paper_shut_in, &cell), 0);
    assert_in_range(kept_number(&cell), outside - 50, outside + 50);
    cell_end(&cell);
}

/* ---- a way out of the data folder ---- */

static size_t climb_out(struct cell *cell)
{
    size_t wrong = 0;
    char path[200];
    EXPECT(symlink("/etc/group", inside(cell, "kept")) == 0);
    EXPECT(sandbox_files(&cell->sandbox) == OK);
    (void)snprintf(path, sizeof path, "%s/../../etc/group", cell->folder);
    EXPECT(!opens(path, O_RDONLY) && errno == EACCES);
    EXPECT(!opens(inside(cell, "kept"), O_RDONLY) && errno == EACCES);
    return wrong;
}

static void m7_1_neither_dots_nor_links_lead_out_of_the_data_folder(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(climb_out, &cell), 0);
    cell_end(&cell);
}

/* ---- with a database server ---- */

static size_t connect_out(struct cell *cell)
{
    size_t wrong = 0;
    cell->sandbox.connects = true;
    EXPECT(sandbox_files(&cell->sandbox) == OK);
    EXPECT(sandbox_calls(&cell->sandbox) == OK);
    int out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT(out >= 0);
    EXPECT(socket(AF_PACKET, SOCK_RAW, 0) < 0);
    EXPECT(sandbox_prove(&cell->sandbox, stderr) == 0);
    return wrong;
}

static void m7_6_a_database_server_can_be_reached_when_there_is_one(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(connect_out, &cell), 0);
    cell_end(&cell);
}

/* ---- with a service of this machine ---- */

static size_t ask_inside(struct cell *cell)
{
    size_t wrong = 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/service", cell->folder);
    EXPECT(bind(listening, (const struct sockaddr *)&address, sizeof address) == 0 && listen(listening, 1) == 0);
    cell->sandbox.asks = true;
    EXPECT(sandbox_files(&cell->sandbox) == OK);
    EXPECT(sandbox_calls(&cell->sandbox) == OK);
    int out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT(out >= 0 && connect(out, (const struct sockaddr *)&address, sizeof address) == 0);
    EXPECT(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0);
    EXPECT(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0);
    EXPECT(sandbox_prove(&cell->sandbox, stderr) == 0);
    (void)unlink(address.sun_path);
    return wrong;
}

static void m7_1_a_scanner_of_this_machine_can_be_asked_and_no_network(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(ask_inside, &cell), 0);
    cell_end(&cell);
}

/* ---- who it runs as ---- */

static size_t drop(struct cell *cell)
{
    size_t wrong = 0;
    EXPECT(sandbox_drop("no-such-user-here", cell->folder) == ERR_INPUT);
    if (geteuid() != 0) {
        EXPECT(sandbox_drop(NULL, cell->folder) == OK);
        EXPECT(sandbox_drop("root", cell->folder) == ERR_DENIED);
        return wrong;
    }
    EXPECT(sandbox_drop(NULL, cell->folder) == ERR_DENIED);
    EXPECT(sandbox_drop("root", cell->folder) == ERR_DENIED);
    EXPECT(chown(cell->folder, 65534, 65534) == 0);
    EXPECT(sandbox_drop(NULL, cell->folder) == OK);
    EXPECT(geteuid() == 65534 && getegid() == 65534 && getuid() == 65534);
    EXPECT(setuid(0) < 0);
    return wrong;
}

static void m7_1_root_becomes_the_owner_of_the_data_and_stays_so(void **state)
{
    (void)state;
    struct cell cell;
    cell_make(&cell);
    assert_int_equal(in_child(drop, &cell), 0);
    cell_end(&cell);
}

/* ---- the serving process itself, asked by its own option ---- */

/* Runs the program; what it says goes to a file of the cell. Its exit code. */
static int run(const struct cell *cell, const char *const *words)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (freopen(inside(cell, "said"), "w", stdout) == NULL)
            _exit(99);
        (void)dup2(STDOUT_FILENO, STDERR_FILENO);
        (void)execv(words[0], (char *const *)(const void *)words);
        _exit(98);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t count_said(const struct cell *cell, const char *word)
{
    char line[300];
    size_t count = 0;
    FILE *said = fopen(inside(cell, "said"), "re");
    assert_non_null(said);
    while (fgets(line, sizeof line, said) != NULL)
        count += strstr(line, word) != NULL;
    (void)fclose(said);
    return count;
}

static void m7_1_the_serving_process_proves_it(void **state)
{
    (void)state;
    const char *program = getenv("AUSMA_PROGRAM");
    const char *share = getenv("AUSMA_ROOT");
    struct cell cell;
    if (text_empty(program))
        skip();
    cell_make(&cell);
    char data[128];
    (void)snprintf(data, sizeof data, "%s", inside(&cell, "data"));
    const char *demo[] = {program, "demo", "--cases", "1", "--share", share, "--data", data, NULL};
    const char *served[] = {program, "serve",        "--share",         share, "--data", data, "--port",
                            "0",     "--allow-root", "--prove-sandbox", NULL,  NULL};
    assert_int_equal(run(&cell, demo), 0);
    assert_int_equal(run(&cell, served), 0);
    assert_int_equal(count_said(&cell, " refused"), 11);
    assert_int_equal(count_said(&cell, "NOT REFUSED"), 0);
    served[10] = "--no-sandbox";
    assert_int_not_equal(run(&cell, served), 0);
    assert_true(count_said(&cell, "NOT REFUSED") > 5);
    if (geteuid() == 0) { /* as root without leave */
        served[8] = "--prove-sandbox";
        served[9] = NULL;
        assert_int_not_equal(run(&cell, served), 0);
        assert_int_equal(count_said(&cell, "--allow-root"), 1);
    }
    const char *gone[] = {"/bin/rm", "-rf", data, NULL};
    assert_int_equal(run(&cell, gone), 0);
    (void)unlink(inside(&cell, "said"));
    cell_end(&cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_after_start_other_files_processes_and_connections_are_refused_in_every_thread),
        cmocka_unit_test(m7_1_the_data_folder_is_written_the_programmes_are_read),
        cmocka_unit_test(m7_2_paper_and_time_zones_are_the_same_inside),
        cmocka_unit_test(m7_1_neither_dots_nor_links_lead_out_of_the_data_folder),
        cmocka_unit_test(m7_6_a_database_server_can_be_reached_when_there_is_one),
        cmocka_unit_test(m7_1_a_scanner_of_this_machine_can_be_asked_and_no_network),
        cmocka_unit_test(m7_1_root_becomes_the_owner_of_the_data_and_stays_so),
        cmocka_unit_test(m7_1_the_serving_process_proves_it),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
