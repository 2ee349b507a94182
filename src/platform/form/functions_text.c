#include "platform/form/functions.h"

#include "base/text.h"

#include <math.h>
#include <sys/random.h>

const char *xpath_own_text(const struct xpath_call *call)
{
    const struct form_item *item = call->focus->item;
    if (item == NULL)
        return xpath_fail(call->run).text;
    return xpath_item_text(xpath_memory(call), item);
}

/* The argument; without one, where we stand. */
static const char *own_text(const struct xpath_call *call)
{
    return call->count > 0 ? xpath_arg_text(call, 0) : xpath_own_text(call);
}

static struct xpath_value fn_string(const struct xpath_call *call)
{
    return xpath_text(own_text(call));
}

enum { WORD_MAX = 1000 };

static struct xpath_value joined(const struct xpath_call *call, size_t from, const char *between)
{
    const char *const *texts = NULL;
    size_t count = xpath_arg_texts(call, from, &texts);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), 0);
    for (size_t i = 0; i < count && xpath_spend(call->run, 1 + strlen(texts[i]) / 16); i++) {
        if (i > 0)
            buf_text(&buf, between);
        buf_text(&buf, texts[i]);
    }
    return xpath_text(buf.ptr);
}

static struct xpath_value fn_concat(const struct xpath_call *call)
{
    return joined(call, 0, "");
}

static struct xpath_value fn_join(const struct xpath_call *call)
{
    return joined(call, 1, xpath_arg_text(call, 0));
}

static struct xpath_value fn_coalesce(const struct xpath_call *call)
{
    for (size_t i = 0; i + 1 < call->count; i++) {
        const char *text = xpath_arg_text(call, i);
        if (text[0] != '\0')
            return xpath_text(text);
    }
    return xpath_text(xpath_arg_text(call, call->count - 1));
}

/* ---- characters ---- */

/* The bytes of the character at `at`; 0 at the end. */
static size_t character(const char *at)
{
    size_t len = at[0] == '\0' ? 0 : 1;
    while (len > 0 && ((unsigned char)at[len] & 0xC0) == 0x80)
        len++;
    return len;
}

static const char *skip_characters(const char *at, size_t count)
{
    for (; count > 0 && *at != '\0'; count--)
        at += character(at);
    return at;
}

/* A place counted from the start, or from the end when negative, held within 0..length. */
static size_t place(double wanted, size_t length)
{
    if (wanted < 0)
        wanted += (double)length;
    if (!(wanted > 0))
        return 0;
    return wanted >= (double)length ? length : (size_t)wanted;
}

static struct xpath_value fn_substr(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    size_t length = text_length(text);
    size_t from = place(xpath_arg_number(call, 1), length);
    size_t to = call->count > 2 ? place(xpath_arg_number(call, 2), length) : length;
    if (from >= to)
        return xpath_text("");
    const char *start = skip_characters(text, from);
    const char *end = skip_characters(start, to - from);
    return xpath_text(arena_text_n(xpath_memory(call), start, (size_t)(end - start)));
}

static double half_up(double number)
{
    return floor(number + 0.5);
}

/* substring(text, first, length): counted from 1, and to the nearest character; see XPath 1.0, 4.2. */
static struct xpath_value fn_substring(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    double first = half_up(xpath_arg_number(call, 1));
    double end = call->count > 2 ? first + half_up(xpath_arg_number(call, 2)) : (double)INFINITY;
    struct buf buf;
    buf_init(&buf, xpath_memory(call), strlen(text));
    size_t len = character(text);
    for (double place = 1; len > 0; place++, text += len, len = character(text))
        if (place >= first && place < end)
            buf_add(&buf, text, len);
    return xpath_text(buf.ptr);
}

static struct xpath_value fn_substring_before(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    const char *found = strstr(text, xpath_arg_text(call, 1));
    return xpath_text(found == NULL ? "" : arena_text_n(xpath_memory(call), text, (size_t)(found - text)));
}

static struct xpath_value fn_substring_after(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    const char *mark = xpath_arg_text(call, 1);
    const char *found = strstr(text, mark);
    return xpath_text(found == NULL ? "" : found + strlen(mark));
}

static struct xpath_value fn_contains(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    return xpath_truth(strstr(text, xpath_arg_text(call, 1)) != NULL);
}

static struct xpath_value fn_starts_with(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    return xpath_truth(text_starts(text, xpath_arg_text(call, 1)));
}

static struct xpath_value fn_ends_with(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    const char *end = xpath_arg_text(call, 1);
    size_t len = strlen(text), end_len = strlen(end);
    return xpath_truth(end_len <= len && strcmp(text + len - end_len, end) == 0);
}

static struct xpath_value fn_string_length(const struct xpath_call *call)
{
    return xpath_number((double)text_length(own_text(call)));
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct xpath_value fn_normalize_space(const struct xpath_call *call)
{
    const char *text = own_text(call);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), strlen(text));
    for (; *text != '\0'; text++) {
        if (!blank(*text))
            buf_char(&buf, *text);
        else if (buf.len > 0 && text[1] != '\0' && !blank(text[1]))
            buf_char(&buf, ' ');
    }
    return xpath_text(buf.ptr);
}

/* The place of the character at `at` among those of `set`; false when it is not there. */
static bool among(const char *set, const char *at, size_t len, size_t *index)
{
    for (*index = 0; *set != '\0'; (*index)++) {
        size_t own = character(set);
        if (own == len && memcmp(set, at, len) == 0)
            return true;
        set += own;
    }
    return false;
}

