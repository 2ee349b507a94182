#include "base/text.h"
#include "platform/account/part.h"
#include "platform/pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
/* after the above */
#include <cmocka.h>

static char base[512];
static char folder[64];

static char *slurp(const char *name)
{
    char path[600];
    char *text = calloc(1, 64 * 1024);
    assert_non_null(text);
    (void)snprintf(path, sizeof path, "%s/%s", base, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, 64 * 1024 - 1, file) > 100);
    (void)fclose(file);
    return text;
}

/* A copy of a file of the pack with one piece of it changed; NULL changes nothing. */
static void copy(const char *name, const char *old, const char *changed)
{
    char path[600];
    char *text = slurp(name);
    char *at = old == NULL ? NULL : strstr(text, old);
    assert_true(old == NULL || at != NULL);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    if (at == NULL)
        (void)fputs(text, file);
    else
        (void)fprintf(file, "%.*s%s%s", (int)(at - text), text, changed, at + strlen(old));
    (void)fclose(file);
    free(text);
}

/* What loading the changed copy writes on standard error. */
static enum err load_changed(const char *name, const char *old, const char *changed, char *said, size_t room)
{
    copy("pack.yaml", NULL, NULL);
    copy("services.yaml", NULL, NULL);
    copy(name, old, changed);
    FILE *heard = tmpfile();
    assert_non_null(heard);
    int before = dup(STDERR_FILENO);
    (void)dup2(fileno(heard), STDERR_FILENO);
    enum err result = pack_load(folder);
    (void)dup2(before, STDERR_FILENO);
    (void)close(before);
    rewind(heard);
    said[fread(said, 1, room - 1, heard)] = '\0';
    (void)fclose(heard);
    return result;
}

static int set_up(void **state)
{
    const char *root = getenv("AUSMA_ROOT");
    (void)state;
    (void)snprintf(base, sizeof base, "%s/programmes/base", root == NULL ? "." : root);
    (void)snprintf(folder, sizeof folder, "/tmp/ausma-pack-XXXXXX");
    return mkdtemp(folder) == NULL || pack_load(base) != OK;
}

static int tear_down(void **state)
{
    char path[600];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/pack.yaml", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/services.yaml", folder);
    (void)unlink(path);
    return rmdir(folder);
}

static void m4_1_catalogue_has_every_phase(void **state)
{
    static const char *const wanted[] = {"food", "legal_aid", "addiction_treatment", "vocational_training",
                                         "follow_up"};
    const struct pack_service *services;
    (void)state;
    size_t count = pack_services(&services);
    assert_true(count > 30);
    assert_int_equal(count, pack_codes(PACK_SERVICE)->count);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_true(code_in(pack_codes(PACK_SERVICE), wanted[i]));
    const struct pack_service *crisis = pack_service("crisis_support");
    assert_non_null(crisis);
    assert_string_equal(crisis->strand, "psychosocial");
    assert_int_equal(crisis->phase_count, 2);
    assert_string_equal(crisis->phases[1], "recovery");
    assert_int_equal(crisis->minutes, 60);
    assert_null(pack_service("nothing"));
    assert_null(pack_service(NULL));
}

static void m6_families_speak_both_languages(void **state)
{
    (void)state;
    assert_string_equal(word_code(LANGUAGE_lv, PACK_SERVICE, "food"), "Ēdiens");
    assert_string_equal(word_code(LANGUAGE_en, PACK_SERVICE, "food"), "Food");
    assert_string_equal(word_code(LANGUAGE_en, PACK_EXPLAINED, "rights"), "The child's rights");
    assert_string_equal(word_code(LANGUAGE_en, PACK_CONSENT_PURPOSE, "return"), "Return to the home country");
    assert_string_equal(word_code(LANGUAGE_lv, PACK_RECIPIENT, "orphans_court"), "Bāriņtiesa");
    assert_string_equal(word_code(LANGUAGE_lv, PACK_SERVICE, "no_such"), "no_such");
    assert_int_equal(pack_codes(PACK_EXPLAINED)->count, 15);
    assert_int_equal(pack_codes("weather")->count, 0);
}

static void m1_6_times_come_from_the_pack(void **state)
{
    (void)state;
    assert_int_equal(pack_answer_hours("now"), 1);
    assert_int_equal(pack_answer_hours("month"), 240);
    assert_int_equal(pack_answer_hours("no_such"), 1);
    assert_int_equal(pack_review_days("safety", true), 30);
    assert_int_equal(pack_review_days("needs", false), 90);
    assert_int_equal(pack_review_days("plan", true), 30);
    assert_int_equal(pack_risk_days("high"), 7);
    assert_int_equal(pack_risk_days("unknown"), 90);
    assert_int_equal(pack_consent_days("family_contact"), 90);
}

