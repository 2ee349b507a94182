/* Forms filled in outside, through real requests (M1.6, M2.7). */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "case/assess/assess.h"
#include "find/fieldwork/queries.h"
#include "steer/retention/retention.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *authorization; /* of the telephone that the first test adds */
static const char *referral_form; /* its address */

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static enum err load(struct db *db, void *data)
{
    struct trial *trial = data;
    const char *root = getenv("AUSMA_ROOT");
    const char *folder = arena_format(trial_arena(trial), "%s/programmes/base/instruments", root == NULL ? "." : root);
    return assess_instruments_load(db, trial_arena(trial), trial_app(trial)->org, folder, 1);
}

static int set_up(void **state)
{
    struct trial *trial = trial_open();
    trial_change(trial, load, trial);
    *state = trial;
    return 0;
}

/* ---- what a client sends ---- */

static struct answer ask(struct trial *trial, const char *method, const char *path, const char *auth)
{
    const char *line = auth == NULL ? "" : arena_format(trial_arena(trial), "Authorization: %s\r\n", auth);
    return trial_raw(trial, of(arena_format(trial_arena(trial),
                                            "%s %s HTTP/1.1\r\nHost: field.example\r\nX-OpenRosa-Version: 1.0\r\n%s"
                                            "Connection: close\r\n\r\n",
                                            method, path, line)));
}

struct sent_file {
    const char *name, *type;
    struct bytes content;
};

static struct answer submit(struct trial *trial, const char *xml, const struct sent_file *files, size_t count)
{
    struct arena *arena = trial_arena(trial);
    struct buf body;
    buf_init(&body, arena, 4096);
    buf_format(
        &body,
        "--ausma-boundary\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"x.xml\"\r\n"
        "Content-Type: text/xml\r\n\r\n%s\r\n",
        xml);
    for (size_t i = 0; i < count; i++) {
        buf_format(&body,
                   "--ausma-boundary\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: "
                   "%s\r\n\r\n",
                   files[i].name, files[i].name, files[i].type);
        buf_add(&body, files[i].content.ptr, files[i].content.len);
        buf_text(&body, "\r\n");
    }
    buf_text(&body, "--ausma-boundary--\r\n");
    struct buf request;
    buf_init(&request, arena, body.len + 1024);
    buf_format(
        &request,
        "POST /openrosa/submission?deviceID=collect%%3Ax HTTP/1.1\r\nHost: field.example\r\n"
        "Authorization: %s\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: multipart/form-data; boundary=ausma-boundary\r\n"
        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
        authorization, body.len);
    buf_add(&request, body.ptr, body.len);
    return trial_raw(trial, (struct bytes){(const uint8_t *)request.ptr, request.len});
}

static const char *referral_xml(struct trial *trial, const char *instance, const char *story, const char *more)
{
    return arena_format(trial_arena(trial),
                        "<?xml version='1.0' ?><data id=\"field_referral\" version=\"1\" "
                        "xmlns:orx=\"http://openrosa.org/xforms\"><what><story>%s</story><urgency>week</urgency></what>"
                        "<who><about>Zane Paraugniece</about><age>15</age><age_guess>yes</age_guess></who>%s"
                        "<answer><source>police</source><way>phone</way><contact>+371 20000000</contact></answer>"
                        "<orx:meta><orx:instanceID>%s</orx:instanceID></orx:meta></data>",
                        story, more, instance);
}

/* The address of the first submission in the inbox; the newest. */
static const char *newest(struct trial *trial, const char *who)
{
    struct answer inbox = trial_get(trial, who, "/field");
    assert_int_equal(inbox.status, 200);
    const char *rest = trial_between(
        trial, inbox, "scope=\"row\" class=\"govuk-table__header\"><a class=\"govuk-link\" href=\"", "\"");
    return rest;
}

/* ---- tests ---- */

