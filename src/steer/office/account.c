#include "steer/office/office.h"

enum err office_account(struct office *office)
{
    (void)office;
    return ERR_INPUT;
}
