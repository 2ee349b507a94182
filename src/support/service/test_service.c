#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "steer/trial/of_case.h"
#include "support/service/internal.h"
#include "support/service/queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* The fields of a usual entry of today, and more. */
static const char *usual(const char *more)
{
    return arena_format(trial_arena(trial), "service=psychologist&minutes=50&mode=in_person&phase=recovery&on=%s%s",
                        day(0), more);
}

static void expect_path(struct answer answer, const char *path)
{
    assert_int_equal(answer.status, 303);
    assert_true(text_starts(answer.location, path));
}

/* Writes an entry and gives the address of its correction. */
static const char *entry_path(const char *more)
{
    expect_path(trial_post(trial, "case_manager", at("/services"), usual(more)), at("/services?done="));
    struct answer list = trial_get(trial, "case_manager", at("/services"));
    const char *before = arena_format(trial_arena(trial), "<a class=\"govuk-link\" href=\"%s/services/", home);
    const char *id = trial_between(trial, list, before, "\"");
    assert_non_null(id);
    return arena_format(trial_arena(trial), "%s/services/%s", home, id);
}

/* Entries that count. */
static size_t count_of(const char *case_id)
{
    struct service_entry_list_row *rows;
    struct service_entry_list_in in = {.org = trial_app(trial)->org,
                                       .before_day = "9999-12-31",
                                       .before_id = INT64_MAX,
                                       .limit = 50,
                                       .legal = true,
                                       .psychosocial = true,
                                       .health = true,
                                       .others = true};
    size_t all;
    size_t count = 0;
    struct db *db;
    assert_true(id_parse(case_id, &in.case_id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(service_entry_list(db, trial_arena(trial), &in, &rows, &all), OK);
    store_reader_close(db);
    for (size_t i = 0; i < all; i++)
        count += rows[i].struck ? 0 : 1;
    return count;
}

/* ---- the usual way ---- */

static void m4_2_an_entry_is_written_and_shown(void **state)
{
    (void)state;
    struct answer empty = trial_get(trial, "case_manager", at("/services"));
    assert_int_equal(empty.status, 200);
    assert_true(trial_shows(empty, "Nothing is written down yet."));
    const char *fields = usual("&interpreter=yes&travel=2,40&meal=5&funding=state_6_months&provider=Vita+Kalna&"
                               "note=Runajam+par+skolu&strand=health");
    expect_path(trial_post(trial, "case_manager", at("/services"), fields), at("/services?done=service.saved"));
    struct answer list = trial_get(trial, "second_manager", at("/services"));
    assert_true(trial_shows(list, "Psychologist&#39;s consultation") ||
                trial_shows(list, "Psychologist's consultation"));
    assert_true(trial_shows(list, "50 min"));
    assert_true(trial_shows(list, "Vita Kalna"));
    assert_true(trial_shows(list, "Runajam par skolu"));
    assert_true(trial_shows(list, "€7.40"));
    assert_true(trial_shows(list, "with an interpreter"));
    struct answer timeline = trial_get(trial, "case_manager", at("/timeline"));
    assert_true(trial_shows(timeline, "Service — Psychologist"));
}

static void m4_2_the_next_entry_is_one_click(void **state)
{
    (void)state;
    (void)entry_path("&strand=health");
    struct answer form = trial_get(trial, "case_manager", at("/services"));
    assert_true(trial_shows(form, "<option value=\"psychologist\" selected>"));
    assert_true(trial_shows(form, "name=\"minutes\" type=\"text\" inputmode=\"numeric\" value=\"50\""));
    assert_true(trial_shows(form, "type=\"radio\" value=\"in_person\" checked"));
    assert_true(trial_shows(form, "class=\"app-chip\""));
    struct answer other = trial_get(trial, "case_manager", at("/services?service=hearing_support"));
    assert_true(trial_shows(other, "<option value=\"hearing_support\" selected>"));
    assert_true(trial_shows(other, "inputmode=\"numeric\" value=\"180\""));
}

static void m4_2_usual_minutes_and_strand_need_no_typing(void **state)
{
    (void)state;
    const char *fields = arena_format(trial_arena(trial), "service=hearing_support&mode=phone&phase=recovery&on=%s",
                                      day(0));
    expect_path(trial_post(trial, "team_member", at("/services"), fields), at("/services"));
    struct answer list = trial_get(trial, "case_manager", at("/services"));
    assert_true(trial_shows(list, "3 h"));
    assert_true(trial_shows(list, "Legal support"));
}

static void m4_2_the_list_goes_on_by_key(void **state)
{
    (void)state;
    for (int i = 0; i < 33; i++)
        expect_path(trial_post(trial, "case_manager", at("/services"), usual("")), at("/services"));
    struct answer first = trial_get(trial, "case_manager", at("/services"));
    const char *next = trial_between(trial, first, "govuk-pagination__link\" href=\"", "\"");
    assert_non_null(next);
    assert_true(trial_shows(first, "27 h 30 min")); /* 33 times 50 minutes, by month */
    const char *query = arena_format(trial_arena(trial), "/services?day=%s&id=%s", day(0),
                                     trial_between(trial, first, "&amp;id=", "\""));
    assert_true(text_starts(next, home));
    struct answer second = trial_get(trial, "case_manager", at(query));
    assert_int_equal(second.status, 200);
    size_t rows = 0;
    for (const char *row = second.body; (row = strstr(row, "data-label=\"How long\"")) != NULL; row++)
        rows++;
    assert_int_equal(rows, 3);
    assert_false(trial_shows(second, "govuk-pagination__link"));
    assert_int_equal(trial_get(trial, "case_manager", at("/services?day=1&id=%25&service=nonsense")).status, 200);
}

/* ---- what goes wrong ---- */

static void m4_2_wrong_input_is_told_beside_the_field_and_kept(void **state)
{
    static const struct {
        const char *fields, *said;
    } cases[] = {
        {"", "Choose the service"},
        {"service=psychologist&mode=phone&phase=recovery", "Write the day"},
        {"service=nonsense&mode=phone&phase=recovery&on=2026-11-20", "Choose the service"},
        {"service=food&mode=pigeon&phase=recovery&on=2026-11-20", "Choose from the list"},
        {"service=food&mode=phone&phase=later&on=2026-11-20", "Choose from the list"},
        {"service=food&mode=phone&phase=recovery&on=2999-01-01", "This day has not come yet"},
        {"service=food&mode=phone&phase=recovery&on=2016-01-01", "long before the case was opened"},
        {"service=food&mode=phone&phase=recovery&on-day=31&on-month=2&on-year=2026", "Enter"},
        {"service=food&mode=phone&phase=recovery&on-day=24&on-month=11&on-year=26", "the year with four digits"},
        {"service=food&mode=phone&phase=recovery&minutes=-5", "Enter a number from 1 to 1440"},
        {"service=food&mode=phone&phase=recovery&minutes=1441", "Enter a number from 1 to 1440"},
        {"service=food&mode=phone&phase=recovery&minutes=99999999999999999999", "Enter a number from 1 to 1440"},
        {"service=food&mode=phone&phase=recovery&travel=daudz", "Write an amount in euros"},
        {"service=food&mode=phone&phase=recovery&strand=else", "Choose from the list"},
        {"service=food&mode=phone&phase=recovery&funding=else", "Choose from the list"},
        {"service=food&mode=phone&phase=recovery&interpreter=maybe", "Choose from the list"},
        {"service=food&mode=phone&phase=recovery&note=%FF%01", "There are characters here that cannot be saved"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = trial_post(trial, "case_manager", at("/services"), cases[i].fields);
        if (answer.status != 422 || !trial_shows(answer, cases[i].said))
            fail_msg("%s answers %d without: %s", cases[i].fields, answer.status, cases[i].said);
    }
    struct answer empty = trial_post(trial, "case_manager", at("/services"), "");
    assert_false(trial_shows(empty, "minutes-error") ||
                 trial_shows(empty, "strand-error")); /* the service brings them */
    struct answer kept = trial_post(trial, "case_manager", at("/services"),
                                    "service=food&mode=phone&phase=recovery&minutes=abc&note=%3Cb%3EPiezime&travel=x");
    assert_true(trial_shows(kept, "value=\"abc\""));
    assert_true(trial_shows(kept, "&lt;b&gt;Piezime"));
    assert_true(trial_shows(kept, "<details class=\"govuk-details\" open>"));
    assert_int_equal(count_of(case_text), 0);
    assert_int_equal(trial_post(trial, "case_manager", at("/services"), usual("&surprise=1")).status, 400);
}

static void m4_2_huge_input_is_refused_and_kept(void **state)
{
    (void)state;
    struct buf fields;
    buf_init(&fields, trial_arena(trial), 8192);
    buf_text(&fields, usual("&note="));
    for (int i = 0; i < 4001; i++)
        buf_char(&fields, 'x');
    struct answer answer = trial_post(trial, "case_manager", at("/services"), fields.ptr);
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "xxxxxxxxxx"));
    for (int i = 0; i < 100000; i++)
        buf_char(&fields, 'x');
    assert_int_equal(trial_post(trial, "case_manager", at("/services"), fields.ptr).status, 413);
    assert_int_equal(count_of(case_text), 0);
}

static void m7_1_other_teams_and_roles_have_no_way_in(void **state)
{
    (void)state;
    const char *entry = entry_path("");
    const char *strike = arena_format(trial_arena(trial), "%s/strike", entry);
    const char *day = arena_format(trial_arena(trial), "/day/%s", case_text);
    assert_int_equal(trial_get(trial, "stranger", at("/services")).status, 404);
    assert_int_equal(trial_post(trial, "stranger", at("/services"), usual("")).status, 404);
    assert_int_equal(trial_get(trial, "stranger", entry).status, 404);
    assert_int_equal(trial_get(trial, "stranger", day).status, 404);
    assert_int_equal(trial_post(trial, "stranger", day, usual("")).status, 404);
    assert_int_equal(trial_post(trial, "stranger", strike, "reason=x&version=1").status, 404);
    static const char *const others[] = {"intake", "programme_manager", "administrator", "auditor"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(trial_get(trial, others[i], at("/services")).status, 403);
        assert_int_equal(trial_post(trial, others[i], at("/services"), usual("")).status, 403);
        assert_int_equal(trial_get(trial, others[i], "/day").status, 403);
    }
    assert_int_equal(trial_get(trial, NULL, at("/services")).status, 401);
    assert_int_equal(count_of(case_text), 1);
}

static void m4_2_entries_of_one_case_are_not_found_in_another(void **state)
{
    (void)state;
    const char *entry = entry_path("");
    const char *id = strrchr(entry, '/');
    const char *other = trial_case(trial, "Cits");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/services%s", other, id);
    assert_int_equal(trial_get(trial, "case_manager", path).status, 404);
    assert_int_equal(trial_post(trial, "case_manager", path, usual("&version=1")).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", at("/services/nonsense")).status, 404);
}

static void m4_2_sent_twice_is_written_once(void **state)
{
    (void)state;
    const char *once = id_text(trial_arena(trial), id_new());
    const char *fields = usual(arena_format(trial_arena(trial), "&once=%s", once));
    expect_path(trial_post(trial, "case_manager", at("/services"), fields), at("/services"));
    expect_path(trial_post(trial, "case_manager", at("/services"), fields), at("/services"));
    assert_int_equal(count_of(case_text), 1);
}

static void close_case(void)
{
    const char *fields = arena_format(
        trial_arena(trial), "reason=needs_met&on=%s&version=%s", day(0),
        trial_between(trial, trial_get(trial, "case_manager", at("/close")), "name=\"version\" value=\"", "\""));
    expect_path(trial_post(trial, "case_manager", at("/close"), fields), home);
}

static void m4_2_a_closed_case_takes_no_entries(void **state)
{
    (void)state;
    const char *entry = entry_path("");
    close_case();
    assert_int_equal(trial_post(trial, "case_manager", at("/services"), usual("")).status, 403);
    assert_int_equal(trial_post(trial, "case_manager", entry, usual("&version=1")).status, 403);
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/strike", entry), "reason=x&version=1")
            .status,
        403);
    struct answer list = trial_get(trial, "case_manager", at("/services"));
    assert_int_equal(list.status, 200);
    assert_true(trial_shows(list, "The case is closed."));
    assert_false(trial_shows(list, "name=\"minutes\""));
    assert_int_equal(count_of(case_text), 1);
}

/* ---- correcting and striking out ---- */

static void m4_2_a_correction_keeps_what_stood_there(void **state)
{
    (void)state;
    const char *entry = entry_path("&note=Vecais+teksts");
    struct answer form = trial_get(trial, "second_manager", entry);
    assert_true(trial_shows(form, "Vecais teksts"));
    expect_path(trial_post(trial, "second_manager", entry, usual("&minutes=5&version=1&note=Jaunais")),
                at("/services"));
    struct answer list = trial_get(trial, "case_manager", at("/services"));
    assert_true(trial_shows(list, "Jaunais"));
    assert_false(trial_shows(list, "Vecais teksts"));
    struct answer timeline = trial_get(trial, "case_manager", at("/timeline"));
    assert_true(trial_shows(timeline, "Before the correction:"));
    assert_true(trial_shows(timeline, "Vecais teksts"));
    assert_int_equal(count_of(case_text), 1);
}

static void m4_2_a_clash_shows_both(void **state)
{
    (void)state;
    const char *entry = entry_path("");
    expect_path(trial_post(trial, "second_manager", entry, usual("&version=1&note=No+otra")), at("/services"));
    struct answer clash = trial_post(trial, "case_manager", entry, usual("&version=1&note=No+pirma"));
    assert_int_equal(clash.status, 409);
    assert_true(trial_shows(clash, "No otra"));
    assert_true(trial_shows(clash, "No pirma"));
    assert_string_equal(trial_between(trial, clash, "name=\"version\" value=\"", "\""), "2");
    expect_path(trial_post(trial, "case_manager", entry, usual("&version=2&note=No+pirma")), at("/services"));
    struct answer wrong = trial_post(trial, "case_manager", entry, usual("&version=2&travel=x"));
    assert_int_equal(wrong.status, 422);
    assert_string_equal(trial_between(trial, wrong, "name=\"version\" value=\"", "\""), "2");
}

static void m4_2_nothing_is_deleted_only_struck_out(void **state)
{
    (void)state;
    const char *entry = entry_path("");
    const char *strike = arena_format(trial_arena(trial), "%s/strike", entry);
    assert_int_equal(trial_get(trial, "case_manager", strike).status, 200);
    struct answer without = trial_post(trial, "case_manager", strike, "version=1");
    assert_int_equal(without.status, 422);
    assert_true(trial_shows(without, "Write the reason"));
    assert_int_equal(trial_post(trial, "case_manager", strike, "reason=Kluda&version=7").status, 409);
    expect_path(trial_post(trial, "case_manager", strike, "reason=Ierakstits+divreiz&version=1"), at("/services"));
    assert_int_equal(count_of(case_text), 0);
    struct answer list = trial_get(trial, "case_manager", at("/services"));
    assert_true(trial_shows(list, "Struck out"));
    assert_true(trial_shows(list, "Ierakstits divreiz"));
    assert_int_equal(trial_get(trial, "case_manager", entry).status, 404);
    assert_int_equal(trial_post(trial, "case_manager", entry, usual("&version=2")).status, 404);
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/timeline")), "Ierakstits divreiz"));
}

/* ---- the day ---- */

static void m4_2_a_day_for_several_people(void **state)
{
    (void)state;
    const char *other = trial_case(trial, "Kaija");
    const char *first = arena_format(trial_arena(trial), "/day/%s", case_text);
    const char *second = arena_format(trial_arena(trial), "/day/%s", other);
    struct answer empty = trial_get(trial, "second_manager", "/day");
    assert_int_equal(empty.status, 200);
    assert_true(trial_shows(empty, "Nothing is written down for this day yet."));
    assert_true(trial_shows(empty, "Kaija")); /* a colleague's case, of the same team */
    assert_true(trial_shows(trial_get(trial, "second_manager", first), "name=\"minutes\""));
    expect_path(trial_post(trial, "second_manager", first, usual("")),
                arena_format(trial_arena(trial), "/day?on=%s&done=service.saved", day(0)));
    expect_path(trial_post(trial, "second_manager", second, usual("&minutes=70")), "/day?on=");
    struct answer day = trial_get(trial, "second_manager", "/day");
    assert_true(trial_shows(day, "Written down for this day: 1 h 40 min"));
    assert_true(trial_shows(day, "Lately"));
    struct answer wrong = trial_post(trial, "second_manager", second, usual("&travel=x"));
    assert_int_equal(wrong.status, 422);
    assert_true(trial_shows(wrong, "Write an amount in euros"));
    assert_true(trial_shows(wrong, "1 h 40 min"));
    assert_int_equal(trial_get(trial, "second_manager", "/day?on=2025-02-31").status, 200);
    assert_true(trial_shows(trial_get(trial, "second_manager", "/day?on=2026-01-05"), "Nothing is written down"));
}

/* ---- what lies on the disk ---- */

static void m7_1_a_stolen_disk_tells_nothing(void **state)
{
    static const char *const secrets[] = {"Slepenkalns", "NoslepumsNote", "NoslepumsReason", "NoslepumsNew"};
    (void)state;
    const char *entry = entry_path("&provider=Slepenkalns&note=NoslepumsNote");
    expect_path(trial_post(trial, "case_manager", entry, usual("&version=1&note=NoslepumsNew")), home);
    expect_path(trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/strike", entry),
                           "version=2&reason=NoslepumsReason"),
                home);
    assert_true(trial_holds(trial, "psychologist"));
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_false(trial_holds(trial, secrets[i]));
    }
}

