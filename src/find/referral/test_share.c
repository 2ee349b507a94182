/* One referral is shown to one outside specialist until a date, through real requests. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "find/referral/queries.h"
#include "find/referral/referral.h"
#include "platform/audit/audit.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *told(struct trial *trial, const char *story)
{
    struct answer answer = trial_post(trial, "case_manager", "/referrals/new",
                                      arena_format(trial_arena(trial),
                                                   "story=%s&about=Paraugs+Zari%%C5%%86%%C5%%A1&age=15&source=school&"
                                                   "referrer=Skolotaja&way=phone&contact=20000001",
                                                   trial_encode(trial, story)));
    assert_int_equal(answer.status, 303);
    return arena_text_n(trial_arena(trial), answer.location, strcspn(answer.location, "?"));
}

static const char *in_days(struct trial *trial, int days)
{
    return date_add(trial_arena(trial), time_date(trial_arena(trial), time_now()), days);
}

static struct answer share(struct trial *trial, const char *referral, const char *with, int days, const char *more)
{
    return trial_post(
        trial, "intake", arena_format(trial_arena(trial), "%s/share", referral),
        arena_format(trial_arena(trial), "account=%s&question=Vai+vajag+tulku%%3F&agreed=nameless&until=%s%s",
                     id_text(trial_arena(trial), trial_account(trial, with)), in_days(trial, days), more));
}

/* The page of what was shared last with somebody, as their first page leads there; NULL: none. */
static const char *shared_page(struct trial *trial, const char *who)
{
    const char *id = trial_between(trial, trial_get(trial, who, "/"), "href=\"/shared/", "\"");
    return id == NULL ? NULL : arena_format(trial_arena(trial), "/shared/%s", id);
}

static const char *shared_anew(struct trial *trial, const char *referral, const char *with, const char *more)
{
    assert_int_equal(share(trial, referral, with, 7, more).status, 303);
    const char *page = shared_page(trial, with);
    assert_non_null(page);
    return page;
}

static void end(struct trial *trial, const char *referral)
{
    struct answer detail = trial_get(trial, "intake", referral);
    const char *path = trial_between(trial, detail, "/shares/", "/end");
    assert_non_null(path);
    assert_int_equal(
        trial_post(trial, "intake", arena_format(trial_arena(trial), "%s/shares/%s/end", referral, path), "").status,
        303);
}

static void m3_6_the_specialist_sees_this_one_and_answers(void **state)
{
    struct trial *trial = *state;
    const char *referral = told(trial, "Meitene baidās iet mājās");
    const char *other = told(trial, "Cits stāsts");
    const char *page = shared_anew(trial, referral, "outside_specialist", "");
    struct answer seen = trial_get(trial, "outside_specialist", page);
    assert_int_equal(seen.status, 200);
    assert_true(trial_shows(seen, "Meitene baidās iet mājās"));
    assert_true(trial_shows(seen, "Vai vajag tulku?"));
    assert_false(trial_shows(seen, "Skolotaja"));
    assert_false(trial_shows(seen, "20000001"));
    assert_false(trial_shows(seen, "Cits stāsts"));
    assert_int_equal(trial_get(trial, "outside_specialist", referral).status, 403);
    assert_int_equal(trial_get(trial, "outside_specialist", other).status, 403);
    assert_int_equal(trial_get(trial, "outside_specialist", "/referrals").status, 403);
    assert_int_equal(trial_post(trial, "outside_specialist", page, "words=").status, 422);
    assert_int_equal(trial_post(trial, "outside_specialist", page, "words=J%C4%81%2C+vajag+tulku").status, 303);
    struct answer detail = trial_get(trial, "case_manager", referral);
    assert_true(trial_shows(detail, "Jā, vajag tulku"));
    assert_true(trial_shows(trial_get(trial, "intake", "/referrals"), "Answered from outside"));
    assert_true(trial_shows(trial_get(trial, "intake", "/"), "answered from outside"));
    assert_false(trial_holds(trial, "vajag tulku"));
    end(trial, referral);
}

