/* Landlock. The constants are the kernel's own; Debian 12's headers know only the oldest of them. */
#include "platform/sandbox/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum file_right {
    RIGHT_WRITE = 1 << 1,
    RIGHT_READ = 1 << 2,
    RIGHT_LIST = 1 << 3,
    RIGHT_REMOVE_FOLDER = 1 << 4,
    RIGHT_REMOVE_FILE = 1 << 5,
    RIGHT_MAKE_FOLDER = 1 << 7,
    RIGHT_MAKE_FILE = 1 << 8,
    RIGHT_MOVE = 1 << 13,     /* version 2 */
    RIGHT_TRUNCATE = 1 << 14, /* version 3 */
};

enum {
    FILE_RIGHTS = RIGHT_WRITE | RIGHT_READ | RIGHT_TRUNCATE, /* what can be granted on a thing that is no folder */
    READING = RIGHT_READ | RIGHT_LIST,
    WRITING = READING | RIGHT_WRITE | RIGHT_REMOVE_FOLDER | RIGHT_REMOVE_FILE | RIGHT_MAKE_FOLDER | RIGHT_MAKE_FILE |
              RIGHT_MOVE | RIGHT_TRUNCATE,
    NET_BIND = 1,    /* version 4 */
    NET_CONNECT = 2, /* version 4 */
    SCOPES = 3,      /* version 6: sockets without a name in the file system, signals */
    RULE_BELOW = 1,
    RULE_PORT = 2,
    VERSION_ASK = 1,
};

struct ruleset {
    uint64_t files, net, scopes;
};

struct below_rule {
    uint64_t rights;
    int32_t folder;
} __attribute__((packed));

struct port_rule {
    uint64_t rights;
    uint64_t port;
};

/* ---- what every installation reads besides its own folders ---- */

struct system_path {
    const char *path;
    unsigned rights;
    bool connects; /* only where the program connects to others */
};

static const struct system_path SYSTEM[] = {
    {"/dev/urandom", READING, false}, /* SQLite's seed */
    {"/dev/null", READING | RIGHT_WRITE, false},
    {"/etc/localtime", READING, false}, /* the organisation's time zone, and the tables of all */
    {"/usr/share/zoneinfo", READING, false},
    {"/usr/share/icu", READING, false},
    {"/etc/fonts", READING, false}, /* fontconfig, pango and cairo, for what is printed as PDF */
    {"/usr/share/fontconfig", READING, false},
    {"/usr/share/fonts", READING, false},
    {"/usr/local/share/fonts", READING, false},
    {"/var/cache/fontconfig", READING, false},
    {"/usr/share/xml/fontconfig", READING, false},
    {"/usr/lib/locale", READING, false}, /* the C library's own words and character sets */
    {"/usr/share/locale", READING, false},
    {"/usr/lib/x86_64-linux-gnu", READING,
     false}, /* libraries that are loaded when first used: character sets, host names */
    {"/usr/lib/aarch64-linux-gnu", READING, false},
    {"/sys/devices/system/cpu", READING, false}, /* how many cores */
    {"/proc/sys/vm/overcommit_memory", READING, false},
    {"/etc/ssl", READING, true}, /* who may speak for a database or mail server */
    {"/usr/lib/ssl", READING, true},
    {"/usr/share/ca-certificates", READING, true},
    {"/usr/local/share/ca-certificates", READING, true},
    {"/etc/resolv.conf", READING, true}, /* names of other machines */
    {"/run/systemd/resolve", READING, true},
    {"/run/resolvconf", READING, true},
    {"/etc/hosts", READING, true},
    {"/etc/host.conf", READING, true},
    {"/etc/gai.conf", READING, true},
    {"/etc/nsswitch.conf", READING, true},
    {"/etc/services", READING, true},
    {"/etc/passwd", READING, true}, /* libpq asks for the name of the user it runs as */
    {"/etc/ld.so.cache", READING, true},
    {"/etc/postgresql-common", READING, true},
#ifdef SANDBOX_SANITIZED
    {"/proc", READING, false}, /* the sanitizer looks at its own memory */
#endif
};

