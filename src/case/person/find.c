/* From the words of a search to the cases that may be meant, in bounded steps: a word costs the same whether an organisation has
 * a thousand cases or a million.
 *
 * Step 1: all words as they are written or begun, by the rarest one, the others checked beside it. Step 2, unless step 1 gave plenty:
 * by the sounds of the rarest word, each candidate then judged by its own tokens; and when there were too many to look at, once
 * more with a slip in one word only. */
#include "case/person/internal.h"

#include <stdlib.h>

enum {
    COUNT_BOUND = 4000, /* beyond this, how many there are makes no difference */
    STEP_ROWS = 120,    /* from one token and one holder */
    PLENTY = PERSON_HITS_MAX + 10,
    ENOUGH = 10,      /* found as written: slips of more common words are not looked for */
    SLIP_ROWS = 6000, /* that all tokens of the last step may have together */
    STRONG_MOST = 2,  /* a word's own token and that of its beginning; or that of its digits */
    WORDS_MOST = 6    /* of the query; what follows is judged by closeness alone */
};

struct wanted {
    const struct name_query_word *tokens;
    int64_t strong[STRONG_MOST];
    size_t strong_count;
    int64_t rarity; /* how many cases have one of the strong tokens, at most */
};

enum err find_begin(struct req *r, struct finding *f)
{
    *f = (struct finding){.r = r, .items = ARENA_ARRAY(r->arena, struct candidate, PERSON_CANDIDATES_MAX)};
    for (size_t i = 0; i < r->who->team_count && i + 1 < PERSON_HOLDERS_MAX; i++)
        f->holders[f->holder_count++] = r->who->teams[i].team;
    f->holders[f->holder_count++] = r->who->account;
    for (size_t i = 0; i < f->holder_count; i++) {
        struct person_held_count_some_row row;
        TRY(person_held_count_some(
            r->db, r->arena,
            &(struct person_held_count_some_in){.org = r->org, .holder = f->holders[i], .limit = COUNT_BOUND}, &row));
        f->held[i] = row.count;
    }
    return OK;
}

static bool has_candidate(const struct finding *f, int64_t case_id)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].case_id == case_id)
            return true;
    return false;
}

static struct person_token_count_some_in counting(const struct req *r, int64_t token)
{
    return (struct person_token_count_some_in){.org = r->org, .token = token, .limit = COUNT_BOUND};
}

static enum err count_token(struct req *r, int64_t token, int64_t *count)
{
    struct person_token_count_some_in in = counting(r, token);
    struct person_token_count_some_row row;
    TRY(person_token_count_some(r->db, r->arena, &in, &row));
    *count = row.count;
    return OK;
}

/* ---- one token ---- */

struct others {
    int64_t tokens[2][STRONG_MOST]; /* 0: no such word */
};

static struct person_find_by_token_in from_token(const struct finding *f, size_t holder, int64_t token,
                                                 const struct others *also)
{
    return (struct person_find_by_token_in){.org = f->r->org,
                                            .token = token,
                                            .holder = f->holders[holder],
                                            .second_a = also->tokens[0][0],
                                            .second_b = also->tokens[0][1],
                                            .third_a = also->tokens[1][0],
                                            .third_b = also->tokens[1][1],
                                            .limit = STEP_ROWS};
}

static struct person_find_by_holder_in from_holder(const struct person_find_by_token_in *in)
{
    return (struct person_find_by_holder_in){in->org,      in->token,   in->holder,  in->second_a,
                                             in->second_b, in->third_a, in->third_b, in->limit};
}

static enum err held_with(struct finding *f, size_t holder, int64_t token, bool fewer_held, const struct others *also)
{
    struct req *r = f->r;
    struct person_find_by_token_row *rows = NULL;
    size_t count = 0;
    struct person_find_by_token_in in = from_token(f, holder, token, also);
    if (fewer_held) {
        struct person_find_by_holder_in from = from_holder(&in);
        struct person_find_by_holder_row *held = NULL;
        TRY(person_find_by_holder(r->db, r->arena, &from, &held, &count));
        rows = ARENA_ARRAY(r->arena, struct person_find_by_token_row, count);
        for (size_t i = 0; i < count; i++)
            rows[i].case_id = held[i].case_id;
    } else {
        TRY(person_find_by_token(r->db, r->arena, &in, &rows, &count));
    }
    f->more |= count == STEP_ROWS;
    for (size_t i = 0; i < count; i++) {
        if (has_candidate(f, rows[i].case_id))
            continue;
        if (f->count == PERSON_CANDIDATES_MAX) {
            f->more = true;
            break;
        }
        f->items[f->count++] = (struct candidate){.case_id = rows[i].case_id, .holder = f->holders[holder]};
    }
    return OK;
}

