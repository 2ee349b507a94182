/* Telling, reading and answering referrals through real requests. */
#include "base/text.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

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

/* Sends a referral as a colleague and gives its path. */
static const char *told(struct trial *trial, const char *fields)
{
    struct answer answer = trial_post(trial, "case_manager", "/referrals/new", fields);
    assert_int_equal(answer.status, 303);
    const char *location = answer.location;
    return arena_text_n(trial_arena(trial), location, strcspn(location, "?"));
}

static const char *under(struct trial *trial, const char *path, const char *rest)
{
    return arena_format(trial_arena(trial), "%s%s", path, rest);
}

static struct answer answered(struct trial *trial, const char *path, const char *fields)
{
    const char *page = under(trial, path, "/answer");
    const char *version = trial_between(trial, trial_get(trial, "case_manager", page), "name=\"version\" value=\"",
                                        "\"");
    assert_non_null(version);
    return trial_post(trial, "case_manager", page,
                      arena_format(trial_arena(trial), "%s&on=2026-01-05&version=%s", fields, version));
}

/* Is this in any file of the installation? */
static bool on_disk(struct trial *trial, const char *what)
{
    static const char *const names[] = {"ausma.db", "ausma.db-wal"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        FILE *file = fopen(arena_format(trial_arena(trial), "%s/%s", trial_folder(trial), names[i]), "rb");
        if (file == NULL)
            continue;
        size_t max = (size_t)32 << 20;
        uint8_t *bytes = test_malloc(max);
        size_t len = fread(bytes, 1, max, file);
        (void)fclose(file);
        found = found || memmem(bytes, len, what, strlen(what)) != NULL;
        test_free(bytes);
    }
    return found;
}

/* ---- telling ---- */

static void m1_6_anybody_tells_and_one_sentence_is_enough(void **state)
{
    struct trial *trial = *state;
    struct answer page = trial_get(trial, NULL, "/refer?l=lv");
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "116111"));
    assert_true(trial_shows(page, "data-exit"));
    struct answer sent = trial_post(trial, NULL, "/refer?l=lv",
                                    "l=lv&source=anonymous&story=Meitene+stacij%C4%81+viena");
    assert_int_equal(sent.status, 303);
    assert_string_equal(sent.location, "/refer/thanks?l=lv&u=day&w=none");
    struct answer thanks = trial_get(trial, NULL, sent.location);
    assert_int_equal(thanks.status, 200);
    assert_true(trial_shows(thanks, "24 stundu"));
    assert_true(trial_shows(trial_get(trial, "intake", "/referrals"), "Meitene stacijā viena"));
}

static void m1_6_what_is_missing_is_said_and_nothing_is_lost(void **state)
{
    struct trial *trial = *state;
    struct answer empty = trial_post(trial, NULL, "/refer?l=en", "l=en&about=Kept+words&way=phone");
    assert_int_equal(empty.status, 422);
    assert_true(trial_shows(empty, "id=\"story-error\""));
    assert_true(trial_shows(empty, "id=\"contact-error\""));
    assert_true(trial_shows(empty, "Kept words"));
    struct answer no_way = trial_post(trial, NULL, "/refer", "story=Something&source=school");
    assert_int_equal(no_way.status, 422);
    assert_true(trial_shows(no_way, "id=\"way-error\""));
}

static void m1_6_hostile_input_is_only_text_or_refused(void **state)
{
    struct trial *trial = *state;
    const char *script = trial_encode(trial, "<script>alert(1)</script>\"'");
    struct answer sent = trial_post(
        trial, NULL, "/refer", arena_format(trial_arena(trial), "source=anonymous&story=%s&about=%s", script, script));
    assert_int_equal(sent.status, 303);
    struct answer inbox = trial_get(trial, "intake", "/referrals");
    assert_false(trial_shows(inbox, "<script>alert"));
    assert_true(trial_shows(inbox, "&lt;script&gt;alert"));
    const char *marks = trial_encode(trial, "abc\u202Edef");
    struct answer turned = trial_post(trial, NULL, "/refer",
                                      arena_format(trial_arena(trial), "source=anonymous&story=%s", marks));
    assert_int_equal(turned.status, 422);
    assert_int_equal(trial_post(trial, NULL, "/refer", "source=anonymous&story=%ff%fe").status, 422);
    assert_int_equal(trial_post(trial, NULL, "/refer", "source=king&story=a&way=none").status, 422);
    assert_int_equal(trial_post(trial, NULL, "/refer", "source=anonymous&story=a&age=-4").status, 422);
    assert_int_equal(trial_post(trial, NULL, "/refer", "source=anonymous&story=a&age=9999999999999999999999").status,
                     422);
    assert_int_equal(trial_post(trial, NULL, "/refer", "source=anonymous&story=a&status=accepted").status, 400);
}

