#include "steer/trial/trial.h"

#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/record.h"
#include "case/trained/trained.h"
#include "platform/account/queries.h"
#include "platform/audit/verify.h"
#include "platform/pack/pack.h"
#include "platform/store/scratch.h"
#include "platform/store/tables.h"
#include "steer/office/program.h"
#include "steer/staff/staff.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXTRA = 7, PEOPLE = ROLE_COUNT + EXTRA, GUESTS = 8 };

struct person {
    const char *login;
    enum role role;
    int64_t account;
    struct sign_in attempt;
    const char *cookie; /* the session's token, and behind a dot that of the browser */
};

struct trial {
    struct arena *arena;
    char folder[64];
    char url[SCRATCH_URL_SIZE];
    struct store *store;
    struct app app;
    struct http_server *server;
    struct db *reader;
    struct person people[PEOPLE + GUESTS]; /* those made at the start, then whom a test lets in */
    unsigned guests;
    struct team_keys team;
    struct recovery_made recovery;
    struct audit_signer signer;
};

static void must(enum err result, const char *what)
{
    if (result != OK) {
        (void)err_note(result, "trial: %s", what);
        BUG("a trial cannot go on");
    }
}

/* ---- making the installation ---- */

static const char PASSWORD[] = "correct horse battery";

static enum err join(struct db *db, struct trial *trial, int64_t org, const struct person *person,
                     const struct seal_pair *pair, const struct team_keys *keys)
{
    return account_join(db, trial->arena, org, person->account, &pair->public_half, keys);
}

/* All trainings that the pack knows, for a year. */
static enum err train(struct db *db, struct trial *trial, const struct founding *founding, int64_t account)
{
    const struct code_list *codes = pack_codes(PACK_TRAINING);
    const char *today = time_date(trial->arena, time_now());
    for (size_t i = 0; i < codes->count; i++)
        TRY(trained_add(db, trial->arena, &founding->directory,
                        &(struct trained_new){.org = founding->org,
                                              .account = account,
                                              .training = codes->codes[i],
                                              .done_on = today,
                                              .valid_until = date_add(trial->arena, today, 365),
                                              .by = account,
                                              .at = time_now()}));
    return OK;
}

static enum err people_add(struct db *db, void *data)
{
    struct trial *trial = data;
    struct founding founding;
    struct team_keys other;
    struct team_keys emergency;
    TRY(account_found(db, "Parauga centrs", time_now(), &founding));
    trial->app.org = founding.org;
    TRY(account_recovery_begin(db, trial->arena, &founding, RECOVERY_PLAN_USUAL, time_now(), &trial->recovery));
    TRY(account_team_new(db, trial->arena, founding.org, &founding.search, "Komanda", true, &trial->team));
    TRY(account_team_new(db, trial->arena, founding.org, &founding.search, "Cita komanda", false, &other));
    TRY(account_emergency_new(db, trial->arena, &founding, &emergency));
    for (size_t i = 0; i < PEOPLE; i++) {
        struct person *person = &trial->people[i];
        struct seal_pair pair;
        struct account_new made = {.login = person->login,
                                   .password = PASSWORD,
                                   .name = person->login,
                                   .role = person->role,
                                   .language = "en",
                                   .quick = true};
        TRY(account_add(db, trial->arena, founding.org, &founding.directory, &made, time_now(), &person->account,
                        &pair));
        TRY(account_join_emergency(db, trial->arena, founding.org, person->account, person->role, &pair.public_half,
                                   &emergency));
        bool sees_people = role_may(person->role, CAP_CASE_FIND) || role_may(person->role, CAP_REFERRAL_ANSWER);
        if (!text_same(person->login, "untrained"))
            TRY(train(db, trial, &founding, person->account));
        if (sees_people && !text_same(person->login, "lawyer") && !text_same(person->login, "former"))
            TRY(join(db, trial, founding.org, person, &pair,
                     text_same(person->login, "stranger") || text_same(person->login, "helper") ? &other
                                                                                                : &trial->team));
    }
    return OK;
}

static enum err sign_in_one(struct db *db, void *data)
{
    struct trial *trial = data;
    for (size_t i = 0; i < PEOPLE; i++) {
        struct person *person = &trial->people[i];
        TRY(account_sign_in_finish(db, trial->arena, &person->attempt));
        person->cookie = arena_text(trial->arena, person->attempt.token);
    }
    return OK;
}

