#include "platform/form/xpath.h"

#include "base/text.h"

#include <math.h>

struct xpath_value xpath_text(const char *text)
{
    return (struct xpath_value){.kind = XPATH_TEXT, .text = text};
}

struct xpath_value xpath_number(double number)
{
    return (struct xpath_value){.kind = XPATH_NUMBER, .number = number};
}

struct xpath_value xpath_truth(bool truth)
{
    return (struct xpath_value){.kind = XPATH_TRUTH, .truth = truth};
}

static void add_texts(struct buf *buf, const struct form_item *item)
{
    if (item->first == NULL)
        buf_text(buf, item->value);
    for (const struct form_item *child = item->first; child != NULL; child = child->next)
        if (child->relevant)
            add_texts(buf, child);
}

const char *xpath_item_text(struct arena *arena, const struct form_item *item)
{
    if (item->first == NULL)
        return item->value;
    struct buf buf;
    buf_init(&buf, arena, 0);
    add_texts(&buf, item);
    return buf.ptr;
}

const char *xpath_to_text(struct arena *arena, const struct xpath_value *value)
{
    switch (value->kind) {
    case XPATH_NUMBER: return xpath_print_number(arena, value->number);
    case XPATH_TRUTH: return value->truth ? "true" : "false";
    case XPATH_NODES: return value->count == 0 ? "" : xpath_item_text(arena, value->items[0]);
    case XPATH_TEXT: break;
    }
    return value->text;
}

double xpath_to_number(struct arena *arena, const struct xpath_value *value)
{
    if (value->kind == XPATH_NUMBER)
        return value->number;
    if (value->kind == XPATH_TRUTH)
        return value->truth ? 1 : 0;
    return xpath_parse_number(xpath_to_text(arena, value));
}

/* A question counts by its answer: an empty one is false. Plain XPath would say that it is there and so true. */
static bool any_filled(const struct xpath_value *nodes)
{
    for (size_t i = 0; i < nodes->count; i++)
        if (nodes->items[i]->first != NULL || nodes->items[i]->value[0] != '\0')
            return true;
    return false;
}

bool xpath_to_truth(const struct xpath_value *value)
{
    switch (value->kind) {
    case XPATH_NUMBER: return value->number != 0 && !isnan(value->number);
    case XPATH_TRUTH: return value->truth;
    case XPATH_NODES: return any_filled(value);
    case XPATH_TEXT: break;
    }
    return value->text[0] != '\0';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Copies a plain decimal number ("-12,5 ") into `out` with a point; false when the text is none. */
static bool plain_number(const char *text, char *out, size_t size)
{
    size_t len = 0;
    bool any = false, point = false;
    while (blank(*text))
        text++;
    if (*text == '-')
        out[len++] = *text++;
    for (; digit(*text) || (!point && (*text == '.' || *text == ',')); text++) {
        if (len + 1 >= size)
            return false;
        any = any || digit(*text);
        point = point || !digit(*text);
        out[len++] = digit(*text) ? *text : '.';
    }
    out[len] = '\0';
    while (blank(*text))
        text++;
    return any && *text == '\0';
}

/* As Java and JavaScript print what is very large or very small: "1.0E-5", "1e-7", "1e+21". People write no such numbers,
 * and XPath has none, so "1e3" is none. */
static bool printed_number(const char *text, double *out)
{
    const char *at = text + (*text == '-');
    bool digits = digit(*at);
    at += strspn(at, "0123456789");
    if (*at == '.')
        at += 1 + strspn(at + 1, "0123456789");
    bool java = *at == 'E', script = *at == 'e' && (at[1] == '-' || at[1] == '+');
    if (!digits || (!java && !script))
        return false;
    at += at[1] == '-' || at[1] == '+' ? 2 : 1;
    size_t len = strspn(at, "0123456789");
    if (len == 0 || len > 3 || at[len] != '\0')
        return false;
    *out = strtod(text, NULL);
    return true;
}

double xpath_parse_number(const char *text)
{
    char plain[400];
    double printed = 0;
    struct xpath_moment moment;
    if (plain_number(text, plain, sizeof plain))
        return strtod(plain, NULL);
    if (printed_number(text, &printed))
        return printed;
    return xpath_parse_moment(text, &moment) ? xpath_moment_days(&moment) : (double)NAN;
}

/* Lays out the digits of "d.ddde+XX" without the exponent. */
static const char *without_exponent(struct arena *arena, const char *scientific)
{
    char digits[32] = "";
    size_t count = 0;
    const char *at = scientific;
    bool minus = *at == '-';
    for (; *at != 'e' && *at != '\0'; at++)
        if (digit(*at) && count < sizeof digits - 1)
            digits[count++] = *at;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    long exponent = *at == 'e' ? strtol(at + 1, NULL, 10) : 0;
    struct buf buf;
    buf_init(&buf, arena, 32);
    if (minus)
        buf_char(&buf, '-');
    if (exponent < 0)
        buf_text(&buf, "0.");
    for (long zero = -1; zero > exponent; zero--)
        buf_char(&buf, '0');
    for (long i = 0; i < (long)count || i <= exponent; i++) {
        if (i == exponent + 1 && exponent >= 0)
            buf_char(&buf, '.');
        buf_char(&buf, i < (long)count ? digits[i] : '0');
    }
    return buf.ptr;
}

const char *xpath_print_number(struct arena *arena, double number)
{
    if (isnan(number))
        return "NaN";
    if (isinf(number))
        return number > 0 ? "Infinity" : "-Infinity";
    if (number == 0)
        return "0";
    char text[40] = "";
    for (int digits = 14; digits <= 16; digits++) {
        (void)snprintf(text, sizeof text, "%.*e", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return without_exponent(arena, text);
}