static void test_device(void **state)
{
    struct trial *trial = *state;
    assert_int_equal(trial_post(trial, "case_manager", "/field/devices/new", "label=x").status, 403);
    assert_int_equal(trial_post(trial, "programme_manager", "/field/devices/new", "label=").status, 422);
    struct answer made = trial_post(trial, "programme_manager", "/field/devices/new", "label=Zilais+telefons");
    assert_int_equal(made.status, 200);
    assert_true(trial_shows(made, "/openrosa</dd>"));
    const char *login = trial_between(trial, made, "User</dt><dd class=\"govuk-summary-list__value app-code\">", "<");
    const char *secret = trial_between(trial, made, "Password</dt><dd class=\"govuk-summary-list__value app-code\">",
                                       "<");
    assert_non_null(login);
    assert_non_null(secret);
    assert_int_equal(strlen(secret), 32);
    char coded[200];
    const char *both = arena_format(trial_arena(trial), "%s:%s", login, secret);
    (void)sodium_bin2base64(coded, sizeof coded, (const unsigned char *)both, strlen(both),
                            sodium_base64_VARIANT_ORIGINAL);
    authorization = arena_format(trial_arena(trial), "Basic %s", coded);
    assert_false(trial_holds(trial, secret));
    assert_false(trial_holds(trial, "Zilais telefons"));
    assert_true(trial_holds(trial, login));
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/field/devices"), "Zilais telefons"));
}

static void test_who(void **state)
{
    struct trial *trial = *state;
    static const char *const paths[] = {"/openrosa/formList", "/openrosa/submission", "/openrosa/forms/0000000000001",
                                        "/openrosa/forms/x/manifest"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer nobody = ask(trial, "GET", paths[i], NULL);
        assert_int_equal(nobody.status, 401);
        assert_non_null(strstr(nobody.head, "WWW-Authenticate: Basic realm="));
        assert_non_null(strstr(nobody.head, "X-OpenRosa-Version: 1.0"));
        assert_int_equal(ask(trial, "GET", paths[i], "Basic YTpi").status, 401);
        assert_int_equal(ask(trial, "HEAD", paths[i], "Bearer x").status, 401);
    }
    /* A telephone's secret opens no page. */
    assert_int_equal(ask(trial, "GET", "/field", authorization).status, 401);
    assert_int_equal(ask(trial, "GET", "/cases", authorization).status, 401);
    /* Over a proxy without TLS nothing is told. */
    const char *plain = arena_format(trial_arena(trial),
                                     "GET /openrosa/formList HTTP/1.1\r\nHost: a\r\nAuthorization: %s\r\n"
                                     "X-Forwarded-Proto: http\r\nConnection: close\r\n\r\n",
                                     authorization);
    assert_int_equal(trial_raw(trial, of(plain)).status, trial_app(trial)->config.plain_cookie ? 200 : 403);
    trial_app(trial)->config.plain_cookie = false;
    assert_int_equal(trial_raw(trial, of(plain)).status, 403);
    trial_app(trial)->config.plain_cookie = true;
}

static void test_forms(void **state)
{
    struct trial *trial = *state;
    struct answer list = ask(trial, "GET", "/openrosa/formList", authorization);
    assert_int_equal(list.status, 200);
    assert_non_null(strstr(list.head, "text/xml"));
    assert_true(trial_shows(list, "<formID>field_referral</formID>"));
    assert_true(trial_shows(list, "<formID>field_contact</formID>"));
    assert_false(trial_shows(list, "<formID>safety</formID>"));
    assert_true(trial_shows(list, "<hash>md5:"));
    struct answer one = ask(trial, "GET", "/openrosa/formList?formID=field_referral", authorization);
    assert_false(trial_shows(one, "field_contact"));
    referral_form = trial_between(trial, one, "<downloadUrl>http://field.example", "<");
    assert_non_null(referral_form);
    struct answer form = ask(trial, "GET", referral_form, authorization);
    assert_int_equal(form.status, 200);
    assert_true(trial_shows(form, "id=\"field_referral\""));
    struct answer manifest = ask(trial, "GET", arena_format(trial_arena(trial), "%s/manifest", referral_form),
                                 authorization);
    assert_int_equal(manifest.status, 200);
    assert_true(trial_shows(manifest, "xformsManifest"));
    assert_int_equal(ask(trial, "GET", "/openrosa/forms/0000000000001", authorization).status, 404);
}

