/* What each relation to a case opens, by real requests, against tests/relation-matrix.txt: every route with {case} on a case with
 * records of its parts, pages and prints and changes alike; and the pages over all cases, on which the case must not show itself to
 * whoever may not see it. "+" opens, "o" knows the case but not this part, "." there is no such thing, "-" not for this role.
 * A record whose part stands in its route may be one that nothing has: it is refused before it is looked for.
 * With AUSMA_UPDATE=1 the file is written anew; read its difference before committing. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/assess.h"
#include "case/record/queries.h"
#include "case/team/team.h"
#include "steer/trial/of_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *login, *title;
} RELATIONS[] = {
    {"case_manager", "manager"}, {"team_member", "team"}, {"lawyer", "lawyer"}, {"outside_specialist", "guardian"},
    {"helper", "glass"},         {"stranger", "other"},   {"former", "former"}, {"second_manager", "shut"},
};
enum { RELATION_COUNT = sizeof RELATIONS / sizeof *RELATIONS };

static const char *reference;

/* The records of the case that paths name: two of the kinds that have different parts. */
static struct named {
    const char *param, *title, *id;
} named[] = {
    {"{assessment}", "{assessment: needs}", NULL},
    {"{assessment}", "{assessment: safety}", NULL},
    {"{entry}", "{entry: psychosocial}", NULL},
    {"{entry}", "{entry: legal}", NULL},
    {"{meeting}", "{meeting}", NULL},
    {"{consent}", "{consent}", NULL},
    {"{goal}", "{goal}", NULL},
    {"{action}", "{action}", NULL},
    {"{number}", "{number}", "1"},
    {"{task}", "{task}", NULL},
    {"{conference}", "{conference}", NULL},
    {"{alert}", "{alert}", NULL},
    {"{file}", "{file}", NULL}, /* none: with one, case/assess/test_assess_files.c */
    {"{span}", "{span}", NULL},
    {"{member}", "{member}", NULL},
    {"{shut}", "{shut}", NULL},
    {"{glass}", "{glass}", NULL},
    {"{account}", "{account}", NULL},
    {"{submission}", "{submission}", NULL}, /* one that is not there: what may be opened is its own test */
};
enum { NAMED_COUNT = sizeof named / sizeof *named };

static const char *format2(const char *a, const char *b)
{
    return arena_format(trial_arena(trial), "%s%s", a, b);
}

/* ---- a case with a record of every kind ---- */

static struct answer done(const char *path, const char *fields)
{
    struct answer answer = trial_post(trial, "case_manager", at(path), fields);
    if (answer.status != 303)
        fail_msg("%s answers %d to %s", path, answer.status, fields);
    return answer;
}

static void keep(const char *title, const char *id)
{
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        if (text_same(named[i].title, title)) {
            if (id == NULL)
                fail_msg("there is no %s", title);
            named[i].id = id;
        }
    }
}

/* The id behind `before` on a page of the case. */
static const char *id_on(const char *page, const char *before)
{
    struct answer answer = trial_get(trial, "case_manager", at(page));
    const char *found = trial_between(trial, answer, arena_format(trial_arena(trial), "%s%s", at(""), before), "\"");
    return found == NULL ? NULL : arena_text_n(trial_arena(trial), found, strcspn(found, "/?#"));
}

static const char *service(const char *code, const char *strand)
{
    (void)done("/services", arena_format(trial_arena(trial),
                                         "service=%s&minutes=30&on=%s&mode=in_person&phase=rescue&strand=%s&note=x",
                                         code, day(0), strand));
    return id_on("/services", "/services/");
}

static enum err load_instruments(struct db *db, void *data)
{
    const char *root = getenv("AUSMA_ROOT");
    (void)data;
    return assess_instruments_load(db, trial_arena(trial), trial_app(trial)->org,
                                   format2(text_empty(root) ? "." : root, "/programmes/base/instruments"), time_now());
}

/* The buttons of the page stand in this order: safety, then needs. */
static void assessments(void)
{
    struct answer page = trial_get(trial, "case_manager", at("/assessments"));
    const char *safety = trial_between(trial, page, "name=\"instrument\" value=\"", "\"");
    const char *rest = strstr(page.body, "name=\"instrument\" value=\"");
    struct answer behind = {.body = rest + 1};
    const char *needs = trial_between(trial, behind, "name=\"instrument\" value=\"", "\"");
    struct answer one = done("/assessments", format2("instrument=", safety));
    keep("{assessment: safety}", strrchr(one.location, '/') + 1);
    one = done("/assessments", format2("instrument=", needs));
    keep("{assessment: needs}", strrchr(one.location, '/') + 1);
}