#define ON_A_CASE(test) cmocka_unit_test_setup(test, of_case_new)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_CASE(m4_2_an_entry_is_written_and_shown),
        ON_A_CASE(m4_2_the_next_entry_is_one_click),
        ON_A_CASE(m4_2_usual_minutes_and_strand_need_no_typing),
        ON_A_CASE(m4_2_the_list_goes_on_by_key),
        ON_A_CASE(m4_2_wrong_input_is_told_beside_the_field_and_kept),
        ON_A_CASE(m4_2_huge_input_is_refused_and_kept),
        ON_A_CASE(m7_1_other_teams_and_roles_have_no_way_in),
        ON_A_CASE(m4_2_entries_of_one_case_are_not_found_in_another),
        ON_A_CASE(m4_2_sent_twice_is_written_once),
        ON_A_CASE(m4_2_a_closed_case_takes_no_entries),
        ON_A_CASE(m4_2_a_correction_keeps_what_stood_there),
        ON_A_CASE(m4_2_a_clash_shows_both),
        ON_A_CASE(m4_2_nothing_is_deleted_only_struck_out),
        ON_A_CASE(m4_2_a_day_for_several_people),
        ON_A_CASE(m7_1_a_stolen_disk_tells_nothing),
    };
    return cmocka_run_group_tests_name("service", tests, of_case_begin, of_case_end);
}
