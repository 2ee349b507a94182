/* Passwords that are tried first are refused; those that people can remember are not. */
#include "platform/account/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void what_is_tried_first_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "short",
        "11 letters.",
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "0987654321098",
        "password1234",
        "Password123!",
        "PASSWORDPASSWORD",
        "passw0rd2024",
        "qwertyuiop12",
        "Qwerty123456",
        "asdfghjkl;'12",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "zaq12wsxcde3",
        "abcdefghijkl",
        "abcd1234abcd1234",
        "administrator",
        "administrator1",
        "Latvija2026!",
        "parole123456",
        "paroleparole",
        "Ausma-Ausma-1",
        "sunnysunnysunny",
        "iloveyou1234",
        "letmein12345",
        "welcome2026!",
        "йцукенгшщзхъ",
        "пароль123456",
        "            ",
        "!!!!!!!!!!!!!!!!",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (account_password_check(refused[i]))
            fail_msg("taken: %s", refused[i]);
    }
}

static void what_can_be_remembered_is_taken(void **state)
{
    (void)state;
    static const char *const taken[] = {
        "correct horse battery",    "parauga-parole-8420",
        "a longer new password",    "zaļā pļava aiz upes",
        "мой дом у реки",           "Tr0ub4dor&3xyz",
        "vakar-lija-rit-saule",     "q8#vL2m!pZ0x",
        "日本語のながいことばです", "my password is a long sentence",
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (!account_password_check(taken[i]))
            fail_msg("refused: %s", taken[i]);
    }
}

static void length_is_counted_in_letters(void **state)
{
    (void)state;
    char text[4 * 201 + 1] = "";
    size_t len = 0;
    for (int i = 0; i < 200; i++) {
        const char *letter = i % 7 == 0    ? "ķ"
                             : i % 5 == 0  ? "x"
                             : i % 3 == 0  ? "m"
                             : i % 2 == 0  ? "t"
                             : i % 11 == 0 ? "p"
                                           : "u";
        memcpy(text + len, letter, strlen(letter));
        len += strlen(letter);
    }
    assert_true(account_password_check(text));
    text[len] = 'a';
    assert_false(account_password_check(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_tried_first_is_refused),
        cmocka_unit_test(what_can_be_remembered_is_taken),
        cmocka_unit_test(length_is_counted_in_letters),
    };
    return cmocka_run_group_tests_name("weak_passwords", tests, NULL, NULL);
}