static void sign_everybody_in(struct trial *trial)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        struct person *person = &trial->people[i];
        person->attempt = (struct sign_in){
            .org = trial->app.org, .login = person->login, .password = PASSWORD, .now = time_now()};
        must(account_sign_in_look(trial->reader, trial->arena, &person->attempt), "looking up an account");
        must(account_sign_in_open(&person->attempt), "opening an account");
    }
    trial_change(trial, sign_in_one, trial);
}

/* Tests run with AUSMA_ROOT, or in the root of the sources. */
static void load_pack(struct trial *trial)
{
    const char *root = getenv("AUSMA_ROOT");
    must(pack_load(arena_format(trial->arena, "%s/programmes/base", text_empty(root) ? "." : root)), "pack");
}

struct trial *trial_open(void)
{
    static const char *const extra[EXTRA] = {"second_manager", "stranger", "helper",           "lawyer",
                                             "untrained",      "former",   "second_specialist"};
    struct trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL)
        BUG("out of memory");
    must(seal_init(), "seal");
    trial->arena = arena_new((size_t)256 << 20);
    load_pack(trial);
    (void)snprintf(trial->folder, sizeof trial->folder, "/tmp/ausma-trial-XXXXXX");
    if (mkdtemp(trial->folder) == NULL)
        BUG("no temporary folder");
    for (unsigned i = 0; i < PEOPLE; i++) {
        trial->people[i].login = i < ROLE_COUNT ? role_code((enum role)i) : extra[i - ROLE_COUNT];
        trial->people[i].role = i < ROLE_COUNT       ? (enum role)i
                                : i < ROLE_COUNT + 3 ? ROLE_CASE_MANAGER
                                : i < ROLE_COUNT + 6 ? ROLE_TEAM_MEMBER
                                                     : ROLE_OUTSIDE_SPECIALIST;
    }
    scratch_make(arena_format(trial->arena, "%s/ausma.db", trial->folder), trial->url);
    must(store_open(trial->url, &(struct store_options){.create = true}, &trial->store), "store");
    must(store_reader_open(trial->store, &trial->reader), "reader");
    trial_change(trial, people_add, trial);
    sign_everybody_in(trial);
    trial->app.store = trial->store;
    must(audit_signer_open(arena_format(trial->arena, "%s/signing.key", trial->folder), &trial->signer), "signer");
    trial->app.signer = &trial->signer;
    trial->app.route_tables = program_routes;
    trial->app.nav = program_nav;
    trial->app.keys_due = staff_keys_due;
    trial->app.config.plain_cookie = true;
    must(slow_pool_open(1, 16, &trial->app.slow), "slow pool");
    must(slow_pool_open(1, 16, &trial->app.outside), "pool for other services");
    must(app_start(&trial->app, 2), "app");
    struct http_config config = {.address = "127.0.0.1",
                                 .threads = 2,
                                 .handle = gate_handle,
                                 .body_max = gate_body_max,
                                 .known = gate_known,
                                 .data = &trial->app};
    must(http_start(&config, &trial->server), "server");
    return trial;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* Whatever a test did through the pages, the proof of it is whole. */
static void check_proof(struct trial *trial)
{
    struct verify_report report = {0};
    struct db *db;
    must(store_reader_open(trial->store, &db), "a reader for the proof");
    must(db_read_begin(db), "a snapshot for the proof"); /* looks may still be on their way */
    must(audit_verify(db, trial->arena, &(struct verify){0}, &report), "checking the proof");
    db_read_end(db);
    store_reader_close(db);
    if (report.what == VERIFY_FINE)
        return;
    (void)err_note(ERR_BROKEN, "trial: fault %d at entry %lld, %s", (int)report.what, (long long)report.number,
                   report.row);
    BUG("the proof of a trial is broken");
}

