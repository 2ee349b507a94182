/* What the templates of this folder show. */
#ifndef AUSMA_STEER_TODAY_VIEWS_H
#define AUSMA_STEER_TODAY_VIEWS_H

#include "case/assess/assess.h"
#include "case/overview/overview.h"
#include "case/task/task.h"
#include "case/team/team.h"
#include "case/trained/trained.h"
#include "find/fieldwork/fieldwork.h"
#include "find/referral/referral.h"
#include "platform/gate/shell.h"
#include "steer/backup/backup.h"
#include "steer/ceremony/ceremony.h"
#include "steer/today/today.h"

struct today_view {
    const char *date;
    enum word greeting; /* by the hour */
    const char *first_name;
    bool sees_cases;
    bool leads; /* cases and counts are one's own; else those of one's teams */
    struct case_counts counts;
    struct case_row *cases;
    size_t case_count;
    struct case_row *late; /* late reviews in cases that colleagues lead */
    size_t late_count;
    struct task_counts task_sums;
    struct task_item *tasks;
    size_t task_count;
    struct alert *alerts;
    size_t alert_count;
    struct team_alert *glasses;
    size_t glass_count;
    struct trained_record *ending;
    size_t ending_count;
    struct referral_shared_line *shared; /* with an outside specialist */
    size_t shared_count;
    bool reads_referrals;
    struct referral_line *referrals;
    size_t referral_count;
    struct referral_counts referral_sums;
    const struct nav_item *ways; /* where to go on, for whom nothing waits here */
    size_t way_count;
    const struct nav_item *managed; /* and what is not everyday work */
    size_t managed_count;
    int64_t erasures_waiting; /* for a second person */
    int64_t field_waiting;    /* reports from outside that wait for the teams of this person */
    bool keeps;               /* looks after the installation */
    struct backup_health backup;
    struct ceremony_notice *ceremonies;
    size_t ceremony_count;
};

#endif
