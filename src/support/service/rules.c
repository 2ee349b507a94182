#include "base/text.h"
#include "base/time.h"
#include "support/service/internal.h"

#include <string.h>

enum { EUROS_MAX = 10000, EARLY_DAYS = 30 };

static const char *after_blanks(const char *text)
{
    static const char euro[] = "€";
    for (;;) {
        if (*text == ' ')
            text++;
        else if (text_starts(text, euro))
            text += strlen(euro);
        else
            return text;
    }
}

/* Up to `most` digits; how many there were. */
static size_t digits(const char **text, size_t most, int64_t *number)
{
    size_t count = 0;
    *number = 0;
    while (count <= most && **text >= '0' && **text <= '9') {
        *number = *number * 10 + (**text - '0');
        (*text)++;
        count++;
    }
    return count;
}

bool service_money_read(const char *text, int64_t *cents)
{
    int64_t euros = 0;
    int64_t part = 0;
    const char *at = after_blanks(text);
    if (*at == '\0') {
        *cents = 0;
        return *text == '\0';
    }
    size_t whole = digits(&at, 6, &euros);
    if (whole == 0 || whole > 6)
        return false;
    if (*at == ',' || *at == '.') {
        at++;
        size_t behind = digits(&at, 2, &part);
        if (behind == 0 || behind > 2)
            return false;
        part *= behind == 1 ? 10 : 1;
    }
    if (*after_blanks(at) != '\0' || euros * 100 + part > EUROS_MAX * 100)
        return false;
    *cents = euros * 100 + part;
    return true;
}

enum service_day service_day_judge(struct arena *arena, const char *on_date, const char *today, const char *opened_on)
{
    if (strcmp(on_date, today) > 0)
        return SERVICE_DAY_FUTURE;
    const char *earliest = date_add(arena, opened_on, -EARLY_DAYS);
    return earliest != NULL && strcmp(on_date, earliest) < 0 ? SERVICE_DAY_EARLY : SERVICE_DAY_FINE;
}

static const struct service_use *use_of(const struct service_use *uses, size_t count, const char *service)
{
    for (size_t i = 0; i < count; i++) {
        if (service == NULL || text_same(uses[i].service, service))
            return &uses[i];
    }
    return NULL;
}

static bool among(const char *const *list, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(list[i], code))
            return true;
    }
    return false;
}

struct service_offer service_offer_make(const struct service_use *uses, size_t use_count, const char *asked,
                                        const char *const *phases, size_t phase_count)
{
    const struct service_use *last = use_of(uses, use_count, NULL);
    const struct service_use *same = use_of(uses, use_count, asked);
    const char *code = same != NULL ? same->service : asked;
    const struct pack_service *usual = pack_service(code);
    struct service_offer offer = {.service = "", .mode = last == NULL ? "in_person" : last->mode, .strand = ""};
    offer.phase = phase_count > 0 ? phases[phase_count - 1] : RECORD_PHASES.codes[0];
    if (last != NULL && among(phases, phase_count, last->phase))
        offer.phase = last->phase;
    if (usual == NULL)
        return offer;
    offer.service = usual->code;
    offer.minutes = usual->minutes;
    if (same == NULL)
        return offer;
    offer.minutes = same->minutes;
    offer.mode = same->mode;
    if (!text_same(same->strand, usual->strand))
        offer.strand = same->strand;
    return offer;
}
