#include "platform/seal/internal.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

/* Latin, Cyrillic and punctuation go through the tables below in a fraction of a microsecond; ICU sees a name only
 * when a character is left over. Cyrillic becomes what Latvian documents write (Екатерина -> Jekaterina), without
 * accents. */

/* The base letters of U+00C0..024F and U+1E00..1EFF (among them all of Vietnamese, Yoruba, Igbo and Romanian);
 * a digit stands for an entry of `latin_pairs`. */
static const char latin_low[] = "aaaaaa1ceeeeiiiidnooooo ouuuuy32aaaaaa1ceeeeiiiidnooooo ouuuuy3y"
                                "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii44jjkkklllllll"
                                "lllnnnnnnnnnoooooo55rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
                                "bbbbbboccdddddeeeffgghiikkllunnooooopprssssttttuuuvyyzzzzzz    v"
                                "    666777888aaiioouuuuuuuuuueaaaa11ggggkkoooozzj666gghvnnaa11oo"
                                "aaaaeeeeiiiioooorrrruuuussttyyhhnduuzzaaeeooooooooyylntj  acclts"
                                "z  buaeejjqqrryy";
static const char latin_high[] = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
                                 "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
                                 "wwwwwwwwwwxxxxyyzzzzzzhtwyasss2daaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
                                 "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy";
static const char *const latin_pairs[] = {"", "ae", "ss", "th", "ij", "oe", "dz", "lj", "nj"};

/* U+0430..045F. */
static const char *const cyrillic[] = {
    "a", "b",  "v", "g", "d",  "e", "z", "z",  "i", "j",  "k", "l", "m", "n", "o",  "p",  /* а..п */
    "r", "s",  "t", "u", "f",  "h", "c", "c",  "s", "sc", "",  "i", "",  "e", "ju", "ja", /* р..я */
    "e", "jo", "d", "g", "je", "z", "i", "ji", "j", "l",  "n", "c", "k", "i", "v",  "dz", /* ѐ..џ */
};

_Static_assert(sizeof latin_low == 0x250 - 0xC0 + 1 && sizeof latin_high == 0x100 + 1, "whole blocks");
_Static_assert(sizeof cyrillic / sizeof cyrillic[0] == 0x460 - 0x430, "the letters of the languages around");

static bool letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

struct fold {
    const uint8_t *in;
    int32_t in_len;
    int32_t at;
    UChar32 previous;
    char *out; /* as much room as `in`: no character grows */
    size_t len;
    bool keep;  /* keeps what the tables do not know, for ICU */
    bool odd;   /* there was such a character */
    bool marks; /* there were marks that belong to the letter before */
};

static void put(struct fold *f, const char *text)
{
    while (*text != '\0')
        f->out[f->len++] = *text++;
}

static void put_char(struct fold *f, char c)
{
    f->out[f->len++] = c;
}

static bool is_cyrillic(UChar32 c)
{
    return c >= 0x400 && c < 0x460;
}

/* The apostrophe of Ukrainian (Мар'яна) stands inside a word. */
static bool inner_apostrophe(const struct fold *f)
{
    return is_cyrillic(f->previous) && f->at < f->in_len && (f->in[f->at] == 0xD0 || f->in[f->at] == 0xD1);
}

static void fold_ascii(struct fold *f, char c)
{
    if (c >= 'A' && c <= 'Z')
        put_char(f, (char)(c + ('a' - 'A')));
    else if (c < ' ' || c == 0x7F)
        put_char(f, ',');
    else if (c != '\'' || !inner_apostrophe(f))
        put_char(f, c);
}

static void fold_latin(struct fold *f, char base)
{
    if (digit(base))
        put(f, latin_pairs[base - '0']);
    else
        put_char(f, base);
}

/* Е is written je where a word begins, behind a vowel and behind a sign; ё too is softer than its letter. */
static void fold_cyrillic(struct fold *f, UChar32 c)
{
    UChar32 small = c < 0x410 ? c + 0x50 : c < 0x430 ? c + 0x20 : c;
    char before = f->len > 0 ? f->out[f->len - 1] : ' ';
    UChar32 sign = f->previous < 0x430 ? f->previous + 0x20 : f->previous;
    if (small == 0x435 && (!letter(before) || vowel(before) || sign == 0x44A || sign == 0x44C))
        put_char(f, 'j');
    put(f, cyrillic[small - 0x430]);
}

