/* What is remembered of what requests ask, and what is not. */
#include "platform/store/foresight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct sql one = {.name = "one", .inputs = 2, .kinds = "ii", .reads = true};
static const struct sql texts = {.name = "texts", .inputs = 1, .kinds = "t", .reads = true};
static const struct sql codes = {.name = "codes", .inputs = 1, .kinds = "c", .reads = true};
static const struct sql data = {.name = "data", .inputs = 1, .kinds = "b", .reads = true};

static struct value of_int(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .i = number};
}

static struct value of_text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .bytes = {(const uint8_t *)text, strlen(text)}};
}

struct guesses {
    struct {
        const struct sql *sql;
        struct value in[FORESIGHT_INPUTS];
    } all[8];
    size_t count;
};

static void put(void *to, const struct sql *sql, const struct value *in)
{
    struct guesses *guesses = to;
    guesses->all[guesses->count].sql = sql;
    memcpy(guesses->all[guesses->count++].in, in, sql->inputs * sizeof *in);
}

static const int64_t NOW = 1790000000000;

static struct db_known known(uint64_t kind, const struct value *values, size_t count)
{
    return (struct db_known){.kind = kind, .values = values, .count = count, .now = NOW};
}

static void learn_one(struct foresight *foresight, const struct db_known *with, const struct question *question)
{
    foresight_learn(foresight, with, &question, 1, true);
}

static size_t guessed(struct foresight *foresight, const struct db_known *with, struct guesses *out)
{
    out->count = 0;
    foresight_guess(foresight, with, put, out);
    return out->count;
}

static int64_t only_number(struct foresight *foresight, const struct db_known *with, unsigned input)
{
    struct guesses guesses;
    assert_int_equal(guessed(foresight, with, &guesses), 1);
    return guesses.all[0].in[input].i;
}

static void inputs_come_from_what_is_known(void **state)
{
    (void)state;
    struct foresight *foresight = foresight_new();
    struct guesses guesses;
    const struct value first[] = {of_int(70001), of_int(70002), {.kind = VALUE_NULL}};
    const struct value second[] = {of_int(80001), of_int(80002), of_int(80003)};
    const struct value less[] = {of_int(80001), {.kind = VALUE_NULL}, of_int(80003)};
    struct db_known with = known(5, first, 3);
    assert_int_equal(guessed(foresight, &with, &guesses), 0);
    learn_one(foresight, &with, &(struct question){&one, (struct value[]){of_int(70002), of_int(51)}});
    with = known(5, second, 3);
    assert_int_equal(only_number(foresight, &with, 0), 80002);
    assert_int_equal(only_number(foresight, &with, 1), 51);
    with = known(5, less, 3); /* nothing to make it of */
    assert_int_equal(guessed(foresight, &with, &guesses), 0);
    with = known(5, second, 1);
    assert_int_equal(guessed(foresight, &with, &guesses), 0);
    with = known(6, second, 3); /* another kind of request */
    assert_int_equal(guessed(foresight, &with, &guesses), 0);
    foresight_forget(foresight, 5);
    with = known(5, second, 3);
    assert_int_equal(guessed(foresight, &with, &guesses), 0);
    foresight_free(foresight);
}

static void a_moment_is_known_by_its_distance_from_now(void **state)
{
    (void)state;
    struct foresight *foresight = foresight_new();
    struct db_known with = known(5, NULL, 0);
    learn_one(foresight, &with,
              &(struct question){&one, (struct value[]){of_int(1), of_int(NOW - 90 * (int64_t)86400000)}});
    with.now = NOW + 77;
    assert_int_equal(only_number(foresight, &with, 1), NOW + 77 - 90 * (int64_t)86400000);
    foresight_free(foresight);
}

