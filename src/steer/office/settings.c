#include "steer/office/settings.h"

#include "base/text.h"
#include "platform/upload/upload.h"

#include <cyaml/cyaml.h>
#include <unistd.h>

#define NUMBER(name) CYAML_FIELD_UINT(#name, CYAML_FLAG_OPTIONAL, struct settings, name)
#define SWITCH(name) CYAML_FIELD_BOOL(#name, CYAML_FLAG_OPTIONAL, struct settings, name)
#define WORDS(name) \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct settings, name, 1, 300)

static const cyaml_schema_field_t FIELDS[] = {
    WORDS(address),
    NUMBER(port),
    NUMBER(threads),
    SWITCH(trust_proxy),
    SWITCH(plain_cookie),
    NUMBER(idle_minutes),
    WORDS(timezone),
    WORDS(exit_address),
    NUMBER(header_max),
    WORDS(user),
    SWITCH(allow_root),
    SWITCH(no_sandbox),
    WORDS(backup_dir),
    NUMBER(backup_hours),
    NUMBER(backup_daily),
    NUMBER(backup_weekly),
    NUMBER(backup_monthly),
    WORDS(mail_url),
    WORDS(mail_from),
    WORDS(mail_user),
    WORDS(mail_password_file),
    WORDS(mail_authorities_file),
    NUMBER(file_max),
    WORDS(scan_address),
    NUMBER(connections),
    NUMBER(connections_per_address),
    NUMBER(connections_per_account),
    NUMBER(idle_seconds),
    NUMBER(header_seconds),
    NUMBER(body_rate),
    NUMBER(bodies_memory),
    NUMBER(request_memory),
    WORDS(database),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t SCHEMA = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct settings, FIELDS)};

/* The library's own words name the line and the setting. */
static void PRINTF_LIKE(3, 0) say(cyaml_log_t level, void *context, const char *format, va_list args)
{
    (void)level;
    (void)context;
    (void)vfprintf(stderr, format, args);
}

static const cyaml_config_t READING = {
    .log_level = CYAML_LOG_WARNING,
    .log_fn = say,
    .mem_fn = cyaml_mem,
};

static enum err read_file(struct office *office, const char *path, struct settings *out)
{
    struct settings *file = NULL;
    if (access(path, F_OK) != 0)
        return OK;
    cyaml_err_t result = cyaml_load_file(path, &READING, &SCHEMA, (cyaml_data_t **)&file, NULL);
    if (result != CYAML_OK)
        return office_say(ERR_INPUT, "%s cannot be used: %s", path, cyaml_strerror(result));
    if (file == NULL) /* nothing but comments */
        return OK;
    *out = *file;
    out->address = arena_text(office->arena, file->address);
    out->timezone = arena_text(office->arena, file->timezone);
    out->exit_address = arena_text(office->arena, file->exit_address);
    out->user = arena_text(office->arena, file->user);
    out->backup_dir = arena_text(office->arena, file->backup_dir);
    out->mail_url = arena_text(office->arena, file->mail_url);
    out->mail_from = arena_text(office->arena, file->mail_from);
    out->mail_user = arena_text(office->arena, file->mail_user);
    out->mail_password_file = arena_text(office->arena, file->mail_password_file);
    out->mail_authorities_file = arena_text(office->arena, file->mail_authorities_file);
    out->scan_address = arena_text(office->arena, file->scan_address);
    out->database = arena_text(office->arena, file->database);
    (void)cyaml_free(&READING, &SCHEMA, file, 0);
    return OK;
}

enum { FILE_MOST = 200 << 20 };

static void number_option(const struct office *office, const char *name, unsigned *value)
{
    int64_t given = office_number(office, name, *value);
    if (given >= 0 && given <= 1000000000)
        *value = (unsigned)given;
}

enum err office_settings(struct office *office, struct settings *out)
{
    struct settings settings = {0};
    TRY(read_file(office, arena_format(office->arena, "%s/ausma.yaml", office->data), &settings));
    const char *address = office_option(office, "--address", settings.address == NULL ? "127.0.0.1" : settings.address);
    settings.address = arena_text(office->arena, address);
    if (settings.port == 0)
        settings.port = 8420;
    number_option(office, "--port", &settings.port);
    number_option(office, "--threads", &settings.threads);
    number_option(office, "--idle-minutes", &settings.idle_minutes);
    settings.trust_proxy |= office_option(office, "--trust-proxy", NULL) != NULL;
    settings.plain_cookie |= office_option(office, "--plain-cookie", NULL) != NULL;
    settings.allow_root |= office_option(office, "--allow-root", NULL) != NULL;
    settings.no_sandbox |= office_option(office, "--no-sandbox", NULL) != NULL;
    settings.user = arena_text(office->arena, office_option(office, "--user", settings.user));
    if (settings.port > 65535)
        return office_say(ERR_INPUT, "there is no port %u", settings.port);
    if (settings.file_max > FILE_MOST)
        return office_say(ERR_INPUT, "file_max is at most %d", (int)FILE_MOST);
    if (settings.scan_address != NULL && !upload_scan_address(settings.scan_address, &settings.scan_local))
        return office_say(ERR_INPUT, "scan_address is neither the path of a socket nor host:port");
    *out = settings;
    return OK;
}