/* Asks ahead what gathering a token will ask, where that is of use; its count is known by then. */
static enum err gather_ahead(struct finding *f, int64_t token, const struct others *also, const int64_t *budget)
{
    struct db *db = f->r->db;
    int64_t count = 0;
    if (!db_foresees(db))
        return OK;
    TRY(count_token(f->r, token, &count));
    for (size_t i = 0; count > 0 && (budget == NULL || count <= *budget) && i < f->holder_count; i++) {
        struct person_find_by_token_in in = from_token(f, i, token, also);
        struct person_find_by_holder_in from = from_holder(&in);
        if (f->held[i] >= count)
            person_find_by_token_ahead(db, &in);
        else if (f->held[i] > 0)
            person_find_by_holder_ahead(db, &from);
    }
    return OK;
}

/* Takes what it may cost from `budget` (NULL: no matter), and leaves out what is too common for it. */
static enum err gather(struct finding *f, int64_t token, const struct others *also, int64_t *budget)
{
    int64_t count = 0;
    TRY(count_token(f->r, token, &count));
    if (budget != NULL && count > *budget) {
        f->more = true;
        return OK;
    }
    if (budget != NULL)
        *budget -= count;
    for (size_t i = 0; count > 0 && i < f->holder_count; i++)
        if (f->held[i] > 0)
            TRY(held_with(f, i, token, f->held[i] < count, also));
    return OK;
}

/* ---- all words ---- */

static void count_ahead(struct req *r, const struct name_query_word *word)
{
    for (size_t i = 0; i < word->count; i++) {
        struct person_token_count_some_in in = counting(r, word->tokens[i].token);
        person_token_count_some_ahead(r->db, &in);
    }
}

static enum err weigh(struct req *r, const struct name_query_word *tokens, struct wanted *out)
{
    struct wanted word = {.tokens = tokens};
    for (size_t i = 0; i < tokens->count && word.strong_count < STRONG_MOST; i++) {
        int64_t count = 0;
        if (tokens->tokens[i].kind == TOKEN_SOUND)
            continue;
        TRY(count_token(r, tokens->tokens[i].token, &count));
        word.strong[word.strong_count++] = tokens->tokens[i].token;
        word.rarity += count;
    }
    *out = word;
    return OK;
}

static int by_rarity(const void *a, const void *b)
{
    const struct wanted *x = a;
    const struct wanted *y = b;
    return (x->rarity > y->rarity) - (x->rarity < y->rarity);
}

static enum err words_of(struct finding *f, const char *line, struct wanted **out, size_t *count)
{
    struct name_query_word *lists = NULL;
    size_t all = seal_name_query(f->r->arena, &f->r->who->search, line, &lists);
    size_t some = all < WORDS_MOST ? all : WORDS_MOST;
    struct wanted *words = ARENA_ARRAY(f->r->arena, struct wanted, some);
    for (size_t i = 0; i < some; i++)
        count_ahead(f->r, &lists[i]);
    for (size_t i = 0; i < some; i++)
        TRY(weigh(f->r, &lists[i], &words[i]));
    qsort(words, some, sizeof *words, by_rarity);
    *out = words;
    *count = some;
    return OK;
}

/* The strong tokens of the two rarest words but one. */
static struct others others_of(const struct wanted *words, size_t count, size_t but)
{
    struct others also = {0};
    size_t at = 0;
    for (size_t i = 0; i < count && at < 2; i++) {
        if (i == but)
            continue;
        for (size_t n = 0; n < STRONG_MOST; n++)
            also.tokens[at][n] = words[i].strong[n < words[i].strong_count ? n : 0];
        at++;
    }
    return also;
}

static enum err by_letters(struct finding *f, const struct wanted *words, size_t count)
{
    struct others also = others_of(words, count, 0);
    for (size_t i = 0; i < words[0].strong_count; i++)
        TRY(gather_ahead(f, words[0].strong[i], &also, NULL));
    for (size_t i = 0; i < words[0].strong_count; i++)
        TRY(gather(f, words[0].strong[i], &also, NULL));
    return OK;
}

