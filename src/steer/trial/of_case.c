#include "steer/trial/of_case.h"

#include "base/id.h"
#include "base/time.h"

struct trial *trial;
const char *case_text;
const char *home;

int of_case_begin(void **state)
{
    (void)state;
    trial = trial_open();
    return 0;
}

int of_case_end(void **state)
{
    (void)state;
    trial_close(trial);
    return 0;
}

int of_case_new(void **state)
{
    (void)state;
    case_text = trial_case(trial, "Lazda");
    home = arena_format(trial_arena(trial), "/cases/%s", case_text);
    return 0;
}

const char *at(const char *behind)
{
    return arena_format(trial_arena(trial), "%s%s", home, behind);
}

const char *day(int from_now)
{
    return date_add(trial_arena(trial), time_date(trial_arena(trial), time_now()), from_now);
}

const char *account_of(const char *login)
{
    return id_text(trial_arena(trial), trial_account(trial, login));
}
