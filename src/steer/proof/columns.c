#include "steer/proof/views.h"

/* A column a line. What a table keeps besides (versions, keys, blind tokens) is in the bundle's images, not here. */
/* clang-format off */
static const struct told_column CASE[] = {
    {"reference", W_proof_reference, TOLD_PLAIN, NULL},
    {"pseudonym", W_proof_pseudonym, TOLD_SEALED, NULL},
    {"status", W_proof_state, TOLD_STATE, NULL},
    {"manager", W_proof_manager, TOLD_ACCOUNT, NULL},
    {"risk", W_proof_risk, TOLD_CODE, "risk"},
    {"birth_year", W_proof_birth_year, TOLD_PLAIN, NULL},
    {"opened_on", W_proof_opened, TOLD_DATE, NULL},
    {"next_review", W_proof_review, TOLD_DATE, NULL},
    {"closed_on", W_proof_closed, TOLD_DATE, NULL},
    {"close_reason", W_proof_why, TOLD_CODE, "close_reason"},
    {0}};
static const struct told_column PERSON[] = {
    {"given", W_person_given, TOLD_SEALED, NULL},
    {"family", W_person_family, TOLD_SEALED, NULL},
    {"aliases", W_person_aliases, TOLD_SEALED, NULL},
    {"phones", W_person_phones, TOLD_SEALED, NULL},
    {"safe_contact", W_person_safe_contact, TOLD_SEALED, NULL},
    {"note", W_person_note, TOLD_SEALED, NULL},
    {"birth", W_person_birth, TOLD_SEALED, NULL},
    {"birth_exact", W_person_birth_exact, TOLD_CODE, "birth_exact"},
    {"age_disputed", W_person_age_disputed, TOLD_YES, NULL},
    {"sex", W_person_sex, TOLD_CODE, "sex"},
    {"nationality", W_person_nationality, TOLD_CODE, "nationality"},
    {"language", W_person_language, TOLD_CODE, "speaks"},
    {"unaccompanied", W_person_unaccompanied, TOLD_CODE, "person_answer"},
    {"guardian_needed", W_person_guardian_needed, TOLD_CODE, "person_answer"},
    {"documents", W_person_documents, TOLD_CODE, "documents"},
    {0}};
static const struct told_column SPAN[] = {
    {"code", W_proof_what, TOLD_COURSE, NULL},
    {"started_on", W_record_span_started, TOLD_DATE, NULL},
    {"ended_on", W_record_span_until, TOLD_DATE, NULL},
    {0}};
static const struct told_column MEETING[] = {
    {"on_date", W_proof_when, TOLD_DATE, NULL},
    {"language", W_consent_language, TOLD_SEALED, NULL},
    {"interpreter", W_consent_interpreter, TOLD_CODE, "consent_interpreter"},
    {"interpreter_name", W_consent_interpreter_name, TOLD_SEALED, NULL},
    {"present", W_consent_present, TOLD_SEALED, NULL},
    {"understood", W_consent_understood, TOLD_CODE, "consent_understood"},
    {"understood_words", W_proof_words, TOLD_SEALED, NULL},
    {"child_words", W_consent_child_words, TOLD_SEALED, NULL},
    {"account", W_proof_who, TOLD_ACCOUNT, NULL},
    {0}};
static const struct told_column EXPLAINED[] = {
    {"code", W_consent_explained, TOLD_CODE, "explained"},
    {0}};
static const struct told_column CONSENT[] = {
    {"purpose", W_consent_purpose, TOLD_CODE, "consent_purpose"},
    {"recipient", W_consent_recipient, TOLD_CODE, "recipient"},
    {"kind", W_consent_kind, TOLD_CODE, "consent_kind"},
    {"given_by", W_consent_given_by, TOLD_SEALED, NULL},
    {"given_on", W_consent_given_on, TOLD_DATE, NULL},
    {"expires_on", W_consent_expires, TOLD_DATE, NULL},
    {"withdrawn_on", W_consent_withdrawn_on, TOLD_DATE, NULL},
    {"withdrawn_words", W_consent_withdrawn_words, TOLD_SEALED, NULL},
    {"account", W_proof_who, TOLD_ACCOUNT, NULL},
    {0}};