void trial_close(struct trial *trial)
{
    http_stop(trial->server, 5);
    check_proof(trial);
    app_stop(&trial->app);
    slow_pool_close(trial->app.outside);
    slow_pool_close(trial->app.slow);
    store_reader_close(trial->reader);
    store_close(trial->store);
    scratch_drop(trial->url);
    (void)nftw(trial->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(trial->arena);
    free(trial);
}

/* ---- requests ---- */

static struct person *person_of(struct trial *trial, const char *login)
{
    for (size_t i = 0; i < PEOPLE + trial->guests; i++) {
        if (text_same(trial->people[i].login, login))
            return &trial->people[i];
    }
    must(ERR_NOT_FOUND, login); /* see trial.h */
    return NULL;
}

static int connect_to(const struct trial *trial)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(trial->server))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&there, sizeof there) != 0)
        BUG("the trial's server cannot be reached");
    return fd;
}

static const char *header_of(struct arena *arena, const char *head, const char *name)
{
    const char *line = strcasestr(head, name);
    if (line == NULL)
        return "";
    line += strlen(name);
    return arena_text_n(arena, line, strcspn(line, "\r\n"));
}

int trial_send(struct trial *trial, struct bytes request)
{
    int fd = connect_to(trial);
    size_t sent = 0;
    while (sent < request.len) {
        ssize_t step = send(fd, request.ptr + sent, request.len - sent, MSG_NOSIGNAL);
        if (step <= 0)
            break;
        sent += (size_t)step;
    }
    return fd;
}

struct answer trial_raw(struct trial *trial, struct bytes request)
{
    int fd = trial_send(trial, request);
    struct buf got;
    buf_init(&got, trial->arena, 64 * 1024);
    char piece[16 * 1024];
    for (ssize_t len; (len = recv(fd, piece, sizeof piece, 0)) > 0;)
        buf_add(&got, piece, (size_t)len);
    (void)close(fd);
    char *end = strstr(got.ptr, "\r\n\r\n");
    if (end == NULL)
        return (struct answer){.location = "", .cookie = "", .head = got.ptr, .body = ""};
    *end = '\0';
    struct answer answer = {.head = got.ptr, .body = end + 4, .body_len = got.len - (size_t)(end + 4 - got.ptr)};
    answer.status = atoi(got.ptr + strcspn(got.ptr, " "));
    answer.location = header_of(trial->arena, answer.head, "\nLocation: ");
    answer.cookie = header_of(trial->arena, answer.head, "\nSet-Cookie: ");
    return answer;
}

static void add_head(struct buf *out, struct trial *trial, const char *method, const char *who, const char *path)
{
    buf_format(out, "%s %s HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nAccept-Language: en\r\n", method, path);
    if (who != NULL)
        buf_format(out, "Cookie: ausma=%s\r\n", person_of(trial, who)->cookie);
}

struct answer trial_get(struct trial *trial, const char *who, const char *path)
{
    struct buf out;
    buf_init(&out, trial->arena, 512);
    add_head(&out, trial, "GET", who, path);
    buf_text(&out, "\r\n");
    return trial_raw(trial, (struct bytes){(const uint8_t *)out.ptr, out.len});
}

static struct answer send_body(struct trial *trial, const char *who, const char *path, const char *type,
                               const struct buf *body)
{
    struct buf out;
    buf_init(&out, trial->arena, body->len + 512);
    add_head(&out, trial, "POST", who, path);
    buf_format(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, body->len);
    buf_add(&out, body->ptr, body->len);
    return trial_raw(trial, (struct bytes){(const uint8_t *)out.ptr, out.len});
}

struct answer trial_post(struct trial *trial, const char *who, const char *path, const char *fields)
{
    struct buf body;
    buf_init(&body, trial->arena, strlen(fields) + 128);
    buf_text(&body, fields);
    if (who != NULL)
        buf_format(&body, "%scsrf=%s", *fields == '\0' ? "" : "&", trial_csrf(trial, who));
    return send_body(trial, who, path, "application/x-www-form-urlencoded", &body);
}

static int hex(char c)
{
    const char *digit = strchr("0123456789ABCDEF", c >= 'a' ? c - 'a' + 'A' : c);
    return digit == NULL ? 0 : (int)(digit - "0123456789ABCDEF");
}

