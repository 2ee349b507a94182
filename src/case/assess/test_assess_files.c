/* Files as answers through real requests (M2.3, M2.7, M7.1, M7.2): given, seen, replaced, removed, refused; who may, what is kept. */
#include "base/id.h"
#include "base/text.h"
#include "case/file/file.h"
#include "case/file/queries.h"
#include "platform/form/test_book.h"
#include "platform/seal/text.h"
#include "steer/retention/retention.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const char BOOK[] = "#survey\n"
                           "type|name|label::Latvian (lv)|label::English (en)|appearance|required\n"
                           "text|story|Kas notika?|What happened?||\n"
                           "image|photo|Fotogrāfija|Photograph||yes\n"
                           "image|sign|Paraksts|Signature|signature|\n"
                           "audio|voice|Balss|Voice||\n"
                           "video|film|Video|Video||\n"
                           "file|paper|Dokuments|Paper||\n"
                           "begin_repeat|more|Vēl|More||\n"
                           "image|picture|Attēls|Picture||\n"
                           "end_repeat|||||\n"
                           "#settings\n"
                           "form_title|form_id|version|default_language\n"
                           "Ar datnēm|files|1|Latvian (lv)\n";

static const char *instrument; /* its id */

static int open_trial(void **state)
{
    struct trial *trial = trial_open();
    struct arena *arena = trial_arena(trial);
    struct answer brought = trial_upload(trial, "programme_manager", "/instruments", "title=", "workbook", "files.xlsx",
                                         book_make(arena, BOOK));
    assert_int_equal(brought.status, 303);
    const char *version = arena_text_n(arena, brought.location, strcspn(brought.location, "?"));
    const char *publish = arena_format(arena, "%s/publish", version);
    assert_int_equal(trial_post(trial, "programme_manager", publish, "").status, 303);
    instrument = version + strlen("/instruments/");
    *state = trial;
    return 0;
}

/* ---- helpers ---- */