static const struct told_column ASSESSMENT[] = {
    {"status", W_proof_state, TOLD_STATE, NULL},
    {"started_at", W_proof_started, TOLD_MOMENT, NULL},
    {"started_by", W_proof_who, TOLD_ACCOUNT, NULL},
    {"saved_at", W_proof_saved, TOLD_MOMENT, NULL},
    {"saved_by", W_proof_saved_by, TOLD_ACCOUNT, NULL},
    {"finished_on", W_proof_finished, TOLD_DATE, NULL},
    {"answers", W_proof_answers, TOLD_ANSWERS, NULL},
    {0}};
static const struct told_column FILES[] = {
    {"name", W_proof_file_about, TOLD_FILE, NULL},
    {"content_digest", W_proof_file_digest, TOLD_DIGEST, NULL},
    {"added_at", W_proof_file_added, TOLD_MOMENT, NULL},
    {"added_by", W_proof_who, TOLD_ACCOUNT, NULL},
    {0}};
static const struct told_column FACT[] = {
    {"fact", W_proof_fact, TOLD_PLAIN, NULL},
    {"value", W_proof_value, TOLD_PLAIN, NULL},
    {"on_date", W_proof_when, TOLD_DATE, NULL},
    {0}};
static const struct told_column ALERT[] = {
    {"kind", W_proof_what, TOLD_CODE, "alert"},
    {"status", W_proof_state, TOLD_STATE, NULL},
    {"raised_at", W_proof_raised, TOLD_MOMENT, NULL},
    {"raised_by", W_proof_who, TOLD_ACCOUNT, NULL},
    {"answered_at", W_proof_answered, TOLD_MOMENT, NULL},
    {"answered_by", W_proof_answered_by, TOLD_ACCOUNT, NULL},
    {"answer", W_assess_alert_answer, TOLD_SEALED, NULL},
    {0}};
static const struct told_column PLAN[] = {
    {"number", W_proof_version, TOLD_PLAIN, NULL},
    {"status", W_proof_state, TOLD_CODE, "plan_status"},
    {"made_on", W_proof_started, TOLD_DATE, NULL},
    {"agreed_on", W_plan_agreed_on, TOLD_DATE, NULL},
    {"agreement", W_plan_agreement, TOLD_CODE, "plan_agreement"},
    {"agreed_by", W_plan_agreed_by, TOLD_SEALED, NULL},
    {"words", W_plan_words_plan, TOLD_SEALED, NULL},
    {0}};
static const struct told_column GROUND[] = {
    {"recipient", W_consent_recipient, TOLD_CODE, "recipient"},
    {"ground", W_consent_ground, TOLD_CODE, "sharing_ground"},
    {"words", W_consent_ground_words, TOLD_SEALED, NULL},
    {"on_date", W_proof_when, TOLD_DATE, NULL},
    {"account", W_proof_who, TOLD_ACCOUNT, NULL},
    {0}};
static const struct told_column GOAL[] = {
    {"title", W_plan_goal, TOLD_SEALED, NULL},
    {"area", W_plan_area, TOLD_CODE, "need_area"},
    {"strand", W_plan_strand, TOLD_CODE, "strand"},
    {"words", W_plan_childs_words, TOLD_SEALED, NULL},
    {"due_on", W_plan_due, TOLD_DATE, NULL},
    {"status", W_proof_state, TOLD_STATE, NULL},
    {0}};
static const struct told_column ACTION[] = {
    {"what", W_plan_action, TOLD_SEALED, NULL},
    {"account", W_task_owner, TOLD_ACCOUNT, NULL},
    {"other_name", W_task_owner, TOLD_SEALED, NULL},
    {"due_on", W_plan_due, TOLD_DATE, NULL},
    {"service", W_plan_service, TOLD_CODE, "service"},
    {"status", W_proof_state, TOLD_STATE, NULL},
    {0}};
static const struct told_column CONFERENCE[] = {
    {"on_date", W_proof_when, TOLD_DATE, NULL},
    {"others", W_conference_others, TOLD_SEALED, NULL},
    {"agenda", W_conference_agenda, TOLD_SEALED, NULL},
    {"decisions", W_conference_decisions, TOLD_SEALED, NULL},
    {"plan_reviewed", W_conference_reviewed, TOLD_YES, NULL},
    {"next_review", W_conference_next, TOLD_DATE, NULL},
    {"account", W_proof_who, TOLD_ACCOUNT, NULL},
    {0}};
static const struct told_column PRESENT[] = {
    {"account", W_conference_present, TOLD_ACCOUNT, NULL},
    {0}};