static void test_head(void **state)
{
    struct trial *trial = *state;
    struct answer head = ask(trial, "HEAD", "/openrosa/submission", authorization);
    assert_int_equal(head.status, 204);
    assert_non_null(strstr(head.head, "X-OpenRosa-Accept-Content-Length: "));
    assert_non_null(strstr(head.head, "Location: http://field.example/openrosa/submission"));
    assert_non_null(strstr(head.head, "Date: "));
    assert_int_equal(head.body_len, 0);
}

static void test_submission(void **state)
{
    struct trial *trial = *state;
    const char *xml = referral_xml(trial, "uuid:one", "Mazs cilvēks stacijā", "");
    struct answer kept = submit(trial, xml, NULL, 0);
    assert_int_equal(kept.status, 201);
    assert_true(trial_shows(kept, "OpenRosaResponse"));
    assert_true(trial_shows(kept, "nature=\"submit_success\""));
    assert_int_equal(submit(trial, xml, NULL, 0).status, 202);
    assert_false(trial_holds(trial, "Zane Paraugniece"));
    assert_false(trial_holds(trial, "uuid:one"));

    const char *path = newest(trial, "intake");
    assert_non_null(path);
    struct answer page = trial_get(trial, "intake", path);
    assert_true(trial_shows(page, "Mazs cilvēks stacijā"));
    assert_true(trial_shows(page, "Zane Paraugniece"));
    /* A part of the form is a heading, no question; answers stand in words. */
    assert_true(trial_shows(page, "<h3 class=\"govuk-heading-s app-answers__part\">The child</h3>"));
    assert_true(trial_shows(page, "Is the age a guess?</dt><dd class=\"govuk-summary-list__value\">Yes"));
    assert_true(trial_shows(page, "version 1 · "));
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_get(trial, "administrator", path).status, 403);

    /* One click, and all of it is a referral. */
    struct answer referred = trial_post(trial, "intake", arena_format(trial_arena(trial), "%s/refer", path), "");
    assert_int_equal(referred.status, 303);
    assert_true(text_starts(referred.location, "/referrals/"));
    struct answer referral = trial_get(trial, "intake", referred.location);
    assert_true(trial_shows(referral, "Mazs cilvēks stacijā"));
    assert_true(trial_shows(referral, "+371 20000000"));
    assert_int_equal(trial_post(trial, "intake", arena_format(trial_arena(trial), "%s/refer", path), "").status, 409);
    assert_true(trial_shows(trial_get(trial, "intake", path), "/referrals/"));
}

/* Never refused for its answers: kept, marked, shown. */
static void test_kept_all_the_same(void **state)
{
    struct trial *trial = *state;
    const struct {
        const char *xml, *flag;
    } odd[] = {
        {"this is no XML", "Cannot be read"},
        {"<data id=\"somewhere_else\" version=\"9\"><a>1</a></data>", "Unknown form"},
        {"<data id=\"field_referral\" version=\"1\"><nonsense>1</nonsense></data>", "Cannot be read"},
        {"<data id=\"field_referral\" version=\"1\"><what><story></story></what></data>", "Errors in the answers"},
        {"<data id=\"field_referral\" version=\"1\"><what><story>a</story></what><who><age>four</age></who></data>",
         "Errors in the answers"},
        {"<data id=\"field_referral\" version=\"1\" "
         "encrypted=\"yes\"><base64EncryptedKey>QQ==</base64EncryptedKey></data>",
         "Encrypted"},
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_int_equal(submit(trial, odd[i].xml, NULL, 0).status, 201);
        assert_int_equal(submit(trial, odd[i].xml, NULL, 0).status, 202);
        struct answer page = trial_get(trial, "intake", newest(trial, "intake"));
        assert_int_equal(page.status, 200);
        assert_true(trial_shows(page, odd[i].flag));
    }
}