static void m5_3_roles_and_acts_come_from_the_pack(void **state)
{
    (void)state;
    assert_int_equal(pack_role("lawyer")->parts, PART_BIT(PART_BASICS) | PART_BIT(PART_LEGAL));
    assert_int_equal(pack_role("case_manager")->parts, PARTS_WHOLE);
    assert_string_equal(pack_role("guardian")->account, "team_member");
    assert_null(pack_role("nobody"));
    assert_string_equal(pack_act_training("guardian"), "guardianship");
    assert_null(pack_act_training("assess_safety"));
    assert_int_equal(pack_training_months("guardianship"), 24);
    assert_string_equal(word_code(LANGUAGE_lv, PACK_TEAM_ROLE, "lawyer"), "Jurists, juriste");
    assert_int_equal(pack_codes(PACK_TRAINING)->count, 4);
}

static void m6_1_broken_packs_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *name, *old, *changed, *said;
    } cases[] = {
        {"pack.yaml", "version: 1", "version: 1\ncolour: red", "pack.yaml:4: "},
        {"pack.yaml", "version: 1", "version: -1", "pack.yaml:3: "},
        {"pack.yaml", "version: 1", "version: much", "pack.yaml:3: "},
        {"pack.yaml", "version: 1", "", "pack.yaml:"},
        {"pack.yaml", "version: 1", "version: [", "pack.yaml:"},
        {"pack.yaml", "version: 1", "version: 1\nversion: 2", "pack.yaml:4: "},
        {"pack.yaml", "extends: \"\"", "extends: other", "pack.yaml:1: "},
        {"pack.yaml", "answer_hours: 24", "answer_hours: 0", "pack.yaml:25: "},
        {"pack.yaml", "{code: legal,", "{code: Legal,", "pack.yaml:15: "},
        {"pack.yaml", "review_days: 7", "reviewed: 7", "pack.yaml:41: "},
        {"pack.yaml", "parts: [basics, legal]", "parts: [basics, law]", "pack.yaml:60: no such part of a case: law"},
        {"pack.yaml", "parts: [basics, legal]", "parts: [legal]", "pack.yaml:60: every role sees the basics: lawyer"},
        {"pack.yaml", "parts: [basics, legal]", "parts: [basics, address]",
         "pack.yaml:60: the place of stay is not given by a role: lawyer"},
        {"pack.yaml", "parts: [basics, legal]", "parts: [basics, conference]",
         "pack.yaml:60: who sees conferences sees the plan: lawyer"},
        {"pack.yaml", "parts: [basics, legal]", "parts: [basics, whole]", "pack.yaml:60: whole stands alone: lawyer"},
        {"pack.yaml", "parts: [basics, legal]", "part: [basics]", "pack.yaml:60: "},
        {"pack.yaml", "training: guardianship}", "training: guarding}", "no such training: guarding"},
        {"pack.yaml", "code: guardian, lv: \"Aizbildņa", "code: guard, lv: \"Aizbildņa", "no such act: guard"},
        {"pack.yaml", "months: 36", "months: 0", "the number of this entry is out of range"},
        {"pack.yaml", "first_days: 14", "first_days: 99999999", "pack.yaml:"},
        {"services.yaml", "code: clothing", "code: food", "services.yaml:5: "},
        {"services.yaml", "strand: housing, minutes: 15", "strand: magic, minutes: 15",
         "services.yaml:4: no such strand"},
        {"services.yaml", "phases: [rescue]", "phases: [later]", "services.yaml:4: no such phase"},
        {"services.yaml", "phases: [rescue]", "phases: []", "services.yaml:"},
        {"services.yaml", "minutes: 15", "minutes: 4294967296", "services.yaml:"},
        {"services.yaml", "lv: \"Ēdiens\"", "lv: \"\xff\"", "services.yaml:1: not UTF-8"},
        {"services.yaml", "phases: [rescue]", "phases: *a", "services.yaml:4: "},
        {"services.yaml", "services:", "other:", "services.yaml:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char said[1000];
        enum err result = load_changed(cases[i].name, cases[i].old, cases[i].changed, said, sizeof said);
        if (result != ERR_INPUT || strstr(said, cases[i].said) == NULL)
            fail_msg("%s with %s: %s said: %s", cases[i].name, cases[i].changed, err_name(result), said);
        assert_int_equal(strcspn(said, "\n") + 1, strlen(said));
    }
    assert_int_equal(pack_load("/nowhere"), ERR_INPUT);
    assert_string_equal(word_code(LANGUAGE_en, PACK_SERVICE, "food"), "Food");
}

static void m6_1_another_organisation_brings_its_own_words(void **state)
{
    char said[1000];
    (void)state;
    assert_int_equal(load_changed("services.yaml", "en: \"Food\"", "en: \"Bread\"", said, sizeof said), OK);
    assert_string_equal(word_code(LANGUAGE_en, PACK_SERVICE, "food"), "Bread");
    assert_int_equal(pack_load(base), OK);
    assert_string_equal(word_code(LANGUAGE_en, PACK_SERVICE, "food"), "Food");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m4_1_catalogue_has_every_phase),
        cmocka_unit_test(m6_families_speak_both_languages),
        cmocka_unit_test(m1_6_times_come_from_the_pack),
        cmocka_unit_test(m5_3_roles_and_acts_come_from_the_pack),
        cmocka_unit_test(m6_1_broken_packs_are_refused_with_their_line),
        cmocka_unit_test(m6_1_another_organisation_brings_its_own_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
