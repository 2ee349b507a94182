/* Opening the names of candidates, judging how close they are, and putting the best first. */
#include "case/person/internal.h"

#include "base/id.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPENED_MOST = 120, /* names opened for one search */
    SOUND_LEAST = 62,  /* what was found by sound alone must be at least so close */
    LINES_MOST = 8,    /* of names, and of phones, when looking for the same person */
    DUPLICATES_MOST = 20
};

/* What is looked for. */
struct looked {
    const char *text;
    const char *plain;
    bool phone; /* a line of phones */
};

/* A candidate with its names opened. */
struct opened {
    const struct candidate *candidate;
    struct person_card_row row;
    const char *given, *family;
    const char *name;
    const char *aliases;
    const char *phones;
    /* how it answers what is looked for */
    int close;
    const char *reason;
    const char *matched;
};

/* ---- lines ---- */

static const char *line_next(struct arena *arena, const char **rest)
{
    while (!text_empty(*rest)) {
        size_t len = strcspn(*rest, "\n");
        const char *line = text_trim(arena, arena_text_n(arena, *rest, len));
        *rest += len + ((*rest)[len] == '\n');
        if (line[0] != '\0')
            return line;
    }
    return NULL;
}

static const char *name_of(struct arena *arena, const char *given, const char *family)
{
    return text_trim(arena, arena_format(arena, "%s %s", given, family));
}

/* ---- opening ---- */

static enum err open_names(struct req *r, const struct case_keys *keys, int64_t case_id, struct opened *out)
{
    const struct {
        const char *column;
        struct bytes sealed;
        const char **text;
    } columns[] = {
        {"given", out->row.given, &out->given},
        {"family", out->row.family, &out->family},
        {"aliases", out->row.aliases, &out->aliases},
        {"phones", out->row.phones, &out->phones},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct case_value value = {r->org, case_id, PART_PERSON, person_place(columns[i].column, case_id)};
        TRY(record_open_text(r->db, r->arena, keys, &value, columns[i].sealed, columns[i].text));
    }
    out->name = name_of(r->arena, out->given, out->family);
    return OK;
}

static struct person_card_in card_of(const struct req *r, const struct candidate *candidate)
{
    return (struct person_card_in){
        .org = r->org, .case_id = candidate->case_id, .holder = candidate->holder, .now = r->now};
}

/* The candidates whose names will be opened: how many of the first. */
static size_t opened_of(const struct finding *f)
{
    size_t some = f->count < OPENED_MOST ? f->count : OPENED_MOST;
    for (size_t i = 0; i < some; i++) {
        struct person_card_in in = card_of(f->r, &f->items[i]);
        person_card_ahead(f->r->db, &in);
    }
    return some;
}

/* ERR_NOT_FOUND: the person does not hold the names of this case (any more), or must never see it. */
static enum err open_candidate(struct req *r, const struct candidate *candidate, struct opened *out)
{
    struct person_card_in in = card_of(r, candidate);
    struct case_keys keys;
    *out = (struct opened){.candidate = candidate, .reason = "", .matched = ""};
    TRY(person_card(r->db, r->arena, &in, &out->row));
    TRY(record_open_keys(r, candidate->holder, candidate->case_id, out->row.wrapped, &keys));
    enum err result = open_names(r, &keys, candidate->case_id, out);
    seal_wipe(&keys, sizeof keys);
    return result;
}

/* ---- judging ---- */

static int line_close(struct arena *arena, const struct looked *looked, const char *line)
{
    return person_closeness(looked->plain, seal_name_plain(arena, line), seal_name_alike(arena, looked->text, line));
}

static const char *reason_for(int close, bool alias)
{
    if (close == PERSON_CLOSE_SAME)
        return alias ? "same_alias" : "same_name";
    if (close == PERSON_CLOSE_PART)
        return alias ? "part_alias" : "part_name";
    return alias ? "similar_alias" : "similar_name";
}

static void judge_phones(struct arena *arena, const struct looked *looked, struct opened *opened)
{
    const char *rest = opened->phones;
    for (const char *line = line_next(arena, &rest); line != NULL; line = line_next(arena, &rest)) {
        if (!person_phone_same(looked->text, line))
            continue;
        opened->close = PERSON_CLOSE_SAME;
        opened->reason = "same_phone";
        opened->matched = line;
        return;
    }
}

