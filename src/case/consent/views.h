/* What the templates of this folder show. */
#ifndef AUSMA_CASE_CONSENT_VIEWS_H
#define AUSMA_CASE_CONSENT_VIEWS_H

#include "case/consent/consent.h"
#include "platform/gate/shell.h"
#include "platform/pack/pack.h"

struct consent_line {
    int64_t id;
    const char *purpose, *recipient, *kind, *given_by, *given_on;
    const char *expires_on, *withdrawn_on, *withdrawn_words; /* NULL: none */
    const char *state;
    bool can_withdraw;
    int64_t version;
};

struct meeting_line {
    int64_t id;
    const char *on_date, *interpreter, *understood, *who;
};

struct meetings_view {
    struct meeting_line *meetings;
    size_t meeting_count;
    const char *next; /* NULL: no more */
    struct consent_line *consents;
    size_t consent_count;
};

struct meeting_view {
    const char *on_date, *language, *interpreter, *understood, *who;
    const char *interpreter_name, *present, *understood_words, *child_words; /* NULL: none */
    const char **explained;
    size_t explained_count;
};

struct consent_form_view {
    struct choice *purposes, *recipients;
    size_t purpose_count, recipient_count;
};

struct withdraw_view {
    struct consent_line line;
};

/* Shared between the files of this folder. */
struct bytes consent_seal(struct req *r, const char *table, const char *column, int64_t id, const char *text);
MUST_USE enum err consent_open(struct req *r, const char *table, const char *column, int64_t id, struct bytes value,
                               const char **out);
MUST_USE enum err consent_lines(struct req *r, struct consent_line **out, size_t *count);
/* One consent or refusal, with its line of the timeline; in a change. `expires` NULL: never. */
struct consent_new {
    const char *purpose, *recipient, *kind, *given_by, *on, *expires;
};
MUST_USE enum err consent_write(struct req *r, const struct consent_new *consent, int64_t *id);
size_t consent_choices_of(struct req *r, const struct code_list *codes, struct choice **out);
/* Does somebody still have a part of the case for whom this consent stood? */
MUST_USE enum err consent_still_sees(struct req *r, const char *recipient, bool *out);
/* A day that has come, and not before the case; else the field fails. */
void consent_check_day(struct req *r, const char *name);

enum err consent_list_show(struct req *r);
enum err consent_meeting_new_show(struct req *r);
enum err consent_meeting_new_check(struct req *r);
enum err consent_meeting_new_change(struct req *r);
enum err consent_meeting_show(struct req *r);
extern const struct field_rule CONSENT_LIST_FIELDS[], CONSENT_MEETING_FIELDS[];

#endif
