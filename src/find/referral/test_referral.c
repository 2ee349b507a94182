/* Telling, reading and answering referrals through real requests. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/record.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

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
    assert_string_equal(sent.location, "/refer/thanks/day/none?l=lv");
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

static int64_t public_clock;
static int64_t an_hour_ahead(void)
{
    return public_clock;
}

/* Nobody buries the real ones; what was typed is not lost, and it goes through a little later. Colleagues are not counted. */
static void m1_6_very_many_from_one_address_are_asked_to_wait(void **state)
{
    struct trial *trial = *state;
    struct app *app = trial_app(trial);
    public_clock = time_now() + HOUR_MS;
    app->clock = an_hour_ahead;
    for (int i = 0; i < 30; i++)
        assert_int_equal(trial_post(trial, NULL, "/refer?l=en", "l=en&source=anonymous&story=Flood").status, 303);
    struct answer refused = trial_post(trial, NULL, "/refer?l=en",
                                       "l=en&source=anonymous&story=A+girl+needs+help&about=Kept+about");
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "116111"));
    assert_true(trial_shows(refused, "A girl needs help"));
    assert_true(trial_shows(refused, "Kept about"));
    assert_true(trial_shows(refused, "id=\"story-error\""));
    public_clock += 20000;
    assert_int_equal(trial_post(trial, NULL, "/refer?l=en", "l=en&source=anonymous&story=A+girl+needs+help").status,
                     303);
    assert_int_equal(trial_post(trial, NULL, "/refer?l=en", "l=en&source=anonymous&story=Once+more").status, 422);
    app->clock = NULL;
}

static void m7_1_what_was_told_is_sealed(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial,
                            "source=school&referrer=Zaiga+Vaskopolska&organisation=Kvarcskola&about=Teodors+Baltrusaks"
                            "&story=Malahitstrasse+notikums&way=phone&contact=29555777&hours=Pusnaktstunda"
                            "&cover=Obsidianpulcins&age=15");
    assert_int_equal(
        answered(trial, path, "act=redirect&agreed=child&whom=Jaspisdienests&words=Ametistvardi&how=phone").status,
        303);
    struct answer page = trial_get(trial, "case_manager", path);
    assert_true(trial_shows(page, "The child knows and agrees"));
    static const char *const secrets[] = {"Vaskopolska",     "Kvarcskola",     "Baltrusaks",
                                          "Malahitstrasse",  "29555777",       "Pusnaktstunda",
                                          "Obsidianpulcins", "Jaspisdienests", "Ametistvardi"};
    assert_true(trial_holds(trial, "referral_item"));
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_true(trial_shows(page, secrets[i]));
        assert_false(trial_holds(trial, secrets[i]));
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

static void m1_6_whoever_cannot_be_answered_needs_no_words(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=anonymous&story=Nobody+to+answer");
    struct answer page = trial_get(trial, "case_manager", under(trial, path, "/answer"));
    assert_true(trial_shows(page, "value=\"nobody\" checked"));
    assert_int_equal(answered(trial, path, "act=consult&how=nobody").status, 303);
    const char *answerable = told(trial, "source=school&story=Somebody+to+answer&way=phone&contact=67000119");
    assert_false(
        trial_shows(trial_get(trial, "case_manager", under(trial, answerable, "/answer")), "value=\"nobody\" checked"));
    struct answer refused = answered(trial, answerable, "act=consult&how=nobody");
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "id=\"how-error\""));
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

/* ---- accepting ---- */

static void m7_4_a_pseudonym_that_is_in_use_is_not_offered(void **state)
{
    struct trial *trial = *state;
    for (size_t i = 0; i < 97; i++)
        (void)trial_case(trial, record_pseudonym_at(i));
    const char *path = under(trial, told(trial, "source=health&story=One+more&way=none"), "/accept");
    for (int i = 0; i < 8; i++) {
        struct answer page = trial_get(trial, "case_manager", path);
        const char *offered = trial_between(trial, page, "name=\"pseudonym\" type=\"text\" value=\"", "\"");
        assert_non_null(offered);
        assert_true(text_same(offered, record_pseudonym_at(97)) || text_same(offered, record_pseudonym_at(98)) ||
                    text_same(offered, record_pseudonym_at(99)));
    }
}

/* What the page holds for a select that is filled in already. */
static const char *chosen(struct trial *trial, struct answer page, const char *field)
{
    const char *select = trial_between(trial, page, arena_format(trial_arena(trial), "name=\"%s\"", field),
                                       "</select>");
    assert_non_null(select);
    const char *mark = strstr(select, "\" selected");
    assert_non_null(mark);
    const char *start = mark;
    while (start > select && start[-1] != '"')
        start--;
    return arena_text_n(trial_arena(trial), start, (size_t)(mark - start));
}

