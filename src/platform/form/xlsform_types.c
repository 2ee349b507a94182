#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

#define PLACE "allow-mock-accuracy capture-accuracy reference-geometry warning-accuracy"
#define TRACE "allow-mock-accuracy incremental reference-geometry"
#define CHOICE "randomize seed"
#define RANGE "start end step tick_interval placeholder tick_labelset"
#define AUDIT                                                                                                     \
    "location-priority location-min-interval location-max-age track-changes track-changes-reasons identify-user " \
    "confirm-edits"

static const struct type types[] = {
    {"text", "input", "string", NULL, NULL, NULL, "rows", ACT_QUESTION},
    {"integer", "input", "int", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"decimal", "input", "decimal", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"range", "range", "int", NULL, NULL, NULL, RANGE, ACT_QUESTION},
    {"date", "input", "date", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"time", "input", "time", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"dateTime", "input", "dateTime", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"geopoint", "input", "geopoint", NULL, NULL, NULL, PLACE, ACT_QUESTION},
    {"geotrace", "input", "geotrace", NULL, NULL, NULL, TRACE, ACT_QUESTION},
    {"geoshape", "input", "geoshape", NULL, NULL, NULL, TRACE, ACT_QUESTION},
    {"barcode", "input", "barcode", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"note", "input", "string", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"acknowledge", "trigger", "string", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"image", "upload", "binary", "image/*", NULL, NULL, "app max-pixels", ACT_QUESTION},
    {"audio", "upload", "binary", "audio/*", NULL, NULL, "quality", ACT_QUESTION},
    {"video", "upload", "binary", "video/*", NULL, NULL, NULL, ACT_QUESTION},
    {"file", "upload", "binary", "application/*", NULL, NULL, NULL, ACT_QUESTION},
    {"osm", "upload", "binary", "osm/*", NULL, NULL, NULL, ACT_QUESTION},
    {"select_one", "select1", "string", NULL, NULL, NULL, CHOICE, ACT_QUESTION},
    {"select_multiple", "select", "string", NULL, NULL, NULL, CHOICE, ACT_QUESTION},
    {"rank", "odk:rank", "odk:rank", NULL, NULL, NULL, CHOICE, ACT_QUESTION},
    {"calculate", NULL, "string", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"hidden", NULL, "string", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"start", NULL, "dateTime", NULL, "timestamp", "start", NULL, ACT_QUESTION},
    {"end", NULL, "dateTime", NULL, "timestamp", "end", NULL, ACT_QUESTION},
    {"today", NULL, "date", NULL, "date", "today", NULL, ACT_QUESTION},
    {"deviceid", NULL, "string", NULL, "property", "deviceid", NULL, ACT_QUESTION},
    {"subscriberid", NULL, "string", NULL, "property", "subscriberid", NULL, ACT_QUESTION},
    {"simserial", NULL, "string", NULL, "property", "simserial", NULL, ACT_QUESTION},
    {"phonenumber", NULL, "string", NULL, "property", "phonenumber", NULL, ACT_QUESTION},
    {"username", NULL, "string", NULL, "property", "username", NULL, ACT_QUESTION},
    {"email", NULL, "string", NULL, "property", "email", NULL, ACT_QUESTION},
    {"uri:deviceid", NULL, "string", NULL, "property", "uri:deviceid", NULL, ACT_QUESTION},
    {"uri:subscriberid", NULL, "string", NULL, "property", "uri:subscriberid", NULL, ACT_QUESTION},
    {"uri:simserial", NULL, "string", NULL, "property", "uri:simserial", NULL, ACT_QUESTION},
    {"uri:phonenumber", NULL, "string", NULL, "property", "uri:phonenumber", NULL, ACT_QUESTION},
    {"uri:username", NULL, "string", NULL, "property", "uri:username", NULL, ACT_QUESTION},
    {"uri:email", NULL, "string", NULL, "property", "uri:email", NULL, ACT_QUESTION},
    {"audit", NULL, "binary", NULL, NULL, NULL, AUDIT, ACT_QUESTION},
    {"start-geopoint", NULL, "geopoint", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"background-geopoint", NULL, "geopoint", NULL, NULL, NULL, NULL, ACT_QUESTION},
    {"background-audio", NULL, "binary", NULL, NULL, NULL, "quality", ACT_QUESTION},
    {"csv-external", NULL, NULL, NULL, NULL, NULL, NULL, ACT_EXTERNAL},
    {"xml-external", NULL, NULL, NULL, NULL, NULL, NULL, ACT_EXTERNAL},
    {"group", "group", NULL, NULL, NULL, NULL, NULL, ACT_GROUP},
    {"repeat", "repeat", NULL, NULL, NULL, NULL, NULL, ACT_REPEAT},
    {"loop", "group", NULL, NULL, NULL, NULL, NULL, ACT_LOOP},
};