static void m3_6_who_told_is_shown_when_intake_says_so(void **state)
{
    struct trial *trial = *state;
    const char *referral = told(trial, "Stāsts ar nosūtītāju");
    struct answer seen = trial_get(trial, "outside_specialist",
                                   shared_anew(trial, referral, "outside_specialist", "&teller=yes"));
    assert_true(trial_shows(seen, "Skolotaja"));
    assert_true(trial_shows(seen, "20000001"));
    end(trial, referral);
}

/* Roles, guessed ids, another specialist: all alike, and nothing is told. */
static void m7_1_nobody_else_opens_a_share(void **state)
{
    static const char *const others[] = {"case_manager",  "intake",  "team_member",
                                         "administrator", "auditor", "stranger"};
    struct trial *trial = *state;
    const char *referral = told(trial, "Tikai vienam");
    const char *page = shared_anew(trial, referral, "outside_specialist", "");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(trial_get(trial, others[i], page).status, 403);
    assert_int_equal(trial_get(trial, NULL, page).status, 401);
    struct answer stranger = trial_get(trial, "second_specialist", page);
    struct answer nothing = trial_get(trial, "second_specialist", "/shared/0000000000zzz");
    assert_int_equal(stranger.status, 404);
    assert_int_equal(nothing.status, 404);
    assert_int_equal(trial_post(trial, "second_specialist", page, "words=x").status, 404);
    assert_null(shared_page(trial, "second_specialist"));
    assert_int_equal(trial_get(trial, "outside_specialist", "/shared/..%2Freferrals").status, 404);
    /* Another team's intake is none: only who may decide this referral shares or ends. */
    assert_int_equal(trial_get(trial, "stranger", arena_format(trial_arena(trial), "%s/share", referral)).status, 404);
    end(trial, referral);
}

static void m3_6_what_ended_is_closed(void **state)
{
    struct trial *trial = *state;
    const char *referral = told(trial, "Beigsies ar roku");
    const char *page = shared_anew(trial, referral, "outside_specialist", "");
    end(trial, referral);
    assert_int_equal(trial_get(trial, "outside_specialist", page).status, 404);
    assert_int_equal(trial_post(trial, "outside_specialist", page, "words=par+v%C4%93lu").status, 404);
    assert_null(shared_page(trial, "outside_specialist"));
    struct answer detail = trial_get(trial, "intake", referral);
    assert_true(trial_shows(detail, "Ended"));
    assert_false(trial_shows(detail, "par vēlu"));
    /* A share of another referral cannot be ended through this one, and none twice. */
    const char *other = told(trial, "Cita nosūtījuma rādīšana");
    const char *open = shared_anew(trial, other, "outside_specialist", "");
    struct answer crossed = trial_post(
        trial, "intake", arena_format(trial_arena(trial), "%s/shares/%s/end", referral, open + strlen("/shared/")), "");
    assert_int_equal(crossed.status, 404);
    assert_int_equal(trial_get(trial, "outside_specialist", open).status, 200);
    end(trial, other);
}

struct due {
    struct trial *trial;
    int64_t now;
    size_t over;
};

static enum err end_due(struct db *db, void *data)
{
    struct due *due = data;
    int64_t org = trial_app(due->trial)->org;
    TRY(referral_shares_due(db, org, due->now, &due->over));
    return audit_add(db, &(struct audit){.org = org, .at = due->now, .act = "referral.share_over"});
}

static void m3_6_it_ends_by_itself_and_the_key_is_gone(void **state)
{
    struct trial *trial = *state;
    const char *referral = told(trial, "Beigsies pats");
    const char *page = shared_anew(trial, referral, "outside_specialist", "");
    int64_t id;
    assert_true(id_parse(page + strlen("/shared/"), &id));
    struct due due = {.trial = trial, .now = time_now() + 9 * DAY_MS};
    struct referral_share_mine_in mine = {.org = trial_app(trial)->org,
                                          .id = id,
                                          .account = trial_account(trial, "outside_specialist"),
                                          .now = time_now()};
    struct referral_share_mine_row row;
    struct db *db;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(referral_share_mine(db, trial_arena(trial), &mine, &row), OK);
    assert_non_null(row.for_account.ptr);
    mine.now = due.now;
    assert_int_equal(referral_share_mine(db, trial_arena(trial), &mine, &row), ERR_NOT_FOUND);
    trial_change(trial, end_due, &due);
    assert_true(due.over >= 1);
    mine.now = time_now();
    assert_int_equal(referral_share_mine(db, trial_arena(trial), &mine, &row), ERR_NOT_FOUND);
    store_reader_close(db);
    assert_int_equal(trial_get(trial, "outside_specialist", page).status, 404);
    assert_true(trial_shows(trial_get(trial, "intake", referral), "Ended"));
}

