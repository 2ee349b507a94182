/* Codes and names that the files of this folder share. */
#include "base/text.h"
#include "platform/account/queries.h"
#include "steer/ceremony/internal.h"

bool code_read(const char *text, struct seal_key *hash, struct seal_key *key)
{
    struct seal_key code;
    if (!recovery_phrase_key(text, CEREMONY_CODE_WORDS, &code))
        return false;
    seal_derive(&code, "ceremony code", hash);
    seal_derive(&code, "ceremony shares", key);
    seal_wipe(&code, sizeof code);
    return true;
}

struct seal_place code_place(int64_t ceremony)
{
    return (struct seal_place){.table = "ceremony_share", .column = "sealed", .row = ceremony};
}

enum err ceremony_names(struct req *r, struct ceremony_names *out)
{
    TRY(account_colleagues(r->db, r->arena, r->who, &out->people, &out->people_count));
    return account_team_list(r->db, r->arena, &(struct account_team_list_in){.org = r->org}, &out->teams,
                             &out->team_count);
}

const char *team_name(const struct ceremony_names *names, int64_t team)
{
    for (size_t i = 0; i < names->team_count; i++) {
        if (names->teams[i].id == team)
            return names->teams[i].name;
    }
    return "";
}

const char *ceremony_words(struct req *r, const struct ceremony_names *names, const char *purpose, struct maybe subject,
                           struct maybe receiver)
{
    const char *person = colleague_name(names->people, names->people_count,
                                        receiver.has ? receiver.value : subject.value);
    if (text_same(purpose, "renew"))
        return word(r->language, W_ceremony_what_renew);
    if (text_same(purpose, "team"))
        return word_filled(r->arena, r->language, W_ceremony_what_team, "team", team_name(names, subject.value), "name",
                           person, NULL);
    enum word what = text_same(purpose, "colleague") ? W_ceremony_what_colleague
                     : text_same(purpose, "factors") ? W_ceremony_what_factors
                                                     : W_ceremony_what_access;
    return word_filled(r->arena, r->language, what, "name", person, NULL);
}
