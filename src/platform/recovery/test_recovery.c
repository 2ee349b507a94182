/* The recovery key in an installation: everything is sealed to it, wrong shares are known by number, a renewal voids the old. */
#include "steer/trial/trial.h"

#include "platform/account/queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

struct attempt {
    struct trial *trial;
    struct seal_pair pair;
    struct seal_key code;
    int64_t key;
    enum share_match match;
    struct recovery_share share;
    size_t opened;
    bool over;
    enum err result;
};

static struct seal_pair combined(struct trial *trial)
{
    struct seal_pair pair;
    const struct recovery_made *made = trial_recovery(trial);
    assert_int_equal(recovery_combine(made->shares + 1, made->plan.needed, &made->public_half, &pair), OK);
    return pair;
}

static enum err open_all(struct db *db, void *data)
{
    struct attempt *attempt = data;
    struct arena *arena = trial_arena(attempt->trial);
    int64_t org = trial_app(attempt->trial)->org;
    static const char *const who[] = {"case_manager", "administrator", "stranger"};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        const struct session *session = trial_session(attempt->trial, who[i]);
        struct bytes held;
        TRY(recovery_open(db, arena, org, &attempt->pair, RECOVERY_ACCOUNT, session->account, &held));
        assert_int_equal(held.len, SEAL_KEY_SIZE);
        assert_memory_equal(held.ptr, session->own.secret_half.b, SEAL_KEY_SIZE);
        for (size_t t = 0; t < session->team_count; t++) {
            TRY(recovery_open(db, arena, org, &attempt->pair, RECOVERY_TEAM, session->teams[t].team, &held));
            assert_memory_equal(held.ptr, session->teams[t].key.b, SEAL_KEY_SIZE);
            attempt->opened++;
        }
    }
    return OK;
}

static void all_that_is_sealed_opens(void **state)
{
    struct attempt attempt = {.trial = *state, .pair = combined(*state)};
    trial_change(*state, open_all, &attempt);
    assert_int_equal(attempt.opened, 2);
}

static enum err match_one(struct db *db, void *data)
{
    struct attempt *attempt = data;
    return recovery_match(db, trial_arena(attempt->trial), trial_app(attempt->trial)->org, &attempt->share,
                          &attempt->match);
}

static void wrong_shares_are_known(void **state)
{
    struct recovery_share foreign[RECOVERY_SHARES_MAX];
    struct seal_pair pair;
    struct attempt attempt = {.trial = *state, .share = trial_recovery(*state)->shares[3]};
    trial_change(*state, match_one, &attempt);
    assert_int_equal(attempt.match, MATCH_FINE);
    attempt.share.part[7] ^= 1;
    trial_change(*state, match_one, &attempt);
    assert_int_equal(attempt.match, MATCH_WRONG);
    attempt.share.part[7] ^= 1;
    attempt.share.number = 1;
    trial_change(*state, match_one, &attempt);
    assert_int_equal(attempt.match, MATCH_WRONG);
    seal_pair_new(&pair);
    assert_int_equal(recovery_split(&pair, RECOVERY_PLAN_USUAL, foreign), OK);
    attempt.share = foreign[0];
    trial_change(*state, match_one, &attempt);
    assert_int_equal(attempt.match, MATCH_OTHER);
}

static void m7_1_no_share_lies_in_the_clear(void **state)
{
    const struct recovery_made *made = trial_recovery(*state);
    for (unsigned i = 0; i < made->plan.shares; i++)
        assert_false(trial_holds(*state, recovery_row(trial_arena(*state), &made->shares[i], 2)));
    assert_true(trial_holds(*state, "organisation"));
}

static enum err renew(struct db *db, void *data)
{
    struct attempt *attempt = data;
    return recovery_renew(db, trial_arena(attempt->trial), trial_app(attempt->trial)->org, &attempt->pair,
                          (struct recovery_plan){.shares = 3, .needed = 2}, &attempt->code, 1000, &attempt->key);
}

static enum err take_all(struct db *db, void *data)
{
    struct attempt *attempt = data;
    struct arena *arena = trial_arena(attempt->trial);
    int64_t org = trial_app(attempt->trial)->org;
    struct recovery_share shares[3];
    struct recovery_handing *list;
    struct recovery_status status;
    struct seal_key wrong = attempt->code;
    size_t count;
    wrong.b[0] ^= 1;
    TRY(recovery_handings(db, arena, org, attempt->key, &list, &count));
    assert_int_equal(count, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(recovery_handing_open(arena, &list[i], attempt->key, &wrong, &shares[i]), ERR_BROKEN);
        TRY(recovery_handing_open(arena, &list[i], attempt->key, &attempt->code, &shares[i]));
        TRY(recovery_handing_taken(db, arena, org, attempt->key, i + 1, 2000, &attempt->over));
        assert_int_equal(attempt->over, i == 2);
        assert_int_equal(recovery_handing_taken(db, arena, org, attempt->key, i + 1, 2000, &attempt->over),
                         ERR_CONFLICT);
    }
    TRY(recovery_status(db, arena, org, &status));
    assert_int_equal(status.key, attempt->key);
    assert_int_equal(status.pending, 0);
    assert_int_equal(status.plan.needed, 2);
    assert_int_equal(recovery_combine(shares + 1, 2, &status.public_half, &attempt->pair), OK);
    attempt->share = shares[0];
    return OK;
}

static enum err opens_no_more(struct db *db, void *data)
{
    struct attempt *attempt = data;
    struct bytes held;
    attempt->result = recovery_open(db, trial_arena(attempt->trial), trial_app(attempt->trial)->org, &attempt->pair,
                                    RECOVERY_ACCOUNT, trial_session(attempt->trial, "administrator")->account, &held);
    return OK;
}

static void a_renewal_voids_the_old_shares(void **state)
{
    struct attempt attempt = {.trial = *state, .pair = combined(*state)};
    struct attempt old = attempt;
    seal_key_new(&attempt.code);
    trial_change(*state, renew, &attempt);
    trial_change(*state, opens_no_more, &old);
    assert_int_equal(old.result, OK); /* until all have their shares */
    trial_change(*state, take_all, &attempt);
    trial_change(*state, open_all, &attempt);
    trial_change(*state, opens_no_more, &old);
    assert_int_equal(old.result, ERR_BROKEN);
    old.share = trial_recovery(*state)->shares[0];
    trial_change(*state, match_one, &old);
    assert_int_equal(old.match, MATCH_OLD);
    trial_change(*state, match_one, &attempt);
    assert_int_equal(attempt.match, MATCH_FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_sealed_opens),
        cmocka_unit_test(wrong_shares_are_known),
        cmocka_unit_test(m7_1_no_share_lies_in_the_clear),
        cmocka_unit_test(a_renewal_voids_the_old_shares),
    };
    return cmocka_run_group_tests_name("recovery", tests, trial_begin, trial_end);
}
