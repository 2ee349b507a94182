/* Names that are kept between pages (names.c): right, for one account alone, and never past the right to see them. */
#include "base/id.h"
#include "case/record/keys.h"
#include "case/record/queries.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* What lies in the data for one case of the trial's team. */
struct row {
    int64_t case_id, team;
    struct bytes wrapped, pseudonym;
};

static struct row row_of(struct trial *trial, const char *case_text)
{
    struct row row = {0};
    struct record_list_by_manager_row *rows;
    size_t count;
    struct db *db;
    assert_true(id_parse(case_text, &row.case_id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(
        record_list_by_manager(db, trial_arena(trial),
                               &(struct record_list_by_manager_in){.org = trial_app(trial)->org,
                                                                   .manager = trial_account(trial, "case_manager"),
                                                                   .status = "open",
                                                                   .after_review = "",
                                                                   .limit = 200},
                               &rows, &count),
        OK);
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == row.case_id)
            row = (struct row){row.case_id, rows[i].team, rows[i].wrapped, rows[i].pseudonym};
    store_reader_close(db);
    assert_true(row.wrapped.len > 40 && row.pseudonym.len > 40);
    return row;
}

/* One request of this person, from its beginning to its end. */
static struct req request(struct trial *trial, const char *login)
{
    struct req r = {.arena = arena_new(1 << 20),
                    .app = trial_app(trial),
                    .now = 1,
                    .org = trial_app(trial)->org,
                    .who = trial_session(trial, login)};
    assert_int_equal(store_reader_open(trial_app(trial)->store, &r.db), OK);
    return r;
}

static void done(struct req *r)
{
    store_reader_close(r->db);
    arena_free(r->arena);
}

static enum err asked(struct trial *trial, const char *login, const struct row *row, const char **name)
{
    struct req r = request(trial, login);
    const char *opened = NULL;
    enum err result = record_open_name(&r, row->team, row->case_id, row->wrapped, row->pseudonym, &opened);
    *name = result == OK ? arena_text(trial_arena(trial), opened) : NULL;
    done(&r);
    return result;
}

static struct bytes with_another_byte(struct trial *trial, struct bytes sealed, size_t at)
{
    uint8_t *copy = arena_alloc(trial_arena(trial), sealed.len);
    memcpy(copy, sealed.ptr, sealed.len);
    copy[at] ^= 1;
    return (struct bytes){copy, sealed.len};
}

/* That it is kept at all shows where it could no longer be opened: a byte within the wrapped key is wrong. */
static void a_name_is_kept_for_one_account_alone(void **state)
{
    struct trial *trial = *state;
    struct row row = row_of(trial, trial_case(trial, "Vītols"));
    struct row damaged = row;
    const char *name;
    damaged.wrapped = with_another_byte(trial, row.wrapped, 30);
    assert_int_equal(asked(trial, "case_manager", &damaged, &name), ERR_BROKEN);
    assert_int_equal(asked(trial, "case_manager", &row, &name), OK);
    assert_string_equal(name, "Vītols");
    assert_int_equal(asked(trial, "case_manager", &damaged, &name), OK);
    assert_string_equal(name, "Vītols");
    assert_int_equal(asked(trial, "second_manager", &damaged, &name), ERR_BROKEN);
    assert_int_equal(asked(trial, "second_manager", &row, &name), OK);
    assert_int_equal(asked(trial, "stranger", &row, &name), ERR_NOT_FOUND);
}

/* Another key, another name or another case is opened anew. */
static void a_name_is_kept_for_what_it_was_opened_from(void **state)
{
    struct trial *trial = *state;
    struct row row = row_of(trial, trial_case(trial, "Kārkls"));
    struct row other = row_of(trial, trial_case(trial, "Upe"));
    const char *name;
    assert_int_equal(asked(trial, "case_manager", &row, &name), OK);
    struct row changed = row;
    changed.wrapped = with_another_byte(trial, row.wrapped, row.wrapped.len - 1);
    assert_int_equal(asked(trial, "case_manager", &changed, &name), ERR_BROKEN);
    changed = row;
    changed.pseudonym = with_another_byte(trial, row.pseudonym, row.pseudonym.len - 1);
    assert_int_equal(asked(trial, "case_manager", &changed, &name), ERR_BROKEN);
    changed = row;
    changed.case_id = other.case_id;
    assert_int_equal(asked(trial, "case_manager", &changed, &name), ERR_BROKEN);
    assert_int_equal(asked(trial, "case_manager", &other, &name), OK);
    assert_string_equal(name, "Upe");
    assert_int_equal(asked(trial, "case_manager", &row, &name), OK);
    assert_string_equal(name, "Kārkls");
}

static void a_name_too_long_to_be_kept_is_opened_each_time(void **state)
{
    struct trial *trial = *state;
    static const char *const LONG = "Garais Nosaukums Bez Gala un Malas";
    struct row row = row_of(trial, trial_case(trial, LONG));
    const char *name;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(asked(trial, "case_manager", &row, &name), OK);
        assert_string_equal(name, LONG);
    }
}

/* A page of more names than are kept, twice. */
static void all_names_of_a_long_page_are_right(void **state)
{
    struct trial *trial = *state;
    enum { MANY = 130 };
    struct row rows[MANY];
    for (int i = 0; i < MANY; i++)
        rows[i] = row_of(trial, trial_case(trial, arena_format(trial_arena(trial), "Zars%03d", i)));
    for (int pass = 0; pass < 2; pass++) {
        struct req r = request(trial, "case_manager");
        for (int i = 0; i < MANY; i++) {
            const char *name;
            assert_int_equal(
                record_open_name(&r, rows[i].team, rows[i].case_id, rows[i].wrapped, rows[i].pseudonym, &name), OK);
            assert_string_equal(name, arena_format(trial_arena(trial), "Zars%03d", i));
        }
        done(&r);
    }
}

static struct answer list(struct trial *trial, const char *login)
{
    return trial_get(trial, login, "/cases?which=team");
}

/* M7.1: what was shown is no right to be shown it again. */
static void m7_1_a_kept_name_ends_with_the_right_to_see_it(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Bebrene");
    assert_true(trial_shows(list(trial, "second_manager"), "Bebrene"));
    const char *fields = arena_format(trial_arena(trial), "account=%s&reason=Radiniece",
                                      id_text(trial_arena(trial), trial_account(trial, "second_manager")));
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "/cases/%s/team/shut", id), fields).status,
        303);
    assert_false(trial_shows(list(trial, "second_manager"), "Bebrene"));
    assert_true(trial_shows(list(trial, "case_manager"), "Bebrene"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_kept_for_one_account_alone),
        cmocka_unit_test(a_name_is_kept_for_what_it_was_opened_from),
        cmocka_unit_test(m7_1_a_kept_name_ends_with_the_right_to_see_it),
        cmocka_unit_test(a_name_too_long_to_be_kept_is_opened_each_time),
        cmocka_unit_test(all_names_of_a_long_page_are_right),
    };
    return cmocka_run_group_tests(tests, trial_begin, trial_end);
}
