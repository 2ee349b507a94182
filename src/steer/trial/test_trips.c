/* How often a page waits for the database (issue: one round trip a page). On PostgreSQL the database may be on another machine, and then
 * nothing else counts; on SQLite nothing is ever waited for. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/store/scratch.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t reading_trips(struct trial *trial)
{
    const struct app *app = trial_app(trial);
    uint64_t sum = 0;
    for (unsigned i = 0; i < app->threads; i++)
        sum += db_trips(app->readers[i]);
    return sum;
}

static uint64_t no_more_than(uint64_t trips)
{
    return scratch_on_server() ? trips : 0;
}

static const char *at(struct trial *trial, const char *path, const char *id)
{
    return text_starts(path, "...") ? arena_format(trial_arena(trial), "/cases/%s%s", id, path + 3) : path;
}

static struct answer seen(struct trial *trial, const char *who, const char *path)
{
    struct answer answer = trial_get(trial, who, path);
    assert_int_equal(answer.status, 200);
    return answer;
}

/* Two cases: what is asked of the second is known from the first. */
static const char *const CASES[] = {"Abava", "Venta"};

static void a_page_waits_once(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *who;
        const char *path; /* ".../tasks" is the tasks of a case */
        uint64_t most;
    } pages[] = {
        {"case_manager", "/", 1},
        {"team_member", "/", 1},
        {"case_manager", "/cases", 1},
        {"case_manager", "/cases?which=team", 1},
        {"case_manager", "...", 1},
        {"case_manager", ".../services", 1},
        {"case_manager", ".../tasks", 1},
        {"case_manager", ".../plan", 1},
        {"case_manager", ".../person", 1},
        {"case_manager", ".../timeline", 1},
        {"case_manager", "/tasks", 1},
        {"intake", "/referrals", 1},
        {"case_manager", "/people", 1},
        {"case_manager", "/find?q=Ozols", 7}, /* session, counts, by letters, by sound, candidates, their names */
    };
    const char *ids[2];
    for (int i = 0; i < 2; i++)
        ids[i] = trial_case(trial, CASES[i]);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        (void)seen(trial, pages[i].who, at(trial, pages[i].path, ids[0]));
        uint64_t before = reading_trips(trial);
        (void)seen(trial, pages[i].who, at(trial, pages[i].path, ids[1]));
        uint64_t trips = reading_trips(trial) - before;
        if (trips > no_more_than(pages[i].most))
            print_message("%s %s: %llu\n", pages[i].who, pages[i].path, (unsigned long long)trips);
        assert_in_range(trips, 0, no_more_than(pages[i].most));
    }
}

static const char *entry(struct trial *trial)
{
    return arena_format(trial_arena(trial),
                        "service=psychologist&minutes=50&mode=in_person&phase=recovery&on=%s&once=%s",
                        time_date(trial_arena(trial), time_now()), id_text(trial_arena(trial), id_new()));
}

/* What the form is about is checked in one, the change and what it needs to know is another, and its commit the third. */
static void a_save_waits_three_times(void **state)
{
    struct trial *trial = *state;
    struct store *store = trial_app(trial)->store;
    for (int i = 0; i < 3; i++) {
        const char *path = at(trial, ".../services", trial_case(trial, CASES[i & 1]));
        uint64_t reading = reading_trips(trial);
        uint64_t changing = store_trips(store);
        assert_int_equal(trial_post(trial, "case_manager", path, entry(trial)).status, 303);
        reading = reading_trips(trial) - reading;
        changing = store_trips(store) - changing;
        if (i > 0) {
            assert_in_range(reading, 0, no_more_than(1));
            assert_in_range(changing, 0, no_more_than(2));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_waits_once),
        cmocka_unit_test(a_save_waits_three_times),
    };
    return cmocka_run_group_tests_name("trips", tests, trial_begin, trial_end);
}
