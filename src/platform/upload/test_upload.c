/* Kinds by content, pictures without what they say about their making, and a scanner: the real clamd, with a signature of our own. */
#include "platform/upload/upload.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct bytes text_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct bytes fixture(struct arena *arena, const char *name)
{
    enum { ROOM = 1 << 16 };
    const char *root = getenv("AUSMA_ROOT");
    FILE *file = fopen(arena_format(arena, "%s/tests/fixtures/upload/%s", root == NULL ? "." : root, name), "rbe");
    assert_non_null(file);
    uint8_t *room = arena_alloc(arena, ROOM);
    size_t len = fread(room, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    assert_true(len > 0);
    return (struct bytes){room, len};
}

static bool holds(struct bytes file, const char *what, size_t len)
{
    return memmem(file.ptr, file.len, what, len) != NULL;
}

/* ---- kinds ---- */

#define KIND(bytes, kind)             \
    {                                 \
        bytes, sizeof bytes - 1, kind \
    }

static void kinds_are_told_by_content(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum upload_kind kind;
    } files[] = {
        KIND("\xff\xd8\xff\xe0", UPLOAD_JPEG),
        KIND("\x89PNG\r\n\x1a\n", UPLOAD_PNG),
        KIND("RIFF\1\0\0\0WEBPVP8 ", UPLOAD_WEBP),
        KIND("RIFF\1\0\0\0WAVEfmt ", UPLOAD_WAV),
        KIND("RIFF\1\0\0\0AVI LIST", UPLOAD_OTHER),
        KIND("XXXX\1\0\0\0WEBP\1", UPLOAD_OTHER),
        KIND("%PDF-1.7\n", UPLOAD_PDF),
        KIND("OggS\0", UPLOAD_OGG),
        KIND("ID3\3\0", UPLOAD_MP3),
        KIND("\xff\xfb\x90\x64", UPLOAD_MP3),
        KIND("\xff\xf1\x50\x80", UPLOAD_AAC),
        KIND("#!AMR\n", UPLOAD_AMR),
        KIND("\0\0\0\x18"
             "ftypM4A \0\0\0\0",
             UPLOAD_M4A),
        KIND("\0\0\0\x18"
             "ftypmp42\0\0\0\0",
             UPLOAD_MP4),
        KIND("\0\0\0\x18"
             "ftypqt  \0\0\0\0",
             UPLOAD_MOV),
        KIND("\0\0\0\x18"
             "ftyp3gp4\0\0\0\0",
             UPLOAD_3GP),
        KIND("\0\0\0\x18"
             "ftypheic\0\0\0\0",
             UPLOAD_HEIC),
        KIND("\0\0\0\x18"
             "ftypwhat\0\0\0\0",
             UPLOAD_OTHER),
        KIND("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm", UPLOAD_WEBM),
        KIND("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", UPLOAD_OTHER),
        KIND("Sveiki, te teksts.\n", UPLOAD_TEXT),
        KIND("\xef\xbb\xbf"
             "Teksts",
             UPLOAD_TEXT),
        KIND("<html><script>alert(1)</script>", UPLOAD_OTHER),
        KIND("  <svg xmlns=\"http://www.w3.org/2000/svg\"/>", UPLOAD_OTHER),
        KIND("{\\rtf1\\ansi}", UPLOAD_OTHER),
        KIND("MZ\x90\0\3", UPLOAD_OTHER),
        KIND("PK\3\4", UPLOAD_OTHER),
        KIND("\x7f"
             "ELF",
             UPLOAD_OTHER),
        KIND("\xff\xfe\0\0", UPLOAD_OTHER),
        KIND("\n ", UPLOAD_OTHER),
        KIND("", UPLOAD_OTHER),
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(upload_kind_of((struct bytes){(const uint8_t *)files[i].bytes, files[i].len}), files[i].kind);
    for (unsigned kind = UPLOAD_OTHER + 1; kind < UPLOAD_HEIC; kind++)
        assert_int_equal(upload_kind_of_ending(upload_type((enum upload_kind)kind)->ending), kind);
    assert_int_equal(upload_kind_of_ending("heic"), UPLOAD_OTHER);
    assert_int_equal(upload_kind_of_ending("html"), UPLOAD_OTHER);
}

/* ---- pictures ---- */

static const struct {
    const char *name;
    enum upload_kind kind;
    const char *turned; /* the orientation as it is kept: in a TIFF with this tag alone */
} PICTURES[] = {
    {"gps.jpg", UPLOAD_JPEG, "\0\1\1\x12\0\3\0\0\0\1\0\6"},
    {"progressive.jpg", UPLOAD_JPEG, "\0\1\1\x12\0\3\0\0\0\1\0\6"},
    {"text.png", UPLOAD_PNG, "\0\1\1\x12\0\3\0\0\0\1\0\x8"},
    {"exif.webp", UPLOAD_WEBP, "\0\1\1\x12\0\3\0\0\0\1\0\3"},
    {"lossless.webp", UPLOAD_WEBP, "\0\1\1\x12\0\3\0\0\0\1\0\3"},
    {"moving.webp", UPLOAD_WEBP, "\0\1\1\x12\0\3\0\0\0\1\0\3"},
};
enum { PICTURE_COUNT = sizeof PICTURES / sizeof *PICTURES };

static void pictures_lose_what_they_say_about_their_making(void **state)
{
    static const char *const said[] = {"Noslepums", "Izdomata", "adobe", "Photoshop", "ICC", "XMP ", "tEXt", "tIME"};
    struct arena *arena = arena_new(8 << 20);
    (void)state;
    for (size_t i = 0; i < PICTURE_COUNT; i++) {
        struct bytes file = fixture(arena, PICTURES[i].name);
        struct bytes clean;
        struct bytes again;
        assert_int_equal(upload_kind_of(file), PICTURES[i].kind);
        assert_true(holds(file, "Noslepums", 9) && holds(file, "Izdomata", 8));
        assert_int_equal(upload_clean(arena, PICTURES[i].kind, file, &clean), OK);
        for (size_t j = 0; j < sizeof said / sizeof *said; j++)
            assert_false(holds(clean, said[j], strlen(said[j])));
        assert_true(holds(clean, PICTURES[i].turned, 12));
        assert_int_equal(upload_kind_of(clean), PICTURES[i].kind);
        assert_int_equal(upload_clean(arena, PICTURES[i].kind, clean, &again), OK);
        assert_int_equal(again.len, clean.len);
        assert_memory_equal(again.ptr, clean.ptr, clean.len);
    }
    arena_free(arena);
}

/* The rest of the picture is there byte by byte: as its maker packed it, without a loss. */
static void the_picture_itself_stays(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct bytes file = fixture(arena, "gps.jpg");
    struct bytes clean;
    (void)state;
    const uint8_t *scan = memmem(file.ptr, file.len, "\xff\xda", 2);
    const uint8_t *end = memmem(scan, (size_t)(file.ptr + file.len - scan), "\xff\xd9", 2);
    assert_int_equal(upload_clean(arena, UPLOAD_JPEG, file, &clean), OK);
    assert_true(holds(clean, (const char *)scan, (size_t)(end - scan) + 2));
    assert_memory_equal(clean.ptr + clean.len - 2, "\xff\xd9", 2);
    arena_free(arena);
}

static void what_is_cut_off_is_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < PICTURE_COUNT; i++) {
        struct arena *arena = arena_new(64 << 20);
        struct bytes file = fixture(arena, PICTURES[i].name);
        struct bytes whole;
        size_t broken = 0;
        assert_int_equal(upload_clean(arena, PICTURES[i].kind, file, &whole), OK);
        for (size_t len = 0; len < file.len; len++) {
            struct bytes part = {arena_bytes(arena, file.ptr, len).ptr, len};
            struct bytes clean;
            enum err result = upload_clean(arena, PICTURES[i].kind, part, &clean);
            assert_true(result == OK || result == ERR_BROKEN);
            broken += result == ERR_BROKEN;
        }
        /* Of JPEG and PNG the bytes behind the end may be cut. */
        assert_true(broken + sizeof "Noslepums Beigas" > file.len);
        arena_free(arena);
    }
}

