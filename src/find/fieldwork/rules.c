#include "find/fieldwork/rules.h"

#include "base/buf.h"
#include "base/text.h"
#include "platform/form/xml.h"
#include "platform/i18n/i18n.h"
#include "platform/seal/seal.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

/* ---- what a submission says about itself ---- */

/* The text of the element that just began, up to its end. */
static const char *element_text(struct xml *xml, struct arena *arena)
{
    struct buf text;
    enum xml_event event;
    buf_init(&text, arena, 64);
    while ((event = xml_next(xml)) == XML_EVENT_TEXT)
        buf_text(&text, xml_text(xml));
    return event == XML_EVENT_END ? text_trim(arena, text.ptr) : NULL;
}

/* Inside <meta>: goes on to its end. */
static enum err read_meta(struct xml *xml, struct arena *arena, struct fieldwork_meta *out)
{
    for (;;) {
        enum xml_event event = xml_next(xml);
        if (event == XML_EVENT_END)
            return OK;
        if (event == XML_EVENT_DONE || event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event != XML_EVENT_START)
            continue;
        const char **place = xml_is(xml, "instanceID")     ? &out->instance
                             : xml_is(xml, "deprecatedID") ? &out->deprecated
                                                           : NULL;
        if (place == NULL || **place != '\0') { /* the first of several counts */
            if (!xml_skip(xml))
                return ERR_BROKEN;
            continue;
        }
        *place = element_text(xml, arena);
        if (*place == NULL)
            return ERR_BROKEN;
    }
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static enum err read_root(struct xml *xml, struct arena *arena, struct fieldwork_meta *out)
{
    out->form_id = or_empty(xml_attribute(xml, arena, "id"));
    out->version = or_empty(xml_attribute(xml, arena, "version"));
    out->encrypted = text_same(xml_attribute(xml, arena, "encrypted"), "yes");
    for (;;) {
        enum xml_event event = xml_next(xml);
        if (event == XML_EVENT_DONE)
            return OK;
        if (event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event != XML_EVENT_START)
            continue;
        if (xml_is(xml, "meta"))
            TRY(read_meta(xml, arena, out));
        else if (!xml_skip(xml))
            return ERR_BROKEN;
    }
}

enum err fieldwork_meta_read(struct arena *arena, struct bytes xml, struct fieldwork_meta *out)
{
    struct xml reader;
    struct fieldwork_meta meta = {.instance = "", .deprecated = ""};
    TRY(xml_open(arena, xml, &reader));
    enum xml_event event;
    while ((event = xml_next(&reader)) == XML_EVENT_TEXT)
        continue;
    if (event != XML_EVENT_START)
        return ERR_BROKEN;
    TRY(read_root(&reader, arena, &meta));
    *out = meta;
    return OK;
}

/* ---- flags ---- */

const struct code_list FIELDWORK_FLAGS = CODES(field_flag, "invalid", "unknown_form", "unreadable", "conflict", "edit",
                                               "encrypted", "missing_file", "unknown_code");

const char *fieldwork_flags_text(struct arena *arena, unsigned flags)
{
    struct buf text;
    buf_init(&text, arena, 64);
    for (size_t i = 0; i < FIELDWORK_FLAGS.count; i++) {
        if ((flags >> i & 1) == 0)
            continue;
        buf_text(&text, text.len > 0 ? " " : "");
        buf_text(&text, FIELDWORK_FLAGS.codes[i]);
    }
    return text.ptr;
}

unsigned fieldwork_flags_of(const char *text)
{
    unsigned flags = 0;
    for (size_t i = 0; i < FIELDWORK_FLAGS.count; i++) {
        size_t len = strlen(FIELDWORK_FLAGS.codes[i]);
        for (const char *at = strstr(text, FIELDWORK_FLAGS.codes[i]); at != NULL;
             at = strstr(at + len, FIELDWORK_FLAGS.codes[i])) {
            bool whole = (at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0');
            flags |= whole ? 1U << i : 0;
        }
    }
    return flags;
}

/* ---- who is there ---- */

bool fieldwork_basic(struct arena *arena, const char *header, const char **login, const char **secret)
{
    enum { SECRET_TEXT_MAX = 400 };
    if (header == NULL || strncasecmp(header, "Basic ", 6) != 0)
        return false;
    const char *coded = header + 6 + strspn(header + 6, " ");
    size_t len = 0;
    char *plain = arena_alloc(arena, SECRET_TEXT_MAX + 1);
    if (sodium_base642bin((unsigned char *)plain, SECRET_TEXT_MAX, coded, strlen(coded), NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        memchr(plain, '\0', len) != NULL)
        return false;
    char *colon = strchr(plain, ':');
    if (colon == NULL || !text_check(plain, (size_t)(colon - plain))) /* PostgreSQL refuses what is no text */
        return false;
    *colon = '\0';
    *login = plain;
    *secret = colon + 1;
    return true;
}

/* ---- codes of cases ---- */

/* Without 0, 1, I, L, O: nobody has to guess what was written on a hand. */
static const char SIGNS[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
enum { SIGN_COUNT = sizeof SIGNS - 1 };
_Static_assert(SIGN_COUNT == 31, "a prime number: weights below it find every slip of one and every swap of two");

static char check_sign(const char *plain)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < FIELDWORK_CODE_SIGNS - 1; i++)
        sum += (i + 2) * (unsigned)(strchr(SIGNS, plain[i]) - SIGNS);
    return SIGNS[sum % SIGN_COUNT];
}

char *fieldwork_code_new(struct arena *arena)
{
    char plain[FIELDWORK_CODE_SIGNS + 1] = "";
    for (unsigned i = 0; i < FIELDWORK_CODE_SIGNS - 1; i++)
        plain[i] = SIGNS[randombytes_uniform(SIGN_COUNT)];
    plain[FIELDWORK_CODE_SIGNS - 1] = check_sign(plain);
    return arena_format(arena, "%.4s-%.4s-%c", plain, plain + 4, plain[8]);
}

char *fieldwork_code_plain(struct arena *arena, const char *typed)
{
    char *plain = arena_alloc(arena, FIELDWORK_CODE_SIGNS + 1);
    size_t len = 0;
    for (; *typed != '\0'; typed++) {
        if (*typed == '-' || *typed == ' ')
            continue;
        char sign = (char)toupper((unsigned char)*typed);
        if (len == FIELDWORK_CODE_SIGNS || strchr(SIGNS, sign) == NULL)
            return NULL;
        plain[len++] = sign;
    }
    return len == FIELDWORK_CODE_SIGNS && plain[len - 1] == check_sign(plain) ? plain : NULL;
}

bool fieldwork_host_fine(const char *host)
{
    static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    return !text_empty(host) && strlen(host) <= 255 && strspn(host, fine) == strlen(host);
}
