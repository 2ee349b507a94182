/* Assessments through real requests. */
#include "base/buf.h"
#include "base/text.h"
#include "case/assess/assess.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define ON "2026-01-15"

static const char *root_path(struct trial *trial, const char *path)
{
    const char *root = getenv("AUSMA_ROOT");
    return arena_format(trial_arena(trial), "%s/%s", root == NULL ? "." : root, path);
}

static enum err load(struct db *db, void *data)
{
    struct trial *trial = data;
    return assess_instruments_load(db, trial_arena(trial), trial_app(trial)->org,
                                   root_path(trial, "programmes/base/instruments"), 1);
}

static int open_trial(void **state)
{
    struct trial *trial = trial_open();
    trial_change(trial, load, trial);
    *state = trial;
    return 0;
}

/* ---- helpers ---- */

static const char *path_of(struct trial *trial, const char *case_id, const char *rest)
{
    return arena_format(trial_arena(trial), "/cases/%s%s", case_id, rest);
}

/* Begins the instrument whose button says `title`; gives the path of the draft. */
static const char *begin(struct trial *trial, const char *case_id, const char *title)
{
    const char *list = path_of(trial, case_id, "/assessments");
    struct answer page = trial_get(trial, "case_manager", list);
    assert_int_equal(page.status, 200);
    const char *at = page.body;
    const char *button = strstr(page.body, title);
    const char *instrument = NULL;
    assert_non_null(button);
    while ((at = strstr(at, "name=\"instrument\" value=\"")) != NULL && at < button) {
        at += strlen("name=\"instrument\" value=\"");
        instrument = arena_text_n(trial_arena(trial), at, strcspn(at, "\""));
    }
    assert_non_null(instrument);
    struct answer begun = trial_post(trial, "case_manager", list,
                                     arena_format(trial_arena(trial), "instrument=%s", instrument));
    assert_int_equal(begun.status, 303);
    return begun.location;
}

/* The hidden fields of a page, to be sent back with `answers`: pairs of path and value, then NULL. */
static const char *fields(struct trial *trial, struct answer page, const char *act, ...)
{
    struct buf out;
    va_list pairs;
    buf_init(&out, trial_arena(trial), 256);
    buf_format(&out, "act=%s&version=%s&page=%s", act, trial_between(trial, page, "name=\"version\" value=\"", "\""),
               trial_between(trial, page, "name=\"page\" value=\"", "\""));
    va_start(pairs, act);
    for (const char *path; (path = va_arg(pairs, const char *)) != NULL;)
        buf_format(&out, "&%s=%s", trial_encode(trial, arena_format(trial_arena(trial), "q./data/%s", path)),
                   trial_encode(trial, va_arg(pairs, const char *)));
    va_end(pairs);
    return out.ptr;
}

/* A safety assessment with immediate danger and high risk, ready to be finished. */
static const char *danger(struct trial *trial, struct answer page, const char *act)
{
    return fields(trial, page, act, "setting/assessed_on|d", "15", "setting/assessed_on|m", "1",
                  "setting/assessed_on|y", "2026", "danger/immediate_danger", "yes", "danger/danger_describe",
                  "Kaut kas slepens par upi", "risk/risk_level", "high", "plan/step_1", "Zvanīt 112", NULL);
}

/* ---- tests ---- */

