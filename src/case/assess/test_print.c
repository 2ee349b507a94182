/* Forms on paper: empty, and as they were filled in; and as the XML of other programs. */
#include "base/id.h"
#include "base/text.h"
#include "case/assess/assess.h"
#include "platform/audit/queries.h"
#include "platform/form/test_book.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char BOOK[] = "#survey\n"
                           "type|name|label::Latvian (lv)|label::English (en)|relevant|guidance_hint::English (en)|"
                           "required|appearance|parameters|calculation|ausma::fact|repeat_count\n"
                           "start|start||||||||||\n"
                           "note|hello|Sveiki|Hello there||||||||\n"
                           "begin_group|first|Pirmā daļa|First part||||||||\n"
                           "select_one yn|safe|Vai ir droši?|Is it safe?||Ask slowly|yes|||||\n"
                           "text|why|Kāpēc?|Why not?|${safe} = 'n' or ${safe} = 'u'|||multiline||||\n"
                           "integer|age|Vecums|Age|||||||visit.count|\n"
                           "text|school|Skola|School|${age} >= 7||||||\n"
                           "end_group||||||||||\n"
                           "select_one level|level|Cik slikti?|How bad is it?|||||||need.safety|\n"
                           "range|few|Cik?|How much?|||||start=0 end=3 step=1|||\n"
                           "calculate|sum|||||||| ${age} * 2||\n"
                           "note|shown|Kopā ${sum}|In all ${sum}|${sum} != ''||||||||\n"
                           "begin_repeat|child|Bērns|Child|||||||||\n"
                           "text|name|Vārds|Name of ${age}|||||||||\n"
                           "end_repeat|||||||||||\n"
                           "begin_repeat|two|Divi|Two||||||||2\n"
                           "select_multiple yn|many|Daudz|Many|||||||||\n"
                           "end_repeat|||||||||||\n"
                           "text|odd|Dīvains|Odd one|${sum} > 3||||||||\n"
                           "#choices\n"
                           "list_name|name|label::Latvian (lv)|label::English (en)\n"
                           "yn|y|Jā|Yes\nyn|n|Nē|No\nyn|u|Nezinu|I do not know\n"
                           "level|1|1 – maz|1 – a little\nlevel|3|3 – ļoti|3 – very\nlevel|no|Nav jautāts|Not asked\n"
                           "#settings\nform_title|form_id|version|default_language\nPapīrs|paper|5|Latvian (lv)\n";

static const char *instrument(struct trial *trial)
{
    static const char *version;
    if (version != NULL)
        return version;
    struct answer brought = trial_upload(trial, "programme_manager", "/instruments", "title=", "workbook", "p.xlsx",
                                         book_make(trial_arena(trial), BOOK));
    if (brought.status != 303)
        print_message("%s\n", brought.body);
    assert_int_equal(brought.status, 303);
    version = arena_text_n(trial_arena(trial), brought.location, strcspn(brought.location, "?"));
    const char *publish = arena_format(trial_arena(trial), "%s/publish", version);
    assert_int_equal(trial_post(trial, "programme_manager", publish, "").status, 303);
    return version;
}

static const char *begin(struct trial *trial, const char *case_id)
{
    const char *list = arena_format(trial_arena(trial), "/cases/%s/assessments", case_id);
    struct answer begun = trial_post(
        trial, "case_manager", list,
        arena_format(trial_arena(trial), "instrument=%s", instrument(trial) + strlen("/instruments/")));
    assert_int_equal(begun.status, 303);
    return begun.location;
}

static struct answer send(struct trial *trial, const char *draft, const char *fields)
{
    struct answer page = trial_get(trial, "case_manager", draft);
    return trial_post(trial, "case_manager", draft,
                      arena_format(trial_arena(trial), "version=%s&page=%s&%s",
                                   trial_between(trial, page, "name=\"version\" value=\"", "\""),
                                   trial_between(trial, page, "name=\"page\" value=\"", "\""), fields));
}

