#include "platform/form/functions.h"

#include <math.h>
#include <sys/random.h>

/* Without an argument: where we stand. */
static struct xpath_value fn_number(const struct xpath_call *call)
{
    return xpath_number(call->count == 0 ? xpath_parse_number(xpath_own_text(call)) : xpath_arg_number(call, 0));
}

static struct xpath_value fn_int(const struct xpath_call *call)
{
    return xpath_number(trunc(xpath_arg_number(call, 0)));
}

/* Halves go away from zero. What looks like a half may be a little less (2.15 is 2.1499999999999999). Above zero it goes up
 * all the same, as in every engine; below zero engines disagree, and the number itself decides. */
static double round_half(double value, double scale, bool up)
{
    double scaled = up ? value * scale : value / scale;
    if (!isfinite(scaled))
        return value;
    double rest = up ? fma(value, scale, -scaled) : 0;
    double rounded = round(scaled);
    if (scaled < 0 && trunc(scaled) - scaled == 0.5 && rest > 0)
        rounded = trunc(scaled);
    return up ? rounded / scale : rounded * scale;
}

static struct xpath_value fn_round(const struct xpath_call *call)
{
    double value = xpath_arg_number(call, 0);
    double places = call->count > 1 ? trunc(xpath_arg_number(call, 1)) : 0;
    if (isnan(places))
        return xpath_number((double)NAN);
    if (!isfinite(value) || places > 300)
        return xpath_number(value);
    if (places < -300)
        return xpath_number(0);
    return xpath_number(round_half(value, pow(10, fabs(places)), places > 0));
}

#define ONE_NUMBER(name, function)                                \
    static struct xpath_value name(const struct xpath_call *call) \
    {                                                             \
        return xpath_number(function(xpath_arg_number(call, 0))); \
    }
ONE_NUMBER(fn_floor, floor)
ONE_NUMBER(fn_ceiling, ceil)
ONE_NUMBER(fn_abs, fabs)
ONE_NUMBER(fn_sqrt, sqrt)
ONE_NUMBER(fn_exp, exp)
ONE_NUMBER(fn_log, log)
ONE_NUMBER(fn_log10, log10)
ONE_NUMBER(fn_sin, sin)
ONE_NUMBER(fn_cos, cos)
ONE_NUMBER(fn_tan, tan)
ONE_NUMBER(fn_asin, asin)
ONE_NUMBER(fn_acos, acos)
ONE_NUMBER(fn_atan, atan)

static struct xpath_value fn_exp10(const struct xpath_call *call)
{
    return xpath_number(pow(10, xpath_arg_number(call, 0)));
}

static struct xpath_value fn_pow(const struct xpath_call *call)
{
    double base = xpath_arg_number(call, 0);
    return xpath_number(pow(base, xpath_arg_number(call, 1)));
}

static struct xpath_value fn_atan2(const struct xpath_call *call)
{
    double y = xpath_arg_number(call, 0);
    return xpath_number(atan2(y, xpath_arg_number(call, 1)));
}

static struct xpath_value fn_pi(const struct xpath_call *call)
{
    (void)call;
    return xpath_number(M_PI);
}

static struct xpath_value fn_random(const struct xpath_call *call)
{
    (void)call;
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        BUG("no random bytes");
    return xpath_number((double)(bits >> 11) / 9007199254740992.0);
}

/* ---- many numbers ---- */

enum fold { FOLD_SUM, FOLD_LEAST, FOLD_MOST };

static double folded(enum fold fold, double left, double right)
{
    if (fold == FOLD_SUM)
        return left + right;
    if (isnan(left) || isnan(right))
        return (double)NAN;
    return fold == FOLD_LEAST ? fmin(left, right) : fmax(left, right);
}

/* Questions without an answer do not count; without any number at all the result is `none`. */
static struct xpath_value fold_numbers(const struct xpath_call *call, enum fold fold, double none)
{
    bool any = false;
    double result = none;
    for (size_t i = 0; i < call->count; i++) {
        struct xpath_value value = xpath_arg(call, i);
        size_t count = value.kind == XPATH_NODES ? value.count : 1;
        for (size_t j = 0; j < count && xpath_spend(call->run, 1); j++) {
            struct arena *arena = call->run->world->arena;
            const char *text = value.kind == XPATH_NODES ? xpath_item_text(arena, value.items[j]) : "-";
            if (text[0] == '\0')
                continue;
            double number = value.kind == XPATH_NODES ? xpath_parse_number(text) : xpath_to_number(arena, &value);
            result = any ? folded(fold, result, number) : number;
            any = true;
        }
    }
    return xpath_number(result);
}

static struct xpath_value fn_sum(const struct xpath_call *call)
{
    return fold_numbers(call, FOLD_SUM, 0);
}

