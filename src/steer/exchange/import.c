#include "steer/exchange/internal.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

void exchange_say_refused(const char *sheet, unsigned row, const char *column, const char *field, const char *cause)
{
    if (sheet == NULL)
        (void)printf("line %u, %s: %s\n", row, column, cause);
    else
        (void)printf("%s, row %u, column %s (%s): %s\n", sheet, row, column, field, cause);
}

enum err exchange_read_file(struct office *office, const char *path, size_t most, struct bytes *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return office_say(ERR_NOT_FOUND, "the file cannot be opened");
    enum err result = ERR_IO;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        result = size < 0 ? ERR_IO : (size_t)size > most ? ERR_LIMIT : OK;
        if (result == OK && fseek(file, 0, SEEK_SET) == 0) {
            uint8_t *bytes = arena_alloc(office->arena, (size_t)size + 1);
            *out = (struct bytes){bytes, (size_t)size};
            result = fread(bytes, 1, (size_t)size, file) == (size_t)size ? OK : ERR_IO;
        }
    }
    (void)fclose(file);
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
