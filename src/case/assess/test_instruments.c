/* The organisation's own instruments through real requests: what is wrong with a workbook, versions, languages, repeats. */
#include "base/text.h"
#include "case/assess/assess.h"
#include "platform/form/test_book.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *book_of(struct trial *trial, const char *question, const char *version)
{
    return arena_format(trial_arena(trial),
                        "#survey\n"
                        "type|name|label::Latvian (lv)|label::English (en)|relevant\n"
                        "text|who|%s|%s||\n"
                        "begin_repeat|child|Bērns|Child|\n"
                        "integer|age|Vecums|Age|\n"
                        "end_repeat||||\n"
                        "select_multiple help|help|Kas palīdz?|What helps?|\n"
                        "#choices\n"
                        "list_name|name|label::Latvian (lv)|label::English (en)\n"
                        "help|friend|Draugs|Friend\n"
                        "help|music|Mūzika|Music\n"
                        "#settings\n"
                        "form_title|form_id|version|default_language\n"
                        "Mazā veidlapa|small|=%s|Latvian (lv)\n",
                        question, question, version);
}

static struct answer bring(struct trial *trial, const char *book)
{
    return trial_upload(trial, "programme_manager", "/instruments", "title=", "workbook", "small.xlsx",
                        book_make(trial_arena(trial), book));
}

static const char *publish(struct trial *trial, const char *book)
{
    struct answer brought = bring(trial, book);
    assert_int_equal(brought.status, 303);
    const char *version = arena_text_n(trial_arena(trial), brought.location, strcspn(brought.location, "?"));
    const char *path = arena_format(trial_arena(trial), "%s/publish", version);
    assert_int_equal(trial_post(trial, "programme_manager", path, "").status, 303);
    assert_int_equal(trial_post(trial, "programme_manager", path, "").status, 409);
    return version;
}

static const char *begin(struct trial *trial, const char *case_id, const char *version)
{
    struct answer begun = trial_post(
        trial, "case_manager", arena_format(trial_arena(trial), "/cases/%s/assessments", case_id),
        arena_format(trial_arena(trial), "instrument=%s", version + strlen("/instruments/")));
    assert_int_equal(begun.status, 303);
    return begun.location;
}

static struct answer send(struct trial *trial, const char *draft, const char *fields)
{
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_int_equal(page.status, 200);
    return trial_post(trial, "case_manager", draft,
                      arena_format(trial_arena(trial), "version=%s&page=%s&%s",
                                   trial_between(trial, page, "name=\"version\" value=\"", "\""),
                                   trial_between(trial, page, "name=\"page\" value=\"", "\""), fields));
}

static void m2_7_the_cause_is_said_with_sheet_row_and_column(void **state)
{
    struct answer answer = bring(*state, "#survey\ntype|name|label\ntext|who|Who?\nfrobnicate|x|X?\n");
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "Unknown type of question"));
    assert_true(trial_shows(answer, "frobnicate"));
    assert_true(trial_shows(answer, "sheet survey, row 3, column A"));
}

static void m2_7_old_answers_keep_their_version(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Vanags");
    const char *first = publish(trial, book_of(trial, "Pirmais jautājums", "1"));
    const char *draft = begin(trial, id, first);
    assert_int_equal(send(trial, draft, "act=finish&q.%2Fdata%2Fwho=Kaut+kas").status, 303);
    const char *second = publish(trial, book_of(trial, "Otrais jautājums", "2"));
    struct answer old = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(old, "Pirmais jautājums"));
    assert_true(trial_shows(old, "Kaut kas"));
    const char *list = arena_format(trial_arena(trial), "/cases/%s/assessments", id);
    const char *retired = arena_format(trial_arena(trial), "instrument=%s", first + strlen("/instruments/"));
    assert_int_equal(trial_post(trial, "case_manager", list, retired).status, 409);
    assert_true(trial_shows(trial_get(trial, "case_manager", begin(trial, id, second)), "Otrais jautājums"));
    assert_int_equal(bring(trial, book_of(trial, "Cits", "2")).status, 422);
}

static void m2_7_a_draft_version_may_be_brought_again(void **state)
{
    struct trial *trial = *state;
    assert_int_equal(bring(trial, book_of(trial, "Ar kļūdu", "9")).status, 303);
    struct answer again = bring(trial, book_of(trial, "Bez kļūdas", "9"));
    assert_int_equal(again.status, 303);
    const char *version = arena_text_n(trial_arena(trial), again.location, strcspn(again.location, "?"));
    assert_true(trial_shows(trial_get(trial, "programme_manager", version), "Bez kļūdas"));
}

