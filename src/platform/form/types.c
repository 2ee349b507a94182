#include "platform/form/convert.h"

#include "base/text.h"

#include <strings.h>

struct type_word {
    const char *word;
    struct type_cell cell;
};

#define QUESTION(name, kind)                     \
    {                                            \
        name,                                    \
        {                                        \
            .act = TYPE_QUESTION, .type = (kind) \
        }                                        \
    }
#define META(name, what)                                            \
    {                                                               \
        name,                                                       \
        {                                                           \
            .act = TYPE_QUESTION, .type = FORM_META, .meta = (what) \
        }                                                           \
    }
#define UNSUPPORTED(name)           \
    {                               \
        name,                       \
        {                           \
            .act = TYPE_UNSUPPORTED \
        }                           \
    }

static const struct type_word words[] = {QUESTION("text", FORM_TEXT),
                                         QUESTION("string", FORM_TEXT),
                                         QUESTION("barcode", FORM_TEXT),
                                         QUESTION("integer", FORM_INTEGER),
                                         QUESTION("int", FORM_INTEGER),
                                         QUESTION("range", FORM_DECIMAL),
                                         QUESTION("decimal", FORM_DECIMAL),
                                         QUESTION("date", FORM_DATE),
                                         QUESTION("time", FORM_TIME),
                                         QUESTION("datetime", FORM_DATE_TIME),
                                         QUESTION("date time", FORM_DATE_TIME),
                                         QUESTION("note", FORM_NOTE),
                                         QUESTION("acknowledge", FORM_ACKNOWLEDGE),
                                         QUESTION("trigger", FORM_ACKNOWLEDGE),
                                         QUESTION("calculate", FORM_CALCULATE),
                                         QUESTION("hidden", FORM_CALCULATE),
                                         META("start", META_START),
                                         META("end", META_END),
                                         META("today", META_TODAY),
                                         META("deviceid", META_EMPTY),
                                         META("device id", META_EMPTY),
                                         META("uri:deviceid", META_EMPTY),
                                         META("subscriberid", META_EMPTY),
                                         META("simserial", META_EMPTY),
                                         META("phonenumber", META_EMPTY),
                                         META("phone number", META_EMPTY),
                                         META("username", META_EMPTY),
                                         META("email", META_EMPTY),
                                         META("audit", META_EMPTY),
                                         META("start geopoint", META_EMPTY),
                                         {"begin group", {.act = TYPE_BEGIN, .type = FORM_GROUP}},
                                         {"begin repeat", {.act = TYPE_BEGIN, .type = FORM_REPEAT}},
                                         {"end group", {.act = TYPE_END, .type = FORM_GROUP}},
                                         {"end repeat", {.act = TYPE_END, .type = FORM_REPEAT}},
                                         UNSUPPORTED("begin loop"),
                                         UNSUPPORTED("end loop"),
                                         UNSUPPORTED("include"),
                                         UNSUPPORTED("image"),
                                         UNSUPPORTED("photo"),
                                         UNSUPPORTED("audio"),
                                         UNSUPPORTED("video"),
                                         UNSUPPORTED("file"),
                                         UNSUPPORTED("background audio"),
                                         UNSUPPORTED("geopoint"),
                                         UNSUPPORTED("location"),
                                         UNSUPPORTED("gps"),
                                         UNSUPPORTED("geotrace"),
                                         UNSUPPORTED("geoshape"),
                                         UNSUPPORTED("background geopoint"),
                                         UNSUPPORTED("osm"),
                                         UNSUPPORTED("csv external"),
                                         UNSUPPORTED("xml external"),
                                         UNSUPPORTED("xml"),
                                         UNSUPPORTED("select one external"),
                                         UNSUPPORTED("select one from file"),
                                         UNSUPPORTED("select multiple from file")};

/* Longer ones first: "select one from file" is none of these. */
static const struct type_word selects[] = {QUESTION("select all that apply from ", FORM_SELECT_MULTIPLE),
                                           QUESTION("select multiple from ", FORM_SELECT_MULTIPLE),
                                           QUESTION("select multiple ", FORM_SELECT_MULTIPLE),
                                           QUESTION("select one from ", FORM_SELECT_ONE),
                                           QUESTION("select one ", FORM_SELECT_ONE),
                                           QUESTION("select1 ", FORM_SELECT_ONE),
                                           QUESTION("rank ", FORM_RANK)};

/* Small letters, single blanks, and blanks for "_" and "-": of the same length as `text`, but for runs of blanks. */
static char *plain(struct arena *arena, const char *text)
{
    char *copy = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;
    for (; *text != '\0'; text++) {
        char at = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
        bool is_blank = strchr(" _-\t\n", at) != NULL;
        if (!is_blank)
            copy[len++] = at;
        else if (len > 0 && copy[len - 1] != ' ')
            copy[len++] = ' ';
    }
    return copy;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len > end_len && strcasecmp(text + len - end_len, end) == 0;
}

/* The last word of the cell is the list's name, but for "or_other". */
static struct type_cell select_cell(struct arena *arena, struct type_cell cell, const char *text)
{
    static const char *const others[] = {" or_other", " or other", " or specify other"};
    char *copy = text_trim(arena, text);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (ends_with(copy, others[i])) {
            cell.or_other = true;
            copy = text_trim(arena, arena_text_n(arena, copy, strlen(copy) - strlen(others[i])));
        }
    const char *last = strrchr(copy, ' ');
    cell.list = last == NULL ? copy : last + 1;
    cell.list_len = strlen(cell.list);
    if (text_starts(cell.list, "${"))
        cell.act = TYPE_UNSUPPORTED;
    return cell;
}

/* What is not supported is known by its first words alone. */
static bool means(const struct type_word *type, const char *word)
{
    size_t len = strlen(type->word);
    if (strncmp(word, type->word, len) != 0)
        return false;
    return word[len] == '\0' || (type->cell.act == TYPE_UNSUPPORTED && word[len] == ' ');
}

struct type_cell convert_type(struct arena *arena, const char *text)
{
    const char *word = plain(arena, text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (means(&words[i], word))
            return words[i].cell;
    for (size_t i = 0; i < sizeof selects / sizeof selects[0]; i++)
        if (text_starts(word, selects[i].word))
            return select_cell(arena, selects[i].cell, text);
    return (struct type_cell){.act = TYPE_UNKNOWN};
}