static void m2_2_danger_raises_an_alert_until_it_is_answered(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Ozols");
    const char *draft = begin(trial, id, "Drošības izvērtējums");
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "q./data/danger/immediate_danger"));
    struct answer done = trial_post(trial, "case_manager", draft, danger(trial, page, "finish"));
    if (done.status != 303)
        print_message("%s\n", done.body);
    assert_int_equal(done.status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", done.location), "first page until somebody writes"));
    struct answer read = trial_get(trial, "second_manager", draft);
    assert_true(trial_shows(read, "Kaut kas slepens par upi"));
    struct answer list = trial_get(trial, "second_manager", path_of(trial, id, "/assessments"));
    assert_true(trial_shows(list, "Immediate danger"));
    assert_true(trial_shows(list, "High"));
    const char *alert = trial_between(trial, list, "/alerts/", "\"");
    assert_non_null(alert);
    const char *alert_path = path_of(trial, id, arena_format(trial_arena(trial), "/alerts/%s", alert));
    assert_int_equal(trial_post(trial, "second_manager", alert_path, "answer=").status, 422);
    assert_int_equal(trial_get(trial, "stranger", alert_path).status, 404);
    struct answer answered = trial_post(trial, "second_manager", alert_path, "answer=Esam+pie+kraujas");
    assert_int_equal(answered.status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", alert_path), "Esam pie kraujas"));
    assert_false(trial_shows(trial_get(trial, "case_manager", path_of(trial, id, "/assessments")), "/alerts/"));
    struct answer late = trial_post(trial, "case_manager", alert_path, "answer=Mana+atbilde");
    assert_int_equal(late.status, 409);
    assert_true(trial_shows(late, "Esam pie kraujas"));
    assert_true(trial_shows(late, "Mana atbilde"));
    assert_false(trial_holds(trial, "slepens par upi"));
    assert_false(trial_holds(trial, "pie kraujas"));
}

static void m2_3_what_is_missing_is_said_and_nothing_typed_is_lost(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Liepa");
    const char *draft = begin(trial, id, "Drošības izvērtējums");
    struct answer page = trial_get(trial, "case_manager", draft);
    const char *sent = fields(trial, page, "finish", "setting/assessed_on|d", "45", "setting/assessed_on|m", "x-1",
                              "setting/assessed_on|y", "2026", "danger/danger_describe", "Palika uzrakstīts", NULL);
    struct answer refused = trial_post(trial, "case_manager", draft, sent);
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "href=\"#q./data/danger/immediate_danger\""));
    assert_true(trial_shows(refused, "href=\"#q./data/setting/assessed_on\""));
    assert_true(trial_shows(refused, "Palika uzrakstīts"));
    assert_true(trial_shows(refused, "value=\"45\""));
    sent = fields(trial, page, "save", "setting/assessed_on|d", "45", "setting/assessed_on|m", "1",
                  "setting/assessed_on|y", "2026", "danger/danger_describe", "Palika uzrakstīts", NULL);
    assert_int_equal(trial_post(trial, "case_manager", draft, sent).status, 303);
    struct answer later = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(later, "Palika uzrakstīts"));
    assert_true(trial_shows(later, "value=\"45\""));
}

static void m2_3_drafts_keep_themselves_and_a_second_writer_sees_both(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Egle");
    const char *draft = begin(trial, id, "Drošības izvērtējums");
    const char *keep = arena_format(trial_arena(trial), "%s/draft", draft);
    struct answer mine = trial_get(trial, "case_manager", draft);
    struct answer theirs = trial_get(trial, "second_manager", draft);
    assert_int_equal(
        trial_post(trial, "case_manager", keep, fields(trial, mine, "", "plan/step_1", "Pirmais", NULL)).status, 204);
    assert_int_equal(
        trial_post(trial, "case_manager", keep, fields(trial, mine, "", "plan/step_1", "Otrais", NULL)).status, 204);
    struct answer stale = trial_post(trial, "second_manager", draft,
                                     fields(trial, theirs, "save", "plan/step_1", "Trešais", NULL));
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "id=\"differences\""));
    assert_true(trial_shows(stale, "Otrais"));
    assert_true(trial_shows(stale, "Trešais"));
    struct answer again = trial_post(trial, "second_manager", draft,
                                     fields(trial, stale, "save", "plan/step_1", "Abi", NULL));
    assert_int_equal(again.status, 303);
    assert_int_equal(
        trial_post(trial, "case_manager", keep, fields(trial, mine, "", "plan/step_1", "Vecs", NULL)).status, 409);
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "Abi"));
}

static void m2_2_the_page_learns_what_is_relevant(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Osis"), "Drošības izvērtējums");
    const char *live = arena_format(trial_arena(trial), "%s/live", draft);
    struct answer page = trial_get(trial, "case_manager", draft);
    struct answer no = trial_post(trial, "case_manager", live,
                                  fields(trial, page, "", "danger/immediate_danger", "no", NULL));
    struct answer yes = trial_post(trial, "case_manager", live,
                                   fields(trial, page, "", "danger/immediate_danger", "yes", NULL));
    assert_int_equal(no.status, 200);
    assert_true(trial_shows(no, "{\"name\":\"q./data/danger/danger_describe\",\"relevant\":false"));
    assert_true(trial_shows(yes, "{\"name\":\"q./data/danger/danger_describe\",\"relevant\":true"));
    assert_int_equal(trial_post(trial, "case_manager", live, "q.%2Fdata%2Fnothing=1").status, 400);
    assert_int_equal(trial_post(trial, "stranger", live, "").status, 404);
}

