/* Shares: any that are enough open, fewer or wrong ones do not, and slips are named by row and word. */
#include "platform/pdf/testing.h"
#include "platform/recovery/recovery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ctype.h>
#include <string.h>

static struct arena *arena;

static void made(struct seal_pair *pair, struct recovery_plan plan, struct recovery_share *shares)
{
    seal_pair_new(pair);
    assert_int_equal(recovery_split(pair, plan, shares), OK);
}

static void same_share(const struct recovery_share *a, const struct recovery_share *b)
{
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->needed, b->needed);
    assert_memory_equal(a->mark, b->mark, sizeof a->mark);
    assert_memory_equal(a->part, b->part, sizeof a->part);
}

static void plans(void **state)
{
    static const struct {
        struct recovery_plan plan;
        bool fine;
    } rows[] = {
        {{5, 3}, true},  {{2, 2}, true},  {{15, 15}, true}, {{15, 2}, true}, {{16, 2}, false},
        {{5, 1}, false}, {{3, 4}, false}, {{0, 0}, false},  {{1, 1}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(recovery_plan_check(rows[i].plan), rows[i].fine);
}

/* Every choice of enough shares of every plan up to six. */
static void any_that_are_enough_open(void **state)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    struct seal_pair pair;
    (void)state;
    for (unsigned count = 2; count <= 6; count++) {
        for (unsigned needed = 2; needed <= count; needed++) {
            made(&pair, (struct recovery_plan){.shares = count, .needed = needed}, shares);
            for (unsigned choice = 1; choice < 1U << count; choice++) {
                struct recovery_share chosen[RECOVERY_SHARES_MAX];
                struct seal_pair got;
                size_t n = 0;
                for (unsigned i = 0; i < count; i++) {
                    if (choice >> i & 1)
                        chosen[n++] = shares[i];
                }
                enum err result = recovery_combine(chosen, n, &pair.public_half, &got);
                assert_int_equal(result, n >= needed ? OK : ERR_BROKEN);
                if (result == OK)
                    assert_memory_equal(&got, &pair, sizeof pair);
            }
        }
    }
}

static void wrong_shares_do_not(void **state)
{
    struct recovery_share one[RECOVERY_SHARES_MAX];
    struct recovery_share other[RECOVERY_SHARES_MAX];
    struct seal_pair pair;
    struct seal_pair second;
    struct seal_pair got;
    (void)state;
    made(&pair, RECOVERY_PLAN_USUAL, one);
    made(&second, RECOVERY_PLAN_USUAL, other);
    one[1] = other[1];
    assert_int_equal(recovery_combine(one, 3, &pair.public_half, &got), ERR_BROKEN);
    assert_int_equal(recovery_combine(one, 0, &pair.public_half, &got), ERR_BROKEN);
    assert_int_equal(recovery_combine(other, 3, &pair.public_half, &got), ERR_BROKEN);
    assert_int_equal(recovery_combine(other, 3, &second.public_half, &got), OK);
}

static void words_come_back(void **state)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    struct seal_pair pair;
    (void)state;
    made(&pair, (struct recovery_plan){.shares = 15, .needed = 7}, shares);
    for (unsigned i = 0; i < 15; i++) {
        struct recovery_share read;
        unsigned at = 0;
        const char *line = recovery_line(arena, &shares[i]);
        assert_int_equal(strlen(line), 25 * 6 - 1);
        assert_int_equal(recovery_read(line, &read, &at), SHARE_FINE);
        same_share(&read, &shares[i]);
        const char *rows = arena_format(arena, "1  %s\n2) %s\r\n3.%s\n\n4 - %s; 5:%s.",
                                        recovery_row(arena, &shares[i], 0), recovery_row(arena, &shares[i], 1),
                                        recovery_row(arena, &shares[i], 2), recovery_row(arena, &shares[i], 3),
                                        recovery_row(arena, &shares[i], 4));
        assert_int_equal(recovery_read(rows, &read, &at), SHARE_FINE);
        same_share(&read, &shares[i]);
        char joined[126];
        size_t n = 0;
        for (const char *c = line; *c != '\0'; c++) {
            if (*c != ' ')
                joined[n++] = *c;
        }
        joined[n] = '\0';
        assert_int_equal(recovery_read(joined, &read, &at), SHARE_FINE);
    }
}

