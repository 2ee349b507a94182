/* Loaded before a program (LD_PRELOAD), makes each wait for the disk last two milliseconds longer: the disk of an old laptop, for the
 * program and for its floors alike. */
#include <dlfcn.h>
#include <time.h>

static int then_wait(const char *name, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 2000000}, NULL);
    return result;
}

int fsync(int file)
{
    return then_wait("fsync", file);
}

int fdatasync(int file)
{
    return then_wait("fdatasync", file);
}
