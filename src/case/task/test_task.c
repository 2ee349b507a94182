/* Tasks of a case through real requests (M3.3). */
#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "case/task/task.h"
#include "steer/trial/of_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *tasks; /* the page of them, of this test's case */

static int new_case(void **state)
{
    (void)of_case_new(state);
    tasks = at("/tasks");
    return 0;
}

static const char *usual(const char *title, const char *more)
{
    return arena_format(trial_arena(trial), "title=%s&owner=%s&due=2031-02-03%s", trial_encode(trial, title),
                        account_of("second_manager"), more);
}

/* Adds a task and gives its address. */
static const char *add(const char *title)
{
    assert_int_equal(trial_post(trial, "case_manager", tasks, usual(title, "")).status, 303);
    struct answer list = trial_get(trial, "case_manager", tasks);
    const char *before = arena_format(trial_arena(trial), "href=\"%s/", tasks);
    const char *id = trial_between(trial, list, before, "\"");
    assert_non_null(id);
    return arena_format(trial_arena(trial), "%s/%s", tasks, id);
}

static const char *version_at(const char *path)
{
    const char *version = trial_between(trial, trial_get(trial, "case_manager", path), "name=\"version\" value=\"",
                                        "\"");
    assert_non_null(version);
    return version;
}

static const char *change(const char *title, const char *status, const char *version, const char *note)
{
    return usual(title, arena_format(trial_arena(trial), "&status=%s&version=%s&note=%s", status, version,
                                     trial_encode(trial, note)));
}

static void m3_3_a_task_is_added_done_and_taken_up_again(void **state)
{
    (void)state;
    assert_true(trial_shows(trial_get(trial, "case_manager", tasks), "There are no open tasks."));
    const char *path = add("Zvanīt skolai");
    assert_true(trial_shows(trial_get(trial, "team_member", tasks), "Zvanīt skolai"));
    const char *done = change("Zvanīt skolai", "done", version_at(path), "Skola gaida pirmdien");
    assert_int_equal(trial_post(trial, "second_manager", path, done).status, 303);
    struct answer list = trial_get(trial, "case_manager", tasks);
    assert_true(trial_shows(list, "There are no open tasks."));
    assert_true(trial_shows(list, "Skola gaida pirmdien"));
    const char *again = change("Zvanīt skolai", "open", version_at(path), "");
    assert_int_equal(trial_post(trial, "case_manager", path, again).status, 303);
    assert_false(trial_shows(trial_get(trial, "case_manager", tasks), "There are no open tasks."));
    const char *timeline = arena_format(trial_arena(trial), "/cases/%s/timeline", case_text);
    assert_true(trial_shows(trial_get(trial, "case_manager", timeline), "Done: Zvanīt skolai"));
}

