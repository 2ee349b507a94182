#include "steer/exchange/internal.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void exchange_say_refused(const char *sheet, unsigned row, const char *column, const char *field, const char *cause)
{
    if (sheet == NULL)
        (void)printf("line %u, %s: %s\n", row, column, cause);
    else
        (void)printf("%s, row %u, column %s (%s): %s\n", sheet, row, column, field, cause);
}

static enum err read_all(struct office *office, int file, size_t size, struct bytes *out)
{
    uint8_t *bytes = arena_alloc(office->arena, size + 1);
    size_t filled = 0;
    while (filled < size) {
        ssize_t got = read(file, bytes + filled, size - filled);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return ERR_IO;
        filled += got > 0 ? (size_t)got : 0;
    }
    *out = (struct bytes){bytes, size};
    return OK;
}

enum err exchange_read_file(struct office *office, const char *path, size_t most, struct bytes *out)
{
    struct stat about;
    /* Whatever it is, opening it waits for nobody: a pipe has no other end yet. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return office_say(ERR_NOT_FOUND, "the file cannot be opened");
    bool is_file = fstat(file, &about) == 0 && S_ISREG(about.st_mode);
    enum err result = !is_file ? ERR_INPUT : (uint64_t)about.st_size > most ? ERR_LIMIT : OK;
    if (result == OK)
        result = read_all(office, file, (size_t)about.st_size, out);
    (void)close(file);
    if (result == ERR_INPUT)
        return office_say(result, "what is named is no file: give the path of one");
    if (result == ERR_LIMIT)
        return office_say(result, "the file is larger than %zu megabytes", most >> 20);
    return result == OK ? OK : office_say(result, "the file cannot be read");
}

enum err exchange_import(struct office *office)
{
    if (office->count == 2 && text_same(office->words[0], "htcds"))
        return exchange_htcds(office, office->words[1]);
    if (office->count == 2 && text_same(office->words[0], "ctdc"))
        return exchange_ctdc(office, office->words[1]);
    return office_say(ERR_INPUT,
                      "ausma import htcds FILE.xlsx --as LOGIN [--team TEAM] [--apply], or: ausma import ctdc FILE.csv "
                      "[--dry-run]");
}