static void m1_6_a_hundred_kilobytes_are_refused_and_kept(void **state)
{
    struct trial *trial = *state;
    char *huge = arena_alloc(trial_arena(trial), 100001);
    memset(huge, 'a', 100000);
    struct answer answer = trial_post(trial, NULL, "/refer",
                                      arena_format(trial_arena(trial), "source=anonymous&story=%s", huge));
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, huge));
    assert_true(trial_shows(answer, "id=\"story-error\""));
}

static void m1_6_sent_twice_counts_once(void **state)
{
    struct trial *trial = *state;
    const char *fields = "source=anonymous&story=Only+once+please&once=000000000ref1";
    struct answer first = trial_post(trial, NULL, "/refer", fields);
    struct answer second = trial_post(trial, NULL, "/refer", fields);
    assert_int_equal(first.status, 303);
    assert_int_equal(second.status, 303);
    const char *body = trial_get(trial, "intake", "/referrals").body;
    const char *found = strstr(body, "Only once please");
    assert_non_null(found);
    assert_null(strstr(found + 1, "Only once please"));
}

static void m7_1_what_was_told_is_sealed(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial,
                            "source=school&referrer=Zaiga+Vaskopolska&organisation=Kvarcskola&about=Teodors+Baltrusaks"
                            "&story=Malahitstrasse+notikums&way=phone&contact=29555777&hours=Pusnaktstunda"
                            "&cover=Obsidianpulcins&age=15");
    assert_int_equal(answered(trial, path, "act=redirect&whom=Jaspisdienests&words=Ametistvardi&how=phone").status,
                     303);
    struct answer page = trial_get(trial, "case_manager", path);
    static const char *const secrets[] = {"Vaskopolska",     "Kvarcskola",     "Baltrusaks",
                                          "Malahitstrasse",  "29555777",       "Pusnaktstunda",
                                          "Obsidianpulcins", "Jaspisdienests", "Ametistvardi"};
    assert_true(on_disk(trial, "referral_item"));
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_true(trial_shows(page, secrets[i]));
        assert_false(on_disk(trial, secrets[i]));
    }
    assert_false(trial_shows(page, "<title>Teodors"));
}

/* ---- who reads ---- */

static void m1_6_only_the_intake_team_reads(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=police&story=Read+by+few&way=none");
    assert_int_equal(trial_get(trial, "case_manager", path).status, 200);
    assert_int_equal(trial_get(trial, "intake", path).status, 200);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_get(trial, "team_member", path).status, 403);
    assert_int_equal(trial_get(trial, "administrator", path).status, 403);
    assert_int_equal(trial_get(trial, "auditor", path).status, 403);
    assert_int_equal(trial_get(trial, NULL, path).status, 401);
    struct answer outside = trial_get(trial, "stranger", "/referrals");
    assert_int_equal(outside.status, 200);
    assert_false(trial_shows(outside, "Read by few"));
    assert_int_equal(trial_get(trial, "administrator", "/referrals").status, 403);
    assert_int_equal(trial_post(trial, "stranger", under(trial, path, "/answer"), "act=consult").status, 404);
}

static void m1_6_a_colleague_outside_may_write_one_down(void **state)
{
    struct trial *trial = *state;
    struct answer sent = trial_post(trial, "stranger", "/referrals/new",
                                    "source=phone&story=From+afar&way=none&urgency=now");
    assert_int_equal(sent.status, 303);
    assert_true(text_starts(sent.location, "/referrals/new?"));
    struct answer inbox = trial_get(trial, "intake", "/referrals");
    assert_true(trial_shows(inbox, "From afar"));
    assert_int_equal(trial_get(trial, "administrator", "/referrals/new").status, 403);
}

/* ---- answering ---- */