static void m3_6_a_decision_ends_it(void **state)
{
    struct trial *trial = *state;
    const char *referral = told(trial, "Novirzīs citur");
    const char *page = shared_anew(trial, referral, "outside_specialist", "");
    const char *answer = arena_format(trial_arena(trial), "%s/answer", referral);
    const char *version = trial_between(trial, trial_get(trial, "intake", answer), "name=\"version\" value=\"", "\"");
    assert_int_equal(
        trial_post(
            trial, "intake", answer,
            arena_format(
                trial_arena(trial),
                "act=redirect&agreed=child&whom=B%%C4%%81ri%%C5%%86tiesa&words=Nodots&how=phone&on=%s&version=%s",
                in_days(trial, 0), version))
            .status,
        303);
    assert_int_equal(trial_get(trial, "outside_specialist", page).status, 404);
    assert_int_equal(share(trial, referral, "outside_specialist", 7, "").status, 409);
}

static void m3_6_what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *with;
        int days;
        int status;
    } cases[] = {
        {"outside_specialist", -1, 422}, {"outside_specialist", 93, 422},
        {"outside_specialist", 0, 303},  {"outside_specialist", 3, 422}, /* shown already */
        {"team_member", 3, 422},         {"case_manager", 3, 422},
    };
    struct trial *trial = *state;
    const char *referral = told(trial, "Kļūdas formā");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(share(trial, referral, cases[i].with, cases[i].days, "").status, cases[i].status);
    struct answer empty = trial_post(trial, "intake", arena_format(trial_arena(trial), "%s/share", referral),
                                     "question=Paliek+te");
    assert_int_equal(empty.status, 422);
    assert_true(trial_shows(empty, "Paliek te"));
    assert_true(trial_shows(empty, "id=\"account-error\""));
    assert_true(trial_shows(empty, "id=\"agreed-error\""));
    assert_true(trial_shows(trial_get(trial, "intake", referral), "the child cannot be known by this"));
    end(trial, referral);
}

static void m3_6_leaving_ends_what_was_shared(void **state)
{
    struct trial *trial = *state;
    const char *referral = told(trial, "Speciālists aiziet");
    const char *page = shared_anew(trial, referral, "second_specialist", "");
    const char *leave = arena_format(trial_arena(trial), "/people/%s/leave",
                                     id_text(trial_arena(trial), trial_account(trial, "second_specialist")));
    assert_int_equal(trial_post(trial, "administrator", leave, "sure=yes").status, 303);
    assert_int_equal(trial_get(trial, "second_specialist", page).status, 401);
    assert_int_equal(share(trial, referral, "second_specialist", 3, "").status, 422);
    assert_true(trial_shows(trial_get(trial, "intake", referral), "Ended"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_6_the_specialist_sees_this_one_and_answers),
        cmocka_unit_test(m3_6_who_told_is_shown_when_intake_says_so),
        cmocka_unit_test(m7_1_nobody_else_opens_a_share),
        cmocka_unit_test(m3_6_what_ended_is_closed),
        cmocka_unit_test(m3_6_it_ends_by_itself_and_the_key_is_gone),
        cmocka_unit_test(m3_6_a_decision_ends_it),
        cmocka_unit_test(m3_6_what_is_wrong_is_said),
        cmocka_unit_test(m3_6_leaving_ends_what_was_shared),
    };
    return cmocka_run_group_tests_name("share", tests, trial_begin, trial_end);
}
