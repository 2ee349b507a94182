/* The person of a case and finding one, through real requests. */
#include "base/buf.h"
#include "base/text.h"
#include "case/person/person.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *page_of(struct trial *trial, const char *id)
{
    return arena_format(trial_arena(trial), "/cases/%s/person", id);
}

static const char *form_of(struct trial *trial, const char *id)
{
    return arena_format(trial_arena(trial), "/cases/%s/person/edit", id);
}

static const char *version_of(struct trial *trial, const char *id)
{
    struct answer form = trial_get(trial, "case_manager", form_of(trial, id));
    assert_int_equal(form.status, 200);
    const char *version = trial_between(trial, form, "name=\"version\" value=\"", "\"");
    assert_non_null(version);
    return version;
}

/* Fields as name, value, ..., NULL. */
static const char *fields(struct trial *trial, const char *version, ...)
{
    struct buf out;
    va_list args;
    buf_init(&out, trial_arena(trial), 500);
    buf_format(&out, "version=%s", version);
    va_start(args, version);
    for (const char *name = va_arg(args, const char *); name != NULL; name = va_arg(args, const char *))
        buf_format(&out, "&%s=%s", name, trial_encode(trial, va_arg(args, const char *)));
    va_end(args);
    return out.ptr;
}

static const char *somebody(struct trial *trial, const char *pseudonym, const char *given, const char *family,
                            const char *aliases, const char *phones, const char *birth)
{
    const char *id = trial_case(trial, pseudonym);
    struct answer answer = trial_post(trial, "case_manager", form_of(trial, id),
                                      fields(trial, "0", "given", given, "family", family, "aliases", aliases, "phones",
                                             phones, "birth", birth, NULL));
    assert_int_equal(answer.status, 303);
    return id;
}

static bool finds(struct trial *trial, const char *query, const char *pseudonym)
{
    struct answer answer = trial_get(trial, "case_manager",
                                     arena_format(trial_arena(trial), "/find?q=%s", trial_encode(trial, query)));
    assert_int_equal(answer.status, 200);
    return trial_shows(answer, arena_format(trial_arena(trial), ">%s</a>", pseudonym));
}

static void m2_6_a_person_is_written_down_and_shown(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Irbe");
    assert_true(trial_shows(trial_get(trial, "case_manager", page_of(trial, id)), "Nothing has been written down"));
    struct answer saved = trial_post(trial, "case_manager", form_of(trial, id),
                                     fields(trial, version_of(trial, id), "given", "Zinaida", "family", "Kalnozola",
                                            "safe_contact", "Only after six; say it is the library", "birth", "2011-05",
                                            "age_disputed", "yes", "nationality", "ua", "language", "uk", "documents",
                                            "declined", NULL));
    assert_int_equal(saved.status, 303);
    struct answer page = trial_get(trial, "case_manager", page_of(trial, id));
    assert_true(trial_shows(page, "Zinaida"));
    assert_true(trial_shows(page, "say it is the library"));
    assert_true(trial_shows(page, "Ukraine"));
    assert_true(trial_shows(page, "year or month known"));
    assert_true(trial_shows(page, "To be protected as a child"));
    assert_null(strstr(page.head, "Zinaida"));
    const char *title = trial_between(trial, page, "<title>", "</title>");
    assert_null(strstr(title, "Zinaida"));
    const char *timeline = arena_format(trial_arena(trial), "/cases/%s/timeline", id);
    assert_true(trial_shows(trial_get(trial, "case_manager", timeline), "Person&#39;s details changed") ||
                trial_shows(trial_get(trial, "case_manager", timeline), "Person's details changed"));
    assert_true(trial_shows(trial_get(trial, "case_manager", timeline), "Ukraine"));
}

