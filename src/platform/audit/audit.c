#include "platform/audit/audit.h"

#include "base/id.h"
#include "platform/audit/queries.h"

static struct maybe unless_zero(int64_t value)
{
    return (struct maybe){.has = value != 0, .value = value};
}

enum err audit_add(struct db *db, const struct audit *audit)
{
    return audit_entry_add(db, &(struct audit_entry_add_in){
                                   .org = audit->org,
                                   .id = id_new(),
                                   .at = audit->at,
                                   .account = unless_zero(audit->account),
                                   .act = audit->act,
                                   .case_id = unless_zero(audit->case_id),
                                   .subject = unless_zero(audit->subject),
                               });
}
