/* What is written about a person, without what was ticked; through real requests. */
#include "base/buf.h"
#include "base/time.h"
#include "platform/pdf/testing.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *text_of(struct trial *trial, struct answer paper)
{
    return pdf_read_back(trial_arena(trial), (struct bytes){(const uint8_t *)paper.body, paper.body_len});
}

static void what_is_ticked_is_left_out(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Rauna");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/disclosure", id);
    struct answer page = trial_get(trial, "case_manager", path);
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "Rauna"));
    const char *before = trial_between(trial, page, "name=\"before\" value=\"", "\"");
    /* the tick beside the pseudonym */
    const char *at = strstr(page.body, ".pseudonym\" type=");
    assert_non_null(at);
    const char *from = at;
    while (from > page.body && strncmp(from, "name=\"", 6) != 0)
        from--;
    const char *tick = arena_text_n(trial_arena(trial), from + 6, strcspn(from + 6, "\""));
    assert_true(strncmp(tick, "out.", 4) == 0);
    const char *fields = arena_format(trial_arena(trial), "before=%s&to=self&%s=yes", before, tick);
    struct answer preview = trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/preview", path),
                                       fields);
    assert_int_equal(preview.status, 200);
    assert_true(trial_shows(preview, "[left out: concerns another person]"));
    assert_true(trial_shows(preview, "1 item is left out"));
    assert_true(trial_shows(preview, tick));
    struct answer paper = trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/paper", path), fields);
    assert_int_equal(paper.status, 200);
    assert_true(strncmp(paper.body, "%PDF-", 5) == 0);
    assert_true(strstr(paper.head, "record.pdf") != NULL);
    assert_null(strstr(text_of(trial, paper), "Rauna"));
    /* a whole section at once; and nothing */
    assert_true(trial_shows(page, "name=\"out.record_case\""));
    const char *some[] = {"&out.record_case=yes", ""};
    for (int i = 0; i < 2; i++) {
        fields = arena_format(trial_arena(trial), "before=%s&to=self%s", before, some[i]);
        preview = trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/preview", path), fields);
        assert_int_equal(trial_shows(preview, "[entry left out: concerns another person]"), i == 0);
        paper = trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/paper", path), fields);
        const char *text = text_of(trial, paper);
        assert_int_equal(strstr(text, "[entry left out: concerns another person]") != NULL, i == 0);
        assert_int_equal(strstr(text, "Rauna") == NULL, i == 0);
    }
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_get(trial, "team_member", path).status, 403);
    assert_int_equal(trial_get(trial, "administrator", path).status, 403);
    /* ticks that are none, and a moment that is none */
    assert_int_equal(trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/preview", path),
                                "before=1&to=self&out.nothing=yes&out.=x")
                         .status,
                     200);
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/preview", path), "before=x&to=self")
            .status,
        422);
}

/* A thousand ticks, and one with 50,000 letters: what was ticked is read once, not once a row. */
static void many_and_long_ticks_are_taken(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/disclosure/preview", trial_case(trial, "Misa"));
    struct buf fields;
    buf_init(&fields, trial_arena(trial), 1 << 17);
    buf_text(&fields, "to=self&out.long=");
    for (int i = 0; i < 50000; i++)
        buf_char(&fields, 'a');
    for (int i = 0; i < 1000; i++)
        buf_format(&fields, "&out.tick_%d=yes", i);
    assert_int_equal(trial_post(trial, "case_manager", path, fields.ptr).status, 200);
}

/* To somebody else only with a consent that stands, or on a ground (M2.1, M3.6). */
static void m3_6_to_others_it_needs_consent_or_a_ground(void **state)
{
    static const char *const refused[] = {
        "", "to=", "to=nobody", "to=police", "to=police&ground=law", "to=police&ground=whim&ground_words=x"};
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Salaca");
    const char *home = arena_format(trial_arena(trial), "/cases/%s", id);
    const char *paper = arena_format(trial_arena(trial), "%s/disclosure/paper", home);
    const char *preview = arena_format(trial_arena(trial), "%s/disclosure/preview", home);
    const char *timeline = arena_format(trial_arena(trial), "%s/timeline", home);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(trial_post(trial, "case_manager", preview, refused[i]).status, 422);
        assert_int_equal(trial_post(trial, "case_manager", paper, refused[i]).status, 422);
    }
    static const char ground[] = "to=police&ground=law&ground_words=Report+of+a+crime";
    assert_true(trial_shows(trial_post(trial, "case_manager", preview, ground), "value=\"Report of a crime\""));
    assert_false(trial_shows(trial_get(trial, "case_manager", timeline), "Report of a crime")); /* only looked at */
    assert_int_equal(trial_post(trial, "case_manager", paper, ground).status, 200);
    assert_true(trial_shows(trial_get(trial, "case_manager", timeline), "Report of a crime"));
    const char *agreed = arena_format(trial_arena(trial),
                                      "purpose=proceedings&recipient=court&kind=assent&given_by=x&on=%s",
                                      time_date(trial_arena(trial), time_now()));
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/consent", home), agreed).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", paper, "to=court").status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ticked_is_left_out),
        cmocka_unit_test(many_and_long_ticks_are_taken),
        cmocka_unit_test(m3_6_to_others_it_needs_consent_or_a_ground),
    };
    return cmocka_run_group_tests_name("disclosure", tests, trial_begin, trial_end);
}