static void wrong_input_is_shown_beside_its_field_and_kept(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Rubenis");
    static const struct {
        const char *name, *value, *error;
    } rows[] = {
        {"birth", "2999", "birth-error"},
        {"birth", "1850", "birth-error"},
        {"birth", "2011-13", "birth-error"},
        {"phones", "mother", "phones-error"},
        {"sex", "purple", "sex-error"},
        {"nationality", "zz", "nationality-error"},
        {"birth_exact", "x", "birth_exact-error"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer answer = trial_post(trial, "case_manager", form_of(trial, id),
                                          fields(trial, "0", "given", "Paturēts", rows[i].name, rows[i].value, NULL));
        assert_int_equal(answer.status, 422);
        assert_true(trial_shows(answer, rows[i].error));
        assert_true(trial_shows(answer, "value=\"Paturēts\""));
    }
    struct answer both = trial_post(trial, "case_manager", form_of(trial, id),
                                    fields(trial, "0", "birth", "2999", "phones", "mother", NULL));
    assert_true(trial_shows(both, "birth-error") && trial_shows(both, "phones-error"));
    struct answer partial = trial_post(trial, "case_manager", form_of(trial, id),
                                       fields(trial, "0", "birth", "2011", "birth_exact", "exact", NULL));
    assert_true(trial_shows(partial, "birth_exact-error"));
    char *huge = arena_alloc(trial_arena(trial), 5001);
    memset(huge, 'a', 5000);
    assert_int_equal(
        trial_post(trial, "case_manager", form_of(trial, id), fields(trial, "0", "note", huge, NULL)).status, 422);
    assert_int_equal(
        trial_post(trial, "case_manager", form_of(trial, id), fields(trial, "0", "boss", "1", NULL)).status, 400);
    assert_int_equal(trial_post(trial, "case_manager", form_of(trial, id), "given=A").status, 422);
}

static void what_another_wrote_stands_beside_what_was_typed(void **state)
{
    struct trial *trial = *state;
    const char *id = somebody(trial, "Dzenis", "Ilze", "Egle", "", "", "");
    const char *version = version_of(trial, id);
    struct answer other = trial_post(trial, "second_manager", form_of(trial, id),
                                     fields(trial, version, "given", "Ilzīte", "family", "Egle", NULL));
    assert_int_equal(other.status, 303);
    struct answer stale = trial_post(
        trial, "case_manager", form_of(trial, id),
        fields(trial, version, "given", "Ilze", "family", "Egle", "note", "Mans teksts", NULL));
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "Ilzīte"));
    assert_true(trial_shows(stale, ">Mans teksts</textarea>"));
    const char *newer = trial_between(trial, stale, "name=\"version\" value=\"", "\"");
    assert_string_not_equal(newer, version);
    struct answer saved = trial_post(
        trial, "case_manager", form_of(trial, id),
        fields(trial, newer, "given", "Ilze", "family", "Egle", "note", "Mans teksts", NULL));
    assert_int_equal(saved.status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", page_of(trial, id)), "Mans teksts"));
}

