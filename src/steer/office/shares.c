/* The shares of a recovery key at the terminal: onto paper, and typed in again. */
#include "steer/office/office.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/recovery/recovery.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum err office_plan(const struct office *office, struct recovery_plan usual, struct recovery_plan *out)
{
    int64_t shares = office_number(office, "--shares", usual.shares);
    int64_t needed = office_number(office, "--needed", usual.needed);
    bool small = shares > 0 && shares <= RECOVERY_SHARES_MAX && needed > 0 && needed <= shares;
    struct recovery_plan plan = {.shares = (unsigned)shares, .needed = (unsigned)needed};
    if (!small || !recovery_plan_check(plan))
        return office_say(ERR_INPUT,
                          "--shares N --needed M: at least %d needed, at most %d shares, and no more needed "
                          "than there are",
                          RECOVERY_NEEDED_MIN, RECOVERY_SHARES_MAX);
    *out = plan;
    return OK;
}

/* A new file that nobody else reads; never over one that is there. */
static enum err write_new(const char *path, struct bytes bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return office_say(errno == EEXIST ? ERR_CONFLICT : ERR_IO, "%s %s", path,
                          errno == EEXIST ? "is there already: choose another name" : "cannot be made");
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t step = write(fd, bytes.ptr + done, bytes.len - done);
        if (step <= 0)
            break;
        done += (size_t)step;
    }
    bool whole = done == bytes.len && fsync(fd) == 0;
    whole = close(fd) == 0 && whole;
    if (whole)
        return OK;
    (void)unlink(path);
    return office_say(ERR_IO, "%s cannot be written", path);
}

static struct bytes as_text(struct arena *arena, const struct recovery_made *made)
{
    const char *text = "";
    for (unsigned i = 0; i < made->plan.shares; i++)
        text = arena_format(arena, "%s%s\n", text, recovery_line(arena, &made->shares[i]));
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

enum err office_shares_write(struct office *office, const char *organisation, const struct recovery_made *made,
                             const char **path)
{
    const char *text = office_option(office, "--shares-text", NULL);
    struct bytes bytes;
    *path = office_option(office, "--shares-pdf", "ausma-shares.pdf");
    if (text_same(text, "-")) {
        bytes = as_text(office->arena, made);
        *path = NULL;
        return fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0 ? OK : ERR_IO;
    }
    if (text != NULL) {
        *path = text;
        return write_new(text, as_text(office->arena, made));
    }
    TRY(recovery_paper(office->arena, organisation, made->shares, made->plan.shares, made->plan.shares, time_now(),
                       &bytes));
    return write_new(*path, bytes);
}

void office_shares_tell(const char *path, struct recovery_plan plan)
{
    if (path != NULL)
        (void)printf("The recovery key's shares are in %s. Print it, give each page to a different person, and delete "
                     "the file.\n",
                     path);
    (void)printf("%u of the %u shares together open everything; without them nothing can be recovered.\n", plan.needed,
                 plan.shares);
}

/* ---- typed in ---- */

static const char *office_share_fault(struct arena *arena, enum share_fault fault, unsigned at)
{
    switch (fault) {
    case SHARE_WORDS:
        return arena_format(arena, "a share has %d words, these are %u", RECOVERY_ROWS * RECOVERY_ROW_WORDS, at);
    case SHARE_WORD: return arena_format(arena, "word %u is not one of a share's", at);
    case SHARE_ROW: return arena_format(arena, "there is a slip in row %u", at);
    case SHARE_VERSION: return "this share was made by a newer program";
    case SHARE_FINE: break;
    }
    return "";
}

static bool have(const struct recovery_share *shares, size_t count, unsigned number)
{
    for (size_t i = 0; i < count; i++) {
        if (shares[i].number == number)
            return true;
    }
    return false;
}

/* One share that fits those before it. */
static enum err ask_one(struct office *office, struct recovery_share *shares, size_t count)
{
    enum { TRIES = 5 };
    for (int tries = 0; tries < TRIES; tries++) {
        const char *typed;
        struct recovery_share *share = &shares[count];
        unsigned at = 0;
        if (!office_ask(office, arena_format(office->arena, "Share %zu, its 25 words on one line", count + 1), true,
                        &typed))
            break;
        enum share_fault fault = recovery_read(typed, share, &at);
        if (fault != SHARE_FINE)
            (void)office_say(ERR_INPUT, "%s", office_share_fault(office->arena, fault, at));
        else if (have(shares, count, share->number))
            (void)office_say(ERR_INPUT, "share %u was given already", share->number);
        else if (count > 0 && memcmp(share->mark, shares[0].mark, sizeof share->mark) != 0)
            (void)office_say(ERR_INPUT, "share %u belongs to another recovery key than share %u", share->number,
                             shares[0].number);
        else
            return OK;
    }
    return office_say(ERR_INPUT, "the shares are not complete");
}

enum err office_ask_shares(struct office *office, struct recovery_share *shares, size_t *count)
{
    size_t got = 0;
    do {
        TRY(ask_one(office, shares, got));
        got++;
        (void)fprintf(stderr, "Share %u is well. %zu of %u.\n", shares[got - 1].number, got, shares[0].needed);
    } while (got < shares[0].needed);
    *count = got;
    return OK;
}