static char *decoded(struct arena *arena, const char *text, size_t len)
{
    char *out = arena_alloc(arena, len + 1);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len) {
            out[at++] = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
            i += 2;
        } else {
            out[at++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

static void add_part(struct buf *body, const char *name, const char *value)
{
    buf_format(body, "--trialboundary\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", name, value);
}

struct answer trial_upload(struct trial *trial, const char *who, const char *path, const char *fields,
                           const char *file_field, const char *file_name, struct bytes file)
{
    struct buf body;
    buf_init(&body, trial->arena, file.len + 1024);
    add_part(&body, "csrf", trial_csrf(trial, who));
    while (*fields != '\0') {
        size_t pair = strcspn(fields, "&");
        size_t name = strcspn(fields, "=");
        add_part(&body, arena_text_n(trial->arena, fields, name),
                 decoded(trial->arena, fields + name + 1, pair - name - 1));
        fields += pair + (fields[pair] == '&');
    }
    buf_format(&body, "--trialboundary\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n", file_field,
               file_name);
    buf_text(&body, "Content-Type: application/octet-stream\r\n\r\n");
    buf_add(&body, file.ptr, file.len);
    buf_text(&body, "\r\n--trialboundary--\r\n");
    return send_body(trial, who, path, "multipart/form-data; boundary=trialboundary", &body);
}

/* ---- what tests ask ---- */

/* The session's half of the cookie. */
static const char *token_of(struct trial *trial, const char *who)
{
    const char *cookie = person_of(trial, who)->cookie;
    return arena_text_n(trial->arena, cookie, strcspn(cookie, "."));
}

const char *trial_cookie(struct trial *trial, const char *who)
{
    return person_of(trial, who)->cookie;
}

const char *trial_csrf(struct trial *trial, const char *who)
{
    struct gate_csrf csrf;
    gate_csrf(token_of(trial, who), &csrf);
    return arena_text(trial->arena, csrf.text);
}

const struct session *trial_session(struct trial *trial, const char *who)
{
    struct session *session;
    must(account_session_open(trial->reader, trial->arena, trial->app.org, token_of(trial, who), time_now(), 60,
                              &session),
         "a session");
    return session;
}

int64_t trial_account(struct trial *trial, const char *who)
{
    return person_of(trial, who)->account;
}

static enum err end_session(struct db *db, void *data)
{
    const struct session *who = data;
    return account_session_end(db, &(struct account_session_end_in){.org = who->org, .id = who->id});
}

void trial_expire(struct trial *trial, const char *who)
{
    struct session session = *trial_session(trial, who);
    trial_change(trial, end_session, &session);
}

struct aging {
    const struct session *who;
    int64_t at;
};

static enum err age_session(struct db *db, void *data)
{
    const struct aging *aging = data;
    return account_session_proved(
        db, &(struct account_session_proved_in){.org = aging->who->org, .id = aging->who->id, .at = aging->at});
}

void trial_age(struct trial *trial, const char *who, int minutes)
{
    struct aging aging = {trial_session(trial, who), time_now() - minutes * MINUTE_MS};
    trial_change(trial, age_session, &aging);
}

void trial_use(struct trial *trial, const char *who, const char *cookie)
{
    struct person *person = NULL;
    for (size_t i = 0; i < PEOPLE + trial->guests; i++) {
        if (text_same(trial->people[i].login, who))
            person = &trial->people[i];
    }
    if (person == NULL) {
        if (trial->guests == GUESTS)
            BUG("more guests than a trial holds");
        person = &trial->people[PEOPLE + trial->guests++];
        person->login = arena_text(trial->arena, who);
    }
    person->cookie = arena_text(trial->arena, cookie);
}

const char *trial_encode(struct trial *trial, const char *text)
{
    struct buf out;
    buf_init(&out, trial->arena, strlen(text) * 3);
    for (; *text != '\0'; text++)
        buf_format(&out, "%%%02X", (unsigned char)*text);
    return out.ptr;
}

bool trial_shows(struct answer answer, const char *text)
{
    return strstr(answer.body, text) != NULL;
}

const char *trial_between(struct trial *trial, struct answer answer, const char *before, const char *after)
{
    const char *start = strstr(answer.body, before);
    const char *end = start == NULL ? NULL : strstr(start + strlen(before), after);
    if (end == NULL)
        return NULL;
    start += strlen(before);
    return arena_text_n(trial->arena, start, (size_t)(end - start));
}

struct making {
    struct trial *trial;
    const char *pseudonym;
    struct record_made made;
};

static enum err make_case(struct db *db, void *data)
{
    struct making *making = data;
    struct trial *trial = making->trial;
    const char *today = time_date(trial->arena, time_now());
    return record_new(db, trial->arena,
                      &(struct record_new){.org = trial->app.org,
                                           .team = &trial->team,
                                           .manager = person_of(trial, "case_manager")->account,
                                           .pseudonym = making->pseudonym,
                                           .birth_year = {.has = true, .value = 2011},
                                           .opened_on = today,
                                           .next_review = date_add(trial->arena, today, 30)},
                      &making->made);
}

const char *trial_case(struct trial *trial, const char *pseudonym)
{
    struct making making = {.trial = trial, .pseudonym = pseudonym};
    trial_change(trial, make_case, &making);
    return id_text(trial->arena, making.made.id);
}

const char *trial_today(struct trial *trial)
{
    return time_date(trial->arena, time_now());
}

struct app *trial_app(struct trial *trial)
{
    return &trial->app;
}

struct arena *trial_arena(struct trial *trial)
{
    return trial->arena;
}

/* What tests change behind the pages' back has its audit row too. */
struct behind {
    struct trial *trial;
    enum err (*run)(struct db *db, void *data);
    void *data;
};

static enum err change_behind(struct db *db, void *data)
{
    const struct behind *behind = data;
    const struct written_row *rows;
    TRY(behind->run(db, behind->data));
    if (db_written(db, &rows) == 0)
        return OK;
    return audit_add(db, &(struct audit){.org = behind->trial->app.org, .at = time_now(), .act = "test.change"});
}

void trial_change(struct trial *trial, enum err (*run)(struct db *db, void *data), void *data)
{
    struct behind behind = {trial, run, data};
    must(store_change(trial->store, change_behind, &behind), "a change");
}

const char *trial_folder(const struct trial *trial)
{
    return trial->folder;
}

int trial_begin(void **state)
{
    *state = trial_open();
    return 0;
}

int trial_end(void **state)
{
    trial_close(*state);
    return 0;
}

/* ---- what lies on the disk ---- */

static bool file_holds(const char *path, const char *text)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) != 0)
        BUG("a file of the trial cannot be read");
    size_t size = (size_t)about.st_size;
    char *bytes = calloc(size + 1, 1);
    ssize_t len = bytes == NULL ? -1 : read(file, bytes, size);
    if (len < 0)
        BUG("a file of the trial cannot be read");
    bool found = memmem(bytes, (size_t)len, text, strlen(text)) != NULL;
    free(bytes);
    (void)close(file);
    return found;
}