const struct type *xl_type_named(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

/* Other spellings, in small letters with single blanks. */
static const char *const spellings[][2] = {
    {"string", "text"},
    {"int", "integer"},
    {"datetime", "dateTime"},
    {"date time", "dateTime"},
    {"gps", "geopoint"},
    {"location", "geopoint"},
    {"photo", "image"},
    {"picture", "image"},
    {"add image prompt", "image"},
    {"add photo prompt", "image"},
    {"add audio prompt", "audio"},
    {"add video prompt", "video"},
    {"add file prompt", "file"},
    {"add note prompt", "note"},
    {"add date prompt", "date"},
    {"add date time prompt", "dateTime"},
    {"add datetime prompt", "dateTime"},
    {"q date", "date"},
    {"q date time", "dateTime"},
    {"q string", "text"},
    {"q int", "integer"},
    {"q decimal", "decimal"},
    {"q picture", "image"},
    {"q image", "image"},
    {"q audio", "audio"},
    {"q video", "video"},
    {"q geopoint", "geopoint"},
    {"q location", "geopoint"},
    {"q barcode", "barcode"},
    {"q note", "note"},
    {"q acknowledge", "acknowledge"},
    {"trigger", "acknowledge"},
    {"calculation", "calculate"},
    {"q calculate", "calculate"},
    {"start time", "start"},
    {"end time", "end"},
    {"get start time", "start"},
    {"get end time", "end"},
    {"get today", "today"},
    {"device id", "deviceid"},
    {"get device id", "deviceid"},
    {"imei", "deviceid"},
    {"subscriber id", "subscriberid"},
    {"get subscriber id", "subscriberid"},
    {"sim id", "simserial"},
    {"get sim id", "simserial"},
    {"phone number", "phonenumber"},
    {"get phone number", "phonenumber"},
    {"text audit", "audit"},
    {"percentage", "integer"},
};

/* Words in front of the name of a list. */
static const struct {
    const char *words, *type;
    bool from_file, external;
} selects[] = {
    {"select one external", "text", false, true},
    {"select_one_external", "text", false, true},
    {"select1_external", "text", false, true},
    {"select_one_from_file", "select_one", true, false},
    {"select one from file", "select_one", true, false},
    {"select_multiple_from_file", "select_multiple", true, false},
    {"select multiple from file", "select_multiple", true, false},
    {"select all that apply from", "select_multiple", false, false},
    {"select all that apply", "select_multiple", false, false},
    {"select one from", "select_one", false, false},
    {"select one", "select_one", false, false},
    {"select_one", "select_one", false, false},
    {"select1", "select_one", false, false},
    {"q select1", "select_one", false, false},
    {"add select one prompt using", "select_one", false, false},
    {"select multiple from", "select_multiple", false, false},
    {"select multiple", "select_multiple", false, false},
    {"select_multiple", "select_multiple", false, false},
    {"select", "select_multiple", false, false},
    {"q select", "select_multiple", false, false},
    {"add select multiple prompt using", "select_multiple", false, false},
    {"odk:rank", "rank", false, false},
    {"rank", "rank", false, false},
    {"osm", "osm", false, false},
};

static const char *squeeze(struct arena *arena, const char *text)
{
    char *copy = text_trim(arena, text), *to = copy;
    for (const char *at = copy; *at != '\0'; at++) {
        char letter = *at == '\t' || *at == '\n' ? ' ' : *at;
        if (letter != ' ' || (to > copy && to[-1] != ' '))
            *to++ = letter;
    }
    *to = '\0';
    return copy;
}

/* "begin group", "begin_repeat", "end loop": the words behind "begin" or "end"; NULL for anything else. */
static const char *container_word(const char *text, bool *begins)
{
    size_t len = 0;
    if (strncasecmp(text, "begin", 5) == 0)
        len = 5;
    else if (strncasecmp(text, "end", 3) == 0)
        len = 3;
    if (len == 0 || (text[len] != ' ' && text[len] != '_'))
        return NULL;
    *begins = len == 5;
    return text + len + 1;
}

static bool is_word(const char *text, const char *word, size_t *len)
{
    *len = strlen(word);
    return strncasecmp(text, word, *len) == 0 && (text[*len] == '\0' || text[*len] == ' ');
}

static struct type_cell container(struct arena *arena, const char *word, bool begins)
{
    size_t len = 0;
    struct type_cell cell = {.act = ACT_UNKNOWN, .list = ""};
    if (is_word(word, "group", &len) || is_word(word, "lgroup", &len))
        cell.type = xl_type_named("group");
    else if (is_word(word, "repeat", &len))
        cell.type = xl_type_named("repeat");
    else if (is_word(word, "loop", &len))
        cell.type = xl_type_named("loop");
    else
        return cell;
    const char *rest = word + len + strspn(word + len, " ");
    if (begins && cell.type->act == ACT_LOOP && strncasecmp(rest, "over ", 5) == 0)
        cell.list = arena_text(arena, rest + 5);
    else if (rest[0] != '\0')
        return cell;
    if (begins && cell.type->act == ACT_LOOP && cell.list[0] == '\0')
        return cell;
    cell.act = begins ? cell.type->act : ACT_END;
    return cell;
}

/* "select_one fruits or_other": the list and the word behind it. */
static bool take_list(struct arena *arena, const char *rest, struct type_cell *cell)
{
    const char *other = NULL;
    static const char *const words[] = {" or_other", " or specify other", " or other"};
    for (size_t i = 0; i < 3 && other == NULL; i++) {
        size_t have = strlen(rest), want = strlen(words[i]);
        if (have > want && strcasecmp(rest + have - want, words[i]) == 0)
            other = rest + have - want;
    }
    cell->or_other = other != NULL;
    cell->list = other == NULL ? arena_text(arena, rest) : arena_text_n(arena, rest, (size_t)(other - rest));
    return cell->from_file || strchr(cell->list, ' ') == NULL || strncmp(cell->list, "${", 2) == 0;
}

static bool select_cell(struct arena *arena, const char *text, struct type_cell *cell)
{
    size_t len = 0;
    for (size_t i = 0; i < sizeof selects / sizeof *selects; i++) {
        if (!is_word(text, selects[i].words, &len))
            continue;
        const char *rest = text + len + strspn(text + len, " ");
        cell->type = xl_type_named(selects[i].type);
        cell->from_file = selects[i].from_file;
        cell->external = selects[i].external;
        bool bare = rest[0] == '\0';
        if (bare && strcmp(selects[i].type, "osm") != 0)
            return false;
        cell->act = bare || take_list(arena, rest, cell) ? ACT_QUESTION : ACT_UNKNOWN;
        return cell->act == ACT_QUESTION;
    }
    return false;
}

struct type_cell xl_type(struct arena *arena, const char *text)
{
    struct type_cell cell = {.act = ACT_UNKNOWN, .list = ""};
    bool begins = false;
    const char *word = squeeze(arena, text);
    const char *within = container_word(word, &begins);
    if (within != NULL && strcasecmp(word, "end time") != 0)
        return container(arena, within, begins);
    if (select_cell(arena, word, &cell))
        return cell;
    cell = (struct type_cell){.act = ACT_UNKNOWN, .list = ""};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcasecmp(types[i].name, word) == 0 && types[i].act != ACT_GROUP && types[i].act != ACT_REPEAT &&
            types[i].act != ACT_LOOP)
            cell.type = &types[i];
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings && cell.type == NULL; i++)
        if (strcasecmp(spellings[i][0], word) == 0)
            cell.type = xl_type_named(spellings[i][1]);
    if (cell.type != NULL && strncmp(cell.type->name, "select", 6) != 0 && strcmp(cell.type->name, "rank") != 0)
        cell.act = cell.type->act;
    if (strncasecmp(word, "include", 7) == 0)
        cell.act = ACT_REFUSED;
    return cell;
}