static void team_and_place(void)
{
    const char *add = "/team/add";
    (void)done(add, arena_format(trial_arena(trial), "account=%s&role=lawyer&until=&ground=own_work&ground_words=x",
                                 account_of("lawyer")));
    (void)done(add, arena_format(trial_arena(trial), "account=%s&role=guardian&until=%s&ground=own_work&ground_words=x",
                                 account_of("outside_specialist"), day(9)));
    keep("{member}", account_of("lawyer"));
    (void)done("/team/shut", arena_format(trial_arena(trial), "account=%s&reason=x", account_of("second_manager")));
    keep("{shut}", id_on("/team", "/team/shut/"));
    (void)done("/address/charge", "");
    (void)done("/address/charge", format2("account=", account_of("team_member")));
    keep("{account}", account_of("team_member"));
}

static void break_glass(void)
{
    struct answer answer = trial_post(trial, "helper", "/emergency",
                                      arena_format(trial_arena(trial), "reference=%s&reason=x", reference));
    assert_int_equal(answer.status, 303);
    keep("{glass}", id_on("/team", "/glass/"));
}

/* Somebody whose part ended a moment ago. */
static enum err former_add(struct db *db, void *data)
{
    struct case_keys keys;
    struct seal_key root;
    struct team_new member = {.org = trial_app(trial)->org,
                              .account = trial_account(trial, "former"),
                              .role = "lawyer",
                              .until = {.has = true, .value = time_now() - 1},
                              .by = trial_account(trial, "case_manager"),
                              .at = time_now() - HOUR_MS};
    (void)data;
    seal_key_new(&root);
    case_keys_of_root(&root, &keys);
    assert_true(id_parse(case_text, &member.case_id));
    return team_add(db, trial_arena(trial), &keys, &member);
}

static void records(void)
{
    keep("{entry: legal}", service("legal_aid", "legal"));
    keep("{entry: psychosocial}", service("crisis_support", "psychosocial"));
    assessments();
    (void)done("/tasks",
               arena_format(trial_arena(trial), "title=x&owner=%s&due=%s", account_of("case_manager"), day(3)));
    keep("{task}", id_on("/tasks", "/tasks/"));
    (void)done("/plan", "");
    (void)done("/plan/goals", arena_format(trial_arena(trial), "area=legal&strand=legal&title=x&due=%s", day(30)));
    keep("{goal}", id_on("/plan", "/plan/goals/"));
    (void)done(format2("/plan/goals/", format2(id_on("/plan", "/plan/goals/"), "/actions")),
               "what=x&who=child&due=2030-01-05");
    keep("{action}", id_on("/plan", "/plan/actions/"));
    (void)done("/conference", arena_format(trial_arena(trial), "on=%s&next=%s&present=%s&decisions=x", day(0), day(60),
                                           account_of("case_manager")));
    keep("{conference}", id_on("/conferences", "/conferences/"));
    keep("{span}", id_on("/course", "/course/"));
}

/* ---- requests ---- */

static const char *filled(const char *pattern, const struct named *variant, bool titles)
{
    struct buf out;
    buf_init(&out, trial_arena(trial), 160);
    while (*pattern != '\0') {
        if (*pattern != '{') {
            buf_char(&out, *pattern++);
            continue;
        }
        const char *end = strchr(pattern, '}') + 1;
        const char *param = arena_text_n(trial_arena(trial), pattern, (size_t)(end - pattern));
        const struct named *found = NULL;
        for (size_t i = 0; i < NAMED_COUNT && found == NULL; i++) {
            if (text_same(named[i].param, param))
                found = &named[i];
        }
        if (variant != NULL && text_same(variant->param, param))
            found = variant;
        if (text_same(param, "{case}"))
            buf_text(&out, titles ? param : case_text);
        else if (found == NULL)
            fail_msg("tell this test which record %s in %s is", param, pattern);
        else
            buf_text(&out, titles ? found->title : found->id == NULL ? "0000000000zzz" : found->id);
        pattern = end;
    }
    return out.ptr;
}

static char verdict(const struct route *route, const char *path, const char *who)
{
    struct answer answer = route->method == HTTP_POST ? trial_post(trial, who, path, "zzz=1")
                                                      : trial_get(trial, who, path);
    if (route->method == HTTP_POST && answer.status < 400 && route->fields != NULL)
        fail_msg("%s as %s answers %d", path, who, answer.status);
    if (answer.status >= 500)
        fail_msg("%s as %s answers %d", path, who, answer.status);
    if (answer.status == 403)
        return trial_shows(answer, "This part of the case is not open to you") ? 'o' : '-';
    return answer.status == 404 ? '.' : '+';
}

