/* How often something may be done from one address. */
#include "platform/gate/allowance.h"
#include "platform/seal/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

static int taken(struct allowance *table, const char *address, int tries, int64_t now)
{
    int count = 0;
    for (int i = 0; i < tries; i++)
        count += allowance_take(table, address, 1, now);
    return count;
}

static void a_burst_is_taken_and_then_one_each_interval(void **state)
{
    (void)state;
    struct allowance table = ALLOWANCE(30, 20000);
    assert_int_equal(taken(&table, "192.0.2.1", 100, 1000000), 30);
    assert_int_equal(taken(&table, "192.0.2.1", 100, 1000000 + 19999), 0);
    assert_int_equal(taken(&table, "192.0.2.1", 100, 1000000 + 40000), 2);
    assert_int_equal(taken(&table, "192.0.2.1", 100, 1000000 + 3600000), 30);
    /* A clock that was set back locks nobody out. */
    assert_int_equal(taken(&table, "192.0.2.1", 100, 1000000), 30);
}

static void each_address_has_its_own_and_a_network_is_one(void **state)
{
    (void)state;
    struct allowance table = ALLOWANCE(5, 1000);
    assert_int_equal(taken(&table, "192.0.2.1", 9, 1), 5);
    assert_int_equal(taken(&table, "2001:db8:0:1::1", 3, 1), 3);
    assert_int_equal(taken(&table, "2001:db8:0:1:ffff::2", 9, 1), 2);
    assert_int_equal(taken(&table, "::ffff:192.0.2.77", 9, 1), 5);
    assert_int_equal(taken(&table, "", 9, 1), 5);
    assert_int_equal(taken(&table, "no address at all", 9, 1), 5);
}

/* Who has one network has often all of its site: together they have what eight have. */
static void a_site_has_what_eight_networks_have(void **state)
{
    (void)state;
    struct allowance table = ALLOWANCE(5, 1000);
    int count = 0;
    for (int i = 0; i < 200; i++) {
        char address[40];
        (void)snprintf(address, sizeof address, "2001:db8:7:%x::1", i);
        count += taken(&table, address, 3, 1);
    }
    assert_int_equal(count, 40);
    assert_int_equal(taken(&table, "2001:db8:8:1::1", 9, 1), 5);
}

static void large_things_take_more(void **state)
{
    (void)state;
    struct allowance table = ALLOWANCE(10, 1000);
    assert_false(allowance_take(&table, "a", 11, 1));
    assert_true(allowance_take(&table, "a", 9, 1));
    assert_false(allowance_take(&table, "a", 2, 1));
    assert_true(allowance_take(&table, "a", 1, 1));
    assert_true(allowance_take(&table, "a", 2, 2001));
}

static int ready(void **state)
{
    (void)state;
    return seal_init() == OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_taken_and_then_one_each_interval),
        cmocka_unit_test(each_address_has_its_own_and_a_network_is_one),
        cmocka_unit_test(a_site_has_what_eight_networks_have),
        cmocka_unit_test(large_things_take_more),
    };
    return cmocka_run_group_tests_name("allowance", tests, ready, NULL);
}