static struct xpath_value fn_translate(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    const char *from = xpath_arg_text(call, 1);
    const char *to = xpath_arg_text(call, 2);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), strlen(text));
    for (size_t len = character(text); len > 0 && xpath_spend(call->run, 1 + strlen(from) / 16);
         len = character(text)) {
        size_t index = 0;
        if (!among(from, text, len, &index)) {
            buf_add(&buf, text, len);
        } else {
            const char *other = skip_characters(to, index);
            buf_add(&buf, other, character(other));
        }
        text += len;
    }
    return xpath_text(buf.ptr);
}

static struct xpath_value fn_regex(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    bool matches = false;
    enum err result = pattern_match(xpath_memory(call), xpath_arg_text(call, 1), text, &matches);
    if (!xpath_spend(call->run, 5000 + strlen(text)))
        return xpath_text("");
    return result == OK ? xpath_truth(matches) : xpath_fail(call->run);
}

/* ---- answers of several choices: words parted by blanks ---- */

/* The word with number `wanted`, and how many there are up to it. */
static size_t find_word(const char *list, size_t wanted, const char **start, size_t *len)
{
    size_t count = 0;
    for (;;) {
        while (blank(*list))
            list++;
        if (*list == '\0')
            return count;
        *start = list;
        while (*list != '\0' && !blank(*list))
            list++;
        *len = (size_t)(list - *start);
        if (count++ == wanted)
            return count;
    }
}

static struct xpath_value fn_selected(const struct xpath_call *call)
{
    const char *list = xpath_arg_text(call, 0);
    const char *wanted = text_trim(xpath_memory(call), xpath_arg_text(call, 1));
    const char *word = NULL;
    size_t len = 0;
    while (find_word(list, 0, &word, &len) > 0 && xpath_spend(call->run, 1)) {
        if (strlen(wanted) == len && strncmp(word, wanted, len) == 0)
            return xpath_truth(true);
        list = word + len;
    }
    return xpath_truth(false);
}

static struct xpath_value fn_selected_at(const struct xpath_call *call)
{
    const char *list = xpath_arg_text(call, 0);
    double wanted = xpath_arg_number(call, 1);
    const char *word = NULL;
    size_t len = 0;
    if (!(wanted >= 0 && wanted < 1e6) || find_word(list, (size_t)wanted, &word, &len) != (size_t)wanted + 1)
        return xpath_text("");
    return xpath_text(arena_text_n(xpath_memory(call), word, len));
}

static struct xpath_value fn_count_selected(const struct xpath_call *call)
{
    const char *word = NULL;
    size_t len = 0;
    return xpath_number((double)find_word(xpath_arg_text(call, 0), SIZE_MAX, &word, &len));
}

static struct xpath_value fn_boolean_from_string(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    return xpath_truth(strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

/* A word of this many letters and digits that nobody can guess. */
static struct xpath_value random_word(const struct xpath_call *call, double length)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (!(length >= 0 && length <= WORD_MAX))
        return xpath_fail(call->run);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), (size_t)length);
    while (buf.len < (size_t)length) {
        uint8_t byte = 0;
        if (getrandom(&byte, 1, 0) != 1)
            BUG("no random bytes");
        if ((byte & 63) < sizeof letters - 1)
            buf_char(&buf, letters[byte & 63]);
    }
    return xpath_text(buf.ptr);
}

static struct xpath_value fn_uuid(const struct xpath_call *call)
{
    uint8_t b[16];
    if (call->count > 0)
        return random_word(call, trunc(xpath_arg_number(call, 0)));
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        BUG("no random bytes");
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), 36);
    for (size_t i = 0; i < sizeof b; i++)
        buf_format(&buf, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
    return xpath_text(buf.ptr);
}

static struct xpath_value fn_version(const struct xpath_call *call)
{
    const struct form *form = call->run->world->form;
    return xpath_text(form == NULL ? "" : form_version(form));
}

const struct xpath_function xpath_text_functions[] = {{"string", 0, 1, fn_string},
                                                      {"concat", 0, XPATH_ANY_NUMBER, fn_concat},
                                                      {"join", 1, XPATH_ANY_NUMBER, fn_join},
                                                      {"coalesce", 1, XPATH_ANY_NUMBER, fn_coalesce},
                                                      {"substr", 2, 3, fn_substr},
                                                      {"substring", 2, 3, fn_substring},
                                                      {"substring-before", 2, 2, fn_substring_before},
                                                      {"substring-after", 2, 2, fn_substring_after},
                                                      {"contains", 2, 2, fn_contains},
                                                      {"starts-with", 2, 2, fn_starts_with},
                                                      {"ends-with", 2, 2, fn_ends_with},
                                                      {"string-length", 0, 1, fn_string_length},
                                                      {"normalize-space", 0, 1, fn_normalize_space},
                                                      {"translate", 3, 3, fn_translate},
                                                      {"regex", 2, 2, fn_regex},
                                                      {"selected", 2, 2, fn_selected},
                                                      {"is-selected", 2, 2, fn_selected},
                                                      {"selected-at", 2, 2, fn_selected_at},
                                                      {"count-selected", 1, 1, fn_count_selected},
                                                      {"boolean-from-string", 1, 1, fn_boolean_from_string},
                                                      {"uuid", 0, 1, fn_uuid},
                                                      {"version", 0, 0, fn_version},
                                                      {0}};
