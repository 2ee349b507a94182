/* The worker's day: alerts, tasks, reviews, one's own cases and unanswered referrals on one page (the first after sign-in). */
#ifndef AUSMA_STEER_TODAY_TODAY_H
#define AUSMA_STEER_TODAY_TODAY_H

#include "platform/gate/gate.h"

extern const struct route today_routes[];

#endif
