/* Patterns run on libxml2's expressions of XML Schema, which match whole texts and know Unicode; what people write for ODK
 * (Java's syntax) is rewritten to them. */
#include "platform/form/functions.h"
#include "platform/form/xml.h"

#include <libxml/xmlregexp.h>

/* Where a pattern lets a text match in several ways, libxml2 tries them one after the other, with a cost that can grow with
 * a power of the length: such patterns are only tried on short texts. */
enum { PATTERN_MAX = 1000, PATTERN_TEXT_MAX = 20000, PATTERN_UNCLEAR_TEXT_MAX = 300 };

struct rewrite {
    const char *at;
    struct buf out;
    bool in_class;
    bool after_count; /* a quantifier was the last thing written */
};

/* A backslash and what it protects. False when it means something that no schema expression can say. */
static bool escape(struct rewrite *r)
{
    char c = r->at[1];
    r->at += 2;
    if (c == '\0')
        return false;
    if (c == 'w')
        buf_text(&r->out, r->in_class ? "\\w_" : "[\\w_]");
    else if (c == 'W' && !r->in_class)
        buf_text(&r->out, "[^\\w_]");
    else if (strchr("dDsSpPnrt\\|.-^?*+{}()[]", c) != NULL)
        buf_format(&r->out, "\\%c", c);
    else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return false;
    else
        buf_char(&r->out, c);
    return true;
}

static bool in_class(struct rewrite *r)
{
    char c = *r->at++;
    if (c == '[')
        buf_text(&r->out, "\\[");
    else
        buf_char(&r->out, c);
    if (c == ']')
        r->in_class = false;
    return true;
}

static bool outside(struct rewrite *r)
{
    char c = *r->at++;
    bool counted = r->after_count;
    r->after_count = c == '*' || c == '+' || c == '?' || c == '}';
    if (c == '^' || c == '$')
        return true;
    /* A lazy count finds the same whole matches as a greedy one. */
    if (c == '?' && counted) {
        r->after_count = false;
        return true;
    }
    if (c == '(' && *r->at == '?') {
        if (r->at[1] != ':')
            return false;
        r->at += 2;
    }
    buf_char(&r->out, c);
    if (c == '[') {
        r->in_class = true;
        if (*r->at == '^')
            buf_char(&r->out, *r->at++);
    }
    return true;
}

static const char *rewrite(struct arena *arena, const char *pattern)
{
    struct rewrite r = {.at = pattern};
    buf_init(&r.out, arena, strlen(pattern) * 2);
    bool fine = strlen(pattern) <= PATTERN_MAX;
    while (fine && *r.at != '\0') {
        if (*r.at == '\\') {
            r.after_count = false;
            fine = escape(&r);
        } else {
            fine = r.in_class ? in_class(&r) : outside(&r);
        }
    }
    return fine ? r.out.ptr : NULL;
}

enum err pattern_match(struct arena *arena, const char *pattern, const char *text, bool *out)
{
    const char *schema_pattern = rewrite(arena, pattern);
    if (schema_pattern == NULL)
        return ERR_INPUT;
    xml_be_silent();
    xmlRegexpPtr compiled = xmlRegexpCompile((const xmlChar *)schema_pattern);
    if (compiled == NULL)
        return ERR_INPUT;
    size_t most = xmlRegexpIsDeterminist(compiled) == 1 ? PATTERN_TEXT_MAX : PATTERN_UNCLEAR_TEXT_MAX;
    int result = strlen(text) <= most ? xmlRegexpExec(compiled, (const xmlChar *)text) : -1;
    xmlRegFreeRegexp(compiled);
    if (result < 0)
        return ERR_INPUT;
    *out = result == 1;
    return OK;
}

bool pattern_valid(struct arena *arena, const char *pattern)
{
    bool ignored = false;
    return pattern_match(arena, pattern, "", &ignored) == OK;
}
