#include "case/assess/rules.h"

#include "base/text.h"
#include "base/time.h"

#include <string.h>

static const char *const AREAS[MATRIX_AREAS] = {"safety",   "physical_health", "mental_health", "social_functioning",
                                                "material", "legal",           "education",     "family"};

const char *assess_next_review(struct arena *arena, const char *set, const char *today, const struct assess_due *dues,
                               size_t count)
{
    const char *next = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *due = dues[i].on == NULL ? NULL : date_add(arena, dues[i].on, dues[i].days);
        if (due != NULL && (next == NULL || strcmp(due, next) < 0))
            next = due;
    }
    if (next == NULL)
        return set;
    return strcmp(set, today) > 0 && strcmp(set, next) < 0 ? set : next;
}

const char *assess_alert_of(const char *fact, const char *value)
{
    return text_same(fact, "safety.immediate_danger") && text_same(value, "yes") ? "immediate_danger" : NULL;
}

bool assess_is_risk(const char *value)
{
    return text_same(value, "low") || text_same(value, "medium") || text_same(value, "high");
}

int assess_score(const char *value)
{
    return value[0] >= '0' && value[0] <= '4' && value[1] == '\0' ? value[0] - '0' : -1;
}

/* ---- matrix ---- */

static int area_of(const char *fact)
{
    for (int i = 0; text_starts(fact, "need.") && i < MATRIX_AREAS; i++) {
        if (text_same(fact + strlen("need."), AREAS[i]))
            return i;
    }
    return -1;
}

static struct matrix_cell cell_of(const char *value)
{
    int score = assess_score(value);
    const char *gap = text_same(value, "declined") ? "declined" : "not_asked";
    return (struct matrix_cell){.score = score, .gap = score >= 0 ? NULL : gap};
}

size_t assess_fact_uses(const char *fact, const char *destination, const char *out[FACT_USES_MAX])
{
    size_t count = 0;
    bool of_cases = destination[0] == '\0' || text_same(destination, "assessment");
    if (!of_cases) {
        out[0] = text_same(destination, "referral") && text_starts(fact, "referral.") ? "referral" : "none";
        return 1;
    }
    if (text_same(fact, "case.code") && destination[0] != '\0') {
        out[0] = "code";
        return 1;
    }
    if (text_same(fact, "risk.level")) {
        out[count++] = "risk";
        out[count++] = "review";
        out[count++] = "reports";
    } else if (assess_alert_of(fact, "yes") != NULL) {
        out[count++] = "alert";
    } else if (area_of(fact) >= 0) {
        out[count++] = "matrix";
        out[count++] = "plan";
    }
    out[count++] = "kept";
    return count;
}

/* The assessments in `rows`, the latest first; the number of those that fit. */
static size_t matrix_columns(const struct assess_scored *rows, size_t count,
                             const struct assess_scored *first[MATRIX_COLUMNS])
{
    size_t columns = 0;
    for (size_t i = 0; i < count; i++) {
        if (columns > 0 && first[columns - 1]->assessment == rows[i].assessment)
            continue;
        if (columns == MATRIX_COLUMNS)
            break;
        first[columns++] = &rows[i];
    }
    return columns;
}

static enum matrix_change change_of(const struct matrix_row *row, size_t columns)
{
    int last = -1;
    int before = -1;
    for (size_t i = columns; i > 0 && before < 0; i--) {
        int score = row->cells[i - 1].score;
        if (score < 0)
            continue;
        if (last < 0)
            last = score;
        else
            before = score;
    }
    if (before < 0)
        return MATRIX_NONE;
    return last < before ? MATRIX_BETTER : last > before ? MATRIX_WORSE : MATRIX_SAME;
}

void assess_matrix_build(const struct assess_scored *rows, size_t count, struct matrix *out)
{
    const struct assess_scored *first[MATRIX_COLUMNS];
    *out = (struct matrix){.columns = matrix_columns(rows, count, first)};
    for (size_t i = 0; i < out->columns; i++) {
        out->dates[i] = first[out->columns - 1 - i]->on;
        out->assessments[i] = first[out->columns - 1 - i]->assessment;
    }
    for (size_t area = 0; area < MATRIX_AREAS; area++) {
        out->rows[area].area = AREAS[area];
        for (size_t i = 0; i < MATRIX_COLUMNS; i++)
            out->rows[area].cells[i] = (struct matrix_cell){.score = -1, .gap = "not_asked"};
    }
    for (size_t i = 0; i < count; i++) {
        int area = area_of(rows[i].fact);
        for (size_t column = 0; area >= 0 && column < out->columns; column++) {
            if (out->assessments[column] == rows[i].assessment)
                out->rows[area].cells[column] = cell_of(rows[i].value);
        }
    }
    for (size_t area = 0; area < MATRIX_AREAS; area++)
        out->rows[area].change = change_of(&out->rows[area], out->columns);
}
