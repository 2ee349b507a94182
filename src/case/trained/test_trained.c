/* Trainings through real requests (M5.3). */
#include "base/id.h"
#include "base/time.h"
#include "case/assess/assess.h"
#include "case/trained/trained.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct trial *trial;

static enum err load(struct db *db, void *data)
{
    const char *root = getenv("AUSMA_ROOT");
    (void)data;
    return assess_instruments_load(
        db, trial_arena(trial), trial_app(trial)->org,
        arena_format(trial_arena(trial), "%s/programmes/base/instruments", root == NULL ? "." : root), 1);
}

static int set_up(void **state)
{
    (void)state;
    trial = trial_open();
    trial_change(trial, load, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(trial);
    return 0;
}

static const char *page_of(const char *login)
{
    return arena_format(trial_arena(trial), "/trainings/%s", id_text(trial_arena(trial), trial_account(trial, login)));
}

/* The buttons stand in this order: safety, then needs. */
static struct answer begin(const char *case_id, const char *who, bool needs)
{
    const char *list = arena_format(trial_arena(trial), "/cases/%s/assessments", case_id);
    struct answer page = trial_get(trial, who, list);
    const char *at = strstr(page.body, "name=\"instrument\" value=\"");
    assert_non_null(at);
    if (needs)
        at = strstr(at + 1, "name=\"instrument\" value=\"");
    assert_non_null(at);
    at += strlen("name=\"instrument\" value=\"");
    return trial_post(trial, who, list,
                      arena_format(trial_arena(trial), "instrument=%.*s", (int)strcspn(at, "\""), at));
}

static void m5_3_a_state_follows_the_day(void **state)
{
    (void)state;
    static const struct {
        const char *until;
        enum trained_state wanted;
    } cases[] = {{"2026-01-14", TRAINED_OVER},
                 {"2026-01-15", TRAINED_SOON},
                 {"2026-03-16", TRAINED_SOON},
                 {"2026-03-17", TRAINED_VALID},
                 {"2030-01-01", TRAINED_VALID}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(trained_state(trial_arena(trial), cases[i].until, "2026-01-15"), cases[i].wanted);
}

static void m5_3_needs_are_assessed_by_the_trained_safety_by_whoever_is_there(void **state)
{
    (void)state;
    const char *id = trial_case(trial, "Rauna");
    struct answer refused = begin(id, "untrained", true);
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "This needs a valid training: Assessing needs together with a child"));
    assert_true(trial_shows(refused, "Ask the programme manager"));
    assert_int_equal(begin(id, "untrained", false).status, 303);
    const char *day = time_date(trial_arena(trial), time_now());
    const char *fields = arena_format(trial_arena(trial),
                                      "training=needs_assessment&done_on=%s&until=&evidence=Apliecibane", day);
    assert_int_equal(trial_post(trial, "programme_manager", page_of("untrained"), fields).status, 303);
    assert_int_equal(begin(id, "untrained", true).status, 303);
    struct answer person = trial_get(trial, "programme_manager", page_of("untrained"));
    assert_true(trial_shows(person, "Apliecibane"));
    assert_false(trial_holds(trial, "Apliecibane"));
    /* What was crossed out counts no more. */
    const char *record = trial_between(trial, person, "action=\"/trainings/", "/withdraw");
    assert_non_null(record);
    assert_int_equal(
        trial_post(trial, "administrator", arena_format(trial_arena(trial), "/trainings/%s/withdraw", record), "")
            .status,
        303);
    assert_int_equal(begin(id, "untrained", true).status, 422);
}

static void m5_3_wrong_input_stands_beside_its_field(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *error;
    } cases[] = {{"training=&done_on=2026-01-01", "id=\"training-error\""},
                 {"training=juggling&done_on=2026-01-01", "id=\"training-error\""},
                 {"training=guardianship&done_on=", "id=\"done_on-error\""},
                 {"training=guardianship&done_on=2099-01-01", "id=\"done_on-error\""},
                 {"training=guardianship&done_on=2026-01-01&until=2025-01-01", "id=\"until-error\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = trial_post(trial, "programme_manager", page_of("lawyer"), cases[i].fields);
        assert_int_equal(answer.status, 422);
        assert_true(trial_shows(answer, cases[i].error));
    }
    assert_int_equal(trial_get(trial, "programme_manager", "/trainings/0000000000zzz").status, 404);
    assert_int_equal(trial_get(trial, "case_manager", "/trainings").status, 403);
}

static void m5_3_what_ends_soon_stands_on_the_first_page(void **state)
{
    (void)state;
    const char *today = time_date(trial_arena(trial), time_now());
    assert_false(trial_shows(trial_get(trial, "former", "/"), "Your trainings that end"));
    assert_int_equal(trial_post(trial, "programme_manager", page_of("untrained"),
                                arena_format(trial_arena(trial), "training=guardianship&done_on=2026-01-01&until=%s",
                                             date_add(trial_arena(trial), today, 20)))
                         .status,
                     303);
    assert_true(trial_shows(trial_get(trial, "untrained", "/"), "Your trainings that end"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m5_3_a_state_follows_the_day),
        cmocka_unit_test(m5_3_needs_are_assessed_by_the_trained_safety_by_whoever_is_there),
        cmocka_unit_test(m5_3_wrong_input_stands_beside_its_field),
        cmocka_unit_test(m5_3_what_ends_soon_stands_on_the_first_page),
    };
    return cmocka_run_group_tests_name("trained", tests, set_up, tear_down);
}