static const char *begin(struct trial *trial, const char *case_id)
{
    struct arena *arena = trial_arena(trial);
    struct answer begun = trial_post(trial, "case_manager", arena_format(arena, "/cases/%s/assessments", case_id),
                                     arena_format(arena, "instrument=%s", instrument));
    assert_int_equal(begun.status, 303);
    return begun.location;
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

static struct bytes text_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* What the question has now, as its page says. */
static const char *had(struct trial *trial, const char *draft, const char *question)
{
    struct answer page = trial_get(trial, "case_manager",
                                   arena_format(trial_arena(trial), "%s/file?q=/data/%s", draft, question));
    assert_int_equal(page.status, 200);
    return trial_between(trial, page, "name=\"had\" value=\"", "\"");
}

static struct answer give(struct trial *trial, const char *draft, const char *question, struct bytes file)
{
    struct arena *arena = trial_arena(trial);
    const char *fields = arena_format(arena, "q=%s&had=%s",
                                      trial_encode(trial, arena_format(arena, "/data/%s", question)),
                                      trial_encode(trial, had(trial, draft, question)));
    return trial_upload(trial, "case_manager", arena_format(arena, "%s/file", draft), fields, "file", "IMG_Anna.exe",
                        file);
}

/* The address of the first file that a page leads to. */
static const char *address_of(struct trial *trial, const char *page, const char *who)
{
    struct answer answer = trial_get(trial, who, page);
    const char *rest = trial_between(trial, answer, arena_format(trial_arena(trial), "href=\"%s/files/", page), "\"");
    return rest == NULL ? NULL : arena_format(trial_arena(trial), "%s/files/%s", page, rest);
}

static struct answer post(struct trial *trial, const char *draft, const char *fields)
{
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_int_equal(page.status, 200);
    return trial_post(trial, "case_manager", draft,
                      arena_format(trial_arena(trial), "version=%s&page=%s&%s",
                                   trial_between(trial, page, "name=\"version\" value=\"", "\""),
                                   trial_between(trial, page, "name=\"page\" value=\"", "\""), fields));
}

struct counting {
    struct trial *trial;
    int64_t case_id, owner;
    size_t files, pieces, empty;
};

static enum err count_step(struct db *db, void *data)
{
    struct counting *counting = data;
    struct arena *arena = trial_arena(counting->trial);
    struct file_row_of_owner_row *rows;
    int64_t org = trial_app(counting->trial)->org;
    TRY(file_row_of_owner(
        db, arena, &(struct file_row_of_owner_in){.org = org, .case_id = counting->case_id, .owner = counting->owner},
        &rows, &counting->files));
    for (size_t i = 0; i < counting->files; i++) {
        struct file_piece_one_row piece;
        struct file_piece_one_in in = {.org = org, .case_id = counting->case_id, .file = rows[i].id};
        for (; file_piece_one(db, arena, &in, &piece) == OK; in.number++) {
            counting->pieces++;
            counting->empty += piece.content.len == 0;
        }
    }
    return OK;
}

/* What is stored for a draft. */
static struct counting stored(struct trial *trial, const char *draft)
{
    struct counting counting = {.trial = trial};
    const char *id = arena_text_n(trial_arena(trial), draft + strlen("/cases/"), ID_TEXT_SIZE - 1);
    assert_true(id_parse(id, &counting.case_id));
    assert_true(id_parse(strrchr(draft, '/') + 1, &counting.owner));
    trial_change(trial, count_step, &counting);
    return counting;
}

/* ---- tests ---- */

static void m2_3_a_picture_is_kept_without_where_it_was_taken(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Ozols"));
    struct bytes picture = fixture(trial, "gps.jpg");
    struct answer given = give(trial, draft, "photo", picture);
    assert_int_equal(given.status, 303);
    assert_true(text_starts(given.location, draft));
    assert_non_null(strstr(given.location, "#q./data/photo"));
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(page, "file, JPEG, 1 KB"));
    assert_false(trial_shows(page, "IMG_Anna"));
    struct answer sent = trial_get(trial, "second_manager", address_of(trial, draft, "case_manager"));
    assert_int_equal(sent.status, 200);
    assert_non_null(strstr(sent.head, "Content-Type: image/jpeg\r\n"));
    assert_non_null(strstr(sent.head, "Content-Disposition: inline; filename=\"file.jpg\""));
    assert_non_null(strstr(sent.head, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(sent.head, "Cache-Control: no-store\r\n"));
    assert_non_null(
        strstr(sent.head, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"));
    struct bytes clean;
    assert_int_equal(upload_clean(trial_arena(trial), UPLOAD_JPEG, picture, &clean), OK);
    assert_int_equal(sent.body_len, clean.len);
    assert_memory_equal(sent.body, clean.ptr, clean.len);
    assert_null(memmem(sent.body, sent.body_len, "Noslepums", 9));
    assert_false(trial_holds(trial, "Noslepums Vieta"));
    assert_false(trial_holds(trial, "IMG_Anna"));
    /* Paused and gone on with elsewhere; then finished and read. */
    assert_int_equal(post(trial, draft, "act=finish&q.%2Fdata%2Fstory=Viss").status, 303);
    struct answer read = trial_get(trial, "second_manager", draft);
    assert_true(trial_shows(read, "app-file__picture"));
    assert_true(trial_shows(read, "file, JPEG, 1 KB"));
    assert_int_equal(trial_get(trial, "second_manager", address_of(trial, draft, "second_manager")).status, 200);
    assert_int_equal(stored(trial, draft).files, 1);
}

static void m2_3_all_sorts_are_taken_and_only_pictures_shown(void **state)
{
    static const struct {
        const char *question, *bytes, *type;
        size_t len;
    } files[] = {
        {"paper", "%PDF-1.4\n", "application/pdf", 9},
        {"paper", "Teksts\n", "text/plain; charset=utf-8", 7},
        {"voice", "ID3\3\0\0\0\0\0\0", "audio/mpeg", 10},
        {"voice",
         "\0\0\0\x18"
         "ftypmp42\0\0\0\0",
         "video/mp4", 16},
        {"film",
         "\0\0\0\x18"
         "ftypqt  \0\0\0\0",
         "video/quicktime", 16},
    };
    struct trial *trial = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *draft = begin(trial, trial_case(trial, "Liepa"));
        struct bytes file = {(const uint8_t *)files[i].bytes, files[i].len};
        assert_int_equal(give(trial, draft, files[i].question, file).status, 303);
        struct answer sent = trial_get(trial, "case_manager", address_of(trial, draft, "case_manager"));
        assert_int_equal(sent.status, 200);
        assert_non_null(strstr(sent.head, arena_format(trial_arena(trial), "Content-Type: %s\r\n", files[i].type)));
        assert_non_null(strstr(sent.head, "Content-Disposition: attachment; filename=\"file."));
        assert_int_equal(sent.body_len, file.len);
        assert_memory_equal(sent.body, file.ptr, file.len);
    }
}

static void m2_3_a_wrong_file_is_refused_beside_its_field(void **state)
{
    static const struct {
        const char *question, *bytes, *words;
        size_t len;
    } files[] = {
        {"photo", "<html><script>alert(1)</script>", "This is no JPEG, PNG or WebP picture", 31},
        {"photo", "%PDF-1.4\n", "This is no JPEG, PNG or WebP picture", 9},
        {"photo",
         "\0\0\0\x18"
         "ftypheic\0\0\0\0",
         "Save it as JPEG", 16},
        {"photo", "\xff\xd8\xff\xe0\0\x10JFIF", "damaged or not whole", 10},
        {"photo", "", "Choose a file", 0},
        {"voice", "%PDF-1.4\n", "This is no recording", 9},
        {"film", "ID3\3\0\0\0\0\0\0", "This is no video", 10},
        {"paper", "MZ\x90\0\3\0\0\0", "Save the document as PDF", 8},
    };
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Egle"));
    /* Written in the form first: the button keeps it and leads to the file's page. */
    struct answer led = post(trial, draft, "give=%2Fdata%2Fphoto&q.%2Fdata%2Fstory=Palika+uzrakst%C4%ABts");
    assert_int_equal(led.status, 303);
    assert_non_null(strstr(led.location, "/file?q=/data/photo"));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct answer refused = give(trial, draft, files[i].question,
                                     (struct bytes){(const uint8_t *)files[i].bytes, files[i].len});
        assert_int_equal(refused.status, 422);
        assert_true(trial_shows(refused, files[i].words));
        assert_true(trial_shows(refused, "id=\"file-error\""));
    }
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "Palika uzrakstīts"));
    assert_int_equal(stored(trial, draft).files, 0);
}

