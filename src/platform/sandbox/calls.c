/* seccomp. What is not in the table answers "not permitted", so that a library that tries something new goes another way instead
 * of taking the service down; the kernel's audit log notes each refusal. */
#include "platform/sandbox/internal.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/sched.h>
#include <netdb.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)

/* clang-format off */
static const int ALWAYS[] = {
    /* memory; mmap and mprotect have rules of their own */
    CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise), CALL(mlock), CALL(mlock2), CALL(munlock), CALL(membarrier),
    /* threads, locks, signals of their own; clone and tgkill have rules of their own */
    CALL(futex), CALL(set_robust_list), CALL(rseq), CALL(exit), CALL(exit_group), CALL(gettid), CALL(getpid), CALL(getppid),
    CALL(sched_yield), CALL(sched_getaffinity), CALL(getcpu), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
    CALL(rt_sigtimedwait), CALL(sigaltstack), CALL(restart_syscall),
    /* time */
    CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday), CALL(time),
    /* files, as far as Landlock lets them: SQLite and its log, instruments, fonts, time zones, backups */
    CALL(open), CALL(openat), CALL(close), CALL(read), CALL(pread64), CALL(readv), CALL(preadv), CALL(write), CALL(pwrite64), CALL(writev),
    CALL(pwritev), CALL(lseek), CALL(fstat), CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(access), CALL(faccessat),
    CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getdents64), CALL(getcwd), CALL(fcntl), CALL(flock), CALL(fsync),
    CALL(fdatasync), CALL(ftruncate), CALL(fallocate), CALL(fadvise64), CALL(unlink), CALL(unlinkat), CALL(rename), CALL(renameat),
    CALL(renameat2), CALL(link), CALL(linkat), CALL(mkdir), CALL(mkdirat), CALL(rmdir), CALL(fchmod), CALL(umask), CALL(dup),
    CALL(dup2), CALL(dup3), CALL(pipe2), CALL(statfs), CALL(fstatfs), CALL(fchown), CALL(utimensat),
    /* waiting for many things at once, and the connections that the listening socket gives */
    CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6), CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
    CALL(eventfd2), CALL(accept), CALL(accept4), CALL(recvfrom), CALL(recvmsg), CALL(sendto), CALL(sendmsg), CALL(shutdown),
    CALL(getsockname), CALL(getpeername), CALL(setsockopt), CALL(getsockopt),
    /* about itself and the machine */
    CALL(getrandom), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getrusage), CALL(sysinfo), CALL(uname),
};

/* libpq, libcurl, and the C library that finds the address of a name for them; socket has a rule of its own */
static const int CONNECTING[] = {
    CALL(connect), CALL(bind), CALL(socketpair), CALL(sendmmsg), CALL(recvmmsg),
};

#ifdef SANDBOX_SANITIZED
/* Tests only: how the sanitizers look for leaks when the process ends. No program can be started by these either. */
static const int SANITIZING[] = {
    CALL(prctl), CALL(ptrace), CALL(wait4), CALL(getdents), CALL(personality), CALL(prlimit64), CALL(arch_prctl), CALL(sched_getparam),
    CALL(sched_getscheduler), CALL(process_vm_readv),
};
#endif
/* clang-format on */

#define WHOLE (~(scmp_datum_t)0)
#define COUNT(array) (sizeof(array) / sizeof *(array))

static int allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < count; i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return failed;
}

/* Allows a call when an argument has the value under the mask. */
static int allow_if(scmp_filter_ctx filter, int call, unsigned argument, scmp_datum_t mask, scmp_datum_t value)
{
    const struct scmp_arg_cmp condition = {
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

/* Nothing new is to be run: neither what was written to memory, nor what was written to a file of the data folder. */
static int allow_memory(scmp_filter_ctx filter)
{
    int failed = allow_if(filter, CALL(mprotect), 2, PROT_EXEC, 0);
    return failed != 0 ? failed : allow_if(filter, CALL(mmap), 2, PROT_EXEC, 0);
}

/* The C library loads what it finds addresses with when it is first asked for one; afterwards it could not. */
static void load_resolver(void)
{
    struct addrinfo *found = NULL;
    if (getaddrinfo("localhost", "1", NULL, &found) == 0)
        freeaddrinfo(found);
}

/* Threads, but no processes. The newer call hides its flags in memory where a filter cannot look; the C library takes the older one
 * when it is told that there is none. */
static int allow_threads(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
    if (failed == 0)
        failed = allow_if(filter, CALL(clone), 0, CLONE_THREAD, CLONE_THREAD);
    if (failed == 0)
        failed = allow_if(filter, CALL(tgkill), 0, WHOLE, (scmp_datum_t)getpid());
    if (failed == 0)
        failed = allow_if(filter, CALL(prctl), 0, WHOLE, PR_SET_NAME);
    if (failed == 0) /* asking for a limit, not setting one */
        failed = allow_if(filter, CALL(prlimit64), 2, WHOLE, 0);
    return failed;
}

static int allow_questions(scmp_filter_ctx filter)
{
    static const scmp_datum_t questions[] = {TCGETS, FIONREAD, FIONBIO};
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < COUNT(questions); i++)
        failed = allow_if(filter, CALL(ioctl), 1, WHOLE, questions[i]);
    return failed;
}

static int allow_connecting(scmp_filter_ctx filter)
{
    static const scmp_datum_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    int failed = allow(filter, CONNECTING, COUNT(CONNECTING));
    for (size_t i = 0; failed == 0 && i < COUNT(families); i++)
        failed = allow_if(filter, CALL(socket), 0, WHOLE, families[i]);
    return failed;
}

/* To a socket in the file system, and to no network: the address of a network's socket cannot even be made. */
static int allow_asking(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(connect), 0);
    return failed != 0 ? failed : allow_if(filter, CALL(socket), 0, WHOLE, AF_UNIX);
}

static int allow_sanitizers(scmp_filter_ctx filter)
{
#ifdef SANDBOX_SANITIZED
    int failed = allow(filter, SANITIZING, COUNT(SANITIZING));
    return failed != 0 ? failed : allow_if(filter, CALL(clone), 0, CLONE_UNTRACED, CLONE_UNTRACED);
#else
    (void)filter;
    return 0;
#endif
}

static int fill(scmp_filter_ctx filter, const struct sandbox *sandbox)
{
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (failed == 0)
        (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    /* A tree of comparisons instead of a chain: the price of a call does not grow with the table. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (failed == 0)
        failed = allow(filter, ALWAYS, COUNT(ALWAYS));
    if (failed == 0)
        failed = allow_memory(filter);
    if (failed == 0)
        failed = allow_threads(filter);
    if (failed == 0)
        failed = allow_questions(filter);
    if (failed == 0 && sandbox->connects)
        failed = allow_connecting(filter);
    else if (failed == 0 && sandbox->asks)
        failed = allow_asking(filter);
    return failed != 0 ? failed : allow_sanitizers(filter);
}

enum err sandbox_calls(const struct sandbox *sandbox)
{
    if (sandbox->connects)
        load_resolver();
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return err_note(ERR_IO, "sandbox: no memory for the filter");
    int failed = fill(filter, sandbox);
    if (failed != 0) {
        seccomp_release(filter);
        return err_note(ERR_IO, "sandbox: the table of calls is not taken (%s)", strerrordesc_np(-failed));
    }
    failed = seccomp_load(filter);
    seccomp_release(filter);
    if (failed != 0)
        (void)err_note(ERR_IO, "sandbox: this kernel has no seccomp (%s); all system calls stay open to the program",
                       strerrordesc_np(-failed));
    return OK;
}