static const char *account_id(struct trial *trial, const char *who)
{
    return id_text(trial_arena(trial), trial_session(trial, who)->account);
}

/* Sends the page as it stands, with these fields besides. */
static struct answer accepted_by(struct trial *trial, const char *who, const char *manager, const char *path,
                                 const char *fields)
{
    const char *at = under(trial, path, "/accept");
    struct answer page = trial_get(trial, "case_manager", at);
    assert_int_equal(page.status, 200);
    const char *version = trial_between(trial, page, "name=\"version\" value=\"", "\"");
    return trial_post(trial, who, at,
                      arena_format(trial_arena(trial), "%s&manager=%s&team=%s&on=2026-01-05&version=%s", fields,
                                   account_id(trial, manager), chosen(trial, page, "team"), version));
}

static const char *case_path(struct trial *trial, struct answer answer)
{
    assert_int_equal(answer.status, 303);
    assert_true(text_starts(answer.location, "/cases/"));
    return arena_text_n(trial_arena(trial), answer.location, strcspn(answer.location, "?"));
}

static const char CLEAR[] = "words=We+take+it&how=nobody";

static void m1_6_m1_7_an_accepted_referral_is_a_case_with_all_that_was_told(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial,
                            "source=phone&story=Smaragdnotikums+pie+ostas&about=Rasma+Ziemeliece&age=15&age_guess=yes"
                            "&disputed=yes&way=none");
    struct answer page = trial_get(trial, "case_manager", under(trial, path, "/accept"));
    assert_true(trial_shows(page, "value=\"Rasma\""));
    assert_true(trial_shows(page, "value=\"Ziemeliece\""));
    assert_string_equal(chosen(trial, page, "manager"), account_id(trial, "case_manager"));
    const char
        *fields = "way=new&pseudonym=Zilonis&given=Rasma&family=Ziemeliece&birth_year=2011&guess=yes&disputed=yes"
                  "&words=We+take+it&how=nobody";
    const char *made = case_path(trial, accepted_by(trial, "case_manager", "case_manager", path, fields));
    struct answer timeline = trial_get(trial, "case_manager", under(trial, made, "/timeline"));
    assert_true(trial_shows(timeline, "Smaragdnotikums pie ostas"));
    struct answer person = trial_get(trial, "case_manager", under(trial, made, "/person"));
    assert_true(trial_shows(person, "Ziemeliece"));
    assert_false(trial_holds(trial, "Smaragdnotikums"));
    assert_false(trial_holds(trial, "Ziemeliece"));
    assert_int_equal(trial_get(trial, "stranger", made).status, 404);
    assert_true(trial_shows(trial_get(trial, "case_manager", path), made));
}

static void m1_6_a_consultation_is_accepted_without_typing_again(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=police&story=First+only+advice&way=none");
    assert_int_equal(answered(trial, path, "act=consult&words=Advice&how=nobody").status, 303);
    const char *fields = arena_format(trial_arena(trial), "way=new&pseudonym=Akmens&%s", CLEAR);
    const char *made = case_path(trial, accepted_by(trial, "second_manager", "second_manager", path, fields));
    assert_true(trial_shows(trial_get(trial, "second_manager", under(trial, made, "/timeline")), "First only advice"));
    struct answer twice = trial_post(trial, "case_manager", under(trial, path, "/accept"),
                                     arena_format(trial_arena(trial), "%s&on=2026-01-05&version=2", fields));
    assert_int_equal(twice.status, 422);
}