/* Punctuation: dashes, quotes, blanks; what joins or directs letters falls away. */
static void fold_mark(struct fold *f, UChar32 c)
{
    if (c >= 0x2010 && c <= 0x2015)
        put_char(f, '-');
    else if ((c == 0x2019 || c == 0x2BC) && inner_apostrophe(f))
        return;
    else if (!(c >= 0x200B && c <= 0x200F) && !(c >= 0x202A && c <= 0x202E) && c != 0xAD)
        put_char(f, ' ');
}

static void fold_unknown(struct fold *f, UChar32 c, int32_t from)
{
    f->odd = true;
    int32_t value = u_charDigitValue(c);
    if (value >= 0)
        put_char(f, (char)('0' + value));
    else if (f->keep)
        while (from < f->at)
            put_char(f, (char)f->in[from++]);
}

static void fold_one(struct fold *f)
{
    int32_t from = f->at;
    UChar32 c = 0;
    U8_NEXT(f->in, f->at, f->in_len, c);
    if (c < 0)
        put_char(f, ' ');
    else if (c < 0x80)
        fold_ascii(f, (char)c);
    else if (c >= 0xC0 && c < 0x250)
        fold_latin(f, latin_low[c - 0xC0]);
    else if (c >= 0x1E00 && c < 0x1F00)
        fold_latin(f, latin_high[c - 0x1E00]);
    else if (is_cyrillic(c))
        fold_cyrillic(f, c);
    else if (c == 0x491 || c == 0x490)
        put_char(f, 'g');
    else if (c >= 0x300 && c < 0x370)
        f->marks = true;
    else if (c < 0xC0 || (c >= 0x2000 && c < 0x2070) || c == 0x2BC || c == 0x3000)
        fold_mark(f, c);
    else
        fold_unknown(f, c, from);
    f->previous = c;
}

static struct fold fold(struct arena *arena, const char *text, size_t len, bool keep)
{
    struct fold f = {.in = (const uint8_t *)text, .in_len = (int32_t)len, .keep = keep};
    f.out = arena_alloc(arena, len + 1);
    while (f.at < f.in_len)
        fold_one(&f);
    f.out[f.len] = '\0';
    return f;
}

/* ---- ICU ---- */

/* One for all, behind a lock: a transliterator belongs to one thread at a time, and making one takes milliseconds. */
static pthread_mutex_t latinise_lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *latinise;

enum err seal_normal_init(void)
{
    /* Modifier letters (ʿ ʾ ʹ) are left by many scripts inside words; Latin-ASCII would make apostrophes of them. */
    static const char rule[] = "Any-Latin; NFD; [[:Mn:][:Lm:][:Sk:]] Remove; Latin-ASCII; Lower";
    enum err result = OK;
    pthread_mutex_lock(&latinise_lock);
    if (latinise == NULL) {
        UErrorCode status = U_ZERO_ERROR;
        UChar id[sizeof rule];
        u_charsToUChars(rule, id, (int32_t)sizeof rule);
        latinise = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
        if (U_FAILURE(status))
            result = err_note(ERR_IO, "ICU does not know how to write other scripts in Latin: %s", u_errorName(status));
    }
    pthread_mutex_unlock(&latinise_lock);
    return result;
}

/* Works on UTF-16 in place; a name that grows beyond `cap` is refused. */
typedef bool (*reshape)(UChar *text, int32_t *len, int32_t cap);

static bool in_latin(UChar *text, int32_t *len, int32_t cap)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t limit = *len;
    pthread_mutex_lock(&latinise_lock);
    if (latinise == NULL)
        BUG("seal_init was not called");
    utrans_transUChars(latinise, text, len, cap, 0, &limit, &status);
    pthread_mutex_unlock(&latinise_lock);
    return U_SUCCESS(status) && *len < cap;
}

/* Letters with the marks that follow them as one character again (NFC), as the tables know them. */
static bool composed(UChar *text, int32_t *len, int32_t cap)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status))
        return false;
    UChar *copy = text + cap;
    u_memcpy(copy, text, *len);
    *len = unorm2_normalize(form, copy, *len, text, cap, &status);
    return U_SUCCESS(status);
}

/* `text` after `change`, or unchanged when that fails. */
static const char *reshaped(struct arena *arena, const char *text, size_t *len, reshape change)
{
    int32_t cap = (int32_t)*len * 8 + 64;
    UChar *wide = arena_array(arena, (size_t)cap * 2, sizeof *wide);
    int32_t wide_len = 0;
    int32_t out_len = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide, cap, &wide_len, text, (int32_t)*len, ' ', NULL, &status);
    if (U_FAILURE(status) || !change(wide, &wide_len, cap))
        return text;
    char *out = arena_alloc(arena, (size_t)wide_len * 3 + 1);
    u_strToUTF8WithSub(out, wide_len * 3 + 1, &out_len, wide, wide_len, ' ', NULL, &status);
    if (U_FAILURE(status))
        return text;
    *len = (size_t)out_len;
    return out;
}