static struct answer at(struct trial *trial, const char *who, const char *path, const char *rest)
{
    return trial_get(trial, who, arena_format(trial_arena(trial), "%s%s", path, rest));
}

static size_t times(struct answer page, const char *text)
{
    size_t count = 0;
    for (const char *found = page.body; (found = strstr(found, text)) != NULL; found++)
        count++;
    return count;
}

static enum err nothing(struct db *db, void *data)
{
    (void)db;
    (void)data;
    return OK;
}

/* How often a case was looked at; behind whatever the writer had to do before. */
static size_t looks(struct trial *trial, const char *id)
{
    struct db *db;
    struct audit_entry_of_case_row *rows;
    size_t count, found = 0;
    int64_t case_id = 0;
    trial_change(trial, nothing, NULL);
    assert_true(id_parse(id, &case_id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(
        audit_entry_of_case(db, trial_arena(trial),
                            &(struct audit_entry_of_case_in){
                                .org = trial_app(trial)->org, .case_id = case_id, .before = INT64_MAX, .limit = 200},
                            &rows, &count),
        OK);
    for (size_t i = 0; i < count; i++)
        found += text_same(rows[i].act, "case.read");
    store_reader_close(db);
    return found;
}

static void shows_all(struct answer page, const char *const *said, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!trial_shows(page, said[i]))
            print_message("not shown: %s\n", said[i]);
        assert_true(trial_shows(page, said[i]));
    }
}

static void m2_7_the_empty_form_says_all_that_may_be_asked(void **state)
{
    struct trial *trial = *state;
    struct answer page = at(trial, "case_manager", instrument(trial), "/print?language=en");
    static const char *const said[] = {"<h1 class=\"govuk-heading-l\">Papīrs</h1>",
                                       "Hello there",
                                       "First part",
                                       "<strong>1.</strong> Is it safe?",
                                       "(required)",
                                       "How to ask:</strong> Ask slowly",
                                       "One answer",
                                       "</span> I do not know",
                                       "Only if the answer to 1 is “No” or “I do not know”",
                                       "Only if the answer to 3 is 7 or more",
                                       "Not always: it follows from other answers",
                                       "Name of ________",
                                       "Child 3",
                                       "Two 2",
                                       "Several answers",
                                       "Copy this part",
                                       "Papīrs · version 5 · paper",
                                       "app-sheet__box--one\"></span> 3",
                                       "Case number"};
    assert_int_equal(page.status, 200);
    shows_all(page, said, sizeof said / sizeof *said);
    assert_false(trial_shows(page, "In all"));
    assert_false(trial_shows(page, "Child 4"));
    assert_false(trial_shows(page, "Two 3"));
    assert_false(trial_shows(page, "Vai ir droši?"));
    assert_int_equal(times(page, "app-sheet__line\">"), 6 + 2 + 3 * 2 + 2); /* why, school, three names, odd */
    struct answer own = at(trial, "case_manager", instrument(trial), "/print?language=lv");
    assert_true(trial_shows(own, "Vai ir droši?"));
    assert_true(trial_shows(own, "Tikai tad, ja 1. atbilde ir „Nē” vai „Nezinu”"));
    assert_true(trial_shows(own, "5. versija"));
    assert_int_equal(at(trial, "auditor", instrument(trial), "/print").status, 403);
    assert_int_equal(trial_get(trial, "case_manager", "/instruments/0000000000zzz/print").status, 404);
    assert_int_equal(at(trial, "case_manager", instrument(trial), "/print?language=%FF").status, 422);
}

