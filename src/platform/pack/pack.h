/* Programme packs: the organisation's programme as data (MISSION 6). Read once at start from YAML; never changed afterwards.
 * Schema of the files: docs/PACKS.md. */
#ifndef AUSMA_PLATFORM_PACK_PACK_H
#define AUSMA_PLATFORM_PACK_PACK_H

#include "base/arena.h"
#include "platform/i18n/i18n.h"

/* The families whose codes and words packs bring. */
#define PACK_SERVICE PACK_FAMILY(service)
#define PACK_EXPLAINED PACK_FAMILY(explained)
#define PACK_CONSENT_PURPOSE PACK_FAMILY(consent_purpose)
#define PACK_RECIPIENT PACK_FAMILY(recipient)
#define PACK_TEAM_ROLE PACK_FAMILY(team_role)
#define PACK_TRAINING PACK_FAMILY(training)
#define PACK_SHARING_GROUND PACK_FAMILY(sharing_ground)

struct pack_service {
    const char *code;
    const char *strand; /* usual strand */
    const char *const *phases;
    size_t phase_count;
    int64_t minutes; /* usual length */
};

/* Reads `folder`/pack.yaml and services.yaml into memory of the process and makes its words known to word_code for the families
 * service, explained, consent_purpose, recipient, team_role, training, sharing_ground. ERR_INPUT: noted with file and line; what was loaded before stays. Before any
 * thread that asks; the codes and services handed out before end with another load. */
MUST_USE enum err pack_load(const char *folder);

/* The codes of one of these families. Never NULL. */
const struct code_list *pack_codes(const char *family);
const struct pack_service *pack_service(const char *code); /* NULL: no such */
size_t pack_services(const struct pack_service **out);

/* A role in a case team. */
struct pack_role {
    const char *code;
    const char *account;   /* the role of an account that can have it; "none": takes part without one */
    unsigned parts;        /* what it sees of a case: PART_BIT; PARTS_WHOLE: all but the place of stay */
    const char *recipient; /* whom consents are given for; "case_team" when the pack names nobody */
};
const struct pack_role *pack_role(const char *code); /* NULL: no such */

/* The training that an act ("assess", "assess_safety", "guardian") asks for; NULL: none. And for how many months one is valid. */
const char *pack_act_training(const char *act);
int pack_training_months(const char *training);

/* The numbers below need a loaded pack. For a code that it does not have: the soonest answer and expiry, the plan's reviews, and
 * of the risks the one that asks for the least. */

/* Within how many hours a referral of this urgency ("now", "day", "week", "month") is answered. */
int64_t pack_answer_hours(const char *urgency);
/* Days from one assessment (instrument "safety", "needs") or plan ("plan") to its next review; `first`: after the first one. */
int pack_review_days(const char *what, bool first);
/* Days to the next review that a risk level asks for. */
int pack_risk_days(const char *risk);
/* After how many days a consent for this purpose expires. */
int pack_consent_days(const char *purpose);
/* Years after closing a case when it is decided whether it is still kept; 10 when the pack does not say. */
int pack_retention_years(void);
/* The zone in which the programme's days begin and end ("Europe/Riga"); NULL: the machine's. */
const char *pack_timezone(void);

#endif