static void m3_3_wrong_input_is_told_and_kept(void **state)
{
    static const struct {
        const char *fields, *said;
    } cases[] = {
        {"", "Write what is to be done"},
        {"title=Zvans&due=2031-01-01", "Choose a colleague from the list"},
        {"title=Zvans&due=2031-01-01&owner=0000000000zzz", "Choose a colleague from the list"},
        {"title=Zvans&due=2031-01-01&owner=%27x", "owner-error"},
        {"title=Zvans&due-day=31&due-month=2&due-year=2031", "due-error"},
        {"title=Zvans", "Write the day"},
        {"title=%FF", "There are characters here that cannot be saved"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = trial_post(trial, "case_manager", tasks, cases[i].fields);
        if (answer.status != 422 || !trial_shows(answer, cases[i].said))
            fail_msg("%s answers %d without: %s", cases[i].fields, answer.status, cases[i].said);
    }
    struct answer kept = trial_post(trial, "case_manager", tasks, "title=%3Cb%3EZvans&note=Piezime");
    assert_true(trial_shows(kept, "&lt;b&gt;Zvans"));
    assert_true(trial_shows(kept, "Piezime"));
    assert_int_equal(trial_post(trial, "case_manager", tasks, usual("Zvans", "&surprise=1")).status, 400);
    const char *administrator = arena_format(trial_arena(trial), "title=x&due=2031-01-01&owner=%s",
                                             account_of("administrator"));
    assert_int_equal(trial_post(trial, "case_manager", tasks, administrator).status, 422);
}

/* Nobody gets a task in a case that they do not see; who sees a part without the plan is none of them either. */
static void m7_1_only_who_sees_the_plan_gets_a_task(void **state)
{
    static const char *const others[] = {"stranger", "helper", "lawyer", "former"};
    (void)state;
    const char *team = arena_format(trial_arena(trial), "/cases/%s/team/add", case_text);
    const char *lawyer = arena_format(trial_arena(trial), "account=%s&role=lawyer&ground=own_work&ground_words=x",
                                      account_of("lawyer"));
    assert_int_equal(trial_post(trial, "case_manager", team, lawyer).status, 303);
    struct answer form = trial_get(trial, "case_manager", tasks);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *fields = arena_format(trial_arena(trial), "title=x&due=2031-01-01&owner=%s", account_of(others[i]));
        const char *option = arena_format(trial_arena(trial), "value=\"%s\"", account_of(others[i]));
        assert_false(trial_shows(form, option));
        assert_int_equal(trial_post(trial, "case_manager", tasks, fields).status, 422);
    }
    assert_true(trial_shows(form, arena_format(trial_arena(trial), "value=\"%s\"", account_of("team_member"))));
}

static void m3_3_huge_input_is_refused(void **state)
{
    struct buf text;
    (void)state;
    buf_init(&text, trial_arena(trial), 8192);
    for (int i = 0; i < 6000; i++)
        buf_char(&text, 'a');
    const char *note = arena_format(trial_arena(trial), "&note=%s", text.ptr);
    assert_int_equal(trial_post(trial, "case_manager", tasks, usual("Zvans", note)).status, 422);
    assert_int_equal(trial_post(trial, "case_manager", tasks, usual(text.ptr, "")).status, 422);
}

static void m7_1_other_teams_and_other_roles_do_not_get_in(void **state)
{
    (void)state;
    const char *path = add("Slepens darbs");
    assert_int_equal(trial_get(trial, "stranger", tasks).status, 404);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_post(trial, "stranger", tasks, usual("x", "")).status, 404);
    assert_int_equal(trial_get(trial, "administrator", tasks).status, 403);
    assert_int_equal(trial_get(trial, "auditor", tasks).status, 403);
    /* A task of another case is not there under this one. */
    const char *other = trial_case(trial, "Apse");
    const char *moved = arena_format(trial_arena(trial), "/cases/%s/tasks/%s", other, strrchr(path, '/') + 1);
    assert_int_equal(trial_get(trial, "case_manager", moved).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(trial_arena(trial), "%s/%%27", tasks)).status, 404);
}