static void m2_7_repeats_choices_and_languages_work_without_script(void **state)
{
    struct trial *trial = *state;
    const char *version = publish(trial, book_of(trial, "Kas", "20"));
    const char *draft = begin(trial, trial_case(trial, "Gauja"), version);
    assert_int_equal(send(trial, draft, "add=%2Fdata%2Fchild&q.%2Fdata%2Fchild%5B1%5D%2Fage=7").status, 303);
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(page, "name=\"q./data/child[2]/age\""));
    assert_true(trial_shows(page, "value=\"7\""));
    assert_int_equal(send(trial, draft,
                          "remove=%2Fdata%2Fchild%5B2%5D&q.%2Fdata%2Fhelp=&q.%2Fdata%2Fhelp=friend"
                          "&q.%2Fdata%2Fhelp=music&q.%2Fdata%2Fchild%5B1%5D%2Fage=x&language=lv")
                         .status,
                     303);
    page = trial_get(trial, "case_manager", draft);
    assert_false(trial_shows(page, "child[2]"));
    assert_true(trial_shows(page, "value=\"x\""));
    assert_true(trial_shows(page, "Kas palīdz?"));
    assert_int_equal(send(trial, draft, "act=finish").status, 422);
    assert_int_equal(send(trial, draft, "act=finish&q.%2Fdata%2Fchild%5B1%5D%2Fage=8&q.%2Fdata%2Fhelp=").status, 303);
    page = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(page, ">8<"));
    assert_false(trial_shows(page, "Draugs"));
}