static void m1_6_whoever_may_be_the_same_is_shown_first(void **state)
{
    struct trial *trial = *state;
    const char *first = told(trial, "source=school&story=Before&about=Oksana+Shevchuk&age=14&way=none");
    const char *fields = arena_format(
        trial_arena(trial), "way=new&pseudonym=Vilnis&given=Oksana&family=Shevchuk&birth_year=2012&%s", CLEAR);
    const char *made = case_path(trial, accepted_by(trial, "case_manager", "case_manager", first, fields));

    const char *name = trial_encode(trial, "Оксана Шевчук");
    const char *second = told(
        trial, arena_format(trial_arena(trial), "source=health&story=Once+more&about=%s&age=14&way=none", name));
    struct answer page = trial_get(trial, "case_manager", under(trial, second, "/accept"));
    assert_true(trial_shows(page, "Vilnis"));
    const char *given = trial_encode(trial, "Оксана"), *family = trial_encode(trial, "Шевчук");
    const char *blind = arena_format(trial_arena(trial), "way=new&pseudonym=Cits&given=%s&family=%s&%s", given, family,
                                     CLEAR);
    struct answer unsaid = accepted_by(trial, "case_manager", "case_manager", second, blind);
    assert_int_equal(unsaid.status, 422);
    assert_true(trial_shows(unsaid, "id=\"why-error\""));

    const char *join = arena_format(trial_arena(trial), "way=join&join=%s&why=The+same+mother&given=%s&family=%s&%s",
                                    strrchr(made, '/') + 1, given, family, CLEAR);
    assert_string_equal(case_path(trial, accepted_by(trial, "case_manager", "case_manager", second, join)), made);
    struct answer timeline = trial_get(trial, "case_manager", under(trial, made, "/timeline"));
    assert_true(trial_shows(timeline, "Once more"));
    assert_true(trial_shows(timeline, "The same mother"));
}

static void m1_6_only_a_case_alike_can_be_joined(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=school&story=Somebody+else&about=Haralds+Kronbergs&way=none");
    const char *other = trial_case(trial, "Rubenis");
    const char *fields = arena_format(trial_arena(trial),
                                      "way=join&join=%s&why=Because&given=Haralds&family=Kronbergs&%s", other, CLEAR);
    struct answer refused = accepted_by(trial, "case_manager", "case_manager", path, fields);
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "id=\"join-error\""));
}

static void m7_4_the_pseudonym_is_not_the_name(void **state)
{
    static const char *const alike[] = {"Kazimirs", "kazimirs", "Jurkovs", "Kazimirs+Jurkovs", ""};
    struct trial *trial = *state;
    const char *path = told(trial, "source=school&story=Names&about=Kazimirs+Jurkovs&way=none");
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        const char *fields = arena_format(trial_arena(trial), "way=new&pseudonym=%s&given=Kazimirs&family=Jurkovs&%s",
                                          alike[i], CLEAR);
        struct answer refused = accepted_by(trial, "case_manager", "case_manager", path, fields);
        assert_int_equal(refused.status, 422);
        assert_true(trial_shows(refused, "id=\"pseudonym-error\""));
    }
}

static void m1_6_the_case_manager_can_open_the_case(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=school&story=Whose&way=none");
    const char *fields = arena_format(trial_arena(trial), "way=new&pseudonym=Kaste&%s", CLEAR);
    struct answer outside = accepted_by(trial, "case_manager", "stranger", path, fields);
    assert_int_equal(outside.status, 422);
    assert_true(trial_shows(outside, "id=\"manager-error\""));
    assert_int_equal(accepted_by(trial, "case_manager", "auditor", path, fields).status, 422);
    assert_int_equal(trial_get(trial, "stranger", under(trial, path, "/accept")).status, 404);
    assert_int_equal(trial_get(trial, "administrator", under(trial, path, "/accept")).status, 403);
    struct answer given = accepted_by(trial, "intake", "second_manager", path, fields);
    assert_int_equal(given.status, 303);
    assert_true(text_starts(given.location, path)); /* intake reads no cases */
}

static void m1_6_accepting_twice_makes_one_case(void **state)
{
    struct trial *trial = *state;
    const char *path = told(trial, "source=school&story=Twice&way=none");
    const char *fields = arena_format(trial_arena(trial), "way=new&pseudonym=Pulkstenis&once=000000000acc1&%s", CLEAR);
    struct answer first = accepted_by(trial, "case_manager", "case_manager", path, fields);
    const char *made = case_path(trial, first);
    struct answer other = trial_post(
        trial, "second_manager", under(trial, path, "/accept"),
        arena_format(trial_arena(trial),
                     "way=new&pseudonym=Galds&manager=%s&team=%s&on=2026-01-05"
                     "&version=1&%s",
                     account_id(trial, "second_manager"),
                     id_text(trial_arena(trial), trial_session(trial, "intake")->teams[0].team), CLEAR));
    assert_int_equal(other.status, 409);
    assert_true(trial_shows(other, "value=\"Galds\""));
    assert_int_equal(trial_get(trial, "case_manager", made).status, 200);
}