static void slips_are_named(void **state)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    struct recovery_share read;
    struct seal_pair pair;
    unsigned at = 0;
    unsigned unseen = 0;
    (void)state;
    made(&pair, RECOVERY_PLAN_USUAL, shares);
    const char *line = recovery_line(arena, &shares[2]);
    for (size_t i = 0; i < strlen(line); i++) {
        char *typed = arena_text(arena, line);
        if (typed[i] == ' ')
            continue;
        typed[i] = strchr("AIOU", typed[i]) != NULL ? (typed[i] == 'A' ? 'I' : 'A') : typed[i] == 'B' ? 'D' : 'B';
        enum share_fault fault = recovery_read(typed, &read, &at);
        if (fault == SHARE_FINE)
            unseen++;
        /* A slip in the first row is told there, whatever it does to the other rows' checks. */
        else if (fault == SHARE_ROW)
            assert_int_equal(at, i / 6 / 5 + 1);
        typed[i] = 'X';
        assert_int_equal(recovery_read(typed, &read, &at), SHARE_WORD);
        assert_int_equal(at, i / 6 + 1);
    }
    assert_true(unseen <= 1); /* 16 bits a row: one in 65,536 */
    assert_int_equal(recovery_read("", &read, &at), SHARE_WORDS);
    assert_int_equal(at, 0);
    assert_int_equal(recovery_read(arena_text_n(arena, line, 24 * 6), &read, &at), SHARE_WORDS);
    assert_int_equal(at, 24);
    char *missing = arena_text(arena, line);
    memmove(missing + 61, missing + 62, strlen(missing + 62) + 1);
    assert_int_equal(recovery_read(missing, &read, &at), SHARE_WORD);
    assert_int_equal(at, 11);
}

static void rows_of_two_shares_do_not_mix(void **state)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    struct recovery_share read;
    struct seal_pair pair;
    unsigned at = 0;
    (void)state;
    made(&pair, RECOVERY_PLAN_USUAL, shares);
    const char *mixed = arena_format(arena, "%s %s %s %s %s", recovery_row(arena, &shares[0], 0),
                                     recovery_row(arena, &shares[0], 1), recovery_row(arena, &shares[1], 2),
                                     recovery_row(arena, &shares[0], 3), recovery_row(arena, &shares[0], 4));
    assert_int_equal(recovery_read(mixed, &read, &at), SHARE_ROW);
    assert_int_equal(at, 3);
}

static void paper_has_a_page_a_share(void **state)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    struct seal_pair pair;
    struct bytes pdf;
    (void)state;
    made(&pair, RECOVERY_PLAN_USUAL, shares);
    assert_int_equal(recovery_paper(arena, "Parauga centrs", shares, 5, 5, 1764032400000, &pdf), OK);
    /* Each page has the words of its share, row by row, and of no other. */
    const char *page = pdf_read_back(arena, pdf);
    for (int i = 0; i < 5; i++) {
        size_t len = strcspn(page, "\f");
        const char *text = arena_text_n(arena, page, len);
        for (int other = 0; other < 5; other++) {
            for (unsigned row = 0; row < RECOVERY_ROWS; row++) {
                const char *line = recovery_row(arena, &shares[other], row);
                assert_int_equal(strstr(text, line) != NULL, other == i);
            }
        }
        assert_non_null(strstr(text, "Parauga centrs"));
        page += len + 1;
    }
    assert_string_equal(page, "");
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new(1 << 26);
    return seal_init() == OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans),
        cmocka_unit_test(any_that_are_enough_open),
        cmocka_unit_test(wrong_shares_do_not),
        cmocka_unit_test(words_come_back),
        cmocka_unit_test(slips_are_named),
        cmocka_unit_test(rows_of_two_shares_do_not_mix),
        cmocka_unit_test(paper_has_a_page_a_share),
    };
    return cmocka_run_group_tests_name("recovery shares", tests, begin, end);
}
