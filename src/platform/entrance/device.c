#include "platform/entrance/entrance.h"

#include "base/text.h"

#include <string.h>

struct mark {
    const char *part; /* of the User-Agent header */
    const char *name;
};

/* In this order: most browsers claim to be others too. */
static const struct mark BROWSERS[] = {
    {"Edg", "Edge"},         {"OPR/", "Opera"},     {"SamsungBrowser", "Samsung Internet"},
    {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"},  {"Chrome/", "Chrome"},
    {"CriOS", "Chrome"},     {"Safari/", "Safari"},
};
static const struct mark SYSTEMS[] = {
    {"Android", "Android"}, {"iPhone", "iPhone"},   {"iPad", "iPad"},   {"Windows", "Windows"},
    {"Macintosh", "Mac"},   {"CrOS", "Chromebook"}, {"Linux", "Linux"},
};

static const char *first_of(const char *agent, const struct mark *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(agent, marks[i].part) != NULL)
            return marks[i].name;
    }
    return NULL;
}

const char *device_words(struct arena *arena, const char *agent)
{
    if (agent == NULL)
        return "";
    const char *browser = first_of(agent, BROWSERS, sizeof BROWSERS / sizeof *BROWSERS);
    const char *kind = first_of(agent, SYSTEMS, sizeof SYSTEMS / sizeof *SYSTEMS);
    if (browser == NULL || kind == NULL)
        return browser != NULL ? browser : kind != NULL ? kind : "";
    return arena_format(arena, "%s, %s", browser, kind);
}