/* Small letters, digits and ASCII punctuation. */
static const char *plain_ascii(struct arena *arena, const char *name)
{
    size_t len = strnlen(name, NAME_BYTES_MAX);
    struct fold f = fold(arena, name, len, true);
    if (f.marks) {
        name = reshaped(arena, name, &len, composed);
        f = fold(arena, name, len, true);
    }
    if (f.odd) {
        len = f.len;
        const char *latin = reshaped(arena, f.out, &len, in_latin);
        f = fold(arena, latin, len, false);
    }
    return f.out;
}

/* ---- words ---- */

struct splitter {
    struct name_word *words;
    size_t count;
    char *room;
};

/* Adds the letters and digits between two places as one word. */
static void add_word(struct splitter *s, enum word_kind kind, const char *from, const char *end)
{
    char *text = s->room;
    size_t len = 0;
    for (; from < end && len < NAME_WORD_MAX; from++)
        if (letter(*from) || digit(*from))
            text[len++] = *from;
    if (len == 0 || s->count == NAME_WORDS_MAX)
        return;
    s->room += len + 1;
    s->words[s->count++] = (struct name_word){kind, len, text};
}

struct chunk {
    const char *end;
    size_t letters;
    size_t digits;
};

/* Letters and digits, also with hyphens and strokes between: "a-2026-0117-k". */
static struct chunk chunk_at(const char *at)
{
    struct chunk c = {at, 0, 0};
    for (; letter(*c.end) || digit(*c.end) || *c.end == '-' || *c.end == '/'; c.end++) {
        c.letters += letter(*c.end);
        c.digits += digit(*c.end);
    }
    return c;
}

/* Is this group of digits so long that it begins another number? ("29000117 26000123" against "067 123 45 67") */
enum { NUMBER_ENOUGH = 7, NUMBER_ANOTHER = 6, NUMBER_LEAST = 4 };

/* A phone in the groups people write it in; answers where it ends. */
static const char *number_at(const char *at, size_t *digits)
{
    struct chunk c = chunk_at(at);
    const char *end = c.end;
    *digits = c.digits;
    for (;;) {
        const char *next = end + strspn(end, " ().");
        c = chunk_at(next);
        if (next == end || c.digits == 0 || c.letters > 0 || (*digits >= NUMBER_ENOUGH && c.digits >= NUMBER_ANOTHER))
            return end;
        *digits += c.digits;
        end = c.end;
    }
}

static void add_parts(struct splitter *s, const char *at, const char *end)
{
    while (at < end) {
        const char *from = at;
        bool code = false;
        for (; letter(*at) || digit(*at); at++)
            code = code || digit(*at);
        add_word(s, code ? WORD_CODE : WORD_NAME, from, at);
        at++;
    }
}

static const char *add_chunk(struct splitter *s, const char *at)
{
    struct chunk c = chunk_at(at);
    if (c.letters == 0 && c.digits > 0) {
        size_t digits = 0;
        const char *end = number_at(at, &digits);
        if (digits < NUMBER_LEAST)
            add_parts(s, at, end);
        else
            add_word(s, WORD_NUMBER, at, end);
        return end;
    }
    if (c.digits >= c.letters && c.letters > 0)
        add_word(s, WORD_CODE, at, c.end);
    else
        add_parts(s, at, c.end);
    return c.end;
}

size_t seal_normal_words(struct arena *arena, const char *name, struct name_word **out)
{
    const char *at = plain_ascii(arena, name);
    size_t most = strlen(at) / 2 + 1;
    struct splitter s = {.words = ARENA_ARRAY(arena, struct name_word, most < NAME_WORDS_MAX ? most : NAME_WORDS_MAX),
                         .room = arena_alloc(arena, 2 * strlen(at) + 2)};
    while (*at != '\0')
        at = letter(*at) || digit(*at) ? add_chunk(&s, at) : at + 1;
    *out = s.words;
    return s.count;
}

char *seal_name_plain(struct arena *arena, const char *name)
{
    struct name_word *words = NULL;
    size_t count = seal_normal_words(arena, name, &words);
    size_t len = 1;
    for (size_t i = 0; i < count; i++)
        len += words[i].len + 1;
    char *plain = arena_alloc(arena, len);
    char *at = plain;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *at++ = ' ';
        memcpy(at, words[i].text, words[i].len);
        at += words[i].len;
    }
    return plain;
}