struct looking {
    const char *text;
    unsigned columns;
    bool found;
};

static enum err look_at_row(void *data, const struct value *columns)
{
    struct looking *looking = data;
    for (unsigned i = 0; i < looking->columns; i++) {
        const struct bytes bytes = columns[i].bytes;
        if (columns[i].kind == VALUE_TEXT || columns[i].kind == VALUE_BYTES)
            looking->found |= memmem(bytes.ptr, bytes.len, looking->text, strlen(looking->text)) != NULL;
    }
    return OK;
}

/* A server's files are not at hand, but all its rows are. */
static bool tables_hold(struct trial *trial, const char *text)
{
    struct looking looking = {.text = text};
    for (size_t i = 0; i < store_table_count; i++) {
        looking.columns = store_tables[i].columns;
        looking.found |= strstr(store_tables[i].name, text) != NULL; /* as a file would hold it too */
        must(db_run(trial->reader, store_tables[i].all, NULL, look_at_row, &looking, NULL), store_tables[i].name);
    }
    return looking.found;
}

bool trial_holds(struct trial *trial, const char *text)
{
    bool found = tables_hold(trial, text);
    DIR *folder = opendir(trial->folder);
    if (folder == NULL)
        BUG("the folder of the trial is gone");
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.')
            found |= file_holds(arena_format(trial->arena, "%s/%s", trial->folder, entry->d_name), text);
    }
    (void)closedir(folder);
    return found;
}

const struct recovery_made *trial_recovery(const struct trial *trial)
{
    return &trial->recovery;
}
