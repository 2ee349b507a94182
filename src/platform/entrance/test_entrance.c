#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

/* ---- proving again before a sensitive act ---- */

#define NEW_PASSWORD "old=correct+horse+battery&new=a+longer+new+password&again=a+longer+new+password"

static void m7_1_a_sensitive_act_asks_again_and_keeps_what_was_typed(void **state)
{
    struct trial *trial = *state;
    trial_age(trial, "auditor", 11);
    struct answer asked = trial_post(trial, "auditor", "/account/password", "old=one&new=two&again=three");
    assert_int_equal(asked.status, 401);
    assert_true(trial_shows(asked, "action=\"/prove\""));
    assert_true(trial_shows(asked, "value=\"/account/password\""));
    /* Passwords that were typed are not written into a page. */
    assert_null(strstr(asked.body, "kept."));
    assert_true(trial_shows(trial_get(trial, "auditor", "/"), "app-header"));

    struct answer wrong = trial_post(trial, "auditor", "/prove", "password=not+the+one&to=/account/password");
    assert_int_equal(wrong.status, 422);
    assert_true(trial_shows(wrong, "value=\"/account/password\""));
    assert_int_equal(trial_post(trial, "auditor", "/account/password", NEW_PASSWORD).status, 401);

    struct answer right = trial_post(trial, "auditor", "/prove", "password=correct+horse+battery&to=/account/password");
    assert_int_equal(right.status, 200);
    assert_true(trial_shows(right, "action=\"/account/password\""));
    assert_int_equal(trial_post(trial, "auditor", "/account/password", NEW_PASSWORD).status, 303);
}

static void a_proof_is_asked_of_whoever_is_signed_in_only(void **state)
{
    struct trial *trial = *state;
    assert_int_equal(trial_get(trial, NULL, "/prove").status, 401);
    assert_int_equal(trial_get(trial, "intake", "/prove").status, 200);
    assert_int_equal(trial_post(trial, "intake", "/prove", "").status, 422);
    /* It leads nowhere but to our own pages. */
    struct answer away = trial_post(trial, "intake", "/prove", "password=correct+horse+battery&to=//example.org");
    assert_string_equal(away.location, "/");
    struct answer nowhere = trial_post(trial, "intake", "/prove", "password=correct+horse+battery&to=/no/such");
    assert_int_equal(nowhere.status, 303);
    assert_string_equal(nowhere.location, "/no/such");
}

struct limiting {
    struct trial *trial;
    int64_t until;
};

static void m7_1_outside_specialists_see_no_case_and_no_list(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Liepa");
    assert_int_equal(trial_get(trial, "outside_specialist", "/").status, 200);
    static const char *const closed[] = {"/cases", "/find", "/referrals", "/day", "/figures", "/facts", "/instruments"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_int_equal(trial_get(trial, "outside_specialist", closed[i]).status, 403);
    assert_int_equal(trial_get(trial, "outside_specialist", arena_format(trial_arena(trial), "/cases/%s", id)).status,
                     403);
}

static enum err limit(struct db *db, void *data)
{
    const struct limiting *limiting = data;
    size_t changed = 0;
    TRY(account_user_limit(db,
                           &(struct account_user_limit_in){.org = trial_app(limiting->trial)->org,
                                                           .id = trial_account(limiting->trial, "second_manager"),
                                                           .valid_until = {.has = true, .value = limiting->until}},
                           &changed));
    return changed == 1 ? OK : ERR_NOT_FOUND;
}

static void m7_1_an_account_opens_nothing_after_its_last_day(void **state)
{
    struct trial *trial = *state;
    struct limiting limiting = {trial, time_now() + HOUR_MS};
    trial_change(trial, limit, &limiting);
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 200);
    limiting.until = time_now() - 1;
    trial_change(trial, limit, &limiting);
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 401);
    struct answer in = trial_post(trial, NULL, "/sign-in", "login=second_manager&password=correct+horse+battery");
    assert_int_equal(in.status, 422);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_a_sensitive_act_asks_again_and_keeps_what_was_typed),
        cmocka_unit_test(a_proof_is_asked_of_whoever_is_signed_in_only),
        cmocka_unit_test(m7_1_outside_specialists_see_no_case_and_no_list),
        cmocka_unit_test(m7_1_an_account_opens_nothing_after_its_last_day),
    };
    return cmocka_run_group_tests_name("entrance", tests, trial_begin, trial_end);
}