static void hostile_pictures_hurt_nobody(void **state)
{
    static const struct {
        enum upload_kind kind;
        const char *bytes;
        size_t len;
    } files[] = {
        {UPLOAD_JPEG, "\xff\xd8\xff\xe1\0\1", 6},                          /* shorter than its own length */
        {UPLOAD_JPEG, "\xff\xd8\xff\xda\0\x08\1\1\0\0\x3f\0\xff\xd9", 14}, /* a scan without a frame */
        {UPLOAD_JPEG, "\xff\xd8\xff\xd9", 4},                              /* no picture */
        {UPLOAD_JPEG, "\xff\xd8\xff\xdb\0\x05\x40\1\1\xff\xd9", 11},       /* a table that is none */
        {UPLOAD_JPEG, "\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0\xff\xd9",
         17}, /* 65,535 pixels wide and high */
        {UPLOAD_PNG, "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0AAAA", 33}, /* a wrong sum */
        {UPLOAD_PNG, "\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR", 16},
        {UPLOAD_WEBP, "RIFF\xff\xff\xff\xffWEBPVP8 ", 16},
        {UPLOAD_WEBP, "RIFF\x0c\0\0\0WEBPVP8 \xff\xff\xff\xff", 20},
        {UPLOAD_WEBP, "RIFF\x04\0\0\0WEBP", 12},
        {UPLOAD_WEBP, "RIFF\x0e\0\0\0WEBPANMF\2\0\0\0ab", 22},
    };
    struct arena *arena = arena_new(8 << 20);
    struct bytes clean;
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct bytes file = {(const uint8_t *)files[i].bytes, files[i].len};
        assert_int_equal(upload_clean(arena, files[i].kind, file, &clean), ERR_BROKEN);
    }
    assert_int_equal(upload_clean(arena, UPLOAD_PDF, text_bytes("%PDF-1.7"), &clean), ERR_INPUT);
    arena_free(arena);
}