static void m2_7_hostile_answers_are_refused_or_kept(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Salna"), publish(trial, book_of(trial, "Kas", "30")));
    char *large = arena_alloc(trial_arena(trial), 30001);
    memset(large, 'a', 30000);
    assert_int_equal(send(trial, draft, "act=finish&q.%2Fdata%2Fnothing=1").status, 400);
    assert_int_equal(send(trial, draft, "act=finish&q.%2Fdata%2Fchild%5B999999%5D%2Fage=1").status >= 400, 1);
    assert_int_equal(
        send(trial, draft, arena_format(trial_arena(trial), "act=finish&q.%%2Fdata%%2Fwho=%s", large)).status, 422);
    assert_int_equal(trial_post(trial, "case_manager", draft, "act=save&q.%2Fdata%2Fwho=x").status, 400);
    assert_int_equal(send(trial, draft, "add=%2Fdata%2Fwho").status, 400);
    struct answer marked = send(trial, draft, "act=check&q.%2Fdata%2Fwho=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert_int_equal(marked.status, 303);
    assert_false(trial_shows(trial_get(trial, "case_manager", draft), "<script>alert"));
}

/* A form with every type of question that people answer without a file. */
static const char EVERY_TYPE[] = "#survey\n"
                                 "type|name|label|appearance|parameters\n"
                                 "integer|whole|Whole||\n"
                                 "decimal|part|Part||\n"
                                 "range|few|Few||start=0 end=10 step=2\n"
                                 "range|many|Many||start=0 end=100 step=1\n"
                                 "rank fruit|order|Order||\n"
                                 "date|day|Day||\n"
                                 "time|hour|Hour||\n"
                                 "dateTime|both|Both||\n"
                                 "barcode|code|Code||\n"
                                 "geopoint|place|Place||\n"
                                 "geotrace|line|Line||\n"
                                 "geoshape|shape|Shape||\n"
                                 "acknowledge|seen|Seen||\n"
                                 "select_one fruit or_other|one|One||\n"
                                 "select_multiple fruit|several|Several||\n"
                                 "text|story|Story|multiline|\n"
                                 "note|note|A note to read||\n"
                                 "begin_repeat|outer|Outer||\n"
                                 "begin_repeat|inner|Inner||\n"
                                 "text|deep|Deep||\n"
                                 "end_repeat||||\n"
                                 "end_repeat||||\n"
                                 "#choices\n"
                                 "list_name|name|label\n"
                                 "fruit|apple|Red apple\n"
                                 "fruit|pear|Green pear\n"
                                 "fruit|plum|Blue plum\n"
                                 "#settings\n"
                                 "form_title|form_id|version\n"
                                 "Every type|every|1\n";

/* Pairs of field and value; each is looked for on the page of the draft and, when it is finished, in the words of the reader. */
static void m2_7_every_type_is_asked_kept_and_read(void **state)
{
    struct trial *trial = *state;
    static const char *const given[][2] = {
        {"whole", "7"},
        {"part", "1,5"},
        {"few", "4"},
        {"many", "55"},
        {"order", "plum"},
        {"order", "apple"},
        {"order", "pear"},
        {"day|d", "5"},
        {"day|m", "2"},
        {"day|y", "2026"},
        {"hour", "9.30"},
        {"both|d", "6"},
        {"both|m", "3"},
        {"both|y", "2026"},
        {"both|t", "14:05"},
        {"code", "4750001"},
        {"place|a", "56,95"},
        {"place|o", "24.1"},
        {"line", "56.1 24.1\r\n56.2 24.2"},
        {"shape", "1 2\n3 4\n1 2"},
        {"seen", "OK"},
        {"one", "other"},
        {"one_other", "A quince"},
        {"several", "pear"},
        {"several", "plum"},
        {"story", "Long story"},
        {"outer[1]/inner[1]/deep", "Very deep"},
    };
    static const char *const read[] = {">7<",
                                       ">1.5<",
                                       ">4<",
                                       ">55<",
                                       "Blue plum, Red apple, Green pear",
                                       "5 Feb 2026",
                                       ">09:30<",
                                       "6 Mar 2026 14:05",
                                       "4750001",
                                       ">56.95 24.1<",
                                       "56.1 24.1<br>56.2 24.2",
                                       "1 2<br>3 4<br>1 2",
                                       "Understood",
                                       "A quince",
                                       "Green pear, Blue plum",
                                       "Long story",
                                       "Very deep"};
    static const char *const asked[] = {"q./data/few\" type=\"radio\" value=\"10\"",
                                        "From 0 to 100 in steps of 1",
                                        "name=\"q./data/both|t\"",
                                        "name=\"q./data/place|o\"",
                                        "Up to 10,000 characters",
                                        "A note to read",
                                        "value=\"/data/outer[1]/inner\""};
    const char *draft = begin(trial, trial_case(trial, "Bērzs"), publish(trial, EVERY_TYPE));
    const char *fields = "act=check";
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        fields = arena_format(trial_arena(trial), "%s&%s=%s", fields,
                              trial_encode(trial, arena_format(trial_arena(trial), "q./data/%s", given[i][0])),
                              trial_encode(trial, given[i][1]));
    assert_int_equal(send(trial, draft, fields).status, 303);
    struct answer page = trial_get(trial, "case_manager", draft);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        if (!trial_shows(page, asked[i]))
            print_message("not asked: %s\n", asked[i]);
        assert_true(trial_shows(page, asked[i]));
    }
    assert_true(trial_shows(page, "name=\"q./data/place|a\" type=\"text\" inputmode=\"decimal\" value=\"56.95\""));
    /* in Latvian the decimal has its comma, and is taken with it */
    assert_int_equal(trial_post(trial, "case_manager", "/language", "language=lv&to=%2F").status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "inputmode=\"decimal\" value=\"1,5\""));
    assert_int_equal(trial_post(trial, "case_manager", "/language", "language=en&to=%2F").status, 303);
    assert_int_equal(send(trial, draft, "act=finish&q.%2Fdata%2Fplace%7Ca=x&q.%2Fdata%2Fplace%7Co=24.1").status, 422);
    assert_int_equal(send(trial, draft, "act=finish").status, 303);
    page = trial_get(trial, "case_manager", draft);
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        if (!trial_shows(page, read[i]))
            print_message("not read: %s\n", read[i]);
        assert_true(trial_shows(page, read[i]));
    }
}

static const char *versions_of(struct trial *trial, const char *questions, const char *version)
{
    return arena_format(trial_arena(trial),
                        "#survey\n"
                        "type|name|label::Latvian (lv)|label::English (en)|required|relevant|ausma::fact|constraint|"
                        "calculation|default\n"
                        "%s"
                        "#choices\n"
                        "list_name|name|label::Latvian (lv)|label::English (en)\n"
                        "yn|yes|Jā|Yes\n"
                        "yn|no|Nē|No\n"
                        "lv|1|Maz|Little\nlv|2|Daudz|Much\n"
                        "lw|1|Maz|Little\nlw|3|Daudz|Much\n"
                        "#settings\n"
                        "form_title|form_id|version\n"
                        "Salīdzināmā|compared|%s\n",
                        questions, version);
}