static void m1_6_only_an_open_case_is_joined_and_an_accepted_referral_opens_again(void **state)
{
    struct trial *trial = *state;
    const char *first = told(trial, "source=school&story=The+first&about=Viesturs+Akmentins&way=none");
    const char *person = "given=Viesturs&family=Akmentins";
    const char *fields = arena_format(trial_arena(trial), "way=new&pseudonym=Lapa&%s&%s", person, CLEAR);
    const char *made = case_path(trial, accepted_by(trial, "case_manager", "case_manager", first, fields));
    const char *close = under(trial, made, "/close");
    const char *version = trial_between(trial, trial_get(trial, "case_manager", close), "name=\"version\" value=\"",
                                        "\"");
    assert_int_equal(
        trial_post(trial, "case_manager", close,
                   arena_format(trial_arena(trial), "reason=needs_met&on=%s&version=%s", trial_today(trial), version))
            .status,
        303);
    const char *second = told(trial, "source=school&story=The+second&about=Viesturs+Akmentins&way=none");
    const char *join = arena_format(trial_arena(trial), "way=join&join=%s&why=The+same+boy&%s&%s",
                                    strrchr(made, '/') + 1, person, CLEAR);
    struct answer closed = accepted_by(trial, "case_manager", "case_manager", second, join);
    assert_int_equal(closed.status, 422);
    assert_true(trial_shows(closed, "id=\"join-error\""));
    assert_true(trial_shows(closed, "The same boy"));

    struct answer again = trial_post(trial, "intake", under(trial, first, "/reopen"), "version=2&why=Taken+too+early");
    assert_int_equal(again.status, 303);
    assert_true(trial_shows(trial_get(trial, "intake", "/referrals"), "Viesturs Akmentins"));
    assert_int_equal(trial_get(trial, "case_manager", made).status, 200);
}

static int64_t two_hours_later(void)
{
    return time_now() + 2 * HOUR_MS;
}

static void m1_6_an_overdue_answer_is_said_in_words(void **state)
{
    struct trial *trial = *state;
    struct app *app = trial_app(trial);
    const char *path = told(trial, "source=police&story=Cannot+wait&way=none&urgency=now");
    assert_false(trial_shows(trial_get(trial, "intake", path), "Overdue"));
    app->config.idle_minutes = 600;
    app->clock = two_hours_later;
    struct answer page = trial_get(trial, "intake", path);
    struct answer inbox = trial_get(trial, "intake", "/referrals");
    app->clock = NULL;
    assert_true(trial_shows(page, "Overdue"));
    assert_true(trial_shows(inbox, "overdue"));
}

static void odd_addresses_of_the_inbox_do_no_harm(void **state)
{
    static const char *const paths[] = {"/referrals?which=nothing", "/referrals?at=x&id=%27",
                                        "/referrals?which=ended&at=1", "/refer/thanks/never/x", "/refer/thanks"};
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
        cmocka_unit_test(m1_6_very_many_from_one_address_are_asked_to_wait),
        cmocka_unit_test(m7_1_what_was_told_is_sealed),
        cmocka_unit_test(m1_6_only_the_intake_team_reads),
        cmocka_unit_test(m1_6_a_colleague_outside_may_write_one_down),
        cmocka_unit_test(m1_6_a_consultation_stays_open_for_more),
        cmocka_unit_test(m1_7_no_reason_is_about_papers_and_a_disputed_age_is_a_childs),
        cmocka_unit_test(m1_6_whoever_cannot_be_answered_needs_no_words),
        cmocka_unit_test(m1_6_a_stale_answer_shows_what_the_other_wrote),
        cmocka_unit_test(m1_6_an_answered_referral_opens_again_with_a_reason),
        cmocka_unit_test(m1_6_m1_7_an_accepted_referral_is_a_case_with_all_that_was_told),
        cmocka_unit_test(m1_6_a_consultation_is_accepted_without_typing_again),
        cmocka_unit_test(m1_6_whoever_may_be_the_same_is_shown_first),
        cmocka_unit_test(m1_6_only_a_case_alike_can_be_joined),
        cmocka_unit_test(m7_4_the_pseudonym_is_not_the_name),
        cmocka_unit_test(m1_6_the_case_manager_can_open_the_case),
        cmocka_unit_test(m1_6_accepting_twice_makes_one_case),
        cmocka_unit_test(m1_6_only_an_open_case_is_joined_and_an_accepted_referral_opens_again),
        cmocka_unit_test(m1_6_an_overdue_answer_is_said_in_words),
        cmocka_unit_test(odd_addresses_of_the_inbox_do_no_harm),
        cmocka_unit_test(m7_4_a_pseudonym_that_is_in_use_is_not_offered),
    };
    return cmocka_run_group_tests_name("referral", tests, trial_begin, trial_end);
}