/* The best of the name, the aliases, and everything together (a given name with an alias). */
static void judge_names(struct arena *arena, const struct looked *looked, struct opened *opened)
{
    int close = line_close(arena, looked, opened->name);
    if (close > opened->close) {
        opened->close = close;
        opened->reason = reason_for(close, false);
        opened->matched = "";
    }
    const char *rest = opened->aliases;
    for (const char *line = line_next(arena, &rest); line != NULL; line = line_next(arena, &rest)) {
        close = line_close(arena, looked, line);
        if (close <= opened->close)
            continue;
        opened->close = close;
        opened->reason = reason_for(close, true);
        opened->matched = line;
    }
}

static void judge_opened(struct arena *arena, const struct looked *looked, struct opened *opened)
{
    judge_phones(arena, looked, opened);
    if (!looked->phone && opened->close < PERSON_CLOSE_SAME)
        judge_names(arena, looked, opened);
}

static int by_closeness(const void *a, const void *b)
{
    const struct opened *x = a;
    const struct opened *y = b;
    if (x->close != y->close)
        return x->close > y->close ? -1 : 1;
    if (x->row.status[0] != y->row.status[0]) /* open before closed */
        return x->row.status[0] > y->row.status[0] ? -1 : 1;
    return (x->candidate->case_id < y->candidate->case_id) - (x->candidate->case_id > y->candidate->case_id);
}

/* ---- answering ---- */

static enum err hit_of(struct req *r, const struct opened *opened, struct maybe birth_year, struct person_hit *out)
{
    const struct person_card_row *row = &opened->row;
    *out = (struct person_hit){
        .case_id = opened->candidate->case_id,
        .reference = row->reference,
        .status = row->status,
        .name = opened->name,
        .matched = opened->matched,
        .reason = opened->reason,
        .birth_near = person_birth_near(birth_year, row->birth_year),
        .birth_year = row->birth_year,
        .manager = row->manager,
        .alike = opened->close,
    };
    return record_open_name(r, opened->candidate->holder, opened->candidate->case_id, row->wrapped, row->pseudonym,
                            &out->pseudonym);
}

static enum err hits_of(struct req *r, const struct opened *opened, size_t count, struct maybe birth_year,
                        struct person_hit *hits)
{
    for (size_t i = 0; i < count; i++)
        TRY(hit_of(r, &opened[i], birth_year, &hits[i]));
    return OK;
}

static struct looked looked_for(struct arena *arena, const char *line, bool phone)
{
    return (struct looked){.text = line, .plain = seal_name_plain(arena, line), .phone = phone};
}

/* What was found by letters counts however short the query is; what was found by sound must really be alike. */
static bool is_hit(const struct opened *opened)
{
    return opened->candidate->strength > 1 || opened->close >= SOUND_LEAST;
}

static enum err search_names(struct req *r, const char *query, struct opened **out, size_t *count, bool *more)
{
    struct finding f;
    struct looked looked = looked_for(r->arena, query, false);
    TRY(find_begin(r, &f));
    TRY(find_line(&f, query));
    size_t some = opened_of(&f);
    struct opened *opened = ARENA_ARRAY(r->arena, struct opened, some + 1);
    size_t kept = 0;
    for (size_t i = 0; i < some; i++) {
        enum err found = open_candidate(r, &f.items[i], &opened[kept]);
        if (found == ERR_NOT_FOUND)
            continue;
        TRY(found);
        judge_opened(r->arena, &looked, &opened[kept]);
        kept += is_hit(&opened[kept]);
    }
    qsort(opened, kept, sizeof *opened, by_closeness);
    *more = f.more || f.count > some || kept > PERSON_HITS_MAX;
    *count = kept < PERSON_HITS_MAX ? kept : PERSON_HITS_MAX;
    *out = opened;
    return OK;
}

/* ---- by reference ---- */

