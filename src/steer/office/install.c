#include "steer/office/office.h"

#include "base/text.h"
#include "base/time.h"
#include "case/assess/assess.h"
#include "platform/account/account.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"

#include <stdio.h>
#include <unistd.h>

/* ---- ausma init ---- */

struct beginning {
    struct office *office;
    const char *name;
    const char *passwords[2]; /* administrator, first case manager */
    struct recovery_plan plan;
    const char *shares; /* the file with the shares; NULL: none yet */
};

/* The shares are on their file before anything is sealed to their key for good. */
static enum err begin_recovery(struct db *db, struct beginning *beginning, const struct founding *founding, int64_t now)
{
    struct recovery_made made;
    TRY(account_recovery_begin(db, beginning->office->arena, founding, beginning->plan, now, &made));
    const char *path;
    enum err result = office_shares_write(beginning->office, beginning->name, &made, &path);
    if (result == OK)
        beginning->shares = path;
    seal_wipe(&made, sizeof made);
    return result;
}

static enum err begin(struct db *db, void *data)
{
    struct beginning *beginning = data;
    struct arena *arena = beginning->office->arena;
    struct founding founding;
    struct team_keys intake;
    struct team_keys emergency;
    struct seal_pair manager_pair;
    int64_t administrator = 0;
    int64_t manager = 0;
    int64_t now = time_now();
    TRY(office_nobody_there(beginning->office, db));
    TRY(account_found(db, beginning->name, now, &founding));
    TRY(begin_recovery(db, beginning, &founding, now));
    struct account_new admin = {.login = "admin",
                                .password = beginning->passwords[0],
                                .name = "Administrators",
                                .role = ROLE_ADMINISTRATOR,
                                .language = "lv"};
    struct account_new first = {.login = "vaditaja",
                                .password = beginning->passwords[1],
                                .name = "Lietas vadītāja",
                                .role = ROLE_CASE_MANAGER,
                                .language = "lv"};
    TRY(account_add(db, arena, founding.org, &founding.directory, &admin, now, &administrator, NULL));
    TRY(account_add(db, arena, founding.org, &founding.directory, &first, now, &manager, &manager_pair));
    TRY(account_team_new(db, arena, founding.org, &founding.search, "Uzņemšana", true, &intake));
    TRY(account_join(db, arena, founding.org, manager, &manager_pair.public_half, &intake));
    TRY(account_emergency_new(db, arena, &founding, &emergency));
    TRY(account_join_emergency(db, arena, founding.org, manager, first.role, &manager_pair.public_half, &emergency));
    seal_wipe(&founding, sizeof founding);
    seal_wipe(&emergency, sizeof emergency);
    seal_wipe(&intake, sizeof intake);
    seal_wipe(&manager_pair, sizeof manager_pair);
    TRY(assess_instruments_load(db, arena, founding.org,
                                arena_format(arena, "%s/programmes/base/instruments", beginning->office->share), now));
    return audit_add(db, &(struct audit){.org = founding.org, .at = now, .act = "org.found"});
}

enum err office_init(struct office *office)
{
    struct beginning beginning = {.office = office, .name = office_option(office, "--name", NULL)};
    struct store *store;
    if (text_empty(beginning.name))
        return office_say(ERR_INPUT, "give the organisation's name: ausma init --name \"...\"");
    TRY(office_plan(office, RECOVERY_PLAN_USUAL, &beginning.plan));
    TRY(office_pack(office));
    TRY(office_ask_new_password(office, "admin", &beginning.passwords[0]));
    TRY(office_ask_new_password(office, "vaditaja", &beginning.passwords[1]));
    TRY(office_open(office, true, &store));
    enum err result = store_change(store, begin, &beginning);
    store_close(store);
    if (result != OK && beginning.shares != NULL)
        (void)unlink(beginning.shares);
    if (result == OK)
        office_shares_tell(beginning.shares, beginning.plan);
    if (result == OK)
        (void)printf(
            "Made. Accounts: admin (administrator), vaditaja (case manager). Start with: ausma serve --data %s\n",
            office->data);
    return result;
}
