#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *err_name(enum err code)
{
    static const char *const names[ERR_COUNT] = {
        [OK] = "ok",
        [ERR_INPUT] = "input",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_DENIED] = "denied",
        [ERR_SIGNED_OUT] = "signed_out",
        [ERR_UNPROVED] = "unproved",
        [ERR_UNENROLLED] = "unenrolled",
        [ERR_FORGED] = "forged",
        [ERR_STALE] = "stale",
        [ERR_CONFLICT] = "conflict",
        [ERR_LIMIT] = "limit",
        [ERR_BUSY] = "busy",
        [ERR_FULL] = "full",
        [ERR_BROKEN] = "broken",
        [ERR_IO] = "io",
    };
    return code < ERR_COUNT ? names[code] : "unknown";
}

enum err err_note(enum err code, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    (void)fprintf(stderr, "ausma: %s: %s\n", err_name(code), line);
    return code;
}

void err_bug(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "ausma: bug at %s:%d: %s\n", file, line, what);
    abort();
}