static void a_second_click_changes_nothing_more(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Stārķis");
    const char *twice = fields(trial, "0", "given", "Elza", "once", "0000000000p1z", NULL);
    assert_int_equal(trial_post(trial, "case_manager", form_of(trial, id), twice).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", form_of(trial, id), twice).status, 303);
    assert_string_equal(version_of(trial, id), "1");
    struct answer same = trial_post(trial, "case_manager", form_of(trial, id),
                                    fields(trial, "1", "given", "Elza", NULL));
    assert_int_equal(same.status, 303);
    assert_string_equal(version_of(trial, id), "1");
}

static void m7_1_only_who_is_on_the_case(void **state)
{
    struct trial *trial = *state;
    const char *id = somebody(trial, "Gulbis", "Svešiniece", "Slēptā", "", "", "");
    assert_int_equal(trial_get(trial, "stranger", page_of(trial, id)).status, 404);
    assert_int_equal(trial_get(trial, "stranger", form_of(trial, id)).status, 404);
    assert_int_equal(trial_post(trial, "stranger", form_of(trial, id), "version=1&given=X").status, 404);
    assert_int_equal(trial_get(trial, "administrator", page_of(trial, id)).status, 403);
    assert_int_equal(trial_get(trial, "administrator", "/find?q=a").status, 403);
    assert_int_equal(trial_get(trial, NULL, page_of(trial, id)).status, 401);
    struct answer search = trial_get(trial, "stranger", "/find?q=Sve%C5%A1iniece");
    assert_int_equal(search.status, 200);
    assert_false(trial_shows(search, "Gulbis"));
    assert_true(finds(trial, "Svešiniece", "Gulbis"));
}

static void a_closed_case_takes_no_change(void **state)
{
    struct trial *trial = *state;
    const char *id = somebody(trial, "Cielava", "Beigta", "Lieta", "", "", "");
    const char *close = arena_format(trial_arena(trial), "/cases/%s/close", id);
    const char *version = trial_between(trial, trial_get(trial, "case_manager", close), "name=\"version\" value=\"",
                                        "\"");
    assert_int_equal(
        trial_post(trial, "case_manager", close,
                   arena_format(trial_arena(trial), "reason=needs_met&on=%s&version=%s", trial_today(trial), version))
            .status,
        303);
    assert_int_equal(trial_post(trial, "case_manager", form_of(trial, id), "version=1&given=Cita").status, 403);
    assert_int_equal(trial_get(trial, "case_manager", form_of(trial, id)).status, 403);
    struct answer page = trial_get(trial, "case_manager", page_of(trial, id));
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "reopen it first"));
    assert_true(finds(trial, "Beigta", "Cielava"));
}

static void names_meet_across_scripts_and_slips(void **state)
{
    struct trial *trial = *state;
    (void)somebody(trial, "Vālodze", "Oksana", "Ševčuka", "Ксюша\nKsenia", "+371 26 123 456\n67001122", "2010");
    static const char *const found[] = {
        "Ševčuka",       "sevcuka", "Шевчук",  "Shevchuk", "Oksana Shevchuk",  "šev",  "шев",      "Oksnaa",
        "Oksanna",       "Ksjuša",  "ksenija", "26123456", "+371 26 12 34 56", "3456", "67001122", "ševčuka oks",
        "Оксана Шевчук",
    };
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (!finds(trial, found[i], "Vālodze"))
            fail_msg("%s is not found", found[i]);
    static const char *const not_found[] = {"Kovalenko", "Oksana Kovalenko", "99999999", "x", "-", "%",
                                            "''",        "Ševčuka 99999999"};
    for (size_t i = 0; i < sizeof not_found / sizeof *not_found; i++)
        if (finds(trial, not_found[i], "Vālodze"))
            fail_msg("%s is found", not_found[i]);
}

static void a_reference_leads_to_its_case(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Paegle");
    struct answer page = trial_get(trial, "case_manager", page_of(trial, id));
    const char *reference = trial_between(trial, page, "Paegle</span> ", " ");
    assert_non_null(reference);
    reference = arena_text_n(trial_arena(trial), reference, strcspn(reference, " <\n"));
    assert_true(finds(trial, reference, "Paegle"));
    assert_true(finds(trial, arena_format(trial_arena(trial), " a%s ", reference + 1), "Paegle"));
    const char *path = arena_format(trial_arena(trial), "/find?q=%s", trial_encode(trial, reference));
    assert_false(trial_shows(trial_get(trial, "stranger", path), "Paegle"));
}

static void m7_1_a_name_is_looked_for_without_an_address(void **state)
{
    struct trial *trial = *state;
    (void)somebody(trial, "Misa", "Kunigunde", "Bezadrese", "", "29998886", "");
    struct answer page = trial_get(trial, "case_manager", "/find");
    assert_true(trial_shows(page, "<form method=\"post\" action=\"/find\""));
    struct answer found = trial_post(trial, "case_manager", "/find", "q=Bezadrese");
    assert_int_equal(found.status, 200);
    assert_true(trial_shows(found, ">Misa</a>"));
    struct answer other = trial_post(trial, "stranger", "/find", "q=Bezadrese");
    assert_int_equal(other.status, 200);
    assert_false(trial_shows(other, ">Misa</a>"));
    assert_int_equal(trial_post(trial, "administrator", "/find", "q=Bezadrese").status, 403);
    assert_int_equal(trial_post(trial, NULL, "/find", "q=Bezadrese").status, 401);
}