static void m2_7_a_new_version_says_what_changes_for_whom(void **state)
{
    struct trial *trial = *state;
    const char *first = publish(trial, versions_of(trial,
                                                   "text|same|Tas pats|The same|||\n"
                                                   "text|words|Vecs|Old words|||\n"
                                                   "text|kind|Veids|The kind|||\n"
                                                   "text|must|Obligāts|Must it|||\n"
                                                   "text|when|Kad|When is it|||\n"
                                                   "text|gone|Prom|Gone away|||\n"
                                                   "integer|limit|Robeža|Limited||||. > 0\n"
                                                   "text|start|Sākums|Begins with|||||| old\n"
                                                   "calculate|sum||||| own.sum||1 + 1\n"
                                                   "select_one lv|score|Vērtējums|Score to keep|||need.safety\n"
                                                   "select_one lv|level|Līmenis|Level to lose|||need.legal\n",
                                                   "1"));
    struct answer alone = trial_get(trial, "programme_manager", first);
    assert_false(trial_shows(alone, "id=\"changes\""));
    const char *irbe = trial_case(trial, "Irbe");
    (void)begin(trial, irbe, first);
    assert_int_equal(send(trial, begin(trial, irbe, first), "act=finish&q.%2Fdata%2Fmust=x").status, 303);
    assert_int_equal(send(trial, begin(trial, irbe, first), "act=finish&q.%2Fdata%2Fmust=x").status, 303);
    struct answer brought = bring(trial,
                                  versions_of(trial,
                                              "text|same|Tas pats|The same|||\n"
                                              "text|words|Jauns|New words|||\n"
                                              "integer|kind|Veids|The kind|||\n"
                                              "text|must|Obligāts|Must it|yes||\n"
                                              "text|when|Kad|When is it||${same} != ''|\n"
                                              "select_one yn|danger|Briesmas|Danger now|||safety.immediate_danger\n"
                                              "text|other|Cits|Some other|||own.fact\n"
                                              "integer|limit|Robeža|Limited||||. > 5\n"
                                              "text|start|Sākums|Begins with|||||| new\n"
                                              "calculate|sum||||| own.sum||2 + 2\n"
                                              "select_one lv|score|Vērtējums|Score to keep|||need.safety\n"
                                              "select_one lw|level|Līmenis|Level to lose|||need.legal\n",
                                              "2"));
    assert_int_equal(brought.status, 303);
    const char *second = arena_text_n(trial_arena(trial), brought.location, strcspn(brought.location, "?"));
    struct answer page = trial_get(trial, "programme_manager", second);
    const char *changes = trial_between(trial, page, "id=\"changes\"", "</section>");
    assert_non_null(changes);
    static const char *const said[] = {"1 assessment that is begun stays",
                                       "Other words",
                                       "Another type of question",
                                       "Another rule whether",
                                       "Another rule when",
                                       "New question",
                                       "No longer asked",
                                       "Gone away",
                                       "/data/must",
                                       "2 finished assessments (cases: 1)",
                                       "Another rule which answer is right",
                                       "Another calculation",
                                       "Another value to begin with",
                                       "Other choices",
                                       "can no longer be compared",
                                       "<li>Level to lose (need.legal)</li>",
                                       "<li>sum (own.sum)</li>"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (strstr(changes, said[i]) == NULL)
            print_message("not said: %s\n", said[i]);
        assert_non_null(strstr(changes, said[i]));
    }
    assert_null(strstr(changes, "The same"));
    assert_null(strstr(changes, "Score to keep"));
    const char *facts = trial_between(trial, page, "id=\"facts\"", "</section>");
    assert_non_null(strstr(facts, "An alert to the team"));
    assert_non_null(strstr(facts, "own.fact"));
    assert_non_null(strstr(facts, "The comparison with the assessment before"));
    assert_non_null(strstr(facts, "The page of the plan"));
    struct answer tried = trial_post(trial, "programme_manager", second,
                                     "act=finish&q.%2Fdata%2Fother=Kaut+kas&q.%2Fdata%2Fmust=x");
    assert_int_equal(tried.status, 200);
    assert_non_null(strstr(trial_between(trial, tried, "id=\"facts\"", "</section>"), "Kaut kas"));
}