/* A few KiB can make a browser take gigabytes; what a telephone makes is below that. */
static void pictures_that_fill_the_memory_are_broken(void **state)
{
    static const struct {
        const char *name, *before; /* of the sides, where they stand in the file */
        size_t before_len, behind;
        const char *sides;
        size_t sides_len;
        enum err result;
    } cases[] = {
        {"gps.jpg", "\xff\xc0\0\x11\x08", 5, 5, "\x2f\xd0\x3f\xc0", 4, OK},         /* 12,240 x 16,320 */
        {"gps.jpg", "\xff\xc0\0\x11\x08", 5, 5, "\x75\x30\x75\x30", 4, ERR_BROKEN}, /* 30,000 x 30,000 */
        {"exif.webp", "VP8 ", 4, 14, "\xff\x3f\xff\x3f", 4, ERR_BROKEN},
        {"exif.webp", "VP8X", 4, 12, "\x2f\x75\0\x2f\x75\0", 6, ERR_BROKEN},
        {"lossless.webp", "VP8L", 4, 9, "\xff\xff\xff\x0f", 4, ERR_BROKEN},
        {"moving.webp", "VP8 ", 4, 14, "\xff\x3f\xff\x3f", 4, ERR_BROKEN},
    };
    struct arena *arena = arena_new(8 << 20);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes file = fixture(arena, cases[i].name);
        struct bytes changed = arena_bytes(arena, file.ptr, file.len);
        struct bytes clean;
        uint8_t *at = memmem(changed.ptr, changed.len, cases[i].before, cases[i].before_len);
        if (at == NULL)
            fail_msg("%s has no %s", cases[i].name, cases[i].before);
        memcpy(at + cases[i].behind, cases[i].sides, cases[i].sides_len);
        assert_int_equal(upload_clean(arena, upload_kind_of(changed), changed, &clean), cases[i].result);
    }
    arena_free(arena);
}