static void m1_6_a_consultation_stays_open_for_more(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=ngo&story=Asks+for+advice&way=email&contact=a%40b.example");
    struct answer done = answered(trial, path, "act=consult&words=Our+advice&how=email");
    assert_int_equal(done.status, 303);
    struct answer page = trial_get(trial, "case_manager", path);
    assert_true(trial_shows(page, "Our advice"));
    assert_true(trial_shows(page, "/accept\""));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/referrals"), "Asks for advice"));
    assert_true(trial_shows(trial_get(trial, "case_manager", "/referrals?which=consulted"), "Asks for advice"));
    assert_int_equal(answered(trial, path, "act=decline&reason=has_support&words=No+more&how=email").status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", "/referrals?which=ended"), "Asks for advice"));
    struct answer again = answered(trial, path, "act=consult&words=Too+late&how=email");
    assert_int_equal(again.status, 422);
    assert_true(trial_shows(again, "Too late"));
}

static void m1_7_no_reason_is_about_papers_and_a_disputed_age_is_a_childs(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=self&story=Mine&way=none&age=19&disputed=yes");
    struct answer page = trial_get(trial, "case_manager", under(trial, path, "/answer"));
    assert_true(trial_shows(page, "no reason to decline"));
    assert_int_equal(answered(trial, path, "act=decline&reason=no_status&words=W&how=nobody").status, 422);
    struct answer adult = answered(trial, path, "act=decline&reason=adult&words=Kept+all+the+same&how=nobody");
    assert_int_equal(adult.status, 422);
    assert_true(trial_shows(adult, "id=\"reason-error\""));
    assert_true(trial_shows(adult, "Kept all the same"));
}

static void m1_6_a_stale_answer_shows_what_the_other_wrote(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=health&story=Two+at+once&way=none");
    assert_int_equal(answered(trial, path, "act=consult&words=Words+of+the+first&how=nobody").status, 303);
    struct answer late = trial_post(
        trial, "second_manager", under(trial, path, "/answer"),
        "act=decline&reason=repeated&words=Words+of+the+second&how=nobody&on=2026-01-05&version=1");
    assert_int_equal(late.status, 409);
    assert_true(trial_shows(late, "Words of the first"));
    assert_true(trial_shows(late, "Words of the second"));
    assert_true(trial_shows(late, "name=\"version\" value=\"2\""));
}

static void m1_6_an_answered_referral_opens_again_with_a_reason(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=iom&story=Comes+back&way=none");
    assert_int_equal(answered(trial, path, "act=decline&reason=not_wanted&words=Not+now&how=nobody").status, 303);
    const char *page = under(trial, path, "/reopen");
    assert_int_equal(trial_post(trial, "intake", page, "version=2").status, 422);
    assert_int_equal(trial_post(trial, "intake", page, "version=1&why=Wishes+it+now").status, 409);
    assert_int_equal(trial_post(trial, "intake", page, "version=2&why=Wishes+it+now").status, 303);
    assert_true(trial_shows(trial_get(trial, "intake", path), "Wishes it now"));
    assert_true(trial_shows(trial_get(trial, "intake", "/referrals"), "Comes back"));
}

static void odd_addresses_of_the_inbox_do_no_harm(void **state)
{
    static const char *const paths[] = {"/referrals?which=nothing", "/referrals?at=x&id=%27",
                                        "/referrals?which=ended&at=1", "/refer/thanks?u=never&w=x", "/refer/thanks"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_true(trial_get(*state, "intake", paths[i]).status < 500);
    assert_int_equal(trial_get(*state, "intake", "/referrals/zzz").status, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m1_6_anybody_tells_and_one_sentence_is_enough),
        cmocka_unit_test(m1_6_what_is_missing_is_said_and_nothing_is_lost),
        cmocka_unit_test(m1_6_hostile_input_is_only_text_or_refused),
        cmocka_unit_test(m1_6_a_hundred_kilobytes_are_refused_and_kept),
        cmocka_unit_test(m1_6_sent_twice_counts_once),
        cmocka_unit_test(m7_1_what_was_told_is_sealed),
        cmocka_unit_test(m1_6_only_the_intake_team_reads),
        cmocka_unit_test(m1_6_a_colleague_outside_may_write_one_down),
        cmocka_unit_test(m1_6_a_consultation_stays_open_for_more),
        cmocka_unit_test(m1_7_no_reason_is_about_papers_and_a_disputed_age_is_a_childs),
        cmocka_unit_test(m1_6_a_stale_answer_shows_what_the_other_wrote),
        cmocka_unit_test(m1_6_an_answered_referral_opens_again_with_a_reason),
        cmocka_unit_test(odd_addresses_of_the_inbox_do_no_harm),
    };
    return cmocka_run_group_tests_name("referral", tests, open_trial, close_trial);
}