static const char *reference_form(struct arena *arena, const char *query)
{
    char *text = text_trim(arena, query);
    for (char *at = text; *at != '\0'; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    return text;
}

static enum err hit_by_reference(struct req *r, const struct person_by_reference_row *row, const char *reference,
                                 struct person_hit *out)
{
    struct case_keys keys;
    struct person person = {.given = "", .family = ""};
    TRY(record_open_keys(r, row->holder, row->case_id, row->wrapped, &keys));
    enum err result = OK;
    if ((keys.parts & PART_BIT(PART_PERSON)) != 0) /* who does not hold the name finds the case by its number alone */
        result = person_of_case(r->db, r->arena, r->org, row->case_id, &keys, &person);
    seal_wipe(&keys, sizeof keys);
    TRY(result);
    struct person_hit hit = {.case_id = row->case_id,
                             .reference = reference,
                             .status = row->status,
                             .name = name_of(r->arena, person.given, person.family),
                             .matched = reference,
                             .reason = "reference",
                             .birth_year = row->birth_year,
                             .manager = row->manager,
                             .alike = PERSON_CLOSE_SAME};
    TRY(record_open_name(r, row->holder, row->case_id, row->wrapped, row->pseudonym, &hit.pseudonym));
    *out = hit;
    return OK;
}

/* One hit, or none when nobody of ours holds such a case. */
static enum err search_reference(struct req *r, const char *query, struct person_hit *hit, size_t *count)
{
    struct person_by_reference_row *rows;
    size_t holders;
    const char *reference = reference_form(r->arena, query);
    *count = 0;
    TRY(person_by_reference(r->db, r->arena, &(struct person_by_reference_in){.org = r->org, .reference = reference},
                            &rows, &holders));
    for (size_t i = 0; i < holders && *count == 0; i++) {
        enum err result = hit_by_reference(r, &rows[i], reference, hit);
        if (result == ERR_NOT_FOUND)
            continue;
        TRY(result);
        *count = 1;
    }
    return OK;
}

enum err person_search(struct req *r, const char *query, struct person_hit **out, size_t *count, bool *more)
{
    struct opened *opened = NULL;
    size_t found = 0;
    bool others = false;
    struct person_hit *hits = ARENA_ARRAY(r->arena, struct person_hit, PERSON_HITS_MAX);
    if (reference_check(query)) {
        TRY(search_reference(r, query, hits, &found));
    } else {
        TRY(search_names(r, query, &opened, &found, &others));
        TRY(hits_of(r, opened, found, (struct maybe){0}, hits));
    }
    if (more != NULL)
        *more = others;
    *out = hits;
    *count = found;
    return OK;
}

/* ---- the same person? ---- */

struct lines {
    struct looked items[2 * LINES_MOST];
    size_t count;
};

static enum err look_for_lines(struct finding *f, const char *text, bool phone, struct lines *lines)
{
    size_t most = lines->count + LINES_MOST;
    const char *rest = text;
    for (const char *line = line_next(f->r->arena, &rest); line != NULL && lines->count < most;
         line = line_next(f->r->arena, &rest)) {
        lines->items[lines->count++] = looked_for(f->r->arena, line, phone);
        TRY(find_line(f, line));
    }
    return OK;
}

static bool judge_maybe(struct arena *arena, const struct lines *lines, struct maybe birth_year, struct opened *opened)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->items[i].phone)
            judge_phones(arena, &lines->items[i], opened);
    bool phone = opened->close > 0;
    for (size_t i = 0; i < lines->count && opened->close < PERSON_CLOSE_SAME; i++)
        if (!lines->items[i].phone)
            judge_names(arena, &lines->items[i], opened);
    return person_is_maybe(opened->close, phone, birth_year, opened->row.birth_year);
}

enum err person_duplicates(struct req *r, const char *names, const char *phones, struct maybe birth_year,
                           struct person_hit **out, size_t *count)
{
    struct finding f;
    struct lines lines = {.count = 0};
    size_t kept = 0;
    TRY(find_begin(r, &f));
    TRY(look_for_lines(&f, phones, true, &lines));
    TRY(look_for_lines(&f, names, false, &lines));
    if (birth_year.has && names != NULL)
        TRY(find_any_word(&f, names));
    size_t some = opened_of(&f);
    struct opened *opened = ARENA_ARRAY(r->arena, struct opened, some + 1);
    for (size_t i = 0; i < some; i++) {
        enum err found = open_candidate(r, &f.items[i], &opened[kept]);
        if (found == ERR_NOT_FOUND)
            continue;
        TRY(found);
        kept += judge_maybe(r->arena, &lines, birth_year, &opened[kept]);
    }
    qsort(opened, kept, sizeof *opened, by_closeness);
    kept = kept < DUPLICATES_MOST ? kept : DUPLICATES_MOST;
    struct person_hit *hits = ARENA_ARRAY(r->arena, struct person_hit, kept);
    TRY(hits_of(r, opened, kept, birth_year, hits));
    *out = hits;
    *count = kept;
    return OK;
}
