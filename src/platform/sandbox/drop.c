#include "platform/sandbox/sandbox.h"

#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Somebody to become. */
struct identity {
    uid_t user;
    gid_t group;
    const char *name; /* NULL: the account has none */
};

static enum err by_name(const char *user, struct identity *out)
{
    const struct passwd *found = getpwnam(user);
    if (found == NULL)
        return err_note(ERR_INPUT, "sandbox: the user to serve as does not exist");
    *out = (struct identity){found->pw_uid, found->pw_gid, found->pw_name};
    return OK;
}

static enum err by_folder(const char *folder, struct identity *out)
{
    struct stat about;
    if (stat(folder, &about) != 0)
        return ERR_DENIED;
    const struct passwd *found = getpwuid(about.st_uid);
    *out = (struct identity){about.st_uid, about.st_gid, found == NULL ? NULL : found->pw_name};
    return OK;
}

static enum err become(const struct identity *who)
{
    int grouped = who->name != NULL ? initgroups(who->name, who->group) : setgroups(0, NULL);
    if (grouped != 0 || setresgid(who->group, who->group, who->group) != 0 ||
        setresuid(who->user, who->user, who->user) != 0)
        return err_note(ERR_IO, "sandbox: cannot become another user (%s)", strerrordesc_np(errno));
    if (setuid(0) == 0)
        BUG("rights that were given up came back");
    return OK;
}

enum err sandbox_drop(const char *user, const char *folder)
{
    struct identity who = {.user = geteuid(), .group = getegid()};
    bool named = !text_empty(user);
    if (named)
        TRY(by_name(user, &who));
    else if (who.user == 0)
        TRY(by_folder(folder, &who));
    if (who.user == 0)
        return ERR_DENIED;
    if (geteuid() == 0)
        return become(&who);
    return who.user == geteuid() ? OK : ERR_DENIED;
}
