#include "platform/store/tables.h"

static enum err add_count(void *data, const struct value *columns)
{
    *(int64_t *)data += columns[0].i;
    return OK;
}

enum err store_rows(struct db *db, int64_t *out)
{
    int64_t rows = 0;
    for (size_t i = 0; i < store_table_count; i++)
        TRY(db_run(db, store_tables[i].count, NULL, add_count, &rows, NULL));
    *out = rows;
    return OK;
}