static const struct told_column TASK[] = {
    {"title", W_task_title, TOLD_SEALED, NULL},
    {"owner", W_task_owner, TOLD_ACCOUNT, NULL},
    {"due", W_task_due, TOLD_DATE, NULL},
    {"status", W_proof_state, TOLD_STATE, NULL},
    {"done_on", W_task_done_on, TOLD_DATE, NULL},
    {"note", W_task_note, TOLD_SEALED, NULL},
    {0}};
static const struct told_column SERVICE[] = {
    {"service", W_service_what, TOLD_CODE, "service"},
    {"on_date", W_proof_when, TOLD_DATE, NULL},
    {"minutes", W_service_minutes, TOLD_PLAIN, NULL},
    {"mode", W_service_how, TOLD_CODE, "service_mode"},
    {"account", W_proof_who, TOLD_ACCOUNT, NULL},
    {"provider", W_service_provider, TOLD_SEALED, NULL},
    {"phase", W_service_phase_label, TOLD_CODE, "phase"},
    {"strand", W_service_strand, TOLD_CODE, "strand"},
    {"interpreter", W_service_interpreter, TOLD_YES, NULL},
    {"funding", W_service_funding, TOLD_CODE, "funding"},
    {"note", W_service_note, TOLD_SEALED, NULL},
    {"struck", W_service_struck, TOLD_YES, NULL},
    {"struck_reason", W_proof_why, TOLD_SEALED, NULL},
    {0}};
static const struct told_column EVENT[] = {
    {"happened_on", W_proof_when, TOLD_DATE, NULL},
    {"kind", W_proof_what, TOLD_CODE, "event"},
    {"account", W_proof_who, TOLD_ACCOUNT, NULL},
    {"note", W_proof_words, TOLD_SEALED, NULL},
    {0}};
static const struct told_column KEY[] = {
    {"holder", W_proof_holder, TOLD_ACCOUNT, NULL},
    {"since", W_proof_since, TOLD_MOMENT, NULL},
    {"until", W_proof_until, TOLD_MOMENT, NULL},
    {0}};
static const struct told_column REFERRAL[] = {
    {"source", W_proof_source, TOLD_CODE, "referral_source"},
    {"urgency", W_proof_urgency, TOLD_CODE, "urgency"},
    {"received_at", W_proof_received, TOLD_MOMENT, NULL},
    {"status", W_proof_state, TOLD_CODE, "referral_status"},
    {0}};

const struct told_table TOLD_TABLES[] = {
    {"record_case", W_proof_case, "id", "", CASE},
    {"person_person", W_person_title, "case_id", "", PERSON},
    {"record_span", W_proof_course, "id", "started_on", SPAN},
    {"referral_item", W_proof_referral, "id", "", REFERRAL},
    {"consent_meeting", W_consent_meetings, "id", "on_date", MEETING},
    {"consent_explained", W_consent_explained, "", "", EXPLAINED},
    {"consent_consent", W_consent_consents, "id", "given_on", CONSENT},
    {"consent_ground", W_consent_grounds, "id", "on_date", GROUND},
    {"assess_alert", W_proof_alerts, "id", "", ALERT},
    {"assess_assessment", W_proof_assessments, "id", "", ASSESSMENT},
    {"file_file", W_proof_files, "id", "", FILES},
    {"assess_fact", W_proof_facts, "", "on_date", FACT},
    {"plan_plan", W_plan_versions, "id", "", PLAN},
    {"plan_goal", W_plan_goals, "id", "", GOAL},
    {"plan_action", W_proof_actions, "id", "", ACTION},
    {"conference_conference", W_conference_title, "id", "on_date", CONFERENCE},
    {"conference_present", W_conference_present, "", "", PRESENT},
    {"task_task", W_task_tasks, "id", "due", TASK},
    {"service_entry", W_service_given, "id", "on_date", SERVICE},
    {"record_event", W_proof_events, "id", "happened_on", EVENT},
    {"record_key", W_proof_holders, "", "", KEY},
};
const size_t TOLD_TABLE_COUNT = sizeof TOLD_TABLES / sizeof *TOLD_TABLES;
/* clang-format on */

/* Keys of words have no room for a second dot. */
const char *act_code(struct arena *arena, const char *act)
{
    char *code = arena_text(arena, act);
    for (char *at = code; *at != '\0'; at++) {
        if (*at == '.')
            *at = '_';
    }
    return code;
}