/* Each scan is gone over for the whole picture. */
static void a_picture_of_a_thousand_scans_is_broken(void **state)
{
    static const char scan[] = "\xff\xda\0\x08\1\1\0\0\x3f\0";
    static const char frame[] = "\xff\xd8\xff\xc2\0\x0b\x08\0\x08\0\x08\1\1\x11\0";
    (void)state;
    for (int scans = 10; scans <= 1000; scans *= 10) {
        struct arena *arena = arena_new(8 << 20);
        struct buf file;
        struct bytes clean;
        buf_init(&file, arena, 20000);
        buf_add(&file, frame, sizeof frame - 1);
        for (int i = 0; i < scans; i++)
            buf_add(&file, scan, sizeof scan - 1);
        buf_add(&file, "\xff\xd9", 2);
        enum err result = upload_clean(arena, UPLOAD_JPEG, (struct bytes){(const uint8_t *)file.ptr, file.len}, &clean);
        assert_int_equal(result, scans <= 100 ? OK : ERR_BROKEN);
        arena_free(arena);
    }
}

/* Any byte may be wrong; what comes out anyway has nothing more to lose. */
static void spoilt_pictures_are_broken_or_clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < PICTURE_COUNT; i++) {
        struct arena *arena = arena_new(64 << 20);
        struct bytes file = fixture(arena, PICTURES[i].name);
        uint8_t *spoilt = arena_alloc(arena, file.len);
        for (size_t at = 0; at < file.len; at++) {
            struct bytes once;
            struct bytes twice;
            memcpy(spoilt, file.ptr, file.len);
            spoilt[at] ^= (uint8_t)(1 + randombytes_uniform(255));
            if (upload_clean(arena, PICTURES[i].kind, (struct bytes){spoilt, file.len}, &once) != OK)
                continue;
            assert_false(holds(once, "Noslepums", 9));
            assert_int_equal(upload_clean(arena, PICTURES[i].kind, once, &twice), OK);
            assert_memory_equal(once.ptr, twice.ptr, once.len);
        }
        arena_free(arena);
    }
}

/* ---- the scanner ---- */