static void m2_7_answers_on_paper_speak_in_words(void **state)
{
    struct trial *trial = *state;
    const char *case_id = trial_case(trial, "Dzenis");
    const char *draft = begin(trial, case_id);
    static const char answers[] = "q.%2Fdata%2Ffirst%2Fsafe=n&q.%2Fdata%2Ffirst%2Fwhy=Rinda+viens%0D%0ARinda+divi"
                                  "&q.%2Fdata%2Ffirst%2Fage=9&q.%2Fdata%2Flevel=3&q.%2Fdata%2Fchild%5B1%5D%2Fname=Anna"
                                  "&language=en";
    assert_int_equal(send(trial, draft, arena_format(trial_arena(trial), "act=check&%s", answers)).status, 303);
    struct answer unfinished = at(trial, "case_manager", draft, "/print");
    assert_true(trial_shows(unfinished, "Draft: not finished yet"));
    assert_int_equal(send(trial, draft, "act=finish").status, 303);
    size_t before = looks(trial, case_id);
    struct answer page = at(trial, "case_manager", draft, "/print");
    static const char *const said[] = {"Case manager", "version 5", "Papīrs · version 5 · paper",
                                       "Is it safe?",  ">No<",      "Rinda viens<br>Rinda divi",
                                       "3 – very",     "In all 18", "Child 1",
                                       "Anna",         "Scores",    "First part"};
    assert_int_equal(page.status, 200);
    shows_all(page, said, sizeof said / sizeof *said);
    assert_false(trial_shows(page, "Draft"));
    assert_false(trial_shows(page, "Odd one")); /* not answered */
    const char *scores = trial_between(trial, page, "app-sheet__scores\">", "</table>");
    assert_non_null(strstr(scores, "Safety"));
    assert_null(strstr(scores, "Age")); /* a number is no score */
    assert_true(trial_shows(at(trial, "case_manager", draft, "/print?language=lv"), "3 – ļoti"));
    assert_int_equal(looks(trial, case_id), before + 2);
    assert_int_equal(at(trial, "case_manager", draft, "/instance").status, 200);
    assert_int_equal(looks(trial, case_id), before + 3);
    assert_int_equal(at(trial, "stranger", draft, "/print").status, 404);
    assert_int_equal(at(trial, "stranger", draft, "/instance").status, 404);
    assert_int_equal(at(trial, "administrator", draft, "/print").status, 403);
    struct answer read = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(read, "/print?language=en"));
    assert_true(trial_shows(read, "/instance\" download"));
}

static void m2_7_the_instance_is_what_a_telephone_would_send(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Stārķis"));
    assert_int_equal(send(trial, draft,
                          "act=check&q.%2Fdata%2Ffirst%2Fsafe=y&q.%2Fdata%2Flevel=%3C1&"
                          "q.%2Fdata%2Ftwo%5B2%5D%2Fmany=&q.%2Fdata%2Ftwo%5B2%5D%2Fmany=y&"
                          "q.%2Fdata%2Ftwo%5B2%5D%2Fmany=u&q.%2Fdata%2Fchild%5B1%5D%2Fname=A+%26+B")
                         .status,
                     303);
    struct answer xml = at(trial, "case_manager", draft, "/instance");
    static const char *const said[] = {"<data id=\"paper\" version=\"5\"><start>20",
                                       "<hello></hello><first><safe>y</safe><age></age></first>",
                                       "<level></level>",
                                       "<child><name>A &amp; B</name></child>",
                                       "<two><many></many></two><two><many>y u</many></two>",
                                       "<meta><instanceID>uuid:",
                                       "</instanceID></meta></data>"};
    assert_true(strstr(xml.head, "application/xml") != NULL);
    assert_true(strstr(xml.head, "attachment") != NULL && strstr(xml.head, "assessment.xml") != NULL);
    shows_all(xml, said, sizeof said / sizeof *said);
    assert_false(trial_shows(xml, "<why>")); /* not relevant */
    assert_false(trial_shows(xml, "<shown>"));
    struct answer again = at(trial, "case_manager", draft, "/instance");
    assert_string_equal(trial_between(trial, xml, "<instanceID>", "<"),
                        trial_between(trial, again, "<instanceID>", "<"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_7_the_empty_form_says_all_that_may_be_asked),
        cmocka_unit_test(m2_7_answers_on_paper_speak_in_words),
        cmocka_unit_test(m2_7_the_instance_is_what_a_telephone_would_send),
    };
    return cmocka_run_group_tests_name("print", tests, trial_begin, trial_end);
}