static void a_name_that_was_changed_is_no_longer_found(void **state)
{
    struct trial *trial = *state;
    const char *id = somebody(trial, "Strazds", "Brunhilde", "Vecvārde", "", "29998887", "");
    assert_true(finds(trial, "Vecvārde", "Strazds"));
    assert_int_equal(trial_post(trial, "case_manager", form_of(trial, id),
                                fields(trial, "1", "given", "Brunhilde", "family", "Jaunvārde", NULL))
                         .status,
                     303);
    assert_false(finds(trial, "Vecvārde", "Strazds"));
    assert_false(finds(trial, "29998887", "Strazds"));
    assert_true(finds(trial, "Jaunvārde", "Strazds"));
}

static void many_hits_are_bounded_and_said_to_be_more(void **state)
{
    struct trial *trial = *state;
    for (int i = 0; i < 55; i++)
        (void)somebody(trial, "Zvirbulis", "Daudzvārde",
                       arena_format(trial_arena(trial), "Numur%c%c", 'a' + i / 10, 'a' + i % 10), "", "", "");
    struct answer answer = trial_get(trial, "case_manager", "/find?q=Daudzv%C4%81rde");
    assert_true(trial_shows(answer, "50 cases found"));
    assert_true(trial_shows(answer, "There are others that match"));
}

static void odd_queries_are_answered(void **state)
{
    struct trial *trial = *state;
    static const char *const odd[] = {"",          "%20", "%00",       "%FF%FE",       "a+b+c+d+e+f+g+h+i+j",
                                      "%E2%80%AE", "1",   "%2B%2B%2B", "A-2026-9999-Z"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct answer answer = trial_get(trial, "case_manager", arena_format(trial_arena(trial), "/find?q=%s", odd[i]));
        if (answer.status != 200 && answer.status != 400 && answer.status != 422)
            fail_msg("%s answers %d", odd[i], answer.status);
    }
    char *huge = arena_alloc(trial_arena(trial), 301);
    memset(huge, 'a', 300);
    struct answer answer = trial_get(trial, "case_manager", arena_format(trial_arena(trial), "/find?q=%s", huge));
    assert_true(trial_shows(answer, "q-error"));
}

/* ---- duplicates ---- */

struct duplicates {
    struct person_hit *hits;
    size_t count;
};

static struct duplicates maybe_same(struct trial *trial, struct db *db, const char *names, const char *phones,
                                    int64_t year)
{
    struct duplicates out = {0};
    struct req r = {.arena = trial_arena(trial),
                    .app = trial_app(trial),
                    .db = db,
                    .who = trial_session(trial, "case_manager"),
                    .org = trial_app(trial)->org,
                    .now = 0,
                    .language = LANGUAGE_lv};
    assert_int_equal(
        person_duplicates(&r, names, phones, (struct maybe){.has = year != 0, .value = year}, &out.hits, &out.count),
        OK);
    return out;
}

static const struct person_hit *hit_named(struct duplicates found, const char *pseudonym)
{
    for (size_t i = 0; i < found.count; i++)
        if (text_same(found.hits[i].pseudonym, pseudonym))
            return &found.hits[i];
    return NULL;
}

