#include "platform/store/scratch.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *server(void)
{
    const char *url = getenv("AUSMA_TEST_DATABASE");
    return url == NULL || url[0] == '\0' ? NULL : url;
}

bool scratch_on_server(void)
{
    return server() != NULL;
}

void scratch_command(const char *text)
{
    PGconn *connection = PQconnectdb(server());
    PGresult *result = PQexec(connection, text);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        BUG(PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

/* The name of the database: behind the host, before the parameters. */
static const char *name_in(const char *url, size_t *length)
{
    const char *host = strstr(url, "://");
    const char *name = host == NULL ? NULL : strchr(host + 3, '/');
    if (name == NULL)
        BUG("AUSMA_TEST_DATABASE is not postgresql://host/database?...");
    *length = strcspn(name + 1, "?");
    return name + 1;
}

void scratch_make(const char *path, char url[SCRATCH_URL_SIZE])
{
    if (!scratch_on_server()) {
        (void)snprintf(url, SCRATCH_URL_SIZE, "%s", path);
        return;
    }
    char text[120];
    char name[60];
    size_t length = 0;
    const char *base = server();
    const char *old = name_in(base, &length);
    (void)snprintf(name, sizeof name, "scratch_%ld_%08x", (long)getpid(), randombytes_random());
    (void)snprintf(text, sizeof text, "CREATE DATABASE %s STRATEGY file_copy", name);
    scratch_command(text);
    (void)snprintf(url, SCRATCH_URL_SIZE, "%.*s%s%s", (int)(old - base), base, name, old + length);
}

void scratch_drop(const char *url)
{
    if (!scratch_on_server())
        return;
    char text[120];
    size_t length = 0;
    const char *name = name_in(url, &length);
    (void)snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %.*s WITH (FORCE)", (int)length, name);
    scratch_command(text);
}