/* What could tell about somebody is never kept, so that no request can be asked with what another one brought. */
static void only_what_tells_nothing_is_remembered(void **state)
{
    (void)state;
    static const struct {
        const struct sql *sql;
        struct value in;
        size_t guessed;
    } cases[] = {
        {&codes, {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"open", 4}}, 1},
        {&codes, {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"2026-01-17", 10}}, 1},
        {&codes, {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"longer than any code is", 23}}, 0},
        {&texts, {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"ilze", 4}}, 0},
        {&texts, {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"", 0}}, 1},
        {&texts, {.kind = VALUE_NULL}, 1},
        {&data, {.kind = VALUE_BYTES, .bytes = {(const uint8_t *)"x", 1}}, 0},
        {&data, {.kind = VALUE_REAL, .real = 0.5}, 0},
        {&data, {.kind = VALUE_INT, .i = 10000}, 1},
        {&data, {.kind = VALUE_INT, .i = INT64_MAX}, 1},
        {&data, {.kind = VALUE_INT, .i = INT64_MIN}, 1},
        {&data, {.kind = VALUE_INT, .i = 7012345678901234567}, 0}, /* an id */
        {&data, {.kind = VALUE_INT, .i = 1790000000001}, 0},       /* another moment */
    };
    struct foresight *foresight = foresight_new();
    struct guesses guesses;
    struct db_known with = known(5, NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        learn_one(foresight, &with, &(struct question){cases[i].sql, &cases[i].in});
        assert_int_equal(guessed(foresight, &with, &guesses), cases[i].guessed);
        if (guesses.count == 1)
            assert_true(value_same(&guesses.all[0].in[0], &cases[i].in));
    }
    foresight_free(foresight);
}

static void what_was_asked_last_takes_the_place_of_what_was_before(void **state)
{
    (void)state;
    struct foresight *foresight = foresight_new();
    struct guesses guesses;
    struct db_known with = known(5, NULL, 0);
    const struct question a = {&one, (struct value[]){of_int(1), of_int(2)}};
    const struct question b = {&codes, (struct value[]){of_text("open")}};
    const struct question c = {&data, (struct value[]){of_int(INT64_MAX - 5)}};
    const struct question *both[] = {&a, &c, &b};
    foresight_learn(foresight, &with, both, 3, true);
    assert_int_equal(guessed(foresight, &with, &guesses), 2); /* c is an id */
    assert_ptr_equal(guesses.all[0].sql, &one);
    assert_ptr_equal(guesses.all[1].sql, &codes);
    foresight_learn(foresight, &with, both + 2, 1, true);
    assert_int_equal(guessed(foresight, &with, &guesses), 1);
    assert_ptr_equal(guesses.all[0].sql, &codes);
    foresight_learn(foresight, &with, NULL, 0, true);
    assert_int_equal(guessed(foresight, &with, &guesses), 0);
    foresight_free(foresight);
}

/* Somebody who is refused asks little: that is no reason to forget what the others ask. */
static void who_asks_less_is_borne_for_a_while(void **state)
{
    (void)state;
    struct foresight *foresight = foresight_new();
    struct guesses guesses;
    struct db_known with = known(5, NULL, 0);
    const struct question a = {&one, (struct value[]){of_int(1), of_int(2)}};
    const struct question b = {&codes, (struct value[]){of_text("open")}};
    const struct question *both[] = {&a, &b};
    foresight_learn(foresight, &with, both, 2, true);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++)
            foresight_learn(foresight, &with, both, 1, false);
        assert_int_equal(guessed(foresight, &with, &guesses), 2);
        foresight_trust(foresight, 5);
    }
    for (int i = 0; i < 4; i++)
        foresight_learn(foresight, &with, both, 1, false);
    assert_int_equal(guessed(foresight, &with, &guesses), 1);
    foresight_free(foresight);
}

static void it_is_known_whether_anything_else_was_asked(void **state)
{
    (void)state;
    struct foresight *foresight = foresight_new();
    struct guesses guesses = {.count = 0};
    struct db_known with = known(5, NULL, 0);
    learn_one(foresight, &with, &(struct question){&one, (struct value[]){of_int(1), of_int(2)}});
    assert_false(foresight_guess(foresight, &with, put, &guesses));
    foresight_trust(foresight, 5);
    assert_true(foresight_guess(foresight, &with, put, &guesses));
    foresight_doubt(foresight, 5);
    assert_false(foresight_guess(foresight, &with, put, &guesses));
    foresight_trust(foresight, 6); /* nothing is known of it */
    with.kind = 6;
    assert_false(foresight_guess(foresight, &with, put, &guesses));
    assert_int_equal(guesses.count, 3);
    foresight_free(foresight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_come_from_what_is_known),
        cmocka_unit_test(a_moment_is_known_by_its_distance_from_now),
        cmocka_unit_test(only_what_tells_nothing_is_remembered),
        cmocka_unit_test(what_was_asked_last_takes_the_place_of_what_was_before),
        cmocka_unit_test(who_asks_less_is_borne_for_a_while),
        cmocka_unit_test(it_is_known_whether_anything_else_was_asked),
    };
    return cmocka_run_group_tests_name("foresight", tests, NULL, NULL);
}