static void m1_6_who_is_known_already_is_seen_at_intake(void **state)
{
    struct trial *trial = *state;
    struct db *db = NULL;
    (void)somebody(trial, "Mežirbe", "Anastasija", "Boiko", "Nastja", "+380 67 555 4321", "2010-03-04");
    (void)somebody(trial, "Lakstīgala", "Anastasija", "Petrova", "", "", "1995");
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    struct duplicates found = maybe_same(trial, db, "Анастасия Бойко", "", 2010);
    const struct person_hit *hit = hit_named(found, "Mežirbe");
    assert_non_null(hit);
    assert_true(hit->birth_near);
    assert_string_equal(hit->name, "Anastasija Boiko");
    assert_null(hit_named(found, "Lakstīgala"));
    hit = hit_named(maybe_same(trial, db, "Cits Vārds", "0675554321\n1", 0), "Mežirbe");
    assert_non_null(hit);
    assert_string_equal(hit->reason, "same_phone");
    hit = hit_named(maybe_same(trial, db, "Boiko Anastasija", "", 0), "Mežirbe");
    assert_non_null(hit);
    assert_string_equal(hit->reason, "same_name");
    assert_null(hit_named(maybe_same(trial, db, "Anastasija", "", 0), "Mežirbe"));
    assert_non_null(hit_named(maybe_same(trial, db, "Anastasija", "", 2011), "Mežirbe"));
    assert_int_equal(maybe_same(trial, db, "", "", 0).count, 0);
    assert_int_equal(maybe_same(trial, db, NULL, NULL, 2010).count, 0);
    store_reader_close(db);
}

/* ---- what lies in the files ---- */

static void m7_1_no_name_lies_in_the_clear(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Žagata");
    struct answer saved = trial_post(trial, "case_manager", form_of(trial, id),
                                     fields(trial, "0", "given", "Neredzama", "family", "Aizklātā", "aliases",
                                            "Iesaukjums", "phones", "+371 20998877", "safe_contact", "Zvanslepeni",
                                            "note", "Piezslepeni", "birth", "2012-02-28", NULL));
    assert_int_equal(saved.status, 303);
    static const char *const secrets[] = {"Neredzama", "neredzama",   "Aizklātā",    "Iesaukjums",
                                          "20998877",  "Zvanslepeni", "Piezslepeni", "2012-02-28"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        if (trial_holds(trial, secrets[i]))
            fail_msg("%s lies in the clear", secrets[i]);
    }
    assert_true(trial_holds(trial, "person_person"));
}

static enum err add_without_search_key(struct db *db, void *data)
{
    struct trial *trial = data;
    static const struct seal_key none;
    struct seal_key root;
    struct case_keys keys;
    seal_key_new(&root);
    case_keys_of_root(&root, &keys);
    enum err result = person_add(db, trial_arena(trial), trial_app(trial)->org, 1, &keys, &none,
                                 &(struct person){.given = "Ada"});
    assert_int_equal(result, ERR_DENIED);
    return OK;
}

static void m7_1_tokens_are_never_made_without_a_key(void **state)
{
    trial_change(*state, add_without_search_key, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_6_a_person_is_written_down_and_shown),
        cmocka_unit_test(wrong_input_is_shown_beside_its_field_and_kept),
        cmocka_unit_test(what_another_wrote_stands_beside_what_was_typed),
        cmocka_unit_test(a_second_click_changes_nothing_more),
        cmocka_unit_test(m7_1_only_who_is_on_the_case),
        cmocka_unit_test(a_closed_case_takes_no_change),
        cmocka_unit_test(names_meet_across_scripts_and_slips),
        cmocka_unit_test(a_reference_leads_to_its_case),
        cmocka_unit_test(m7_1_a_name_is_looked_for_without_an_address),
        cmocka_unit_test(a_name_that_was_changed_is_no_longer_found),
        cmocka_unit_test(many_hits_are_bounded_and_said_to_be_more),
        cmocka_unit_test(odd_queries_are_answered),
        cmocka_unit_test(m1_6_who_is_known_already_is_seen_at_intake),
        cmocka_unit_test(m7_1_no_name_lies_in_the_clear),
        cmocka_unit_test(m7_1_tokens_are_never_made_without_a_key),
    };
    return cmocka_run_group_tests_name("person", tests, trial_begin, trial_end);
}
