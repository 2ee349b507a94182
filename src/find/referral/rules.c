#include "find/referral/rules.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/seal/seal.h"

#include <string.h>

enum { NAME_WORDS = 3, NAME_WORD_BYTES = 60, ALIKE = 70, WORDS_LOOKED_AT = 40, SHARE_DAYS = 92 };

static const struct {
    const char *code;
    const char *status;
} ACTS[REFERRAL_ACTS] = {
    [REFERRAL_CONSULT] = {"consult", "consulted"}, [REFERRAL_REDIRECT] = {"redirect", "redirected"},
    [REFERRAL_DECLINE] = {"decline", "declined"},  [REFERRAL_ACCEPT] = {"accept", "accepted"},
    [REFERRAL_REOPEN] = {"reopen", "open"},
};

const char *referral_act_code(enum referral_act act)
{
    return ACTS[act].code;
}

bool referral_act_of(const char *code, enum referral_act *out)
{
    for (unsigned i = 0; i < REFERRAL_ACTS; i++) {
        if (text_same(code, ACTS[i].code)) {
            *out = (enum referral_act)i;
            return true;
        }
    }
    return false;
}

const char *referral_status_after(enum referral_act act)
{
    return ACTS[act].status;
}

bool referral_may(const char *status, enum referral_act act)
{
    if (text_same(status, "open"))
        return act != REFERRAL_REOPEN;
    return text_same(status, "consulted") || act == REFERRAL_REOPEN;
}

int64_t referral_due(int64_t received_at, int64_t hours)
{
    return received_at + hours * HOUR_MS;
}

bool referral_late(const char *status, int64_t answer_due, int64_t now)
{
    return text_same(status, "open") && answer_due < now;
}

bool referral_share_until(int64_t until, int64_t now)
{
    return until > now && until <= now + SHARE_DAYS * DAY_MS;
}

static unsigned flaws_of_answer(const struct referral_decision *decision, const struct referral_facts *facts)
{
    unsigned flaws = 0;
    bool told = !text_same(decision->how, "nobody");
    if (told && text_empty(decision->words))
        flaws |= REFERRAL_NO_WORDS;
    if (text_empty(decision->how))
        flaws |= REFERRAL_NO_HOW;
    else if (!told && facts->answerable)
        flaws |= REFERRAL_HOW_NOBODY;
    if (date_full(decision->on) && strcmp(decision->on, facts->today) > 0)
        flaws |= REFERRAL_IN_FUTURE;
    return flaws;
}

unsigned referral_flaws(const struct referral_decision *decision, const struct referral_facts *facts)
{
    enum referral_act act;
    unsigned flaws = flaws_of_answer(decision, facts);
    if (!referral_act_of(decision->act, &act))
        return flaws | REFERRAL_NO_ACT;
    if (act == REFERRAL_REDIRECT && text_empty(decision->whom))
        flaws |= REFERRAL_NO_WHOM;
    if (act == REFERRAL_REDIRECT && text_empty(decision->agreed))
        flaws |= REFERRAL_NOT_SAID;
    if (act == REFERRAL_DECLINE && text_empty(decision->reason))
        flaws |= REFERRAL_NO_REASON;
    if (act == REFERRAL_DECLINE && text_same(decision->reason, "adult") && (facts->disputed || !facts->adult))
        flaws |= REFERRAL_NOT_ADULT;
    return flaws;
}

bool referral_way_needed(const char *source)
{
    return !text_same(source, "anonymous");
}

bool referral_contact_needed(const char *way)
{
    return !text_empty(way) && !text_same(way, "none");
}

const char *referral_how_offered(const char *way)
{
    return referral_contact_needed(way) ? way : "nobody";
}

const char *referral_dial(struct arena *arena, const char *way, const char *contact)
{
    enum { FEWEST = 3, MOST = 15 };
    size_t digits = 0;
    struct buf address;
    if (!text_same(way, "phone") || text_empty(contact))
        return NULL;
    buf_init(&address, arena, strlen(contact) + sizeof "tel:");
    buf_text(&address, "tel:");
    for (const char *at = contact; *at != '\0'; at++) {
        bool digit = *at >= '0' && *at <= '9';
        digits += digit;
        if (digit || (*at == '+' && at == contact))
            buf_add(&address, at, 1);
        else if (strchr(" -()/.", *at) == NULL)
            return NULL;
    }
    return digits >= FEWEST && digits <= MOST ? address.ptr : NULL;
}

int64_t referral_birth_year(int64_t age, int year)
{
    return year - age;
}

/* Letters (any script), hyphens and apostrophes only. */
static bool is_name_word(const char *word)
{
    return strlen(word) <= NAME_WORD_BYTES && strpbrk(word, "0123456789.,;:!?()/\"@#+_") == NULL;
}

void referral_name_split(struct arena *arena, const char *about, const char **given, const char **family)
{
    char *words[NAME_WORDS + 1];
    size_t count = 0;
    *given = *family = "";
    if (about == NULL)
        return;
    char *rest = arena_text_n(arena, about, strcspn(about, "\n"));
    for (char *word; count <= NAME_WORDS && (word = strsep(&rest, " \t")) != NULL;) {
        if (*word == '\0')
            continue;
        if (!is_name_word(word))
            return;
        words[count++] = word;
    }
    if (count < 2 || count > NAME_WORDS)
        return;
    *family = words[count - 1];
    *given = count == 2 ? words[0] : arena_format(arena, "%s %s", words[0], words[1]);
}

bool referral_tells_name(struct arena *arena, const char *pseudonym, const char *given, const char *family,
                         const char *about)
{
    char *names = arena_format(arena, "%s %s %s", given, family, about);
    int words = 0;
    if (seal_name_alike(arena, pseudonym, arena_format(arena, "%s %s", given, family)) >= ALIKE)
        return true;
    for (char *word; words++ < WORDS_LOOKED_AT && (word = strsep(&names, " \t\n,;")) != NULL;) {
        if (*word != '\0' && seal_name_alike(arena, pseudonym, word) >= ALIKE)
            return true;
    }
    return false;
}

const char *referral_brief(struct arena *arena, const char *text, size_t characters)
{
    size_t at = 0, seen = 0, blank = 0;
    for (; text[at] != '\0' && text[at] != '\n'; at++) {
        bool starts = ((unsigned char)text[at] & 0xC0) != 0x80;
        if (starts && seen++ == characters)
            return arena_format(arena, "%.*s…", (int)(blank > at / 2 ? blank : at), text);
        if (text[at] == ' ')
            blank = at;
    }
    return text[at] == '\0' ? text : arena_format(arena, "%.*s…", (int)at, text);
}
