#include "steer/office/program.h"

#include "case/record/record.h"
#include "platform/entrance/entrance.h"

const struct route *const program_routes[] = {
    entrance_routes,
    record_routes,
    NULL,
};

const struct nav_item program_nav[] = {
    {0},
};