static void m2_3_too_large_is_said_and_more_is_not_read(void **state)
{
    enum { MOST = 300000 };
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Osis"));
    uint8_t *zeros = arena_alloc(trial_arena(trial), 6 << 20);
    memcpy(zeros, "ID3\3", 4);
    trial_app(trial)->config.file_max = MOST;
    assert_int_equal(give(trial, draft, "voice", (struct bytes){zeros, MOST}).status, 303);
    struct counting kept = stored(trial, draft);
    assert_int_equal(kept.files, 1);
    assert_int_equal(kept.pieces, 2);
    struct answer sent = trial_get(trial, "case_manager", address_of(trial, draft, "case_manager"));
    assert_int_equal(sent.body_len, MOST);
    assert_memory_equal(sent.body, zeros, MOST);
    struct answer large = give(trial, draft, "voice", (struct bytes){zeros, MOST + 1});
    assert_int_equal(large.status, 422);
    assert_true(trial_shows(large, "too large: at most 293 KB"));
    struct answer huge = give(trial, draft, "voice", (struct bytes){zeros, 6 << 20});
    assert_int_equal(huge.status, 413);
    trial_app(trial)->config.file_max = 0;
    assert_int_equal(stored(trial, draft).pieces, 2);
}

/* Something larger than a megabyte goes through whole: sealed in pieces, opened in pieces. */
static void m2_3_a_large_file_comes_back_as_it_was(void **state)
{
    enum { SIZE = (9 << 20) + 12345 };
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Kļava"));
    uint8_t *bytes = arena_alloc(trial_arena(trial), SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761U >> 13);
    memcpy(bytes, "%PDF-1.7\n", 9);
    assert_int_equal(give(trial, draft, "paper", (struct bytes){bytes, SIZE}).status, 303);
    struct answer sent = trial_get(trial, "case_manager", address_of(trial, draft, "case_manager"));
    assert_int_equal(sent.status, 200);
    assert_int_equal(sent.body_len, SIZE);
    assert_memory_equal(sent.body, bytes, SIZE);
}

