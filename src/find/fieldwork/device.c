/* Who a telephone is. */
#include "find/fieldwork/internal.h"

#include <string.h>

void fieldwork_secret_keys(const char *secret, struct seal_key *kept, struct seal_key *digests)
{
    struct seal_key whole;
    seal_hash(NULL, secret, strlen(secret), whole.b);
    seal_derive(&whole, "field device secret", kept);
    seal_derive(&whole, "field submission digests", digests);
    seal_wipe(&whole, sizeof whole);
}

struct seal_place fieldwork_label_place(int64_t device)
{
    return (struct seal_place){.table = "fieldwork_device", .column = "label", .row = device};
}

struct seal_place fieldwork_place(const char *column, int64_t submission)
{
    return (struct seal_place){.table = "fieldwork_submission", .column = column, .row = submission};
}

struct seal_place fieldwork_file_place(const char *column, int64_t file)
{
    return (struct seal_place){.table = "fieldwork_file", .column = column, .row = file};
}
