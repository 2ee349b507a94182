/* Handing a case over: continuity, and nobody outside the team. */
#include "base/id.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int open_trial(void **state)
{
    *state = trial_open();
    return 0;
}

static int close_trial(void **state)
{
    trial_close(*state);
    return 0;
}

static const char *fields_for(struct trial *trial, const char *path, const char *login, const char *rest)
{
    struct answer page = trial_get(trial, "case_manager", path);
    const char *version = trial_between(trial, page, "name=\"version\" value=\"", "\"");
    assert_non_null(version);
    return arena_format(trial_arena(trial), "to=%s&version=%s%s",
                        id_text(trial_arena(trial), trial_session(trial, login)->account), version, rest);
}

static void m3_2_a_colleague_of_the_team_takes_over(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", trial_case(trial, "Rauna"));
    const char *fields = fields_for(trial, path, "second_manager", "&why=Dekr%C4%93ts&together=yes");
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 303);
    assert_true(trial_shows(trial_get(trial, "second_manager", "/cases?which=mine"), "Rauna"));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/cases?which=mine"), "Rauna"));
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 422);
}

static void m3_2_without_going_through_it_nothing_happens(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", trial_case(trial, "Tirza"));
    struct answer answer = trial_post(trial, "case_manager", path, fields_for(trial, path, "second_manager", "&why=x"));
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "id=\"together-error\""));
}

static void m7_1_nobody_outside_the_team_can_be_chosen(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", trial_case(trial, "Misa"));
    const char *fields = fields_for(trial, path, "stranger", "&why=x&together=yes");
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 422);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_2_a_colleague_of_the_team_takes_over),
        cmocka_unit_test(m3_2_without_going_through_it_nothing_happens),
        cmocka_unit_test(m7_1_nobody_outside_the_team_can_be_chosen),
    };
    return cmocka_run_group_tests_name("hand_over", tests, open_trial, close_trial);
}