static void m2_3_replaced_and_removed_files_are_gone(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Apse"));
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "gps.jpg")).status, 303);
    const char *first = address_of(trial, draft, "case_manager");
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "text.png")).status, 303);
    const char *second = address_of(trial, draft, "case_manager");
    assert_string_not_equal(first, second);
    assert_int_equal(trial_get(trial, "case_manager", first).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", second).status, 200);
    assert_int_equal(stored(trial, draft).files, 1);
    struct answer dropped = post(trial, draft, "drop=%2Fdata%2Fphoto&q.%2Fdata%2Fstory=Stāsts");
    assert_int_equal(dropped.status, 303);
    assert_int_equal(trial_get(trial, "case_manager", second).status, 404);
    assert_int_equal(stored(trial, draft).files, 0);
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "Stāsts"));
    assert_int_equal(post(trial, draft, "drop=%2Fdata%2Fstory").status, 400);
    assert_int_equal(post(trial, draft, "drop=%2Fdata%2Fnothing").status, 400);
    /* In a repeat: the instance goes, its file goes. */
    assert_int_equal(post(trial, draft, "add=%2Fdata%2Fmore").status, 303);
    assert_int_equal(post(trial, draft, "add=%2Fdata%2Fmore").status, 303);
    struct answer given = give(trial, draft, "more[1]/picture", fixture(trial, "exif.webp"));
    assert_int_equal(given.status, 303);
    assert_non_null(strstr(given.location, "#q./data/more%5B1%5D/picture"));
    assert_int_equal(give(trial, draft, "more[2]/picture", fixture(trial, "gps.jpg")).status, 303);
    assert_int_equal(stored(trial, draft).files, 2);
    assert_int_equal(post(trial, draft, "remove=%2Fdata%2Fmore%5B1%5D").status, 303);
    assert_int_equal(stored(trial, draft).files, 1);
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "file, JPEG"));
    /* And the draft with all of it. */
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/discard", draft), "").status, 303);
    assert_int_equal(stored(trial, draft).files, 0);
}

static void m2_3_words_can_stand_in_place_of_a_file(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Irbe"));
    assert_int_equal(post(trial, draft, "act=save&q.%2Fdata%2Fsign=Anna+Izdom%C4%81t%C4%81").status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "Anna Izdomātā"));
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "gps.jpg")).status, 303);
    /* A field of the form neither names a file nor loses one. */
    const char *stolen = had(trial, draft, "photo");
    assert_true(text_starts(stolen, "file-"));
    const char *fields = arena_format(trial_arena(trial), "act=save&q./data/sign=%s&q./data/photo=", stolen);
    assert_int_equal(post(trial, draft, fields).status, 303);
    struct answer page = trial_get(trial, "case_manager", draft);
    assert_true(trial_shows(page, "Anna Izdomātā"));
    assert_true(trial_shows(page, "file, JPEG"));
    assert_int_equal(post(trial, draft, "act=finish").status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", draft), "Anna Izdomātā"));
}

static void m2_3_a_page_that_stays_open_saves_on(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *draft = begin(trial, trial_case(trial, "Zile"));
    struct answer open = trial_get(trial, "case_manager", draft);
    const char *marks = arena_format(arena, "version=%s&page=%s",
                                     trial_between(trial, open, "name=\"version\" value=\"", "\""),
                                     trial_between(trial, open, "name=\"page\" value=\"", "\""));
    const char *keep = arena_format(arena, "%s/draft", draft);
    const char *file = arena_format(arena, "%s/file", draft);
    const char *fields = arena_format(arena, "q=/data/photo&had=&%s", marks);
    assert_int_equal(trial_upload(trial, "case_manager", file, fields, "file", "a", fixture(trial, "gps.jpg")).status,
                     303);
    const char *typed = arena_format(arena, "%s&q./data/story=Tālāk", marks);
    assert_int_equal(trial_post(trial, "case_manager", keep, typed).status, 204);
    assert_int_equal(stored(trial, draft).files, 1);
    /* A second person's picture for the same question is not lost unseen. */
    struct answer late = trial_upload(trial, "second_manager", file, "q=/data/photo&had=", "file", "a",
                                      fixture(trial, "text.png"));
    assert_int_equal(late.status, 409);
    assert_true(trial_shows(late, "file, JPEG"));
}

