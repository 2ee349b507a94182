/* What a plan decides: progress, how a goal stands, what may change when. */
#include "base/text.h"
#include "case/plan/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TODAY "2026-11-23"

static void m3_1_progress_leaves_out_what_was_dropped(void **state)
{
    (void)state;
    const struct plan_step steps[] = {{"done", NULL}, {"open", NULL}, {"dropped", NULL}, {"done", "2026-01-01"}};
    struct plan_progress progress = plan_progress_of(steps, 4);
    assert_int_equal(progress.done, 2);
    assert_int_equal(progress.count, 3);
    progress = plan_progress_of(NULL, 0);
    assert_int_equal(progress.count, 0);
}

static void m3_1_a_goal_stands_as_its_steps_and_days_say(void **state)
{
    (void)state;
    static const struct {
        const char *status, *due_on;
        struct plan_step steps[2];
        size_t count;
        const char *stands;
    } table[] = {
        {"open", NULL, {{0}}, 0, "running"},
        {"open", TODAY, {{0}}, 0, "running"},
        {"open", "2026-11-22", {{0}}, 0, "late"},
        {"open", "2026-12-01", {{"open", "2026-11-22"}, {"done", NULL}}, 2, "late"},
        {"open", "2026-12-01", {{"open", TODAY}, {"done", "2026-01-01"}}, 2, "running"},
        {"open", "2026-12-01", {{"dropped", "2026-01-01"}, {"open", NULL}}, 2, "running"},
        {"open", "2026-12-01", {{"done", NULL}, {"dropped", NULL}}, 2, "ready"},
        {"open", "2026-01-01", {{"done", NULL}, {"done", NULL}}, 2, "ready"},
        {"open", "2026-12-01", {{"dropped", NULL}, {"dropped", NULL}}, 2, "running"},
        {"reached", "2026-01-01", {{"open", "2026-01-01"}}, 1, "reached"},
        {"changed", "2026-01-01", {{0}}, 0, "changed"},
        {"dropped", "2026-01-01", {{0}}, 0, "dropped"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(plan_goal_state(table[i].status, table[i].due_on, table[i].steps, table[i].count, TODAY),
                            table[i].stands);
}

static void m3_1_only_a_draft_is_worded_anew(void **state)
{
    (void)state;
    assert_true(plan_may_edit("draft"));
    assert_false(plan_may_edit("agreed"));
    assert_false(plan_may_edit("replaced"));
    assert_true(plan_may_mark("draft", true));
    assert_true(plan_may_mark("agreed", true));
    assert_false(plan_may_mark("agreed", false));
    assert_false(plan_may_mark("replaced", true));
}

static void m3_1_marks_go_between_open_and_an_end(void **state)
{
    (void)state;
    static const char *const marks[] = {"open", "reached", "dropped", "changed", "done", ""};
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 6; k++) {
            bool open = (i == 0) != (k == 0);
            size_t end = i == 0 ? k : i;
            assert_int_equal(plan_goal_may(marks[i], marks[k]), open && (end == 1 || end == 2));
            assert_int_equal(plan_action_may(marks[i], marks[k]), open && (end == 4 || end == 2));
        }
    }
}

static void m3_1_who_does_not_agree_is_heard(void **state)
{
    (void)state;
    assert_true(plan_agreement_needs_words("partly"));
    assert_true(plan_agreement_needs_words("disagrees"));
    assert_false(plan_agreement_needs_words("agrees"));
    assert_false(plan_agreement_needs_words("too_young"));
    assert_false(plan_agreement_needs_words("not_asked"));
    assert_false(plan_agreement_needs_words(""));
}

static void m3_1_a_need_asks_for_a_goal(void **state)
{
    (void)state;
    for (int score = -1; score <= 4; score++) {
        assert_int_equal(plan_need_asks(score, false), score >= 2);
        assert_false(plan_need_asks(score, true));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_1_progress_leaves_out_what_was_dropped),
        cmocka_unit_test(m3_1_a_goal_stands_as_its_steps_and_days_say),
        cmocka_unit_test(m3_1_only_a_draft_is_worded_anew),
        cmocka_unit_test(m3_1_marks_go_between_open_and_an_end),
        cmocka_unit_test(m3_1_who_does_not_agree_is_heard),
        cmocka_unit_test(m3_1_a_need_asks_for_a_goal),
    };
    return cmocka_run_group_tests_name("plan rules", tests, NULL, NULL);
}