static void m2_7_warnings_are_shown_and_keep_nobody_from_publishing(void **state)
{
    struct trial *trial = *state;
    const char *book = "#survey\ntype|name|label\nselect_one yn|q|Q?\n"
                       "#choices\nlist_name|name|label\nyn|yes|Yes\nyn|yes|Yes again\n"
                       "#settings\nform_title|form_id|version\nWarned|warned|1\n";
    const char *version = publish(trial, book);
    struct answer page = trial_get(trial, "programme_manager", version);
    assert_true(trial_shows(page, "id=\"warnings\""));
    assert_true(trial_shows(page, "The choice stands twice"));
    assert_true(trial_shows(page, "sheet choices, row 3"));
}

static void m2_7_tables_of_text_are_workbooks_too(void **state)
{
    struct trial *trial = *state;
    static const char markdown[] = "| survey |\n| | type | name | label |\n| | text | q | From a table |\n"
                                   "| settings |\n| | form_id | version | form_title |\n| | table | 1 | Table |\n";
    struct bytes file = {(const uint8_t *)markdown, sizeof markdown - 1};
    struct answer answer = trial_upload(trial, "programme_manager", "/instruments", "title=", "workbook", "t.md", file);
    assert_int_equal(answer.status, 303);
    const char *version = arena_text_n(trial_arena(trial), answer.location, strcspn(answer.location, "?"));
    assert_true(trial_shows(trial_get(trial, "programme_manager", version), "From a table"));
}

static void m2_7_how_to_ask_is_folded_away_in_the_readers_language(void **state)
{
    struct trial *trial = *state;
    const char *book = "#survey\n"
                       "type|name|label::Latvian (lv)|label::English (en)|guidance_hint::Latvian (lv)|"
                       "guidance_hint::English (en)\n"
                       "begin_group|g|Daļa|Part|Lēnām|Slowly\n"
                       "text|q|Kas?|What?|Neskubiniet|Do not hurry\n"
                       "end_group|||||\n"
                       "#settings\nform_title|form_id|version\nGuided|guided|=7\n";
    struct answer page = trial_get(trial, "case_manager", publish(trial, book));
    const char *folded = trial_between(trial, page, "<details class=\"govuk-details app-guidance\">", "</details>");
    assert_non_null(folded);
    assert_non_null(strstr(folded, "How to ask"));
    assert_true(trial_shows(page, "Do not hurry"));
    assert_false(trial_shows(page, "Neskubiniet"));
    assert_true(trial_shows(page, "version 7 "));
    assert_true(trial_shows(page, "This form makes no facts"));
}

static void m2_3_a_draft_that_is_not_wanted_goes(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Amata"), publish(trial, book_of(trial, "Kas", "40")));
    const char *discard = arena_format(trial_arena(trial), "%s/discard", draft);
    assert_int_equal(trial_get(trial, "case_manager", discard).status, 200);
    assert_int_equal(trial_post(trial, "stranger", discard, "").status, 404);
    assert_int_equal(trial_post(trial, "case_manager", discard, "").status, 303);
    assert_int_equal(trial_get(trial, "case_manager", draft).status, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_7_the_cause_is_said_with_sheet_row_and_column),
        cmocka_unit_test(m2_7_old_answers_keep_their_version),
        cmocka_unit_test(m2_7_a_draft_version_may_be_brought_again),
        cmocka_unit_test(m2_7_repeats_choices_and_languages_work_without_script),
        cmocka_unit_test(m2_7_hostile_answers_are_refused_or_kept),
        cmocka_unit_test(m2_7_every_type_is_asked_kept_and_read),
        cmocka_unit_test(m2_7_a_new_version_says_what_changes_for_whom),
        cmocka_unit_test(m2_7_warnings_are_shown_and_keep_nobody_from_publishing),
        cmocka_unit_test(m2_7_tables_of_text_are_workbooks_too),
        cmocka_unit_test(m2_7_how_to_ask_is_folded_away_in_the_readers_language),
        cmocka_unit_test(m2_3_a_draft_that_is_not_wanted_goes),
    };
    return cmocka_run_group_tests_name("instruments", tests, trial_begin, trial_end);
}
