/* Handing a case over: continuity, and nobody outside the team. */
#include "base/id.h"
#include "base/time.h"
#include "case/team/team.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

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

static void post_changed(struct trial *trial, const char *id, const char *page, const char *fields)
{
    const char *path = arena_format(trial_arena(trial), "/cases/%s/%s", id, page);
    const char *version = trial_between(trial, trial_get(trial, "case_manager", path), "name=\"version\" value=\"",
                                        "\"");
    assert_non_null(version);
    const char *sent = arena_format(trial_arena(trial), "%s&version=%s", fields, version);
    assert_int_equal(trial_post(trial, "case_manager", path, sent).status, 303);
}

static void m3_2_what_was_typed_is_sent_again_after_a_clash(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Amata");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", id);
    const char *fields = fields_for(trial, path, "second_manager", "&why=Slim%C4%ABba&together=yes");
    post_changed(trial, id, "close", arena_format(trial_arena(trial), "reason=needs_met&on=%s", trial_today(trial)));
    post_changed(trial, id, "reopen", "why=K%C4%BC%C5%ABda");
    struct answer clash = trial_post(trial, "case_manager", path, fields);
    assert_int_equal(clash.status, 409);
    assert_true(trial_shows(clash, "Slimība"));
    const char *version = trial_between(trial, clash, "name=\"version\" value=\"", "\"");
    assert_non_null(version);
    assert_int_equal(trial_post(trial, "case_manager", path,
                                arena_format(trial_arena(trial), "%.*s%s%s", (int)strcspn(fields, "&"), fields,
                                             "&why=Slim%C4%ABba&together=yes&version=", version))
                         .status,
                     303);
}

static void m7_1_nobody_outside_the_team_can_be_chosen(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", trial_case(trial, "Misa"));
    const char *fields = fields_for(trial, path, "stranger", "&why=x&together=yes");
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 422);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
}

struct shutting {
    struct trial *trial;
    int64_t case_id;
};

static enum err shut(struct db *db, void *data)
{
    const struct shutting *shutting = data;
    struct seal_key root;
    struct case_keys keys;
    seal_key_new(&root);
    case_keys_of_root(&root, &keys);
    return team_shut(db, trial_arena(shutting->trial), &keys,
                     &(struct team_new){.org = trial_app(shutting->trial)->org,
                                        .case_id = shutting->case_id,
                                        .account = trial_account(shutting->trial, "second_manager"),
                                        .by = trial_account(shutting->trial, "case_manager"),
                                        .at = time_now()},
                     "x");
}

static void access_nobody_takes_over_a_case_that_is_shut_for_them(void **state)
{
    struct trial *trial = *state;
    struct shutting shutting = {.trial = trial};
    const char *id = trial_case(trial, "Brasla");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", id);
    const char *fields = fields_for(trial, path, "second_manager", "&why=x&together=yes");
    assert_true(id_parse(id, &shutting.case_id));
    trial_change(trial, shut, &shutting);
    struct answer refused = trial_post(trial, "case_manager", path, fields);
    assert_int_equal(refused.status, 422);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_2_a_colleague_of_the_team_takes_over),
        cmocka_unit_test(m3_2_without_going_through_it_nothing_happens),
        cmocka_unit_test(m3_2_what_was_typed_is_sent_again_after_a_clash),
        cmocka_unit_test(access_nobody_takes_over_a_case_that_is_shut_for_them),
        cmocka_unit_test(m7_1_nobody_outside_the_team_can_be_chosen),
    };
    return cmocka_run_group_tests_name("hand_over", tests, trial_begin, trial_end);
}