static struct xpath_value fn_min(const struct xpath_call *call)
{
    return fold_numbers(call, FOLD_LEAST, (double)NAN);
}

static struct xpath_value fn_max(const struct xpath_call *call)
{
    return fold_numbers(call, FOLD_MOST, (double)NAN);
}

/* ---- truth ---- */

static struct xpath_value fn_boolean(const struct xpath_call *call)
{
    return xpath_truth(xpath_arg_truth(call, 0));
}

static struct xpath_value fn_not(const struct xpath_call *call)
{
    return xpath_truth(!xpath_arg_truth(call, 0));
}

static struct xpath_value fn_true(const struct xpath_call *call)
{
    (void)call;
    return xpath_truth(true);
}

static struct xpath_value fn_false(const struct xpath_call *call)
{
    (void)call;
    return xpath_truth(false);
}

static struct xpath_value fn_if(const struct xpath_call *call)
{
    return xpath_arg(call, xpath_arg_truth(call, 0) ? 1 : 2);
}

/* Least and most, where -1 stands for no bound. */
static struct xpath_value within(const struct xpath_call *call, double score)
{
    double least = xpath_arg_number(call, 0);
    double most = xpath_arg_number(call, 1);
    return xpath_truth((least == -1 || score >= least) && (most == -1 || score <= most));
}

/* Is the answer at this place of a set, or a value that is no set, true? */
static bool is_true_at(const struct xpath_value *value, size_t at)
{
    struct xpath_value one = *value;
    if (value->kind == XPATH_NODES) {
        one.items = value->items + at;
        one.count = 1;
    }
    return xpath_to_truth(&one);
}

static size_t answers_in(const struct xpath_value *value)
{
    return value->kind == XPATH_NODES ? value->count : 1;
}

/* checklist(least, most, answer, ...): a set of nodes is as many answers. */
static struct xpath_value fn_checklist(const struct xpath_call *call)
{
    double score = 0;
    for (size_t i = 2; i < call->count; i++) {
        struct xpath_value value = xpath_arg(call, i);
        for (size_t j = 0; j < answers_in(&value) && xpath_spend(call->run, 1); j++)
            score += is_true_at(&value, j) ? 1 : 0;
    }
    return within(call, score);
}

static double weight_at(const struct xpath_call *call, const struct xpath_value *weights, size_t at)
{
    struct arena *arena = xpath_memory(call);
    if (weights->kind != XPATH_NODES)
        return xpath_to_number(arena, weights);
    return at < weights->count ? xpath_parse_number(xpath_item_text(arena, weights->items[at])) : (double)NAN;
}

/* weighted-checklist(least, most, answer, weight, ...): of two sets, each answer has the weight at its place. */
static struct xpath_value fn_weighted_checklist(const struct xpath_call *call)
{
    double score = 0;
    for (size_t i = 2; i + 1 < call->count; i += 2) {
        struct xpath_value value = xpath_arg(call, i), weights = xpath_arg(call, i + 1);
        for (size_t j = 0; j < answers_in(&value) && xpath_spend(call->run, 1); j++)
            if (is_true_at(&value, j))
                score += weight_at(call, &weights, j);
    }
    return within(call, score);
}

const struct xpath_function xpath_number_functions[] = {
    {"number", 0, 1, fn_number},
    {"int", 1, 1, fn_int},
    {"round", 1, 2, fn_round},
    {"floor", 1, 1, fn_floor},
    {"ceiling", 1, 1, fn_ceiling},
    {"abs", 1, 1, fn_abs},
    {"sqrt", 1, 1, fn_sqrt},
    {"exp", 1, 1, fn_exp},
    {"exp10", 1, 1, fn_exp10},
    {"log", 1, 1, fn_log},
    {"log10", 1, 1, fn_log10},
    {"sin", 1, 1, fn_sin},
    {"cos", 1, 1, fn_cos},
    {"tan", 1, 1, fn_tan},
    {"asin", 1, 1, fn_asin},
    {"acos", 1, 1, fn_acos},
    {"atan", 1, 1, fn_atan},
    {"atan2", 2, 2, fn_atan2},
    {"pow", 2, 2, fn_pow},
    {"pi", 0, 0, fn_pi},
    {"random", 0, 0, fn_random},
    {"sum", 1, 1, fn_sum},
    {"min", 1, XPATH_ANY_NUMBER, fn_min},
    {"max", 1, XPATH_ANY_NUMBER, fn_max},
    {"boolean", 1, 1, fn_boolean},
    {"not", 1, 1, fn_not},
    {"true", 0, 0, fn_true},
    {"false", 0, 0, fn_false},
    {"if", 3, 3, fn_if},
    {"checklist", 2, XPATH_ANY_NUMBER, fn_checklist},
    {"weighted-checklist", 2, XPATH_ANY_NUMBER, fn_weighted_checklist},
    {0}};
