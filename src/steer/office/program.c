#include "steer/office/program.h"

#include "case/assess/assess.h"
#include "case/conference/conference.h"
#include "case/consent/consent.h"
#include "case/overview/overview.h"
#include "case/person/person.h"
#include "case/place/place.h"
#include "case/plan/plan.h"
#include "case/record/record.h"
#include "case/task/task.h"
#include "case/team/team.h"
#include "case/trained/trained.h"
#include "find/fieldwork/fieldwork.h"
#include "find/referral/referral.h"
#include "platform/entrance/entrance.h"
#include "steer/backup/backup.h"
#include "steer/ceremony/ceremony.h"
#include "steer/disclosure/disclosure.h"
#include "steer/proof/proof.h"
#include "steer/report/report.h"
#include "steer/retention/retention.h"
#include "steer/staff/staff.h"
#include "steer/today/today.h"
#include "support/service/service.h"

/* An entry a line. */
/* clang-format off */
const struct route *const program_routes[] = {
    entrance_routes,
    entrance_second_routes,
    entrance_join_routes,
    entrance_notice_routes,
    staff_routes,
    staff_invite_routes,
    staff_leave_routes,
    staff_progress_routes,
    staff_again_routes,
    record_routes,
    record_course_routes,
    record_hand_over_routes,
    assess_routes,
    assess_alert_routes,
    assess_file_routes,
    assess_print_routes,
    assess_blank_routes,
    assess_instrument_routes,
    overview_routes,
    overview_close_routes,
    person_routes,
    today_routes,
    service_routes,
    report_routes,
    proof_routes,
    backup_routes,
    ceremony_routes,
    retention_routes,
    disclosure_routes,
    referral_routes,
    fieldwork_routes,
    fieldwork_device_routes,
    fieldwork_client_routes,
    plan_routes,
    plan_edit_routes,
    plan_print_routes,
    task_routes,
    conference_routes,
    consent_routes,
    trained_routes,
    place_routes,
    team_routes,
    team_shut_routes,
    team_glass_routes,
    NULL,
};

const struct nav_item program_nav[] = {
    {"/", W_today_title, CAP_SIGNED_IN, W_none},
    {"/cases", W_program_menu_cases, CAP_CASE_READ, W_none},
    {"/find", W_person_find_menu, CAP_CASE_FIND, W_none},
    {"/referrals", W_program_menu_referrals, CAP_REFERRAL_ANSWER, W_none},
    {"/field", W_fieldwork_title, CAP_FIELD, W_none},
    {"/day", W_service_day, CAP_CASE_WRITE, W_none},
    {"/figures", W_report_figures, CAP_COUNTS, W_none},
    {"/facts", W_report_facts, CAP_FACTS, W_none},
    {NAV_MANAGEMENT, W_today_management, CAP_SIGNED_IN, W_none},
    {"/people", W_staff_title, CAP_INVITE, W_today_hint_people},
    {"/trainings", W_trained_title, CAP_STAFF, W_today_hint_trainings},
    {"/instruments", W_assess_instruments, CAP_INSTRUMENT, W_today_hint_instruments},
    {"/field/devices", W_fieldwork_devices, CAP_INSTRUMENT, W_today_hint_devices},
    {"/retention", W_retention_title, CAP_RETAIN, W_today_hint_retention},
    {"/backups", W_backup_title, CAP_KEEP, W_today_hint_backups},
    {"/checkpoints", W_proof_checkpoints, CAP_KEEP, W_today_hint_checkpoints},
    {"/recovery", W_ceremony_title, CAP_KEEP, W_today_hint_recovery},
    {0},
};
/* clang-format on */
