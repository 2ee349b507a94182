#include "steer/staff/staff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void m7_1_who_may_let_whom_in(void **state)
{
    (void)state;
    static const struct {
        enum role inviter, invited;
        bool may;
    } rows[] = {
        {ROLE_ADMINISTRATOR, ROLE_ADMINISTRATOR, true},
        {ROLE_ADMINISTRATOR, ROLE_CASE_MANAGER, true},
        {ROLE_ADMINISTRATOR, ROLE_OUTSIDE_SPECIALIST, true},
        {ROLE_CASE_MANAGER, ROLE_CASE_MANAGER, true},
        {ROLE_CASE_MANAGER, ROLE_TEAM_MEMBER, true},
        {ROLE_CASE_MANAGER, ROLE_INTAKE, true},
        {ROLE_CASE_MANAGER, ROLE_OUTSIDE_SPECIALIST, true},
        {ROLE_CASE_MANAGER, ROLE_ADMINISTRATOR, false},
        {ROLE_CASE_MANAGER, ROLE_AUDITOR, false},
        {ROLE_CASE_MANAGER, ROLE_PROGRAMME_MANAGER, false},
        {ROLE_TEAM_MEMBER, ROLE_TEAM_MEMBER, false},
        {ROLE_INTAKE, ROLE_INTAKE, false},
        {ROLE_OUTSIDE_SPECIALIST, ROLE_OUTSIDE_SPECIALIST, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(role_may_give(rows[i].inviter, rows[i].invited), rows[i].may);
}

static void m7_1_who_reaches_whose_account(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        enum role role = (enum role)i;
        assert_true(role_reaches(role, role));
        assert_true(role_reaches(ROLE_ADMINISTRATOR, role));
        assert_int_equal(role_reaches(role, ROLE_ADMINISTRATOR), role == ROLE_ADMINISTRATOR);
        assert_int_equal(role_reaches(ROLE_PROGRAMME_MANAGER, role), role == ROLE_PROGRAMME_MANAGER);
        assert_int_equal(role_reaches(ROLE_CASE_MANAGER, role), role == ROLE_CASE_MANAGER || role == ROLE_TEAM_MEMBER ||
                                                                    role == ROLE_INTAKE ||
                                                                    role == ROLE_OUTSIDE_SPECIALIST);
    }
}

static void who_sees_people_needs_a_team(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        assert_int_equal(staff_needs_team((enum role)i),
                         i == ROLE_CASE_MANAGER || i == ROLE_TEAM_MEMBER || i == ROLE_INTAKE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_who_may_let_whom_in),
        cmocka_unit_test(m7_1_who_reaches_whose_account),
        cmocka_unit_test(who_sees_people_needs_a_team),
    };
    return cmocka_run_group_tests_name("staff rules", tests, NULL, NULL);
}