static void m2_3_needs_become_a_picture(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Zile");
    static const char *const scores[] = {"4", "2"};
    const char *last = NULL;
    for (size_t i = 0; i < 2; i++) {
        const char *draft = begin(trial, id, "Vajadzību izvērtējums");
        last = draft;
        struct answer page = trial_get(trial, "case_manager", draft);
        const char *sent = fields(trial, page, "finish", "setting/language", "lv", "safety/safety_score", scores[i],
                                  NULL);
        struct answer done = trial_post(trial, "case_manager", draft, sent);
        assert_int_equal(done.status, 303);
    }
    struct answer second = trial_get(trial, "case_manager", last);
    assert_true(trial_shows(second, "the assessment before"));
    const char *earlier = trial_between(trial, second, "how great is the need?</dt>", "</dd>");
    assert_non_null(earlier);
    assert_non_null(strstr(earlier, ">2 – medium: support is needed in the coming weeks<br>"));
    assert_non_null(strstr(earlier, ": 4 – critical: it endangers the child; act today</span>"));
    assert_null(strstr(earlier, ">4"));
    struct answer list = trial_get(trial, "case_manager", path_of(trial, id, "/assessments"));
    assert_true(trial_shows(list, "app-level-4\">4<"));
    assert_true(trial_shows(list, "app-level-2\">2<"));
    assert_true(trial_shows(list, "better"));
    assert_true(trial_shows(list, "not asked"));
}

/* A danger that nobody answered does not end with the case: the page that closes it leads to the alert instead (M2.2). */
static void close_when_answered(struct trial *trial, const char *id)
{
    const char *path = path_of(trial, id, "/close");
    struct answer close = trial_get(trial, "case_manager", path);
    assert_false(trial_shows(close, "name=\"reason\""));
    const char *alert = trial_between(trial, close, "/alerts/", "\"");
    assert_non_null(alert);
    /* Who had the page open before the alert loses nothing, and closes nothing. */
    const char *early = arena_format(trial_arena(trial), "reason=moved&words=Pie+tantes&on=%s&version=1",
                                     trial_today(trial));
    struct answer refused = trial_post(trial, "case_manager", path, early);
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "Pie tantes"));
    assert_true(trial_shows(refused, "An alert waits for an answer"));
    const char *alert_path = path_of(trial, id, arena_format(trial_arena(trial), "/alerts/%s", alert));
    assert_int_equal(trial_post(trial, "case_manager", alert_path, "answer=Safe+with+her+aunt").status, 303);
    close = trial_get(trial, "case_manager", path);
    assert_false(trial_shows(close, "An alert waits for an answer"));
    const char *version = trial_between(trial, close, "name=\"version\" value=\"", "\"");
    const char *closing = arena_format(trial_arena(trial), "reason=moved&words=&on=%s&version=%s", trial_today(trial),
                                       version);
    assert_int_equal(trial_post(trial, "case_manager", path, closing).status, 303);
}