static enum err by_sound(struct finding *f, const struct wanted *word, const struct others *also, int64_t *budget)
{
    for (size_t i = 0; i < word->tokens->count; i++)
        if (word->tokens->tokens[i].kind == TOKEN_SOUND)
            TRY(gather_ahead(f, word->tokens->tokens[i].token, also, budget));
    for (size_t i = 0; i < word->tokens->count; i++)
        if (word->tokens->tokens[i].kind == TOKEN_SOUND)
            TRY(gather(f, word->tokens->tokens[i].token, also, budget));
    return OK;
}

/* ---- judging ---- */

static int word_strength(const struct wanted *word, struct bytes tokens)
{
    int best = 0;
    for (size_t i = 0; i < word->tokens->count; i++) {
        const struct name_token *looked = &word->tokens->tokens[i];
        int worth = looked->kind == TOKEN_EXACT ? 3 : looked->kind == TOKEN_SOUND ? 1 : 2;
        for (size_t n = 0; worth > best && n < person_token_count(tokens); n++)
            if (person_token_at(tokens, n) == looked->token)
                best = worth;
    }
    return best;
}

static enum err judge(struct req *r, const struct wanted *words, size_t count, struct candidate *candidate)
{
    struct person_tokens_get_in in = {.org = r->org, .case_id = candidate->case_id};
    struct person_tokens_get_row row;
    TRY(person_tokens_get(r->db, r->arena, &in, &row));
    int weakest = 3;
    for (size_t i = 0; i < count && weakest > 0; i++) {
        int strength = word_strength(&words[i], row.tokens);
        weakest = strength < weakest ? strength : weakest;
    }
    candidate->strength = weakest;
    return OK;
}

static int by_strength(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    if (x->strength != y->strength)
        return x->strength > y->strength ? -1 : 1;
    return (x->case_id < y->case_id) - (x->case_id > y->case_id);
}

/* Judges those from `start` on, drops whoever lacks a word, and puts them in order. */
static enum err judge_all(struct finding *f, const struct wanted *words, size_t count, size_t start)
{
    size_t kept = start;
    for (size_t i = start; i < f->count; i++)
        person_tokens_get_ahead(f->r->db,
                                &(struct person_tokens_get_in){.org = f->r->org, .case_id = f->items[i].case_id});
    for (size_t i = start; i < f->count; i++) {
        TRY(judge(f->r, words, count, &f->items[i]));
        if (f->items[i].strength > 0)
            f->items[kept++] = f->items[i];
    }
    f->count = kept;
    qsort(f->items + start, kept - start, sizeof *f->items, by_strength);
    return OK;
}

static enum err by_one_slip(struct finding *f, const struct wanted *words, size_t count)
{
    int64_t budget = SLIP_ROWS;
    for (size_t i = 0; i < count; i++) {
        struct others also = others_of(words, count, i);
        TRY(by_sound(f, &words[i], &also, &budget));
    }
    return OK;
}

enum err find_line(struct finding *f, const char *line)
{
    struct wanted *words = NULL;
    size_t count = 0;
    size_t start = f->count;
    TRY(words_of(f, line, &words, &count));
    if (count == 0)
        return OK;
    TRY(by_letters(f, words, count));
    size_t written = f->count - start;
    bool more = f->more;
    if (written < PLENTY) {
        f->more = false;
        TRY(by_sound(f, &words[0], &(struct others){0}, NULL));
        if (f->more && count > 1 && written < ENOUGH)
            TRY(by_one_slip(f, words, count));
        more |= f->more && written == 0; /* who was found as written is not one of too many */
    }
    f->more = more;
    return judge_all(f, words, count, start);
}

enum err find_any_word(struct finding *f, const char *line)
{
    struct wanted *words = NULL;
    size_t count = 0;
    TRY(words_of(f, line, &words, &count));
    for (size_t i = 0; i < count; i++)
        if (words[i].strong_count > 0)
            TRY(gather_ahead(f, words[i].strong[0], &(struct others){0}, NULL));
    for (size_t i = 0; i < count; i++)
        if (words[i].strong_count > 0)
            TRY(gather(f, words[i].strong[0], &(struct others){0}, NULL));
    return OK;
}
