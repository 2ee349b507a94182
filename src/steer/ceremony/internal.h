/* Shared between the files of this folder only. */
#ifndef AUSMA_STEER_CEREMONY_INTERNAL_H
#define AUSMA_STEER_CEREMONY_INTERNAL_H

#include "steer/ceremony/ceremony.h"
#include "steer/ceremony/queries.h"

/* The two keys out of a ceremony's code: one to find it by, one to seal with. False when it is no code. */
bool code_read(const char *text, struct seal_key *hash, struct seal_key *key);
struct seal_place code_place(int64_t ceremony);

/* Ids to names; "" when absent. */
struct ceremony_names {
    struct colleague *people;
    size_t people_count;
    struct account_team_list_row *teams;
    size_t team_count;
};
enum err ceremony_names(struct req *r, struct ceremony_names *out);
const char *team_name(const struct ceremony_names *names, int64_t team);

/* "Access for Ilze ..." in the person's language. */
const char *ceremony_words(struct req *r, const struct ceremony_names *names, const char *purpose, struct maybe subject,
                           struct maybe receiver);

/* Handlers: begin.c, enter.c, help.c */
extern const struct field_rule CEREMONY_BEGIN_FIELDS[];
extern const struct field_rule CEREMONY_ACCESS_FIELDS[];
extern const struct field_rule CEREMONY_TEAM_FIELDS[];
extern const struct field_rule CEREMONY_RENEW_FIELDS[];
enum err recovery_show(struct req *r);
enum err access_check(struct req *r);
enum err team_check(struct req *r);
enum err renew_check(struct req *r);
enum err begin_change(struct req *r);
enum err status_show(struct req *r);
enum err status_stop(struct req *r);
enum err status_handed(struct req *r);
enum err status_seen(struct req *r);
extern const struct field_rule CEREMONY_ENTER_FIELDS[];
enum err enter_show(struct req *r);
enum err enter_check(struct req *r);
enum err enter_slow(struct req *r);
enum err enter_change(struct req *r);
enum err entered_show(struct req *r);
extern const struct field_rule CEREMONY_COLLECT_FIELDS[];
enum err collect_show(struct req *r);
enum err collect_check(struct req *r);
enum err collect_change(struct req *r);
extern const struct field_rule CEREMONY_HELP_FIELDS[];
enum err help_show(struct req *r);
enum err help_check(struct req *r);
enum err help_slow(struct req *r);
enum err help_change(struct req *r);

/* give.c */
/* The row of one with this aim; how it stands, since when and by whom, is the caller's. */
struct ceremony_add_in ceremony_row(int64_t org, int64_t id, const struct ceremony_aim *aim);

#endif