static void m7_1_m2_2_others_closed_and_finished_are_refused(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Apse");
    const char *draft = begin(trial, id, "Drošības izvērtējums");
    struct answer page = trial_get(trial, "case_manager", draft);
    const char *list = path_of(trial, id, "/assessments");
    assert_int_equal(trial_get(trial, "stranger", draft).status, 404);
    assert_int_equal(trial_get(trial, "administrator", draft).status, 403);
    assert_int_equal(trial_get(trial, "programme_manager", list).status, 403);
    assert_int_equal(trial_post(trial, "case_manager", list, "instrument=zzz").status, 422);
    assert_int_equal(trial_post(trial, "case_manager", list, "instrument=0000000000zzz").status, 404);
    const char *twice = arena_format(trial_arena(trial), "%s&once=0000000000abd", danger(trial, page, "finish"));
    assert_int_equal(trial_post(trial, "case_manager", draft, twice).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", draft, danger(trial, page, "finish")).status, 409);
    close_when_answered(trial, id);
    assert_int_equal(trial_post(trial, "case_manager", list, "instrument=0000000000zzz").status, 403);
    assert_int_equal(trial_get(trial, "case_manager", draft).status, 200);
    assert_false(trial_shows(trial_get(trial, "case_manager", list), "/alerts/"));
}

static void m7_2_as_it_stood_speaks_in_the_words_of_the_form(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Kļava");
    const char *draft = begin(trial, id, "Drošības izvērtējums");
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_int_equal(trial_post(trial, "case_manager", draft, danger(trial, page, "finish")).status, 303);
    struct answer past = trial_get(trial, "case_manager", path_of(trial, id, "/past"));
    assert_int_equal(past.status, 200);
    assert_true(trial_shows(past, "Is the child in immediate danger right now? Yes"));
    assert_false(trial_shows(past, "immediate_danger: yes"));
    assert_false(trial_shows(past, "Vai bērns"));
}

/* ---- instruments ---- */

static struct bytes read_file(struct trial *trial, const char *path)
{
    FILE *file = fopen(path, "rbe");
    uint8_t *room = arena_alloc(trial_arena(trial), 4 << 20);
    if (file == NULL)
        return (struct bytes){0};
    size_t len = fread(room, 1, 4 << 20, file);
    (void)fclose(file);
    return (struct bytes){room, len};
}

static void m2_7_what_is_no_workbook_is_refused_with_its_cause(void **state)
{
    struct trial *trial = *state;
    struct bytes wrong = {(const uint8_t *)"no workbook", 11};
    struct answer answer = trial_upload(trial, "programme_manager", "/instruments", "", "workbook", "x.xlsx", wrong);
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "This is no workbook that can be read"));
    assert_int_equal(trial_upload(trial, "case_manager", "/instruments", "", "workbook", "x.xlsx", wrong).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", "/instruments").status, 200);
    assert_int_equal(trial_get(trial, "auditor", "/instruments").status, 403);
    struct bytes there = read_file(trial, root_path(trial, "programmes/base/instruments/safety.xlsx"));
    answer = trial_upload(trial, "programme_manager", "/instruments", "", "workbook", "safety.xlsx", there);
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "published already"));
}

static void m2_7_htcds_is_brought_filled_in_and_read_back(void **state)
{
    struct trial *trial = *state;
    struct bytes workbook = read_file(trial, root_path(trial, "../shared/standards/htcds/htcds_xlsform.xlsx"));
    if (workbook.len == 0) {
        print_message("skipped: the HTCDS workbook is not beside the sources\n");
        skip();
    }
    struct answer brought = trial_upload(trial, "programme_manager", "/instruments", "title=HTCDS", "workbook",
                                         "htcds.xlsx", workbook);
    if (brought.status != 303)
        print_message("%s\n", brought.body);
    assert_int_equal(brought.status, 303);
    const char *version = arena_text_n(trial_arena(trial), brought.location, strcspn(brought.location, "?"));
    struct answer tried = trial_post(trial, "programme_manager", version, "act=finish&q.%2Fdata%2Fprs_First_Name=x");
    assert_int_equal(tried.status, 200);
    const char *publish = arena_format(trial_arena(trial), "%s/publish", version);
    assert_int_equal(trial_post(trial, "case_manager", publish, "").status, 403);
    assert_int_equal(trial_post(trial, "programme_manager", publish, "").status, 303);
    const char *draft = begin(trial, trial_case(trial, "Irbe"), "HTCDS");
    struct answer page = trial_get(trial, "case_manager", draft);
    const char *sent = fields(trial, page, "finish", "prs_First_Name", "Kārlis Noslēpums", "prs_Birthdate|d", "3",
                              "prs_Birthdate|m", "4", "prs_Birthdate|y", "2011", NULL);
    assert_int_equal(trial_post(trial, "case_manager", draft, sent).status, 303);
    struct answer read = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(read, "Kārlis Noslēpums"));
    assert_true(trial_shows(read, "3 Apr 2011"));
    assert_false(trial_holds(trial, "Noslēpums"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_2_danger_raises_an_alert_until_it_is_answered),
        cmocka_unit_test(m2_3_what_is_missing_is_said_and_nothing_typed_is_lost),
        cmocka_unit_test(m2_3_drafts_keep_themselves_and_a_second_writer_sees_both),
        cmocka_unit_test(m2_2_the_page_learns_what_is_relevant),
        cmocka_unit_test(m2_3_needs_become_a_picture),
        cmocka_unit_test(m7_1_m2_2_others_closed_and_finished_are_refused),
        cmocka_unit_test(m7_2_as_it_stood_speaks_in_the_words_of_the_form),
        cmocka_unit_test(m2_7_what_is_no_workbook_is_refused_with_its_cause),
        cmocka_unit_test(m2_7_htcds_is_brought_filled_in_and_read_back),
    };
    return cmocka_run_group_tests_name("assess", tests, open_trial, trial_end);
}