static void m7_1_other_peoples_files_are_not_there(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *draft = begin(trial, trial_case(trial, "Bērzs"));
    const char *other = begin(trial, trial_case(trial, "Vītols"));
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "gps.jpg")).status, 303);
    const char *address = address_of(trial, draft, "case_manager");
    const char *id = strrchr(address, '/') + 1;
    assert_int_equal(trial_get(trial, "stranger", address).status, 404);
    assert_int_equal(trial_get(trial, "administrator", address).status, 403);
    assert_int_equal(trial_get(trial, "auditor", address).status, 403);
    assert_int_equal(trial_get(trial, NULL, address).status, 401);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "%s/files/%s", other, id)).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "%s/files/zzz", draft)).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "%s/files/0000000000zzz", draft)).status,
                     404);
    const char *path = arena_format(arena, "%s/file", draft);
    struct bytes picture = fixture(trial, "gps.jpg");
    assert_int_equal(trial_upload(trial, "stranger", path, "q=/data/photo&had=", "file", "a", picture).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "%s?q=/data/story", path)).status, 404);
    assert_int_equal(trial_upload(trial, "case_manager", path, "q=/data/none&had=", "file", "a", picture).status, 404);
    assert_int_equal(trial_upload(trial, "case_manager", path, "q=/data/story&had=", "file", "a", picture).status, 404);
    assert_int_equal(trial_upload(trial, "case_manager", path, "q=/data/sign&q2=1", "file", "a", picture).status, 400);
    /* Each look at it is in the case's trail, and nobody's who was refused is a look. */
    const char *trail = arena_format(arena, "%.*s/looked", (int)(strlen("/cases/") + ID_TEXT_SIZE - 1), draft);
    (void)stored(trial, draft); /* what is written behind an answer is written now */
    assert_false(trial_shows(trial_get(trial, "case_manager", trail), "Looked at a file"));
    assert_int_equal(trial_get(trial, "second_manager", address).status, 200);
    (void)stored(trial, draft);
    struct answer looked = trial_get(trial, "case_manager", trail);
    assert_true(trial_shows(looked, "Looked at a file"));
    assert_true(trial_shows(looked, "Gave a file to an assessment"));
}

static void m7_1_forged_and_cut_off_uploads_leave_nothing(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *draft = begin(trial, trial_case(trial, "Kārkls"));
    static const char form[] =
        "Host: localhost\r\nCookie: %s=%s\r\nContent-Type: multipart/form-data; boundary=border\r\n";
    const char *name = trial_app(trial)->config.plain_cookie ? "ausma" : "__Host-ausma";
    const char *head = arena_format(arena, form, name, trial_cookie(trial, "case_manager"));
    static const char body[] =
        "--border\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n/data/paper\r\n--border\r\n"
        "Content-Disposition: form-data; name=\"had\"\r\n\r\n\r\n--border\r\n"
        "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n%PDF-1.4\r\n";
    const char *forged = arena_format(arena, "POST %s/file HTTP/1.1\r\n%sContent-Length: %zu\r\n\r\n%s--border--\r\n",
                                      draft, head, sizeof body - 1 + 12, body);
    assert_int_equal(trial_raw(trial, text_bytes(forged)).status, 403);
    /* The last boundary never comes. */
    const char *csrf = arena_format(arena, "X-Csrf: %s\r\n", trial_csrf(trial, "case_manager"));
    const char *open_end = arena_format(arena, "POST %s/file HTTP/1.1\r\n%s%sContent-Length: %zu\r\n\r\n%s", draft,
                                        head, csrf, sizeof body - 1, body);
    struct answer answer = trial_raw(trial, text_bytes(open_end));
    assert_true(answer.status == 400 || answer.status == 303);
    assert_int_equal(stored(trial, draft).files, answer.status == 303);
}

static void m7_1_what_cannot_be_checked_is_not_kept(void **state)
{
    struct trial *trial = *state;
    const char *draft = begin(trial, trial_case(trial, "Lazda"));
    trial_app(trial)->config.scan_address = "/nonexistent/ausma-scanner";
    struct answer refused = give(trial, draft, "photo", fixture(trial, "gps.jpg"));
    trial_app(trial)->config.scan_address = NULL;
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "The file could not be checked just now"));
    assert_int_equal(stored(trial, draft).files, 0);
}

/* The last room of a disk is for signing in and for what people write. A database server's disk is not ours to see. */
static void m7_6_a_file_does_not_take_the_last_room(void **state)
{
    struct trial *trial = *state;
    bool seen = !store_on_server(trial_app(trial)->store);
    const char *draft = begin(trial, trial_case(trial, "Strazds"));
    trial_app(trial)->config.room_min = (uint64_t)1 << 60;
    struct answer refused = give(trial, draft, "photo", fixture(trial, "gps.jpg"));
    trial_app(trial)->config.room_min = 1;
    assert_int_equal(refused.status, seen ? 422 : 303);
    if (seen)
        assert_true(trial_shows(refused, "The server is short of room"));
    assert_int_equal(stored(trial, draft).files, seen ? 0 : 1);
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "gps.jpg")).status, 303);
    trial_app(trial)->config.room_min = 0;
}