static void test_conflict_and_edit(void **state)
{
    struct trial *trial = *state;
    assert_int_equal(submit(trial, referral_xml(trial, "uuid:two", "Pirmais", ""), NULL, 0).status, 201);
    assert_int_equal(submit(trial, referral_xml(trial, "uuid:two", "Otrais", ""), NULL, 0).status, 201);
    struct answer page = trial_get(trial, "intake", newest(trial, "intake"));
    assert_true(trial_shows(page, "Otrais"));
    assert_true(trial_shows(page, "Other content"));
    const char *edit = "<data id=\"field_referral\" version=\"1\"><what><story>Trešais</story></what>"
                       "<meta><instanceID>uuid:three</instanceID><deprecatedID>uuid:two</deprecatedID></meta></data>";
    assert_int_equal(submit(trial, edit, NULL, 0).status, 201);
    page = trial_get(trial, "intake", newest(trial, "intake"));
    assert_true(trial_shows(page, "Correction"));
    const char *before = trial_between(trial, page, "<a class=\"govuk-link\" href=\"/field/", "\"");
    assert_non_null(before);
}

static struct bytes fixture(struct trial *trial, const char *name)
{
    enum { ROOM = 1 << 16 };
    const char *root = getenv("AUSMA_ROOT");
    FILE *file = fopen(arena_format(trial_arena(trial), "%s/tests/fixtures/upload/%s", root == NULL ? "." : root, name),
                       "rbe");
    assert_non_null(file);
    uint8_t *room = arena_alloc(trial_arena(trial), ROOM);
    size_t len = fread(room, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    return (struct bytes){room, len};
}

/* A submission in several parts: its XML each time, its files in turn. */
static void test_files(void **state)
{
    struct trial *trial = *state;
    const char *xml = referral_xml(trial, "uuid:four", "Ar attēlu", "<here><photo>1.jpg</photo></here>");
    struct sent_file photo = {"1.jpg", "text/html", fixture(trial, "gps.jpg")};
    struct sent_file page_file = {"2.html", "text/html", of("<script>alert(1)</script>")};
    assert_int_equal(submit(trial, xml, NULL, 0).status, 201);
    const char *path = newest(trial, "intake");
    assert_true(trial_shows(trial_get(trial, "intake", path), "A file is missing"));
    assert_int_equal(submit(trial, xml, &photo, 1).status, 201);
    assert_int_equal(submit(trial, xml, &photo, 1).status, 202);
    assert_int_equal(submit(trial, xml, &page_file, 1).status, 201);
    struct answer page = trial_get(trial, "intake", path);
    assert_false(trial_shows(page, "A file is missing"));
    assert_false(trial_shows(page, "1.jpg (image"));
    const char *file = trial_between(trial, page, "<li><a class=\"govuk-link\" href=\"", "\"");
    struct answer got = trial_get(trial, "intake", file);
    assert_int_equal(got.status, 200);
    /* As it was sent for proof; without where it was taken for everything else. */
    assert_true(got.body_len > 0 && got.body_len < photo.content.len);
    assert_null(memmem(got.body, got.body_len, "Noslepums", 9));
    assert_non_null(strstr(got.head, "Content-Type: image/jpeg"));
    assert_non_null(strstr(got.head, "attachment; filename=\"file.jpg\""));
    const char *as_sent = arena_format(trial_arena(trial), "%s/sent", file);
    struct answer sent = trial_get(trial, "intake", as_sent);
    assert_int_equal(sent.body_len, photo.content.len);
    assert_memory_equal(sent.body, photo.content.ptr, photo.content.len);
    assert_non_null(strstr(sent.head, "Content-Type: application/octet-stream"));
    assert_int_equal(trial_get(trial, "stranger", file).status, 404);
    assert_int_equal(trial_get(trial, "stranger", as_sent).status, 404);
    assert_false(trial_holds(trial, "Noslepums"));
    assert_false(trial_holds(trial, "alert(1)"));
    /* What a browser might run is handed out as bytes only. */
    struct answer behind = {.body = strstr(page.body, as_sent) + strlen(as_sent)};
    const char *script = trial_between(trial, behind, "<li><a class=\"govuk-link\" href=\"", "\"");
    assert_non_null(strstr(trial_get(trial, "intake", script).head, "Content-Type: application/octet-stream"));
}

/* A long day: every file is there, once, whatever comes again; more than can be kept is no loss, for the telephone keeps it. */
static void test_many_files(void **state)
{
    enum { MANY = 1500 };
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    struct sent_file *files = ARENA_ARRAY(arena, struct sent_file, MANY + 501);
    for (size_t i = 0; i < MANY + 501; i++)
        files[i] = (struct sent_file){arena_format(arena, "%d.jpg", (int)i), "image/jpeg", of("x")};
    files[MANY - 1].name = "3.jpg";
    const char *xml = referral_xml(trial, "uuid:many", "Daudz", "<here><photo>1498.jpg</photo></here>");
    assert_int_equal(submit(trial, xml, files, MANY).status, 201);
    assert_int_equal(submit(trial, xml, files, MANY).status, 202);
    struct answer page = trial_get(trial, "intake", newest(trial, "intake"));
    size_t shown = 0;
    for (const char *at = page.body; (at = strstr(at, "/sent\"")) != NULL; at++)
        shown++;
    assert_int_equal(shown, MANY - 1 + 1); /* and the report itself */
    assert_false(trial_shows(page, "A file is missing"));
    assert_int_equal(submit(trial, xml, files + MANY, 500).status, 201);
    assert_int_equal(submit(trial, xml, files + MANY, 501).status, 201);
    assert_int_equal(submit(trial, xml, files + MANY - 1, 502).status, 202);
    files[0].name = "more.jpg";
    assert_int_equal(submit(trial, xml, files, 1).status, 413);
}

struct erasing {
    struct trial *trial;
    int64_t case_id, submission;
    size_t files, empty;
};

static enum err erase_step(struct db *db, void *data)
{
    struct erasing *erasing = data;
    struct arena *arena = trial_arena(erasing->trial);
    struct fieldwork_file_keys_row *rows;
    int64_t org = trial_app(erasing->trial)->org;
    TRY(retention_erase(db, arena, org, erasing->case_id));
    TRY(fieldwork_file_keys(db, arena, &(struct fieldwork_file_keys_in){.org = org, .submission = erasing->submission},
                            &rows, &erasing->files));
    for (size_t i = 0; i < erasing->files; i++) {
        struct fieldwork_file_one_row row;
        TRY(fieldwork_file_one(
            db, arena, &(struct fieldwork_file_one_in){.org = org, .submission = erasing->submission, .id = rows[i].id},
            &row));
        erasing->empty += row.content.len == 0 && row.sealed_key.len == 0;
    }
    return OK;
}

static const char *visit_xml(struct trial *trial, const char *code, int number)
{
    return arena_format(trial_arena(trial),
                        "<data id=\"visit\" version=\"1\"><code>%s</code><how>Labi %d</how>"
                        "<photo>1.jpg</photo><paper>2.doc</paper>"
                        "<other>file-0000000000zzz-1.pdf</other></data>",
                        code, number);
}

/* An assessment under the code of a case: to the case's team, and from there into the case as a draft. */
static void test_code(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *workbook = "| survey |      |      |       |            |\n"
                           "|        | type | name | label | ausma::fact |\n"
                           "|        | text | code | Code  | case.code  |\n"
                           "|        | text | how  | How are things? |  |\n"
                           "|        | image | photo | Photograph |  |\n"
                           "|        | file | paper | Paper |  |\n"
                           "|        | file | other | Other paper |  |\n"
                           "| settings | | | |\n"
                           "|          | form_title | form_id | version | ausma::destination |\n"
                           "|          | Visit | visit | 1 | assessment |\n";
    struct answer up = trial_upload(trial, "programme_manager", "/instruments", "", "workbook", "visit.md",
                                    of(workbook));
    assert_int_equal(up.status, 303);
    const char *publish = arena_format(arena, "%.*s/publish", (int)strcspn(up.location, "?"), up.location);
    assert_int_equal(trial_post(trial, "programme_manager", publish, "").status, 303);
    const char *id = trial_case(trial, "Gulbis");
    const char *code_path = arena_format(arena, "/cases/%s/field-code", id);
    assert_true(
        trial_shows(trial_get(trial, "case_manager", arena_format(arena, "/cases/%s/assessments", id)), code_path));
    struct answer made = trial_post(trial, "case_manager", code_path, "");
    assert_int_equal(made.status, 200);
    const char *code = trial_between(trial, made, "govuk-panel__title\">", "<");
    assert_non_null(code);
    assert_int_equal(trial_post(trial, "stranger", code_path, "").status, 404);

    assert_int_equal(submit(trial, visit_xml(trial, "K7QM-4RTX-2", 1), NULL, 0).status, 201);
    assert_true(trial_shows(trial_get(trial, "intake", newest(trial, "intake")), "Unknown code"));
    const struct sent_file files[] = {{"1.jpg", "image/jpeg", fixture(trial, "gps.jpg")},
                                      {"2.doc", "application/msword", of("\xd0\xcf\x11\xe0 an old document")}};
    assert_int_equal(submit(trial, visit_xml(trial, code, 2), files, 2).status, 201);
    struct answer page = trial_get(trial, "case_manager", newest(trial, "case_manager"));
    assert_true(trial_shows(page, "Labi 2"));
    const char *take = trial_between(trial, page, "action=\"/cases/", "\"");
    assert_non_null(take);
    struct answer taken = trial_post(trial, "case_manager", arena_format(arena, "/cases/%s", take), "");
    assert_int_equal(taken.status, 303);
    struct answer draft = trial_get(trial, "case_manager", taken.location);
    assert_true(trial_shows(draft, "Labi 2"));
    /* Its files are the case's now: the picture without where it was taken, the rest as it was sent. */
    assert_true(trial_shows(draft, "file, JPEG, 1 KB"));
    assert_true(trial_shows(draft, "file, 1 KB"));
    assert_false(trial_shows(draft, "0000000000zzz")); /* only claimed to be stored */
    const char *start = arena_format(arena, "<a class=\"govuk-link\" href=\"%s/files/",
                                     arena_text_n(arena, taken.location, strcspn(taken.location, "?")));
    const char *rest = draft.body;
    for (size_t i = 0; i < 2; i++) {
        struct answer behind = {.body = rest};
        const char *file = trial_between(trial, behind, start, "\"");
        assert_non_null(file);
        rest = strstr(rest, start) + strlen(start);
        struct answer got = trial_get(trial, "case_manager", arena_format(arena, "%s%s", strchr(start, '/'), file));
        assert_int_equal(got.status, 200);
        assert_int_equal(got.body_len == files[i].content.len, i == 1);
        assert_null(memmem(got.body, got.body_len, "Noslepums", 9));
    }
    assert_int_equal(trial_post(trial, "case_manager", arena_format(arena, "/cases/%s", take), "").status, 409);
    /* Erased with the case, though they lie outside of it. */
    struct erasing erasing = {.trial = trial};
    assert_true(id_parse(id, &erasing.case_id));
    assert_true(id_parse(strrchr(take, '/') + 1, &erasing.submission));
    trial_change(trial, erase_step, &erasing);
    assert_int_equal(erasing.files, 2);
    assert_int_equal(erasing.empty, 2);
}

static void test_aside_and_back(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    assert_int_equal(submit(trial, referral_xml(trial, "uuid:five", "Izmēģinājums", ""), NULL, 0).status, 201);
    const char *path = newest(trial, "intake");
    assert_int_equal(trial_post(trial, "intake", arena_format(arena, "%s/aside", path), "reason=").status, 422);
    assert_int_equal(trial_post(trial, "intake", arena_format(arena, "%s/aside", path), "reason=tests").status, 303);
    assert_true(trial_shows(trial_get(trial, "intake", path), "tests"));
    assert_int_equal(trial_post(trial, "intake", arena_format(arena, "%s/back", path), "").status, 303);
    assert_int_equal(trial_post(trial, "intake", arena_format(arena, "%s/back", path), "").status, 409);
    assert_int_equal(trial_post(trial, "intake", arena_format(arena, "%s/note", path), "").status, 303);
}

/* Whoever has no password of a telephone can fill a share of the room for large bodies, and no more: telephones and people who are signed
 * in go on. */
static void test_strangers_leave_room(void **state)
{
    enum { HOLDERS = 40, HELD = (1 << 20) - 16, LARGE = 3 << 20 };
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *right = authorization;
    char *much = arena_alloc(arena, LARGE + 1);
    int held[HOLDERS];
    struct buf request;
    memset(much, 'x', LARGE);
    buf_init(&request, arena, HELD + 512);
    buf_text(&request, "POST /openrosa/submission HTTP/1.1\r\nHost: field.example\r\nContent-Length: 8000000\r\n\r\n");
    buf_add(&request, much, HELD);
    for (size_t i = 0; i < HOLDERS; i++)
        held[i] = trial_send(trial, (struct bytes){(const uint8_t *)request.ptr, request.len});
    const struct sent_file large = {"liels.mp4", "video/mp4", {(const uint8_t *)much, LARGE}};
    const char *xml = referral_xml(trial, "uuid:large", "Liels", "");
    authorization = "Basic bm9ib2R5OndyaXRlcw==";
    assert_int_equal(submit(trial, xml, &large, 1).status, 503);
    authorization = right;
    assert_int_equal(submit(trial, xml, &large, 1).status, 201);
    const char *story = arena_format(arena, "story=%.400000s", much);
    assert_int_equal(trial_post(trial, "intake", "/referrals/new", story).status, 422);
    assert_int_equal(trial_post(trial, NULL, "/refer", "story=").status, 422);
    for (size_t i = 0; i < HOLDERS; i++)
        (void)close(held[i]);
}

/* What somebody sends with a lost telephone does not fill the disk; what a team sends in a day is far below. */
static void test_too_much(void **state)
{
    enum { MOST = 500 };
    struct trial *trial = *state;
    struct answer answer = {0};
    const char *xml = referral_xml(trial, "uuid:often", "Bieži", "");
    int count = 0;
    while (count <= MOST && (answer = submit(trial, xml, NULL, 0)).status != 503)
        assert_int_equal(answer.status, count++ == 0 ? 201 : 202);
    assert_in_range(count, MOST * 3 / 4, MOST);
    assert_non_null(strstr(answer.head, "Retry-After: 600"));
    assert_true(trial_shows(answer, "stays on the telephone") || trial_shows(answer, "paliek tālrunī"));
    assert_int_equal(ask(trial, "GET", "/openrosa/formList", authorization).status, 200);
}

/* A lost telephone is shut out at once. */
static void test_revoked(void **state)
{
    struct trial *trial = *state;
    struct answer devices = trial_get(trial, "programme_manager", "/field/devices");
    const char *revoke = trial_between(trial, devices, "<a class=\"govuk-link\" href=\"/field/devices/", "/revoke");
    assert_non_null(revoke);
    const char *path = arena_format(trial_arena(trial), "/field/devices/%s/revoke", revoke);
    assert_int_equal(trial_get(trial, "programme_manager", path).status, 200);
    assert_int_equal(trial_post(trial, "programme_manager", path, "").status, 303);
    assert_int_equal(ask(trial, "GET", "/openrosa/formList", authorization).status, 401);
    assert_int_equal(submit(trial, referral_xml(trial, "uuid:six", "Par vēlu", ""), NULL, 0).status, 401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_device),
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_submission),
        cmocka_unit_test(test_kept_all_the_same),
        cmocka_unit_test(test_conflict_and_edit),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_many_files),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_aside_and_back),
        cmocka_unit_test(test_strangers_leave_room),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_revoked),
    };
    return cmocka_run_group_tests_name("fieldwork", tests, set_up, trial_end);
}