static void row(const struct route *route, const struct named *variant, const char **lines, size_t *count)
{
    struct buf line;
    buf_init(&line, trial_arena(trial), 160);
    buf_format(&line, "%-62s %-4s", filled(route->path, variant, true), route->method == HTTP_POST ? "POST" : "GET");
    for (size_t i = 0; i < RELATION_COUNT; i++)
        buf_format(&line, " %c       ", verdict(route, filled(route->path, variant, false), RELATIONS[i].login));
    lines[(*count)++] = text_trim(trial_arena(trial), line.ptr);
}

static void rows_of(const struct route *route, const char **lines, size_t *count)
{
    bool any = false;
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        bool several = text_same(named[i].param, "{assessment}") || text_same(named[i].param, "{entry}");
        if (several && strstr(route->path, named[i].param) != NULL) {
            row(route, &named[i], lines, count);
            any = true;
        }
    }
    if (!any)
        row(route, NULL, lines, count);
}

static void side_door(struct buf *all, const char *path, const char *fields)
{
    buf_format(all, "%-62s %-4s", path, fields == NULL ? "GET" : "POST");
    for (size_t i = 0; i < RELATION_COUNT; i++) {
        const char *who = RELATIONS[i].login;
        struct answer answer = fields == NULL ? trial_get(trial, who, path) : trial_post(trial, who, path, fields);
        bool shown = trial_shows(answer, case_text) || (fields == NULL && trial_shows(answer, reference));
        buf_format(all, " %c%s",
                   answer.status == 403 ? '-'
                   : shown              ? '+'
                                        : '.',
                   i + 1 < RELATION_COUNT ? "       " : "\n");
    }
}

static int by_line(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *walk(void)
{
    enum { ROWS = 1000 };
    const struct app *app = trial_app(trial);
    const char **lines = ARENA_ARRAY(trial_arena(trial), const char *, ROWS);
    size_t count = 0;
    struct buf all;
    buf_init(&all, trial_arena(trial), 32768);
    buf_format(&all, "%-62s %-4s", "path", "");
    for (size_t i = 0; i < RELATION_COUNT; i++)
        buf_format(&all, " %-8s", RELATIONS[i].title);
    buf_text(&all, "\n# the case is shown on pages over all cases\n");
    static const char *const lists[] = {
        "/",      "/cases?which=mine", "/cases?which=team", "/cases?which=shared", "/cases?which=closed", "/day",
        "/tasks", "/retention",        "/referrals"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        side_door(&all, lists[i], NULL);
    side_door(&all, "/find", format2("q=", reference));
    side_door(&all, "/find", "q=Gaigala");
    buf_text(&all, "# pages of the case\n");
    /* Changes that have no field to refuse are looked at last: they do what they do. */
    for (int last = 0; last < 2; last++) {
        for (size_t i = 0; i < app->route_count; i++) {
            const struct route *route = app->routes[i];
            bool acts = route->method == HTTP_POST && route->fields == NULL;
            if (strstr(route->path, "{case}") != NULL && acts == (last == 1))
                rows_of(route, lines, &count);
        }
    }
    qsort(lines, count, sizeof *lines, by_line);
    for (size_t i = 0; i < count; i++)
        buf_format(&all, "%s\n", lines[i]);
    return all.ptr;
}

static const char *matrix_path(void)
{
    const char *root = getenv("AUSMA_ROOT");
    return format2(text_empty(root) ? "." : root, "/tests/relation-matrix.txt");
}

static const char *read_matrix(void)
{
    char piece[4096];
    struct buf all;
    buf_init(&all, trial_arena(trial), 32768);
    FILE *file = fopen(matrix_path(), "re");
    assert_non_null(file);
    for (size_t len; (len = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&all, piece, len);
    (void)fclose(file);
    return all.ptr;
}

static void access_every_route_for_every_relation(void **state)
{
    (void)state;
    (void)of_case_begin(NULL);
    trial_change(trial, load_instruments, NULL);
    (void)of_case_new(NULL);
    struct answer page = trial_get(trial, "case_manager", at(""));
    reference = trial_between(trial, page, "app-pseudonym\">Lazda</span> ", " ");
    assert_non_null(reference);
    (void)done("/person/edit",
               "given=Anna&family=Gaigala&birth_exact=unknown&sex=not_asked&nationality=not_asked&language="
               "not_asked&unaccompanied=not_asked&guardian_needed=not_asked&documents=not_asked&version=0");
    records();
    team_and_place();
    trial_change(trial, former_add, NULL);
    break_glass();
    const char *now = walk();
    if (text_same(getenv("AUSMA_UPDATE"), "1")) {
        FILE *file = fopen(matrix_path(), "we");
        assert_non_null(file);
        assert_true(fputs(now, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    assert_string_equal(now, read_matrix());
    (void)of_case_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(access_every_route_for_every_relation)};
    return cmocka_run_group_tests_name("relations", tests, NULL, NULL);
}
