/* What is decided about forms that were filled in outside: no database, no clock. */
#ifndef AUSMA_FIND_FIELDWORK_RULES_H
#define AUSMA_FIND_FIELDWORK_RULES_H

#include "base/arena.h"
#include "platform/i18n/i18n.h"

#include <stdbool.h>

/* What a submission says about itself (OpenRosa metadata). */
struct fieldwork_meta {
    const char *form_id;
    const char *version;    /* "" when it names none */
    const char *instance;   /* "" when it names none */
    const char *deprecated; /* the instance that it corrects; "" for none */
    bool encrypted;         /* by the client, with a key that the form brought */
};
/* ERR_BROKEN: no XML. */
MUST_USE enum err fieldwork_meta_read(struct arena *arena, struct bytes xml, struct fieldwork_meta *out);

/* What a person should know of a submission; a set, kept as codes parted by blanks (family "field_flag"). */
enum fieldwork_flag {
    FIELDWORK_INVALID = 1,       /* answers against the form's own rules */
    FIELDWORK_UNKNOWN_FORM = 2,  /* no instrument of this id and version */
    FIELDWORK_UNREADABLE = 4,    /* no answers to that form, or no XML at all */
    FIELDWORK_CONFLICT = 8,      /* another content came under the same number */
    FIELDWORK_EDIT = 16,         /* corrects an earlier one */
    FIELDWORK_ENCRYPTED = 32,    /* sealed by the client */
    FIELDWORK_MISSING_FILE = 64, /* names a file that has not come */
    FIELDWORK_UNKNOWN_CODE = 128 /* its code is no case's */
};
const char *fieldwork_flags_text(struct arena *arena, unsigned flags);
unsigned fieldwork_flags_of(const char *text);
extern const struct code_list FIELDWORK_FLAGS;

/* Login and secret out of an Authorization header (RFC 7617); false when it is no such header. */
bool fieldwork_basic(struct arena *arena, const char *header, const char **login, const char **secret);

/* The code of a case for forms outside: eight letters and digits by chance, and a ninth that makes a slip of one or a swap of
 * two neighbours visible. "K7QM-4RTX-9". 31 signs, so 39 bits. */
enum { FIELDWORK_CODE_SIGNS = 9 };
char *fieldwork_code_new(struct arena *arena);
/* As it is compared: large letters without anything between. NULL when it cannot be a code. */
char *fieldwork_code_plain(struct arena *arena, const char *typed);

/* A scheme and host that may stand in an address we write. */
bool fieldwork_host_fine(const char *host);

#endif
