#include "steer/office/office.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "platform/pack/pack.h"
#include "platform/seal/seal.h"
#include "steer/office/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *office_option(const struct office *office, const char *name, const char *otherwise)
{
    for (int i = 0; i < office->option_count; i += 2) {
        if (text_same(office->options[i], name))
            return office->options[i + 1];
    }
    return otherwise;
}

int64_t office_number(const struct office *office, const char *name, int64_t otherwise)
{
    int64_t number = 0;
    const char *text = office_option(office, name, NULL);
    return text != NULL && text_to_int(text, &number) ? number : otherwise;
}

enum err office_say(enum err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("ausma: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return code;
}

/* "--name value", "--name=value", and lone options; everything else is a word. */
static void read_words(struct office *office, int argc, char **argv)
{
    static char yes[] = "yes";
    office->words = ARENA_ARRAY(office->arena, char *, (size_t)argc + 1);
    office->options = ARENA_ARRAY(office->arena, char *, 2 * (size_t)argc + 2);
    for (int i = 0; i < argc; i++) {
        if (!text_starts(argv[i], "--")) {
            office->words[office->count++] = argv[i];
            continue;
        }
        char *equals = strchr(argv[i], '=');
        char *value = yes;
        if (equals != NULL) {
            *equals = '\0';
            value = equals + 1;
        } else if (i + 1 < argc && !text_starts(argv[i + 1], "--")) {
            value = argv[i + 1];
        }
        office->options[office->option_count] = argv[i];
        office->options[office->option_count + 1] = value;
        office->option_count += 2;
        if (equals == NULL && value != yes)
            i++;
    }
}

static const char *setting(const struct office *office, const char *option, const char *variable, const char *otherwise)
{
    const char *outside = getenv(variable);
    return office_option(office, option, text_empty(outside) ? otherwise : outside);
}

enum err office_database(struct office *office, const char **out)
{
    struct settings settings;
    TRY(office_settings(office, &settings));
    const char *file = arena_format(office->arena, "%s/ausma.db", office->data);
    *out = setting(office, "--database", "DATABASE", settings.database == NULL ? file : settings.database);
    return OK;
}

const char *office_place(struct office *office)
{
    const char *database;
    return office_database(office, &database) == OK && store_is_server(database) ? "the database" : office->data;
}

/* Days begin and end where the organisation is, not where the machine stands. */
static enum err zone(struct office *office, const char *otherwise)
{
    struct settings settings;
    TRY(office_settings(office, &settings));
    const char *name = settings.timezone == NULL ? otherwise : settings.timezone;
    if (name == NULL || time_zone(name))
        return OK;
    return office_say(ERR_INPUT, "the time zone %s is not known on this machine: mend its name, or install tzdata",
                      name);
}

enum err office_open(struct office *office, bool create, struct store **out)
{
    const char *database;
    if (create && mkdir(office->data, 0700) != 0 && access(office->data, W_OK) != 0)
        return office_say(ERR_IO, "the folder %s cannot be made", office->data);
    TRY(office_database(office, &database));
    TRY(zone(office, NULL));
    enum err opened = store_open(database, &(struct store_options){.create = create}, out);
    if (opened == ERR_NOT_FOUND)
        return office_say(opened, "there is no installation in %s; make one with: ausma init --data %s",
                          office_place(office), office->data);
    if (opened == ERR_CONFLICT)
        return office_say(opened, "the data was written by a newer version of this program");
    if (opened == ERR_BUSY)
        return office_say(opened, "an older version of this program still works on the data; stop it and try again");
    if (opened == ERR_INPUT)
        return office_say(opened, "the address of the database (--database, DATABASE or ausma.yaml) is not right");
    if (opened != OK && store_is_server(database))
        return office_say(opened, "the database cannot be used: it must answer, and belong to the user of its address");
    if (opened != OK)
        return office_say(opened, "the data in %s cannot be opened", office_place(office));
    return OK;
}

enum err office_nobody_there(struct office *office, struct db *db)
{
    struct account_org_first_row org;
    enum err found = account_org_first(db, office->arena, &org);
    if (found == OK)
        return office_say(ERR_CONFLICT, "there is an installation in %s already; choose another place",
                          office_place(office));
    return found == ERR_NOT_FOUND ? OK : found;
}

enum err office_pack(struct office *office)
{
    const char *name = office_option(office, "--programme", "base");
    if (strchr(name, '/') != NULL || name[0] == '.')
        return office_say(ERR_INPUT, "--programme takes the name of a folder in %s/programmes", office->share);
    enum err loaded = pack_load(arena_format(office->arena, "%s/programmes/%s", office->share, name));
    if (loaded != OK)
        return office_say(
            loaded, "the programme %s cannot be read; set --share or AUSMA_SHARE to the folder of programmes/", name);
    return zone(office, pack_timezone());
}

struct running {
    const struct command *command;
    struct office *office;
};

static enum err run(void *data)
{
    struct running *running = data;
    return running->command->run(running->office);
}

int office_run(const struct command *command, int argc, char **argv)
{
    if (seal_init() != OK) {
        (void)office_say(ERR_IO, "the cryptography library does not start");
        return 1;
    }
    struct office office = {.arena = arena_new((size_t)1 << 32)};
    read_words(&office, argc, argv);
    office.data = setting(&office, "--data", "DATA", "data");
    office.share = setting(&office, "--share", "AUSMA_SHARE", "/usr/share/ausma");
    struct running running = {command, &office};
    enum err result = arena_try(office.arena, run, &running);
    arena_free(office.arena);
    return result == OK ? 0 : result == ERR_INPUT ? 2 : 1;
}
