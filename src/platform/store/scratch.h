/* A fresh database for a test on the engine under test: SQLite, or with AUSMA_TEST_DATABASE (the URL of a PostgreSQL whose user
 * may make databases) one of that server's. */
#ifndef AUSMA_PLATFORM_STORE_SCRATCH_H
#define AUSMA_PLATFORM_STORE_SCRATCH_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { SCRATCH_URL_SIZE = 400 };

bool scratch_on_server(void);
/* Where a store may be opened: `path` itself, or the URL of a new empty database. Ends the program when that fails. */
void scratch_make(const char *path, char url[SCRATCH_URL_SIZE]);
/* Drops the database of a server, whoever is connected; leaves files alone. */
void scratch_drop(const char *url);
/* Runs a statement on the server under test, outside the test's own database; for tests that get in the way. */
void scratch_command(const char *text);

#endif