static void addresses_of_scanners(void **state)
{
    bool local = false;
    (void)state;
    assert_true(upload_scan_address("/run/clamav/clamd.ctl", &local) && local);
    assert_true(upload_scan_address("127.0.0.1:3310", &local) && !local);
    assert_true(upload_scan_address("[::1]:3310", &local) && !local);
    assert_true(upload_scan_address("scanner.example.org:3310", &local));
    static const char *const wrong[] = {"", "clamd", ":3310", "host:", "host:0", "host:70000", "host:x", "[]:1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(upload_scan_address(wrong[i], &local));
}

/* The test file of the antivirus industry, and a signature for it: size and digest. Put together here, so that no scanner takes this source
 * for it. */
static const char *test_virus(struct arena *arena)
{
    return arena_format(arena, "X5O!P%%@AP[4\\PZX54(P^)7CC)7}$%s-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "EICAR");
}

/* One that nobody has just now. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listening, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(close(listening), 0);
    return ntohs(address.sin_port);
}

struct scanner {
    char folder[32];
    unsigned port;
    const char *socket;
    pid_t process;
};

static void put(struct arena *arena, const struct scanner *scanner, const char *name, const char *text)
{
    FILE *file = fopen(arena_format(arena, "%s/%s", scanner->folder, name), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Whoever serves must be able to come to the folder: clamd gives up root's rights. */
static void scanner_start(struct arena *arena, struct scanner *out)
{
    enum { TRIES = 600, PAUSE_US = 50000 };
    uint8_t digest[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof digest + 1];
    struct bytes virus = text_bytes(test_virus(arena));
    *out = (struct scanner){.folder = "/tmp/ausma-scan-XXXXXX"};
    assert_non_null(mkdtemp(out->folder));
    assert_int_equal(chmod(out->folder, 0755), 0);
    out->socket = arena_format(arena, "%s/socket", out->folder);
    out->port = free_port();
    crypto_hash_sha256(digest, virus.ptr, virus.len);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    put(arena, out, "test.hsb", arena_format(arena, "%s:%zu:Ausma.Test:73\n", hex, virus.len));
    put(arena, out, "clamd.conf",
        arena_format(arena,
                     "DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nTemporaryDirectory %s\nStreamMaxLength 1M\n"
                     "MaxThreads 2\nTCPAddr 127.0.0.1\nTCPSocket %u\n%s",
                     out->folder, out->socket, out->folder, out->port, geteuid() == 0 ? "User root\n" : ""));
    out->process = fork();
    if (out->process == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(1);
        (void)execlp("clamd", "clamd", "-c", arena_format(arena, "%s/clamd.conf", out->folder), (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < TRIES && access(out->socket, F_OK) != 0; i++) {
        assert_int_equal(waitpid(out->process, NULL, WNOHANG), 0);
        (void)usleep(PAUSE_US);
    }
    assert_int_equal(access(out->socket, F_OK), 0);
}

static void scanner_stop(struct arena *arena, const struct scanner *scanner)
{
    static const char *const left[] = {"test.hsb", "clamd.conf", "socket"};
    assert_int_equal(kill(scanner->process, SIGKILL), 0);
    assert_int_equal(waitpid(scanner->process, NULL, 0), scanner->process);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        (void)unlink(arena_format(arena, "%s/%s", scanner->folder, left[i]));
    (void)rmdir(scanner->folder);
}

static void clamd_is_asked(void **state)
{
    struct arena *arena = arena_new(16 << 20);
    struct scanner scanner;
    (void)state;
    scanner_start(arena, &scanner);
    assert_int_equal(upload_scan(scanner.socket, text_bytes("Nothing of note.\n")), OK);
    assert_int_equal(upload_scan(scanner.socket, text_bytes(test_virus(arena))), ERR_CONFLICT);
    const char *network = arena_format(arena, "127.0.0.1:%u", scanner.port);
    assert_int_equal(upload_scan(network, text_bytes("Nothing of note.\n")), OK);
    assert_int_equal(upload_scan(network, text_bytes(test_virus(arena))), ERR_CONFLICT);
    uint8_t *large = arena_alloc(arena, 900 << 10);
    assert_int_equal(upload_scan(scanner.socket, (struct bytes){large, 900 << 10}), OK);
    /* More than the scanner takes is not checked, and so not fine. */
    large = arena_alloc(arena, 3 << 20);
    assert_int_equal(upload_scan(scanner.socket, (struct bytes){large, 3 << 20}), ERR_IO);
    scanner_stop(arena, &scanner);
    assert_int_equal(upload_scan(scanner.socket, text_bytes("Nobody is there.")), ERR_IO);
    assert_int_equal(upload_scan("127.0.0.1:1", text_bytes("Nobody is there.")), ERR_IO);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_by_content),
        cmocka_unit_test(pictures_lose_what_they_say_about_their_making),
        cmocka_unit_test(the_picture_itself_stays),
        cmocka_unit_test(what_is_cut_off_is_broken),
        cmocka_unit_test(hostile_pictures_hurt_nobody),
        cmocka_unit_test(pictures_that_fill_the_memory_are_broken),
        cmocka_unit_test(a_picture_of_a_thousand_scans_is_broken),
        cmocka_unit_test(spoilt_pictures_are_broken_or_clean),
        cmocka_unit_test(addresses_of_scanners),
        cmocka_unit_test(clamd_is_asked),
    };
    return cmocka_run_group_tests_name("upload", tests, NULL, NULL);
}