static enum err erase_step(struct db *db, void *data)
{
    struct counting *counting = data;
    return retention_erase(db, trial_arena(counting->trial), trial_app(counting->trial)->org, counting->case_id);
}

/* Keys that were changed open it all the same, through the chain of earlier ones. */
static void m7_1_new_keys_of_the_case_open_earlier_files(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *case_id = trial_case(trial, "Bezdelīga");
    const char *draft = begin(trial, case_id);
    const char *lawyer = id_text(arena, trial_session(trial, "lawyer")->account);
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "gps.jpg")).status, 303);
    const char *address = address_of(trial, draft, "case_manager");
    const char *fields = arena_format(arena, "account=%s&role=lawyer&until=&ground=own_work&ground_words=x", lawyer);
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(arena, "/cases/%s/team/add", case_id), fields).status, 303);
    assert_int_equal(trial_get(trial, "lawyer", address).status, 404); /* has the legal part alone */
    const char *remove = arena_format(arena, "/cases/%s/team/%s/remove", case_id, lawyer);
    assert_int_equal(trial_post(trial, "case_manager", remove, "").status, 303);
    assert_int_equal(trial_get(trial, "case_manager", address).status, 200);
    assert_int_equal(give(trial, draft, "sign", fixture(trial, "text.png")).status, 303);
    assert_int_equal(stored(trial, draft).files, 2);
}

static void m7_2_the_proof_tells_of_files_and_erasing_empties_them(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *case_id = trial_case(trial, "Pīlādzis");
    const char *draft = begin(trial, case_id);
    size_t files = 0;
    assert_int_equal(give(trial, draft, "photo", fixture(trial, "gps.jpg")).status, 303);
    struct answer past = trial_get(trial, "case_manager", arena_format(arena, "/cases/%s/past", case_id));
    assert_int_equal(past.status, 200);
    assert_true(trial_shows(past, "file, JPEG, 1 KB"));
    assert_false(trial_shows(past, "file-0"));
    /* The digest by which a copy handed to a court is known again. */
    struct answer sent = trial_get(trial, "case_manager", address_of(trial, draft, "case_manager"));
    uint8_t digest[SEAL_HASH_SIZE];
    seal_hash(NULL, sent.body, sent.body_len, digest);
    assert_true(trial_shows(past, seal_hex(arena, digest, sizeof digest)));
    assert_int_equal(file_verify(trial_app(trial)->readers[0], arena, &files), OK);
    assert_true(files > 0);
    const char *address = address_of(trial, draft, "case_manager");
    trial_change(trial, erase_step, &(struct counting){.trial = trial, .case_id = stored(trial, draft).case_id});
    struct counting left = stored(trial, draft);
    assert_int_equal(left.files, 1);
    assert_int_equal(left.empty, left.pieces);
    assert_int_equal(trial_get(trial, "case_manager", address).status, 404);
    assert_int_equal(file_verify(trial_app(trial)->readers[0], arena, &files), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_3_a_picture_is_kept_without_where_it_was_taken),
        cmocka_unit_test(m2_3_all_sorts_are_taken_and_only_pictures_shown),
        cmocka_unit_test(m2_3_a_wrong_file_is_refused_beside_its_field),
        cmocka_unit_test(m2_3_too_large_is_said_and_more_is_not_read),
        cmocka_unit_test(m2_3_a_large_file_comes_back_as_it_was),
        cmocka_unit_test(m2_3_replaced_and_removed_files_are_gone),
        cmocka_unit_test(m2_3_words_can_stand_in_place_of_a_file),
        cmocka_unit_test(m2_3_a_page_that_stays_open_saves_on),
        cmocka_unit_test(m7_1_other_peoples_files_are_not_there),
        cmocka_unit_test(m7_1_forged_and_cut_off_uploads_leave_nothing),
        cmocka_unit_test(m7_1_what_cannot_be_checked_is_not_kept),
        cmocka_unit_test(m7_6_a_file_does_not_take_the_last_room),
        cmocka_unit_test(m7_1_new_keys_of_the_case_open_earlier_files),
        cmocka_unit_test(m7_2_the_proof_tells_of_files_and_erasing_empties_them),
    };
    return cmocka_run_group_tests_name("assess files", tests, open_trial, trial_end);
}
