/* The decisions about a referral: no database, no clock. */
#ifndef AUSMA_FIND_REFERRAL_RULES_H
#define AUSMA_FIND_REFERRAL_RULES_H

#include "base/arena.h"

#include <stdbool.h>

/* What is done with a referral. */
enum referral_act {
    REFERRAL_CONSULT,
    REFERRAL_REDIRECT,
    REFERRAL_DECLINE,
    REFERRAL_ACCEPT,
    REFERRAL_REOPEN,
    REFERRAL_ACTS
};
const char *referral_act_code(enum referral_act act);
bool referral_act_of(const char *code, enum referral_act *out);
/* The status that an act leads to: "open", "consulted", "redirected", "declined", "accepted". */
const char *referral_status_after(enum referral_act act);
/* A consultation may be followed by any other decision; what ended is first reopened. */
bool referral_may(const char *status, enum referral_act act);

/* Until when to answer. */
int64_t referral_due(int64_t received_at, int64_t hours);
/* Only what nobody has answered yet can be late. */
bool referral_late(const char *status, int64_t answer_due, int64_t now);

/* What is wrong with a decision, several at once. */
enum referral_flaw {
    REFERRAL_NO_ACT = 1,
    REFERRAL_NO_WORDS = 2, /* what was answered; not asked where there was nobody to answer */
    REFERRAL_NO_WHOM = 4,  /* redirected, but to whom? */
    REFERRAL_NO_REASON = 8,
    REFERRAL_NO_HOW = 16,     /* how the answer was given */
    REFERRAL_HOW_NOBODY = 32, /* "there was nobody to answer", but there is */
    REFERRAL_NOT_ADULT = 64,  /* declined as an adult while the age is disputed or not known (M1.7) */
    REFERRAL_IN_FUTURE = 128,
    REFERRAL_NOT_SAID = 256 /* redirected: what did the child say to it? */
};
struct referral_decision {
    const char *act; /* code; "" when none was chosen */
    const char *words;
    const char *whom;
    const char *reason; /* family "decline_reason" */
    const char *how;    /* family "answer_how" */
    const char *on;     /* full date or "" */
    const char *agreed; /* family "referral_agreed" */
};
struct referral_facts {
    bool answerable; /* the referrer left a way to answer */
    bool disputed;
    bool adult; /* the age is told, not guessed, and 18 or more */
    const char *today;
};
unsigned referral_flaws(const struct referral_decision *decision, const struct referral_facts *facts);

/* Must a referrer say how to answer? Not somebody who stays unknown. */
bool referral_way_needed(const char *source);
/* Ways that need an address or a number beside them. */
bool referral_contact_needed(const char *way);
/* How it will be answered, unless something else is said: the way that was asked for; a code of "answer_how". */
const char *referral_how_offered(const char *way);
/* What a telephone dials when the contact is one number and nothing else: "tel:+37129000220"; else NULL. */
const char *referral_dial(struct arena *arena, const char *way, const char *contact);

/* May a referral be shown to somebody outside until this moment? Not until one that is over, and not for longer than a quarter of a year:
 * who still needs advice then asks again. */
bool referral_share_until(int64_t until, int64_t now);

/* The year of birth that an age in years means in a calendar year. */
int64_t referral_birth_year(int64_t age, int year);

/* Two or three words without digits are taken for given names and a family name; anything else is a description, and
 * both stay "". */
void referral_name_split(struct arena *arena, const char *about, const char **given, const char **family);

/* Would the pseudonym give the person away: is it like the whole name, one of its words, or what was told as the
 * name? */
bool referral_tells_name(struct arena *arena, const char *pseudonym, const char *given, const char *family,
                         const char *about);

/* The first line, cut between characters and, where it can be, between words; "…" tells of more. */
const char *referral_brief(struct arena *arena, const char *text, size_t characters);

#endif
