/* What the templates of this folder show. */
#ifndef AUSMA_STEER_DISCLOSURE_VIEWS_H
#define AUSMA_STEER_DISCLOSURE_VIEWS_H

#include "case/consent/consent.h"
#include "steer/proof/views.h"

struct disclosed_field {
    const char *name; /* of its tick: "out.f12" */
    const char *label, *value;
    bool out; /* left out */
};
struct disclosed_row {
    struct disclosed_field *fields;
    size_t count;
    const char *name; /* of the tick for all of it */
    bool out;
};
struct disclosed_group {
    const char *name; /* of the tick for all of it */
    enum word title;
    bool out;
    struct disclosed_row *rows;
    size_t count;
};
struct disclosure_view {
    struct disclosed_group *groups;
    size_t count;
    int64_t before; /* as it was written up to this moment */
    int64_t unkept;
    size_t left_out;
    const struct http_field *ticks; /* what was ticked, read once: asking copies it all */
    size_t tick_count;
    struct consent_ask_view asked;
    struct choice *to; /* whom it is for */
    size_t to_count;
};

#endif
