#include "platform/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each tells whether it was refused, and undoes what it could do after all. */

static bool opened(int file)
{
    if (file >= 0)
        (void)close(file);
    return file >= 0;
}

/* Everybody may read it, so only the sandbox can refuse. */
static bool another_file(void)
{
    return !opened(open("/etc/group", O_RDONLY | O_CLOEXEC));
}

static bool a_listing(void)
{
    return !opened(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static bool a_new_file(void)
{
    char path[] = "/tmp/ausma-proof-XXXXXX";
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        (void)unlink(path);
    return !opened(file);
}

static bool a_process(void)
{
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    if (child > 0)
        (void)waitpid((pid_t)child, NULL, 0);
    return child < 0;
}

/* Of no file: a kernel that would start it answers that there is none; refused comes before. */
static bool a_program(void)
{
    char *nothing[] = {NULL};
    return execve("/nonexistent/ausma-proof", nothing, nothing) < 0 && errno == EPERM;
}

static bool a_connection(void)
{
    return !opened(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static bool a_raw_socket(void)
{
    return !opened(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static bool code_refused(int protection)
{
    void *page = mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return true;
    (void)munmap(page, 4096);
    return false;
}

static bool code_in_data(void)
{
    return code_refused(PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* As from a file that was written before. */
static bool new_code(void)
{
    return code_refused(PROT_READ | PROT_EXEC);
}

static bool more_rights(void)
{
    return setresuid(0, 0, 0) < 0 && chroot("/") < 0;
}

static bool a_signal(void)
{
    return kill(1, 0) < 0;
}

struct attempt {
    const char *what;
    bool (*refused)(void);
    bool unless_connects;
};

static const struct attempt ATTEMPTS[] = {
    {"another file", another_file, false},   {"a listing of the machine", a_listing, false},
    {"a file elsewhere", a_new_file, false}, {"a process", a_process, false},
    {"a program", a_program, false},         {"a connection", a_connection, true},
    {"a raw socket", a_raw_socket, false},   {"code in data", code_in_data, false},
    {"new code", new_code, false},           {"more rights", more_rights, false},
    {"a signal to others", a_signal, false},
};

size_t sandbox_prove(const struct sandbox *sandbox, FILE *to)
{
    size_t open_still = 0;
    for (size_t i = 0; i < sizeof ATTEMPTS / sizeof *ATTEMPTS; i++) {
        const struct attempt *attempt = &ATTEMPTS[i];
        bool wanted = sandbox->connects && attempt->unless_connects;
        bool refused = attempt->refused();
        open_still += !refused && !wanted;
        (void)fprintf(to, "%-26s %s\n", attempt->what, refused ? "refused" : wanted ? "needed" : "NOT REFUSED");
    }
    return open_still;
}