/* ---- the steps ---- */

static int rules_new(const struct ruleset *rules)
{
    return (int)syscall(SYS_landlock_create_ruleset, rules, sizeof *rules, 0);
}

static int version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_ASK);
}

/* All that this kernel can close: what is not granted below is refused. */
static struct ruleset everything(int kernel, const struct sandbox *sandbox)
{
    enum { SINCE_1 = (1 << 13) - 1, SINCE_5_DEVICES = 1 << 15 };
    struct ruleset rules = {.files = SINCE_1};
    if (kernel >= 2)
        rules.files |= RIGHT_MOVE;
    if (kernel >= 3)
        rules.files |= RIGHT_TRUNCATE;
    if (kernel >= 4)
        rules.net = (sandbox->port == 0 ? 0 : NET_BIND) | (sandbox->connects ? 0 : NET_CONNECT);
    if (kernel >= 5)
        rules.files |= SINCE_5_DEVICES;
    if (kernel >= 6)
        rules.scopes = SCOPES;
    return rules;
}

/* What is not there needs no rule. */
static enum err grant(int rules, const struct ruleset *closed, const char *path, unsigned rights)
{
    struct stat about;
    int place = path == NULL ? -1 : open(path, O_PATH | O_CLOEXEC);
    if (place < 0)
        return OK;
    bool folder = fstat(place, &about) == 0 && S_ISDIR(about.st_mode);
    struct below_rule rule = {rights & closed->files & (folder ? ~0U : (unsigned)FILE_RIGHTS), place};
    long added = syscall(SYS_landlock_add_rule, rules, RULE_BELOW, &rule, 0);
    int cause = errno;
    (void)close(place);
    return added == 0 ? OK : err_note(ERR_IO, "sandbox: a rule is not taken (%s)", strerrordesc_np(cause));
}

static enum err grant_all(int rules, const struct ruleset *closed, const struct sandbox *sandbox)
{
    for (size_t i = 0; i < sizeof SYSTEM / sizeof *SYSTEM; i++) {
        if (sandbox->connects || !SYSTEM[i].connects)
            TRY(grant(rules, closed, SYSTEM[i].path, SYSTEM[i].rights));
    }
    for (size_t i = 0; i < sandbox->folder_count; i++) {
        const struct sandbox_folder *folder = &sandbox->folders[i];
        TRY(grant(rules, closed, folder->path, folder->write ? WRITING : READING));
    }
    struct port_rule port = {NET_BIND, sandbox->port};
    if ((closed->net & NET_BIND) != 0 && syscall(SYS_landlock_add_rule, rules, RULE_PORT, &port, 0) != 0)
        return err_note(ERR_IO, "sandbox: the port's rule is not taken (%s)", strerrordesc_np(errno));
    return OK;
}

static enum err close_files(const struct sandbox *sandbox)
{
    int kernel = version();
    if (kernel < 1) {
        (void)err_note(ERR_IO, "sandbox: this kernel has no Landlock (Linux 5.13 has, when it is switched on); "
                               "other files of this user stay open to the program");
        return OK;
    }
    struct ruleset closed = everything(kernel, sandbox);
    int rules = rules_new(&closed);
    if (rules < 0)
        return err_note(ERR_IO, "sandbox: Landlock does not start (%s)", strerrordesc_np(errno));
    enum err result = grant_all(rules, &closed, sandbox);
    if (result == OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        result = err_note(ERR_IO, "sandbox: Landlock does not hold (%s)", strerrordesc_np(errno));
    (void)close(rules);
    return result;
}

enum err sandbox_files(const struct sandbox *sandbox)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_note(ERR_IO, "sandbox: new privileges cannot be given up");
    /* Keys lie in this memory: no other process of the same user looks into it. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return close_files(sandbox);
}
