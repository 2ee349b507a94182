/* Backups made before the recovery key was renewed: how today's shares still open them. Every ended key's secret half is sealed to its
 * successor; those lines lie beside the backups, so that a lost installation does not take them along. They open nothing alone. */
#include "base/buf.h"
#include "base/text.h"
#include "platform/seal/text.h"
#include "steer/backup/format.h"
#include "steer/backup/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char HEADING[] =
    "# Links from earlier recovery keys of Ausma to the present one. Keep this file with the backups.\n";
static const char WORD[] = "key ";

static enum err put_file(const char *path, const struct buf *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_note(ERR_IO, "backup: the links (%d)", errno);
    bool fine = write(fd, text->ptr, text->len) == (ssize_t)text->len && fsync(fd) == 0;
    fine = close(fd) == 0 && fine;
    return fine ? OK : err_note(errno == ENOSPC ? ERR_FULL : ERR_IO, "backup: the links (%d)", errno);
}

enum err links_write(struct db *db, struct arena *arena, int64_t org, const char *folder)
{
    struct recovery_link *links;
    size_t count;
    struct buf text;
    TRY(recovery_links(db, arena, org, &links, &count));
    if (count == 0)
        return OK;
    buf_init(&text, arena, 512 * count + 200);
    buf_text(&text, HEADING);
    for (size_t i = 0; i < count; i++)
        buf_format(&text, "%s%s %s %s\n", WORD, seal_hex(arena, links[i].public_half.b, SEAL_KEY_SIZE),
                   seal_hex(arena, links[i].successor.b, SEAL_KEY_SIZE),
                   seal_hex(arena, links[i].secret.ptr, links[i].secret.len));
    const char *path = arena_format(arena, "%s/%s", folder, LINKS_NAME);
    const char *part = arena_format(arena, "%s.part", path);
    TRY(put_file(part, &text));
    return rename(part, path) == 0 ? OK : err_note(ERR_IO, "backup: the links (%d)", errno);
}

/* ---- reading ---- */

enum err link_read(struct arena *arena, const char *line, struct recovery_link *out)
{
    enum { SECRET = SEAL_KEY_SIZE + crypto_box_SEALBYTES };
    struct recovery_link link;
    uint8_t *secret = arena_alloc(arena, SECRET);
    if (strlen(line) != strlen(WORD) + 2 * (2 * (size_t)SEAL_KEY_SIZE + SECRET) + 2 || !text_starts(line, WORD))
        return ERR_BROKEN;
    const char *at = line + strlen(WORD);
    bool fine = seal_hex_read(&at, link.public_half.b, SEAL_KEY_SIZE) && *at++ == ' ' &&
                seal_hex_read(&at, link.successor.b, SEAL_KEY_SIZE) && *at++ == ' ' &&
                seal_hex_read(&at, secret, SECRET) && *at == '\0';
    if (!fine)
        return ERR_BROKEN;
    link.secret = (struct bytes){secret, SECRET};
    *out = link;
    return OK;
}

static void links_load(struct arena *arena, const char *path, struct recovery_link *links, size_t most, size_t *count)
{
    char line[1024];
    const char *slash = strrchr(path, '/');
    const char *folder = slash == NULL ? "." : arena_text_n(arena, path, (size_t)(slash - path));
    FILE *file = fopen(arena_format(arena, "%s/%s", folder, LINKS_NAME), "re");
    *count = 0;
    if (file == NULL)
        return;
    while (*count < most && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (link_read(arena, line, &links[*count]) == OK)
            (*count)++;
    }
    (void)fclose(file);
}

enum err backup_unlock(struct arena *arena, const char *path, const struct backup_head *head,
                       const struct seal_pair *given, struct seal_pair *out)
{
    enum { LINKS_MOST = 200 };
    uint8_t mark[RECOVERY_MARK_SIZE];
    struct seal_pair pair = *given;
    struct recovery_link *links = ARENA_ARRAY(arena, struct recovery_link, LINKS_MOST);
    size_t count;
    links_load(arena, path, links, LINKS_MOST, &count);
    for (size_t steps = 0; steps <= count; steps++) {
        recovery_mark(&pair.public_half, mark);
        if (memcmp(mark, head->mark, sizeof mark) == 0) {
            *out = pair;
            return OK;
        }
        size_t i = 0;
        while (i < count && !seal_same(links[i].successor.b, pair.public_half.b, SEAL_KEY_SIZE))
            i++;
        struct bytes secret;
        if (i == count || seal_open_to(arena, &pair, links[i].secret, &secret) != OK)
            break;
        pair.public_half = links[i].public_half;
        memcpy(pair.secret_half.b, secret.ptr, SEAL_KEY_SIZE);
    }
    return ERR_DENIED;
}
