/* The keys of a case: who holds which parts, and what is sealed and opened with them (docs/ACCESS.md).
 *
 * A case has a random root key. Each part's key is derived from it, which goes one way only: whoever holds parts can find neither the
 * root nor another part. Who sees the whole case holds the root; who sees some parts holds the keys of these. The key of the place
 * of stay (PART_ADDRESS) is not derived from anything and does not stand here. */
#ifndef AUSMA_CASE_RECORD_KEYS_H
#define AUSMA_CASE_RECORD_KEYS_H

#include "platform/gate/gate.h"

/* Earlier keys of the parts, the latest first; each part is read when it is first needed. Arena memory. */
struct case_past {
    bool read[PART_COUNT];
    size_t count[PART_COUNT];
    struct seal_key *keys[PART_COUNT];
};

struct case_keys {
    struct case_past *past; /* of the case in scope, so that a page reads them once; NULL: read each time */
    unsigned parts;         /* PART_BIT of those that are there */
    struct seal_key root;   /* only with PARTS_WHOLE */
    struct seal_key part[PART_COUNT];
};

/* All keys out of the root. */
void case_keys_of_root(const struct seal_key *root, struct case_keys *out);
bool case_keys_whole(const struct case_keys *keys);

/* ---- opening ---- */

/* The keys as this holder (a team of the person's, or the account itself) has them. ERR_NOT_FOUND when the person is not that holder,
 * when it was until a moment that is over, and when they must never see this case. */
MUST_USE enum err record_open_keys(struct req *r, int64_t holder, int64_t case_id, struct bytes wrapped,
                                   struct case_keys *out);
/* Out of the emergency team's box, for a broken glass; the caller writes it down. ERR_NOT_FOUND: the key is not held. */
MUST_USE enum err record_open_emergency(struct req *r, int64_t case_id, struct bytes wrapped, struct case_keys *out);
/* Only the pseudonym, for a line of a list: one symmetric opening and one value. */
MUST_USE enum err record_open_name(struct req *r, int64_t holder, int64_t case_id, struct bytes wrapped,
                                   struct bytes pseudonym, const char **out);

/* One value of a case. ERR_NOT_FOUND: the part is not among the keys. What was sealed before the keys were changed opens through
 * the chain of earlier keys. */
struct case_value {
    int64_t org;
    int64_t case_id;
    enum case_part part;
    struct seal_place place;
};
MUST_USE enum err record_open_bytes(struct db *db, struct arena *arena, const struct case_keys *keys,
                                    const struct case_value *value, struct bytes sealed, struct bytes *out);
MUST_USE enum err record_open_text(struct db *db, struct arena *arena, const struct case_keys *keys,
                                   const struct case_value *value, struct bytes sealed, const char **out);

/* The same for the case in scope. Sealing without the part is a fault of the program: the gate has looked at the route's part. */
MUST_USE enum err case_open_text(struct req *r, enum case_part part, struct seal_place place, struct bytes sealed,
                                 const char **out);
MUST_USE enum err case_open_bytes(struct req *r, enum case_part part, struct seal_place place, struct bytes sealed,
                                  struct bytes *out);
struct bytes case_seal_text(struct req *r, enum case_part part, struct seal_place place, const char *text);
struct bytes case_seal_bytes(struct req *r, enum case_part part, struct seal_place place, struct bytes plain);
/* As `case_seal_text`, and nothing at all for NULL and "". */
struct bytes case_seal_or_none(struct req *r, enum case_part part, struct seal_place place, const char *text);

/* ---- giving ---- */

struct record_grant {
    int64_t org;
    int64_t case_id;
    int64_t holder;
    const char *via;  /* "team", "emergency", "member", "glass" */
    const char *role; /* of the pack's roles; NULL for teams */
    unsigned parts;   /* PARTS_WHOLE or some */
    int64_t since;    /* moment */
    struct maybe until;
    int64_t given_by;
};
/* Under the holder's symmetric key ... */
MUST_USE enum err record_give_own(struct db *db, struct arena *arena, const struct record_grant *grant,
                                  const struct case_keys *keys, const struct seal_key *under);
/* ... and for whoever is not here: to their public half. */
MUST_USE enum err record_give_box(struct db *db, struct arena *arena, const struct record_grant *grant,
                                  const struct case_keys *keys, const struct seal_key *public_half);
/* The key under which an account keeps its own case keys. */
void record_own_key(const struct session *who, struct seal_key *out);

/* ---- when a team's keys change ---- */

/* One step of a look over everything that is wrapped for a team. */
struct rewrap {
    int64_t after;  /* in and out: the last row looked at */
    int64_t limit;  /* rows a step */
    size_t seen;    /* out: rows of this step; 0: the look is over */
    size_t changed; /* added to: rows that lay under the earlier keys and lie under the new ones now */
};
/* In a change. Cases of the team whose keys are older than the leaving `before` get new ones, as when somebody leaves a case team; `account` is
 * whose keys do it, in the audit trail of each case. `changed` counts cases. */
MUST_USE enum err record_rekey(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                               int64_t account, int64_t before, int64_t now, struct rewrap *step);
/* In a change: somebody leaves the organisation. Their keys of single cases are gone, and these cases are due; `teams` are those that
 * can change them. */
MUST_USE enum err record_leave(struct db *db, struct arena *arena, int64_t org, int64_t account, int64_t **teams,
                               size_t *team_count);
/* In a change: an account gets other keys of its own, so that what it held of single cases opens no more. New keys of a case are not
 * given to it by themselves: whoever reset it knows its password for a day, and may be somebody who must see no case. A colleague
 * gives the part again, on the page of the case team. */
MUST_USE enum err record_lose(struct db *db, int64_t org, int64_t account);
/* In a change. */
MUST_USE enum err record_rewrap(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                                struct rewrap *step);

#endif