static size_t times(struct answer answer, const char *text)
{
    size_t count = 0;
    for (const char *at = answer.body; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static void m3_3_a_second_click_adds_nothing(void **state)
{
    (void)state;
    const char *fields = usual("Vienreiz", "&once=00000000task1");
    assert_int_equal(trial_post(trial, "case_manager", tasks, fields).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", tasks, fields).status, 303);
    assert_int_equal(times(trial_get(trial, "case_manager", tasks), ">Vienreiz<"), 1);
}

static void m3_3_what_two_people_change_is_shown_beside_each_other(void **state)
{
    (void)state;
    const char *path = add("Kopīgs");
    const char *version = version_at(path);
    assert_int_equal(trial_post(trial, "second_manager", path, change("Otra vārdi", "open", version, "")).status, 303);
    struct answer stale = trial_post(trial, "case_manager", path, change("Mani vārdi", "open", version, ""));
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "Otra vārdi"));
    assert_true(trial_shows(stale, "Mani vārdi"));
    version = trial_between(trial, stale, "name=\"version\" value=\"", "\"");
    assert_int_equal(trial_post(trial, "case_manager", path, change("Mani vārdi", "open", version, "")).status, 303);
}

static void m3_3_a_closed_case_takes_no_tasks(void **state)
{
    (void)state;
    const char *path = add("Pirms slēgšanas");
    const char *version = version_at(path);
    const char *close = arena_format(trial_arena(trial), "/cases/%s/close", case_text);
    const char *fields = arena_format(
        trial_arena(trial), "reason=needs_met&on=%s&version=%s", trial_today(trial),
        trial_between(trial, trial_get(trial, "case_manager", close), "name=\"version\" value=\"", "\""));
    assert_int_equal(trial_post(trial, "case_manager", close, fields).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", tasks, usual("x", "")).status, 403);
    assert_int_equal(trial_post(trial, "case_manager", path, change("x", "done", version, "")).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", path).status, 200);
    assert_false(trial_shows(trial_get(trial, "case_manager", tasks), "name=\"title\""));
}

/* A request as the tasks page has it, without a page. */
static struct req home_request(const char *who)
{
    struct req r = {.arena = trial_arena(trial),
                    .app = trial_app(trial),
                    .who = trial_session(trial, who),
                    .now = time_now(),
                    .org = trial_app(trial)->org};
    assert_int_equal(store_reader_open(trial_app(trial)->store, &r.db), OK);
    return r;
}

static void m3_3_ones_own_tasks_over_all_cases(void **state)
{
    (void)state;
    struct req r = home_request("team_member");
    struct task_item *items;
    size_t count;
    struct task_counts counts;
    for (int i = 0; i < 2; i++) {
        const char *path = arena_format(trial_arena(trial), "/cases/%s/tasks", trial_case(trial, "Liepa"));
        const char *fields = arena_format(trial_arena(trial), "title=Mans%d&owner=%s&due=202%d-02-03", i,
                                          account_of("team_member"), i);
        assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 303);
    }
    assert_int_equal(task_list_mine(&r, 10, &items, &count), OK);
    assert_int_equal(count, 2);
    assert_string_equal(items[0].title, "Mans0");
    assert_string_equal(items[0].pseudonym, "Liepa");
    assert_int_equal(task_list_mine(&r, 1, &items, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(task_count_mine(&r, &counts), OK);
    assert_int_equal(counts.open, 2);
    assert_int_equal(counts.late, 2);
    store_reader_close(r.db);
    struct answer all = trial_get(trial, "team_member", "/tasks");
    assert_true(trial_shows(all, "Mans0"));
    assert_true(trial_shows(all, "Mans1"));
    assert_false(trial_shows(trial_get(trial, "stranger", "/tasks"), "Mans0"));
}

static void m7_2_words_are_nowhere_in_the_clear(void **state)
{
    (void)state;
    const char *path = add("Ametistkrase");
    const char *fields = change("Ametistkrase", "done", version_at(path), "Topazkrase");
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 303);
    assert_true(trial_holds(trial, "task_task"));
    assert_false(trial_holds(trial, "Ametistkrase"));
    assert_false(trial_holds(trial, "Topazkrase"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(m3_3_a_task_is_added_done_and_taken_up_again, new_case),
        cmocka_unit_test_setup(m3_3_wrong_input_is_told_and_kept, new_case),
        cmocka_unit_test_setup(m7_1_only_who_sees_the_plan_gets_a_task, new_case),
        cmocka_unit_test_setup(m3_3_huge_input_is_refused, new_case),
        cmocka_unit_test_setup(m7_1_other_teams_and_other_roles_do_not_get_in, new_case),
        cmocka_unit_test_setup(m3_3_a_second_click_adds_nothing, new_case),
        cmocka_unit_test_setup(m3_3_what_two_people_change_is_shown_beside_each_other, new_case),
        cmocka_unit_test_setup(m3_3_a_closed_case_takes_no_tasks, new_case),
        cmocka_unit_test_setup(m3_3_ones_own_tasks_over_all_cases, new_case),
        cmocka_unit_test_setup(m7_2_words_are_nowhere_in_the_clear, new_case),
    };
    return cmocka_run_group_tests_name("task", tests, of_case_begin, of_case_end);
}
