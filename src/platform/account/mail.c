/* The address for notices. Only the account itself has the key: the server reads it at the moment of a sign-in, when the account's
 * secret half is open, and at no other time; neither a copy of the data nor an administrator gives it away. */
#include "platform/account/account.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"

#include "base/text.h"

enum err account_mail_set(struct db *db, struct arena *arena, const struct session *who, const char *address)
{
    struct seal_key under;
    struct bytes sealed = {0};
    seal_derive(&who->own.secret_half, "mail", &under);
    if (!text_empty(address))
        sealed = seal_text(arena, &under, account_place("mail", who->account), address);
    seal_wipe(&under, sizeof under);
    return account_user_mail(db, &(struct account_user_mail_in){.org = who->org, .id = who->account, .mail = sealed});
}

enum err account_mail(struct db *db, struct arena *arena, int64_t org, int64_t account,
                      const struct seal_key *secret_half, const char **out)
{
    struct account_user_by_id_row user;
    struct seal_key under;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = org, .id = account}, &user));
    if (user.mail.ptr == NULL) {
        *out = "";
        return OK;
    }
    seal_derive(secret_half, "mail", &under);
    enum err result = seal_open_text(arena, &under, account_place("mail", account), user.mail, out);
    seal_wipe(&under, sizeof under);
    return result;
}
